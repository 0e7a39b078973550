//! One at a time adds to an index.

use crate::failure::Failure;
use same_file::Handle;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Held by who adds to an index: a locked file beside it, because the index itself is replaced by another
/// file. Who only reads needs none. It goes with its process, also where that is killed; a file that is
/// left then is locked by nobody.
pub struct Lock {
    path: PathBuf,
    /// Locked while it is open.
    _file: File,
}

impl Lock {
    pub fn take(index: &Path) -> Result<Lock, Failure> {
        let mut name = index.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        loop {
            let file = File::options()
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)
                .map_err(Failure::at(&path))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(Failure::run(format!(
                        "{}: another run is adding to it; try again when that has ended",
                        index.display()
                    )));
                }
                Err(TryLockError::Error(error)) => return Err(Failure::at(&path)(error)),
            }
            // Its last holder may have taken it away between the two steps.
            if is_there(&file, &path).map_err(Failure::at(&path))? {
                return Ok(Lock { path, _file: file });
            }
        }
    }
}

/// Whether this path still leads to the file.
fn is_there(file: &File, path: &Path) -> io::Result<bool> {
    let ours = Handle::from_file(file.try_clone()?)?;
    match Handle::from_path(path) {
        Ok(there) => Ok(ours == there),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is still locked, so that nobody takes it in between.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let index = folder.path().join("old.index");
        let lock = Lock::take(&index).unwrap();
        let refused = Lock::take(&index).err().unwrap();
        assert!(refused.message.contains("another run"), "{refused:?}");
        drop(lock);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        // What a killed run left.
        File::create(folder.path().join("old.index.lock")).unwrap();
        drop(Lock::take(&index).unwrap());
    }

    #[test]
    fn never_two_at_once() {
        use std::sync::atomic::{AtomicU32, Ordering};
        let folder = tempfile::tempdir().unwrap();
        let index = folder.path().join("old.index");
        let (inside, taken) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        if let Ok(_lock) = Lock::take(&index) {
                            assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                            taken.fetch_add(1, Ordering::SeqCst);
                            inside.fetch_sub(1, Ordering::SeqCst);
                        }
                    }
                });
            }
        });
        assert!(taken.into_inner() > 0);
    }
}
