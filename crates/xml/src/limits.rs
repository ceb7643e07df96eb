//! How much of a document is read before it is refused.

/// Bounds of one document. The defaults are far above any real configuration or topology document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of decoded text. Default 256 MiB (a `Clixml` export of a large estate is tens of MiB).
    pub bytes: usize,
    /// Depth of elements. Default 256 (the deepest real document read has 12).
    pub depth: usize,
    /// Attributes of one element. Default 512.
    pub attributes: usize,
    /// Bytes of the name of an element or attribute. Default 256: names are repeated in paths, and real ones are below 64.
    pub name: usize,
    /// Elements of one document. Default 4 million.
    pub elements: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 256 << 20, depth: 256, attributes: 512, name: 256, elements: 4_000_000 }
    }
}
