//! Plots for papers and screens: curves and bars.

mod axis;
mod bars;
mod curves;
mod report;

pub use super::number::marks;
pub use axis::{Axis, log_marks};
pub use bars::{Bar, BarRow, Bars};
pub use curves::{Curve, Curves, Look};
pub use report::{plot_names, plots};

use crate::figure::palette::Colour;

/// Lines and letters.
pub const INK: Colour = [0x22, 0x26, 0x2c];
/// Numbers on axes, and notes.
const QUIET: Colour = [0x6a, 0x71, 0x7c];
const GRID: Colour = [0xe3, 0xe6, 0xea];
/// What knowing nothing gives.
pub const GUESS: Colour = [0xa4, 0xac, 0xb6];

/// Colours that people with any colour vision tell apart (M. Okabe and K. Ito, 2008), those that
/// print well first.
pub const PALETTE: [Colour; 7] = [
    [0x00, 0x72, 0xb2],
    [0xd5, 0x5e, 0x00],
    [0x00, 0x9e, 0x73],
    [0xcc, 0x79, 0xa7],
    [0xe6, 0x9f, 0x00],
    [0x56, 0xb4, 0xe9],
    [0x7a, 0x5c, 0xc2],
];

/// Sizes of text.
const TITLE: f32 = 17.0;
const LABEL: f32 = 14.0;
const SMALL: f32 = 12.5;
