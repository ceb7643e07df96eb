//! Names that can, or can no longer, be given to the cmdlets for a server.

use crate::deployment::{Deployment, Pair};
use crate::{Consequence, ConsequenceKind};
use kerbsync_audit::Severity;
use kerbsync_names::HostName;
use std::collections::BTreeSet;

pub(crate) fn consequences(pair: &Pair, all: &mut Vec<Consequence>) {
    pools(pair, all);
    let (old, new) = (valid(&pair.old), valid(&pair.new));
    for name in old.difference(&new) {
        let Some(why) = stops(pair, name) else { continue };
        all.push(Consequence {
            kind: ConsequenceKind::NameStops,
            severity: Severity::Warning,
            subject: name.to_string(),
            message: format!("{name} can no longer be given for -FromComputer or -ToComputer: {why}. Scripts that name it will fail."),
            help: None,
        });
    }
    for name in new.difference(&old).filter(|n| pair.is_new() || pair.old.home(n).is_some()) {
        all.push(Consequence {
            kind: ConsequenceKind::NameStarts,
            severity: Severity::Note,
            subject: name.to_string(),
            message: format!("{name} can now be given for -FromComputer and -ToComputer."),
            help: None,
        });
    }
}

/// Computers in exactly one pool, which runs Web Services.
fn valid(deployment: &Deployment) -> BTreeSet<HostName> {
    let names: BTreeSet<HostName> = deployment.web_servers().map(|(s, ..)| s.fqdn.clone()).collect();
    names.into_iter().filter(|name| deployment.pools.iter().filter(|p| p.server(name).is_some()).count() == 1).collect()
}

fn stops(pair: &Pair, name: &HostName) -> Option<String> {
    let homes: Vec<_> = pair.new.pools.iter().filter(|p| p.server(name).is_some()).collect();
    match homes.as_slice() {
        [] if !pair.is_gone() => None,
        [] if pair.new.pool(name).is_some() => Some("it is now the name of a pool and of no computer".to_owned()),
        [] => Some("it is no computer of the topology any more".to_owned()),
        [_] => Some("its pool runs no Web Services any more".to_owned()),
        _ => Some("it is in several pools".to_owned()),
    }
}

/// A pool that had the name of its computer and no longer has: the trap of a Standard Edition server that becomes a pool.
fn pools(pair: &Pair, all: &mut Vec<Consequence>) {
    for old in pair.old.pools.iter().filter(|p| p.web_services && p.server(&p.fqdn).is_some()) {
        let Some(new) = pair.new.pool(&old.fqdn).filter(|p| p.web_services && p.server(&p.fqdn).is_none()) else { continue };
        let servers: Vec<&str> = new.servers.iter().map(|s| s.fqdn.as_str()).collect();
        // A part of a topology does not say that the computer has left the pool.
        if !pair.is_gone() {
            continue;
        }
        let instead = if servers.is_empty() { "it has no computer".to_owned() } else { format!("name {} instead", servers.join(" or ")) };
        all.push(Consequence {
            kind: ConsequenceKind::PoolNameStops,
            severity: Severity::Warning,
            subject: new.fqdn.to_string(),
            message: format!(
                "{} was the name of the pool and of its computer, and is now the name of the pool alone: the cmdlets want a server; {instead}.",
                new.fqdn
            ),
            help: None,
        });
    }
}
