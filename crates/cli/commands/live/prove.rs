//! `prove`: do servers hold the account's password in Active Directory?

use super::operator::{authentication, operator};
use crate::args::ProveArgs;
use crate::commands::tool;
use crate::failure::Failure;
use crate::opened_bundle::OpenedBundle;
use crate::output::Outputs;
use crate::{Exit, Io};
use kerbsync_credential::lower::SecretSource;
use kerbsync_inventory::directory::{Completeness, Domain};
use kerbsync_inventory::state::{Expectation, Expectations, account_key};
use kerbsync_inventory::{Inventory, ServerConfiguration, Slot};
use kerbsync_live::{Clock, Drives, ProofRequest, Prover, Tested};
use kerbsync_names::{DownLevelName, HostName};
use kerbsync_plan::lower::{LowerError, SourceFault};
use kerbsync_plan::{SecretFrom, SlotAddress};
use kerbsync_report::format::{PROOF, ProofOutcome, ProofReport, ProvedAccount, ProvedServer};
use kerbsync_report::render;
use kerbsync_secret::EqualityTag;
use kerbsync_source::Shown;
use kerbsync_store::Files;
use std::collections::BTreeMap;
use std::time::Duration;

pub(in crate::commands) fn run(args: ProveArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let outputs = Outputs::new(args.output)?;
    let Some(kdc) = args.operator.kdc.clone() else {
        return Err(
            Failure::usage("--kdc is missing").hint("name a domain controller of the account's domain, such as --kdc dc01.contoso.com")
        );
    };
    let opened = OpenedBundle::open(&args.bundle, args.config.as_deref(), quiet, io)?;
    opened.check_read()?;
    let timeout = Duration::from_secs(args.timeout.into());
    let request = ProofRequest { operator: operator(&args.operator, io)?, kdc, timeout, clock: Clock::showing((io.now)()) };
    let drives = if args.live {
        let asked_by = request.operator.clone();
        let opened = Drives::open(&args.bundle, asked_by, authentication(&args.operator), &request.kdc, timeout);
        Some(opened.map_err(|e| Failure::new(Exit::Refused, e.to_string()))?)
    } else {
        None
    };
    let accounts = accounts(&opened.inventory);
    if accounts.is_empty() {
        return Err(Failure::new(Exit::NothingChecked, "no web server among the inputs is to hold a Kerberos account")
            .hint("give a topology, the assignments and the servers' configurations; `kerbsync audit` tells what is missing"));
    }
    let proved = opened.with_secrets(drives.as_ref().map(|d| d as &dyn Files), |secrets| {
        let each = accounts.iter().map(|(account, servers)| of_account(&opened.inventory, account, servers, &request, secrets));
        each.collect()
    });
    let report = ProofReport { schema: PROOF, tool: tool(), accounts: proved };
    outputs.write(&report, render::proof, io)?;
    let any = |outcome| report.accounts.iter().flat_map(|a| &a.servers).any(|s| s.outcome == outcome);
    Ok(match (any(ProofOutcome::Undecided), any(ProofOutcome::Refuted)) {
        (true, _) => Exit::Input,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Done,
    })
}

/// The accounts that web servers are to hold, each with its servers, by their names.
pub(super) fn accounts(inventory: &Inventory) -> Vec<(DownLevelName, Vec<&HostName>)> {
    let expectations = Expectations::of(inventory);
    let mut accounts: BTreeMap<String, (DownLevelName, Vec<&HostName>)> = BTreeMap::new();
    for (pool, computer) in inventory.web_servers() {
        let Expectation::Account(account) = expectations.of_pool(pool) else { continue };
        let key = account_key(account, inventory.domains());
        accounts.entry(key).or_insert_with(|| (account.clone(), Vec::new())).1.push(&computer.fqdn.value);
    }
    let mut accounts: Vec<_> = accounts.into_values().collect();
    for (_, servers) in &mut accounts {
        servers.sort();
        servers.dedup();
    }
    accounts
}

fn of_account(
    inventory: &Inventory,
    account: &DownLevelName,
    servers: &[&HostName],
    request: &ProofRequest,
    secrets: &dyn SecretSource,
) -> ProvedAccount {
    let name = format!("{}$", account.account().trim_end_matches('$'));
    // Of before the ticket: a password that is set meanwhile is newer than the test.
    let tested_at = request.clock.now().to_string();
    let prover = match elsewhere(inventory.domains(), account, request.operator.domain()) {
        Some(why) => Err(why),
        None => Prover::new(request, &name, &own_services(inventory, account)).map_err(|e| e.to_string()),
    };
    let results = servers.iter().map(|host| {
        let configuration = inventory.server(host);
        let document = configuration.and_then(|c| inventory.document(c.document?));
        let (outcome, reason) = match &prover {
            Ok(prover) => of_server(inventory, account, configuration, prover, secrets),
            Err(_) => (ProofOutcome::Undecided, "there is no ticket to test it with".to_owned()),
        };
        ProvedServer {
            server: host.to_string(),
            path: document.map(|d| d.path.to_string()),
            sha256: document.and_then(|d| d.sha256.as_deref()).map(str::to_owned),
            outcome,
            reason,
        }
    });
    let servers = results.collect();
    ProvedAccount {
        account: account.to_string(),
        controller: request.kdc.clone(),
        tested_at,
        key_version: prover.as_ref().ok().and_then(Prover::key_version),
        encryption: prover.as_ref().ok().map(Prover::encryption),
        not_tested: prover.as_ref().err().cloned(),
        servers,
    }
}

/// Why the operator's domain is not, or not surely, the account's: an account of the same name there would be tested in its place.
fn elsewhere(domains: &[Domain], account: &DownLevelName, operators: &str) -> Option<String> {
    let own = account.domain();
    let known = domains.iter().find(|d| d.netbios.eq_ignore_ascii_case(own) || d.dns.eq_ignore_ascii_case(own));
    match known {
        Some(domain) if domain.dns.eq_ignore_ascii_case(operators) => None,
        Some(domain) => Some(format!("the account is of {}, and the operator of {operators}; ask as a user of its domain", domain.dns)),
        None if own.eq_ignore_ascii_case(operators) => None,
        None => Some(format!("no input says which domain {own} is; collect the directory, or name it below [domains] in kerbsync.toml")),
    }
}

/// Names of services that the account holds and, by a complete export, nobody else.
fn own_services(inventory: &Inventory, account: &DownLevelName) -> Vec<String> {
    let Some(directory) = &inventory.directory else { return Vec::new() };
    let Some(object) = directory.account(account).filter(|_| directory.completeness == Completeness::Complete) else { return Vec::new() };
    let names = object.spns.iter().flatten().map(|s| &s.value);
    names.filter(|spn| directory.holders(spn).count() == 1).map(|spn| spn.as_str().to_owned()).collect()
}

/// Every distinct secret that a server holds for the account: one that differs from the others is another password.
fn of_server(
    inventory: &Inventory,
    account: &DownLevelName,
    configuration: Option<&ServerConfiguration>,
    prover: &Prover,
    secrets: &dyn SecretSource,
) -> (ProofOutcome, String) {
    let undecided = |why: &str| (ProofOutcome::Undecided, why.to_owned());
    let Some(configuration) = configuration else { return undecided("no configuration of it is among the inputs") };
    if let Err(why) = configuration.in_force() {
        return undecided(&why.to_string());
    }
    let Some(document) = configuration.document.and_then(|id| inventory.document(id)) else {
        return undecided("its configuration was not read");
    };
    let Some(sha256) = &document.sha256 else { return undecided("its configuration was not read") };
    let wanted = account_key(account, inventory.domains());
    let names = |slot: &&Slot| slot.account.value.name.as_ref().is_some_and(|n| account_key(n, inventory.domains()) == wanted);
    let slots: Vec<&Slot> = configuration.slots.iter().filter(|slot| slot.counts()).filter(names).collect();
    let mut candidates: BTreeMap<EqualityTag, &Slot> = BTreeMap::new();
    for slot in &slots {
        let Some(tag) = slot.secret.tag() else { return undecided("a secret of it could not be opened: its keys are not in the bundle") };
        candidates.entry(tag).or_insert(slot);
    }
    if candidates.is_empty() {
        return undecided("no place in its configuration is known to hold a secret of the account");
    }
    let mut refuted = None;
    for slot in candidates.values() {
        let from = SecretFrom::Server {
            server: configuration.computer.to_string(),
            path: document.path.to_string(),
            sha256: sha256.to_string(),
            slot: Box::new(SlotAddress::of(slot)),
        };
        match secrets.secret(&from).map(|secret| prover.test(&secret)) {
            Ok(Tested::Proved) => {}
            Ok(Tested::Refuted) => refuted = refuted.or(Some(slot)),
            Ok(Tested::SaltUnknown) => return undecided("the controller does not say how the account's keys are made"),
            Ok(Tested::Unspoken(etype)) => return undecided(&format!("the ticket has encryption type {etype}, which is not spoken here")),
            Err(LowerError::Source(error)) if error.fault == SourceFault::Changed => {
                return undecided("its configuration is not the one in the bundle any more: collect again");
            }
            Err(error) => return undecided(Shown::of(&error.to_string()).as_str()),
        }
    }
    match refuted {
        None => (ProofOutcome::Proved, "it holds the account's password".to_owned()),
        Some(slot) => (ProofOutcome::Refuted, format!("the secret of the {} is not the account's password", Shown::naming(&slot.label))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_tested_in_its_own_domain_alone() {
        let domain = |netbios: &str, dns: &str| Domain { netbios: netbios.to_owned(), dns: dns.to_owned(), origin: None };
        let domains = [domain("CONTOSO", "contoso.com"), domain("EU", "eu.contoso.com")];
        let why = |account: &str, operators: &str| elsewhere(&domains, &DownLevelName::parse(account).unwrap().name, operators);
        assert_eq!(why("CONTOSO\\KerbAuth", "contoso.com"), None);
        assert_eq!(why("eu.contoso.com\\KerbAuth", "EU.contoso.com"), None);
        assert!(why("EU\\KerbAuth", "contoso.com").unwrap().contains("the account is of eu.contoso.com"));
        assert!(why("FABRIKAM\\KerbAuth", "contoso.com").unwrap().contains("no input says which domain FABRIKAM is"));
    }
}
