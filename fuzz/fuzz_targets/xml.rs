//! Any bytes: decode, parse, and walk everything that a document offers.
#![no_main]

use kerbsync_source::{DocumentId, Source, Span};
use kerbsync_xml::{Document, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(source) = Source::decode(DocumentId(0), data.to_vec()) else { return };
    assert_eq!(source.bytes(), data);
    let text = source.text().to_owned();
    assert_eq!(source.disk_range(Span::new(0, text.len())).end, data.len());
    let d = match Document::parse(source, &Limits::default()) {
        Ok(d) => d,
        Err(e) => {
            assert!(e.location.byte_start <= data.len() as u64, "{e}");
            return;
        }
    };
    let _ = (d.declared_encoding(), d.source().newline());
    for e in d.root().descendants() {
        assert_eq!(&text[e.name_span().range()], e.name());
        assert_eq!(e.end_tag().is_none(), text[e.start_tag().range()].ends_with("/>"));
        let mut at = e.name_span().end;
        for a in e.attributes() {
            assert!(at < a.name_span().start && a.span().end < e.start_tag().end);
            assert_eq!(&text[a.value_span().range()], a.raw_value());
            assert!(!a.raw_value().contains(['<', a.quote()]));
            let _ = a.value();
            at = a.span().end;
        }
        assert!(matches!(text[at..e.start_tag().end].trim_start(), ">" | "/>"));
        assert!(e.children().all(|c| c.parent() == Some(e)));
    }
    // What is quadratic by nature is done for the first elements only.
    for e in d.root().descendants().take(40) {
        let _ = (e.text(), e.namespace(), e.origin(), e.attribute_origin("name"), e.children().count());
    }
    for at in (0..text.len() + 2).step_by(text.len() / 16 + 1) {
        let _ = (d.masked_line(at), d.source().position(at));
    }
});
