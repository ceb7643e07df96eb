//! Binds the words of a line to parameters as PowerShell does (about_Parameters, about_CommonParameters): names in any case and as short as
//! they stay clear, values behind a blank or a colon, positions, and sets that exclude each other.

mod name;
mod sets;
#[cfg(test)]
mod tests;

use super::table::{Cmdlet, Kind, Parameter};
use crate::failure::Failure;
use std::collections::BTreeMap;

/// One word of a line, without kerbsync's own flags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    /// Here stood a flag of kerbsync: no value can be looked for behind it.
    Gap,
}

/// What a line says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Bound {
    /// The parameter set.
    pub(super) set: &'static str,
    values: BTreeMap<&'static str, Value>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Text(String),
    Switch(bool),
}

impl Bound {
    /// The value of a parameter that takes one.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.values.get(name)? {
            Value::Text(text) => Some(text),
            Value::Switch(_) => None,
        }
    }

    /// Whether a switch is on.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.values.get(name) == Some(&Value::Switch(true))
    }
}

/// Why a line cannot be bound. The sentences are PowerShell's own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum BindError {
    #[error("A parameter cannot be found that matches parameter name '{name}'.")]
    Unknown { name: String, near: Vec<&'static str> },
    #[error(
        "Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches include:{}.",
        dashed(candidates)
    )]
    Ambiguous { name: String, candidates: Vec<&'static str> },
    #[error("Missing an argument for parameter '{name}'. Specify a parameter of type '{kind}' and try again.")]
    MissingArgument { name: &'static str, kind: &'static str },
    #[error("Cannot bind argument to parameter '{name}' because it is an empty string.")]
    Empty { name: &'static str },
    #[error("Cannot bind parameter '{name}'. Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.")]
    NotBoolean { name: &'static str },
    #[error("Cannot bind parameter because parameter '{name}' is specified more than once.")]
    Twice { name: &'static str },
    #[error("Cannot bind parameter '{name}'. {sentence}")]
    Excluded { name: &'static str, sentence: &'static str },
    #[error("A positional parameter cannot be found that accepts argument '{value}'.")]
    Positional { value: String, by_name: Option<&'static str> },
    #[error("Cannot process command because of one or more missing mandatory parameters:{}.", spaced(names))]
    MissingMandatory { names: Vec<&'static str> },
    #[error("Parameter set cannot be resolved using the specified named parameters.")]
    Unresolved,
}

fn dashed(names: &[&str]) -> String {
    names.iter().map(|n| format!(" -{n}")).collect()
}

/// What a set cannot do without.
fn mandatory(cmdlet: &Cmdlet, set: &str) -> String {
    dashed(&cmdlet.parameters.iter().filter(|p| p.member(set).is_some_and(|m| m.1)).map(|p| p.name).collect::<Vec<_>>())
}

fn spaced(names: &[&str]) -> String {
    names.iter().map(|n| format!(" {n}")).collect()
}

impl BindError {
    /// The error for people, with what to do.
    pub(super) fn failure(&self, cmdlet: &Cmdlet) -> Failure {
        let failure = Failure::usage(format!("{} : {self}", cmdlet.name));
        let failure = match self {
            Self::Unknown { near, .. } if !near.is_empty() => failure.hint(format!("did you mean{}?", dashed(near))),
            Self::Ambiguous { .. } => failure.hint("write more letters of the name"),
            Self::NotBoolean { name } => failure.hint(format!(
                "a Unix shell takes $true and $false for variables of its own and leaves nothing: quote them, '-{name}:$false'"
            )),
            Self::Positional { by_name: Some(name), .. } => failure.hint(format!("name the parameter: -{name} VALUE")),
            Self::Unresolved => {
                failure.hint(format!("give{}", cmdlet.sets.iter().map(|s| mandatory(cmdlet, s)).collect::<Vec<_>>().join(", or")))
            }
            _ => failure,
        };
        failure.hint(format!("`kerbsync {} -?` prints the syntax", cmdlet.name))
    }
}

/// Whether a character is a dash where PowerShell looks for one.
pub(super) const fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2013}' | '\u{2014}' | '\u{2015}')
}

/// The name behind the dash, when a word is one of a parameter: a dash with a letter, `_` or `?` behind it, so that `-1` is a value.
pub(super) fn parameter_name(word: &str) -> Option<&str> {
    let rest = word.strip_prefix(is_dash)?;
    rest.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '?')).then_some(rest)
}

/// Binds the words behind a cmdlet's name.
pub(super) fn bind(cmdlet: &Cmdlet, tokens: &[Token]) -> Result<Bound, BindError> {
    let mut named: Vec<(&'static Parameter, Value)> = Vec::new();
    let mut positional = Vec::new();
    let mut tokens = tokens.iter().peekable();
    let mut ended = false;
    while let Some(token) = tokens.next() {
        let Token::Word(word) = token else { continue };
        let name = parameter_name(word).filter(|_| !ended);
        let Some(name) = name else {
            match word.as_str() {
                "--" if !ended => ended = true,
                _ => positional.push(word.clone()),
            }
            continue;
        };
        let (name, attached) = name.split_once(':').map_or((name, None), |(name, value)| (name, Some(value)));
        let parameter = name::find(cmdlet, name)?;
        if named.iter().any(|(p, _)| p.name == parameter.name) {
            return Err(BindError::Twice { name: parameter.name });
        }
        let next = tokens.peek().and_then(|t| match t {
            Token::Word(word) if parameter_name(word).is_none() => Some(word.as_str()),
            _ => None,
        });
        let (value, taken) = value(parameter, attached, next)?;
        if taken {
            tokens.next();
        }
        named.push((parameter, value));
    }
    sets::choose(cmdlet, named, &positional)
}

/// The value of a named parameter, and whether it is the next word.
fn value(parameter: &Parameter, attached: Option<&str>, next: Option<&str>) -> Result<(Value, bool), BindError> {
    let name = parameter.name;
    let (text, taken) = match (attached, parameter.kind) {
        (None, Kind::Switch) => return Ok((Value::Switch(true), false)),
        (Some(text), _) if !text.is_empty() => (text, false),
        // `-Name: value`, as Windows PowerShell also hands `-Name:$value` on to programs.
        (Some(_), Kind::Switch) => (next.ok_or(BindError::NotBoolean { name })?, true),
        _ => (next.ok_or(BindError::MissingArgument { name, kind: parameter.kind.type_name() })?, true),
    };
    if parameter.kind != Kind::Switch {
        return if text.is_empty() { Err(BindError::Empty { name }) } else { Ok((Value::Text(text.to_owned()), taken)) };
    }
    match text.strip_prefix('$').unwrap_or(text).to_ascii_lowercase().as_str() {
        "true" | "1" => Ok((Value::Switch(true), taken)),
        "false" | "0" => Ok((Value::Switch(false), taken)),
        _ => Err(BindError::NotBoolean { name }),
    }
}
