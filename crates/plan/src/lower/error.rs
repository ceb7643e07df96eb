//! Why a step cannot be turned into bytes, or back.
//!
//! Each kind carries what is known of it; the sentence is built when somebody reads it. No kind carries a value of the document.

use crate::SlotAddress;
use kerbsync_source::DecodeError;

/// A step cannot be turned into bytes, or back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LowerError {
    /// The configuration cannot be read.
    #[error(transparent)]
    Document(#[from] DocumentFault),
    /// An edit does not fit the configuration.
    #[error(transparent)]
    Edit(#[from] EditFault),
    /// A slot of the configuration is not what the step needs.
    #[error(transparent)]
    Slot(#[from] Box<SlotError>),
    /// The server whose secret is copied does not give it.
    #[error(transparent)]
    Source(#[from] Box<SourceError>),
    /// More was changed than the plan says.
    #[error("other bytes than the planned ones differ")]
    Unplanned,
    /// The step writes a new password, and the run has none.
    #[error("no new password was given for this run")]
    NoPasswordGiven,
    /// The directory is to set a new password, and the run has none.
    #[error("no new password was made for this run")]
    NoPasswordMade,
    /// A path leads out of the bundle.
    #[error("{path} is no path below the bundle; plan again")]
    Path {
        /// The path, as it was asked for.
        path: String,
    },
    /// A directory refused what was asked of it, and did nothing.
    #[error("{cause}")]
    Refused {
        /// What it says.
        cause: String,
    },
    /// A store, a directory or another implementation of the seam says why.
    #[error("{cause}")]
    Outside {
        /// What it says.
        cause: String,
    },
}

impl LowerError {
    /// The error of a store, a directory or another implementation of the seam.
    pub fn outside(cause: &(impl std::fmt::Display + ?Sized)) -> Self {
        Self::Outside { cause: cause.to_string() }
    }

    /// A refusal of a directory.
    pub fn refused(cause: &(impl std::fmt::Display + ?Sized)) -> Self {
        Self::Refused { cause: cause.to_string() }
    }
}

/// Why a configuration cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// Its bytes are no text.
    #[error("the configuration cannot be decoded: {0}")]
    Undecodable(#[from] DecodeError),
    /// It is no XML. The place only: the parser's own text may quote names of a file that was damaged in the middle of a value.
    #[error("the configuration is not well-formed (line {line}, column {column})")]
    NotWellFormed {
        /// The line, from 1 on.
        line: u32,
        /// The column, from 1 on.
        column: u32,
    },
    /// It is another kind of XML.
    #[error("{cause}")]
    NoConfiguration {
        /// What the reader of configurations says.
        cause: String,
    },
}

/// Why an edit does not fit a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditFault {
    /// One edit cannot be made.
    #[error("{cause}")]
    Refused {
        /// What the editor says.
        cause: String,
    },
    /// The edits of one change do not fit the document together.
    #[error("the edit does not fit: {cause}")]
    DoesNotFit {
        /// What the editor says.
        cause: String,
    },
    /// The element holds other elements, or anything else beside its text.
    #[error("<{element}> holds more than plain text, so it is not edited")]
    NotPlainText {
        /// Its name.
        element: String,
    },
    /// The text that an element held before holds markup.
    #[error("its original text cannot be put back into the element")]
    OriginalNotPlain,
}

/// A slot of the configuration is not what the step needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotError {
    /// The slot.
    pub slot: SlotAddress,
    /// What is the matter with it.
    pub fault: SlotFault,
}

/// What is the matter with a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotFault {
    /// The step sets it, and it is gone since the plan was made.
    Gone,
    /// A run set it, and it is gone since.
    GoneSinceTheRun,
    /// There is no such pool.
    NoPool,
    /// Several pools have its name.
    SeveralPools,
    /// Several slots have its address.
    Several {
        /// How many.
        count: usize,
    },
    /// Its address names one attribute for both sides.
    OneAttribute,
    /// Slots of its layout are set where they are, and never created.
    NeverCreated,
    /// The server's configuration sections do not declare its section.
    SectionNotDeclared,
    /// The section stands for the whole server already, in the other form: outside of every `<location>`, or in one with an empty path.
    OtherScope {
        /// The line, from 1 on.
        line: u32,
    },
    /// The step creates it, and it is there.
    ThereAlready,
    /// An attribute has to change that the plan does not list.
    NotListed {
        /// The attribute.
        attribute: String,
    },
    /// What an attribute held before is kept nowhere.
    OriginalMissing {
        /// The attribute.
        attribute: String,
    },
    /// The configuration has no provider for its secret.
    NoProvider {
        /// The provider that is usual.
        provider: String,
    },
    /// Its secret cannot be protected.
    NotProtectable {
        /// The provider.
        provider: String,
        /// Why.
        cause: String,
    },
    /// Read back, it is not what was written.
    ReadBack(ReadBackFault),
}

impl SlotFault {
    /// The error of this slot.
    #[must_use]
    pub fn of(self, slot: &SlotAddress) -> LowerError {
        LowerError::Slot(Box::new(SlotError { slot: slot.clone(), fault: self }))
    }
}

/// What is the matter with a slot that was read back after it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadBackFault {
    /// It is not there.
    Missing,
    /// It has no secret.
    NoSecret,
    /// Its secret stands in clear, or is damaged.
    NotProtected,
    /// Its secret does not open.
    DoesNotOpen {
        /// Why.
        cause: String,
    },
    /// Its secret is another one.
    OtherSecret,
}

impl std::fmt::Display for SlotError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let label = self.slot.label();
        match &self.fault {
            SlotFault::Gone => write!(f, "the configuration has no {label} any more; plan again"),
            SlotFault::GoneSinceTheRun => write!(f, "the configuration has no {label} any more"),
            SlotFault::NoPool => write!(f, "the configuration has no {label}"),
            SlotFault::SeveralPools => write!(f, "several pools are '{label}', so none is touched"),
            SlotFault::Several { count } => write!(f, "{count} slots fit '{label}', so none is touched"),
            SlotFault::OneAttribute => write!(f, "{label} names its account and its secret alike, so they cannot be told apart"),
            SlotFault::NeverCreated => {
                write!(f, "{label} cannot be created: slots of the layout {} are only set where they are", self.slot.layout)
            }
            SlotFault::SectionNotDeclared => write!(
                f,
                "{label} cannot be created: the configSections of this server do not declare {}, and IIS would refuse the whole file",
                self.slot.key.section()
            ),
            SlotFault::OtherScope { line } => write!(
                f,
                "{label} cannot be created: {} stands on line {line} for the whole server too, and IIS refuses a section both outside of a <location> and in one with an empty path",
                self.slot.key.section()
            ),
            SlotFault::ThereAlready => write!(f, "{label} is there already; plan again"),
            SlotFault::NotListed { attribute } => {
                write!(f, "{attribute} of {label} has to change, and the plan does not list it; plan again")
            }
            SlotFault::OriginalMissing { attribute } => write!(f, "the original of {attribute} of {label} is not at hand"),
            SlotFault::NoProvider { provider } => {
                write!(f, "the configuration declares no protection provider {provider}, so the secret of {label} cannot be protected")
            }
            SlotFault::NotProtectable { provider, cause } => {
                write!(f, "the secret of {label} cannot be protected under {provider}: {cause}")
            }
            SlotFault::ReadBack(fault) => match fault {
                ReadBackFault::Missing => write!(f, "{label} is not there after writing"),
                ReadBackFault::NoSecret => write!(f, "{label} has no secret after writing"),
                ReadBackFault::NotProtected => write!(f, "the secret of {label} is not protected after writing"),
                ReadBackFault::DoesNotOpen { cause } => write!(f, "the secret of {label} does not open after writing: {cause}"),
                ReadBackFault::OtherSecret => write!(f, "the secret of {label} opens to another one than was to be written"),
            },
        }
    }
}

impl std::error::Error for SlotError {}

/// The server whose secret is copied does not give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceError {
    /// The server.
    pub server: String,
    /// The slot that it is copied from.
    pub slot: SlotAddress,
    /// Why.
    pub fault: SourceFault,
}

/// Why a secret cannot be copied from a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceFault {
    /// Its configuration was changed since the plan was made.
    Changed,
    /// The slot has no secret.
    NoSecret,
    /// The secret does not open with the server's keys.
    DoesNotOpen {
        /// Why.
        cause: String,
    },
    /// The secret is no protected value, though it looks like one.
    Damaged,
}

impl SourceFault {
    /// The error of this slot on this server.
    #[must_use]
    pub fn of(self, server: &str, slot: &SlotAddress) -> LowerError {
        LowerError::Source(Box::new(SourceError { server: server.to_owned(), slot: slot.clone(), fault: self }))
    }
}

impl std::fmt::Display for SourceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (server, label) = (&self.server, self.slot.label());
        match &self.fault {
            SourceFault::Changed => write!(f, "the configuration of the source {server} was changed since the plan was made; plan again"),
            SourceFault::NoSecret => write!(f, "the source {server} has no secret in {label}: an empty one is never copied"),
            SourceFault::DoesNotOpen { cause } => {
                write!(f, "the secret of {label} on the source {server} cannot be opened: {cause}")
            }
            SourceFault::Damaged => write!(f, "the secret of {label} on the source {server} is damaged"),
        }
    }
}

impl std::error::Error for SourceError {}
