use crate::declare::declare_rule;
use crate::view::test_of;
use crate::{Policy, Verdicts, View};
use kerbsync_inventory::directory::Domain;
use kerbsync_inventory::state::account_key;
use kerbsync_inventory::{SecretState, ServerConfiguration, Slot, WebSite, WebSiteRole};
use kerbsync_names::HostName;
use kerbsync_source::text;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

declare_rule! {
    /// The two web sites of a server hold different credentials.
    ///
    /// ## What it checks
    /// Where both the internal and the external web site of a server have slots, in their own sections or through the pools that serve
    /// them, both name the same account and hold the same secret. Whether the product writes to both is not known, so a slot in one of
    /// the two alone is no fault, but undecided where another server with the same account has one in both.
    ///
    /// ## Why it matters
    /// One half of the server's requests is served with another credential. Sign-in then works from inside and fails from outside, or
    /// the other way round, which is hard to find by looking at clients.
    ///
    /// ## What to do
    /// Write the credential to the server again, which covers both sites:
    ///
    /// ```powershell
    /// Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer fe02.contoso.com
    /// ```
    ///
    /// Before: internal site group A, external site group B. After: both group A.
    ///
    /// ## Sources
    /// - [Assign a Kerberos authentication account to a site](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-assign-a-kerberos-authentication-account-to-a-site)
    /// - [Synchronize a Kerberos authentication account password to IIS](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-synchronize-a-kerberos-authentication-account-password-to-iis)
    number: 209,
    severity: Error,
    confidence: Inferred,
    family: Servers,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6", "NIST SP 800-53 IA-5"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let domains = view.inventory.domains();
    let whole = in_both(view);
    for server in view.web_servers() {
        let (subject, host) = (server.subject(), server.host);
        let configuration = match server.configuration() {
            Ok(configuration) => configuration,
            Err((why, remedy)) => {
                verdicts.unknown_told_elsewhere(subject, why, remedy);
                continue;
            }
        };
        let (internal, external) = (slots_of(configuration, WebSiteRole::Internal), slots_of(configuration, WebSiteRole::External));
        let (Some(first), Some(_)) = (internal.first(), external.first()) else {
            if let Some((held, site, other)) = one_of(&internal, &external)
                && let Some(without) = configuration.web_site(other)
                && let Some(peer) = server.expected().and_then(|account| whole.get(&account_key(account, domains)))
            {
                let why = text!(
                    "{host} holds a credential in its {site} web site alone; {peer}, with the same account, holds one in both, and whether the product needs both is not known."
                );
                verdicts
                    .unknown_with_finding(subject, why, test_of(server.site))
                    .at(&held.account.origin, text!("the {site} web site's"))
                    .at(configuration.cite(&without.name), "the web site without one");
                continue;
            }
            verdicts.not_applicable(subject, text!("{host} does not hold a credential in both web sites."));
            continue;
        };
        let difference = if names(&internal, domains) != names(&external, domains) {
            Some("different accounts")
        } else if secrets_differ(&internal, &external) {
            Some("different secrets of the same account")
        } else {
            None
        };
        let sealed = internal.iter().chain(&external).any(|s| matches!(s.secret, SecretState::Sealed { .. } | SecretState::TakenOut));
        if let Some(difference) = difference {
            let mut finding = verdicts.fail(subject, text!("The internal and the external web site of {host} hold {difference}."));
            for (slots, site) in [(&internal, "internal"), (&external, "external")] {
                for slot in slots {
                    let origin = slot.secret_origin.as_ref().unwrap_or(&slot.account.origin);
                    finding = finding.at(origin, text!("{site} web site: {}", slot.account.value.text));
                }
            }
            finding.help(view.set_password(server));
        } else if sealed {
            // Two encrypted values that differ as text may hold the same secret.
            let why = text!("Both web sites of {host} name {}, but not all of their secrets could be opened.", first.account.value.text);
            verdicts.unknown_told_elsewhere(subject, why, test_of(server.site));
        } else {
            verdicts.pass(subject, text!("Both web sites of {host} hold the same account and secret."));
        }
    }
}

/// By the key of an account, a server that has to hold it and does so in both of its web sites.
fn in_both<'i>(view: &View<'i>) -> HashMap<String, &'i HostName> {
    let domains = view.inventory.domains();
    let holds_both = |configuration: &ServerConfiguration| {
        [WebSiteRole::Internal, WebSiteRole::External].iter().all(|role| !slots_of(configuration, *role).is_empty())
    };
    let mut whole = HashMap::new();
    for server in view.web_servers() {
        if let (Some(account), Ok(configuration)) = (server.expected(), server.configuration())
            && let Entry::Vacant(first) = whole.entry(account_key(account, domains))
            && holds_both(configuration)
        {
            first.insert(server.host);
        }
    }
    whole
}

/// The slot of a server that has one in one of its web sites alone; the name of that site, and which is the other.
fn one_of<'c>(internal: &[&'c Slot], external: &[&'c Slot]) -> Option<(&'c Slot, &'static str, WebSiteRole)> {
    match (internal.first(), external.first()) {
        (Some(slot), None) => Some((slot, "internal", WebSiteRole::External)),
        (None, Some(slot)) => Some((slot, "external", WebSiteRole::Internal)),
        _ => None,
    }
}

/// The slots that belong to a web site: in a `<location>` of it, or in a pool that serves one of its applications.
fn slots_of(configuration: &ServerConfiguration, role: WebSiteRole) -> Vec<&Slot> {
    let Some(site) = configuration.web_site(role) else { return Vec::new() };
    configuration.slots.iter().filter(|slot| slot.may_count() && belongs(configuration, site, slot)).collect()
}

fn belongs(configuration: &ServerConfiguration, site: &WebSite, slot: &Slot) -> bool {
    if let Some(path) = slot.key.location().filter(|p| !p.is_empty()) {
        return path.split('/').next().is_some_and(|first| first.eq_ignore_ascii_case(&site.name.value));
    }
    let pools = configuration.application_pools.iter();
    let holding = pools.filter(|p| p.user_name.as_ref().is_some_and(|name| configuration.cite(name).origin == slot.account.origin));
    holding.into_iter().any(|pool| site.applications.iter().any(|a| a.pool.value.eq_ignore_ascii_case(&pool.name.value)))
}

fn names(slots: &[&Slot], domains: &[Domain]) -> BTreeSet<String> {
    let key = |slot: &&Slot| {
        slot.account.value.name.as_ref().map_or_else(|| slot.account.value.text.to_lowercase(), |name| account_key(name, domains))
    };
    slots.iter().map(key).collect()
}

/// Whether one side holds a readable or empty secret that no readable one of the other side equals, where all are known.
fn secrets_differ(internal: &[&Slot], external: &[&Slot]) -> bool {
    let known = |slots: &[&Slot]| {
        slots
            .iter()
            .filter(|s| !matches!(s.secret, SecretState::Sealed { .. } | SecretState::TakenOut))
            .map(|s| s.secret.tag())
            .collect::<BTreeSet<_>>()
    };
    let (internal, external) = (known(internal), known(external));
    !internal.is_empty() && !external.is_empty() && internal != external
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account_text, check, cited, config, estate, opened, sealed};
    use kerbsync_inventory::ApplicationPoolIdentity;

    #[test]
    fn different_accounts_and_different_secrets_fail() {
        let mut inventory = estate();
        config(&mut inventory, "fe01").slots[1].account.value = account_text("CONTOSO\\KerbOld");
        config(&mut inventory, "fe02").slots[1].secret = opened("old");
        config(&mut inventory, "dir01").slots[1].secret = sealed();
        config(&mut inventory, "se01").slots.pop();
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail fe01.contoso.com: The internal and the external web site of fe01.contoso.com hold different accounts.
          error servers/fe01.contoso.com/applicationHost.config:60 internal web site: CONTOSO\KerbAuth
          error servers/fe01.contoso.com/applicationHost.config:70 external web site: CONTOSO\KerbOld
          help: Nothing proves yet what se01.contoso.com holds: let the product test its site first.
              Test-CsKerberosAccountAssignment -Identity site:Dublin -Report C:\Logs\Test.html
            If it is found valid, copy the password from there:
              Set-CsKerberosAccountPassword -FromComputer se01.contoso.com -ToComputer fe01.contoso.com
        fail fe02.contoso.com: The internal and the external web site of fe02.contoso.com hold different secrets of the same account.
          error servers/fe02.contoso.com/applicationHost.config:60 internal web site: CONTOSO\KerbAuth
          error servers/fe02.contoso.com/applicationHost.config:70 external web site: CONTOSO\KerbAuth
          help: Nothing proves yet what se01.contoso.com holds: let the product test its site first.
              Test-CsKerberosAccountAssignment -Identity site:Dublin -Report C:\Logs\Test.html
            If it is found valid, copy the password from there:
              Set-CsKerberosAccountPassword -FromComputer se01.contoso.com -ToComputer fe02.contoso.com
        unknown dir01.contoso.com: Both web sites of dir01.contoso.com name CONTOSO\KerbAuth, but not all of their secrets could be opened. Run `Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html`.
        unknown se01.contoso.com: se01.contoso.com holds a credential in its internal web site alone; fe01.contoso.com, with the same account, holds one in both, and whether the product needs both is not known. Run `Test-CsKerberosAccountAssignment -Identity site:Dublin -Report C:\Logs\Test.html`.
          warning servers/se01.contoso.com/applicationHost.config:60 the internal web site's
          warning servers/se01.contoso.com/applicationHost.config:40 the web site without one
        ");
    }

    #[test]
    fn a_credential_in_one_site_alone_is_told_where_another_server_has_it_in_both() {
        let mut inventory = estate();
        config(&mut inventory, "fe02").slots.remove(0);
        config(&mut inventory, "se01").slots.pop();
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass fe01.contoso.com: Both web sites of fe01.contoso.com hold the same account and secret.
        unknown fe02.contoso.com: fe02.contoso.com holds a credential in its external web site alone; fe01.contoso.com, with the same account, holds one in both, and whether the product needs both is not known. Run `Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html`.
          warning servers/fe02.contoso.com/applicationHost.config:70 the external web site's
          warning servers/fe02.contoso.com/applicationHost.config:20 the web site without one
        pass dir01.contoso.com: Both web sites of dir01.contoso.com hold the same account and secret.
        unknown se01.contoso.com: se01.contoso.com holds a credential in its internal web site alone; fe01.contoso.com, with the same account, holds one in both, and whether the product needs both is not known. Run `Test-CsKerberosAccountAssignment -Identity site:Dublin -Report C:\Logs\Test.html`.
          warning servers/se01.contoso.com/applicationHost.config:60 the internal web site's
          warning servers/se01.contoso.com/applicationHost.config:40 the web site without one
        ");
        // Nobody has it in both: that may be how the product does it.
        let mut inventory = estate();
        for short in ["fe01", "fe02", "dir01", "se01"] {
            config(&mut inventory, short).slots.truncate(1);
        }
        assert!(!check(&RULE, inventory).contains("fail "));
    }

    #[test]
    fn slots_in_pools_belong_to_the_sites_that_the_pools_serve() {
        let mut inventory = estate();
        let server = config(&mut inventory, "fe01");
        for (i, (line, secret)) in [(10, "current"), (11, "old")].into_iter().enumerate() {
            server.application_pools[i].user_name = Some(cited(4, line, "CONTOSO\\KerbAuth".to_owned()));
            server.application_pools[i].identity.value = ApplicationPoolIdentity::SpecificUser;
            let origin = server.cite(server.application_pools[i].user_name.as_ref().unwrap()).origin;
            server.slots[i].key = kerbsync_inventory::SlotKey::ApplicationPool { pool: server.application_pools[i].name.value.clone() };
            server.slots[i].secret = opened(secret);
            (server.slots[i].account.origin, server.slots[i].secret_origin) = (origin, None);
        }
        assert!(
            check(&RULE, inventory)
                .starts_with("fail fe01.contoso.com: The internal and the external web site of fe01.contoso.com hold different secrets")
        );
    }

    #[test]
    fn an_empty_secret_beside_a_full_one_fails() {
        let mut inventory = estate();
        config(&mut inventory, "se01").slots[0].secret = SecretState::Empty;
        assert!(check(&RULE, inventory).contains("fail se01.contoso.com"));
    }
}
