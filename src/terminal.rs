//! What the program prints. Whoever reads it may go away (`smn-studio data DIR | head -1`): then
//! the rest is not printed and the work goes on, where `println!` would panic. What is printed on
//! a terminal stands above the progress bars.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::sync::{LazyLock, Mutex};

use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::humanize::{human_duration, thousands};

static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);
/// The first error of the standard output that is not a reader's leave.
static FAILED: Mutex<Option<io::Error>> = Mutex::new(None);

/// Prints a line to the standard output.
macro_rules! outln {
    ($($part:tt)*) => {
        $crate::terminal::out(format_args!("{}\n", format_args!($($part)*)))
    };
}
pub(crate) use outln;

/// Prints a line to the standard error.
macro_rules! errln {
    ($($part:tt)*) => {
        $crate::terminal::err(format_args!("{}\n", format_args!($($part)*)))
    };
}
pub(crate) use errln;

/// Prints to the standard output.
pub fn out(text: Arguments) {
    let written = BARS.suspend(|| {
        let mut stdout = io::stdout().lock();
        stdout.write_fmt(text).and_then(|()| stdout.flush())
    });
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
        && let Ok(mut failed) = FAILED.lock()
    {
        failed.get_or_insert(error);
    }
}

/// Prints to the standard error. Where that fails there is nowhere left to say so.
pub fn err(text: Arguments) {
    let _ = BARS.suspend(|| io::stderr().lock().write_fmt(text));
}

/// Does what prints by itself, above the bars.
pub fn above_bars<T>(print: impl FnOnce() -> T) -> T {
    BARS.suspend(print)
}

/// Why the standard output could not be written, if a reader's leave is not the reason: a full
/// disk, for one. What was asked for is then not all there.
pub fn failure() -> Option<io::Error> {
    FAILED.lock().ok()?.take()
}

/// How far some work is: a bar on a terminal, elsewhere a line now and then, so that a log tells
/// as well that the work goes on and for how long.
pub struct Progress {
    bar: ProgressBar,
    /// What is done, before the numbers of a line.
    name: String,
    lines: Mutex<Lines>,
}

impl Progress {
    fn new(name: &str, len: u64, done: u64, template: &str) -> Self {
        let bar = BARS.add(ProgressBar::new(len)).with_position(done);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self {
            bar,
            name: name.to_owned(),
            lines: Mutex::new(Lines::new(done)),
        }
    }

    pub fn inc(&self, by: u64) {
        self.bar.inc(by);
        self.tell();
    }

    pub fn set_position(&self, done: u64) {
        self.bar.set_position(done);
        self.tell();
    }

    /// How much there is to do, where that is not known before.
    pub fn set_length(&self, len: u64) {
        self.bar.set_length(len);
    }

    /// What is said beside the numbers.
    pub fn set_message(&self, text: String) {
        self.bar.set_message(text);
    }

    /// Leaves out so much time in which nothing was to be done: neither what has passed nor what
    /// is left counts it.
    pub fn leave_out(&self, time: Duration) {
        self.bar
            .set_elapsed(self.bar.elapsed().saturating_sub(time));
        self.bar.reset_eta();
        if let Ok(mut lines) = self.lines.lock() {
            lines.left_out += time;
        }
    }

    pub fn finish(&self) {
        self.bar.finish();
    }

    pub fn finish_and_clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Whether nobody sees the bar itself.
    pub fn is_hidden(&self) -> bool {
        self.bar.is_hidden()
    }

    fn tell(&self) {
        if !self.is_hidden() {
            return;
        }
        let (done, len) = (self.bar.position(), self.bar.length().unwrap_or(0));
        let Ok(mut lines) = self.lines.lock() else {
            return;
        };
        let elapsed = lines.began.elapsed().saturating_sub(lines.left_out);
        if !lines.is_due(done, len, elapsed) {
            return;
        }
        let text = lines.describe(done, len, elapsed);
        let message = self.bar.message();
        let message = match message.is_empty() {
            true => message,
            false => format!(", {message}"),
        };
        errln!("{}: {text}{message}", self.name);
    }
}

/// Between two lines at least so much time passes,
const LINE_EVERY: Duration = Duration::from_secs(10);
/// and this part of the work is done, or this much time has passed.
const LINE_PART: f64 = 0.1;
const LINE_AT_LATEST: Duration = Duration::from_secs(60);

/// When the next line of some progress is due.
struct Lines {
    began: Instant,
    /// Time in which nothing was to be done.
    left_out: Duration,
    /// What had been done before.
    first: u64,
    /// When there was a line, and how much had been done.
    last: Duration,
    told: u64,
    any: bool,
}

impl Lines {
    fn new(done: u64) -> Self {
        Self {
            began: Instant::now(),
            left_out: Duration::ZERO,
            first: done,
            last: Duration::ZERO,
            told: done,
            any: false,
        }
    }

    fn is_due(&mut self, done: u64, len: u64, elapsed: Duration) -> bool {
        let waited = elapsed.saturating_sub(self.last);
        let part = done.saturating_sub(self.told) as f64 / len.max(1) as f64;
        // The first soon, so that it is known how long it will take.
        let enough = !self.any || part >= LINE_PART || waited >= LINE_AT_LATEST;
        let due = done < len && waited >= LINE_EVERY && enough;
        if due {
            (self.last, self.told, self.any) = (elapsed, done, true);
        }
        due
    }

    /// "120 of 300 (40 %), about 3 min left".
    fn describe(&self, done: u64, len: u64, elapsed: Duration) -> String {
        let percent = 100.0 * done as f64 / len.max(1) as f64;
        let counts = [done, len].map(|n| thousands(n as usize));
        let mut text = format!("{} of {} ({percent:.0} %)", counts[0], counts[1]);
        let own = done.saturating_sub(self.first);
        let left = elapsed.as_secs_f64() * len.saturating_sub(done) as f64 / own as f64;
        if let Ok(left) = Duration::try_from_secs_f64(left) {
            text += &format!(", about {} left", human_duration(left));
        }
        text
    }
}

/// The progress of a command through `len` pieces of work.
pub fn bar(len: usize) -> Progress {
    let template = "{bar:30} {pos}/{len} {per_sec} left {eta}";
    Progress::new("progress", len as u64, 0, template)
}

/// The progress of something that has a name, of which `done` pieces were done before.
pub fn named(name: &str, len: u64, done: u64) -> Progress {
    let template = format!("{name} {{bar:30}} {{pos}}/{{len}} {{elapsed}} left {{eta}} {{msg}}");
    Progress::new(name, len, done, &template)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_is_no_bar_a_line_comes_now_and_then() {
        // A minute and a half, one piece a second.
        let mut lines = Lines::new(0);
        let told: Vec<u64> = (1..=95)
            .filter(|s| lines.is_due(*s, 95, Duration::from_secs(*s)))
            .collect();
        assert_eq!(told, [10, 20, 30, 40, 50, 60, 70, 80, 90]);
        // Twenty hours: the first soon, then one a minute.
        let mut lines = Lines::new(0);
        let told: Vec<u64> = (1..300)
            .filter(|s| lines.is_due(*s, 72_000, Duration::from_secs(*s)))
            .collect();
        assert_eq!(told, [10, 70, 130, 190, 250]);
        // What takes a moment says nothing, nor does what is done.
        let mut lines = Lines::new(0);
        assert!(!lines.is_due(5, 10, Duration::from_secs(9)));
        assert!(!lines.is_due(10, 10, Duration::from_secs(20)));
    }

    #[test]
    fn time_that_is_left_out_has_not_passed() {
        let progress = bar(10);
        progress.leave_out(Duration::from_secs(3600));
        assert!(progress.bar.elapsed() < Duration::from_secs(3600));
        let lines = progress.lines.lock().unwrap();
        assert_eq!(lines.left_out, Duration::from_secs(3600));
    }

    #[test]
    fn a_line_says_how_much_is_done_and_how_long_the_rest_takes() {
        let lines = Lines::new(0);
        let text = lines.describe(500, 2000, Duration::from_secs(40));
        assert_eq!(text, "500 of 2,000 (25 %), about 2 min left");
        // What was done before this process is not its speed.
        let resumed = Lines::new(400);
        let text = resumed.describe(500, 600, Duration::from_secs(20));
        assert_eq!(text, "500 of 600 (83 %), about 20 s left");
        let text = resumed.describe(400, 600, Duration::from_secs(20));
        assert_eq!(text, "400 of 600 (67 %)");
    }
}
