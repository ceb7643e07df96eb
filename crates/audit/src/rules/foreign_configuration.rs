use crate::declare::declare_rule;
use crate::view::export_of;
use crate::{Policy, Subject, Verdicts, View};
use kerbsync_source::{Origin, text};

declare_rule! {
    /// The configuration in a server's folder is another server's.
    ///
    /// ## What it checks
    /// No two servers' configurations are the same byte for byte, and no two have the same sealed session key: IIS draws that key on each
    /// server and seals it with the server's own key, so that it is never the same by chance. Where a key exported from a server opens
    /// its configuration, the configuration is its own, also where several servers were given one key on purpose; but not where keys of
    /// several open files that are the same byte for byte. Of a server whose folder holds another's configuration, or one that may be,
    /// nothing else is said.
    ///
    /// ## Why it matters
    /// A file copied into the wrong folder makes two servers look alike: both in sync, or both stale. The server that it does not
    /// belong to was never looked at.
    ///
    /// ## What to do
    /// Copy the file again from the server itself:
    ///
    /// ```powershell
    /// Copy-Item \\fe02.contoso.com\admin$\System32\inetsrv\config\applicationHost.config bundle\servers\fe02.contoso.com\
    /// ```
    ///
    /// Before: fe02's folder holds the file of fe01. After: each folder holds its server's own file. Servers that were cloned from one
    /// image may share a session key; their exported keys then show whose file is whose.
    ///
    /// ## Sources
    /// - [Synchronize a Kerberos authentication account password to IIS](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-synchronize-a-kerberos-authentication-account-password-to-iis)
    number: 215,
    severity: Warning,
    confidence: Inferred,
    family: Servers,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 CM-8", "NIST SP 800-53 SI-7"],
    waivable: false,
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for server in view.configurations() {
        let (subject, host) = (Subject::Server(server.computer.clone()), &server.computer);
        let Some(document) = server.document else {
            verdicts.not_applicable(subject, text!("No configuration of {host} is among the inputs."));
            continue;
        };
        let Some(foreign) = &server.besides.foreign else {
            verdicts.pass(subject, text!("The configuration of {host} is no other server's."));
            continue;
        };
        let (of, how) = (&foreign.of, foreign.likeness.phrase());
        let message = if foreign.is_proved {
            text!("The configuration in the folder of {host} is that of {of}, {how}: a key of {of} opens it, and none of {host} does.")
        } else {
            text!("The configurations of {host} and {of} are the same {how}, and nothing says whose it is.")
        };
        let mut finding = verdicts.fail(subject, message).at(Origin::document(document), text!("in the folder of {host}"));
        if let Some(other) = view.configurations().find(|c| c.computer == *of).and_then(|c| c.document) {
            finding = finding.at(Origin::document(other), text!("in the folder of {of}"));
        }
        finding.help(export_of(host));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate, host};
    use kerbsync_inventory::{Foreign, Likeness};

    #[test]
    fn a_configuration_of_another_server_fails_and_its_owner_s_does_not() {
        let mut inventory = estate();
        let of = host("fe01.contoso.com");
        let foreign = |likeness, is_proved| Some(Foreign { of: of.clone(), likeness, is_proved });
        config(&mut inventory, "fe02").besides.foreign = foreign(Likeness::SessionKey, true);
        config(&mut inventory, "se01").besides.foreign = foreign(Likeness::Bytes, false);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass dir01.contoso.com: The configuration of dir01.contoso.com is no other server's.
        pass fe01.contoso.com: The configuration of fe01.contoso.com is no other server's.
        fail fe02.contoso.com: The configuration in the folder of fe02.contoso.com is that of fe01.contoso.com, by its sealed session key: a key of fe01.contoso.com opens it, and none of fe02.contoso.com does.
          warning servers/fe02.contoso.com/applicationHost.config in the folder of fe02.contoso.com
          warning servers/fe01.contoso.com/applicationHost.config in the folder of fe01.contoso.com
          help: Copy C:\Windows\System32\inetsrv\config\applicationHost.config of fe02.contoso.com to servers/fe02.contoso.com/applicationHost.config in the bundle.
        fail se01.contoso.com: The configurations of se01.contoso.com and fe01.contoso.com are the same byte for byte, and nothing says whose it is.
          warning servers/se01.contoso.com/applicationHost.config in the folder of se01.contoso.com
          warning servers/fe01.contoso.com/applicationHost.config in the folder of fe01.contoso.com
          help: Copy C:\Windows\System32\inetsrv\config\applicationHost.config of se01.contoso.com to servers/se01.contoso.com/applicationHost.config in the bundle.
        ");
    }
}
