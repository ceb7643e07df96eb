//! What goes wrong in a run beside its steps.

use kerbsync_plan::lower::LowerError;
use kerbsync_store::ReplaceError;

/// A failure that leaves the run open. What a reader is merely to know is a note and decides nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The intents of a wave could not be written.
    #[error("The journal cannot be written, so the work was stopped: {0}.")]
    JournalStoppedWork(ReplaceError),
    /// What became of the steps could not be written.
    #[error("The journal cannot be written: {0}.")]
    OutcomesNotJournaled(ReplaceError),
    /// The intent to set the password could not be written.
    #[error("The journal cannot be written, so the password was not set: {0}.")]
    PasswordNotJournaled(ReplaceError),
    /// The last line could not be written.
    #[error("Every step is done, but the end of the run cannot be written to its journal: {0}.")]
    EndNotJournaled(ReplaceError),
    /// The directory was asked for its key version and did not answer.
    #[error("Active Directory does not tell about {account}, so its password was not set: {error}.")]
    DirectorySilent {
        /// The account.
        account: String,
        /// Why.
        error: LowerError,
    },
    /// Somebody else set a password of the account at the same time.
    #[error("The password of {account} was set more than once at the same time: whose is in force is not known.")]
    PasswordSetByOthers {
        /// The account.
        account: String,
    },
    /// The directory took the password, and goes on answering as if it had not.
    #[error(
        "Active Directory took the new password of {account} and still answers with the key version from before: the controller that was asked has not heard of the change. Run `kerbsync recover` when it has."
    )]
    PasswordNotSeen {
        /// The account.
        account: String,
    },
    /// The directory refused to set the password.
    #[error("The password of {account} was not set: {cause}. `kerbsync recover` takes the servers back.")]
    PasswordRefused {
        /// The account.
        account: String,
        /// What the directory said.
        cause: String,
    },
    /// The directory took the password, and another one is in force.
    #[error("{controller} took the new password of {account}, and a ticket from there does not open with it: another one is in force.")]
    PasswordNotInForce {
        /// The account.
        account: String,
        /// Where.
        controller: String,
    },
    /// The directory was told to set the password and did not confirm it.
    #[error("The password of {account} may or may not have been set: {error}.")]
    PasswordUncertain {
        /// The account.
        account: String,
        /// Why.
        error: LowerError,
    },
}
