//! From the model to the files of the bundle.

use crate::defect::Defect;
use crate::estate::Estate;
use crate::judge;
use crate::model::{AssignmentForm, Model, ago};
use crate::options::LabError;
use crate::plant::{in_sync, pool_spns};
use kerbsync_domains::bundle::{STATE_FILE, State};
use kerbsync_servers::Layout;
use kerbsync_topologies::log::{Spn, Tested, enable_topology, test_assignment};
use kerbsync_topologies::{
    BuilderOptions, Encoding, LineEnd, Listing, assignments_document, builder, clixml, csv, encode, json, listing, published,
};
use sha2::{Digest, Sha256};

/// The export of the directory.
const LDIF: &str = "directory/accounts.ldif";

pub(crate) fn render(mut model: Model) -> Result<Estate, LabError> {
    prove(&mut model);
    let truth = judge::truth(&model);
    let mut files = std::mem::take(&mut model.evidence.extra);
    topology(&model, &mut files);
    assignments(&model, &mut files);
    let ldif = kerbsync_domains::ldif(&model.directory);
    files.push((LDIF.to_owned(), encode(&ldif, Encoding::Utf8, LineEnd::CrLf)));
    files.push((STATE_FILE.to_owned(), directory_state(&model).to_json().into_bytes()));
    reports(&model, &mut files);
    files.push(("kerbsync.toml".to_owned(), settings(&model).into_bytes()));
    for server in &model.servers {
        files.extend(server.render()?);
    }
    replace_foreign(&model, &mut files);
    manifest(&model, &mut files);
    files.sort_by(|a, b| a.0.cmp(&b.0));
    let mut secrets = model.foreign;
    for account in model.accounts {
        secrets.push(account.password);
        secrets.extend(account.earlier);
    }
    Ok(Estate { files, truth, secrets, now: model.now })
}

/// Which servers the product's own test found valid: the first of every account that holds its password. On an estate in mixed states only
/// where an account has a single server, which nothing could be compared with; the others go without proof, as most do.
fn prove(model: &mut Model) {
    let mixed = model.planted.iter().any(|p| p.mix);
    let of = |site: &String| model.web_clusters().filter(|c| c.site == *site).map(|c| c.machines.len()).sum::<usize>();
    let untested = [Defect::NoReferenceSecret, Defect::PasswordNewerThanProof].map(Defect::name);
    let untested = |name: &str| model.planted.iter().any(|p| untested.contains(&p.rule.as_str()) && p.subjects.iter().any(|s| s == name));
    let all = in_sync(model);
    let proved = model.accounts.iter().zip(all).filter(|(a, _)| !mixed || a.sites.iter().map(of).sum::<usize>() == 1);
    let proved = proved.filter(|(a, _)| !untested(&a.name) && model.directory.account(&a.sam()).is_some());
    let is_own = |s: &&kerbsync_servers::Server| !model.evidence.not_its_own.iter().any(|(fqdn, _)| *fqdn == s.fqdn);
    let servers = proved.filter_map(|(_, servers)| servers.iter().filter_map(|at| model.servers.get(*at)).find(is_own));
    model.evidence.tested = servers.map(|s| s.fqdn.clone()).collect();
}

/// Whether a file is the configuration in a server's folder.
fn is_configuration_of(path: &str, fqdn: &str) -> bool {
    let below = path.strip_prefix("servers/").and_then(|p| p.strip_prefix(fqdn)).and_then(|p| p.strip_prefix('/'));
    below.is_some_and(|below| below == "applicationHost.config" || below.ends_with("inetsrv/config/applicationHost.config"))
}

/// Puts the configuration of another server into the folders that hold one.
fn replace_foreign(model: &Model, files: &mut [(String, Vec<u8>)]) {
    let own = |files: &[(String, Vec<u8>)], fqdn: &str| files.iter().position(|(path, _)| is_configuration_of(path, fqdn));
    for (fqdn, owner) in &model.evidence.not_its_own {
        let Some(owner) = owner.as_ref().and_then(|owner| own(files, owner)) else { continue };
        let bytes = files.get(owner).map(|f| f.1.clone());
        if let (Some(file), Some(bytes)) = (own(files, fqdn).and_then(|at| files.get_mut(at)), bytes) {
            file.1 = bytes;
        }
    }
}

/// manifest.json: of servers whose configurations are dated before the password of their account, and of two topologies.
fn manifest(model: &Model, files: &mut Vec<(String, Vec<u8>)>) {
    let entry = |(path, bytes): &(String, Vec<u8>), written: jiff::Timestamp| {
        serde_json::json!({
            "path": path,
            "sha256": Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect::<String>(),
            "read_at": model.now.to_string(),
            "written": written.to_string(),
        })
    };
    let mut entries = Vec::new();
    for account in model.accounts.iter().filter(|a| model.evidence.dated_before.contains(&a.name)) {
        let Some(set) = model.directory.account(&account.sam()).and_then(|a| a.password_last_set) else { continue };
        let servers = model.servers.iter().zip(&model.homes).filter(|(_, home)| account.sites.contains(&home.site));
        for (server, _) in servers {
            let own = files.iter().filter(|(path, _)| is_configuration_of(path, &server.fqdn));
            entries.extend(own.map(|file| entry(file, ago(set, 3))));
        }
    }
    // Of two topologies the administrators know which is the older one.
    let topologies = files.iter().filter(|(path, _)| model.evidence.drifted && path.starts_with("topology/"));
    for file in topologies.filter(|(path, _)| path.contains("DefaultTopology") || path.contains("Backup-0f8d6f7e")) {
        entries.push(entry(file, model.days_ago(if file.0.contains("Backup") { 90 } else { 5 })));
    }
    if !entries.is_empty() {
        let text = serde_json::json!({ "schema": "kerbsync.manifest/v1", "files": entries });
        files.push(("manifest.json".to_owned(), format!("{text:#}\n").into_bytes()));
    }
}

/// The directory as it lives on: the accounts that servers sign in with, their keys by one-way tags.
fn directory_state(model: &Model) -> State {
    let mut state = State::new(&model.directory.domain, model.seed, vec![LDIF.to_owned()]);
    for account in &model.accounts {
        let Some(object) = model.directory.account(&account.sam()).or_else(|| model.directory.account(account.short())) else { continue };
        let passwords = account.earlier.iter().rev().chain([&account.password]);
        state.add(object, &passwords.map(|p| p.reveal().as_bytes()).collect::<Vec<_>>());
    }
    state
}

fn topology(model: &Model, files: &mut Vec<(String, Vec<u8>)>) {
    let d = &model.deployment;
    if model.evidence.draft {
        let options = BuilderOptions { published: false, original: None, file_name: r"C:\Users\olivia\Documents\Contoso.tbxml" };
        files.push(("topology/Contoso.tbxml".to_owned(), encode(&builder(d, &options), Encoding::Utf8Bom, LineEnd::CrLf)));
    }
    // a draft beside an older published topology would not be the one that counts
    if !model.evidence.draft || model.evidence.drifted {
        files.push(("topology/DefaultTopology.xml".to_owned(), encode(&published(d), Encoding::Utf16Le, LineEnd::CrLf)));
    }
}

fn assignments(model: &Model, files: &mut Vec<(String, Vec<u8>)>) {
    let d = &model.deployment;
    let objects = || listing(d, Listing::Assignments);
    let (name, text, encoding) = match model.evidence.assignments {
        AssignmentForm::Clixml => ("assignments.xml", clixml(&objects()), Encoding::Utf16Le),
        AssignmentForm::Json => ("assignments.json", json(&objects()), Encoding::Utf8Bom),
        AssignmentForm::Csv => ("assignments.csv", csv(&objects(), ',', true, None), Encoding::Utf8),
        AssignmentForm::Anchored => ("assignments.xml", assignments_document(d), Encoding::Utf8),
    };
    files.push((format!("topology/{name}"), encode(&text, encoding, LineEnd::CrLf)));
}

fn reports(model: &Model, files: &mut Vec<(String, Vec<u8>)>) {
    let then = &model.evidence.unassigned_then;
    let mut spns = Vec::new();
    for cluster in model.web_clusters().filter(|c| !then.contains(&c.site)) {
        let Some(account) = model.account_of_site(&cluster.site) else { continue };
        // an override is registered by hand, not by Enable-CsTopology
        spns.extend(pool_spns(cluster).into_iter().take(1).map(|name| Spn {
            cluster: (cluster.site.clone(), cluster.number),
            name,
            object: model.account_dn(account),
            added: false,
        }));
    }
    let text = enable_topology(&model.deployment, model.evidence.enabled, then, &spns, None);
    files.push(("reports/Enable-CsTopology.xml".to_owned(), encode(&text, Encoding::Utf8Bom, LineEnd::CrLf)));
    for server in &model.evidence.tested {
        let Some(site) = model.web_clusters().find(|c| c.machines.contains(server)).map(|c| &c.site) else { continue };
        let (Some(account), Some(s)) = (model.account_of_site(site), model.deployment.site(site)) else { continue };
        let servers = [Tested { server: server.clone(), valid: true }];
        let text = test_assignment(&s.name, &account.name, model.days_ago(1), &servers, &[]);
        let path = format!("reports/Test-CsKerberosAccountAssignment-{site}.xml");
        files.push((path, encode(&text, Encoding::Utf8Bom, LineEnd::CrLf)));
    }
}

/// kerbsync.toml: what an administrator would declare, and that this is a simulated estate.
fn settings(model: &Model) -> String {
    let domain = &model.directory.domain;
    let mut text = String::from("# A simulated estate: nothing in it is real.\n\n");
    text.push_str("# A member of RTCUniversalServerAdmins, so that the commands that write run as they stand.\n");
    text.push_str(&format!("operator = '{}\\olivia'\n", domain.netbios));
    text.push_str(
        "# Values under IISWASOnlyAesProvider may be written, although their layout is inferred.\naccept_inferred_protection = true\n",
    );
    if model.servers.iter().any(|s| s.layout == Layout::SiteSection) {
        let section = kerbsync_servers::STAND_IN_SECTION;
        text.push_str("\n# The section in which the simulated servers keep the credential. Where the product keeps it is not public.\n");
        text.push_str(&format!("[[slots]]\nsection = \"{section}\"\naccount = \"userName\"\nsecret = \"password\"\n"));
    }
    text.push_str(&format!("\n[domains]\n{} = \"{}\"\n", domain.netbios, domain.dns));
    text.push_str("\n# The directory export holds every object of the domain.\n[directory]\ncomplete = true\n");
    for waiver in &model.evidence.waivers {
        text.push_str(&format!("\n[[waivers]]\n{waiver}"));
    }
    text.push_str(&format!("\n[simulated]\nseed = {}\n", model.seed));
    text
}
