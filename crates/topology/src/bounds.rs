//! What is left out of a document since no deployment has so much of it: rules say something of each, and that is what memory is spent on.

use crate::context::Context;
use crate::model::Deployment;
use crate::{ManagementLog, Reading};
use kerbsync_source::{Origin, text};

/// Code of the problem of a document that holds more than any deployment has; it counts as read in part.
pub const TOO_MANY: &str = "too-many-facts";
const MAX_ASSIGNMENTS: usize = 4096;
/// Sites, and machines of all clusters.
const MAX_SITES: usize = few_in_tests(32_768);
/// Every web pool of one server takes 17 KB of an audit.
const MAX_CLUSTERS: usize = few_in_tests(24_576);
const MAX_SERVICES: usize = few_in_tests(65_536);
/// Entries of a report, and of each of its lists.
const MAX_ENTRIES: usize = few_in_tests(65_536);

/// The tests of this crate are there for how bounds work, not for how long it takes to reach them.
const fn few_in_tests(bound: usize) -> usize {
    if cfg!(test) { bound / 512 } else { bound }
}

impl Reading {
    /// Leaves out what no deployment has so many of, and tells it.
    pub(crate) fn keep_within_bounds(&mut self, context: &mut Context<'_>) {
        const REMEDY: &str = "Give an export of one deployment, and audit others by themselves.";
        if let Some(first) = self.assignments.get(MAX_ASSIGNMENTS) {
            let origin = first.origin.clone();
            context.error(
                TOO_MANY,
                &origin,
                text!("the document holds more than {MAX_ASSIGNMENTS} assignments: the rest is left out."),
                REMEDY,
            );
            self.assignments.truncate(MAX_ASSIGNMENTS);
            self.assignments_left_out = true;
        }
        if let Some(origin) = self.log.as_mut().and_then(ManagementLog::keep_within_bounds) {
            context.error(TOO_MANY, &origin, text!("the report holds more than {MAX_ENTRIES} entries: the rest is left out."), REMEDY);
        }
        if let Some(origin) = self.deployment.as_mut().and_then(Deployment::keep_within_bounds) {
            let message = text!(
                "the document holds more than {MAX_SITES} sites or machines, {MAX_CLUSTERS} clusters or {MAX_SERVICES} services: the rest is left out."
            );
            context.error(TOO_MANY, &origin, message, REMEDY);
        }
    }
}

impl Deployment {
    /// Leaves out what is too many; the place of the first such.
    fn keep_within_bounds(&mut self) -> Option<Origin> {
        let mut first = self.sites.get(MAX_SITES).map(|s| s.id.origin.clone());
        self.sites.truncate(MAX_SITES);
        first = first.or(self.clusters.get(MAX_CLUSTERS).map(|c| c.origin.clone()));
        self.clusters.truncate(MAX_CLUSTERS);
        let service = self.services.get(MAX_SERVICES).map(|s| s.host.origin.clone());
        self.services.truncate(MAX_SERVICES);
        let mut left = MAX_SITES;
        for cluster in &mut self.clusters {
            // A service that was left out may be on any of them.
            cluster.services_known &= service.is_none();
            first = first.or(cluster.machines.get(left).map(|m| m.fqdn.origin.clone()));
            cluster.machines_known &= cluster.machines.len() <= left;
            cluster.machines.truncate(left);
            left -= cluster.machines.len();
        }
        first = first.or(service);
        self.complete &= first.is_none();
        first
    }
}

impl ManagementLog {
    /// Leaves out what is too many; the place of the first such.
    fn keep_within_bounds(&mut self) -> Option<Origin> {
        let entry = self.entries.get(MAX_ENTRIES).map(|e| e.origin.clone());
        let site = self.unassigned_sites.get(MAX_ENTRIES).map(|s| s.origin.clone());
        let spn = self.spns.get(MAX_ENTRIES).map(|s| s.origin.clone());
        let verdict = self.verdicts.get(MAX_ENTRIES).map(|v| v.origin.clone());
        self.entries.truncate(MAX_ENTRIES);
        self.unassigned_sites.truncate(MAX_ENTRIES);
        self.spns.truncate(MAX_ENTRIES);
        self.verdicts.truncate(MAX_ENTRIES);
        entry.or(site).or(spn).or(verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::{DocumentId, Source};
    use kerbsync_xml::{Document, Limits};

    fn read(text: String) -> (Reading, Vec<&'static str>) {
        let mut problems = Vec::new();
        let document = Document::parse(Source::decode(DocumentId(0), text.into_bytes()).unwrap(), &Limits::default()).unwrap();
        let reading = crate::read_xml(&document, &mut problems).unwrap();
        (reading, problems.iter().filter(|p| p.code == TOO_MANY && p.location.is_some()).map(|p| p.code).collect())
    }

    fn topology(clusters: &str, services: &str) -> String {
        format!(
            "<Topology xmlns=\"urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008\"><Sites><CentralSite SiteId=\"1\"><Name>R</Name>\
             </CentralSite></Sites><Clusters>{clusters}</Clusters><Services>{services}</Services></Topology>"
        )
    }

    fn cluster(number: usize, machines: std::ops::Range<usize>) -> String {
        let machines: String = machines.map(|m| format!("<Machine OrdinalInCluster=\"{m}\" Fqdn=\"m{m}.c.com\"/>\n")).collect();
        format!("<Cluster Fqdn=\"p{number}.c.com\"><ClusterId SiteId=\"1\" Number=\"{number}\"/>{machines}</Cluster>")
    }

    #[test]
    fn machines_are_counted_over_all_clusters() {
        let all = [cluster(1, 0..MAX_SITES - 1), cluster(2, MAX_SITES..MAX_SITES + 3), cluster(3, 0..0)].concat();
        let (reading, told) = read(topology(&all, ""));
        let deployment = reading.deployment.unwrap();
        let machines: Vec<(usize, bool)> = deployment.clusters.iter().map(|c| (c.machines.len(), c.machines_known)).collect();
        assert_eq!(machines, [(MAX_SITES - 1, true), (1, false), (0, true)]);
        assert_eq!((told.len(), deployment.complete), (1, false));
        let (reading, told) = read(topology(&cluster(1, 0..MAX_SITES), ""));
        assert!(told.is_empty() && reading.deployment.unwrap().complete, "as many as there may be");
    }

    #[test]
    fn of_clusters_no_service_is_ruled_out_when_services_are_left_out() {
        let service =
            |n: usize| format!("<Service ServiceVersion=\"7\"><ServiceId SiteId=\"1\" RoleName=\"W\" Instance=\"{n}\"/></Service>\n");
        let services: String = (0..=MAX_SERVICES).map(service).collect();
        let (reading, told) = read(topology(&cluster(1, 0..1), &services));
        let deployment = reading.deployment.unwrap();
        assert_eq!((deployment.services.len(), told.len()), (MAX_SERVICES, 1));
        assert!(!deployment.complete && deployment.clusters.iter().all(|c| c.machines_known && !c.services_known));
    }

    #[test]
    fn entries_of_a_report_are_bounded() {
        let entries: String = (0..MAX_ENTRIES + 2).map(|n| format!("<Error>e{n}</Error>\n")).collect();
        let (reading, told) = read(format!("<CsMgmtLog Name=\"Enable-CsTopology\">{entries}</CsMgmtLog>"));
        assert_eq!((reading.log.unwrap().entries.len(), told.len()), (MAX_ENTRIES, 1));
    }
}
