//! Pictures and thumbnails, read away from the window's thread. What is wished for is said anew
//! whenever it changes, the most urgent first: what has scrolled out of sight is no longer read,
//! so that a list of 200,000 faces never piles up work.

use std::collections::HashSet;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use eframe::egui::ColorImage;

use crate::app::faces::item::{Decoded, color_image};
use crate::background::{Wake, catch_panic};
use crate::batch::crop_image;
use crate::dataset::{Sample, Samples};
use crate::photo::{Photo, PictureFile};

/// Side of a thumbnail in pixels.
pub const THUMBNAIL: u32 = 72;

/// A picture that was read, or why it could not be.
pub struct Read {
    /// Number of the list it belongs to.
    pub list: u64,
    pub face: usize,
    /// The whole picture, if that was wished for.
    pub picture: Option<Decoded>,
    pub thumbnail: Option<ColorImage>,
    /// By what the picture's file is known again, where it is in one.
    pub file: Option<PictureFile>,
    pub error: Option<Arc<str>>,
}

#[derive(Default)]
struct Wishes {
    list: u64,
    samples: Samples,
    /// The most urgent first.
    pictures: Vec<usize>,
    thumbnails: Vec<usize>,
    /// What is being read now.
    busy: HashSet<usize>,
    ended: bool,
}

pub struct Reader {
    wishes: Arc<(Mutex<Wishes>, Condvar)>,
    pub done: Receiver<Read>,
    /// What was wished for last, so that asking again each frame costs nothing.
    asked: (u64, Vec<usize>),
}

impl Reader {
    pub fn new(wake: Wake) -> Self {
        let (sender, done) = channel();
        let wishes = Arc::<(Mutex<Wishes>, Condvar)>::default();
        let cores = thread::available_parallelism().map_or(2, usize::from);
        for _ in 0..(cores / 2).clamp(1, 4) {
            let (wishes, sender, wake) = (wishes.clone(), sender.clone(), wake.clone());
            thread::spawn(move || work(&wishes, &sender, &*wake));
        }
        Self {
            wishes,
            done,
            asked: (0, Vec::new()),
        }
    }

    /// Wishes for these pictures and no others, the most urgent first.
    pub fn pictures(&mut self, list: u64, samples: &Samples, faces: Vec<usize>) {
        let mut wishes = lock(&self.wishes.0);
        wishes.turn_to(list, samples);
        wishes.pictures = faces;
        drop(wishes);
        self.wishes.1.notify_all();
    }

    /// Wishes for these thumbnails and no others.
    pub fn thumbnails(&mut self, list: u64, samples: &Samples, faces: Vec<usize>) {
        if self.asked.0 == list && self.asked.1 == faces {
            return;
        }
        let mut wishes = lock(&self.wishes.0);
        wishes.turn_to(list, samples);
        wishes.thumbnails.clone_from(&faces);
        drop(wishes);
        self.wishes.1.notify_all();
        self.asked = (list, faces);
    }

    /// Wishes for a thumbnail more.
    pub fn thumbnail_too(&self, list: u64, samples: &Samples, face: usize) {
        let mut wishes = lock(&self.wishes.0);
        wishes.turn_to(list, samples);
        if !wishes.thumbnails.contains(&face) {
            wishes.thumbnails.push(face);
        }
        drop(wishes);
        self.wishes.1.notify_all();
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        lock(&self.wishes.0).ended = true;
        self.wishes.1.notify_all();
    }
}

impl Wishes {
    fn turn_to(&mut self, list: u64, samples: &Samples) {
        if self.list != list {
            self.list = list;
            self.pictures.clear();
            self.thumbnails.clear();
            self.busy.clear();
        }
        // Faces may have been added.
        self.samples = samples.clone();
    }

    /// The most urgent wish that nobody works on, and whether the whole picture is wanted.
    fn next(&mut self) -> Option<(usize, bool)> {
        for (whole, faces) in [(true, &mut self.pictures), (false, &mut self.thumbnails)] {
            let at = faces.iter().position(|f| !self.busy.contains(f));
            if let Some(at) = at {
                return Some((faces.remove(at), whole));
            }
        }
        None
    }
}

/// A poisoned lock still holds usable wishes: nothing is done under it that could break them.
fn lock(wishes: &Mutex<Wishes>) -> MutexGuard<'_, Wishes> {
    wishes.lock().unwrap_or_else(PoisonError::into_inner)
}

fn work((wishes, changed): &(Mutex<Wishes>, Condvar), sender: &Sender<Read>, wake: &dyn Fn()) {
    loop {
        let mut held = lock(wishes);
        let (face, whole) = loop {
            if held.ended {
                return;
            }
            match held.next() {
                Some(wish) => break wish,
                None => held = changed.wait(held).unwrap_or_else(PoisonError::into_inner),
            }
        };
        let (list, samples) = (held.list, held.samples.clone());
        held.busy.insert(face);
        drop(held);
        if let Some(sample) = samples.get(face) {
            let read = read(list, face, sample, whole);
            if sender.send(read).is_err() {
                return;
            }
            wake();
        }
        let mut held = lock(wishes);
        if held.list == list {
            held.busy.remove(&face);
        }
    }
}

fn read(list: u64, face: usize, sample: &Sample, whole: bool) -> Read {
    let mut read = Read {
        list,
        face,
        picture: None,
        thumbnail: None,
        file: None,
        error: None,
    };
    match pictures(sample, whole) {
        Ok((small, picture, file)) => {
            (read.thumbnail, read.picture, read.file) = (Some(small), picture, file);
        }
        Err(why) => read.error = Some(why.into()),
    }
    read
}

type Pictures = (ColorImage, Option<Decoded>, Option<PictureFile>);

/// The thumbnail, and the picture if it is wanted whole. A panic over a hostile file is that file's
/// error and not the end of all reading.
fn pictures(sample: &Sample, whole: bool) -> Result<Pictures, String> {
    let made = catch_panic(|| {
        let (photo, file) = sample.load_known().map_err(|e| e.to_string())?;
        let small = thumbnail(&photo, sample);
        Ok((small, whole.then(|| Decoded::new(photo.image)), file))
    });
    made.unwrap_or_else(|why| Err(format!("{}: {why}", sample.path.display())))
}

/// The face in a small square.
fn thumbnail(photo: &Photo, sample: &Sample) -> ColorImage {
    let (face, _) = sample.region_in(photo.width(), photo.height());
    thumbnail_of(&photo.image, &face)
}

pub fn thumbnail_of(image: &image::RgbImage, face: &crate::label::FaceBox) -> ColorImage {
    let square = crop_image(image, &face.transform());
    color_image(&image::imageops::thumbnail(&square, THUMBNAIL, THUMBNAIL))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Schema;
    use std::time::Duration;

    fn picture_file(read: &Read) -> PictureFile {
        read.file.unwrap()
    }

    #[test]
    fn the_newest_wishes_are_read_and_what_cannot_be_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let samples: Vec<Sample> = ["one.png", "none.png", "text.png"]
            .map(|name| Sample::unlabelled(&folder.path().join(name), &Schema::face()))
            .into();
        let pixel = image::RgbImage::from_pixel(1, 1, image::Rgb([9, 9, 9]));
        pixel.save(&*samples[0].path).unwrap();
        std::fs::write(&*samples[2].path, "no picture").unwrap();
        let samples = Samples::from(samples);
        let mut reader = Reader::new(Arc::new(|| ()));
        reader.thumbnails(3, &samples, vec![0, 2]);
        reader.pictures(3, &samples, vec![0, 1, 99]);
        let mut got: Vec<Read> = (0..4)
            .map_while(|_| reader.done.recv_timeout(Duration::from_secs(20)).ok())
            .collect();
        got.sort_by_key(|r| (r.face, r.picture.is_some()));
        assert_eq!(got.iter().map(|r| r.face).collect::<Vec<_>>(), [0, 0, 1, 2]);
        assert!(got.iter().all(|r| r.list == 3));
        let picture = got[1].picture.as_ref().unwrap();
        assert_eq!(picture.image.dimensions(), (1, 1));
        let bytes = std::fs::read(&*samples[0].path).unwrap();
        let file = picture_file(&got[1]);
        assert_eq!(file.hash, crate::hash::StrongHash::of(&bytes));
        assert_eq!(picture_file(&got[0]), file);
        assert_eq!(got[0].thumbnail.as_ref().unwrap().size, [72, 72]);
        assert!(got[2].error.as_ref().unwrap().contains("none.png"));
        assert!(got[3].error.as_ref().unwrap().contains("text.png"));
        // One that was added to the same list since is read too.
        let mut more = samples.clone();
        more.push(samples[0].clone());
        reader.thumbnails(3, &more, vec![3]);
        let added = reader.done.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!((added.face, added.thumbnail.is_some()), (3, true));
    }
}
