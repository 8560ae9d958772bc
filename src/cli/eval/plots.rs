//! The plots of a report as files.

use std::path::Path;

use anyhow::{Context, Result};

use crate::atomic::write_atomic;
use crate::figure::plot::plots;
use crate::measure::Report;

/// Pixels of a picture to a CSS pixel of the drawing: sharp in print at column width.
const SCALE: f32 = 3.0;

/// Draws what the report has into `folder`, each plot as SVG and PNG.
pub fn write(folder: &Path, report: &Report) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for (name, scene) in plots(report) {
        let path = folder.join(format!("{name}.svg"));
        write_atomic(&path, scene.svg().as_bytes()).with_context(|| path.display().to_string())?;
        let path = folder.join(format!("{name}.png"));
        let picture = scene.picture(SCALE).context("too large to draw");
        picture
            .and_then(|picture| Ok(picture.save(&path)?))
            .with_context(|| path.display().to_string())?;
        log::info!("{}", path.display());
    }
    Ok(())
}
