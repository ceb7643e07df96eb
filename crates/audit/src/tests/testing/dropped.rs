//! The estate of the tests without the places that collect drops, so that a rule which cites one fails as it would in the field.

use crate::Finding;
use kerbsync_inventory::Inventory;
use kerbsync_inventory::citable::{self, Kept};

/// Drops the places that collect drops.
pub(crate) fn drop_places(inventory: &mut Inventory) {
    for server in &mut inventory.servers {
        citable::visit(server, |value, kept| {
            if let Kept::Dropped(why) = kept {
                value.drop_place(why);
            }
        });
    }
}

/// A finding may not cite a place that collect drops: people would be shown a document without a line.
pub(crate) fn assert_kept(finding: &Finding) {
    for cited in &finding.locations {
        if let Some(why) = cited.at.why_dropped {
            panic!("{} cites '{}', and collect drops that place: {}", finding.rule.id, cited.note, why.clause());
        }
    }
}

mod tests {
    use crate::testing::{NOW, check, estate, time};
    use crate::{Confidence, Family, Policy, Rule, Severity, SubjectKind, run_one};
    use kerbsync_inventory::state;

    /// A rule that cites the name of a pool, of which collect keeps no place.
    static CITES_A_POOL_NAME: Rule = Rule {
        id: "cites-a-pool-name",
        number: 999,
        title: "A pool has a name",
        severity: Severity::Error,
        confidence: Confidence::Documented,
        family: Family::Authentication,
        subject: SubjectKind::Server,
        product_error: None,
        controls: &[],
        reads: &[],
        doc: "A pool has a name.",
        waivable: true,
        profile: crate::Profile::Default,
        check: |view, _, verdicts| {
            verdicts.each_configured(view, |verdicts, server, configuration| {
                let name = &configuration.application_pools[0].name;
                verdicts.fail(server.subject(), "It has a pool.").at(configuration.cite(name), "the pool").help("Look.");
            });
        },
    };

    #[test]
    fn a_finding_that_cites_one_says_why_it_has_no_line() {
        let mut inventory = estate();
        super::drop_places(&mut inventory);
        state::compute(&mut inventory, None);
        let (_, findings) = run_one(&CITES_A_POOL_NAME, &inventory, &Policy::at(time(NOW)));
        let told = findings[0].locations[0].told();
        assert_eq!(told, "the pool (no line was kept of it: the name of an application pool is shown and never cited)");
    }

    #[test]
    #[should_panic(expected = "cites-a-pool-name cites 'the pool', and collect drops that place: the name of an application pool is shown")]
    fn a_rule_that_cites_a_dropped_place_fails() {
        check(&CITES_A_POOL_NAME, estate());
    }
}
