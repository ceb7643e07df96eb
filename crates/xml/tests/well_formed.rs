//! What is refused, where, and in which words.

use kerbsync_source::{DocumentId, Source};
use kerbsync_xml::{Document, ErrorKind, Limits, XmlError};

fn read_bytes(bytes: &[u8], limits: &Limits) -> Result<Document, XmlError> {
    Document::parse(Source::decode(DocumentId(0), bytes.to_vec()).expect("text"), limits)
}

fn read(text: &str) -> Result<Document, XmlError> {
    read_bytes(text.as_bytes(), &Limits::default())
}

/// Text, byte of the error.
const REFUSED: &[(&str, u64)] = &[
    // No root, two roots, something beside the root.
    ("", 0),
    ("  \n", 3),
    ("<!-- -->", 8),
    ("<?xml version='1.0'?>", 21),
    ("<a/><b/>", 4),
    ("<a></a><a>", 7),
    ("<a/>x", 4),
    ("<a/> \n x", 7),
    ("x<a/>", 0),
    ("\u{FEFF}\u{FEFF}<a/>", 3),
    ("<a/>&amp;", 4),
    ("<a/><![CDATA[x]]>", 4),
    ("<![CDATA[]]><a/>", 0),
    // The file is cut.
    ("<a><b>", 6),
    ("<a><b/>\n", 8),
    ("<a>text", 7),
    ("<", 0),
    ("<a", 0),
    ("<a ", 0),
    ("<a b", 0),
    ("<a b=", 0),
    ("<a b=\"", 0),
    ("<a b='c", 0),
    ("<a b='c'", 0),
    ("<a/", 0),
    ("<a><b c='1'", 3),
    ("<a></", 3),
    ("<a></a", 3),
    ("<a></a ", 3),
    ("<a><!", 3),
    ("<a><!-", 3),
    ("<a><!--", 3),
    ("<a><!-- --", 3),
    ("<a><!-->", 3),
    ("<a><!--->", 3),
    ("<a><![CDA", 3),
    ("<a><![CDATA[ ]]", 3),
    ("<a><?", 3),
    ("<a><?p ", 3),
    ("<?xml version='1.0'", 0),
    // End tags.
    ("<a><b></a>", 6),
    ("<a></A>", 3),
    ("<a></ab>", 3),
    ("<ab></a>", 4),
    ("<a></a></b>", 7),
    ("</a>", 0),
    ("<a></>", 5),
    ("<a></ a>", 5),
    ("<a></a b='1'>", 7),
    ("<a></a/>", 6),
    // Names.
    ("<1a/>", 1),
    ("< a/>", 1),
    ("<>", 1),
    ("<a$b/>", 2),
    ("<a=1/>", 2),
    ("<a\u{D7}/>", 2),
    ("<a \u{A0}b='1'/>", 3),
    ("<a 1b='2'/>", 3),
    ("<a ='2'/>", 3),
    ("<a><.b/></a>", 4),
    // Attributes.
    ("<a b=1/>", 5),
    ("<a b/>", 4),
    ("<a b >", 5),
    ("<a b c='1'/>", 5),
    ("<a b='1'c='2'/>", 8),
    ("<a b='1'\"/>", 8),
    ("<a b='1' b='2'/>", 9),
    ("<a b='1' c='' b=''>", 14),
    ("<a b='<'/>", 6),
    ("<a b=\"x>\n<c d=\"1\"/></a>", 9),
    ("<a b='&x;'/>", 6),
    ("<a b='&'/>", 6),
    ("<a b='1' / >", 9),
    ("<a/b>", 2),
    // References.
    ("<a>&nbsp;</a>", 3),
    ("<a>& </a>", 3),
    ("<a>&amp</a>", 3),
    ("<a>&AMP;</a>", 3),
    ("<a>&#;</a>", 3),
    ("<a>&#x;</a>", 3),
    ("<a>&#X41;</a>", 3),
    ("<a>&#+65;</a>", 3),
    ("<a>&#0;</a>", 3),
    ("<a>&#8;</a>", 3),
    ("<a>&#xD800;</a>", 3),
    ("<a>&#xFFFE;</a>", 3),
    ("<a>&#x110000;</a>", 3),
    ("<a>&#99999999999999999999;</a>", 3),
    ("<a>&#65", 3),
    // Characters.
    ("<a>\u{1}</a>", 3),
    ("<a b='\u{0}'/>", 6),
    ("<a>\u{FFFE}</a>", 3),
    ("<a>\u{FFFD}\u{FFFF}</a>", 6),
    ("<a><!-- \u{B} --></a>", 8),
    ("<a>\u{1}<b></a>", 3),
    ("<a><b></a>\u{1}", 6),
    ("<a>\0\0\0", 3),
    // The rest.
    ("<a>]]></a>", 3),
    ("<a> ]]]></a>", 5),
    ("<!DOCTYPE a><a/>", 0),
    ("<!doctype a><a/>", 0),
    ("<a><!DOCTYPE a></a>", 3),
    ("<!ELEMENT a ANY><a/>", 0),
    ("<a><![cdata[x]]></a>", 3),
    ("<a><!-- a -- b --></a>", 10),
    ("<a><!-- x --->", 10),
    ("<a/><?xml version='1.0'?>", 4),
    (" <?xml version='1.0'?><a/>", 1),
    ("<a><?XML x?></a>", 3),
    ("<a><??></a>", 5),
    ("<a><?1p?></a>", 5),
    ("<a><?p/?></a>", 6),
    // The XML declaration.
    ("<?xml?><a/>", 5),
    ("<?xml ?><a/>", 6),
    ("<?xml encoding='utf-8'?><a/>", 6),
    ("<?xml version='2.0'?><a/>", 15),
    ("<?xml version='1.0\"?><a/>", 14),
    ("<?xml version '1.0'?><a/>", 14),
    ("<?xml version='1.0'encoding='a'?><a/>", 19),
    ("<?xml version='1.0' encoding=''?><a/>", 30),
    ("<?xml version='1.0' encoding='1'?><a/>", 30),
    ("<?xml version='1.0' standalone='maybe'?><a/>", 32),
    ("<?xml version='1.0' standalone='no' encoding='a'?><a/>", 36),
    ("<?xml version='1.0' x='y'?><a/>", 20),
];

#[test]
fn ill_formed_input_is_refused_at_the_right_place() {
    for &(text, at) in REFUSED {
        let e = read(text).expect_err(text);
        assert_eq!(e.location.byte_start, at, "{text:?}: {e}");
        assert!(e.to_problem().to_string().ends_with("Export the file again, or repair it at this place."));
    }
}

#[test]
fn odd_but_well_formed_input_is_read() {
    for text in [
        "<a/>",
        "\u{FEFF}<a/>",
        " \r\n<a/>\n ",
        "<?xml version=\"1.0\"?><a/>",
        "<?xml  version = '1.1'  encoding = 'x-y_1.z'\tstandalone='yes' ?>\n<a/>",
        "<?xml-stylesheet href='x'?><a/><?p?><!-- - -->",
        "<a></a >",
        "<a\n/>",
        "<a\tb\n=\r'1' />",
        "<a b='\"' c=\"'\" d='>' e='/>'/>",
        "<a>]] ]> > ' \" </a>",
        "<a><!----><!-- <b> & -> --><![CDATA[<b> & ]]]]><![CDATA[>]]></a>",
        "<a>&#x0000000000041;&#65;&#x10FFFF;&lt;&gt;&amp;&quot;&apos;</a>",
        "<a:b xmlns:a='x'/>",
        "<\u{E9}l\u{E9}ment \u{3B1}=\"\u{10000}\"/>",
        "<a>\u{7F}\u{85}\u{FFFD}</a>",
        "<a><?p ? > ?></a>",
    ] {
        read(text).unwrap_or_else(|e| panic!("{text:?}: {e}"));
    }
}

#[test]
fn messages_name_what_is_open_and_what_to_do() {
    let shown = |text: &str| read(text).unwrap_err().to_string();
    insta::assert_snapshot!(shown("<a>\n  <b>\n    <c/>\n"), @"line 4, column 1 (byte 19): the file ends while <b> of line 2 is still open: it is cut, or its end tag is missing");
    insta::assert_snapshot!(shown("<a>\n  <b x=\"1"), @"line 2, column 3 (byte 6): the file ends within a tag that begins here, inside <a> of line 1: it is cut, or the end of a tag is missing");
    insta::assert_snapshot!(shown("<a>\n<b>\n<!-- x"), @"line 3, column 1 (byte 8): the file ends within a comment that begins here, inside <b> of line 2: it is cut, or the end of a comment is missing");
    insta::assert_snapshot!(shown("<a>\n<!-- x\n<b/>\n<!-- y -->\n</a>"), @"line 4, column 3 (byte 18): '--' within the comment of line 2: it is not allowed there, or the '-->' of that comment is missing");
    insta::assert_snapshot!(shown("<a>\n  <b>\n</a>"), @"line 3, column 1 (byte 10): end tag </a> where </b> for line 2 was expected");
    insta::assert_snapshot!(shown("<a></a></b>"), @"line 1, column 8 (byte 7): end tag </b> where no end tag was expected");
    insta::assert_snapshot!(shown("<a>\0\0"), @"line 1, column 4 (byte 3): character U+0000 is not allowed in XML: the file is damaged, or was cut while it was written");
    insta::assert_snapshot!(shown("<!DOCTYPE a><a/>"), @"line 1, column 1 (byte 0): a document type declaration: such documents are refused");
    insta::assert_snapshot!(shown("<a b=\"x>\n<c d=\"1\"/></a>"), @"line 2, column 1 (byte 9): '<' within the value of attribute 'b': a quote before it is missing, or it must be written &lt;");
    insta::assert_snapshot!(shown("<a b='1' b='2'/>"), @"line 1, column 10 (byte 9): attribute 'b' stands twice on the same element");
    insta::assert_snapshot!(shown("<?xml version='3'?><a/>"), @r#"line 1, column 16 (byte 15): the XML declaration: expected version="1.0" encoding="..." standalone="yes or no", in this order"#);
}

#[test]
fn errors_lie_at_the_bytes_on_disk() {
    let utf16 = |le: bool, text: &str| -> Vec<u8> {
        let unit = |u: u16| if le { u.to_le_bytes() } else { u.to_be_bytes() };
        [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(unit).collect()
    };
    let text = "<a>\r\n<\u{E9} b='\u{1F600}' c='<'/>";
    let at = text.encode_utf16().take_while(|&u| u != u16::from(b'c')).count() + 3;
    for le in [true, false] {
        let e = read_bytes(&utf16(le, text), &Limits::default()).unwrap_err();
        assert_eq!((e.location.byte_start, e.location.position.line, e.location.position.column), (2 + 2 * at as u64, 2, 13));
    }
    let e = read_bytes(b"\xEF\xBB\xBF<a><b></a>", &Limits::default()).unwrap_err();
    assert_eq!((e.location.byte_start, e.location.position.column), (9, 7));
    let e = read_bytes(b"<a>\xE9\xE9</b>", &Limits::default()).unwrap_err();
    assert_eq!((e.location.byte_start, e.location.position.column), (5, 6));
}

#[test]
fn each_limit_holds_at_its_bound_and_not_below() {
    let limits = |change: fn(&mut Limits)| {
        let mut l = Limits::default();
        change(&mut l);
        l
    };
    for (text, small, enough, at) in [
        ("<a></a>", limits(|l| l.bytes = 6), limits(|l| l.bytes = 7), 0),
        ("<a><b><c/></b></a>", limits(|l| l.depth = 2), limits(|l| l.depth = 3), 6),
        ("<a b='' c=''/>", limits(|l| l.attributes = 1), limits(|l| l.attributes = 2), 8),
        ("<a><b/><c/></a>", limits(|l| l.elements = 2), limits(|l| l.elements = 3), 7),
    ] {
        let e = read_bytes(text.as_bytes(), &small).expect_err(text);
        assert!(matches!(e.kind, ErrorKind::Limit { .. }), "{e}");
        assert_eq!(e.location.byte_start, at, "{e}");
        read_bytes(text.as_bytes(), &enough).expect(text);
    }
}

#[test]
fn hostile_sizes_cost_neither_the_stack_nor_quadratic_time() {
    let wide = Limits { depth: usize::MAX, attributes: usize::MAX, ..Limits::default() };
    let deep = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
    assert!(matches!(read(&deep).unwrap_err().kind, ErrorKind::Limit { limit: 256, .. }));
    let d = read_bytes(deep.as_bytes(), &wide).unwrap();
    assert_eq!(d.root().descendants().last().unwrap().ancestors().count(), 199_999);
    let many: String = (0..60_000).map(|i| format!(" a{i}='1'")).collect();
    let d = read_bytes(format!("<x{many}/>").as_bytes(), &wide).unwrap();
    assert_eq!(d.root().attributes().count(), 60_000);
    assert!(matches!(read(&format!("<x{many}/>")).unwrap_err().kind, ErrorKind::Limit { limit: 512, .. }));
    let e = read_bytes(format!("<x{many} a59999=''/>").as_bytes(), &wide).unwrap_err();
    assert_eq!(e.kind, ErrorKind::DuplicateAttribute("a59999".into()));
}

#[test]
fn names_in_messages_are_short() {
    let long = "n".repeat(100_000);
    for text in [
        format!("<a/><{long}/>"),
        format!("<{long}>"),
        format!("<a></{long}>"),
        format!("<a {long}='<'/>"),
        format!("<a {long}='' {long}=''/>"),
    ] {
        assert!(read(&text).unwrap_err().to_string().len() < 400);
    }
}
