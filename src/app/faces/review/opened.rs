//! A journal that was read, and held against the samples of a list.

use std::path::PathBuf;

use crate::dataset::{Sample, Samples};
use crate::label::Schema;
use crate::review::{self, Applied, PictureIndex, Pictures, Session};

/// A journal that was opened for a list, and what it says of the list's faces.
pub struct OpenedReview {
    pub list: u64,
    pub session: Session,
    pub folder: PathBuf,
    pub root: PathBuf,
    pub schema: Schema,
    pub applied: Applied,
    /// The face that was looked at last, where it is not the first.
    pub resume: Option<usize>,
}

impl OpenedReview {
    /// Reads an annotator's journal and holds it against samples as they were read. `root` is the
    /// set's folder.
    ///
    /// # Errors
    /// If the journal cannot be read or made.
    pub fn open(
        (list, samples): (u64, &Samples),
        (folder, root): (PathBuf, PathBuf),
        annotator: &str,
        schema: Schema,
        wake: impl Fn() + Send + 'static,
    ) -> Result<Self, review::SessionError> {
        let session = Session::open(&folder, annotator, wake)?;
        let mut index = PictureIndex::read(&folder);
        let pictures = Pictures::find(samples.iter(), session.edits(), &root, &mut index);
        if !session.is_read_only()
            && let Err(error) = index.write()
        {
            log::info!("{}: {error}", folder.display());
        }
        let edits = (session.edits(), pictures);
        let applied = review::apply(samples.iter(), edits, &root, &schema);
        // One that was killed before it noted anything was at the face that it edited last.
        let last = review::read_bookmark(&folder, annotator);
        let last = last.or_else(|| session.last_edited().cloned());
        let resume = last.and_then(|mut last| {
            last.picture = applied.pictures.name(&last)?.to_owned();
            let is = |s: &Sample| review::face_ref(s, &root).is(&last);
            samples.iter().position(is).filter(|at| *at > 0)
        });
        Ok(Self {
            list,
            session,
            folder,
            root,
            schema,
            applied,
            resume,
        })
    }
}
