//! How far a run is, and how it is stopped.

use super::store::Stage;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

/// Who watches a run: hears how far it is, and may stop it.
///
/// ```
/// use std::sync::atomic::AtomicBool;
/// use twicetold::{Deduplicator, Page, Step, Watch};
///
/// let told = |step: Step| {
///     if let Step::Began { stage, .. } = step {
///         println!("{stage} ...");
///     }
/// };
/// let cancel = AtomicBool::new(false); // another thread may set it
/// let watch = Watch::new().telling(&told).until(&cancel);
/// let pages = [Page::new("ferry", "The ferry stopped on Monday.")];
/// let report = Deduplicator::default().run_watched(&pages, &Default::default(), &watch);
/// assert!(report.is_some_and(|report| report.pages[0].is_kept()));
/// ```
#[derive(Clone, Copy, Default)]
pub struct Watch<'w> {
    told: Option<&'w (dyn Fn(Step) + Sync)>,
    cancel: Option<&'w AtomicBool>,
}

/// What a run tells of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// A stage begins, and with it the one before ends.
    #[non_exhaustive]
    Began {
        /// The stage.
        stage: Stage,
        /// How many pages it works on.
        pages: u64,
        /// Whether it takes all of them at once, so that nobody knows how far it is.
        at_once: bool,
    },
    /// This many more pages are done.
    Done(u64),
}

/// Why a run ends before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop<E> {
    /// It was cancelled.
    Cancelled,
    /// The store failed.
    Failed(E),
}

impl<E> From<E> for Stop<E> {
    fn from(error: E) -> Self {
        Stop::Failed(error)
    }
}

impl<'w> Watch<'w> {
    /// Tells nobody, and never stops the run.
    pub fn new() -> Self {
        Watch::default()
    }

    /// Tells `told` of every step, from any thread.
    pub fn telling(self, told: &'w (dyn Fn(Step) + Sync)) -> Self {
        Watch {
            told: Some(told),
            ..self
        }
    }

    /// Stops the run once `cancel` is set. The run looks at it between stages, and within a stage at each source or
    /// stretch of pages.
    pub fn until(self, cancel: &'w AtomicBool) -> Self {
        Watch {
            cancel: Some(cancel),
            ..self
        }
    }

    pub(super) fn tell(&self, step: Step) {
        if let Some(told) = self.told {
            told(step);
        }
    }

    pub(super) fn check<E>(&self) -> Result<(), Stop<E>> {
        match self
            .cancel
            .is_some_and(|cancel| cancel.load(Ordering::Relaxed))
        {
            true => Err(Stop::Cancelled),
            false => Ok(()),
        }
    }
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = self.told.map(|_| "..");
        let mut out = out.debug_struct("Watch");
        out.field("told", &told)
            .field("cancel", &self.cancel)
            .finish()
    }
}
