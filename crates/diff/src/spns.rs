//! Service principal names, and the run of Enable-CsTopology that brings them to Active Directory.

use crate::deployment::{Account, Deployment, Pair, Pool};
use crate::{Change, Consequence, ConsequenceKind};
use kerbsync_advice::{Advice, commands};
use kerbsync_audit::Severity;
use kerbsync_names::{HostName, ServicePrincipalName};

pub(crate) fn consequences(pair: &Pair, changes: &[Change], all: &mut Vec<Consequence>) {
    let published = changes.iter().filter(|c| c.kind.is_published()).count();
    if published > 0 {
        all.push(Consequence {
            kind: ConsequenceKind::EnableTopologyOwed,
            severity: Severity::Warning,
            subject: "the deployment".to_owned(),
            message: format!(
                "{} of topology or assignments: once that is published, Enable-CsTopology has to run, so that Active Directory follows.",
                kerbsync_source::count(published, "change")
            ),
            help: Some(Advice::run(commands::enable_topology())),
        });
    }
    let (old, new) = (names(&pair.old), names(&pair.new));
    // An account that one side does not know is no change.
    let unknown = |deployment: &Deployment, name: &Name| {
        deployment.pool(&name.pool).is_some_and(|p| matches!(deployment.account(p), Account::Unknown | Account::Unclear))
    };
    for name in new.iter().filter(|n| !old.contains(n) && !unknown(&pair.old, n)) {
        if pair.is_new() || pair.old.pool(&name.pool).is_some() {
            all.push(to_add(name));
        }
    }
    for name in old.iter().filter(|n| !new.contains(n) && !unknown(&pair.new, n)) {
        if pair.is_gone() || pair.new.pool(&name.pool).is_some() {
            all.push(to_remove(pair, name));
        }
    }
}

/// A name that an account has to hold for a pool.
struct Name {
    spn: ServicePrincipalName,
    pool: HostName,
    account: String,
    /// Whether the administrator registers it: Enable-CsTopology does not for an overridden internal web FQDN.
    by_hand: bool,
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.spn == other.spn && self.account.eq_ignore_ascii_case(&other.account)
    }
}

impl Name {
    /// The account without its domain.
    fn short(&self) -> &str {
        self.account.rsplit('\\').next().unwrap_or(&self.account)
    }
}

fn names(deployment: &Deployment) -> Vec<Name> {
    let of = |pool: &Pool| {
        let Account::Named(account) = deployment.account(pool) else { return Vec::new() };
        let name = |host: &HostName, by_hand| Name {
            spn: ServicePrincipalName::http(host),
            pool: pool.fqdn.clone(),
            account: account.clone(),
            by_hand,
        };
        std::iter::once(name(&pool.fqdn, false)).chain(pool.internal_override.iter().map(|o| name(o, true))).collect()
    };
    deployment.pools.iter().filter(|p| p.web_services).flat_map(of).collect()
}

fn to_add(name: &Name) -> Consequence {
    let (spn, account) = (&name.spn, &name.account);
    let (severity, how, help) = match name.by_hand {
        true => (
            Severity::Warning,
            "nothing but an administrator puts an overridden internal web FQDN there".to_owned(),
            Advice::say("The command refuses a name that another object holds:")
                .then_run(commands::spn_add(&spn.to_string(), name.short())),
        ),
        false => (
            Severity::Note,
            "Enable-CsTopology puts it there, if it has the rights".to_owned(),
            Advice::say("After Enable-CsTopology, see whether it is there:").then_run(commands::spn_list(name.short())),
        ),
    };
    Consequence {
        kind: ConsequenceKind::SpnToAdd,
        severity,
        subject: spn.to_string(),
        message: format!("{spn} has to be on {account} for {}; {how}.", name.pool),
        help: Some(help),
    }
}

fn to_remove(pair: &Pair, name: &Name) -> Consequence {
    let (spn, account, pool) = (&name.spn, &name.account, &name.pool);
    let why = match pair.new.pool(pool) {
        None => format!("{pool} is gone"),
        Some(now) if !now.web_services => format!("{pool} runs no Web Services any more"),
        Some(now) if name.by_hand && pair.new.account(now).is(account) => format!("it is no longer the internal web FQDN of {pool}"),
        Some(now) => format!("the account of {pool} is {} now", pair.new.account(now).word()),
    };
    let who = match name.by_hand {
        true => "It was put there by hand, and nothing is known to take it away",
        false => "Enable-CsTopology takes names away after an assignment is removed; that it does so in every case is not documented",
    };
    Consequence {
        kind: ConsequenceKind::SpnToRemove,
        severity: Severity::Warning,
        subject: spn.to_string(),
        message: format!(
            "{spn} has to leave {account}, since {why}: until then clients that ask for the name get tickets for that account. {who}."
        ),
        help: Some(Advice::say("After Enable-CsTopology, see whether it is still there:").then_run(commands::spn_list(name.short()))),
    }
}
