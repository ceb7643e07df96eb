//! One account's password facts in an export, as a fresh export would show them. Everything else keeps its bytes.
//!
//! Knows the layouts that this crate's own writers and the real tools share: LDIF entries with folded lines, and JSON and Clixml with one
//! property on each line.

use crate::ldif::{file_time, generalized};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;

/// What is to be shown.
pub(super) struct Shown<'s> {
    /// sAMAccountName.
    pub(super) account: &'s str,
    /// pwdLastSet.
    pub(super) set: Option<Timestamp>,
    /// msDS-KeyVersionNumber, where the export has it.
    pub(super) version: u32,
}

/// The bytes of the export with the account's facts in it.
pub(super) fn rewrite(bytes: &[u8], shown: &Shown<'_>) -> Result<Vec<u8>, String> {
    let wide = bytes.starts_with(&[0xff, 0xfe]);
    let text = if wide {
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|p| u16::from_le_bytes(*p)).collect();
        String::from_utf16(&units).map_err(|_| "it is no UTF-16".to_owned())?
    } else {
        String::from_utf8(bytes.to_vec()).map_err(|_| "it is neither UTF-8 nor UTF-16 with a byte order mark".to_owned())?
    };
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let first = text.trim_start_matches('\u{feff}').trim_start().chars().next();
    let found = if matches!(first, Some('{' | '[' | '<')) { properties(&mut lines, shown) } else { ldif(&mut lines, shown) };
    if !found {
        return Err(format!("it holds no object of the account '{}' with a time of its password", shown.account));
    }
    let text = lines.concat();
    Ok(if wide { text.encode_utf16().flat_map(u16::to_le_bytes).collect() } else { text.into_bytes() })
}

/// Replaces the content of a line and keeps its end.
fn put(line: &mut String, content: &str) {
    let end = if line.ends_with("\r\n") {
        "\r\n"
    } else if line.ends_with('\n') {
        "\n"
    } else {
        ""
    };
    *line = format!("{content}{end}");
}

fn ldif(lines: &mut [String], shown: &Shown<'_>) -> bool {
    let (mut from, mut found) = (0, false);
    while from < lines.len() {
        let to = lines.iter().skip(from).position(|l| l.trim_end().is_empty()).map_or(lines.len(), |n| from + n);
        if let Some(entry) = lines.get_mut(from..to) {
            found |= is_of(entry, shown.account) && ldif_entry(entry, shown);
        }
        from = to + 1;
    }
    found
}

/// Whether an entry has that sAMAccountName, in clear or in base64, folded or not.
fn is_of(entry: &[String], account: &str) -> bool {
    let text: String = entry.iter().map(|l| l.trim_end_matches(['\r', '\n'])).fold(String::new(), |mut all, line| {
        match line.strip_prefix(' ') {
            Some(more) => all.push_str(more),
            None => all.extend(["\n", line]),
        }
        all
    });
    text.lines().filter_map(|l| l.split_once(':')).any(|(name, value)| {
        name.eq_ignore_ascii_case("sAMAccountName")
            && match value.strip_prefix(':') {
                Some(coded) => STANDARD.decode(coded.trim()).is_ok_and(|v| v.eq_ignore_ascii_case(account.as_bytes())),
                None => value.trim().eq_ignore_ascii_case(account),
            }
    })
}

/// Numbers and times are short, so that no line of them is folded.
fn ldif_entry(entry: &mut [String], shown: &Shown<'_>) -> bool {
    let mut found = false;
    for line in entry {
        let Some((name, value)) = line.split_once(": ") else { continue };
        let (name, value) = (name.to_owned(), value.trim().to_owned());
        let new = match name.to_ascii_lowercase().as_str() {
            "pwdlastset" => {
                found = true;
                shown.set.map_or(0, file_time).to_string()
            }
            "msds-keyversionnumber" => shown.version.to_string(),
            "whenchanged" => shown.set.map_or(value, generalized),
            "usnchanged" => value.parse::<u64>().map_or(value, |n| n.saturating_add(1).to_string()),
            _ => continue,
        };
        put(line, &format!("{name}: {new}"));
    }
    found
}

/// JSON and Clixml: the object is what stands between the nearest lines that are indented less than its sAMAccountName.
fn properties(lines: &mut [String], shown: &Shown<'_>) -> bool {
    let indent = |line: &String| line.len() - line.trim_start().len();
    let mut found = false;
    for at in 0..lines.len() {
        let is_of = property(&lines[at])
            .is_some_and(|p| p.name.eq_ignore_ascii_case("SamAccountName") && p.value.eq_ignore_ascii_case(shown.account));
        if !is_of {
            continue;
        }
        let depth = indent(&lines[at]);
        let from = lines[..at].iter().rposition(|l| indent(l) < depth).map_or(0, |n| n + 1);
        let to = lines[at..].iter().position(|l| indent(l) < depth).map_or(lines.len(), |n| at + n);
        for line in &mut lines[from..to] {
            found |= property_line(line, shown);
        }
    }
    found
}

/// Whether it is the time of the password.
fn property_line(line: &mut String, shown: &Shown<'_>) -> bool {
    let Some(p) = property(line) else { return false };
    let (name, json) = (p.name.to_owned(), p.json);
    let content = line.trim_end_matches(['\r', '\n']).to_owned();
    let lead = &content[..content.len() - content.trim_start().len()];
    let comma = if content.ends_with(',') { "," } else { "" };
    let time = name.eq_ignore_ascii_case("PasswordLastSet");
    if !time && !name.eq_ignore_ascii_case("msDS-KeyVersionNumber") {
        return false;
    }
    let new = match (json, time, shown.set) {
        (true, true, Some(set)) => format!("{lead}\"{name}\":  \"\\/Date({})\\/\"{comma}", set.as_millisecond()),
        (true, true, None) => format!("{lead}\"{name}\":  null{comma}"),
        (true, false, _) => format!("{lead}\"{name}\":  {}{comma}", shown.version),
        (false, true, Some(set)) => format!("{lead}<DT N=\"{name}\">{}</DT>", set.strftime("%Y-%m-%dT%H:%M:%SZ")),
        (false, true, None) => format!("{lead}<Nil N=\"{name}\" />"),
        (false, false, _) => format!("{lead}<I32 N=\"{name}\">{}</I32>", shown.version),
    };
    put(line, &new);
    time
}

struct Property<'l> {
    name: &'l str,
    value: &'l str,
    json: bool,
}

/// `"name":  value,` or `<S N="name">value</S>`.
fn property(line: &str) -> Option<Property<'_>> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix('"') {
        let (name, value) = rest.split_once("\":")?;
        let value = value.trim().trim_end_matches(',').trim_matches('"');
        return Some(Property { name, value, json: true });
    }
    let (_, rest) = line.strip_prefix('<')?.split_once(" N=\"")?;
    let (name, rest) = rest.split_once('"')?;
    let value = rest.split_once('>').map_or("", |(_, v)| v.split('<').next().unwrap_or(""));
    Some(Property { name, value, json: false })
}
