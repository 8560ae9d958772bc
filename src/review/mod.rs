//! Mended labels: what annotators change is kept as entries of a journal that only grows, and no
//! data set's file is ever written.

mod bookmark;
mod checks;
mod difference;
mod edits;
mod entry;
mod history;
mod index;
mod journal;
mod lock;
mod matching;
mod notes;
mod overlay;
mod pictures;
mod place;
mod session;
mod set;
mod storage;
mod writer;

pub use bookmark::read_bookmark;
pub use checks::{Suspicion, exchanged, suspicions};
pub use difference::{Counts, FaceDifference, differences};
pub use edits::{EditedFace, EditedValue, Edits};
pub use entry::{
    Change, Entry, EntryId, FaceChanges, FaceRef, Field, Gesture, Labelled, LineError, Status,
    VERSION, Value, rounded,
};
pub use history::History;
pub use index::PictureIndex;
pub use journal::{Contents, Journal, JournalError, Problem};
pub use lock::{Holder, Lock, LockError};
pub use matching::{Conflict, Matched, SetFace, conflicts, matched};
pub use overlay::{Applied, added, apply, edited, face_ref, value};
pub use pictures::{Pictures, changed_text, picture_name};
pub use place::{existing_folder, journal_files, journal_folder, system_user};
pub use session::{ReadOnly, Saving, Session, SessionError};
pub use set::{
    OpenError, applied, in_the_journal_alone, journals, open_all, read_journal, root, sequence,
    source, sources,
};
pub use storage::{FileStorage, Storage};
pub use writer::{Report, Writer};
