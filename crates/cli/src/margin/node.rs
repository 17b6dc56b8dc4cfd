//! A file as a tree that keeps the text of its numbers, every key, and the way to each field.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::fault::Fault;

/// The key under which `serde_json` hands out the text of a number that is no 64-bit integer.
const NUMBER: &str = "$serde_json::private::Number";

/// A value of a file.
#[derive(Debug)]
pub(super) enum Node {
    Null,
    Flag,
    /// Its exact text.
    Number(String),
    Text(String),
    List(Vec<Node>),
    /// Every key, also one that occurs twice.
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Reads JSON.
    pub(super) fn of_json(text: &str) -> Result<Node, Fault> {
        serde_json::from_str(text)
            .map_err(|error| Fault::new("", format!("not JSON; correct this first: {error}")))
    }

    /// Takes over TOML, whose fractions have lost their text already.
    pub(super) fn of_toml(value: toml::Value) -> Node {
        match value {
            toml::Value::String(text) => Node::Text(text),
            toml::Value::Integer(number) => Node::Number(number.to_string()),
            toml::Value::Array(list) => Node::List(list.into_iter().map(Node::of_toml).collect()),
            toml::Value::Table(table) => {
                Node::Object(table.into_iter().map(|(key, value)| (key, Node::of_toml(value))).collect())
            }
            toml::Value::Float(_) | toml::Value::Boolean(_) | toml::Value::Datetime(_) => Node::Flag,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Node::Null => "null",
            Node::Flag => "something else",
            Node::Number(_) => "a number",
            Node::Text(_) => "text",
            Node::List(_) => "a list",
            Node::Object(_) => "an object",
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Node, D::Error> {
        from.deserialize_any(Tree)
    }
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Node;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Flag)
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Number(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = from.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Node, A::Error> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        while let Some(key) = from.next_key::<String>()? {
            if key == NUMBER && entries.is_empty() {
                return Ok(Node::Number(from.next_value()?));
            }
            entries.push((key, from.next_value()?));
        }
        Ok(Node::Object(entries))
    }
}

/// A value with the way to it.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) path: String,
    node: &'a Node,
}

impl<'a> Field<'a> {
    /// The whole file.
    pub(super) fn root(node: &'a Node) -> Field<'a> {
        Field { path: String::new(), node }
    }

    /// What is wrong with it.
    pub(super) fn fault(&self, what: impl Into<String>) -> Fault {
        Fault::new(&self.path, what)
    }

    fn wants(&self, wanted: &str) -> Fault {
        self.fault(format!("must be {wanted}, and is {}", self.node.kind()))
    }

    /// Its entries by name, in the order of the file; no name twice.
    pub(super) fn entries(&self) -> Result<Vec<(&'a str, Field<'a>)>, Fault> {
        let Node::Object(entries) = self.node else {
            return Err(self.wants("an object"));
        };
        let mut fields: Vec<(&str, Field<'_>)> = Vec::with_capacity(entries.len());
        for (name, node) in entries {
            let path = if self.path.is_empty() { name.clone() } else { format!("{}.{name}", self.path) };
            let field = Field { path, node };
            if name.is_empty() {
                return Err(self.fault("has an entry without a name; name it"));
            }
            if fields.iter().any(|(other, _)| other == name) {
                return Err(field.fault("occurs twice; remove or rename one"));
            }
            fields.push((name, field));
        }
        Ok(fields)
    }

    /// Its fields, of which each must be taken.
    pub(super) fn object(self) -> Result<Object<'a>, Fault> {
        let left = self.entries()?;
        Ok(Object { path: self.path, left, known: Vec::new() })
    }

    /// Its items.
    pub(super) fn list(&self) -> Result<Vec<Field<'a>>, Fault> {
        let Node::List(items) = self.node else {
            return Err(self.wants("a list"));
        };
        let item = |(place, node)| Field { path: format!("{}[{place}]", self.path), node };
        Ok(items.iter().enumerate().map(item).collect())
    }

    /// Is it a list?
    pub(super) fn is_list(&self) -> bool {
        matches!(self.node, Node::List(_))
    }

    /// Its text.
    pub(super) fn text(&self) -> Result<&'a str, Fault> {
        match self.node {
            Node::Text(text) => Ok(text),
            _ => Err(self.wants("text")),
        }
    }

    /// The exact text of its number, in quotes or not.
    pub(super) fn number(&self) -> Result<&'a str, Fault> {
        match self.node {
            Node::Text(text) | Node::Number(text) => Ok(text),
            _ => Err(self.wants("a decimal number in quotes, like \"1234.56\"")),
        }
    }
}

/// The fields of an object, each to be taken by its name.
#[derive(Debug)]
pub(super) struct Object<'a> {
    pub(super) path: String,
    left: Vec<(&'a str, Field<'a>)>,
    known: Vec<&'static str>,
}

impl<'a> Object<'a> {
    /// Takes a field that need not be there.
    pub(super) fn take(&mut self, name: &'static str) -> Option<Field<'a>> {
        self.known.push(name);
        let place = self.left.iter().position(|(other, _)| *other == name)?;
        Some(self.left.remove(place).1)
    }

    /// Is that field there, and not taken yet?
    pub(super) fn has(&self, name: &str) -> bool {
        self.left.iter().any(|(other, _)| *other == name)
    }

    /// Takes a field that must be there.
    pub(super) fn need(&mut self, name: &'static str) -> Result<Field<'a>, Fault> {
        self.take(name).ok_or_else(|| self.fault(name, "is missing; add it"))
    }

    /// What is wrong with one of its fields.
    pub(super) fn fault(&self, name: &str, what: impl Into<String>) -> Fault {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Fault::new(path, what)
    }

    /// Refuses what nobody took.
    pub(super) fn finish(self) -> Result<(), Fault> {
        match self.left.first() {
            None => Ok(()),
            Some((_, field)) => Err(field.fault(format!(
                "is not a field here; correct its name or remove it: {}",
                self.known.join(", ")
            ))),
        }
    }
}
