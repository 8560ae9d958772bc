//! Files to items, off the window's thread: what is opened is recognised by what it is.

mod dialogs;
mod guard;
mod recognise;
#[cfg(target_os = "linux")]
mod zenity;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use eframe::egui::ColorImage;
use image::RgbImage;

use crate::app::faces::compare::Other;
use crate::app::faces::item::Decoded;
use crate::app::studio::question::TableQuestion;
use crate::app::widgets::buttons::shortened;
use crate::background::catch_panic;
use crate::dataset::{self, BoxSource, DatasetError, PictureSource, Problem, Sample, synthetic};
use crate::engine::Slot;
use crate::humanize::{counted, thousands};
use crate::label::Schema;
pub use dialogs::{Ask, Dialog, Dialogs, Filter, WEIGHTS, Wanted, ask, close};
pub use guard::Guard;
pub use recognise::{Opened, pasted_path};
use recognise::{drop_words, recognise};

/// Problems of a data set that are logged one by one.
const LOGGED: usize = 1000;

/// What has come from the background.
pub enum Arrival {
    /// Faces to show in place of those there are.
    List(FaceSet),
    /// A table of which little or nothing can be used as faces: it may be predictions of the faces
    /// that are open.
    Table(PathBuf, FaceSet),
    /// What is to become of such a table.
    Question(Box<TableQuestion>),
    /// Pictures that are decoded and in no file, with what is known of them.
    Decoded {
        /// Of the opening.
        number: u64,
        name: String,
        pictures: Vec<(Sample, Decoded)>,
        /// Whether they are the bundled samples, and nobody asked for them.
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
    /// Weights for the network beside the one in use.
    SecondWeights(PathBuf),
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
    /// By which these faces are known again.
    pub key: u64,
    /// Of the opening: of two sets, the one that was asked for last is shown.
    pub number: u64,
    pub name: String,
    pub samples: Vec<Sample>,
    pub columns: Vec<String>,
    /// What they were read from.
    pub paths: Vec<PathBuf>,
    /// What could not be used, in one sentence.
    pub problems: Option<String>,
    /// What is wrong one by one, as far as it is logged once the set is taken for one of faces.
    pub log: Vec<String>,
    /// Predictions that were opened together with them.
    pub predictions: Vec<PathBuf>,
}

impl FaceSet {
    pub fn log_problems(&self) {
        for problem in &self.log {
            log::info!("{problem}");
        }
    }
}

/// Sends work away and hands back what comes of it.
pub struct Opening {
    pub dialogs: Dialogs,
    sender: Sender<Arrival>,
    pub arrivals: Receiver<Arrival>,
    pub wake: Arc<dyn Fn() + Send + Sync>,
    busy: Arc<Mutex<Vec<String>>>,
    asked: Arc<AtomicU64>,
    shown: u64,
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
            asked: Arc::default(),
            shown: 0,
        }
    }

    /// Whether nothing that was asked for later is shown already; then this opening is, from now
    /// on. Sets are read side by side, and a small one overtakes a large one.
    pub(super) fn shows(&mut self, number: u64) -> bool {
        let newest = number >= self.shown;
        self.shown = self.shown.max(number);
        newest
    }

    /// The number of an opening that is asked for now.
    pub(super) fn next_number(&self) -> u64 {
        next_number(&self.asked)
    }

    /// What is being opened, or asked for.
    pub fn busy(&self) -> Vec<String> {
        let dialog = self
            .dialogs
            .is_open()
            .then(|| "a file dialog is open".to_owned());
        let busy = self.busy.lock().map(|b| b.clone()).unwrap_or_default();
        dialog.into_iter().chain(busy).collect()
    }

    pub(super) fn away(&self, work: impl FnOnce(&dyn Fn(Arrival)) + Send + 'static) {
        let (sender, wake) = (self.sender.clone(), self.wake.clone());
        thread::spawn(move || {
            let say = |arrival| {
                let _ = sender.send(arrival);
                wake();
            };
            if let Err(why) = catch_panic(|| work(&say)) {
                say(Arrival::Failed(why.to_string()));
            }
            wake(); // what was waited for is not any more, whatever came of it
        });
    }

    /// The portraits that are bundled; `asked` for by somebody, or shown when nothing was opened.
    pub fn samples(&self, asked: bool) {
        let number = self.next_number();
        self.away(move |say| {
            let schema = Schema::face();
            let pictures = synthetic::samples()
                .into_iter()
                .enumerate()
                .map(|(i, portrait)| {
                    let name = format!("portrait {}", i + 1);
                    let mut sample = Sample::unlabelled(Path::new(&name), &schema);
                    sample.face_box = Some((portrait.face_box, BoxSource::DataSet));
                    sample.annotation = portrait.annotation;
                    in_memory(sample, portrait.image)
                })
                .collect();
            say(Arrival::Decoded {
                number,
                name: "Samples".into(),
                pictures,
                bundled: !asked,
            });
        });
    }

    /// Opens what the paths are: weights, runs, predictions, pictures, folders, data sets.
    pub fn open(&self, paths: Vec<PathBuf>, schema: Schema) {
        let busy = Busy::new(&self.busy, format!("opening {}", names(&paths)));
        if let Some(first) = paths.first() {
            self.dialogs.opened(first);
        }
        let number = self.next_number();
        self.away(move |say| {
            open(paths, number, &schema, say);
            drop(busy);
        });
    }

    /// Opens what was copied: paths, one a line, or file addresses as file managers copy them.
    pub fn paste(&self, text: String, schema: Schema) {
        let (dialogs, number) = (self.dialogs.clone(), self.next_number());
        self.away(move |say| {
            let paths: Vec<PathBuf> = text.lines().filter_map(pasted_path).collect();
            if !paths.is_empty() && paths.iter().all(|p| dataset::exists(p)) {
                dialogs.opened(&paths[0]);
                return open(paths, number, &schema, say);
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
        let number = self.next_number();
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
            say(Arrival::Decoded {
                number,
                name: "Pasted".into(),
                pictures: vec![in_memory(sample, image)],
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
        let asked = self.asked.clone();
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
                // Something else may have been opened while the dialog was.
                open(paths, next_number(&asked), &schema, say);
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
    pub fn form_dialog(&self, form: u32, folder: bool, title: &'static str, files: Filter) {
        let dialogs = self.dialogs.clone();
        self.away(move |say| {
            let wanted = match folder {
                true => Wanted::Folders,
                false => Wanted::Files(files),
            };
            if let Some(paths) = dialogs.paths(title, wanted) {
                say(Arrival::Chosen(form, paths));
            }
        });
    }
}

/// A sample whose picture is in no file.
fn in_memory(sample: Sample, image: RgbImage) -> (Sample, Decoded) {
    let decoded = Decoded::new(image);
    let source = PictureSource::Memory(decoded.image.clone());
    (Sample { source, ..sample }, decoded)
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

fn next_number(asked: &AtomicU64) -> u64 {
    asked.fetch_add(1, Ordering::Relaxed) + 1
}

/// Opens paths for what they are.
fn open(paths: Vec<PathBuf>, number: u64, schema: &Schema, say: &dyn Fn(Arrival)) {
    // However a file is named, it is known again.
    let paths: Vec<PathBuf> = paths.iter().map(|p| dataset::absolute(p)).collect();
    let (mut faces, mut predictions) = (Vec::new(), Vec::new());
    let mut networks = 0;
    for path in &paths {
        let Some(all) = recognise(path) else {
            faces.push(path.clone());
            continue;
        };
        for opened in all {
            match opened {
                // They are of faces that may be opened together with them.
                Opened::Predictions(path) => predictions.push(path),
                Opened::Weights(path) => {
                    networks += 1;
                    say(match networks {
                        1 => Arrival::Opened(Opened::Weights(path)),
                        2 => Arrival::SecondWeights(path),
                        _ => {
                            let name = dataset::name_of(&path);
                            Arrival::Failed(format!(
                                "{name} is left out: two networks can be open side by side"
                            ))
                        }
                    });
                }
                _ => say(Arrival::Opened(opened)),
            }
        }
    }
    if faces.is_empty() {
        for path in predictions {
            say(Arrival::Opened(Opened::Predictions(path)));
        }
    } else {
        match open_faces(faces, schema) {
            Ok((set, is_table)) => show(
                FaceSet {
                    number,
                    predictions,
                    ..set
                },
                is_table,
                say,
            ),
            Err(error) => return say(Arrival::Failed(error.to_string())),
        }
    }
    say(Arrival::Recent(paths));
}

/// Faces, and whether they come from a table that may be one of predictions.
fn open_faces(paths: Vec<PathBuf>, schema: &Schema) -> Result<(FaceSet, bool), DatasetError> {
    let set = dataset::open_all(&paths, schema)?;
    let faces = set.samples.len();
    let lost: usize = set.problems.iter().map(|p| p.count).sum();
    let known = |s: &Sample| -> usize {
        let tasks = 0..s.annotation.tasks.len();
        tasks.map(|task| s.annotation.known(task)).sum()
    };
    let known: usize = set.samples.iter().map(known).sum();
    // Where a data set has 1 and −1, predictions have probabilities: row after row loses more
    // labels than it has.
    let poor = faces == 0 || (known < lost && faces <= 2 * lost);
    let table = poor && matches!(&paths[..], [one] if is_table(one));
    let opened = FaceSet {
        key: dataset::content_hash(&set.samples),
        number: 0,
        problems: problem_words(&set.name, faces, &set.problems),
        log: set
            .problems
            .iter()
            .take(LOGGED)
            .map(Problem::to_string)
            .collect(),
        name: set.name,
        samples: set.samples,
        columns: set.columns,
        paths,
        predictions: Vec::new(),
    };
    Ok((opened, table))
}

/// Hands faces over. What holds none that can be used never takes the place of what is open.
fn show(set: FaceSet, is_table: bool, say: &dyn Fn(Arrival)) {
    if !is_table {
        set.log_problems();
    }
    say(match set.paths.first().cloned() {
        Some(path) if is_table => Arrival::Table(path, set),
        _ if set.samples.is_empty() => Arrival::Failed(set.problems.unwrap_or_default()),
        _ => Arrival::List(set),
    });
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
    // Its own file has its name said already.
    let said = |p: &Problem| match (p.line, dataset::name_of(&p.path) == name) {
        (Some(line), true) => format!("line {line}: {}", p.what),
        (None, true) => p.what.clone(),
        (_, false) => p.to_string(),
    };
    let all = match (problems, none) {
        ([], "") => return None,
        ([], none) => none.to_owned(),
        ([one], "") => said(one),
        ([one], none) => format!("{none}: {}", said(one)),
        ([first, ..], none) => {
            let logged = match problems.len() {
                n if n > LOGGED => format!("the first {} of them in the log", thousands(LOGGED)),
                _ => "all in the log".to_owned(),
            };
            let counted = counted(problems.len(), "problem");
            let comma = if none.is_empty() { "" } else { ", " };
            format!(
                "{none}{comma}{counted}, {logged}; the first: {}",
                said(first)
            )
        }
    };
    Some(format!("{name}: {all}"))
}

fn names(paths: &[PathBuf]) -> String {
    match paths {
        [one] => shortened(&dataset::name_of(one), 24),
        many => format!("{} paths", many.len()),
    }
}
