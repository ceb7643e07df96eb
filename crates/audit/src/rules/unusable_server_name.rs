use crate::declare::declare_rule;
use crate::{Policy, Verdicts, View};
use kerbsync_source::text;

declare_rule! {
    /// A web server has a name that is no FQDN.
    ///
    /// ## What it checks
    /// The name of every web server is a fully qualified domain name: two or more labels of letters, digits and hyphens. Single labels,
    /// addresses and placeholders that were never filled in (`$SkypeFQDN`) are none.
    ///
    /// ## Why it matters
    /// `-FromComputer` and `-ToComputer` of Set-CsKerberosAccountPassword take the FQDN of a server. A server with another name in the
    /// topology cannot be given the password that way, and no certificate or service principal name fits it. That the syntax is exactly
    /// that of DNS host names is inferred.
    ///
    /// ## What to do
    /// Mend the name in Topology Builder and publish again. Before: `S4BLAB-FE01`. After: `s4blab-fe01.contoso.com`. A placeholder shows
    /// that a template was imported as it stands: fill it in first.
    ///
    /// ## Sources
    /// - [Synchronize a Kerberos authentication account password to IIS](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-synchronize-a-kerberos-authentication-account-password-to-iis)
    /// - [Naming conventions in Active Directory](https://learn.microsoft.com/troubleshoot/windows-server/active-directory/naming-conventions-for-computer-domain-site-ou)
    number: 110,
    severity: Error,
    confidence: Documented,
    family: Names,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 CM-8", "NIST SP 800-53 SI-10"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for server in view.web_servers() {
        match server.host.to_fqdn() {
            Ok(_) => verdicts.pass(server.subject(), text!("{} is an FQDN.", server.host)),
            Err(error) => {
                verdicts
                    .fail(
                        server.subject(),
                        text!("The web server '{}' of {} has no usable name: {error}.", server.host, server.pool.fqdn.value),
                    )
                    .at(server.origin, "the computer")
                    .help("Give the computer its FQDN in Topology Builder, publish the topology and run Enable-CsTopology.");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, estate, host};

    #[test]
    fn single_labels_addresses_and_placeholders_fail() {
        let mut inventory = estate();
        for (pool, computer, name) in [(0, 0, "FE01"), (0, 1, "$SkypeFQDN"), (1, 0, "10.0.0.5")] {
            inventory.pools[pool].computers[computer].fqdn.value = host(name);
        }
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail FE01: The web server 'FE01' of pool01.contoso.com has no usable name: 'FE01' is a single label (a NetBIOS name): give the server's FQDN.
          error topology.xml:11 the computer
          help: Give the computer its FQDN in Topology Builder, publish the topology and run Enable-CsTopology.
        fail $SkypeFQDN: The web server '$SkypeFQDN' of pool01.contoso.com has no usable name: the character '$' is not allowed in a host name: give the server's FQDN, of letters, digits, hyphens and dots.
          error topology.xml:12 the computer
          help: Give the computer its FQDN in Topology Builder, publish the topology and run Enable-CsTopology.
        fail 10.0.0.5: The web server '10.0.0.5' of dirpool01.contoso.com has no usable name: this is an IP address: give the server's FQDN.
          error topology.xml:21 the computer
          help: Give the computer its FQDN in Topology Builder, publish the topology and run Enable-CsTopology.
        pass se01.contoso.com: se01.contoso.com is an FQDN.
        ");
    }
}
