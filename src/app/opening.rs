//! Files to items, off the window's thread: what is opened is recognised by what it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use eframe::egui::ColorImage;

use super::compare::Other;
use super::item::Decoded;
use crate::dataset::{self, BoxSource, Sample, synthetic};
use crate::label::Schema;

/// Problems of a data set that are logged one by one.
const LOGGED: usize = 20;

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
        pictures: Vec<(Sample, Decoded)>,
    },
    /// What another predictor says of the faces of a list.
    Other {
        list: u64,
        other: Other,
    },
    /// A file to compare the faces of a list with.
    Compare {
        list: u64,
        path: PathBuf,
    },
    /// For the clipboard.
    CopiedPicture(Arc<ColorImage>),
    CopiedText(String),
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
}

impl Opening {
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (sender, arrivals) = channel();
        Self {
            sender,
            arrivals,
            wake: Arc::new(wake),
        }
    }

    pub(super) fn away(&self, work: impl FnOnce(&dyn Fn(Arrival)) + Send + 'static) {
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
                    (sample, Decoded::new(portrait.image))
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
                }
                .open(paths, schema);
            }
        });
    }
}
