//! A temporary folder whose path looks the same in what the program prints, wherever the tests run.

/// A new folder. Lines are wrapped by the length of the paths in them, so its path is as long on every system: that of `/tmp/.tmpXXXXXX`.
pub(crate) fn temporary() -> tempfile::TempDir {
    if cfg!(windows) {
        return tempfile::Builder::new().prefix(".kstmp").tempdir_in("C:\\").unwrap();
    }
    match std::path::Path::new("/tmp").is_dir() {
        true => tempfile::tempdir_in("/tmp").unwrap(),
        false => tempfile::tempdir().unwrap(),
    }
}

/// Text of the program with the folder's path as `DIR`, and with `/` in the paths below it.
pub(crate) fn shown(text: Vec<u8>, folder: &tempfile::TempDir) -> String {
    let folder = folder.path().display().to_string();
    let text = String::from_utf8(text).unwrap().replace(&folder, "DIR");
    // Paths of documents have `/` everywhere, so that a report is the same on every system; JSON doubles the others.
    if cfg!(windows) {
        with_slashes(&text.replace(&folder.replace('\\', "/"), "DIR").replace(&folder.replace('\\', "\\\\"), "DIR"))
    } else {
        text
    }
}

fn with_slashes(text: &str) -> String {
    let mut parts = text.split("DIR");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // Names of the tests' files hold blanks only within quotes, and no `\` behind them.
        let end = part.find(char::is_whitespace).unwrap_or(part.len());
        out += "DIR";
        out += &part[..end].replace("\\\\", "/").replace('\\', "/");
        out += &part[end..];
    }
    out
}

#[test]
fn paths_below_the_folder_have_slashes() {
    let (text, want) = (
        "Next: kerbsync apply 'DIR\\my plan.json' --bundle DIR\\estate CONTOSO\\KerbAuth\nwrote DIR/new\\kerbsync.toml",
        "Next: kerbsync apply 'DIR/my plan.json' --bundle DIR/estate CONTOSO\\KerbAuth\nwrote DIR/new/kerbsync.toml",
    );
    assert_eq!(with_slashes(text), want);
}
