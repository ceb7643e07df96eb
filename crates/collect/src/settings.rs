//! Which settings are in force: those given on the command line, else the `kerbsync.toml` nearest to the root.

use crate::config::{Settings, read_settings, read_waivers};
use crate::inventory::Documents;
use crate::items::{Gathered, Item};
use crate::read_file::{read_file, record, sha256};
use crate::recognise::{Recognised, problem};
use crate::{Input, Options};
use kerbsync_inventory::{Document, DocumentKind, DocumentStatus};
use kerbsync_source::{Shown, Source, text};

/// Reads the settings: those given, else the `kerbsync.toml` nearest to the root.
pub(crate) fn find(inputs: &[Input], options: &Options<'_>, gathered: &Gathered, documents: &mut Documents) -> Settings {
    let items = &gathered.items;
    let mut found: Vec<&Item> =
        items.iter().filter(|i| i.key.file_name().eq_ignore_ascii_case("kerbsync.toml") && i.server.is_none()).collect();
    found.sort_by_key(|item| (item.path.matches('/').count(), item.path.clone()));
    let mut settings = Settings::default();
    let mut used = None;
    if let Some((path, bytes)) = &options.config {
        let id = gathered.given_settings();
        let mut document = record(id, path, bytes.len() as u64);
        document.sha256 = Some(sha256(bytes).into());
        settings = read_given(&mut document, bytes.clone());
        if let Some(name) = &settings.waivers_file {
            document.problems.push(problem(
                id,
                "waivers-file",
                text!("the waivers file {name} is not read: settings that are given by --config cannot name one."),
                "Put its [[waivers]] into the settings themselves.",
            ));
        }
        used = Some(path.clone());
        documents.insert(id, document);
    }
    for item in found {
        let mut file = read_file(inputs, item);
        file.document.kind = DocumentKind::ProjectConfiguration;
        match (&used, file.content) {
            (Some(used), _) => file.document.status = DocumentStatus::SetAside(text!("the settings of {used} are in force")),
            (None, Some(Recognised::Text(_, source))) => {
                used = Some(item.path.clone());
                settings = read_source(&mut file.document, &source);
                more_waivers(inputs, &mut file.document, items, &mut settings, documents);
            }
            (None, _) => {}
        }
        documents.insert(item.id, file.document);
    }
    settings
}

fn read_given(document: &mut Document, bytes: Vec<u8>) -> Settings {
    document.kind = DocumentKind::ProjectConfiguration;
    match Source::decode(document.id, bytes) {
        Ok(source) => read_source(document, &source),
        Err(error) => {
            document.status = DocumentStatus::Unreadable(problem(
                document.id,
                "encoding",
                text!("{}.", Shown::quoting(&error.to_string())),
                "Save the file as UTF-8.",
            ));
            Settings::default()
        }
    }
}

fn read_source(document: &mut Document, source: &Source) -> Settings {
    match read_settings(source) {
        Ok(settings) => {
            document.status = DocumentStatus::Used;
            settings
        }
        Err(problem) => {
            document.status = DocumentStatus::Unreadable(problem);
            Settings::default()
        }
    }
}

/// Adds the waivers of the file that the settings name. `toml` is the record of the settings.
fn more_waivers(inputs: &[Input], toml: &mut Document, items: &[Item], settings: &mut Settings, documents: &mut Documents) {
    let Some(name) = &settings.waivers_file else { return };
    let folder = toml.path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let path = format!("{folder}{}", name.replace('\\', "/"));
    let Some(item) = items.iter().find(|i| i.path == path) else {
        toml.problems.push(problem(
            toml.id,
            "waivers-file",
            text!("the waivers file {name} is not in the bundle."),
            "Add it, or remove the line.",
        ));
        return;
    };
    let mut file = read_file(inputs, item);
    file.document.kind = DocumentKind::ProjectConfiguration;
    if let Some(Recognised::Text(_, source)) = &file.content {
        match read_waivers(source) {
            Ok(waivers) => {
                settings.waivers.extend(waivers);
                file.document.status = DocumentStatus::Used;
            }
            Err(problem) => file.document.status = DocumentStatus::Unreadable(problem),
        }
    }
    documents.insert(file.document.id, file.document);
}
