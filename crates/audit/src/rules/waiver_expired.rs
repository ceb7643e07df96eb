use crate::declare::declare_rule;
use crate::text::date;
use crate::{Policy, Verdicts, View};
use kerbsync_source::text;

declare_rule! {
    /// The last day of a waiver is past.
    ///
    /// ## What it checks
    /// No waiver has an `expires` before the time of the audit. Its last day still counts, in UTC.
    ///
    /// ## Why it matters
    /// An accepted fault was to be mended by that day. What the waiver covered is told again, as a fault like any other.
    ///
    /// ## What to do
    /// Mend what it was for and remove the waiver; or have it approved again, with new days:
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
    /// | `expires = 2026-02-28` | the entry is gone, or approved again until a later day |
    ///
    /// ## Sources
    /// - [NIST SP 800-37 Rev. 2, acceptance of risk](https://csrc.nist.gov/pubs/sp/800/37/r2/final)
    /// - [NIST SP 800-53 Rev. 5](https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final)
    number: 508,
    severity: Warning,
    confidence: Documented,
    family: Process,
    subject: Waiver,
    product_error: None,
    controls: ["NIST SP 800-53 CA-5", "NIST SP 800-53 CA-7"],
    waivable: false,
}

fn check(_: &View<'_>, policy: &Policy, verdicts: &mut Verdicts<'_>) {
    let today = policy.today();
    verdicts.each_waiver(policy, |verdicts, subject, waiver| match waiver.expires {
        None => verdicts.not_applicable(subject, "It has no last day; rule waiver-over-broad tells."),
        Some(last) if last >= today => verdicts.pass(subject, text!("It holds until {}.", date(last))),
        Some(last) => {
            verdicts
                .fail(subject, text!("The waiver of {waiver} expired on {}.", date(last)))
                .at_waiver(waiver)
                .help("Mend what it was for and remove it, or have it approved again with a later last day.");
        }
    });
}
