//! Places of a Windows drive whose configurations IIS never reads.

/// Folders, in small letters, with what lies in them.
const FOLDERS: [(&str, &str); 5] = [
    ("windows/winsxs/", "the component store"),
    ("windows/syswow64/", "the 32-bit copy of the system's folder"),
    ("inetsrv/backup/", "backups of IIS"),
    ("inetpub/temp/apppools/", "what IIS generates for each pool"),
    ("inetpub/history/", "history of IIS"),
];

/// What the folder of a configuration is, if it is one of those that IIS never reads. A plan leaves such a file as it is.
pub(crate) fn folder_of(path: &str) -> Option<&'static str> {
    let path = format!("/{}", path.to_ascii_lowercase().replace('\\', "/"));
    FOLDERS.iter().find(|(folder, _)| path.contains(&format!("/{folder}"))).map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::folder_of;

    #[test]
    fn copies_of_the_system_are_told_from_the_configuration_itself() {
        for path in [
            "servers/fe01/C/Windows/WinSxS/amd64_x/applicationHost.config",
            "servers/fe01/Windows/SysWOW64/inetsrv/Config/applicationHost.config",
            "servers/fe01/Windows/System32/inetsrv/backup/one/applicationHost.config",
            "servers/fe01/inetpub/temp/appPools/LyncIntFeature/LyncIntFeature.config",
            "inetpub/history/CFGHISTORY_0000000001/applicationHost.config",
        ] {
            assert!(folder_of(path).is_some(), "{path}");
        }
        for path in [
            "servers/fe01/Windows/System32/inetsrv/config/applicationHost.config",
            "servers/winsxs.contoso.com/applicationHost.config",
            "history/servers/fe01/applicationHost.config",
            "applicationHost.config",
        ] {
            assert_eq!(folder_of(path), None, "{path}");
        }
    }
}
