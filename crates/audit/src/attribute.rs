//! Attributes of directory objects that rules read.

use kerbsync_inventory::directory::Account;

/// An attribute that a rule reads of an account, in the order in which the coverage lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are those of the directory; `name` prints them")]
pub enum Attribute {
    ObjectClass,
    UserAccountControl,
    AccountExpires,
    PasswordLastSet,
    EncryptionTypes,
    ServicePrincipalName,
    MemberOf,
    PrimaryGroup,
    AllowedToActOnBehalf,
    AllowedToDelegateTo,
    KeyCredentialLink,
    AuthenticationSilo,
}

impl Attribute {
    /// Its name in the directory.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ObjectClass => "objectClass",
            Self::UserAccountControl => "userAccountControl",
            Self::AccountExpires => "accountExpires",
            Self::PasswordLastSet => "pwdLastSet",
            Self::EncryptionTypes => "msDS-SupportedEncryptionTypes",
            Self::ServicePrincipalName => "servicePrincipalName",
            Self::MemberOf => "memberOf",
            Self::PrimaryGroup => "primaryGroupID",
            Self::AllowedToActOnBehalf => "msDS-AllowedToActOnBehalfOfOtherIdentity",
            Self::AllowedToDelegateTo => "msDS-AllowedToDelegateTo",
            Self::KeyCredentialLink => "msDS-KeyCredentialLink",
            Self::AuthenticationSilo => "msDS-AssignedAuthNPolicySilo",
        }
    }

    /// Whether the export tells it of an account. A switch of userAccountControl that PowerShell tells by itself counts.
    #[must_use]
    pub const fn is_known(self, account: &Account) -> bool {
        match self {
            Self::ObjectClass => account.class.is_some(),
            Self::UserAccountControl => account.user_account_control.is_some() || account.enabled.is_some(),
            Self::AccountExpires => account.expires.is_some(),
            Self::PasswordLastSet => account.password_last_set.is_some(),
            Self::EncryptionTypes => account.encryption_types.is_some(),
            Self::ServicePrincipalName => account.spns.is_some(),
            Self::MemberOf => account.member_of.is_some(),
            Self::PrimaryGroup => account.primary_group.is_some(),
            Self::AllowedToActOnBehalf => account.acted_for_by_others.is_some(),
            Self::AllowedToDelegateTo => account.delegates_to.is_some(),
            Self::KeyCredentialLink => account.key_credential.is_some(),
            Self::AuthenticationSilo => account.silos.is_some(),
        }
    }
}
