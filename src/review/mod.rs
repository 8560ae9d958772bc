//! Mended labels: what annotators change is kept as entries of a journal that only grows, and no
//! data set's file is ever written.

mod entry;
mod history;
mod journal;
mod storage;

pub use entry::{
    Change, Entry, FaceChanges, FaceRef, Field, Gesture, Labelled, LineError, Status, VERSION,
    Value,
};
pub use history::History;
pub use journal::{Contents, Journal, JournalError, Problem};
pub use storage::{FileStorage, Storage};
