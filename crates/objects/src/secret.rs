//! Properties whose values are never kept.

use kerbsync_source::is_secret_name;

/// Directory attributes that hold passwords, keys or hashes under names that the general rule does not know.
const NAMED: &[&str] = &[
    "supplementalcredentials",
    "dbcspwd",
    "msds-managedpassword",
    "ms-mcs-admpwd",
    "initialauthincoming",
    "initialauthoutgoing",
    "trustauthincoming",
    "trustauthoutgoing",
    "msds-executescriptpassword",
    "currentvalue",
    "priorvalue",
    "keymaterial",
    "mspki-credentialroamingtokens",
    "mspkiaccountcredentials",
    "mspkidpapimasterkeys",
];

/// Parts of names that speak about a password without holding it: `PasswordLastSet`, `badPwdCount`, `maxPwdAge`.
const ABOUT: &[&str] = &[
    "lastset",
    "expir",
    "required",
    "notreqd",
    "pwdcount",
    "badp",
    "badpassword",
    "pwdage",
    "passwordage",
    "length",
    "passwordinterval",
    "complexity",
    "cannotchange",
    "changepassword",
    "pwdproperties",
    "reversible",
    "useapppoolcredentials",
    "passanonymoustoken",
    "tokenchecking",
    "replicationpolicy",
    "tokengroups",
];

/// Whether a property or directory attribute of this name holds a secret (a password, a key, a hash, also encrypted), whatever its spelling.
///
/// The list is wide on purpose: nothing that kerbsync reads from exports has such a name.
#[must_use]
pub fn is_secret_property(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    if name.starts_with("mslaps-") {
        return !name.ends_with("time");
    }
    NAMED.contains(&name.as_str()) || (is_secret_name(&name) && !ABOUT.iter().any(|a| name.contains(a)))
}

#[cfg(test)]
mod tests {
    use super::is_secret_property;

    #[test]
    fn holders_of_secrets_are_told_from_talk_about_them() {
        for name in [
            "unicodePwd",
            "userPassword",
            "supplementalCredentials",
            "ms-Mcs-AdmPwd",
            "msLAPS-Password",
            "msLAPS-EncryptedPassword",
            "ntPwdHistory",
            "lmPwdHistory",
            "dBCSPwd",
            "msDS-ManagedPassword",
            "unixUserPassword",
            "msFVE-RecoveryPassword",
            "AccountPassword",
            "Secret",
        ] {
            assert!(is_secret_property(name), "{name}");
        }
        for name in [
            "pwdLastSet",
            "PasswordLastSet",
            "PasswordExpired",
            "PasswordNeverExpires",
            "PasswordNotRequired",
            "CannotChangePassword",
            "badPwdCount",
            "badPasswordTime",
            "LastBadPasswordAttempt",
            "maxPwdAge",
            "AllowReversiblePasswordEncryption",
            "ms-Mcs-AdmPwdExpirationTime",
            "msDS-ManagedPasswordInterval",
            "msLAPS-PasswordExpirationTime",
            "SamAccountName",
        ] {
            assert!(!is_secret_property(name), "{name}");
        }
    }
}
