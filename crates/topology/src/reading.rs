//! One entry for all XML forms.

use crate::context::Context;
use crate::model::{Deployment, Form};
use crate::{Assignment, ManagementLog, ObjectFacts, SimpleUrl, XmlForm};
use crate::{anchored, assignment, builder, doc_item_set, management_log, published, simple_url, sniff_xml};
use kerbsync_source::Problem;
use kerbsync_xml::Document;

/// What one document gave.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// A whole deployment.
    pub deployment: Option<Deployment>,
    /// Objects of `Get-CsPool` and the like, to be put together with those of other documents.
    pub objects: Option<ObjectFacts>,
    /// Assignments of Kerberos accounts.
    pub assignments: Vec<Assignment>,
    /// Whether the document is an export of all assignments: a site that it leaves out has none.
    pub assignments_exported: bool,
    /// Whether an assignment of the document could not be read: a site that seems to have none may have that one.
    pub assignments_left_out: bool,
    /// Simple URLs of a configuration document (those of a builder file are in its deployment).
    pub simple_urls: Vec<SimpleUrl>,
    /// A report of a management cmdlet.
    pub log: Option<ManagementLog>,
}

impl Reading {
    /// An empty export of the assignments: no site has an account.
    #[must_use]
    pub fn no_assignments() -> Self {
        Self { assignments_exported: true, ..Self::default() }
    }

    /// About how many bytes of memory it takes, with what is made of it.
    #[must_use]
    pub fn weight(&self) -> usize {
        /// A fact with the texts and places that belong to it.
        const FACT: usize = 600;
        /// What rules make of an assignment takes as much as so many facts.
        const ASSIGNMENT: usize = 40;
        /// What a deployment takes without any fact.
        const EMPTY: usize = 24 << 10;
        let deployment = |d: &Deployment| {
            let machines: usize = d.clusters.iter().map(|c| c.machines.len()).sum();
            let needs: usize = d.services.iter().map(|s| s.depends_on.len() + s.web_ports.len()).sum();
            d.sip_domains.len()
                + d.sites.len()
                + d.clusters.len()
                + machines
                + d.sql_instances.len()
                + 2 * d.services.len()
                + needs
                + d.simple_urls.len()
        };
        let log = |l: &ManagementLog| l.entries.len() + l.unassigned_sites.len() + l.spns.len() + l.verdicts.len();
        let facts = self.deployment.as_ref().map_or(0, deployment)
            + self.objects.as_ref().map_or(0, ObjectFacts::len)
            + ASSIGNMENT * self.assignments.len()
            + self.simple_urls.len()
            + self.log.as_ref().map_or(0, log);
        let texts: usize = self.log.iter().flat_map(|l| &l.entries).map(|e| e.message.as_str().len()).sum();
        EMPTY + FACT * facts + 2 * texts
    }

    /// An export of which an assignment was left out does not hold all of them.
    pub(crate) fn doubt_completeness(&mut self) {
        self.assignments_exported &= !self.assignments_left_out;
    }

    /// Whether the document gave nothing that matters.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.deployment.is_none()
            && self.objects.is_none()
            && self.assignments.is_empty()
            && !self.assignments_exported
            && self.simple_urls.is_empty()
            && self.log.is_none()
    }
}

/// Reads a document of one of this crate's forms; `None` when it is none of them (`Clixml`, `Html` and `Configuration` are not read here).
#[must_use]
pub fn read_xml(document: &Document, problems: &mut Vec<Problem>) -> Option<Reading> {
    let form = sniff_xml(document)?;
    let mut context = Context::new(document.source().document(), problems);
    read_with(document, form, &mut context)
}

/// Reads XML that stands as text within another document.
pub(crate) fn read_within(document: &Document, context: &mut Context<'_>) -> Option<Reading> {
    let form = sniff_xml(document)?;
    read_with(document, form, context)
}

fn read_with(document: &Document, form: XmlForm, context: &mut Context<'_>) -> Option<Reading> {
    let root = document.root();
    let mut reading = Reading::default();
    match form {
        XmlForm::Topology => reading.deployment = Some(published::read(root, Form::Published, context)),
        XmlForm::TopologyBuilder => reading.deployment = builder::read(root, context),
        XmlForm::AnchoredXml => anchored::read(root, context, &mut reading),
        XmlForm::DocItemSet => doc_item_set::read(root, context, &mut reading),
        XmlForm::KerberosAccountAssignment => reading.assignments.extend(assignment::read_alone(root, context)),
        XmlForm::SimpleUrlConfiguration => reading.simple_urls = simple_url::read(root, context),
        XmlForm::ManagementLog => reading.log = Some(management_log::read(root, context)),
        XmlForm::Html | XmlForm::Clixml | XmlForm::Configuration => return None,
    }
    reading.keep_within_bounds(context);
    reading.doubt_completeness();
    reading.deployment.iter_mut().for_each(Deployment::pack_origins);
    Some(reading)
}
