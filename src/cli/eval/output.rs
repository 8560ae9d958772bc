//! Where the document goes: a file or the standard output.

use std::path::Path;

use anyhow::{Context, Result};

use crate::atomic::write_atomic;
use crate::evaluation::{Evaluation, Format};
use crate::terminal::{self, errln, outln};

/// Writes the document to `out` or the standard output, and as JSON to `json_too`.
pub fn write(
    evaluation: &Evaluation,
    format: Format,
    out: Option<&Path>,
    json_too: Option<&Path>,
) -> Result<()> {
    let bytes = evaluation.document(format)?;
    match out {
        Some(path) => {
            write_atomic(path, &bytes).with_context(|| path.display().to_string())?;
            for line in evaluation.notes() {
                errln!("{line}");
            }
            outln!("{}", path.display());
        }
        None => {
            // A table of figures alone has no room for what they are about.
            if format == Format::Csv {
                for line in evaluation.notes() {
                    errln!("{line}");
                }
            }
            terminal::out(format_args!("{}", String::from_utf8_lossy(&bytes)));
        }
    }
    if let Some(path) = json_too {
        write_atomic(path, &evaluation.json()?).with_context(|| path.display().to_string())?;
    }
    Ok(())
}
