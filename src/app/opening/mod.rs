//! Files to items, off the window's thread: what is opened is recognised by what it is.

mod arrival;
mod busy;
mod dialog;
mod dialogs;
mod open;
mod recognise;
#[cfg(target_os = "linux")]
mod zenity;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use image::RgbImage;

use crate::app::faces::item::Decoded;
use crate::app::widgets::buttons::shortened;
use crate::background::{Wake, catch_panic};
use crate::dataset::{self, BoxSource, PictureSource, Sample, synthetic};
use crate::engine::Slot;
use crate::label::Schema;
pub use arrival::{Arrival, FaceSet, TableQuestion};
use busy::Busy;
use dialog::EVERYTHING;
pub use dialog::{Ask, DATA_SETS, Dialog, Filter, WEIGHTS, Wanted};
pub use dialogs::{Dialogs, ask, close};
use open::open;
use recognise::drop_text;
pub use recognise::{Opened, pasted_path};

/// Sends work away and hands back what comes of it.
pub struct Opening {
    pub dialogs: Dialogs,
    sender: Sender<Arrival>,
    pub arrivals: Receiver<Arrival>,
    pub wake: Wake,
    busy: Arc<Mutex<Vec<String>>>,
    asked: Arc<AtomicU64>,
    shown: u64,
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
    pub fn shows(&mut self, number: u64) -> bool {
        let newest = number >= self.shown;
        self.shown = self.shown.max(number);
        newest
    }

    /// The number of an opening that is asked for now.
    pub fn next_number(&self) -> u64 {
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

    /// Whether something is being opened that was chosen already.
    pub fn is_opening(&self) -> bool {
        self.busy.lock().is_ok_and(|busy| !busy.is_empty())
    }

    pub fn away(&self, work: impl FnOnce(&dyn Fn(Arrival)) + Send + 'static) {
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
        let busy = Busy::new(&self.busy, "opening the samples".into());
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
            drop(busy);
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
        self.away(move |say| say(Arrival::Hovered(drop_text(&paths))));
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

    /// Asks for one path; `arrival` is what comes of it.
    pub fn ask_path(
        &self,
        title: impl Into<String> + Send + 'static,
        wanted: Wanted,
        arrival: impl FnOnce(PathBuf) -> Arrival + Send + 'static,
    ) {
        let dialogs = self.dialogs.clone();
        self.away(move |say| {
            if let Some(path) = dialogs.path(title, wanted) {
                say(arrival(path));
            }
        });
    }

    /// Asks for weights for one of the two places.
    pub fn weights_dialog(&self, slot: Slot) {
        let title = format!("Choose weights for network {}", slot.name());
        self.ask_path(title, Wanted::File(WEIGHTS), move |path| {
            Arrival::WeightsFor(slot, path)
        });
    }

    /// Asks for a file to compare the faces of a list with.
    pub fn compare_dialog(&self, list: u64) {
        let title = "Choose predictions to compare with";
        let wanted = Wanted::File(("Predictions", &["jsonl", "csv"]));
        self.ask_path(title, wanted, move |path| Arrival::Compare { list, path });
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
                say(Arrival::FormPaths(form, paths));
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

fn next_number(asked: &AtomicU64) -> u64 {
    asked.fetch_add(1, Ordering::Relaxed) + 1
}

fn names(paths: &[PathBuf]) -> String {
    match paths {
        [one] => shortened(&dataset::name_of(one), 24),
        many => format!("{} paths", many.len()),
    }
}
