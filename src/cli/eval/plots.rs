//! The plots of a report as files.

use std::path::Path;

use anyhow::{Context, Error, Result};

use crate::atomic::write_atomic;
use crate::cli::files::Output;
use crate::cli::inputs::named;
use crate::evaluation::Evaluation;
use crate::figure::{Format, Provenance, plot::plots};
use crate::label::Schema;
use crate::model::Predictor;

/// Sharp in print at column width.
const DPI: f32 = 288.0;

/// The files of a folder that are named as plots are, and may be replaced: a plot's name begins
/// with its task's.
pub fn written_before(folder: &Path, formats: &[Format]) -> Vec<Output> {
    let schema = Schema::face();
    let is_plot = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let named = |task: &str| name.strip_prefix(task).is_some_and(|n| n.starts_with('-'));
        schema.tasks.iter().any(|task| named(&task.name))
            && formats
                .iter()
                .any(|format| path.extension() == Some(format.extension().as_ref()))
    };
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|p| is_plot(p)).map(Output::File).collect()
}

/// Draws what the evaluation has into `folder`, each plot in these formats.
pub fn write(
    folder: &Path,
    formats: &[Format],
    evaluation: &Evaluation,
    predictor: &Predictor,
) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let (weights, network) = named(predictor);
    for (name, mut page) in plots(evaluation) {
        Provenance::default().note(&mut page, (&weights, &network));
        for format in formats {
            let path = folder.join(format!("{name}.{}", format.extension()));
            let bytes = page.encode(*format, DPI).map_err(Error::from);
            bytes
                .and_then(|bytes| Ok(write_atomic(&path, &bytes)?))
                .with_context(|| path.display().to_string())?;
            log::info!("{}", path.display());
        }
    }
    Ok(())
}
