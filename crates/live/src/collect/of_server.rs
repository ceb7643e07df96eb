//! One server: its configuration, and the earlier ones.

use super::{CONFIGURATION, Sink};
use crate::operator::{Authority, Operator};
use crate::share::{Authentication, RemoteFile, Route, Share, ShareError, ShareErrorKind};
use crate::unc::{DriveRoot, FolderDrive};
use kerbsync_names::Fqdn;
use std::time::Duration;

const HISTORY: &str = "inetpub/history";
const SHARE: &str = "C$";
const MAIN: &str = "applicationHost.config";
/// That the configuration is elsewhere, where there is such a file.
const REDIRECTION: &str = "redirection.config";

/// The way to the drive of a server.
#[derive(Clone)]
pub(super) enum Way {
    Smb(Operator, Route),
    /// With how long one answer may take.
    Files(DriveRoot, Duration),
}

impl Way {
    async fn open(&self, server: &Fqdn) -> Result<Drive, ShareError> {
        match self {
            Self::Smb(operator, route) => match Share::connect(server.as_str(), SHARE, operator, route).await {
                Ok(share) => Ok(Drive::Share(Box::new(share))),
                Err(mut error) => {
                    error.why.push_str(elsewhere(server, operator, route, error.kind));
                    Err(error)
                }
            },
            Self::Files(root, timeout) => FolderDrive::open(root, server, *timeout).await.map(Drive::Folder),
        }
    }

    /// Whether the operator's password is tried at each server, or for each at the domain.
    pub(super) fn shows_password(&self) -> bool {
        matches!(self, Self::Smb(operator, _) if matches!(operator.authority(), Authority::Password(_)))
    }

    /// Where a file comes from, for people.
    fn source(&self, server: &Fqdn, path: &str) -> String {
        match self {
            Self::Smb(..) => format!("smb://{server}/{SHARE}/{path}"),
            Self::Files(root, _) => FolderDrive::place(&root.of(server), path).display().to_string(),
        }
    }
}

/// What may be the cause besides, where a server stands in another domain than the operator.
fn elsewhere(server: &Fqdn, operator: &Operator, route: &Route, kind: ShareErrorKind) -> &'static str {
    let own = server.as_str().split_once('.').is_some_and(|(_, domain)| domain.eq_ignore_ascii_case(operator.domain()));
    if own || route.authentication == Authentication::Ntlm || kind != ShareErrorKind::NotBelieved {
        return "";
    }
    match operator.authority() {
        Authority::Cache(_) => "; or the server is of another domain than the operator, whose tickets are not taken there",
        Authority::Password(_) => "; or the server is of another domain than the operator, whose tickets are not taken there (--ntlm)",
    }
}

/// The drive of a server.
enum Drive {
    Share(Box<Share>),
    Folder(FolderDrive),
}

impl Drive {
    async fn read(&mut self, path: &str) -> Result<RemoteFile, ShareError> {
        match self {
            Self::Share(share) => share.read(path).await,
            Self::Folder(folder) => folder.read(path).await,
        }
    }

    async fn folders(&mut self, path: &str) -> Result<Vec<String>, ShareError> {
        match self {
            Self::Share(share) => share.folders(path).await,
            Self::Folder(folder) => folder.folders(path).await,
        }
    }
}

/// A file of a server in the bundle.
fn place(server: &Fqdn, path: &str) -> String {
    format!("servers/{server}/{path}")
}

fn configuration(file: &str) -> String {
    format!("{CONFIGURATION}/{file}")
}

/// Tells of a server that its configuration could not be had.
pub(super) fn miss(server: &Fqdn, way: &Way, why: &str, sink: &Sink<'_>) {
    let path = configuration(MAIN);
    sink.miss(place(server, &path), way.source(server, &path), why);
}

/// The same, where it is not there already.
pub(super) fn miss_what_is_not_there(server: &Fqdn, way: &Way, why: &str, sink: &Sink<'_>) {
    if !sink.has(&place(server, &configuration(MAIN))) {
        miss(server, way, why, sink);
    }
}

/// Fetches what is not there yet.
pub(super) async fn fetch(server: &Fqdn, history: bool, way: &Way, sink: &Sink<'_>) {
    if sink.has(&place(server, &configuration(MAIN))) && !history && !sink.was_missed(&place(server, &configuration(REDIRECTION))) {
        return;
    }
    let mut drive = match way.open(server).await {
        Ok(drive) => drive,
        Err(error) => return miss(server, way, &error.to_string(), sink),
    };
    for (file, needed) in [(MAIN, true), (REDIRECTION, false)] {
        file_of(server, &configuration(file), needed, &mut drive, way, sink).await;
    }
    if history {
        of_history(server, &mut drive, way, sink).await;
    }
}

async fn file_of(server: &Fqdn, path: &str, needed: bool, drive: &mut Drive, way: &Way, sink: &Sink<'_>) {
    let to = place(server, path);
    if sink.has(&to) {
        return;
    }
    sink.look_for(&to);
    match drive.read(path).await {
        Ok(read) => sink.keep(to, way.source(server, path), &read.bytes, read.written),
        Err(error) if error.kind == ShareErrorKind::NotFound && !needed => {}
        Err(error) => sink.miss(to, way.source(server, path), &error.to_string()),
    }
}

async fn of_history(server: &Fqdn, drive: &mut Drive, way: &Way, sink: &Sink<'_>) {
    sink.look_for(&place(server, &format!("{HISTORY}/")));
    let snapshots = match drive.folders(HISTORY).await {
        Ok(folders) => folders,
        // A server need not keep a history.
        Err(ShareError { kind: ShareErrorKind::NotFound, .. }) => return,
        Err(error) => return sink.miss(place(server, &format!("{HISTORY}/")), way.source(server, HISTORY), &error.to_string()),
    };
    for snapshot in snapshots.iter().filter(|name| name.to_ascii_uppercase().starts_with("CFGHISTORY_")) {
        file_of(server, &format!("{HISTORY}/{snapshot}/{MAIN}"), false, drive, way, sink).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_secret::Secret;

    #[test]
    fn only_where_a_password_is_shown_attempts_are_counted() {
        let shows = |authority| {
            let route = Route { authentication: Authentication::Kerberos, kdc: String::new(), timeout: Duration::from_secs(1) };
            Way::Smb(Operator::new("admin@contoso.com", authority).unwrap(), route).shows_password()
        };
        assert!(shows(Authority::Password(Secret::new("x".into()))) && !shows(Authority::Cache("/nowhere".into())));
        assert!(!Way::Files(DriveRoot::unc(), Duration::from_secs(1)).shows_password());
    }

    #[test]
    fn a_server_of_another_domain_is_named_as_a_possible_cause_where_tickets_are_shown() {
        let told = |server: &str, authority: Authority, authentication, kind| {
            let operator = Operator::new("admin@contoso.com", authority).unwrap();
            let route = Route { authentication, kdc: String::new(), timeout: Duration::from_secs(1) };
            elsewhere(&Fqdn::parse(server).unwrap().name, &operator, &route, kind)
        };
        let password = || Authority::Password(Secret::new("x".into()));
        let (kerberos, refused) = (Authentication::Kerberos, ShareErrorKind::NotBelieved);
        assert!(told("fe01.child.contoso.com", password(), kerberos, refused).ends_with("(--ntlm)"));
        assert!(told("fe01.child.contoso.com", Authority::Cache("/nowhere".into()), kerberos, refused).ends_with("not taken there"));
        assert_eq!(told("fe01.contoso.com", password(), kerberos, refused), "");
        assert_eq!(told("fe01.child.contoso.com", password(), Authentication::Ntlm, refused), "");
        assert_eq!(told("fe01.child.contoso.com", password(), kerberos, ShareErrorKind::Denied), "");
    }
}
