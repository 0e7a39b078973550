//! The threads that a command works on.

use rayon::ThreadPool;
use twicetold_corpus::failure::Failure;

/// So many threads, or one for each core. Rayon's own would be started where they are needed first, and a system
/// that refuses them would end the program with a panic.
pub fn pool(count: Option<u16>) -> Result<ThreadPool, Failure> {
    let mut threads = rayon::ThreadPoolBuilder::new();
    if let Some(count) = count {
        threads = threads.num_threads(count.into());
    }
    threads
        .build()
        .map_err(|error| Failure::run(format!("cannot start threads: {error}")))
}

/// Runs `act` on threads of its own, one for each core.
pub fn on_all<R: Send>(act: impl FnOnce() -> Result<R, Failure> + Send) -> Result<R, Failure> {
    pool(None)?.install(act)
}
