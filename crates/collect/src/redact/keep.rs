//! What is kept of a value.

use base64::Engine as _;
use kerbsync_secret::{ProtectedValue, ProtectedValueError};
use kerbsync_source::{TAKEN_OUT, is_harmless, is_secret_name, may_hold_secret};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// Attributes of directories and settings of IIS that rules read beside those that excerpts show, in small letters. Numbers, dates, booleans and
/// the words of their schemas.
const FACTS: &[&str] = &[
    "accountexpirationdate",
    "admincount",
    "allowdoubleescaping",
    "allowhighbitcharacters",
    "allowunlisted",
    "created",
    "deleted",
    "doesnotrequirepreauth",
    "draft",
    "errormode",
    "flags",
    "idletimeout",
    "issimulated",
    "ispublished",
    "kerberosencryptiontype",
    "keepsessionidsecure",
    "lastlogon",
    "lastlogondate",
    "logeventonrecycle",
    "logextfileflags",
    "logformat",
    "logtargetw3c",
    "maxallowedcontentlength",
    "maxconnections",
    "maxquerystring",
    "maxurl",
    "modified",
    "notlistedcgisallowed",
    "notlistedisapisallowed",
    "passwordneverexpires",
    "passwordnotrequired",
    "protectedfromaccidentaldeletion",
    "rapidfailprotection",
    "rapidfailprotectioninterval",
    "redirecthttptohttps",
    "requests",
    "trustedfordelegation",
    "trustedtoauthfordelegation",
    "usedeskeyonly",
    "useoaep",
    "usemachinecontainer",
];

/// The same that hold names: of objects, types, files.
const NAMES: &[&str] = &[
    "authenticationpolicy",
    "authenticationpolicysilo",
    "cspprovidername",
    "fileextension",
    "logfieldname",
    "mimetype",
    "msds-allowedtodelegateto",
    "msds-assignedauthnpolicy",
    "msds-assignedauthnpolicysilo",
    "principalsallowedtodelegatetoaccount",
    "backuppoolfqdn",
    "command",
    "component",
    "componentname",
    "defaultdomain",
    "dependentservicelist",
    "dependson",
    "displayname",
    "externalfqdn",
    "externalhost",
    "fileextension",
    "instance",
    "interfaceside",
    "internalfqdn",
    "internalhost",
    "installedservices",
    "kind",
    "machines",
    "number",
    "originalordinalincluster",
    "originalsiteid",
    "parentsite",
    "protocol",
    "registrar",
    "rolename",
    "roleversion",
    "schemaid",
    "scopeclass",
    "serviceversion",
    "serviceuniqueid",
    "sitetype",
    "sourcename",
    "title",
    "uniqueid",
    "usage",
    "userserver",
    "isactive",
    "isdirector",
    "issinglemachineonly",
];

/// Addresses of the product's web sites.
const ADDRESSES: &[&str] = &["activeurl", "url", "schemalocation"];

/// Names under which a service is registered: each is a service, a slash and a host.
const SERVICE_NAMES: &[&str] = &["serviceprincipalname", "serviceprincipalnames"];

/// Identifiers and descriptors of Windows that hold no secret, in text or in base64.
const IDENTIFIERS: &[&str] =
    &["objectsid", "sid", "objectguid", "securityidentifier", "signature", "msds-allowedtoactonbehalfofotheridentity", "domainsid"];

/// Whether a value may stay as it is.
pub(super) fn is_kept(name: &str, value: &str) -> bool {
    let local = name.rsplit(':').next().unwrap_or(name).trim().to_ascii_lowercase();
    let local = local.split(';').next().unwrap_or_default();
    if SERVICE_NAMES.contains(&local) {
        return value.split([';', '|']).flat_map(str::split_whitespace).all(is_service_name);
    }
    if value.trim().is_empty() || is_harmless(local, value.trim()) {
        return true;
    }
    if is_secret_name(local) || may_hold_secret(value) {
        return false;
    }
    if FACTS.contains(&local) {
        return value.len() <= 256 && value.split([',', ' ', '|', ';', '\t']).all(is_fact);
    }
    if NAMES.contains(&local) {
        return is_harmless("name", value.trim());
    }
    (ADDRESSES.contains(&local) && is_address(value.trim())) || (IDENTIFIERS.contains(&local) && is_identifier(value.trim()))
}

/// `http/pool01.contoso.com`, with a port or a further name.
fn is_service_name(text: &str) -> bool {
    let Some((service, host)) = text.split_once('/') else { return false };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/$".contains(c);
    service.len() <= 40
        && service.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && host.chars().all(plain)
        && is_harmless("serviceprincipalname", text)
}

/// `https://meet.contoso.com/dialin`: no user, no parameter.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.contains(['@', '?', '#', '=', '&', '%']) && is_harmless("host", rest.trim_end_matches('/')))
}

/// A sentence of the product, word by word: what the gate does not mask, and no address with a user.
pub(super) fn sentence(text: &str) -> String {
    let gated = kerbsync_source::Shown::of(text).into_string();
    let mut option = false;
    let words = gated.split(' ').map(|word| {
        let user = word.contains("://") && word.contains('@');
        // What follows an option of a command line is its value.
        let value = std::mem::replace(&mut option, word.len() > 1 && word.starts_with('-'));
        if user || value || holds_value_of_option(word) || word.contains(['<', '>', '%']) { TAKEN_OUT } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a word is an option of a command line and its value in one: `/p:VALUE`, `-p:VALUE`, `--pin=VALUE`, `-pVALUE1`. A path such as
/// `/Abs/Files` is none, nor is a name such as `-UserAccount`.
fn holds_value_of_option(word: &str) -> bool {
    let bare = word.trim_start_matches(['"', '\'', '(']);
    match (bare.strip_prefix('/'), bare.strip_prefix('-')) {
        (Some(option), _) => option.contains([':', '=']),
        (_, Some(option)) => !option.chars().all(|c| c.is_ascii_alphabetic() || "-.,;\"')".contains(c)),
        _ => false,
    }
}

/// A number, a date, a boolean, or a word of a schema.
fn is_fact(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "true",
        "false",
        "null",
        "none",
        "aes128",
        "aes256",
        "rc4",
        "des",
        "am",
        "pm",
        "utc",
        "file",
        "etw",
        "custom",
        "detailed",
        "detailedlocalonly",
        "w3c",
        "iis",
        "ncsa",
        "time",
        "requests",
        "schedule",
        "memory",
        "isapiunhealthy",
        "ondemand",
        "configchange",
        "privatememory",
        "date",
        "clientip",
        "username",
        "sitename",
        "computername",
        "serverip",
        "method",
        "uristem",
        "uriquery",
        "httpstatus",
        "win32status",
        "bytessent",
        "bytesrecv",
        "timetaken",
        "serverport",
        "useragent",
        "cookie",
        "referer",
        "protocolversion",
        "host",
        "httpsubstatus",
    ];
    let lower = word.to_ascii_lowercase();
    let number =
        |t: &str| t.len() <= 40 && t.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b':' | b'-' | b'+' | b'/' | b'T' | b'Z'));
    WORDS.contains(&lower.as_str())
        || number(word)
        || (word.starts_with("/Date(") && word.ends_with(")/") && number(&word[6..word.len() - 2]))
}

/// A SID, a GUID, or a short binary value in base64 or hex that begins like a SID or a descriptor.
fn is_identifier(value: &str) -> bool {
    let sid = value.strip_prefix("S-1-").is_some_and(|rest| rest.len() < 180 && rest.bytes().all(|b| b.is_ascii_digit() || b == b'-'));
    let bare = value.trim_matches(['{', '}']);
    let guid = bare.len() == 36 && bare.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') && bare.matches('-').count() == 4;
    let binary = base64::engine::general_purpose::STANDARD.decode(value).is_ok_and(|bytes| is_descriptor(&bytes));
    sid || guid || binary
}

/// Whether bytes are a SID, or a self-relative security descriptor: both begin with revision 1.
pub(super) fn is_descriptor(bytes: &[u8]) -> bool {
    let sid = matches!(bytes, [1, count, 0, 0, 0, 0, 0, _, ..] if bytes.len() == 8 + 4 * usize::from(*count));
    let descriptor = matches!(bytes, [1, 0, _, control, ..] if control & 0x80 != 0 && bytes.len() >= 20);
    sid || descriptor
}

/// What stands in the copy for a value.
pub(super) fn value<'v>(name: &str, value: &'v str) -> Cow<'v, str> {
    match ProtectedValue::parse(value) {
        Ok(protected) => return Cow::Owned(protected_value(&protected)),
        Err(ProtectedValueError::NoPayload) => {
            let inner = value.trim();
            let provider = inner.get(5..inner.len().saturating_sub(5)).unwrap_or_default();
            return if is_provider(provider) { Cow::Borrowed(value) } else { Cow::Borrowed("[enc:enc]") };
        }
        Err(_) => {}
    }
    if name.eq_ignore_ascii_case("sessionKey") && !value.is_empty() {
        return Cow::Owned(session_key(value));
    }
    if name.eq_ignore_ascii_case("msDS-KeyCredentialLink")
        && let Some(link) = key_credential(value)
    {
        return Cow::Owned(link);
    }
    if is_kept(name, value) { Cow::Borrowed(value) } else { Cow::Borrowed(TAKEN_OUT) }
}

/// Of a link to a public key that it is one, and whose.
fn key_credential(value: &str) -> Option<String> {
    let owner = value.strip_prefix("B:")?.splitn(3, ':').nth(2)?;
    is_harmless("dn", owner).then(|| format!("B:2:00:{owner}"))
}

/// An encrypted value without its data. What is odd about it (empty, cut, not base64) stays odd.
fn protected_value(value: &ProtectedValue) -> String {
    let provider = if is_provider(value.provider()) { value.provider() } else { "provider" };
    let decoded = base64::engine::general_purpose::STANDARD.decode(value.payload());
    let payload = match &decoded {
        _ if value.is_empty() => String::new(),
        Err(_) => "*".to_owned(),
        // What is long enough is random to whoever has no key, so that its digest says nothing; it keeps different values different.
        Ok(bytes) if bytes.len() >= 32 && bytes.len().is_multiple_of(16) => encoded(&filler(bytes, 48)),
        Ok(bytes) if bytes.len().is_multiple_of(16) => encoded(&[0; 48]),
        Ok(bytes) => encoded(&vec![0; bytes.len().clamp(1, 255)]),
    };
    format!("[enc:{provider}:{payload}:enc]")
}

/// A session key that is none: as long as it was, and different from those that were different.
fn session_key(value: &str) -> String {
    match base64::engine::general_purpose::STANDARD.decode(value.trim()) {
        Ok(bytes) if bytes.len() >= 32 => encoded(&filler(&bytes, bytes.len().min(1024))),
        _ => TAKEN_OUT.to_owned(),
    }
}

fn filler(bytes: &[u8], length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(length + 32);
    for counter in 0u32.. {
        if out.len() >= length {
            break;
        }
        let digest = Sha256::new().chain_update(b"kerbsync redact").chain_update(counter.to_be_bytes()).chain_update(bytes).finalize();
        out.extend_from_slice(&digest);
    }
    out.truncate(length);
    out
}

fn encoded(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn is_provider(name: &str) -> bool {
    name.is_empty() || (name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric()) && name.ends_with("Provider"))
}
