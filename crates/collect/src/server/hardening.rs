//! Settings that an audit of the hardening of IIS judges, of the server, of the product's web sites, and of the pools that serve them.

use super::origins::Origins;
use kerbsync_credential::Product;
use kerbsync_iis::ApplicationHost;
use kerbsync_iis::hardening::{Doubt, Scope, settings};
use kerbsync_inventory::citable::Kept;
use kerbsync_inventory::{Hardening, HardeningDoubt, HardeningFact, HardeningScope};
use kerbsync_source::Origin;

pub(super) fn of(host: &ApplicationHost<'_>, product: &Product<'_>, origins: &mut Origins<'_>) -> Hardening {
    let sites: Vec<_> = product.sites.iter().map(|p| &p.site).collect();
    let mut of_site: Option<(&'static str, String, Origin)> = None;
    let mut fact = |setting: kerbsync_iis::hardening::HardeningSetting<'_>| {
        let value = &setting.value.value;
        let is_default = setting.value.place.is_schema_default();
        // A path that repeats what its site says is told with it, by the site's line: there are many such paths.
        let repeated = of_site
            .as_ref()
            .filter(|(name, v, _)| matches!(setting.scope, Scope::Path(_)) && !is_default && *name == setting.name && v == value);
        let origin = match repeated {
            Some((.., origin)) => origin.clone(),
            None => origins.of(setting.value.place, Kept::Excerpt),
        };
        if matches!(setting.scope, Scope::Site(_)) {
            of_site = (!is_default).then(|| (setting.name, value.to_string(), origin.clone()));
        }
        HardeningFact {
            setting: setting.name,
            scope: scope(&setting.scope, origins),
            is_default,
            spot: origin.into_parts().1,
            value: origins.shared(value),
            doubt: setting.doubt.map(doubt),
        }
    };
    let facts: Vec<HardeningFact> = settings(host, &sites).into_iter().map(&mut fact).collect();
    Hardening { document: origins.document(), facts: origins.shared_facts(facts) }
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
