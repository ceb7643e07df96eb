//! Which parameter set a line means, and what stands at its positions.

use super::super::table::{Cmdlet, Parameter};
use super::{BindError, Bound, Value};

type Named = Vec<(&'static Parameter, Value)>;

pub(super) fn choose(cmdlet: &Cmdlet, named: Named, positional: &[String]) -> Result<Bound, BindError> {
    let possible: Vec<&'static str> =
        cmdlet.sets.iter().copied().filter(|set| named.iter().all(|(p, _)| p.member(set).is_some())).collect();
    if possible.is_empty() {
        return Err(excluded(cmdlet, &named));
    }
    let mut complete = None;
    let mut lacking = Vec::new();
    let mut misplaced = None;
    for &set in &possible {
        match placed(cmdlet, set, &named, positional) {
            Err(value) => misplaced = misplaced.or(Some(value)),
            Ok(values) => {
                let missing: Vec<&'static str> = cmdlet
                    .parameters
                    .iter()
                    .filter(|p| p.member(set).is_some_and(|(_, mandatory)| mandatory) && values.iter().all(|(v, _)| v.name != p.name))
                    .map(|p| p.name)
                    .collect();
                if missing.is_empty() {
                    complete = complete.or(Some((set, values)));
                } else {
                    lacking.push(missing);
                }
            }
        }
    }
    match (complete, lacking.len(), misplaced) {
        (Some((set, values)), ..) => Ok(Bound { set, values: values.into_iter().map(|(p, v)| (p.name, v)).collect() }),
        // Nothing tells the sets apart.
        (None, 2.., _) => Err(BindError::Unresolved),
        (None, 1, _) => Err(BindError::MissingMandatory { names: lacking.remove(0) }),
        (None, _, value) => {
            // A parameter that must be given, was not, and has no position.
            let open =
                |p: &&Parameter| named.iter().all(|(n, _)| n.name != p.name) && possible.iter().any(|s| p.member(s) == Some((None, true)));
            let by_name = cmdlet.parameters.iter().find(open).map(|p| p.name);
            Err(BindError::Positional { value: value.unwrap_or_default(), by_name })
        }
    }
}

/// The values with those without a name at their positions; else the first one that has none.
fn placed(cmdlet: &Cmdlet, set: &str, named: &Named, positional: &[String]) -> Result<Named, String> {
    let mut values = named.clone();
    let mut free =
        cmdlet.positions(set).into_iter().filter(|p| named.iter().all(|(n, _)| n.name != p.name)).collect::<Vec<_>>().into_iter();
    for value in positional {
        match free.next() {
            Some(parameter) if parameter.kind.fits(value) => values.push((parameter, Value::Text(value.clone()))),
            _ => return Err(value.clone()),
        }
    }
    Ok(values)
}

fn excluded(cmdlet: &Cmdlet, named: &Named) -> BindError {
    let given = |name: &str| named.iter().any(|(p, _)| p.name == name);
    cmdlet
        .exclusions
        .iter()
        .find(|e| given(e.parameter) && given(e.other))
        .map_or(BindError::Unresolved, |e| BindError::Excluded { name: e.parameter, sentence: e.sentence })
}
