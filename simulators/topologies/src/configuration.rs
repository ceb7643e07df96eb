//! Documents of the Central Management store: `AnchoredXml`, `DocItemSet`, and the zip of Export-CsConfiguration.
//!
//! The envelope was seen in real documents. The document of Kerberos account assignments and the inside of the zip were not: both are
//! written as they are inferred to be.

use crate::deployment::{Assignment, Deployment};
use crate::guid::guid;
use crate::published::published;
use crate::xml::Xml;
use std::io::Write;

const SCOPE: &str = "urn:schema:Microsoft.Rtc.Management.ScopeFramework.2008";
const KERBEROS: &str = "urn:schema:Microsoft.Rtc.Management.Settings.KerberosAccount.2008";
const TOPOLOGY: &str = "urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008";
const SIMPLE_URL: &str = "urn:schema:Microsoft.Rtc.Management.Settings.SimpleUrl.2008";
const ZERO: &str = "00000000-0000-0000-0000-000000000000";

/// Why an export could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the simulated Export-CsConfiguration archive could not be packed: {0}")]
pub struct ConfigurationError(#[from] zip::result::ZipError);

impl From<std::io::Error> for ConfigurationError {
    fn from(error: std::io::Error) -> Self {
        Self(error.into())
    }
}

/// One document of the store: a key, and items of a key and a payload each.
fn anchored(x: &mut Xml, namespace: &str, element: &str, scope: &str, items: &[(Option<&str>, String)]) {
    x.nest("AnchoredXml", &[("xmlns", SCOPE), ("SchemaWriteVersion", "1")], |x| {
        x.nest("Key", &[("ScopeClass", scope)], |x| {
            x.leaf("SchemaId", &[("Namespace", namespace), ("ElementName", element)]);
            x.leaf("AuthorityId", &[("Class", "Host"), ("InstanceId", ZERO)]);
        });
        x.nest("Dictionary", &[("Count", &items.len().to_string())], |x| {
            for (number, (site, payload)) in items.iter().enumerate() {
                x.nest("Item", &[], |x| {
                    match site {
                        Some(site) => x.leaf("Key", &[("SiteId", site)]),
                        None => x.leaf("Key", &[]),
                    }
                    x.nest("Value", &[("Signature", &guid(&format!("{element} {number} {payload}")))], |x| x.raw(payload));
                });
            }
        });
    });
}

fn assignment(a: &Assignment) -> String {
    let mut x = Xml::default();
    x.leaf("KerberosAccountAssignment", &[("xmlns", KERBEROS), ("UserAccount", &a.account)]);
    x.into_text()
}

/// The assignments as one `AnchoredXml` document of scope class Site (inferred). Lines end in `\n`.
#[must_use]
pub fn assignments_document(deployment: &Deployment) -> String {
    let mut x = Xml::default();
    assignments(&mut x, deployment);
    x.into_text()
}

fn assignments(x: &mut Xml, deployment: &Deployment) {
    let items: Vec<_> = deployment.assignments.iter().map(|a| (Some(a.site.as_str()), assignment(a))).collect();
    anchored(x, KERBEROS, "KerberosAccountAssignment", "Site", &items);
}

/// Topology, simple URLs and assignments as one `DocItemSet` (inferred from the sister export of user data). Lines end in `\n`.
#[must_use]
pub fn doc_item_set(deployment: &Deployment) -> String {
    let mut x = Xml::default();
    x.raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    x.nest("DocItemSet", &[("xmlns", "urn:schema:Microsoft.Rtc.Management.Xds.AppLayer.2008")], |x| {
        let mut item = |namespace: &str, element: &str, scope: &str, body: &mut dyn FnMut(&mut Xml)| {
            let name = format!("urn:xds:{{{namespace}}}{element},Host{{{ZERO}}},{scope}");
            x.nest("DocItem", &[("Name", &name)], |x| x.nest("Data", &[], |x| body(x)));
        };
        item(TOPOLOGY, "Topology", "Global", &mut |x| anchored(x, TOPOLOGY, "Topology", "Global", &[(None, published(deployment))]));
        item(SIMPLE_URL, "SimpleUrlConfiguration", "Global", &mut |x| {
            anchored(x, SIMPLE_URL, "SimpleUrlConfiguration", "Global", &[(None, simple_urls(deployment))]);
        });
        if !deployment.assignments.is_empty() {
            item(KERBEROS, "KerberosAccountAssignment", "Site", &mut |x| assignments(x, deployment));
        }
    });
    x.into_text()
}

fn simple_urls(deployment: &Deployment) -> String {
    let mut x = Xml::default();
    x.nest("SimpleUrlConfiguration", &[("xmlns", SIMPLE_URL), ("UseBackendDatabase", "true")], |x| {
        for u in &deployment.simple_urls {
            x.nest("SimpleUrl", &[("Component", &u.component), ("Domain", &u.domain), ("ActiveUrl", &u.url)], |x| {
                x.leaf("SimpleUrlEntry", &[("Url", &u.url)]);
            });
        }
    });
    x.into_text()
}

/// The zip of Export-CsConfiguration: an OPC package with `DocItemSet.xml` (inferred).
///
/// # Errors
/// When the archive cannot be packed.
pub fn configuration_export(deployment: &Deployment) -> Result<Vec<u8>, ConfigurationError> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    zip.start_file("DocItemSet.xml", options)?;
    zip.write_all(doc_item_set(deployment).as_bytes())?;
    zip.start_file("[Content_Types].xml", options)?;
    let mut x = Xml::default();
    x.raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    x.nest("Types", &[("xmlns", "http://schemas.openxmlformats.org/package/2006/content-types")], |x| {
        x.leaf("Default", &[("Extension", "xml"), ("ContentType", "text/xml")]);
    });
    zip.write_all(x.into_text().as_bytes())?;
    Ok(zip.finish()?.into_inner())
}
