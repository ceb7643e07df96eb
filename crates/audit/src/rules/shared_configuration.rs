use crate::declare::declare_rule;
use crate::{ConfigurationStatus, Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_source::text;

declare_rule! {
    /// A web server's IIS configuration is shared from elsewhere.
    ///
    /// ## What it checks
    /// No redirection.config among the inputs turns shared configuration on for a web server of the topology.
    ///
    /// ## Why it matters
    /// With shared configuration the local applicationHost.config is not in force: IIS reads the one on the share. Everything in the
    /// local file is history, so the server's state is unknown. A change made through one server reaches all that share the file, and
    /// their machine keys must match or no encrypted value can be read. The product's documents do not speak of such a setup.
    ///
    /// ## What to do
    /// Export the file from the share instead, or end the sharing:
    ///
    /// ```powershell
    /// Get-IISSharedConfig
    /// Disable-IISSharedConfig
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `<configurationRedirection enabled="true" path="\\srv\iis" />` | `<configurationRedirection />` |
    ///
    /// ## Sources
    /// - [configurationRedirection](https://learn.microsoft.com/iis/configuration/configurationredirection)
    number: 212,
    severity: Warning,
    confidence: Documented,
    family: Servers,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 CM-2", "NIST SP 800-53 CM-6"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for server in view.web_servers() {
        let (subject, host) = (server.subject(), server.host);
        match server.status {
            ConfigurationStatus::Redirected(_, path) => {
                verdicts
                    .fail(subject, text!("{host} takes its configuration from {}; the local file is not in force.", path.value))
                    .at(&path.origin, "shared configuration is on")
                    .help(text!("Export applicationHost.config from {} into the bundle as that of {host}. To end the sharing, use Shared Configuration in IIS Manager on {host}: the server then needs its own keys and its own copy.", path.value));
            }
            ConfigurationStatus::Missing(None) => {
                let why = text!("Nothing of {host} is among the inputs.");
                verdicts.unknown_told_elsewhere(
                    subject,
                    why,
                    Advice::say(text!("On {host}, look:")).then_run(commands::show_redirection()),
                );
            }
            ConfigurationStatus::Missing(Some(_))
            | ConfigurationStatus::Unreadable(..)
            | ConfigurationStatus::NotItsOwn(..)
            | ConfigurationStatus::InForce(_) => {
                verdicts.pass(subject, text!("No redirection.config among the inputs turns shared configuration on for {host}."));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_document, at, check, config, estate};
    use kerbsync_inventory::DocumentKind;

    #[test]
    fn redirection_fails() {
        let mut inventory = estate();
        let document = add_document(&mut inventory, "servers/fe02.contoso.com/redirection.config", DocumentKind::Redirection);
        config(&mut inventory, "fe02").redirected_to = Some(at(document, 8, "\\\\srv\\iis".to_owned()));
        inventory.servers.remove(0);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass fe01.contoso.com: No redirection.config among the inputs turns shared configuration on for fe01.contoso.com.
        fail fe02.contoso.com: fe02.contoso.com takes its configuration from \\srv\iis; the local file is not in force.
          warning servers/fe02.contoso.com/redirection.config:8 shared configuration is on
          help: Export applicationHost.config from \\srv\iis into the bundle as that of fe02.contoso.com. To end the sharing, use Shared Configuration in IIS Manager on fe02.contoso.com: the server then needs its own keys and its own copy.
        unknown dir01.contoso.com: Nothing of dir01.contoso.com is among the inputs. On dir01.contoso.com, look `Get-Content $env:windir\System32\inetsrv\config\redirection.config`.
        pass se01.contoso.com: No redirection.config among the inputs turns shared configuration on for se01.contoso.com.
        ");
    }
}
