//! Defects that can be planted. Each is named like the rule that has to find it.

/// A defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Defect {
    /// A central site with web servers has no assignment.
    SiteWithoutAssignment,
    /// A site without web servers has an assignment.
    AssignmentWithoutWebServers,
    /// An assignment names a site that the topology does not hold.
    AssignmentToUnknownSite,
    /// Two exports assign different accounts to one site.
    ConflictingAssignments,
    /// An assignment names its account as a user principal name.
    AccountNameNotDownLevel,
    /// An account name has more than 15 characters.
    AccountNameTooLong,
    /// An assignment names its account with a DNS domain.
    AccountDomainNotNetbios,
    /// Two pools have one external web FQDN.
    DuplicateWebFqdn,
    /// A computer of another pool has the name of a pool with web servers.
    PoolNameSharedByComputerElsewhere,
    /// A web server has a name of a single label.
    UnusableServerName,
    /// A server holds an earlier password of its account.
    StaleSecret,
    /// A server's slots name another account.
    DifferentAccount,
    /// A server has no slot.
    ServerNotConfigured,
    /// A server's folder holds no applicationHost.config.
    ConfigurationMissing,
    /// A server's applicationHost.config ends in the middle.
    ConfigurationUnreadable,
    /// The two web sites of a server name different accounts.
    SeveralAccountsOnServer,
    /// A server of a site without assignment still holds a slot.
    LeftoverSlot,
    /// A server's secret stands in clear.
    ClearTextSecret,
    /// The two web sites of a server hold different secrets of one account.
    SitesDisagreeOnServer,
    /// No two servers of an account hold the same secret.
    NoReferenceSecret,
    /// A server's keys were not exported.
    SecretNotComparable,
    /// A server's redirection.config leads elsewhere.
    SharedConfiguration,
    /// A path that should negotiate offers NTLM alone.
    NegotiateMissing,
    /// A path offers NTLM before Negotiate.
    NegotiateAfterNtlm,
    /// The module for Windows authentication is not installed.
    WindowsAuthenticationModuleMissing,
    /// A path has anonymous beside Windows authentication.
    AnonymousBesideWindows,
    /// A web site of the product does not start.
    ProductSiteStopped,
    /// An application pool runs as the system.
    ProductPoolIdentity,
    /// A web site has no https binding.
    ProductBindingMissingOrShared,
    /// Kernel mode is on where a pool runs as Network Service.
    KernelModeDiffers,
    /// Kernel mode is on, so that the machine's own key is asked for.
    KernelModeHidesSlot,
    /// An application names a pool that does not exist.
    DanglingApplicationPool,
    /// The external web site is not there.
    ProductWebSiteMissing,
    /// Windows authentication is off on every path.
    WindowsAuthenticationDisabled,
    /// The account has no object.
    AccountMissing,
    /// The account is disabled.
    AccountDisabled,
    /// The account has expired.
    AccountExpired,
    /// The account is a user object.
    AccountNotComputer,
    /// A pool's SPN is on no object.
    SpnMissing,
    /// A pool's SPN is on a second object too.
    SpnDuplicate,
    /// The account still holds the SPN of a pool whose site no longer has it.
    SpnLeftover,
    /// The SPN of an overridden internal web FQDN is on no object.
    SpnOverrideUnregistered,
    /// A pool's SPN is on the computer object of the machine of that name.
    SpnOnMachineAccount,
    /// The account's encryption types are not set.
    EncryptionTypesUnset,
    /// The account allows RC4 alone.
    WeakEncryptionTypes,
    /// The account is trusted for delegation.
    DelegationEnabled,
    /// The account's password is three years old.
    PasswordAge,
    /// The account needs no password.
    PasswordNotRequired,
    /// The account's password was never set.
    PasswordNeverSet,
    /// The account is a member of Domain Admins.
    PrivilegedGroups,
    /// The account's password is older than AES keys.
    EncryptionKeysOlderThanAes,
    /// Enable-CsTopology last ran before a site had its account.
    EnableTopologyOwed,
    /// A report of the product holds an error.
    ProductReportFailed,
    /// The topology is a draft that was never published.
    DraftTopology,
    /// A second topology document says something else.
    TopologyDrift,
    /// The product's report is old.
    StaleEvidence,
    /// A topology document ends in the middle.
    UnreadableDocument,
    /// An account holds SPNs of the product but is assigned to no site.
    UnusedKerberosAccount,
    /// The account is a computer that exists.
    AccountIsRealMachine,
    /// The account is in Protected Users.
    AccountProtectedUsers,
    /// The account is marked as a domain controller.
    AccountDomainControllerFlag,
    /// The account needs no pre-authentication.
    AccountNoPreauth,
    /// The account has a key beside its password.
    AccountKeyCredential,
    /// The account is in an authentication silo.
    AccountInSilo,
    /// The account's password is older than the domain's AES keys.
    AccountKeysBeforeRodcGroup,
    /// The SPN of an overridden internal web FQDN is on another object.
    OverrideSpnElsewhere,
    /// Another object holds the HOST name of a pool.
    HostAliasShadowsPool,
}

/// Every defect with its name, in the order in which they are planted: what changes names and structure comes first.
const NAMES: &[(Defect, &str)] = &[
    (Defect::SiteWithoutAssignment, "site-without-assignment"),
    (Defect::AssignmentWithoutWebServers, "assignment-without-web-servers"),
    (Defect::AssignmentToUnknownSite, "assignment-to-unknown-site"),
    (Defect::ConflictingAssignments, "conflicting-assignments"),
    (Defect::AccountNameNotDownLevel, "account-name-not-down-level"),
    (Defect::AccountNameTooLong, "account-name-too-long"),
    (Defect::AccountDomainNotNetbios, "account-domain-not-netbios"),
    (Defect::DuplicateWebFqdn, "duplicate-web-fqdn"),
    (Defect::PoolNameSharedByComputerElsewhere, "pool-name-shared-by-computer-elsewhere"),
    (Defect::UnusableServerName, "unusable-server-name"),
    (Defect::StaleSecret, "stale-secret"),
    (Defect::DifferentAccount, "different-account"),
    (Defect::ServerNotConfigured, "server-not-configured"),
    (Defect::ConfigurationMissing, "configuration-missing"),
    (Defect::ConfigurationUnreadable, "configuration-unreadable"),
    (Defect::SeveralAccountsOnServer, "several-accounts-on-server"),
    (Defect::LeftoverSlot, "leftover-slot"),
    (Defect::ClearTextSecret, "clear-text-secret"),
    (Defect::SitesDisagreeOnServer, "sites-disagree-on-server"),
    (Defect::NoReferenceSecret, "no-reference-secret"),
    (Defect::SecretNotComparable, "secret-not-comparable"),
    (Defect::SharedConfiguration, "shared-configuration"),
    (Defect::NegotiateMissing, "negotiate-missing"),
    (Defect::NegotiateAfterNtlm, "negotiate-after-ntlm"),
    (Defect::WindowsAuthenticationModuleMissing, "windows-authentication-module-missing"),
    (Defect::AnonymousBesideWindows, "anonymous-beside-windows"),
    (Defect::ProductSiteStopped, "product-site-stopped"),
    (Defect::ProductPoolIdentity, "product-pool-identity"),
    (Defect::ProductBindingMissingOrShared, "product-binding-missing-or-shared"),
    (Defect::KernelModeDiffers, "kernel-mode-differs"),
    (Defect::KernelModeHidesSlot, "kernel-mode-hides-slot"),
    (Defect::DanglingApplicationPool, "dangling-application-pool"),
    (Defect::ProductWebSiteMissing, "product-web-site-missing"),
    (Defect::WindowsAuthenticationDisabled, "windows-authentication-disabled"),
    (Defect::AccountMissing, "account-missing"),
    (Defect::AccountDisabled, "account-disabled"),
    (Defect::AccountExpired, "account-expired"),
    (Defect::AccountNotComputer, "account-not-computer"),
    (Defect::SpnMissing, "spn-missing"),
    (Defect::SpnDuplicate, "spn-duplicate"),
    (Defect::SpnLeftover, "spn-leftover"),
    (Defect::SpnOverrideUnregistered, "spn-override-unregistered"),
    (Defect::SpnOnMachineAccount, "spn-on-machine-account"),
    (Defect::EncryptionTypesUnset, "encryption-types-unset"),
    (Defect::WeakEncryptionTypes, "weak-encryption-types"),
    (Defect::DelegationEnabled, "delegation-enabled"),
    (Defect::PasswordAge, "password-age"),
    (Defect::PasswordNotRequired, "password-not-required"),
    (Defect::PasswordNeverSet, "password-never-set"),
    (Defect::PrivilegedGroups, "privileged-groups"),
    (Defect::EncryptionKeysOlderThanAes, "encryption-keys-older-than-aes"),
    (Defect::AccountIsRealMachine, "account-is-real-machine"),
    (Defect::AccountProtectedUsers, "account-protected-users"),
    (Defect::AccountDomainControllerFlag, "account-domain-controller-flag"),
    (Defect::AccountNoPreauth, "account-no-preauth"),
    (Defect::AccountKeyCredential, "account-key-credential"),
    (Defect::AccountInSilo, "account-in-silo"),
    (Defect::AccountKeysBeforeRodcGroup, "account-keys-before-rodc-group"),
    (Defect::OverrideSpnElsewhere, "override-spn-elsewhere"),
    (Defect::HostAliasShadowsPool, "host-alias-shadows-pool"),
    (Defect::EnableTopologyOwed, "enable-topology-owed"),
    (Defect::ProductReportFailed, "product-report-failed"),
    (Defect::DraftTopology, "draft-topology"),
    (Defect::TopologyDrift, "topology-drift"),
    (Defect::StaleEvidence, "stale-evidence"),
    (Defect::UnreadableDocument, "unreadable-document"),
    (Defect::UnusedKerberosAccount, "unused-kerberos-account"),
];

impl Defect {
    /// Every defect.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(defect, _)| *defect)
    }

    /// Its name: the id of the rule that has to find it.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(defect, _)| *defect == self).map_or("", |(_, name)| name)
    }
}

/// A name that no defect has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no defect '{0}'; the defects are: {known}", known = Defect::all().map(Defect::name).collect::<Vec<_>>().join(", "))]
pub struct UnknownDefect(pub String);

impl std::str::FromStr for Defect {
    type Err = UnknownDefect;

    fn from_str(text: &str) -> Result<Self, UnknownDefect> {
        let wanted = text.trim();
        NAMES
            .iter()
            .find(|(_, name)| name.eq_ignore_ascii_case(wanted))
            .map(|(defect, _)| *defect)
            .ok_or_else(|| UnknownDefect(wanted.to_owned()))
    }
}

impl std::fmt::Display for Defect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_defects() {
        for defect in Defect::all() {
            assert_eq!(defect.name().parse(), Ok(defect));
            assert!(!defect.name().is_empty());
        }
        let error = "no-such-thing".parse::<Defect>().unwrap_err().to_string();
        assert!(error.starts_with("there is no defect 'no-such-thing'; the defects are: site-without-assignment, "));
        assert!(error.ends_with("unused-kerberos-account"));
    }
}
