//! The program in process, over a folder of its own.

use kerbsync::Io;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// A folder of files, and the program run over it.
pub(crate) struct Program {
    folder: tempfile::TempDir,
    now: &'static str,
}

/// What a run printed and how it ended. The folder's path stands as `DIR`.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Program {
    /// With an empty folder, at a time.
    pub(crate) fn at(now: &'static str) -> Self {
        Self { folder: super::folder::temporary(), now }
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    #[expect(clippy::disallowed_methods, reason = "tests make their own files")]
    pub(crate) fn put(&self, file: &str, bytes: &[u8]) {
        let path = self.path(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    #[expect(clippy::disallowed_methods, reason = "tests read their own files")]
    pub(crate) fn read(&self, file: &str) -> Vec<u8> {
        std::fs::read(self.path(file)).unwrap()
    }

    /// Every file below a folder, by its path there.
    #[expect(clippy::disallowed_methods, reason = "tests read their own files")]
    pub(crate) fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let (root, mut found) = (self.path(folder), BTreeMap::new());
        let mut todo = vec![root.clone()];
        while let Some(folder) = todo.pop() {
            // A program at work may remove what was listed; a folder that is not there yet holds nothing.
            let Ok(entries) = std::fs::read_dir(folder) else { continue };
            for entry in entries {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    todo.push(path);
                } else {
                    // Where an open file cannot be removed, the lock beside a configuration stays, empty.
                    if cfg!(windows) && path.display().to_string().ends_with(".kerbsync-lock") {
                        continue;
                    }
                    let key = path.strip_prefix(&root).unwrap().display().to_string().replace('\\', "/");
                    found.extend(std::fs::read(path).map(|bytes| (key, bytes)));
                }
            }
        }
        found
    }

    /// Runs a command line, split at blanks; `DIR` in it is the folder.
    pub(crate) fn run(&self, line: &str) -> Ran {
        let folder = self.folder.path().display().to_string();
        self.run_words(line.split_whitespace().map(|a| OsString::from(a.replace("DIR", &folder))), &|_| None)
    }

    /// Runs a command line with somebody at the keyboard, who types that.
    pub(crate) fn run_answering(&self, line: &str, answers: &str) -> Ran {
        let folder = self.folder.path().display().to_string();
        let words: Vec<OsString> = line.split_whitespace().map(|a| OsString::from(a.replace("DIR", &folder))).collect();
        self.ran(words, &|_| None, Some(answers))
    }

    /// Removes a folder with everything in it.
    #[cfg(unix)]
    pub(crate) fn remove_folder(&self, folder: &str) {
        std::fs::remove_dir_all(self.path(folder)).unwrap();
    }

    /// Runs with words as they are, and an environment.
    pub(crate) fn run_words(&self, words: impl IntoIterator<Item = OsString>, env: &dyn Fn(&str) -> Option<String>) -> Ran {
        self.ran(words, env, None)
    }

    fn ran(&self, words: impl IntoIterator<Item = OsString>, env: &dyn Fn(&str) -> Option<String>, answers: Option<&str>) -> Ran {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let args = std::iter::once(OsString::from("kerbsync")).chain(words);
        let now = || self.now.parse().unwrap();
        let mut typed = answers.unwrap_or("").as_bytes();
        let io = Io::new(&mut out, &mut err, (false, false), env, &now).on_host("admin01".to_owned());
        let mut io = if answers.is_some() { io.answered_by(&mut typed) } else { io };
        let code = kerbsync::run(args, &mut io);
        Ran { code, out: super::folder::shown(out, &self.folder), err: super::folder::shown(err, &self.folder) }
    }
}
