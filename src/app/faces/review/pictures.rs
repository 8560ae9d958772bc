//! The pictures of the faces that are reviewed: what the journal calls them, and by what they are found
//! again.

use std::path::Path;

use super::Journaled;
use crate::app::faces::list::List;
use crate::photo::PictureFile;
use crate::review::{self, FaceRef};

impl Journaled {
    /// A picture of the list was read: the journal's name for it, where its content is another than
    /// when it was edited, the first time.
    pub fn read(&mut self, path: &Path, file: &PictureFile) -> Option<String> {
        let picture = self.picture(path).0;
        let known = self.by_picture.get(&picture)?;
        let mut hashes = known.iter().filter_map(|index| {
            let known = self.faces.get(index)?;
            (*known.base.path == *path).then_some(known.face.picture_hash.as_deref()?)
        });
        let hash = file.hash.to_string();
        let is_new = hashes.any(|known| known != hash) && !self.changed.contains(&picture);
        is_new.then(|| {
            self.changed.push(picture.clone());
            picture
        })
    }

    /// What the journal calls a picture, and its hash where that is another name.
    fn picture(&self, path: &Path) -> (String, Option<String>) {
        let name = review::picture_name(path, &self.root);
        match self.renamed.get(&name) {
            Some((known_as, hash)) => (known_as.clone(), Some(hash.clone())),
            None => (name, None),
        }
    }

    /// What a face in a picture of the list is found again by.
    pub(super) fn with_picture(&self, list: &List, path: &Path, face: FaceRef) -> FaceRef {
        let file = list.files.get(path);
        let (picture, hash) = self.picture(path);
        FaceRef {
            picture_hash: hash.or_else(|| file.map(|file| file.hash.to_string())),
            picture_bytes: file.map(|file| file.bytes),
            picture,
            ..face
        }
    }

    /// Keeps by what time and size a picture has its hash.
    pub(super) fn note_picture(&self, list: &List, index: usize) {
        if let Some(sample) = list.samples.get(index)
            && let Some(file) = list.files.get(&sample.path)
        {
            let name = review::picture_name(&sample.path, &self.root);
            self.session.note_picture(name, *file);
        }
    }

    /// Notes the face that is looked at, for the next session.
    pub fn look_at(&mut self, list: &List, index: usize) {
        if self.noted == Some(index) {
            return;
        }
        self.noted = Some(index);
        let known = self.faces.get(&index).map(|known| known.face.clone());
        let own = || {
            let sample = list.samples.get(index)?;
            let face = review::face_ref(sample, &self.root);
            Some(self.with_picture(list, &sample.path, face))
        };
        if let Some(face) = known.or_else(own) {
            self.session.note_looked_at(face);
        }
    }
}
