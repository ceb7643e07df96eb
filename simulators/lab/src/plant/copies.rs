//! Copies of configurations, in the right folder and in the wrong one.

use super::Planter;
use crate::defect::Defect;
use kerbsync_servers::{Credential, Server, Stored};

/// The bytes of the configuration that a server would have with this credential.
fn configuration(server: &Server, credential: Credential) -> Option<Vec<u8>> {
    let mut other = server.clone();
    other.set_credential(Some(credential));
    other.salt = other.salt.wrapping_add(1_000);
    let files = other.render().ok()?;
    files.into_iter().find(|(path, _)| path.ends_with("/applicationHost.config") && !path.contains("/history/")).map(|(_, bytes)| bytes)
}

/// Beside a server's configuration lies one from before the last change of the password.
pub(super) fn several(p: &mut Planter<'_>) -> Option<()> {
    let index = p.server(true)?;
    let account = p.model.account_of_site(&p.model.homes.get(index)?.site)?;
    let credential = Credential::new(&account.name, account.earlier.first()?.clone());
    let server = p.model.servers.get(index)?;
    let (fqdn, bytes) = (server.fqdn.clone(), configuration(server, credential)?);
    p.model.evidence.extra.push((format!("servers/{fqdn}/copy/applicationHost.config"), bytes));
    p.model.evidence.not_its_own.push((fqdn.clone(), None));
    p.fails(Defect::SeveralConfigurations, fqdn);
    Some(())
}

/// The file of another server was copied into a server's folder.
pub(super) fn foreign(p: &mut Planter<'_>) -> Option<()> {
    let index = p.server(true)?;
    let (fqdn, keys) = p.model.servers.get(index).map(|s| (s.fqdn.clone(), s.keys.clone()))?;
    // A server that opens the other's file with its own key is given a file that is as good as its own.
    let owner = p.server_that(false, |server| !server.keys.share_one_with(&keys))?;
    let owner = p.model.servers.get(owner)?.fqdn.clone();
    p.model.evidence.not_its_own.push((fqdn.clone(), Some(owner)));
    p.fails(Defect::ForeignConfiguration, fqdn);
    Some(())
}

/// The password was once typed into the file, and IIS kept that state.
pub(super) fn history_in_clear(p: &mut Planter<'_>) -> Option<()> {
    typed_in_clear(p, "inetpub/history/CFGHISTORY_0000000077/applicationHost.config", Defect::HistoryClearTextSecret)
}

/// The password was once typed into the file, and a run that replaced it kept the original beside it.
pub(super) fn kept_in_clear(p: &mut Planter<'_>) -> Option<()> {
    const COPY: &str = "Windows/System32/inetsrv/config/applicationHost.config.kerbsync-r0001-20260301T080000Z.orig";
    typed_in_clear(p, COPY, Defect::KeptOriginalInClear)
}

/// A copy of a server's configuration, below its folder, in which the secret stands in clear.
fn typed_in_clear(p: &mut Planter<'_>, below: &str, defect: Defect) -> Option<()> {
    let index = p.server(false)?;
    let server = p.model.servers.get(index)?;
    let current = server.internal.clone()?;
    let (fqdn, bytes) = (server.fqdn.clone(), configuration(server, Credential { stored: Stored::Clear, ..current })?);
    p.model.evidence.extra.push((format!("servers/{fqdn}/{below}"), bytes));
    p.fails(defect, fqdn);
    Some(())
}
