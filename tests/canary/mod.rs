//! No secret, no private key and no encrypted value leaves the program, whatever it is told to do with whatever it is given.

mod broken;
mod commands;
mod shapes;
mod writing;

use crate::encodings::{Encoding, decode, encode, with_encoding};
use crate::source_tree::{root, rust_files};
use crate::support::estates::now;
use crate::support::program::{Program, Ran};
use base64::Engine;
use kerbsync_lab::{Defect, Estate, LabOptions, Layout, build};
use std::collections::BTreeSet;

/// Length of the parts of a secret that are looked for: a part is a leak, too.
const PART: usize = 12;

/// Secrets that directory exports may hold; they are planted beside those of the servers.
const LAPS: &str = "Canary-Laps-7Qm2xW9tKd";
const UNICODE: &str = "Canary-Unicode-4Tn8vB3sJf";

/// What must not appear in any output.
struct Canaries(Vec<String>);

impl Canaries {
    /// The secrets of an estate in all the ways in which text could carry them, and every encrypted value, session key and part of a
    /// private key that its files hold.
    fn of(estate: &Estate) -> Self {
        let mut all = BTreeSet::new();
        for secret in estate.secrets().chain([LAPS, UNICODE]) {
            all.extend(parts(secret));
            let escaped = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
            all.extend(parts(&escaped));
            let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for bytes in [secret.as_bytes(), &wide] {
                let base64 = base64::engine::general_purpose::STANDARD.encode(bytes);
                all.insert(base64.trim_end_matches('=').chars().take(2 * PART).collect());
                let hex: String = bytes.iter().take(PART).map(|b| format!("{b:02x}")).collect();
                all.insert(hex.to_uppercase());
                all.insert(hex);
                all.insert(bytes.iter().take(PART).map(u8::to_string).collect::<Vec<_>>().join(", "));
            }
            // UTF-16 taken for single characters
            all.insert(secret.chars().take(PART).flat_map(|c| [c, '\0']).collect());
        }
        for (_, bytes) in estate.files() {
            for value in values(&decode(bytes)) {
                all.extend(samples(&value));
            }
        }
        Self(all.into_iter().collect())
    }

    /// Says which canary is in what was printed, without printing it.
    fn check(&self, what: &str, ran: &Ran) {
        self.check_text(what, &ran.out);
        self.check_text(what, &ran.err);
    }

    fn check_text(&self, what: &str, text: &str) {
        for canary in &self.0 {
            if let Some(at) = text.find(canary.as_str()) {
                let line = text[..at].lines().count();
                let before: String = text[..at].chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
                panic!("{what}: a secret of {} characters appears in line {line}, behind: {before}", canary.len());
            }
        }
    }

    /// Whether a text holds any of them.
    fn sing_in(&self, text: &str) -> bool {
        self.0.iter().any(|c| text.contains(c.as_str()))
    }
}

/// Every part of that length.
fn parts(secret: &str) -> Vec<String> {
    let chars: Vec<char> = secret.chars().collect();
    assert!(chars.len() >= PART);
    chars.windows(PART).map(|w| w.iter().collect()).collect()
}

/// Beginning, middle and end of a long value.
fn samples(value: &str) -> Vec<String> {
    const SAMPLE: usize = 16;
    match value.len() {
        0..SAMPLE => Vec::new(),
        n => [0, (n - SAMPLE) / 2, n - SAMPLE].iter().filter_map(|&at| value.get(at..at + SAMPLE)).map(str::to_owned).collect(),
    }
}

/// Encrypted values, session keys and the private parts of keys.
fn values(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let private = ["P", "Q", "DP", "DQ", "InverseQ", "D"].map(|name| (format!("<{name}>"), format!("</{name}>")));
    let marks = [("[enc:".to_owned(), ":enc]".to_owned()), ("sessionKey=\"".to_owned(), "\"".to_owned())];
    for (begin, end) in marks.into_iter().chain(private) {
        let mut rest = text;
        while let Some((value, after)) = rest.split_once(&begin).and_then(|(_, after)| after.split_once(&end)) {
            // the name of the provider, before the value, is no secret
            found.push(value.rsplit(':').next().unwrap_or(value).to_owned());
            rest = after;
        }
    }
    found
}

/// An estate with secrets in every place that the simulators know.
fn estate(seed: u64, layout: Layout) -> Estate {
    let defects = vec![Defect::ClearTextSecret, Defect::SitesDisagreeOnServer, Defect::KernelModeHidesSlot];
    build(&LabOptions { layout, defects, ..LabOptions::new(seed, 2, 9, now()) }).unwrap()
}

/// Files of an estate with further secrets in exports of the directory.
fn files(estate: &Estate) -> Vec<(String, Vec<u8>)> {
    let mut files = estate.files().to_vec();
    let wide: Vec<u8> = format!("\"{UNICODE}\"").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let unicode = base64::engine::general_purpose::STANDARD.encode(wide);
    let entry = format!(
        "dn: CN=WEB09,OU=Servers,DC=contoso,DC=com\r\nobjectClass: top\r\nobjectClass: computer\r\nsAMAccountName: WEB09$\r\n\
         ms-Mcs-AdmPwd: {LAPS}\r\nunicodePwd:: {unicode}\r\n\r\n"
    );
    files.push(("directory/laps.ldif".to_owned(), entry.into_bytes()));
    let json = format!(r#"[{{"Name": "WEB10", "SamAccountName": "WEB10$", "ObjectClass": "computer", "ms-Mcs-AdmPwd": "{LAPS}"}}]"#);
    files.push(("directory/laps.json".to_owned(), json.into_bytes()));
    files
}

fn is_configuration(path: &str) -> bool {
    path.ends_with("applicationHost.config") && !path.contains("CFGHISTORY")
}

/// The same with the configurations in an encoding.
fn encoded(estate: &Estate, encoding: Option<Encoding>) -> Vec<(String, Vec<u8>)> {
    let mut files = files(estate);
    for (path, bytes) in &mut files {
        if let Some(encoding) = encoding.filter(|_| is_configuration(path)) {
            *bytes = encode(&with_encoding(&decode(bytes), encoding), encoding);
        }
    }
    files
}

#[test]
fn the_canaries_are_in_the_files_and_would_be_seen() {
    let estate = estate(61, Layout::SiteSection);
    let canaries = Canaries::of(&estate);
    assert!(canaries.0.len() > 200, "{}", canaries.0.len());
    for kind in ["applicationHost.config", "iisConfigurationKey.xml", "laps.ldif", "laps.json"] {
        assert!(files(&estate).iter().any(|(path, bytes)| path.ends_with(kind) && canaries.sing_in(&decode(bytes))), "{kind}");
    }
    let clear = |text: &str| estate.secrets().any(|s| parts(s).iter().any(|p| text.contains(p.as_str())));
    assert!(estate.files().iter().any(|(_, bytes)| clear(&decode(bytes))), "no secret stands in clear");
}

/// A command that comes new has to be watched too. Those that read no file of anybody's are named here.
#[test]
#[expect(clippy::disallowed_methods, reason = "tests read the project's own files")]
fn every_command_is_watched() {
    let blind = ["completions", "help", "init", "schema"];
    let help = Program::at("2026-05-01T12:00:00Z").run("help").out;
    let listed = help.split_once("Commands:\n").unwrap().1.split_once("\n\n").unwrap().0;
    let commands = listed.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|word| !word.is_empty()));
    let watched: String = rust_files(&root().join("tests/canary")).iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let (mut seen, mut missing) = (0, Vec::new());
    for command in commands.filter(|command| !blind.contains(command)) {
        seen += 1;
        if !watched.contains(&format!("\"{command} ")) && !watched.contains(&format!("\"{command}\"")) {
            missing.push(command);
        }
    }
    assert!(seen > 20, "{seen}: {listed}");
    assert!(missing.is_empty(), "no canary is given to {missing:?}");
}
