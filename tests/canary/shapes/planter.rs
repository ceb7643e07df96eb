//! A bundle with secrets wherever people and programs leave them.

use super::planted::{Planted, escaped};
use crate::canary::{estate, files};
use crate::encodings::{Encoding, decode, encode, with_encoding};
use crate::support::program::Program;
use kerbsync_lab::Layout;
use std::fmt::Write as _;

/// Names of attributes and settings beside which secrets stand; `password` and the like stand in the middle of longer names too.
const NAMES: &[&str] = &[
    "DB_PASS",
    "dbpass",
    "pw",
    "PIN",
    "passcode",
    "pass",
    "key",
    "apikey",
    "x-api-key",
    "AccessKey",
    "SharedAccessKey",
    "sas",
    "sig",
    "signature",
    "secretKey",
    "clientSecret",
    "client_secret",
    "token",
    "authToken",
    "refresh_token",
    "bearer",
    "jwt",
    "session",
    "cookie",
    "credential",
    "creds",
    "salt",
    "seed",
    "hash",
    "license",
    "serial",
    "code",
    "otp",
    "unlock",
    "value",
    "data",
    "text",
    "comment",
    "description",
    "notes",
    "title",
    "label",
    "setting",
    "config",
    "connection",
    "connectionString",
    "dsn",
    "login",
    "auth",
    "authorization",
    "header",
    "query",
    "args",
    "arguments",
    "commandLine",
    "cmd",
    "script",
    "body",
    "payload",
    "content",
    "extra",
    "custom",
];

/// Texts that hold a secret, `S` in its place.
const TEXTS: &[&str] = &[
    "Authorization: Basic S",
    "Authorization: Bearer S",
    "X-Api-Key: S",
    "Cookie: session=S",
    "Set-Cookie: a=S; Secure",
    "https://user:S@host.contoso.com/",
    "https://host.contoso.com/x?sv=1&sig=S",
    "https://host.contoso.com/hook?code=S",
    "Server=sql01;User ID=sa;Password=S;",
    "Data Source=x;PWD=S",
    "Pwd = S",
    "password: S",
    "Password is S",
    "pw=S",
    "pass=S",
    "the password S",
    "--password S",
    "-p S",
    "/password:S",
    "-Credential S",
    "net use z: /user:x password=S",
    "AccountKey=S;EndpointSuffix=core",
    "{\"password\": \"S\"}",
    "{'clientSecret': 'S'}",
    "<password>S</password>",
    "password='S'",
    "secret -> S",
    "token=S",
    "api_key=S",
    "[enc:AesProvider:S:enc]",
    "ldap://cn=admin:S@dc01/",
    "ftp://u:S@files/",
    "jdbc:sqlserver://h;password=S",
    "kinit with password S",
    "credentials: admin / password=S",
    "PASSWORD=S",
    "passphrase \"S\"",
    "the secret is S.",
    "connectionString=Server=x;Password=S",
];

/// Text of an XML attribute or element.
pub(super) struct Planter {
    pub(super) planted: Planted,
}

/// The parts of a text around each `S` that is no part of a word.
fn around(text: &str) -> impl Iterator<Item = String> {
    let chars: Vec<char> = text.chars().collect();
    let letter = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_ascii_alphabetic());
    let mut parts = vec![String::new()];
    for (at, c) in chars.iter().enumerate() {
        match (c, letter(at.checked_sub(1)) || letter(Some(at + 1))) {
            ('S', false) => parts.push(String::new()),
            _ => parts.iter_mut().last().into_iter().for_each(|part| part.push(*c)),
        }
    }
    parts.into_iter()
}

impl Planter {
    fn xml(&mut self, text: &str) -> String {
        let secret = escaped(&self.planted.secret());
        around(text).map(|part| escaped(&part)).collect::<Vec<_>>().join(&secret)
    }

    pub(super) fn plain(&mut self, text: &str) -> String {
        let secret = self.planted.secret();
        around(text).collect::<Vec<_>>().join(&secret)
    }

    /// Attributes for the tag of a slot, with secrets in all of them.
    fn attributes(&mut self) -> String {
        let mut out = String::new();
        for name in NAMES {
            write!(out, " {name}X=\"{}\"", self.xml("S")).unwrap();
        }
        for (i, text) in TEXTS.iter().enumerate() {
            write!(out, " note{i}=\"{}\"", self.xml(text)).unwrap();
        }
        out
    }

    /// What may stand on the line of a slot beside its tag.
    fn neighbours(&mut self) -> String {
        let mut out = String::new();
        for text in TEXTS {
            // A comment must not hold two hyphens.
            write!(out, "<!-- {} -->", self.plain(text).replace("--", "- -")).unwrap();
            write!(out, "<add name=\"Setting\" value=\"{}\" />", self.xml(text)).unwrap();
            write!(out, "<add input=\"{{QUERY_STRING}}\" pattern=\"{}\" />", self.xml(text)).unwrap();
            write!(out, "<?note {}?>", self.plain(text)).unwrap();
        }
        out
    }
}

/// A configuration with secrets around its slot: in its tag, on its line, and in settings elsewhere.
fn configuration(text: &str, planter: &mut Planter) -> String {
    let at = text.find("[enc:").unwrap();
    let tag = at + text[at..].find("/>").unwrap();
    let line = tag + 2;
    let mut out = String::new();
    out.push_str(&text[..tag]);
    out.push_str(&planter.attributes());
    out.push_str("/>");
    out.push_str(&planter.neighbours());
    out.push_str(&text[line..]);
    out
}

/// Every text that holds a plan, a settings file, an export or a log, with secrets in it that no reader expects.
fn documents(planter: &mut Planter) -> Vec<(String, Vec<u8>)> {
    let mut out: Vec<(String, String)> = Vec::new();
    let mut put = |path: &str, text: String| out.push((path.to_owned(), text));
    let messages: String = TEXTS
        .iter()
        .flat_map(|text| {
            let level = |name: &str, p: &mut Planter| {
                format!("<{name} Time=\"2026-04-30 00:00:05Z\" Title=\"{}\">{}</{name}>", p.xml(text), p.xml(text))
            };
            [level("Error", planter), level("Warning", planter), level("Info", planter)]
        })
        .collect();
    put("reports/Enable-CsTopology.xml", format!("<CsMgmtLog Name=\"Enable-CsTopology\">{messages}</CsMgmtLog>"));
    let entries: String = TEXTS
        .iter()
        .enumerate()
        .map(|(i, text)| {
            format!(
                "# {}\ndn: CN=WEB{i},OU=Servers,DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: WEB{i}$\ndescription: {}\n\
                 info: {}\nuserAccountControl: {}\nservicePrincipalName: {}\n\n",
                planter.plain(text),
                planter.plain(text),
                planter.plain(text),
                planter.plain("S"),
                planter.plain("S")
            )
        })
        .collect();
    put("directory/notes.ldif", entries);
    let json: Vec<String> = TEXTS
        .iter()
        .map(|text| {
            let quoted = |t: String| serde_json::to_string(&t).unwrap();
            format!(
                "{{\"Identity\": \"Site:Redmond\", \"Description\": {}, {}: {}, \"Sites\": {}}}",
                quoted(planter.plain(text)),
                quoted(planter.plain(text)),
                quoted(planter.plain("S")),
                quoted(planter.plain("S"))
            )
        })
        .collect();
    put("exports/notes.json", format!("[{}]", json.join(",\n")));
    let rows: String = TEXTS.iter().map(|text| format!("\"{}\",\"x\"\r\n", planter.plain(text).replace('"', "\"\""))).collect();
    put("exports/headed.csv", format!("\"Identity\",\"{}\"\r\n{rows}", planter.plain("password=S")));
    // Without a header the first row is taken for one.
    put(
        "exports/bare.csv",
        format!("#TYPE Selected.System.String\r\n\"{}\",\"{}\"\r\n\"a\",\"b\",\"c\"\r\n", planter.plain("S"), planter.plain("S")),
    );
    let properties: String = TEXTS
        .iter()
        .enumerate()
        .map(|(i, text)| format!("<S N=\"Note{i}\">{}</S><S N=\"{}\">x</S>", planter.xml(text), planter.xml(text)))
        .collect();
    put(
        "exports/notes.xml",
        format!(
            "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj RefId=\"0\"><TN RefId=\"0\"><T>{}</T></TN>\
             <ToString>{}</ToString><MS>{properties}<B N=\"Enabled\">{}</B></MS></Obj><S>{}</S></Objs>",
            planter.xml("S"),
            planter.xml("S"),
            planter.xml("S"),
            planter.xml("S")
        ),
    );
    put("notes/password.txt", planter.plain("S"));
    put("notes/passwords.txt", TEXTS.iter().map(|t| planter.plain(t) + "\n").collect());
    put("notes/token.json", format!("\"{}\"", planter.plain("S").replace(['"', '\\'], "")));
    put("notes/odd.xml", format!("<{}>{}</x>", planter.plain("S").replace(['&', '<', '%', '$'], ""), planter.xml("S")));
    put(
        "topology/odd.xml",
        format!(
            "<Topology Signature=\"{}\" Note=\"{}\"><!-- {} --><Site Id=\"{}\"/></Topology>",
            planter.xml("S"),
            planter.xml("password=S"),
            planter.plain("S"),
            planter.xml("password=S")
        ),
    );
    put(
        "manifest.json",
        format!("{{\"schema\": \"kerbsync.manifest/v1\", \"files\": [{{\"path\": 1, \"note\": \"{}\"}}]}}", planter.plain("S")),
    );
    out.into_iter().map(|(path, text)| (path, text.into_bytes())).collect()
}

/// A bundle with secrets everywhere, and what was planted.
pub(super) fn bundle(program: &Program, encoding: Option<Encoding>) -> Planter {
    let mut planter = Planter { planted: Planted::default() };
    let estate = estate(61, Layout::SiteSection);
    let mut configured = false;
    for (path, mut bytes) in files(&estate) {
        if path.ends_with("applicationHost.config") && !path.contains("CFGHISTORY") && decode(&bytes).contains("[enc:") && !configured {
            configured = true;
            let text = configuration(&decode(&bytes), &mut planter);
            bytes = match encoding {
                Some(encoding) => encode(&with_encoding(&text, encoding), encoding),
                None => text.into_bytes(),
            };
            program.put("slot.config", &bytes);
            program.put("oneline.config", decode(&bytes).replace(['\r', '\n'], " ").as_bytes());
        }
        program.put(&format!("b/{path}"), &bytes);
    }
    assert!(configured);
    for (path, bytes) in documents(&mut planter) {
        program.put(&format!("b/{path}"), &bytes);
    }
    for secret in planter.planted.secrets.clone() {
        planter.planted.needle(digest(&secret).as_bytes());
    }
    planter
}

/// SHA-256 in hex, as reports give it.
pub(super) fn digest(text: &str) -> String {
    kerbsync_store::Digest::of(text.as_bytes()).to_string()
}
