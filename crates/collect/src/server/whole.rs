//! What shows that a configuration does not say by itself what its server does: then nothing is read from it.

use kerbsync_credential::{DeclaredSlot, Product};
use kerbsync_iis::{ApplicationHost, PathKey, Place, same_name, segments};
use kerbsync_source::{Level, Problem, Shown, Text, text};
use kerbsync_xml::Element;
use std::collections::HashSet;

/// The sections of authentication that IIS has: where one of them stands elsewhere, rules about authentication alone are undecided. Another
/// section beside them may hold an account.
const STOCK: [&str; 6] = [
    "windowsAuthentication",
    "anonymousAuthentication",
    "basicAuthentication",
    "digestAuthentication",
    "clientCertificateMappingAuthentication",
    "iisClientCertificateMappingAuthentication",
];
const AUTHENTICATION: &str = "system.webServer/security/authentication";

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
    let declared = declared
        .iter()
        .map(|d| section_of(host, &d.section))
        .filter(|s| s.rsplit_once('/').is_none_or(|(group, _)| group != AUTHENTICATION));
    let declared: Vec<String> = declared.collect();
    let mut seen: HashSet<(String, PathKey, &str)> = HashSet::new();
    let whole_server = std::iter::once((String::new(), PathKey::default(), host.root()));
    let of_product = |site: &str| product.sites.iter().any(|p| same_name(&p.site.name().value, site));
    let locations = host
        .locations()
        .iter()
        .filter(|l| l.site().is_none_or(of_product))
        .map(|l| (l.site().unwrap_or("").to_lowercase(), PathKey::new(l.path_in_site()), l.element()));
    for (site, path, level) in whole_server.chain(locations) {
        for section in at(level, AUTHENTICATION).into_iter().flat_map(|group| group.children()) {
            if !STOCK.contains(&section.local_name()) && section.attribute("configSource").is_some() {
                return Some(elsewhere(section));
            }
            if !seen.insert((site.clone(), path.clone(), section.local_name())) {
                return Some(twice(section));
            }
        }
        for section in &declared {
            let mut last = None;
            for element in at(level, section) {
                if last.replace(element).is_some() || !seen.insert((site.clone(), path.clone(), section)) {
                    return Some(twice(element));
                }
            }
            // The section, or what stands around it.
            let ends = section.match_indices('/').map(|(end, _)| end).chain([section.len()]);
            let away = ends.flat_map(|end| at(level, &section[..end])).find(|e| e.attribute("configSource").is_some());
            if let Some(away) = away {
                return Some(elsewhere(away));
            }
        }
    }
    None
}

/// The elements at a path below another one.
fn at<'d>(level: Element<'d>, path: &str) -> Vec<Element<'d>> {
    segments(path).fold(vec![level], |at, name| at.iter().flat_map(|e| e.children_named(name)).collect())
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

    fn location(path: &str, body: &str) -> String {
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
        assert_eq!(told(SITES, &location(site, "<krb configSource='k.config'/>")), Some("part-elsewhere"));
        assert_eq!(told(SITES, &location("Other", "<krb configSource='k.config'/>")), None);
        // The items of a collection are many; the collection is one.
        assert_eq!(told(SITES, &location(site, "<krb><add user='a'/><add user='b'/></krb>")), None);
        assert_eq!(told(SITES, &location(site, "<krb><add user='a'/></krb><krb><add user='b'/></krb>")), Some("section-twice"));
        let [upper, lower] = [format!("{site}/WebTicket"), format!("{}/webticket/", site.to_uppercase())];
        assert_eq!(told(SITES, &format!("{}{}", location(&upper, OFF), location(&lower, OFF))), Some("section-twice"));
        assert_eq!(told(SITES, &format!("{}{}", location(&upper, OFF), location(&lower, "<krb><add/></krb>"))), None);
        assert_eq!(told(SITES, &format!("{}{}", location("Other/a", OFF), location("Other/a", OFF))), None);
        assert_eq!(told(SITES, &format!("<system.webServer>{OFF}</system.webServer>{}", location("", OFF))), Some("section-twice"));
        // A section beside those of IIS may hold an account, declared or not.
        let beside = |section: &str| location(site, &format!("<security><authentication>{section}</authentication></security>"));
        assert_eq!(told(SITES, &beside("<own user='a'/><own user='b'/>")), Some("section-twice"));
        assert_eq!(told(SITES, &beside("<own configSource='o.config'/>")), Some("part-elsewhere"));
        assert_eq!(told(SITES, &beside("<own user='a'/><windowsAuthentication configSource='o.config'/>")), None);
        assert_eq!(told(SITES, &format!("<system.webServer>{OFF}</system.webServer>{}", location(site, OFF))), None);
    }
}
