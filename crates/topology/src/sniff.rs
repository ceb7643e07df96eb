//! What an XML document is, by its root.

use crate::context::PRODUCT_NAMESPACE;
use kerbsync_xml::Document;

/// Form of an XML document. File name and extension play no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum XmlForm {
    /// `Topology`.
    Topology,
    /// `TopologyBuilder`.
    TopologyBuilder,
    /// `AnchoredXml`: one configuration document of the Central Management store.
    AnchoredXml,
    /// `DocItemSet`: a set of such documents.
    DocItemSet,
    /// `KerberosAccountAssignment` alone, without the envelope that names the site.
    KerberosAccountAssignment,
    /// `SimpleUrlConfiguration` alone.
    SimpleUrlConfiguration,
    /// `CsMgmtLog`: report of a management cmdlet.
    ManagementLog,
    /// `html`: perhaps the report of a management cmdlet.
    Html,
    /// `Objs`: PowerShell objects. Read by `kerbsync-objects`.
    Clixml,
    /// `configuration`: IIS or .NET. Not read by this crate.
    Configuration,
}

/// The form of a document, by the local name of its root and its namespace; `None` for a root that means nothing here.
#[must_use]
pub fn sniff_xml(document: &Document) -> Option<XmlForm> {
    let root = document.root();
    let namespace = root.namespace();
    let product = namespace.as_deref().is_none_or(|n| n.starts_with(PRODUCT_NAMESPACE));
    Some(match root.local_name() {
        "Topology" if product => XmlForm::Topology,
        "TopologyBuilder" if product => XmlForm::TopologyBuilder,
        "AnchoredXml" if product => XmlForm::AnchoredXml,
        // Its namespace was never seen: the name decides.
        "DocItemSet" => XmlForm::DocItemSet,
        "KerberosAccountAssignment" if product => XmlForm::KerberosAccountAssignment,
        "SimpleUrlConfiguration" if product => XmlForm::SimpleUrlConfiguration,
        "CsMgmtLog" => XmlForm::ManagementLog,
        name if name.eq_ignore_ascii_case("html") => XmlForm::Html,
        "Objs" => XmlForm::Clixml,
        "configuration" => XmlForm::Configuration,
        _ => return None,
    })
}
