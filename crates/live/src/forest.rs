//! The other domains of the forest: which there are, who controls them, and what each of them is asked.
//!
//! The directory itself names them: its configuration, which every controller holds, lists the domains (crossRef) and the controllers with
//! the domain that each one holds. So no DNS server is asked for more than addresses, and each controller has to prove the name that the
//! directory gives it.

mod controllers;
mod tasks;

use crate::collect::{DirectoryRequest, FileSink, OtherDomains, Sink};
use crate::controller::first;
use crate::directory::{Directory, DirectoryError, DirectoryUrl, Root, is_host};
use crate::domain::{self, partitions};
use crate::operator::Authority;
use crate::spread::spread;
use controllers::Controllers;
use kerbsync_names::Fqdn;
use kerbsync_source::Shown;
use ldap3::Scope;
use std::sync::Arc;
use tasks::{Main, of_host, tasks};
pub(crate) use tasks::{files_of, is_refusal, unknown};

/// How many other domains are asked, at most. Each that is down costs the time of some answers.
const MOST_DOMAINS: usize = 32;
/// How many controllers of a domain are asked until one answers, at most.
const MOST_CONTROLLERS: usize = 4;

/// The domains of the forest, and no other parts of the directory (FLAG_CR_NTDS_DOMAIN, MS-ADTS 2.2.10).
const DOMAINS: &str = "(&(objectClass=crossRef)(systemFlags:1.2.840.113556.1.4.803:=2))";
const ATTRIBUTES: &[&str] = &["nCName", "dnsRoot", "nETBIOSName"];

/// Where it is told that the domains are not known.
const UNKNOWN: &str = "directory/(other domains)";
const PARTIAL: &str = "the list of the forest's domains is not shown whole to the operator, so that there may be more of them";
const TICKETS: &str = "tickets are taken in the operator's own domain only, since referrals to others are not followed; give the operator's password (--user)";

/// The way to a controller.
pub(crate) trait Connect: Send + Sync + 'static {
    /// A connection on which the operator is believed.
    fn connect(&self, url: DirectoryUrl) -> impl Future<Output = Result<Directory, DirectoryError>> + Send;
}

/// A domain of the forest.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Domain {
    /// Its distinguished name.
    name: String,
    /// In small letters.
    dns: String,
    netbios: Option<String>,
}

/// What the directory says of itself.
#[derive(Debug, Default)]
struct Forest {
    domains: Vec<Domain>,
    controllers: Controllers,
    /// Whether its list shows that there are more.
    is_partial: bool,
}

/// Who asks, and for whose sake.
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Arc<DirectoryRequest>,
    pub(crate) servers: &'a [Fqdn],
    /// How many domains are asked at a time.
    pub(crate) jobs: usize,
}

/// A controller that was named besides the first one.
struct Given {
    url: DirectoryUrl,
    opened: Result<(Directory, Root), DirectoryError>,
}

/// What is to be asked of one domain.
struct Task {
    domain: Domain,
    /// Where what it answers goes.
    files: [String; 2],
    /// The controller that was named for it, where it answers.
    opened: Option<(DirectoryUrl, Directory)>,
    /// Who did not answer, and why.
    last: Option<Last>,
    /// Its controllers, the nearest first.
    hosts: Vec<String>,
}

/// A controller that cannot be asked.
struct Last {
    source: String,
    why: String,
    is_refusal: bool,
}

impl Last {
    fn of(url: &DirectoryUrl, error: &DirectoryError) -> Self {
        Self { source: url.to_string(), why: error.to_string(), is_refusal: is_refusal(error) }
    }
}

/// Asks the other domains, side by side; one that cannot be asked hides no other. `main` is the controller that was named first, where it
/// answers: without it those that were named besides are asked, and others of its domain where they know some.
pub(crate) async fn collect<C: Connect>(
    main: Option<(&mut Directory, &Root)>,
    asked: &Asked<'_>,
    sink: &Arc<dyn FileSink>,
    connect: &Arc<C>,
) {
    let Asked { request, jobs, .. } = *asked;
    let told = Sink(&**sink);
    request.others.iter().for_each(|url| told.look_for(&unknown(url.host())));
    let mut given = open(&request.others, jobs, connect).await;
    let answers = main.is_some();
    let seen = match main {
        Some(_) if request.other_domains == OtherDomains::None && given.is_empty() => return,
        Some((directory, root)) => Some((look(directory, root).await, root.clone())),
        None => instead(&mut given, request, &told).await,
    };
    let (forest, root) = match seen {
        Some((Ok(forest), root)) => {
            told.look_for(UNKNOWN);
            if forest.is_partial {
                told.miss(UNKNOWN.to_owned(), request.url.to_string(), PARTIAL);
            }
            (forest, Some(root))
        }
        Some((Err(error), root)) => {
            told.miss(UNKNOWN.to_owned(), request.url.to_string(), &error.to_string());
            (Forest::default(), Some(root))
        }
        None => (Forest::default(), None),
    };
    let tasks = tasks(given, &Main { root: root.as_ref(), answers }, &forest, asked, &told);
    let missed: Vec<_> = tasks.iter().map(|task| (task.files.clone(), task.domain.clone())).collect();
    let done = spread(tasks, jobs, |task| {
        let (sink, request, connect) = (Arc::clone(sink), Arc::clone(request), Arc::clone(connect));
        async move { of_domain(task, &request, &*connect, &Sink(&*sink)).await }
    });
    for ((files, domain), done) in missed.iter().zip(done.await) {
        if done.is_none() {
            miss(files, domain, &request.url.to_string(), "the work on this domain ended unexpectedly", &told);
        }
    }
}

/// Connects to the controllers that were named, and asks each who it is.
async fn open<C: Connect>(urls: &[DirectoryUrl], jobs: usize, connect: &Arc<C>) -> Vec<Given> {
    let opened = spread(urls.to_vec(), jobs, |url| {
        let connect = Arc::clone(connect);
        async move {
            let opened = async {
                let mut directory = connect.connect(url.clone()).await?;
                let root = directory.controller().await?;
                Ok((directory, root))
            };
            Given { opened: opened.await, url }
        }
    });
    opened.await.into_iter().flatten().collect()
}

/// What one of the controllers that were named knows of the forest, in place of the first one. Of the domain whose name that one stands below
/// it is taken to be.
async fn instead(given: &mut [Given], request: &DirectoryRequest, sink: &Sink<'_>) -> Option<(Result<Forest, DirectoryError>, Root)> {
    let (url, (directory, root)) = given.iter_mut().find_map(|g| Some((&g.url, g.opened.as_mut().ok()?)))?;
    domain::fetch_names(directory, &root.configuration, url, sink).await;
    let forest = look(directory, root).await;
    let known = forest.as_ref().map_or(&[][..], |forest| &forest.domains);
    let main = of_host(request.url.host(), known).map_or_else(String::new, |domain| domain.name.clone());
    let root = Root { domain: main, ..root.clone() };
    Some((forest, root))
}

/// Asks a controller for the forest.
async fn look(directory: &mut Directory, root: &Root) -> Result<Forest, DirectoryError> {
    let (domains, is_partial) = list(directory, root).await?;
    Ok(Forest { domains, controllers: Controllers::of(directory, root).await?, is_partial })
}

/// The domains of the forest; and whether the operator is not shown all: the controller's own one is among them, and each has its name.
async fn list(directory: &mut Directory, root: &Root) -> Result<(Vec<Domain>, bool), DirectoryError> {
    let found = directory.search(&partitions(&root.configuration), Scope::OneLevel, DOMAINS, ATTRIBUTES).await?;
    let domain = |entry| {
        let name = first(entry, "nCName")?;
        let dns = first(entry, "dnsRoot").unwrap_or_else(|| dns_of(&name)).to_ascii_lowercase();
        Some(Domain { name, dns, netbios: first(entry, "nETBIOSName") })
    };
    let domains: Vec<Domain> = found.iter().filter_map(domain).collect();
    let is_partial = domains.len() < found.len() || !domains.iter().any(|d| d.name.eq_ignore_ascii_case(&root.domain));
    Ok((domains, is_partial))
}

/// Asks one domain: the controller that was named, else those that the directory names, until one answers.
async fn of_domain<C: Connect>(task: Task, request: &DirectoryRequest, connect: &C, sink: &Sink<'_>) {
    let Task { domain, files, opened, mut last, hosts } = task;
    if files.iter().all(|file| sink.has(file)) {
        return;
    }
    if let Some((url, mut directory)) = opened {
        return domain::fetch(&mut directory, &domain.name, &files, (&url, &request.operator), sink).await;
    }
    if matches!(request.operator.authority(), Authority::Cache(_)) && !request.operator.domain().eq_ignore_ascii_case(&domain.dns) {
        return miss(&files, &domain, &request.url.to_string(), TICKETS, sink);
    }
    let mut left = hosts.iter();
    // Where one refused the operator's password, an attempt at another one would only be counted once more.
    let may_go_on = |last: &Option<Last>| !last.as_ref().is_some_and(|last| last.is_refusal);
    let most = if may_go_on(&last) { MOST_CONTROLLERS } else { 0 };
    for host in left.by_ref().take(most) {
        let url = request.url.controller_at(host);
        let asked = async {
            let mut directory = connect.connect(url.clone()).await?;
            let found = directory.controller().await?;
            Ok::<_, DirectoryError>((directory, found))
        };
        match asked.await {
            Ok((mut directory, found)) if found.domain.eq_ignore_ascii_case(&domain.name) => {
                return domain::fetch(&mut directory, &domain.name, &files, (&url, &request.operator), sink).await;
            }
            Ok((_, found)) => {
                let why = format!("it is a controller of {} now", Shown::of(&found.domain));
                last = Some(Last { source: url.to_string(), why, is_refusal: false });
            }
            Err(error) => last = Some(Last::of(&url, &error)),
        }
        if !may_go_on(&last) {
            break;
        }
    }
    let Last { source, why, .. } = last.unwrap_or_else(|| Last {
        source: request.url.to_string(),
        why: "the directory names no controller of this domain".to_owned(),
        is_refusal: false,
    });
    let others = match left.len() {
        0 => String::new(),
        more => format!("; {more} more controllers of this domain were not asked"),
    };
    miss(&files, &domain, &source, &format!("{why}{others}"), sink);
}

/// Tells of a domain that it could not be asked.
fn miss(files: &[String; 2], domain: &Domain, source: &str, why: &str, sink: &Sink<'_>) {
    for file in files {
        if !sink.has(file) {
            sink.miss(
                file.clone(),
                source.to_owned(),
                &format!("{why}; accounts and groups of {} are not in the bundle", Shown::of(&domain.dns)),
            );
        }
    }
}

/// The folder of a domain's files: whatever a directory calls it, one folder below `directory`, and another one for each name.
fn folder_of(dns: &str) -> String {
    if is_host(dns) {
        return dns.to_owned();
    }
    let letter =
        |b: u8| if b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' { char::from(b).to_string() } else { format!("_{b:02x}") };
    format!("_{}", dns.bytes().map(letter).collect::<String>())
}

/// The DNS name that a distinguished name of a domain spells, in small letters.
pub(crate) fn dns_of(name: &str) -> String {
    let labels = name.split(',').filter_map(|part| part.trim().split_once('='));
    labels.filter(|(kind, _)| kind.eq_ignore_ascii_case("DC")).map(|(_, label)| label.to_ascii_lowercase()).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
