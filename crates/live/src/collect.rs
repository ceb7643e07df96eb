//! `collect`: what an audit wants of a deployment, fetched into a folder as an administrator would by hand.

pub(crate) mod of_directory;
mod of_server;

use crate::directory::{DirectoryUrl, Trust};
use crate::kerberos;
use crate::operator::Operator;
use crate::share::{Authentication, Route};
use crate::spread::spread;
use crate::unc::DriveRoot;
use jiff::Timestamp;
use kerbsync_names::Fqdn;
use of_server::Way;
use std::sync::Arc;
use std::time::Duration;

/// Where a server keeps its configuration, below its system drive.
pub const CONFIGURATION: &str = "Windows/System32/inetsrv/config";

/// What is to be collected, and as whom.
#[derive(Debug, Clone)]
pub struct CollectRequest {
    /// The web servers.
    pub servers: Vec<Fqdn>,
    /// How their drives are read.
    pub reach: Reach,
    /// The directory, where it is to be asked.
    pub directory: Option<DirectoryRequest>,
    /// A key distribution centre, `host` or `host:port`; without one the directory's host is it.
    pub kdc: Option<String>,
    /// Whether the snapshots of earlier configurations are wanted too.
    pub history: bool,
    /// How many servers are asked at a time.
    pub jobs: usize,
    /// How long one answer of one server may take.
    pub timeout: Duration,
}

/// How the drives of servers are read.
#[derive(Debug, Clone)]
pub enum Reach {
    /// Over SMB.
    Smb {
        /// Who asks.
        operator: Operator,
        /// How servers are made to believe the operator.
        authentication: Authentication,
    },
    /// By the file calls of this machine, as whoever is logged on to it.
    Files(DriveRoot),
}

/// A directory to ask.
#[derive(Debug, Clone)]
pub struct DirectoryRequest {
    /// Who asks.
    pub operator: Operator,
    /// Where it is: a controller of the deployment's main domain.
    pub url: DirectoryUrl,
    /// Controllers of other domains of its forest. Which domain each is of, it says itself.
    pub others: Vec<DirectoryUrl>,
    /// Which other domains are asked besides those.
    pub other_domains: OtherDomains,
    /// Domains that the deployment is known to need, by NetBIOS or DNS names: they are asked first.
    pub needed: Vec<String>,
    /// Whose certificates are believed.
    pub trust: Trust,
}

/// Which other domains of a forest are asked, where no controller of theirs was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OtherDomains {
    /// All of them, up to a bound.
    #[default]
    All,
    /// Those of the servers, of the accounts, of the operator, and the first domain of the forest.
    Needed,
    /// None.
    None,
}

/// Where the files go. Called from several threads.
pub trait FileSink: Send + Sync {
    /// Whether a file is there already, whole: it is not fetched again.
    fn has(&self, path: &str) -> bool;

    /// Where a file that is there came from.
    fn source(&self, path: &str) -> Option<String>;

    /// Keeps a file and what is known of it.
    ///
    /// # Errors
    /// It cannot be kept; the text says why.
    fn keep(&self, file: Fetched, bytes: &[u8]) -> Result<(), String>;

    /// Takes down what could not be had. A file that need not be there (redirection.config) is no miss.
    fn miss(&self, missed: Missed);

    /// Whether an earlier run of the same bundle missed a file, which was not looked for since.
    fn was_missed(&self, _: &str) -> bool {
        false
    }

    /// A file is looked for now, so that what an earlier run said of it counts no more. What nobody looks for again stays missed.
    fn look_for(&self, _: &str) {}

    /// Tells something that is neither a file nor a miss.
    fn tell(&self, _: String) {}

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
    let way = way(request)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(CollectError::Runtime)?;
    runtime.block_on(async {
        if let Some(directory) = &request.directory {
            let refused = of_directory::fetch(directory, request, sink).await;
            sink.step();
            if let Some(why) = refused.filter(|_| way.shows_password()) {
                let why = format!("{why}; so no server was asked, since each attempt is counted and a few of them lock an account");
                request.servers.iter().for_each(|server| of_server::miss_what_is_not_there(server, &way, &why, &Sink(&**sink)));
                return;
            }
        }
        let servers = spread(request.servers.clone(), request.jobs, |server| {
            let (sink, way, history) = (Arc::clone(sink), way.clone(), request.history);
            async move {
                of_server::fetch(&server, history, &way, &Sink(&*sink)).await;
                sink.step();
            }
        });
        for (server, done) in request.servers.iter().zip(servers.await) {
            if done.is_none() {
                of_server::miss(server, &way, "the work on this server ended unexpectedly", &Sink(&**sink));
            }
        }
    });
    Ok(())
}

/// The way to the servers.
fn way(request: &CollectRequest) -> Result<Way, CollectError> {
    let (operator, authentication) = match &request.reach {
        Reach::Files(root) => return Ok(Way::Files(root.clone(), request.timeout)),
        Reach::Smb { operator, authentication } => (operator.clone(), *authentication),
    };
    let kdc = match (&request.kdc, &request.directory, authentication) {
        (Some(kdc), _, _) => kdc.clone(),
        (None, Some(directory), _) => directory.url.host().to_owned(),
        (None, None, Authentication::Ntlm) => String::new(),
        (None, None, Authentication::Kerberos) => return Err(CollectError::NoKdc),
    };
    Ok(Way::Smb(operator, Route { authentication, kdc: kerberos::address(&kdc), timeout: request.timeout }))
}

/// A file sink, with what is said to it.
pub(crate) struct Sink<'p>(pub(crate) &'p dyn FileSink);

impl Sink<'_> {
    pub(crate) fn has(&self, path: &str) -> bool {
        self.0.has(path)
    }

    pub(crate) fn source(&self, path: &str) -> Option<String> {
        self.0.source(path)
    }

    pub(crate) fn was_missed(&self, path: &str) -> bool {
        self.0.was_missed(path)
    }

    pub(crate) fn look_for(&self, path: &str) {
        self.0.look_for(path);
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
