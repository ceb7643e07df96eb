//! Where web sites listen.

use super::origins::Origins;
use kerbsync_credential::Product;
use kerbsync_iis::{ApplicationHost, Binding, Place, Site};
use kerbsync_inventory::citable::{Cited, Kept};
use kerbsync_inventory::{OtherWebSite, WebBinding};
use kerbsync_source::{Level, Problem};

/// The bindings of a site for HTTP and HTTPS. Those of other protocols (net.tcp, net.pipe) have grammars of their own and compete with
/// nobody here; one that cannot be read is reported and left out.
pub(super) fn of(site: &Site<'_>, origins: &mut Origins<'_>, problems: &mut Vec<Problem>) -> Vec<Cited<WebBinding>> {
    site.bindings()
        .filter(|b| is_web(&b.protocol))
        .filter_map(|binding| {
            let place = place(&binding);
            let Some(read) = read(&binding) else {
                problems.push(Problem {
                    level: Level::Warning,
                    code: "iis-invalid-value",
                    document: binding.element.document().source().document(),
                    location: place.location(),
                    message: "bindingInformation is not ADDRESS:PORT:HOST: the binding was left out.".into(),
                    help: Some("IIS refuses such a binding; write it like *:443: again.".into()),
                });
                return None;
            };
            Some(origins.cited(read, place, Kept::Place))
        })
        .collect()
}

/// The sites that are not the product's, start with the web service and listen for HTTP or HTTPS.
pub(super) fn other_sites(
    host: &ApplicationHost<'_>,
    product: &Product<'_>,
    origins: &mut Origins<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<OtherWebSite> {
    let is_product = |site: &Site<'_>| product.sites.iter().any(|p| p.site.element() == site.element());
    let sites = host.sites().into_iter().filter(|site| !is_product(site));
    let sites: Vec<_> = sites.filter(|site| site.auto_start(problems).value).collect();
    sites
        .iter()
        .map(|site| OtherWebSite { name: origins.cited_text(site.name(), Kept::Place), bindings: of(site, origins, problems) })
        .filter(|site| !site.bindings.is_empty())
        .collect()
}

fn is_web(protocol: &str) -> bool {
    ["http", "https"].iter().any(|p| protocol.trim().eq_ignore_ascii_case(p))
}

fn place<'d>(binding: &Binding<'d>) -> Place<'d> {
    let element = binding.element;
    element.attribute("bindingInformation").map_or(Place::element(element), |a| Place::attribute(element, a))
}

/// `*:443:`, `10.0.0.1:80:host`, `[::1]:80:`. An empty address means every address, as `*` does.
fn read(binding: &Binding<'_>) -> Option<WebBinding> {
    let (rest, host) = binding.information.trim().rsplit_once(':')?;
    let (address, port) = rest.rsplit_once(':')?;
    let address = match address.trim() {
        "" | "*" | "0.0.0.0" | "[::]" => "*",
        one => one,
    };
    Some(WebBinding {
        protocol: binding.protocol.trim().to_ascii_lowercase(),
        address: address.to_ascii_lowercase(),
        port: port.trim().parse().ok()?,
        host: host.trim().to_lowercase(),
    })
}
