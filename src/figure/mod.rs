//! Pictures that the program draws: predictions on photos, the paper's Figure 6, heat over what a
//! network saw, which tower matters, and plots.

mod canvas;
mod colour_map;
mod drawing;
mod feature_maps;
mod grid;
mod heat;
mod number;
mod overlay;
mod page;
pub mod plot;
mod text;
mod towers;

pub use canvas::Canvas;
pub use colour_map::{ColourMap, colour_bar};
pub use drawing::{Drawing, Ink, Mark, Placed, Rim};
pub use feature_maps::{FeatureFigure, FigureRow, Pixels, figure6};
pub use grid::{GridLook, INVALID, Scale, Stats};
pub use heat::{HeatPanel, heat_figure, heat_picture};
pub use overlay::{Overlay, overlay};
pub use page::{Anchor, Format, Page, points};
pub use text::Text;
pub use towers::towers_figure;

/// Colours are red, green, blue.
pub type Colour = [u8; 3];

/// Lines and letters of figures for print, and their notes.
const INK: Colour = [28, 30, 34];
const QUIET: Colour = [96, 102, 112];

/// Points that a network found, as in the paper's Figure 4.
pub const PREDICTION: Colour = [0x35, 0xd3, 0x9a];
/// Labelled points.
pub const LABEL: Colour = [0xff, 0x5a, 0x5f];
