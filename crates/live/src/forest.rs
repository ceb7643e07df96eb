//! The other domains of the forest: which there are, who controls them, and what each of them is asked.
//!
//! The directory itself names them: its configuration, which every controller holds, lists the domains (crossRef) and the controllers with
//! the domain that each one holds. So no DNS server is asked for more than addresses, and each controller has to prove the name that the
//! directory gives it.

mod controllers;

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

/// How many other domains are asked, at most. Each that is down costs the time of some answers.
const MOST_DOMAINS: usize = 32;
/// How many controllers of a domain are asked until one answers, at most.
const MOST_CONTROLLERS: usize = 4;

/// The domains of the forest, and no other parts of the directory (FLAG_CR_NTDS_DOMAIN, MS-ADTS 2.2.10).
const DOMAINS: &str = "(&(objectClass=crossRef)(systemFlags:1.2.840.113556.1.4.803:=2))";
const ATTRIBUTES: &[&str] = &["nCName", "dnsRoot", "nETBIOSName"];

/// Where it is told that the domains are not known.
const UNKNOWN: &str = "directory/(other domains)";
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
    /// The controller that was named for it, where it answers.
    opened: Option<(DirectoryUrl, Directory)>,
    /// Who did not answer, and why.
    last: Option<(String, String)>,
    /// Its controllers, the nearest first.
    hosts: Vec<String>,
}

/// Asks the other domains, side by side; one that cannot be asked hides no other. `main` is the controller that was named first, where it
/// answers: without it only those that were named besides are asked.
pub(crate) async fn collect<C: Connect>(
    main: Option<(&mut Directory, &Root)>,
    asked: &Asked<'_>,
    sink: &Arc<dyn FileSink>,
    connect: &Arc<C>,
) {
    let Asked { request, jobs, .. } = *asked;
    let told = Sink(&**sink);
    let mut given = open(&request.others, jobs, connect).await;
    let seen = match main {
        Some(_) if request.other_domains == OtherDomains::None && given.is_empty() => return,
        Some((directory, root)) => Some((look(directory, root).await, root.clone())),
        None => instead(&mut given, request, &told).await,
    };
    let (forest, root) = match seen {
        Some((Ok(forest), root)) => (forest, Some(root)),
        Some((Err(error), root)) => {
            told.miss(UNKNOWN.to_owned(), request.url.to_string(), &error.to_string());
            (Forest::default(), Some(root))
        }
        None => (Forest::default(), None),
    };
    let tasks = tasks(given, root.as_ref(), &forest, asked, &told);
    let missed: Vec<_> = tasks.iter().map(|task| task.domain.clone()).collect();
    let done = spread(tasks, jobs, |task| {
        let (sink, request, connect) = (Arc::clone(sink), Arc::clone(request), Arc::clone(connect));
        async move { of_domain(task, &request, &*connect, &Sink(&*sink)).await }
    });
    for (domain, done) in missed.iter().zip(done.await) {
        if done.is_none() {
            miss(domain, &request.url.to_string(), "the work on this domain ended unexpectedly", &told);
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
                let root = directory.root().await?;
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
    Ok(Forest { domains: list(directory, root).await?, controllers: Controllers::of(directory, root).await? })
}

/// The domains of the forest.
async fn list(directory: &mut Directory, root: &Root) -> Result<Vec<Domain>, DirectoryError> {
    let found = directory.search(&partitions(&root.configuration), Scope::OneLevel, DOMAINS, ATTRIBUTES).await?;
    let domain = |entry| {
        let name = first(entry, "nCName")?;
        let dns = first(entry, "dnsRoot").unwrap_or_else(|| dns_of(&name)).to_ascii_lowercase();
        Some(Domain { name, dns, netbios: first(entry, "nETBIOSName") })
    };
    Ok(found.iter().filter_map(domain).collect())
}

/// What is to be done, in order: domains of controllers that were named, those that the deployment is known to need, the others by name.
fn tasks(given: Vec<Given>, root: Option<&Root>, forest: &Forest, asked: &Asked<'_>, sink: &Sink<'_>) -> Vec<Task> {
    let (request, Forest { domains: known, controllers }) = (asked.request, forest);
    let is_main = |name: &str| root.is_some_and(|root| root.domain.eq_ignore_ascii_case(name));
    let mut tasks: Vec<Task> = Vec::new();
    for Given { url, opened } in given {
        let (domain, opened, last) = match opened {
            Ok((_, found)) if is_main(&found.domain) => {
                sink.0.tell(format!("{url} was not asked: it is a controller of the domain that is asked at {} already", request.url));
                continue;
            }
            Ok((directory, found)) => {
                let listed = known.iter().find(|d| d.name.eq_ignore_ascii_case(&found.domain)).cloned();
                let domain = listed.unwrap_or_else(|| Domain { dns: dns_of(&found.domain), name: found.domain.clone(), netbios: None });
                if root.is_some_and(|root| !root.configuration.eq_ignore_ascii_case(&found.configuration)) {
                    miss(&domain, &url.to_string(), "it is a controller of another forest: give that a bundle of its own", sink);
                    continue;
                }
                (domain, Some((url, directory)), None)
            }
            Err(error) => match of_host(url.host(), known).filter(|d| !is_main(&d.name)) {
                Some(domain) => (domain.clone(), None, Some((url.to_string(), error.to_string()))),
                None => {
                    let why = format!("{error}; of which domain it is, only it could tell");
                    sink.miss(format!("directory/({})", url.host()), url.to_string(), &why);
                    continue;
                }
            },
        };
        match tasks.iter_mut().find(|t| t.domain.name.eq_ignore_ascii_case(&domain.name)) {
            // The first that answers is asked.
            Some(task) if task.opened.is_none() => (task.opened, task.last) = (opened, last),
            Some(_) => {}
            None => tasks.push(Task { hosts: controllers.of_domain(&domain.name), domain, opened, last }),
        }
    }
    let mut others: Vec<(bool, &Domain)> = known
        .iter()
        .filter(|d| !is_main(&d.name) && !tasks.iter().any(|t| t.domain.name.eq_ignore_ascii_case(&d.name)))
        .map(|d| (!is_needed(d, root, known, asked), d))
        .filter(|(unneeded, _)| match request.other_domains {
            OtherDomains::All => true,
            OtherDomains::Needed => !unneeded,
            OtherDomains::None => false,
        })
        .collect();
    others.sort_by(|(a, left), (b, right)| (a, &left.dns).cmp(&(b, &right.dns)));
    let room = MOST_DOMAINS.saturating_sub(tasks.len());
    for (_, domain) in others.iter().skip(room) {
        let why = format!("at most {MOST_DOMAINS} other domains are asked; name a controller of this one with a further --directory");
        miss(domain, &request.url.to_string(), &why, sink);
    }
    tasks.extend(others.into_iter().take(room).map(|(_, domain)| Task {
        hosts: controllers.of_domain(&domain.name),
        domain: domain.clone(),
        opened: None,
        last: None,
    }));
    tasks
}

/// Whether a domain is known to hold something of the deployment: a server, an assigned account, the operator, or, as the first domain of the
/// forest, the product's groups.
fn is_needed(domain: &Domain, root: Option<&Root>, all: &[Domain], asked: &Asked<'_>) -> bool {
    let request = asked.request;
    let named = |name: &str| {
        name.eq_ignore_ascii_case(&domain.dns) || domain.netbios.as_ref().is_some_and(|netbios| name.eq_ignore_ascii_case(netbios))
    };
    root.is_some_and(|root| root.forest.eq_ignore_ascii_case(&domain.name))
        || named(request.operator.domain())
        || request.needed.iter().any(|name| named(name))
        || asked.servers.iter().any(|server| of_host(server.as_str(), all).is_some_and(|d| d.name == domain.name))
}

/// The domain that a host's name stands below; of several the innermost.
fn of_host<'d>(host: &str, domains: &'d [Domain]) -> Option<&'d Domain> {
    let host = host.to_ascii_lowercase();
    let below = |d: &&Domain| host.strip_suffix(&d.dns).is_some_and(|label| label.is_empty() || label.ends_with('.'));
    domains.iter().filter(below).max_by_key(|d| d.dns.len())
}

/// Asks one domain: the controller that was named, else those that the directory names, until one answers.
async fn of_domain<C: Connect>(task: Task, request: &DirectoryRequest, connect: &C, sink: &Sink<'_>) {
    let Task { domain, opened, mut last, hosts } = task;
    let files = files(&domain);
    if files.iter().all(|file| sink.has(file)) {
        return;
    }
    if let Some((url, mut directory)) = opened {
        return domain::fetch(&mut directory, &domain.name, &files, (&url, &request.operator), sink).await;
    }
    if matches!(request.operator.authority(), Authority::Cache(_)) && !request.operator.domain().eq_ignore_ascii_case(&domain.dns) {
        return miss(&domain, &request.url.to_string(), TICKETS, sink);
    }
    for host in hosts.iter().take(MOST_CONTROLLERS) {
        let url = request.url.controller_at(host);
        let asked = async {
            let mut directory = connect.connect(url.clone()).await?;
            let found = directory.root().await?;
            Ok::<_, DirectoryError>((directory, found))
        };
        match asked.await {
            Ok((mut directory, found)) if found.domain.eq_ignore_ascii_case(&domain.name) => {
                return domain::fetch(&mut directory, &domain.name, &files, (&url, &request.operator), sink).await;
            }
            Ok((_, found)) => last = Some((url.to_string(), format!("it is a controller of {} now", Shown::of(&found.domain)))),
            Err(error) => last = Some((url.to_string(), error.to_string())),
        }
    }
    let (source, why) = last.unwrap_or_else(|| (request.url.to_string(), "the directory names no controller of this domain".to_owned()));
    let others = match hosts.len().saturating_sub(MOST_CONTROLLERS) {
        0 => String::new(),
        more => format!("; {more} more controllers of this domain were not asked"),
    };
    miss(&domain, &source, &format!("{why}{others}"), sink);
}

/// Tells of a domain that it could not be asked.
fn miss(domain: &Domain, source: &str, why: &str, sink: &Sink<'_>) {
    for file in files(domain) {
        if !sink.has(&file) {
            sink.miss(file, source.to_owned(), &format!("{why}; accounts and groups of {} are not in the bundle", Shown::of(&domain.dns)));
        }
    }
}

/// Where its files are: whatever a directory calls a domain, they stay in their folder.
fn files(domain: &Domain) -> [String; 2] {
    let odd = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
    let folder = if is_host(&domain.dns) { domain.dns.clone() } else { format!("_{}", domain.dns.replace(odd, "_")) };
    domain::files(Some(&folder))
}

/// The DNS name that a distinguished name of a domain spells, in small letters.
fn dns_of(name: &str) -> String {
    let labels = name.split(',').filter_map(|part| part.trim().split_once('='));
    labels.filter(|(kind, _)| kind.eq_ignore_ascii_case("DC")).map(|(_, label)| label.to_ascii_lowercase()).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
