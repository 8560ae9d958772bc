//! The thread that saves: entries are appended and synced as they come, those that came meanwhile
//! together. What cannot be saved waits and is tried again, and nothing waits for the disk.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::entry::{Entry, EntryId};
use super::journal::{Contents, Journal, JournalError};
use super::lock::Lock;
use super::storage::Storage;

/// How long until what failed is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// What became of the entries.
#[derive(Debug)]
pub enum Report {
    /// They outlive a power cut.
    Saved(Vec<EntryId>),
    /// So many wait; said once for each kind of error, until something is saved again.
    Failed { error: JournalError, waiting: usize },
    /// What somebody else has appended. The entries that wait are saved behind it.
    News(Contents),
}

/// Gives entries to the thread, which ends when this is gone.
pub struct Writer {
    entries: Option<Sender<Entry>>,
    thread: Option<JoinHandle<Vec<Entry>>>,
}

impl Writer {
    /// Starts the thread; `report` is called by it.
    pub fn start<S: Storage + Send + 'static>(
        journal: Journal<S>,
        lock: Option<Lock>,
        report: impl Fn(Report) + Send + 'static,
    ) -> Self {
        let (entries, inbox) = channel();
        let work = Work {
            journal,
            lock,
            report: Box::new(report),
            waiting: Vec::new(),
            said: None,
        };
        let thread = thread::spawn(move || work.run(&inbox));
        Self {
            entries: Some(entries),
            thread: Some(thread),
        }
    }

    /// Saves an entry as soon as may be.
    pub fn write(&self, entry: Entry) {
        if let Some(entries) = &self.entries {
            // The thread lives as long as this end, unless it panicked: then `finish` misses it.
            let _ = entries.send(entry);
        }
    }

    /// Saves what waits, once more if it failed before, and ends. Returns what could not be saved.
    pub fn finish(mut self) -> Vec<Entry> {
        self.end()
    }

    fn end(&mut self) -> Vec<Entry> {
        self.entries = None;
        let thread = self.thread.take();
        thread.and_then(|t| t.join().ok()).unwrap_or_default()
    }
}

/// Waits for what is being saved.
impl Drop for Writer {
    fn drop(&mut self) {
        let left = self.end().len();
        if left > 0 {
            log::error!("{left} edits could not be saved");
        }
    }
}

struct Work<S> {
    journal: Journal<S>,
    lock: Option<Lock>,
    report: Box<dyn Fn(Report) + Send>,
    waiting: Vec<Entry>,
    /// The error that was reported last, and is still there.
    said: Option<String>,
}

impl<S: Storage> Work<S> {
    fn run(mut self, inbox: &Receiver<Entry>) -> Vec<Entry> {
        loop {
            let next = match self.waiting.is_empty() {
                true => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                false => inbox.recv_timeout(RETRY),
            };
            let ended = next == Err(RecvTimeoutError::Disconnected);
            self.waiting.extend(next);
            self.waiting.extend(inbox.try_iter());
            self.save();
            if ended {
                return self.waiting;
            }
        }
    }

    fn save(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let mut saved = self.append();
        if matches!(saved, Err(JournalError::Changed)) {
            saved = self.journal.news().and_then(|news| {
                (self.report)(Report::News(news));
                self.append()
            });
        }
        match saved {
            Ok(()) => {
                let ids = self.waiting.drain(..).map(|entry| entry.id).collect();
                self.said = None;
                (self.report)(Report::Saved(ids));
            }
            Err(error) => {
                let said = Some(error.to_string());
                if self.said != said {
                    let waiting = self.waiting.len();
                    self.said = said;
                    (self.report)(Report::Failed { error, waiting });
                }
            }
        }
    }

    fn append(&mut self) -> Result<(), JournalError> {
        if self.lock.as_ref().is_some_and(|lock| !lock.is_held()) {
            return Err(JournalError::TakenOver);
        }
        self.journal.append(&mut self.waiting)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::review::{FileStorage, Gesture};

    /// A file whose syncs can be made to fail.
    struct Failing(FileStorage, Arc<AtomicBool>);

    impl Storage for Failing {
        fn size(&mut self) -> io::Result<u64> {
            self.0.size()
        }

        fn read_from(&mut self, start: u64) -> io::Result<Vec<u8>> {
            self.0.read_from(start)
        }

        fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
            self.0.append(bytes)
        }

        fn sync(&mut self) -> io::Result<()> {
            match self.1.load(Ordering::Relaxed) {
                true => Err(io::ErrorKind::StorageFull.into()),
                false => self.0.sync(),
            }
        }

        fn truncate(&mut self, len: u64) -> io::Result<()> {
            self.0.truncate(len)
        }
    }

    fn entry() -> Entry {
        Entry {
            id: EntryId::random(),
            sequence: 0,
            time: 0,
            annotator: "anna".into(),
            gesture: Gesture::Edit,
            faces: Vec::new(),
        }
    }

    #[test]
    fn what_cannot_be_saved_is_said_once_and_saved_later_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("anna.jsonl");
        let lock = Lock::take(&folder.path().join("anna.lock")).unwrap();
        let fails = Arc::new(AtomicBool::new(true));
        let storage = Failing(FileStorage::open(&path).unwrap(), fails.clone());
        let (journal, _) = Journal::open(storage).unwrap();
        let reports = Arc::new(Mutex::new(Vec::new()));
        let writer = Writer::start(journal, Some(lock), {
            let reports = reports.clone();
            move |report| reports.lock().unwrap().push(report)
        });
        let entries: Vec<Entry> = (0..5).map(|_| entry()).collect();
        let failures = || {
            let reports = reports.lock().unwrap();
            let failed = |r: &&Report| matches!(r, Report::Failed { .. });
            reports.iter().filter(failed).count()
        };
        writer.write(entries[0].clone());
        while failures() == 0 {
            thread::yield_now();
        }
        entries[1..].iter().for_each(|e| writer.write(e.clone()));
        thread::sleep(Duration::from_millis(50));
        assert_eq!(failures(), 1);
        // Another process appends meanwhile.
        fails.store(false, Ordering::Relaxed);
        let (mut other, _) = Journal::open(FileStorage::open(&path).unwrap()).unwrap();
        let mut others = [entry()];
        other.append(&mut others).unwrap();
        assert_eq!(writer.finish(), []);
        let (_, contents) = Journal::open(FileStorage::open(&path).unwrap()).unwrap();
        let ids = |entries: &[Entry]| entries.iter().map(|e| e.id).collect::<Vec<_>>();
        let both = [ids(&others), ids(&entries)].concat();
        assert_eq!(ids(&contents.entries), both);
        assert_eq!(contents.problems, []);
        let reports = reports.lock().unwrap();
        let saved = reports.iter().filter_map(|r| match r {
            Report::Saved(ids) => Some(ids.clone()),
            _ => None,
        });
        assert_eq!(saved.flatten().collect::<Vec<_>>(), ids(&entries));
        let news = reports
            .iter()
            .any(|r| matches!(r, Report::News(news) if ids(&news.entries) == ids(&others)));
        assert!(news);
    }

    #[test]
    fn nothing_is_written_once_another_process_has_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("anna.jsonl");
        let lock = Lock::take(&folder.path().join("anna.lock")).unwrap();
        let (journal, _) = Journal::open(FileStorage::open(&path).unwrap()).unwrap();
        std::fs::write(
            folder.path().join("anna.lock"),
            r#"{"host":"b","process":2}"#,
        )
        .unwrap();
        let writer = Writer::start(journal, Some(lock), |_| {});
        let kept = entry();
        writer.write(kept.clone());
        let left = writer.finish();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].id, kept.id);
        assert_eq!(std::fs::read(&path).unwrap(), b"");
    }
}
