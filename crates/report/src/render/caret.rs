//! Which part of a masked line to underline.

use super::super::format::Place;
use kerbsync_source::REDACTED;
use std::ops::Range;

/// The part of the excerpt that a place means, in bytes of the excerpt; `None` when masking makes it ambiguous.
///
/// A mask is longer or shorter than what it hides, so that columns behind the first mask mean nothing. There the attribute or element is
/// looked for by name, and taken only when the line has one of that name.
pub(super) fn underline(place: &Place, line: &str) -> Option<Range<usize>> {
    let start = place.column.and_then(|c| line.char_indices().nth((c as usize).checked_sub(1)?)).map(|(at, _)| at);
    let shifted = [REDACTED, "…"].iter().filter_map(|mask| line.find(mask)).any(|mask| start.is_none_or(|at| mask < at));
    let named: Vec<Range<usize>> = match place.element.as_deref().map(|e| e.rsplit_once("/@").map_or((e, None), |(e, a)| (e, Some(a)))) {
        Some((_, Some(attribute))) => attributes(line, attribute),
        Some((path, None)) => start_tags(line, last_step(path)),
        None => Vec::new(),
    };
    match named.as_slice() {
        [only] if shifted => return Some(only.clone()),
        _ if shifted => return None,
        _ => {}
    }
    let start = start?;
    if let Some(exact) = named.iter().find(|r| r.start == start) {
        return Some(exact.clone());
    }
    let length = usize::try_from(place.byte_end?.checked_sub(place.byte_start?)?).ok()?;
    let mut end = start.saturating_add(length.max(1)).min(line.len());
    while !line.is_char_boundary(end) {
        end += 1;
    }
    let end = start + line[start..end].trim_end().len();
    (start < end).then_some(start..end)
}

/// `processModel` of `configuration/system.applicationHost/…/processModel[@x='a/b']`.
fn last_step(path: &str) -> &str {
    let mut quoted = false;
    let mut from = 0;
    for (i, c) in path.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '/' if !quoted => from = i + 1,
            _ => {}
        }
    }
    let step = &path[from..];
    &step[..step.find('[').unwrap_or(step.len())]
}

/// Every `name="value"` of that name.
fn attributes(line: &str, name: &str) -> Vec<Range<usize>> {
    let found = line.match_indices(name).filter_map(|(at, _)| {
        if name.is_empty() || !line[..at].chars().next_back().is_none_or(char::is_whitespace) {
            return None;
        }
        let rest = line[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let value = line.len() - rest.len() + 1;
        let end = line[value..].find(quote).map_or(line.len(), |close| value + close + 1);
        Some(at..end)
    });
    found.collect()
}

/// Every start tag of an element of that name, with or without a prefix, as far as it stands on the line.
fn start_tags(line: &str, name: &str) -> Vec<Range<usize>> {
    let found = line.match_indices('<').filter_map(|(at, _)| {
        let tag = &line[at + 1..];
        let stop = tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(tag.len());
        let (found, mut quote) = (tag[..stop].rsplit(':').next()?, None);
        if name.is_empty() || found != name {
            return None;
        }
        let close = tag.char_indices().find(|&(_, c)| match (quote, c) {
            (None, '>') => true,
            (None, '"' | '\'') => {
                quote = Some(c);
                false
            }
            (Some(q), c) if q == c => {
                quote = None;
                false
            }
            _ => false,
        });
        Some(at..close.map_or(line.trim_end().len(), |(i, _)| at + 1 + i + 1))
    });
    found.filter(|r| r.start < r.end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A place that begins where the last `what` of the line stands.
    fn at(line: &str, what: &str, bytes: u64, element: &str) -> Place {
        let column = line[..line.rfind(what).unwrap()].chars().count() + 1;
        place(u32::try_from(column).unwrap(), bytes, element)
    }

    fn place(column: u32, bytes: u64, element: &str) -> Place {
        Place {
            path: "a.config".into(),
            line: Some(1),
            column: Some(column),
            end_line: None,
            end_column: None,
            byte_start: Some(1000),
            byte_end: Some(1000 + bytes),
            element: Some(element.to_owned().into()),
            note: None,
            excerpt: None,
        }
    }

    fn shown<'l>(line: &'l str, place: &Place) -> Option<&'l str> {
        underline(place, line).map(|r| &line[r])
    }

    #[test]
    fn an_attribute_at_its_column() {
        let line = r#"  <add name="a" value="1" /><add name="b" value="2" />"#;
        assert_eq!(shown(line, &at(line, "value", 9, "configuration/add[@name='b']/@value")), Some(r#"value="2""#));
    }

    #[test]
    fn behind_a_mask_the_name_decides_when_it_is_the_only_one() {
        let line = r#"<processModel password="***" userName="contoso\kerb" />"#;
        assert_eq!(shown(line, &place(70, 23, "add/processModel/@userName")), Some(r#"userName="contoso\kerb""#));
        assert_eq!(shown(line, &at(line, "password", 23, "add/processModel/@password")), Some(r#"password="***""#));
        let twice = r#"<a password="***" x="1"/><a x="2"/>"#;
        assert_eq!(shown(twice, &place(90, 5, "a/@x")), None);
    }

    #[test]
    fn an_element_is_its_start_tag() {
        let line = r#"<tp:Site SiteId="a/>b"><tp:Name>Röd</tp:Name>"#;
        assert_eq!(shown(line, &place(1, 3, "Topology/Site[@SiteId='a/>b']")), Some(r#"<tp:Site SiteId="a/>b">"#));
        assert_eq!(shown(line, &at(line, "<tp:Name", 3, "Topology/Site/Name")), Some("<tp:Name>"));
    }

    #[test]
    fn other_formats_use_the_column() {
        assert_eq!(shown("userAccountControl: 4098", &place(21, 4, "userAccountControl")), Some("4098"));
        assert_eq!(shown("userAccountControl: 4098", &place(21, 400, "userAccountControl")), Some("4098"));
        assert_eq!(shown("short", &place(21, 4, "userAccountControl")), None);
    }

    proptest! {
        #[test]
        fn any_line_and_place_give_a_part_of_the_line(line in r#"[<>/="' a:*é😀\[]{0,60}"#, column in 0u32..80, bytes in 0u64..100, element in r#"[a:/@\['é]{0,8}"#) {
            if let Some(r) = underline(&place(column, bytes, &element), &line) {
                prop_assert!(r.start < r.end && line.get(r).is_some());
            }
        }
    }
}
