//! Waivers: findings that somebody has accepted, for a time.

use crate::{Finding, Outcome, Policy, Subject, Verdict, View, Waiver, WaiverState, WaiverUse};
use kerbsync_inventory::Inventory;
use kerbsync_source::Shown;
use std::collections::{HashMap, HashSet};

/// Marks the findings that a waiver in force covers; the first one that covers a finding gives the reason. Says what became of each waiver, in
/// their order. A waiver holds from its first day up to and including its last one (UTC); one that is not in order covers nothing.
pub(crate) fn waive(findings: &mut [Finding], verdicts: &[Verdict], view: &View<'_>, policy: &Policy) -> Vec<WaiverUse> {
    let inventory = view.inventory;
    let mut uses: Vec<WaiverUse> =
        policy.waivers.iter().map(|w| WaiverUse { state: w.state(policy), covers: 0, undecided: false }).collect();
    let in_force = uses.iter().zip(&policy.waivers).enumerate().filter(|(_, (u, _))| u.state == WaiverState::InForce);
    let scopes: Vec<(usize, Scope<'_>)> = in_force.map(|(i, (_, waiver))| (i, Scope::new(waiver, inventory))).collect();
    let mut by_rule: HashMap<&str, Vec<&(usize, Scope<'_>)>> = HashMap::new();
    for scope in &scopes {
        // A waiver of one finding need not name its rule.
        by_rule.entry(scope.1.waiver.rule().map_or("", |r| r.id)).or_default().push(scope);
    }
    if by_rule.is_empty() {
        return uses;
    }
    let of = |rule| by_rule.get(rule).into_iter().flatten().copied();
    for finding in findings {
        let mut candidates: Vec<&(usize, Scope<'_>)> = of(finding.rule.id).chain(of("")).collect();
        candidates.sort_by_key(|(i, _)| *i);
        let fingerprint = candidates.iter().any(|(_, s)| s.waiver.fingerprint.is_some()).then(|| finding.fingerprint(inventory));
        for (i, scope) in candidates {
            if scope.covers(finding, fingerprint.as_deref()) {
                if let Some(used) = uses.get_mut(*i) {
                    used.covers += 1;
                }
                finding.waived.get_or_insert_with(|| Shown::of(&scope.waiver.reason).into());
            }
        }
    }
    // What could not be judged may be just what a waiver is for: then nothing says that it covers nothing.
    for (i, scope) in &scopes {
        if let Some(used) = uses.get_mut(*i).filter(|used| used.covers == 0) {
            let rule = scope.waiver.rule().map(|r| r.id);
            let open = |v: &&Verdict| v.outcome == Outcome::Unknown && rule.is_none_or(|id| v.rule.id == id);
            used.undecided = verdicts.iter().filter(open).any(|verdict| {
                // The finding that it would be if it had been reached and were a failure.
                let finding = Finding::bare(verdict.rule, Outcome::Fail, verdict.subject.clone(), verdict.reason(), view);
                let fingerprint = scope.waiver.fingerprint.is_some().then(|| finding.fingerprint(inventory));
                scope.covers(&finding, fingerprint.as_deref())
            });
        }
    }
    uses
}

/// What a waiver is limited to, looked up once.
struct Scope<'w> {
    waiver: &'w Waiver,
    /// Ids of the sites that are meant, in small letters.
    sites: Option<HashSet<String>>,
    /// The pool that is meant and its computers, in small letters.
    pool: Option<HashSet<String>>,
}

impl<'w> Scope<'w> {
    fn new(waiver: &'w Waiver, inventory: &Inventory) -> Self {
        let sites = waiver.site.as_ref().map(|name| {
            let name = site_name(name);
            let meant =
                inventory.sites.iter().filter(|s| s.name.value.to_lowercase() == name || s.id.value.as_str().to_lowercase() == name);
            meant.map(|s| s.id.value.as_str().to_lowercase()).collect()
        });
        let pool = waiver.pool.as_ref().map(|name| {
            let name = name.trim().to_lowercase();
            let pools = inventory.pools.iter().filter(|p| p.fqdn.value.as_str().eq_ignore_ascii_case(&name));
            let computers = pools.flat_map(|p| p.computers.iter().map(|c| c.fqdn.value.as_str().to_lowercase()));
            computers.chain([name.clone()]).collect()
        });
        Self { waiver, sites, pool }
    }

    fn covers(&self, finding: &Finding, fingerprint: Option<&str>) -> bool {
        let w = self.waiver;
        let same = |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|w| w.trim().to_lowercase() == is.to_lowercase());
        let host = match &finding.subject {
            Subject::Pool(host) => Some(host.as_str()),
            _ => finding.server.as_ref().map(|h| h.as_str()),
        };
        let (server, slot) = match &finding.subject {
            Subject::Slot(slot) => (finding.server.as_ref().map_or("", |h| h.as_str()), &*slot.name),
            _ => (finding.server.as_ref().map_or("", |h| h.as_str()), ""),
        };
        let in_site =
            self.sites.as_ref().is_none_or(|sites| finding.site.as_ref().is_some_and(|s| sites.contains(&s.as_str().to_lowercase())));
        let in_pool = self.pool.as_ref().is_none_or(|hosts| host.is_some_and(|h| hosts.contains(&h.to_lowercase())));
        in_site
            && in_pool
            && same(&w.server, server)
            && same(&w.slot, slot)
            && same(&w.fingerprint, fingerprint.unwrap_or_default())
            && (w.subject.is_none() || same(&w.subject, &finding.subject.to_string()))
    }
}

/// `redmond` of `Site:Redmond`.
fn site_name(text: &str) -> String {
    let text = text.trim().to_lowercase();
    text.strip_prefix("site:").map_or(text.clone(), |name| name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use crate::testing::{NOW, config, estate, opened, sealed, set_secret, time};
    use crate::{Audit, Policy, Waiver, WaiverState, run};
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

    /// In order, and for one month.
    fn waiver(rule: &str) -> Waiver {
        Waiver {
            rule: rule.to_owned(),
            reason: format!("accepted: {rule}"),
            owner: Some("Olivia".to_owned()),
            approver: Some("Adam".to_owned()),
            not_before: Some("2026-02-15".parse().unwrap()),
            expires: Some("2026-03-15".parse().unwrap()),
            ..Waiver::default()
        }
    }

    fn text(value: &str) -> Option<String> {
        Some(value.to_owned())
    }

    fn audit_by(policy: impl FnOnce(&mut Policy), waivers: Vec<Waiver>) -> Audit {
        let mut terms = Policy { waivers, ..Policy::at(time(NOW)) };
        policy(&mut terms);
        run(&faulty(), &terms)
    }

    fn audit(waivers: Vec<Waiver>) -> Audit {
        audit_by(|_| (), waivers)
    }

    fn waived(audit: &Audit) -> Vec<String> {
        let waived = audit.findings.iter().filter(|f| f.waived.is_some());
        waived.map(|f| format!("{} {} ({})", f.rule.id, f.subject, f.waived.as_deref().unwrap_or(""))).collect()
    }

    /// State, what is covered, and what the rules about waivers say of one waiver.
    fn told(waiver: Waiver) -> String {
        told_by(|_| (), waiver)
    }

    fn told_by(policy: impl FnOnce(&mut Policy), waiver: Waiver) -> String {
        let found = audit_by(policy, vec![waiver]);
        assert_eq!(found.waivers.len(), 1);
        let mut lines = vec![format!("{} covers {}", found.waivers[0].state.name(), found.waivers[0].covers)];
        assert_eq!(waived(&found).len(), found.waivers[0].covers);
        let about = found.findings.iter().filter(|f| f.rule.subject == crate::SubjectKind::Waiver);
        lines.extend(about.map(|f| format!("{} {} {}", f.severity.name(), f.rule.id, f.message)));
        lines.join("\n")
    }

    #[test]
    fn by_rule_and_by_each_kind_of_object() {
        let clear = "kerberosCredential in 'Skype for Business Server Internal Web Site'";
        for (scope, covered) in [
            (Waiver { server: text("FE02.contoso.com"), ..waiver("KS201") }, 1),
            (Waiver { server: text("fe01.contoso.com"), ..waiver("stale-secret") }, 0),
            (Waiver { subject: text("se01.contoso.com"), ..waiver("stale-secret") }, 1),
            (Waiver { site: text("site:redmond"), ..waiver("stale-secret") }, 1),
            (Waiver { site: text("Dublin"), ..waiver("stale-secret") }, 1),
            (Waiver { pool: text("pool01.contoso.com"), ..waiver("stale-secret") }, 1),
            (Waiver { pool: text("pool01.contoso.com"), site: text("Dublin"), ..waiver("stale-secret") }, 0),
            (Waiver { slot: text(clear), ..waiver("clear-text-secret") }, 1),
            (Waiver { slot: text(clear), server: text("fe02.contoso.com"), ..waiver("clear-text-secret") }, 0),
        ] {
            let what = scope.to_string();
            let found = audit(vec![scope]);
            assert_eq!((found.waivers[0].state, found.waivers[0].covers), (WaiverState::InForce, covered), "{what}");
            assert_eq!(waived(&found).len(), covered, "{what}");
        }
    }

    /// Without keys, whether the secret is the old one cannot be said: then the waiver of it is not called stale either.
    #[test]
    fn one_whose_finding_could_not_be_decided_is_not_called_stale() {
        let mut inventory = faulty();
        let stale = run(&inventory, &Policy::at(time(NOW)));
        let print = stale.findings.iter().find(|f| f.rule.id == "stale-secret" && f.subject.to_string().starts_with("fe02")).unwrap();
        let print = print.fingerprint(&inventory);
        config(&mut inventory, "fe02").slots[0].secret = sealed();
        state::compute(&mut inventory, None);
        for (scope, undecided) in [
            (Waiver { server: text("fe02.contoso.com"), ..waiver("stale-secret") }, true),
            (Waiver { site: text("Redmond"), ..waiver("stale-secret") }, true),
            (Waiver { fingerprint: Some(print), ..waiver("") }, true),
            (Waiver { server: text("fe01.contoso.com"), ..waiver("negotiate-missing") }, false),
        ] {
            let what = scope.to_string();
            let found = run(&inventory, &Policy { waivers: vec![scope], ..Policy::at(time(NOW)) });
            let outcome = found.verdicts.iter().find(|v| v.rule.id == "waiver-stale").unwrap().outcome;
            assert_eq!(
                (found.waivers[0].covers, found.waivers[0].undecided, found.waivers[0].is_stale()),
                (0, undecided, !undecided),
                "{what}"
            );
            assert_eq!(outcome, if undecided { crate::Outcome::Unknown } else { crate::Outcome::Fail }, "{what}");
        }
    }

    #[test]
    fn a_fingerprint_names_one_finding_and_the_first_waiver_gives_the_reason() {
        let plain = audit(Vec::new());
        let inventory = faulty();
        let stale = plain.findings.iter().find(|f| f.rule.id == "stale-secret").unwrap();
        let one = Waiver { fingerprint: Some(stale.fingerprint(&inventory).to_uppercase()), ..waiver("") };
        let found = audit(vec![one, Waiver { site: text("Redmond"), ..waiver("stale-secret") }]);
        insta::assert_snapshot!(waived(&found).join("\n"), @"stale-secret fe02.contoso.com (accepted: )");
        assert_eq!(found.waivers.iter().map(|w| w.covers).collect::<Vec<_>>(), [1, 1]);
    }

    #[test]
    fn it_holds_from_its_first_day_to_its_last() {
        let from_to = |first: &str, last: &str| {
            let (first, last) = (Some(first.parse().unwrap()), Some(last.parse().unwrap()));
            told(Waiver { not_before: first, expires: last, server: text("fe02.contoso.com"), ..waiver("stale-secret") })
        };
        insta::assert_snapshot!(from_to("2026-03-01", "2026-03-01"), @"in-force covers 1");
        insta::assert_snapshot!(from_to("2026-03-02", "2026-03-10"), @"not-yet covers 0");
        insta::assert_snapshot!(from_to("2026-02-01", "2026-02-28"), @"
        expired covers 0
        warning waiver-expired The waiver of stale-secret for server fe02.contoso.com expired on 2026-02-28.
        ");
    }

    #[test]
    fn one_that_is_not_in_order_covers_nothing_and_is_told() {
        let one = || Waiver { server: text("fe02.contoso.com"), ..waiver("stale-secret") };
        insta::assert_snapshot!(told(Waiver { approver: None, ..one() }), @"
        not-in-order covers 0
        warning waiver-unapproved The waiver of stale-secret for server fe02.contoso.com names no approver; it hides nothing.
        ");
        insta::assert_snapshot!(told(Waiver { approver: text(" OLIVIA "), ..one() }), @"
        not-in-order covers 0
        warning waiver-unapproved The waiver of stale-secret for server fe02.contoso.com was approved by its owner; it hides nothing.
        ");
        insta::assert_snapshot!(told(Waiver { owner: text(""), ..one() }), @"
        not-in-order covers 0
        warning waiver-unapproved The waiver of stale-secret for server fe02.contoso.com names no owner; it hides nothing.
        ");
        insta::assert_snapshot!(told(waiver("stale-secret")), @"
        not-in-order covers 0
        warning waiver-over-broad The waiver of stale-secret names no object, so it would also cover what nobody has seen yet; it hides nothing.
        ");
        insta::assert_snapshot!(told(Waiver { expires: None, ..one() }), @"
        not-in-order covers 0
        warning waiver-over-broad The waiver of stale-secret for server fe02.contoso.com does not say from when and until when it holds; it hides nothing.
        ");
        insta::assert_snapshot!(told(Waiver { expires: Some("2027-02-15".parse().unwrap()), ..one() }), @"
        not-in-order covers 0
        warning waiver-over-broad The waiver of stale-secret for server fe02.contoso.com holds for 366 days, and may for 90; it hides nothing.
        ");
        insta::assert_snapshot!(told(Waiver { not_before: Some("2026-04-15".parse().unwrap()), ..one() }), @"
        not-in-order covers 0
        warning waiver-over-broad The waiver of stale-secret for server fe02.contoso.com ends before it begins; it hides nothing.
        ");
        insta::assert_snapshot!(told(Waiver { rule: "no-such-rule".to_owned(), ..one() }), @"
        not-in-order covers 0
        warning waiver-of-unknown-rule The waiver of no-such-rule for server fe02.contoso.com names no rule; it hides nothing.
        ");
        insta::assert_snapshot!(told(Waiver { rule: "topology-drift".to_owned(), ..one() }), @"
        not-in-order covers 0
        warning waiver-over-broad The waiver of topology-drift for server fe02.contoso.com is of a rule that is never waived; it hides nothing.
        ");
        insta::assert_snapshot!(told_by(|p| p.never_waive = vec!["ks201".to_owned()], one()), @"
        not-in-order covers 0
        warning waiver-over-broad The waiver of stale-secret for server fe02.contoso.com is of a rule that is never waived; it hides nothing.
        ");
    }

    #[test]
    fn one_that_covers_nothing_is_told() {
        insta::assert_snapshot!(told(Waiver { server: text("dir01.contoso.com"), ..waiver("stale-secret") }), @"
        in-force covers 0
        note waiver-stale The waiver of stale-secret for server dir01.contoso.com covers no finding.
        ");
    }

    #[test]
    fn two_that_say_the_same_are_two_subjects() {
        let one = || Waiver { server: text("dir01.contoso.com"), ..waiver("stale-secret") };
        let found = audit(vec![one(), one()]);
        let told: Vec<String> = found.verdicts.iter().filter(|v| v.rule.id == "waiver-stale").map(|v| v.subject.to_string()).collect();
        assert_eq!(told, ["stale-secret for server dir01.contoso.com", "stale-secret for server dir01.contoso.com (2)"]);
    }

    #[test]
    fn a_waiver_of_a_waiver_is_none() {
        let bad = waiver("stale-secret");
        let about = Waiver { subject: text("stale-secret"), ..waiver("waiver-over-broad") };
        let found = audit(vec![bad, about]);
        assert!(found.waivers.iter().all(|w| w.state == WaiverState::NotInOrder && w.covers == 0));
    }
}
