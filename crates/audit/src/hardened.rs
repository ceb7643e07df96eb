//! Rules about the hardening of IIS: one way to judge a setting wherever it holds.
//!
//! A good value passes only where nothing else can say otherwise: the server's own settings and those of `system.applicationHost` stand in
//! this file alone, a section of a web site passes where it is locked. A bad value fails where the file holds it; where it is the schema's
//! default and a web.config may say otherwise, nothing is proved. What stands elsewhere, or differs between versions of IIS, is undecided.

mod values;

pub(crate) use values::*;

use crate::text::list;
use crate::{Subject, Verdicts, View};
use kerbsync_advice::Advice;
use kerbsync_inventory::citable::Citation;
use kerbsync_inventory::{Hardening, HardeningDoubt, HardeningFact, HardeningScope, ServerConfiguration};
use kerbsync_source::{Text, text};
use std::collections::HashMap;
use std::sync::Arc;

/// Where a rule looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// At what holds for the whole server.
    Server,
    /// At the product's web sites, and every path below one with a location of its own for the section.
    Sites,
    /// At every application pool that serves a web site of the product.
    Pools,
}

impl Reach {
    pub(crate) const fn holds(self, scope: &HardeningScope) -> bool {
        matches!(
            (self, scope),
            (Self::Server, HardeningScope::Server)
                | (Self::Sites, HardeningScope::Site(_) | HardeningScope::Path(_))
                | (Self::Pools, HardeningScope::Pool(_))
        )
    }
}

/// What is said of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judged {
    /// As it should be.
    Good,
    /// Not: a clause that goes on behind the name of the place.
    Bad(Text),
    /// The file does not decide: a clause likewise.
    Open(Text),
}

/// A setting, and what is good of it. It is decided by the value alone, and by whether it is the schema's default.
pub(crate) type Want = (&'static str, fn(&HardeningFact) -> Judged);

/// What a rule judges, and what it says.
#[derive(Debug)]
pub(crate) struct Judge {
    pub(crate) reach: Reach,
    pub(crate) wants: &'static [Want],
    /// The native module without which the settings have no effect.
    pub(crate) module: Option<&'static str>,
    /// What a server that passes is told as, behind its name.
    pub(crate) passes: &'static str,
    /// What to do where it fails.
    pub(crate) help: &'static str,
}

impl Judge {
    /// Judges every server. Settings that servers share are judged once for all of them.
    pub(crate) fn run(&self, view: &View<'_>, verdicts: &mut Verdicts<'_>) {
        self.run_with(view, verdicts, |hardening| self.facts(hardening));
    }

    /// The same where more than each value by itself says what is judged, and as what. Nothing but the settings may decide that.
    pub(crate) fn run_with<'i>(
        &self,
        view: &View<'i>,
        verdicts: &mut Verdicts<'_>,
        facts: impl Fn(&'i Hardening) -> Vec<(&'i HardeningFact, Judged)>,
    ) {
        let mut known: HashMap<*const HardeningFact, Conclusion<'i>> = HashMap::new();
        each_server(view, verdicts, |verdicts, subject, server, hardening| {
            let conclusion = known.entry(hardening.facts.as_ptr()).or_insert_with(|| Conclusion::of(facts(hardening)));
            self.tell(verdicts, subject, server, conclusion);
        });
    }

    /// What is said of each value.
    pub(crate) fn facts<'h>(&self, hardening: &'h Hardening) -> Vec<(&'h HardeningFact, Judged)> {
        // How the logs of all sites are written is set once for the whole server.
        let is_meant = |f: &&HardeningFact| self.reach.holds(&f.scope) || f.setting.starts_with("log@");
        let mut judged: Vec<(&'h HardeningFact, Judged)> = Vec::new();
        for (setting, judge) in self.wants {
            // Another want may judge the same setting in another way.
            let begin = judged.len();
            for fact in hardening.of(setting).filter(is_meant) {
                // Most sites and paths have the value of the one before: it is judged once.
                let before = judged[begin..].last().filter(|(other, _)| has_same_value(other, fact));
                let said = before.map_or_else(|| judge(fact), |(_, said)| said.clone());
                judged.push((fact, said));
            }
        }
        judged.extend(self.module.iter().flat_map(|module| without_module(hardening, module, self.reach)));
        judged
    }

    fn tell(&self, verdicts: &mut Verdicts<'_>, subject: Subject, server: &ServerConfiguration, conclusion: &Conclusion<'_>) {
        let host = &server.computer;
        if self.reach != Reach::Server && server.web_sites.is_empty() {
            return verdicts.not_applicable(subject, text!("{host} has no web site of the product; other web sites are not judged."));
        }
        match conclusion {
            Conclusion::Bad(said, places) => {
                verdicts.fail(subject, text!("On {host}, {said}.")).at_each(at(server, places)).help(self.help);
            }
            Conclusion::Open(said, places, is_for_web_config) => {
                let help = match is_for_web_config {
                    true => {
                        text!(
                            "Lock the section in applicationHost.config, or look on {host} for what the web.config files say. {}",
                            self.help
                        )
                    }
                    false => text!("Look on {host} for what is in force. {}", self.help),
                };
                verdicts.unknown_with_finding(subject, text!("On {host}, {said}."), Advice::say(help)).at_each(at(server, places));
            }
            Conclusion::Pass => verdicts.pass(subject, text!("On {host}, {}.", self.passes)),
        }
    }
}

/// What settings come to, whichever server has them.
enum Conclusion<'h> {
    /// Nothing speaks against them.
    Pass,
    /// What is bad, with the places that show it and a note for each.
    Bad(Text, Vec<(&'h HardeningFact, Text)>),
    /// What is open, likewise, and whether a web.config may decide it.
    Open(Text, Vec<(&'h HardeningFact, Text)>, bool),
}

impl<'h> Conclusion<'h> {
    fn of(judged: Vec<(&'h HardeningFact, Judged)>) -> Self {
        let (mut bad, mut open) = (Vec::new(), Vec::new());
        // Most paths say what the one before says: their words are made once.
        let mut last: Option<(&HardeningFact, Judged, Judged)> = None;
        for (fact, said) in judged {
            let after = match last.take() {
                Some((other, before, after)) if before == said && is_alike(other, fact) => after,
                _ => settled(fact, said.clone()),
            };
            last = Some((fact, said, after.clone()));
            match after {
                Judged::Bad(why) => bad.push((fact, why)),
                Judged::Open(why) => open.push((fact, why)),
                Judged::Good => {}
            }
        }
        match (bad.is_empty(), open.is_empty()) {
            (false, _) => Self::Bad(told(&bad), shown(bad)),
            (true, false) => {
                let is_for_web_config = open.iter().any(|(f, _)| f.doubt == Some(HardeningDoubt::WebConfig));
                Self::Open(told(&open), shown(open), is_for_web_config)
            }
            (true, true) => Self::Pass,
        }
    }
}

/// What is said of some values: a clause with all that it holds of.
fn told(facts: &[(&HardeningFact, Text)]) -> Text {
    let mut by_clause: Vec<(&Text, Vec<&HardeningScope>)> = Vec::new();
    for (fact, why) in facts {
        match by_clause.iter_mut().find(|(clause, _)| *clause == why) {
            Some((_, scopes)) if !scopes.contains(&&fact.scope) => scopes.push(&fact.scope),
            Some(_) => {}
            None => by_clause.push((why, vec![&fact.scope])),
        }
    }
    let texts = by_clause.iter().map(|(why, scopes)| match scopes.as_slice() {
        [one] => text!("{one} {why}"),
        several => text!("{} each {why}", list(several)),
    });
    Text::join(texts, "; ")
}

/// The values whose places are shown. The whole document is the place of what the file does not say: it would add nothing. Of several that
/// one place decided, the first is shown.
fn shown(facts: Vec<(&HardeningFact, Text)>) -> Vec<(&HardeningFact, Text)> {
    let location = |fact: &HardeningFact| fact.spot.as_ref().map(|spot| spot.location);
    let mut places: Vec<(&HardeningFact, Text)> = Vec::new();
    for (fact, why) in facts.into_iter().filter(|(f, _)| !f.is_default).take(MOST) {
        if places.iter().all(|(known, _)| location(known) != location(fact)) {
            places.push((fact, text!("{} {why}", fact.scope)));
        }
    }
    places
}

/// Those places of a server; the configuration itself, where no line of it says anything.
fn at(server: &ServerConfiguration, places: &[(&HardeningFact, Text)]) -> Vec<(Citation, Text)> {
    match &server.hardening {
        Some(hardening) if !places.is_empty() => {
            places.iter().map(|(fact, note)| (hardening.origin_of(fact).into(), note.clone())).collect()
        }
        _ => whole(server),
    }
}

/// As many facts as places are made of; a finding shows ten.
const MOST: usize = 20;

/// Whether two facts are the same but for where they hold.
fn is_alike(a: &HardeningFact, b: &HardeningFact) -> bool {
    a.setting == b.setting && has_same_value(a, b) && a.doubt == b.doubt
}

/// Whether two facts of one setting have the same value, by default or not. What is read of servers shares its texts.
fn has_same_value(a: &HardeningFact, b: &HardeningFact) -> bool {
    a.is_default == b.is_default && (Arc::ptr_eq(&a.value, &b.value) || a.value == b.value)
}

/// The configuration itself, where no line of it says anything.
fn whole(server: &ServerConfiguration) -> Vec<(Citation, Text)> {
    let origin = server.document.map(kerbsync_source::Origin::document);
    origin.into_iter().map(|origin| (origin.into(), "nothing in it says otherwise".into())).collect()
}

/// A value with what speaks against it.
fn settled(fact: &HardeningFact, said: Judged) -> Judged {
    match (fact.doubt, said) {
        (None, said) | (_, said @ Judged::Open(_)) => said,
        (Some(HardeningDoubt::NotHere), _) => Judged::Open("is set in another file, or sealed, so the value is not known".into()),
        (Some(HardeningDoubt::Version), _) => {
            Judged::Open(text!("does not set {}, and versions of IIS differ in what holds then", name_of(fact)))
        }
        (Some(_), Judged::Bad(why)) if !fact.is_default => Judged::Bad(why),
        (Some(doubt), said) => {
            let value = match said {
                Judged::Bad(why) => why,
                _ => has(fact),
            };
            Judged::Open(match doubt {
                HardeningDoubt::ChildApplications => text!("{value}, which is not handed down to the applications below"),
                _ => text!("{value}, and a web.config may say otherwise"),
            })
        }
    }
}

/// Where the module that a setting needs is not installed, or not among those of the site.
fn without_module<'h>(hardening: &'h Hardening, module: &'static str, reach: Reach) -> Vec<(&'h HardeningFact, Judged)> {
    let holds = |fact: &&HardeningFact| !items(fact).any(|i| i.split(':').next().is_some_and(|name| name.eq_ignore_ascii_case(module)));
    let installed = hardening.of("globalModules").filter(|f| f.scope == HardeningScope::Server).filter(holds);
    let of_sites = hardening.of("modules").filter(move |f| reach.holds(&f.scope)).filter(holds);
    let why = text!("does not load {module}, without which these settings have no effect");
    installed.chain(of_sites).take(3).map(|fact| (fact, Judged::Open(why.clone()))).collect()
}

/// Calls `judge` for every server whose configuration is in force; the others are undecided, and the rules about configurations tell why.
fn each_server<'i>(
    view: &View<'i>,
    verdicts: &mut Verdicts<'_>,
    mut judge: impl FnMut(&mut Verdicts<'_>, Subject, &'i ServerConfiguration, &'i Hardening),
) {
    for server in view.web_servers() {
        match server.judged() {
            Ok(configuration) => one(verdicts, configuration, &mut judge),
            Err(reason) => verdicts.not_judged(server.subject(), reason),
        }
    }
    for server in view.strangers() {
        match server.in_force() {
            Ok(configuration) => one(verdicts, configuration, &mut judge),
            Err(why) => {
                let subject = Subject::Server(server.computer.clone());
                verdicts.unknown_told_elsewhere(subject, why.why(), crate::view::export_of(&server.computer));
            }
        }
    }
}

fn one<'i>(
    verdicts: &mut Verdicts<'_>,
    server: &'i ServerConfiguration,
    judge: &mut impl FnMut(&mut Verdicts<'_>, Subject, &'i ServerConfiguration, &'i Hardening),
) {
    let subject = Subject::Server(server.computer.clone());
    match &server.hardening {
        Some(hardening) => judge(verdicts, subject, server, hardening),
        None => verdicts.unknown_told_elsewhere(subject, "The settings of IIS were not read.", Advice::say("Audit with --profile stig.")),
    }
}

#[cfg(test)]
mod tests;
