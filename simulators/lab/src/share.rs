//! Servers that share their configuration.

use crate::defect::Defect;
use crate::found::DOMAIN;
use crate::model::Model;
use crate::options::LabError;
use crate::plant::Planter;
use crate::rng::rng;

/// Lets every server of one pool read its configuration from a share: redirection.config leads there, all have the keys of the first, and the
/// shared file lies beside the servers as an administrator would have copied it. What is in force is then not in the servers' folders.
///
/// The pool is the first whose servers are all in order and without which two of the account's servers still are.
pub(crate) fn share(model: &mut Model) -> Result<(), LabError> {
    let mut planter = Planter::new(model, rng(model.seed, "shared configuration"), true);
    let in_sync = planter.all_in_sync();
    let chosen = planter.model.web_clusters().filter(|c| c.machines.len() >= 2).find_map(|cluster| {
        let position = |machine: &String| planter.model.servers.iter().position(|s| s.fqdn == *machine);
        let own: Vec<usize> = cluster.machines.iter().filter_map(position).collect();
        let fits = |list: &&Vec<usize>| {
            own.iter().all(|i| list.contains(i) && planter.is_free_server(*i)) && list.iter().filter(|i| !own.contains(i)).count() >= 2
        };
        in_sync.iter().find(fits).map(|_| (cluster.fqdn.clone(), own.clone()))
    });
    let (pool, servers) = chosen.ok_or(LabError::NoSharingPool)?;
    let first = servers.first().and_then(|i| planter.model.servers.get(*i)).cloned().ok_or(LabError::NoSharingPool)?;
    // a folder of the pool's whole name would be taken for that of a server
    let share = pool.split('.').next().unwrap_or(&pool).to_owned();
    for (path, bytes) in first.render()? {
        if path.ends_with("/applicationHost.config") && !path.contains("/history/") {
            planter.model.evidence.extra.push((format!("shares/iis-shared/{share}/applicationHost.config"), bytes));
        }
    }
    for index in servers {
        planter.use_server(index);
        let Some(server) = planter.model.servers.get_mut(index) else { continue };
        server.redirected_to = Some(format!(r"\\fs01.{DOMAIN}\iis-shared\{share}"));
        server.keys = first.keys.clone();
        let fqdn = server.fqdn.clone();
        planter.fails(Defect::SharedConfiguration, fqdn);
    }
    Ok(())
}
