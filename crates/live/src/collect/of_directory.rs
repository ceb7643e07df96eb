//! The directory: the main domain, who holds names of services anywhere, and the other domains of the forest.

use super::{CollectRequest, DirectoryRequest, FileSink, Sink};
use crate::catalogue;
use crate::clock::Clock;
use crate::directory::{Asker, Directory, DirectoryError, DirectoryUrl};
use crate::domain::{self, DOMAINS_FILE};
use crate::forest::{self, Connect};
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

pub(super) async fn fetch(request: &DirectoryRequest, all: &CollectRequest, sink: &Arc<dyn FileSink>) {
    let request = Arc::new(request.clone());
    let way = Arc::new(Way {
        timeout: all.timeout,
        clock: Clock::showing(sink.now()),
        kdc: all.kdc.clone().unwrap_or_else(|| request.url.host().to_owned()),
        request: Arc::clone(&request),
    });
    let asked = forest::Asked { request: &request, servers: &all.servers, jobs: all.jobs };
    let told = Sink(&**sink);
    let [accounts, groups] = domain::files(None);
    let opened = async {
        let mut directory = way.connect(request.url.clone()).await?;
        let root = directory.root().await?;
        Ok::<_, DirectoryError>((directory, root))
    };
    let (mut directory, root) = match opened.await {
        Ok(opened) => opened,
        Err(error) => {
            forest::collect(None, &asked, sink, &way).await;
            for file in [accounts.as_str(), groups.as_str(), DOMAINS_FILE, catalogue::FILE] {
                if !sink.has(file) {
                    told.miss(file.to_owned(), request.url.to_string(), &error.to_string());
                }
            }
            return;
        }
    };
    domain::fetch(&mut directory, &root.domain, &[accounts, groups], (&request.url, &request.operator), &told).await;
    domain::fetch_names(&mut directory, &root.configuration, &request.url, &told).await;
    catalogue::collect(&mut directory, &root, &request.url, &*way, &told).await;
    forest::collect(Some((&mut directory, &root)), &asked, sink, &way).await;
}
