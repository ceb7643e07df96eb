//! One bundle that is planned for or written to: its files, what they mean, and the keys of its servers.

use crate::Exit;
use crate::Io;
use crate::args::WriteArgs;
use crate::bundle_keys::BundleKeys;
use crate::failure::Failure;
use crate::progress::Bar;
use crate::reading::{Asked, read_config, read_stores, unopened, unreadable};
#[cfg(feature = "live")]
use crate::{args::LiveWriteArgs, commands::LiveDirectory};
use jiff::Timestamp;
use kerbsync_apply::{CommandWords, Context, Engine, EngineError, Options, Threads};
use kerbsync_collect::{Input, Progress as _, Settings};
#[cfg(feature = "live")]
use kerbsync_credential::lower::SecretSource;
use kerbsync_credential::lower::{CredentialLower, ServerSecrets, SlotRules};
use kerbsync_inventory::{Document, DocumentKind, DocumentStatus, Inventory};
use kerbsync_plan::lower::{DirectoryWriter, Lower, LowerError};
use kerbsync_plan::{Plan, PreconditionOutcome, check_operator, inputs_now};
#[cfg(feature = "live")]
use kerbsync_plan::{SecretFrom, SlotAddress};
use kerbsync_secret::Secret;
#[cfg(feature = "live")]
use kerbsync_store::Digest;
use kerbsync_store::{
    ARCHIVE_HEAD, ArchiveLimits, Expected, Files, FolderFiles, Key, ReadStore, ReplaceFailure, WORK_FOLDER, WriteStore, is_archive,
    open_archive,
};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// A bundle with what was collected from it.
pub(crate) struct OpenedBundle {
    path: PathBuf,
    /// One input without a label, so that paths are those below the bundle, as plans have them.
    inputs: [Input; 1],
    pub(crate) inventory: Inventory,
    pub(crate) settings: Settings,
    rules: SlotRules,
    quiet: bool,
    /// The servers themselves, where a run writes to them.
    #[cfg(feature = "live")]
    drives: Option<crate::commands::LiveDrives>,
}

/// What a run is done with besides the bundle.
#[derive(Default)]
pub(crate) struct RunParameters<'a> {
    /// Who asks.
    pub(crate) operator: Option<&'a str>,
    /// Whether protection whose layout is inferred may be written.
    pub(crate) accept_inferred: bool,
    /// The new password, where one is set.
    pub(crate) generated: Option<Secret>,
    /// The file of the plan that is applied, for command lines that are advised.
    pub(crate) plan: Option<&'a Path>,
}

impl OpenedBundle {
    /// Opens a folder or an archive and reads everything in it. `config` stands in place of the bundle's kerbsync.toml.
    pub(crate) fn open(path: &Path, config: Option<&Path>, quiet: bool, io: &Io<'_>) -> Result<Self, Failure> {
        let config = config.map(read_config).transpose()?;
        let inputs = [Input { label: String::new(), store: opened(path)? }];
        let read = read_stores(&inputs, config, Asked::default(), quiet, io)?;
        let rules = kerbsync_collect::slot_rules(&read.inventory, &read.settings);
        Ok(Self {
            path: path.to_owned(),
            inputs,
            inventory: read.inventory,
            settings: read.settings,
            rules,
            quiet,
            #[cfg(feature = "live")]
            drives: None,
        })
    }

    /// As [`open`](Self::open), for a command that writes.
    pub(crate) fn open_for(path: &Path, args: &WriteArgs, quiet: bool, io: &Io<'_>) -> Result<Self, Failure> {
        let opened = Self::open(path, args.config.as_deref(), quiet, io)?;
        opened.check_bundle()?;
        #[cfg(feature = "live")]
        let opened = Self { drives: crate::commands::live_drives(path, &args.live, io)?, ..opened };
        Ok(opened)
    }

    /// Refuses a bundle of which nothing could be read.
    pub(crate) fn check_read(&self) -> Result<(), Failure> {
        let any = |is: fn(&DocumentStatus) -> bool| self.inventory.documents.iter().any(|d| is(&d.status));
        if any(|s| *s == DocumentStatus::Used) {
            return Ok(());
        }
        let exit = if any(|s| matches!(s, DocumentStatus::Unreadable(_))) { Exit::Input } else { Exit::NothingChecked };
        Err(Failure::new(exit, format!("'{}' holds nothing that could be read for a plan", self.path.display()))
            .hint("`kerbsync audit` on it tells what was looked for and what was found"))
    }

    /// Refuses a folder in which nothing was recognised and nothing was ever written, before anything is made in it.
    pub(crate) fn check_bundle(&self) -> Result<(), Failure> {
        let is_noise = |d: &Document| matches!(d.status, DocumentStatus::Noise(_)) || d.kind == DocumentKind::ProjectConfiguration;
        if !self.inventory.documents.iter().all(is_noise) || self.path.join(WORK_FOLDER).is_dir() {
            return Ok(());
        }
        Err(Failure::new(Exit::NothingChecked, format!("'{}' is no bundle: nothing in it was recognised", self.path.display()))
            .hint("give the folder that the plan was made for, or that was written to; `kerbsync audit` on this one tells what was found"))
    }

    /// Where it lies, as the user wrote it.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a file of the bundle lies in it, and is thus a copy; the drive of a server is reached by a link or over the network.
    pub(crate) fn is_copy_of(&self, file: &str) -> bool {
        if self.is_live() {
            return false;
        }
        let network = |path: &Path| {
            path.to_str().is_some_and(|p| p.starts_with("\\\\") && !p.starts_with("\\\\?\\") || p.starts_with("\\\\?\\UNC\\"))
        };
        match (self.path.canonicalize(), self.path.join(file).canonicalize()) {
            (Ok(bundle), Ok(file)) => file.starts_with(&bundle) && !network(&file),
            _ => true,
        }
    }

    /// The bundle in command lines that are advised, with what says that its servers are meant.
    fn words(&self) -> String {
        let folder = shell_word(&self.path);
        #[cfg(feature = "live")]
        if let Some(live) = &self.drives {
            return format!("{folder} {}", live.words);
        }
        folder
    }

    /// Whether a run writes to the servers themselves.
    const fn is_live(&self) -> bool {
        #[cfg(feature = "live")]
        {
            self.drives.is_some()
        }
        #[cfg(not(feature = "live"))]
        {
            let _ = self;
            false
        }
    }

    /// Refuses settings that cannot be read: what they say of slots, domains and operators would be missing without a word.
    pub(crate) fn check_settings(&self) -> Result<(), Failure> {
        let mut settings = self.inventory.documents.iter().filter(|d| d.kind == DocumentKind::ProjectConfiguration);
        settings.find_map(unreadable).map_or(Ok(()), Err)
    }

    /// Warns of every document that could not be read, and gives the paths of those that belong to no server: what they say may concern
    /// any plan. A server's own are missed only by plans for that server, which then are not made.
    pub(crate) fn warn_unread(&self, io: &mut Io<'_>) -> Vec<&str> {
        let mut of_estate = Vec::new();
        for document in &self.inventory.documents {
            let Some(failure) = unreadable(document) else { continue };
            io.warning(&format!("not read: {}", failure.message), &failure.hints);
            if document.computer.is_none() {
                of_estate.push(&*document.path);
            }
        }
        of_estate
    }

    /// Refuses a plan whose inputs are not these any more. Configurations that the plan writes are left to the engine, which knows
    /// what it wrote itself.
    pub(crate) fn check_inputs(&self, plan: &Plan) -> Result<(), Failure> {
        let now: BTreeMap<&str, Option<&str>> = self.inventory.documents.iter().map(|d| (&*d.path, d.sha256.as_deref())).collect();
        let steps: HashSet<&str> = plan.steps.iter().map(|step| &*step.path).collect();
        let written = |path: &str| steps.contains(path);
        let stale = |path: &str, what: &str| {
            let message = format!("the plan is stale: {path} {what} since it was made; nothing was written");
            Err(Failure::new(Exit::Refused, message).hint("plan again"))
        };
        // Settings may be given from elsewhere, under any spelling of their path.
        let is_settings = |d: &&Document| d.status == DocumentStatus::Used && d.kind == DocumentKind::ProjectConfiguration;
        let of_settings: HashSet<&str> = self.inventory.documents.iter().filter(is_settings).filter_map(|d| d.sha256.as_deref()).collect();
        let settings = |sha256: &str| of_settings.contains(sha256);
        for input in plan.inputs.iter().filter(|i| !written(&i.path) && !settings(&i.sha256)) {
            match now.get(input.path.as_str()) {
                Some(Some(sha256)) if *sha256 == input.sha256 => {}
                Some(_) => return stale(&input.path, "has changed"),
                None => return stale(&input.path, "is gone"),
            }
        }
        // What came later may say another thing than what was planned on.
        let (paths, contents): (HashSet<&str>, HashSet<&str>) = plan.inputs.iter().map(|i| (&*i.path, &*i.sha256)).unzip();
        let known = |input: &kerbsync_plan::PlanInput| {
            let is_settings = settings(&input.sha256) && contents.contains(&*input.sha256);
            written(&input.path) || paths.contains(&*input.path) || is_settings
        };
        match inputs_now(&self.inventory, plan).iter().find(|input| !known(input)) {
            Some(input) => stale(&input.path, "was added"),
            None => Ok(()),
        }
    }

    /// Refuses an operator who may not do this by the product's own rule, where the inputs tell.
    pub(crate) fn check_operator(&self, operator: &str, accept_unproved: bool) -> Result<(), Failure> {
        let Some(precondition) =
            check_operator(&self.inventory, operator, accept_unproved || self.settings.operator_unproved.unwrap_or(false))
        else {
            return Ok(());
        };
        if precondition.outcome != PreconditionOutcome::Fail {
            return Ok(());
        }
        let failure = Failure::new(Exit::Refused, format!("--operator: {} Nothing was written.", precondition.reason));
        Err(precondition.remedy.into_iter().fold(failure, |failure, remedy| failure.hint(remedy.to_string())))
    }

    /// Does some work with the formats and keys of this bundle.
    pub(crate) fn with_lower<T>(&self, parameters: &RunParameters<'_>, work: impl FnOnce(&dyn Lower) -> T) -> T {
        let keys = BundleKeys::of(self);
        let read = |path: &str| self.read(path);
        let secrets = ServerSecrets::new(self.rules.clone(), &read, &keys, parameters.generated.clone());
        work(&CredentialLower::new(self.rules.clone(), &secrets, &keys, parameters.accept_inferred))
    }

    /// Does some work with the secrets of this bundle's servers, as its copies hold them, or `files` now.
    #[cfg(feature = "live")]
    pub(crate) fn with_secrets<T>(&self, files: Option<&dyn Files>, work: impl FnOnce(&dyn SecretSource) -> T) -> T {
        let keys = BundleKeys::of(self);
        let read = |path: &str| match files {
            Some(files) => {
                let key = Key::new(path).ok_or_else(|| LowerError::Path { path: path.to_owned() })?;
                files.read(&key).map_err(|e| LowerError::outside(&e))
            }
            None => self.read(path),
        };
        work(&ServerSecrets::new(self.rules.clone(), &read, &keys, None))
    }

    /// The secret that a configuration holds in a slot, opened with its server's keys.
    #[cfg(feature = "live")]
    pub(crate) fn secret_in(&self, server: &str, path: &str, bytes: &[u8], slot: &SlotAddress) -> Result<Secret, LowerError> {
        let keys = BundleKeys::of(self);
        let read = |_: &str| Ok(bytes.to_vec());
        let sha256 = Digest::of(bytes).to_string();
        let from = SecretFrom::Server { server: server.to_owned(), path: path.to_owned(), sha256, slot: Box::new(slot.clone()) };
        ServerSecrets::new(self.rules.clone(), &read, &keys, None).secret(&from)
    }

    /// Works on the servers themselves from now on, where that is asked for.
    #[cfg(feature = "live")]
    pub(crate) fn go_live(&mut self, args: &LiveWriteArgs, io: &Io<'_>) -> Result<(), Failure> {
        self.drives = crate::commands::live_drives(&self.path, args, io)?;
        Ok(())
    }

    /// The directory itself, where it is named.
    #[cfg(feature = "live")]
    pub(crate) fn live_directory(&self, password: Option<Secret>) -> Option<LiveDirectory<'_>> {
        let controller = self.drives.as_ref()?.controller.as_ref()?;
        Some(LiveDirectory { controller, bundle: self, password })
    }

    /// Does some work with an engine that may write to this bundle.
    pub(crate) fn with_engine<T>(
        &self,
        parameters: &RunParameters<'_>,
        io: &Io<'_>,
        work: impl FnOnce(&Engine<'_>) -> Result<T, EngineError>,
    ) -> Result<Result<T, EngineError>, Failure> {
        let folder = FolderFiles::open(&self.path).map_err(|e| Failure::new(Exit::Refused, e.to_string()))?;
        let files: &dyn Files = &folder;
        #[cfg(feature = "live")]
        let files = self.drives.as_ref().map_or(files, |live| &live.drives);
        let env = |names: &[&str]| names.iter().find_map(|n| (io.env)(n)).filter(|v| !v.is_empty());
        let operator =
            parameters.operator.map(str::to_owned).or_else(|| self.settings.operator.clone()).or_else(|| env(&["USERNAME", "USER"]));
        let started: Timestamp = (io.now)();
        #[cfg(feature = "simulate")]
        let simulated = crate::directory::SimulatedDirectory::of(&self.path, started, parameters.generated.clone());
        #[cfg(feature = "simulate")]
        let directory = simulated.as_ref().map(|d| d as &dyn DirectoryWriter);
        #[cfg(not(feature = "simulate"))]
        let directory: Option<&dyn DirectoryWriter> = None;
        #[cfg(feature = "live")]
        let live = self.live_directory(parameters.generated.clone());
        // A run on real servers has nothing to do with the directory of a simulation.
        #[cfg(feature = "live")]
        let directory = if self.is_live() { live.as_ref().map(|d| d as &dyn DirectoryWriter) } else { directory };
        let bar = Bar::of(io.terminals.1 && !self.quiet, "writing", "servers");
        let result = self.with_lower(parameters, |lower| {
            work(&Engine {
                files,
                lower,
                directory,
                context: Context {
                    operator: operator.unwrap_or_else(|| "unknown".to_owned()),
                    host: io.host.clone(),
                    pid: std::process::id(),
                    now: &move || started,
                    commands: CommandWords {
                        bundle: self.words(),
                        plan: parameters.plan.map_or_else(|| CommandWords::default().plan, shell_word),
                    },
                    progress: &|_, total| {
                        bar.total(u64::try_from(total).unwrap_or(u64::MAX));
                        bar.step(1);
                    },
                },
                options: Options::default(),
                workers: &Threads,
            })
        });
        bar.clear();
        Ok(result)
    }

    /// Where a plan is kept that was made and applied by one command, so that its run can be gone on with.
    pub(crate) fn kept_plan(&self, plan: &Plan) -> PathBuf {
        self.path.join(kept_plan_key(plan))
    }

    /// Keeps it there.
    pub(crate) fn keep_plan(&self, plan: &Plan) -> Result<(), String> {
        let files = FolderFiles::open(&self.path).map_err(|e| e.to_string())?;
        let key = Key::new(&kept_plan_key(plan)).ok_or("the digest of the plan is none")?;
        let text = plan.to_json().map_err(|e| e.to_string())?;
        match WriteStore::new(&files, "plan").replace_private(&key, text.as_bytes(), Expected::Absent) {
            Ok(_) => Ok(()),
            // Kept by an earlier attempt: the name is made of the plan's digest.
            Err(error) if matches!(error.why, ReplaceFailure::Changed(Some(_))) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// A file below the bundle.
    pub(crate) fn read(&self, path: &str) -> Result<Vec<u8>, LowerError> {
        let key = Key::new(path).ok_or_else(|| LowerError::Path { path: path.to_owned() })?;
        let [input] = &self.inputs;
        input.store.read(&key).map(|s| s.bytes).map_err(|e| LowerError::outside(&e))
    }

    /// Names of attributes that hold secrets by declaration.
    pub(crate) fn declared_secrets(&self) -> impl Iterator<Item = &str> {
        self.rules.declared.iter().map(|d| d.secret_attribute.as_str())
    }
}

fn kept_plan_key(plan: &Plan) -> String {
    format!("{WORK_FOLDER}/plan-{}.json", plan.digest.get(..12).unwrap_or_default())
}

/// A path as one word of a command line, in the shell that is usual on this system.
fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "._-/\\:~+@=,".contains(c);
    if !text.is_empty() && text.chars().all(|c| plain(c) && (cfg!(windows) || c != '\\')) {
        text
    } else if cfg!(windows) {
        format!("\"{text}\"")
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// A folder; or an archive, whose files have the paths that they would have when unpacked.
fn opened(path: &Path) -> Result<Box<dyn ReadStore>, Failure> {
    let store = kerbsync_store::open(path).map_err(|e| unopened(path, &e))?;
    if path.is_dir() {
        return Ok(store);
    }
    let bytes = crate::reading::read_file(path)?;
    if !is_archive(bytes.get(..bytes.len().min(ARCHIVE_HEAD)).unwrap_or_default()) {
        return Err(Failure::new(Exit::Refused, format!("'{}' is no bundle, but a single file", path.display()))
            .hint("give the folder that holds the topology, the directory export and the servers' configurations"));
    }
    let archive = open_archive(&path.display().to_string(), bytes, ArchiveLimits::default()).map_err(|e| unopened(path, &e))?;
    Ok(Box::new(archive.store))
}

/// Why the engine did not begin, for people.
pub(crate) fn refused(error: &EngineError, recovering: bool) -> Failure {
    if let EngineError::NoDirectory { account } = error {
        let without = if cfg!(feature = "live") {
            "no directory is at hand (with --live: --directory ldaps://dc01.contoso.com)"
        } else {
            "this version writes to a simulated directory only"
        };
        return Failure::new(
            Exit::Refused,
            format!("the password of {account} is set in Active Directory last, and {without}; nothing was written"),
        )
        .hint(format!("--what-if shows what would change; on real servers: Set-CsKerberosAccountPassword -UserAccount \"{account}\""));
    }
    let exit = if error.needs_recovery(recovering) { Exit::Failed } else { Exit::Refused };
    Failure::new(exit, error.to_string())
}
