//! A part of a report, for fleets that are audited by several jobs side by side, and the whole put together from its parts.

use super::{Coverage, Finding, Report, Summary, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Which part of a run a report is, and what only the whole tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Its number, from 1.
    pub number: usize,
    /// How many parts there are.
    pub of: usize,
    /// Where each of its verdicts stands in the whole, from 0.
    pub verdicts: Vec<usize>,
    /// Where each of its findings stands in the whole, from 0.
    pub findings: Vec<usize>,
    /// The coverage of the whole.
    pub coverage: Coverage,
    /// The summary of the whole.
    pub summary: Summary,
}

/// Why parts do not make a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// A report that is whole already.
    #[error("{0} is no part: it was written without --shard")]
    Whole(String),
    /// Parts of different runs.
    #[error("{0} and {1} are not parts of one run: {2} differ")]
    Different(String, String, &'static str),
    /// A part stands twice.
    #[error("{0} and {1} are the same part")]
    Twice(String, String),
    /// A part is missing.
    #[error("part {0} of {1} is missing")]
    Missing(usize, usize),
    /// What a part says of itself does not hold.
    #[error("{0} is damaged: its verdicts or findings have no place in the whole")]
    Damaged(String),
}

/// Which part each subject belongs to: a server's goes with that of its name, so that one part tells everything of one server; whatever is of
/// no server goes to the first.
#[derive(Debug)]
pub struct Partition {
    parts: HashMap<String, usize>,
}

impl Partition {
    /// The servers of a whole report over `of` parts.
    #[must_use]
    pub fn of(whole: &Report, of: usize) -> Self {
        let estate = &whole.inventory;
        let pools = estate.sites.iter().flat_map(|s| &s.pools).chain(&estate.unplaced_pools);
        let mut names: Vec<String> =
            pools.flat_map(|p| &p.computers).map(|c| &c.fqdn).chain(&estate.other_servers).map(|n| n.to_lowercase()).collect();
        names.sort_unstable();
        names.dedup();
        Self { parts: names.into_iter().enumerate().map(|(at, name)| (name, at % of.max(1) + 1)).collect() }
    }

    /// The part that tells of a subject, by the first server that its text names.
    #[must_use]
    pub fn part(&self, subject: &str) -> usize {
        let words = subject.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_')));
        words.map(|w| w.trim_end_matches('.')).find_map(|word| self.parts.get(&word.to_lowercase())).copied().unwrap_or(1)
    }
}

impl Report {
    /// Makes this report, of some verdicts and findings of `whole`, a part of it: each must stand there too.
    #[must_use]
    pub fn into_part(mut self, whole: &Report, number: usize, of: usize) -> Self {
        let partition = Partition::of(whole, of);
        let places =
            |subjects: Vec<&str>| subjects.iter().enumerate().filter(|(_, s)| partition.part(s) == number).map(|(at, _)| at).collect();
        self.shard = Some(Box::new(Shard {
            number,
            of,
            verdicts: places(whole.verdicts.iter().map(|v| v.subject.as_str()).collect()),
            findings: places(whole.findings.iter().map(|f| f.subject.as_str()).collect()),
            coverage: whole.coverage.clone(),
            summary: whole.summary.clone(),
        }));
        self
    }

    /// The whole of parts, each with the name that it is told by.
    ///
    /// # Errors
    /// They are not all the parts of one run.
    pub fn merge(parts: Vec<(String, Report)>) -> Result<Report, MergeError> {
        let mut named: Vec<(String, Report, Shard)> = Vec::new();
        for (name, mut report) in parts {
            let shard = report.shard.take().ok_or_else(|| MergeError::Whole(name.clone()))?;
            if let Some((other, first, of_first)) = named.first() {
                let differ = |what| Err(MergeError::Different(other.clone(), name.clone(), what));
                if report.tool != first.tool {
                    return differ("versions of kerbsync");
                } else if report.time != first.time {
                    return differ("the times (give all of them one --now)");
                } else if report.inputs != first.inputs || report.inventory != first.inventory {
                    return differ("the inputs");
                } else if report.profile != first.profile {
                    return differ("the rules that were run (--profile)");
                } else if shard.of != of_first.of {
                    return differ("the numbers of parts");
                } else if shard.summary != of_first.summary || shard.coverage != of_first.coverage {
                    return differ("what they say of the whole");
                }
            }
            if let Some((other, ..)) = named.iter().find(|(_, _, s)| s.number == shard.number) {
                return Err(MergeError::Twice(other.clone(), name));
            }
            named.push((name, report, *shard));
        }
        let of = named.first().map_or(1, |(_, _, s)| s.of);
        if let Some(missing) = (1..=of).find(|n| !named.iter().any(|(_, _, s)| s.number == *n)) {
            return Err(MergeError::Missing(missing, of));
        }
        let mut verdicts: Vec<(usize, Verdict)> = Vec::new();
        let mut findings: Vec<(usize, Finding)> = Vec::new();
        let mut whole = None;
        for (name, mut report, shard) in named {
            let (own_verdicts, own_findings) = (std::mem::take(&mut report.verdicts), std::mem::take(&mut report.findings));
            if own_verdicts.len() != shard.verdicts.len() || own_findings.len() != shard.findings.len() || shard.number > of {
                return Err(MergeError::Damaged(name));
            }
            verdicts.extend(shard.verdicts.iter().copied().zip(own_verdicts));
            findings.extend(shard.findings.iter().copied().zip(own_findings));
            report.coverage = shard.coverage;
            report.summary = shard.summary;
            whole = Some((name, report));
        }
        let Some((name, mut whole)) = whole else { return Err(MergeError::Missing(1, 1)) };
        verdicts.sort_by_key(|(at, _)| *at);
        findings.sort_by_key(|(at, _)| *at);
        let counted = |places: Vec<usize>| places.iter().enumerate().all(|(at, place)| at == *place);
        let all = whole.summary.verdicts.iter().map(|c| c.verdicts).sum::<usize>();
        if verdicts.len() != all || !counted(verdicts.iter().map(|v| v.0).collect()) || !counted(findings.iter().map(|f| f.0).collect()) {
            return Err(MergeError::Damaged(name));
        }
        whole.verdicts = verdicts.into_iter().map(|(_, v)| v).collect();
        whole.findings = findings.into_iter().map(|(_, f)| f).collect();
        if whole.profile.hardens() {
            whole.guides = super::guides::guides(&whole.verdicts);
        }
        Ok(whole)
    }
}
