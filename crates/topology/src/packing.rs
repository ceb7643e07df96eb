//! The places of a deployment's values, put together: a fleet has five for each server, each with a long path.

use crate::{Cluster, Deployment, Service};
use kerbsync_source::Origin;

impl Deployment {
    /// Puts the places of its values together: see [`Origin::pack`].
    ///
    /// Those of names are apart from the others: an estate keeps them alone.
    pub(crate) fn pack_origins(&mut self) {
        let Self { clusters, sql_instances, services, .. } = self;
        let (mut names, mut others) = (Vec::new(), Vec::new());
        for Cluster { fqdn, machines, origin, .. } in clusters {
            names.extend(std::iter::once(&mut fqdn.origin).chain(machines.iter_mut().map(|m| &mut m.fqdn.origin)));
            others.push(origin);
        }
        for Service { host, depends_on, details, origin, .. } in services {
            let hosts = [&mut details.internal_host, &mut details.external_host];
            names.extend(hosts.into_iter().flatten().map(|host| &mut host.origin));
            let shares = details.share_name.iter_mut().map(|share| &mut share.origin);
            others.extend([&mut host.origin, origin].into_iter().chain(depends_on.iter_mut().map(|d| &mut d.origin)).chain(shares));
        }
        for instance in sql_instances {
            others.extend(instance.always_on_primary.iter_mut().map(|p| &mut p.origin).chain(std::iter::once(&mut instance.origin)));
        }
        Origin::pack(names);
        Origin::pack(others);
    }
}
