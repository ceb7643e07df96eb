//! One configuration by itself, for a look at its credential slots.

use crate::CollectError;
use crate::competing::Preferred;
use crate::config::{Settings, read_settings};
use crate::folder::Folder;
use crate::read_file::{ReadFile, record, sha256};
use crate::recognise::recognise;
use crate::server::Context;
use kerbsync_inventory::{Document, DocumentKind, ServerConfiguration};
use kerbsync_names::HostName;
use kerbsync_secret::Tagger;
use kerbsync_source::{DocumentId, Problem, Shown, Source, text};

/// One configuration, read by itself.
#[derive(Debug)]
pub struct Single {
    /// The record of the file.
    pub document: Document,
    /// What it says.
    pub server: ServerConfiguration,
}

/// Reads one applicationHost.config and its slots. `config` is a `kerbsync.toml` (path and content).
///
/// # Errors
/// The outer error as for [`collect`](crate::collect); the inner one says why the file or the settings cannot be read.
pub fn collect_slots(path: &str, bytes: Vec<u8>, config: Option<(String, Vec<u8>)>) -> Result<Result<Single, Problem>, CollectError> {
    let tagger = Tagger::new().map_err(|e| CollectError::Random(e.to_string()))?;
    let settings = match config.map(|(_, bytes)| settings(bytes)).transpose() {
        Ok(settings) => settings.unwrap_or_default(),
        Err(problem) => return Ok(Err(problem)),
    };
    let id = DocumentId(0);
    let mut document = record(id, path, bytes.len() as u64);
    document.sha256 = Some(sha256(&bytes).into());
    // The name of the file decides nothing here: whatever is given was meant as a configuration.
    let content = recognise(id, "applicationHost.config", bytes, None);
    let host = HostName::new(path.rsplit(['/', '\\']).next().unwrap_or(path)).or_else(|| HostName::new(path));
    let Some(host) = host else {
        return Ok(Err(crate::recognise::problem(id, "no-name", "the file has no name.", "Give the path of a file.")));
    };
    let realms: Vec<(String, String)> = settings.domains.clone().into_iter().collect();
    let context = Context::new(&settings, &realms, &tagger);
    let preferred = Preferred::new(&[]);
    let mut folder = Folder::new(host, &context, &preferred);
    let mut file = ReadFile { document, content: Some(content) };
    let other = || {
        let message = "the file is no applicationHost.config: its root element is not <configuration>, or it has no section of IIS.";
        crate::recognise::problem(id, "not-a-configuration", message, "Give the applicationHost.config of a server.")
    };
    let content = match &file.content {
        Some(crate::recognise::Recognised::Xml(xml)) => other_configuration(xml),
        _ => None,
    };
    if let Some(what) = content {
        let message = text!("the file is {what}, not an applicationHost.config.");
        let help = "Give C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config of a server.";
        return Ok(Err(crate::recognise::problem(id, "not-a-configuration", message, help)));
    }
    if folder.accept("applicationHost.config", &mut file).is_some() {
        return Ok(Err(other()));
    }
    let mut records = [file.document];
    let server = folder.finish(&mut records);
    let [document] = records;
    if let kerbsync_inventory::ServerStatus::Unreadable(problem) = &server.status {
        return Ok(Err(problem.clone()));
    }
    // A server's other files are taken, too: its keys, its redirection.config.
    if document.kind != DocumentKind::ApplicationHost {
        return Ok(Err(other()));
    }
    Ok(Ok(Single { document, server }))
}

fn settings(bytes: Vec<u8>) -> Result<Settings, Problem> {
    let id = DocumentId(1);
    let source = Source::decode(id, bytes).map_err(|e| {
        crate::recognise::problem(id, "encoding", text!("{}.", Shown::quoting(&e.to_string())), "Save the settings as UTF-8.")
    })?;
    read_settings(&source)
}

/// What another configuration file of Windows is, by the sections that only it has.
fn other_configuration(xml: &kerbsync_xml::Document) -> Option<&'static str> {
    let root = xml.root();
    if root.local_name() != "configuration" || kerbsync_iis::is_redirection(xml) {
        return None;
    }
    let has = |name: &str| root.child(name).is_some();
    if kerbsync_iis::is_application_host(xml) {
        None
    } else if has("moduleProviders") {
        Some("an administration.config")
    } else if has("system.web") || has("runtime") {
        Some("a web.config or machine.config of .NET")
    } else if !has("location") && !has("configSections") {
        Some("a web.config")
    } else {
        // What is published with a web.config has locations too, and sections of its own.
        Some("a web.config, or a part of an applicationHost.config alone")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_files_of_a_server_are_no_configuration() {
        let key = "<RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>";
        let redirection = "<configuration><configurationRedirection enabled=\"true\" path=\"C:\\x\" /></configuration>";
        let topology = "<Topology xmlns=\"urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008\" />";
        for text in [key, redirection, topology, "-----BEGIN RSA PRIVATE KEY-----"] {
            let problem = collect_slots("x.config", text.as_bytes().to_vec(), None).unwrap().unwrap_err();
            assert!(problem.code.starts_with("not-a"), "{}: {text}", problem.code);
        }
    }

    #[test]
    fn configurations_of_other_parts_of_windows_are_named() {
        for (text, what) in [
            ("<configuration><configSections/><moduleProviders/></configuration>", "administration.config"),
            ("<configuration><system.webServer><defaultDocument/></system.webServer></configuration>", "a web.config"),
            ("<configuration><configSections/><runtime/><system.web/></configuration>", "machine.config"),
            (
                "<configuration><location path=\".\"><system.webServer><aspNetCore/></system.webServer></location></configuration>",
                "a web.config",
            ),
            (
                "<configuration><configSections><section name=\"log4net\"/></configSections><system.webServer/></configuration>",
                "a web.config",
            ),
        ] {
            let problem = collect_slots("x.config", text.as_bytes().to_vec(), None).unwrap().unwrap_err();
            assert!(problem.message.contains(what), "{}", problem.message);
        }
        for host in [
            "<configuration><system.applicationHost><sites/></system.applicationHost><system.webServer/></configuration>",
            "<configuration><configSections><sectionGroup name=\"system.applicationHost\"/></configSections><system.applicationHost><sites/></system.applicationHost></configuration>",
        ] {
            assert!(collect_slots("x.config", host.as_bytes().to_vec(), None).unwrap().is_ok(), "{host}");
        }
    }
}
