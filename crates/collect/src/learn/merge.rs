//! Places of several comparisons as one ranked list, and which of them is to be declared.

use super::{Around, Comparison};
use kerbsync_credential::DeclaredSlot;
use kerbsync_credential::learn::{LearnedPlace, Strength};

/// A place, over all comparisons and locations in which it changed.
#[derive(Debug, Clone)]
pub struct RankedPlace {
    /// The likeliest of its finds.
    pub best: LearnedPlace,
    /// The sum of what speaks for it and against it.
    pub score: i32,
    /// How much speaks for it.
    pub strength: Strength,
    /// What speaks for it and against it.
    pub reasons: Vec<String>,
    /// Comparisons in which it changed, by their number.
    pub comparisons: Vec<usize>,
    /// How kerbsync.toml declares it: one entry per location; or why it cannot.
    pub declarations: Result<Vec<DeclaredSlot>, &'static str>,
}

/// The ranked list.
#[derive(Debug, Clone)]
pub struct RankedPlaces {
    /// The likeliest first.
    pub ranked: Vec<RankedPlace>,
    /// Whether the first one stands out: it can be declared, more than a weak hint speaks for it, and for no other one as much.
    pub first_stands_out: bool,
}

/// Joins the places of comparisons.
#[must_use]
pub fn merge(comparisons: &[Comparison]) -> RankedPlaces {
    let mut ranked: Vec<RankedPlace> = Vec::new();
    for (number, comparison) in comparisons.iter().enumerate() {
        for found in &comparison.learned.places {
            let declared = found.declaration.clone();
            let score = found.score + weight(comparison.around);
            match ranked.iter_mut().find(|p| is_same(p, found)) {
                Some(place) => {
                    if !place.comparisons.contains(&number) {
                        place.comparisons.push(number);
                    }
                    if let (Ok(all), Ok(one)) = (&mut place.declarations, declared)
                        && !all.contains(&one)
                    {
                        all.push(one);
                    }
                    if (found.strength, score) > (place.strength, place.score) {
                        (place.best, place.strength, place.score) = (found.clone(), found.strength, score);
                        place.reasons.clone_from(&found.reasons);
                        place.reasons.extend(told(comparison.around));
                    }
                }
                None => ranked.push(RankedPlace {
                    best: found.clone(),
                    score,
                    strength: found.strength,
                    reasons: found.reasons.iter().cloned().chain(told(comparison.around)).collect(),
                    comparisons: vec![number],
                    declarations: declared.map(|one| vec![one]),
                }),
            }
        }
    }
    for place in &mut ranked {
        let servers =
            place.comparisons.iter().filter_map(|i| comparisons.get(*i)?.server.as_ref()).collect::<std::collections::BTreeSet<_>>();
        if servers.len() > 1 {
            place.score += 2;
            place.reasons.push(format!("It changed on {} servers.", servers.len()));
        }
        if let Ok(all) = &mut place.declarations {
            all.sort_by(|a, b| a.location.cmp(&b.location));
        }
    }
    ranked.sort_by(|a, b| b.strength.cmp(&a.strength).then(b.score.cmp(&a.score)));
    let first_stands_out = match ranked.as_slice() {
        [] => false,
        [first, rest @ ..] => {
            let ahead = rest.first().is_none_or(|second| (first.strength, first.score) > (second.strength, second.score));
            first.strength > Strength::Weak && first.declarations.is_ok() && ahead
        }
    };
    RankedPlaces { ranked, first_stands_out }
}

/// Whether a find is another one of the same place: the same section and names, at whatever location.
fn is_same(place: &RankedPlace, found: &LearnedPlace) -> bool {
    match (&place.best.declaration, &found.declaration) {
        (Ok(a), Ok(b)) => {
            let same = |x: &DeclaredSlot| (x.section.clone(), x.items.clone(), x.account_attribute.clone(), x.secret_attribute.clone());
            // What the whole server says is not what one of its web sites says.
            same(a) == same(b) && (a.location.as_deref() == Some("")) == (b.location.as_deref() == Some(""))
        }
        (Err(_), Err(_)) => place.best.secret_origin.element() == found.secret_origin.element(),
        _ => false,
    }
}

const fn weight(around: Around) -> i32 {
    match around {
        Around::Dated => 5,
        Around::No => -5,
        Around::Given | Around::FileTimes | Around::Unknown => 0,
    }
}

fn told(around: Around) -> Option<String> {
    let told = match around {
        Around::Dated => "A run of the cmdlet lies between the two configurations, by the times of manifest.json.",
        Around::No => "No run of the cmdlet lies between the two configurations, by the times of manifest.json.",
        Around::FileTimes => "A run of the cmdlet lies between the two configurations by the times of their files, which a copy changes.",
        Around::Given | Around::Unknown => return None,
    };
    Some(told.to_owned())
}
