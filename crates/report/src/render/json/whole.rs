//! A report as JSON. Its lists of verdicts and findings, nearly all of a fleet's report, are put into words by several threads at once.

use super::items::{Item, Piece};
use super::{Indented, serialize_at};
use crate::format::Report;
use kerbsync_audit::Profiles;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::ser::Formatter;
use std::io::{self, Write};

/// Verdicts that one thread puts into words in one go: some hundred bytes each.
const VERDICTS: usize = 128;
/// The same of findings, which are two kilobytes and less, as a rule.
const FINDINGS: usize = 16;
/// Pieces whose words wait to be written.
const PIECES: usize = 8;

/// Writes what the report's own `Serialize` gives, in the layout of every format.
///
/// # Errors
/// Those of `out`.
pub(super) fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let Report { schema, tool, time, inputs, inventory, coverage, verdicts, findings, waivers, summary, profile, guides, shard } = report;
    let mut fields = Fields { out, layout: Indented::default(), any: false };
    fields.layout.begin_object(fields.out)?;
    fields.put("schema", schema)?;
    fields.put("tool", tool)?;
    fields.put("time", time)?;
    fields.put("inputs", inputs)?;
    fields.put("inventory", inventory)?;
    fields.put("coverage", coverage)?;
    fields.list("verdicts", verdicts, VERDICTS)?;
    fields.list("findings", findings, FINDINGS)?;
    fields.put("waivers", waivers)?;
    fields.put("summary", summary)?;
    if !Profiles::is_default(profile) {
        fields.put("profile", profile)?;
    }
    if !guides.is_empty() {
        fields.put("guides", guides)?;
    }
    if let Some(shard) = shard {
        fields.put("shard", shard)?;
    }
    fields.layout.end_object(fields.out)
}

/// The fields of the report.
struct Fields<'o, W> {
    out: &'o mut W,
    layout: Indented,
    /// Whether there was one before.
    any: bool,
}

impl<W: Write> Fields<'_, W> {
    fn name(&mut self, name: &str) -> io::Result<()> {
        self.layout.begin_object_key(self.out, !std::mem::replace(&mut self.any, true))?;
        serialize_at(0, name, self.out)?;
        self.layout.begin_object_value(self.out)
    }

    fn put(&mut self, name: &str, value: &impl Serialize) -> io::Result<()> {
        self.name(name)?;
        serialize_at(self.layout.level, value, self.out)?;
        self.layout.end_object_value(self.out)
    }

    fn list(&mut self, name: &str, items: &[impl Item], piece: usize) -> io::Result<()> {
        self.name(name)?;
        self.layout.begin_array(self.out)?;
        let mut told = vec![Vec::new(); PIECES];
        for (at, pieces) in items.chunks(PIECES * piece).enumerate() {
            told.iter_mut().for_each(Vec::clear);
            let words = |(i, (items, told)): (usize, (&[_], &mut Vec<u8>))| Piece::write(items, at + i == 0, told);
            pieces.par_chunks(piece).zip(&mut told).enumerate().try_for_each(words)?;
            told.iter().try_for_each(|words| self.out.write_all(words))?;
            self.layout.filled = true;
        }
        self.layout.end_array(self.out)?;
        self.layout.end_object_value(self.out)
    }
}
