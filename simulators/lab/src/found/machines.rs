//! The web servers.

use crate::model::{Home, KerberosAccount};
use crate::options::{LabError, LabOptions};
use crate::rng::rng;
use kerbsync_servers::{Credential, KeyPool, Layout, Product, Server};
use kerbsync_topologies::{Deployment, Role};
use rand::{Rng, RngExt};

/// Key pairs that an estate has at most: making one takes a while, so larger estates share them.
const PAIRS: usize = 16;

fn drawn_layout(seed: u64, machine: &str) -> Layout {
    match rng(seed, &format!("layout of {machine}")).random_range(0..3u8) {
        0 => Layout::PoolIdentity,
        1 => Layout::PoolDefaults,
        _ => Layout::SiteSection,
    }
}

/// What a server held before, oldest first: nothing, and then the password before.
fn past(account: &KerberosAccount) -> Vec<Option<Credential>> {
    let before = account.earlier.first().map(|p| Credential::new(&account.name, p.clone()));
    vec![None, before]
}

/// One server per machine with Web Services, each with the credential of its site, and where it stands.
pub(super) fn servers(
    options: &LabOptions,
    product: Product,
    deployment: &Deployment,
    accounts: &[KerberosAccount],
) -> Result<(Vec<Server>, Vec<Home>), LabError> {
    // estates of eight seeds have key pairs of their own, further ones share them: session keys and values differ all the same
    let pool = KeyPool::generate((options.servers * 2).min(PAIRS), rng(options.seed % 8, "key pairs").next_u64())?;
    let (mut servers, mut homes) = (Vec::new(), Vec::new());
    for cluster in deployment.clusters.iter().filter(|c| c.role.web().is_some()) {
        let account = accounts.iter().find(|a| a.sites.contains(&cluster.site));
        for machine in &cluster.machines {
            let mut rng = rng(options.seed, &format!("machine {machine}"));
            let keys = pool.machine(servers.len(), &mut rng)?;
            let mut server = Server::new(machine, product, keys, rng.random());
            server.layout = if options.mixed_layouts { drawn_layout(options.seed, machine) } else { options.layout };
            server.flat = options.flat;
            server.set_credential(account.map(KerberosAccount::credential));
            if options.history {
                server.history = account.map_or_else(Vec::new, past);
                server.history_to_now = true;
            }
            servers.push(server);
            homes.push(Home { site: cluster.site.clone(), director: matches!(cluster.role, Role::Director { .. }) });
        }
    }
    // the first one shows what a history looks like
    if let Some(first) = servers.first_mut().filter(|_| !options.history) {
        let account = accounts.iter().find(|a| first.internal.as_ref().is_some_and(|c| c.account == a.name));
        let before = account.and_then(|a| a.earlier.first().map(|p| kerbsync_servers::Credential::new(&a.name, p.clone())));
        first.history = vec![before];
    }
    Ok((servers, homes))
}
