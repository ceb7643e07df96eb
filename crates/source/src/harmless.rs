//! Which values of a file may be shown: only those that are known to be harmless, by the name that holds them and by their form.

use crate::redact::{is_secret_name, may_hold_secret};
use crate::shown::Shown;

/// How a harmless value is formed.
#[derive(Clone, Copy)]
enum Form {
    /// A name of a thing or person, a path, an address.
    Name,
    /// A number, a time, a boolean or one of the schema's words.
    Fact,
}

/// Attributes of configurations and topology documents, properties of exports and attributes of directories, in small letters.
const NAMES: &[&str] = &[
    "account",
    "allowdefinition",
    "applicationpool",
    "assembly",
    "bindinginformation",
    "bindings",
    "cluster",
    "clusterfqdn",
    "computername",
    "cn",
    "canonicalname",
    "configurationstring",
    "defaultdocument",
    "distinguishedname",
    "dn",
    "dnshostname",
    "dnsname",
    "dnsroot",
    "domain",
    "fqdn",
    "group",
    "host",
    "identity",
    "image",
    "key",
    "keycontainername",
    "manager",
    "machinename",
    "memberof",
    "member",
    "modules",
    "name",
    "ncname",
    "netbiosname",
    "objectcategory",
    "objectclass",
    "operatingsystem",
    "orderedmachine",
    "path",
    "physicalpath",
    "pool",
    "poolfqdn",
    "precondition",
    "primarygroup",
    "role",
    "samaccountname",
    "scope",
    "section",
    "serviceid",
    "serviceinstanceid",
    "serviceprincipalname",
    "serviceprincipalnames",
    "site",
    "siteid",
    "sitename",
    "sourcetype",
    "topologyid",
    "type",
    "typename",
    "useraccount",
    "username",
    "userprincipalname",
    "version",
    "xmlns",
    "refid",
    "n",
];

/// The same for those that hold numbers, booleans and words of a schema.
const FACTS: &[&str] = &[
    "accountdisabled",
    "accountexpires",
    "ordinalincluster",
    "requiresreplication",
    "requiressetup",
    "allow",
    "allowsubdirconfig",
    "attributes",
    "authpersistnonntlm",
    "authpersistsinglerequest",
    "autostart",
    "badpwdcount",
    "certificatestorename",
    "changetype",
    "connecttimeout",
    "delegation",
    "deny",
    "disabled",
    "enable32bitapponwin64",
    "enabled",
    "enableddirectbydefault",
    "flags",
    "gcmodeflag",
    "grouptype",
    "id",
    "identitytype",
    "idletimeout",
    "inheritinchildapplications",
    "instancetype",
    "iscriticalsystemobject",
    "isdeleted",
    "lastlogontimestamp",
    "loadbalancercapabilities",
    "loadusersprofile",
    "loaduserprofile",
    "lockattributes",
    "lockelements",
    "lockitem",
    "logonmethod",
    "managedpipelinemode",
    "managedruntimeversion",
    "maxprocesses",
    "msds-keyversionnumber",
    "msds-supportedencryptiontypes",
    "ordinal",
    "overridemode",
    "overridemodedefault",
    "passwordlastset",
    "port",
    "primarygroupid",
    "protocol",
    "protocols",
    "enabledprotocols",
    "pwdlastset",
    "queuelength",
    "requiressl",
    "rolename",
    "samaccounttype",
    "serverautostart",
    "skipauthentication",
    "sslflags",
    "startmode",
    "state",
    "systemflags",
    "tokenchecking",
    "trusteddelegation",
    "useapppoolcredentials",
    "usekernelmode",
    "useraccountcontrol",
    "usnchanged",
    "usncreated",
    "whenchanged",
    "whencreated",
    "xpsslport",
    "xp",
    "extendedprotection",
    "value__",
    "isprimary",
    "iso",
    "allowdoubleescaping",
    "allowhighbitcharacters",
    "allowunlisted",
    "centrallogfilemode",
    "dontlog",
    "errormode",
    "includesubdomains",
    "keepsessionidsecure",
    "logeventonrecycle",
    "logextfileflags",
    "logformat",
    "logtargetw3c",
    "max-age",
    "maxallowedcontentlength",
    "maxconnections",
    "maxquerystring",
    "maxurl",
    "notlistedcgisallowed",
    "notlistedisapisallowed",
    "rapidfailprotection",
    "rapidfailprotectioninterval",
    "redirecthttptohttps",
    "requests",
    "time",
    "minorversion",
    "majorversion",
    "objectversion",
];

/// The words of the schemas that are no number and no boolean, in small letters.
const WORDS: &[&str] = &[
    "add",
    "allow",
    "alwaysrunning",
    "apphostonly",
    "applicationpoolidentity",
    "classic",
    "cleartext",
    "deny",
    "everywhere",
    "http",
    "https",
    "inherit",
    "integrated",
    "interactive",
    "localservice",
    "localsystem",
    "machinetoapplication",
    "machineonly",
    "machinetorootweb",
    "machinetowebroot",
    "modify",
    "msmq.formatname",
    "negotiate",
    "negotiate:kerberos",
    "negotiatecookie",
    "net.msmq",
    "net.pipe",
    "net.tcp",
    "network",
    "networkservice",
    "none",
    "ntlm",
    "ondemand",
    "require",
    "sni",
    "specificuser",
    "ssl",
    "sslnegotiatecert",
    "sslrequirecert",
    "ssl128",
    "started",
    "stopped",
    "batch",
    "proxy",
    "proxycohosting",
    "noservicenamecheck",
    "dotlessspn",
    "my",
    "webhosting",
    "password",
    "username",
    "*",
    // Logs of web sites and of the recycling of application pools.
    "centralbinary",
    "centralw3c",
    "clientip",
    "configchange",
    "custom",
    "date",
    "detailed",
    "detailedlocalonly",
    "etw",
    "file",
    "httpstatus",
    "httpsubstatus",
    "iis",
    "isapiunhealthy",
    "memory",
    "method",
    "ncsa",
    "privatememory",
    "referer",
    "requests",
    "schedule",
    "serverip",
    "serverport",
    "site",
    "time",
    "timetaken",
    "uriquery",
    "uristem",
    "useragent",
    "w3c",
    "win32status",
];

/// The longest name that is shown.
const LONGEST: usize = 256;

/// Whether the value that an attribute or property of this name holds may be shown.
///
/// The name must be listed, and the value must have the form that the name promises and look unlike a secret.
#[must_use]
pub fn is_harmless(name: &str, value: &str) -> bool {
    let local = name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase();
    // Lists of a configuration hold their items in `value`, which may be anything; of it the words of authentication are known.
    if local == "value" {
        return ["NTLM", "Negotiate", "Negotiate:Kerberos"].iter().any(|word| value.eq_ignore_ascii_case(word));
    }
    let form = if FACTS.contains(&local.as_str()) {
        Form::Fact
    } else if NAMES.contains(&local.as_str()) {
        Form::Name
    } else {
        return false;
    };
    if value.is_empty() {
        return true;
    }
    if value.len() > LONGEST || may_hold_secret(value) {
        return false;
    }
    match form {
        Form::Fact => value.split([',', ' ', '|', ';']).all(is_fact),
        Form::Name => is_name(value),
    }
}

/// A number, a time, a boolean, a version or a word of the schema.
fn is_fact(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let number =
        |t: &str| t.len() <= 32 && t.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b':' | b'-' | b'+' | b'/' | b'T' | b'Z'));
    matches!(lower.as_str(), "" | "true" | "false" | "null")
        || WORDS.contains(&lower.as_str())
        || number(word.strip_prefix('v').unwrap_or(word))
        || (word.starts_with("/Date(") && word.ends_with(")/") && number(&word[6..word.len() - 2]))
        || word.strip_prefix("0x").is_some_and(|hex| hex.len() <= 8 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A name, path or address. It is refused for a sign that begins a value within, for a word that a secret's name has, and for letters that
/// look random.
fn is_name(value: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || " .,_-\\/$@():*%#[]`+{}'".contains(c) || c == '=';
    // `=` stands in distinguished names, versions of assemblies and ports alone.
    let pairs = value.split(',').filter(|part| part.contains('=')).all(|part| {
        let (key, _) = part.split_once('=').unwrap_or((part, ""));
        let key = key.trim();
        ["CN", "OU", "DC", "O", "C", "L", "Version", "Culture", "PublicKeyToken"].iter().any(|k| k.eq_ignore_ascii_case(key))
    });
    value.chars().all(fits)
        && pairs
        && !value.trim_start().starts_with('-')
        && !value.contains(" -")
        && !value.contains("://")
        && !value.split(|c: char| c.is_whitespace()).any(is_option)
        && !is_secret_text(value)
}

/// `/password:x`, `-p`.
fn is_option(word: &str) -> bool {
    word.strip_prefix(['-', '/']).is_some_and(|w| is_secret_name(w.split([':', '=']).next().unwrap_or(w)))
}

/// Whether the gate would mask anything of it.
fn is_secret_text(value: &str) -> bool {
    Shown::of(value).as_str() != value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_shown() {
        for (name, value) in [
            ("userName", r"CONTOSO\KerbAuth$"),
            ("name", "Skype for Business Server Internal Web Site"),
            ("path", "Lync Server Internal Web Site/groupexpansion"),
            ("physicalPath", r"%SystemDrive%\inetpub\wwwroot"),
            ("physicalPath", r"C:\Program Files\Skype for Business Server 2015\Web Components\LocationInformation\Int"),
            ("bindingInformation", "*:4443:"),
            ("enabled", "true"),
            ("overrideMode", "Deny"),
            ("xmlns:p", "urn"),
            ("useKernelMode", "FALSE"),
            ("useAppPoolCredentials", ""),
            ("serviceId", "1-WebServices-1"),
            ("Fqdn", "fe01.contoso.com"),
            ("dn", "CN=KerbAuth,CN=Computers,DC=contoso,DC=com"),
            ("servicePrincipalName", "http/pool01.contoso.com"),
            ("pwdLastSet", "131855616000000000"),
            ("value", "Negotiate:Kerberos"),
            ("userAccount", r"CONTOSO\KerberosWebAuth1"),
            ("Iso", "2018-11-01T16:45:03.0000000Z"),
            ("type", "System.Web.Security.UrlAuthorizationModule"),
        ] {
            let known = name.starts_with("xmlns") || is_harmless(name, value);
            assert!(known, "{name}={value}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        for (name, value) in [
            ("value", "1"),
            ("password", "x"),
            ("arguments", "a"),
            ("pattern", "a"),
            ("name", "x=hunter2"),
            ("name", "Password: hunter2"),
            ("name", "[enc:AesProvider:AAAA:enc]"),
            ("name", "Zq900vB3xKw9LmTr8"),
            ("path", "tool.exe --password hunter2"),
            ("path", "/x?sig=hunter2"),
            ("path", "https://u:hunter2@host/"),
            ("physicalPath", "net use /password:hunter2"),
            ("enabled", "hunter"),
            ("id", "hunter2"),
            ("identityType", "hunter"),
            ("description", "harmless or not"),
            ("unicodePwd", "1"),
        ] {
            assert!(!is_harmless(name, value), "{name}={value}");
        }
    }
}
