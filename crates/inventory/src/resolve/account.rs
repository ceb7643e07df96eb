//! Which text names an account (N13 to N16).

use super::Refusal;
use kerbsync_names::{AccountNameError, AccountNote, DownLevelName, Parsed};

/// The account that `-UserAccount` may name. A trailing `$` (N15) and a DNS domain (N16) are accepted with a note.
///
/// # Errors
/// Another form than `DOMAIN\name` (N13), or a name of more than 15 characters (N14).
pub fn check_account(text: &str) -> Result<Parsed<DownLevelName, AccountNote>, Refusal> {
    let parsed = DownLevelName::parse(text).map_err(|error| Refusal::AccountForm { instead: suggestion(text.trim(), &error), error })?;
    if parsed.notes.contains(&AccountNote::LongAccount) {
        let account = parsed.name.account().to_owned();
        return Err(Refusal::LongAccount { length: account.chars().count(), account });
    }
    Ok(parsed)
}

/// The account written as the product takes it, where the text tells enough.
fn suggestion(text: &str, error: &AccountNameError) -> Option<String> {
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ' | '$'));
    match error {
        AccountNameError::UserPrincipalName => {
            let (name, domain) = text.split_once('@')?;
            let label = domain.split('.').next().filter(|l| plain(l))?;
            let netbios = label.to_uppercase();
            plain(name).then(|| format!("{netbios}\\{name}, if {netbios} is the NetBIOS name of {}", printable(domain)))
        }
        AccountNameError::NoDomain => plain(text).then(|| format!("DOMAIN\\{text}, with the NetBIOS name of its domain")),
        AccountNameError::DistinguishedName => {
            let name = text.split(',').next()?.split_once('=')?.1.trim();
            let domain = text.split(',').find_map(|p| p.split_once('=').filter(|(k, _)| k.trim().eq_ignore_ascii_case("DC")))?.1.trim();
            let netbios = domain.to_uppercase();
            (plain(name) && plain(domain))
                .then(|| format!("{netbios}\\{name}, if these are the NetBIOS name of the domain and the sAMAccountName"))
        }
        _ => None,
    }
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(255).collect()
}
