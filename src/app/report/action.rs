//! What the report asks for.

use crate::app::export::Target;
use crate::app::faces::arrangement::Arrangement;
use crate::figure::Format;

/// What somebody asked for.
pub enum Action {
    Predict(Vec<u32>),
    /// Shows faces in the gallery until their filter is taken away.
    ShowFaces(Box<Arrangement>),
    /// Finds faces by a name.
    Search(String),
    Export(Export),
    /// Pixels of a PNG to a unit of a drawing, from now on.
    ExportScale(f32),
    Warn(String),
}

/// What of the report leaves the window.
pub enum Export {
    Tables(Target),
    Plot(String, Target),
    AllPlots(Format),
}
