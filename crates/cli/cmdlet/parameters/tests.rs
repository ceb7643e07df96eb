//! Lines and what they bind to; and that how a line is written changes nothing.

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
    ]), @r#"
    -FromComputer fe01.contoso.com -ToComputer dir01.contoso.com -WhatIf
        ByFqdn: FromComputer=fe01.contoso.com ToComputer=dir01.contoso.com WhatIf=true
    -from:fe01.contoso.com -tocomp: dir01.contoso.com -wi
        ByFqdn: FromComputer=fe01.contoso.com ToComputer=dir01.contoso.com WhatIf=true
    –FromComputer fe01.contoso.com —ToComputer dir01.contoso.com ―cf
        ByFqdn: Confirm=true FromComputer=fe01.contoso.com ToComputer=dir01.contoso.com
    fe01.contoso.com dir01.contoso.com
        ByFqdn: FromComputer=fe01.contoso.com ToComputer=dir01.contoso.com
    -ToComputer dir01.contoso.com fe01.contoso.com -Confirm:$false
        ByFqdn: Confirm=false FromComputer=fe01.contoso.com ToComputer=dir01.contoso.com
    dir01.contoso.com -FromComputer fe01.contoso.com -Confirm: False -WhatIf:1
        ByFqdn: Confirm=false FromComputer=fe01.contoso.com ToComputer=dir01.contoso.com WhatIf=true
    litwareinc\kerberostest -Force -ea SilentlyContinue -ov result
        ByUser: ErrorAction=SilentlyContinue Force=true OutVariable=result UserAccount=litwareinc\kerberostest
    KerbAuth
        ByUser: UserAccount=KerbAuth
    -UserAccount -1
        ByUser: UserAccount=-1
    -UserAccount a\b -- -WhatIf
        A positional parameter cannot be found that accepts argument '-WhatIf'.
    -u a\b -v
        ByUser: UserAccount=a\b Verbose=true
    "#);
    insta::assert_snapshot!(all(&GET, &["", "site:Redmond", "-I site:Redmond -l", "-Filter *Redmond*", "-f:site:*"]), @r#"
        Identity: 
    site:Redmond
        Identity: Identity=site:Redmond
    -I site:Redmond -l
        Identity: Identity=site:Redmond LocalStore=true
    -Filter *Redmond*
        Filter: Filter=*Redmond*
    -f:site:*
        Filter: Filter=site:*
    "#);
    insta::assert_snapshot!(all(&TEST, &["-Identity site:Redmond -vb", "-Id:site:Redmond -Report x.html -Verbose:$true"]), @r#"
    -Identity site:Redmond -vb
        Default: Identity=site:Redmond Verbose=true
    -Id:site:Redmond -Report x.html -Verbose:$true
        Default: Identity=site:Redmond Report=x.html Verbose=true
    "#);
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
    ]), @r#"
        Parameter set cannot be resolved using the specified named parameters.
    -WhatIf
        Parameter set cannot be resolved using the specified named parameters.
    -F fe01.contoso.com
        Parameter cannot be processed because the parameter name 'F' is ambiguous. Possible matches include: -FromComputer -Force.
    -W
        Parameter cannot be processed because the parameter name 'W' is ambiguous. Possible matches include: -WhatIf -WarningAction -WarningVariable.
    -FromComputer fe01.contoso.com
        Cannot process command because of one or more missing mandatory parameters: ToComputer.
    -ToComputer dir01.contoso.com
        Cannot process command because of one or more missing mandatory parameters: FromComputer.
    fe01.contoso.com
        Cannot process command because of one or more missing mandatory parameters: ToComputer.
    -FromComputer fe01.contoso.com -UserAccount a\b
        Cannot bind parameter 'FromComputer'. This parameter cannot be used if you use the UserAccount parameter.
    -UserAccount a\b -ToComputer fe01.contoso.com
        Cannot bind parameter 'ToComputer'. This parameter cannot be used if you use the UserAccount parameter.
    -UserAccount a\b fe01.contoso.com
        A positional parameter cannot be found that accepts argument 'fe01.contoso.com'.
    fe01.contoso.com dir01.contoso.com se01.contoso.com
        A positional parameter cannot be found that accepts argument 'se01.contoso.com'.
    -FromComputers fe01.contoso.com
        A parameter cannot be found that matches parameter name 'FromComputers'.
    -FromComputer -ToComputer dir01.contoso.com
        Missing an argument for parameter 'FromComputer'. Specify a parameter of type 'Fqdn' and try again.
    -FromComputer GAP dir01.contoso.com
        Missing an argument for parameter 'FromComputer'. Specify a parameter of type 'Fqdn' and try again.
    -Report
        Missing an argument for parameter 'Report'. Specify a parameter of type 'String' and try again.
    -Report: -WhatIf
        Missing an argument for parameter 'Report'. Specify a parameter of type 'String' and try again.
    -UserAccount a\b -UserAccount c\d
        Cannot bind parameter because parameter 'UserAccount' is specified more than once.
    -UserAccount a\b -WhatIf:maybe
        Cannot bind parameter 'WhatIf'. Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.
    -UserAccount a\b -Confirm:
        Cannot bind parameter 'Confirm'. Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.
    -UserAccount a\b -Confirm: -WhatIf
        Cannot bind parameter 'Confirm'. Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.
    "#);
    insta::assert_snapshot!(all(&GET, &["-Identity site:Redmond -Filter *", "site:Redmond site:Dublin", "-LocalStore:x"]), @r#"
    -Identity site:Redmond -Filter *
        Cannot bind parameter 'Identity'. You cannot use both the Identity and the Filter parameters in the same command.
    site:Redmond site:Dublin
        A positional parameter cannot be found that accepts argument 'site:Dublin'.
    -LocalStore:x
        Cannot bind parameter 'LocalStore'. Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.
    "#);
    insta::assert_snapshot!(all(&TEST, &["", "site:Redmond", "-Identity"]), @r#"
        Cannot process command because of one or more missing mandatory parameters: Identity.
    site:Redmond
        A positional parameter cannot be found that accepts argument 'site:Redmond'.
    -Identity
        Missing an argument for parameter 'Identity'. Specify a parameter of type 'XdsIdentity' and try again.
    "#);
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
