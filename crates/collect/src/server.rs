//! One server's configuration in the words of the inventory.
//!
//! Only what concerns the product's web sites and the credential slots is kept, with strings shared between servers, so that a
//! large estate stays small in memory once the documents are dropped.

mod authentication;
mod bindings;
mod hardening;
mod models;
mod origins;
mod whole;

use crate::config::Settings;
use kerbsync_credential::lower::SlotRules;
use kerbsync_credential::{
    DeclaredSlot, DiscoveryContext, MAX_SLOTS, Product, ProductSite, SecretPlace, WebSiteNames, discover, discover_with, is_product_pool,
};
use kerbsync_iis::protection::{self, KeyError, KeyMaterial};
use kerbsync_iis::{ApplicationHost, IdentityType, Redirection};
use kerbsync_inventory::citable::{self, Cited, Kept};
use kerbsync_inventory::{
    Application, ApplicationPool, ApplicationPoolIdentity, ClearCopy, SecretState, ServerConfiguration, ServerStatus, SlotKey, WebSite,
};
use kerbsync_names::HostName;
use kerbsync_secret::Tagger;
use kerbsync_source::{DocumentId, Level, Problem, Shown, Source, Spanned, Text, text};
use kerbsync_xml::Document;
use models::Model;
pub(crate) use models::Models;
use origins::{Interner, Origins, ShownLine};
use std::collections::HashSet;

/// Name of the native module without which windowsAuthentication has no effect.
const WINDOWS_MODULE: &str = "WindowsAuthenticationModule";

/// What holds for every server of a run. Shared between threads.
pub(crate) struct Context<'a> {
    rules: SlotRules,
    tagger: &'a Tagger,
    interner: Interner,
    /// Configurations that others may be like; without, each is read as if it were the only one.
    models: Option<&'a Models>,
    /// Whether to keep the settings that an audit of the hardening judges.
    hardening: bool,
}

impl<'a> Context<'a> {
    /// `realms` are pairs of NetBIOS name and DNS name.
    pub(crate) fn new(settings: &'a Settings, realms: &'a [(String, String)], tagger: &'a Tagger) -> Self {
        Self { rules: slot_rules(settings, realms), tagger, interner: Interner::default(), models: None, hardening: false }
    }

    /// The same, for documents that were read by way of these models.
    pub(crate) fn with_models(self, models: Option<&'a Models>) -> Self {
        Self { models, ..self }
    }

    /// The same, with the settings that an audit of the hardening judges, or without.
    pub(crate) fn with_hardening(self, hardening: bool) -> Self {
        Self { hardening, ..self }
    }
}

/// What slots are found by: the settings, and pairs of NetBIOS name and DNS name.
pub(crate) fn slot_rules(settings: &Settings, realms: &[(String, String)]) -> SlotRules {
    let declared = settings.slots.iter().map(|s| DeclaredSlot {
        section: s.section.clone(),
        location: s.location.clone(),
        items: s.items.clone(),
        account_attribute: s.account.clone(),
        secret_attribute: s.secret.clone(),
    });
    SlotRules {
        declared: declared.collect(),
        web_sites: WebSiteNames { internal: settings.web_sites.internal.clone(), external: settings.web_sites.external.clone() },
        realms: realms.iter().map(|(netbios, dns)| (dns, netbios)).collect(),
    }
}

/// An exported key. No `Debug`.
pub(crate) use kerbsync_iis::protection::KeyFile;

/// What a server's folder holds.
pub(crate) struct ServerFiles<'a> {
    pub(crate) host: HostName,
    /// The applicationHost.config in force, or why it cannot be read; `None` where there is none.
    pub(crate) configuration: Option<(DocumentId, Result<&'a Document, &'a Problem>)>,
    pub(crate) redirection: Option<&'a Document>,
    pub(crate) keys: &'a [KeyFile],
    /// History snapshots, newest first.
    pub(crate) history: Vec<DocumentId>,
}

/// Reads one server. What is odd goes into `problems`; a configuration that cannot be read at all is in the status.
pub(crate) fn read_server(input: ServerFiles<'_>, context: &Context<'_>, problems: &mut Vec<Problem>) -> ServerConfiguration {
    let document = input.configuration.map(|(id, _)| id);
    let mut server = ServerConfiguration {
        redirected_to: input.redirection.and_then(|r| redirected_to(r, problems)),
        history: input.history,
        ..ServerConfiguration::without_facts(input.host, document, ServerStatus::Missing)
    };
    let document = match input.configuration {
        None => return server,
        Some((_, Err(problem))) => {
            server.status = ServerStatus::Unreadable(problem.clone());
            return server;
        }
        Some((_, Ok(document))) => document,
    };
    // A declared secret may have any name, and must not be shown either.
    document.hide_names(context.rules.declared.iter().map(|d| d.secret_attribute.as_str()));
    if let Some(model) = context.models.and_then(|models| models.of(document))
        && let Ok(host) = ApplicationHost::read(document, &mut Vec::new())
    {
        model.read(&mut server, &host, input.keys, context, problems);
        return server;
    }
    let before = problems.len();
    match ApplicationHost::read(document, problems) {
        Ok(host) => {
            server.status = ServerStatus::Read;
            let sites = host.sites().len().max(host.pools().len());
            if sites > MAX_SITES {
                server.status =
                    too_many("iis-sites", document, text!("the file holds {sites} web sites or application pools: no server does."));
                return server;
            }
            let product = Product::recognise(&host, &context.rules.web_sites);
            if let Some(problem) = whole::undecided(&host, &product, &context.rules.declared) {
                server.status = ServerStatus::Unreadable(problem);
                return server;
            }
            let seen = fill(&mut server, &host, &product, input.keys, context, problems);
            if server.slots.len() > MAX_SLOTS {
                let message = text!("the file holds more than {MAX_SLOTS} places for an account and its password: no server does.");
                server.status = too_many("iis-slots", document, message);
                server.slots = Vec::new();
            } else if let Some(models) = context.models
                && let Some(model) = Model::new(document, &server, seen.secrets, &seen.shown, &problems[before..])
            {
                models.add(model);
            }
        }
        Err(problem) => server.status = ServerStatus::Unreadable(problem),
    }
    server
}

/// Web sites or application pools of one configuration.
const MAX_SITES: usize = 32_768;

/// A file that holds more of something than any server has.
fn too_many(code: &'static str, document: &Document, message: Text) -> ServerStatus {
    let help = Some("Export the applicationHost.config of the server as it is.".into());
    ServerStatus::Unreadable(Problem { level: Level::Error, code, document: document.source().document(), location: None, message, help })
}

/// Secrets that stand in clear in a copy that is never in force.
pub(crate) fn clear_secrets(document: &Document, context: &Context<'_>) -> Vec<ClearCopy> {
    document.hide_names(context.rules.declared.iter().map(|d| d.secret_attribute.as_str()));
    // What is odd about a copy is nobody's business.
    let mut problems = Vec::new();
    let Ok(host) = ApplicationHost::read(document, &mut problems) else { return Vec::new() };
    let product = Product::recognise(&host, &context.rules.web_sites);
    let found = discover(&host, &product, discovery_context(context, &[]), &mut problems);
    let clear = found.slots.into_iter().filter(|s| matches!(s.secret, SecretState::Clear(_) | SecretState::TakenOut));
    clear
        .map(|slot| ClearCopy {
            label: slot.label.clone(),
            attribute: slot.secret_attribute.clone(),
            account: slot.account.value.text.clone(),
            origin: slot.secret_origin.unwrap_or(slot.account.origin),
        })
        .collect()
}

/// Where shared configuration leads, when it is on.
fn redirected_to(document: &Document, problems: &mut Vec<Problem>) -> Option<Spanned<String>> {
    match Redirection::read(document, problems) {
        Ok(redirection) if redirection.enabled.value => {
            let id = document.source().document();
            Some(match redirection.path {
                Some(path) => Spanned::new(path.value.into_owned(), path.place.origin(id)),
                None => Spanned::new(String::new(), redirection.enabled.place.origin(id)),
            })
        }
        Ok(_) => None,
        Err(problem) => {
            problems.push(problem);
            None
        }
    }
}

/// What discovery goes by.
fn discovery_context<'c>(context: &'c Context<'_>, keys: &'c [KeyFile]) -> DiscoveryContext<'c> {
    DiscoveryContext { declared: &context.rules.declared, realms: &context.rules.realms, keys, tagger: context.tagger }
}

/// Where a configuration was looked at.
struct Seen {
    /// Of each slot, the place of its secret.
    secrets: Vec<SecretPlace>,
    /// The lines that something but a slot shows.
    shown: Vec<ShownLine>,
}

/// Takes in what a configuration says.
fn fill(
    server: &mut ServerConfiguration,
    host: &ApplicationHost<'_>,
    product: &Product<'_>,
    keys: &[KeyFile],
    context: &Context<'_>,
    problems: &mut Vec<Problem>,
) -> Seen {
    let mut origins = Origins::new(host.document(), &context.interner);
    server.windows_authentication_module = host.has_global_module(WINDOWS_MODULE);
    server.web_site_count = product.site_count;
    if product.left_out > 0 {
        problems.push(Problem {
            level: Level::Error,
            code: "iis-product-sites",
            document: host.document().source().document(),
            location: None,
            message: text!("{} more web sites have names of the product's than are looked at.", product.left_out),
            help: Some("A server has one internal and one external web site: remove the others, or name the right ones in [web_sites] of kerbsync.toml.".into()),
        });
    }
    let pools = host.pools();
    let pool_names: HashSet<String> = pools.iter().map(|p| p.name().value.to_lowercase()).collect();
    let inputs = discovery_context(context, keys);
    let mut origin = |place, excerpt| origins.of(place, if excerpt { Kept::Excerpt } else { Kept::Place });
    let found = discover_with(host, product, inputs, &mut origin, problems);
    server.slots = found.slots;
    server.providers = context.interner.share_providers(found.providers);
    server.restrictions = found.restrictions.into();
    origins.note_excerpts();
    server.web_sites = product
        .sites
        .iter()
        .map(|p| WebSite {
            role: p.role,
            name: origins.cited_text(p.site.name(), Kept::Excerpt),
            id: p.site.id(),
            starts: starts(p.site.auto_start(problems), &mut origins),
            bindings: bindings::of(&p.site, &mut origins, problems),
            applications: applications(p, &pool_names, &mut origins),
            authentication: authentication::paths(host, p, &mut origins, problems),
        })
        .collect::<Vec<_>>()
        .into();
    server.other_web_sites = bindings::other_sites(host, product, &mut origins, problems).into();
    // A pool is kept when it serves the product, or when a slot stands on it.
    let pool_of = |key: &'_ SlotKey| if let SlotKey::ApplicationPool { pool } = key { Some(pool.clone()) } else { None };
    let with_slot: HashSet<String> = server.slots.iter().filter_map(|s| pool_of(&s.key)).collect();
    let keeps = |name: &str| product.is_served_by(name) || is_product_pool(name) || with_slot.contains(name);
    let kept: Vec<_> = pools.iter().filter(|p| keeps(&p.name().value)).collect();
    server.application_pools = kept
        .into_iter()
        .map(|p| {
            let identity = p.identity();
            let runs_as = identity_name(identity.value);
            ApplicationPool {
                name: origins.cited_text(p.name(), citable::POOL_NAME),
                identity: origins.cited(runs_as, identity.place, citable::identity(runs_as)),
                is_product: product.is_served_by(&p.name().value) || is_product_pool(&p.name().value),
                starts: starts(p.auto_start(problems), &mut origins),
                user_name: p.user_name().map(|u| origins.cited_text(&u, Kept::Excerpt)),
            }
        })
        .collect::<Vec<_>>()
        .into();
    server.hardening = context.hardening.then(|| hardening::of(host, product, &mut origins));
    Seen { secrets: found.secrets, shown: origins.into_excerpts() }
}

/// Whether something starts by itself.
fn starts(setting: kerbsync_iis::Setting<'_, bool>, origins: &mut Origins<'_>) -> Cited<bool> {
    let kept = citable::starts(setting.value);
    origins.value(setting, kept)
}

fn applications(site: &ProductSite<'_>, pools: &HashSet<String>, origins: &mut Origins<'_>) -> Vec<Application> {
    site.applications
        .iter()
        .map(|a| {
            let pool_exists = pools.contains(&a.pool.value.to_lowercase());
            let kept = citable::application(pool_exists);
            Application { path: origins.cited_shared(&a.path, kept), pool: origins.cited_shared(&a.pool, kept), pool_exists }
        })
        .collect()
}

const fn identity_name(identity: IdentityType) -> ApplicationPoolIdentity {
    match identity {
        IdentityType::LocalSystem => ApplicationPoolIdentity::LocalSystem,
        IdentityType::LocalService => ApplicationPoolIdentity::LocalService,
        IdentityType::NetworkService => ApplicationPoolIdentity::NetworkService,
        IdentityType::SpecificUser => ApplicationPoolIdentity::SpecificUser,
        IdentityType::ApplicationPoolIdentity => ApplicationPoolIdentity::ApplicationPoolIdentity,
    }
}

/// Reads an exported key container (`RSAKeyValue`).
///
/// # Errors
/// Why it is no usable key, without any of its contents.
pub(crate) fn read_key_xml(document: &Document) -> Result<KeyFile, Problem> {
    key_file(document.source(), KeyMaterial::from_document(document))
}

/// Reads a key file that is not XML: PEM, or a raw key in hex or base64.
///
/// # Errors
/// Why it is no usable key, without any of its contents.
pub(crate) fn read_key_text(source: &Source) -> Result<KeyFile, Problem> {
    key_file(source, KeyMaterial::from_source(source))
}

fn key_file(source: &Source, material: Result<KeyMaterial, KeyError>) -> Result<KeyFile, Problem> {
    let document = source.document();
    // The folder's reader adds the name; every key is tried on every session key in any case.
    material.map(|material| KeyFile { document, name: String::new(), material }).map_err(|e| Problem {
        level: Level::Error,
        code: "key-file",
        document,
        location: None,
        message: text!("{}.", Shown::quoting(&e.to_string())),
        help: Some("Export the container again on the server, or remove the file from the keys folder.".into()),
    })
}

/// Whether a document is an applicationHost.config.
pub(crate) fn is_application_host(document: &Document) -> bool {
    kerbsync_iis::is_application_host(document)
}

/// Whether a document is a redirection.config.
pub(crate) fn is_redirection(document: &Document) -> bool {
    kerbsync_iis::is_redirection(document)
}

/// Whether a document is an exported key container.
pub(crate) fn is_key_container(document: &Document) -> bool {
    protection::is_key_container(document)
}

/// Whether a document is a section schema of IIS.
pub(crate) fn is_iis_schema(document: &Document) -> bool {
    kerbsync_iis::is_schema(document)
}

#[cfg(test)]
mod tests;
