//! How far a run is, for whoever waits.

use crate::store::workspace::Stage;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Takes what a run tells of how far it is. Nobody need listen: [`Progress::silent`].
pub struct Progress {
    hook: Option<Box<dyn Fn(Event) + Send + Sync>>,
    cancel: Arc<AtomicBool>,
}

/// What a run tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// What an earlier run left was found.
    Opened {
        /// Whether it was dropped.
        dropped: bool,
        /// The last of its stages that was done, where this one goes on with it.
        after: Option<&'static str>,
    },
    /// A stage begins, and with it the one before ends. It has so many pages; of how many is not known before all
    /// are read.
    Stage {
        /// Its name, one word.
        name: &'static str,
        /// How much there is to do, where that is known.
        total: Option<u64>,
        /// Whether all are done at once, so that nobody knows how far it is.
        at_once: bool,
    },
    /// So many pages more are done.
    Done(u64),
    /// The stage in hand ends.
    End,
    /// The run is over.
    Over,
}

impl Progress {
    /// Tells `hook` of every step, from any thread.
    pub fn new(hook: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Progress {
            hook: Some(Box::new(hook)),
            cancel: Arc::default(),
        }
    }

    /// Tells nobody.
    pub fn silent() -> Self {
        Progress {
            hook: None,
            cancel: Arc::default(),
        }
    }

    /// The same run, until `cancel` is set, from any thread: then it stops soon, and what it did is left as by any
    /// other stop.
    pub fn until(self, cancel: Arc<AtomicBool>) -> Self {
        Progress { cancel, ..self }
    }

    /// What stops it.
    pub fn cancel(&self) -> &AtomicBool {
        &self.cancel
    }

    /// An error once it is cancelled.
    pub(crate) fn check(&self) -> io::Result<()> {
        match self.cancel.load(Ordering::Relaxed) {
            true => Err(io::Error::other("cancelled")),
            false => Ok(()),
        }
    }

    fn tell(&self, event: Event) {
        if let Some(hook) = &self.hook {
            hook(event);
        }
    }

    /// What an earlier run left was found.
    pub(crate) fn opened(&self, dropped: bool, after: Option<Stage>) {
        let after = after.map(Stage::name);
        self.tell(Event::Opened { dropped, after });
    }

    /// Begins a stage of so many pages; of how many is not known before all are read.
    pub fn stage(&self, name: &'static str, total: Option<u64>) {
        self.tell(Event::Stage {
            name,
            total,
            at_once: false,
        });
    }

    /// Begins a stage that takes all pages at once.
    pub fn at_once(&self, name: &'static str, pages: u64) {
        self.tell(Event::Stage {
            name,
            total: Some(pages),
            at_once: true,
        });
    }

    /// So many pages more are done.
    pub fn add(&self, pages: u64) {
        self.tell(Event::Done(pages));
    }

    /// Ends the stage in hand.
    pub fn end(&self) {
        self.tell(Event::End);
    }

    /// The run is over: words follow.
    pub fn clear(&self) {
        self.tell(Event::Over);
    }
}
