//! `_xHHHH_` escapes of Clixml.

/// Decodes `_xHHHH_` escapes, each one unit of UTF-16 (MS-PSRP 2.2.5.3.2): `_x000D__x000A_` is a line end and `_x005F_` a literal underscore.
/// What is no escape stays as it is; a lone surrogate becomes U+FFFD.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut high: Option<u16> = None;
    let mut rest = text;
    while !rest.is_empty() {
        let Some(at) = rest.find("_x") else {
            flush(&mut out, &mut high);
            out.push_str(rest);
            break;
        };
        if at > 0 {
            flush(&mut out, &mut high);
            out.push_str(&rest[..at]);
            rest = &rest[at..];
        }
        match unit(rest) {
            Some(unit) => {
                push(&mut out, &mut high, unit);
                rest = &rest[7..];
            }
            None => {
                flush(&mut out, &mut high);
                out.push_str("_x");
                rest = &rest[2..];
            }
        }
    }
    flush(&mut out, &mut high);
    out
}

/// The unit that `_xHHHH_` at the start of the text stands for.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("_x")?.get(..5)?.strip_suffix('_')?;
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    u16::from_str_radix(digits, 16).ok()
}

fn push(out: &mut String, high: &mut Option<u16>, unit: u16) {
    match (high.take(), unit) {
        (Some(h), 0xDC00..=0xDFFF) => out.extend(char::decode_utf16([h, unit]).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))),
        (before, _) => {
            if before.is_some() {
                out.push(char::REPLACEMENT_CHARACTER);
            }
            match unit {
                0xD800..=0xDBFF => *high = Some(unit),
                _ => out.push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)),
            }
        }
    }
}

fn flush(out: &mut String, high: &mut Option<u16>) {
    if high.take().is_some() {
        out.push(char::REPLACEMENT_CHARACTER);
    }
}

#[cfg(test)]
mod tests {
    use super::unescape;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_units_of_utf16() {
        for (text, want) in [
            ("a_x000D__x000A_b", "a\r\nb"),
            ("_x005F_x000D_", "_x000D_"),
            ("DOM_x005F_A", "DOM_A"),
            ("_xD83D__xDE00_", "😀"),
            ("_xD83D_x", "\u{FFFD}x"),
            ("_xD83D__x0041_", "\u{FFFD}A"),
            ("_xDE00_", "\u{FFFD}"),
            ("_xZZZZ_", "_xZZZZ_"),
            ("_x+041_", "_x+041_"),
            ("_x12", "_x12"),
            ("_x12é4_", "_x12é4_"),
            ("a_b", "a_b"),
        ] {
            assert_eq!(unescape(text), want, "{text}");
        }
    }

    proptest! {
        /// What PowerShell escapes comes back.
        #[test]
        fn escaped_text_comes_back(text in "[a-z_x0-9\r\n😀é]{0,40}") {
            let escaped: String = text
                .encode_utf16()
                .map(|u| match u {
                    0x5F | 0..=0x1F | 0xD800..=0xDFFF => format!("_x{u:04X}_"),
                    u => char::from_u32(u.into()).unwrap().to_string(),
                })
                .collect();
            prop_assert_eq!(unescape(&escaped), text);
        }
    }
}
