//! The product's cmdlet lines, word by word as its pages have them, on bundles with the servers that they name.

use crate::program::{Program, Ran};
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
    program.put("bundle/kerbsync.toml", estate.file("kerbsync.toml").unwrap());
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

#[test]
fn get_assignment_lines_of_its_page() {
    insta::assert_snapshot!(transcript(&litware(), &[
        "Get-CsKerberosAccountAssignment",
        "Get-CsKerberosAccountAssignment -Identity \"site:Redmond\"",
        "Get-CsKerberosAccountAssignment -Filter \"*Redmond*\"",
        "Get-CsKerberosAccountAssignment -Filter \"*Europe*\"",
        "get-cskerberosaccountassignment Dublin -LocalStore",
        "Get-CsKerberosAccountAssignment -Identity \"*Redmond*\"",
        "Get-CsKerberosAccountAssignment -Identity \"site:Redmond\" -Filter \"site:*\"",
        "Get-CsKerberosAccountAssignment -Identity \"site:Redmon\"",
    ]), @r#"
    > Get-CsKerberosAccountAssignment
    Identity    : Site:Redmond
    UserAccount : litwareinc\kerberostest

    Identity    : Site:Dublin
    UserAccount : litwareinc\kerberostest
    --> 0
    > Get-CsKerberosAccountAssignment -Identity "site:Redmond"
    Identity    : Site:Redmond
    UserAccount : litwareinc\kerberostest
    --> 0
    > Get-CsKerberosAccountAssignment -Filter "*Redmond*"
    Identity    : Site:Redmond
    UserAccount : litwareinc\kerberostest
    --> 0
    > Get-CsKerberosAccountAssignment -Filter "*Europe*"
    --> 0
    > get-cskerberosaccountassignment Dublin -LocalStore
    Identity    : Site:Dublin
    UserAccount : litwareinc\kerberostest
    note: -LocalStore changes nothing: the bundle is the only store there is
    --> 0
    > Get-CsKerberosAccountAssignment -Identity "*Redmond*"
    error: Get-CsKerberosAccountAssignment : -Identity '*Redmond*': You cannot use wildcards when specifying the site identity.
    hint: to employ wildcards, use the Filter parameter instead
    --> 5
    > Get-CsKerberosAccountAssignment -Identity "site:Redmond" -Filter "site:*"
    error: Get-CsKerberosAccountAssignment : Cannot bind parameter 'Identity'. You cannot use both the Identity and the Filter parameters in the same command.
    hint: `kerbsync Get-CsKerberosAccountAssignment -?` prints the syntax
    --> 2
    > Get-CsKerberosAccountAssignment -Identity "site:Redmon"
    error: Get-CsKerberosAccountAssignment : -Identity 'site:Redmon': no site of the topology has that name
    hint: did you mean site:Redmond?
    --> 5
    "#);
}

#[test]
fn test_assignment_lines_of_its_page() {
    let program = litware();
    insta::assert_snapshot!(transcript(&program, &[
        "Test-CsKerberosAccountAssignment -Identity site:Redmond",
        "Test-CsKerberosAccountAssignment -Identity \"site:Redmond\" -Verbose",
        "Test-CsKerberosAccountAssignment -Identity \"service:1-WebServices-1\"",
        "Test-CsKerberosAccountAssignment -Identity \"global\"",
        "Test-CsKerberosAccountAssignment -Identity \"site:Paris\"",
    ]), @r#"
    > Test-CsKerberosAccountAssignment -Identity site:Redmond
    Site:Redmond, litwareinc\kerberostest
      atl-cs-001.litwareinc.com  unknown            The secret of the declared slot system.webServer/security/authentication/kerberosWebAuthentication of 'Skype for Business Server Internal Web Site' could be read, but there is no reference to compare it with.

    error[KS210]: The web servers hold 2 different secrets of litwareinc\kerberostest, and nothing says which is right: atl-cs-001.litwareinc.com; dublin-cs-001.litwareinc.com.

    Verdict: FAILED. 1 error. 17 verdicts could not be reached: see 'Not decided'.
    -Verbose shows what to do, and why something is unknown.
    --> 1
    > Test-CsKerberosAccountAssignment -Identity "site:Redmond" -Verbose
    Site:Redmond, litwareinc\kerberostest
      atl-cs-001.litwareinc.com  unknown            The secret of the declared slot system.webServer/security/authentication/kerberosWebAuthentication of 'Skype for Business Server Internal Web Site' could be read, but there is no reference to compare it with.

    error[KS210]: The web servers hold 2 different secrets of litwareinc\kerberostest, and nothing says which is right: atl-cs-001.litwareinc.com; dublin-cs-001.litwareinc.com.
        Run 'Test-CsKerberosAccountAssignment -Identity "site:Redmond" -Report C:\Logs\Test.html'. Add its report to the bundle, or name a server that is known to work with --reference.

    Not decided:
    unknown[KS401]: There is no directory export among the inputs, so nothing is known about litwareinc\kerberostest. Run 'Get-ADComputer kerberostest -Properties *'. Or add its output to the bundle: '... | ConvertTo-Json -Depth 3 | Set-Content directory.json'.

    Verdict: FAILED. 1 error. 17 verdicts could not be reached: see 'Not decided'.
    --> 1
    > Test-CsKerberosAccountAssignment -Identity "service:1-WebServices-1"
    error: Test-CsKerberosAccountAssignment : -Identity 'service:1-WebServices-1': Kerberos accounts are assigned to sites only: give a site identity, for example site:Redmond
    --> 5
    > Test-CsKerberosAccountAssignment -Identity "global"
    error: Test-CsKerberosAccountAssignment : -Identity 'global': Kerberos accounts are assigned to sites only: give a site identity, for example site:Redmond
    --> 5
    > Test-CsKerberosAccountAssignment -Identity "site:Paris"
    error: Test-CsKerberosAccountAssignment : -Identity 'site:Paris': no site of the topology has that name
    hint: the sites are Redmond, Dublin
    --> 5
    "#);
    #[cfg(not(windows))]
    insta::assert_snapshot!(transcript(&program, &[
        "Test-CsKerberosAccountAssignment -Identity \"site:Redmond\" -Report \"C:\\Logs\\TestKerberos.html\" -Verbose",
        "Set-CsKerberosAccountPassword -UserAccount \"litwareinc\\kerberostest\" -Report \"C:\\Logs\\SetKerberosPassword.html\"",
    ]), @r#"
    > Test-CsKerberosAccountAssignment -Identity "site:Redmond" -Report "C:\Logs\TestKerberos.html" -Verbose
    error: -Report 'C:\Logs\TestKerberos.html' is a path of Windows, and this system has no such place; nothing was done
    hint: give a path of this system, such as -Report report.html
    --> 2
    > Set-CsKerberosAccountPassword -UserAccount "litwareinc\kerberostest" -Report "C:\Logs\SetKerberosPassword.html"
    error: -Report 'C:\Logs\SetKerberosPassword.html' is a path of Windows, and this system has no such place; nothing was done
    hint: give a path of this system, such as -Report report.html
    --> 2
    "#);
    assert!(!program.path("bundle/.kerbsync").exists(), "nothing was written");
}

#[test]
fn set_password_lines_of_its_page() {
    let program = litware();
    let first = program.read(CONFIGURATION);
    let what_if = transcript(
        &program,
        &["Set-CsKerberosAccountPassword -FromComputer \"atl-cs-001.litwareinc.com\" -ToComputer \"dublin-cs-001.litwareinc.com\" -WhatIf"],
    );
    // Where the lines stand in a simulated configuration, and so its digest, is the simulator's matter.
    let (told, bytes) = what_if.split_once("Bytes that would be written").unwrap();
    let told: String = told.lines().filter(|l| !l.starts_with("  plan ")).map(|l| format!("{l}\n")).collect();
    assert_eq!(bytes.matches("password=\"***\"").count(), 4, "{bytes}");
    insta::assert_snapshot!(told, @r#"
    > Set-CsKerberosAccountPassword -FromComputer "atl-cs-001.litwareinc.com" -ToComputer "dublin-cs-001.litwareinc.com" -WhatIf
    What if: Performing the operation "Set-CsKerberosAccountPassword" on target "dublin-cs-001.litwareinc.com".

    Copy the credential of atl-cs-001.litwareinc.com to dublin-cs-001.litwareinc.com
      account   litwareinc\kerberostest
      operator  CONTOSO\olivia

    Preconditions: 5 hold, 1 unknown
      unknown[operator] CONTOSO\olivia: No directory export says whether CONTOSO\olivia is a member of
          RTCUniversalServerAdmins.
          help: Get-ADGroupMember RTCUniversalServerAdmins -Recursive

    To change: 1 server
      1. dublin-cs-001.litwareinc.com
         servers/dublin-cs-001.litwareinc.com/Windows/System32/inetsrv/config/applicationHost.config
         why: The secret of the declared slot
              system.webServer/security/authentication/kerberosWebAuthentication of 'Skype for Business
              Server Internal Web Site' could be read, but there is no reference to compare it with.
         set in declared slot system.webServer/security/authentication/kerberosWebAuthentication of 'Skype for Business Server External Web Site' from declared slot system.webServer/security/authentication/kerberosWebAuthentication of 'Skype for Business Server External Web Site' of atl-cs-001.litwareinc.com
           password  (another secret, under AesProvider)  ->  (the secret of atl-cs-001.litwareinc.com,
                                                              encrypted for this server)
         set in declared slot system.webServer/security/authentication/kerberosWebAuthentication of 'Skype for Business Server Internal Web Site' from declared slot system.webServer/security/authentication/kerberosWebAuthentication of 'Skype for Business Server Internal Web Site' of atl-cs-001.litwareinc.com
           password  (another secret, under AesProvider)  ->  (the secret of atl-cs-001.litwareinc.com,
                                                              encrypted for this server)

    Who refuses a client with a current ticket on the way
      now  none (of 2 more nothing is known)
      worst: 0 servers

    Afterwards
      recycle: dublin-cs-001.litwareinc.com: Worker processes may go on with what they read at their
          start (what the product does here is unknown).
      test-assignment: site Dublin: Only a live test proves that the password is that of Active
          Directory.
          Test-CsKerberosAccountAssignment -Identity "site:Dublin" -Verbose

    note: atl-cs-001.litwareinc.com: the pool has the same name as this computer, so the pool's name is
          accepted.

    note: That atl-cs-001.litwareinc.com holds the current password is not proved: The secret of the
          declared slot system.webServer/security/authentication/kerberosWebAuthentication of 'Skype for
          Business Server Internal Web Site' could be read, but there is no reference to compare it
          with.
    "#);
    assert!(program.read(CONFIGURATION) == first, "a dry run writes nothing");
    let copy = "Set-CsKerberosAccountPassword -FromComputer \"atl-cs-001.litwareinc.com\" -ToComputer \"dublin-cs-001.litwareinc.com\"";
    let ran = run(&program, copy, None);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    insta::assert_snapshot!(ran.err, @r#"note: only the copies in 'DIR/bundle' were written: no server and no directory was contacted"#);
    assert!(program.read(CONFIGURATION) != first);
    let again = run(&program, &format!("{copy} -Force"), None);
    assert_eq!((again.code, again.err.as_str()), (0, ""), "{}", again.out);
    // How an account gets its new password is the matter of other tests; here the line is understood and planned.
    let new = run(&program, "Set-CsKerberosAccountPassword -UserAccount \"litwareinc\\kerberostest\" -WhatIf", None);
    assert_eq!(new.code, 0, "{}{}", new.out, new.err);
    for target in ["atl-cs-001.litwareinc.com", "dublin-cs-001.litwareinc.com", "litwareinc\\kerberostest"] {
        let line = format!("What if: Performing the operation \"Set-CsKerberosAccountPassword\" on target \"{target}\".\n");
        assert!(new.out.contains(&line), "{target}: {}", new.out);
    }
}

#[test]
fn names_that_the_pages_refuse() {
    insta::assert_snapshot!(transcript(&litware(), &[
        "Set-CsKerberosAccountPassword -FromComputer atl-cs-001.litwareinc.com -UserAccount \"litwareinc\\kerberostest\"",
        "Set-CsKerberosAccountPassword -FromComputer atl-cs-001 -ToComputer dublin-cs-001.litwareinc.com",
        "Set-CsKerberosAccountPassword -UserAccount kerberostest@litwareinc.com",
        "Set-CsKerberosAccountPassword -UserAccount litwareinckerberostest",
        "Set-CsKerberosAccountPassword",
        "Set-CsKerberosAccountPassword -Frm atl-cs-001.litwareinc.com",
        "Set-CsKerberosAccountPassword --what-if",
        "Set-CsKerberosAccountPassword -UserAccount a\\b -Confirm:",
        "Test-CsKerberosAccountAssignment site:Redmond",
        "Test-CsKerberosAccountAssignment -Identity site:Redmond --operator x",
        "New-CsKerberosAccount -UserAccount \"litwareinc\\kerberostest\" -ContainerDN \"cn=Users,dc=litwareinc,dc=com\"",
        "Set-CsKerberosAccountAssignment -Identity \"site:Redmond\" -UserAccount \"litwareinc\\kerberostest\"",
        "Enable-CsTopology",
        "Get-CsKerberosAccountAssignments",
    ]), @r#"
    > Set-CsKerberosAccountPassword -FromComputer atl-cs-001.litwareinc.com -UserAccount "litwareinc\kerberostest"
    error: Set-CsKerberosAccountPassword : Cannot bind parameter 'FromComputer'. This parameter cannot be used if you use the UserAccount parameter.
    hint: `kerbsync Set-CsKerberosAccountPassword -?` prints the syntax
    --> 2
    > Set-CsKerberosAccountPassword -FromComputer atl-cs-001 -ToComputer dublin-cs-001.litwareinc.com
    refused: nothing is planned, since a precondition does not hold

    Preconditions: 0 hold, 1 unknown, 1 does not
      fail[server-name] atl-cs-001: 'atl-cs-001' is a single label (a NetBIOS name); a server is named
          by its fully qualified domain name. (N01)
          help: atl-cs-001.litwareinc.com
      unknown[operator] CONTOSO\olivia: No directory export says whether CONTOSO\olivia is a member of
          RTCUniversalServerAdmins.
          help: Get-ADGroupMember RTCUniversalServerAdmins -Recursive
    --> 5
    > Set-CsKerberosAccountPassword -UserAccount kerberostest@litwareinc.com
    refused: nothing is planned, since a precondition does not hold

    Preconditions: 0 hold, 1 unknown, 1 does not
      fail[account-name] kerberostest@litwareinc.com: User principal names are not supported here: give
          the account as DOMAIN\name. (N13)
          help: LITWAREINC\kerberostest, if LITWAREINC is the NetBIOS name of litwareinc.com
      unknown[operator] CONTOSO\olivia: No directory export says whether CONTOSO\olivia is a member of
          RTCUniversalServerAdmins.
          help: Get-ADGroupMember RTCUniversalServerAdmins -Recursive
    --> 5
    > Set-CsKerberosAccountPassword -UserAccount litwareinckerberostest
    refused: nothing is planned, since a precondition does not hold

    Preconditions: 0 hold, 1 unknown, 1 does not
      fail[account-name] litwareinckerberostest: The domain is missing: give the account as DOMAIN\name.
          (N13)
          help: DOMAIN\litwareinckerberostest, with the NetBIOS name of its domain
      unknown[operator] CONTOSO\olivia: No directory export says whether CONTOSO\olivia is a member of
          RTCUniversalServerAdmins.
          help: Get-ADGroupMember RTCUniversalServerAdmins -Recursive
    note: a Unix shell removes a backslash that is not quoted: -UserAccount 'litwareinc\kerberostest'
    --> 5
    > Set-CsKerberosAccountPassword
    error: Set-CsKerberosAccountPassword : Parameter set cannot be resolved using the specified named parameters.
    hint: give -FromComputer -ToComputer, or -UserAccount
    hint: `kerbsync Set-CsKerberosAccountPassword -?` prints the syntax
    --> 2
    > Set-CsKerberosAccountPassword -Frm atl-cs-001.litwareinc.com
    error: Set-CsKerberosAccountPassword : A parameter cannot be found that matches parameter name 'Frm'.
    hint: `kerbsync Set-CsKerberosAccountPassword -?` prints the syntax
    --> 2
    > Set-CsKerberosAccountPassword --what-if
    error: Set-CsKerberosAccountPassword : '--what-if' is no flag of this line
    hint: parameters of cmdlets take one dash: -WhatIf
    hint: `kerbsync Set-CsKerberosAccountPassword -?` prints the syntax
    --> 2
    > Set-CsKerberosAccountPassword -UserAccount a\b -Confirm:
    error: Set-CsKerberosAccountPassword : Cannot bind parameter 'Confirm'. Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.
    hint: a Unix shell takes $true and $false for variables of its own and leaves nothing: quote them, '-Confirm:$false'
    hint: `kerbsync Set-CsKerberosAccountPassword -?` prints the syntax
    --> 2
    > Test-CsKerberosAccountAssignment site:Redmond
    error: Test-CsKerberosAccountAssignment : A positional parameter cannot be found that accepts argument 'site:Redmond'.
    hint: name the parameter: -Identity VALUE
    hint: `kerbsync Test-CsKerberosAccountAssignment -?` prints the syntax
    --> 2
    > Test-CsKerberosAccountAssignment -Identity site:Redmond --operator x
    error: Test-CsKerberosAccountAssignment : '--operator' is no flag of this line
    hint: `kerbsync Test-CsKerberosAccountAssignment -?` prints the syntax
    --> 2
    > New-CsKerberosAccount -UserAccount "litwareinc\kerberostest" -ContainerDN "cn=Users,dc=litwareinc,dc=com"
    error: New-CsKerberosAccount does not run here: it creates an object in Active Directory, which kerbsync never does
    hint: run New-CsKerberosAccount in the Management Shell, export again, and look with `kerbsync audit`
    hint: these run on exported files: Set-CsKerberosAccountPassword, Test-CsKerberosAccountAssignment and Get-CsKerberosAccountAssignment
    --> 2
    > Set-CsKerberosAccountAssignment -Identity "site:Redmond" -UserAccount "litwareinc\kerberostest"
    error: Set-CsKerberosAccountAssignment does not run here: it writes to the Central Management store, which kerbsync never does
    hint: run Set-CsKerberosAccountAssignment, then Enable-CsTopology, in the Management Shell, export again, and look with `kerbsync audit`
    hint: these run on exported files: Set-CsKerberosAccountPassword, Test-CsKerberosAccountAssignment and Get-CsKerberosAccountAssignment
    --> 2
    > Enable-CsTopology
    error: Enable-CsTopology does not run here: it writes service principal names to Active Directory, which kerbsync never does
    hint: run Enable-CsTopology in the Management Shell, export again, and look with `kerbsync audit`
    hint: these run on exported files: Set-CsKerberosAccountPassword, Test-CsKerberosAccountAssignment and Get-CsKerberosAccountAssignment
    --> 2
    > Get-CsKerberosAccountAssignments
    error: Get-CsKerberosAccountAssignments does not run here
    hint: did you mean Get-CsKerberosAccountAssignment?
    hint: these run on exported files: Set-CsKerberosAccountPassword, Test-CsKerberosAccountAssignment and Get-CsKerberosAccountAssignment
    --> 2
    "#);
}

#[test]
fn confirm_asks_and_takes_no_for_an_answer() {
    let program = litware();
    let first = program.read(CONFIGURATION);
    let line = "Set-CsKerberosAccountPassword -FromComputer atl-cs-001.litwareinc.com -ToComputer dublin-cs-001.litwareinc.com -Confirm";
    let no = run(&program, line, Some("?\nn\n"));
    assert_eq!(no.code, 5, "{}", no.out);
    insta::assert_snapshot!(no.err, @r#"
    Confirm
    Are you sure you want to perform this action?
    Performing the operation "Set-CsKerberosAccountPassword" on target "dublin-cs-001.litwareinc.com".
    [Y] Yes  [N] No  [?] Help (default is "Y"): Y carries all of it out; N writes nothing.
    [Y] Yes  [N] No  [?] Help (default is "Y"): error: the answer was no: nothing was written
    "#);
    // The keyboard went away, or there never was one.
    for answers in [Some(""), None] {
        let nobody = run(&program, line, answers);
        assert_eq!(nobody.code, 5);
        assert!(nobody.err.contains("nobody is there to answer: nothing was written"), "{}", nobody.err);
    }
    assert!(program.read(CONFIGURATION) == first && !program.path("bundle/.kerbsync").exists());
    let yes = run(&program, line, Some("\n"));
    assert_eq!(yes.code, 0, "{}{}", yes.out, yes.err);
    assert!(program.read(CONFIGURATION) != first);
    // Nothing is left to do, so nothing is asked.
    assert_eq!(run(&program, line, None).code, 0);
    assert_eq!(run(&program, &format!("{line}:$false"), None).code, 0);
}

#[test]
fn a_report_is_a_page_and_a_twin_that_the_audit_knows() {
    let program = litware();
    let line = "Test-CsKerberosAccountAssignment -Identity site:Dublin -Report DIR/out.html --reference atl-cs-001.litwareinc.com";
    let ran = run(&program, line, None);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    insta::assert_snapshot!(ran.out, @r#"
    Site:Dublin, litwareinc\kerberostest
      dublin-cs-001.litwareinc.com  stale              The secret of the declared slot system.webServer/security/authentication/kerberosWebAuthentication of 'Skype for Business Server Internal Web Site' differs from that of atl-cs-001.litwareinc.com, which was named as the reference.

    InvalidKerberosConfiguration: The Kerberos configuration on dublin-cs-001.litwareinc.com is invalid. The expected assigned account is litwareinc\kerberostest. Ensure that the account has not expired, and the configured password on the machine matches the Active Directory password of the account.

    WARNING: Test-CsKerberosAccountAssignment encountered errors. Consult the log file for a detailed analysis, and ensure all errors (1) and warnings (0) are addressed before continuing.
    WARNING: Detailed results can be found at "DIR/out.html".

    Verdict: FAILED. 1 error. 16 verdicts could not be reached: see 'Not decided'.
    -Verbose shows what to do, and why something is unknown.
    "#);
    let page = String::from_utf8(program.read("out.html")).unwrap();
    let twin = String::from_utf8(program.read("out.xml")).unwrap();
    for text in [&page, &twin] {
        assert!(
            text.contains("InvalidKerberosConfiguration")
                && text.contains("dublin-cs-001.litwareinc.com")
                && !program.secrets.iter().any(|s| text.contains(s))
        );
    }
    assert!(page.contains("<strong>FAILED</strong>") && !page.contains("<script"), "{page}");
    // The audit reads the twin as a report, and not as a test that the product made.
    program.put("bundle/out.xml", twin.as_bytes());
    let audit = run(&program, "audit DIR/bundle --format json", None);
    let report: serde_json::Value = serde_json::from_str(&audit.out).unwrap();
    let input = report["inputs"].as_array().unwrap().iter().find(|i| i["path"].as_str().unwrap().ends_with("out.xml")).unwrap();
    assert_eq!((input["kind"].as_str(), input["status"].as_str()), (Some("management-log"), Some("used")));
    assert!(!audit.out.contains("product-report\""), "{}", audit.out);
}

#[test]
fn a_report_has_its_place_before_anything_is_done() {
    let program = litware();
    let first = program.read(CONFIGURATION);
    let copy = "Set-CsKerberosAccountPassword atl-cs-001.litwareinc.com dublin-cs-001.litwareinc.com";
    let lines = ["DIR/bundle/out.html", "DIR/none/out.html", "DIR/out.XML", "DIR/bundle"].map(|to| format!("{copy} -Report {to}"));
    insta::assert_snapshot!(transcript(&program, &lines.each_ref().map(String::as_str)), @r#"
    > Set-CsKerberosAccountPassword atl-cs-001.litwareinc.com dublin-cs-001.litwareinc.com -Report DIR/bundle/out.html
    error: -Report 'DIR/bundle/out.html' lies within the bundle, where an audit would read it as evidence; nothing was done
    hint: give it a place outside of the bundle
    --> 2
    > Set-CsKerberosAccountPassword atl-cs-001.litwareinc.com dublin-cs-001.litwareinc.com -Report DIR/none/out.html
    error: there is no folder 'DIR/none' for the report
    hint: make it first
    --> 2
    > Set-CsKerberosAccountPassword atl-cs-001.litwareinc.com dublin-cs-001.litwareinc.com -Report DIR/out.XML
    error: -Report 'DIR/out.XML' is the page, and its XML twin would get the same name; nothing was done
    hint: give the page's name, such as -Report report.html; report.xml appears beside it
    --> 2
    > Set-CsKerberosAccountPassword atl-cs-001.litwareinc.com dublin-cs-001.litwareinc.com -Report DIR/bundle
    error: 'DIR/bundle' is a folder, so no report can be written to it
    hint: name a file in it
    --> 2
    "#);
    assert!(program.read(CONFIGURATION) == first && !program.path("bundle/.kerbsync").exists());
    let done = run(&program, &format!("{copy} -Report DIR/out.html"), None);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    let page = String::from_utf8(program.read("out.html")).unwrap();
    assert!(page.contains("<strong>DONE</strong>") && !program.secrets.iter().any(|s| page.contains(s)), "{page}");
    let refused = run(&program, "Set-CsKerberosAccountPassword atl-cs-001.litwareinc.com meet.litwareinc.com -Report DIR/out.html", None);
    let page = String::from_utf8(program.read("out.html")).unwrap();
    assert_eq!(refused.code, 5);
    assert!(page.contains("<strong>REFUSED</strong>") && page.contains("topology.xml"), "{page}");
}

#[test]
fn own_flags_stand_anywhere() {
    let program = litware();
    program.put("empty/note.txt", b"nothing");
    program.put("other/topology.xml", topology().as_bytes());
    insta::assert_snapshot!(transcript(&program, &[
        "--quiet --bundle DIR/other get–cskerberosaccountassignment",
        "Get-CsKerberosAccountAssignment --bundle=DIR/empty",
        "Test-CsKerberosAccountAssignment -Identity --bundle DIR/other site:Redmond",
        "--color never Test-CsKerberosAccountAssignment --bundle DIR/empty -Identity site:Redmond --fail-on never --now 2026-03-01",
        "Test-CsKerberosAccountAssignment --bundle DIR/gone -Identity site:Redmond",
    ]), @r#"
    > --quiet --bundle DIR/other get–cskerberosaccountassignment
    error: no export of the assignments is among the inputs, so it is not known which there are
    hint: export them with: Get-CsKerberosAccountAssignment | ConvertTo-Json > assignments.json
    --> 3
    > Get-CsKerberosAccountAssignment --bundle=DIR/empty
    error: no export of the assignments is among the inputs, so it is not known which there are
    hint: export them with: Get-CsKerberosAccountAssignment | ConvertTo-Json > assignments.json
    --> 3
    > Test-CsKerberosAccountAssignment -Identity --bundle DIR/other site:Redmond
    error: Test-CsKerberosAccountAssignment : Missing an argument for parameter 'Identity'. Specify a parameter of type 'XdsIdentity' and try again.
    hint: `kerbsync Test-CsKerberosAccountAssignment -?` prints the syntax
    --> 2
    > --color never Test-CsKerberosAccountAssignment --bundle DIR/empty -Identity site:Redmond --fail-on never --now 2026-03-01
    error: no topology with pools is among the inputs, so no name can be looked up
    hint: export one with: (Get-CsTopology -AsXml).ToString() > topology.xml
    --> 3
    > Test-CsKerberosAccountAssignment --bundle DIR/gone -Identity site:Redmond
    error: there is nothing at 'DIR/gone'
    hint: give a folder, a zip archive or a file with exports; check the spelling
    error: nothing could be opened, so no site is known
    hint: check the path of --bundle
    --> 4
    "#);
    let json = run(&program, "Get-CsKerberosAccountAssignment -Filter *dub* --format json", None);
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(report["schema"], "kerbsync.inventory/v1");
    assert_eq!(report["assignments"].as_array().unwrap().len(), 1);
    let json = run(&program, "Test-CsKerberosAccountAssignment -Identity site:Dublin --format json --fail-on never", None);
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.code, report["summary"]["sites"].as_u64(), report["summary"]["web_servers"].as_u64()), (0, Some(1), Some(1)));
}

#[test]
fn the_syntax() {
    let program = litware();
    let help = transcript(
        &program,
        &["Set-CsKerberosAccountPassword -?", "Test-CsKerberosAccountAssignment --help", "Get-CsKerberosAccountAssignment -?"],
    );
    insta::assert_snapshot!(help, @r#"
    > Set-CsKerberosAccountPassword -?
    Copies the Kerberos account's password from one server to another, or gives the account a new one on all its servers.
    Works on the exported configurations of a bundle; no server is contacted.

    Syntax:
      Set-CsKerberosAccountPassword [-FromComputer] <Fqdn> [-ToComputer] <Fqdn> [-Force] [-Report <String>] [-WhatIf] [-Confirm] [<CommonParameters>]
      Set-CsKerberosAccountPassword [-UserAccount] <String> [-Force] [-Report <String>] [-WhatIf] [-Confirm] [<CommonParameters>]

    Parameters (names in any case, and as short as they stay clear):
      -FromComputer  The server (FQDN) that holds the password
      -ToComputer    The server (FQDN) that is to get it: one, without wildcards
      -UserAccount   The account (DOMAIN\name) that is to get a new password
      -Force         Leave out notes on standard error; waives no check
      -Report        Write a page (HTML) to this file, and the same as XML beside it
      -WhatIf, -wi   Show what would be written, and write nothing
      -Confirm, -cf  Ask first; refused where nobody can answer

    Common parameters:
      -Verbose, -vb  Show long lists in full, and what holds
      Accepted, without effect:
        -Debug -ErrorAction -WarningAction -InformationAction
        -ErrorVariable -WarningVariable -InformationVariable -OutVariable
        -OutBuffer -PipelineVariable

    kerbsync's own flags:
      --quiet                       No progress bar
      --color WHEN                  When to use colours; auto heeds NO_COLOR
      --bundle DIR                  The exports; KERBSYNC_BUNDLE without it
      --config FILE                 A kerbsync.toml from elsewhere, in place of one in the bundle
      --operator DOMAIN\ACCOUNT     Who asks, a member of RTCUniversalServerAdmins; else the operator of kerbsync.toml
      --accept-inferred-protection  Write values whose layout is inferred from how IIS behaves, not proved
      --format FORMAT               Format of standard output: text or json

    In a Unix shell, put backslashes and $ into quotes: 'litwareinc\kerberostest', '-Confirm:$false'.
    --> 0
    > Test-CsKerberosAccountAssignment --help
    Tests the Kerberos account of a site: its service principal names, and every web server's copy of it.
    Works on the exports in a bundle; no server is contacted.

    Syntax:
      Test-CsKerberosAccountAssignment -Identity <XdsIdentity> [-Report <String>] [<CommonParameters>]

    Parameters (names in any case, and as short as they stay clear):
      -Identity  The site, such as site:Redmond; no wildcards
      -Report    Write a page (HTML) to this file, and the same as XML beside it

    Common parameters:
      -Verbose, -vb  Show long lists in full, and what holds
      Accepted, without effect:
        -Debug -ErrorAction -WarningAction -InformationAction
        -ErrorVariable -WarningVariable -InformationVariable -OutVariable
        -OutBuffer -PipelineVariable

    kerbsync's own flags:
      --quiet               No progress bar
      --color WHEN          When to use colours; auto heeds NO_COLOR
      --bundle DIR          The exports; KERBSYNC_BUNDLE without it
      --config FILE         A kerbsync.toml from elsewhere, in place of one in the bundle
      --format FORMAT       Format of standard output
      --output FORMAT=FILE  Write the report in a format to a file too ('-' is standard output); may be repeated
      --reference SERVER    The server (FQDN) whose secret the others are compared with
      --fail-on SEVERITY    Lowest severity that makes the exit code 1
      --now TIME            Measure ages against this time (RFC 3339, or a date) instead of the clock

    In a Unix shell, put backslashes and $ into quotes: 'litwareinc\kerberostest', '-Confirm:$false'.
    --> 0
    > Get-CsKerberosAccountAssignment -?
    Shows which Kerberos account is assigned to which site, as the exports in a bundle say.

    Syntax:
      Get-CsKerberosAccountAssignment [[-Identity] <XdsIdentity>] [-LocalStore] [<CommonParameters>]
      Get-CsKerberosAccountAssignment [-Filter <String>] [-LocalStore] [<CommonParameters>]

    Parameters (names in any case, and as short as they stay clear):
      -Identity    One site, such as site:Redmond; no wildcards
      -Filter      Sites whose identity fits, such as *Redmond*; * and ? are wildcards
      -LocalStore  Accepted; the bundle is the only store there is

    Common parameters:
      -Verbose, -vb  Show long lists in full, and what holds
      Accepted, without effect:
        -Debug -ErrorAction -WarningAction -InformationAction
        -ErrorVariable -WarningVariable -InformationVariable -OutVariable
        -OutBuffer -PipelineVariable

    kerbsync's own flags:
      --quiet               No progress bar
      --color WHEN          When to use colours; auto heeds NO_COLOR
      --bundle DIR          The exports; KERBSYNC_BUNDLE without it
      --config FILE         A kerbsync.toml from elsewhere, in place of one in the bundle
      --format FORMAT       Format of standard output
      --output FORMAT=FILE  Write the report in a format to a file too ('-' is standard output); may be repeated

    In a Unix shell, put backslashes and $ into quotes: 'litwareinc\kerberostest', '-Confirm:$false'.
    --> 0
    "#);
}

/// Only the tested site counts.
#[test]
fn another_site_does_not_count() {
    let program = litware();
    program.put(CONFIGURATION, b"<configuration>");
    let redmond = run(&program, "Test-CsKerberosAccountAssignment -Identity site:Redmond", None);
    let dublin = run(&program, "Test-CsKerberosAccountAssignment -Identity site:Dublin", None);
    assert_eq!((redmond.code, dublin.code), (0, 4), "{}\n{}", redmond.out, dublin.out);
    assert!(!redmond.out.contains("dublin-cs-001"), "{}", redmond.out);
}

#[test]
fn the_line_of_the_readme_on_a_simulated_estate() {
    let program = Program::at("2026-03-01T12:00:00Z");
    let made =
        run(&program, "simulate estate --seed 11 --sites 1 --servers 3 --clean --defect spn-missing --now 2026-03-01 -o DIR/bundle", None);
    assert_eq!(made.code, 0, "{}", made.err);
    let line = "Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer dir01.contoso.com -WhatIf -Report DIR/out.html";
    let ran = run(&program, line, None);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(String::from_utf8(program.read("out.html")).unwrap().contains("<strong>NOTHING TO DO</strong>"));
    let test = run(&program, "Test-CsKerberosAccountAssignment -Identity site:Redmond", None);
    insta::assert_snapshot!(format!("{}--> {}", test.out, test.code), @r#"
    Site:Redmond, CONTOSO\KerbAuth
      fe01.contoso.com   in-sync
      fe02.contoso.com   in-sync
      dir01.contoso.com  in-sync

    Test-CsKerberosAccountAssignment : The service principal name http/dir01.contoso.com was not found on the container CONTOSO\KerbAuth.

    Verdict: FAILED. 1 error.
    -Verbose shows what to do, and why something is unknown.
    --> 1
    "#);
}
