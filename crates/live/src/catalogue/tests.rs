//! Which catalogues are asked, and which is believed.

use super::*;
use crate::collect::{Fetched, FileSink, Missed};
use crate::directory::testing::{Answers, BASE, entry};
use crate::ldif::Entry;
use jiff::Timestamp;
use std::sync::Mutex;

/// What a catalogue is like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Like {
    /// It cannot be connected to.
    Down,
    /// What it says of itself: ready, not ready, or nothing.
    Says(Option<&'static str>),
    /// It is ready, and refuses the search.
    Refuses,
}

const READY: Like = Like::Says(Some("TRUE"));
const NOT_READY: Like = Like::Says(Some("FALSE"));

impl Answers for (String, Like) {
    fn search(&self, base: &str, scope: u8) -> Result<Vec<Entry>, u8> {
        assert_eq!(base, "", "the whole forest");
        match (scope, self.1) {
            (BASE, Like::Says(ready)) => Ok(ready.map(|ready| entry("", "isGlobalCatalogReady", ready)).into_iter().collect()),
            (BASE, _) => Ok(vec![entry("", "isGlobalCatalogReady", "TRUE")]),
            // Unwilling to perform.
            (_, Like::Refuses) => Err(53),
            _ => Ok(vec![entry("CN=web,DC=contoso,DC=com", "servicePrincipalName", &format!("http/as.{}", self.0))]),
        }
    }
}

/// What was kept and missed.
#[derive(Default)]
struct Seen {
    asked: Mutex<Vec<String>>,
    kept: Mutex<Vec<(Fetched, String)>>,
    missed: Mutex<Vec<Missed>>,
}

impl FileSink for Seen {
    fn has(&self, _: &str) -> bool {
        false
    }

    fn source(&self, _: &str) -> Option<String> {
        None
    }

    fn keep(&self, file: Fetched, bytes: &[u8]) -> Result<(), String> {
        self.kept.lock().unwrap().push((file, String::from_utf8(bytes.to_vec()).unwrap()));
        Ok(())
    }

    fn miss(&self, missed: Missed) {
        self.missed.lock().unwrap().push(missed);
    }

    fn now(&self) -> Timestamp {
        "2026-11-27T12:00:00Z".parse().unwrap()
    }
}

/// A forest whose catalogues dc01, dc02 and so on are like that; the first of them is not the controller that is connected.
async fn forest(catalogues: &[Like]) -> Seen {
    let url = DirectoryUrl::parse("ldaps://dc00.contoso.com").unwrap();
    let count = catalogues.len();
    let controller = move |base: &str, scope: u8| match (base.split_once(','), scope) {
        (Some((server, _)), BASE) => {
            let host = server.trim_start_matches("CN=");
            Ok(vec![entry(base, "dNSHostName", &format!("{host}.contoso.com"))])
        }
        _ => Ok((1..=count).map(|n| entry(&format!("CN=NTDS Settings,CN=DC{n:02},{base}"), "objectClass", "nTDSDSA")).collect()),
    };
    let mut directory = Directory::made_up(&url, controller).await;
    let root = Root {
        configuration: "CN=Configuration,DC=contoso,DC=com".to_owned(),
        controller: "dc00.contoso.com".to_owned(),
        ..Root::default()
    };
    let seen = Seen::default();
    let connect = async |url: DirectoryUrl| {
        let host = url.host().to_owned();
        seen.asked.lock().unwrap().push(url.to_string());
        let number: usize = host[2..4].parse().unwrap();
        match catalogues[number - 1] {
            Like::Down => Err(DirectoryError::Connection { host, why: kerbsync_source::Shown::of("no answer in time") }),
            like => Ok(Directory::made_up(&url, (host, like)).await),
        }
    };
    collect_by(&mut directory, &root, &url, &Sink(&seen), connect).await;
    seen
}

fn urls(numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    numbers.into_iter().map(|n| format!("ldaps://dc{n:02}.contoso.com:3269")).collect()
}

impl Seen {
    /// Who was asked, and of whom the answer is.
    fn believed(self) -> (Vec<String>, String) {
        let missed = self.missed.into_inner().unwrap();
        assert_eq!(missed, []);
        let [(file, text)] = <[_; 1]>::try_from(self.kept.into_inner().unwrap()).unwrap();
        assert_eq!(file.path, FILE);
        let host = file.source.trim_start_matches("ldaps://").trim_end_matches(":3269/").to_owned();
        assert!(text.contains(&format!("servicePrincipalName: http/as.{host}\n")), "{text}");
        (self.asked.into_inner().unwrap(), host)
    }

    /// Who was asked, and why nobody is believed.
    fn nobody(self) -> (Vec<String>, Missed) {
        assert_eq!(self.kept.into_inner().unwrap(), []);
        let [missed] = <[_; 1]>::try_from(self.missed.into_inner().unwrap()).unwrap();
        (self.asked.into_inner().unwrap(), missed)
    }
}

#[tokio::test]
async fn the_first_that_is_ready_is_asked_and_no_other() {
    assert_eq!(forest(&[READY, READY]).await.believed(), (urls([1]), "dc01.contoso.com".to_owned()));
    // One that says nothing of it is asked.
    assert_eq!(forest(&[Like::Says(None)]).await.believed(), (urls([1]), "dc01.contoso.com".to_owned()));
}

#[tokio::test]
async fn one_that_is_not_ready_or_down_or_refuses_is_passed_over() {
    for like in [NOT_READY, Like::Down, Like::Refuses] {
        assert_eq!(forest(&[like, like, READY]).await.believed(), (urls(1..=3), "dc03.contoso.com".to_owned()));
    }
}

#[tokio::test]
async fn at_most_four_are_asked_and_the_rest_is_told() {
    let (asked, missed) = forest(&[Like::Down, Like::Down, Like::Down, Like::Down, READY, READY]).await.nobody();
    assert_eq!(asked, urls(1..=4));
    assert_eq!((missed.path.as_str(), missed.source.as_str()), (FILE, "ldaps://dc04.contoso.com:3269"));
    assert_eq!(
        missed.reason,
        "the directory dc04.contoso.com cannot be asked: no answer in time; 2 more catalogues were not asked; who holds names of services \
         in other domains of the forest is not known"
    );
    assert_eq!(forest(&[Like::Down, Like::Down, Like::Down, READY]).await.believed().1, "dc04.contoso.com");
}

#[tokio::test]
async fn where_none_is_ready_that_is_told() {
    let (asked, missed) = forest(&[NOT_READY, NOT_READY]).await.nobody();
    assert_eq!(asked, urls([1, 2]));
    assert!(missed.reason.starts_with("it does not hold all domains yet (isGlobalCatalogReady is FALSE); who holds"), "{missed:?}");
    let (asked, missed) = forest(&[]).await.nobody();
    assert!(asked.is_empty() && missed.reason.starts_with("the directory names no controller that is a global catalogue"), "{missed:?}");
}

#[test]
fn catalogues_near_by_are_asked_first() {
    let mut hosts = ["dc09.a.contoso.com", "dc03.contoso.com", "dc02.contoso.com", "dc01.b.contoso.com", "dc03.contoso.com"]
        .map(str::to_owned)
        .to_vec();
    in_order(&mut hosts, "dc03.contoso.com");
    assert_eq!(hosts, ["dc03.contoso.com", "dc02.contoso.com", "dc01.b.contoso.com", "dc09.a.contoso.com"]);
}
