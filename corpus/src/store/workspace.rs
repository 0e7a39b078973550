//! The hidden folder of a run: what is done so far, so that another run can go on where one was stopped.

use crate::failure::Failure;
use crate::interrupt::Hidden;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::xxh3_128;

/// The hidden folder, in the output folder: results can be renamed into their place from there.
pub const HIDDEN: &str = ".twicetold";

const MANIFEST: &str = "run.json";

/// In a folder of scratch that lies elsewhere: which output folder it belongs to.
const OWNER: &str = "owner";

/// The end of messages of what going on cannot mend.
pub const START_OVER: &str = "start over, without --resume";

/// What is done one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    Reading,
    Learning,
    Cleaning,
    Asking,
    Clustering,
    Comparing,
    Writing,
}

impl Stage {
    pub fn name(self) -> &'static str {
        match self {
            Stage::Reading => "reading",
            Stage::Learning => "learning",
            Stage::Cleaning => "cleaning",
            Stage::Asking => "asking",
            Stage::Clustering => "clustering",
            Stage::Comparing => "comparing",
            Stage::Writing => "writing",
        }
    }
}

/// What is written of a run that is under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Manifest {
    /// What the results depend on: settings, inputs, versions.
    of: Value,
    /// Where what is too much for memory lies, if elsewhere.
    scratch: Option<PathBuf>,
    /// What sums up the index that is asked, if one is.
    index: Option<u64>,
    done: Option<Stage>,
    ending: Option<Ending>,
}

/// What is left to do of a run whose results are whole: to put them in their place, to say this, and to end so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ending {
    /// The files and folders to put in their place.
    pub names: Vec<String>,
    pub said: String,
    pub code: u8,
}

/// A manifest as a file, with what tells it from a damaged one.
#[derive(Serialize, Deserialize)]
struct Saved {
    checksum: String,
    run: Box<RawValue>,
}

impl Saved {
    fn new(manifest: &Manifest) -> serde_json::Result<Self> {
        let run = RawValue::from_string(serde_json::to_string(manifest)?)?;
        Ok(Saved {
            checksum: checksum(&run),
            run,
        })
    }

    fn read(bytes: &[u8]) -> Option<Manifest> {
        let saved: Saved = serde_json::from_slice(bytes).ok()?;
        let is_whole = saved.checksum == checksum(&saved.run);
        serde_json::from_str(saved.run.get())
            .ok()
            .filter(|_| is_whole)
    }
}

fn checksum(run: &RawValue) -> String {
    format!("{:032x}", xxh3_128(run.get().as_bytes()))
}

/// The folder of a run, which goes when that has ended.
pub struct Workspace {
    folder: PathBuf,
    manifest: Manifest,
    /// Of a run that nobody can go on with.
    temporary: Option<Hidden>,
    _lock: Option<File>,
}

impl Workspace {
    /// One that leaves nothing behind.
    pub fn temporary(scratch: Option<&Path>) -> Result<Self, Failure> {
        let around = scratch.map_or_else(std::env::temp_dir, Path::to_owned);
        let made = Hidden::create_in(&around)?;
        let folder = made.path().to_owned();
        Ok(Workspace {
            manifest: Manifest {
                of: Value::Null,
                scratch: None,
                index: None,
                done: None,
                ending: None,
            },
            folder,
            temporary: Some(made),
            _lock: None,
        })
    }

    /// The one in the folder `out`, which is made if missing; no other run can write there as long as it lives.
    ///
    /// `of` is what the results depend on. With `resume` it goes on with what a stopped run of the
    /// same left; else that is dropped, which the second value tells. One that was stopped while it put its
    /// results in their place ends that first, by `publish`: half a set is nobody's.
    pub fn open(
        out: &Path,
        scratch: Option<&Path>,
        of: Value,
        resume: bool,
        publish: impl FnOnce(&Path, &[String]) -> Result<(), Failure>,
    ) -> Result<(Self, bool), Failure> {
        fs::create_dir_all(out).map_err(Failure::at(out))?;
        let lock = lock(out)?;
        let folder = out.join(HIDDEN);
        let left = match manifest(&folder, out)? {
            Left::Damaged(path) if resume => return Err(Failure::run(damaged(&path))),
            Left::Damaged(_) | Left::Nothing => None,
            Left::Run(manifest) => Some(*manifest),
        };
        if let Some(manifest) = left.clone().filter(|_| resume) {
            if let Some(what) = difference(&manifest.of, &of) {
                return Err(Failure::usage(format!(
                    "--resume: the run in {} was another: {what}; say the same, or {START_OVER}",
                    out.display()
                )));
            }
            let workspace = Workspace {
                folder,
                manifest,
                temporary: None,
                _lock: lock,
            };
            return Ok((workspace, false));
        }
        if let Some(ending) = left.as_ref().and_then(|left| left.ending.as_ref()) {
            publish(&results(&folder), &ending.names)?;
        }
        let dropped = left.is_some();
        remove(&folder, left.as_ref())?;
        let scratch = match scratch {
            Some(around) => {
                let made = tempfile::Builder::new()
                    .prefix(".twicetold-")
                    .tempdir_in(around);
                let made = made.map_err(Failure::at(around))?.keep();
                let made = fs::canonicalize(&made).map_err(Failure::at(&made))?;
                let owner = made.join(OWNER);
                fs::write(&owner, owned_by(out)).map_err(Failure::at(&owner))?;
                Some(made)
            }
            None => None,
        };
        fs::create_dir(&folder).map_err(Failure::at(&folder))?;
        let workspace = Workspace {
            folder,
            manifest: Manifest {
                of,
                scratch,
                index: None,
                done: None,
                ending: None,
            },
            temporary: None,
            _lock: lock,
        };
        workspace.save()?;
        Ok((workspace, dropped))
    }

    /// The index that is asked: the same as long as it is needed.
    pub fn same_index(&mut self, index: Option<u64>) -> Result<(), Failure> {
        if self.manifest.done.is_none() {
            self.manifest.index = index;
            return self.save();
        }
        match self.manifest.index == index || self.manifest.ending.is_some() {
            true => Ok(()),
            false => Err(Failure::usage(format!(
                "--resume: the index of --against is not what it was; {START_OVER}"
            ))),
        }
    }

    /// Whether an index was there when the run began.
    pub fn had_index(&self) -> bool {
        self.manifest.index.is_some()
    }

    /// For results, before they are whole.
    pub fn results(&self) -> PathBuf {
        results(&self.folder)
    }

    /// A file for what is too much for memory.
    pub fn file(&self, name: &str) -> PathBuf {
        self.scratch().join(name)
    }

    /// The folder of these files.
    pub fn scratch(&self) -> &Path {
        self.manifest.scratch.as_ref().unwrap_or(&self.folder)
    }

    /// The folders of the run, for who takes them away when it is stopped.
    pub fn folders(&self) -> Vec<PathBuf> {
        let scratch = self.manifest.scratch.iter().cloned();
        scratch.chain([self.folder.clone()]).collect()
    }

    /// Whether nobody can go on with it.
    pub fn is_temporary(&self) -> bool {
        self.temporary.is_some()
    }

    /// Whether another run can go on with what is done.
    pub fn can_go_on(&self) -> bool {
        !self.is_temporary() && self.manifest.done.is_some()
    }

    /// Whether a stage is done.
    pub fn has(&self, stage: Stage) -> bool {
        self.manifest.done >= Some(stage)
    }

    /// The last stage that is done.
    pub fn done(&self) -> Option<Stage> {
        self.manifest.done
    }

    /// A stage is done: all its files are written.
    pub fn finish(&mut self, stage: Stage) -> Result<(), Failure> {
        self.manifest.done = Some(stage);
        self.save()
    }

    /// The results are whole; what is left is to put them in their place.
    pub fn results_are_whole(&mut self, ending: Ending) -> Result<(), Failure> {
        self.manifest.done = Some(Stage::Writing);
        self.manifest.ending = Some(ending);
        self.save()
    }

    /// What is left to say of a run whose results are whole.
    pub fn ending(&self) -> Option<&Ending> {
        self.manifest.ending.as_ref()
    }

    fn save(&self) -> Result<(), Failure> {
        if self.temporary.is_some() {
            return Ok(());
        }
        let path = self.folder.join(MANIFEST);
        let save = || -> io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            serde_json::to_writer_pretty(&mut file, &Saved::new(&self.manifest)?)?;
            file.flush()?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        save().map_err(Failure::at(&path))
    }

    /// The run is over: the folder goes.
    pub fn end(self) -> Result<(), Failure> {
        match self.temporary {
            Some(_) => Ok(()),
            None => remove(&self.folder, Some(&self.manifest)),
        }
    }
}

fn results(folder: &Path) -> PathBuf {
    folder.join("out")
}

/// What is said of what is not what was written.
pub fn damaged(path: &Path) -> String {
    format!(
        "{}: not what was written there; {START_OVER}",
        path.display()
    )
}

/// Whether a run was stopped while it put its results into the folder `out`: what stands there is its own, or that of
/// the run before.
pub fn is_publishing(out: &Path) -> Result<bool, Failure> {
    let left = manifest(&out.join(HIDDEN), out)?;
    Ok(matches!(left, Left::Run(manifest) if manifest.ending.is_some()))
}

/// What a stopped run left in a folder.
enum Left {
    Nothing,
    Run(Box<Manifest>),
    /// What this file says is not what was written.
    Damaged(PathBuf),
}

/// What a stopped run left, if it is its own: a copy of a folder has no part in the scratch of the other.
fn manifest(folder: &Path, out: &Path) -> Result<Left, Failure> {
    let path = folder.join(MANIFEST);
    let read = |path: &Path| match fs::read(path) {
        Err(error) if is_no_file(&error) => Ok(None),
        read => read.map(Some).map_err(Failure::at(path)),
    };
    let Some(bytes) = read(&path)? else {
        return Ok(Left::Nothing);
    };
    let Some(manifest) = Saved::read(&bytes) else {
        return Ok(Left::Damaged(path));
    };
    let owner = match &manifest.scratch {
        Some(scratch) => read(&scratch.join(OWNER))?,
        None => Some(owned_by(out)),
    };
    Ok(match owner == Some(owned_by(out)) {
        true => Left::Run(Box::new(manifest)),
        false => Left::Nothing,
    })
}

/// Whether there is no such file, nor can be.
fn is_no_file(error: &io::Error) -> bool {
    let kind = error.kind();
    kind == io::ErrorKind::NotFound || kind == io::ErrorKind::NotADirectory
}

/// What a folder of scratch says of the output folder it belongs to.
fn owned_by(out: &Path) -> Vec<u8> {
    let real = fs::canonicalize(out);
    let real = real.as_deref().unwrap_or(out);
    real.as_os_str().as_encoded_bytes().to_vec()
}

fn remove(folder: &Path, manifest: Option<&Manifest>) -> Result<(), Failure> {
    let gone = |path: &Path, removed: io::Result<()>| match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::at(path)(error)),
        _ => Ok(()),
    };
    if let Some(scratch) = manifest.and_then(|manifest| manifest.scratch.as_deref()) {
        gone(scratch, fs::remove_dir_all(scratch))?;
    }
    // First what tells of the rest: what is left of that when this is stopped is taken for nothing.
    let manifest = folder.join(MANIFEST);
    match fs::remove_file(&manifest) {
        Err(error) if is_no_file(&error) => {}
        removed => removed.map_err(Failure::at(&manifest))?,
    }
    gone(folder, fs::remove_dir_all(folder))
}

/// Holds off other runs that would write to the folder; the system lets go when the program ends, however it does.
fn lock(out: &Path) -> Result<Option<File>, Failure> {
    // Windows opens no folder as a file; there the hidden files are in use instead.
    if cfg!(windows) {
        return Ok(None);
    }
    let file = File::open(out).map_err(Failure::at(out))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(Failure::usage(format!(
            "another run is writing to --out {}; wait for it, or choose another folder",
            out.display()
        ))),
        // Not every file system has locks; without one two runs meet at the hidden folder.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(None),
        Err(TryLockError::Error(error)) => Err(Failure::at(out)(error)),
    }
}

/// The first thing in which two runs differ, by the names that lead there.
fn difference(one: &Value, other: &Value) -> Option<String> {
    let (Value::Object(one), Value::Object(other)) = (one, other) else {
        return (one != other).then(|| format!("{one} is {other} now"));
    };
    let names = one.keys().chain(other.keys());
    names.into_iter().find_map(|name| {
        let [one, other] = [one, other].map(|of| of.get(name).unwrap_or(&Value::Null));
        difference(one, other).map(|what| format!("{name}: {what}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_run_goes_on_and_another_does_not() {
        let out = tempfile::tempdir().unwrap();
        let out = out.path();
        let of = json!({ "keep": "longest", "net": null });
        let open = |of: &Value, resume| {
            Workspace::open(out, None, of.clone(), resume, |_, _| panic!("no results"))
        };
        let (mut first, dropped) = open(&of, false).unwrap();
        assert!(!dropped && !first.has(Stage::Reading));
        first.finish(Stage::Learning).unwrap();
        fs::write(first.file("x"), "1").unwrap();
        // Two at once.
        let refused = open(&of, true).err().unwrap();
        assert!(
            refused.message.contains("another run"),
            "{}",
            refused.message
        );
        drop(first);
        let other = open(&json!({ "keep": "first", "net": null }), true);
        let refused = other.err().unwrap().message;
        assert!(
            refused.contains(r#"keep: "longest" is "first" now"#),
            "{refused}"
        );
        let (again, _) = open(&of, true).unwrap();
        assert!(again.has(Stage::Reading) && again.has(Stage::Learning));
        assert!(!again.has(Stage::Cleaning) && again.file("x").exists());
        drop(again);
        let (new, dropped) = open(&of, false).unwrap();
        assert!(dropped && !new.file("x").exists() && new.done().is_none());
        new.end().unwrap();
        assert_eq!(fs::read_dir(out).unwrap().count(), 0);
    }

    #[test]
    fn a_bit_of_the_manifest_is_told() {
        let out = tempfile::tempdir().unwrap();
        let out = out.path();
        let of = json!({ "keep": "longest", "resemblance": 0.123_456_789_012_345_68 });
        let open = || Workspace::open(out, None, of.clone(), true, |_, _| Ok(()));
        let (mut run, _) = open().unwrap();
        run.finish(Stage::Learning).unwrap();
        drop(run);
        let path = out.join(HIDDEN).join(MANIFEST);
        let mut bytes = fs::read(&path).unwrap();
        for bit in 0..8 * bytes.len() {
            bytes[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, &bytes).unwrap();
            match open() {
                // White space between the two fields.
                Ok((run, _)) => assert_eq!(run.done(), Some(Stage::Learning), "bit {bit}"),
                Err(error) => assert!(error.message.ends_with(START_OVER), "{}", error.message),
            }
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
    }
}
