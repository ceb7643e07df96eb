//! The places of many values in two blocks of memory.
//!
//! A directory of a fleet has some twenty values for each account, of which a report cites a few: each place by itself takes 96 bytes, and as
//! many for its line.

use crate::{Location, Position, Spot};
use std::collections::HashMap;

/// A place, as far as it is small: any other stays by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Record {
    /// Where the texts begin.
    text: u32,
    /// Offset in the file.
    byte_start: u32,
    line: u32,
    column: u16,
    /// Column behind the last character.
    end_column: u16,
    /// Length in the file.
    bytes: u16,
    /// Length of the excerpt; without one [`NONE`].
    excerpt: u16,
    element: u8,
    /// Lines that end within the place.
    lines: u8,
    /// Whether the excerpt stands behind the element; else it begins with it.
    is_apart: bool,
}

/// No excerpt.
const NONE: u16 = u16::MAX;

/// Places, by their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Packed {
    records: Box<[Record]>,
    texts: Box<str>,
}

impl Packed {
    fn record(&self, number: u32) -> Option<&Record> {
        self.records.get(number as usize)
    }

    /// What the texts hold from an offset on, of that length.
    fn text(&self, start: u32, skip: usize, length: usize) -> &str {
        let start = start as usize + skip;
        self.texts.get(start..start + length).unwrap_or_default()
    }

    pub(crate) fn location(&self, number: u32) -> Option<Location> {
        let record = self.record(number)?;
        let byte_start = u64::from(record.byte_start);
        Some(Location {
            position: Position { line: record.line, column: record.column.into() },
            end: Position { line: record.line + u32::from(record.lines), column: record.end_column.into() },
            byte_start,
            byte_end: byte_start + u64::from(record.bytes),
        })
    }

    pub(crate) fn element(&self, number: u32) -> &str {
        self.record(number).map_or("", |record| self.text(record.text, 0, record.element.into()))
    }

    pub(crate) fn excerpt(&self, number: u32) -> Option<&str> {
        let record = self.record(number).filter(|record| record.excerpt != NONE)?;
        let skip = if record.is_apart { record.element.into() } else { 0 };
        Some(self.text(record.text, skip, record.excerpt.into()))
    }
}

/// Puts places together.
#[derive(Debug, Default)]
pub(crate) struct Packer {
    records: Vec<Record>,
    texts: String,
    /// Where texts stand that were seen before, by their addresses.
    known: HashMap<(usize, usize), u32>,
}

impl Packer {
    /// The number of a place among those that are put together; `None` where it stays by itself. All of them must live until the last is added.
    pub(crate) fn add(&mut self, spot: &Spot) -> Option<u32> {
        let Location { position, end, byte_start, byte_end } = spot.location?;
        let excerpt = spot.excerpt.as_deref();
        let is_apart = excerpt.is_some_and(|line| !line.starts_with(&*spot.element));
        let address = (spot.element.as_ptr() as usize, spot.excerpt.as_ref().map_or(0, |line| line.as_ptr() as usize));
        let known = self.known.get(&address).copied();
        let record = Record {
            text: known.map_or_else(|| u32::try_from(self.texts.len()).ok(), Some)?,
            byte_start: u32::try_from(byte_start).ok()?,
            line: position.line,
            column: u16::try_from(position.column).ok()?,
            end_column: u16::try_from(end.column).ok()?,
            bytes: u16::try_from(byte_end.checked_sub(byte_start)?).ok()?,
            excerpt: excerpt.map_or(Some(NONE), |line| u16::try_from(line.len()).ok().filter(|length| *length != NONE))?,
            element: u8::try_from(spot.element.len()).ok()?,
            lines: u8::try_from(end.line.checked_sub(position.line)?).ok()?,
            is_apart,
        };
        let number = u32::try_from(self.records.len()).ok()?;
        if known.is_none() {
            if is_apart || excerpt.is_none() {
                self.texts.push_str(&spot.element);
            }
            self.texts.push_str(excerpt.unwrap_or_default());
            self.known.insert(address, record.text);
        }
        self.records.push(record);
        Some(number)
    }

    pub(crate) fn finish(self) -> Packed {
        Packed { records: self.records.into_boxed_slice(), texts: self.texts.into_boxed_str() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DocumentId, Origin};
    use proptest::prelude::*;

    fn position() -> impl Strategy<Value = Position> {
        (prop_oneof![1u32..300, Just(u32::MAX)], prop_oneof![1u32..300, 65_530u32..65_540])
            .prop_map(|(line, column)| Position { line, column })
    }

    fn spot() -> impl Strategy<Value = Spot> {
        let bytes = (prop_oneof![0u64..1000, u64::from(u32::MAX) - 2..u64::from(u32::MAX) + 2], prop_oneof![0u64..300, 65_530u64..65_540]);
        let location = (position(), position(), bytes).prop_map(|(position, end, (byte_start, length))| Location {
            position,
            end,
            byte_start,
            byte_end: byte_start + length,
        });
        let line = prop_oneof!["[a-cé: ]{0,12}", Just("x".repeat(65_535)), Just("x".repeat(65_534))];
        let element = prop_oneof!["[a-cé]{0,3}", Just("e".repeat(255)), Just("e".repeat(256))];
        (proptest::option::of(location), element, proptest::option::of(line)).prop_map(|(location, element, excerpt)| Spot {
            location,
            element: element.into(),
            excerpt: excerpt.map(Into::into),
        })
    }

    fn whole() -> Spot {
        Spot { location: None, element: "".into(), excerpt: None }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn places_say_together_what_they_said_alone(spots in proptest::collection::vec(spot(), 0..8), again in any::<prop::sample::Index>()) {
            let mut origins: Vec<Origin> = spots.iter().map(|spot| Origin::new(DocumentId(3), spot.clone())).collect();
            origins.push(Origin::document(DocumentId(3)));
            if let [first, .., last] = &mut origins[..] {
                // Others have its letters.
                last.change(|spot| (spot.element, spot.excerpt) = (first.shared_element(), first.shared_excerpt()));
            }
            let spots: Vec<Spot> = origins.iter().map(|o| o.clone().into_parts().1.map_or_else(whole, |s| (*s).clone())).collect();
            // A value may have the place of another, and one may be packed before.
            let twin = origins[again.index(origins.len())].clone();
            origins.push(twin);
            let alone: Vec<String> = origins.iter().map(|o| format!("{o:?}")).collect();
            for _ in 0..2 {
                Origin::pack(&mut origins);
                let together: Vec<String> = origins.iter().map(|o| format!("{o:?}")).collect();
                prop_assert_eq!(&together, &alone);
            }
            for (origin, spot) in origins.iter().zip(&spots) {
                let parts = origin.clone().into_parts();
                prop_assert_eq!(parts.1.as_deref().cloned().unwrap_or_else(whole), spot.clone());
                let changed = origin.clone().with_element("new");
                prop_assert_eq!((changed.location(), changed.element(), changed.excerpt()), (origin.location(), "new", origin.excerpt()));
            }
        }
    }

    #[test]
    fn twenty_places_take_a_third_of_the_memory() {
        let origin = |line: u32| {
            let at = |column| Position { line, column };
            let location = Location { position: at(1), end: at(20), byte_start: 40 * u64::from(line), byte_end: 40 * u64::from(line) + 19 };
            Origin::new(
                DocumentId(0),
                Spot { location: Some(location), element: "cn".into(), excerpt: Some("cn: fe01.contoso.com".into()) },
            )
        };
        let mut origins: Vec<Origin> = (1..=20).map(origin).collect();
        let mut packer = Packer::default();
        for origin in &origins {
            packer.add(&origin.clone().into_parts().1.unwrap()).unwrap();
        }
        let packed = packer.finish();
        assert!(size_of_val(&*packed.records) + packed.texts.len() <= 20 * (size_of::<Spot>() + 16 + 36) / 3 + 100);
        Origin::pack(&mut origins);
        assert_eq!((size_of::<Origin>(), origins[19].excerpt()), (16, Some("cn: fe01.contoso.com")));
    }
}
