//! Servers that must be synced before they serve, and servers that may still hold what they no longer need.

use crate::deployment::{Account, Pair, Pool, Server};
use crate::{Consequence, ConsequenceKind, TopologyExtent};
use kerbsync_advice::{Advice, commands};
use kerbsync_audit::Severity;
use kerbsync_source::text;

pub(crate) fn consequences(pair: &Pair, all: &mut Vec<Consequence>) {
    for (server, pool, account) in pair.new.web_servers() {
        if let Some(reason) = newly_due(pair, server, pool, account) {
            all.extend(sync(pair, server, pool, account, &reason));
        }
    }
    for (server, pool, account) in pair.old.web_servers() {
        all.extend(may_still_hold(pair, server, pool, account));
    }
}

/// Why a server must hold the account now and did not have to before.
fn newly_due(pair: &Pair, server: &Server, pool: &Pool, account: &Account) -> Option<String> {
    if *account == Account::None {
        return None;
    }
    let held = |(s, p, old): (&Server, &Pool, &Account)| {
        s.fqdn == server.fqdn && (matches!(account, Account::Named(wanted) if old.is(wanted)) || (p.fqdn == pool.fqdn && old == account))
    };
    if pair.old.web_servers().any(held) {
        return None;
    }
    let site = pair.new.site_name(pool);
    let Some(before) = pair.old.home(&server.fqdn) else {
        // A part of a topology does not say that a server is new.
        return (pair.old.topology == TopologyExtent::Whole).then(|| format!("{} is new in site {site}", server.fqdn));
    };
    if !before.web_services {
        return Some(format!("{} starts to run Web Services in site {site}", server.fqdn));
    }
    match (pair.old.account(before), account) {
        (Account::Unknown, _) if before.site == pool.site => None,
        _ if before.site != pool.site => Some(format!("{} comes to site {site} from site {}", server.fqdn, pair.old.site_name(before))),
        (old, _) => Some(format!("The account of site {site} changes from {} to {}", old.word(), account.word())),
    }
}

fn sync(pair: &Pair, server: &Server, pool: &Pool, account: &Account, reason: &str) -> Option<Consequence> {
    let (name, site) = (&server.fqdn, pair.new.site_name(pool));
    let consequence = |severity, message, help| {
        Some(Consequence { kind: ConsequenceKind::SyncBeforeServing, severity, subject: name.to_string(), message, help: Some(help) })
    };
    let wanted = match account {
        Account::Named(wanted) => wanted,
        Account::None => return None,
        Account::Unknown | Account::Unclear => {
            let message = format!(
                "{reason}. Which Kerberos account the site has is not clear from these inputs; if it has one, {name} must get its password before it serves."
            );
            let known = pair.new.site(pool).map(|_| site.as_str());
            return consequence(Severity::Warning, message, Advice::run(commands::assignments(known)));
        }
    };
    if server.in_sync {
        return None;
    }
    let shown = match server.state.as_str() {
        "unknown" | "not-applicable" => "nothing among these inputs shows that it does".to_owned(),
        state => format!("its state is {state}"),
    };
    let message = format!(
        "{reason}. It must hold the password of {wanted} before it serves, and {shown}: until it does, sign-in with Kerberos fails there."
    );
    let help = match peer(pair, server, wanted) {
        Peer::Proved(peer) => {
            Advice::say(text!("Copy the password from {peer}, which is in sync:")).then_run(commands::copy_password(&peer, name.as_str()))
        }
        Peer::Somewhere => Advice::say("Copy the password from a server that Test-CsKerberosAccountAssignment finds valid:")
            .then_run(commands::copy_password_to(name.as_str())),
        Peer::Nowhere => Advice::say(text!(
            "No other server of these inputs is to hold {wanted}: nothing to copy from is known. Find out first whether the account has a password that servers hold elsewhere; a new password would shut these out."
        )),
    };
    let help = help.then_say("Then let the product test it:").then_run(commands::test_assignment(Some(&site)));
    consequence(Severity::Error, message, help)
}

/// Where the password can be copied from.
enum Peer {
    Proved(String),
    Somewhere,
    Nowhere,
}

fn peer(pair: &Pair, server: &Server, wanted: &str) -> Peer {
    let of = |(s, _, account): &(&Server, &Pool, &Account)| s.fqdn != server.fqdn && account.is(wanted);
    let new = || pair.new.web_servers().filter(of);
    if let Some((peer, ..)) = new().find(|(s, ..)| s.in_sync) {
        return Peer::Proved(peer.fqdn.to_string());
    }
    // What was in sync before still is, unless the new side shows otherwise.
    let still = |s: &Server| pair.new.home(&s.fqdn).and_then(|p| p.server(&s.fqdn)).is_some_and(|now| now.state == "unknown");
    match pair.old.web_servers().filter(of).find(|(s, ..)| s.in_sync && still(s)) {
        Some((peer, ..)) => Peer::Proved(peer.fqdn.to_string()),
        None if new()
            .any(|(s, ..)| pair.old.web_servers().any(|(o, _, a)| o.fqdn == s.fqdn && (a.is(wanted) || *a == Account::Unknown))) =>
        {
            Peer::Somewhere
        }
        None => Peer::Nowhere,
    }
}

/// A server of an account that is no longer to hold it.
fn may_still_hold(pair: &Pair, server: &Server, pool: &Pool, account: &Account) -> Option<Consequence> {
    let Account::Named(held) = account else { return None };
    let name = &server.fqdn;
    let why = match pair.new.home(name) {
        None if pair.is_gone() => format!("{name} is no longer in the topology"),
        None => return None,
        Some(now) if !now.web_services => format!("{name} runs no Web Services any more"),
        Some(now) if *pair.new.account(now) == Account::None => format!("{name} is in a site without a Kerberos account now"),
        // One that is to hold another account gets that in its place.
        Some(_) => return None,
    };
    // Another site of the same account may have taken it over.
    if pair.new.web_servers().any(|(s, _, a)| s.fqdn == *name && a.is(held)) {
        return None;
    }
    let site = pair.old.site_name(pool);
    Some(Consequence {
        kind: ConsequenceKind::MayStillHold,
        severity: Severity::Note,
        subject: name.to_string(),
        message: format!("{why}, and may still hold the password of {held} from site {site}."),
        help: Some(Advice::say("Before the machine is given to another use, see that its configuration no longer holds the account.")),
    })
}
