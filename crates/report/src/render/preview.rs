//! A dry run, for people.

use super::TextOptions;
use super::text_writer::clean;
use crate::format::PlanPreview;
use std::fmt::Write as _;

/// What would be done, the plan, and the bytes that would be written.
#[must_use]
pub fn preview(shown: &PlanPreview, options: &TextOptions) -> String {
    let mut out: String = shown.what_if.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    let _ = write!(out, "\n{}\n", super::plan(&shown.plan, options));
    if !shown.preview.is_empty() {
        out.push_str(
            "Bytes that would be written (secrets masked; an encrypted value has random bytes in it, so that it is another one each time)\n",
        );
    }
    // Writing to a String cannot fail.
    for file in &shown.preview {
        let path = clean(&file.path);
        let _ = write!(out, "\n--- {path}\n+++ {path} (planned)\n");
        for change in &file.changes {
            let (old, new) = (&change.old, &change.new);
            let _ = writeln!(
                out,
                "@@ line {}, bytes {}..{} -> {}..{} @@",
                change.line, old.byte_start, old.byte_end, new.byte_start, new.byte_end
            );
            for (sign, lines) in [('-', &old.lines), ('+', &new.lines)] {
                for line in lines {
                    let _ = writeln!(out, "{sign}{}", clean(line));
                }
            }
        }
    }
    out
}
