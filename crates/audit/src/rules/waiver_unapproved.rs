use crate::declare::declare_rule;
use crate::waiver::NotApproved;
use crate::{Policy, Verdicts, View};
use kerbsync_source::text;

declare_rule! {
    /// A waiver was approved by nobody, or by the one who wanted it.
    ///
    /// ## What it checks
    /// Every waiver names an `owner`, who wants it, and an `approver`, who accepts the risk and is somebody else. Whether they are who they
    /// say is not in the file: keep it where changes are reviewed.
    ///
    /// ## Why it matters
    /// Who may accept faults of one's own work accepts them all. A waiver without a second pair of eyes hides nothing.
    ///
    /// ## What to do
    /// Have it accepted by somebody who answers for the servers, and name both:
    ///
    /// ```toml
    /// [[waivers]]
    /// rule = "stale-secret"
    /// server = "fe02.contoso.com"
    /// reason = "rebuilt on Saturday"
    /// owner = "Olivia Owner"
    /// approver = "Adam Approver"
    /// ticket = "CHG-1234"
    /// not_before = 2026-03-01
    /// expires = 2026-03-15
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `owner = "Olivia Owner"` alone | `approver = "Adam Approver"` beside it |
    ///
    /// ## Sources
    /// - [NIST SP 800-37 Rev. 2, acceptance of risk](https://csrc.nist.gov/pubs/sp/800/37/r2/final)
    /// - [NIST SP 800-53 Rev. 5](https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final)
    number: 511,
    severity: Warning,
    confidence: Documented,
    family: Process,
    subject: Waiver,
    product_error: None,
    controls: ["NIST SP 800-53 AC-5", "NIST SP 800-53 CA-6"],
    waivable: false,
}

fn check(_: &View<'_>, policy: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_waiver(policy, |verdicts, subject, waiver| {
        let what = match waiver.not_approved() {
            None => return verdicts.pass(subject, "It names an owner, and an approver who is somebody else."),
            Some(NotApproved::NoOwner) => "names no owner",
            Some(NotApproved::NoApprover) => "names no approver",
            Some(NotApproved::ByOwner) => "was approved by its owner",
        };
        verdicts
            .fail(subject, text!("The waiver of {waiver} {what}; it hides nothing."))
            .at_waiver(waiver)
            .help("Name the owner, and as approver somebody else who accepts the risk.");
    });
}
