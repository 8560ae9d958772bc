//! What is seen, as files and on the clipboard: the photo with its layers, the sheet of chosen
//! faces, tables and the report. Drawn and written away from the window's thread.

mod error;
mod menu;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::faces::item::color_image;
use crate::app::opening::{Arrival, Dialogs, Opening, Wanted};
use crate::atomic::write_atomic;
use crate::engine::NetworkInfo;
use crate::evaluation::{self, Evaluation};
use crate::figure::{Format, Page, Table, Unit};
use crate::humanize::counted;
pub use error::ExportError;
pub use menu::{caption, plain_name, scale_ui, targets};

/// Where something goes.
pub enum Target {
    File(PathBuf),
    /// A file that is asked for, beginning with this name.
    Ask(String),
    /// As above, of a report: tables of it are more kinds of files than others.
    AskReport(String),
    Clipboard,
    /// What is written in this way, as text on the clipboard.
    ClipboardAs(evaluation::Format),
}

/// What is made of something that was drawn or listed.
pub enum Made {
    Drawing(Page),
    Table(Table),
    Report(Arc<Evaluation>),
}

pub type Make = Box<dyn FnOnce() -> Result<Made, ExportError> + Send>;

/// Makes something and takes it where it belongs; `scale` is pixels to a unit of a drawing.
pub fn deliver(
    opening: &Opening,
    network: Option<&NetworkInfo>,
    make: Make,
    scale: f32,
    target: Target,
) {
    let network = network.map(|n| (n.origin.clone(), n.fingerprint.clone()));
    let make = move || {
        let mut made = make()?;
        if let (Made::Drawing(page), Some((weights, fingerprint))) = (&mut made, network) {
            page.metadata("Weights", weights);
            page.metadata("Network", fingerprint);
        }
        Ok(made)
    };
    deliver_made(opening, Box::new(make), scale, target);
}

/// The same of something that is not the loaded network's.
pub fn deliver_made(opening: &Opening, make: Make, scale: f32, target: Target) {
    let dialogs = opening.dialogs.clone();
    opening.away(move |say| {
        if let Target::File(path) = &target
            && let Some(why) = dialogs.refuses(path)
        {
            return say(Arrival::Said(why));
        }
        let done = match target {
            Target::Clipboard => make().and_then(|made| copied(made, scale, None)),
            Target::ClipboardAs(format) => {
                make().and_then(|made| copied(made, scale, Some(format)))
            }
            Target::File(path) => saved(make, scale, &path).map(Arrival::Said),
            Target::Ask(name) => match new_file(&dialogs, &name, &TABLES) {
                Some(path) => saved(make, scale, &path).map(Arrival::Said),
                None => return,
            },
            Target::AskReport(name) => match new_file(&dialogs, &name, &REPORTS) {
                Some(path) => saved(make, scale, &path).map(Arrival::Said),
                None => return,
            },
        };
        say(done.unwrap_or_else(|why| Arrival::Said(why.to_string())));
    });
}

/// Writes each plot as the file of its name; says how many, and how many were there before.
pub fn plots_saved(
    plots: &[(String, Page)],
    folder: &Path,
    format: Format,
    dpi: f32,
) -> Result<String, ExportError> {
    std::fs::create_dir_all(folder).map_err(|e| failed(folder, e))?;
    let mut replaced = 0;
    for (name, page) in plots {
        let path = folder.join(name);
        replaced += usize::from(path.exists());
        let bytes = page.encode(format, dpi)?;
        write_atomic(&path, &bytes).map_err(|e| failed(&path, e))?;
    }
    let before = match replaced {
        0 => String::new(),
        n => format!(", {n} of them in place of older ones"),
    };
    let count = counted(plots.len(), "plot");
    Ok(format!("Saved {count} in {}{before}", folder.display()))
}

fn extension(path: &Path) -> String {
    let extension = path.extension().unwrap_or_default();
    extension.to_string_lossy().to_lowercase()
}

fn is_drawing(path: &Path) -> bool {
    Format::of(path).is_ok()
}

const DRAWINGS: [(&str, &str); 3] = [("PNG", "png"), ("SVG", "svg"), ("PDF", "pdf")];
/// What tables can be written as.
const TABLES: [(&str, &str); 2] = [("CSV", "csv"), ("Markdown", "md")];
const REPORTS: [(&str, &str); 4] = [
    ("CSV", "csv"),
    ("Markdown", "md"),
    ("LaTeX", "tex"),
    ("JSON", "json"),
];

/// Asks where to, beginning with a name whose extension says what it is.
fn new_file(
    dialogs: &Dialogs,
    name: &str,
    tables: &[(&'static str, &'static str)],
) -> Option<PathBuf> {
    let kinds = match is_drawing(Path::new(name)) {
        true => own_first(&DRAWINGS, name),
        false => own_first(tables, name),
    };
    dialogs.path(format!("Save {name}"), Wanted::NewFile(name.into(), kinds))
}

/// The kind that a name asks for before the others.
fn own_first(
    kinds: &[(&'static str, &'static str)],
    name: &str,
) -> Vec<(&'static str, &'static str)> {
    let own = extension(Path::new(name));
    let mut kinds = kinds.to_vec();
    kinds.sort_by_key(|kind| kind.1 != own);
    kinds
}

/// Writes by the file's extension; says what was written, or why nothing was.
fn saved(
    make: impl FnOnce() -> Result<Made, ExportError>,
    scale: f32,
    path: &Path,
) -> Result<String, ExportError> {
    let bytes = match (make()?, extension(path).as_str()) {
        (Made::Drawing(page), _) => {
            page.encode(Format::of(path)?, scale * Unit::Pixel.per_inch())?
        }
        (Made::Table(table), "csv") => table.csv().into_bytes(),
        (Made::Table(table), "md") => table.markdown().into_bytes(),
        (Made::Table(_), other) => {
            return Err(ExportError::TableFormat(other.to_owned()));
        }
        (Made::Report(evaluation), extension) => {
            use evaluation::Format::{Csv, Json, Latex, Markdown};
            let format = match extension {
                "csv" => Csv,
                "md" => Markdown,
                "tex" => Latex,
                "json" => Json,
                other => {
                    return Err(ExportError::ReportFormat(other.to_owned()));
                }
            };
            evaluation.document(format)?
        }
    };
    write_atomic(path, &bytes).map_err(|e| failed(path, e))?;
    Ok(format!("Saved {}", path.display()))
}

fn failed(path: &Path, source: std::io::Error) -> ExportError {
    ExportError::Write {
        path: path.to_owned(),
        source,
    }
}

fn copied(
    made: Made,
    scale: f32,
    format: Option<evaluation::Format>,
) -> Result<Arrival, ExportError> {
    Ok(match made {
        Made::Report(evaluation) => {
            let format = format.unwrap_or(evaluation::Format::Markdown);
            let text = evaluation.document(format)?;
            Arrival::CopiedText(String::from_utf8_lossy(&text).into_owned())
        }
        Made::Drawing(page) => {
            let picture = page.to_image(scale)?;
            Arrival::CopiedPicture(Arc::new(color_image(&picture)))
        }
        Made::Table(table) => Arrival::CopiedText(table.markdown()),
    })
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::app::opening::Dialog;

    #[test]
    fn a_new_file_is_of_the_kind_that_was_asked_for() {
        let dialogs = Dialogs::new(Arc::new(|dialog: Dialog| match dialog.wanted {
            Wanted::NewFile(name, kinds) => Some(vec![format!("{name}-{}", kinds[0].1).into()]),
            _ => None,
        }));
        let asked = |name| new_file(&dialogs, name, &TABLES);
        assert_eq!(asked("photo.svg"), Some("photo.svg-svg".into()));
        assert_eq!(asked("photo.pdf"), Some("photo.pdf-pdf".into()));
        assert_eq!(asked("report.csv"), Some("report.csv-csv".into()));
        let report = |name| new_file(&dialogs, name, &REPORTS);
        assert_eq!(report("set.tex"), Some("set.tex-tex".into()));
    }
}
