//! Runs of [`twicetold`] over files: formats, a store on disk, an index of old pages, and results that can be
//! read back.
//!
//! | module | what it has |
//! |---|---|
//! | [`mod@format`] | files of pages: text, HTML, JSON lines, Parquet, WARC |
//! | [`mod@run`] | a whole run: files in, results out |
//! | [`store`] | a run over pages that need not fit into memory |
//! | [`index`] | old pages in a file, against which new ones are held |
//! | [`results`] | what a run writes, and everything that reads it again |

pub mod failure;
pub mod format;
pub mod index;
pub mod interrupt;
pub mod likeness;
pub mod oneline;
pub mod progress;
pub mod results;
pub mod run;
pub mod settings;
pub mod store;
