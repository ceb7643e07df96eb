//! From an entry to an account, a group or a domain.

use crate::class::{Kind, kind};
use crate::entry::{Datum, Entry, odd_value, report};
use crate::sid::{is_sid, sid_text};
use crate::{Dated, DirectoryFacts, dn, flags, time};
use kerbsync_inventory::directory::{Account, Deleted, Domain, Group, Moment, ObjectClass};
use kerbsync_names::ServicePrincipalName;
use kerbsync_source::{Level, Origin, Problem, Spanned, text};

impl DirectoryFacts {
    /// Takes what matters of one entry.
    pub(crate) fn take(&mut self, entry: &Entry, problems: &mut Vec<Problem>) {
        let mut reading = Reading { entry, problems };
        match kind(entry) {
            // Found by another name it would stand for an account that it is not.
            Kind::Account(_) | Kind::Group if entry.first("samaccountname").is_some() && entry.single("samaccountname").is_none() => {
                self.cut = true;
                let message = "this object has two names (sAMAccountName), so nothing tells which account it is: it is left out";
                let help = Some("Export it once more: a directory keeps one.");
                report(problems, Level::Warning, "ad-name", &entry.origin, message, help);
            }
            Kind::Account(class) => {
                self.accounts.push(reading.dated(|r| Box::new(r.account(class))));
                self.pack_full();
            }
            Kind::Group => {
                let mut group = reading.dated(Reading::group);
                Origin::pack(group.object.origins_mut());
                self.groups.push(group);
            }
            Kind::Domain => self.domains.extend(reading.domain()),
            Kind::Deleted => self.deleted.push(reading.deleted()),
            Kind::Other => {}
            // Accounts and groups have common names; units and domains have not.
            Kind::Unknown if dn::is_named_cn(&entry.distinguished_name.value) => {
                if !std::mem::replace(&mut self.cut, true) {
                    let message = "nothing tells what kind of object this is: it is left out, and may be an account";
                    report(problems, Level::Note, "ad-kind", &entry.origin, message, Some("Export objectClass with every object."));
                }
            }
            Kind::Unknown => {}
        }
    }
}

/// Values of an attribute that may have several.
enum Listed<T> {
    /// All that it has.
    All(Vec<Spanned<T>>),
    /// Some that it has: there may be more.
    Some(Vec<Spanned<T>>),
}

impl<T> Listed<T> {
    fn values(self) -> Vec<Spanned<T>> {
        match self {
            Self::All(values) | Self::Some(values) => values,
        }
    }

    /// The values, where they are all or where there are some; a list that may hold more says nothing when it is empty.
    fn known_or_seen(self) -> Option<Vec<Spanned<T>>> {
        match self {
            Self::All(values) => Some(values),
            Self::Some(values) => Some(values).filter(|v| !v.is_empty()),
        }
    }

    /// The values where they are all; those of a list that may hold more.
    fn split(self) -> (Option<Vec<Spanned<T>>>, Vec<Spanned<T>>) {
        match self {
            Self::All(values) => (Some(values), Vec::new()),
            Self::Some(values) => (None, values),
        }
    }
}

struct Reading<'e, 'p> {
    entry: &'e Entry,
    problems: &'p mut Vec<Problem>,
}

impl<'e> Reading<'e, '_> {
    fn dated<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Dated<T> {
        let changed = self.time("whenchanged").or_else(|| self.time("modified"));
        Dated { object: read(self), changed: changed.map(|c| c.value) }
    }

    /// The value of an attribute that has one alone. Reports two that differ: a directory keeps one, so the file was edited or put together.
    fn single(&mut self, name: &str) -> Option<&'e Spanned<Datum>> {
        let entry: &'e Entry = self.entry;
        let value = entry.single(name);
        if let (None, Some(second)) = (value, entry.get(name).and_then(|a| a.values.get(1))) {
            odd_value(self.problems, &second.origin, "one value");
        }
        value
    }

    /// The value of an attribute that has one alone, read by `parse`. Reports a value that is not `expected`.
    fn one<T>(&mut self, name: &str, expected: &'static str, parse: impl Fn(&str) -> Option<T>) -> Option<Spanned<T>> {
        let value = self.single(name)?;
        match value.value.text().and_then(|t| parse(t.trim())) {
            Some(parsed) => Some(Spanned::new(parsed, value.origin.clone())),
            None => {
                odd_value(self.problems, &value.origin, expected);
                None
            }
        }
    }

    fn text(&mut self, name: &str) -> Option<Spanned<String>> {
        self.one(name, "text", |t| Some(t.to_owned()))
    }

    fn boolean(&mut self, name: &str) -> Option<Spanned<bool>> {
        self.one(name, "true or false", flags::boolean)
    }

    fn time(&mut self, name: &str) -> Option<Spanned<jiff::Timestamp>> {
        self.one(name, "a time with a known zone, such as 2025-01-31T12:00:00Z", time::time)
    }

    /// An attribute without values that is known to be unset, as this value.
    fn unset<T>(&self, name: &str, value: T) -> Option<Spanned<T>> {
        self.entry.unset(name).map(|origin| Spanned::new(value, origin))
    }

    /// As [`Self::unset`], for an attribute with two names: a value that stands under either, understood or not, is no lack of one.
    fn unset_under_both<T: Copy>(&self, ldap: &str, powershell: &str, value: T) -> Option<Spanned<T>> {
        if [ldap, powershell].iter().any(|name| self.entry.first(name).is_some()) {
            return None;
        }
        self.unset(ldap, value).or_else(|| self.unset(powershell, value))
    }

    /// The values of an attribute as texts.
    fn list(&self, names: &[&str]) -> Listed<String> {
        for name in names {
            if let Some(attribute) = self.entry.get(name) {
                let text = |v: &Spanned<Datum>| v.value.text().map(|t| Spanned::new(t.trim().to_owned(), v.origin.clone()));
                let values = attribute.values.iter().filter_map(text).collect();
                return if self.entry.is_whole(name) { Listed::All(values) } else { Listed::Some(values) };
            }
        }
        if names.iter().any(|n| self.entry.unset(n).is_some()) { Listed::All(Vec::new()) } else { Listed::Some(Vec::new()) }
    }

    /// A time in file time under one name, or in another form under PowerShell's name; unset means never.
    fn moment(&mut self, ldap: &str, powershell: &str) -> Option<Spanned<Moment>> {
        // Get-ADObject gives file times too; PowerShell may also give a time under the LDAP name.
        let either = |t: &str| time::file_time(t).or_else(|| time::time(t).map(Moment::At));
        self.one(ldap, "a file time", either)
            .or_else(|| self.one(powershell, "a time with a known zone, such as 2025-01-31T12:00:00Z", |t| time::time(t).map(Moment::At)))
            .or_else(|| self.unset_under_both(ldap, powershell, Moment::Never))
    }

    /// pwdLastSet is stored with every account: where it is missing it could not be read, and only one that is there and empty means never.
    fn password_last_set(&mut self) -> Option<Spanned<Moment>> {
        let told = |name: &str| self.entry.get(name).is_some();
        if told("pwdlastset") || told("passwordlastset") { self.moment("pwdlastset", "passwordlastset") } else { None }
    }

    fn account(&mut self, class: Option<Spanned<ObjectClass>>) -> Account {
        let entry = self.entry;
        let number = |t: &str| flags::bits(t);
        let written = self.one("useraccountcontrol", "a number", number);
        let flags_not_told = if written.is_some() { 0 } else { flags::not_told(entry) };
        let user_account_control = written.or_else(|| flags::from_booleans(entry, class.as_ref().map(|c| &c.value)));
        let primary_group = self.one("primarygroupid", "a number", number).or_else(|| self.primary_group_by_name());
        let (spns, shown_spns) = self.spns().split();
        let (member_of, shown_member_of) = self.list(&["memberof"]).split();
        Account {
            origin: entry.origin.clone(),
            distinguished_name: entry.distinguished_name.clone(),
            domain: dn::domain_of(&entry.distinguished_name.value),
            sam_account_name: self.text("samaccountname"),
            class,
            user_account_control,
            flags_not_told,
            enabled: self.boolean("enabled"),
            expires: self.moment("accountexpires", "accountexpirationdate"),
            password_last_set: self.password_last_set(),
            created: self.time("whencreated").or_else(|| self.time("created")),
            encryption_types: self.encryption_types(),
            spns,
            shown_spns,
            member_of,
            shown_member_of,
            primary_group,
            admin_count: self.one("admincount", "a number", number).or_else(|| self.unset("admincount", 0)),
            delegates_to: self.list(&["msds-allowedtodelegateto"]).known_or_seen(),
            acted_for_by_others: self.acted_for_by_others(),
            key_version: self.one("msds-keyversionnumber", "a number", number),
            sid: self.sid(),
            dns_host_name: self.text("dnshostname"),
            protected_from_deletion: self.boolean("protectedfromaccidentaldeletion"),
            operating_system: self.operating_system(),
            last_logon: self.last_logon(),
            key_credential: self.key_credential(),
            silos: self.silos(),
        }
    }

    fn encryption_types(&mut self) -> Option<Spanned<Option<u32>>> {
        if let Some(bits) = self.one("msds-supportedencryptiontypes", "a number", |t| flags::bits(t).map(Some)) {
            return Some(bits);
        }
        if let Some(attribute) = self.entry.get("kerberosencryptiontype").filter(|a| !a.values.is_empty()) {
            let texts = attribute.values.iter().filter_map(|v| v.value.text());
            return match flags::encryption_types(texts) {
                Some(bits) => Some(Spanned::new(Some(bits), attribute.origin.clone())),
                None => {
                    odd_value(self.problems, &attribute.origin, "names of encryption types");
                    None
                }
            };
        }
        self.unset_under_both("msds-supportedencryptiontypes", "kerberosencryptiontype", None)
    }

    fn operating_system(&mut self) -> Option<Spanned<Option<String>>> {
        let text = self.text("operatingsystem").map(|t| Spanned::new(Some(t.value).filter(|t| !t.is_empty()), t.origin));
        text.or_else(|| self.unset("operatingsystem", None))
    }

    fn last_logon(&mut self) -> Option<Spanned<Moment>> {
        // What one domain controller saw, and what all of them share; a value of either proves a logon.
        let shared = self.moment("lastlogontimestamp", "lastlogondate");
        let one = self.moment("lastlogon", "lastlogon");
        let at = |m: &Option<Spanned<Moment>>| match m.as_ref().map(|m| m.value) {
            Some(Moment::At(time)) => Some(time),
            Some(Moment::Never) | None => None,
        };
        // A value that was not understood may be the logon.
        let unread = |names: [&str; 2], read: &Option<_>| read.is_none() && names.iter().any(|n| self.entry.first(n).is_some());
        let hidden = unread(["lastlogontimestamp", "lastlogondate"], &shared) || unread(["lastlogon"; 2], &one);
        let known = if at(&one) > at(&shared) { one } else { shared.or(one) };
        known.filter(|k| !hidden || k.value != Moment::Never)
    }

    fn key_credential(&self) -> Option<Spanned<bool>> {
        const NAME: &str = "msds-keycredentiallink";
        match self.entry.get(NAME).filter(|a| !a.values.is_empty()) {
            Some(attribute) => Some(Spanned::new(true, attribute.origin.clone())),
            None => self.unset(NAME, false),
        }
    }

    /// Silos and policies, which PowerShell shows under the names of its own. Known to be none only where both are known to be unset.
    fn silos(&self) -> Option<Vec<Spanned<String>>> {
        let silo = self.list(&["msds-assignedauthnpolicysilo", "authenticationpolicysilo"]);
        let policy = self.list(&["msds-assignedauthnpolicy", "authenticationpolicy"]);
        match (silo, policy) {
            (Listed::All(silo), Listed::All(policy)) => Listed::All([silo, policy].concat()),
            (silo, policy) => Listed::Some([silo.values(), policy.values()].concat()),
        }
        .known_or_seen()
    }

    fn spns(&mut self) -> Listed<ServicePrincipalName> {
        let texts = self.list(&["serviceprincipalname", "serviceprincipalnames"]);
        let mut all = matches!(texts, Listed::All(_));
        let texts = texts.values();
        let mut spns: Vec<Spanned<ServicePrincipalName>> = Vec::with_capacity(texts.len());
        let padded = self.padded(&["serviceprincipalname", "serviceprincipalnames"]);
        for text in texts {
            if padded.contains(&&text.origin) {
                all = false;
                let message = "a service principal name with a blank at an end: whether it is found as the name without it is not known";
                let help = Some("Look at it with setspn -L, and set the name anew without the blank.");
                report(self.problems, Level::Warning, "ad-spn", &text.origin, message, help);
            }
            match ServicePrincipalName::parse(&text.value) {
                Ok(name) => spns.push(Spanned::new(name, text.origin)),
                Err(e) => {
                    let message = text!("a service principal name that is none: {e}");
                    report(self.problems, Level::Warning, "ad-spn", &text.origin, message, None);
                }
            }
        }
        if all { Listed::All(spns) } else { Listed::Some(spns) }
    }

    /// Where values of an attribute with blanks at an end stand.
    fn padded(&self, names: &[&str]) -> Vec<&'e Origin> {
        let entry: &'e Entry = self.entry;
        let values = names.iter().filter_map(|n| entry.get(n)).flat_map(|a| &a.values);
        values.filter(|v| v.value.text().is_some_and(|t| t.trim() != t)).map(|v| &v.origin).collect()
    }

    /// PowerShell's PrimaryGroup is a distinguished name; the well-known groups are known by their English names only.
    fn primary_group_by_name(&self) -> Option<Spanned<u32>> {
        let value = self.entry.first("primarygroup")?;
        let id = match dn::first_value(value.value.text()?).to_ascii_lowercase().as_str() {
            "domain users" => 513,
            "domain guests" => 514,
            "domain computers" => 515,
            "domain controllers" => 516,
            "read-only domain controllers" => 521,
            _ => return None,
        };
        Some(Spanned::new(id, value.origin.clone()))
    }

    fn acted_for_by_others(&self) -> Option<Spanned<bool>> {
        let names = ["msds-allowedtoactonbehalfofotheridentity", "principalsallowedtodelegatetoaccount"];
        let set = names.iter().find_map(|n| self.entry.first(n)).map(|v| Spanned::new(true, v.origin.clone()));
        set.or_else(|| names.iter().find_map(|n| self.unset(n, false)))
    }

    fn sid(&mut self) -> Option<String> {
        let value = self.single("objectsid").or_else(|| self.single("sid"))?;
        let text = match &value.value {
            Datum::Text(text) => Some(text.trim().to_owned()).filter(|t| is_sid(t)),
            Datum::Bytes(bytes) => sid_text(bytes),
        };
        if text.is_none() {
            odd_value(self.problems, &value.origin, "a security identifier");
        }
        text
    }

    fn group(&mut self) -> Group {
        let entry = self.entry;
        let (members, shown_members) = self.list(&["member", "members"]).split();
        let distinguished_name = entry.distinguished_name.value.clone();
        let name = entry.text("samaccountname").unwrap_or_else(|| dn::first_value(&distinguished_name)).to_owned();
        Group {
            origin: entry.origin.clone(),
            name,
            members,
            shown_members,
            shown_member_of: self.list(&["memberof"]).values(),
            sid: self.sid(),
            created: self.time("whencreated").or_else(|| self.time("created")),
            distinguished_name,
        }
    }

    fn deleted(&mut self) -> Deleted {
        let name = &self.entry.distinguished_name.value;
        let own =
            self.entry.text("samaccountname").map_or_else(|| dn::name_before_deletion(name), |sam| sam.strip_suffix('$').unwrap_or(sam));
        let changed = self.time("whenchanged").or_else(|| self.time("modified"));
        let recycled = self.boolean("isrecycled").is_some_and(|r| r.value);
        Deleted {
            origin: self.entry.origin.clone(),
            name: own.to_owned(),
            domain: dn::domain_of(name),
            recycled,
            changed: changed.map(|c| c.value),
        }
    }

    fn domain(&self) -> Option<Domain> {
        let netbios = self.entry.text("netbiosname")?.to_owned();
        let dns = match self.entry.text("dnsroot") {
            Some(dns) => dns.to_owned(),
            None => dn::domain_of(self.entry.text("ncname")?)?,
        };
        Some(Domain { netbios, dns, origin: Some(self.entry.origin.clone()) })
    }
}
