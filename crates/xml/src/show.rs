//! Places of a document for people: origin, element path and a masked line.

use crate::{Attribute, Document, Element, NodeId};
use kerbsync_source::{Origin, REDACTED, Span, Spot, is_secret_name, may_hold_secret};
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
        let Some((key, value)) = key.map(|(_, a)| (a.name(), a.value())) else { return };
        if value.len() <= 120 && !value.chars().any(char::is_control) && !may_hold_secret(&value) {
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

    /// The line that holds a text offset, with every secret-looking attribute value, all text of secret-looking elements, every comment that may
    /// hold a secret and every processing instruction masked, also where they began on an earlier line. Of a very long line only the
    /// neighbourhood of the offset is given, with `…` where it is cut;
    /// what is left out before it counts as masked.
    #[must_use]
    pub fn masked_line(&self, offset: usize) -> String {
        let text = self.source.text();
        let line = self.line_window(offset);
        let mut out = String::with_capacity(line.len() + 8);
        if line.start > 0 && !text[..line.start].ends_with(['\n', '\r']) {
            out.push('…');
            out.push_str(REDACTED);
        }
        let mut at = line.start;
        for mask in self.masks(line) {
            let (from, to) = (mask.start.clamp(at, line.end), mask.end.clamp(at, line.end));
            if from < to {
                out.push_str(&text[at..from]);
                out.push_str(REDACTED);
                at = to;
            }
        }
        out.push_str(&text[at..line.end]);
        if line.end < text.len() && !text[line.end..].starts_with(['\n', '\r']) {
            out.push('…');
        }
        out
    }

    /// The line around an offset, at most `WHOLE` bytes on either side; a side that is longer is cut to `CUT` bytes.
    fn line_window(&self, offset: usize) -> Span {
        /// More than any line of a real configuration (2,318 characters).
        const WHOLE: usize = 4096;
        const CUT: usize = 512;
        let wide = self.source.line_span(offset, WHOLE);
        let text = self.source.text();
        let starts = wide.start == 0 || text[..wide.start].ends_with(['\n', '\r']);
        let ends = wide.end == text.len() || text[wide.end..].starts_with(['\n', '\r']);
        if starts && ends {
            return wide;
        }
        let narrow = self.source.line_span(offset, CUT);
        Span::new(if starts { wide.start } else { narrow.start }, if ends { wide.end } else { narrow.end })
    }

    /// What must not be shown of a part of the text, in order. Reads the markup from the last start tag before the part on.
    fn masks(&self, part: Span) -> Vec<Span> {
        let text = self.source.text();
        let mut masks = Vec::new();
        let first = self.nodes.partition_point(|n| n.start as usize <= part.start).checked_sub(1);
        let mut next = first.unwrap_or(0);
        let mut at = first.map_or(0, |i| self.nodes[i].start as usize);
        // The element that holds the text at `at`.
        let mut holder = first.and_then(|i| self.by_index(i)?.parent());
        while at < part.end {
            let rest = &text[at..];
            if let Some(element) = self.by_index(next).filter(|e| e.span().start == at) {
                // The tag before the part is only where reading begins.
                if element.start_tag().end > part.start {
                    let all = hides_content(holder);
                    let secret = element.attributes().filter(|a| all || is_secret(element, a));
                    masks.extend(secret.map(|a| a.value_span()));
                }
                (at, next) = (element.start_tag().end, next + 1);
                holder = if element.end_tag().is_some() { Some(element) } else { holder };
            } else if rest.starts_with("</") {
                at += rest.find('>').map_or(rest.len(), |i| i + 1);
                holder = holder.and_then(|e| e.parent());
            } else {
                let (open, close) = match rest {
                    r if r.starts_with("<!--") => (4, "-->"),
                    r if r.starts_with("<![CDATA[") => (9, "]]>"),
                    r if r.starts_with("<?") => (2, "?>"),
                    _ => (0, "<"),
                };
                let body = Span::new(at + open, rest[open..].find(close).map_or(text.len(), |i| at + open + i));
                let content = &text[body.range()];
                let is_text = matches!(open, 0 | 9) && !content.trim().is_empty();
                // A processing instruction has no form that would tell a secret from other text; only the XML declaration is known.
                let is_instruction = open == 2 && !content.starts_with("xml ");
                if may_hold_secret(content) || is_instruction || (is_text && hides_content(holder)) {
                    masks.push(body);
                }
                at = body.end + if open > 0 { close.len() } else { 0 };
            }
        }
        masks
    }

    fn by_index(&self, index: usize) -> Option<Element<'_>> {
        self.element(NodeId(u32::try_from(index).ok()?))
    }
}

/// Whether an attribute may hold a secret: by its name, by its value, or as the `value` beside a `name` or `key` that names a secret.
fn is_secret(element: Element<'_>, attribute: &Attribute<'_>) -> bool {
    let pair = || attribute.local_name().eq_ignore_ascii_case("value") && names_secret(element, &["name", "key", "N"]);
    is_secret_name(attribute.name())
        || element.document().is_hidden(attribute.local_name())
        || may_hold_secret(&attribute.value())
        || pair()
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
    element.attributes().any(|a| keys.iter().any(|k| a.local_name().eq_ignore_ascii_case(k)) && is_secret_name(&a.value()))
}
