//! Colours and sizes of the plots.

use eframe::egui::{Color32, Ui};

use crate::app::report::plot_data::Series;
use crate::app::widgets::theme;
use crate::figure::Colour;
use crate::figure::plot::PALETTE;

/// Colours of a plot.
#[derive(Clone, Copy)]
pub struct PlotColours {
    pub text: Colour,
    pub quiet: Colour,
    pub grid: Colour,
    pub network: Colour,
    pub other: Colour,
}

impl PlotColours {
    pub fn of(&self, series: Series) -> Colour {
        match series {
            Series::Network => self.network,
            Series::Trivial => self.quiet,
            Series::Other => self.other,
            Series::Slice(n) => PALETTE[n % PALETTE.len()],
        }
    }
}

/// The colours of the theme at hand.
pub fn plot_colours(ui: &Ui) -> PlotColours {
    let p = theme::palette(ui.ctx());
    let rgb = |c: Color32| -> Colour { [c.r(), c.g(), c.b()] };
    PlotColours {
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
