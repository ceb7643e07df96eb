//! Reports of management cmdlets: the `CsMgmtLog` XML that appears beside the HTML of `-Report`.
//!
//! The envelope, the sentences about SPNs and unassigned sites and the triple of an error are those of real reports. What
//! Enable-CsTopology writes for a site **with** an account, and the whole report of Test-CsKerberosAccountAssignment, were never seen:
//! both are written as they are inferred to be, from the documented error texts.

use crate::deployment::{Cluster, Deployment};
use crate::xml::Xml;
use jiff::{SignedDuration, Timestamp};

/// What Enable-CsTopology found or did for one SPN of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spn {
    /// Id of the site and number of the cluster.
    pub cluster: (String, u32),
    /// The SPN.
    pub name: String,
    /// Distinguished name of the object.
    pub object: String,
    /// Whether it was added now; else it was there already.
    pub added: bool,
}

/// An error as reports write it: title, short text, long text, advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Title, such as `ServiceStartFailed`.
    pub title: String,
    /// One sentence.
    pub short: String,
    /// With names.
    pub long: String,
    /// What to do.
    pub advice: String,
}

/// What Test-CsKerberosAccountAssignment says about one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// The server.
    pub server: String,
    /// Whether it is in order.
    pub valid: bool,
}

/// A clock that goes on by a second every few entries.
struct Clock {
    start: Timestamp,
    entries: i64,
}

impl Clock {
    fn next(&mut self) -> String {
        self.entries += 1;
        let time = self.start.saturating_add(SignedDuration::from_secs(self.entries / 6)).unwrap_or(self.start);
        time.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
    }
}

struct Log {
    xml: Xml,
    clock: Clock,
}

impl Log {
    fn info(&mut self, title: Option<&str>, text: &str) {
        self.entry("Info", title, text);
    }

    fn entry(&mut self, element: &str, title: Option<&str>, text: &str) {
        let time = self.clock.next();
        let mut a: Vec<(&str, &str)> = title.map(|t| ("Title", t)).into_iter().collect();
        a.push(("Time", &time));
        self.xml.text(element, &a, text);
    }

    fn failure(&mut self, f: &Failure) {
        self.entry("Error", Some(&f.title), &f.short);
        self.info(Some(&f.title), &f.long);
        self.info(Some(&format!("{}Resolution", f.title)), &f.advice);
    }

    fn action(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        let time = self.clock.next();
        // the xml value is taken out while the children are written, so that they can use the clock too
        let mut xml = std::mem::take(&mut self.xml);
        xml.nest("Action", &[("Name", name), ("Time", &time)], |x| {
            std::mem::swap(x, &mut self.xml);
            inner(self);
            let time = self.clock.next();
            self.xml.leaf("Complete", &[("Time", &time)]);
            std::mem::swap(x, &mut self.xml);
        });
        self.xml = xml;
    }
}

fn report(cmdlet: &str, start: Timestamp, inner: impl FnOnce(&mut Log)) -> String {
    let mut outer = Xml::default();
    outer.raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    outer.nest("CsMgmtLog", &[("Name", cmdlet)], |x| {
        let mut log = Log { xml: Xml::default(), clock: Clock { start, entries: 0 } };
        std::mem::swap(x, &mut log.xml);
        inner(&mut log);
        log.info(Some("Command Status"), "Command processing is complete.");
        log.info(Some("Command Status"), "Command run is complete.");
        std::mem::swap(x, &mut log.xml);
    });
    let mut text = outer.into_text();
    text.truncate(text.trim_end().len());
    text
}

/// A report of Enable-CsTopology. `unassigned` are ids of sites that had no account then.
#[must_use]
pub fn enable_topology(
    deployment: &Deployment,
    start: Timestamp,
    unassigned: &[String],
    spns: &[Spn],
    failure: Option<&Failure>,
) -> String {
    report("Enable-CSTopology", start, |log| {
        let first = deployment.clusters.first().map_or("", |c| &c.fqdn);
        let source =
            format!("Data Source={first}\\rtc;Initial Catalog=xds;Integrated Security=True;Application Name=Microsoft.Rtc.Management");
        log.info(Some("Connection"), &source);
        log.action("Get Forest State", |log| log.info(None, &format!("Root domain: {}.", deployment.sip_domain)));
        log.action("Global Activation", |log| {
            for site in &deployment.sites {
                log.action(&format!("Site {}", site.name), |log| {
                    for cluster in deployment.clusters_of(&site.id) {
                        log.action(&format!("Cluster {}", cluster.fqdn), |log| {
                            activate(log, cluster, unassigned.contains(&site.id), spns);
                        });
                    }
                });
            }
            if let Some(failure) = failure {
                log.failure(failure);
            }
        });
    })
}

fn activate(log: &mut Log, cluster: &Cluster, unassigned: bool, spns: &[Spn]) {
    if cluster.role.web().is_none() {
        return;
    }
    let pool = cluster.fqdn.as_str();
    log.action("Activate Services for Cluster", |log| {
        log.action(&format!("WebServer:{pool}"), |log| {
            log.info(Some("Role"), "WebServices:1");
            log.info(None, "Requires setup: True");
            log.action("Enable Service for Kerberos Account", |log| {
                if unassigned {
                    let missing = format!("The site {} is not assigned to a Kerberos account.", cluster.site);
                    log.info(Some("MissingObject"), &missing);
                    log.info(Some("MissingObject"), &missing);
                }
                for spn in spns.iter().filter(|s| s.cluster.0 == cluster.site && s.cluster.1 == cluster.number) {
                    let query =
                        format!("(&((|((ObjectClass Equal user)(ObjectClass Equal computer)))(servicePrincipalName Equal {})))", spn.name);
                    log.info(Some("Query"), &query);
                    if spn.added {
                        log.info(None, &format!("Adding Service principal name (SPN) \"{}\" to \"{}\".", spn.name, spn.object));
                        log.info(None, &format!("Service principal name (SPN) \"{}\" added to \"{}\".", spn.name, spn.object));
                    } else {
                        log.info(None, &format!("Service principal name (SPN) \"{}\" already exists in \"{}\".", spn.name, spn.object));
                    }
                }
            });
        });
    });
}

/// A report of Test-CsKerberosAccountAssignment for one site (the layout is inferred).
#[must_use]
pub fn test_assignment(site_name: &str, account: &str, start: Timestamp, servers: &[Tested], missing_spns: &[String]) -> String {
    report("Test-CsKerberosAccountAssignment", start, |log| {
        log.action(&format!("site:{site_name}"), |log| {
            for spn in missing_spns {
                log.failure(&Failure {
                    title: "ServicePrincipalNameError".to_owned(),
                    short: "A service principal name is missing.".to_owned(),
                    long: format!("The service principal name {spn} was not found on the container {account}."),
                    advice: "Run Enable-CsTopology.".to_owned(),
                });
            }
            for tested in servers {
                log.action(&tested.server, |log| {
                    if tested.valid {
                        log.info(Some("Result"), "Successful");
                    } else {
                        log.failure(&Failure {
                            title: "InvalidKerberosConfiguration".to_owned(),
                            short: "The Kerberos configuration is invalid.".to_owned(),
                            long: format!(
                                "The Kerberos configuration on {} is invalid. The expected assigned account is {account}. Ensure that the \
                                 account has not expired, and the configured password on the machine matches the Active Directory password \
                                 of the account.",
                                tested.server
                            ),
                            advice: "Run Set-CsKerberosAccountPassword.".to_owned(),
                        });
                    }
                });
            }
        });
    })
}

/// A report of another cmdlet that failed.
#[must_use]
pub fn failed(cmdlet: &str, action: &str, start: Timestamp, failure: &Failure) -> String {
    report(cmdlet, start, |log| log.action(action, |log| log.failure(failure)))
}
