//! The journal of an annotator: entries that are only ever appended. An entry counts as saved once
//! it is synced; what fails leaves the file as it was, and the entry with whoever asked.

use std::collections::HashSet;
use std::io;

use super::entry::{Entry, EntryId, LineError};
use super::storage::Storage;

/// An open journal.
pub struct Journal<S> {
    storage: S,
    file: Progress,
}

/// How far a file was read or written.
#[derive(Default)]
struct Progress {
    len: u64,
    /// Whether it ends in the middle of a line, which could not be cut.
    torn: bool,
    /// The highest sequence number.
    last: u64,
    /// What is in the file.
    known: HashSet<EntryId>,
}

/// What was found in a journal when it was read.
#[derive(Debug, Default, PartialEq)]
pub struct Contents {
    pub entries: Vec<Entry>,
    pub problems: Vec<Problem>,
}

/// What is wrong with a line, which stays in the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The last line was not written whole, so that it was never said to be saved.
    #[error(
        "the last edit was not written whole ({bytes} bytes) and never shown as saved; it was cut"
    )]
    Torn { bytes: usize },
    /// A line, counted from 1 in the part that was read, is no entry.
    #[error("line {line} is left out: {why}")]
    Damaged { line: usize, why: LineError },
    /// Entries are missing or out of order before this one.
    #[error("entry {expected} was expected where {found} stands: entries may be missing")]
    Sequence { expected: u64, found: u64 },
}

#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("the journal cannot be read: {0}")]
    Read(io::Error),
    #[error("the journal cannot be written: {0}")]
    Write(io::Error),
    #[error("the journal was written by somebody else meanwhile")]
    Changed,
    #[error("another process has taken the journal over")]
    TakenOver,
    #[error("an edit cannot be written down: {0}")]
    Entry(#[from] serde_json::Error),
}

impl<S: Storage> Journal<S> {
    /// Reads what there is. A torn last line is cut, since an entry may only be appended to whole
    /// ones.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn open(mut storage: S) -> Result<(Self, Contents), JournalError> {
        let bytes = storage.read_from(0).map_err(JournalError::Read)?;
        let mut journal = Self {
            storage,
            file: Progress::default(),
        };
        let contents = journal.file.take(&bytes);
        if journal.file.torn {
            let whole = journal.file.len - contents.torn_bytes();
            // Where it cannot be cut, a new line ends it before the next entry.
            if journal.storage.truncate(whole).is_ok() {
                (journal.file.len, journal.file.torn) = (whole, false);
            }
        }
        Ok((journal, contents))
    }

    /// The sequence number of the next entry.
    pub fn next_sequence(&self) -> u64 {
        self.file.last + 1
    }

    /// Appends entries and syncs them: they are saved when this returns, or none is. The sequence
    /// numbers are the next ones, whatever the entries had.
    ///
    /// # Errors
    /// If the file cannot be written, or has grown by somebody else's hand (see [`Journal::news`]).
    pub fn append(&mut self, entries: &mut [Entry]) -> Result<(), JournalError> {
        let mut text = String::new();
        if self.file.torn {
            text.push('\n');
        }
        for (entry, sequence) in entries.iter_mut().zip(self.next_sequence()..) {
            entry.sequence = sequence;
            text += &entry.line()?;
        }
        let len = self.storage.size().map_err(JournalError::Read)?;
        if len != self.file.len {
            return Err(JournalError::Changed);
        }
        let written = self.storage.append(text.as_bytes());
        if let Err(error) = written.and_then(|()| self.storage.sync()) {
            // What is half written must not be taken for saved later.
            if self.storage.truncate(self.file.len).is_err() {
                let len = self.storage.size().unwrap_or(self.file.len);
                self.file.torn |= len > self.file.len;
                self.file.len = len;
            }
            return Err(JournalError::Write(error));
        }
        self.file.len += text.len() as u64;
        self.file.torn = false;
        self.file.last += entries.len() as u64;
        self.file.known.extend(entries.iter().map(|entry| entry.id));
        Ok(())
    }

    /// What somebody else has appended since this was read or written last.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn news(&mut self) -> Result<Contents, JournalError> {
        let len = self.storage.size().map_err(JournalError::Read)?;
        if len < self.file.len {
            // It was cut or replaced: everything is news.
            self.file = Progress::default();
        }
        let bytes = self.storage.read_from(self.file.len);
        let bytes = bytes.map_err(JournalError::Read)?;
        Ok(self.file.take(&bytes))
    }
}

impl Progress {
    /// Takes in the file's bytes from here on.
    fn take(&mut self, bytes: &[u8]) -> Contents {
        let mut contents = Contents::default();
        let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        let (lines, rest) = bytes.split_at(whole);
        for (i, line) in lines.split(|b| *b == b'\n').enumerate() {
            if line.is_empty() {
                continue;
            }
            match Entry::of_line(line) {
                // One that could neither be synced nor cut was appended again.
                Ok(entry) if !self.known.insert(entry.id) => {}
                Ok(entry) => {
                    let expected = self.last + 1;
                    if entry.sequence != expected {
                        let found = entry.sequence;
                        contents
                            .problems
                            .push(Problem::Sequence { expected, found });
                    }
                    self.last = self.last.max(entry.sequence.min(u64::MAX - 1));
                    contents.entries.push(entry);
                }
                Err(why) => contents
                    .problems
                    .push(Problem::Damaged { line: i + 1, why }),
            }
        }
        self.len += bytes.len() as u64;
        self.torn = !rest.is_empty();
        if self.torn {
            let bytes = rest.len();
            contents.problems.push(Problem::Torn { bytes });
        }
        contents
    }
}

impl Contents {
    /// What is in a journal that somebody else writes.
    pub fn of(bytes: &[u8]) -> Self {
        Progress::default().take(bytes)
    }

    fn torn_bytes(&self) -> u64 {
        match self.problems.last() {
            Some(Problem::Torn { bytes }) => *bytes as u64,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests;
