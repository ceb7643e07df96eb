//! Plants defects. Each is one function that changes the model and says which rule has to find what.

mod authentication;
mod directory;
mod further;
mod names;
mod planter;
mod process;
pub(crate) mod servers;

pub(crate) use planter::{Planter, pool_spns};

use crate::defect::Defect;
use crate::model::Model;
use crate::options::{LabError, LabOptions};
use crate::rng::rng;
use crate::truth::Consequence;

/// When a defect is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Before the mix of states: what changes names and sites, or a whole account's servers.
    Structure,
    /// After it.
    Content,
}

/// A function that plants one defect; nothing where the estate has no place for it.
type Plant = fn(&mut Planter<'_>) -> Option<()>;

/// Phase, function and what it needs.
fn of(defect: Defect) -> (Phase, Plant, &'static str) {
    use Phase::{Content, Structure};
    const SITE: &str = "a second central site with web servers of which nothing else is planted";
    const SERVER: &str = "a further server in sync of which nothing else is planted";
    const QUORUM: &str = "an account with three servers in sync, one of which nothing else is planted on";
    const ACCOUNT: &str = "an account of which nothing contrary is planted";
    const POOL: &str = "a further pool whose SPN is in order";
    match defect {
        Defect::SiteWithoutAssignment => (Structure, names::site_without_assignment, SITE),
        Defect::AssignmentWithoutWebServers => (Structure, names::assignment_without_web_servers, ACCOUNT),
        Defect::AssignmentToUnknownSite => (Structure, names::assignment_to_unknown_site, ACCOUNT),
        Defect::ConflictingAssignments => (Structure, names::conflicting_assignments, SITE),
        Defect::AccountNameNotDownLevel => (Structure, names::account_name_not_down_level, SITE),
        Defect::AccountNameTooLong => (Structure, names::account_name_too_long, ACCOUNT),
        Defect::AccountDomainNotNetbios => (Structure, names::account_domain_not_netbios, ACCOUNT),
        Defect::DuplicateWebFqdn => (Structure, names::duplicate_web_fqdn, "two pools with web servers"),
        Defect::PoolNameSharedByComputerElsewhere => {
            (Structure, names::pool_name_shared, "an Enterprise pool of which nothing else is planted")
        }
        Defect::UnusableServerName => (Structure, names::unusable_server_name, "an Enterprise pool of two servers"),
        Defect::NoReferenceSecret => {
            (Structure, servers::no_reference_secret, "an account with two servers of which nothing else is planted")
        }
        Defect::LeftoverSlot => (Structure, servers::leftover_slot, SITE),
        Defect::StaleSecret => (Content, |p| servers::stale(p, 0), QUORUM),
        Defect::DifferentAccount => (Content, servers::different_account, QUORUM),
        Defect::ServerNotConfigured => (Content, servers::not_configured, QUORUM),
        Defect::ConfigurationMissing => (Content, servers::configuration_missing, QUORUM),
        Defect::ConfigurationUnreadable => (Content, servers::configuration_unreadable, QUORUM),
        Defect::SeveralAccountsOnServer => (Content, servers::several_accounts, QUORUM),
        Defect::ClearTextSecret => (Content, servers::clear_text, SERVER),
        Defect::SitesDisagreeOnServer => (Content, servers::sites_disagree, QUORUM),
        Defect::SecretNotComparable => (Content, servers::sealed, QUORUM),
        Defect::SharedConfiguration => (Content, servers::shared_configuration, QUORUM),
        Defect::NegotiateMissing => (Content, authentication::negotiate_missing, SERVER),
        Defect::NegotiateAfterNtlm => (Content, authentication::negotiate_after_ntlm, SERVER),
        Defect::WindowsAuthenticationModuleMissing => (Content, authentication::module_missing, SERVER),
        Defect::AnonymousBesideWindows => (Content, authentication::anonymous_beside_windows, SERVER),
        Defect::ProductSiteStopped => (Content, authentication::site_stopped, SERVER),
        Defect::ProductPoolIdentity => (Content, authentication::pool_identity, SERVER),
        Defect::ProductBindingMissingOrShared => (Content, authentication::binding_missing, SERVER),
        Defect::KernelModeDiffers => (Content, authentication::kernel_mode_differs, SERVER),
        Defect::KernelModeHidesSlot => (Content, authentication::kernel_mode, SERVER),
        Defect::DanglingApplicationPool => (Content, authentication::dangling_pool, SERVER),
        Defect::ProductWebSiteMissing => (Content, authentication::site_missing, SERVER),
        Defect::WindowsAuthenticationDisabled => (Content, authentication::windows_off, SERVER),
        Defect::AccountMissing => (Content, directory::missing, ACCOUNT),
        Defect::AccountDisabled => (Content, directory::disabled, ACCOUNT),
        Defect::AccountExpired => (Content, directory::expired, ACCOUNT),
        Defect::AccountNotComputer => (Content, directory::not_computer, ACCOUNT),
        Defect::SpnMissing => (Content, directory::spn_missing, POOL),
        Defect::SpnDuplicate => (Content, directory::spn_duplicate, POOL),
        Defect::SpnLeftover => (Structure, directory::spn_leftover, SITE),
        Defect::SpnOverrideUnregistered => (Content, directory::spn_override, "a further pool with an overridden internal web FQDN"),
        Defect::SpnOnMachineAccount => (Content, directory::spn_on_machine, "a further pool that is named like its only computer"),
        Defect::EncryptionTypesUnset => (Content, directory::encryption_unset, ACCOUNT),
        Defect::WeakEncryptionTypes => (Content, directory::encryption_weak, ACCOUNT),
        Defect::DelegationEnabled => (Content, directory::delegation, ACCOUNT),
        Defect::PasswordAge => (Content, directory::password_age, ACCOUNT),
        Defect::PasswordNotRequired => (Content, directory::password_not_required, ACCOUNT),
        Defect::PasswordNeverSet => (Content, directory::password_never_set, ACCOUNT),
        Defect::PrivilegedGroups => (Content, directory::privileged_groups, ACCOUNT),
        Defect::EncryptionKeysOlderThanAes => (Content, directory::keys_older_than_aes, ACCOUNT),
        Defect::AccountIsRealMachine => (Content, further::is_real_machine, ACCOUNT),
        Defect::AccountProtectedUsers => (Content, further::protected_users, ACCOUNT),
        Defect::AccountDomainControllerFlag => (Content, further::domain_controller_flag, ACCOUNT),
        Defect::AccountNoPreauth => (Content, further::no_preauth, ACCOUNT),
        Defect::AccountKeyCredential => (Content, further::key_credential, ACCOUNT),
        Defect::AccountInSilo => (Content, further::in_silo, ACCOUNT),
        Defect::AccountKeysBeforeRodcGroup => (Content, further::keys_before_rodc_group, ACCOUNT),
        Defect::OverrideSpnElsewhere => (Content, further::override_elsewhere, "a further pool with an overridden internal web FQDN"),
        Defect::HostAliasShadowsPool => (Content, further::host_alias, "a further pool"),
        Defect::EnableTopologyOwed => (Content, process::enable_topology_owed, "a site with an account of which nothing else is planted"),
        Defect::ProductReportFailed => (Content, process::product_report_failed, SERVER),
        Defect::DraftTopology => (Content, process::draft_topology, "nothing"),
        Defect::TopologyDrift => (Content, process::topology_drift, "nothing"),
        Defect::StaleEvidence => (Content, process::stale_evidence, "nothing"),
        Defect::UnreadableDocument => (Content, process::unreadable_document, "nothing"),
        Defect::UnusedKerberosAccount => (Content, process::unused_account, "nothing"),
    }
}

/// Plants the wanted defects of a phase, in the order of [`Defect`].
pub(crate) fn plant(model: &mut Model, options: &LabOptions, phase: Phase) -> Result<(), LabError> {
    let mut wanted = options.defects.clone();
    wanted.sort_unstable();
    wanted.dedup();
    for defect in wanted {
        let (when, plant, needs) = of(defect);
        if when != phase {
            continue;
        }
        let random = rng(options.seed, defect.name());
        plant(&mut Planter::new(model, random, false)).ok_or(LabError::NoPlace { defect, needs })?;
    }
    Ok(())
}

/// Notes what follows from everything that was planted together: where no pool's name is on the account of a site, Enable-CsTopology
/// seems not to have run.
pub(crate) fn settle(model: &mut Model) {
    let mut owed = Vec::new();
    for account in &model.accounts {
        let Some(object) = model.directory.account(&account.sam()) else { continue };
        for site in &account.sites {
            let assigned = model.deployment.assignments.iter().filter(|a| a.site == *site).count() == 1;
            let there = |c: &&kerbsync_topologies::Cluster| object.spns.contains(&format!("http/{}", c.fqdn));
            let mut pools = model.web_clusters().filter(|c| c.site == *site).peekable();
            if assigned && pools.peek().is_some() && !pools.any(|c| there(&c)) {
                owed.push(model.site_subject(site));
            }
        }
    }
    let rule = Defect::EnableTopologyOwed.name();
    for subject in owed {
        if !model.planted.iter().any(|d| d.rule == rule && d.subjects.contains(&subject)) {
            let of = Defect::SpnMissing.name().to_owned();
            model.consequences.push(Consequence { rule: rule.to_owned(), subject: Some(subject), of });
        }
    }
}
