//! What is refused, asked for, or wrongly typed.

use super::{CONFIGURATION, litware, run, topology, transcript};

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
          RTCUniversalServerAdmins. That was accepted (--operator-unproved).
          help: Get-ADGroupMember RTCUniversalServerAdmins -Recursive
    --> 5
    > Set-CsKerberosAccountPassword -UserAccount kerberostest@litwareinc.com
    refused: nothing is planned, since a precondition does not hold

    Preconditions: 0 hold, 1 unknown, 1 does not
      fail[account-name] kerberostest@litwareinc.com: User principal names are not supported here: give
          the account as DOMAIN\name. (N13)
          help: LITWAREINC\kerberostest, if LITWAREINC is the NetBIOS name of litwareinc.com
      unknown[operator] CONTOSO\olivia: No directory export says whether CONTOSO\olivia is a member of
          RTCUniversalServerAdmins. That was accepted (--operator-unproved).
          help: Get-ADGroupMember RTCUniversalServerAdmins -Recursive
    --> 5
    > Set-CsKerberosAccountPassword -UserAccount litwareinckerberostest
    refused: nothing is planned, since a precondition does not hold

    Preconditions: 0 hold, 1 unknown, 1 does not
      fail[account-name] litwareinckerberostest: The domain is missing: give the account as DOMAIN\name.
          (N13)
          help: DOMAIN\litwareinckerberostest, with the NetBIOS name of its domain
      unknown[operator] CONTOSO\olivia: No directory export says whether CONTOSO\olivia is a member of
          RTCUniversalServerAdmins. That was accepted (--operator-unproved).
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
    hint: give a folder, an archive or a file with exports; check the spelling
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
