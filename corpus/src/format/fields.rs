//! Which fields of a record are read, and what their values mean.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;

/// A field that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Id,
    Text,
    Html,
    Source,
    Url,
    Date,
    Rank,
}

impl Field {
    pub const ALL: [Field; 7] = [
        Field::Id,
        Field::Text,
        Field::Html,
        Field::Source,
        Field::Url,
        Field::Date,
        Field::Rank,
    ];

    /// Its name, unless told.
    pub fn name(self) -> &'static str {
        match self {
            Field::Id => "id",
            Field::Text => "text",
            Field::Html => "html",
            Field::Source => "source",
            Field::Url => "url",
            Field::Date => "date",
            Field::Rank => "rank",
        }
    }
}

/// The names of the fields in the records: `text`, or the way to it, `article.body.text`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>")]
pub struct Fields([String; 7]);

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Field::ALL.map(|field| (field.name(), self.of(field))))
    }
}

impl TryFrom<BTreeMap<String, String>> for Fields {
    type Error = String;

    fn try_from(names: BTreeMap<String, String>) -> Result<Self, String> {
        let mut fields = Fields::default();
        for (name, its) in &names {
            let field = Field::ALL.into_iter().find(|field| field.name() == name);
            fields.set(field.ok_or_else(|| format!("no field {name:?}"))?, its);
        }
        Ok(fields)
    }
}

impl Default for Fields {
    fn default() -> Self {
        Fields(Field::ALL.map(|field| field.name().to_owned()))
    }
}

impl Fields {
    /// Another name for one of them.
    pub fn set(&mut self, field: Field, name: &str) {
        name.clone_into(&mut self.0[field as usize]);
    }

    /// Where a field is looked for: a field of this name, else the way that its dots tell.
    pub fn of(&self, field: Field) -> &str {
        &self.0[field as usize]
    }

    /// The values of all fields in a line that holds an object.
    pub fn find<'l>(&self, line: &'l str) -> Result<Values<'l>, serde_json::Error> {
        // A list would be taken for the fields in order.
        if !line.trim_start().starts_with('{') {
            return Err(serde::de::Error::custom("it does not begin with {"));
        }
        let paths: [&str; 7] = std::array::from_fn(|at| &self.0[at][..]);
        let mut deserializer = serde_json::Deserializer::from_str(line);
        let found = Lookup { paths: &paths }.deserialize(&mut deserializer)?;
        deserializer.end()?;
        let mut values = Values([None; 7]);
        for (at, found) in found.into_iter().enumerate() {
            values.0[at] = match found {
                Found::Nothing => None,
                Found::Value(value) => Some(value),
                Found::Inside(object, rest) => inside(object, rest)?,
            };
        }
        Ok(values)
    }
}

/// The raw values of the fields, which borrow from their line.
#[derive(Debug, Clone, Copy)]
pub struct Values<'l>([Option<&'l RawValue>; 7]);

impl<'l> Values<'l> {
    /// A field that is there, `null` or not.
    pub fn raw(&self, field: Field) -> Option<&'l RawValue> {
        self.0[field as usize]
    }

    /// A field that is there and not `null`.
    pub fn given(&self, field: Field) -> Option<&'l RawValue> {
        self.raw(field).filter(|raw| raw.get() != "null")
    }
}

/// What an object says of one path.
#[derive(Clone, Copy)]
enum Found<'l, 'p> {
    Nothing,
    Value(&'l RawValue),
    /// The first part of the path leads to this value; the rest of it is to be followed there.
    Inside(&'l RawValue, &'p str),
}

/// Looks the paths up in an object.
struct Lookup<'a, 'p> {
    paths: &'a [&'p str],
}

impl<'l, 'p> DeserializeSeed<'l> for Lookup<'_, 'p> {
    type Value = Vec<Found<'l, 'p>>;

    fn deserialize<D: Deserializer<'l>>(self, object: D) -> Result<Self::Value, D::Error> {
        object.deserialize_map(self)
    }
}

impl<'l, 'p> Visitor<'l> for Lookup<'_, 'p> {
    type Value = Vec<Found<'l, 'p>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'l>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut found = vec![Found::Nothing; self.paths.len()];
        while let Some(key) = object.next_key::<std::borrow::Cow<'l, str>>()? {
            let rest = |path: &'p str| {
                let rest = path.strip_prefix(&*key)?;
                match rest {
                    "" => Some(rest),
                    _ => rest.strip_prefix('.'),
                }
            };
            if !self.paths.iter().any(|path| rest(path).is_some()) {
                object.next_value::<IgnoredAny>()?;
                continue;
            }
            let value: &'l RawValue = object.next_value()?;
            for (path, found) in self.paths.iter().zip(&mut found) {
                *found = match (rest(path), *found) {
                    (None, known) => known,
                    (Some(""), Found::Value(_)) => {
                        let error = format!("field {path:?} stands twice");
                        return Err(serde::de::Error::custom(error));
                    }
                    (Some(""), _) => Found::Value(value),
                    // The whole name comes before the way to it.
                    (Some(_), known @ Found::Value(_)) => known,
                    (Some(rest), Found::Inside(_, before)) if rest == before => {
                        let error = format!("field {key:?} on the way to {path:?} stands twice");
                        return Err(serde::de::Error::custom(error));
                    }
                    (Some(rest), _) => Found::Inside(value, rest),
                };
            }
        }
        Ok(found)
    }
}

/// The value at the end of a path inside a value; nothing where it leads nowhere.
fn inside<'l>(value: &'l RawValue, path: &str) -> Result<Option<&'l RawValue>, serde_json::Error> {
    if !value.get().starts_with('{') {
        return Ok(None);
    }
    let mut deserializer = serde_json::Deserializer::from_str(value.get());
    let found = Lookup { paths: &[path] }.deserialize(&mut deserializer)?;
    match found.first() {
        Some(Found::Value(value)) => Ok(Some(value)),
        Some(Found::Inside(value, rest)) => inside(value, rest),
        _ => Ok(None),
    }
}

/// A value that must be a string.
pub fn string(name: &str, raw: &RawValue) -> Result<String, String> {
    if raw.get().starts_with('"') {
        let text = serde_json::from_str(raw.get());
        return text.map_err(|error| format!("`{name}`: {}", unplaced(&error, "value")));
    }
    let what = match raw.get().as_bytes()[0] {
        b'n' => "null",
        b't' | b'f' => "true or false",
        b'[' => "a list",
        b'{' => "an object",
        _ => "a number",
    };
    Err(format!("`{name}` is {what}; it must be a string"))
}

/// A string, or a number as it is written; `None` for null.
pub fn name(field: &str, raw: &RawValue) -> Result<Option<String>, String> {
    let first = raw.get().as_bytes()[0];
    match raw.get() {
        "null" => Ok(None),
        number if first == b'-' || first.is_ascii_digit() => Ok(Some(number.to_owned())),
        _ => string(field, raw).map(Some),
    }
}

/// The host of a URL.
pub fn host(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    url.host_str().map(str::to_owned)
}

/// An ISO 8601 date, with or without time and offset (UTC where it has none), in seconds.
pub fn seconds(date: &str) -> Option<i64> {
    let date = date.trim();
    if let Ok(instant) = date.parse::<jiff::Timestamp>() {
        return Some(instant.as_second());
    }
    let local: jiff::civil::DateTime = date.parse().ok()?;
    let utc = local.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(utc.timestamp().as_second())
}

/// What a parser says is wrong, and at which byte `of` what it was given: it takes that for a file with lines.
pub fn unplaced(error: &serde_json::Error, of: &str) -> String {
    let told = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match told.strip_suffix(&place) {
        Some(what) if error.line() == 1 => format!("{what} at byte {} of the {of}", error.column()),
        _ => told,
    }
}

/// As much of a value as a message can hold: it may have all the bytes of a record.
pub fn short(value: impl fmt::Display) -> String {
    const MOST: usize = 80;
    let value = value.to_string();
    match value.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}... ({} bytes)", &value[..end], value.len()),
        None => value,
    }
}

/// What is said of a date that is none.
pub fn undated(name: &str, value: impl fmt::Display) -> String {
    let value = short(value);
    format!("`{name}` is {value}, not ISO 8601; the page counts as undated")
}

/// What is said of a rank that is none.
pub fn unranked(name: &str, value: impl fmt::Display) -> String {
    let value = short(value);
    format!("`{name}` is {value}, not an integer; the page counts as unranked")
}
