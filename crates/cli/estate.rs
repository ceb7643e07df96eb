//! A bundle that is written to: its files, what they mean, and the keys of its servers.

use crate::Io;
use crate::args::WriteArgs;
use crate::failure::Failure;
use crate::gather::{collected, read_config, unopened};
use crate::progress::Bar;
use crate::{Exit, codes};
use jiff::Timestamp;
use kerbsync_apply::{Context, Engine, EngineError, Options};
use kerbsync_collect::{Input, Progress as _, Settings};
use kerbsync_credential::lower::{CredentialLower, KeySource, ServerSecrets, SlotRules};
use kerbsync_iis::protection::KeyFile;
use kerbsync_inventory::{DocumentKind, Inventory};
use kerbsync_plan::Plan;
use kerbsync_plan::lower::LowerError;
use kerbsync_store::{Files as _, FolderFiles, Key};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// A folder with what was collected from it.
pub(crate) struct Estate {
    files: FolderFiles,
    pub(crate) inventory: Inventory,
    settings: Settings,
    rules: SlotRules,
    quiet: bool,
}

impl Estate {
    /// Opens a folder and reads everything in it.
    pub(crate) fn open(path: &Path, args: &WriteArgs, quiet: bool, io: &Io<'_>) -> Result<Self, Failure> {
        let config = args.config.as_deref().map(read_config).transpose()?;
        let store = kerbsync_store::open(path).map_err(|e| unopened(path, &e))?;
        let files = FolderFiles::open(path).map_err(|e| {
            Failure::new(Exit::Refused, format!("'{}' cannot be written to: {e}", path.display()))
                .hint("only a folder can be changed: unpack an archive first")
        })?;
        // Without a label, paths are those below the bundle, as plans have them.
        let gathered = collected(&[Input { label: String::new(), store }], config, None, quiet, io)?;
        let rules = kerbsync_collect::slot_rules(&gathered.inventory, &gathered.settings);
        Ok(Self { files, inventory: gathered.inventory, settings: gathered.settings, rules, quiet })
    }

    /// Refuses a plan whose inputs are not these any more. Configurations that the plan writes are left to the engine, which knows
    /// what it wrote itself.
    pub(crate) fn check_inputs(&self, plan: &Plan) -> Result<(), Failure> {
        let now: BTreeMap<&str, Option<&str>> = self.inventory.documents.iter().map(|d| (d.path.as_str(), d.sha256.as_deref())).collect();
        for input in &plan.inputs {
            if plan.steps.iter().any(|s| s.path == input.path) {
                continue;
            }
            let what = match now.get(input.path.as_str()) {
                Some(Some(sha256)) if *sha256 == input.sha256 => continue,
                Some(_) => "has changed",
                None => "is gone",
            };
            let message = format!("the plan is stale: {} {what} since it was made; nothing was written", input.path);
            return Err(Failure::new(Exit::Refused, message).hint("plan again"));
        }
        Ok(())
    }

    /// Does some work with an engine over this bundle.
    pub(crate) fn with_engine<T>(
        &self,
        operator: Option<&str>,
        accept_inferred: bool,
        io: &Io<'_>,
        work: impl FnOnce(&Engine<'_>) -> T,
    ) -> T {
        let keys = BundleKeys { estate: self, read: Mutex::new(BTreeMap::new()) };
        let read = |path: &str| self.read(path);
        let secrets = ServerSecrets::new(self.rules.clone(), &read, &keys, None);
        let lower = CredentialLower::new(self.rules.clone(), &secrets, &keys, accept_inferred);
        let env = |names: &[&str]| names.iter().find_map(|n| (io.env)(n)).filter(|v| !v.is_empty());
        let operator = operator.map(str::to_owned).or_else(|| self.settings.operator.clone()).or_else(|| env(&["USERNAME", "USER"]));
        let started: Timestamp = (io.now)();
        let bar = Bar::new(io.terminals.1 && !self.quiet);
        let engine = Engine {
            files: &self.files,
            lower: &lower,
            directory: None,
            context: Context {
                operator: operator.unwrap_or_else(|| "unknown".to_owned()),
                host: env(&["COMPUTERNAME", "HOSTNAME"]).unwrap_or_else(|| "unknown".to_owned()),
                pid: std::process::id(),
                now: &move || started,
                progress: &|_, total| {
                    bar.total(u64::try_from(total).unwrap_or(u64::MAX));
                    bar.step(1);
                },
            },
            options: Options::default(),
        };
        let result = work(&engine);
        bar.clear();
        result
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, LowerError> {
        let key = Key::new(path).ok_or_else(|| LowerError { reason: format!("{path} is no path below the bundle; plan again") })?;
        self.files.read(&key).map_err(|e| LowerError { reason: e.to_string() })
    }
}

/// The exported keys that lie in the folders of servers. Those of each server are read once.
struct BundleKeys<'e> {
    estate: &'e Estate,
    read: Mutex<BTreeMap<String, Arc<[KeyFile]>>>,
}

impl KeySource for BundleKeys<'_> {
    fn keys(&self, server: &str) -> Result<Arc<[KeyFile]>, LowerError> {
        let mut known = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = known.get(server) {
            return Ok(Arc::clone(keys));
        }
        let mut keys = Vec::new();
        for document in &self.estate.inventory.documents {
            let of_server = document.computer.as_ref().is_some_and(|c| c.as_str().eq_ignore_ascii_case(server));
            if of_server && document.kind == DocumentKind::KeyContainer {
                let name = document.path.rsplit('/').next().unwrap_or_default();
                keys.extend(kerbsync_collect::read_key(document.id, name, self.estate.read(&document.path)?));
            }
        }
        let keys: Arc<[KeyFile]> = keys.into();
        known.insert(server.to_owned(), Arc::clone(&keys));
        Ok(keys)
    }
}

/// Why the engine did not begin, for people.
pub(crate) fn refused(error: &EngineError, recovering: bool) -> Failure {
    let exit = if error.exit_code(recovering) == codes::FAILED { Exit::Failed } else { Exit::Refused };
    Failure::new(exit, error.to_string())
}
