//! What shows that a configuration does not say by itself what its server does: then nothing is read from it.

use kerbsync_credential::{DeclaredSlot, Product};
use kerbsync_iis::{ApplicationHost, PathKey, Place, same_name, segments};
use kerbsync_source::{Level, Problem, Shown, Text, text};
use kerbsync_xml::Element;
use std::collections::HashMap;

/// The sections of authentication that rules judge; each may be set once for a path.
const AUTHENTICATION: [&str; 2] =
    ["system.webServer/security/authentication/windowsAuthentication", "system.webServer/security/authentication/anonymousAuthentication"];

/// Why the file does not tell what its server does, where that can be seen: it is no whole applicationHost.config, a part that decides stands in
/// another file (configSource), or a section is set twice for one path, which IIS refuses (documented).
pub(super) fn undecided(host: &ApplicationHost<'_>, product: &Product<'_>, declared: &[DeclaredSlot]) -> Option<Problem> {
    let application_host = || host.root().children_named("system.applicationHost");
    if application_host().flat_map(|a| a.children_named("sites")).next().is_none() {
        let message = "it holds no <sites>, which every applicationHost.config has: it is a part of one, or another file under its name.";
        return Some(problem(host.root(), "not-whole", message.into(), "Export the whole file."));
    }
    let collections = application_host().flat_map(|a| a.children()).filter(|e| matches!(e.local_name(), "sites" | "applicationPools"));
    if let Some(away) = collections.into_iter().find(|e| e.attribute("configSource").is_some()) {
        return Some(elsewhere(away));
    }
    // Of a declared collection of accounts, the section is what stands elsewhere or twice.
    let slots = declared.iter().map(|d| (section_of(host, &d.section), true));
    let wanted: Vec<(String, bool)> = AUTHENTICATION.iter().map(|s| ((*s).to_owned(), false)).chain(slots).collect();
    let mut seen: HashMap<(String, PathKey, &str), Element<'_>> = HashMap::new();
    let whole_server = std::iter::once((String::new(), PathKey::default(), host.root()));
    let of_product = |site: &str| product.sites.iter().any(|p| same_name(&p.site.name().value, site));
    let locations = host
        .locations()
        .iter()
        .filter(|l| l.site().is_none_or(of_product))
        .map(|l| (l.site().unwrap_or("").to_lowercase(), PathKey::new(l.path_in_site()), l.element()));
    for (site, path, level) in whole_server.chain(locations) {
        for (section, holds_slots) in &wanted {
            let mut at = vec![level];
            for name in segments(section) {
                at = at.iter().flat_map(|e| e.children_named(name)).collect();
                if *holds_slots && let Some(away) = at.iter().find(|e| e.attribute("configSource").is_some()) {
                    return Some(elsewhere(*away));
                }
            }
            for element in at {
                if seen.insert((site.clone(), path.clone(), section), element).is_some() {
                    return Some(twice(element));
                }
            }
        }
    }
    None
}

/// The path of the section that a path of elements leads into.
fn section_of(host: &ApplicationHost<'_>, path: &str) -> String {
    let depth = host.section_depth(path).unwrap_or(usize::MAX);
    segments(path).take(depth).collect::<Vec<_>>().join("/")
}

fn elsewhere(element: Element<'_>) -> Problem {
    let message = text!("its <{}> stands in another file (configSource), which is not read.", Shown::naming(element.name()));
    problem(element, "part-elsewhere", message, "Look at the live server: appcmd list config with the section's name.")
}

fn twice(element: Element<'_>) -> Problem {
    let message = text!("<{}> is set a second time for the same path, and IIS refuses such a file.", Shown::naming(element.name()));
    problem(element, "section-twice", message, "Remove one of the two on the server.")
}

fn problem(element: Element<'_>, code: &'static str, message: Text, help: &'static str) -> Problem {
    Problem {
        level: Level::Error,
        code,
        document: element.document().source().document(),
        location: Place::element(element).location(),
        message,
        help: Some(help.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_credential::WebSiteNames;
    use kerbsync_source::{DocumentId, Source};
    use kerbsync_xml::{Document, Limits};

    fn told(sites: &str, rest: &str) -> Option<&'static str> {
        let text = format!(
            "<configuration><configSections><sectionGroup name='system.webServer'><section name='krb'/></sectionGroup></configSections>\
             <system.applicationHost>{sites}</system.applicationHost>{rest}</configuration>"
        );
        let document = Document::parse(Source::decode(DocumentId(0), text.into_bytes()).unwrap(), &Limits::default()).unwrap();
        let host = ApplicationHost::read(&document, &mut Vec::new()).unwrap();
        let product = Product::recognise(&host, &WebSiteNames::default());
        let declared = DeclaredSlot {
            section: "system.webServer/krb/add".into(),
            location: None,
            items: Vec::new(),
            account_attribute: Some("user".into()),
            secret_attribute: "secret".into(),
        };
        undecided(&host, &product, &[declared]).map(|p| p.code)
    }

    fn at(path: &str, body: &str) -> String {
        format!("<location path='{path}'><system.webServer>{body}</system.webServer></location>")
    }

    const SITES: &str = "<sites><site name='Lync Server Internal Web Site' id='1'/><site name='Other' id='2'/></sites>";
    const OFF: &str = "<security><authentication><windowsAuthentication enabled='false'/></authentication></security>";

    #[test]
    fn a_file_that_does_not_decide_is_told_from_one_that_does() {
        assert_eq!(told("", ""), Some("not-whole"));
        assert_eq!(told("<sites configSource='s.config'/>", ""), Some("part-elsewhere"));
        assert_eq!(told(&format!("{SITES}<applicationPools configSource='p.config'/>"), ""), Some("part-elsewhere"));
        let site = "Lync Server Internal Web Site";
        assert_eq!(told(SITES, &at(site, "<krb configSource='k.config'/>")), Some("part-elsewhere"));
        assert_eq!(told(SITES, &at("Other", "<krb configSource='k.config'/>")), None);
        // The items of a collection are many; the collection is one.
        assert_eq!(told(SITES, &at(site, "<krb><add user='a'/><add user='b'/></krb>")), None);
        assert_eq!(told(SITES, &at(site, "<krb><add user='a'/></krb><krb><add user='b'/></krb>")), Some("section-twice"));
        let [upper, lower] = [format!("{site}/WebTicket"), format!("{}/webticket/", site.to_uppercase())];
        assert_eq!(told(SITES, &format!("{}{}", at(&upper, OFF), at(&lower, OFF))), Some("section-twice"));
        assert_eq!(told(SITES, &format!("{}{}", at(&upper, OFF), at(&lower, "<krb><add/></krb>"))), None);
        assert_eq!(told(SITES, &format!("{}{}", at("Other/a", OFF), at("Other/a", OFF))), None);
        assert_eq!(told(SITES, &format!("<system.webServer>{OFF}</system.webServer>{}", at("", OFF))), Some("section-twice"));
        assert_eq!(told(SITES, &format!("<system.webServer>{OFF}</system.webServer>{}", at(site, OFF))), None);
    }
}
