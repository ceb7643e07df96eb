//! `probe`: do web services take a ticket, as a user would show it?

use super::operator::operator;
use super::prove::accounts;
use crate::args::ProbeArgs;
use crate::commands::tool;
use crate::failure::Failure;
use crate::opened_bundle::OpenedBundle;
use crate::output::Outputs;
use crate::{Exit, Io};
use kerbsync_inventory::Inventory;
use kerbsync_live::{Clock, ProbeAnswer, ProbeRequest, Probed, ProbedService, ProofRequest, Trust};
use kerbsync_names::{DownLevelName, HostName};
use kerbsync_report::format::{PROBE, ProbeOutcome, ProbeReport, ProbedServer};
use kerbsync_report::render;
use std::time::Duration;

pub(in crate::commands) fn run(args: ProbeArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let outputs = Outputs::new(args.output)?;
    if !args.live {
        return Err(Failure::usage("probe asks the web services of servers themselves, and only where that is said")
            .hint("give --live; two requests go to each server, as you"));
    }
    let Some(kdc) = args.operator.kdc.clone() else {
        return Err(
            Failure::usage("--kdc is missing").hint("name a domain controller of the account's domain, such as --kdc dc01.contoso.com")
        );
    };
    if !args.path.starts_with('/') || args.path.contains(|c: char| !c.is_ascii_graphic()) {
        return Err(Failure::usage("--path is none: it begins with / and holds neither blanks nor letters beyond ASCII"));
    }
    let opened = OpenedBundle::open(&args.bundle, args.config.as_deref(), quiet, io)?;
    opened.check_read()?;
    let mut servers = services(&opened.inventory);
    if servers.is_empty() {
        return Err(Failure::new(Exit::NothingChecked, "no web server among the inputs is to hold a Kerberos account")
            .hint("give a topology and the assignments; `kerbsync audit` tells what is missing"));
    }
    let operator = operator(&args.operator, io)?;
    let now = (io.now)();
    let principal = operator.principal();
    let named = servers.iter().filter_map(|s| Some(ProbedService { server: s.server.clone(), name: s.service.clone()? }));
    let request = ProbeRequest {
        servers: named.collect(),
        operator: ProofRequest {
            operator,
            kdc: kdc.clone(),
            timeout: Duration::from_secs(args.patience.timeout.into()),
            clock: Clock::showing(now),
        },
        trust: args.ca.map_or(Trust::System, Trust::File),
        port: args.port,
        path: args.path.clone(),
        jobs: args.patience.jobs.into(),
    };
    let probed = kerbsync_live::probe(&request).map_err(|e| Failure::new(Exit::Input, e.to_string()))?;
    for (server, probed) in servers.iter_mut().filter(|s| s.service.is_some()).zip(probed) {
        tell(server, probed);
    }
    let report = ProbeReport {
        schema: PROBE,
        tool: tool(),
        tested_at: now.to_string(),
        operator: principal,
        controller: kdc,
        path: args.path,
        servers,
    };
    outputs.write(&report, render::probe, io)?;
    let any = |of: &[ProbeOutcome]| report.servers.iter().any(|s| of.contains(&s.outcome));
    Ok(if any(&[ProbeOutcome::Unreachable, ProbeOutcome::Undecided]) {
        Exit::Input
    } else if any(&[ProbeOutcome::Refused, ProbeOutcome::NtlmOnly]) {
        Exit::Findings
    } else {
        Exit::Done
    })
}

/// The web servers that are to hold an account, by their names; none of them asked yet. `is_evidence` says whether the account alone holds
/// the name that the service is known by.
fn services(inventory: &Inventory) -> Vec<ProbedServer> {
    let mut found = Vec::new();
    for (account, hosts) in accounts(inventory) {
        for host in hosts {
            let service = internal_name(inventory, host).map(ToString::to_string);
            found.push(ProbedServer {
                server: host.to_string(),
                account: account.to_string(),
                key_version: None,
                outcome: ProbeOutcome::Undecided,
                is_evidence: service.as_ref().is_some_and(|name| holds_alone(inventory, &account, name)),
                reason: "the topology does not tell by which name clients know it".to_owned(),
                service,
            });
        }
    }
    found.sort_by(|a, b| a.server.cmp(&b.server));
    found
}

/// Whether the account, and by the inputs nobody else, holds the name of a web service. Of a name that two hold, a controller gives no ticket.
fn holds_alone(inventory: &Inventory, account: &DownLevelName, service: &str) -> bool {
    let Some(directory) = &inventory.directory else { return false };
    let Some(object) = directory.account(account) else { return false };
    let wanted = format!("http/{service}");
    let mut names = object.spns.iter().flatten().map(|s| &s.value);
    names.any(|spn| spn.as_str().eq_ignore_ascii_case(&wanted) && directory.holders(spn).count() == 1)
}

/// The name that clients inside know the web services of a server by.
fn internal_name<'i>(inventory: &'i Inventory, host: &HostName) -> Option<&'i HostName> {
    inventory.web_servers().find(|(_, computer)| computer.fqdn.value == *host).and_then(|(pool, _)| pool.internal_web_fqdn())
}

/// Puts down what was found. What the server showed, and whose the name is, make it evidence together.
fn tell(server: &mut ProbedServer, Probed { answer, key_version }: Probed) {
    let owned = server.is_evidence;
    server.key_version = key_version;
    server.is_evidence = false;
    (server.outcome, server.reason) = match answer {
        ProbeAnswer::Accepted { status, is_proved: true } if owned => {
            server.is_evidence = true;
            (ProbeOutcome::Accepted, format!("it opened the ticket (HTTP {status})"))
        }
        ProbeAnswer::Accepted { status, is_proved: true } => (
            ProbeOutcome::Accepted,
            format!("it opened the ticket (HTTP {status}); that the account holds the name is not shown by the inputs"),
        ),
        ProbeAnswer::Accepted { status, is_proved: false } => {
            (ProbeOutcome::Accepted, format!("it took the ticket (HTTP {status}), and did not show that it opened it"))
        }
        ProbeAnswer::Refused => {
            let why = "it refused the ticket: its key is not the one in the directory, or something else is wrong there";
            (ProbeOutcome::Refused, why.to_owned())
        }
        ProbeAnswer::NtlmOnly => (ProbeOutcome::NtlmOnly, "it offers NTLM alone, and no Kerberos".to_owned()),
        ProbeAnswer::Unreachable(why) => (ProbeOutcome::Unreachable, why.to_string()),
        ProbeAnswer::Undecided(why) => (ProbeOutcome::Undecided, why.to_string()),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_shown_opening_of_the_accounts_own_ticket_is_evidence() {
        let told = |owned: bool, answer: ProbeAnswer| {
            let mut server = ProbedServer {
                server: "fe01.contoso.com".to_owned(),
                service: Some("lyncweb.contoso.com".to_owned()),
                account: "CONTOSO\\KerbAuth".to_owned(),
                key_version: None,
                outcome: ProbeOutcome::Undecided,
                is_evidence: owned,
                reason: String::new(),
            };
            tell(&mut server, Probed { answer, key_version: Some(3) });
            (server.outcome, server.is_evidence)
        };
        let taken = |is_proved| ProbeAnswer::Accepted { status: 200, is_proved };
        assert_eq!(told(true, taken(true)), (ProbeOutcome::Accepted, true));
        assert_eq!(told(false, taken(true)), (ProbeOutcome::Accepted, false));
        assert_eq!(told(true, taken(false)), (ProbeOutcome::Accepted, false));
        assert_eq!(told(true, ProbeAnswer::Refused), (ProbeOutcome::Refused, false));
        assert_eq!(told(true, ProbeAnswer::NtlmOnly), (ProbeOutcome::NtlmOnly, false));
    }
}
