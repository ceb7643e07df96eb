//! Pages, twins, and what they are about.

use super::{CONFIGURATION, litware, run, transcript};

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

    Verdict: FAILED. 1 error. 25 verdicts could not be reached: see 'Not decided'.
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
