//! Why a figure cannot be made.

use std::path::PathBuf;

use thiserror::Error;

#[derive(Clone, Debug, PartialEq, Error)]
pub enum FigureError {
    #[error("nothing to draw")]
    Empty,
    #[error("this network joins no towers, so there is nothing to compare")]
    NoFusion,
    #[error("a width of {0} mm is not in 20 to 2000")]
    Width(f32),
    #[error("no channels are chosen")]
    NoneChosen,
    /// `map` is a tower's at a layer.
    #[error("no channel {channel}: {map} has 0 to {last}")]
    NoChannel {
        channel: usize,
        map: String,
        last: usize,
    },
    #[error("no chosen channel of {0} has a partner")]
    NoPartner(String),
    #[error("the two have different towers at {layer}, so they cannot be compared: {towers}")]
    DifferentTowers { layer: String, towers: String },
    #[error("a scale is channel, layer, own or fixed:LO,HI, not {0:?}")]
    Scale(String),
    #[error("{}: a figure is written as .png, .svg or .pdf", .0.display())]
    Format(PathBuf),
    #[error("a figure of {w:.0} × {h:.0} mm", w = .0[0], h = .0[1])]
    Size([f32; 2]),
    #[error("a picture of {w:.0} × {h:.0} pixels cannot be drawn", w = .0[0], h = .0[1])]
    Pixels([f32; 2]),
    #[error("the font {0} is damaged")]
    DamagedFont(String),
    #[error("the font {font}: {source}")]
    Font {
        font: String,
        source: subsetter::Error,
    },
    #[error("{0}")]
    Png(String),
}

impl From<png::EncodingError> for FigureError {
    fn from(error: png::EncodingError) -> Self {
        Self::Png(error.to_string())
    }
}
