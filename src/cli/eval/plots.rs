//! The plots of a report as files.

use std::path::Path;

use anyhow::{Context, Error, Result};

use crate::atomic::write_atomic;
use crate::cli::inputs::named;
use crate::evaluation::Evaluation;
use crate::figure::{Format, Provenance, plot::plots};
use crate::model::Predictor;

/// Sharp in print at column width.
const DPI: f32 = 288.0;

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
