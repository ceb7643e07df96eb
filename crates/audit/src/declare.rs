//! Declares a rule: its id is the name of its file, its manual page is its doc comment.

/// Declares `RULE` from a manual page and a few facts. The function `check` stands below it in the same file.
macro_rules! declare_rule {
    (
        $(#[doc = $doc:literal])+
        number: $number:literal,
        severity: $severity:ident,
        confidence: $confidence:ident,
        family: $family:ident,
        subject: $subject:ident,
        product_error: $product_error:expr,
        controls: $controls:expr,
        $(reads: [$($attribute:ident),* $(,)?],)?
        $(waivable: $waivable:literal,)?
        $(profile: $profile:ident,)?
    ) => {
        $(#[doc = $doc])+
        pub(crate) static RULE: $crate::Rule = {
            const PAGE: &str = concat!($($doc, "\n"),+);
            const ID_BYTES: [u8; $crate::declare::id_len(file!())] = $crate::declare::id_bytes(file!());
            const DOC_BYTES: [u8; $crate::declare::page_len(PAGE)] = $crate::declare::page_bytes(PAGE);
            const DOC: &str = $crate::declare::text(&DOC_BYTES);
            $crate::Rule {
                id: $crate::declare::text(&ID_BYTES),
                number: $number,
                title: $crate::declare::title(DOC),
                severity: $crate::Severity::$severity,
                confidence: $crate::Confidence::$confidence,
                family: $crate::Family::$family,
                subject: $crate::SubjectKind::$subject,
                product_error: $product_error,
                controls: &$controls,
                reads: &[$($($crate::Attribute::$attribute),*)?],
                doc: DOC,
                waivable: *$crate::declare::last(&[true, $($waivable)?]),
                profile: *$crate::declare::last(&[$crate::Profile::Default, $($crate::Profile::$profile)?]),
                check,
            }
        };
    };
}
pub(crate) use declare_rule;

/// The last of a list: a default, or what stands behind it.
pub(crate) const fn last<T>(list: &[T]) -> &T {
    &list[list.len() - 1]
}

/// Where the name of the file begins and ends in a path with `/` or `\`, without `.rs`.
const fn stem(path: &[u8]) -> (usize, usize) {
    let mut start = 0;
    let mut i = 0;
    while i < path.len() {
        if path[i] == b'/' || path[i] == b'\\' {
            start = i + 1;
        }
        i += 1;
    }
    (start, path.len() - ".rs".len())
}

pub(crate) const fn id_len(path: &str) -> usize {
    let (start, end) = stem(path.as_bytes());
    end - start
}

/// The name of the file with hyphens for underscores.
pub(crate) const fn id_bytes<const N: usize>(path: &str) -> [u8; N] {
    let path = path.as_bytes();
    let (start, _) = stem(path);
    let mut out = [0; N];
    let mut i = 0;
    while i < N {
        let byte = path[start + i];
        out[i] = if byte == b'_' { b'-' } else { byte };
        i += 1;
    }
    out
}

/// Whether the byte at `i` is the blank that a doc comment puts before each line.
const fn is_margin(page: &[u8], i: usize) -> bool {
    page[i] == b' ' && (i == 0 || page[i - 1] == b'\n')
}

pub(crate) const fn page_len(page: &str) -> usize {
    let page = page.as_bytes();
    let (mut i, mut n) = (0, 0);
    while i < page.len() {
        if !is_margin(page, i) {
            n += 1;
        }
        i += 1;
    }
    n
}

/// The manual page without the margin of its doc comment.
pub(crate) const fn page_bytes<const N: usize>(page: &str) -> [u8; N] {
    let page = page.as_bytes();
    let mut out = [0; N];
    let (mut i, mut n) = (0, 0);
    while i < page.len() {
        if !is_margin(page, i) {
            out[n] = page[i];
            n += 1;
        }
        i += 1;
    }
    out
}

/// The first line without its full stop.
pub(crate) const fn title(page: &str) -> &str {
    let bytes = page.as_bytes();
    let mut end = 0;
    while end < bytes.len() && bytes[end] != b'\n' {
        end += 1;
    }
    if end > 0 && bytes[end - 1] == b'.' {
        end -= 1;
    }
    page.split_at(end).0
}

/// Text that was cut at ASCII characters only, so that it stays UTF-8.
pub(crate) const fn text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_the_name_of_the_file() {
        const PATHS: [&str; 2] = ["crates/audit/src/rules/spn_missing.rs", "crates\\audit\\src\\rules\\spn_missing.rs"];
        for path in PATHS {
            assert_eq!(id_len(path), 11);
            assert_eq!(text(&id_bytes::<11>(path)), "spn-missing");
        }
    }

    #[test]
    fn the_page_loses_its_margin_only() {
        const PAGE: &str = " A title.\n\n     code\n text\n";
        assert_eq!(text(&page_bytes::<{ page_len(PAGE) }>(PAGE)), "A title.\n\n    code\ntext\n");
        assert_eq!(title("A title.\n\nMore.\n"), "A title");
    }
}
