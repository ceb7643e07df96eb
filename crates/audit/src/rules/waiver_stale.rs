use crate::declare::declare_rule;
use crate::text::count;
use crate::{Policy, Verdicts, View, WaiverState};
use kerbsync_source::text;

declare_rule! {
    /// A waiver covers nothing.
    ///
    /// ## What it checks
    /// Every waiver that is in force covers at least one finding of this audit. Findings of rules that were not run (`--profile`) are not among
    /// them, and a waiver of what the inputs do not decide is left undecided.
    ///
    /// ## Why it matters
    /// What it was for was mended, or it names something that is not there: a slip of the pen, a server that was replaced. Left behind, it
    /// would hide the same fault when that comes back.
    ///
    /// ## What to do
    /// Remove the entry, or mend the name in it. The name is that of the finding: `kerbsync audit` prints the subject of each.
    ///
    /// | before | after |
    /// |---|---|
    /// | `server = "fe02.contoso.com"`, which is in sync | the entry is gone |
    ///
    /// ## Sources
    /// - [NIST SP 800-37 Rev. 2, acceptance of risk](https://csrc.nist.gov/pubs/sp/800/37/r2/final)
    /// - [NIST SP 800-53 Rev. 5](https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final)
    number: 509,
    severity: Note,
    confidence: Documented,
    family: Process,
    subject: Waiver,
    product_error: None,
    controls: ["NIST SP 800-53 CA-5"],
    waivable: false,
}

fn check(_: &View<'_>, policy: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_waiver(policy, |verdicts, subject, waiver| match (waiver.state(policy), waiver.covers) {
        (WaiverState::InForce, 0) if waiver.rule().is_some_and(|r| !policy.profiles.runs(r)) => {
            verdicts.not_applicable(subject, "Its rule is not run by this profile.");
        }
        (WaiverState::InForce, 0) if waiver.undecided => {
            verdicts.unknown_told_elsewhere(
                subject,
                "What it is for could not be judged.",
                "Give the audit what the rule asks for, then see whether the waiver is still needed.",
            );
        }
        (WaiverState::InForce, 0) => {
            verdicts
                .fail(subject, text!("The waiver of {waiver} covers no finding."))
                .at_waiver(waiver)
                .help("Remove it where the fault is gone; where it is not, take the names from the finding that it is for.");
        }
        (WaiverState::InForce, n) => verdicts.pass(subject, text!("It covers {}.", count(n, "finding"))),
        (WaiverState::NotYet, _) => verdicts.not_applicable(subject, "Its first day is still to come."),
        (WaiverState::Expired, _) => verdicts.not_applicable(subject, "It has expired; rule waiver-expired tells."),
        (WaiverState::NotInOrder, _) => verdicts.not_applicable(subject, "It is not in order, so it covers nothing; another rule tells."),
    });
}
