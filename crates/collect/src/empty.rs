//! Empty exports: which command gave nothing, by the name of the file or by its columns.

/// Whether a file is named as the output of `Get-CsKerberosAccountAssignment`: an empty one says that no site has an account.
///
/// Administrators add dates, numbers and the name of the place; `voice-assignments.xml` and the like are others' assignments.
pub(crate) fn is_of_assignments(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_ascii_lowercase();
    let words: Vec<&str> = stem.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| !w.is_empty()).collect();
    let letters = words.concat();
    (letters.contains("kerb") && letters.contains("assignment")) || matches!(words.as_slice(), ["assignment" | "assignments"])
}

/// Whether the head of a CSV export without rows is that of assignments.
pub(crate) fn head_is_of_assignments(text: &str) -> bool {
    let (type_name, columns) = kerbsync_objects::csv_head(text);
    let has = |name: &str| columns.iter().any(|c| c.eq_ignore_ascii_case(name));
    type_name.is_some_and(|t| t.to_ascii_lowercase().contains("kerberosaccountassignment")) || (has("Identity") && has("UserAccount"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_which_command_gave_nothing() {
        for name in [
            "b/assignments.xml",
            "Assignments-2026-11-02.json",
            "01_assignment.csv",
            "Get-CsKerberosAccountAssignment.clixml",
            r"x\kerberos_assignments",
            "kerb-assignments-redmond.txt",
        ] {
            assert!(is_of_assignments(name), "{name}");
        }
        for name in ["voice-assignments.xml", "assignments/readme.txt", "policy assignments.csv", "empty.xml", "kerberos.xml", ""] {
            assert!(!is_of_assignments(name), "{name}");
        }
    }

    #[test]
    fn columns_say_it_too() {
        assert!(head_is_of_assignments("\"Identity\",\"UserAccount\"\r\n"));
        assert!(head_is_of_assignments(
            "#TYPE Selected.Microsoft.Rtc.Management.WritableConfig.Settings.KerberosAccount.KerberosAccountAssignment\r\n"
        ));
        assert!(!head_is_of_assignments("\"Identity\",\"Fqdn\"\r\n"));
    }
}
