//! Clixml, as `Export-Clixml` writes it (MS-PSRP 2.2.5).

use crate::allowance::{Allowance, path_label};
use crate::escape::unescape;
use crate::leaf::{flatten, label, text_value, type_name};
use crate::positions::Positions;
use crate::{MAX_DEPTH, MAX_VALUES, Object, Property, Value, is_secret_property};
use base64::Engine as _;
use kerbsync_source::{Level, Origin, Problem, Shown, Span, Text, is_harmless, text};
use kerbsync_xml::{Document, Element, NodeId};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Values that references may repeat: objects that each refer twice to the one before would double with every one of them.
const MAX_REPEATED: usize = 200_000;

/// The most type names of one object that are kept; real ones have a dozen.
const MAX_TYPES: usize = 64;

/// The objects of a Clixml document, in order. A list at the top gives its items; a text at the top is an object that is only its text.
///
/// An object that is referred to again (`Ref`) is repeated there, unless the reference leads back into an object that is not finished yet
/// (a cycle): that one is [`Value::Lost`].
#[must_use]
pub fn read_clixml(document: &Document, problems: &mut Vec<Problem>) -> Vec<Object> {
    let root = document.root();
    let mut positions = Positions::new(document.source());
    if root.local_name() != "Objs" {
        let message = text!("the root element is <{}>; a Clixml document begins with <Objs>", Shown::naming(root.local_name()));
        problems.push(positions.problem(
            Level::Error,
            "clixml-root",
            root.start_tag(),
            message,
            Some("Export the objects with Export-Clixml."),
        ));
        return Vec::new();
    }
    let mut reader = Reader {
        positions,
        types: HashMap::new(),
        objects: HashMap::new(),
        active: Vec::new(),
        path: String::new(),
        allowance: Allowance::of(document.source().text().len()),
        referred: None,
        left: MAX_VALUES,
        repeated_left: MAX_REPEATED,
        full: false,
        problems,
    };
    let mut out = Vec::new();
    for child in root.children() {
        reader.path = format!("object[{}]", out.len() + 1);
        let value = reader.value(child, 0);
        if matches!(value, Value::Null | Value::Lost(_)) {
            continue;
        }
        // Objects have their own origin; only a bare text needs one from here.
        let origin =
            if matches!(value, Value::Object(_)) { Origin::document(document.source().document()) } else { reader.origin(child, "") };
        flatten(value, &origin, &mut out);
    }
    out
}

struct Reader<'d, 'p> {
    positions: Positions<'d>,
    types: HashMap<String, Vec<String>>,
    objects: HashMap<String, Element<'d>>,
    /// Objects that are being read, outermost first.
    active: Vec<NodeId>,
    path: String,
    allowance: Allowance,
    /// While an object is read for the second time: the place of the reference.
    referred: Option<Origin>,
    left: usize,
    repeated_left: usize,
    full: bool,
    problems: &'p mut Vec<Problem>,
}

/// The parts of an `Obj` element.
#[derive(Default)]
struct ObjContent {
    type_names: Vec<String>,
    to_string: Option<String>,
    properties: Vec<Property>,
    container: Option<Value>,
    primitive: Option<Value>,
}

impl<'d> Reader<'d, '_> {
    fn value(&mut self, element: Element<'d>, depth: usize) -> Value {
        // What holds elements has no text of its own.
        let own = if element.children().next().is_some() { 0 } else { element.span().len() };
        let affordable = self.allowance.take(own + self.path.len());
        let left = if self.referred.is_some() { &mut self.repeated_left } else { &mut self.left };
        if *left == 0 || !affordable {
            if !self.full {
                self.full = true;
                let message = "the document holds too many values, or references that repeat too many: the rest is left out";
                self.report(Level::Error, "clixml-size", element, message, Some("Export fewer objects or fewer properties."));
            }
            return Value::Lost("beyond the bound of values".into());
        }
        *left -= 1;
        match element.local_name() {
            "Obj" => self.object(element, depth),
            "Ref" => self.reference(element, depth),
            "LST" | "IE" | "STK" | "QUE" => self.list(element, depth),
            "Nil" => Value::Null,
            "S" | "URI" | "SBK" | "XD" | "Version" | "G" => text_value(unescape(&element.text())),
            "B" => match element.text().trim() {
                t if t.eq_ignore_ascii_case("true") => Value::Boolean(true),
                t if t.eq_ignore_ascii_case("false") => Value::Boolean(false),
                _ => self.odd(element, "true or false"),
            },
            "I64" | "I32" | "I16" | "SB" | "By" | "U16" | "U32" | "U64" => {
                let text = element.text();
                match text.trim().parse() {
                    Ok(number) => Value::Integer(number),
                    Err(_) => Value::Text(text.trim().to_owned()),
                }
            }
            "C" => match element.text().trim().parse::<u32>().ok().and_then(char::from_u32) {
                Some(c) => Value::Text(c.into()),
                None => self.odd(element, "the number of a character"),
            },
            "DT" => Value::Time(element.text().trim().to_owned()),
            "BA" => {
                let text: String = element.text().split_ascii_whitespace().collect();
                match base64::engine::general_purpose::STANDARD.decode(text) {
                    Ok(bytes) => Value::Bytes(bytes),
                    Err(_) => self.odd(element, "base64"),
                }
            }
            // A secure string is encrypted for one user on one machine; it is a secret all the same.
            "SS" => Value::Lost("System.Security.SecureString".into()),
            // Db, Sg, D, TS, PR and what later versions add.
            _ => Value::Text(unescape(element.text().trim())),
        }
    }

    fn odd(&mut self, element: Element<'d>, expected: &'static str) -> Value {
        let message = text!("<{}> does not hold {expected}", Shown::naming(element.local_name()));
        self.report(Level::Warning, "clixml-value", element, message, None);
        Value::Null
    }

    fn report(&mut self, level: Level, code: &'static str, element: Element<'d>, message: impl Into<Text>, help: Option<&'static str>) {
        if self.problems.len() < 1000 {
            let problem = self.positions.problem(level, code, element.start_tag(), message, help);
            self.problems.push(problem);
        }
    }

    fn list(&mut self, element: Element<'d>, depth: usize) -> Value {
        Value::List(element.children().map(|c| self.value(c, depth + 1)).collect())
    }

    fn object(&mut self, element: Element<'d>, depth: usize) -> Value {
        if let Some(id) = element.attribute("RefId").filter(|_| self.referred.is_none()) {
            self.objects.insert(id.value().into_owned(), element);
        }
        if self.active.contains(&element.id()) {
            // A cycle, as between a service and its pool; its name is all that can be given.
            let name = element.child("ToString").map(|t| unescape(&t.text()));
            return name.map_or_else(|| Value::Lost("a reference to an object around it".into()), Value::Text);
        }
        let origin = self.origin(element, "");
        if depth >= MAX_DEPTH {
            self.report(
                Level::Warning,
                "clixml-depth",
                element,
                text!("more than {MAX_DEPTH} levels of objects: the rest is left out"),
                None,
            );
            return Value::Lost("beyond the bound of depth".into());
        }
        self.active.push(element.id());
        let parts = self.parts(element, depth);
        self.active.pop();
        match parts {
            ObjContent { container: Some(list @ Value::List(_)), .. } => list,
            ObjContent { primitive: Some(value @ (Value::Time(_) | Value::Bytes(_) | Value::Lost(_))), .. } => value,
            ObjContent { primitive: Some(value), to_string: None, properties, .. } if properties.is_empty() => value,
            ObjContent { type_names, to_string, properties, primitive, .. } => {
                let to_string = to_string.or_else(|| primitive.and_then(|p| p.as_text()));
                Value::Object(Box::new(Object { type_names, to_string, properties, origin }))
            }
        }
    }

    fn parts(&mut self, element: Element<'d>, depth: usize) -> ObjContent {
        let mut parts = ObjContent::default();
        let top = self.active.len() == 1 && self.referred.is_none();
        let mut names: HashMap<String, usize> = HashMap::new();
        for child in element.children() {
            match child.local_name() {
                "TN" => {
                    parts.type_names = child.children_named("T").take(MAX_TYPES).map(|t| type_name(&unescape(&t.text()))).collect();
                    if let Some(id) = child.attribute("RefId").filter(|_| self.referred.is_none()) {
                        self.types.insert(id.value().into_owned(), parts.type_names.clone());
                    }
                }
                "TNRef" => match child.attribute("RefId").and_then(|id| self.types.get(&*id.value())) {
                    Some(names) if self.allowance.take(names.iter().map(|n| n.len() + size_of::<String>()).sum()) => {
                        parts.type_names.clone_from(names);
                    }
                    Some(_) => {}
                    None => self.report(Level::Warning, "clixml-type", child, "a <TNRef> that leads to no <TN> before it", None),
                },
                "ToString" => parts.to_string = Some(unescape(&child.text())),
                // A note property hides a property of the class of the same name, as in PowerShell itself.
                "Props" | "MS" => {
                    for property in child.children() {
                        let name = property.attribute("N").map(|n| unescape(&n.value())).unwrap_or_default();
                        let property = self.property(property, name, depth);
                        match names.entry(property.name.to_lowercase()) {
                            Entry::Occupied(at) => parts.properties[*at.get()] = property,
                            Entry::Vacant(place) => {
                                place.insert(parts.properties.len());
                                parts.properties.push(property);
                            }
                        }
                    }
                }
                "DCT" => {
                    for entry in child.children_named("En") {
                        let with = |n: &str| entry.children().find(|c| c.attribute("N").is_some_and(|a| a.value() == n));
                        let Some(key) = with("Key").map(|k| self.value(k, depth + 1)).and_then(|k| k.as_text()) else { continue };
                        if let Some(value) = with("Value") {
                            let property = self.property(value, key, depth);
                            parts.properties.push(property);
                        }
                    }
                }
                "LST" | "IE" | "STK" | "QUE" => parts.container = Some(self.list(child, depth)),
                _ => parts.primitive = Some(self.value(child, depth + 1)),
            }
            if top && !parts.type_names.is_empty() && self.path.starts_with("object[") {
                self.path = self.path.replacen("object", label(&parts.type_names), 1);
            }
        }
        parts
    }

    fn property(&mut self, element: Element<'d>, name: String, depth: usize) -> Property {
        let secret = is_secret_property(&name);
        let length = self.path.len();
        self.path.push('/');
        self.path.push_str(path_label(&name));
        let origin = self.origin(element, if secret { "" } else { &name });
        let value = if !secret {
            self.value(element, depth + 1)
        } else if element.local_name() == "Nil" {
            Value::Null
        } else {
            Value::Lost("not kept: a secret".into())
        };
        self.path.truncate(length);
        Property { name, value, origin }
    }

    fn reference(&mut self, element: Element<'d>, depth: usize) -> Value {
        let target = element.attribute("RefId").and_then(|id| self.objects.get(&*id.value()).copied());
        let Some(target) = target else {
            self.report(Level::Warning, "clixml-reference", element, "a <Ref> that leads to no object before it", None);
            return Value::Lost("a reference to nothing".into());
        };
        let outer = self.referred.is_none();
        if outer {
            self.referred = Some(self.origin(element, ""));
        }
        let value = self.value(target, depth);
        if outer {
            self.referred = None;
        }
        value
    }

    /// The place of an element; the line is shown where it holds nothing but a property that may be shown.
    fn origin(&mut self, element: Element<'d>, shown: &str) -> Origin {
        if let Some(origin) = &self.referred {
            return origin.clone().with_element(self.path.as_str());
        }
        let span: Span = if shown.is_empty() { element.start_tag() } else { element.span() };
        let text = &element.document().source().text()[span.range()];
        self.positions.origin(span, &self.path, |line| {
            !shown.is_empty() && line == text && element.attributes().count() == 1 && is_harmless(shown, &element.text())
        })
    }
}
