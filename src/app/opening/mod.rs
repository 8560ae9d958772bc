//! Files to items, off the window's thread: what is opened is recognised by what it is.

mod recognise;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use eframe::egui::ColorImage;
use image::RgbImage;

use super::compare::Other;
use super::item::Decoded;
use crate::dataset::{self, BoxSource, Sample, synthetic};
use crate::engine::{Slot, caught};
use crate::label::Schema;
pub use recognise::{Opened, pasted_path};
use recognise::{drop_words, recognise};

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
    /// Words for the person who asked for something.
    Said(String),
    Opened(Opened),
    /// Weights that were chosen for one of the two places.
    WeightsFor(Slot, PathBuf),
    /// Paths that were opened and may be wanted again, and those of them whose faces are shown.
    Recent(Vec<PathBuf>, Vec<PathBuf>),
    /// What a drop would do.
    Hovered(String),
    /// Paths that a form asked for, by the form's own number.
    Chosen(u32, Vec<PathBuf>),
    /// What went wrong.
    Failed(String),
}

/// Sends work away and hands back what comes of it.
pub struct Opening {
    pub ask: Ask,
    sender: Sender<Arrival>,
    pub arrivals: Receiver<Arrival>,
    pub wake: Arc<dyn Fn() + Send + Sync>,
    busy: Arc<Mutex<Vec<String>>>,
}

/// Says in the bar what is waited for, as long as it lives.
struct Busy {
    all: Arc<Mutex<Vec<String>>>,
    words: String,
}

impl Busy {
    fn new(all: &Arc<Mutex<Vec<String>>>, words: String) -> Self {
        if let Ok(mut all) = all.lock() {
            all.push(words.clone());
        }
        Self {
            all: all.clone(),
            words,
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Ok(mut all) = self.all.lock()
            && let Some(at) = all.iter().position(|w| *w == self.words)
        {
            all.remove(at);
        }
    }
}

/// What someone is asked for.
pub enum Wanted {
    File(Filter),
    Files(Filter),
    Folder,
    Folders,
    /// A file to write, which is called this at first; names and extensions of what it can be.
    NewFile(String, Vec<(&'static str, &'static str)>),
}

/// How someone is asked for paths; waits for the answer.
pub type Ask = fn(Wanted) -> Option<Vec<PathBuf>>;

/// The path that someone chose, or the first of them.
pub fn one(chosen: Option<Vec<PathBuf>>) -> Option<PathBuf> {
    chosen?.into_iter().next()
}

/// Asks, and waits; a new file ends as the name that it began with unless somebody gave it another
/// ending, which some dialogs leave to whoever types.
pub fn asked(ask: Ask, wanted: Wanted) -> Option<PathBuf> {
    let ending = match &wanted {
        Wanted::NewFile(name, _) => Path::new(name).extension().map(ToOwned::to_owned),
        _ => None,
    };
    let path = one(ask(wanted))?;
    Some(match (path.extension(), ending) {
        (None, Some(ending)) => path.with_extension(ending),
        _ => path,
    })
}

impl Opening {
    pub fn new(ask: Ask, wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (sender, arrivals) = channel();
        Self {
            ask,
            sender,
            arrivals,
            wake: Arc::new(wake),
            busy: Arc::default(),
        }
    }

    /// What is being opened.
    pub fn busy(&self) -> Vec<String> {
        self.busy.lock().map(|b| b.clone()).unwrap_or_default()
    }

    pub(super) fn away(&self, work: impl FnOnce(&dyn Fn(Arrival)) + Send + 'static) {
        let (sender, wake) = (self.sender.clone(), self.wake.clone());
        thread::spawn(move || {
            let say = |arrival| {
                let _ = sender.send(arrival);
                wake();
            };
            if let Err(why) = caught(|| work(&say)) {
                say(Arrival::Failed(why));
            }
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
                    sample.face_box = Some((portrait.face_box, BoxSource::DataSet));
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

    /// Opens what the paths are: weights, runs, predictions, pictures, folders, data sets.
    pub fn open(&self, paths: Vec<PathBuf>, schema: Schema) {
        let busy = Busy::new(&self.busy, format!("opening {}", names(&paths)));
        self.away(move |say| {
            open(paths, &schema, say);
            drop(busy);
        });
    }

    /// Opens what was copied: paths, one a line, or file addresses as file managers copy them.
    pub fn paste(&self, text: String, schema: Schema) {
        self.away(move |say| {
            let paths: Vec<PathBuf> = text.lines().filter_map(pasted_path).collect();
            if !paths.is_empty() && paths.iter().all(|p| dataset::exists(p)) {
                return open(paths, &schema, say);
            }
            let first: String = text
                .lines()
                .next()
                .unwrap_or_default()
                .chars()
                .take(80)
                .collect();
            say(Arrival::Failed(format!(
                "What was pasted is no path of a file: {first}"
            )));
        });
    }

    /// Shows a picture that was copied.
    pub fn paste_picture(&self, picture: Arc<eframe::egui::ColorImage>) {
        self.away(move |say| {
            let [width, height] = picture.size;
            // Over black, as a picture without transparency is wanted.
            let rgb = picture.pixels.iter().flat_map(|p| [p.r(), p.g(), p.b()]);
            let image = RgbImage::from_raw(width as u32, height as u32, rgb.collect());
            let Some(image) = image.filter(|i| i.width() > 0 && i.height() > 0) else {
                return say(Arrival::Failed("the copied picture is empty".into()));
            };
            let mut sample = Sample::unlabelled(Path::new("pasted picture"), &Schema::face());
            sample.face_box = Some(dataset::picture_box(image.width(), image.height()));
            say(Arrival::Drawn {
                name: "Pasted".into(),
                pictures: vec![(sample, Decoded::new(image))],
            });
        });
    }

    /// Says what would happen to paths that are dragged over the window.
    pub fn hover(&self, paths: Vec<PathBuf>) {
        self.away(move |say| say(Arrival::Hovered(drop_words(&paths))));
    }

    /// Asks with the system's dialog for what to open.
    pub fn dialog(&self, folder: bool, schema: Schema) {
        let (ask, busy) = (self.ask, self.busy.clone());
        self.away(move |say| {
            if let Some(paths) = ask(wanted(folder, EVERYTHING)) {
                let _busy = Busy::new(&busy, format!("opening {}", names(&paths)));
                open(paths, &schema, say);
            }
        });
    }

    /// Asks for weights for one of the two places.
    pub fn weights_dialog(&self, slot: Slot) {
        let ask = self.ask;
        self.away(move |say| {
            if let Some(path) = one(ask(Wanted::File(WEIGHTS))) {
                say(Arrival::WeightsFor(slot, path));
            }
        });
    }

    /// Asks for a file to compare the faces of a list with.
    pub fn compare_dialog(&self, list: u64) {
        let ask = self.ask;
        self.away(move |say| {
            let predictions = ("Predictions", &["jsonl", "csv"][..]);
            if let Some(path) = one(ask(Wanted::File(predictions))) {
                say(Arrival::Compare { list, path });
            }
        });
    }

    /// Asks for folders or files for a form.
    pub fn form_dialog(&self, form: u32, folder: bool) {
        let ask = self.ask;
        self.away(move |say| {
            if let Some(paths) = ask(wanted(folder, ("Data sets", &["csv", "txt", "json"]))) {
                say(Arrival::Chosen(form, paths));
            }
        });
    }
}

/// Name and extensions of what is asked for.
pub type Filter = (&'static str, &'static [&'static str]);

pub const WEIGHTS: Filter = ("Weights", &["safetensors"]);

const EVERYTHING: Filter = (
    "Photos, data sets, predictions, weights",
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
        "json",
        "jsonl",
        "pts",
        "txt",
        "safetensors",
    ],
);

fn wanted(folder: bool, filter: Filter) -> Wanted {
    match folder {
        true => Wanted::Folders,
        false => Wanted::Files(filter),
    }
}

/// Asks with the system's dialog; waits for the answer.
pub fn ask(wanted: Wanted) -> Option<Vec<PathBuf>> {
    let dialog = rfd::FileDialog::new();
    match wanted {
        Wanted::Folder => Some(vec![dialog.pick_folder()?]),
        Wanted::Folders => dialog.pick_folders(),
        Wanted::File(filter) => Some(vec![filtered(dialog, filter).pick_file()?]),
        Wanted::Files(filter) => filtered(dialog, filter).pick_files(),
        Wanted::NewFile(name, filters) => {
            let mut dialog = dialog.set_file_name(name);
            for (name, extension) in filters {
                dialog = dialog.add_filter(name, &[extension]);
            }
            Some(vec![dialog.save_file()?])
        }
    }
}

fn filtered(dialog: rfd::FileDialog, (name, extensions): Filter) -> rfd::FileDialog {
    let dialog = dialog.add_filter(name, extensions);
    dialog.add_filter("All files", &["*"])
}

/// Opens paths for what they are.
fn open(paths: Vec<PathBuf>, schema: &Schema, say: &dyn Fn(Arrival)) {
    let (mut faces, mut beside) = (Vec::new(), Vec::new());
    for path in &paths {
        let Some(all) = recognise(path) else {
            faces.push(path.clone());
            continue;
        };
        for opened in all {
            match opened {
                // They are of faces that may be opened together with them.
                Opened::Predictions(_) => beside.push(opened),
                _ => say(Arrival::Opened(opened)),
            }
        }
    }
    if !faces.is_empty() {
        match dataset::open_all(&faces, schema) {
            Ok(set) => {
                for problem in set.problems.iter().take(LOGGED) {
                    log::info!("{problem}");
                }
                if !set.problems.is_empty() {
                    let n = set.problems.len();
                    say(Arrival::Failed(format!(
                        "{}: {n} problems, listed in the log; the first: {}",
                        set.name, set.problems[0]
                    )));
                }
                say(Arrival::List {
                    name: set.name,
                    samples: set.samples,
                    columns: set.columns,
                });
            }
            Err(error) => return say(Arrival::Failed(error.to_string())),
        }
    }
    for opened in beside {
        say(Arrival::Opened(opened));
    }
    say(Arrival::Recent(paths, faces));
}

fn names(paths: &[PathBuf]) -> String {
    match paths {
        [one] => super::widgets::shortened(&dataset::name_of(one), 24),
        many => format!("{} paths", many.len()),
    }
}
