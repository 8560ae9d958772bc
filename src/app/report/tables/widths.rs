//! How wide the columns of a table are, and where intervals stand: beside their numbers, or below
//! where there is no room.

use eframe::egui::{self, Color32, Rect, Ui};

use crate::app::report::tables::grid::{Column, Grid};
use crate::app::widgets::theme;

pub const EDGE: f32 = 14.0;

/// Between two columns, and where there is little room or still less.
const GAP: f32 = 14.0;

const TIGHT: f32 = 12.0;
const TIGHTEST: f32 = 7.0;

/// Between a number and the interval beside it.
pub const BESIDE: f32 = 6.0;

const ROW: f32 = 24.0;

/// Of a row whose intervals stand below the numbers, in one line or in two.
const TALL_ROW: f32 = 36.0;
const TALLEST_ROW: f32 = 48.0;

/// From one line of a row to the next.
pub const LINE: f32 = 12.0;

pub const HEADING: f32 = 24.0;

/// Names have at least this room, and no more than this.
const NAMES: [f32; 2] = [84.0, 190.0];

/// The widest that numbers get, so that no column moves when they change.
const WIDEST: &str = "100.00";
const WIDEST_INTERVAL: &str = "[88.88, 100.00]";
const WIDEST_END: &str = "100.00]";
const WIDEST_COUNT: &str = "888,888";

/// Where intervals stand: beside their numbers, below them, or, where there is still less room,
/// below them with an end a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intervals {
    Beside,
    Below,
    Stacked,
}

/// How the columns stand.
pub struct Widths {
    pub names: f32,
    columns: Vec<f32>,
    /// Room of the interval within each column, if it stands beside the number.
    beside: Vec<f32>,
    gap: f32,
    pub intervals: Intervals,
    pub row: f32,
}

impl Widths {
    pub fn of(ui: &Ui, grid: &Grid) -> Self {
        let wide = |text: &str, font: egui::FontId| {
            let text = text.to_owned();
            let galley = ui.painter().layout_no_wrap(text, font, Color32::WHITE);
            galley.size().x
        };
        let (caption, strong) = (
            || theme::font(theme::CAPTION),
            || theme::strong(theme::SMALL),
        );
        let percent = wide(WIDEST, strong());
        let count = wide(WIDEST_COUNT, strong());
        let interval = wide(WIDEST_INTERVAL, caption());
        let arrow = wide("↓ ", caption());
        let names = grid.rows.iter().map(|r| wide(&r.name, strong()));
        let names = names.fold(NAMES[0], f32::max).min(NAMES[1]);
        let number = |c: &Column| if c.counts { count } else { percent };
        let heading = |c: &Column| wide(&c.heading, caption());
        let beside = |c: &Column| if c.intervals { interval + BESIDE } else { 0.0 };
        let columns = grid.columns.iter();
        let roomy = Self {
            names,
            columns: columns
                .map(|c| number(c).max(heading(c) + arrow) + beside(c))
                .collect(),
            beside: grid.columns.iter().map(beside).collect(),
            gap: GAP,
            intervals: Intervals::Beside,
            row: ROW,
        };
        if roomy.total() <= ui.available_width() {
            return roomy;
        }
        let any = grid.columns.iter().any(|c| c.intervals);
        let tight = |intervals: Intervals, interval: f32, row: f32| {
            let columns = grid.columns.iter().map(|c| {
                let interval = if c.intervals { interval } else { 0.0 };
                number(c).max(heading(c)).max(interval)
            });
            Self {
                names,
                columns: columns.collect(),
                beside: vec![0.0; grid.columns.len()],
                gap: match intervals {
                    Intervals::Stacked => TIGHTEST,
                    _ => TIGHT,
                },
                intervals,
                row: if any { row } else { ROW },
            }
        };
        let below = tight(Intervals::Below, interval, TALL_ROW);
        if !any || below.total() <= ui.available_width() {
            return below;
        }
        tight(Intervals::Stacked, wide(WIDEST_END, caption()), TALLEST_ROW)
    }

    pub fn total(&self) -> f32 {
        2.0 * EDGE + self.names + self.columns.iter().map(|c| c + self.gap).sum::<f32>()
    }

    /// The place of each column in a line.
    pub fn places(&self, line: Rect) -> Vec<Rect> {
        let mut left = line.left() + EDGE + self.names;
        let columns = self.columns.iter().map(|width| {
            let from = left + self.gap;
            left = from + width;
            Rect::from_x_y_ranges(from..=left, line.y_range())
        });
        columns.collect()
    }

    pub fn right_of_number(&self, column: usize, place: Rect) -> f32 {
        place.right() - self.beside[column]
    }
}
