//! Planted texts, and all the spellings in which they are looked for.

use crate::support::program::Ran;
use base64::Engine as _;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

/// Characters of a secret that together are a leak.
pub(super) const PART: usize = 6;

/// Planted texts and their spellings, by length.
#[derive(Default)]
pub(super) struct Planted {
    pub(super) secrets: Vec<String>,
    needles: BTreeMap<usize, HashSet<Vec<u8>>>,
    /// What was told, and where.
    leaks: RefCell<Vec<String>>,
}

impl Planted {
    /// A new secret: letters that no text of this program puts side by side, with what people add to satisfy a policy.
    pub(super) fn secret(&mut self) -> String {
        const HARD: [&str; 12] = ["qo", "xu", "vy", "jyx", "zwa", "kxe", "wyq", "vuz", "gyj", "xow", "qyz", "jux"];
        let mut n = self.secrets.len() * 7 + 5;
        let mut text = String::new();
        for _ in 0..5 {
            text.push_str(HARD[n % HARD.len()]);
            n = n / HARD.len() * 5 + n % 97 + 3;
        }
        // All kinds: words of letters alone, with a digit, with signs that every format escapes.
        match self.secrets.len() % 4 {
            0 => {}
            1 => text = text.replacen('x', "X7", 1),
            2 => text.insert_str(5, "&4<"),
            _ => text.insert_str(7, "%$9"),
        }
        write!(text, "{}", self.secrets.len()).unwrap();
        self.secrets.push(text.clone());
        self.hide(&text);
        text
    }

    /// Looks for every part of a text, as it is and as formats spell it.
    fn hide(&mut self, secret: &str) {
        let chars: Vec<char> = secret.chars().collect();
        for part in chars.windows(PART) {
            let part: String = part.iter().collect();
            let wide: Vec<u8> = part.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
            let percent: String =
                part.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
            self.needle(part.as_bytes());
            self.needle(escaped(&part).as_bytes());
            self.needle(percent.as_bytes());
            self.needle(part.replace('<', "\\u003c").replace('&', "\\u0026").as_bytes());
            self.needle(hex(part.as_bytes()).as_bytes());
            self.needle(hex(part.as_bytes()).to_uppercase().as_bytes());
            self.needle(hex(&wide).as_bytes());
            self.needle(&wide);
        }
        // Base64 of three bytes is four letters, whatever stands around them: two whole groups at each of the three places.
        let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [secret.as_bytes(), wide.as_slice()] {
            for from in 0..3 {
                for group in bytes.get(from..).unwrap_or_default().chunks_exact(3).collect::<Vec<_>>().windows(2) {
                    let needle = base64::engine::general_purpose::STANDARD.encode(group.concat());
                    self.needle(needle.as_bytes());
                    self.needle(needle.replace('+', "-").replace('/', "_").as_bytes());
                }
            }
        }
    }

    pub(super) fn needle(&mut self, bytes: &[u8]) {
        self.needles.entry(bytes.len()).or_default().insert(bytes.to_vec());
    }

    /// The first needle in some bytes.
    pub(super) fn found_in(&self, bytes: &[u8]) -> Option<usize> {
        self.needles.iter().filter_map(|(length, all)| bytes.windows(*length).position(|w| all.contains(w))).min()
    }

    /// Notes which of the secrets is told.
    pub(super) fn check(&self, what: &str, text: &str) {
        if let Some(at) = self.found_in(text.as_bytes()) {
            let from = text.floor_char_boundary(at.saturating_sub(90));
            let to = text.floor_char_boundary(at + 40);
            let whole = self.secrets.iter().find(|s| text[from..to].contains(&s[..s.floor_char_boundary(4)]));
            self.leaks.borrow_mut().push(format!("{what}: a part of {whole:?} is told: …{}…", &text[from..to]));
        }
    }

    /// That nothing was told.
    pub(super) fn finish(&self) {
        let leaks = self.leaks.borrow();
        assert!(leaks.is_empty(), "{} leaks\n{}", leaks.len(), leaks.iter().take(40).cloned().collect::<Vec<_>>().join("\n"));
    }

    pub(super) fn check_run(&self, what: &str, ran: &Ran) {
        self.check(&format!("{what} (output)"), &ran.out);
        self.check(&format!("{what} (errors)"), &ran.err);
    }
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
