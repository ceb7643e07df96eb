//! The product's cmdlet lines, word by word as its pages have them, on bundles with the servers that they name.

mod pages;
mod refusals;
mod reports;
mod syntax;

use crate::support::program::{Program, Ran};
use kerbsync::Io;
use kerbsync_lab::{Defect, LabOptions, build};
use std::ffi::OsString;

/// A deployment of litwareinc: a Standard Edition server in Redmond and one in Dublin, both with the account, the second with an old password.
/// What the servers hold comes from the simulator, under the names of the product's pages.
struct Litware {
    program: Program,
    secrets: Vec<String>,
}

impl std::ops::Deref for Litware {
    type Target = Program;

    fn deref(&self) -> &Program {
        &self.program
    }
}

fn litware() -> Litware {
    let mut options = LabOptions::new(11, 1, 3, "2026-02-28T00:00:00Z".parse().unwrap());
    options.mix = false;
    options.defects = vec![Defect::StaleSecret];
    let estate = build(&options).unwrap();
    let stale = estate.truth().sites.iter().flat_map(|s| &s.pools).flat_map(|p| &p.computers).find(|c| c.state == "stale").unwrap();
    let good = estate.truth().sites.iter().flat_map(|s| &s.pools).flat_map(|p| &p.computers).find(|c| c.state == "in-sync").unwrap();
    let program = Program::at("2026-03-01T12:00:00Z");
    for (from, to) in [(good, "atl-cs-001.litwareinc.com"), (stale, "dublin-cs-001.litwareinc.com")] {
        let folder = format!("servers/{}/", from.fqdn);
        for (path, bytes) in estate.files().iter().filter_map(|(path, bytes)| Some((path.strip_prefix(&folder)?, bytes))) {
            let text = String::from_utf8(bytes.clone()).unwrap().replace("CONTOSO\\KerbAuth", "litwareinc\\kerberostest");
            program.put(&format!("bundle/servers/{to}/{path}"), text.as_bytes());
        }
    }
    // Its exports hold no directory, so nothing shows that the operator may do this.
    let settings = [b"operator_unproved = true\n", estate.file("kerbsync.toml").unwrap()].concat();
    program.put("bundle/kerbsync.toml", &settings);
    program.put("bundle/topology.xml", topology().as_bytes());
    let assigned =
        ["Redmond", "Dublin"].map(|s| format!("{{ \"Identity\": \"Site:{s}\", \"UserAccount\": \"litwareinc\\\\kerberostest\" }}"));
    program.put("bundle/assignments.json", format!("[{}]", assigned.join(",")).as_bytes());
    Litware { program, secrets: estate.secrets().map(str::to_owned).collect() }
}

fn topology() -> String {
    let each = |make: fn(&str, &str, &str) -> String| {
        make("1", "Redmond", "atl-cs-001.litwareinc.com") + &make("2", "Dublin", "dublin-cs-001.litwareinc.com")
    };
    let sites = each(|id, name, _| format!("<CentralSite SiteId=\"{id}\"><Name>{name}</Name><Location /></CentralSite>"));
    let clusters = each(|id, _, fqdn| {
        format!(
            "<Cluster RequiresReplication=\"true\" RequiresSetup=\"true\" Fqdn=\"{fqdn}\"><ClusterId SiteId=\"{id}\" Number=\"1\" />\
             <Machine OrdinalInCluster=\"1\" Fqdn=\"{fqdn}\"><NetInterface InterfaceSide=\"Primary\" InterfaceNumber=\"1\" IPAddress=\"0.0.0.0\" />\
             </Machine></Cluster>"
        )
    });
    let services = each(|id, _, _| {
        format!(
            "<Service RoleVersion=\"1\" ServiceVersion=\"6\"><ServiceId SiteId=\"{id}\" RoleName=\"WebServices\" Instance=\"1\" /><DependsOn />\
             <InstalledOn><ClusterId SiteId=\"{id}\" Number=\"1\" /></InstalledOn>\
             <Ports xmlns=\"urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008\" /></Service>"
        )
    });
    format!(
        "<Topology xmlns=\"urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008\" Signature=\"00000000-0000-4000-8000-000000000002\">\
         <InternalDomains AllowAllDomains=\"false\" DefaultDomain=\"litwareinc.com\"><InternalDomain Name=\"litwareinc.com\" \
         Authoritative=\"false\" AllowSubDomains=\"false\" /></InternalDomains><Sites>{sites}</Sites><Clusters>{clusters}</Clusters>\
         <SqlInstances /><Services>{services}</Services></Topology>"
    )
}

/// Runs a line as a shell hands it over: split at blanks outside of quotes. The bundle comes from the environment, as if it were the live
/// deployment. `DIR` is the folder; without `answers` nobody is at the keyboard.
fn run(program: &Program, line: &str, answers: Option<&str>) -> Ran {
    let folder = program.path("").display().to_string().trim_end_matches('/').to_owned();
    let mut words = vec![String::from("kerbsync")];
    let mut word: Option<String> = None;
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    let args: Vec<OsString> = words.iter().map(|w| OsString::from(w.replace("DIR", &folder))).collect();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let bundle = format!("{folder}/bundle");
    let env = |name: &str| (name == "KERBSYNC_BUNDLE").then(|| bundle.clone());
    let now = || "2026-03-01T12:00:00Z".parse().unwrap();
    let mut input = answers.unwrap_or_default().as_bytes();
    let io = Io::new(&mut out, &mut err, (false, false), &env, &now);
    let mut io = if answers.is_some() { io.answered_by(&mut input) } else { io };
    let code = kerbsync::run(args, &mut io);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(&folder, "DIR");
    Ran { code, out: text(out), err: text(err) }
}

fn transcript(program: &Program, lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        let Ran { code, out, err } = run(program, line, None);
        text += &format!("> {line}\n{out}{err}--> {code}\n");
    }
    text
}

const CONFIGURATION: &str = "bundle/servers/dublin-cs-001.litwareinc.com/Windows/System32/inetsrv/config/applicationHost.config";
