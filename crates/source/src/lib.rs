//! Bytes of an input file as text, with positions that lead back to the bytes on disk.
//!
//! A parser sees the decoded text without a byte order mark and speaks of it in [`Span`]s.
//! [`Source`] turns a span into the byte range of the file as it lies on disk, and into line and column.

// `text!` names this crate, also within it.
extern crate self as kerbsync_source;

mod address;
mod decode;
mod harmless;
mod left_out;
mod lines;
mod origin;
mod packed;
mod pipeline;
mod plain_words;
mod problem;
mod redact;
mod shared_words;
mod shown;
mod text;
mod words;

pub use address::is_address;
pub use decode::{DecodeError, Encoding, Source};
pub use harmless::is_harmless;
pub use kerbsync_text_macro::text;
pub use left_out::{leave_out, put_back};
pub use lines::Newline;
pub use origin::{DocumentId, Location, Origin, Position, SharedSpot, Span, Spanned, Spot};
pub use pipeline::{commands_runner, runner_marks};
pub use problem::{Level, Problem, ProblemSink, Problems};
pub use redact::{REDACTED, TAKEN_OUT, is_secret_name, may_hold_secret, redact_values};
pub use shared_words::Words;
pub use shown::{Shown, is_plainly_printable, printable, steers};
pub use text::{Tell, Teller, Text, TextAbout, gated, hex_bits};
pub use words::{count, grouped, hex, letters};
