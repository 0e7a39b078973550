//! Tables of the results, their names, and what goes to them.

#[cfg(not(feature = "parquet"))]
mod absent;
#[cfg(feature = "parquet")]
mod records;
#[cfg(feature = "parquet")]
mod written;

#[cfg(not(feature = "parquet"))]
pub use absent::Tables;
#[cfg(feature = "parquet")]
pub use written::Tables;

/// What was written of a record.
pub enum Done {
    /// It stays, with another text where one is there.
    Kept(Option<String>),
    Removed,
    Rejected,
}

/// A kept page.
pub struct Kept<'r> {
    pub id: &'r str,
    pub source: Option<&'r str>,
    pub url: Option<&'r str>,
    /// Seconds since 1970.
    pub date: Option<i64>,
    pub text: String,
    /// Its record as JSON, with null for its text: with the text put there it is the line of `pages.jsonl`.
    pub record: String,
}

const NAMES: [&str; 2] = ["pages", "removed"];

/// Of the tables of one kind.
pub fn file_name(name: &str, number: usize) -> String {
    match number {
        1 => format!("{name}.parquet"),
        _ => format!("{name}-{number}.parquet"),
    }
}

/// Whether a file of an output folder is one of these.
pub fn is_table(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".parquet") else {
        return false;
    };
    let is_number = |n: &str| {
        n.strip_prefix('-')
            .is_some_and(|n| n.parse::<u32>().is_ok())
    };
    let number = NAMES.iter().find_map(|of| stem.strip_prefix(of));
    number.is_some_and(|n| n.is_empty() || is_number(n))
}
