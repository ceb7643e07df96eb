//! Which domains are asked, in which order, at whose controllers, and what is told of the others.

use super::*;
use crate::collect::of_directory::fetch_by;
use crate::collect::{Fetched, Missed};
use crate::directory::Trust;
use crate::directory::testing::{Answers, BASE};
use crate::ldif::Entry;
use crate::operator::Operator;
use jiff::Timestamp;
use kerbsync_secret::Secret;
use std::collections::BTreeMap;
use std::sync::Mutex;

mod hindered;

const CONFIGURATION: &str = "CN=Configuration,DC=contoso,DC=com";

fn entry(dn: &str, values: &[(&str, &str)]) -> Entry {
    Entry { dn: dn.to_owned(), values: values.iter().map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec())).collect() }
}

/// What a domain is called, by the first label of its DNS name; the first domain of the forest has none.
fn name_of(label: &str) -> String {
    if label.is_empty() { "DC=contoso,DC=com".to_owned() } else { format!("DC={},DC=contoso,DC=com", label.replace('.', ",DC=")) }
}

fn dns(label: &str) -> String {
    if label.is_empty() { "contoso.com".to_owned() } else { format!("{label}.contoso.com") }
}

/// A controller as it answers: the label of its domain, and its forest.
#[derive(Clone)]
struct Controller {
    label: String,
    configuration: String,
    /// Domains (one without a name where it is `?`), and controllers with the label of each one's domain and site.
    domains: Vec<String>,
    controllers: Vec<(String, String, String, bool)>,
}

impl Answers for Controller {
    fn search(&self, base: &str, scope: u8) -> Result<Vec<Entry>, u8> {
        if base.is_empty() && scope == BASE {
            let names = [
                ("defaultNamingContext", name_of(&self.label)),
                ("configurationNamingContext", self.configuration.clone()),
                ("rootDomainNamingContext", name_of("")),
                ("serverName", "CN=DC01,CN=Servers,CN=Here,CN=Sites,".to_owned() + &self.configuration),
            ];
            return Ok(vec![entry("", &names.each_ref().map(|(n, v)| (*n, v.as_str())))]);
        }
        if base.starts_with("CN=Partitions,") {
            let domain = |label: &String| {
                let netbios = label.to_uppercase();
                if label == "?" {
                    return entry(&format!("CN=HIDDEN,{base}"), &[("dnsRoot", "hidden.contoso.com")]);
                }
                if label == "renamed" {
                    return entry(&format!("CN=OLD,{base}"), &[("nCName", "DC=old,DC=contoso,DC=com"), ("dnsRoot", "asia.contoso.com")]);
                }
                entry(&format!("CN={netbios},{base}"), &[("nCName", &name_of(label)), ("dnsRoot", &dns(label)), ("nETBIOSName", &netbios)])
            };
            return Ok(self.domains.iter().map(domain).collect());
        }
        if base.starts_with("CN=Sites,") {
            let server = |(host, label, site, writes): &(String, String, String, bool)| {
                let server = format!("CN={host}-{label},CN=Servers,CN={site},{base}");
                let domain = name_of(label);
                let mut held = vec![("msDS-HasDomainNCs", domain.as_str())];
                if *writes {
                    held.extend([("hasMasterNCs", CONFIGURATION), ("hasMasterNCs", domain.as_str())]);
                }
                [entry(&server, &[("dNSHostName", &format!("{host}.{}", dns(label)))]), entry(&format!("CN=NTDS Settings,{server}"), &held)]
            };
            return Ok(self.controllers.iter().flat_map(server).collect());
        }
        Ok(vec![entry(&format!("CN=someone,{base}"), &[("sAMAccountName", "someone")])])
    }
}

/// A forest: what answers under which name, and who was called.
struct Forest {
    answers: BTreeMap<String, Controller>,
    called: Mutex<Vec<String>>,
    refuses: bool,
}

impl Connect for Forest {
    async fn connect(&self, url: DirectoryUrl) -> Result<Directory, DirectoryError> {
        self.called.lock().unwrap().push(url.to_string());
        if self.refuses {
            let why = Shown::of("wrong name or password");
            return Err(DirectoryError::Refused { host: url.host().to_owned(), principal: "admin@contoso.com".to_owned(), code: 49, why });
        }
        match self.answers.get(url.host()) {
            Some(controller) => Ok(Directory::made_up(&url, controller.clone()).await),
            None => Err(DirectoryError::Connection { host: url.host().to_owned(), why: Shown::of("no answer in time") }),
        }
    }
}

#[derive(Default)]
struct Seen {
    /// Files that are there, and where they came from.
    there: Vec<(String, String)>,
    kept: Mutex<Vec<(String, String)>>,
    missed: Mutex<Vec<Missed>>,
    told: Mutex<Vec<String>>,
}

impl FileSink for Seen {
    fn has(&self, path: &str) -> bool {
        self.source(path).is_some()
    }

    fn source(&self, path: &str) -> Option<String> {
        let kept = self.kept.lock().unwrap();
        self.there.iter().chain(kept.iter()).find(|(there, _)| there == path).map(|(_, source)| source.clone())
    }

    fn keep(&self, file: Fetched, _: &[u8]) -> Result<(), String> {
        self.kept.lock().unwrap().push((file.path, file.source));
        Ok(())
    }

    fn miss(&self, missed: Missed) {
        self.missed.lock().unwrap().push(missed);
    }

    fn tell(&self, note: String) {
        self.told.lock().unwrap().push(note);
    }

    fn now(&self) -> Timestamp {
        "2026-11-27T12:00:00Z".parse().unwrap()
    }
}

/// A try: the forest, what is asked for, and what came of it as one text.
struct Try {
    domains: Vec<String>,
    controllers: Vec<(String, String, String, bool)>,
    down: Vec<&'static str>,
    others: Vec<&'static str>,
    which: OtherDomains,
    needed: Vec<&'static str>,
    servers: Vec<&'static str>,
    there: Vec<(String, String)>,
    /// Whether the first controller is asked for its own domain too, as `dc01` of the domain with this label.
    whole: Option<&'static str>,
    main: bool,
    ticket: bool,
    /// Whether nobody believes the operator's password.
    refuses: bool,
    /// Controllers beyond the list: host, domain and forest.
    strangers: Vec<(&'static str, &'static str, &'static str)>,
}

fn forest(labels: &[&str]) -> Try {
    let domains: Vec<String> = [""].iter().chain(labels).map(|l| (*l).to_owned()).collect();
    let controllers = labels.iter().map(|l| ("dc1".to_owned(), (*l).to_owned(), "Here".to_owned(), true)).collect();
    Try {
        domains,
        controllers,
        down: Vec::new(),
        others: Vec::new(),
        which: OtherDomains::All,
        needed: Vec::new(),
        servers: Vec::new(),
        there: Vec::new(),
        whole: None,
        main: true,
        ticket: false,
        refuses: false,
        strangers: Vec::new(),
    }
}

impl Try {
    async fn run(self) -> String {
        let controller = |label: &str, configuration: &str| Controller {
            label: label.to_owned(),
            configuration: configuration.to_owned(),
            domains: self.domains.clone(),
            controllers: self.controllers.clone(),
        };
        let mut answers: BTreeMap<String, Controller> =
            self.controllers.iter().map(|(host, label, ..)| (format!("{host}.{}", dns(label)), controller(label, CONFIGURATION))).collect();
        answers.extend(self.strangers.iter().map(|(host, label, configuration)| ((*host).to_owned(), controller(label, configuration))));
        let first = self.whole.map_or_else(|| "dc01.contoso.com".to_owned(), |label| format!("dc01.{}", dns(label)));
        answers.extend(self.whole.map(|label| (first.clone(), controller(label, CONFIGURATION))));
        answers.retain(|host, _| !self.down.contains(&host.as_str()));
        let connect = Arc::new(Forest { answers, called: Mutex::default(), refuses: self.refuses });
        let authority = if self.ticket { Authority::Cache("/nowhere".into()) } else { Authority::Password(Secret::new("x".into())) };
        let url = |text: &&str| DirectoryUrl::parse(text).unwrap();
        let request = Arc::new(DirectoryRequest {
            operator: Operator::new("admin@contoso.com", authority).unwrap(),
            url: url(&format!("ldaps://{first}:1636").as_str()),
            others: self.others.iter().map(url).collect(),
            other_domains: self.which,
            needed: self.needed.iter().map(|n| (*n).to_owned()).collect(),
            trust: Trust::System,
        });
        let servers: Vec<Fqdn> = self.servers.iter().map(|s| Fqdn::parse(s).unwrap().name).collect();
        let asked = Asked { request: &request, servers: &servers, jobs: 1 };
        let seen = Arc::new(Seen { there: self.there, ..Seen::default() });
        let sink: Arc<dyn FileSink> = Arc::clone(&seen) as _;
        if self.whole.is_some() {
            let refused = fetch_by(&asked, &sink, &connect).await;
            assert_eq!(refused.is_some(), self.refuses, "{refused:?}");
        } else {
            let mut main = Directory::made_up(&request.url, controller("", CONFIGURATION)).await;
            let root = main.root().await.unwrap();
            collect(self.main.then_some((&mut main, &root)), &asked, &sink, &connect).await;
        }
        let mut out: Vec<String> = connect.called.lock().unwrap().iter().map(|url| format!("called {url}")).collect();
        out.extend(seen.kept.lock().unwrap().iter().map(|(path, source)| format!("kept {path} from {source}")));
        out.extend(seen.missed.lock().unwrap().iter().map(|m| format!("missed {} from {}: {}", m.path, m.source, m.reason)));
        out.extend(seen.told.lock().unwrap().iter().map(|t| format!("told {t}")));
        out.join("\n")
    }
}

fn lines<'t>(text: &'t str, begin: &str) -> Vec<&'t str> {
    text.lines().filter_map(|line| line.strip_prefix(begin)).collect()
}

#[tokio::test]
async fn every_other_domain_gives_files_of_its_own() {
    insta::assert_snapshot!(forest(&["asia", "europe"]).run().await, @r"
    called ldaps://dc1.asia.contoso.com:636
    called ldaps://dc1.europe.contoso.com:636
    kept directory/asia.contoso.com/accounts.ldif from ldaps://dc1.asia.contoso.com:636/DC=asia,DC=contoso,DC=com
    kept directory/asia.contoso.com/groups.ldif from ldaps://dc1.asia.contoso.com:636/DC=asia,DC=contoso,DC=com
    kept directory/europe.contoso.com/accounts.ldif from ldaps://dc1.europe.contoso.com:636/DC=europe,DC=contoso,DC=com
    kept directory/europe.contoso.com/groups.ldif from ldaps://dc1.europe.contoso.com:636/DC=europe,DC=contoso,DC=com
    ");
}

#[tokio::test]
async fn who_is_needed_is_asked_first_and_alone_where_that_is_wanted() {
    let order = |which| async move {
        let mut it = forest(&["asia", "b.asia", "europe", "north", "south"]);
        (it.which, it.needed, it.servers) = (which, vec!["South"], vec!["fe01.b.asia.contoso.com", "fe02.contoso.com"]);
        it.run().await
    };
    let text = order(OtherDomains::All).await;
    assert_eq!(
        lines(&text, "called ldaps://dc1."),
        ["b.asia.contoso.com:636", "south.contoso.com:636", "asia.contoso.com:636", "europe.contoso.com:636", "north.contoso.com:636"]
    );
    let text = order(OtherDomains::Needed).await;
    assert_eq!(lines(&text, "called ldaps://dc1."), ["b.asia.contoso.com:636", "south.contoso.com:636"]);
    assert_eq!(order(OtherDomains::None).await, "");
}

#[tokio::test]
async fn one_that_cannot_be_asked_hides_no_other() {
    let mut it = forest(&["asia", "europe"]);
    it.down = vec!["dc1.asia.contoso.com"];
    insta::assert_snapshot!(it.run().await, @r"
    called ldaps://dc1.asia.contoso.com:636
    called ldaps://dc1.europe.contoso.com:636
    kept directory/europe.contoso.com/accounts.ldif from ldaps://dc1.europe.contoso.com:636/DC=europe,DC=contoso,DC=com
    kept directory/europe.contoso.com/groups.ldif from ldaps://dc1.europe.contoso.com:636/DC=europe,DC=contoso,DC=com
    missed directory/asia.contoso.com/accounts.ldif from ldaps://dc1.asia.contoso.com:636: the directory dc1.asia.contoso.com cannot be asked: no answer in time; accounts and groups of asia.contoso.com are not in the bundle
    missed directory/asia.contoso.com/groups.ldif from ldaps://dc1.asia.contoso.com:636: the directory dc1.asia.contoso.com cannot be asked: no answer in time; accounts and groups of asia.contoso.com are not in the bundle
    ");
    let mut it = forest(&["asia"]);
    it.controllers.clear();
    insta::assert_snapshot!(it.run().await, @r"
    missed directory/asia.contoso.com/accounts.ldif from ldaps://dc01.contoso.com:1636: the directory names no controller of this domain; accounts and groups of asia.contoso.com are not in the bundle
    missed directory/asia.contoso.com/groups.ldif from ldaps://dc01.contoso.com:1636: the directory names no controller of this domain; accounts and groups of asia.contoso.com are not in the bundle
    ");
}

#[tokio::test]
async fn of_the_controllers_of_a_domain_four_are_asked_the_nearest_that_may_write_first() {
    let mut it = forest(&["asia"]);
    let of = |host: &str, site: &str, writes| (host.to_owned(), "asia".to_owned(), site.to_owned(), writes);
    it.controllers =
        vec![of("dc1", "Away", true), of("dc2", "Here", false), of("dc3", "Here", true), of("dc4", "Away", true), of("dc5", "Here", true)];
    it.down = vec!["dc1.asia.contoso.com", "dc3.asia.contoso.com", "dc4.asia.contoso.com", "dc5.asia.contoso.com"];
    let text = it.run().await;
    assert_eq!(lines(&text, "called ldaps://"), ["dc3", "dc5", "dc1", "dc4"].map(|dc| format!("{dc}.asia.contoso.com:636")));
    assert!(text.contains("no answer in time; 1 more controllers of this domain were not asked; accounts and groups of asia"), "{text}");
}

#[tokio::test]
async fn a_controller_that_was_named_is_asked_first_and_says_of_which_domain_it_is() {
    let mut it = forest(&["asia", "europe"]);
    it.others = vec!["ldaps://ldap.europe.example:10636"];
    it.strangers = vec![("ldap.europe.example", "europe", CONFIGURATION)];
    let text = it.run().await;
    assert_eq!(lines(&text, "called ldaps://"), ["ldap.europe.example:10636", "dc1.asia.contoso.com:636"]);
    assert!(
        text.contains("kept directory/europe.contoso.com/groups.ldif from ldaps://ldap.europe.example:10636/DC=europe,DC=contoso,DC=com")
    );
    // Down, others of the domain that its name stands in are asked for it.
    let mut it = forest(&["europe"]);
    (it.others, it.which) = (vec!["ldaps://old.europe.contoso.com"], OtherDomains::None);
    let text = it.run().await;
    assert_eq!(lines(&text, "called ldaps://"), ["old.europe.contoso.com:636", "dc1.europe.contoso.com:636"]);
    assert_eq!((lines(&text, "kept").len(), lines(&text, "missed").len()), (2, 0), "{text}");
}

#[tokio::test]
async fn a_controller_of_the_same_domain_or_of_another_forest_is_told_and_not_asked() {
    let mut it = forest(&[]);
    it.others = vec!["ldaps://dc02.contoso.com", "ldaps://dc1.asia.contoso.com", "ldaps://gone.fabrikam.com"];
    let fabrikam = "CN=Configuration,DC=fabrikam,DC=com";
    it.strangers = vec![("dc02.contoso.com", "", CONFIGURATION), ("dc1.asia.contoso.com", "asia", fabrikam)];
    insta::assert_snapshot!(it.run().await, @r"
    called ldaps://dc02.contoso.com:636
    called ldaps://dc1.asia.contoso.com:636
    called ldaps://gone.fabrikam.com:636
    missed directory/asia.contoso.com/accounts.ldif from ldaps://dc1.asia.contoso.com:636: it is a controller of another forest: give that a bundle of its own; accounts and groups of asia.contoso.com are not in the bundle
    missed directory/asia.contoso.com/groups.ldif from ldaps://dc1.asia.contoso.com:636: it is a controller of another forest: give that a bundle of its own; accounts and groups of asia.contoso.com are not in the bundle
    missed directory/(gone.fabrikam.com) from ldaps://gone.fabrikam.com:636: the directory gone.fabrikam.com cannot be asked: no answer in time; of which domain it is, only it could tell
    told ldaps://dc02.contoso.com:636 was not asked: it is a controller of the domain that is asked at ldaps://dc01.contoso.com:1636 already
    ");
}

#[tokio::test]
async fn without_the_first_one_those_that_were_named_are_asked() {
    let mut it = forest(&["asia", "europe"]);
    (it.main, it.others) = (false, vec!["ldaps://dc1.asia.contoso.com"]);
    insta::assert_snapshot!(it.run().await, @r"
    called ldaps://dc1.asia.contoso.com:636
    called ldaps://dc1.europe.contoso.com:636
    kept directory/domains.ldif from ldaps://dc1.asia.contoso.com:636/CN=Partitions,CN=Configuration,DC=contoso,DC=com
    kept directory/asia.contoso.com/accounts.ldif from ldaps://dc1.asia.contoso.com:636/DC=asia,DC=contoso,DC=com
    kept directory/asia.contoso.com/groups.ldif from ldaps://dc1.asia.contoso.com:636/DC=asia,DC=contoso,DC=com
    kept directory/europe.contoso.com/accounts.ldif from ldaps://dc1.europe.contoso.com:636/DC=europe,DC=contoso,DC=com
    kept directory/europe.contoso.com/groups.ldif from ldaps://dc1.europe.contoso.com:636/DC=europe,DC=contoso,DC=com
    missed directory/accounts.ldif from ldaps://dc01.contoso.com:1636: the directory names no controller of this domain; accounts and groups of contoso.com are not in the bundle
    missed directory/groups.ldif from ldaps://dc01.contoso.com:1636: the directory names no controller of this domain; accounts and groups of contoso.com are not in the bundle
    ");
}

#[tokio::test]
async fn what_is_there_is_not_fetched_again() {
    let mut it = forest(&["asia", "europe"]);
    it.there = ["asia/accounts", "asia/groups", "europe/groups"]
        .map(|f| f.replace('/', ".contoso.com/"))
        .map(|f| (format!("directory/{f}.ldif"), String::new()))
        .to_vec();
    let text = it.run().await;
    assert_eq!(lines(&text, "called ldaps://"), ["dc1.europe.contoso.com:636"]);
    assert_eq!(lines(&text, "kept ").len(), 1, "{text}");
}

#[tokio::test]
async fn tickets_reach_the_operators_own_domain_alone() {
    let mut it = forest(&["asia"]);
    it.ticket = true;
    let text = it.run().await;
    assert_eq!(lines(&text, "called"), [""; 0]);
    assert!(lines(&text, "missed ")[0].contains("tickets are taken in the operator's own domain only"), "{text}");
}

#[tokio::test]
async fn at_most_so_many_domains_are_asked_and_the_rest_is_told() {
    let labels: Vec<String> = (0..35).map(|n| format!("d{n:02}")).collect();
    let mut it = forest(&labels.iter().map(String::as_str).collect::<Vec<_>>());
    it.needed = vec!["D34"];
    let text = it.run().await;
    let called = lines(&text, "called ldaps://dc1.");
    assert_eq!((called.len(), called[0]), (32, "d34.contoso.com:636"));
    let missed = lines(&text, "missed directory/");
    assert_eq!(missed.len(), 6, "{text}");
    assert!(missed[0].starts_with("d31.contoso.com/accounts.ldif") && missed[0].contains("at most 32 other domains are asked"), "{text}");
}

#[test]
fn files_stay_in_their_folder_whatever_a_domain_is_called() {
    assert_eq!(folder_of("asia.contoso.com"), "asia.contoso.com");
    assert_eq!(folder_of("../../etc"), "__2e_2e_2f_2e_2e_2fetc");
    assert_eq!(folder_of(""), "_");
    // Two names, two folders.
    assert_ne!(folder_of("m\u{fc}ller.example"), folder_of("m\u{f6}ller.example"));
    assert_ne!(folder_of("a_b.example"), folder_of("a.b.example"));
    assert_ne!(folder_of("a_b.example"), folder_of("a b.example"));
}
