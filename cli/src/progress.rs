//! What a run is at, for whoever waits: a bar on a terminal, plain lines or JSON elsewhere, on standard
//! error.

use crate::say;
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use std::io::{self, IsTerminal};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use twicetold_corpus::progress::{Event, Progress};

/// How progress is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Manner {
    /// A bar on a terminal, else a line for each stage of a second or more
    Auto,
    /// A line a stage, and one every ten seconds
    Plain,
    /// The same as JSON, one object a line
    Json,
    /// Nothing
    None,
}

/// Shows how far a run is.
pub struct Screen {
    manner: Manner,
    started: Instant,
    stage: Mutex<Stage>,
    done: AtomicU64,
    bar: Option<ProgressBar>,
}

struct Stage {
    name: &'static str,
    began: Instant,
    /// How much there is to do, where that is known.
    total: Option<u64>,
    told: Instant,
}

/// Between two lines of one stage.
const PAUSE: Duration = Duration::from_secs(10);

impl Screen {
    /// What a run tells goes to standard error in this manner.
    pub fn progress(manner: Manner) -> Progress {
        Screen::progress_after(manner, |_| {})
    }

    /// The same, after `first` saw each event.
    pub fn progress_after(
        manner: Manner,
        first: impl Fn(Event) + Send + Sync + 'static,
    ) -> Progress {
        let screen = Screen::new(manner);
        Progress::new(move |event| {
            first(event);
            screen.see(event);
        })
    }

    /// The same, on a terminal alone, and nowhere where `quiet` is asked for.
    pub fn on_terminal(quiet: bool) -> Progress {
        Screen::progress(match !quiet && io::stderr().is_terminal() {
            true => Manner::Auto,
            false => Manner::None,
        })
    }

    fn new(manner: Manner) -> Self {
        let on_terminal = io::stderr().is_terminal();
        let bar = (manner == Manner::Auto && on_terminal).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        let now = Instant::now();
        Screen {
            manner,
            started: now,
            stage: Mutex::new(Stage {
                name: "",
                began: now,
                total: None,
                told: now,
            }),
            done: AtomicU64::new(0),
            bar,
        }
    }

    fn see(&self, event: Event) {
        match event {
            Event::Stage {
                name,
                total,
                at_once,
            } => {
                let template = match total {
                    Some(_) if at_once => "{msg:>10} {human_len} pages, for {elapsed}",
                    Some(_) => {
                        "{msg:>10} [{bar:30}] {human_pos} of {human_len}, {per_sec}, {eta} left"
                    }
                    None => "{msg:>10} {human_pos} records, {per_sec}",
                };
                self.begin(name, total, template);
            }
            Event::Done(pages) => self.add(pages),
            Event::End => self.end(),
            Event::Over => self.clear(),
            _ => {}
        }
    }

    fn begin(&self, name: &'static str, total: Option<u64>, template: &str) {
        self.end();
        let now = Instant::now();
        self.done.store(0, Ordering::Relaxed);
        if let Ok(mut stage) = self.stage.lock() {
            *stage = Stage {
                name,
                began: now,
                total,
                told: now,
            };
        }
        if let Some(bar) = &self.bar {
            let style = ProgressStyle::with_template(template);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.reset();
            bar.set_length(total.unwrap_or(0));
            bar.set_message(name);
        }
    }

    /// So many pages more are done.
    fn add(&self, pages: u64) {
        let done = self.done.fetch_add(pages, Ordering::Relaxed) + pages;
        if let Some(bar) = &self.bar {
            bar.set_position(done);
        }
        let Ok(mut stage) = self.stage.lock() else {
            return;
        };
        if stage.told.elapsed() >= PAUSE {
            stage.told = Instant::now();
            self.tell(&stage, done, false);
        }
    }

    /// Ends the stage in hand.
    fn end(&self) {
        let Ok(mut stage) = self.stage.lock() else {
            return;
        };
        if !stage.name.is_empty() {
            self.tell(&stage, self.done.load(Ordering::Relaxed), true);
            stage.name = "";
        }
        if let Some(bar) = &self.bar {
            bar.set_message("");
        }
    }

    /// Takes the bar away, for words behind it.
    fn clear(&self) {
        self.end();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn tell(&self, stage: &Stage, done: u64, ended: bool) {
        let seconds = stage.began.elapsed().as_secs_f64();
        let rate = done as f64 / seconds.max(1e-9);
        let left = stage
            .total
            .map(|total| (total.saturating_sub(done)) as f64 / rate.max(1e-9));
        match self.manner {
            Manner::Json => {
                let line = json!({
                    "stage": stage.name, "done": done, "total": stage.total, "ended": ended,
                    "seconds": seconds, "elapsed": self.started.elapsed().as_secs_f64(),
                    "rate": rate, "left": left.filter(|_| !ended), "peak_memory": peak_memory(),
                });
                say(&format!("{line}\n"));
            }
            // Nobody waits for less.
            Manner::Auto if ended && seconds < 1.0 => {}
            Manner::Plain | Manner::Auto if self.bar.is_none() => say(&match (ended, left) {
                (true, _) => format!("{}: {done} in {seconds:.1} s\n", stage.name),
                (false, Some(left)) => format!(
                    "{}: {done}, {rate:.0} a second, {left:.0} s left\n",
                    stage.name
                ),
                (false, None) => format!("{}: {done}, {rate:.0} a second\n", stage.name),
            }),
            _ => {}
        }
    }
}

/// The most memory this process had so far, in bytes, where the system tells.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
