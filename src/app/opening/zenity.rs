//! File dialogs by zenity, on desktops without a portal. rfd falls back to it as well, but hands it
//! neither title nor folder, hides names like `A.JPG` and takes `|` for the end of a name.

use std::ffi::OsString;
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use super::dialog::{Dialog, Wanted};

/// Whether no portal can be asked but zenity can.
pub fn is_needed() -> bool {
    let bus = named("DBUS_SESSION_BUS_ADDRESS").is_some()
        || named("XDG_RUNTIME_DIR").is_some_and(|d| Path::new(&d).join("bus").exists());
    let folders = data_folders(
        named("XDG_DATA_HOME"),
        named("XDG_DATA_DIRS"),
        named("HOME"),
    );
    let sandboxed = Path::new("/.flatpak-info").exists();
    let portal = sandboxed || (bus && folders.iter().any(|f| has_portal(f)));
    !portal && find_program("zenity").is_some()
}

/// The dialog that is open.
static OPEN: Mutex<Option<Child>> = Mutex::new(None);

fn open() -> std::sync::MutexGuard<'static, Option<Child>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Closes the dialog that is open: its answer would have nobody to go to.
pub fn close() {
    if let Some(child) = open().as_mut() {
        let _ = child.kill(); // it may have ended by itself
    }
}

/// Asks, and waits for the answer.
pub fn ask(asked: &Dialog) -> io::Result<Option<Vec<PathBuf>>> {
    let mut child = Command::new("zenity")
        .args(arguments(asked))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let stdout = child.stdout.take();
    *open() = Some(child);
    let mut written = Vec::new();
    if let Some(mut stdout) = stdout {
        stdout.read_to_end(&mut written)?;
    }
    let Some(mut child) = open().take() else {
        return Ok(None);
    };
    let status = child.wait()?;
    // With 1 and no path nothing was chosen.
    match status.code() {
        Some(0 | 1) | None => Ok(Some(chosen(written)).filter(|paths| !paths.is_empty())),
        Some(code) => Err(io::Error::other(format!("it ended with {code}"))),
    }
}

fn arguments(asked: &Dialog) -> Vec<OsString> {
    let mut all: Vec<OsString> = vec![
        "--file-selection".into(),
        "--separator=\n".into(),
        format!("--title={}", asked.title).into(),
    ];
    let mut start = OsString::from("--filename=");
    let folder = asked.folder.as_deref();
    if let Some(folder) = folder {
        start.push(folder);
        start.push("/"); // else it is a file to begin with
    }
    match &asked.wanted {
        Wanted::Folder => all.push("--directory".into()),
        Wanted::Folders => all.extend(["--directory", "--multiple"].map(Into::into)),
        Wanted::File(filter) => all.extend(filters(&[*filter])),
        Wanted::Files(filter) => {
            all.push("--multiple".into());
            all.extend(filters(&[*filter]));
        }
        Wanted::NewFile(name, kinds) => {
            start.push(name);
            all.extend(["--save", "--confirm-overwrite"].map(Into::into));
            let kinds = kinds.iter().map(|(n, e)| (*n, std::slice::from_ref(e)));
            let kinds: Vec<_> = kinds.collect();
            all.extend(filters(&kinds));
        }
    }
    let named = matches!(asked.wanted, Wanted::NewFile(..));
    if folder.is_some() || named {
        all.push(start);
    }
    all
}

/// Names with their extensions in either case, and one that shows all files.
fn filters(kinds: &[(&str, &[&str])]) -> Vec<OsString> {
    let of = |(name, extensions): &(&str, &[&str])| {
        let both = extensions
            .iter()
            .flat_map(|e| [e.to_string(), e.to_uppercase()]);
        let patterns: Vec<String> = both.map(|e| format!("*.{e}")).collect();
        format!("--file-filter={name} | {}", patterns.join(" ")).into()
    };
    let all = OsString::from("--file-filter=All files | *");
    kinds.iter().map(of).chain([all]).collect()
}

/// The paths that it wrote, a line each.
fn chosen(written: Vec<u8>) -> Vec<PathBuf> {
    let lines = written.split(|b| *b == b'\n').filter(|l| !l.is_empty());
    lines
        .map(|l| OsString::from_vec(l.to_vec()).into())
        .collect()
}

/// Where the desktop keeps what its programs share.
fn data_folders(
    own: Option<OsString>,
    shared: Option<OsString>,
    home: Option<OsString>,
) -> Vec<PathBuf> {
    let home = home.map(|h| Path::new(&h).join(".local/share"));
    let own = own.map(PathBuf::from).or(home);
    let shared = shared.unwrap_or_else(|| "/usr/local/share:/usr/share".into());
    own.into_iter()
        .chain(std::env::split_paths(&shared))
        .collect()
}

/// Whether a portal is installed in `folder`.
fn has_portal(folder: &Path) -> bool {
    folder
        .join("dbus-1/services/org.freedesktop.portal.Desktop.service")
        .exists()
}

fn find_program(name: &str) -> Option<PathBuf> {
    let all = named("PATH")?;
    let mut places = std::env::split_paths(&all).map(|f| f.join(name));
    places.find(|p| p.is_file())
}

fn named(variable: &str) -> Option<OsString> {
    std::env::var_os(variable).filter(|v| !v.as_bytes().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(wanted: Wanted, folder: Option<&str>) -> Vec<String> {
        let asked = Dialog {
            title: "Open photos".into(),
            wanted,
            folder: folder.map(Into::into),
        };
        let all = arguments(&asked).into_iter();
        all.map(|a| a.into_string().unwrap()).collect()
    }

    #[test]
    fn zenity_is_told_title_folder_and_kinds() {
        let has = |all: &[String], one: &str| all.iter().any(|a| a == one);
        let all = words(
            Wanted::Files(("Photos", &["jpg", "png"])),
            Some("/my photos"),
        );
        for one in [
            "--title=Open photos",
            "--filename=/my photos/",
            "--multiple",
            "--file-filter=Photos | *.jpg *.JPG *.png *.PNG",
            "--file-filter=All files | *",
        ] {
            assert!(has(&all, one), "{one}: {all:?}");
        }
        let all = words(Wanted::Folder, None);
        assert!(has(&all, "--directory") && !has(&all, "--multiple"));
        assert!(!all.iter().any(|a| a.starts_with("--filename")));
        let new = Wanted::NewFile("a b.png".into(), vec![("PNG", "png")]);
        let all = words(new, Some("/figures"));
        assert!(has(&all, "--filename=/figures/a b.png") && has(&all, "--save"));
        assert!(has(&all, "--file-filter=PNG | *.png *.PNG"));
    }

    #[test]
    fn chosen_names_are_whole() {
        let paths = chosen(b"/a|b/one .jpg\n/a|b/\xff.png\n".to_vec());
        assert_eq!(paths.len(), 2);
        assert_eq!(paths[0], Path::new("/a|b/one .jpg"));
        assert_eq!(paths[1].as_os_str().as_bytes(), b"/a|b/\xff.png");
        assert!(chosen(b"\n".to_vec()).is_empty());
    }

    #[test]
    fn a_portal_is_found_where_desktops_keep_it() {
        let root = tempfile::tempdir().unwrap();
        let os = |p: &Path| Some(p.as_os_str().to_owned());
        let shared = root.path().join("share");
        let folders = data_folders(None, os(&shared), os(root.path()));
        assert_eq!(folders, [root.path().join(".local/share"), shared.clone()]);
        assert!(!folders.iter().any(|f| has_portal(f)));
        let services = shared.join("dbus-1/services");
        std::fs::create_dir_all(&services).unwrap();
        std::fs::write(services.join("org.freedesktop.portal.Desktop.service"), "").unwrap();
        assert!(folders.iter().any(|f| has_portal(f)));
        assert_eq!(data_folders(None, None, None).len(), 2);
    }
}
