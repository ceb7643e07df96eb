//! Places of a document for people: origin, element path and a masked line.

use crate::{Attribute, Document, Element, NodeId};
use kerbsync_source::{Origin, REDACTED, Span, Spot, is_harmless, is_secret_name};
use std::sync::Arc;

/// What stands for a part of a line that is left out.
const LEFT_OUT: &str = "…";
/// As far on either side of a place its line is looked for.
const REACH: usize = 16 << 10;
/// Bytes of a path from which on steps are left out.
const LONGEST_PATH: usize = 768;
/// Bytes of an excerpt from which on only what is meant is added.
const LONGEST: usize = 1024;

impl Element<'_> {
    /// The element as a path from the root, with the key attribute that tells siblings apart:
    /// `configuration/location[@path='Site']/system.webServer`.
    #[must_use]
    pub fn path_from_root(&self) -> String {
        let mut steps: Vec<Element<'_>> = self.ancestors().collect();
        steps.reverse();
        steps.push(*self);
        let mut out = String::new();
        let mut left_out = false;
        for (i, step) in steps.iter().enumerate() {
            // Of a path without end the beginning is told, and the element itself.
            if out.len() > LONGEST_PATH && i + 1 < steps.len() {
                if !std::mem::replace(&mut left_out, true) {
                    out.push_str("/…");
                }
                continue;
            }
            if !out.is_empty() {
                out.push('/');
            }
            step.push_path_step(&mut out);
        }
        out
    }

    /// Appends the last step of [`Self::path_from_root`]: the name, and the key attribute where there is one. For callers that ask for the
    /// paths of many siblings and keep that of their parent.
    pub fn push_path_step(&self, out: &mut String) {
        out.push_str(self.local_name());
        let rank = |name: &str| match name {
            "path" => Some(0),
            "name" => Some(1),
            "Name" => Some(2),
            "SiteId" => Some(3),
            "Fqdn" => Some(4),
            _ => None,
        };
        let key = self
            .attributes()
            .filter_map(|a| Some((rank(a.name())?, a)))
            .filter(|(_, a)| !self.document.is_hidden(a.name()))
            .min_by_key(|(rank, _)| *rank);
        let Some((key, value)) = key.filter(|(_, a)| a.raw_value().len() <= 120).map(|(_, a)| (a.name(), a.value())) else { return };
        if !value.chars().any(kerbsync_source::steers) && is_harmless(key, &value) {
            let quote = if value.contains('\'') { "\"" } else { "'" };
            out.extend(["[@", key, "=", quote, &*value, quote, "]"]);
        }
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
        let (location, excerpt) = (Some(self.source.location(span)), Some(Arc::from(self.masked_line(span.start))));
        Origin::new(self.source.document(), Spot { location, element: Arc::from(path), excerpt })
    }

    /// Of the line that holds a text offset: the tag that the offset stands in, else the first tag of the line, as [`Self::masked_part`] shows it.
    #[must_use]
    pub fn masked_line(&self, offset: usize) -> String {
        let line = self.source.line_span(offset, REACH);
        let at = offset.clamp(line.start, line.end);
        let holder = self.tag_at(at);
        let part = match holder {
            Some(tag) if tag.start < line.end => Span::new(at.max(tag.start), tag.end.min(line.end).max(at + 1)),
            _ => {
                let first = self.nodes.partition_point(|n| (n.start as usize) < line.start);
                let next = self.by_index(first).map(|e| e.start_tag()).filter(|t| t.start < line.end);
                next.map_or(Span::new(at, at), |t| Span::new(t.start, t.start + 1))
            }
        };
        self.masked_part(line, part)
    }

    /// A line, of which only the tags are shown that a part of it meets: the names of their element and attributes, and values of attributes
    /// that are [known to be harmless](is_harmless). Every other value is masked, and everything else is left out with `…` in its place.
    #[must_use]
    pub fn masked_part(&self, line: Span, part: Span) -> String {
        let text = self.source.text();
        let mut out = String::new();
        let mut at = line.start;
        let indent = text[line.range()].len() - text[line.range()].trim_start().len();
        out.push_str(&text[line.start..line.start + indent]);
        at += indent;
        let first = self.nodes.partition_point(|n| n.start as usize <= part.start).saturating_sub(1);
        for element in (first..).map_while(|i| self.by_index(i)) {
            let tag = element.start_tag();
            if tag.start >= part.end.max(part.start + 1) || tag.start >= line.end {
                break;
            }
            if tag.end <= part.start.max(line.start) {
                continue;
            }
            if out.len() > LONGEST {
                break;
            }
            if tag.start > at {
                out.push_str(LEFT_OUT);
            }
            self.push_tag(element, line, part, &mut out);
            at = tag.end.min(line.end);
        }
        // End tags hold a name alone.
        let rest = text[at..line.end].trim();
        if rest.strip_prefix("</").and_then(|r| r.strip_suffix('>')).is_some_and(crate::is_name) {
            out.push_str(rest);
        } else if !rest.is_empty() {
            out.push_str(LEFT_OUT);
        }
        out
    }

    /// As much of a start tag as stands on a line, its values masked unless they are harmless.
    fn push_tag(&self, element: Element<'_>, line: Span, part: Span, out: &mut String) {
        let text = self.source.text();
        let tag = element.start_tag();
        let all = hides_content(Some(element));
        let mut at = tag.start.max(line.start);
        let mut skipped = false;
        for a in element.attributes() {
            let (value, span) = (a.value_span(), a.span());
            if span.end <= line.start || span.start >= line.end {
                continue;
            }
            // Of a tag of hundreds of attributes those are shown that are meant.
            let meant = span.start < part.end && span.end > part.start;
            if out.len() > LONGEST && !meant {
                skipped = true;
                at = span.end;
                continue;
            }
            if skipped {
                out.push_str(LEFT_OUT);
                skipped = false;
            }
            if at < value.start {
                out.push_str(&text[at..value.start.min(line.end)]);
            }
            let shown = !all && !value.is_empty() && is_shown(element, &a);
            if value.end > line.start && value.start < line.end && !value.is_empty() {
                out.push_str(if shown && value.start >= line.start && value.end <= line.end { a.raw_value() } else { REDACTED });
            }
            at = value.end.max(at);
        }
        if skipped {
            out.push_str(LEFT_OUT);
        }
        if at < tag.end.min(line.end) {
            out.push_str(&text[at..tag.end.min(line.end)]);
        }
    }

    /// The start tag that an offset stands in.
    fn tag_at(&self, offset: usize) -> Option<Span> {
        let before = self.nodes.partition_point(|n| n.start as usize <= offset).checked_sub(1)?;
        self.by_index(before).map(|e| e.start_tag()).filter(|tag| offset < tag.end)
    }

    fn by_index(&self, index: usize) -> Option<Element<'_>> {
        self.element(NodeId(u32::try_from(index).ok()?))
    }
}

/// Whether the value of an attribute may be shown: it is harmless, was not declared a secret, and steers no screen.
fn is_shown(element: Element<'_>, attribute: &Attribute<'_>) -> bool {
    let declares = attribute.local_name() == "xmlns" || attribute.name().starts_with("xmlns:");
    let value = attribute.value();
    let namespace = declares
        && (value.starts_with("urn:") || value.starts_with("http://schemas.microsoft.com/"))
        && value.len() < 200
        && !kerbsync_source::may_hold_secret(&value)
        && !value.contains(['?', '@', '=']);
    !element.document().is_hidden(attribute.local_name())
        && (namespace || is_harmless(attribute.name(), &value))
        && !value.chars().any(kerbsync_source::steers)
}

/// Whether what stands in an element must not be shown, because of its name or of one around it. Clixml names a property in `N`, and its `SS`
/// holds an encrypted string.
fn hides_content(holder: Option<Element<'_>>) -> bool {
    let hides = |e: Element<'_>| {
        is_secret_name(e.local_name())
            || e.document().is_hidden(e.local_name())
            || e.local_name() == "SS"
            || names_secret(e, &["N"])
            || (e.children().next().is_none() && names_secret(e, &["name", "key"]))
    };
    std::iter::successors(holder, Element::parent).any(hides)
}

fn names_secret(element: Element<'_>, keys: &[&str]) -> bool {
    // What is longer is no name; it is not looked through for every place that is shown.
    let names = |a: &Attribute<'_>| a.raw_value().len() > LONGEST || is_secret_name(&a.value());
    element.attributes().any(|a| keys.iter().any(|k| a.local_name().eq_ignore_ascii_case(k)) && names(&a))
}
