//! The directory: the main domain, who holds names of services anywhere, and the other domains of the forest.

use super::{CollectRequest, DirectoryRequest, FileSink, Sink};
use crate::catalogue;
use crate::clock::Clock;
use crate::directory::{Asker, Directory, DirectoryError, DirectoryUrl};
use crate::domain::{self, DOMAINS_FILE};
use crate::forest::{self, Asked, Connect};
use kerbsync_source::Shown;
use std::sync::Arc;
use std::time::Duration;

/// The operator's way to a controller of any domain: a ticket comes from the operator's own one.
struct Way {
    request: Arc<DirectoryRequest>,
    timeout: Duration,
    clock: Clock,
    kdc: String,
}

impl Connect for Way {
    async fn connect(&self, url: DirectoryUrl) -> Result<Directory, DirectoryError> {
        let Self { request, timeout, clock, kdc } = self;
        let asker = Asker { operator: &request.operator, trust: &request.trust, timeout: *timeout, clock: *clock, kdc: Some(kdc) };
        Directory::connect(&url, &asker).await
    }
}

/// Asks the directory. Where its first controller refuses the operator's name or password, in whose words.
pub(super) async fn fetch(request: &DirectoryRequest, all: &CollectRequest, sink: &Arc<dyn FileSink>) -> Option<String> {
    let request = Arc::new(request.clone());
    let way = Arc::new(Way {
        timeout: all.timeout,
        clock: Clock::showing(sink.now()),
        kdc: all.kdc.clone().unwrap_or_else(|| request.url.host().to_owned()),
        request: Arc::clone(&request),
    });
    let asked = Asked { request: &request, servers: &all.servers, jobs: all.jobs };
    fetch_by(&asked, sink, &way).await
}

/// The same, whatever way leads to a controller.
pub(crate) async fn fetch_by<C: Connect>(asked: &Asked<'_>, sink: &Arc<dyn FileSink>, way: &Arc<C>) -> Option<String> {
    let (url, told) = (&asked.request.url, Sink(&**sink));
    let opened = async {
        let mut directory = way.connect(url.clone()).await?;
        let root = directory.controller().await?;
        Ok::<_, DirectoryError>((directory, root))
    };
    let unknown = forest::unknown(url.host());
    told.look_for(&unknown);
    let (mut directory, root) = match opened.await {
        Ok(opened) => opened,
        Err(error) => {
            without_main(&error, &unknown, asked, sink, way).await;
            return forest::is_refusal(&error).then(|| error.to_string());
        }
    };
    if let Some(other) = domain::forest_of_bundle(&told).filter(|there| !there.eq_ignore_ascii_case(&root.configuration)) {
        let why = format!("it is a controller of another forest than the bundle's ({}): collect into a new folder", Shown::of(&other));
        told.miss(unknown, url.to_string(), &why);
        return None;
    }
    let files = forest::files_of(&root.domain, &forest::dns_of(&root.domain), true, &told);
    domain::fetch(&mut directory, &root.domain, &files, (url, &asked.request.operator), &told).await;
    domain::fetch_names(&mut directory, &root.configuration, url, &told).await;
    catalogue::collect(&mut directory, &root, url, &**way, &told).await;
    forest::collect(Some((&mut directory, &root)), asked, sink, way).await;
    None
}

/// Without the controller that was named first, by those that were named besides.
async fn without_main<C: Connect>(error: &DirectoryError, unknown: &str, asked: &Asked<'_>, sink: &Arc<dyn FileSink>, way: &Arc<C>) {
    let (url, told, why) = (&asked.request.url, Sink(&**sink), error.to_string());
    let [accounts, groups] = domain::files(None);
    let files = [&*accounts, &groups, DOMAINS_FILE, catalogue::FILE];
    let missing = || files.iter().filter(|file| !told.has(file)).collect::<Vec<_>>();
    let before = missing();
    forest::collect(None, asked, sink, way).await;
    let after = missing();
    for file in &after {
        told.miss((**file).to_owned(), url.to_string(), &why);
    }
    // The files of a bundle may be those of another domain than this controller's, or of other domains more.
    if after.is_empty() && before.is_empty() {
        told.miss(unknown.to_owned(), url.to_string(), &why);
    } else if after.len() < before.len() {
        sink.tell(format!("{why}; other controllers were asked"));
    }
}
