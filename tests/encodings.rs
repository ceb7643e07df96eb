//! Texts in the encodings that exports come in.

/// An encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf8Bom,
    Utf16Le,
    Utf16Be,
}

impl Encoding {
    pub(crate) const ALL: [Self; 4] = [Self::Utf8, Self::Utf8Bom, Self::Utf16Le, Self::Utf16Be];
}

/// A text, by its byte order mark; UTF-8 without one. A file that is cut within a character ends before it.
pub(crate) fn decode(bytes: &[u8]) -> String {
    let units = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16_lossy(&units).trim_end_matches('\u{fffd}').to_owned()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => units(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).trim_end_matches('\u{fffd}').to_owned(),
        _ => String::from_utf8_lossy(bytes).trim_end_matches('\u{fffd}').to_owned(),
    }
}

/// The bytes of a text, with a byte order mark where the encoding has one.
pub(crate) fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    let units = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect();
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf8Bom => [&[0xef, 0xbb, 0xbf], text.as_bytes()].concat(),
        Encoding::Utf16Le => units([0xff, 0xfe], u16::to_le_bytes),
        Encoding::Utf16Be => units([0xfe, 0xff], u16::to_be_bytes),
    }
}

/// The text with the encoding that its XML declaration names replaced by the one that it will have.
pub(crate) fn with_encoding(text: &str, encoding: Encoding) -> String {
    let name = if matches!(encoding, Encoding::Utf8 | Encoding::Utf8Bom) { "utf-8" } else { "utf-16" };
    let Some((declaration, rest)) = text.split_once("?>").filter(|(d, _)| d.starts_with("<?xml")) else { return text.to_owned() };
    let declaration = declaration.to_lowercase().replace("utf-16", name).replace("utf-8", name);
    format!("{declaration}?>{rest}")
}
