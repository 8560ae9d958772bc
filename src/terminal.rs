//! What the program prints. Whoever reads it may go away (`smn-studio data DIR | head -1`): then
//! the rest is not printed and the work goes on, where `println!` would panic. What is printed on
//! a terminal stands above the progress bars.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::sync::{LazyLock, Mutex};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

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

/// A progress bar on a terminal, nothing elsewhere.
pub fn bar(len: usize) -> ProgressBar {
    styled(len as u64, "{bar:30} {pos}/{len} {per_sec} left {eta}")
}

/// A progress bar that looks as `template` says.
pub fn styled(len: u64, template: &str) -> ProgressBar {
    let bar = BARS.add(ProgressBar::new(len));
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
