//! Public catalogues of controls: what rules name of them, with release and source, and what becomes of every item of the guides of DISA for IIS.

mod server;
mod site;

use crate::rules::RULES;
use crate::{Confidence, Outcome, Rule, Severity};

/// A public catalogue that rules name controls of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Catalogue {
    /// NIST SP 800-53.
    Nist,
    /// The guide of DISA for the server.
    StigServer,
    /// The guide of DISA for web sites.
    StigSite,
    /// The benchmark of CIS. Numbers alone: its text is not free.
    Cis,
    /// The controls of CIS.
    CisControls,
    /// Techniques of attackers.
    Attack,
}

impl Catalogue {
    /// Every catalogue.
    pub const ALL: &[Self] = &[Self::Nist, Self::StigServer, Self::StigSite, Self::Cis, Self::CisControls, Self::Attack];

    /// What a control of it begins with among [`Rule::controls`].
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Nist => "NIST SP 800-53 ",
            Self::StigServer => "DISA IIS 10.0 Server V3R7 ",
            Self::StigSite => "DISA IIS 10.0 Site V2R15 ",
            Self::Cis => "CIS IIS 10 ",
            Self::CisControls => "CIS Controls v8 ",
            Self::Attack => "MITRE ATT&CK ",
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nist => "NIST SP 800-53",
            Self::StigServer => "DISA STIG Microsoft IIS 10.0 Server",
            Self::StigSite => "DISA STIG Microsoft IIS 10.0 Site",
            Self::Cis => "CIS Microsoft IIS 10 Benchmark",
            Self::CisControls => "CIS Controls",
            Self::Attack => "MITRE ATT&CK",
        }
    }

    /// Whose it is.
    #[must_use]
    pub const fn organization(self) -> &'static str {
        match self {
            Self::Nist => "NIST",
            Self::StigServer | Self::StigSite => "DISA",
            Self::Cis | Self::CisControls => "Center for Internet Security",
            Self::Attack => "MITRE",
        }
    }

    /// The release that is meant. Numbers of CIS shift between releases.
    #[must_use]
    pub const fn release(self) -> &'static str {
        match self {
            Self::Nist => "Revision 5",
            Self::StigServer => "V3R7, 2026-04-01",
            Self::StigSite => "V2R15, 2026-04-01",
            Self::Cis => "v1.2.1",
            Self::CisControls => "v8",
            Self::Attack => "Enterprise",
        }
    }

    /// Where it comes from.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::Nist => "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
            Self::StigServer | Self::StigSite => "https://github.com/microsoft/PowerStig",
            Self::Cis => "https://www.cisecurity.org/benchmark/microsoft_iis",
            Self::CisControls => "https://www.cisecurity.org/controls/v8",
            Self::Attack => "https://attack.mitre.org/",
        }
    }

    /// Catalogue and identifier of a control as rules write it: `NIST SP 800-53 AC-6` is `AC-6` of NIST.
    #[must_use]
    pub fn of(control: &str) -> Option<(Self, &str)> {
        Self::ALL.iter().find_map(|catalogue| Some((*catalogue, control.strip_prefix(catalogue.prefix())?)))
    }
}

/// One of the two guides of DISA for IIS 10.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guide {
    /// For the server.
    Server,
    /// For web sites.
    Site,
}

impl Guide {
    /// Both.
    pub const ALL: &[Self] = &[Self::Server, Self::Site];

    /// The catalogue that it is.
    #[must_use]
    pub const fn catalogue(self) -> Catalogue {
        match self {
            Self::Server => Catalogue::StigServer,
            Self::Site => Catalogue::StigSite,
        }
    }

    /// The id that readers of checklists know it by.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Server => "IIS_10-0_Server_STIG",
            Self::Site => "IIS_10-0_Site_STIG",
        }
    }

    /// Version and release.
    #[must_use]
    pub const fn version(self) -> (u8, u8) {
        match self {
            Self::Server => (3, 7),
            Self::Site => (2, 15),
        }
    }

    /// The guide's own words for its release.
    #[must_use]
    pub const fn release_info(self) -> &'static str {
        match self {
            Self::Server => "Release: 7 Benchmark Date: 01 Apr 2026",
            Self::Site => "Release: 15 Benchmark Date: 01 Apr 2026",
        }
    }

    /// Its title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Server => "Microsoft IIS 10.0 Server Security Technical Implementation Guide",
            Self::Site => "Microsoft IIS 10.0 Site Security Technical Implementation Guide",
        }
    }

    /// Its items, in its order.
    #[must_use]
    pub fn items(self) -> &'static [Item] {
        match self {
            Self::Server => &server::ITEMS,
            Self::Site => &site::ITEMS,
        }
    }
}

/// The parts of a guide put together: its order is that of its groups.
fn in_order<const A: usize, const B: usize>(one: [Item; A], other: [Item; B]) -> Vec<Item> {
    let mut items: Vec<Item> = one.into_iter().chain(other).collect();
    items.sort_by_key(|item| item.group);
    items
}

/// An item of a guide.
#[derive(Debug)]
pub struct Item {
    /// The guide.
    pub guide: Guide,
    /// `V-218786`.
    pub group: &'static str,
    /// `SV-218786r1022652_rule`.
    pub rule: &'static str,
    /// `IIST-SV-000103`.
    pub version: &'static str,
    /// How bad a failure is by the guide: high is an error, medium a warning, low a note.
    pub severity: Severity,
    /// Control correlation identifiers, `CCI-000139`.
    pub cci: &'static [&'static str],
    /// Controls of NIST SP 800-53 revision 5, `AU-14 (1)`.
    pub nist: &'static [&'static str],
    /// What it wants, in this program's words.
    pub topic: &'static str,
    /// What the inputs of an audit can say of it.
    pub standing: Standing,
    /// Where it contradicts what the product needs.
    pub conflict: Option<Conflict>,
}

/// What the inputs of an audit can say of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A rule decides it.
    Decided,
    /// A rule that fails decides it; one that passes does not, for the reason told.
    DecidedWhereItFails(&'static str),
    /// A rule that passes decides it; none fails, for the reason told.
    DecidedWhereItPasses(&'static str),
    /// Some evidence is there, and does not decide: what is seen, and what is not.
    Evidence(&'static str),
    /// It is not in the inputs: where to look.
    Elsewhere(&'static str),
}

impl Standing {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::DecidedWhereItFails(_) => "decided-where-it-fails",
            Self::DecidedWhereItPasses(_) => "decided-where-it-passes",
            Self::Evidence(_) => "evidence-only",
            Self::Elsewhere(_) => "not-visible",
        }
    }

    /// The words for a table.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::DecidedWhereItFails(_) => "decided where it fails",
            Self::DecidedWhereItPasses(_) => "decided where it passes",
            Self::Evidence(_) => "evidence only",
            Self::Elsewhere(_) => "not visible here",
        }
    }

    /// What the outcomes of an item's rule make of the item. That a rule does not apply is no word of the guide's.
    #[must_use]
    pub fn settle(self, outcomes: impl Iterator<Item = Outcome>) -> Outcome {
        let outcome = Outcome::worst(outcomes);
        match (self, outcome) {
            (Self::Decided | Self::DecidedWhereItFails(_), Outcome::Fail) => Outcome::Fail,
            (Self::Decided | Self::DecidedWhereItPasses(_), Outcome::Pass) => Outcome::Pass,
            (Self::Elsewhere(_), _) | (_, Outcome::NotChecked | Outcome::NotApplicable) => Outcome::NotChecked,
            _ => Outcome::Unknown,
        }
    }

    /// What is to be said beside the words.
    #[must_use]
    pub const fn note(self) -> Option<&'static str> {
        match self {
            Self::Decided => None,
            Self::DecidedWhereItFails(note) | Self::DecidedWhereItPasses(note) | Self::Evidence(note) | Self::Elsewhere(note) => Some(note),
        }
    }
}

/// Why an item contradicts what the product needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict {
    /// In a sentence.
    pub why: &'static str,
    /// How sure that is. None of the guide's own exceptions names this product.
    pub certainty: Confidence,
}

impl Item {
    /// As rules write it: `DISA IIS 10.0 Server V3R7 V-218786`.
    #[must_use]
    pub fn control(&self) -> String {
        format!("{}{}", self.guide.catalogue().prefix(), self.group)
    }

    /// The rules that look at it.
    #[must_use]
    pub fn rules(&self) -> Vec<&'static Rule> {
        let control = self.control();
        RULES.iter().copied().filter(|r| r.controls.contains(&control.as_str())).collect()
    }
}

/// Every item of both guides.
pub fn items() -> impl Iterator<Item = &'static Item> {
    Guide::ALL.iter().flat_map(|g| g.items())
}

/// The item of that group (`V-218786`), rule (`SV-218786r1022652_rule`) or version (`IIST-SV-000103`); letters' case does not count.
#[must_use]
pub fn item(name: &str) -> Option<&'static Item> {
    items().find(|i| [i.group, i.rule, i.version].iter().any(|known| known.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests;
