use super::super::get_assignment::GET;
use super::super::set_password::SET;
use super::super::test_assignment::TEST;
use super::*;
use proptest::prelude::*;

fn words(line: &str) -> Vec<Token> {
    line.split_whitespace().map(|w| if w == "GAP" { Token::Gap } else { Token::Word(w.to_owned()) }).collect()
}

/// What a line comes to: the set and its values, or the error.
fn told(cmdlet: &Cmdlet, line: &str) -> String {
    match bind(cmdlet, &words(line)) {
        Ok(bound) => {
            let values = bound.values.iter().map(|(name, value)| match value {
                Value::Text(text) => format!("{name}={text}"),
                Value::Switch(on) => format!("{name}={on}"),
            });
            format!("{}: {}", bound.set, values.collect::<Vec<_>>().join(" "))
        }
        Err(error) => error.to_string(),
    }
}

fn all(cmdlet: &Cmdlet, lines: &[&str]) -> String {
    lines.iter().map(|line| format!("{line}\n    {}\n", told(cmdlet, line))).collect()
}

#[test]
fn names_values_and_positions() {
    insta::assert_snapshot!(all(&SET, &[
        "-FromComputer fe01.contoso.com -ToComputer dir01.contoso.com -WhatIf",
        "-from:fe01.contoso.com -tocomp: dir01.contoso.com -wi",
        "–FromComputer fe01.contoso.com —ToComputer dir01.contoso.com ―cf",
        "fe01.contoso.com dir01.contoso.com",
        "-ToComputer dir01.contoso.com fe01.contoso.com -Confirm:$false",
        "dir01.contoso.com -FromComputer fe01.contoso.com -Confirm: False -WhatIf:1",
        "litwareinc\\kerberostest -Force -ea SilentlyContinue -ov result",
        "KerbAuth",
        "-UserAccount -1",
        "-UserAccount a\\b -- -WhatIf",
        "-u a\\b -v",
    ]), @"");
    insta::assert_snapshot!(all(&GET, &["", "site:Redmond", "-I site:Redmond -l", "-Filter *Redmond*", "-f:site:*"]), @"");
    insta::assert_snapshot!(all(&TEST, &["-Identity site:Redmond -vb", "-Id:site:Redmond -Report x.html -Verbose:$true"]), @"");
}

#[test]
fn errors_in_the_words_of_powershell() {
    insta::assert_snapshot!(all(&SET, &[
        "",
        "-WhatIf",
        "-F fe01.contoso.com",
        "-W",
        "-FromComputer fe01.contoso.com",
        "-ToComputer dir01.contoso.com",
        "fe01.contoso.com",
        "-FromComputer fe01.contoso.com -UserAccount a\\b",
        "-UserAccount a\\b -ToComputer fe01.contoso.com",
        "-UserAccount a\\b fe01.contoso.com",
        "fe01.contoso.com dir01.contoso.com se01.contoso.com",
        "-FromComputers fe01.contoso.com",
        "-FromComputer -ToComputer dir01.contoso.com",
        "-FromComputer GAP dir01.contoso.com",
        "-Report",
        "-Report: -WhatIf",
        "-UserAccount a\\b -UserAccount c\\d",
        "-UserAccount a\\b -WhatIf:maybe",
        "-UserAccount a\\b -Confirm:",
        "-UserAccount a\\b -Confirm: -WhatIf",
    ]), @"");
    insta::assert_snapshot!(all(&GET, &["-Identity site:Redmond -Filter *", "site:Redmond site:Dublin", "-LocalStore:x"]), @"");
    insta::assert_snapshot!(all(&TEST, &["", "site:Redmond", "-Identity"]), @"");
}

#[test]
fn an_empty_value_is_refused() {
    let tokens = [Token::Word("-UserAccount".into()), Token::Word(String::new())];
    assert_eq!(bind(&SET, &tokens), Err(BindError::Empty { name: "UserAccount" }));
}

/// A name in some case, with some dash, cut to some length at which it is still clear, and how its value follows.
fn written(cmdlet: &'static Cmdlet, name: &'static str, value: Option<&'static str>) -> impl Strategy<Value = Vec<Token>> {
    let clear: Vec<&'static str> =
        (1..=name.len()).map(|n| &name[..n]).filter(|cut| name::find(cmdlet, cut).is_ok_and(|p| p.name == name)).collect();
    let parts = (prop::sample::select(clear), prop::sample::select(vec!['-', '–', '—', '―']), any::<u64>(), 0..3);
    parts.prop_map(move |(cut, dash, cases, joined)| {
        let letter = |(i, c): (usize, char)| if cases >> (i % 64) & 1 == 1 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
        let name: String = cut.chars().enumerate().map(letter).collect();
        let words = match (value, joined) {
            (None, 0) => vec![format!("{dash}{name}")],
            (None, 1) => vec![format!("{dash}{name}:$true")],
            (None, _) => vec![format!("{dash}{name}:"), "True".to_owned()],
            (Some(value), 0) => vec![format!("{dash}{name}"), value.to_owned()],
            (Some(value), 1) => vec![format!("{dash}{name}:{value}")],
            (Some(value), _) => vec![format!("{dash}{name}:"), value.to_owned()],
        };
        words.into_iter().map(Token::Word).collect()
    })
}

/// The same in any order.
fn lines(cmdlet: &'static Cmdlet, parts: &'static [(&'static str, Option<&'static str>)]) -> impl Strategy<Value = Vec<Token>> {
    let parts: Vec<_> = parts.iter().map(|(name, value)| written(cmdlet, name, *value).boxed()).collect();
    parts.prop_map(|p| p).prop_shuffle().prop_map(|p| p.concat())
}

const COPY: &[(&str, Option<&str>)] = &[
    ("FromComputer", Some("fe01.contoso.com")),
    ("ToComputer", Some("dir01.contoso.com")),
    ("Report", Some("out:x.html")),
    ("WhatIf", None),
    ("ErrorAction", Some("Stop")),
    ("Force", None),
];
const TESTED: &[(&str, Option<&str>)] =
    &[("Identity", Some("site:Redmond")), ("Verbose", None), ("Report", Some("x.html")), ("Debug", None)];

proptest! {
    #[test]
    fn case_length_dash_and_order_change_nothing(copy in lines(&SET, COPY), test in lines(&TEST, TESTED)) {
        let bound = bind(&SET, &copy).unwrap();
        let plain = "-FromComputer fe01.contoso.com -ToComputer dir01.contoso.com -Report out:x.html -WhatIf -ErrorAction Stop -Force";
        prop_assert_eq!(bound, bind(&SET, &words(plain)).unwrap());
        prop_assert_eq!(bind(&TEST, &test).unwrap(), bind(&TEST, &words("-Identity site:Redmond -Verbose -Report x.html -Debug")).unwrap());
    }

    /// Whatever is typed, the answer is a binding or an error, and a parameter that was bound was named or stands at a position.
    #[test]
    fn nothing_panics(line in prop::collection::vec("[-–]?\\PC{0,8}:?[a-zA-Z$]{0,6}", 0..6)) {
        let tokens: Vec<Token> = line.into_iter().map(Token::Word).collect();
        for cmdlet in [&SET, &TEST, &GET] {
            if let Ok(bound) = bind(cmdlet, &tokens) {
                prop_assert!(bound.values.len() <= tokens.len());
            }
        }
    }
}
