use crate::declare::declare_rule;
use crate::{Policy, Verdicts, View, rules};
use kerbsync_source::{Text, text};

declare_rule! {
    /// A waiver names a rule that does not exist.
    ///
    /// ## What it checks
    /// The `rule` of every waiver is the id or the number of a rule of this version. One that gives the fingerprint of a finding need not name
    /// a rule.
    ///
    /// ## Why it matters
    /// A slip of the pen: what it was for is not covered, and somebody believes that it is.
    ///
    /// ## What to do
    /// Take the id from the list of rules:
    ///
    /// ```text
    /// kerbsync rules
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `rule = "stale-secrets"` | `rule = "stale-secret"` |
    ///
    /// ## Sources
    /// - [NIST SP 800-37 Rev. 2, acceptance of risk](https://csrc.nist.gov/pubs/sp/800/37/r2/final)
    /// - [NIST SP 800-53 Rev. 5](https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final)
    number: 512,
    severity: Warning,
    confidence: Documented,
    family: Process,
    subject: Waiver,
    product_error: None,
    controls: ["NIST SP 800-53 CM-3"],
    waivable: false,
}

fn check(_: &View<'_>, policy: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_waiver(policy, |verdicts, subject, waiver| {
        if !waiver.names_no_rule() {
            return verdicts.pass(subject, "It names a rule, or one finding.");
        }
        let name = waiver.rule.trim().to_lowercase();
        let near = rules::RULES.iter().filter(|r| !name.is_empty() && (r.id.contains(&name) || name.contains(r.id))).map(|r| r.id);
        let near: Vec<&'static str> = near.take(3).collect();
        let help =
            if near.is_empty() { "`kerbsync rules` lists them.".into() } else { text!("Did you mean {}?", Text::join(near, " or ")) };
        verdicts.fail(subject, text!("The waiver of {waiver} names no rule; it hides nothing.")).at_waiver(waiver).help(help);
    });
}
