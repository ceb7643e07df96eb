//! Laws: any defects together, and any place, order and encoding of the files.

use super::hold;
use crate::encodings::{Encoding, decode, encode, with_encoding};
use crate::support::audited::{Files, file_name};
use crate::support::estates::{audit, audit_inputs, now, planted, try_planted};
use kerbsync_lab::{Defect, Estate, LabOptions, build};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::io::Write;

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 40, ..ProptestConfig::default() })]

    /// Defects that find a place beside each other are each found, and nothing else is.
    #[test]
    fn any_defects_together_are_found(
        seed in 0u64..1_000_000,
        defects in prop::sample::subsequence(Defect::all().collect::<Vec<_>>(), 0..6),
    ) {
        if !told_together(seed, &defects).map_err(TestCaseError::fail)? {
            return Err(TestCaseError::reject("no place"));
        }
    }
}

/// Whether an estate has a place for all of these defects; then each is told, and nothing else is.
fn told_together(seed: u64, defects: &[Defect]) -> Result<bool, String> {
    let estate = [(3, 9), (4, 16), (6, 24)].iter().find_map(|&(sites, servers)| try_planted(seed, sites, servers, defects));
    let Some(estate) = estate else { return Ok(false) };
    hold(&audit(&estate.files().to_vec()), estate.truth()).map_err(|why| format!("seed {seed}, {defects:?}: {why}"))?;
    Ok(true)
}

/// Combinations that the law above once found and that did not hold.
#[test]
fn combinations_of_the_record_hold() {
    use Defect::{
        AccountDomainNotNetbios, AccountKeysBeforeRodcGroup, AccountNameNotDownLevel, AccountNameTooLong, EncryptionKeysOlderThanAes,
        ForeignConfiguration, OverrideSpnElsewhere, PasswordNeverSet, UnusedKerberosAccount,
    };
    let accounts = [ForeignConfiguration, PasswordNeverSet, EncryptionKeysOlderThanAes, AccountKeysBeforeRodcGroup];
    assert_eq!(told_together(500_645, &accounts), Ok(true));
    assert_eq!(told_together(0, &[AccountNameNotDownLevel, AccountNameTooLong, AccountDomainNotNetbios]), Ok(true));
    assert_eq!(told_together(0, &[UnusedKerberosAccount, OverrideSpnElsewhere]), Ok(true));
}

/// Estates on which much is decided: a mix of states, and defects of every family.
fn estates() -> Vec<Estate> {
    use Defect::{DanglingApplicationPool, PasswordAge, SpnMissing, UnreadableDocument};
    let defects = [SpnMissing, PasswordAge, DanglingApplicationPool, UnreadableDocument];
    vec![build(&LabOptions::new(51, 2, 8, now())).unwrap(), planted(52, &defects)]
}

fn moved(estate: &Estate, place: impl Fn(&str) -> String) -> Files {
    estate.files().iter().map(|(path, bytes)| (place(path), bytes.clone())).collect()
}

/// Two sets of verdicts are the same; else only what differs is shown.
fn assert_same(found: &BTreeSet<String>, expected: &BTreeSet<String>, what: &str) {
    let (more, less): (Vec<_>, Vec<_>) = (found.difference(expected).collect(), expected.difference(found).collect());
    assert!(more.is_empty() && less.is_empty(), "{what}: only now {more:#?}, no longer {less:#?}");
}

#[test]
fn it_does_not_matter_where_documents_lie() {
    for estate in estates() {
        let as_built = audit(&estate.files().to_vec()).verdicts();
        let places: [fn(&str) -> String; 3] = [
            |path| if path.starts_with("servers/") { path.to_owned() } else { format!("exports/a/{}", file_name(path)) },
            |path| if path.contains('/') { format!("backup/2026/{path}") } else { path.to_owned() },
            // the other way around in the order of paths, and servers as their own folders' names only
            |path| match path.split_once('/') {
                Some(("servers", rest)) => format!("Servers/{rest}"),
                Some(("topology", rest)) => format!("z/{rest}"),
                Some(("directory", rest)) => format!("a/{rest}"),
                _ => path.to_owned(),
            },
        ];
        for (i, place) in places.iter().enumerate() {
            assert_same(&audit(&moved(&estate, place)).verdicts(), &as_built, &format!("arrangement {i}"));
        }
    }
}

/// Names of documents say nothing either; the order of paths is another one then.
#[test]
fn it_does_not_matter_what_documents_are_called() {
    let backwards = |text: &str| text.chars().rev().collect::<String>();
    for estate in estates() {
        let renamed = |path: &str| match path.rsplit_once('/') {
            Some((folder, file)) if !path.starts_with("servers/") => {
                let (stem, end) = file.rsplit_once('.').unwrap();
                format!("{}/{}.{end}", backwards(folder), backwards(stem))
            }
            _ => path.to_owned(),
        };
        let as_built = audit(&estate.files().to_vec()).verdicts();
        let files = estate.files().iter().map(|(path, _)| (file_name(path).to_owned(), file_name(&renamed(path)).to_owned()));
        let names: Vec<(String, String)> = files.filter(|(before, after)| before != after).collect();
        let expected = as_built.iter().map(|line| match names.iter().find(|(before, _)| line.ends_with(before.as_str())) {
            Some((before, after)) => format!("{}{after}", line.strip_suffix(before.as_str()).unwrap()),
            None => line.clone(),
        });
        assert_same(&audit(&moved(&estate, renamed)).verdicts(), &expected.collect(), "renamed");
    }
}

#[test]
fn inputs_can_be_split_in_any_order() {
    for estate in estates() {
        let as_built = audit(&estate.files().to_vec()).verdicts();
        let (servers, documents): (Files, Files) = estate.files().iter().cloned().partition(|(path, _)| path.starts_with("servers/"));
        assert_same(&audit_inputs(&[("a", &servers), ("b", &documents)]).verdicts(), &as_built, "servers first");
        assert_same(&audit_inputs(&[("b", &servers), ("a", &documents)]).verdicts(), &as_built, "documents first");
        let (odd, even): (Vec<_>, Vec<_>) = estate.files().iter().cloned().enumerate().partition(|(i, _)| i % 2 == 1);
        let (odd, even): (Files, Files) = (odd.into_iter().map(|f| f.1).collect(), even.into_iter().map(|f| f.1).collect());
        // files of one server come from both inputs
        assert_same(&audit_inputs(&[("x", &odd), ("y", &even)]).verdicts(), &as_built, "every other file");
    }
}

/// But for the age of documents: an archive says of no member when it was changed in UTC.
#[test]
fn a_zipped_bundle_is_the_bundle() {
    let dateless = |verdicts: BTreeSet<String>| verdicts.into_iter().filter(|v| !v.contains(" stale-evidence ")).collect();
    for estate in estates() {
        let as_built: BTreeSet<String> = dateless(audit(&estate.files().to_vec()).verdicts());
        let whole = vec![("estate.zip".to_owned(), zipped(estate.files()))];
        assert_same(&dateless(audit(&whole).verdicts()), &as_built, "one archive");
        let (mut loose, documents): (Files, Files) = estate.files().iter().cloned().partition(|(path, _)| path.starts_with("servers/"));
        loose.push(("exports/documents.zip".to_owned(), zipped(&documents)));
        assert_same(&dateless(audit(&loose).verdicts()), &as_built, "an archive beside folders");
    }
}

fn zipped(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, bytes) in files {
        writer.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn it_does_not_matter_how_texts_are_encoded() {
    for estate in estates() {
        let as_built = audit(&estate.files().to_vec()).verdicts();
        for encoding in Encoding::ALL {
            let again = |(path, bytes): &(String, Vec<u8>)| {
                // settings are TOML, which is UTF-8, and keys are what aspnet_regiis wrote
                let fixed = path.ends_with(".toml") || path.contains("/keys/");
                (path.clone(), if fixed { bytes.clone() } else { encode(&with_encoding(&decode(bytes), encoding), encoding) })
            };
            let files: Files = estate.files().iter().map(again).collect();
            assert_same(&audit(&files).verdicts(), &as_built, &format!("{encoding:?}"));
        }
    }
}
