//! What files of many makers say, what an empty one says, and what the absence of something proves.

use super::{Shell, json};

/// What a rule said of the estate: outcome and reason of its verdicts, sorted.
fn verdicts(shell: &Shell, rule: &str) -> Vec<(String, String)> {
    let report = json(&shell.run("audit DIR --format json --fail-on never"));
    let of_rule = report["verdicts"].as_array().unwrap().iter().filter(|v| v["rule"] == rule);
    let mut all: Vec<_> = of_rule.map(|v| (v["outcome"].as_str().unwrap().to_owned(), v["reason"].as_str().unwrap().to_owned())).collect();
    all.sort();
    all
}

fn outcomes(shell: &Shell, rule: &str) -> Vec<String> {
    verdicts(shell, rule).into_iter().map(|(outcome, _)| outcome).collect()
}

fn status(shell: &Shell, file: &str) -> (String, String) {
    let report = json(&shell.run("audit DIR --format json --fail-on never"));
    let input = report["inputs"].as_array().unwrap().iter().find(|i| i["path"].as_str().unwrap().ends_with(file)).unwrap().clone();
    (input["status"].as_str().unwrap().to_owned(), input["reason"].as_str().unwrap_or("").to_owned())
}

const DUPLICATES: &str = "Checking domain DC=contoso,DC=com\r\nProcessing entry 0\r\n\
    http/pool01.contoso.com is registered on these accounts:\r\n\tCN=KerbAuth,CN=Computers,DC=contoso,DC=com\r\n\
    \tCN=Old,CN=Computers,DC=contoso,DC=com\r\n\r\nfound 1 group of duplicate SPNs.\r\n";

const ACCOUNT: &str = "dn: CN=KerbAuth,CN=Computers,DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: KerbAuth$\n";

#[test]
fn setspn_shows_duplicates_and_names_and_proves_no_absence() {
    let shell = Shell::whole();
    let list = "Registered ServicePrincipalNames for CN=KerbAuth,CN=Computers,DC=contoso,DC=com:\n\thttp/pool01.contoso.com\n";
    shell.put("spn.txt", list.as_bytes());
    assert_eq!(outcomes(&shell, "spn-duplicate"), ["unknown"], "one list says nothing of other objects");
    assert!(!outcomes(&shell, "account-missing").contains(&"fail".to_owned()));
    shell.put("spn.txt", b"Checking domain DC=contoso,DC=com\n\nfound 0 group of duplicate SPNs.\n");
    assert!(!outcomes(&shell, "spn-duplicate").contains(&"pass".to_owned()), "it says no time, so it proves nothing of today");
    // In the code page and the encoding of whatever wrote the file.
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(DUPLICATES.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [DUPLICATES.as_bytes(), &utf16] {
        shell.put("spn.txt", bytes);
        let [(outcome, reason)] = verdicts(&shell, "spn-duplicate").try_into().unwrap();
        assert_eq!((outcome.as_str(), reason.contains("http/pool01.contoso.com is on KerbAuth and Old")), ("fail", true), "{reason}");
        assert_eq!(status(&shell, "spn.txt").0, "used");
    }
}

/// An export of all names of an object and what setspn shows may be of two times: then nothing is said of the name.
#[test]
fn setspn_against_an_export_is_a_question_and_no_finding() {
    let shell = Shell::whole();
    shell.put("spn.txt", DUPLICATES.as_bytes());
    let old = "\ndn: CN=Old,CN=Computers,DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: Old$\nservicePrincipalName: http/other.contoso.com\n";
    shell.put("a.ldf", format!("{ACCOUNT}servicePrincipalName: http/pool01.contoso.com\n{old}").as_bytes());
    assert_eq!(outcomes(&shell, "spn-duplicate"), ["unknown"]);
    let ran = shell.run("audit DIR -v");
    assert!(ran.out.contains("the output of setspn shows http/pool01.contoso.com on Old$"), "{}", ran.out);
}

#[test]
fn cells_joined_by_a_bar_are_several_values() {
    let shell = Shell::whole();
    let csv = "\"DistinguishedName\",\"SamAccountName\",\"ObjectClass\",\"servicePrincipalName\"\n\
        \"CN=KerbAuth,CN=Computers,DC=contoso,DC=com\",\"KerbAuth$\",\"computer\",\"http/pool01.contoso.com|http/web.contoso.com\"\n\
        \"CN=Old,CN=Computers,DC=contoso,DC=com\",\"Old$\",\"computer\",\"http/a.contoso.com | http/pool01.contoso.com\"\n";
    shell.put("computers.csv", csv.as_bytes());
    let [(outcome, reason)] = verdicts(&shell, "spn-duplicate").try_into().unwrap();
    assert_eq!((outcome.as_str(), reason.contains("http/pool01.contoso.com is on KerbAuth and Old")), ("fail", true), "{reason}");
}

#[test]
fn of_two_topologies_the_one_that_was_used_is_named() {
    let shell = Shell::whole();
    let line = "resolve fe01.contoso.com --topology DIR/topology.xml";
    assert_eq!(shell.run(line).err, "");
    shell.put("second.xml", shell.read("topology.xml").replace("pool01.", "pool09.").as_bytes());
    let ran = shell.run(&format!("{line} --topology DIR/second.xml"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.starts_with("note: the topology DIR/"), "{}", ran.err);
    assert!(ran.err.contains("topology.xml") && ran.err.contains("second.xml") && ran.err.contains(" was used, not "), "{}", ran.err);
}

#[test]
fn what_is_named_as_the_topology_holds_one() {
    let shell = Shell::whole();
    assert_eq!(shell.run("audit DIR --topology DIR/topology.xml").code, shell.run("audit DIR").code);
    shell.put("accounts.ldf", ACCOUNT.as_bytes());
    for file in ["accounts.ldf", "servers"] {
        let ran = shell.run(&format!("audit DIR --topology DIR/{file}"));
        assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{}", ran.err);
        assert!(
            ran.err.starts_with(&format!("error: --topology 'DIR/{file}' holds no topology"))
                && ran.err.contains("(Get-CsTopology -AsXml)"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn archives_and_logs_that_are_not_opened_say_what_to_do() {
    let shell = Shell::whole();
    shell.put("x.7z", b"7z\xBC\xAF\x27\x1C\x00\x04");
    shell.put("x.rar", b"Rar!\x1A\x07\x01\x00");
    shell.put("x.evtx", b"ElfFile\x00\x00\x00");
    let reason = |file: &str| status(&shell, file).1;
    assert_eq!(reason("x.7z"), "a 7-Zip archive, which is not opened: unpack it, or pack its files as .zip");
    assert_eq!(reason("x.rar"), "a RAR archive, which is not opened: unpack it, or pack its files as .zip");
    assert_eq!(
        reason("x.evtx"),
        "an event log, which is not read: the product's reports are XML files beside the HTML page that the cmdlet names"
    );
    assert!(shell.run("audit DIR").out.contains("unpack it"), "it is in the text, too");
}

const EMPTY_CLIXML: &str = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\" />";

#[test]
fn an_empty_export_of_the_assignments_says_none() {
    let nil = EMPTY_CLIXML.replace(" />", "><Nil /></Objs>");
    let header = "\"Identity\",\"UserAccount\"\r\n";
    for (file, content) in [
        ("assignments.xml", EMPTY_CLIXML),
        ("assignments.xml", &nil),
        ("Get-CsKerberosAccountAssignment.json", "[]"),
        ("kerberos-assignments.json", "null"),
        ("assignments.csv", header),
        ("anything.csv", header),
        ("assignments.txt", ""),
        ("assignments.xml", "\u{feff}\r\n"),
    ] {
        let shell = Shell::whole();
        shell.remove("assignments.json");
        shell.put(file, content.as_bytes());
        assert_eq!(status(&shell, file).0, "used", "{file} {content:?}");
        assert_eq!(outcomes(&shell, "site-without-assignment"), ["fail"], "{file} {content:?}");
    }
}

/// An empty file of another name may be an export of anything: it says nothing, and is no error.
#[test]
fn an_empty_export_of_an_unknown_command_says_nothing() {
    for (file, content) in [("objects.xml", EMPTY_CLIXML), ("export.json", "[]"), ("empty.txt", ""), ("computers.xml", EMPTY_CLIXML)] {
        let shell = Shell::whole();
        shell.remove("assignments.json");
        shell.put(file, content.as_bytes());
        assert_ne!(status(&shell, file).0, "used", "{file}");
        assert_eq!(outcomes(&shell, "site-without-assignment"), ["unknown"], "{file}");
        let ran = shell.run("audit DIR --fail-on never");
        assert_eq!(ran.code, 0, "{file}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn a_deployment_that_wants_no_account_says_so_and_can_pass() {
    let shell = Shell::whole();
    shell.remove("assignments.json");
    shell.put("kerbsync.toml", b"assignments = \"none\"\n");
    assert!(!outcomes(&shell, "site-without-assignment").contains(&"unknown".to_owned()));
    assert!(!outcomes(&shell, "site-without-assignment").contains(&"fail".to_owned()));
    for server in ["fe01", "fe02", "fe03"] {
        shell.change(
            &format!("servers/{server}.contoso.com/applicationHost.config"),
            "identityType=\"SpecificUser\" userName=\"CONTOSO\\KerbAuth$\" password=\"Canary-Reference-1\"",
            "identityType=\"NetworkService\"",
        );
    }
    let report = json(&shell.run("audit DIR --format json"));
    let failed: Vec<_> =
        report["findings"].as_array().unwrap().iter().filter(|f| f["outcome"] == "fail" && f["severity"] == "error").collect();
    assert!(failed.is_empty(), "{failed:?}");
    // An assignment that is there contradicts it, and counts.
    shell.put("assignments.json", b"{ \"Identity\": \"Site:Redmond\", \"UserAccount\": \"CONTOSO\\\\KerbAuth\" }");
    let told = shell.run("audit DIR -v").out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("the declaration does not count"), "{told}");
}

/// LDIF and Clixml leave out what is empty: an attribute that another object of the class has was asked for.
#[test]
fn an_attribute_that_others_of_the_class_have_is_empty_and_not_unknown() {
    let shell = Shell::whole();
    shell.put("a.ldf", ACCOUNT.as_bytes());
    let alone = verdicts(&shell, "spn-missing");
    assert!(alone.iter().all(|(outcome, _)| outcome == "unknown"), "{alone:?}");
    let server = "\ndn: CN=FE01,CN=Computers,DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: FE01$\nservicePrincipalName: HOST/fe01.contoso.com\n";
    shell.put("a.ldf", format!("{ACCOUNT}{server}").as_bytes());
    let beside = verdicts(&shell, "spn-missing");
    assert!(beside.iter().any(|(outcome, _)| outcome == "fail"), "{beside:?}");
    // A user is of another class: what it has was perhaps not asked of computers.
    shell.put("a.ldf", format!("{ACCOUNT}{}", server.replace("computer", "user")).as_bytes());
    assert!(verdicts(&shell, "spn-missing").iter().all(|(outcome, _)| outcome == "unknown"));
}

#[test]
fn a_deleted_account_is_told_as_deleted_with_its_date() {
    let shell = Shell::whole();
    let deleted = "dn: CN=KerbAuth\\0ADEL:0c5dd3a1-55cb-4a0c-a0b1-6b8f7f6e1f11,CN=Deleted Objects,DC=contoso,DC=com\n\
        objectClass: computer\nsAMAccountName: KerbAuth$\nisDeleted: TRUE\nwhenChanged: 20260115093000.0Z\n";
    shell.put("a.ldf", deleted.as_bytes());
    let told = verdicts(&shell, "account-missing");
    assert!(told.iter().any(|(_, reason)| reason.contains("deleted") && reason.contains("2026-01-15")), "{told:?}");
}

/// Everything behind the place where a file was cut, or a second document begins, is missing: that is told and ends in 4.
#[test]
fn a_cut_file_and_two_documents_in_one_are_unreadable_from_there() {
    let one = "{ \"Identity\": \"Site:Redmond\", \"UserAccount\": \"CONTOSO\\\\KerbAuth\" }";
    for content in [format!("{one}\n{one}\n"), format!("[{one},"), format!("[{one}, {{ \"Identity\": \"Site:D")] {
        let shell = Shell::whole();
        shell.put("assignments.json", content.as_bytes());
        let ran = shell.run("audit DIR --fail-on never");
        assert_eq!(ran.code, 4, "{content}: {}", ran.out);
        assert!(ran.out.contains("assignments.json") && ran.out.contains("KS506"), "{}", ran.out);
        assert!(!outcomes(&shell, "site-without-assignment").contains(&"fail".to_owned()), "{content}");
    }
    let shell = Shell::whole();
    shell.put("a.ldf", format!("{ACCOUNT}servicePrincipalName").as_bytes());
    assert_eq!(shell.run("audit DIR --fail-on never").code, 4, "an LDIF that ends within a line");
    shell.remove("a.ldf");
    shell.put("two.xml", [shell.read("topology.xml"), shell.read("topology.xml")].concat().as_bytes());
    assert_eq!(shell.run("audit DIR --fail-on never").code, 4, "two XML documents in one file");
}
