//! A whole bundle of files in one text, and changes to it in another.
//!
//! ```text
//! //- topology/topology.xml
//! <Topology …
//! //- servers/fe01.contoso.com/applicationHost.config crlf
//! <configuration>…
//! ```
//!
//! A change names files of the bundle: `//- path` puts a whole file in place, `//x path` takes one away, and `//~ path` replaces text in one:
//! each `<<<` line is followed by the text to find, `===`, the text to put there, and `>>>`. A text to find must be there exactly once.

use crate::MemoryStore;
use std::collections::BTreeMap;

/// Files by path.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Bundle(pub BTreeMap<String, String>);

/// A fixture that does not say what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleError(pub String);

impl Bundle {
    /// Reads a bundle.
    ///
    /// # Errors
    /// Text before the first header, or a change where there is nothing to change.
    pub fn parse(text: &str) -> Result<Self, BundleError> {
        let mut bundle = Self::default();
        bundle.change(text)?;
        Ok(bundle)
    }

    /// Changes a bundle.
    ///
    /// # Errors
    /// A file that is not there, a text that is not there exactly once, a change that is not closed.
    pub fn change(&mut self, text: &str) -> Result<(), BundleError> {
        for (header, body) in sections(text)? {
            let (kind, rest) = header.split_at(3);
            let mut words = rest.split_whitespace();
            let path = words.next().ok_or_else(|| BundleError(format!("no path in '{header}'")))?.to_owned();
            let crlf = words.next() == Some("crlf");
            match kind {
                "//-" => {
                    let body = if crlf { body.replace('\n', "\r\n") } else { body };
                    self.0.insert(path, body);
                }
                "//x" => {
                    self.0.remove(&path).ok_or_else(|| BundleError(format!("no file {path} to take away")))?;
                }
                _ => {
                    let file = self.0.get_mut(&path).ok_or_else(|| BundleError(format!("no file {path} to change")))?;
                    replace(file, &body, &path)?;
                }
            }
        }
        Ok(())
    }

    /// The files as a store.
    #[must_use]
    pub fn store(&self) -> MemoryStore {
        self.0.iter().map(|(p, t)| (p.clone(), t.clone().into_bytes())).collect()
    }
}

fn sections(text: &str) -> Result<Vec<(&str, String)>, BundleError> {
    let mut sections: Vec<(&str, String)> = Vec::new();
    for line in text.lines() {
        if ["//- ", "//x ", "//~ "].iter().any(|p| line.starts_with(p)) {
            sections.push((line, String::new()));
        } else if let Some((_, body)) = sections.last_mut() {
            body.push_str(line);
            body.push('\n');
        } else if !line.trim().is_empty() && !line.starts_with('#') {
            return Err(BundleError(format!("text before the first header: {line}")));
        }
    }
    Ok(sections)
}

fn replace(file: &mut String, body: &str, path: &str) -> Result<(), BundleError> {
    let mut rest = body;
    while let Some((_, after)) = rest.split_once("<<<\n") {
        let malformed = || BundleError(format!("{path}: a change without === or >>>"));
        let (find, after) = after.split_once("===\n").ok_or_else(malformed)?;
        let (put, after) = after.split_once(">>>\n").ok_or_else(malformed)?;
        let crlf = file.contains("\r\n");
        let line_ends = |t: &str| if crlf { t.replace('\n', "\r\n") } else { t.to_owned() };
        let (find, put) = (line_ends(find), line_ends(put));
        if file.matches(&find).count() != 1 {
            return Err(BundleError(format!("{path}: the text to find is there {} times: {find}", file.matches(&find).count())));
        }
        *file = file.replacen(&find, &put, 1);
        rest = after;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_and_its_changes() {
        let mut b = Bundle::parse("# note\n//- a.xml crlf\n<a>\n  <b/>\n</a>\n//- c.txt\nx\n").unwrap();
        assert_eq!(b.0["a.xml"], "<a>\r\n  <b/>\r\n</a>\r\n");
        b.change("//~ a.xml\n<<<\n  <b/>\n===\n  <c/>\n>>>\n//x c.txt\n").unwrap();
        assert_eq!(b.0["a.xml"], "<a>\r\n  <c/>\r\n</a>\r\n");
        assert_eq!(b.0.len(), 1);
        assert!(b.change("//~ a.xml\n<<<\nnot there\n===\n>>>\n").is_err());
        assert!(b.change("//x c.txt\n").is_err());
    }
}
