//! Controllers that are down, bundles of something else, and what is not shown.

use super::*;

/// The files of a domain in a bundle, as its controller gave them.
fn of_bundle(folder: &str, label: &str) -> Vec<(String, String)> {
    ["accounts", "groups"]
        .map(|part| (format!("directory/{folder}{part}.ldif"), format!("ldaps://dc01.{}:1636/{}", dns(label), name_of(label))))
        .to_vec()
}

#[tokio::test]
async fn where_the_first_controller_is_down_another_one_of_its_domain_is_asked() {
    let mut it = forest(&["asia"]);
    (it.whole, it.down, it.others) = (Some(""), vec!["dc01.contoso.com"], vec!["ldaps://dc02.contoso.com"]);
    it.strangers = vec![("dc02.contoso.com", "", CONFIGURATION)];
    insta::assert_snapshot!(it.run().await, @r"
    called ldaps://dc01.contoso.com:1636
    called ldaps://dc02.contoso.com:636
    called ldaps://dc1.asia.contoso.com:636
    kept directory/domains.ldif from ldaps://dc02.contoso.com:636/CN=Partitions,CN=Configuration,DC=contoso,DC=com
    kept directory/accounts.ldif from ldaps://dc02.contoso.com:636/DC=contoso,DC=com
    kept directory/groups.ldif from ldaps://dc02.contoso.com:636/DC=contoso,DC=com
    kept directory/asia.contoso.com/accounts.ldif from ldaps://dc1.asia.contoso.com:636/DC=asia,DC=contoso,DC=com
    kept directory/asia.contoso.com/groups.ldif from ldaps://dc1.asia.contoso.com:636/DC=asia,DC=contoso,DC=com
    missed directory/holders.ldif from ldaps://dc01.contoso.com:1636: the directory dc01.contoso.com cannot be asked: no answer in time
    told the directory dc01.contoso.com cannot be asked: no answer in time; other controllers were asked
    ");
    // One that nobody named, but whom the directory names, by a controller of another domain.
    let mut it = forest(&["asia"]);
    (it.whole, it.down, it.others, it.which) =
        (Some(""), vec!["dc01.contoso.com"], vec!["ldaps://dc1.asia.contoso.com"], OtherDomains::None);
    it.controllers.extend(["dc01", "dc03"].map(|host| (host.to_owned(), String::new(), "Here".to_owned(), true)));
    let text = it.run().await;
    assert_eq!(lines(&text, "called ldaps://"), ["dc01.contoso.com:1636", "dc1.asia.contoso.com:636", "dc03.contoso.com:636"]);
    assert!(text.contains("kept directory/accounts.ldif from ldaps://dc03.contoso.com:636/DC=contoso,DC=com"), "{text}");
}

#[tokio::test]
async fn a_bundle_of_another_first_domain_gives_that_of_this_controller_a_folder() {
    let mut it = forest(&["asia"]);
    (it.whole, it.there) = (Some("asia"), of_bundle("", ""));
    let text = it.run().await;
    let kept = lines(&text, "kept directory/asia.contoso.com/");
    assert_eq!(kept.len(), 2, "{text}");
    assert!(kept[0].starts_with("accounts.ldif from ldaps://dc01.asia.contoso.com:1636/DC=asia,DC=contoso,DC=com"), "{text}");
    assert!(!text.contains("directory/contoso.com"), "{text}");
    // Down, it is not passed over because the bundle has files of the first domain.
    let mut it = forest(&["asia"]);
    (it.whole, it.there, it.down) = (Some("asia"), of_bundle("", ""), vec!["dc01.asia.contoso.com"]);
    it.there.extend(
        ["domains", "holders"]
            .map(|part| (format!("directory/{part}.ldif"), format!("ldaps://dc01.contoso.com:1636/CN=Partitions,{CONFIGURATION}"))),
    );
    let text = it.run().await;
    assert!(lines(&text, "missed ")[0].starts_with("directory/(dc01.asia.contoso.com) from ldaps://dc01.asia.contoso.com:1636"), "{text}");
}

#[tokio::test]
async fn a_bundle_of_another_forest_gets_nothing() {
    let mut it = forest(&["asia"]);
    let source = "ldaps://dc1.fabrikam.com:636/CN=Partitions,CN=Configuration,DC=fabrikam,DC=com";
    (it.whole, it.there) = (Some(""), vec![("directory/domains.ldif".to_owned(), source.to_owned())]);
    let text = it.run().await;
    assert_eq!(lines(&text, "kept").len(), 0, "{text}");
    assert!(text.contains("another forest than the bundle's (CN=Configuration,DC=fabrikam,DC=com): collect into a new folder"), "{text}");
}

#[tokio::test]
async fn a_list_of_domains_that_is_not_shown_whole_is_told() {
    for labels in [&["asia", "?"][..], &["asia"]] {
        let mut it = forest(labels);
        it.controllers.retain(|(_, label, ..)| label != "?");
        if labels.len() == 1 {
            it.domains.retain(|label| !label.is_empty());
        }
        let text = it.run().await;
        assert!(
            text.contains("missed directory/(other domains) from ldaps://dc01.contoso.com:1636: the list of the forest's domains is not"),
            "{text}"
        );
        assert!(text.contains("kept directory/asia.contoso.com/accounts.ldif"), "{text}");
    }
    // Two domains of one DNS name.
    let mut it = forest(&["asia", "renamed"]);
    it.controllers.retain(|(_, label, ..)| label != "renamed");
    let text = it.run().await;
    assert_eq!(lines(&text, "kept directory/asia.contoso.com/").len(), 2, "{text}");
    assert!(text.contains("missed directory/(asia.contoso.com) from"), "{text}");
}

/// Some directories lock an account after three attempts.
#[tokio::test]
async fn who_is_not_believed_by_a_domain_does_not_try_again_there() {
    let mut it = forest(&["asia"]);
    it.controllers.extend(["dc2", "dc3"].map(|host| (host.to_owned(), "asia".to_owned(), "Here".to_owned(), true)));
    it.refuses = true;
    let text = it.run().await;
    assert_eq!(lines(&text, "called "), ["ldaps://dc1.asia.contoso.com:636"]);
    assert!(text.contains("wrong name or password; 2 more controllers of this domain were not asked"), "{text}");
    // By the first one of all: who collects is told, so that no server is asked with that password.
    let mut it = forest(&["asia"]);
    (it.whole, it.refuses) = (Some(""), true);
    let text = it.run().await;
    assert_eq!((lines(&text, "called ").len(), lines(&text, "missed ").len()), (1, 4), "{text}");
}
