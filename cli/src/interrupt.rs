//! Ctrl-C and its like: what stays behind, and what is said of it.

use crate::failure::{Failure, code};
use crate::say;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// What a stop takes away and says.
struct Leaving {
    remove: Vec<PathBuf>,
    words: String,
}

static LEAVING: Mutex<Leaving> = Mutex::new(Leaving {
    remove: Vec::new(),
    words: String::new(),
});

/// From here on Ctrl-C ends the program at once, as do SIGTERM and SIGHUP.
pub fn watch() -> Result<(), Failure> {
    leave(Vec::new(), "nothing was written");
    let watching = ctrlc::set_handler(|| {
        let leaving = LEAVING.lock().unwrap_or_else(PoisonError::into_inner);
        for folder in &leaving.remove {
            let _ = std::fs::remove_dir_all(folder);
        }
        say(&format!("\ntwicetold: interrupted; {}\n", leaving.words));
        std::process::exit(code::INTERRUPTED.into());
    });
    watching.map_err(|error| Failure::run(format!("cannot watch for Ctrl-C: {error}")))
}

/// What a stop takes away and says from here on.
pub fn leave(remove: Vec<PathBuf>, words: &str) {
    let mut leaving = LEAVING.lock().unwrap_or_else(PoisonError::into_inner);
    *leaving = Leaving {
        remove,
        words: words.to_owned(),
    };
}

/// Does what must not be interrupted.
pub fn whole<R>(act: impl FnOnce() -> R) -> R {
    let _held = LEAVING.lock().unwrap_or_else(PoisonError::into_inner);
    act()
}
