//! An encrypted attribute value, opaque: `[enc:PROVIDER:BASE64:enc]`.

/// An encrypted value of an IIS configuration. The payload is not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct ProtectedValue {
    provider: String,
    payload: String,
}

/// Why a text that begins like an encrypted value is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtectedValueError {
    /// Does not begin with `[enc:` and end with `:enc]`: plain text.
    #[error("not of the form [enc:provider:data:enc]")]
    NotProtected,
    /// `[enc:provider:enc]`: IIS keeps such a text as it is.
    #[error("no data field between provider and end")]
    NoPayload,
}

impl ProtectedValue {
    /// Reads `[enc:PROVIDER:BASE64:enc]`; prefix and suffix in any case (documented: the form of IIS). The payload is not decoded.
    ///
    /// # Errors
    /// Any other text.
    pub fn parse(text: &str) -> Result<Self, ProtectedValueError> {
        let text = text.trim();
        let bytes = text.as_bytes();
        let head = bytes.get(..5).is_some_and(|h| h.eq_ignore_ascii_case(b"[enc:"));
        let tail = bytes.len() >= 10 && bytes[bytes.len() - 5..].eq_ignore_ascii_case(b":enc]");
        if !head || !tail {
            return Err(ProtectedValueError::NotProtected);
        }
        let inner = &text[5..text.len() - 5];
        let (provider, payload) = inner.split_once(':').ok_or(ProtectedValueError::NoPayload)?;
        Ok(Self { provider: provider.to_owned(), payload: payload.to_owned() })
    }

    /// Name of the provider as written.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The payload as written, normally base64.
    #[must_use]
    pub fn payload(&self) -> &str {
        &self.payload
    }

    /// Whether the payload is empty, which stands for the empty text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.payload.is_empty()
    }
}

impl std::fmt::Debug for ProtectedValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[enc:{}:… {} characters …:enc]", self.provider, self.payload.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let v = ProtectedValue::parse("[ENC:AesProvider:QUJD:Enc]").unwrap();
        assert_eq!((v.provider(), v.payload()), ("AesProvider", "QUJD"));
        assert!(ProtectedValue::parse("[enc:AesProvider::enc]").unwrap().is_empty());
        assert_eq!(ProtectedValue::parse("[enc:AesProvider:enc]"), Err(ProtectedValueError::NoPayload));
        for text in ["[enc::enc]", "[enc:enc]", "[encenc]", "[]", ""] {
            assert!(ProtectedValue::parse(text).is_err(), "{text}");
        }
        assert!(!format!("{v:?}").contains("QUJD"));
    }
}
