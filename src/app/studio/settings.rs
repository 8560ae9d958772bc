//! What the window remembers between starts: one JSON file in the user's configuration folder.
//!
//! A file that cannot be read must not keep the program from starting, nor be overwritten: it is
//! set aside and named.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use directories::BaseDirs;
use eframe::egui::ThemePreference;
use serde::{Deserialize, Serialize};

use crate::app::canvas::layers::Layers;
use crate::app::features::Favourites;
use crate::atomic::write_atomic;
use crate::dataset::json_reason;

/// Names another settings folder.
pub const VARIABLE: &str = "SMN_STUDIO_SETTINGS";
const FILE: &str = "settings.json";
const ASIDE: &str = "settings.broken.json";
/// Changes are written this often, and in the end.
pub const EVERY: Duration = Duration::from_secs(2);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: ThemePreference,
    /// Points of the window's design to points of the screen.
    pub zoom: f32,
    /// Inner size of the window in points.
    pub size: Option<[f32; 2]>,
    pub maximised: bool,
    pub workspace: String,
    /// By workspace; a layout that this version cannot read gives way to the preset.
    pub layouts: BTreeMap<String, serde_json::Value>,
    /// By command; empty where a command has none.
    pub keys: BTreeMap<String, String>,
    /// The newest first.
    pub recent: Vec<PathBuf>,
    /// Commands that the palette ran, the newest first.
    pub recent_commands: Vec<String>,
    /// Run folders that the Training workspace shows.
    pub runs: Vec<PathBuf>,
    /// The form of a new run; what this version cannot read gives way to the usual.
    pub new_run: serde_json::Value,
    /// What is drawn over photos.
    pub layers: Layers,
    /// Whether predictions are hidden in the review until a face is approved.
    pub blind: bool,
    /// Channels with a star.
    pub favourites: Favourites,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemePreference::System,
            zoom: 1.0,
            size: None,
            maximised: false,
            workspace: String::new(),
            layouts: BTreeMap::new(),
            keys: BTreeMap::new(),
            recent: Vec::new(),
            recent_commands: Vec::new(),
            runs: Vec::new(),
            new_run: serde_json::Value::Null,
            layers: Layers::default(),
            blind: false,
            favourites: Favourites::default(),
        }
    }
}

/// The user's own settings folder, unless the environment names another; `None` where the system
/// has no such place.
pub fn folder() -> Option<PathBuf> {
    if let Some(own) = std::env::var_os(VARIABLE).filter(|v| !v.is_empty()) {
        return Some(own.into());
    }
    Some(BaseDirs::new()?.config_dir().join("smn-studio"))
}

/// Where what is no setting is kept for this user: in the system's place for it, or with settings
/// that are kept elsewhere.
pub fn data_folder(settings: Option<&Path>) -> PathBuf {
    let own = BaseDirs::new();
    let usual = own
        .as_ref()
        .map(|dirs| dirs.config_dir().join("smn-studio"));
    match (settings, own) {
        (Some(settings), Some(own)) if usual.as_deref() == Some(settings) => {
            own.data_dir().join("smn-studio")
        }
        (Some(settings), _) => settings.to_owned(),
        // Of this process alone: nobody said where anything is to be kept.
        (None, _) => std::env::temp_dir().join(format!("smn-studio-{}", std::process::id())),
    }
}

/// Where is kept what can be made again, and may be deleted at any time; nowhere unless somebody said
/// where settings are kept.
pub fn cache_folder(settings: Option<&Path>) -> Option<PathBuf> {
    let settings = settings?;
    let own = BaseDirs::new();
    let usual = own.filter(|dirs| dirs.config_dir().join("smn-studio") == settings);
    Some(match usual {
        Some(dirs) => dirs.cache_dir().join("smn-studio"),
        None => settings.join("cache"),
    })
}

/// The size that the window had and whether it was maximised, read before there is a window; what
/// is wrong with the settings is said later, by [`Keeper::open`].
pub fn window_size(folder: Option<&Path>) -> (Option<[f32; 2]>, bool) {
    let text = folder.and_then(|folder| fs::read(folder.join(FILE)).ok());
    let settings = text.and_then(|text| serde_json::from_slice(&text).ok());
    let settings: Settings = settings.unwrap_or_default();
    let usable = |size: &[f32; 2]| size.iter().all(|v| (300.0..20_000.0).contains(v));
    (settings.size.filter(usable), settings.maximised)
}

/// Where settings are kept, and what was written last.
#[derive(Default)]
pub struct Keeper {
    /// `None` keeps nothing.
    folder: Option<PathBuf>,
    written: Option<Settings>,
    /// Who writes them now: one at a time, so that the newest is the last.
    writing: Option<JoinHandle<()>>,
    looked: Option<Instant>,
}

impl Keeper {
    /// Reads the settings. What was wrong with them is said in the last place.
    pub fn open(folder: Option<PathBuf>) -> (Self, Settings, Option<String>) {
        let read = folder.as_deref().map(read).transpose();
        let (settings, trouble) = match read {
            Ok(settings) => (settings.unwrap_or_default(), None),
            Err(trouble) => (Settings::default(), Some(trouble)),
        };
        let keeper = Self {
            folder,
            written: Some(settings.clone()),
            writing: None,
            looked: None,
        };
        (keeper, settings, trouble)
    }

    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Whether it is time to look whether something has changed.
    pub fn is_due(&mut self) -> bool {
        let due = self.folder.is_some() && self.looked.is_none_or(|t| t.elapsed() >= EVERY);
        if due {
            self.looked = Some(Instant::now());
        }
        due
    }

    /// Writes the settings if they have changed, away from the window's thread; the `last` time it
    /// waits until they are written.
    pub fn keep(&mut self, now: Settings, last: bool) {
        let Some(folder) = &self.folder else {
            return;
        };
        let busy = self.writing.as_ref().is_some_and(|w| !w.is_finished());
        if self.written.as_ref() != Some(&now) && (last || !busy) {
            let folder = folder.clone();
            self.finish();
            self.written = Some(now.clone());
            self.writing = Some(thread::spawn(move || {
                if let Err(error) = write(&folder, &now) {
                    log::warn!("settings are not kept: {}: {error}", folder.display());
                }
            }));
        }
        if last {
            self.finish();
        }
    }

    fn finish(&mut self) {
        if self.writing.take().is_some_and(|w| w.join().is_err()) {
            log::error!("the settings could not be written");
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.finish();
    }
}

fn read(folder: &Path) -> Result<Settings, String> {
    let path = folder.join(FILE);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Settings::default()),
        Err(e) => return Err(format!("settings cannot be read: {}: {e}", path.display())),
    };
    let mut settings: Settings = serde_json::from_slice(&text).map_err(|error| {
        let error = json_reason(&error);
        let aside = folder.join(ASIDE);
        match fs::rename(&path, &aside) {
            Ok(()) => format!(
                "{}: {error}. It is kept as {ASIDE}; the settings are as at first",
                path.display()
            ),
            Err(e) => format!("{}: {error}; nor can it be set aside: {e}", path.display()),
        }
    })?;
    if !(0.5..=3.0).contains(&settings.zoom) {
        settings.zoom = 1.0;
    }
    Ok(settings)
}

fn write(folder: &Path, settings: &Settings) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    write_atomic(&folder.join(FILE), &serde_json::to_vec_pretty(settings)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_and_a_broken_file_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let place = || Some(folder.path().join("deep/er"));
        let (mut keeper, mut settings, trouble) = Keeper::open(place());
        assert_eq!((trouble, &settings), (None, &Settings::default()));
        settings.zoom = 1.25;
        settings.recent.push("人物 ñ Ж ש.jpg".into());
        keeper.keep(settings.clone(), true);
        assert_eq!(Keeper::open(place()).1, settings);

        let file = folder.path().join("deep/er").join(FILE);
        for i in 0..40 {
            settings.recent.push(i.to_string().into());
            keeper.keep(settings.clone(), i == 39);
        }
        assert_eq!(Keeper::open(place()).1, settings, "the newest is the last");
        assert_eq!(window_size(place().as_deref()), (None, false));
        (settings.size, settings.maximised) = (Some([1000.0, 700.0]), true);
        keeper.keep(settings.clone(), true);
        let seen = window_size(place().as_deref());
        assert_eq!(seen, (Some([1000.0, 700.0]), true));
        fs::write(&file, "{\"zoom\": \"large\"").unwrap();
        assert_eq!(window_size(place().as_deref()), (None, false));
        let (_, first, trouble) = Keeper::open(place());
        assert_eq!(first, Settings::default());
        assert!(trouble.unwrap().contains("settings.json"));
        assert!(file.with_file_name(ASIDE).is_file() && !file.exists());
        fs::write(&file, "{\"zoom\": 1e9, \"of a later version\": []}").unwrap();
        assert_eq!(Keeper::open(place()).1.zoom, 1.0);
    }
}
