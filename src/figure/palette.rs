//! The colours of lines, letters and points in figures.

/// Colours are red, green, blue.
pub type Colour = [u8; 3];

pub(super) const WHITE: Colour = [255; 3];
/// Lines and letters of figures for print, and their notes.
pub(super) const INK: Colour = [28, 30, 34];
pub(super) const QUIET: Colour = [96, 102, 112];

/// Points that a network found, as in the paper's Figure 4.
pub const PREDICTION: Colour = [0x35, 0xd3, 0x9a];
/// Labelled points.
pub const LABEL: Colour = [0xff, 0x5a, 0x5f];
