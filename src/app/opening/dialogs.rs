//! The system's file dialogs, all asked for in one place: each says in its title what is asked,
//! and begins in the folder that was used last, one for what is opened and one for what is written.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use directories::UserDirs;

use super::dialog::{Ask, Dialog, Filter, Wanted};
use crate::dataset::{Guard, Samples};

/// Asks for paths. Clones remember together which folders were used, and ask one thing at a time:
/// dialogs take seconds to come, and impatient keys would lay one over the other.
#[derive(Clone)]
pub struct Dialogs {
    ask: Ask,
    open: Arc<AtomicBool>,
    used: Arc<Mutex<Used>>,
    guard: Arc<Mutex<Arc<Guard>>>,
}

/// What was chosen last.
#[derive(Default)]
struct Used {
    opened: Option<PathBuf>,
    written: Option<PathBuf>,
}

impl Dialogs {
    pub fn new(ask: Ask) -> Self {
        Self {
            ask,
            open: Arc::default(),
            used: Arc::default(),
            guard: Arc::default(),
        }
    }

    /// The data sets that are open from now on, and their faces: nothing may be written over them.
    pub fn guard(&self, paths: Vec<PathBuf>, samples: Samples) {
        let files = self.guarded().files.clone();
        self.set_guard(Guard {
            paths,
            samples,
            files,
        });
    }

    /// The other files that are read from now on: weights, predictions, runs.
    pub fn guard_files(&self, files: Vec<PathBuf>) {
        let Guard { paths, samples, .. } = &*self.guarded();
        self.set_guard(Guard {
            paths: paths.clone(),
            samples: samples.clone(),
            files,
        });
    }

    fn set_guard(&self, guard: Guard) {
        *self.guard.lock().unwrap_or_else(PoisonError::into_inner) = guard.into();
    }

    fn guarded(&self) -> Arc<Guard> {
        let guard = self.guard.lock();
        guard.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why nothing may be written to a path: it is open.
    pub fn refuses(&self, path: &Path) -> Option<String> {
        // A disk may take its time, and the window must not wait for it.
        self.guarded().refuses(path)
    }

    /// Something was opened, by a dialog or otherwise.
    pub fn opened(&self, path: &Path) {
        self.used().opened = Some(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
    }

    /// Whether a dialog is open, or about to be.
    pub fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    /// Asks, and waits for the answer; nothing, where another dialog is open.
    pub fn paths(&self, title: impl Into<String>, wanted: Wanted) -> Option<Vec<PathBuf>> {
        self.paths_from(title, wanted, None)
    }

    /// Asks for a folder to write into: where nothing was written yet, one beside what was opened.
    pub fn folder_beside(&self, title: impl Into<String>, opened: &[PathBuf]) -> Option<PathBuf> {
        let around = opened.first().and_then(|path| path.parent());
        let around = around.filter(|folder| folder.is_dir()).map(Path::to_owned);
        let chosen = self.paths_from(title, Wanted::Folder, around)?;
        chosen.into_iter().next()
    }

    /// `begin` is where to begin where nothing of the kind was chosen yet.
    fn paths_from(
        &self,
        title: impl Into<String>,
        wanted: Wanted,
        begin: Option<PathBuf>,
    ) -> Option<Vec<PathBuf>> {
        let (written, whole) = (wanted.is_written(), matches!(wanted, Wanted::Folders));
        let dialog = Dialog {
            title: title.into(),
            folder: self.folder(written, whole).or(begin),
            wanted,
        };
        if self.open.swap(true, Ordering::Relaxed) {
            log::info!("{}: another file dialog is open", dialog.title);
            return None;
        }
        let open = Open(&self.open);
        let chosen = (self.ask)(dialog)?;
        drop(open);
        if let Some(first) = chosen.first() {
            match written {
                true => self.used().written = Some(first.clone()),
                false => self.opened(first),
            }
        }
        Some(chosen)
    }

    /// As [`Dialogs::paths`], for one path. A new file ends as the name that it began with unless
    /// somebody gave it another ending, which some dialogs leave to whoever types. What is open is
    /// no file to write: that is said, and nothing is returned.
    pub fn path(&self, title: impl Into<String>, wanted: Wanted) -> Option<PathBuf> {
        let Wanted::NewFile(name, _) = &wanted else {
            return self.paths(title, wanted)?.into_iter().next();
        };
        let ending = Path::new(name).extension().map(ToOwned::to_owned);
        let path = self.paths(title, wanted)?.into_iter().next()?;
        let path = match (path.extension(), ending) {
            (None, Some(ending)) => path.with_extension(ending),
            _ => path,
        };
        match self.refuses(&path) {
            Some(why) => {
                log::warn!("{why}");
                None
            }
            None => Some(path),
        }
    }

    /// The folder to begin in: the one that was chosen or holds what was, or where another `whole`
    /// folder is chosen, the one around it. Nothing is written beside what was opened unless
    /// somebody says so: a folder of photos would have a figure among its faces.
    fn folder(&self, written: bool, whole: bool) -> Option<PathBuf> {
        let used = self.used();
        let last = match written {
            true => used.written.clone()?,
            false => used.opened.clone()?,
        };
        drop(used); // a disk may take its time
        let inside = last.is_dir() && !whole;
        let folder = if inside { Some(&*last) } else { last.parent() };
        folder.filter(|f| f.is_dir()).map(Path::to_owned)
    }

    fn used(&self) -> std::sync::MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A dialog is open as long as this lives, also where asking panics.
struct Open<'a>(&'a AtomicBool);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Closes a dialog that is still open when the window closes, where that is in our hands.
pub fn close() {
    #[cfg(target_os = "linux")]
    super::zenity::close();
}

/// Asks with the system's dialog; waits for the answer.
pub fn ask(mut asked: Dialog) -> Option<Vec<PathBuf>> {
    asked.folder = asked.folder.or_else(pictures);
    #[cfg(target_os = "linux")]
    if super::zenity::is_needed() {
        return super::zenity::ask(&asked).unwrap_or_else(|why| {
            log::error!("The file dialog of zenity failed: {why}");
            None
        });
    }
    let mut dialog = rfd::FileDialog::new().set_title(asked.title);
    if let Some(folder) = asked.folder {
        dialog = dialog.set_directory(folder);
    }
    match asked.wanted {
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

/// The user's folder of pictures, else the one around it; systems other than Linux know it
/// themselves.
fn pictures() -> Option<PathBuf> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let user = UserDirs::new()?;
    let home = user.home_dir();
    let pictures = user.picture_dir().map(Path::to_owned);
    let places = [pictures, Some(home.join("Pictures")), Some(home.to_owned())];
    places.into_iter().flatten().find(|p| p.is_dir())
}

fn filtered(dialog: rfd::FileDialog, (name, extensions): Filter) -> rfd::FileDialog {
    let dialog = dialog.add_filter(name, extensions);
    dialog.add_filter("All files", &["*"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::opening::WEIGHTS;

    static ASKED: Mutex<Vec<Dialog>> = Mutex::new(Vec::new());
    static ANSWER: Mutex<Option<PathBuf>> = Mutex::new(None);

    fn ask(dialog: Dialog) -> Option<Vec<PathBuf>> {
        ASKED.lock().unwrap().push(dialog);
        Some(vec![ANSWER.lock().unwrap().clone()?])
    }

    #[test]
    fn a_dialog_has_a_title_and_begins_where_the_last_one_ended() {
        let root = tempfile::tempdir().unwrap();
        let folder = |name: &str| {
            let path = root.path().join(name);
            std::fs::create_dir_all(&path).unwrap();
            path
        };
        let (photos, figures) = (folder("photos"), folder("figures"));
        let dialogs = Dialogs::new(Arc::new(ask));
        let began = |title: &str, wanted: Wanted, answer: PathBuf| {
            *ANSWER.lock().unwrap() = Some(answer);
            assert!(dialogs.clone().path(title, wanted).is_some());
            let asked = ASKED.lock().unwrap().pop().unwrap();
            assert_eq!(asked.title, title);
            asked.folder
        };
        let new = || Wanted::NewFile("a.png".into(), Vec::new());
        let picture = photos.join("a.png");
        assert_eq!(began("Open", Wanted::Files(WEIGHTS), picture), None);
        let saved = figures.join("figure.png");
        let first = began("Save", new(), saved);
        assert_eq!(first, None, "not among the photos");
        // A whole set goes beside the one that it was made of.
        let fresh = Dialogs::new(Arc::new(ask));
        let chosen = fresh.folder_beside("Export", std::slice::from_ref(&photos));
        let asked = ASKED.lock().unwrap().pop().unwrap();
        assert!(chosen.is_some());
        assert_eq!(asked.folder, Some(root.path().to_owned()));
        let next = began("Save", Wanted::Folder, figures.clone());
        assert_eq!(next, Some(figures.clone()));
        assert_eq!(began("Save", new(), figures.join("b")), Some(figures));
        let weights = photos.join("w.safetensors");
        let first = began("Load", Wanted::File(WEIGHTS), weights);
        assert_eq!(first, Some(photos.clone()), "not where figures are written");
        // What was opened without a dialog counts too; beside a folder is the next one.
        dialogs.opened(&photos);
        let beside = began("Open", Wanted::Folders, photos.clone());
        assert_eq!(beside.as_deref(), Some(root.path()));
        std::fs::remove_dir_all(&photos).unwrap();
        dialogs.opened(&photos.join("gone/a.png"));
        assert_eq!(began("Open", Wanted::Files(WEIGHTS), photos), None);
    }

    #[test]
    fn impatient_keys_open_one_dialog() {
        static TIMES: Mutex<u32> = Mutex::new(0);
        static GO: Mutex<()> = Mutex::new(());
        let dialogs = Dialogs::new(Arc::new(|_| {
            *TIMES.lock().unwrap() += 1;
            drop(GO.lock());
            None
        }));
        let ask = |dialogs: Dialogs| dialogs.paths("Open", Wanted::Folders);
        let held = GO.lock().unwrap();
        let first = std::thread::spawn({
            let dialogs = dialogs.clone();
            move || ask(dialogs)
        });
        while *TIMES.lock().unwrap() == 0 {
            std::thread::yield_now();
        }
        assert!(dialogs.is_open());
        assert_eq!(ask(dialogs.clone()), None);
        assert_eq!(*TIMES.lock().unwrap(), 1);
        drop(held);
        assert_eq!(first.join().unwrap(), None);
        assert!(!dialogs.is_open());
        ask(dialogs);
        assert_eq!(*TIMES.lock().unwrap(), 2);
    }

    #[test]
    fn a_new_file_ends_as_its_name_did_unless_somebody_says() {
        let saved = |name: &'static str| {
            let wanted = Wanted::NewFile("report.csv".into(), Vec::new());
            let typed = Arc::new(move |_| (!name.is_empty()).then(|| vec![name.into()]));
            Dialogs::new(typed).path("Save", wanted)
        };
        assert_eq!(saved("a"), Some("a.csv".into()));
        assert_eq!(saved("a.md"), Some("a.md".into()));
        assert_eq!(saved(""), None);
    }

    #[test]
    fn what_is_open_is_not_written_over() {
        static PLACE: Mutex<Option<PathBuf>> = Mutex::new(None);
        let root = tempfile::tempdir().unwrap();
        let photo = root.path().join("me.png");
        std::fs::write(&photo, "a photo").unwrap();
        let dialogs = Dialogs::new(Arc::new(|_| Some(vec![PLACE.lock().unwrap().clone()?])));
        let save = |path: &Path| {
            *PLACE.lock().unwrap() = Some(path.to_owned());
            dialogs.path("Save", Wanted::NewFile("me.png".into(), Vec::new()))
        };
        assert_eq!(save(&photo), Some(photo.clone()));
        let weights = root.path().join("me.safetensors");
        std::fs::write(&weights, "weights").unwrap();
        assert_eq!(save(&weights), Some(weights.clone()));
        dialogs.guard_files(vec![weights.clone()]);
        dialogs.guard(vec![photo.clone()], Samples::default());
        assert_eq!([save(&photo), save(&weights)], [None, None]);
        dialogs.guard_files(Vec::new());
        assert_eq!([save(&photo), save(&weights)], [None, Some(weights)]);
        let other = root.path().join("me-overlay.png");
        assert_eq!(save(&other), Some(other));
    }
}
