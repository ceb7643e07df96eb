//! Commands within sentences: each is found, so that it can stand on a line of its own and is never broken.

/// A piece of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Words.
    Text(&'t str),
    /// A command, with the quotation marks around it.
    Command(&'t str),
}

/// Programs whose names are no cmdlet's.
const PROGRAMS: &[&str] = &[
    "&",
    "aspnet_regiis",
    "appcmd",
    "csvde",
    "iisreset",
    "kerbsync",
    "klist",
    "ldapsearch",
    "ldifde",
    "nltest",
    "repadmin",
    "setspn",
    "w32tm",
];

/// Takes a sentence apart. A command stands in single quotation marks or backticks, and has at least two words.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut done, mut from) = (0, 0);
    while let Some(open) = text.get(from..).and_then(|rest| rest.find(['\'', '`'])).map(|i| from + i) {
        from = open + 1;
        let begins = text.get(..open).is_none_or(|before| before.is_empty() || before.ends_with([' ', '(', '\n']));
        let Some(end) = begins.then(|| end_of(text, open)).flatten() else { continue };
        let Some(inside) = text.get(open + 1..end - 1).filter(|inside| is_command(inside)) else { continue };
        let _ = inside;
        pieces.extend(text.get(done..open).map(Piece::Text));
        pieces.extend(text.get(open..end).map(Piece::Command));
        (done, from) = (end, end);
    }
    pieces.extend(text.get(done..).map(Piece::Text));
    pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    pieces
}

/// One past the quotation mark that ends what begins at `open`: the first of its kind that the sentence goes on after.
fn end_of(text: &str, open: usize) -> Option<usize> {
    let mark = char::from(*text.as_bytes().get(open)?);
    let rest = text.get(open + 1..)?;
    rest.match_indices(mark).map(|(i, _)| open + 2 + i).find(|&end| {
        let after = text.get(end..).unwrap_or_default();
        after.is_empty() || after.starts_with([' ', '.', ',', ';', ')', ':', '\n'])
    })
}

fn is_command(text: &str) -> bool {
    let Some((first, _)) = text.split_once(' ') else { return false };
    let cmdlet = first.split_once('-').is_some_and(|(verb, noun)| {
        let word = |w: &str| w.len() > 1 && w.starts_with(|c: char| c.is_ascii_uppercase()) && w.chars().all(|c| c.is_ascii_alphanumeric());
        word(verb) && word(noun)
    });
    let program = first.rsplit(['\\', '/']).next().unwrap_or(first).trim_end_matches(".exe");
    cmdlet || PROGRAMS.contains(&program)
}

/// A command without its quotation marks.
pub(super) fn bare(command: &str) -> &str {
    command.get(1..command.len().saturating_sub(1)).unwrap_or(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(text: &str) -> Vec<&str> {
        let commands = pieces(text).into_iter().filter_map(|p| if let Piece::Command(c) = p { Some(bare(c)) } else { None });
        commands.collect()
    }

    #[test]
    fn commands_are_told_from_names_in_quotation_marks() {
        assert_eq!(
            commands("Run 'Set-CsKerberosAccountPassword -FromComputer a -ToComputer b'. Or `kerbsync audit x` of 'Skype Web Site'."),
            ["Set-CsKerberosAccountPassword -FromComputer a -ToComputer b", "kerbsync audit x"]
        );
        assert_eq!(commands("with 'aspnet_regiis -px c key.xml -pri' to keys/"), ["aspnet_regiis -px c key.xml -pri"]);
        assert_eq!(commands(r"'C:\Windows\System32\setspn.exe -L KerbAuth'"), [r"C:\Windows\System32\setspn.exe -L KerbAuth"]);
        assert_eq!(commands("Run 'Set-Item -Name 'CONTOSO\\a b''."), ["Set-Item -Name 'CONTOSO\\a b'"]);
        for none in ["the server's and the site's", "'a b'", "'Publish-CsTopology'", "", "'", "it's 'open"] {
            assert!(commands(none).is_empty(), "{none}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_lost(text in "[a-c '`.()SetR-]{0,40}") {
            let whole: String = pieces(&text).iter().map(|p| match p { Piece::Text(t) | Piece::Command(t) => *t }).collect();
            proptest::prop_assert_eq!(whole, text);
        }
    }
}
