//! Text that keeps its letters and compares without regard to ASCII case.

/// Gives a newtype over `String` or `Arc<str>` case-insensitive equality, order and hash, and prints it as given.
macro_rules! folded {
    ($name:ident) => {
        impl $name {
            /// The letters as given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
            /// The name in lower case, for use as a key.
            #[must_use]
            pub fn to_key(&self) -> String {
                self.0.to_ascii_lowercase()
            }
        }
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.eq_ignore_ascii_case(&other.0)
            }
        }
        impl Eq for $name {}
        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                crate::folded::cmp(&self.0, &other.0)
            }
        }
        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                crate::folded::hash(&self.0, state);
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use folded;

/// The hash of a text without regard to ASCII case.
pub(crate) fn hash<H: std::hash::Hasher>(text: &str, state: &mut H) {
    let mut piece = [0; 32];
    for bytes in text.as_bytes().chunks(piece.len()) {
        let piece = &mut piece[..bytes.len()];
        piece.copy_from_slice(bytes);
        piece.make_ascii_lowercase();
        state.write(piece);
    }
    state.write_u8(0xff);
}

/// The order of two texts without regard to ASCII case.
pub(crate) fn cmp(one: &str, other: &str) -> std::cmp::Ordering {
    let fold = |b: u8| b.to_ascii_lowercase();
    one.bytes().map(fold).cmp(other.bytes().map(fold))
}
