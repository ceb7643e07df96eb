//! What is to be done: which domains are asked, in which order, and where their files go.

use super::{Asked, Domain, Forest, Given, Last, MOST_DOMAINS, Task, dns_of, folder_of, miss};
use crate::collect::{OtherDomains, Sink};
use crate::directory::{DirectoryError, Root};
use crate::domain;
use kerbsync_source::Shown;
use std::collections::BTreeSet;

/// The domain that was named first.
pub(super) struct Main<'a> {
    pub(super) root: Option<&'a Root>,
    /// Whether its controller answers: else others of it are asked in its place.
    pub(super) answers: bool,
}

impl Main<'_> {
    fn is(&self, name: &str) -> bool {
        self.root.is_some_and(|root| root.domain.eq_ignore_ascii_case(name))
    }

    fn is_asked(&self, name: &str) -> bool {
        self.answers && self.is(name)
    }
}

/// Where the files of a domain go: those of the domain that was named first into `directory` itself, unless the bundle has another one there.
pub(crate) fn files_of(name: &str, dns: &str, is_main: bool, sink: &Sink<'_>) -> [String; 2] {
    let own = domain::files(Some(&folder_of(dns)));
    match domain::main_of_bundle(sink) {
        Some(there) if !there.eq_ignore_ascii_case(name) => own,
        None if !is_main => own,
        _ => {
            // They will be no more in a folder of their own, where an earlier run looked in vain.
            own.iter().for_each(|file| sink.look_for(file));
            domain::files(None)
        }
    }
}

/// The tasks, in order: domains of controllers that were named, the one that was named first where its controller does not answer, those that
/// the deployment is known to need, the others by name.
pub(super) fn tasks(given: Vec<Given>, main: &Main<'_>, forest: &Forest, asked: &Asked<'_>, sink: &Sink<'_>) -> Vec<Task> {
    let (request, Forest { domains: known, controllers, .. }) = (asked.request, forest);
    let configuration = domain::forest_of_bundle(sink).or_else(|| main.root.map(|root| root.configuration.clone()));
    let files = |domain: &Domain| files_of(&domain.name, &domain.dns, main.is(&domain.name), sink);
    let mut tasks: Vec<Task> = Vec::new();
    for Given { url, opened } in given {
        let (domain, opened, last) = match opened {
            Ok((_, found)) if main.is_asked(&found.domain) => {
                sink.0.tell(format!("{url} was not asked: it is a controller of the domain that is asked at {} already", request.url));
                continue;
            }
            Ok((directory, found)) => {
                let listed = known.iter().find(|d| d.name.eq_ignore_ascii_case(&found.domain)).cloned();
                let domain = listed.unwrap_or_else(|| Domain { dns: dns_of(&found.domain), name: found.domain.clone(), netbios: None });
                if configuration.as_ref().is_some_and(|known| !known.eq_ignore_ascii_case(&found.configuration)) {
                    let why = "it is a controller of another forest: give that a bundle of its own";
                    miss(&files(&domain), &domain, &url.to_string(), why, sink);
                    continue;
                }
                (domain, Some((url, directory)), None)
            }
            Err(error) => match of_host(url.host(), known).filter(|d| !main.is_asked(&d.name)) {
                Some(domain) => (domain.clone(), None, Some(Last::of(&url, &error))),
                None => {
                    let why = format!("{error}; of which domain it is, only it could tell");
                    sink.miss(unknown(url.host()), url.to_string(), &why);
                    continue;
                }
            },
        };
        match tasks.iter_mut().find(|t| t.domain.name.eq_ignore_ascii_case(&domain.name)) {
            // The first that answers is asked.
            Some(task) if task.opened.is_none() => (task.opened, task.last) = (opened, last),
            Some(_) => {}
            None => tasks.push(Task { files: files(&domain), hosts: controllers.of_domain(&domain.name), domain, opened, last }),
        }
    }
    let others = others(&tasks, main, known, asked);
    let room = MOST_DOMAINS.saturating_sub(tasks.len());
    for domain in others.iter().skip(room) {
        let why = format!("at most {MOST_DOMAINS} other domains are asked; name a controller of this one with a further --directory");
        miss(&files(domain), domain, &request.url.to_string(), &why, sink);
    }
    tasks.extend(others.into_iter().take(room).map(|domain| Task {
        files: files(domain),
        hosts:
            controllers.of_domain(&domain.name).into_iter().filter(|host| !main.is(&domain.name) || host != request.url.host()).collect(),
        domain: domain.clone(),
        opened: None,
        last: None,
    }));
    let mut places = BTreeSet::new();
    tasks.retain(|Task { files, domain, .. }| {
        let is_first = places.insert(files[0].clone());
        if !is_first {
            let why = format!(
                "a second domain, {}, says that it has this DNS name; of the first alone files are in the bundle",
                Shown::of(&domain.name)
            );
            sink.miss(unknown(&folder_of(&domain.dns)), request.url.to_string(), &why);
        }
        is_first
    });
    tasks
}

/// Where it is told that nothing is known of what stands under a name.
pub(crate) fn unknown(name: &str) -> String {
    format!("directory/({name})")
}

/// Whether a directory refused the operator's name or password. Each such attempt may be counted, and a few of them lock an account.
pub(crate) const fn is_refusal(error: &DirectoryError) -> bool {
    matches!(error, DirectoryError::Refused { code: 49, .. })
}

/// The domains that are asked though no controller of theirs was named, in order.
fn others<'f>(tasks: &[Task], main: &Main<'_>, known: &'f [Domain], asked: &Asked<'_>) -> Vec<&'f Domain> {
    let mut others: Vec<(u8, &Domain)> = known
        .iter()
        .filter(|d| !main.is_asked(&d.name) && !tasks.iter().any(|t| t.domain.name.eq_ignore_ascii_case(&d.name)))
        .map(|d| match (main.is(&d.name), is_needed(d, main.root, known, asked)) {
            (true, _) => (0, d),
            (_, true) => (1, d),
            _ => (2, d),
        })
        .filter(|(need, _)| match asked.request.other_domains {
            OtherDomains::All => true,
            OtherDomains::Needed => *need < 2,
            OtherDomains::None => *need == 0,
        })
        .collect();
    others.sort_by(|(a, left), (b, right)| (a, &left.dns).cmp(&(b, &right.dns)));
    others.into_iter().map(|(_, domain)| domain).collect()
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
pub(super) fn of_host<'d>(host: &str, domains: &'d [Domain]) -> Option<&'d Domain> {
    let host = host.to_ascii_lowercase();
    let below = |d: &&Domain| host.strip_suffix(&d.dns).is_some_and(|label| label.is_empty() || label.ends_with('.'));
    domains.iter().filter(below).max_by_key(|d| d.dns.len())
}
