//! Pictures that the program draws: predictions on photos, the paper's Figure 6, and plots.

mod canvas;
mod colour_map;
mod drawing;
mod feature_maps;
mod grid;
mod overlay;
pub mod plot;
mod text;

pub use canvas::Canvas;
pub use colour_map::ColourMap;
pub use drawing::{Anchor, Drawing, Ink, Mark, Placed, Rim};
pub use feature_maps::figure6;
pub use grid::{GridLook, INVALID, Scale, Stats};
pub use overlay::{Overlay, overlay};
pub use text::Text;

/// Colours are red, green, blue.
pub type Colour = [u8; 3];

/// Points that a network found, as in the paper's Figure 4.
pub const PREDICTION: Colour = [0x35, 0xd3, 0x9a];
/// Labelled points.
pub const LABEL: Colour = [0xff, 0x5a, 0x5f];
