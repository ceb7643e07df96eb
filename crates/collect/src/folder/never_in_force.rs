//! Files of a server's folder that read like its configuration, and that IIS never reads as such.

use super::Candidate;
use kerbsync_xml::Document;

/// Why a configuration that lies beside the one that IIS reads is set aside.
pub(super) const OTHER_NAME: &str =
    "IIS reads applicationHost.config of this folder and no file of another name: never the configuration in force";

/// What a configuration is that is never in force, by its place or what it holds; `path` is below the server's folder, in lower case.
pub(super) fn what(path: &str, document: Option<&Document>) -> Option<&'static str> {
    by_place(path).or_else(|| made_for_one_pool(path, document?))
}

/// The configurations that may be in force, and those that lie in the folder of IIS under another name than the file that IIS reads there.
pub(super) fn split(candidates: Vec<Candidate>) -> (Vec<Candidate>, Vec<Candidate>) {
    let folder = |path: &str| path.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned());
    let read: Vec<String> = candidates.iter().filter(|c| c.rank == 0).map(|c| folder(&c.path)).collect();
    candidates.into_iter().partition(|c| c.rank == 0 || !read.contains(&folder(&c.path)))
}

/// What IIS makes for one application pool has the pool's name, and holds that pool alone.
fn made_for_one_pool(path: &str, xml: &Document) -> Option<&'static str> {
    let name = path.rsplit('/').next()?.strip_suffix(".config")?;
    // Asked of every configuration, so that no more is looked at than is needed.
    let collections = xml.root().children_named("system.applicationHost").flat_map(|host| host.children_named("applicationPools"));
    let mut pools = collections.flat_map(|pools| pools.children_named("add")).filter_map(|pool| pool.attribute("name"));
    match (pools.next(), pools.next()) {
        (Some(pool), None) if pool.value().eq_ignore_ascii_case(name) => Some("what IIS made for one application pool"),
        _ => None,
    }
}

/// What a copy of a configuration is that IIS never reads as its own; `path` is below the server's folder, in lower case.
fn by_place(path: &str) -> Option<&'static str> {
    let path = format!("/{path}");
    let copies = [
        ("/winsxs/", "a component store's copy (WinSxS)"),
        ("/syswow64/", "the copy for 32-bit programs (SysWOW64)"),
        ("/inetsrv/backup/", "a backup that appcmd made"),
        ("/inetpub/temp/", "what IIS made for one application pool"),
        ("/apppools/", "what IIS made for one application pool"),
        ("/inetpub/history/", "a part of IIS's configuration history"),
        ("/$recycle.bin/", "a deleted file"),
        ("/windows.old/", "a copy from before an upgrade of Windows"),
    ];
    copies.iter().find(|(part, _)| path.contains(part)).map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use crate::{Input, Options, Silent, collect};
    use kerbsync_inventory::DocumentStatus;
    use kerbsync_store::{Key, MemoryStore, ReadStore};

    #[test]
    fn copies_that_iis_never_reads_are_known_by_their_place() {
        let never = |path: &str| super::by_place(path).is_some();
        assert!(never("windows/winsxs/amd64_iis_31bf/applicationhost.config"));
        assert!(never("windows/syswow64/inetsrv/config/applicationhost.config"));
        assert!(never("windows/system32/inetsrv/backup/before/applicationhost.config"));
        assert!(never("inetpub/temp/apppools/lyncintfeature/lyncintfeature.config"));
        assert!(never("inetpub/history/applicationhost.config"));
        assert!(!never("windows/system32/inetsrv/config/applicationhost.config"));
        assert!(!never("applicationhost.config"));
    }

    /// An administrator's copy beside the file that IIS reads.
    #[test]
    fn a_file_of_another_name_is_no_rival_of_the_one_that_iis_reads() {
        const FOLDER: &str = "servers/fe01.contoso.com/Windows/System32/inetsrv/config";
        let configuration = include_str!("../../../../fixtures/documents/iis/product.config");
        let other = configuration.replace("CONTOSO", "FABRIKAM");
        let read = |files: &[(&str, &str)]| {
            let files = files.iter().map(|(name, text)| (Key::new(&format!("{FOLDER}/{name}")).unwrap(), text.as_bytes().to_vec()));
            let store: Box<dyn ReadStore> = Box::new(MemoryStore::from_iter(files));
            let options =
                Options { config: None, reference: None, prefer: Vec::new(), open_runs: &[], hardening: false, progress: &Silent };
            collect(&[Input { label: String::new(), store }], &options).unwrap().inventory
        };
        for name in ["applicationHost.config.bak", "applicationHost - Copy.config"] {
            let inventory = read(&[("applicationHost.config", configuration), (name, &other)]);
            assert!(!inventory.servers[0].besides.contested && inventory.servers[0].besides.others.is_empty(), "{name}");
            let aside = inventory.documents.iter().find(|d| d.path.ends_with(name)).unwrap();
            assert_eq!(aside.status, DocumentStatus::SetAside(super::OTHER_NAME.into()));
        }
        // Alone it may be all that was exported.
        assert!(read(&[("fe01.config", configuration)]).servers[0].document.is_some());
    }
}
