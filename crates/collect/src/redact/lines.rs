//! Exports that are lines: LDIF, and what setspn prints.

use super::{is_plain_name, keep};
use base64::Engine as _;
use kerbsync_source::{Shown, TAKEN_OUT};

/// LDIF with every value that is not known to be harmless taken out. Of comments those stay that tell what was asked for and how it ended.
pub(super) fn ldif(text: &str) -> String {
    let mut out = String::new();
    for line in unfolded(text) {
        let kept = match line.as_str() {
            "" => Some(String::new()),
            "-" => Some(line),
            comment if comment.starts_with('#') => comment_of(comment),
            other => value_line(other),
        };
        if let Some(line) = kept {
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

/// Logical lines: a line that begins with a blank goes on with the one before.
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix(' '), lines.last_mut()) {
            (Some(more), Some(last)) if !last.is_empty() => last.push_str(more),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

fn comment_of(comment: &str) -> Option<String> {
    const TOLD: &[&str] = &["base <", "filter", "requesting", "search result", "numResponses", "numEntries", "LDAPv3", "extended LDIF"];
    let text = comment.trim_start_matches('#').trim();
    (TOLD.iter().any(|t| text.starts_with(t)) && !Shown::masks(text) && text.len() <= 512).then(|| comment.to_owned())
}

fn value_line(line: &str) -> Option<String> {
    let (name, rest) = line.split_once(':')?;
    if !is_plain_name(name.split(';').next().unwrap_or(name)) {
        return None;
    }
    if let Some(encoded) = rest.strip_prefix(':') {
        let bytes = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok()?;
        if let Ok(text) = std::str::from_utf8(&bytes)
            && !text.chars().any(|c| c.is_control())
        {
            let kept = keep::value(name, text);
            return Some(format!("{name}:: {}", base64::engine::general_purpose::STANDARD.encode(kept.as_bytes())));
        }
        return Some(if keep::is_kept(name, encoded.trim()) { line.to_owned() } else { format!("{name}: {TAKEN_OUT}") });
    }
    // A value from elsewhere (`attr:< file:///…`) is nobody's business.
    if rest.starts_with('<') {
        return None;
    }
    Some(format!("{name}: {}", keep::value(name, rest.trim())))
}

/// Lines of which nothing looks like a secret.
pub(super) fn plain(text: &str) -> String {
    let harmless = |line: &&str| line.len() <= 512 && !Shown::masks(line) && !line.chars().any(|c| c.is_control() && c != '\t');
    text.lines().filter(harmless).map(|line| format!("{line}\n")).collect()
}
