//! The estate of the tests without the places that collect drops, so that a rule which cites one fails as it would in the field.

use crate::Finding;
use kerbsync_inventory::Inventory;
use kerbsync_inventory::citable::{self, Kept};
use kerbsync_source::{Origin, Spot};
use std::sync::Arc;

/// Begin of the element of a place that collect would have dropped; the reason follows.
const DROPPED: &str = "dropped: ";

/// Drops the places that collect drops, and leaves the reason there.
pub(crate) fn drop_places(inventory: &mut Inventory) {
    for server in &mut inventory.servers {
        citable::visit(server, |origin, kept| {
            if let Kept::Dropped(why) = kept {
                *origin =
                    Origin::new(origin.document, Spot { location: None, element: Arc::from(format!("{DROPPED}{why}")), excerpt: None });
            }
        });
    }
}

/// A finding may not cite a place that collect drops: people would be shown a document without a line.
pub(crate) fn assert_kept(finding: &Finding) {
    for cited in &finding.locations {
        if let Some(why) = cited.origin.element.strip_prefix(DROPPED) {
            panic!("{} cites '{}', and collect drops that place: {why}", finding.rule.id, cited.note);
        }
    }
}

mod tests {
    use crate::testing::{check, estate};
    use crate::{Confidence, Family, Rule, Severity, SubjectKind};

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
        check: |view, _, verdicts| {
            verdicts.each_configured(view, |verdicts, server, configuration| {
                let name = &configuration.application_pools[0].name;
                verdicts.fail(server.subject(), "It has a pool.").at(&name.origin, "the pool").help("Look.".to_owned());
            });
        },
    };

    #[test]
    #[should_panic(expected = "cites-a-pool-name cites 'the pool', and collect drops that place: the name of an application pool is shown")]
    fn a_rule_that_cites_a_dropped_place_fails() {
        check(&CITES_A_POOL_NAME, estate());
    }
}
