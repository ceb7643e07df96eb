//! Laws of LDIF, and no input that makes a reader panic.

use kerbsync_ad::{DirectoryFacts, looks_like_ldif, read_ldif, read_objects};
use kerbsync_source::{DocumentId, Problem, Source};
use proptest::prelude::*;

fn read(text: &str) -> (Option<DirectoryFacts>, Vec<Problem>) {
    let mut problems = Vec::new();
    let part = read_ldif(&Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap(), &mut problems);
    (part, problems)
}

/// Writes a line folded at this width, as RFC 2849 says.
fn fold(line: &str, width: usize, end: &str) -> String {
    let mut out = String::new();
    for (i, c) in line.chars().enumerate() {
        if i > 0 && i % width == 0 {
            out.push_str(end);
            out.push(' ');
        }
        out.push(c);
    }
    out + end
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    text.as_bytes()
        .chunks(3)
        .flat_map(|c| {
            let n = c.iter().chain([0, 0].iter()).take(3).fold(0u32, |n, b| n << 8 | u32::from(*b));
            (0..4).map(move |i| if i <= c.len() { char::from(DIGITS[(n >> (18 - 6 * i) & 63) as usize]) } else { '=' })
        })
        .collect()
}

proptest! {
    /// Folding, base64 and line ends are ways of writing: the facts are the same.
    #[test]
    fn ways_of_writing_do_not_matter(
        names in prop::collection::vec("[a-zé][a-zé0-9]{0,12}", 1..5),
        width in 3usize..80,
        crlf: bool,
        encode: bool,
        comments: bool,
    ) {
        let end = if crlf { "\r\n" } else { "\n" };
        let mut text = if comments { format!("# a comment{end} that is folded{end}version: 1{end}{end}") } else { String::new() };
        for name in &names {
            let line = |attribute: &str, value: &str| {
                let line = if encode { format!("{attribute}:: {}", base64(value)) } else { format!("{attribute}: {value}") };
                fold(&line, width, end)
            };
            text.push_str(&line("dn", &format!("CN={name},DC=contoso,DC=com")));
            text.push_str(&line("objectClass", "computer"));
            text.push_str(&line("sAMAccountName", &format!("{name}$")));
            text.push_str(&line("servicePrincipalName", &format!("http/{name}.contoso.com")));
            text.push_str(end);
        }
        prop_assert!(looks_like_ldif(&text));
        let (part, problems) = read(&text);
        prop_assert!(problems.is_empty(), "{:?}", problems);
        let part = part.unwrap();
        prop_assert_eq!(part.accounts.len(), names.len());
        for (account, name) in part.accounts.iter().map(|d| &d.object).zip(&names) {
            prop_assert_eq!(&account.sam_account_name.as_ref().unwrap().value, &format!("{name}$"));
            let spn = &account.spns.as_ref().unwrap()[0];
            prop_assert_eq!(spn.value.as_str(), format!("http/{name}.contoso.com"));
            // The origin is the whole attribute, also where it is folded.
            let location = spn.origin.location().unwrap();
            let bytes = &text.as_bytes()[usize::try_from(location.byte_start).unwrap()..usize::try_from(location.byte_end).unwrap()];
            prop_assert!(bytes.starts_with(b"ser") && !bytes.ends_with(b"\n"));
        }
    }

    #[test]
    fn any_text_is_read(text in "(dn:|dn::|objectClass:|pwdLastSet|servicePrincipalName;range=0-|result:|changetype:|# requesting:|[:< \r\n*a-zé0-9=,-]){0,60}") {
        let _ = (looks_like_ldif(&text), read(&text), kerbsync_ad::domain_of(&text), kerbsync_ad::distinguished_name_key(&text));
    }

    #[test]
    fn any_object_is_read(
        properties in prop::collection::vec(
            (
                prop::sample::select(vec![
                    "DistinguishedName", "ObjectClass", "SamAccountName", "SID", "objectSid", "accountExpires", "PasswordLastSet", "pwdLastSet",
                    "Enabled", "userAccountControl", "KerberosEncryptionType", "ServicePrincipalNames", "MemberOf", "unicodePwd", "nETBIOSName", "dnsRoot",
                ]),
                prop::sample::select(vec![
                    "null", "1", "-5", "\"\"", "\"CN=a,DC=b\"", "[]", "[1,2,3,4,5,6,7,8,9,10,11,12]", "{}", "{\"Value\":\"S-1-5\"}", "true", "\"X'01'\"",
                    "\"a;b\"", "[[[]]]", "9223372036854775807", "\"/Date(1)/\"",
                ]),
            ),
            0..8,
        )
    ) {
        let text = format!("{{{}}}", properties.iter().map(|(n, v)| format!("\"{n}\":{v}")).collect::<Vec<_>>().join(","));
        let mut problems = Vec::new();
        let source = Source::decode(DocumentId(0), text.into_bytes()).unwrap();
        let objects = kerbsync_objects::read_json(&source, &mut problems);
        let _ = read_objects(&objects, DocumentId(0), &mut problems);
    }
}
