//! Every defect that can be planted: a line names it, the phase in which it is planted, the function that plants it, and what that needs.

use super::Phase::{Content, Structure};
use super::{Phase, Plant, authentication, copies, directory, further, names, process, servers, waivers};

const SITE: &str = "a second central site with web servers of which nothing else is planted";
const SERVER: &str = "a further server in sync of which nothing else is planted";
const QUORUM: &str = "an account with three servers in sync, one of which nothing else is planted on";
const ACCOUNT: &str = "an account of which nothing contrary is planted";
const POOL: &str = "a further pool whose SPN is in order";

macro_rules! defects {
    ($(#[doc = $doc:literal] $variant:ident $name:literal: $phase:ident, $plant:expr, $needs:expr;)+) => {
        /// A defect, named like the rule that has to find it. Defects are planted in this order.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Defect { $(#[doc = $doc] $variant),+ }

        /// Every defect with its name.
        pub(crate) const NAMES: &[(Defect, &str)] = &[$((Defect::$variant, $name)),+];

        /// Phase, function and what it needs.
        pub(super) fn of(defect: Defect) -> (Phase, Plant, &'static str) {
            match defect { $(Defect::$variant => ($phase, $plant, $needs)),+ }
        }
    };
}

// What changes names and structure comes first.
defects! {
    /// A central site with web servers has no assignment.
    SiteWithoutAssignment "site-without-assignment": Structure, names::site_without_assignment, SITE;
    /// A site without web servers has an assignment.
    AssignmentWithoutWebServers "assignment-without-web-servers": Structure, names::assignment_without_web_servers, ACCOUNT;
    /// An assignment names a site that the topology does not hold.
    AssignmentToUnknownSite "assignment-to-unknown-site": Structure, names::assignment_to_unknown_site, ACCOUNT;
    /// Two exports assign different accounts to one site.
    ConflictingAssignments "conflicting-assignments": Structure, names::conflicting_assignments, SITE;
    /// An assignment names its account as a user principal name.
    AccountNameNotDownLevel "account-name-not-down-level": Structure, names::account_name_not_down_level, SITE;
    /// An account name has more than 15 characters.
    AccountNameTooLong "account-name-too-long": Structure, names::account_name_too_long, ACCOUNT;
    /// An assignment names its account with a DNS domain.
    AccountDomainNotNetbios "account-domain-not-netbios": Structure, names::account_domain_not_netbios, ACCOUNT;
    /// Two pools have one external web FQDN.
    DuplicateWebFqdn "duplicate-web-fqdn": Structure, names::duplicate_web_fqdn, "two pools with web servers";
    /// A computer of another pool has the name of a pool with web servers.
    PoolNameSharedByComputerElsewhere "pool-name-shared-by-computer-elsewhere": Structure, names::pool_name_shared, "an Enterprise pool of which nothing else is planted";
    /// A web server has a name of a single label.
    UnusableServerName "unusable-server-name": Structure, names::unusable_server_name, "an Enterprise pool of two servers";
    /// A server holds an earlier password of its account.
    StaleSecret "stale-secret": Content, |p| servers::stale(p, 0), QUORUM;
    /// A server's slots name another account.
    DifferentAccount "different-account": Content, servers::different_account, QUORUM;
    /// A server has no slot.
    ServerNotConfigured "server-not-configured": Content, servers::not_configured, QUORUM;
    /// A server's folder holds no applicationHost.config.
    ConfigurationMissing "configuration-missing": Content, servers::configuration_missing, QUORUM;
    /// A server's applicationHost.config ends in the middle.
    ConfigurationUnreadable "configuration-unreadable": Content, servers::configuration_unreadable, QUORUM;
    /// The two web sites of a server name different accounts.
    SeveralAccountsOnServer "several-accounts-on-server": Content, servers::several_accounts, QUORUM;
    /// A server of a site without assignment still holds a slot.
    LeftoverSlot "leftover-slot": Structure, servers::leftover_slot, SITE;
    /// A server's secret stands in clear.
    ClearTextSecret "clear-text-secret": Content, servers::clear_text, SERVER;
    /// The two web sites of a server hold different secrets of one account.
    SitesDisagreeOnServer "sites-disagree-on-server": Content, servers::sites_disagree, QUORUM;
    /// No two servers of an account hold the same secret.
    NoReferenceSecret "no-reference-secret": Structure, servers::no_reference_secret, "an account with two servers of which nothing else is planted";
    /// A server's keys were not exported.
    SecretNotComparable "secret-not-comparable": Content, servers::sealed, QUORUM;
    /// The configurations of an account's servers were written before its password was set.
    PasswordNewerThanProof "password-newer-than-proof": Content, directory::password_newer, "an account with two servers on which nothing is planted";
    /// A server's folder holds a second configuration that differs.
    SeveralConfigurations "several-configurations": Content, copies::several, QUORUM;
    /// A server's folder holds another server's configuration.
    ForeignConfiguration "foreign-configuration": Content, copies::foreign, QUORUM;
    /// A secret stands in clear in a snapshot of IIS's history.
    HistoryClearTextSecret "history-clear-text-secret": Content, copies::history_in_clear, SERVER;
    /// A run of the program itself keeps a copy of a configuration that held a secret in clear.
    KeptOriginalInClear "kept-original-in-clear": Content, copies::kept_in_clear, SERVER;
    /// A server's redirection.config leads elsewhere.
    SharedConfiguration "shared-configuration": Content, servers::shared_configuration, QUORUM;
    /// A path that should negotiate offers NTLM alone.
    NegotiateMissing "negotiate-missing": Content, authentication::negotiate_missing, SERVER;
    /// A path offers NTLM before Negotiate.
    NegotiateAfterNtlm "negotiate-after-ntlm": Content, authentication::negotiate_after_ntlm, SERVER;
    /// The module for Windows authentication is not installed.
    WindowsAuthenticationModuleMissing "windows-authentication-module-missing": Content, authentication::module_missing, SERVER;
    /// A path has anonymous beside Windows authentication.
    AnonymousBesideWindows "anonymous-beside-windows": Content, authentication::anonymous_beside_windows, SERVER;
    /// A web site of the product does not start.
    ProductSiteStopped "product-site-stopped": Content, authentication::site_stopped, SERVER;
    /// An application pool runs as the system.
    ProductPoolIdentity "product-pool-identity": Content, authentication::pool_identity, SERVER;
    /// A web site has no https binding.
    ProductBindingMissingOrShared "product-binding-missing-or-shared": Content, authentication::binding_missing, SERVER;
    /// Kernel mode is on where a pool runs as Network Service.
    KernelModeDiffers "kernel-mode-differs": Content, authentication::kernel_mode_differs, SERVER;
    /// Kernel mode is on, so that the machine's own key is asked for.
    KernelModeHidesSlot "kernel-mode-hides-slot": Content, authentication::kernel_mode, SERVER;
    /// An application names a pool that does not exist.
    DanglingApplicationPool "dangling-application-pool": Content, authentication::dangling_pool, SERVER;
    /// The external web site is not there.
    ProductWebSiteMissing "product-web-site-missing": Content, authentication::site_missing, SERVER;
    /// Windows authentication is off on every path.
    WindowsAuthenticationDisabled "windows-authentication-disabled": Content, authentication::windows_off, SERVER;
    /// The account has no object.
    AccountMissing "account-missing": Content, directory::missing, ACCOUNT;
    /// The account is disabled.
    AccountDisabled "account-disabled": Content, directory::disabled, ACCOUNT;
    /// The account has expired.
    AccountExpired "account-expired": Content, directory::expired, ACCOUNT;
    /// The account is a user object.
    AccountNotComputer "account-not-computer": Content, directory::not_computer, ACCOUNT;
    /// A pool's SPN is on no object.
    SpnMissing "spn-missing": Content, directory::spn_missing, POOL;
    /// A pool's SPN is on a second object too.
    SpnDuplicate "spn-duplicate": Content, directory::spn_duplicate, POOL;
    /// The account still holds the SPN of a pool whose site no longer has it.
    SpnLeftover "spn-leftover": Structure, directory::spn_leftover, SITE;
    /// The SPN of an overridden internal web FQDN is on no object.
    SpnOverrideUnregistered "spn-override-unregistered": Content, directory::spn_override, "a further pool with an overridden internal web FQDN";
    /// A pool's SPN is on the computer object of the machine of that name.
    SpnOnMachineAccount "spn-on-machine-account": Content, directory::spn_on_machine, "a further pool that is named like its only computer";
    /// The account's encryption types are not set.
    EncryptionTypesUnset "encryption-types-unset": Content, directory::encryption_unset, ACCOUNT;
    /// The account allows RC4 alone.
    WeakEncryptionTypes "weak-encryption-types": Content, directory::encryption_weak, ACCOUNT;
    /// The account is trusted for delegation.
    DelegationEnabled "delegation-enabled": Content, directory::delegation, ACCOUNT;
    /// The account's password is three years old.
    PasswordAge "password-age": Content, directory::password_age, ACCOUNT;
    /// The account needs no password.
    PasswordNotRequired "password-not-required": Content, directory::password_not_required, ACCOUNT;
    /// The account's password was never set.
    PasswordNeverSet "password-never-set": Content, directory::password_never_set, ACCOUNT;
    /// The account is a member of Domain Admins.
    PrivilegedGroups "privileged-groups": Content, directory::privileged_groups, ACCOUNT;
    /// The account's password is older than AES keys.
    EncryptionKeysOlderThanAes "encryption-keys-older-than-aes": Content, directory::keys_older_than_aes, ACCOUNT;
    /// Enable-CsTopology last ran before a site had its account.
    EnableTopologyOwed "enable-topology-owed": Content, process::enable_topology_owed, "a site with an account of which nothing else is planted";
    /// A report of the product holds an error.
    ProductReportFailed "product-report-failed": Content, process::product_report_failed, SERVER;
    /// The topology is a draft that was never published.
    DraftTopology "draft-topology": Content, process::draft_topology, "nothing";
    /// A second topology document says something else.
    TopologyDrift "topology-drift": Content, process::topology_drift, "nothing";
    /// The product's report is old.
    StaleEvidence "stale-evidence": Content, process::stale_evidence, "nothing";
    /// A topology document ends in the middle.
    UnreadableDocument "unreadable-document": Content, process::unreadable_document, "nothing";
    /// An account holds SPNs of the product but is assigned to no site.
    UnusedKerberosAccount "unused-kerberos-account": Content, process::unused_account, "nothing";
    /// The account is a computer that exists.
    AccountIsRealMachine "account-is-real-machine": Content, further::is_real_machine, ACCOUNT;
    /// The account is in Protected Users.
    AccountProtectedUsers "account-protected-users": Content, further::protected_users, ACCOUNT;
    /// The account is marked as a domain controller.
    AccountDomainControllerFlag "account-domain-controller-flag": Content, further::domain_controller_flag, ACCOUNT;
    /// The account needs no pre-authentication.
    AccountNoPreauth "account-no-preauth": Content, further::no_preauth, ACCOUNT;
    /// The account has a key beside its password.
    AccountKeyCredential "account-key-credential": Content, further::key_credential, ACCOUNT;
    /// The account is in an authentication silo.
    AccountInSilo "account-in-silo": Content, further::in_silo, ACCOUNT;
    /// The account's password is older than the domain's AES keys.
    AccountKeysBeforeRodcGroup "account-keys-before-rodc-group": Content, further::keys_before_rodc_group, ACCOUNT;
    /// The SPN of an overridden internal web FQDN is on another object.
    OverrideSpnElsewhere "override-spn-elsewhere": Content, further::override_elsewhere, "a further pool with an overridden internal web FQDN";
    /// Another object holds the HOST name of a pool.
    HostAliasShadowsPool "host-alias-shadows-pool": Content, further::host_alias, "a further pool";
    /// The last day of a waiver is past.
    WaiverExpired "waiver-expired": Content, waivers::expired, "nothing";
    /// A waiver covers nothing.
    WaiverStale "waiver-stale": Content, waivers::stale, "nothing";
    /// A waiver names no object.
    WaiverOverBroad "waiver-over-broad": Content, waivers::over_broad, "nothing";
    /// A waiver was approved by its owner.
    WaiverUnapproved "waiver-unapproved": Content, waivers::unapproved, "nothing";
    /// A waiver names no rule.
    WaiverOfUnknownRule "waiver-of-unknown-rule": Content, waivers::of_unknown_rule, "nothing";
}
