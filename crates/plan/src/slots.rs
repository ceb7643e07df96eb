//! Which slots of a server are set, compared with those of the source.

use crate::check::Checks;
use crate::{Change, FieldChange, SecretFrom, SlotAddress, never_in_force};
use kerbsync_inventory::state::{EqualityTag, Naming, naming};
use kerbsync_inventory::{
    ApplicationPoolIdentity, Creation, Document, Inventory, NotInForce, ProviderPurpose, SecretState, ServerConfiguration, Slot, SlotKey,
};
use kerbsync_names::{DownLevelName, HostName};
use kerbsync_source::{Text, text};
use std::collections::BTreeSet;

/// The configuration of a server, with its document, or why it cannot be written: reason and remedy.
pub(crate) fn writable<'i>(
    inventory: &'i Inventory,
    computer: &HostName,
) -> Result<(&'i ServerConfiguration, &'i Document, &'i str), (Text, &'static str)> {
    let add = "add its applicationHost.config to the bundle, below servers/<fqdn>/";
    let Some(server) = inventory.server(computer) else {
        return Err(("No configuration of this server is among the inputs.".into(), add));
    };
    server.in_force().map_err(|why| {
        let remedy = match why {
            NotInForce::Redirected(_) => "change the shared configuration where it lies",
            NotInForce::Missing => add,
            NotInForce::Unreadable(_) => "see `kerbsync audit`",
            NotInForce::Contested => "take the others out of the bundle, or name the one in force as prefer in kerbsync.toml",
            NotInForce::Foreign(_) => "replace it by the server's own applicationHost.config",
        };
        (text!("{why}"), remedy)
    })?;
    let document = server.document.and_then(|id| inventory.document(id));
    if let Some(what) = document.and_then(|d| never_in_force::folder_of(&d.path)) {
        return Err((text!("The configuration at hand is never in force: it lies in {what}."), add));
    }
    match document.and_then(|d| Some((d, d.sha256.as_deref()?))) {
        Some((document, sha256)) if !document.path.contains("!/") => Ok((server, document, sha256)),
        Some(_) => Err(("Its configuration lies in an archive.".into(), "unpack the archive and plan for the folder")),
        None => Err(("The bytes of its configuration could not be read.".into(), "see `kerbsync audit`")),
    }
}

/// The slots of a server that count and name the account.
pub(crate) fn naming_slots<'i>(
    server: &'i ServerConfiguration,
    account: &'i DownLevelName,
    inventory: &'i Inventory,
) -> impl Iterator<Item = &'i Slot> {
    let domains = inventory.domains();
    server.slots.iter().filter(move |s| s.may_count() && naming(&s.account.value, account, domains) == Naming::Expected)
}

/// A place that is to hold the account, and where its secret comes from.
pub(crate) struct Wanted {
    pub(crate) slot: SlotAddress,
    pub(crate) purpose: ProviderPurpose,
    pub(crate) creation: Creation,
    pub(crate) secret: SecretFrom,
}

impl Wanted {
    /// The place of a slot that another server has.
    pub(crate) fn like(slot: &Slot, secret: SecretFrom) -> Self {
        Self { slot: SlotAddress::of(slot), purpose: slot.purpose, creation: slot.creation, secret }
    }
}

/// What brings one server to hold the account.
#[derive(Default)]
pub(crate) struct ServerChanges {
    pub(crate) changes: Vec<Change>,
    /// What its secrets are encrypted for.
    pub(crate) purposes: BTreeSet<ProviderPurpose>,
    /// Places that it lacks and that cannot be created.
    pub(crate) lacking: Vec<SlotAddress>,
}

impl ServerChanges {
    fn add(&mut self, change: Change, purpose: ProviderPurpose) {
        self.changes.push(change);
        self.purposes.insert(purpose);
    }

    /// Whether every place that the server lacks can be created.
    pub(crate) fn check_creation(&self, computer: &HostName, checks: &mut Checks) {
        for place in &self.lacking {
            let reason = text!("It has no {}, and slots of the layout {} are only set where they are.", place.label(), place.layout.name());
            checks.fail(
                "slot-creatable",
                computer,
                reason,
                "set it there once by hand, or declare the place as [[slots]] in kerbsync.toml",
            );
        }
    }
}

/// The changes that bring a server to hold the account in every wanted place, and nowhere an older secret of it.
///
/// `tag` is the secret that is wanted, where it is known now. `after` says in words what the secret's place will hold.
pub(crate) fn changes(
    inventory: &Inventory,
    server: &ServerConfiguration,
    account: &DownLevelName,
    wanted: &[Wanted],
    tag: Option<EqualityTag>,
    after: &str,
) -> ServerChanges {
    let own: Vec<&Slot> = naming_slots(server, account, inventory).collect();
    let mut planned = ServerChanges::default();
    for place in wanted {
        let there = server.slots.iter().find(|s| SlotAddress::of(s).is_same_place(&place.slot));
        // A server that keeps the account by other layouts is not given a further one.
        let foreign_layout = !own.is_empty() && !own.iter().any(|s| s.layout == place.slot.layout);
        match there {
            Some(slot) if holds(inventory, slot, account, tag) => {}
            Some(slot) => planned.add(change(inventory, server, slot, account, place.secret.clone(), after), slot.purpose),
            None if foreign_layout => {}
            None if place.creation == Creation::Never => planned.lacking.push(place.slot.clone()),
            None => planned.add(created(server, place, account, after), place.purpose),
        }
    }
    // Places of its own that name the account would stay behind.
    let secret = wanted.first().map(|w| w.secret.clone());
    for slot in own {
        let covered = wanted.iter().any(|w| SlotAddress::of(slot).is_same_place(&w.slot));
        if let (false, false, Some(secret)) = (covered, holds(inventory, slot, account, tag), &secret) {
            planned.add(change(inventory, server, slot, account, secret.clone(), after), slot.purpose);
        }
    }
    planned
}

fn holds(inventory: &Inventory, slot: &Slot, account: &DownLevelName, tag: Option<EqualityTag>) -> bool {
    let named = slot.active && naming(&slot.account.value, account, inventory.domains()) == Naming::Expected;
    named && tag.is_some() && slot.secret.tag() == tag
}

fn change(
    inventory: &Inventory,
    server: &ServerConfiguration,
    slot: &Slot,
    account: &DownLevelName,
    secret: SecretFrom,
    after: &str,
) -> Change {
    let mut fields: Vec<FieldChange> = identity_type(server, &SlotAddress::of(slot)).into_iter().collect();
    if naming(&slot.account.value, account, inventory.domains()) != Naming::Expected {
        let before = Some(slot.account.value.text.as_str()).filter(|t| !t.is_empty()).unwrap_or("(nothing)");
        fields.push(field(&slot.account_attribute, before, &account.to_string()));
    }
    fields.push(field(&slot.secret_attribute, &described(&slot.secret), after));
    Change { slot: SlotAddress::of(slot), create: false, account: account.to_string(), secret, fields }
}

fn created(server: &ServerConfiguration, place: &Wanted, account: &DownLevelName, after: &str) -> Change {
    let mut fields: Vec<FieldChange> = identity_type(server, &place.slot).into_iter().collect();
    fields.push(field(&place.slot.account_attribute, "(nothing)", &account.to_string()));
    fields.push(field(&place.slot.secret_attribute, "(nothing)", after));
    Change { slot: place.slot.clone(), create: true, account: account.to_string(), secret: place.secret.clone(), fields }
}

/// A pool uses its user only when it says so: what has to change where it runs as something else.
fn identity_type(server: &ServerConfiguration, slot: &SlotAddress) -> Option<FieldChange> {
    let SlotKey::ApplicationPool { pool } = &slot.key else { return None };
    let pool = server.application_pool(pool)?;
    match &pool.identity.value {
        ApplicationPoolIdentity::SpecificUser => None,
        other => Some(field("identityType", other.name(), ApplicationPoolIdentity::SpecificUser.name())),
    }
}

fn field(attribute: &str, before: &str, after: &str) -> FieldChange {
    FieldChange { attribute: attribute.to_owned(), before: before.to_owned(), after: after.to_owned() }
}

fn described(secret: &SecretState) -> String {
    match secret {
        SecretState::Empty => "(nothing)".to_owned(),
        SecretState::Clear(_) => "(another secret, in clear)".to_owned(),
        SecretState::TakenOut => "(a secret that was taken out of this copy)".to_owned(),
        SecretState::Opened { provider, .. } => format!("(another secret, under {provider})"),
        SecretState::Sealed { provider, .. } => format!("(a secret under {provider} that was not opened)"),
    }
}
