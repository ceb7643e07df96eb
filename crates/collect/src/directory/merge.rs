//! One object of the objects that several exports hold of it.

use kerbsync_ad::{Dated, distinguished_name_key};
use kerbsync_inventory::directory::{Account, Group, Moment};
use kerbsync_inventory::{Gap, GapSubject};
use kerbsync_source::{Shown, Spanned, Text, text};
use std::collections::{HashMap, HashSet};

/// An object that may come from several exports.
pub(super) trait Mergeable {
    fn distinguished_name(&self) -> &str;
    fn sid(&self) -> Option<&str>;
    fn origin(&self) -> &kerbsync_source::Origin;
    fn name(&self) -> String;
    /// A moment that tells the later of two exports, where whenChanged does not.
    fn later(&self) -> Option<jiff::Timestamp>;
    /// The contents as text, to choose in the same way whatever the order of the documents.
    fn contents(&self) -> String;
    /// Takes what the other object knows beyond this one; adds the names of the attributes in which they disagree.
    fn take(&mut self, other: Self, differ: &mut Vec<&'static str>);
    /// Makes attributes unknown in which exports disagree while nothing tells which is the later.
    fn forget(&mut self, names: &[&'static str]);
}

/// What several exports hold of one object.
struct Same<T> {
    first: Dated<T>,
    others: Vec<Dated<T>>,
}

/// One object of the objects that have a SID or a name in common.
pub(super) fn merge_all<T: Mergeable>(objects: Vec<Dated<T>>, gaps: &mut Vec<Gap>) -> Vec<T> {
    // Objects with a SID first: one without joins them by name, in whatever order the documents came.
    let (mut with, without): (Vec<_>, Vec<_>) = objects.into_iter().partition(|o| o.object.sid().is_some());
    // Which comes first tells only where something is there twice.
    if !without.is_empty() || !are_distinct(&with) {
        with.sort_by_cached_key(preference);
    }
    let mut all: Vec<Same<T>> = Vec::with_capacity(with.len() + without.len());
    let mut by_sid: HashMap<String, usize> = HashMap::new();
    let mut by_name: HashMap<String, usize> = HashMap::new();
    for dated in with.into_iter().chain(without) {
        let name = distinguished_name_key(dated.object.distinguished_name());
        let at = match dated.object.sid() {
            Some(sid) => *by_sid.entry(sid.to_ascii_uppercase()).or_insert(all.len()),
            None => *by_name.get(&name).unwrap_or(&all.len()),
        };
        by_name.entry(name).or_insert(at);
        match all.get_mut(at) {
            Some(same) => same.others.push(dated),
            None => all.push(Same { first: dated, others: Vec::new() }),
        }
    }
    let mut out: Vec<T> = all.into_iter().filter_map(|same| merge(same, gaps)).collect();
    out.sort_by(|a, b| a.origin().cmp(b.origin()));
    out
}

/// Whether every SID and every name is there once.
fn are_distinct<T: Mergeable>(objects: &[Dated<T>]) -> bool {
    let (mut sids, mut names) = (HashSet::new(), HashSet::new());
    objects.iter().all(|o| {
        sids.insert(o.object.sid().map(str::to_ascii_uppercase)) && names.insert(distinguished_name_key(o.object.distinguished_name()))
    })
}

/// The latest change first; where that is not known, some order that does not depend on the order of the documents.
fn preference<T: Mergeable>(dated: &Dated<T>) -> impl Ord + use<T> {
    std::cmp::Reverse((dated.changed, dated.object.later(), dated.object.contents()))
}

fn merge<T: Mergeable>(same: Same<T>, gaps: &mut Vec<Gap>) -> Option<T> {
    let Same { first, others } = same;
    if others.is_empty() {
        return Some(first.object);
    }
    let mut all: Vec<Dated<T>> = std::iter::once(first).chain(others).collect();
    all.sort_by_cached_key(preference);
    let mut all = all.into_iter();
    let Dated { object: mut first, changed } = all.next()?;
    let (mut settled, mut open) = (Vec::new(), Vec::new());
    let at = first.later();
    for other in all {
        let is_later = later(changed, other.changed).or_else(|| later(at, other.object.later())) == Some(true);
        first.take(other.object, if is_later { &mut settled } else { &mut open });
    }
    settled.retain(|name| !open.contains(name));
    let mut tell = |mut names: Vec<&'static str>, what| {
        names.sort_unstable();
        names.dedup();
        if !names.is_empty() {
            let names = Text::join(names.iter().map(|name| Shown::naming(name)), ", ");
            gaps.push(Gap {
                subject: GapSubject::Account(first.name()),
                code: "directory-conflict",
                reason: text!("the directory exports disagree on {names} of {}; {what}", first.name()),
                remedy: Some("Export the directory once more and leave the older exports out.".into()),
                document: Some(first.origin().document),
            });
        }
    };
    tell(settled, "the latest change was taken");
    tell(open.clone(), "nothing tells which of them is the later, so it is not known");
    first.forget(&open);
    Some(first)
}

/// Whether one moment is later than another, where both are known and differ.
fn later(one: Option<jiff::Timestamp>, other: Option<jiff::Timestamp>) -> Option<bool> {
    one.zip(other).filter(|(one, other)| one != other).map(|(one, other)| one > other)
}

/// Keeps `own` where it is known, else takes `other`; tells whether both are known and differ.
fn field<T>(own: &mut Option<T>, other: Option<T>, same: impl Fn(&T, &T) -> bool) -> bool {
    match (own.as_ref(), other) {
        (Some(a), Some(b)) => !same(a, &b),
        (None, Some(b)) => {
            *own = Some(b);
            false
        }
        (_, None) => false,
    }
}

fn value<T: PartialEq>(a: &Spanned<T>, b: &Spanned<T>) -> bool {
    a.value == b.value
}

/// Whether two lists hold the same values in any order.
fn members<T: Ord>(a: &[Spanned<T>], b: &[Spanned<T>]) -> bool {
    let sorted = |list: &'_ [Spanned<T>]| -> Vec<usize> {
        let mut order: Vec<usize> = (0..list.len()).collect();
        order.sort_by(|x, y| list[*x].value.cmp(&list[*y].value));
        order.dedup_by(|x, y| list[*x].value == list[*y].value);
        order
    };
    let (x, y) = (sorted(a), sorted(b));
    x.len() == y.len() && x.iter().zip(&y).all(|(i, j)| a[*i].value == b[*j].value)
}

/// Many large ones are moved from list to list in boxes.
impl<T: Mergeable> Mergeable for Box<T> {
    fn distinguished_name(&self) -> &str {
        (**self).distinguished_name()
    }
    fn sid(&self) -> Option<&str> {
        (**self).sid()
    }
    fn origin(&self) -> &kerbsync_source::Origin {
        (**self).origin()
    }
    fn name(&self) -> String {
        (**self).name()
    }
    fn later(&self) -> Option<jiff::Timestamp> {
        (**self).later()
    }
    fn contents(&self) -> String {
        (**self).contents()
    }
    fn take(&mut self, other: Self, differ: &mut Vec<&'static str>) {
        (**self).take(*other, differ);
    }
    fn forget(&mut self, names: &[&'static str]) {
        (**self).forget(names);
    }
}

impl Mergeable for Account {
    fn distinguished_name(&self) -> &str {
        &self.distinguished_name.value
    }
    fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }
    fn origin(&self) -> &kerbsync_source::Origin {
        &self.origin
    }
    fn name(&self) -> String {
        self.sam_account_name.as_ref().map_or(&self.distinguished_name, |s| s).value.clone()
    }
    fn later(&self) -> Option<jiff::Timestamp> {
        match self.password_last_set.as_ref()?.value {
            Moment::At(time) => Some(time),
            Moment::Never => None,
        }
    }
    fn contents(&self) -> String {
        let spns: Vec<_> = self.spns.iter().flatten().map(|s| s.value.to_key()).collect();
        let shown: Vec<_> = self.shown_spns.iter().map(|s| s.value.to_key()).collect();
        let groups: Vec<_> = self.member_of.iter().flatten().chain(&self.shown_member_of).map(|s| &s.value).collect();
        let bits =
            (self.user_account_control.as_deref(), self.enabled.as_deref(), self.encryption_types.as_deref(), self.expires.as_deref());
        format!("{} {spns:?} {shown:?} {groups:?} {bits:?} {:?}", self.distinguished_name.value, self.class.as_deref())
    }

    fn take(&mut self, other: Self, differ: &mut Vec<&'static str>) {
        // What one of them says by its bits, the other may say by a word.
        let (own, others) = (self.is_enabled(), other.is_enabled());
        if distinguished_name_key(&self.distinguished_name.value) != distinguished_name_key(&other.distinguished_name.value) {
            differ.push("distinguishedName");
        }
        let mut check = |name, differs: bool| {
            if differs {
                differ.push(name);
            }
        };
        check("sAMAccountName", field(&mut self.sam_account_name, other.sam_account_name, |a, b| a.value.eq_ignore_ascii_case(&b.value)));
        check("objectClass", field(&mut self.class, other.class, value));
        check("enabled", own.zip(others).is_some_and(|(own, others)| own != others));
        if own.is_none() {
            self.enabled = other.enabled;
        }
        if self.user_account_control.is_none() {
            self.flags_not_told = other.flags_not_told;
        }
        check("userAccountControl", field(&mut self.user_account_control, other.user_account_control, value));
        check("accountExpires", field(&mut self.expires, other.expires, value));
        check("pwdLastSet", field(&mut self.password_last_set, other.password_last_set, moments));
        check("whenCreated", field(&mut self.created, other.created, |a, b| a.value.as_second() == b.value.as_second()));
        check("msDS-SupportedEncryptionTypes", field(&mut self.encryption_types, other.encryption_types, value));
        let common = common(self.spns.as_ref(), other.spns.as_ref());
        let differs = field(&mut self.spns, other.spns, |a, b| members(a, b));
        check("servicePrincipalName", differs);
        // What both have is there whichever of them is the later.
        self.shown_spns.extend(common.into_iter().filter(|_| differs).chain(other.shown_spns));
        let common = self::common(self.member_of.as_ref(), other.member_of.as_ref());
        let differs = field(&mut self.member_of, other.member_of, |a, b| members(a, b));
        check("memberOf", differs);
        self.shown_member_of.extend(common.into_iter().filter(|_| differs).chain(other.shown_member_of));
        check("primaryGroupID", field(&mut self.primary_group, other.primary_group, value));
        check("adminCount", field(&mut self.admin_count, other.admin_count, value));
        check("msDS-AllowedToActOnBehalfOfOtherIdentity", field(&mut self.acted_for_by_others, other.acted_for_by_others, value));
        check("msDS-KeyVersionNumber", field(&mut self.key_version, other.key_version, value));
        check("dNSHostName", field(&mut self.dns_host_name, other.dns_host_name, value));
        check("ProtectedFromAccidentalDeletion", field(&mut self.protected_from_deletion, other.protected_from_deletion, value));
        check("operatingSystem", field(&mut self.operating_system, other.operating_system, value));
        check("msDS-KeyCredentialLink", field(&mut self.key_credential, other.key_credential, value));
        // Every domain controller has a time of its own, and both are logons.
        field(&mut self.last_logon, other.last_logon, |_, _| true);
        field(&mut self.silos, other.silos, |a, b| members(a, b));
        field(&mut self.domain, other.domain, |_, _| true);
        field(&mut self.sid, other.sid, |_, _| true);
        check("msDS-AllowedToDelegateTo", field(&mut self.delegates_to, other.delegates_to, |a, b| members(a, b)));
    }

    fn forget(&mut self, names: &[&'static str]) {
        for name in names {
            match *name {
                "objectClass" => self.class = None,
                "userAccountControl" | "enabled" => {
                    (self.user_account_control, self.enabled, self.flags_not_told) = (None, None, u32::MAX);
                }
                "accountExpires" => self.expires = None,
                "pwdLastSet" => self.password_last_set = None,
                "whenCreated" => self.created = None,
                "msDS-SupportedEncryptionTypes" => self.encryption_types = None,
                "servicePrincipalName" => self.spns = None,
                "memberOf" => self.member_of = None,
                "primaryGroupID" => self.primary_group = None,
                "adminCount" => self.admin_count = None,
                "msDS-AllowedToActOnBehalfOfOtherIdentity" => self.acted_for_by_others = None,
                "msDS-KeyVersionNumber" => self.key_version = None,
                "dNSHostName" => self.dns_host_name = None,
                "ProtectedFromAccidentalDeletion" => self.protected_from_deletion = None,
                "operatingSystem" => self.operating_system = None,
                "msDS-KeyCredentialLink" => self.key_credential = None,
                "msDS-AllowedToDelegateTo" => self.delegates_to = None,
                // The names are what the object is known by, in whichever spelling.
                _ => {}
            }
        }
    }
}

/// The values that two lists have in common.
fn common<T: PartialEq + Clone>(a: Option<&Vec<Spanned<T>>>, b: Option<&Vec<Spanned<T>>>) -> Vec<Spanned<T>> {
    let (Some(a), Some(b)) = (a, b) else { return Vec::new() };
    a.iter().filter(|v| b.iter().any(|o| o.value == v.value)).cloned().collect()
}

/// PowerShell's dates have 100 nanoseconds in Clixml but milliseconds in JSON.
fn moments(a: &Spanned<Moment>, b: &Spanned<Moment>) -> bool {
    match (a.value, b.value) {
        (Moment::At(a), Moment::At(b)) => a.as_second() == b.as_second(),
        (a, b) => a == b,
    }
}

impl Mergeable for Group {
    fn distinguished_name(&self) -> &str {
        &self.distinguished_name
    }
    fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }
    fn origin(&self) -> &kerbsync_source::Origin {
        &self.origin
    }
    fn name(&self) -> String {
        self.name.clone()
    }
    fn later(&self) -> Option<jiff::Timestamp> {
        None
    }
    fn contents(&self) -> String {
        let members: Vec<_> = self.members.iter().flatten().chain(&self.shown_members).map(|m| &m.value).collect();
        let groups: Vec<_> = self.shown_member_of.iter().map(|m| &m.value).collect();
        format!("{} {} {members:?} {groups:?}", self.distinguished_name, self.name)
    }
    fn take(&mut self, other: Self, differ: &mut Vec<&'static str>) {
        self.shown_members.extend(other.shown_members);
        if !other.shown_member_of.is_empty() {
            if !self.shown_member_of.is_empty() && !members(&self.shown_member_of, &other.shown_member_of) {
                differ.push("memberOf");
            }
            self.shown_member_of.extend(other.shown_member_of);
        }
        if field(&mut self.members, other.members, |a, b| members(a, b)) {
            differ.push("member");
        }
        field(&mut self.created, other.created, |_, _| true);
        field(&mut self.sid, other.sid, |_, _| true);
    }

    fn forget(&mut self, names: &[&'static str]) {
        if names.contains(&"member") {
            // Of two lists any member may be one of today: both are told, and none is missing for certain.
            self.shown_members.extend(self.members.take().into_iter().flatten());
        }
    }
}
