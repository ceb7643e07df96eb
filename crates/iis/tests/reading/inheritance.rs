//! Inheritance against a slow and obvious reference.

use crate::{document, host};
use kerbsync_source::Problem;
use proptest::prelude::*;
use std::fmt::Write as _;

/// What one level says.
#[derive(Debug, Clone, Default)]
struct Level {
    enabled: Option<bool>,
    kernel: Option<bool>,
    pool: Option<bool>,
    token: Option<&'static str>,
    anonymous: Option<bool>,
    user: Option<&'static str>,
    steps: Vec<Step>,
}

#[derive(Debug, Clone)]
enum Step {
    Clear,
    Remove(&'static str),
    Add(&'static str),
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["Negotiate", "NTLM", "negotiate", "Negotiate:Kerberos"])
}

fn level() -> impl Strategy<Value = Level> {
    let step = prop_oneof![Just(Step::Clear), name().prop_map(Step::Remove), name().prop_map(Step::Add)];
    let flag = || prop::option::of(any::<bool>());
    let token = prop::option::of(prop::sample::select(vec!["None", "Allow", "Require"]));
    let user = prop::option::of(prop::sample::select(vec!["", "IUSR", "A\\b"]));
    (flag(), flag(), flag(), token, flag(), user, prop::collection::vec(step, 0..4))
        .prop_map(|(enabled, kernel, pool, token, anonymous, user, steps)| Level { enabled, kernel, pool, token, anonymous, user, steps })
}

/// Paths of locations: the whole server, sites and what is below, in changing letters; `S10` and `ab` are no descendants of `S1` and `a`.
fn path() -> impl Strategy<Value = String> {
    let site = prop::sample::select(vec!["S1", "s1", "S10", "Other"]);
    let segment = prop::sample::select(vec!["a", "A", "ab", "é", "É"]);
    prop_oneof![
        prop::sample::select(vec!["", ".", "/"]).prop_map(str::to_owned),
        (site, prop::collection::vec(segment, 0..4)).prop_map(|(s, rest)| std::iter::once(s).chain(rest).collect::<Vec<_>>().join("/")),
    ]
}

impl Level {
    fn xml(&self) -> String {
        let mut out = String::from("<security><authentication><windowsAuthentication");
        let mut flag = |name: &str, value: &Option<bool>| {
            if let Some(v) = value {
                write!(out, " {name}='{v}'").unwrap();
            }
        };
        flag("enabled", &self.enabled);
        flag("useKernelMode", &self.kernel);
        flag("useAppPoolCredentials", &self.pool);
        out.push_str("><providers>");
        for step in &self.steps {
            match step {
                Step::Clear => out.push_str("<clear/>"),
                Step::Remove(v) => write!(out, "<remove value='{v}'/>").unwrap(),
                Step::Add(v) => write!(out, "<add value='{v}'/>").unwrap(),
            }
        }
        out.push_str("</providers>");
        if let Some(t) = self.token {
            write!(out, "<extendedProtection tokenChecking='{t}'/>").unwrap();
        }
        out.push_str("</windowsAuthentication><anonymousAuthentication");
        if let Some(v) = self.anonymous {
            write!(out, " enabled='{v}'").unwrap();
        }
        if let Some(v) = self.user {
            write!(out, " userName='{v}'").unwrap();
        }
        out.push_str("/></authentication></security>");
        out
    }
}

/// enabled, kernel, pool credentials, token checking, anonymous, user, providers.
type Facts = (bool, bool, bool, String, bool, String, Vec<String>);

/// Goes from the whole server down, one prefix of the path after the other, and looks through every location each time.
fn reference(root: &Level, locations: &[(String, Level)], full: &str) -> Facts {
    let clean = |p: &str| p.trim_matches('/').to_lowercase();
    let parts: Vec<String> = clean(full).split('/').map(str::to_owned).collect();
    let mut levels = vec![root];
    levels.extend(locations.iter().filter(|(p, _)| matches!(clean(p).as_str(), "" | ".")).map(|(_, l)| l));
    for n in 1..=parts.len() {
        levels.extend(locations.iter().filter(|(p, _)| clean(p) == parts[..n].join("/")).map(|(_, l)| l));
    }
    let mut providers: Vec<String> = Vec::new();
    for step in levels.iter().flat_map(|l| &l.steps) {
        match step {
            Step::Clear => providers.clear(),
            Step::Remove(v) => providers.retain(|p| p.to_lowercase() != v.to_lowercase()),
            Step::Add(v) if !providers.iter().any(|p| p.to_lowercase() == v.to_lowercase()) => providers.push((*v).to_owned()),
            Step::Add(_) => {}
        }
    }
    let last = |pick: fn(&Level) -> Option<bool>, default| levels.iter().rev().find_map(|l| pick(l)).unwrap_or(default);
    let text =
        |pick: fn(&Level) -> Option<&'static str>, default: &str| levels.iter().rev().find_map(|l| pick(l)).unwrap_or(default).to_owned();
    (
        last(|l| l.enabled, false),
        last(|l| l.kernel, true),
        last(|l| l.pool, false),
        text(|l| l.token, "None"),
        last(|l| l.anonymous, true),
        text(|l| l.user, "IUSR"),
        providers,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn effective_values_are_those_of_the_reference(
        root in level(),
        locations in prop::collection::vec((path(), level()), 0..8),
        asked in "(a|A|ab|é|x)(/(a|ab|É|x)){0,3}",
        slashes in any::<bool>(),
    ) {
        let mut text = format!("<configuration><system.webServer>{}</system.webServer>", root.xml());
        for (path, level) in &locations {
            write!(text, "<location path='{path}'><system.webServer>{}</system.webServer></location>", level.xml()).unwrap();
        }
        text.push_str("</configuration>");
        let document = document(&text);
        let site = host(&document).authentication("s1", &mut Vec::<Problem>::new());
        for path in [asked.as_str(), "", "a"] {
            let found = site.at(&if slashes { format!("/{path}/") } else { path.to_owned() });
            let facts: Facts = (
                found.windows.enabled.value,
                found.windows.use_kernel_mode.value,
                found.windows.use_app_pool_credentials.value,
                found.windows.token_checking.value.name().to_owned(),
                found.anonymous.enabled.value,
                found.anonymous.user_name.value.to_string(),
                found.windows.providers.iter().map(|p| p.value.to_string()).collect(),
            );
            let expected = reference(&root, &locations, &format!("S1/{path}"));
            prop_assert_eq!(facts, expected, "path {}", path);
            // A value that the file decides leads to a line that holds it.
            if let Some(at) = found.windows.enabled.place.span() {
                prop_assert_eq!(&text[at.range()], format!("enabled='{}'", found.windows.enabled.value));
            }
        }
    }
}
