//! What is good of the values of settings.

use super::Judged;
use crate::text::list;
use kerbsync_inventory::HardeningFact;
use kerbsync_source::{Shown, Text, text};

/// The name of what a setting is: its attribute, or its collection.
pub(super) fn name_of(fact: &HardeningFact) -> &'static str {
    fact.setting.rsplit(['@', '/']).next().unwrap_or(fact.setting)
}

/// What stands there: the value, or that the schema's holds.
pub(super) fn has(fact: &HardeningFact) -> Text {
    let (name, is_collection) = (name_of(fact), !fact.setting.contains('@'));
    if is_collection {
        return text!("is as it should be in {name}");
    }
    let by = if fact.is_default { ", the default of IIS" } else { "" };
    let holder = fact.setting.split('@').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    text!("has {holder} {name}=\"{}\"{by}", Shown::naming(&fact.value))
}

fn good_if(good: bool, why: impl FnOnce() -> Text) -> Judged {
    if good { Judged::Good } else { Judged::Bad(why()) }
}

/// Names of a list with commas. A number stands for several of them: which, only the schema says.
fn flags(fact: &HardeningFact) -> Result<Vec<String>, Judged> {
    let flags: Vec<String> = fact.value.split(',').map(|f| f.trim().to_lowercase()).filter(|f| !f.is_empty()).collect();
    match flags.iter().any(|f| f.bytes().all(|b| b.is_ascii_digit())) {
        true => Err(Judged::Open(text!("{}, which is a number and no name", has(fact)))),
        false => Ok(flags),
    }
}

/// The flags among `wanted` that are not set; `says` is said of them.
fn with_flags(fact: &HardeningFact, wanted: &[&'static str], says: &'static str) -> Judged {
    match flags(fact) {
        Err(open) => open,
        Ok(set) => {
            let missing: Vec<&'static str> = wanted.iter().copied().filter(|f| !set.contains(&f.to_lowercase())).collect();
            good_if(missing.is_empty(), || text!("{says} {}", list(&missing)))
        }
    }
}

/// The items of a collection.
pub(crate) fn items(fact: &HardeningFact) -> impl Iterator<Item = &str> {
    fact.value.lines().filter(|l| !l.is_empty())
}

fn is(fact: &HardeningFact, wanted: &str) -> bool {
    fact.value.trim().eq_ignore_ascii_case(wanted)
}

pub(crate) fn is_true(fact: &HardeningFact) -> Judged {
    boolean(fact, "true")
}

pub(crate) fn is_false(fact: &HardeningFact) -> Judged {
    boolean(fact, "false")
}

fn boolean(fact: &HardeningFact, good: &str) -> Judged {
    match is(fact, "true") || is(fact, "false") {
        true => good_if(is(fact, good), || has(fact)),
        false => Judged::Open(text!("{}, which is neither true nor false", has(fact))),
    }
}

fn number(fact: &HardeningFact, good: impl FnOnce(u64) -> bool) -> Judged {
    match fact.value.trim().parse::<u64>() {
        Ok(n) => good_if(good(n), || has(fact)),
        Err(_) => Judged::Open(text!("{}, which is no number", has(fact))),
    }
}

pub(crate) fn positive(fact: &HardeningFact) -> Judged {
    number(fact, |n| n > 0)
}

pub(crate) fn at_most_4096(fact: &HardeningFact) -> Judged {
    number(fact, |n| n <= 4096)
}

pub(crate) fn at_most_2048(fact: &HardeningFact) -> Judged {
    number(fact, |n| n <= 2048)
}

pub(crate) fn at_most_30000000(fact: &HardeningFact) -> Judged {
    number(fact, |n| n <= 30_000_000)
}

pub(crate) fn both_targets(fact: &HardeningFact) -> Judged {
    with_flags(fact, &["File", "ETW"], "does not log to")
}

pub(crate) fn w3c(fact: &HardeningFact) -> Judged {
    match flags(fact) {
        Err(open) => open,
        Ok(_) => good_if(is(fact, "W3C"), || has(fact)),
    }
}

/// Logs of the server as a whole take the place of those of its sites.
pub(crate) fn of_sites(fact: &HardeningFact) -> Judged {
    match is(fact, "Site") {
        true => Judged::Good,
        false => Judged::Open(text!("{}, so the logs of web sites are not written as they are set", has(fact))),
    }
}

pub(crate) fn log_fields(fact: &HardeningFact) -> Judged {
    with_flags(fact, &["UserAgent", "UserName", "Referer"], "does not log")
}

pub(crate) fn connection_and_warning(fact: &HardeningFact) -> Judged {
    with_fields(fact, &["RequestHeader:Connection", "RequestHeader:Warning"])
}

pub(crate) fn content_type(fact: &HardeningFact) -> Judged {
    with_fields(fact, &["ResponseHeader:Content-Type"])
}

fn with_fields(fact: &HardeningFact, wanted: &[&'static str]) -> Judged {
    let missing: Vec<&'static str> = wanted.iter().copied().filter(|w| !items(fact).any(|i| i.eq_ignore_ascii_case(w))).collect();
    good_if(missing.is_empty(), || text!("does not log {}", list(&missing)))
}

pub(crate) fn forwarded_for(fact: &HardeningFact) -> Judged {
    if items(fact).any(|i| i.eq_ignore_ascii_case("RequestHeader:X-Forwarded-For")) {
        Judged::Good
    } else {
        Judged::Open("does not log X-Forwarded-For, and whether it stands behind a balancer is not in the file".into())
    }
}

pub(crate) fn no_shell_types(fact: &HardeningFact) -> Judged {
    const SHELL: [&str; 5] = [".exe", ".dll", ".com", ".bat", ".csh"];
    // Of hundreds of types each is looked at once.
    let mut has = [false; SHELL.len()];
    for item in items(fact).map(str::trim).filter(|i| i.len() == SHELL[0].len()) {
        has.iter_mut().zip(SHELL).for_each(|(has, shell)| *has |= item.eq_ignore_ascii_case(shell));
    }
    let found: Vec<&'static str> = SHELL.into_iter().zip(has).filter_map(|(shell, has)| has.then_some(shell)).collect();
    good_if(found.is_empty(), || text!("has a MIME type for {}", list(&found)))
}

pub(crate) fn not_detailed(fact: &HardeningFact) -> Judged {
    match flags(fact) {
        Err(open) => open,
        Ok(_) => good_if(is(fact, "DetailedLocalOnly") || is(fact, "Custom"), || has(fact)),
    }
}

pub(crate) fn no_powered_by(fact: &HardeningFact) -> Judged {
    good_if(!items(fact).any(|i| i.eq_ignore_ascii_case("X-Powered-By")), || "sends X-Powered-By with every answer".into())
}

pub(crate) fn ssl(fact: &HardeningFact) -> Judged {
    with_flags(fact, &["Ssl"], "does not have among its sslFlags")
}

/// The flags of a site that asks every client for its certificate. Only private sites have to.
pub(crate) fn certificates(fact: &HardeningFact) -> Judged {
    match with_flags(fact, &["Ssl", "SslNegotiateCert", "SslRequireCert", "Ssl128"], "does not have among its sslFlags") {
        Judged::Bad(why) => Judged::Open(text!("{why}, and whether it is a private site is not in the file")),
        other => other,
    }
}

pub(crate) fn specific(fact: &HardeningFact) -> Judged {
    let wide = |binding: &&str| {
        let Some((protocol, information)) = binding.split_once(':') else { return false };
        if !protocol.eq_ignore_ascii_case("http") && !protocol.eq_ignore_ascii_case("https") {
            return false;
        }
        // The address may be an IPv6 one: port and host stand behind its last two colons.
        let mut parts = information.rsplitn(3, ':');
        let (host, _, address) = (parts.next().unwrap_or_default(), parts.next(), parts.next().unwrap_or_default());
        host.trim().is_empty() || matches!(address.trim(), "" | "*" | "0.0.0.0" | "[::]")
    };
    let found: Vec<Shown> = items(fact).filter(wide).filter_map(|b| Some(Shown::naming(b.split_once(':')?.1))).collect();
    good_if(found.is_empty(), || text!("has the binding {}", list(&found)))
}

/// Seconds of `[d.]hh:mm:ss`.
fn seconds(text: &str) -> Option<u64> {
    let (days, time) = match text.trim().split_once('.') {
        Some((days, time)) => (days.parse().ok()?, time),
        None => (0u64, text.trim()),
    };
    let parts: Vec<u64> = time.split(':').map(|p| p.parse().ok()).collect::<Option<_>>()?;
    let [hours, minutes, seconds] = parts.as_slice() else { return None };
    days.checked_mul(86_400)?.checked_add(hours.checked_mul(3600)?)?.checked_add(minutes.checked_mul(60)?)?.checked_add(*seconds)
}

fn duration(fact: &HardeningFact, good: impl FnOnce(u64) -> bool) -> Judged {
    match seconds(&fact.value) {
        Some(n) => good_if(good(n), || has(fact)),
        None => Judged::Open(text!("{}, which is no time span", has(fact))),
    }
}

pub(crate) fn idle(fact: &HardeningFact) -> Judged {
    duration(fact, |s| s > 0)
}

pub(crate) fn five_minutes(fact: &HardeningFact) -> Judged {
    duration(fact, |s| s <= 5 * 60)
}

pub(crate) fn recycle_events(fact: &HardeningFact) -> Judged {
    let set = match flags(fact) {
        Err(open) => return open,
        Ok(set) => set,
    };
    match ["time", "schedule"].map(|event| set.iter().any(|f| f == event)) {
        [true, true] => Judged::Good,
        [false, false] => Judged::Bad(text!("{}, without Time and without Schedule", has(fact))),
        _ => Judged::Open(text!("{}, and whether those are the conditions by which it is recycled is to be looked at", has(fact))),
    }
}

/// One web site, and no other.
pub(crate) fn one_site(fact: &HardeningFact) -> Judged {
    let sites: Vec<Shown> = items(fact).map(Shown::naming).collect();
    good_if(sites.len() < 2, || text!("serves {}", list(&sites)))
}

pub(crate) fn no_webdav(fact: &HardeningFact) -> Judged {
    good_if(!items(fact).any(|i| i.split(':').next().is_some_and(|n| n.eq_ignore_ascii_case("WebDAVModule"))), || {
        "has the module WebDAVModule".into()
    })
}

/// Native modules from the folders of Windows and of programs. Which drive Windows lies on is not in the file.
pub(crate) fn own_modules(fact: &HardeningFact) -> Judged {
    const FOLDERS: [&str; 9] = [
        "%windir%\\system32\\inetsrv\\",
        "%systemroot%\\system32\\inetsrv\\",
        "c:\\windows\\system32\\inetsrv\\",
        "%windir%\\microsoft.net\\",
        "%systemroot%\\microsoft.net\\",
        "c:\\windows\\microsoft.net\\",
        "%programfiles%\\",
        "c:\\program files\\",
        "%iis_bin%\\",
    ];
    let image = |item: &str| item.split_once(':').map_or(String::new(), |(_, image)| image.trim().to_lowercase());
    let foreign = |item: &&str| {
        let image = image(item);
        !image.is_empty() && (image.contains("..") || !FOLDERS.iter().any(|folder| image.starts_with(folder)))
    };
    let found: Vec<Shown> = items(fact).filter(foreign).map(|i| Shown::naming(i.split(':').next().unwrap_or(i))).collect();
    let on_other_drive = |item: &str| image(item).get(1..).is_some_and(|rest| rest.starts_with(":\\windows\\") && !rest.contains(".."));
    match items(fact).filter(foreign).all(on_other_drive) {
        true if found.is_empty() => Judged::Good,
        true => Judged::Open(text!("loads {} from a folder Windows of another drive than C:, which may be its own", list(&found))),
        false => Judged::Bad(text!("loads {} from outside of the folders of Windows and of Program Files", list(&found))),
    }
}
