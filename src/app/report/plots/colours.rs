//! Colours and sizes of the plots.

use eframe::egui::{Color32, Ui};

use crate::app::report::plot_data::Who;
use crate::app::widgets::theme;
use crate::figure::Colour;
use crate::figure::plot::PALETTE;

/// Colours of a plot.
#[derive(Clone, Copy)]
pub struct Look {
    pub text: Colour,
    pub quiet: Colour,
    pub grid: Colour,
    pub network: Colour,
    pub other: Colour,
}

impl Look {
    pub fn of(&self, who: Who) -> Colour {
        match who {
            Who::Network => self.network,
            Who::Guess => self.quiet,
            Who::Other => self.other,
            Who::Slice(n) => PALETTE[n % PALETTE.len()],
        }
    }
}

/// The colours of the theme at hand.
pub fn look(ui: &Ui) -> Look {
    let p = theme::palette(ui.ctx());
    let rgb = |c: Color32| -> Colour { [c.r(), c.g(), c.b()] };
    Look {
        text: rgb(p.text),
        quiet: rgb(p.quiet),
        grid: rgb(p.hairline),
        network: rgb(p.prediction),
        other: rgb(p.waiting),
    }
}

/// Left and right of a plot within its pane.
pub const EDGE: f32 = 14.0;

pub const CAPTION: f32 = 11.0;

pub const SMALL: f32 = 12.0;

/// From one name of a legend to the next.
pub const LEGEND_LINE: f32 = 17.0;

/// What L is.
pub const EYES: &str = "distance between both eyes' labels";
