//! Files to items, off the window's thread: what is opened is recognised by what it is.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use image::RgbImage;

use crate::batch::crop_image;
use crate::dataset::{self, BoxSource, Sample, synthetic};
use crate::label::Schema;
use crate::photo::Photo;

/// Problems of a data set that are logged one by one.
const LOGGED: usize = 20;

/// Side of a thumbnail in pixels.
pub const THUMBNAIL: u32 = 64;

/// What has come from the background.
pub enum Arrival {
    /// A list to show in place of the one there is.
    List {
        name: String,
        samples: Vec<Sample>,
        columns: Vec<String>,
    },
    /// Pictures that were drawn, with what is known of them.
    Drawn {
        name: String,
        pictures: Vec<(Sample, Arc<RgbImage>)>,
    },
    Picture {
        list: u64,
        index: usize,
        picture: Result<Arc<RgbImage>, String>,
        thumbnail: Option<RgbImage>,
    },
    /// Weights for the engine.
    Weights(PathBuf),
    /// Words for the person who opened something.
    Said(String),
}

/// Sends work away and hands back what comes of it.
pub struct Opening {
    sender: Sender<Arrival>,
    pub arrivals: Receiver<Arrival>,
    pub wake: Arc<dyn Fn() + Send + Sync>,
    wishes: Arc<Mutex<Vec<(u64, usize, Sample)>>>,
}

impl Opening {
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (sender, arrivals) = channel();
        Self {
            sender,
            arrivals,
            wake: Arc::new(wake),
            wishes: Arc::default(),
        }
    }

    fn away(&self, work: impl FnOnce(&dyn Fn(Arrival)) + Send + 'static) {
        let (sender, wake) = (self.sender.clone(), self.wake.clone());
        thread::spawn(move || {
            work(&|arrival| {
                let _ = sender.send(arrival);
                wake();
            });
        });
    }

    /// The portraits that are shown when nothing was opened.
    pub fn samples(&self) {
        self.away(|say| {
            let schema = Schema::face();
            let pictures = synthetic::samples()
                .into_iter()
                .enumerate()
                .map(|(i, portrait)| {
                    let name = format!("portrait {}", i + 1);
                    let mut sample = Sample::unlabelled(Path::new(&name), &schema);
                    sample.face_box = Some((portrait.face_box, BoxSource::Labels));
                    sample.annotation = portrait.annotation;
                    (sample, Arc::new(portrait.image))
                })
                .collect();
            say(Arrival::Drawn {
                name: "Samples".into(),
                pictures,
            });
        });
    }

    /// Opens what the paths are: weights, pictures, folders, data sets.
    pub fn open(&self, paths: Vec<PathBuf>, schema: Schema) {
        self.away(move |say| {
            let (weights, rest): (Vec<_>, Vec<_>) = paths
                .into_iter()
                .partition(|p| p.extension().is_some_and(|e| e == "safetensors"));
            for path in weights {
                say(Arrival::Weights(path));
            }
            if rest.is_empty() {
                return;
            }
            match dataset::open_all(&rest, &schema) {
                Ok(set) => {
                    for problem in set.problems.iter().take(LOGGED) {
                        log::warn!("{problem}");
                    }
                    if !set.problems.is_empty() {
                        let n = set.problems.len();
                        say(Arrival::Said(format!(
                            "{}: {n} problems; the first: {}",
                            set.name, set.problems[0]
                        )));
                    }
                    say(Arrival::List {
                        name: set.name,
                        samples: set.samples,
                        columns: set.columns,
                    });
                }
                Err(error) => say(Arrival::Said(error.to_string())),
            }
        });
    }

    /// Reads the picture of a face of list number `list`. What was wished for last comes first.
    pub fn read(&self, list: u64, index: usize, sample: Sample) {
        if let Ok(mut wishes) = self.wishes.lock() {
            // Nobody waits any more for pictures of another list.
            wishes.retain(|(of, ..)| *of == list);
            wishes.push((list, index, sample));
        }
        let (sender, wake, wishes) = (self.sender.clone(), self.wake.clone(), self.wishes.clone());
        // On the pool: as many at a time as there are cores, however many rows are in sight.
        rayon::spawn(move || {
            let newest = wishes.lock().ok().and_then(|mut w| w.pop());
            let Some((list, index, sample)) = newest else {
                return;
            };
            let photo = Photo::open(&sample.path);
            let thumbnail = photo.as_ref().ok().map(|p| {
                let (face, _) = sample.region_in(p.width(), p.height());
                thumbnail(&p.image, &face)
            });
            let _ = sender.send(Arrival::Picture {
                list,
                index,
                picture: photo
                    .map(|p| Arc::new(p.image))
                    .map_err(|error| error.to_string()),
                thumbnail,
            });
            wake();
        });
    }

    /// Asks with the system's dialog.
    pub fn dialog(&self, folder: bool, schema: Schema) {
        let (sender, wake) = (self.sender.clone(), self.wake.clone());
        thread::spawn(move || {
            let dialog = rfd::FileDialog::new();
            let chosen = if folder {
                dialog.pick_folders()
            } else {
                dialog
                    .add_filter(
                        "Photos, data sets, weights",
                        &[
                            "jpg",
                            "jpeg",
                            "png",
                            "webp",
                            "bmp",
                            "gif",
                            "tif",
                            "tiff",
                            "csv",
                            "safetensors",
                        ],
                    )
                    .add_filter("All files", &["*"])
                    .pick_files()
            };
            if let Some(paths) = chosen {
                Opening {
                    sender,
                    arrivals: channel().1,
                    wake,
                    wishes: Arc::default(),
                }
                .open(paths, schema);
            }
        });
    }
}

/// The face in a small square.
pub fn thumbnail(picture: &RgbImage, face: &crate::label::FaceBox) -> RgbImage {
    image::imageops::thumbnail(
        &crop_image(picture, &face.transform()),
        THUMBNAIL,
        THUMBNAIL,
    )
}
