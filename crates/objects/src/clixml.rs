//! Clixml, as `Export-Clixml` writes it (MS-PSRP).

use crate::Object;
use kerbsync_source::Problem;
use kerbsync_xml::Document;

/// The objects of a Clixml document.
#[must_use]
pub fn read_clixml(document: &Document, problems: &mut Vec<Problem>) -> Vec<Object> {
    let _ = (document, problems);
    Vec::new()
}
