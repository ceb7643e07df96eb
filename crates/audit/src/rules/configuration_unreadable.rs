use crate::declare::declare_rule;
use crate::view::{export_of, redirection_of};
use crate::{ConfigurationStatus, Policy, Subject, Verdicts, View};
use kerbsync_inventory::{REDIRECTION_UNREADABLE, ServerConfiguration, ServerStatus};
use kerbsync_source::{Origin, Problem, Shown, Spot, text};
use std::sync::Arc;

declare_rule! {
    /// The configuration of a server cannot be read.
    ///
    /// ## What it checks
    /// Every applicationHost.config among the inputs is well-formed and has the expected shape: web sites of its own, no section that
    /// decides here in another file (configSource), none twice for one path, and a redirection.config beside it that can be read, too.
    /// The finding names line and column of the first place that is not.
    ///
    /// ## Why it matters
    /// If the file looks like this on the server too, IIS does not start and every request is answered with 503: an interrupted write or
    /// a virus scanner can cut the file. If only the copy is damaged, the server has not been checked. Other servers are judged all the
    /// same. A history snapshot never takes the place of the damaged file silently.
    ///
    /// ## What to do
    /// Copy the file again and compare sizes. If the file on the server is damaged, look at the newest snapshot:
    ///
    /// ```powershell
    /// Get-ChildItem C:\inetpub\history -Directory | Sort-Object Name | Select-Object -Last 3
    /// & $env:windir\System32\inetsrv\appcmd.exe list config -section:system.applicationHost/sites
    /// ```
    ///
    /// Before: `<location path="Skype for Business Server Internal Web Site">` and the file ends. After: `</configuration>` at the end.
    ///
    /// ## Sources
    /// - [configurationRedirection](https://learn.microsoft.com/iis/configuration/configurationredirection)
    /// - [Extensible Markup Language (XML) 1.0](https://www.w3.org/TR/xml/)
    number: 205,
    severity: Error,
    confidence: Inferred,
    family: Servers,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 SI-7", "NIST SP 800-53 CA-7"],
    waivable: false,
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for server in view.web_servers() {
        let subject = server.subject();
        match server.status {
            ConfigurationStatus::Unreadable(configuration, problem) => fail(verdicts, configuration, problem),
            ConfigurationStatus::Missing(_) => {
                let (why, remedy) = server.configuration().err().unwrap_or_default();
                verdicts.unknown_told_elsewhere(subject, why, remedy);
            }
            ConfigurationStatus::InForce(_) | ConfigurationStatus::NotItsOwn(..) | ConfigurationStatus::Redirected(..) => {
                verdicts.pass(subject, text!("The configuration of {} could be read.", server.host));
            }
        }
    }
    for configuration in view.configurations().filter(|c| view.web_server(&c.computer).is_none()) {
        match &configuration.status {
            ServerStatus::Unreadable(problem) => fail(verdicts, configuration, problem),
            ServerStatus::Read | ServerStatus::Missing => {
                let why = text!("{} is no web server of the topology.", configuration.computer);
                verdicts.not_applicable(Subject::Server(configuration.computer.clone()), why);
            }
        }
    }
}

fn fail(verdicts: &mut Verdicts<'_>, configuration: &ServerConfiguration, problem: &Problem) {
    let host = &configuration.computer;
    let why = Shown::quoting(problem.message.trim_end_matches('.'));
    let message = if problem.code == REDIRECTION_UNREADABLE {
        text!("Which configuration of {host} is in force is not known, since its redirection.config cannot be read: {why}.")
    } else {
        text!("The applicationHost.config of {host} cannot be read: {why}.")
    };
    let origin = Origin::new(problem.document, Spot { location: problem.location, element: Arc::from(""), excerpt: None });
    let again = if problem.code == REDIRECTION_UNREADABLE { redirection_of(host) } else { export_of(host) };
    let help = match &problem.help {
        Some(help) => text!("{} {again}", Shown::quoting(help)),
        None => again,
    };
    verdicts.fail(Subject::Server(host.clone()), message).at(&origin, "here").help(help);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate, host, origin};
    use kerbsync_source::{DocumentId, Level};

    fn damaged(document: u32) -> ServerStatus {
        ServerStatus::Unreadable(Problem {
            level: Level::Error,
            code: "xml-unclosed",
            document: DocumentId(document),
            location: origin(document, 200, "").location(),
            message: "the element 'configuration' is not closed".into(),
            help: None,
        })
    }

    /// Where it may lead elsewhere, the local file says nothing of what the server does.
    #[test]
    fn a_redirection_that_cannot_be_read_leaves_open_what_is_in_force() {
        let mut inventory = estate();
        let ServerStatus::Unreadable(problem) = damaged(6) else { unreachable!() };
        config(&mut inventory, "fe02").status = ServerStatus::Unreadable(Problem { code: REDIRECTION_UNREADABLE, ..problem });
        let told = check(&RULE, inventory);
        insta::assert_snapshot!(told.split("pass dir01").next().unwrap_or_default(), @r"
        pass fe01.contoso.com: The configuration of fe01.contoso.com could be read.
        fail fe02.contoso.com: Which configuration of fe02.contoso.com is in force is not known, since its redirection.config cannot be read: the element 'configuration' is not closed.
          error servers/fe02.contoso.com/applicationHost.config:200 here
          help: Copy C:\Windows\System32\inetsrv\config\redirection.config of fe02.contoso.com into its folder of the bundle again.
        ");
    }

    #[test]
    fn a_damaged_file_fails_wherever_its_server_stands() {
        let mut inventory = estate();
        config(&mut inventory, "fe02").status = damaged(6);
        let mut other = config(&mut inventory, "se01").clone();
        (other.computer, other.status) = (host("old01.contoso.com"), damaged(7));
        inventory.servers.push(other);
        let mut sql = config(&mut inventory, "se01").clone();
        sql.computer = host("sql01.contoso.com");
        inventory.servers.push(sql);
        inventory.servers.retain(|s| s.computer.first_label() != "dir01");
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass fe01.contoso.com: The configuration of fe01.contoso.com could be read.
        fail fe02.contoso.com: The applicationHost.config of fe02.contoso.com cannot be read: the element 'configuration' is not closed.
          error servers/fe02.contoso.com/applicationHost.config:200 here
          help: Copy C:\Windows\System32\inetsrv\config\applicationHost.config of fe02.contoso.com to servers/fe02.contoso.com/applicationHost.config in the bundle.
        unknown dir01.contoso.com: No configuration of dir01.contoso.com is among the inputs. Copy C:\Windows\System32\inetsrv\config\applicationHost.config of dir01.contoso.com to servers/dir01.contoso.com/applicationHost.config in the bundle.
        pass se01.contoso.com: The configuration of se01.contoso.com could be read.
        fail old01.contoso.com: The applicationHost.config of old01.contoso.com cannot be read: the element 'configuration' is not closed.
          error servers/se01.contoso.com/applicationHost.config:200 here
          help: Copy C:\Windows\System32\inetsrv\config\applicationHost.config of old01.contoso.com to servers/old01.contoso.com/applicationHost.config in the bundle.
        notapplicable sql01.contoso.com: sql01.contoso.com is no web server of the topology.
        ");
    }
}
