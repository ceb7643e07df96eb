//! The place of a slot, as plans and journals name it.

use kerbsync_inventory::{LayoutId, Slot, SlotKey};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// The place of a slot within a configuration, and what its two sides are called.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct SlotAddress {
    /// Its layout.
    pub layout: LayoutId,
    /// How well established the layout is, in words.
    pub evidence: String,
    /// Which place it is.
    pub key: SlotKey,
    /// Attribute of the account.
    pub account_attribute: String,
    /// Attribute of the secret.
    pub secret_attribute: String,
}

impl SlotAddress {
    /// The address of a slot that was found.
    #[must_use]
    pub fn of(slot: &Slot) -> Self {
        Self {
            layout: slot.layout,
            evidence: slot.evidence.name().to_owned(),
            key: slot.key.clone(),
            account_attribute: slot.account_attribute.clone(),
            secret_attribute: slot.secret_attribute.clone(),
        }
    }

    /// For people: `application pool 'LyncIntFeature'`.
    #[must_use]
    pub fn label(&self) -> kerbsync_source::Text {
        self.key.label()
    }

    /// Whether two addresses are the same place on two servers.
    #[must_use]
    pub fn is_same_place(&self, other: &Self) -> bool {
        self.layout == other.layout
            && self.key.is_same_place(&other.key)
            && self.account_attribute == other.account_attribute
            && self.secret_attribute == other.secret_attribute
    }
}

impl Ord for SlotAddress {
    /// By what is written, so that plans name slots in an order that does not depend on the program.
    fn cmp(&self, other: &Self) -> Ordering {
        let text = |a: &Self| (a.layout.name(), a.evidence.clone(), a.key.section().to_owned(), a.key.location().map(str::to_owned));
        let rest = |a: &Self| (a.key.to_string(), a.account_attribute.clone(), a.secret_attribute.clone());
        text(self).cmp(&text(other)).then_with(|| rest(self).cmp(&rest(other)))
    }
}

impl PartialOrd for SlotAddress {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The form of an address in plans and journals. The field `label` holds the text of the key.
#[derive(Serialize, Deserialize)]
struct Written {
    layout: String,
    evidence: String,
    section: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    location_path: Option<String>,
    label: String,
    account_attribute: String,
    secret_attribute: String,
}

impl From<SlotAddress> for Written {
    fn from(address: SlotAddress) -> Self {
        Self {
            layout: address.layout.name().to_owned(),
            evidence: address.evidence,
            section: address.key.section().to_owned(),
            location_path: address.key.location().map(str::to_owned),
            label: address.key.to_string(),
            account_attribute: address.account_attribute,
            secret_attribute: address.secret_attribute,
        }
    }
}

/// Why an address cannot be read.
#[derive(Debug, thiserror::Error)]
enum AddressError {
    /// A layout of another version.
    #[error("no layout is called '{0}'")]
    Layout(String),
    /// A text that no key has.
    #[error("'{0}' is no slot of its section")]
    Key(String),
}

impl TryFrom<Written> for SlotAddress {
    type Error = AddressError;

    fn try_from(written: Written) -> Result<Self, AddressError> {
        let layout = LayoutId::parse(&written.layout).ok_or(AddressError::Layout(written.layout))?;
        let key = SlotKey::read(&written.section, written.location_path.as_deref(), &written.label);
        Ok(Self {
            layout,
            evidence: written.evidence,
            key: key.ok_or(AddressError::Key(written.label))?,
            account_attribute: written.account_attribute,
            secret_attribute: written.secret_attribute,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> SlotAddress {
        SlotAddress {
            layout: LayoutId::AppPoolIdentity,
            evidence: "documented".to_owned(),
            key: SlotKey::ApplicationPool { pool: "O'Brien".to_owned() },
            account_attribute: "userName".to_owned(),
            secret_attribute: "password".to_owned(),
        }
    }

    #[test]
    fn an_address_is_written_with_its_key_and_read_back() {
        let text = serde_json::to_string(&address()).unwrap();
        insta::assert_snapshot!(text, @r#"{"layout":"app-pool-identity","evidence":"documented","section":"system.applicationHost/applicationPools","label":"application pool 'O''Brien'","account_attribute":"userName","secret_attribute":"password"}"#);
        assert_eq!(serde_json::from_str::<SlotAddress>(&text).unwrap(), address());
        assert_eq!(address().label(), "application pool 'O'Brien'");
    }

    #[test]
    fn what_no_version_wrote_is_refused_with_its_reason() {
        let text = serde_json::to_string(&address()).unwrap();
        let error = |from: &str, to: &str| serde_json::from_str::<SlotAddress>(&text.replace(from, to)).unwrap_err().to_string();
        assert_eq!(error("app-pool-identity", "registry"), "no layout is called 'registry'");
        assert_eq!(error("application pool ", "pool "), "'pool 'O''Brien'' is no slot of its section");
    }
}
