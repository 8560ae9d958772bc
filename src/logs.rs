//! The log, as the terminal shows it and as the window does.
//!
//! A warning that only a terminal shows is lost on whoever started the program with a click. So
//! every record goes two ways: to `env_logger`, and into a bounded ring from which the window takes
//! its toasts and its log pane.

use std::any::Any;
use std::collections::VecDeque;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use log::{Level, LevelFilter, Log, Metadata};

use crate::humanize::without_error_number;
use crate::terminal;

/// Records that are kept; the oldest go.
pub const KEPT: usize = 4096;
/// Longer messages are cut in the ring: a shader that does not compile is printed whole.
const LONGEST: usize = 4000;

/// One message.
#[derive(Clone, Debug)]
pub struct Record {
    /// Grows by one with each record.
    pub number: u64,
    pub time: SystemTime,
    pub level: Level,
    pub target: String,
    pub text: String,
}

struct Ring {
    records: VecDeque<Arc<Record>>,
    bell: Option<SyncSender<()>>,
}

static RING: Mutex<Ring> = Mutex::new(Ring {
    records: VecDeque::new(),
    bell: None,
});
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Sends all logging to the terminal (as `RUST_LOG` says, warnings and errors unless told) and to
/// the ring. A second call does nothing.
pub fn init() {
    let environment = env_logger::Env::default().default_filter_or("warn");
    let mut terminal = env_logger::Builder::from_env(environment);
    // Whoever asks for a filter looks for where a message comes from; others read what it says.
    if std::env::var_os("RUST_LOG").is_none() {
        terminal.format(|to, record| {
            let style = to.default_level_style(record.level());
            let kind = kind(record.level());
            writeln!(to, "{style}{kind}{style:#}: {}", record.args())
        });
    }
    let terminal = terminal.build();
    let most = terminal.filter().max(LevelFilter::Info);
    if log::set_boxed_logger(Box::new(Tee { terminal })).is_ok() {
        log::set_max_level(most);
    }
}

/// What a message is, in a word for a person.
fn kind(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warning",
        Level::Info => "note",
        Level::Debug | Level::Trace => "detail",
    }
}

/// An error with its causes. Many errors tell their cause in their own words and hand it out too;
/// what was said already is not said again.
pub fn error_chain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    let causes = error.chain().map(|c| without_error_number(&c.to_string()));
    for cause in causes {
        if text.contains(&cause) {
            continue;
        }
        if !text.is_empty() {
            text += ": ";
        }
        text += &cause;
    }
    text
}

/// What a panic said.
pub fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it did not say why")
}

/// How many records there have been.
pub fn count() -> u64 {
    NEXT.load(Ordering::Acquire)
}

/// The records from `number` on, as far as they are still kept.
pub fn since(number: u64) -> Vec<Arc<Record>> {
    if number >= count() {
        return Vec::new();
    }
    let Ok(ring) = RING.lock() else {
        return Vec::new();
    };
    let new = ring.records.iter().filter(|r| r.number >= number);
    new.cloned().collect()
}

/// Something that receives a word after each record, in place of an earlier one. A logger must not
/// call into the window itself: the record may come from the middle of the window's own work.
pub fn bell() -> Receiver<()> {
    let (sender, receiver) = sync_channel(1);
    if let Ok(mut ring) = RING.lock() {
        ring.bell = Some(sender);
    }
    receiver
}

struct Tee {
    terminal: env_logger::Logger,
}

/// What other crates say below a warning fills the ring and helps nobody.
fn is_kept(metadata: &Metadata) -> bool {
    metadata.level() <= Level::Warn
        || (metadata.level() == Level::Info && metadata.target().starts_with("smn_studio"))
}

impl Log for Tee {
    fn enabled(&self, metadata: &Metadata) -> bool {
        is_kept(metadata) || self.terminal.enabled(metadata)
    }

    fn log(&self, record: &log::Record) {
        if self.terminal.matches(record) {
            terminal::above_bars(|| self.terminal.log(record));
        }
        if !is_kept(record.metadata()) {
            return;
        }
        // Formatted before the lock is taken: formatting may log.
        let mut text = record.args().to_string();
        if let Some((at, _)) = text.char_indices().nth(LONGEST) {
            text.truncate(at);
            text.push('…');
        }
        let target = record.target().to_owned();
        let Ok(mut ring) = RING.lock() else {
            return;
        };
        if ring.records.len() == KEPT {
            ring.records.pop_front();
        }
        let number = NEXT.load(Ordering::Relaxed);
        ring.records.push_back(Arc::new(Record {
            number,
            time: SystemTime::now(),
            level: record.level(),
            target,
            text,
        }));
        NEXT.store(number + 1, Ordering::Release);
        if let Some(bell) = &ring.bell {
            // Full means that the window is being woken already.
            let _ = bell.try_send(());
        }
    }

    fn flush(&self) {
        self.terminal.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_said_once_however_often_errors_tell_it() {
        use anyhow::Context;
        #[derive(Debug, thiserror::Error)]
        #[error("{path}: {source}")]
        struct Told {
            path: &'static str,
            source: std::io::Error,
        }
        let missing = || std::io::Error::new(std::io::ErrorKind::NotFound, "no such file");
        let told = Told {
            path: "a.pth",
            source: missing(),
        };
        let text = error_chain(&anyhow::Error::from(told).context("weights"));
        assert_eq!(text, "weights: a.pth: no such file");
        let plain = Err::<(), _>(missing()).context("b.csv").context("b.csv");
        assert_eq!(error_chain(&plain.unwrap_err()), "b.csv: no such file");
        let image = image::load_from_memory(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR").unwrap_err();
        let text = error_chain(&image.into());
        let last = text.rsplit(": ").next().unwrap();
        assert_eq!(text.matches(last).count(), 1, "{text}");
    }

    /// Other tests log too, so only these records are looked at.
    fn own(from: u64) -> Vec<String> {
        let records = since(from).into_iter();
        let own = records.filter(|r| r.target == "smn_studio::ring");
        own.map(|r| r.text.chars().take(12).collect()).collect()
    }

    #[test]
    fn the_ring_keeps_the_newest_and_rings_once() {
        init();
        let from = count();
        log::info!(target: "smn_studio::ring", "one");
        log::info!(target: "smn_studio::ring", "two");
        log::info!(target: "elsewhere", "not kept");
        log::debug!(target: "smn_studio::ring", "not kept");
        assert_eq!(own(from), ["one", "two"]);
        let bell = bell();
        for i in 0..KEPT + 10 {
            // No warnings, which the terminal would show.
            log::info!(target: "smn_studio::ring", "{i} {}", "x".repeat(2 * LONGEST));
        }
        // Other tests may log meanwhile, but nobody logs once for each of these.
        let rings = bell.try_iter().count();
        assert!((1..10).contains(&rings), "{rings}");
        let kept = since(0);
        assert_eq!(kept.len(), KEPT);
        assert!(kept.iter().all(|r| r.text.chars().count() <= LONGEST + 1));
        assert!(kept.windows(2).all(|w| w[0].number + 1 == w[1].number));
    }
}
