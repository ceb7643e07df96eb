//! What holds for every change of every slot: it can be checked, and taken back to the same bytes.

use crate::{CANARY, KEYS, addresses, bare, change, creatable, everything, lower, restore, step};
use kerbsync_credential::lower::{CredentialLower, SecretSource};
use kerbsync_plan::lower::{Lower as _, LowerError, Original};
use kerbsync_plan::{Change, SecretFrom};
use kerbsync_secret::Secret;
use proptest::prelude::*;

/// A text in one of the encodings and line ends that files come in.
fn spelled(text: &str, encoding: u8, line: u8, tight: bool) -> Vec<u8> {
    let text = match line {
        0 => text.replace("\r\n", "\n"),
        1 => text.replace("\r\n", "\n").replace('\n', "\r\n"),
        _ => text.replace("    ", "\t"),
    };
    let text = if tight { text.replace(" />", "/>") } else { text };
    let wide = |units: &mut dyn Iterator<Item = [u8; 2]>| units.flatten().collect::<Vec<u8>>();
    let utf16 = text.replace("encoding=\"UTF-8\"", "encoding=\"UTF-16\"");
    match encoding {
        0 => text.into_bytes(),
        1 => [b"\xef\xbb\xbf".to_vec(), text.into_bytes()].concat(),
        2 => [b"\xff\xfe".to_vec(), wide(&mut utf16.encode_utf16().map(u16::to_le_bytes))].concat(),
        _ => [b"\xfe\xff".to_vec(), wide(&mut utf16.encode_utf16().map(u16::to_be_bytes))].concat(),
    }
}

/// The changes of a subset of all slots, by a mask.
fn some_changes(slots: Vec<Change>, mask: u32) -> Vec<Change> {
    slots.into_iter().enumerate().filter(|(i, _)| mask >> (i % 32) & 1 == 1).map(|(_, c)| c).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Setting slots and taking them back gives the same bytes, whatever slots, encoding, line ends and empty tags.
    #[test]
    fn what_was_set_is_taken_back(mask: u32, encoding in 0u8..4, line in 0u8..3, tight: bool) {
        let before = spelled(&everything(), encoding, line, tight);
        let slots = addresses(&before).into_iter().map(|s| change(s, false)).collect();
        let step = step(some_changes(slots, mask));
        let lowered = lower(&step, &before);
        prop_assert_eq!(lowered.bytes == before, step.changes.is_empty());
        prop_assert!(restore(&lowered.fields, &lowered.bytes, &before) == before);
    }

    /// The same where slots, their sections and their locations had to be created.
    #[test]
    fn what_was_created_is_removed(mask in 1u32..16, encoding in 0u8..4, line in 0u8..3, tight: bool, rotate in 0usize..4) {
        let before = spelled(&bare(), encoding, line, tight);
        let mut slots: Vec<Change> = creatable().into_iter().map(|s| change(s, true)).collect();
        slots.rotate_left(rotate);
        let step = step(some_changes(slots, mask));
        let lowered = lower(&step, &before);
        prop_assert!(lowered.bytes.len() > before.len());
        prop_assert!(restore(&lowered.fields, &lowered.bytes, &before) == before);
    }

    /// What someone else changed elsewhere in the meantime stays.
    #[test]
    fn foreign_edits_survive(mask in 1u32.., at in 0usize..1000) {
        let before = everything();
        let slots = addresses(before.as_bytes()).into_iter().map(|s| change(s, false)).collect();
        let step = step(some_changes(slots, mask));
        let lowered = lower(&step, before.as_bytes());
        // A comment between two elements, anywhere.
        let after = String::from_utf8(lowered.bytes).unwrap();
        let places: Vec<usize> = after.match_indices(">\n").map(|(i, _)| i + 1).filter(|i| outside_comments(&after, *i)).collect();
        let place = places[at % places.len()];
        let line = after[..place].matches('\n').count();
        let edit = |text: &str| {
            let end = text.match_indices('\n').nth(line).map_or(text.len(), |(i, _)| i);
            format!("{}<!-- of another -->{}", &text[..end], &text[end..])
        };
        let restored = restore(&lowered.fields, edit(&after).as_bytes(), before.as_bytes());
        prop_assert_eq!(String::from_utf8(restored).unwrap(), edit(&before));
    }
}

fn outside_comments(text: &str, at: usize) -> bool {
    let before = &text[..at];
    before.rfind("<!--").is_none_or(|open| before.rfind("-->").is_some_and(|close| close > open)) && before.contains("<configuration")
}

#[test]
fn every_layout_is_among_the_slots() {
    let mut layouts: Vec<&str> = addresses(everything().as_bytes()).into_iter().map(|s| s.layout.name()).collect();
    layouts.sort();
    layouts.dedup();
    insta::assert_snapshot!(layouts.join(" "), @"anonymous-user app-pool-defaults app-pool-identity declared site-section structural virtual-directory virtual-directory-defaults");
}

#[test]
fn clear_text_is_neither_recorded_nor_written() {
    let before = everything();
    let all: Vec<Change> = addresses(before.as_bytes()).into_iter().map(|s| change(s, false)).collect();
    let lowered = lower(&step(all), before.as_bytes());
    assert!(lowered.fields.iter().any(|f| f.original == Original::Backup), "the fixture has secrets in clear");
    let after = String::from_utf8(lowered.bytes).unwrap();
    // Nothing tells that the vault's token is a secret: it is no slot, and stays.
    let left: Vec<&str> =
        after.lines().filter(|l| (l.contains("canary-clear") && !l.contains("<vault")) || l.contains("N3w-Pa55")).collect();
    assert!(left.is_empty(), "{left:#?}");
    // The copy of the original is the only way back for them.
    let error = crate::lowering().restore(&lowered.fields, after.as_bytes(), None).unwrap_err().to_string();
    assert!(error.contains("is not at hand"), "{error}");
}

/// Another secret than the one that was written.
struct Other;

impl SecretSource for Other {
    fn secret(&self, _: &SecretFrom) -> Result<Secret, LowerError> {
        Ok(Secret::new(format!("{CANARY}2")))
    }
}

#[test]
fn a_check_sees_every_other_byte_and_every_other_secret() {
    let before = everything();
    let all: Vec<Change> = addresses(before.as_bytes()).into_iter().map(|s| change(s, false)).collect();
    let step = step(all);
    let lowered = lower(&step, before.as_bytes());
    let check = |bytes: &[u8]| crate::lowering().check(&step, before.as_bytes(), bytes).unwrap_err().to_string();
    let text = String::from_utf8(lowered.bytes.clone()).unwrap();
    let mut lines = vec![
        check(text.replacen("\n</configuration>", "\n\n</configuration>", 1).as_bytes()),
        check(text.replacen("<configuration>", "<configuration >", 1).as_bytes()),
        check(text.split("</applicationPools>").next().unwrap().as_bytes()),
        check(before.as_bytes()),
    ];
    let other = CredentialLower::new(crate::rules(), &Other, &*KEYS, false);
    lines.push(other.check(&step, before.as_bytes(), &lowered.bytes).unwrap_err().to_string());
    for line in &lines {
        assert!(!line.contains("canary"), "{line}");
    }
    insta::assert_snapshot!(lines.join("\n"), @r"
    other bytes than the planned ones differ
    other bytes than the planned ones differ
    the configuration is not well-formed (line 62, column 9)
    the secret of application pool 'LyncExtFeature' opens to another one than was to be written
    the secret of application pool 'LyncExtFeature' opens to another one than was to be written
    ");
}
