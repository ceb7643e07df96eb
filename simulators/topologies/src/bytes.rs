//! From text to the bytes of a file.

/// How the text becomes bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8 without BOM.
    Utf8,
    /// UTF-8 with BOM, as .NET writers leave it.
    Utf8Bom,
    /// UTF-16 little-endian with BOM, as `>` and Out-File of Windows PowerShell write it.
    Utf16Le,
}

/// Line ends of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineEnd {
    /// `\n`
    Lf,
    /// `\r\n`
    CrLf,
}

/// The bytes of a text whose lines end in `\n`.
#[must_use]
pub fn encode(text: &str, encoding: Encoding, line_end: LineEnd) -> Vec<u8> {
    let replaced;
    let text = match line_end {
        LineEnd::Lf => text,
        LineEnd::CrLf => {
            replaced = text.replace('\n', "\r\n");
            &replaced
        }
    };
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf8Bom => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        Encoding::Utf16Le => std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        assert_eq!(encode("ü\n", Encoding::Utf8, LineEnd::Lf), b"\xc3\xbc\n");
        assert_eq!(encode("a\n", Encoding::Utf8Bom, LineEnd::CrLf), b"\xef\xbb\xbfa\r\n");
        assert_eq!(encode("ü\n", Encoding::Utf16Le, LineEnd::CrLf), [0xff, 0xfe, 0xfc, 0, 0x0d, 0, 0x0a, 0]);
    }
}
