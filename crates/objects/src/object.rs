//! One object with its properties.

use kerbsync_source::Origin;

/// An object of an export.
#[derive(Debug, Clone)]
pub struct Object {
    /// Type names, most derived first, without a leading `Deserialized.`; empty where the format has none.
    pub type_names: Vec<String>,
    /// What its ToString gave, where the export holds it.
    pub to_string: Option<String>,
    /// Properties in order.
    pub properties: Vec<Property>,
    /// Where it stands.
    pub origin: Origin,
}

/// A property of an object.
#[derive(Debug, Clone)]
pub struct Property {
    /// Name as written.
    pub name: String,
    /// Value.
    pub value: Value,
    /// Where it stands.
    pub origin: Origin,
}

/// A value of a property.
#[derive(Debug, Clone)]
pub enum Value {
    /// Null.
    Null,
    /// Text; also numbers too large for `Integer`, dates and GUIDs as written.
    Text(String),
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Several values.
    List(Vec<Value>),
    /// Bytes, such as a SID.
    Bytes(Vec<u8>),
    /// A date with time, as written.
    Time(String),
    /// Another object.
    Object(Box<Object>),
    /// A collection of which the export only kept the type name (a CSV cell, or beyond the depth of JSON): the values are lost.
    Lost(String),
}

impl Object {
    /// The property of that name, case ignored.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|p| p.name.eq_ignore_ascii_case(name))
    }

    /// Whether one of the type names ends with this name (case ignored), such as `Cluster` or `ADComputer`.
    #[must_use]
    pub fn is_type(&self, last_part: &str) -> bool {
        self.type_names.iter().any(|t| t.rsplit(['.', '+']).next().is_some_and(|n| n.eq_ignore_ascii_case(last_part)))
    }
}

impl Value {
    /// The value as one text: text, number, boolean, or what an object's ToString gave.
    #[must_use]
    pub fn as_text(&self) -> Option<String> {
        match self {
            Self::Text(t) | Self::Time(t) => Some(t.clone()),
            Self::Boolean(b) => Some(if *b { "True" } else { "False" }.into()),
            Self::Integer(i) => Some(i.to_string()),
            Self::Object(o) => o.to_string.clone(),
            Self::List(items) if items.len() == 1 => items[0].as_text(),
            Self::Null | Self::List(_) | Self::Bytes(_) | Self::Lost(_) => None,
        }
    }

    /// The value as a list of texts: a list, or a single value as a list of one; null is the empty list. `None` where values were lost.
    #[must_use]
    pub fn as_list(&self) -> Option<Vec<String>> {
        match self {
            Self::Null => Some(Vec::new()),
            Self::List(items) => items.iter().filter(|i| !matches!(i, Self::Null)).map(Self::as_text).collect(),
            other => other.as_text().map(|text| vec![text]),
        }
    }
}
