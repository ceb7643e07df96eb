use crate::declare::declare_rule;
use crate::waiver::TooBroad;
use crate::{Policy, Verdicts, View};
use kerbsync_source::{Text, text};

declare_rule! {
    /// A waiver covers more than a waiver may, or for longer.
    ///
    /// ## What it checks
    /// Every waiver names an object (site, pool, server, slot, subject, or the fingerprint of one finding), a first and a last day, and holds no
    /// longer than the limit for the rule that it names: 90 days for a rule whose failures are errors, 180 for warnings, 365 for notes, unless
    /// `[thresholds]` of kerbsync.toml says otherwise. It names no rule that is never waived: those which say that evidence is missing, false or
    /// contradictory, those about waivers, and those of `never_waive` in kerbsync.toml.
    ///
    /// ## Why it matters
    /// A waiver of a whole rule also hides faults that nobody has seen yet. One without an end is a policy, and one of missing evidence is
    /// an audit of nothing. Such a waiver hides nothing.
    ///
    /// ## What to do
    /// Say what it is for and for how long:
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
    /// | `rule = "stale-secret"` and nothing else | an entry for each server that is meant |
    ///
    /// ## Sources
    /// - [NIST SP 800-37 Rev. 2, acceptance of risk](https://csrc.nist.gov/pubs/sp/800/37/r2/final)
    /// - [NIST SP 800-53 Rev. 5](https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final)
    number: 510,
    severity: Warning,
    confidence: Documented,
    family: Process,
    subject: Waiver,
    product_error: None,
    controls: ["NIST SP 800-53 CA-5", "NIST SP 800-53 CM-3"],
    waivable: false,
}

fn check(_: &View<'_>, policy: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_waiver(policy, |verdicts, subject, waiver| {
        let (what, help): (Text, Text) = match waiver.too_broad(policy) {
            None => return verdicts.pass(subject, "It names an object, and holds no longer than it may."),
            Some(TooBroad::Rule) => ("is of a rule that is never waived".into(), "Remove it, and mend what the rule tells.".into()),
            Some(TooBroad::NoObject) => (
                "names no object, so it would also cover what nobody has seen yet".into(),
                "Add site, pool, server, slot, subject or fingerprint, as the finding that it is for has it.".into(),
            ),
            Some(TooBroad::NoDays) => (
                "does not say from when and until when it holds".into(),
                "Add not_before = and expires =, each a day such as 2026-03-15.".into(),
            ),
            Some(TooBroad::Backwards) => ("ends before it begins".into(), "Set not_before and expires right.".into()),
            Some(TooBroad::TooLong(days, most)) => {
                (text!("holds for {}, and may for {most}", count_days(days)), text!("Let it end at most {most} days after its first day."))
            }
        };
        verdicts.fail(subject, text!("The waiver of {waiver} {what}; it hides nothing.")).at_waiver(waiver).help(help);
    });
}

fn count_days(days: i64) -> Text {
    crate::text::count(usize::try_from(days).unwrap_or(usize::MAX), "day")
}
