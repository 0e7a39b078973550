//! Ctrl-C and its like: what stays behind, and what is said of it.

use crate::failure::{Failure, code};
use crate::say;
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

/// From here on Ctrl-C ends the program at once, as do SIGTERM and SIGHUP.
pub fn watch() -> Result<(), Failure> {
    leave(Vec::new(), "nothing was written");
    let watching = ctrlc::set_handler(|| {
        let leaving = LEAVING.lock().unwrap_or_else(PoisonError::into_inner);
        for folder in leaving.hidden.iter().chain(&leaving.remove) {
            let _ = std::fs::remove_dir_all(folder);
        }
        say(&format!("\ntwicetold: interrupted; {}\n", leaving.words));
        std::process::exit(code::INTERRUPTED.into());
    });
    watching.map_err(|error| Failure::run(format!("cannot watch for Ctrl-C: {error}")))
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
