//! `collect`: what an audit wants of a deployment, fetched into a folder as an administrator would by hand.

use crate::catalogue;
use crate::clock::Clock;
use crate::directory::{Asker, Directory, DirectoryError, DirectoryUrl, Trust};
use crate::kerberos;
use crate::ldif::{self, Entry};
use crate::operator::Operator;
use crate::share::{Authentication, Route, Share, ShareError, ShareErrorKind};
use crate::spread::spread;
use jiff::Timestamp;
use kerbsync_names::Fqdn;
use ldap3::Scope;
use std::sync::Arc;
use std::time::Duration;

/// Where a server keeps its configuration, below its system drive.
pub const CONFIGURATION: &str = "Windows/System32/inetsrv/config";

const HISTORY: &str = "inetpub/history";
const SHARE: &str = "C$";
const MAIN: &str = "applicationHost.config";

/// Users and computers that can hold names of services: every computer, and whoever holds a name. And who asks, whose membership plans want
/// to see.
fn accounts(operator: &Operator) -> String {
    // An operator's name has no character that means something in a filter.
    format!("(|(objectCategory=computer)(servicePrincipalName=*)(sAMAccountName={}))", operator.user())
}

/// The groups that rules ask about, and those above them.
const GROUPS: &str = "(objectCategory=group)";
const DOMAINS: &str = "(objectClass=crossRef)";

/// What rules read of an account. `memberOf` is empty for the primary group, so that is asked for too.
const ACCOUNT_ATTRIBUTES: &[&str] = &[
    "objectClass",
    "objectCategory",
    "sAMAccountName",
    "objectSid",
    "userAccountControl",
    "accountExpires",
    "pwdLastSet",
    "whenCreated",
    "whenChanged",
    "primaryGroupID",
    "memberOf",
    "servicePrincipalName",
    "dNSHostName",
    "operatingSystem",
    "lastLogonTimestamp",
    "adminCount",
    "msDS-SupportedEncryptionTypes",
    "msDS-AllowedToDelegateTo",
    "msDS-AllowedToActOnBehalfOfOtherIdentity",
    "msDS-KeyCredentialLink",
    "msDS-AssignedAuthNPolicy",
    "msDS-AssignedAuthNPolicySilo",
    "msDS-KeyVersionNumber",
];
const GROUP_ATTRIBUTES: &[&str] = &["objectClass", "objectCategory", "sAMAccountName", "objectSid", "member", "memberOf", "whenChanged"];
const DOMAIN_ATTRIBUTES: &[&str] = &["objectClass", "cn", "nCName", "dnsRoot", "nETBIOSName"];

/// What is to be collected, and as whom.
#[derive(Debug, Clone)]
pub struct CollectRequest {
    /// Who asks.
    pub operator: Operator,
    /// The web servers.
    pub servers: Vec<Fqdn>,
    /// The directory, where it is to be asked.
    pub directory: Option<DirectoryRequest>,
    /// How servers are made to believe the operator.
    pub authentication: Authentication,
    /// A key distribution centre, `host` or `host:port`; without one the directory's host is it.
    pub kdc: Option<String>,
    /// Whether the snapshots of earlier configurations are wanted too.
    pub history: bool,
    /// How many servers are asked at a time.
    pub jobs: usize,
    /// How long one answer of one server may take.
    pub timeout: Duration,
}

/// A directory to ask.
#[derive(Debug, Clone)]
pub struct DirectoryRequest {
    /// Where it is.
    pub url: DirectoryUrl,
    /// Whose certificates are believed.
    pub trust: Trust,
}

/// Where the files go. Called from several threads.
pub trait FileSink: Send + Sync {
    /// Whether a file is there already, whole: it is not fetched again.
    fn has(&self, path: &str) -> bool;

    /// Keeps a file and what is known of it.
    ///
    /// # Errors
    /// It cannot be kept; the text says why.
    fn keep(&self, file: Fetched, bytes: &[u8]) -> Result<(), String>;

    /// Takes down what could not be had. A file that need not be there (redirection.config) is no miss.
    fn miss(&self, missed: Missed);

    /// One server is done, however it went.
    fn step(&self) {}

    /// The clock.
    fn now(&self) -> Timestamp;
}

/// A file that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Where it is in the folder, with `/`.
    pub path: String,
    /// Where it came from.
    pub source: String,
    /// When it was read.
    pub read_at: Timestamp,
    /// When it was last written there, where that is known.
    pub written: Option<Timestamp>,
}

/// A file that could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// Where it would be in the folder.
    pub path: String,
    /// Where it would come from.
    pub source: String,
    /// Why not.
    pub reason: String,
}

/// Nothing can be collected.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// No ticket can be had without knowing from whom.
    #[error("no key distribution centre is known: give --directory, --kdc, or --ntlm")]
    NoKdc,
    /// The operating system gives no threads.
    #[error("the system gives no threads: {0}")]
    Runtime(std::io::Error),
}

/// Fetches everything, side by side; one server that hangs or refuses neither holds up nor hides the others.
///
/// # Errors
/// Nothing could be begun. What could not be had of single servers or of the directory is told to the sink.
pub fn collect(request: &CollectRequest, sink: &Arc<dyn FileSink>) -> Result<(), CollectError> {
    let kdc = match (&request.kdc, &request.directory, request.authentication) {
        (Some(kdc), _, _) => kdc.clone(),
        (None, Some(directory), _) => directory.url.host().to_owned(),
        (None, None, Authentication::Ntlm) => String::new(),
        (None, None, Authentication::Kerberos) => return Err(CollectError::NoKdc),
    };
    let route = Route { authentication: request.authentication, kdc: kerberos::address(&kdc), timeout: request.timeout };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(CollectError::Runtime)?;
    runtime.block_on(async {
        if let Some(directory) = &request.directory {
            of_directory(directory, request, &Sink(&**sink)).await;
            sink.step();
        }
        let servers = spread(request.servers.clone(), request.jobs, |server| {
            let (sink, route, operator) = (Arc::clone(sink), route.clone(), request.operator.clone());
            let history = request.history;
            async move {
                of_server(&server, history, &operator, &route, &Sink(&*sink)).await;
                sink.step();
            }
        });
        for (server, done) in request.servers.iter().zip(servers.await) {
            if done.is_none() {
                Sink(&**sink).miss(configuration(server, MAIN), source(server, MAIN), "the work on this server ended unexpectedly");
            }
        }
    });
    Ok(())
}

/// A file sink, with what is said to it.
pub(crate) struct Sink<'p>(pub(crate) &'p dyn FileSink);

impl Sink<'_> {
    pub(crate) fn has(&self, path: &str) -> bool {
        self.0.has(path)
    }

    pub(crate) fn miss(&self, path: String, source: String, reason: &str) {
        self.0.miss(Missed { path, source, reason: reason.to_owned() });
    }

    /// Keeps a file, or says why it could not be kept.
    pub(crate) fn keep(&self, path: String, source: String, bytes: &[u8], written: Option<Timestamp>) {
        let file = Fetched { path: path.clone(), source: source.clone(), read_at: self.0.now(), written };
        if let Err(why) = self.0.keep(file, bytes) {
            self.miss(path, source, &why);
        }
    }
}

fn configuration(server: &Fqdn, file: &str) -> String {
    format!("servers/{server}/{CONFIGURATION}/{file}")
}

fn source(server: &Fqdn, file: &str) -> String {
    format!("smb://{server}/{SHARE}/{CONFIGURATION}/{file}")
}

async fn of_server(server: &Fqdn, history: bool, operator: &Operator, route: &Route, sink: &Sink<'_>) {
    let main = configuration(server, MAIN);
    if sink.has(&main) && !history {
        return;
    }
    let mut share = match Share::connect(server.as_str(), SHARE, operator, route).await {
        Ok(share) => share,
        Err(error) => return sink.miss(main, source(server, MAIN), &error.to_string()),
    };
    for (file, needed) in [(MAIN, true), ("redirection.config", false)] {
        let path = configuration(server, file);
        if sink.has(&path) {
            continue;
        }
        match share.read(&format!("{CONFIGURATION}/{file}")).await {
            Ok(read) => sink.keep(path, source(server, file), &read.bytes, read.written),
            Err(error) if error.kind == ShareErrorKind::NotFound && !needed => {}
            Err(error) => sink.miss(path, source(server, file), &error.to_string()),
        }
    }
    if history {
        of_history(server, &mut share, sink).await;
    }
}

async fn of_history(server: &Fqdn, share: &mut Share, sink: &Sink<'_>) {
    let at = |rest: &str| (format!("servers/{server}/{HISTORY}/{rest}"), format!("smb://{server}/{SHARE}/{HISTORY}/{rest}"));
    let snapshots = match share.folders(HISTORY).await {
        Ok(folders) => folders,
        // A server need not keep a history.
        Err(ShareError { kind: ShareErrorKind::NotFound, .. }) => return,
        Err(error) => {
            let (path, source) = at("");
            return sink.miss(path, source, &error.to_string());
        }
    };
    for snapshot in snapshots.iter().filter(|name| name.to_ascii_uppercase().starts_with("CFGHISTORY_")) {
        let (path, source) = at(&format!("{snapshot}/{MAIN}"));
        if sink.has(&path) {
            continue;
        }
        match share.read(&format!("{HISTORY}/{snapshot}/{MAIN}")).await {
            Ok(read) => sink.keep(path, source, &read.bytes, read.written),
            Err(error) if error.kind == ShareErrorKind::NotFound => {}
            Err(error) => sink.miss(path, source, &error.to_string()),
        }
    }
}

/// The searches, each a file of its own, so that one that fails does not take the others with it.
async fn of_directory(request: &DirectoryRequest, all: &CollectRequest, sink: &Sink<'_>) {
    const FILES: [&str; 3] = ["directory/accounts.ldif", "directory/groups.ldif", "directory/domains.ldif"];
    let asker = Asker {
        operator: &all.operator,
        trust: &request.trust,
        timeout: all.timeout,
        clock: Clock::showing(sink.0.now()),
        kdc: all.kdc.as_deref(),
    };
    let source = |base: &str| format!("{}/{}", request.url, base);
    let opened = async {
        let mut directory = Directory::connect(&request.url, &asker).await?;
        let root = directory.root().await?;
        Ok::<_, DirectoryError>((directory, root))
    };
    let (mut directory, root) = match opened.await {
        Ok(opened) => opened,
        Err(error) => {
            for file in FILES.into_iter().chain([catalogue::FILE]) {
                sink.miss(file.to_owned(), request.url.to_string(), &error.to_string());
            }
            return;
        }
    };
    let partitions = format!("CN=Partitions,{}", root.configuration);
    let (domain, accounts) = (root.domain.as_str(), accounts(&all.operator));
    let searches = [
        (domain, accounts.as_str(), ACCOUNT_ATTRIBUTES),
        (domain, GROUPS, GROUP_ATTRIBUTES),
        (partitions.as_str(), DOMAINS, DOMAIN_ATTRIBUTES),
    ];
    for (file, (base, filter, attributes)) in FILES.into_iter().zip(searches) {
        if sink.has(file) {
            continue;
        }
        match directory.search(base, Scope::Subtree, filter, attributes).await {
            Ok(entries) => {
                let text = export(base, filter, attributes, entries);
                sink.keep(file.to_owned(), source(base), text.as_bytes(), None);
            }
            Err(error) => sink.miss(file.to_owned(), source(base), &error.to_string()),
        }
    }
    catalogue::collect(&mut directory, &root, &request.url, &asker, sink).await;
}

/// Entries with a head and an end as `ldapsearch` writes them: what was asked for is part of what the answer proves.
pub(crate) fn export(base: &str, filter: &str, attributes: &[&str], entries: Vec<Entry>) -> String {
    let count = entries.len();
    let head = format!(
        "# extended LDIF\n#\n# LDAPv3\n# base <{base}> with scope subtree\n# filter: {filter}\n# requesting: {}\n#\n\n",
        attributes.join(" ")
    );
    format!(
        "{head}{}\n# search result\nsearch: 2\nresult: 0 Success\n\n# numResponses: {}\n# numEntries: {count}\n",
        ldif::write(entries),
        count + 1
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_says_what_was_asked_for_and_that_it_is_whole() {
        let entries = vec![Entry { dn: "CN=a,DC=contoso,DC=com".into(), values: vec![("cn".into(), b"a".to_vec())] }];
        insta::assert_snapshot!(export("DC=contoso,DC=com", "(cn=*)", &["cn", "sn"], entries), @r"
        # extended LDIF
        #
        # LDAPv3
        # base <DC=contoso,DC=com> with scope subtree
        # filter: (cn=*)
        # requesting: cn sn
        #

        version: 1

        dn: CN=a,DC=contoso,DC=com
        cn: a

        # search result
        search: 2
        result: 0 Success

        # numResponses: 2
        # numEntries: 1
        ");
    }
}
