use crate::declare::declare_rule;
use crate::text::list;
use crate::{Policy, Verdicts, View, WebServer};
use kerbsync_advice::Advice;
use kerbsync_inventory::{Hardening, HardeningDoubt, HardeningFact, HardeningScope, ServerConfiguration};
use kerbsync_names::HostName;
use kerbsync_source::{Origin, Shown, Text, text};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

declare_rule! {
    /// The servers of a pool are not set alike.
    ///
    /// ## What it checks
    /// The web sites of the product and the application pools that serve them have the same settings on every server of a pool, as far
    /// as the rules about the hardening of IIS read them: logs, limits, filters, TLS, authentication of guests, recycling, and which
    /// sites a pool serves. Addresses of bindings are left out, since every server has its own.
    ///
    /// ## Why it matters
    /// A balancer sends a user to any server of the pool. What one of them refuses or hides, and another does not, shows as a fault
    /// that comes and goes; and a server that was changed by hand, or by somebody else, looks just so. That the servers of a pool are
    /// meant to be alike is our reasoning.
    ///
    /// ## What to do
    /// Look at both places, and decide which is meant:
    ///
    /// ```powershell
    /// & $env:windir\System32\inetsrv\appcmd.exe list config "Skype for Business Server Internal Web Site"
    /// ```
    ///
    /// Before: `maxUrl="65536"` on one server of two. After: the same value on both.
    ///
    /// ## Sources
    /// - [Configuration of IIS](https://learn.microsoft.com/iis/configuration/)
    number: 639,
    severity: Warning,
    confidence: Inferred,
    family: Hardening,
    subject: Pool,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6", "NIST SP 800-53 CM-2"],
    profile: Stig,
}

/// What every server has of its own, or has for other sites than the product's.
const OWN: [&str; 3] = ["site/bindings", "globalModules", "log@centralLogFileMode"];

/// Whether the value is one to compare: what is not in the file compares with nothing.
fn is_known(fact: &HardeningFact) -> bool {
    !matches!(fact.doubt, Some(HardeningDoubt::NotHere | HardeningDoubt::Version))
}

/// Whether two values are the same: items and flags in any order and any case.
fn is_same(a: &HardeningFact, b: &HardeningFact) -> bool {
    let items = |fact: &HardeningFact| -> BTreeSet<String> {
        fact.value.split(['\n', ',']).map(|item| item.trim().to_lowercase()).filter(|i| !i.is_empty()).collect()
    };
    a.value == b.value || items(a) == items(b)
}

/// The scope as it compares: names of sites, paths and pools in small letters.
fn place(scope: &HardeningScope) -> Option<String> {
    match scope {
        HardeningScope::Server => None,
        HardeningScope::Site(name) => Some(format!("site {}", name.to_lowercase())),
        HardeningScope::Path(path) => Some(format!("path {}", path.to_lowercase())),
        HardeningScope::Pool(name) => Some(format!("pool {}", name.to_lowercase())),
    }
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let mut kinds = Kinds::default();
    let mut servers_of: HashMap<&HostName, Vec<&WebServer<'_>>> = HashMap::new();
    view.web_servers().iter().for_each(|server| servers_of.entry(&server.pool.fqdn.value).or_default().push(server));
    for pool in view.web_pools() {
        let servers = servers_of.get(&pool.pool.fqdn.value).map_or(&[][..], Vec::as_slice);
        let (subject, name) = (pool.subject(), pool.name());
        if servers.len() < 2 {
            verdicts.not_applicable(subject, text!("{name} has one web server."));
            continue;
        }
        let read: Vec<&ServerConfiguration> =
            servers.iter().filter_map(|s| s.configuration().ok()).filter(|c| c.hardening.is_some()).collect();
        let differences = differences(&read, &mut kinds);
        if !differences.is_empty() {
            let texts: Vec<&Text> = differences.iter().map(|(text, _)| text).collect();
            let places = differences.iter().flat_map(|(_, places)| places).map(|(origin, note)| (origin.clone(), note.clone()));
            verdicts
                .fail(subject, text!("Servers of {name} differ: {}.", list(&texts)))
                .at_each(places)
                .help(text!("Compare the servers, and give them the settings that are meant: see 'kerbsync explain KS639'."));
        } else if read.len() < servers.len() {
            let missing: Vec<_> = servers.iter().filter(|s| s.configuration().is_err()).map(|s| s.host).collect();
            let why = text!("The configuration of {} is not there to be compared with its peers in {name}.", list(&missing));
            verdicts.unknown_told_elsewhere(subject, why, Advice::say("Add the applicationHost.config that is in force."));
        } else {
            verdicts.pass(subject, text!("The {} web servers of {name} are set alike.", servers.len()));
        }
    }
}

/// Settings that are the same where all is the same that is compared.
struct Settings<'i>(&'i [HardeningFact]);

impl<'i> Settings<'i> {
    fn compared(&self) -> impl Iterator<Item = (&'static str, &'i HardeningScope, &'i str, bool)> + use<'i> {
        self.0.iter().map(|fact| (fact.setting, &fact.scope, &*fact.value, is_known(fact)))
    }
}

impl PartialEq for Settings<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.compared().eq(other.compared())
    }
}
impl Eq for Settings<'_> {}
impl Hash for Settings<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.compared().for_each(|compared| compared.hash(state));
    }
}

/// Which servers have the same settings, so that servers alike need not be compared: most of a fleet were set up alike.
#[derive(Default)]
struct Kinds<'i> {
    by_place: HashMap<*const HardeningFact, usize>,
    known: HashMap<Settings<'i>, usize>,
}

impl<'i> Kinds<'i> {
    fn of(&mut self, hardening: &'i Hardening) -> usize {
        let known = &mut self.known;
        *self.by_place.entry(hardening.facts.as_ptr()).or_insert_with(|| {
            let next = known.len();
            *known.entry(Settings(&hardening.facts)).or_insert(next)
        })
    }
}

/// What differs among some servers, each with the places that show it.
fn differences<'i>(servers: &[&'i ServerConfiguration], kinds: &mut Kinds<'i>) -> Vec<(Text, Vec<(Origin, Text)>)> {
    type Values<'i> = Vec<(&'i ServerConfiguration, &'i Hardening, &'i HardeningFact)>;
    let mut settings: BTreeMap<(Rc<str>, &'static str), Values<'_>> = BTreeMap::new();
    // A place has many settings, and the same one is on every server.
    let mut places: HashMap<&HardeningScope, Option<Rc<str>>> = HashMap::new();
    // Of servers alike the first one speaks for all.
    let mut seen: HashSet<usize> = HashSet::new();
    let mut is_new = |h: &&'i Hardening| seen.insert(kinds.of(h));
    let several: Vec<_> = servers.iter().filter_map(|server| Some((*server, server.hardening.as_ref().filter(&mut is_new)?))).collect();
    if several.len() < 2 {
        return Vec::new();
    }
    for (server, hardening) in several {
        for fact in hardening.facts.iter().filter(|f| !OWN.contains(&f.setting)) {
            let place = places.entry(&fact.scope).or_insert_with(|| place(&fact.scope).map(Rc::from));
            if let Some(place) = place {
                settings.entry((Rc::clone(place), fact.setting)).or_default().push((server, hardening, fact));
            }
        }
    }
    let mut found = Vec::new();
    for ((_, setting), values) in settings {
        // A path with a location of its own on some servers alone inherits on the others what is compared for the site.
        let mut values = values.into_iter().filter(|(.., fact)| is_known(fact));
        let Some((first, of_first, first_fact)) = values.next() else { continue };
        let Some((other, of_other, other_fact)) = values.find(|(.., fact)| !is_same(first_fact, fact)) else { continue };
        let shown = |fact: &HardeningFact| match fact.value.contains('\n') || !setting.contains('@') {
            true => text!("another list"),
            false => text!("\"{}\"", Shown::naming(&fact.value)),
        };
        let scope = &first_fact.scope;
        let text =
            text!("{setting} of {scope} is {} on {} and {} on {}", shown(first_fact), first.computer, shown(other_fact), other.computer);
        let note = |server: &ServerConfiguration| text!("{setting} of {}", server.computer);
        found.push((text, vec![(of_first.origin_of(first_fact), note(first)), (of_other.origin_of(other_fact), note(other))]));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::DocumentId;

    /// Settings of two servers are one kind where nothing differs that is compared, wherever they lie, and none other is.
    #[test]
    fn servers_are_of_one_kind_where_nothing_compared_differs() {
        let of = |value: &str, scope: HardeningScope, doubt| Hardening {
            document: DocumentId(0),
            facts: [HardeningFact { setting: "a@b", scope, value: value.into(), is_default: false, spot: None, doubt }].into(),
        };
        let site = || HardeningScope::Site("s".into());
        let first = of("1", site(), None);
        let others = [
            (of("1", site(), None), true),
            (of("1", site(), Some(HardeningDoubt::WebConfig)), true),
            (of("2", site(), None), false),
            (of("1", HardeningScope::Pool("s".into()), None), false),
            (of("1", site(), Some(HardeningDoubt::NotHere)), false),
        ];
        let mut kinds = Kinds::default();
        let kind = kinds.of(&first);
        for (other, is_alike) in &others {
            assert_eq!(kinds.of(other) == kind, *is_alike, "{other:?}");
        }
    }
}
