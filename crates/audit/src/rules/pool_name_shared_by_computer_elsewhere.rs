use crate::declare::declare_rule;
use crate::{Policy, Subject, Verdicts, View};
use kerbsync_inventory::{Computer, Pool};
use kerbsync_names::HostName;
use kerbsync_source::text;
use std::collections::HashMap;

declare_rule! {
    /// A pool has the name of a computer of another pool.
    ///
    /// ## What it checks
    /// The name of every pool is that of no computer outside the pool, as far as Web Services run on either side. A Standard Edition
    /// server has the name of its own pool, and that is right.
    ///
    /// ## Why it matters
    /// The product accepts a pool name for a server only where both are the same computer. A name that means a pool here and a server
    /// there leads a copy of the password to the wrong place, and the SPN `http/<name>` can belong to one of them only.
    ///
    /// ## What to do
    /// Rename one of the two in Topology Builder; a computer keeps the name that DNS and Active Directory give it, so it is the pool
    /// that needs another. Before: pool `app01.contoso.com` with `fe01` and `fe02`, and a server `app01.contoso.com` in another pool.
    /// After: pool `pool01.contoso.com`.
    ///
    /// ## Sources
    /// - [Synchronize a Kerberos authentication account password to IIS](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-synchronize-a-kerberos-authentication-account-password-to-iis)
    number: 109,
    severity: Warning,
    confidence: Inferred,
    family: Names,
    subject: Pool,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6", "NIST SP 800-53 CM-8"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let mut computers: HashMap<&HostName, Vec<(&Pool, &Computer)>> = HashMap::new();
    for (pool, computer) in view.inventory.computers() {
        computers.entry(&computer.fqdn.value).or_default().push((pool, computer));
    }
    for pool in view.named_pools() {
        let name = &pool.fqdn.value;
        let subject = Subject::Pool(name.clone());
        let elsewhere = computers.get(name).into_iter().flatten();
        let clash = elsewhere.copied().find(|(other, _)| other.fqdn.value != *name && (pool.web_services || other.web_services));
        match clash {
            Some((other, computer)) => {
                verdicts
                    .fail(subject, text!("{name} is the name of a pool and of a computer of the pool {}.", other.fqdn.value))
                    .at(&pool.fqdn.origin, "the pool")
                    .at(&computer.fqdn.origin, "the computer of the same name")
                    .help(text!("Give the pool {name} another name in Topology Builder, publish and run Enable-CsTopology."));
            }
            None if pool.web_services => verdicts.pass(subject, text!("No computer of another pool is named {name}.")),
            None => verdicts.not_applicable(subject, text!("{name} runs no Web Services.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, estate, pool};
    use kerbsync_inventory::PoolKind;

    #[test]
    fn a_server_with_the_name_of_another_pool_fails() {
        let mut inventory = estate();
        inventory.pools.push(pool("2", "pool02.contoso.com", PoolKind::Enterprise, 50, &["POOL01.contoso.com"]));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail pool01.contoso.com: pool01.contoso.com is the name of a pool and of a computer of the pool pool02.contoso.com.
          warning topology.xml:10 the pool
          warning topology.xml:51 the computer of the same name
          help: Give the pool pool01.contoso.com another name in Topology Builder, publish and run Enable-CsTopology.
        pass dirpool01.contoso.com: No computer of another pool is named dirpool01.contoso.com.
        notapplicable sql01.contoso.com: sql01.contoso.com runs no Web Services.
        pass se01.contoso.com: No computer of another pool is named se01.contoso.com.
        pass pool02.contoso.com: No computer of another pool is named pool02.contoso.com.
        ");
    }
}
