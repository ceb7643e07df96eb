//! Places of a document for people: origin, element path and a masked line.

use crate::{Document, Element};
use kerbsync_source::{Origin, REDACTED, Span, is_secret_name};
use std::fmt::Write as _;
use std::sync::Arc;

impl Element<'_> {
    /// The element as a path from the root, with the key attribute that tells siblings apart:
    /// `configuration/location[@path='Site']/system.webServer`.
    #[must_use]
    pub fn path_from_root(&self) -> String {
        let mut steps: Vec<Element<'_>> = self.ancestors().collect();
        steps.reverse();
        steps.push(*self);
        let mut out = String::new();
        for step in steps {
            if !out.is_empty() {
                out.push('/');
            }
            out.push_str(step.local_name());
            let key = ["path", "name", "Name", "SiteId", "Fqdn", "value"].iter().find_map(|k| step.attribute(k));
            if let Some(key) = key.filter(|k| !is_secret_name(k.name()) && k.name() != "value" && k.raw_value().len() <= 120) {
                // Writing to a String cannot fail.
                let _ = write!(out, "[@{}='{}']", key.name(), key.value());
            }
        }
        out
    }

    /// Origin of the start tag.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.document.origin(self.start_tag(), *self, None)
    }

    /// Origin of an attribute's value; of the start tag where there is no such attribute.
    #[must_use]
    pub fn attribute_origin(&self, name: &str) -> Origin {
        match self.attribute(name) {
            Some(a) => self.document.origin(a.span(), *self, Some(name)),
            None => self.origin(),
        }
    }
}

impl Document {
    /// The origin of a span that belongs to an element, with a masked excerpt of its line.
    #[must_use]
    pub fn origin(&self, span: Span, element: Element<'_>, attribute: Option<&str>) -> Origin {
        let mut path = element.path_from_root();
        if let Some(name) = attribute {
            path.push_str("/@");
            path.push_str(name);
        }
        Origin {
            document: self.source.document(),
            location: Some(self.source.location(span)),
            element: Arc::from(path),
            excerpt: Some(Arc::from(self.masked_line(span.start))),
        }
    }

    /// The line that holds a text offset, with every secret-looking attribute value and all text of secret-looking elements
    /// masked, also where a value began on an earlier line.
    #[must_use]
    pub fn masked_line(&self, offset: usize) -> String {
        let text = self.source.text();
        let line = self.source.line_text(offset);
        let start = line.as_ptr() as usize - text.as_ptr() as usize;
        let end = start + line.len();
        let mut masks: Vec<Span> = Vec::new();
        // Elements are in document order: the first that may reach into the line is the last whose start tag begins before it.
        let first = self.nodes.partition_point(|n| (n.start_end as usize) <= start);
        for id in first.saturating_sub(1)..self.nodes.len() {
            let Some(element) = u32::try_from(id).ok().and_then(|id| self.element(crate::NodeId(id))) else { break };
            if element.start_tag().start >= end {
                break;
            }
            for a in element.attributes() {
                if is_secret_name(a.name()) || a.raw_value().to_ascii_lowercase().contains("[enc:") || secret_pair(element, a.name()) {
                    masks.push(a.value_span());
                }
            }
        }
        let mut holder = self.nodes.partition_point(|n| (n.start as usize) < end).checked_sub(1);
        while let Some(element) = holder.and_then(|id| u32::try_from(id).ok()).and_then(|id| self.element(crate::NodeId(id))) {
            // Text content of elements named like secrets, on this line or reaching into it.
            if is_secret_name(element.local_name())
                && let Some(content) = element.content_span()
            {
                masks.push(content);
            }
            if element.span().end <= start && element.parent().is_none() {
                break;
            }
            holder = if element.span().start > start {
                element.id.0.checked_sub(1).map(|i| i as usize)
            } else {
                element.parent().map(|p| p.id.0 as usize)
            };
        }
        masks.sort_unstable();
        let mut out = String::with_capacity(line.len());
        let mut at = start;
        for mask in masks {
            let (from, to) = (mask.start.clamp(at, end), mask.end.clamp(at, end));
            if from < to {
                out.push_str(&text[at..from]);
                out.push_str(REDACTED);
                at = to;
            }
        }
        out.push_str(&text[at..end]);
        out
    }
}

/// `value` beside a `name` or `key` that names a secret: `<add name="DbPassword" value="…">`.
fn secret_pair(element: Element<'_>, attribute: &str) -> bool {
    attribute == "value" && ["name", "key"].iter().any(|k| element.attribute(k).is_some_and(|a| is_secret_name(&a.value())))
}
