//! Large documents that are built of a few bytes: repeated names, references, nesting, many of everything, packed or not. Every reader takes
//! one as a file of a bundle, within the memory that the run is given (`-rss_limit_mb=512`), and the good file beside it is still read.
#![no_main]

mod good_file_beside;

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

/// No document becomes longer, so that a run tries many.
const LONGEST: usize = 2 << 20;

#[derive(Debug, Arbitrary)]
enum Form {
    Json,
    Csv,
    Clixml,
    Ldif,
    Configuration,
    Topology,
    Log,
    Settings,
}

/// How a document is put together.
#[derive(Debug, Arbitrary)]
struct Recipe {
    form: Form,
    /// How many of what the form lists.
    many: u16,
    /// How many within each.
    within: u8,
    /// How deep.
    deep: u8,
    /// How often each name is repeated within itself: long names.
    long: u8,
    /// Whether every one has a name of its own.
    distinct: bool,
    /// Of which number the one refers to another.
    refers: u8,
    /// The document ends in the middle.
    cut: bool,
    /// Archives around it.
    packed: u8,
    /// Words that stand at names and values.
    words: Vec<String>,
}

impl Recipe {
    fn word(&self, at: usize) -> String {
        let words = ["userName", "password", "Site:Redmond", "CONTOSO\\KerbAuth", "fe01.contoso.com", "\u{202e}", "a'b", "0x1"];
        let given = self.words.get(at % self.words.len().max(1)).map(String::as_str).unwrap_or("");
        let base = if given.is_empty() { words[at % words.len()] } else { given };
        let mut word = base.repeat(1 + usize::from(self.long % 64));
        if self.distinct {
            let _ = write!(word, "{at}");
        }
        word
    }

    fn xml(&self, at: usize) -> String {
        self.word(at).replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
    }

    fn document(&self) -> (&'static str, String) {
        let (many, within) = (usize::from(self.many), usize::from(self.within));
        let mut out = String::new();
        let full = |out: &String| out.len() > LONGEST;
        let path = match self.form {
            Form::Json => {
                out += &"[".repeat(usize::from(self.deep));
                out.push('[');
                for i in 0..many {
                    out += if i == 0 { "{" } else { ",{" };
                    for j in 0..within {
                        let _ = write!(out, "{}{:?}:{:?}", if j == 0 { "" } else { "," }, self.word(j), self.word(i + j));
                    }
                    out.push('}');
                    if full(&out) {
                        break;
                    }
                }
                out += &"]".repeat(1 + usize::from(self.deep));
                "a.json"
            }
            Form::Csv => {
                for i in 0..=many {
                    for j in 0..=within {
                        let _ = write!(out, "{}\"{}\"", if j == 0 { "" } else { "," }, self.word(if i == 0 { j } else { i + j }).replace('"', "\"\""));
                    }
                    out += "\r\n";
                    if full(&out) {
                        break;
                    }
                }
                "a.csv"
            }
            Form::Clixml => {
                out += r#"<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">"#;
                for i in 0..many {
                    let _ = write!(out, r#"<Obj RefId="{i}"><TN RefId="{i}"><T>{}</T></TN><MS>"#, self.xml(i));
                    out += &format!("<Obj N=\"d\"><MS>").repeat(usize::from(self.deep));
                    for j in 0..within {
                        let _ = match j % usize::from(self.refers.max(1)) {
                            0 => write!(out, r#"<Ref N="{}" RefId="{}"/>"#, self.xml(j), i.wrapping_sub(j)),
                            _ => write!(out, r#"<S N="{}">{}</S>"#, self.xml(j), self.xml(i)),
                        };
                    }
                    out += &"</MS></Obj>".repeat(1 + usize::from(self.deep));
                    if full(&out) {
                        break;
                    }
                }
                out += "</Objs>";
                "a.xml"
            }
            Form::Ldif => {
                for i in 0..many {
                    let _ = write!(out, "dn: CN={},DC=contoso,DC=com\nobjectClass: computer\n", self.word(i));
                    for j in 0..within {
                        let _ = writeln!(out, "{}: {}", ["member", "servicePrincipalName", "memberOf", "userPassword"][j % 4], self.word(i + j));
                    }
                    out.push('\n');
                    if full(&out) {
                        break;
                    }
                }
                "a.ldf"
            }
            Form::Configuration => {
                out += "<configuration><system.applicationHost><applicationPools>";
                for i in 0..many {
                    let _ = write!(out, r#"<add name="{0}"><processModel identityType="SpecificUser" userName="{0}" password="{0}"/></add>"#, self.xml(i));
                    if full(&out) {
                        break;
                    }
                }
                out += "</applicationPools></system.applicationHost>";
                for i in 0..within {
                    let _ = write!(out, r#"<location path="{}"><system.webServer><security>"#, self.xml(i));
                    out += &"<authentication>".repeat(usize::from(self.deep));
                    out += r#"<windowsAuthentication enabled="true"/>"#;
                    out += &"</authentication>".repeat(usize::from(self.deep));
                    out += "</security></system.webServer></location>";
                    if full(&out) {
                        break;
                    }
                }
                out += "</configuration>";
                "servers/fe01.contoso.com/applicationHost.config"
            }
            Form::Topology => {
                out += r#"<Topology xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008" Signature="a"><Sites>"#;
                for i in 0..many {
                    let _ = write!(out, r#"<CentralSite SiteId="{i}"><Name>{}</Name></CentralSite>"#, self.xml(i));
                    if full(&out) {
                        break;
                    }
                }
                out += "</Sites><Clusters>";
                for i in 0..many {
                    let _ = write!(out, r#"<Cluster Fqdn="{0}"><ClusterId SiteId="{1}" Number="{i}"/>"#, self.xml(i), i / usize::from(self.refers.max(1)));
                    for j in 0..within {
                        let _ = write!(out, r#"<Machine OrdinalInCluster="{j}" Fqdn="{}"/>"#, self.xml(i + j));
                    }
                    out += "</Cluster>";
                    if full(&out) {
                        break;
                    }
                }
                out += "</Clusters></Topology>";
                "b.xml"
            }
            Form::Log => {
                out += r#"<CsMgmtLog Name="Enable-CsTopology">"#;
                for i in 0..many {
                    let _ = write!(out, r#"<Error Time="2026-11-23 00:00:05Z">{}</Error>"#, (0..within).map(|j| self.xml(i + j) + " ").collect::<String>());
                    if full(&out) {
                        break;
                    }
                }
                out += "</CsMgmtLog>";
                "log.xml"
            }
            Form::Settings => {
                for i in 0..many {
                    let _ = write!(out, "[[waivers]]\nrule = {:?}\nreason = {:?}\n", self.word(i), self.word(i + 1));
                    for j in 0..within {
                        let _ = writeln!(out, "k{j} = {}{:?}{}", "[".repeat(usize::from(self.deep)), self.word(j), "]".repeat(usize::from(self.deep)));
                    }
                    if full(&out) {
                        break;
                    }
                }
                "kerbsync.toml"
            }
        };
        if self.cut {
            let mut end = out.len() / 2;
            while !out.is_char_boundary(end) {
                end += 1;
            }
            out.truncate(end);
        }
        (path, out)
    }
}

/// The file within so many archives.
fn packed(mut path: String, mut bytes: Vec<u8>, times: u8) -> (String, Vec<u8>) {
    for level in 0..times % 6 {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        if zip.start_file(path, zip::write::SimpleFileOptions::default()).is_err() || zip.write_all(&bytes).is_err() {
            return ("a.zip".to_owned(), bytes);
        }
        bytes = zip.finish().map(Cursor::into_inner).unwrap_or_default();
        path = format!("level{level}.zip");
    }
    (path, bytes)
}

fuzz_target!(|data: &[u8]| {
    let Ok(recipe) = Recipe::arbitrary(&mut Unstructured::new(data)) else { return };
    let (path, document) = recipe.document();
    let (path, bytes) = packed(path.to_owned(), document.into_bytes(), recipe.packed);
    good_file_beside::holds(&path, bytes);
});
