//! Waivers: findings that somebody has accepted, for a time.

use crate::{Finding, Policy, Waiver};
use kerbsync_inventory::Inventory;

/// Marks the findings that a waiver covers; the first one that covers a finding gives the reason. Returns the indices of the waivers
/// that cover nothing. A waiver holds up to and including its last day (UTC); an expired one covers nothing.
pub(crate) fn waive(findings: &mut [Finding], inventory: &Inventory, policy: &Policy) -> Vec<usize> {
    let today = policy.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let in_force: Vec<(usize, &Waiver)> =
        policy.waivers.iter().enumerate().filter(|(_, w)| w.expires.is_none_or(|last| today <= last)).collect();
    let mut used = vec![false; policy.waivers.len()];
    let by_fingerprint = in_force.iter().any(|(_, w)| w.fingerprint.is_some());
    for finding in findings {
        let fingerprint = if by_fingerprint { finding.fingerprint(inventory) } else { String::new() };
        let subject = if in_force.is_empty() { String::new() } else { finding.subject.to_string().to_lowercase() };
        for (i, waiver) in &in_force {
            if covers(waiver, finding, &fingerprint, &subject) {
                if let Some(used) = used.get_mut(*i) {
                    *used = true;
                }
                finding.waived.get_or_insert_with(|| waiver.reason.clone());
            }
        }
    }
    (0..used.len()).filter(|i| used.get(*i) == Some(&false)).collect()
}

fn covers(waiver: &Waiver, finding: &Finding, fingerprint: &str, subject: &str) -> bool {
    if let Some(wanted) = &waiver.fingerprint {
        return wanted.eq_ignore_ascii_case(fingerprint);
    }
    (waiver.rule.eq_ignore_ascii_case(finding.rule.id) || waiver.rule.eq_ignore_ascii_case(&finding.rule.code()))
        && waiver.subject.as_ref().is_none_or(|s| s.trim().to_lowercase() == subject)
}

#[cfg(test)]
mod tests {
    use crate::testing::{NOW, config, estate, opened, set_secret, time};
    use crate::{Audit, Policy, Waiver, run};
    use kerbsync_inventory::{Inventory, SecretState, state};

    /// Two servers fail stale-secret, one of them also clear-text-secret.
    fn faulty() -> Inventory {
        let mut inventory = estate();
        set_secret(&mut inventory, "fe01", &opened("current"));
        config(&mut inventory, "fe02").slots[0].secret = opened("old");
        config(&mut inventory, "se01").slots[0].secret = SecretState::Clear(crate::testing::tag("old"));
        state::compute(&mut inventory, None);
        inventory
    }

    fn waiver(rule: &str, subject: Option<&str>, expires: Option<&str>) -> Waiver {
        Waiver {
            rule: rule.to_owned(),
            subject: subject.map(str::to_owned),
            fingerprint: None,
            reason: format!("accepted: {rule}"),
            expires: expires.map(|d| d.parse().unwrap()),
        }
    }

    fn audit(waivers: Vec<Waiver>) -> Audit {
        run(&faulty(), &Policy { waivers, ..Policy::at(time(NOW)) })
    }

    fn waived(audit: &Audit) -> Vec<String> {
        let waived = audit.findings.iter().filter(|f| f.waived.is_some());
        waived.map(|f| format!("{} {} ({})", f.rule.id, f.subject, f.waived.as_deref().unwrap_or(""))).collect()
    }

    #[test]
    fn by_id_or_number_and_by_subject() {
        let found = audit(vec![waiver("stale-secret", Some("FE02.contoso.com"), None), waiver("ks208", None, None)]);
        insta::assert_snapshot!(waived(&found).join("\n"), @r"
        stale-secret fe02.contoso.com (accepted: stale-secret)
        clear-text-secret se01.contoso.com: kerberosCredential in 'Skype for Business Server Internal Web Site' (accepted: ks208)
        ");
        assert!(found.unused_waivers.is_empty());
    }

    #[test]
    fn an_expired_waiver_covers_nothing_and_its_last_day_still_counts() {
        let expired = audit(vec![waiver("stale-secret", None, Some("2026-02-28"))]);
        assert_eq!((waived(&expired).len(), expired.unused_waivers), (0, vec![0]));
        let last_day = audit(vec![waiver("stale-secret", None, Some("2026-03-01"))]);
        assert_eq!((waived(&last_day).len(), last_day.unused_waivers.len()), (2, 0));
    }

    #[test]
    fn what_covers_nothing_is_told() {
        let found = audit(vec![
            waiver("stale-secret", None, None),
            waiver("stale-secret", Some("dir01.contoso.com"), None),
            waiver("no-such-rule", None, None),
        ]);
        assert_eq!(found.unused_waivers, [1, 2]);
    }

    #[test]
    fn a_fingerprint_names_one_finding_and_the_first_waiver_gives_the_reason() {
        let plain = audit(Vec::new());
        let inventory = faulty();
        let stale = plain.findings.iter().find(|f| f.rule.id == "stale-secret").unwrap();
        let one = Waiver { fingerprint: Some(stale.fingerprint(&inventory).to_uppercase()), ..waiver("", None, None) };
        let found = audit(vec![one, waiver("stale-secret", None, None)]);
        insta::assert_snapshot!(waived(&found).join("\n"), @r"
        stale-secret fe02.contoso.com (accepted: )
        stale-secret se01.contoso.com (accepted: stale-secret)
        ");
        assert!(found.unused_waivers.is_empty());
    }
}
