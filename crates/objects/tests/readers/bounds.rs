//! No input makes a reader loop, panic or fill the memory.

use crate::{clixml, csv, json};
use kerbsync_objects::Value;
use kerbsync_source::DocumentId;
use proptest::prelude::*;

/// Objects that each refer twice to the one before: 2^30 values if every reference were followed without a bound.
#[test]
fn references_that_double_stay_within_bounds() {
    let mut text = String::from("<Objs><Obj RefId='0'><ToString>x</ToString></Obj>");
    for i in 1..=40 {
        text.push_str(&format!("<Obj RefId='{i}'><Props><Ref N='a' RefId='{0}'/><Ref N='b' RefId='{0}'/></Props></Obj>", i - 1));
    }
    text.push_str("</Objs>");
    let (objects, problems) = clixml(&text);
    assert!(!objects.is_empty());
    assert!(problems.iter().any(|p| p.code == "clixml-size"), "{problems:?}");
}

#[test]
fn deep_objects_are_cut_off() {
    let deep = |open: &str, close: &str, n: usize| open.repeat(n) + &close.repeat(n);
    let (_, problems) = clixml(&format!("<Objs>{}</Objs>", deep("<Obj><Props>", "</Props></Obj>", 100)));
    assert!(problems.iter().any(|p| p.code == "clixml-depth"), "{problems:?}");
    let (objects, problems) = json(&deep("{\"a\":", "}", 100_000).replace(":}", ":1}"));
    assert!(problems.iter().any(|p| p.code == "json-size"), "{problems:?}");
    assert_eq!(objects.len(), 1);
    assert!(json(&deep("[", "]", 100_000)).1.iter().any(|p| p.code == "json-size"));
}

/// What follows the first value beyond the bounds takes no memory, and an object with endless members is none.
#[test]
fn values_beyond_the_bounds_are_told_once_and_not_kept() {
    let many = format!("{{\"a\":[{}]}}", vec!["{\"b\":1}"; 1_200_000].join(","));
    let (objects, problems) = json(&many);
    assert_eq!(problems.iter().filter(|p| p.code == "json-size").count(), 1, "{problems:?}");
    let Some(Value::List(items)) = objects[0].get("a").map(|p| &p.value) else { panic!("{:?}", objects[0].type_names) };
    assert!(matches!(items.last(), Some(Value::Lost(_)) | Some(Value::Object(_))) && items.len() < 1_200_000, "{}", items.len());
    let lost = items.iter().filter(|v| matches!(v, Value::Lost(_))).count();
    assert!(lost <= 1, "{lost} values stand for what was left out");
    let members = |n: usize| (0..n).map(|i| format!("\"m{i}\":1")).collect::<Vec<_>>().join(",");
    let (objects, problems) = json(&format!("[{{{}}},{{\"Name\":\"b\"}}]", members(16_385)));
    assert!(problems.iter().any(|p| p.code == "json-size"), "{problems:?}");
    assert!(objects.iter().any(|o| o.get("Name").is_some()), "the object behind it is read: {}", objects.len());
    let (objects, problems) = json(&format!("[{{{}}}]", members(16_384)));
    assert!(problems.is_empty() && objects[0].properties.len() == 16_384, "{problems:?}");
}

fn leaf() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("<Nil/>".to_owned()),
        "[a-z_x0D]{0,6}".prop_map(|t| format!("<S N='p'>{t}</S>")),
        "[0-9-]{0,3}".prop_map(|t| format!("<I32 N='i'>{t}</I32>")),
        "[0-3]".prop_map(|r| format!("<Ref N='r' RefId='{r}'/>")),
        "[0-3]".prop_map(|r| format!("<TNRef RefId='{r}'/>")),
        "(BA|C|B|DT|XX)".prop_map(|t| format!("<{t} N='z'>1</{t}>")),
    ]
}

fn element() -> impl Strategy<Value = String> {
    leaf().prop_recursive(5, 60, 5, |inner| {
        (
            "[0-3]",
            prop::collection::vec(inner, 0..5),
            prop::sample::select(vec!["Props", "MS", "LST", "IE", "DCT", "En", "TN", "ToString", "Obj"]),
        )
            .prop_map(|(id, inner, around)| format!("<Obj RefId='{id}' N='o'><{around} N='Key'>{}</{around}></Obj>", inner.concat()))
    })
}

proptest! {
    #[test]
    fn any_clixml_is_read(elements in prop::collection::vec(element(), 0..4)) {
        let _ = clixml(&format!("<Objs>{}</Objs>", elements.concat()));
    }

    #[test]
    fn any_text_is_read_as_json_and_csv(text in "[\\[\\]{}:,\"\\\\u0-9a-f\r\n #TYPEé;]{0,80}") {
        let _ = json(&text);
        let _ = csv(&text);
        let _ = csv(&format!("#TYPE a\n{text}"));
    }

    /// What is written as JSON is read again, whether cut or not; a cut never gives more.
    #[test]
    fn rows_come_back(rows in prop::collection::vec(("[a-z\"\\\\é]{0,5}", any::<i64>(), any::<bool>()), 1..5), cut in 0.0f64..1.0) {
        let quoted = |s: &str| format!("\"{}\"", s.replace('\\', "\\\\").replace('"', "\\\""));
        let text = format!(
            "[{}]",
            rows.iter().map(|(t, n, b)| format!("{{\"T\": {}, \"N\": {n}, \"B\": {b}}}", quoted(t))).collect::<Vec<_>>().join(",\r\n")
        );
        let (objects, problems) = json(&text);
        prop_assert!(problems.is_empty());
        prop_assert_eq!(objects.len(), rows.len());
        for (object, (t, n, b)) in objects.iter().zip(&rows) {
            prop_assert_eq!(object.get("t").unwrap().value.as_text().unwrap(), t.as_str());
            prop_assert!(matches!(object.get("n").unwrap().value, Value::Integer(i) if i == *n));
            prop_assert!(matches!(object.get("b").unwrap().value, Value::Boolean(x) if x == *b));
            let location = object.origin.location().unwrap();
            prop_assert_eq!(text.as_bytes()[usize::try_from(location.byte_start).unwrap()], b'{');
            prop_assert_eq!(object.origin.document, DocumentId(0));
        }
        let mut at = (text.len() as f64 * cut) as usize;
        while !text.is_char_boundary(at) { at -= 1; }
        prop_assert!(json(&text[..at]).0.len() <= objects.len());
    }

    #[test]
    fn csv_rows_come_back(rows in prop::collection::vec(("[a-z\",;é \n]{1,8}", any::<i64>()), 1..5), separator in prop::sample::select(vec![',', ';', '\t'])) {
        let quoted = |s: &str| format!("\"{}\"", s.replace('"', "\"\""));
        let mut text = format!("\"Identity\"{separator}\"N\"\r\n");
        for (t, n) in &rows {
            text.push_str(&format!("{}{separator}\"{n}\"\r\n", quoted(t)));
        }
        let (objects, problems) = csv(&text);
        prop_assert!(problems.is_empty(), "{:?}", problems);
        prop_assert_eq!(objects.len(), rows.len());
        for (object, (t, n)) in objects.iter().zip(&rows) {
            if !t.trim().is_empty() {
                prop_assert_eq!(object.get("identity").unwrap().value.as_text().unwrap(), t.as_str());
            }
            prop_assert_eq!(object.get("n").unwrap().value.as_text().unwrap(), n.to_string());
        }
    }
}
