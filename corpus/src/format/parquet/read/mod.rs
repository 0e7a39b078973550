//! Records of Parquet, one a row.
//!
//! The reader takes values as the file stores them ([`stored`]). It interprets only the columns that the program
//! needs ([`value`]); every other column stays untouched, under the schema it came with.

mod batches;
mod bounded;
mod pages;
mod rows;
mod stored;
#[cfg(all(test, feature = "proptest"))]
mod tests;
mod value;

pub use batches::TableReader;
pub use rows::Rows;
pub use stored::{leaves, writable};
pub use value::{Meaning, bytes, extended, hexadecimal, int96, number, uuid};

use crate::format::fields::{Field, Fields};
use arrow_schema::{DataType, Schema, SchemaRef};
use parquet::arrow::parquet_to_arrow_schema;
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, ParquetMetaData};
use parquet::schema::types::SchemaDescPtr;
use std::sync::Arc;

/// What all rows of a file have in common.
#[derive(Debug)]
pub struct Table {
    /// The columns as their values are stored.
    pub schema: SchemaRef,
    /// The columns as the file describes them, with all annotations.
    pub parquet: SchemaDescPtr,
    /// What the file notes in pairs, in order; one may be the Arrow schema.
    pub notes: Vec<KeyValue>,
    /// The columns as Arrow understands them, by the notes too.
    kinds: SchemaRef,
    /// What the values of each column mean that holds values, in the order in which a file has them.
    pub meanings: Vec<Meaning>,
    columns: [Option<Column>; 7],
    names: Fields,
}

/// Where a field is: a column, and the ways down into structs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub path: Vec<usize>,
    kind: DataType,
    meaning: Meaning,
}

impl Table {
    /// By the metadata of a file, and its columns as they are stored. The error is a sentence about the file.
    fn new(file: &ParquetMetaData, schema: &SchemaRef, names: &Fields) -> Result<Table, String> {
        let file = file.file_metadata();
        let parquet = file.schema_descr_ptr();
        stored::refuse_unknown(&parquet)?;
        let kinds = batches::guarded(|| kinds(&parquet, file.key_value_metadata()));
        let kinds = kinds.unwrap_or_else(|_| schema.as_ref().clone());
        let mut noted = Vec::new();
        leaves(kinds.fields(), &mut noted);
        let meanings = parquet.columns().iter().enumerate();
        let meanings = meanings.map(|(at, column)| Meaning::of(column, noted.get(at).copied()));
        let mut table = Table {
            schema: Arc::clone(schema),
            notes: file.key_value_metadata().cloned().unwrap_or_default(),
            meanings: meanings.collect(),
            kinds: Arc::new(kinds),
            parquet,
            columns: [const { None }; 7],
            names: names.clone(),
        };
        for field in Field::ALL {
            let found = table.find(names.of(field))?;
            // A column that is null in every row can have no other type. It is no place for texts.
            let needed = matches!(field, Field::Id | Field::Text);
            table.columns[field as usize] =
                found.filter(|column| needed || column.kind != DataType::Null);
        }
        table.check()?;
        Ok(table)
    }

    /// Where a field is.
    pub fn column(&self, field: Field) -> Option<&Column> {
        self.columns.get(field as usize)?.as_ref()
    }

    /// What a field is called.
    pub fn name(&self, field: Field) -> &str {
        self.names.of(field)
    }

    /// The columns as Arrow understands them.
    pub fn arrow(&self) -> &Schema {
        &self.kinds
    }

    /// The type that Arrow has for the values of each column, in the order in which a file has them.
    pub fn kinds(&self) -> Vec<&DataType> {
        let mut kinds = Vec::new();
        leaves(self.kinds.fields(), &mut kinds);
        kinds
    }

    /// Whether another table has the same columns: the same for every reader, whatever notes it goes by.
    pub fn has_columns_of(&self, other: &Table) -> bool {
        self.parquet.root_schema().get_fields() == other.parquet.root_schema().get_fields()
            && self.kinds.fields() == other.kinds.fields()
            && self.column(Field::Text) == other.column(Field::Text)
            && self.name(Field::Text) == other.name(Field::Text)
    }

    /// Whether the columns can be records.
    fn check(&self) -> Result<(), String> {
        let name = |field: Field| self.name(field);
        if self.column(Field::Id).is_none() {
            return Err(format!(
                "no column `{}`; every record needs one",
                name(Field::Id)
            ));
        }
        let text = self.column(Field::Text);
        if text.or(self.column(Field::Html)).is_none() {
            return Err(format!(
                "no column `{}` and no column `{}`; every record needs one",
                name(Field::Text),
                name(Field::Html)
            ));
        }
        let names = "strings, integers, UUIDs or decimals without places";
        self.holds(Field::Id, Meaning::is_name, names)?;
        self.holds(Field::Source, Meaning::is_name, names)?;
        let is_text = |meaning| meaning == Meaning::Text;
        self.holds(Field::Text, is_text, "strings")?;
        // Beside texts, HTML of another kind is missed only where a text is.
        match text {
            Some(_) => Ok(()),
            None => self.holds(Field::Html, is_text, "strings"),
        }
    }

    fn holds(&self, field: Field, fits: fn(Meaning) -> bool, what: &str) -> Result<(), String> {
        match self.column(field) {
            Some(Column { kind, meaning, .. }) if !fits(*meaning) => Err(format!(
                "column `{}` is of type {kind}; it must hold {what}",
                self.name(field)
            )),
            _ => Ok(()),
        }
    }

    /// The column of this name, else the one that its dots tell the way to.
    fn find(&self, name: &str) -> Result<Option<Column>, String> {
        let Some((path, kind)) = find(self.kinds.fields(), name)? else {
            return Ok(None);
        };
        // Of the columns that hold values, those before it come first.
        let (mut before, mut fields) = (Vec::new(), self.kinds.fields());
        for at in &path {
            for field in fields.iter().take(*at) {
                stored::leaves_of(field.data_type(), &mut before);
            }
            if let Some(DataType::Struct(inner)) = fields.get(*at).map(|field| field.data_type()) {
                fields = inner;
            }
        }
        let meaning = match kind.is_nested() {
            true => None,
            false => self.meanings.get(before.len()).copied(),
        };
        Ok(Some(Column {
            path,
            kind: kind.clone(),
            meaning: meaning.unwrap_or(Meaning::Other),
        }))
    }
}

/// The columns as Arrow understands them. Arrow types that are unknown here are Parquet types all the same.
fn kinds(schema: &SchemaDescPtr, notes: Option<&Vec<KeyValue>>) -> Result<Schema, ParquetError> {
    parquet_to_arrow_schema(schema, notes).or_else(|_| parquet_to_arrow_schema(schema, None))
}

/// The way to the column of a name, and its type.
fn find<'f>(
    fields: &'f arrow_schema::Fields,
    name: &str,
) -> Result<Option<(Vec<usize>, &'f DataType)>, String> {
    let mut named = fields.iter().enumerate().filter(|(_, f)| f.name() == name);
    if let Some((at, field)) = named.next() {
        return match named.next() {
            Some(_) => Err(format!("column `{name}` stands twice")),
            None => Ok(Some((vec![at], field.data_type()))),
        };
    }
    for (at, field) in fields.iter().enumerate() {
        let rest = name.strip_prefix(&field.name()[..]);
        let rest = rest.and_then(|rest| rest.strip_prefix('.'));
        if let (Some(rest), DataType::Struct(inner)) = (rest, field.data_type())
            && let Some((mut path, kind)) = find(inner, rest)?
        {
            path.insert(0, at);
            return Ok(Some((path, kind)));
        }
    }
    Ok(None)
}
