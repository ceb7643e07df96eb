//! The page that `-?` prints.

use super::{litware, transcript};

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
      --operator-unproved           Go on although the directory does not show the operator to be a member of that group
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
      --fail-on SEVERITY    What makes the exit code 1: the lowest severity, and `unknown` for verdicts that could not be reached
      --require EVIDENCE    Evidence that must be among the inputs; the exit code is 4 where some is missing
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
