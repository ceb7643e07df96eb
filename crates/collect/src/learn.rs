//! Configurations from before and after runs of Set-CsKerberosAccountPassword, compared: two files, or the history snapshots of servers.

mod merge;
mod reading;
mod runs;

pub use merge::{RankedPlace, RankedPlaces, merge};
pub use runs::Run;

use crate::{CollectError, Input, Settings};
use kerbsync_credential::learn::{LearnContext, Learned, learn};
use kerbsync_credential::{Realms, WebSiteNames};
use kerbsync_iis::ApplicationHost;
use kerbsync_iis::protection::KeyFile;
use kerbsync_inventory::{Document, DocumentStatus};
use kerbsync_names::{DownLevelName, HostName};
use kerbsync_secret::Tagger;
use kerbsync_source::{DocumentId, Problem};
use reading::{Reading, Series, configuration, key};

/// What is compared.
pub enum Sides {
    /// A server's configuration from before a run, and from after it.
    Pair(Box<(Input, Input)>),
    /// IIS's history snapshots of one or several servers, each with the configuration in force where it lies beside them.
    History(Vec<Input>),
}

/// What to learn from.
pub struct LearnRequest {
    /// The configurations.
    pub sides: Sides,
    /// Reports of the cmdlet.
    pub reports: Vec<Input>,
    /// Exported keys of the server.
    pub keys: Vec<Input>,
    /// A `kerbsync.toml` (path and content): names of domains and web sites count.
    pub config: Option<(String, Vec<u8>)>,
    /// The account whose password was set, where the user tells it.
    pub account: Option<DownLevelName>,
}

/// Two configurations of one server, one after the other.
#[derive(Debug)]
pub struct Comparison {
    /// The server, where a folder says so.
    pub server: Option<HostName>,
    /// The older one.
    pub before: DocumentId,
    /// The newer one.
    pub after: DocumentId,
    /// What they tell.
    pub learned: Learned,
    /// Whether a run of the cmdlet lies between them.
    pub around: Around,
}

/// Whether a run of the cmdlet lies between two configurations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Around {
    /// The user says so.
    Given,
    /// By the times of a manifest.
    Dated,
    /// By the times of files, which a copy changes: a hint.
    FileTimes,
    /// None does, by the times of a manifest.
    No,
    /// Nothing tells.
    Unknown,
}

/// What was learned.
#[derive(Debug)]
pub struct Lesson {
    /// Everything that was read.
    pub documents: Vec<Document>,
    /// Runs of the cmdlet that reports tell of.
    pub runs: Vec<Run>,
    /// The comparisons, by server and in order of time.
    pub comparisons: Vec<Comparison>,
}

/// Reads and compares.
///
/// # Errors
/// The outer error as for [`collect`](crate::collect); the inner one is a document that nothing can be learned without: its record says why.
pub fn learn_places(request: LearnRequest) -> Result<Result<Lesson, Box<(Document, Problem)>>, CollectError> {
    let tagger = Tagger::new().map_err(|e| CollectError::Random(e.to_string()))?;
    let mut reading = Reading { documents: Vec::new() };
    let settings = match request.config.map(|(path, bytes)| reading.settings(&path, bytes)).transpose() {
        Ok(settings) => settings.unwrap_or_default(),
        Err(failed) => return Ok(Err(failed)),
    };
    let mut runs = Vec::new();
    for input in request.reports {
        for file in reading.files(vec![input]) {
            match runs::read(&file) {
                Ok(run) => reading.keep(file, DocumentStatus::Used, Some(run), &mut runs),
                Err(problem) => return Ok(Err(Box::new((file.document, problem)))),
            }
        }
    }
    let mut keys = Vec::new();
    for input in request.keys {
        for file in reading.files(vec![input]) {
            match key(&file) {
                Ok(key) => reading.keep(file, DocumentStatus::Used, Some(key), &mut keys),
                Err(problem) => return Ok(Err(Box::new((file.document, problem)))),
            }
        }
    }
    let comparer = Comparer { tagger: &tagger, settings: &settings, account: request.account };
    let mut comparisons = Vec::new();
    match request.sides {
        Sides::Pair(sides) => {
            let (before, after) = *sides;
            let mut pair = Vec::new();
            for input in [before, after] {
                let Some(file) = reading.files(vec![input]).into_iter().next() else { continue };
                match configuration(file) {
                    Ok(parsed) => pair.push(reading.configuration(parsed)),
                    Err(failed) => return Ok(Err(failed)),
                }
            }
            if let [before, after] = pair.as_slice() {
                match comparer.compare(&before.1, &after.1, &keys) {
                    Ok(learned) => {
                        comparisons.push(Comparison { server: None, before: before.0, after: after.0, learned, around: Around::Given })
                    }
                    Err(problem) => {
                        let document = reading.documents.swap_remove(problem.document.0 as usize);
                        return Ok(Err(Box::new((document, problem))));
                    }
                }
            }
        }
        Sides::History(inputs) => {
            let mut series = reading.series(inputs, &mut runs);
            series.values_mut().for_each(|s| s.configurations.sort_by_key(|(order, ..)| *order));
            for Series { server, configurations, keys: own } in series.into_values() {
                let own: &[KeyFile] = if own.is_empty() { &keys } else { &own };
                for pair in configurations.windows(2) {
                    let [(_, before, old), (_, after, new)] = pair else { continue };
                    // A snapshot of the same bytes tells nothing.
                    if reading.same(*before, *after) {
                        continue;
                    }
                    let Ok(learned) = comparer.compare(old, new, own) else { continue };
                    let around = reading.around(*before, *after, server.as_ref(), &runs);
                    comparisons.push(Comparison { server: server.clone(), before: *before, after: *after, learned, around });
                }
            }
        }
    }
    Ok(Ok(Lesson { documents: reading.documents, runs, comparisons }))
}

/// What holds for every comparison.
struct Comparer<'a> {
    tagger: &'a Tagger,
    settings: &'a Settings,
    account: Option<DownLevelName>,
}

impl Comparer<'_> {
    fn compare(&self, before: &kerbsync_xml::Document, after: &kerbsync_xml::Document, keys: &[KeyFile]) -> Result<Learned, Problem> {
        // What a configuration holds that is odd is for an audit to tell.
        let mut problems: Vec<Problem> = Vec::new();
        let before = ApplicationHost::read(before, &mut problems)?;
        let after = ApplicationHost::read(after, &mut problems)?;
        let realms: Realms = self.settings.domains.iter().map(|(netbios, dns)| (dns, netbios)).collect();
        let names = &self.settings.web_sites;
        let web_sites = WebSiteNames { internal: names.internal.clone(), external: names.external.clone() };
        let inputs = LearnContext { keys, tagger: self.tagger, account: self.account.as_ref(), realms: &realms, web_sites: &web_sites };
        Ok(learn(&before, &after, inputs))
    }
}
