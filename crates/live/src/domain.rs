//! What is asked of one domain: who can hold names of services, and the groups. Each search gives a file of its own, so that one that fails
//! does not take the others with it.

use crate::collect::Sink;
use crate::directory::{Directory, DirectoryUrl};
use crate::ldif::{self, Entry};
use crate::operator::Operator;
use ldap3::Scope;

/// Users and computers that can hold names of services: every computer, and whoever holds a name. And who asks, whose membership plans want
/// to see.
fn accounts(operator: &Operator) -> String {
    // An operator's name has no character that means something in a filter.
    format!("(|(objectCategory=computer)(servicePrincipalName=*)(sAMAccountName={}))", operator.user())
}

/// The groups that rules ask about, and those above them.
const GROUPS: &str = "(objectCategory=group)";
const DOMAINS: &str = "(objectClass=crossRef)";

/// What rules read of an account. `memberOf` is empty for the primary group, so that is asked for too.
const ACCOUNT_ATTRIBUTES: &[&str] = &[
    "objectClass",
    "objectCategory",
    "sAMAccountName",
    "objectSid",
    "userAccountControl",
    "accountExpires",
    "pwdLastSet",
    "whenCreated",
    "whenChanged",
    "primaryGroupID",
    "memberOf",
    "servicePrincipalName",
    "dNSHostName",
    "operatingSystem",
    "lastLogonTimestamp",
    "adminCount",
    "msDS-SupportedEncryptionTypes",
    "msDS-AllowedToDelegateTo",
    "msDS-AllowedToActOnBehalfOfOtherIdentity",
    "msDS-KeyCredentialLink",
    "msDS-AssignedAuthNPolicy",
    "msDS-AssignedAuthNPolicySilo",
    "msDS-KeyVersionNumber",
];
const GROUP_ATTRIBUTES: &[&str] = &["objectClass", "objectCategory", "sAMAccountName", "objectSid", "member", "memberOf", "whenChanged"];
const DOMAIN_ATTRIBUTES: &[&str] = &["objectClass", "cn", "nCName", "dnsRoot", "nETBIOSName"];
/// The names of the domains of the forest, which every controller knows.
pub(crate) const DOMAINS_FILE: &str = "directory/domains.ldif";

/// Where the answers of a domain go in a bundle: of the controller's own one into `directory`, of another one into a folder of its name.
pub(crate) fn files(domain: Option<&str>) -> [String; 2] {
    let folder = domain.map_or_else(|| "directory".to_owned(), |domain| format!("directory/{domain}"));
    [format!("{folder}/accounts.ldif"), format!("{folder}/groups.ldif")]
}

/// The domain whose files are those of the bundle's main one, where they are there: by where they came from.
pub(crate) fn main_of_bundle(sink: &Sink<'_>) -> Option<String> {
    files(None).iter().find_map(|file| base_of(&sink.source(file)?))
}

/// The configuration of the forest that a bundle is of, by where the names of its domains came from.
pub(crate) fn forest_of_bundle(sink: &Sink<'_>) -> Option<String> {
    base_of(&sink.source(DOMAINS_FILE)?)?.split_once(',').map(|(_, configuration)| configuration.to_owned())
}

/// `ldaps://dc01.contoso.com:636/DC=contoso,DC=com`: what stands behind the host.
fn base_of(source: &str) -> Option<String> {
    source.splitn(4, '/').nth(3).map(str::to_owned)
}

/// Asks one domain, and brings what is not there yet.
pub(crate) async fn fetch(directory: &mut Directory, base: &str, files: &[String; 2], from: (&DirectoryUrl, &Operator), sink: &Sink<'_>) {
    let (url, operator) = from;
    let accounts = accounts(operator);
    let searches = [(accounts.as_str(), ACCOUNT_ATTRIBUTES), (GROUPS, GROUP_ATTRIBUTES)];
    for (file, (filter, attributes)) in files.iter().zip(searches) {
        search(directory, file, Search { base, filter, attributes }, url, sink).await;
    }
}

/// Asks for the names of all domains, below the forest's configuration.
pub(crate) async fn fetch_names(directory: &mut Directory, configuration: &str, url: &DirectoryUrl, sink: &Sink<'_>) {
    let base = partitions(configuration);
    search(directory, DOMAINS_FILE, Search { base: &base, filter: DOMAINS, attributes: DOMAIN_ATTRIBUTES }, url, sink).await;
}

/// Where the forest's configuration lists its domains.
pub(crate) fn partitions(configuration: &str) -> String {
    format!("CN=Partitions,{configuration}")
}

#[derive(Clone, Copy)]
struct Search<'a> {
    base: &'a str,
    filter: &'a str,
    attributes: &'a [&'a str],
}

async fn search(directory: &mut Directory, file: &str, search: Search<'_>, url: &DirectoryUrl, sink: &Sink<'_>) {
    if sink.has(file) {
        return;
    }
    let Search { base, filter, attributes } = search;
    sink.look_for(file);
    let source = format!("{url}/{base}");
    match directory.search(base, Scope::Subtree, filter, attributes).await {
        Ok(entries) => {
            let text = export(base, filter, attributes, entries);
            sink.keep(file.to_owned(), source, text.as_bytes(), None);
        }
        Err(error) => sink.miss(file.to_owned(), source, &error.to_string()),
    }
}

/// Entries with a head and an end as `ldapsearch` writes them: what was asked for is part of what the answer proves.
pub(crate) fn export(base: &str, filter: &str, attributes: &[&str], entries: Vec<Entry>) -> String {
    let count = entries.len();
    let head = format!(
        "# extended LDIF\n#\n# LDAPv3\n# base <{base}> with scope subtree\n# filter: {filter}\n# requesting: {}\n#\n\n",
        attributes.join(" ")
    );
    format!(
        "{head}{}\n# search result\nsearch: 2\nresult: 0 Success\n\n# numResponses: {}\n# numEntries: {count}\n",
        ldif::write(entries),
        count + 1
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_says_what_was_asked_for_and_that_it_is_whole() {
        let entries = vec![Entry { dn: "CN=a,DC=contoso,DC=com".into(), values: vec![("cn".into(), b"a".to_vec())] }];
        insta::assert_snapshot!(export("DC=contoso,DC=com", "(cn=*)", &["cn", "sn"], entries), @r"
        # extended LDIF
        #
        # LDAPv3
        # base <DC=contoso,DC=com> with scope subtree
        # filter: (cn=*)
        # requesting: cn sn
        #

        version: 1

        dn: CN=a,DC=contoso,DC=com
        cn: a

        # search result
        search: 2
        result: 0 Success

        # numResponses: 2
        # numEntries: 1
        ");
    }
}
