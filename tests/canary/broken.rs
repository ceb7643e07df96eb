//! Files that are cut or damaged around their secrets.

use super::{Canaries, LAPS, estate, files};
use crate::encodings::{Encoding, decode, encode, with_encoding};
use crate::support::program::Program;
use kerbsync_lab::{Estate, Layout};

/// The configuration that holds a secret in clear, shortened to what surrounds its secrets, and the secret as it stands there.
fn configuration(estate: &Estate) -> (String, String) {
    let escape = |s: &str| s.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let secrets: Vec<String> = estate.secrets().map(escape).collect();
    let configurations = estate.files().iter().filter(|(path, _)| path.ends_with("applicationHost.config")).map(|(_, b)| decode(b));
    let found = configurations.filter_map(|text| Some((secrets.iter().find(|s| text.contains(*s))?.clone(), text))).next();
    let (secret, text) = found.unwrap();
    // schemas, MIME types and the like have nothing to do with it, and only take time
    let mut short = String::new();
    let mut rest = text.as_str();
    for section in ["staticContent", "handlers", "tracing", "isapiCdotRestriction", "httpErrors"] {
        if let Some((before, after)) = rest.split_once(&format!("<{section}")) {
            short.push_str(before);
            let end = format!("</{section}>");
            rest = after.split_once(&end).map_or(after, |(_, after)| after);
        }
    }
    short.push_str(rest);
    if short.contains(&secret) { (short, secret) } else { (text, secret) }
}

struct Bench {
    program: Program,
    canaries: Canaries,
    /// A configuration with a secret in clear.
    text: String,
    /// That secret, as it stands there.
    secret: String,
    /// One with encrypted values.
    sealed: String,
}

impl Bench {
    fn new(layout: Layout) -> Self {
        let estate = estate(71, layout);
        let (text, secret) = configuration(&estate);
        let mut configurations = estate.files().iter().filter(|(path, _)| path.ends_with("applicationHost.config"));
        let sealed = configurations.find_map(|(_, b)| Some(decode(b)).filter(|t| t.contains("[enc:"))).unwrap();
        let program = Program::at("2026-05-01T12:00:00Z");
        let documents = files(&estate).into_iter().filter(|(path, _)| !path.starts_with("servers/"));
        documents.for_each(|(path, bytes)| program.put(&format!("b/{path}"), &bytes));
        Self { program, canaries: Canaries::of(&estate), text, secret, sealed }
    }

    /// Every command that looks at a configuration, over this one.
    fn check(&self, what: &str, bytes: &[u8]) {
        self.program.put("x.config", bytes);
        for line in ["slots DIR/x.config -vv", "slots DIR/x.config --format json"] {
            self.canaries.check(&format!("{what}: {line}"), &self.program.run(line));
        }
    }

    /// The same in its place within a bundle.
    fn check_in_bundle(&self, what: &str, bytes: &[u8]) {
        self.check(what, bytes);
        self.program.put("b/servers/fe01.contoso.com/applicationHost.config", bytes);
        for line in ["audit DIR/b -vv", "audit DIR/b --format json"] {
            self.canaries.check(&format!("{what}: {line}"), &self.program.run(line));
        }
    }
}

#[test]
fn a_file_cut_anywhere_near_a_secret() {
    for layout in [Layout::SiteSection, Layout::PoolIdentity] {
        let bench = Bench::new(layout);
        for (text, mark, step) in
            [(&bench.text, bench.secret.as_str(), 3), (&bench.sealed, "[enc:", 29), (&bench.sealed, "sessionKey=", 41)]
        {
            let at = text.find(mark).unwrap();
            let line = text[..at].rfind('\n').unwrap();
            let end = at + text[at..].find('\n').unwrap();
            for cut in (line..end).step_by(step).filter(|cut| text.is_char_boundary(*cut)) {
                bench.check(&format!("{layout:?} cut at {cut}"), &text.as_bytes()[..cut]);
            }
            let inside = &text[..at + 15];
            for encoding in Encoding::ALL {
                let mut bytes = encode(&with_encoding(inside, encoding), encoding);
                bench.check_in_bundle(&format!("{layout:?} cut inside, {encoding:?}"), &bytes);
                // half a character
                bytes.pop();
                bench.check(&format!("{layout:?} cut in a character, {encoding:?}"), &bytes);
            }
        }
    }
}

#[test]
fn markup_damaged_around_a_secret() {
    for layout in [Layout::SiteSection, Layout::PoolIdentity] {
        let bench = Bench::new(layout);
        let secret = bench.secret.clone();
        let quoted = format!("\"{secret}\"");
        let half = secret.char_indices().nth(13).unwrap().0;
        let (head, tail) = secret.split_at(half);
        let damages = [
            ("no closing quote", format!("\"{secret}")),
            ("no opening quote", format!("{secret}\"")),
            ("no quotes", secret.clone()),
            ("single quotes", format!("'{secret}'")),
            ("mixed quotes", format!("'{secret}\"")),
            ("a quote inside", format!("\"{head}\"{tail}\"")),
            ("markup inside", format!("\"{head}<{tail}\"")),
            ("an unknown entity", format!("\"{head}&bogus;{tail}\"")),
            ("an open entity", format!("\"{head}&{tail}\"")),
            ("a character that is none", format!("\"{head}&#0;{tail}\"")),
            ("a control character", format!("\"{head}\u{1}{tail}\"")),
            ("the same attribute twice", format!("{quoted} password={quoted}")),
            ("an attribute named like it", format!("\"x\" {head}=\"1\"")),
            ("as content", format!("\"x\">{secret}</x><y a=\"1\"")),
            ("an end tag of that name", format!("\"x\"></{head}><y a=\"1\"")),
            ("in a comment", format!("\"x\"/><!-- password={quoted} --><y a=\"1\"")),
            ("in an open comment", format!("\"x\"/><!-- password={quoted}")),
            ("in an instruction", format!("\"x\"/><?p {secret}?><y a=\"1\"")),
            ("a broken envelope", format!("\"[enc:AesProvider:{secret}\"")),
            ("an envelope of another provider", format!("\"[enc:{head}:AAAA:enc]\"")),
        ];
        for (what, damaged) in damages {
            let text = bench.text.replacen(&quoted, &damaged, 1);
            assert_ne!(text, bench.text, "{what}");
            bench.check_in_bundle(&format!("{layout:?}, {what}"), text.as_bytes());
            bench.check(&format!("{layout:?}, {what}, UTF-16"), &encode(&with_encoding(&text, Encoding::Utf16Le), Encoding::Utf16Le));
        }
        let mut bytes = bench.text.clone().into_bytes();
        let at = bench.text.find(&secret).unwrap() + 5;
        bytes[at] = 0xff;
        bench.check_in_bundle("a byte that is no UTF-8", &bytes);
        bytes[at] = 0;
        bench.check_in_bundle("a zero byte", &bytes);
    }
}

#[test]
fn damaged_keys_and_exports() {
    let estate = estate(72, Layout::SiteSection);
    let canaries = Canaries::of(&estate);
    let program = Program::at("2026-05-01T12:00:00Z");
    let all = files(&estate);
    let file = |end: &str| decode(&all.iter().find(|(path, _)| path.ends_with(end)).unwrap().1);
    let check = |path: &str, bytes: &[u8], what: &str| {
        program.put(path, bytes);
        for line in ["audit DIR/b -vv", "audit DIR/b --format json", "inventory DIR/b -vv"] {
            canaries.check(&format!("{what}: {line}"), &program.run(line));
        }
    };
    let key = file("iisConfigurationKey.xml");
    let place = "b/servers/fe01.contoso.com/keys/key.xml";
    for cut in (1..key.len()).step_by(41) {
        check(place, &key.as_bytes()[..cut], &format!("key cut at {cut}"));
    }
    for (what, text) in [
        ("not base64", key.replacen("</P>", "*</P>", 1)),
        ("an open element", key.replacen("</D>", "", 1)),
        ("elements exchanged", key.replace("<P>", "<Z>").replace("</P>", "</Z>")),
        ("as PEM", format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n", super::values(&key).join("\n"))),
        ("as text", super::values(&key).join("\n")),
    ] {
        check(place, text.as_bytes(), what);
        check(place, &encode(&text, Encoding::Utf16Le), &format!("{what}, UTF-16"));
    }
    for (path, text) in [("b/directory/x.ldif", file("laps.ldif")), ("b/directory/x.json", file("laps.json"))] {
        let at = text.find(LAPS).unwrap();
        for cut in [at, at + 14, at + LAPS.len(), at + LAPS.len() + 1] {
            check(path, &text.as_bytes()[..cut], &format!("{path} cut at {cut}"));
        }
        for (from, to) in [("ms-Mcs-AdmPwd", "ms-Mcs-AdmPwd:"), ("unicodePwd::", "unicodePwd:"), ("\":", "\"")] {
            check(path, text.replace(from, to).as_bytes(), &format!("{path} with {to}"));
        }
    }
}
