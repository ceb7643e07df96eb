//! The files of -Report: a page, and the same as XML beside it.

use crate::failure::Failure;
use crate::output::{check_target, is_below, replace};
use kerbsync_report::format::cmdlet::CmdletReport;
use kerbsync_report::render::{management_log, page};
use std::path::{Path, PathBuf};

/// Where a report goes. Made before anything is read or written, so that nothing is done that could not be reported.
#[derive(Debug)]
pub(super) struct ReportFile {
    page: PathBuf,
    twin: PathBuf,
}

impl ReportFile {
    /// Checks the file of -Report. `bundle` is what the run is about: a report within it would be read as evidence later.
    pub(super) fn new(text: &str, bundle: &Path) -> Result<Self, Failure> {
        if !cfg!(windows) && of_windows(text) {
            return Err(Failure::usage(format!(
                "-Report '{text}' is a path of Windows, and this system has no such place; nothing was done"
            ))
            .hint("give a path of this system, such as -Report report.html"));
        }
        let page = PathBuf::from(text);
        let twin = page.with_extension("xml");
        if twin == page || page.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml")) {
            return Err(Failure::usage(format!(
                "-Report '{text}' is the page, and its XML twin would get the same name; nothing was done"
            ))
            .hint("give the page's name, such as -Report report.html; report.xml appears beside it"));
        }
        if is_below(&page, bundle) {
            return Err(Failure::usage(format!(
                "-Report '{text}' lies within the bundle, where an audit would read it as evidence; nothing was done"
            ))
            .hint("give it a place outside of the bundle"));
        }
        refuse_foreign(&twin)?;
        check_target(&page)?;
        check_target(&twin)?;
        Ok(Self { page, twin })
    }

    /// Writes both files.
    pub(super) fn write(&self, report: &CmdletReport) -> Result<(), Failure> {
        let twin = management_log(report).map_err(|e| Failure::usage(format!("the report cannot be put into XML: {e}")))?;
        replace(&self.page, page(report).as_bytes())?;
        replace(&self.twin, twin.as_bytes())
    }

    /// As the product says where its report is.
    pub(super) fn told(&self) -> String {
        format!("Detailed results can be found at \"{}\".", self.page.display())
    }
}

/// Refuses to write over a file that is no report of this kind: whoever names the page may not know of the twin.
fn refuse_foreign(twin: &Path) -> Result<(), Failure> {
    let is_link = twin.symlink_metadata().is_ok_and(|m| m.file_type().is_symlink());
    if !is_link && !twin.exists() {
        return Ok(());
    }
    let own = || {
        let store = kerbsync_store::open(twin).ok()?;
        let key = store.list().ok()?.entries.into_iter().next()?.key;
        let head = store.peek(&key, 1024).ok()?;
        Some(String::from_utf8_lossy(&head).contains("<CsMgmtLog"))
    };
    if !is_link && own() == Some(true) {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "'{}' is there already and is no report of a cmdlet, so it is not written over; nothing was done",
        twin.display()
    ))
    .hint("the page's XML twin gets that name: give the page another one"))
}

/// Whether a path can only be one of Windows: a drive, a share, or folders behind backslashes.
fn of_windows(text: &str) -> bool {
    let drive = matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    drive || text.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_windows_are_known() {
        for (text, windows) in [
            ("C:\\Logs\\x.html", true),
            ("c:x.html", true),
            ("\\\\server\\share\\x.html", true),
            ("logs\\x.html", true),
            ("logs/x.html", false),
            ("x.html", false),
            ("", false),
            ("1:x", false),
        ] {
            assert_eq!(of_windows(text), windows, "{text}");
        }
    }
}
