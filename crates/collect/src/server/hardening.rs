//! Settings that an audit of the hardening of IIS judges, of the server, of the product's web sites, and of the pools that serve them.

use super::origins::Origins;
use kerbsync_credential::Product;
use kerbsync_iis::ApplicationHost;
use kerbsync_iis::hardening::{Doubt, Scope, settings};
use kerbsync_inventory::citable::Kept;
use kerbsync_inventory::{Hardening, HardeningDoubt, HardeningFact, HardeningScope};

pub(super) fn of(host: &ApplicationHost<'_>, product: &Product<'_>, origins: &mut Origins<'_>) -> Hardening {
    let sites: Vec<_> = product.sites.iter().map(|p| &p.site).collect();
    let fact = |setting: kerbsync_iis::hardening::HardeningSetting<'_>| HardeningFact {
        setting: setting.name,
        scope: scope(&setting.scope, origins),
        is_default: setting.value.place.is_schema_default(),
        origin: origins.of(setting.value.place, Kept::Excerpt),
        value: origins.shared(&setting.value.value),
        doubt: setting.doubt.map(doubt),
    };
    Hardening { facts: settings(host, &sites).into_iter().map(fact).collect() }
}

fn scope(scope: &Scope, origins: &Origins<'_>) -> HardeningScope {
    match scope {
        Scope::Server => HardeningScope::Server,
        Scope::Site(name) => HardeningScope::Site(origins.shared(name)),
        Scope::Path(path) => HardeningScope::Path(origins.shared(path)),
        Scope::Pool(name) => HardeningScope::Pool(origins.shared(name)),
    }
}

const fn doubt(doubt: Doubt) -> HardeningDoubt {
    match doubt {
        Doubt::WebConfig => HardeningDoubt::WebConfig,
        Doubt::ChildApplications => HardeningDoubt::ChildApplications,
        Doubt::Version => HardeningDoubt::Version,
        Doubt::NotHere => HardeningDoubt::NotHere,
    }
}
