//! Slots that the administrator declares in kerbsync.toml.

/// A declared slot: `[[slots]]` of kerbsync.toml.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredSlot {
    /// Path of the element that holds the pair, below `<configuration>` or `<location>`: `system.webServer/contoso/kerberos`, or down to
    /// the items of a collection: `system.webServer/contoso/accounts/add`.
    pub section: String,
    /// Only within the `<location>` of this path (case ignored); `None` = anywhere, and outside of locations. The empty text stands for
    /// settings of the whole server.
    pub location: Option<String>,
    /// Only the item of a collection of which an attribute `name`, `key`, `path` or `id` is this text (case ignored); of collections within
    /// collections one text for each, from outside in. Without any, every item.
    pub items: Vec<String>,
    /// Name of the account's attribute, or of a child element whose text is the account; `None` where no readable account stands there.
    pub account_attribute: Option<String>,
    /// Name of the secret's attribute, or of a child element whose text is the secret.
    pub secret_attribute: String,
}
