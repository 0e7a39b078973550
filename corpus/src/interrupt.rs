//! What stays behind of a run that is stopped, and what is said of it.

use crate::failure::Failure;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tempfile::TempDir;

/// What a stop takes away and says.
struct Leaving {
    /// Folders that go with every stop.
    hidden: Vec<PathBuf>,
    /// Folders that go as long as nothing in them is worth going on with.
    remove: Vec<PathBuf>,
    words: String,
}

static LEAVING: Mutex<Leaving> = Mutex::new(Leaving {
    hidden: Vec::new(),
    remove: Vec::new(),
    words: String::new(),
});

/// Takes away what a stop leaves behind, and gives the words to say of it. Nothing hidden is made after it, and
/// nothing that must be whole is under way: the process is to end now.
pub fn stop() -> String {
    let leaving = LEAVING.lock().unwrap_or_else(PoisonError::into_inner);
    for folder in leaving.hidden.iter().chain(&leaving.remove) {
        let _ = std::fs::remove_dir_all(folder);
    }
    let words = leaving.words.clone();
    std::mem::forget(leaving);
    words
}

/// What a stop takes away besides [`Hidden`] folders, and says, from here on.
pub fn leave(remove: Vec<PathBuf>, words: &str) {
    let mut leaving = LEAVING.lock().unwrap_or_else(PoisonError::into_inner);
    leaving.remove = remove;
    leaving.words = words.to_owned();
}

/// Does what must not be interrupted.
pub fn whole<R>(act: impl FnOnce() -> R) -> R {
    let _held = LEAVING.lock().unwrap_or_else(PoisonError::into_inner);
    act()
}

/// A folder for what is not whole yet, which goes with the run however it ends, but by `kill -9`.
pub struct Hidden(TempDir);

impl Hidden {
    pub fn create_in(folder: &Path) -> Result<Hidden, Failure> {
        Hidden::create(folder, ".twicetold-")
    }

    /// For what only one may do at a time, which `name` is of: what a killed run left of it goes.
    pub fn create_for(name: &OsStr, folder: &Path) -> Result<Hidden, Failure> {
        let prefix = format!(".twicetold-{}-", name.to_string_lossy());
        for old in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if old.file_name().to_string_lossy().starts_with(&prefix) {
                let _ = std::fs::remove_dir_all(old.path());
            }
        }
        Hidden::create(folder, &prefix)
    }

    fn create(folder: &Path, prefix: &str) -> Result<Hidden, Failure> {
        // Registered before a stop can come between.
        let mut leaving = LEAVING.lock().unwrap_or_else(PoisonError::into_inner);
        let made = tempfile::Builder::new().prefix(prefix).tempdir_in(folder);
        let made = made.map_err(Failure::at(folder))?;
        leaving.hidden.push(made.path().to_owned());
        Ok(Hidden(made))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}
