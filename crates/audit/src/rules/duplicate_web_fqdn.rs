use crate::declare::declare_rule;
use crate::view::PoolView;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::commands;
use kerbsync_names::HostName;
use kerbsync_source::{Origin, text};
use std::collections::HashMap;

declare_rule! {
    /// Two pools have the same web FQDN.
    ///
    /// ## What it checks
    /// The internal and the external web FQDN of a pool are not those of another pool, and not the name of another pool. Within one pool
    /// they may be equal, to each other and to the pool's own name.
    ///
    /// ## Why it matters
    /// The documentation demands names that are unique over all pools. The service principal name `http/<web FQDN>` can stand on one
    /// account only: where two pools of sites with different accounts share a name, one of them gets tickets that it cannot decrypt.
    ///
    /// ## What to do
    /// Give one of the pools another name in Topology Builder, publish, then:
    ///
    /// ```powershell
    /// Enable-CsTopology
    /// setspn -S http/webint02.contoso.com KerbAuth
    /// ```
    ///
    /// Before: pool01 and pool02 both with `webint.contoso.com`. After: `webint01.contoso.com` and `webint02.contoso.com`.
    ///
    /// ## Sources
    /// - [Change the Web Services URL](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-change-the-web-services-url)
    number: 108,
    severity: Warning,
    confidence: Documented,
    family: Names,
    subject: Pool,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6"],
}

/// What a name is to a pool.
struct Use<'i> {
    pool: usize,
    role: &'static str,
    origin: &'i Origin,
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let mut uses: HashMap<&HostName, Vec<Use<'_>>> = HashMap::new();
    for (index, pool) in view.web_pools().iter().enumerate() {
        for (name, role, origin) in names(pool) {
            uses.entry(name).or_default().push(Use { pool: index, role, origin });
        }
    }
    let unknown = view.web_pools().iter().find_map(PoolView::web_names_unknown);
    for (index, pool) in view.web_pools().iter().enumerate() {
        let clash = names(pool).find_map(|(name, role, origin)| {
            let other = uses.get(name)?.iter().find(|u| u.pool != index && (role != "name" || u.role != "name"))?;
            Some((name, role, origin, other))
        });
        let Some((name, role, origin, other)) = clash else {
            if let Some(why) = &unknown {
                verdicts.unknown_told_elsewhere(pool.subject(), why.clone(), commands::web_services());
                continue;
            }
            verdicts.pass(pool.subject(), text!("No other pool has a web FQDN of {}.", pool.name()));
            continue;
        };
        let Some(second) = view.web_pools().get(other.pool) else { continue };
        verdicts
            .fail(pool.subject(), text!("{name} is the {role} of {} and the {} of {}.", pool.name(), other.role, second.name()))
            .at(origin, text!("{role} of {}", pool.name()))
            .at(other.origin, text!("{} of {}", other.role, second.name()))
            .help("Give one of the two pools another web FQDN in Topology Builder, publish the topology and run Enable-CsTopology.");
    }
}

/// The names that a pool answers to on the web. Its own name comes last, so that the more telling role is named.
fn names<'i>(pool: &PoolView<'i>) -> impl Iterator<Item = (&'i HostName, &'static str, &'i Origin)> + use<'i> {
    let pool = pool.pool;
    let internal = pool.internal_web_override.as_ref().map(|n| (&n.value, "internal web FQDN", &n.origin));
    let external = pool.external_web_fqdn.as_ref().map(|n| (&n.value, "external web FQDN", &n.origin));
    internal.into_iter().chain(external).chain([(&pool.fqdn.value, "name", &pool.fqdn.origin)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TOPOLOGY, at, check, estate, host};

    #[test]
    fn an_override_and_an_external_name_may_not_be_shared() {
        let mut inventory = estate();
        inventory.pools[0].internal_web_override = Some(at(TOPOLOGY, 12, host("webint.contoso.com")));
        inventory.pools[1].external_web_fqdn = Some(at(TOPOLOGY, 22, host("WebInt.contoso.com")));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail pool01.contoso.com: webint.contoso.com is the internal web FQDN of pool01.contoso.com and the external web FQDN of dirpool01.contoso.com.
          warning topology.xml:12 internal web FQDN of pool01.contoso.com
          warning topology.xml:22 external web FQDN of dirpool01.contoso.com
          help: Give one of the two pools another web FQDN in Topology Builder, publish the topology and run Enable-CsTopology.
        fail dirpool01.contoso.com: WebInt.contoso.com is the external web FQDN of dirpool01.contoso.com and the internal web FQDN of pool01.contoso.com.
          warning topology.xml:22 external web FQDN of dirpool01.contoso.com
          warning topology.xml:12 internal web FQDN of pool01.contoso.com
          help: Give one of the two pools another web FQDN in Topology Builder, publish the topology and run Enable-CsTopology.
        pass se01.contoso.com: No other pool has a web FQDN of se01.contoso.com.
        ");
    }

    #[test]
    fn the_name_of_another_pool_may_not_be_used_either() {
        let mut inventory = estate();
        inventory.pools[0].external_web_fqdn = Some(at(TOPOLOGY, 12, host("se01.contoso.com")));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail pool01.contoso.com: se01.contoso.com is the external web FQDN of pool01.contoso.com and the name of se01.contoso.com.
          warning topology.xml:12 external web FQDN of pool01.contoso.com
          warning topology.xml:40 name of se01.contoso.com
          help: Give one of the two pools another web FQDN in Topology Builder, publish the topology and run Enable-CsTopology.
        pass dirpool01.contoso.com: No other pool has a web FQDN of dirpool01.contoso.com.
        fail se01.contoso.com: se01.contoso.com is the name of se01.contoso.com and the external web FQDN of pool01.contoso.com.
          warning topology.xml:40 name of se01.contoso.com
          warning topology.xml:12 external web FQDN of pool01.contoso.com
          help: Give one of the two pools another web FQDN in Topology Builder, publish the topology and run Enable-CsTopology.
        ");
    }

    #[test]
    fn within_one_pool_all_names_may_be_equal() {
        let mut inventory = estate();
        let name = || Some(at(TOPOLOGY, 12, host("pool01.contoso.com")));
        (inventory.pools[0].internal_web_override, inventory.pools[0].external_web_fqdn) = (name(), name());
        assert!(!check(&RULE, inventory).contains("fail"));
    }

    #[test]
    fn web_fqdns_that_no_document_tells_may_be_those_of_another_pool() {
        let mut inventory = estate();
        inventory.pools[0].web_fqdns_known = false;
        let told = check(&RULE, inventory);
        assert!(told.lines().all(|line| line.starts_with("unknown ")), "{told}");
    }
}
