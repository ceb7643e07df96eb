//! What a cmdlet takes, as tables.

/// A cmdlet with its parameters.
#[derive(Debug)]
pub(super) struct Cmdlet {
    pub(super) name: &'static str,
    /// One sentence.
    pub(super) synopsis: &'static str,
    /// Parameter sets; where several fit, the first counts.
    pub(super) sets: &'static [&'static str],
    /// Its own parameters; the common ones come on top.
    pub(super) parameters: &'static [Parameter],
    /// Parameters that exclude each other by a documented sentence.
    pub(super) exclusions: &'static [Exclusion],
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) aliases: &'static [&'static str],
    pub(super) kind: Kind,
    /// The sets that it belongs to; none stands for all of them, by name and as one likes.
    pub(super) within: &'static [Member],
    /// One line.
    pub(super) help: &'static str,
}

/// How a parameter belongs to a set.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) set: &'static str,
    /// Where it may stand without its name, from 1.
    pub(super) position: Option<u8>,
    pub(super) mandatory: bool,
}

/// Type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `Microsoft.Rtc.Management.Deploy.Fqdn`.
    Fqdn,
    /// A text that is meant for an account, `DOMAIN\name`.
    Account,
    /// `XdsIdentity`.
    Identity,
    /// Any text.
    Text,
    /// Something of PowerShell's own, by its type.
    Other(&'static str),
    /// Set or not.
    Switch,
}

impl Kind {
    /// The type as syntax lines have it.
    pub(super) const fn type_name(self) -> &'static str {
        match self {
            Self::Fqdn => "Fqdn",
            Self::Identity => "XdsIdentity",
            Self::Account | Self::Text => "String",
            Self::Other(name) => name,
            Self::Switch => "SwitchParameter",
        }
    }

    /// Whether a value that is given without a parameter's name could be meant for it: an FQDN is never meant as an account, nor an account
    /// as an FQDN.
    pub(super) fn fits(self, value: &str) -> bool {
        let account = value.contains(['\\', '@']);
        match self {
            Self::Fqdn => !account,
            Self::Account => account || !value.contains('.'),
            Self::Identity | Self::Text | Self::Other(_) => true,
            Self::Switch => false,
        }
    }
}

/// Two parameters of different sets.
#[derive(Debug)]
pub(super) struct Exclusion {
    pub(super) parameter: &'static str,
    pub(super) other: &'static str,
    /// What the product's page says.
    pub(super) sentence: &'static str,
}

impl Parameter {
    /// Its place in a set; `None` where it is no part of it.
    pub(super) fn member(&self, set: &str) -> Option<(Option<u8>, bool)> {
        if self.within.is_empty() {
            return Some((None, false));
        }
        self.within.iter().find(|m| m.set == set).map(|m| (m.position, m.mandatory))
    }
}

impl Cmdlet {
    /// Its own parameters, and then the common ones that it does not declare itself.
    pub(super) fn all(&self) -> impl Iterator<Item = &'static Parameter> {
        let own = self.parameters;
        own.iter().chain(COMMON.iter().filter(|c| own.iter().all(|p| p.name != c.name)))
    }

    /// The own parameters of a set by position.
    pub(super) fn positions(&self, set: &str) -> Vec<&'static Parameter> {
        let mut found: Vec<(u8, &'static Parameter)> = self.parameters.iter().filter_map(|p| Some((p.member(set)?.0?, p))).collect();
        found.sort_by_key(|(position, _)| *position);
        found.into_iter().map(|(_, p)| p).collect()
    }
}

pub(super) const VERBOSE: Parameter =
    Parameter { name: "Verbose", aliases: &["vb"], kind: Kind::Switch, within: &[], help: "Show long lists in full, and what holds" };
pub(super) const REPORT: Parameter = Parameter {
    name: "Report",
    aliases: &[],
    kind: Kind::Text,
    within: &[],
    help: "Write a page (HTML) to this file, and the same as XML beside it",
};

const fn common(name: &'static str, aliases: &'static [&'static str], kind: Kind) -> Parameter {
    Parameter { name, aliases, kind, within: &[], help: "Accepted, without effect" }
}

/// The parameters of every cmdlet. They are PowerShell's, so all but -Verbose mean nothing here.
pub(super) static COMMON: &[Parameter] = &[
    VERBOSE,
    common("Debug", &["db"], Kind::Switch),
    common("ErrorAction", &["ea"], Kind::Other("ActionPreference")),
    common("WarningAction", &["wa"], Kind::Other("ActionPreference")),
    common("InformationAction", &["infa"], Kind::Other("ActionPreference")),
    common("ErrorVariable", &["ev"], Kind::Text),
    common("WarningVariable", &["wv"], Kind::Text),
    common("InformationVariable", &["iv"], Kind::Text),
    common("OutVariable", &["ov"], Kind::Text),
    common("OutBuffer", &["ob"], Kind::Other("Int32")),
    common("PipelineVariable", &["pv"], Kind::Text),
];
