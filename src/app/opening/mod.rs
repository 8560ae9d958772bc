//! Files to items, off the window's thread: what is opened is recognised by what it is.

mod dialogs;
mod recognise;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use eframe::egui::ColorImage;
use image::RgbImage;

use super::compare::Other;
use super::item::Decoded;
use super::question::TableQuestion;
use crate::dataset::{self, BoxSource, DatasetError, Problem, Sample, synthetic};
use crate::engine::{Slot, caught};
use crate::label::Schema;
use crate::words::{counted, thousands};
pub use dialogs::{Ask, Dialog, Dialogs, WEIGHTS, Wanted, ask};
pub use recognise::{Opened, pasted_path};
use recognise::{drop_words, recognise};

/// Problems of a data set that are logged one by one.
const LOGGED: usize = 1000;

/// What has come from the background.
pub enum Arrival {
    /// Faces to show in place of those there are.
    List(FaceSet),
    /// A table of which little or nothing can be used as faces, and why: it may be predictions of
    /// the faces that are open.
    Table(PathBuf, FaceSet, String),
    /// What is to become of such a table.
    Question(Box<TableQuestion>),
    /// Pictures that were drawn, with what is known of them.
    Drawn {
        name: String,
        pictures: Vec<(Sample, Decoded)>,
        /// Whether they are the bundled samples, which nobody asked for.
        bundled: bool,
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
    /// Paths that were opened and may be wanted again.
    Recent(Vec<PathBuf>),
    /// What a drop would do.
    Hovered(String),
    /// Paths that a form asked for, by the form's own number.
    Chosen(u32, Vec<PathBuf>),
    /// What went wrong.
    Failed(String),
}

/// Faces that were read.
pub struct FaceSet {
    pub name: String,
    pub samples: Vec<Sample>,
    pub columns: Vec<String>,
    /// What they were read from.
    pub paths: Vec<PathBuf>,
}

/// Sends work away and hands back what comes of it.
pub struct Opening {
    pub dialogs: Dialogs,
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

impl Opening {
    pub fn new(ask: Ask, wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (sender, arrivals) = channel();
        Self {
            dialogs: Dialogs::new(ask),
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
                bundled: true,
            });
        });
    }

    /// Opens what the paths are: weights, runs, predictions, pictures, folders, data sets.
    pub fn open(&self, paths: Vec<PathBuf>, schema: Schema) {
        let busy = Busy::new(&self.busy, format!("opening {}", names(&paths)));
        if let Some(first) = paths.first() {
            self.dialogs.opened(first);
        }
        self.away(move |say| {
            open(paths, &schema, say);
            drop(busy);
        });
    }

    /// Opens what was copied: paths, one a line, or file addresses as file managers copy them.
    pub fn paste(&self, text: String, schema: Schema) {
        let dialogs = self.dialogs.clone();
        self.away(move |say| {
            let paths: Vec<PathBuf> = text.lines().filter_map(pasted_path).collect();
            if !paths.is_empty() && paths.iter().all(|p| dataset::exists(p)) {
                dialogs.opened(&paths[0]);
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
                bundled: false,
            });
        });
    }

    /// Says what would happen to paths that are dragged over the window.
    pub fn hover(&self, paths: Vec<PathBuf>) {
        self.away(move |say| say(Arrival::Hovered(drop_words(&paths))));
    }

    /// Asks with the system's dialog for what to open.
    pub fn dialog(&self, folder: bool, schema: Schema) {
        let (dialogs, busy) = (self.dialogs.clone(), self.busy.clone());
        self.away(move |say| {
            let (title, wanted) = match folder {
                true => (
                    "Open a folder of photos, a data set or a run",
                    Wanted::Folders,
                ),
                false => (
                    "Open photos, data sets, predictions or weights",
                    Wanted::Files(EVERYTHING),
                ),
            };
            if let Some(paths) = dialogs.paths(title, wanted) {
                let _busy = Busy::new(&busy, format!("opening {}", names(&paths)));
                open(paths, &schema, say);
            }
        });
    }

    /// Asks for weights for one of the two places.
    pub fn weights_dialog(&self, slot: Slot) {
        let dialogs = self.dialogs.clone();
        self.away(move |say| {
            let title = format!("Choose weights for network {}", slot.name());
            if let Some(path) = dialogs.path(title, Wanted::File(WEIGHTS)) {
                say(Arrival::WeightsFor(slot, path));
            }
        });
    }

    /// Asks for a file to compare the faces of a list with.
    pub fn compare_dialog(&self, list: u64) {
        let dialogs = self.dialogs.clone();
        self.away(move |say| {
            let wanted = Wanted::File(("Predictions", &["jsonl", "csv"]));
            if let Some(path) = dialogs.path("Choose predictions to compare with", wanted) {
                say(Arrival::Compare { list, path });
            }
        });
    }

    /// Asks for folders or files for a form.
    pub fn form_dialog(&self, form: u32, folder: bool, title: &'static str) {
        let dialogs = self.dialogs.clone();
        self.away(move |say| {
            let wanted = match folder {
                true => Wanted::Folders,
                false => Wanted::Files(("Data sets", &["csv", "txt", "json"])),
            };
            if let Some(paths) = dialogs.paths(title, wanted) {
                say(Arrival::Chosen(form, paths));
            }
        });
    }
}

const EVERYTHING: dialogs::Filter = (
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
        "pth",
        "pt",
    ],
);

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
    if !faces.is_empty()
        && let Err(error) = open_faces(faces, schema, say)
    {
        return say(Arrival::Failed(error.to_string()));
    }
    for opened in beside {
        say(Arrival::Opened(opened));
    }
    say(Arrival::Recent(paths));
}

/// Opens faces. What holds none that can be used never takes the place of what is open.
fn open_faces(
    paths: Vec<PathBuf>,
    schema: &Schema,
    say: &dyn Fn(Arrival),
) -> Result<(), DatasetError> {
    let set = dataset::open_all(&paths, schema)?;
    for problem in set.problems.iter().take(LOGGED) {
        log::info!("{problem}");
    }
    let faces = set.samples.len();
    let words = problem_words(&set.name, faces, &set.problems);
    let lost: usize = set.problems.iter().map(|p| p.count).sum();
    let known = |s: &Sample| -> usize {
        let tasks = 0..s.annotation.tasks.len();
        tasks.map(|task| s.annotation.known(task)).sum()
    };
    let known: usize = set.samples.iter().map(known).sum();
    let opened = FaceSet {
        name: set.name,
        samples: set.samples,
        columns: set.columns,
        paths,
    };
    let table = match &opened.paths[..] {
        // Where a data set has 1 and −1, predictions have probabilities: row after row loses more
        // labels than it has.
        [one] if is_table(one) && (faces == 0 || (known < lost && faces <= 2 * lost)) => {
            Some(one.clone())
        }
        _ => None,
    };
    say(match (table, words) {
        (Some(path), words) => Arrival::Table(path, opened, words.unwrap_or_default()),
        (None, Some(words)) if faces == 0 => Arrival::Failed(words),
        (None, words) => {
            if let Some(words) = words {
                say(Arrival::Failed(words));
            }
            Arrival::List(opened)
        }
    });
    Ok(())
}

fn is_table(path: &Path) -> bool {
    path.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("csv"))
}

/// What is wrong with a data set in one sentence, however much it is; the log has each problem.
fn problem_words(name: &str, faces: usize, problems: &[Problem]) -> Option<String> {
    let none = match faces {
        0 => "no face in it can be used",
        _ => "",
    };
    let all = match (problems, none) {
        ([], "") => return None,
        ([], none) => none.to_owned(),
        ([one], "") => one.to_string(),
        ([one], none) => format!("{none}: {one}"),
        ([first, ..], none) => {
            let logged = match problems.len() {
                n if n > LOGGED => format!("the first {} of them in the log", thousands(LOGGED)),
                _ => "all in the log".to_owned(),
            };
            let counted = counted(problems.len(), "problem");
            let comma = if none.is_empty() { "" } else { ", " };
            format!("{none}{comma}{counted}, {logged}; the first: {first}")
        }
    };
    Some(format!("{name}: {all}"))
}

fn names(paths: &[PathBuf]) -> String {
    match paths {
        [one] => super::widgets::shortened(&dataset::name_of(one), 24),
        many => format!("{} paths", many.len()),
    }
}
