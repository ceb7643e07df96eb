//! Active Directory facts from exports.

use jiff::Timestamp;
use kerbsync_names::{DownLevelName, ServicePrincipalName};
use kerbsync_source::{DocumentId, Origin, Spanned};

/// Everything that directory exports say.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// The documents that the facts come from.
    pub documents: Vec<DocumentId>,
    /// Users and computers, in document order; objects found in several documents are merged by distinguished name.
    #[allow(clippy::vec_box, reason = "a fleet has thousands of them, which are joined, sorted and put into other lists")]
    pub accounts: Vec<Box<Account>>,
    /// Groups, in document order.
    pub groups: Vec<Group>,
    /// Domains: NetBIOS and DNS names.
    pub domains: Vec<Domain>,
    /// Objects that the export shows as deleted: they hold nothing that could clash, and are told where one is looked for.
    pub deleted: Vec<Deleted>,
    /// Whether the absence of an object proves something.
    pub completeness: Completeness,
}

/// A deleted object (`isDeleted`, or below `CN=Deleted Objects`).
#[derive(Debug, Clone)]
pub struct Deleted {
    /// Where it stands.
    pub origin: Origin,
    /// Its name without what the deletion added; sAMAccountName without `$`, else the first part of the distinguished name.
    pub name: String,
    /// DNS name of its domain.
    pub domain: Option<String>,
    /// Whether it is recycled (isRecycled): nothing but its name is left of it, and it cannot be restored.
    pub recycled: bool,
    /// whenChanged, where the export holds it: the deletion, unless something changed the object after it. UTC.
    pub changed: Option<Timestamp>,
}

impl Directory {
    /// The account of that down-level name: by sAMAccountName with or without `$` in the domain that the name means.
    #[must_use]
    pub fn account(&self, name: &DownLevelName) -> Option<&Account> {
        self.accounts.iter().map(|a| &**a).find(|a| a.is(name, &self.domains))
    }

    /// A deleted object of that name.
    #[must_use]
    pub fn deleted(&self, name: &DownLevelName) -> Option<&Deleted> {
        self.deleted.iter().find(|d| d.name.eq_ignore_ascii_case(name.account()) && in_domain(d.domain.as_deref(), name, &self.domains))
    }

    /// Every account that holds an SPN.
    pub fn holders<'a>(&'a self, spn: &'a ServicePrincipalName) -> impl Iterator<Item = (&'a Account, &'a Spanned<ServicePrincipalName>)> {
        self.accounts.iter().filter_map(move |a| a.spns.as_deref()?.iter().find(|s| s.value == *spn).map(|s| (&**a, s)))
    }
}

/// Whether an export holds all objects of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Completeness {
    /// A whole domain or forest is known to be in the export (kerbsync.toml says so, or the export's filter is known).
    Complete,
    /// Some objects: absence proves nothing.
    #[default]
    Partial,
}

/// One user or computer object. A `None` attribute was not in the export; an attribute known to be unset says so itself.
#[derive(Debug, Clone)]
pub struct Account {
    /// Where the object stands.
    pub origin: Origin,
    /// Distinguished name.
    pub distinguished_name: Spanned<String>,
    /// DNS name of the domain, from the DC parts of the distinguished name.
    pub domain: Option<String>,
    /// sAMAccountName, with `$` for computers.
    pub sam_account_name: Option<Spanned<String>>,
    /// Structural class in the export.
    pub class: Option<Spanned<ObjectClass>>,
    /// userAccountControl bits.
    pub user_account_control: Option<Spanned<u32>>,
    /// Bits of userAccountControl that the export does not tell: a bit that is not set there may be set all the same.
    pub flags_not_told: u32,
    /// Enabled, where the export says it other than by the bits.
    pub enabled: Option<Spanned<bool>>,
    /// accountExpires.
    pub expires: Option<Spanned<Moment>>,
    /// pwdLastSet.
    pub password_last_set: Option<Spanned<Moment>>,
    /// whenCreated.
    pub created: Option<Spanned<Timestamp>>,
    /// msDS-SupportedEncryptionTypes; `Some(None)` = known to be unset.
    pub encryption_types: Option<Spanned<Option<u32>>>,
    /// servicePrincipalName; `None` = the export does not hold the attribute at all, an empty list = known to hold none.
    pub spns: Option<Vec<Spanned<ServicePrincipalName>>>,
    /// Names that are shown on the object, where `spns` does not tell: it may hold others too. They come from a list of names (setspn), or
    /// from an export of which values are missing.
    pub shown_spns: Vec<Spanned<ServicePrincipalName>>,
    /// memberOf, distinguished names; `None` = not known, or not all.
    pub member_of: Option<Vec<Spanned<String>>>,
    /// Groups that memberOf shows where values of it are missing.
    pub shown_member_of: Vec<Spanned<String>>,
    /// primaryGroupID (515 = Domain Computers).
    pub primary_group: Option<Spanned<u32>>,
    /// adminCount.
    pub admin_count: Option<Spanned<u32>>,
    /// msDS-AllowedToDelegateTo; an empty list = known to be none, another may hold more.
    pub delegates_to: Option<Vec<Spanned<String>>>,
    /// Whether msDS-AllowedToActOnBehalfOfOtherIdentity is set.
    pub acted_for_by_others: Option<Spanned<bool>>,
    /// msDS-KeyVersionNumber.
    pub key_version: Option<Spanned<u32>>,
    /// objectSid as text.
    pub sid: Option<String>,
    /// dNSHostName.
    pub dns_host_name: Option<Spanned<String>>,
    /// ProtectedFromAccidentalDeletion.
    pub protected_from_deletion: Option<Spanned<bool>>,
    /// operatingSystem, which a computer writes about itself; `Some(None)` = known to be unset.
    pub operating_system: Option<Spanned<Option<String>>>,
    /// lastLogonTimestamp or lastLogon.
    pub last_logon: Option<Spanned<Moment>>,
    /// Whether msDS-KeyCredentialLink is set.
    pub key_credential: Option<Spanned<bool>>,
    /// Authentication policies and silos that the account is assigned to, distinguished names; an empty list = known to be none.
    pub silos: Option<Vec<Spanned<String>>>,
}

/// userAccountControl bits that rules ask for (documented: Microsoft, "UserAccountControl property flags").
pub mod uac {
    /// Account is disabled.
    pub const ACCOUNTDISABLE: u32 = 0x2;
    /// No password is required.
    pub const PASSWD_NOTREQD: u32 = 0x20;
    /// Ordinary user.
    pub const NORMAL_ACCOUNT: u32 = 0x200;
    /// A trust between domains.
    pub const INTERDOMAIN_TRUST_ACCOUNT: u32 = 0x800;
    /// Computer of the domain.
    pub const WORKSTATION_TRUST_ACCOUNT: u32 = 0x1000;
    /// Domain controller.
    pub const SERVER_TRUST_ACCOUNT: u32 = 0x2000;
    /// The password does not expire.
    pub const DONT_EXPIRE_PASSWORD: u32 = 0x1_0000;
    /// Trusted for unconstrained delegation.
    pub const TRUSTED_FOR_DELEGATION: u32 = 0x8_0000;
    /// Keys are restricted to DES.
    pub const USE_DES_KEY_ONLY: u32 = 0x20_0000;
    /// No Kerberos pre-authentication.
    pub const DONT_REQ_PREAUTH: u32 = 0x40_0000;
    /// Logon by smart card only; the directory sets a random password with it.
    pub const SMARTCARD_REQUIRED: u32 = 0x4_0000;
    /// A computer that holds secrets of a part of the domain: a read-only domain controller.
    pub const PARTIAL_SECRETS_ACCOUNT: u32 = 0x400_0000;
    /// The password has expired.
    pub const PASSWORD_EXPIRED: u32 = 0x80_0000;
    /// Trusted to authenticate for delegation (protocol transition).
    pub const TRUSTED_TO_AUTH_FOR_DELEGATION: u32 = 0x100_0000;
}

impl Account {
    /// An object of which only its name is known.
    #[must_use]
    pub fn named(distinguished_name: Spanned<String>, domain: Option<String>) -> Self {
        Self {
            origin: distinguished_name.origin.clone(),
            distinguished_name,
            domain,
            sam_account_name: None,
            class: None,
            user_account_control: None,
            flags_not_told: u32::MAX,
            enabled: None,
            expires: None,
            password_last_set: None,
            created: None,
            encryption_types: None,
            spns: None,
            shown_spns: Vec::new(),
            member_of: None,
            shown_member_of: Vec::new(),
            primary_group: None,
            admin_count: None,
            delegates_to: None,
            acted_for_by_others: None,
            key_version: None,
            sid: None,
            dns_host_name: None,
            protected_from_deletion: None,
            operating_system: None,
            last_logon: None,
            key_credential: None,
            silos: None,
        }
    }

    /// The places of all of its values, to be put together: see [`Origin::pack`].
    pub fn origins_mut(&mut self) -> impl Iterator<Item = &mut Origin> {
        let Self {
            origin,
            distinguished_name,
            domain: _,
            sam_account_name,
            class,
            user_account_control,
            flags_not_told: _,
            enabled,
            expires,
            password_last_set,
            created,
            encryption_types,
            spns,
            shown_spns,
            member_of,
            shown_member_of,
            primary_group,
            admin_count,
            delegates_to,
            acted_for_by_others,
            key_version,
            sid: _,
            dns_host_name,
            protected_from_deletion,
            operating_system,
            last_logon,
            key_credential,
            silos,
        } = self;
        let names = [origin, &mut distinguished_name.origin].into_iter().chain(at(sam_account_name)).chain(at(class));
        let flags = at(user_account_control).chain(at(enabled)).chain(at(encryption_types)).chain(at(primary_group)).chain(at(admin_count));
        let times = at(expires).chain(at(password_last_set)).chain(at(created)).chain(at(last_logon));
        let others = at(acted_for_by_others).chain(at(key_version)).chain(at(protected_from_deletion)).chain(at(key_credential));
        let texts = at(dns_host_name).chain(at(operating_system)).chain(each(member_of)).chain(all(shown_member_of));
        let lists = each(spns).chain(all(shown_spns)).chain(each(delegates_to)).chain(each(silos));
        names.chain(flags).chain(times).chain(others).chain(texts).chain(lists)
    }

    /// Whether the account is enabled, as far as the export says.
    #[must_use]
    pub fn is_enabled(&self) -> Option<bool> {
        match (&self.enabled, &self.user_account_control) {
            (Some(e), _) => Some(e.value),
            (None, Some(bits)) => Some(bits.value & uac::ACCOUNTDISABLE == 0),
            (None, None) => None,
        }
    }

    /// sAMAccountName without a trailing `$`, else the first part of the distinguished name.
    #[must_use]
    pub fn short_name(&self) -> &str {
        match &self.sam_account_name {
            Some(sam) => sam.value.strip_suffix('$').unwrap_or(&sam.value),
            None => self.distinguished_name.value.split(',').next().and_then(|rdn| rdn.split_once('=')).map_or("", |(_, v)| v),
        }
    }

    /// Whether this object is the account of that down-level name.
    ///
    /// The domain part is a NetBIOS name known from `domains`, else compared with the DNS name or its first label.
    #[must_use]
    pub fn is(&self, name: &DownLevelName, domains: &[Domain]) -> bool {
        if !self.short_name().eq_ignore_ascii_case(name.account()) {
            return false;
        }
        in_domain(self.domain.as_deref(), name, domains)
    }
}

fn at<T>(value: &mut Option<Spanned<T>>) -> impl Iterator<Item = &mut Origin> {
    value.iter_mut().map(|v| &mut v.origin)
}

fn all<T>(values: &mut [Spanned<T>]) -> impl Iterator<Item = &mut Origin> {
    values.iter_mut().map(|v| &mut v.origin)
}

fn each<T>(values: &mut Option<Vec<Spanned<T>>>) -> impl Iterator<Item = &mut Origin> {
    values.iter_mut().flatten().map(|v| &mut v.origin)
}

/// Whether a domain, by its DNS name, is the one that a down-level name means; one that is not known may be.
fn in_domain(own: Option<&str>, name: &DownLevelName, domains: &[Domain]) -> bool {
    let Some(own) = own else { return true };
    match domains.iter().find(|d| d.netbios.eq_ignore_ascii_case(name.domain())) {
        Some(d) => d.dns.eq_ignore_ascii_case(own),
        None => own.eq_ignore_ascii_case(name.domain()) || own.split('.').next().is_some_and(|l| l.eq_ignore_ascii_case(name.domain())),
    }
}

/// A point in time of an account attribute, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Never: 0 or the greatest value for accountExpires, 0 for pwdLastSet ("must be set at next logon", or never set).
    Never,
    /// Then. UTC.
    At(Timestamp),
}

/// Structural class of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectClass {
    /// computer.
    Computer,
    /// user or person.
    User,
    /// Group managed service account.
    ManagedServiceAccount,
    /// Another class, as written.
    Other(String),
}

/// A group.
#[derive(Debug, Clone)]
pub struct Group {
    /// Where the object stands.
    pub origin: Origin,
    /// Distinguished name.
    pub distinguished_name: String,
    /// sAMAccountName or the first part of the distinguished name.
    pub name: String,
    /// Distinguished names of the members; `None` = not in the export, or not all of them.
    pub members: Option<Vec<Spanned<String>>>,
    /// Members that the export shows where others are missing.
    pub shown_members: Vec<Spanned<String>>,
    /// Groups that the export shows it to be in (memberOf), distinguished names; it may be in others.
    pub shown_member_of: Vec<Spanned<String>>,
    /// objectSid as text.
    pub sid: Option<String>,
    /// whenCreated.
    pub created: Option<Spanned<Timestamp>>,
}

impl Group {
    /// The places of all of its values, to be put together: see [`Origin::pack`].
    pub fn origins_mut(&mut self) -> impl Iterator<Item = &mut Origin> {
        let Self { origin, members, shown_members, shown_member_of, created, .. } = self;
        let lists = each(members).chain(all(shown_members)).chain(all(shown_member_of));
        std::iter::once(origin).chain(at(created)).chain(lists)
    }
}

/// One domain's two names.
#[derive(Debug, Clone)]
pub struct Domain {
    /// NetBIOS name.
    pub netbios: String,
    /// DNS name.
    pub dns: String,
    /// Where it was read; absent when it comes from kerbsync.toml without a place.
    pub origin: Option<Origin>,
}
