//! The lines of the pages, and what they come to.

use super::{CONFIGURATION, litware, run, transcript};
use crate::support::program::Program;

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

    Verdict: FAILED. 1 error. 26 verdicts could not be reached: see 'Not decided'.
    -Verbose shows what to do, and why something is unknown.
    --> 1
    > Test-CsKerberosAccountAssignment -Identity "site:Redmond" -Verbose
    Site:Redmond, litwareinc\kerberostest
      atl-cs-001.litwareinc.com  unknown            The secret of the declared slot system.webServer/security/authentication/kerberosWebAuthentication of 'Skype for Business Server Internal Web Site' could be read, but there is no reference to compare it with.

    error[KS210]: The web servers hold 2 different secrets of litwareinc\kerberostest, and nothing says which is right: atl-cs-001.litwareinc.com; dublin-cs-001.litwareinc.com.
        Run:   Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html Add its report to the bundle, or name a server that is known to work with --reference.

    Not decided:
    unknown[KS401]: There is no directory export among the inputs, so nothing is known about litwareinc\kerberostest. Run:   Get-ADComputer -Identity kerberostest -Properties * Or export all computer objects into the bundle:   Get-ADComputer -Filter * -Properties * | Export-Clixml computers.xml

    Verdict: FAILED. 1 error. 26 verdicts could not be reached: see 'Not decided'.
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
    // What a plan looks like is the matter of other tests.
    let (told, plan) = what_if.split_once("Preconditions").unwrap();
    let told: String = told.lines().filter(|l| !l.starts_with("  plan ")).map(|l| format!("{l}\n")).collect();
    insta::assert_snapshot!(told, @r#"
    > Set-CsKerberosAccountPassword -FromComputer "atl-cs-001.litwareinc.com" -ToComputer "dublin-cs-001.litwareinc.com" -WhatIf
    What if: Performing the operation "Set-CsKerberosAccountPassword" on target "dublin-cs-001.litwareinc.com".

    Copy the credential of atl-cs-001.litwareinc.com to dublin-cs-001.litwareinc.com
      account   litwareinc\kerberostest
      operator  CONTOSO\olivia
    "#);
    assert!(plan.contains("To change: 1 server") && plan.contains("password=\"***\"") && plan.ends_with("--> 0\n"), "{plan}");
    assert!(program.read(CONFIGURATION) == first, "a dry run writes nothing");
    let copy = "Set-CsKerberosAccountPassword -FromComputer \"atl-cs-001.litwareinc.com\" -ToComputer \"dublin-cs-001.litwareinc.com\"";
    let ran = run(&program, copy, None);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    insta::assert_snapshot!(ran.err, @r"note: only files of 'DIR/bundle' were written; the product was not asked");
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
