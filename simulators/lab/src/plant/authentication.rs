//! Authentication in IIS.

use super::Planter;
use crate::defect::Defect;
use kerbsync_servers::{Layout, Server, Site};

/// Changes a server in sync in a way that leaves it in sync.
fn change(p: &mut Planter<'_>, rule: Defect, how: impl FnOnce(&mut Server)) -> Option<()> {
    let index = p.server(false)?;
    let server = p.model.servers.get_mut(index)?;
    how(server);
    let fqdn = server.fqdn.clone();
    p.fails(rule, fqdn);
    Some(())
}

fn path(p: &mut Planter<'_>) -> Option<(Site, String)> {
    let site = p.any(Site::BOTH.to_vec())?;
    let path = p.any(vec!["/WebTicket", "/CertProv", "/GroupExpansion", "/locationinformation"])?;
    Some((site, path.to_owned()))
}

pub(super) fn negotiate_missing(p: &mut Planter<'_>) -> Option<()> {
    let path = path(p)?;
    change(p, Defect::NegotiateMissing, |s| s.authentication.ntlm_only = vec![path])
}

pub(super) fn negotiate_after_ntlm(p: &mut Planter<'_>) -> Option<()> {
    let path = path(p)?;
    change(p, Defect::NegotiateAfterNtlm, |s| s.authentication.ntlm_first = vec![path])
}

pub(super) fn module_missing(p: &mut Planter<'_>) -> Option<()> {
    change(p, Defect::WindowsAuthenticationModuleMissing, |s| s.authentication.module_missing = true)
}

pub(super) fn anonymous_beside_windows(p: &mut Planter<'_>) -> Option<()> {
    let path = path(p)?;
    change(p, Defect::AnonymousBesideWindows, |s| s.authentication.anonymous_too = vec![path])
}

/// Matters where a pool runs as the account: the server gets that layout.
pub(super) fn kernel_mode(p: &mut Planter<'_>) -> Option<()> {
    change(p, Defect::KernelModeHidesSlot, |s| {
        s.layout = Layout::PoolIdentity;
        s.authentication.kernel_mode = Site::BOTH.to_vec();
    })
}

pub(super) fn site_stopped(p: &mut Planter<'_>) -> Option<()> {
    let site = p.any(Site::BOTH.to_vec())?;
    change(p, Defect::ProductSiteStopped, |s| s.hosting.stopped_site = Some(site))
}

pub(super) fn pool_identity(p: &mut Planter<'_>) -> Option<()> {
    change(p, Defect::ProductPoolIdentity, |s| s.hosting.management_as_system = true)
}

pub(super) fn binding_missing(p: &mut Planter<'_>) -> Option<()> {
    let site = p.any(Site::BOTH.to_vec())?;
    change(p, Defect::ProductBindingMissingOrShared, |s| s.hosting.without_https = Some(site))
}

/// Matters where pools run as Network Service: the server gets the layout that keeps the account in the site's section.
pub(super) fn kernel_mode_differs(p: &mut Planter<'_>) -> Option<()> {
    change(p, Defect::KernelModeDiffers, |s| {
        s.layout = Layout::SiteSection;
        s.hosting.kernel_mode_ticket = true;
    })
}

pub(super) fn dangling_pool(p: &mut Planter<'_>) -> Option<()> {
    change(p, Defect::DanglingApplicationPool, |s| {
        s.dangling = Some((Site::Internal, "/GroupExpansion".to_owned(), "LyncIntExpansion".to_owned()));
    })
}

pub(super) fn site_missing(p: &mut Planter<'_>) -> Option<()> {
    change(p, Defect::ProductWebSiteMissing, |s| s.missing_site = Some(Site::External))
}

pub(super) fn windows_off(p: &mut Planter<'_>) -> Option<()> {
    change(p, Defect::WindowsAuthenticationDisabled, |s| s.authentication.windows_off = true)
}
