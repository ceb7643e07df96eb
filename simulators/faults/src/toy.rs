//! A tiny format that stands in for applicationHost.config: lines of `name=value`. It shares nothing with the real one but the seam, so
//! that a hundred thousand disks can be tried in a second.

mod lines;

use crate::foreign::{Edited, ForeignEdit};
use crate::oracle::{Eyes, SeenCredential};
use kerbsync_plan::lower::{DirectoryWriter, FieldRecord, FieldState, KeyVersion, Lower, LowerError, Lowered, Original};
use kerbsync_plan::{Change, DirectoryStep, Intent, LayoutId, Plan, PlanReport, SCHEMA, SecretFrom, SlotAddress, SlotKey, Step};
use kerbsync_store::Digest;
use lines::{line, set};
use std::sync::Mutex;

/// The secret in clear that no file may ever hold.
pub const CANARY: &str = "canary-7f3a";
/// The attributes that a step sets.
const FIELDS: [&str; 2] = ["account", "secret"];

/// The toy's format, for one plan after another: `generation` tells the passwords of several plans apart.
#[derive(Debug, Clone, Copy)]
pub struct Toy {
    /// Which password.
    pub generation: u32,
}

/// What a server's secret looks like when it is encrypted for it.
fn sealed(server: &str, generation: u32) -> String {
    // As with real encryption the text differs from server to server, and only the holder of the key could tell what is in it.
    format!("[enc:{}]", &Digest::of(format!("{server} {generation} {CANARY}").as_bytes()).to_string()[..12])
}

fn text(bytes: &[u8]) -> Result<&str, LowerError> {
    let text = std::str::from_utf8(bytes).ok().filter(|t| t.starts_with("server=") && t.ends_with('\n') && !t.contains('\0'));
    text.ok_or_else(|| LowerError::outside("this is no toy configuration"))
}

fn slot() -> SlotAddress {
    SlotAddress {
        layout: LayoutId::Structural,
        evidence: String::new(),
        key: SlotKey::Section { section: "slot".to_owned(), element: None, location: None },
        account_attribute: FIELDS[0].to_owned(),
        secret_attribute: FIELDS[1].to_owned(),
    }
}

fn is_secret_in_clear(name: &str, value: &str) -> bool {
    name == "secret" && !value.starts_with("[enc:")
}

impl Lower for Toy {
    fn lower(&self, step: &Step, current: &[u8]) -> Result<Lowered, LowerError> {
        let mut now = text(current)?.to_owned();
        let (mut fields, mut kept) = (Vec::new(), Vec::new());
        for name in FIELDS {
            let value = if name == "secret" { sealed(&step.server, self.generation) } else { "CONTOSO\\kerb".to_owned() };
            let old = line(&now, name).map(str::to_owned);
            if old.as_deref() == Some(&value) {
                let (original, written) = (Original::Text(value.clone()), Digest::of(value.as_bytes()).to_string());
                kept.push(FieldRecord { slot: slot(), attribute: name.to_owned(), original, written });
                continue;
            }
            let original = match old {
                None => Original::Absent,
                Some(old) if is_secret_in_clear(name, &old) => Original::Backup,
                Some(old) => Original::Text(old),
            };
            fields.push(FieldRecord {
                slot: slot(),
                attribute: name.to_owned(),
                original,
                written: Digest::of(value.as_bytes()).to_string(),
            });
            now = set(&now, name, Some(&value));
        }
        if !fields.is_empty() {
            // What belongs to the credential and stays is recorded, too.
            fields.extend(kept);
        }
        Ok(Lowered { bytes: now.into_bytes(), fields })
    }

    fn check(&self, step: &Step, before: &[u8], after: &[u8]) -> Result<(), LowerError> {
        let lowered = self.lower(step, before)?;
        text(after)?;
        if lowered.bytes == after { Ok(()) } else { Err(LowerError::Unplanned) }
    }

    fn state(&self, field: &FieldRecord, current: &[u8]) -> Result<FieldState, LowerError> {
        let now = line(text(current)?, &field.attribute);
        Ok(match (now, &field.original) {
            (Some(now), _) if Digest::of(now.as_bytes()).to_string() == field.written => FieldState::Ours,
            (Some(now), Original::Text(old)) if now == old => FieldState::Original,
            (Some(now), Original::Backup) if is_secret_in_clear(&field.attribute, now) => FieldState::Original,
            (None, Original::Absent) => FieldState::Original,
            _ => FieldState::Foreign,
        })
    }

    /// Account and secret are one credential, as in the real format.
    fn states(&self, fields: &[FieldRecord], current: &[u8]) -> Result<Vec<FieldState>, LowerError> {
        let mut alone: Vec<FieldState> = fields.iter().map(|field| self.state(field, current)).collect::<Result<_, _>>()?;
        let stayed = |f: &FieldRecord| matches!(&f.original, Original::Text(old) if Digest::of(old.as_bytes()).to_string() == f.written);
        let all_old = fields.iter().zip(&alone).filter(|(f, _)| !stayed(f)).all(|(_, state)| *state == FieldState::Original);
        for (field, state) in fields.iter().zip(&mut alone) {
            if all_old && stayed(field) && *state == FieldState::Ours {
                *state = FieldState::Original;
            }
        }
        let is_broken = alone.contains(&FieldState::Foreign);
        let of = |state| if is_broken && state == FieldState::Ours { FieldState::Held } else { state };
        Ok(alone.into_iter().map(of).collect())
    }

    fn restore(&self, fields: &[FieldRecord], current: &[u8], backup: Option<&[u8]>) -> Result<Vec<u8>, LowerError> {
        let mut now = text(current)?.to_owned();
        for field in fields {
            now = match &field.original {
                Original::Absent => set(&now, &field.attribute, None),
                Original::Text(old) => set(&now, &field.attribute, Some(old)),
                Original::Backup => {
                    let copy = backup.ok_or_else(|| LowerError::outside("the copy of the original is missing"))?;
                    set(&now, &field.attribute, line(text(copy)?, &field.attribute))
                }
            };
        }
        Ok(now.into_bytes())
    }
}

/// Eyes for the toy.
#[derive(Debug, Clone, Copy)]
pub struct ToyEyes;

impl Eyes for ToyEyes {
    fn look(&self, bytes: &[u8]) -> Option<Vec<SeenCredential>> {
        let text = text(bytes).ok()?;
        let part = |name| line(text, name).map(str::to_owned);
        Some(vec![SeenCredential { place: "slot".to_owned(), parts: [part("account"), part("secret"), None] }])
    }
}

fn changed(bytes: &[u8], is_there: &[&str], sets: &[(&str, Option<&str>)]) -> Edited {
    let Some(now) = text(bytes).ok().filter(|t| is_there.iter().all(|name| line(t, name).is_some())) else { return Edited::Nothing };
    let edited = sets.iter().fold(now.to_owned(), |text, (name, value)| set(&text, name, *value));
    Edited::Bytes(edited.into_bytes())
}

/// What others do to a configuration of the toy.
pub static EDITS: [ForeignEdit; 9] = [
    ForeignEdit { name: "another secret", change: |b| changed(b, &["secret"], &[("secret", Some("[enc:someone-else]"))]) },
    ForeignEdit { name: "a secret in clear", change: |b| changed(b, &["secret"], &[("secret", Some("somebody else's"))]) },
    ForeignEdit { name: "another account", change: |b| changed(b, &["account"], &[("account", Some("CONTOSO\\theirs"))]) },
    ForeignEdit {
        name: "another credential",
        change: |b| changed(b, &[], &[("account", Some("CONTOSO\\theirs")), ("secret", Some("[enc:theirs]"))]),
    },
    ForeignEdit { name: "the removal", change: |b| changed(b, &["account"], &[("account", None), ("secret", None)]) },
    ForeignEdit { name: "the removal of the secret", change: |b| changed(b, &["secret"], &[("secret", None)]) },
    ForeignEdit { name: "the removal of the file", change: |_| Edited::Removed },
    ForeignEdit { name: "a torn copy", change: |b| Edited::Bytes(b[..b.len() / 2].to_vec()) },
    ForeignEdit {
        name: "other line ends",
        change: |b| Edited::Bytes(String::from_utf8_lossy(b).replace("\r\n", "\n").replace('\n', "\r\n").into_bytes()),
    },
];

/// A directory that counts its keys.
#[derive(Debug, Default)]
pub struct ToyDirectory {
    version: Mutex<KeyVersion>,
}

impl ToyDirectory {
    /// A directory whose account has had that many passwords.
    #[must_use]
    pub fn at(version: KeyVersion) -> Self {
        Self { version: Mutex::new(version) }
    }

    /// How many passwords the account has had.
    #[must_use]
    pub fn version(&self) -> KeyVersion {
        *self.version.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl DirectoryWriter for ToyDirectory {
    fn key_version(&self, _account: &str) -> Result<KeyVersion, LowerError> {
        Ok(self.version())
    }

    fn set_password(&self, _account: &str) -> Result<(), LowerError> {
        self.version.lock().unwrap_or_else(std::sync::PoisonError::into_inner).0 += 1;
        Ok(())
    }
}

/// Path of the configuration of server `n`, from 1.
#[must_use]
pub fn path(n: usize) -> String {
    format!("servers/fe{n:02}.contoso.com/applicationHost.config")
}

/// The configurations of some servers before anything: an old secret, none, one in clear, and so on in turn.
#[must_use]
pub fn configurations(servers: usize) -> Vec<(String, Vec<u8>)> {
    let one = |n: usize| {
        let slot = match n % 3 {
            1 => format!("account=CONTOSO\\old\nsecret={}\n", sealed("old", 0)),
            2 => String::new(),
            _ => "account=CONTOSO\\kerb\nsecret=clear text\n".to_owned(),
        };
        (path(n), format!("server=fe{n:02}\n{slot}site=34577\n").into_bytes())
    };
    (1..=servers).map(one).collect()
}

/// A plan that sets the slot on these configurations.
#[must_use]
pub fn plan(configurations: &[(String, Vec<u8>)], set_password: bool) -> Plan {
    let source = "source.contoso.com";
    let copied = || SecretFrom::Server { server: source.to_owned(), path: String::new(), sha256: String::new(), slot: Box::new(slot()) };
    let (intent, secret) = if set_password {
        (Intent::SetPassword, SecretFrom::Generated)
    } else {
        (Intent::Sync { from: source.to_owned(), to: vec!["all".to_owned()] }, copied())
    };
    let steps = configurations.iter().zip(1u32..).map(|((path, bytes), number)| Step {
        number,
        stage: 1,
        server: path.split('/').nth(1).unwrap_or_default().to_owned(),
        path: path.clone(),
        sha256: Digest::of(bytes).to_string(),
        bytes: bytes.len() as u64,
        changes: vec![Change { slot: slot(), create: false, account: "CONTOSO\\kerb".to_owned(), secret: secret.clone(), fields: vec![] }],
    });
    let account = "CONTOSO\\kerb".to_owned();
    let mut plan = Plan {
        schema: SCHEMA.to_owned(),
        tool: "0".to_owned(),
        digest: String::new(),
        bundle: None,
        intent,
        operator: None,
        account: account.clone(),
        accept_inferred_protection: false,
        inputs: vec![],
        preconditions: vec![],
        steps: steps.collect(),
        directory: set_password.then_some(DirectoryStep { account }),
        follow_ups: vec![],
        outage: vec![],
        report: PlanReport::default(),
    };
    plan.digest = plan.compute_digest().unwrap_or_default();
    plan
}
