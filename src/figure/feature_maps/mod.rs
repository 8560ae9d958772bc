//! The paper's Figure 6: the input, then the feature maps of one layer in each tower as grids of
//! channels, with what the paper leaves out: numbers of channels, ranges of values and a key to
//! the colours. Two networks or two photos are compared on the same scale, with their difference.

mod arrange;
mod block;
mod content;
mod key;
mod layout;
mod notes;
mod panel;
mod panels;
mod sizes;

#[cfg(test)]
mod tests;

use image::RgbImage;

pub use content::{FeatureFigure, FigureRow, Pixels, difference_text};
pub use notes::mean_correlations;
pub use panels::short_correlation;

use super::page::{Anchor, Page, Unit, points};
use crate::figure::error::FigureError;
use crate::figure::palette::{INK, QUIET, WHITE};
use crate::figure::text::Text;
use crate::humanize::layer_title;
use crate::study::FaceMaps;
use arrange::{Arranged, height_below};
use layout::Position;
use sizes::{CAPTION, HEAD_LINE, LINE, MARGIN, SMALL};

/// The figure of what was found, for 200 dots an inch.
///
/// # Errors
/// If there is nothing to draw, or more than memory holds.
pub fn figure6(maps: &FaceMaps) -> Result<RgbImage, FigureError> {
    let scale = 200.0 / Unit::Point.per_inch();
    let figure = FeatureFigure {
        pixels: Pixels::PerPoint(scale),
        ..FeatureFigure::of(maps, ["first", "second"])
    };
    figure.page()?.to_image(scale)
}

impl FeatureFigure<'_> {
    /// Lays the figure out.
    ///
    /// # Errors
    /// If there is nothing to draw, a channel is not there, two rows have not the same maps, or the
    /// page has more pixels than a picture may.
    pub fn page(&self) -> Result<Page, FigureError> {
        let first = self.rows.first().ok_or(FigureError::Empty)?;
        self.check(first)?;
        let mut arranged = self.arranged(false);
        // What has no room under the maps is said below all, which takes room itself.
        if self.each_has_its_range() && arranged.misses_ranges() {
            arranged = self.arranged(true);
        }
        let Arranged {
            panels,
            notes,
            layout,
            block,
            labels,
        } = arranged;
        let (width, below) = (points(self.width_mm), height_below(&notes));
        // As small as the one that needs the most room.
        let sizes = labels.iter().flatten().flatten().flatten().map(|l| l.1);
        let size = sizes.fold(SMALL, f32::min);

        let foot = 2.0 * MARGIN + layout.total();
        let height = layout.total() + below;
        let mut page = Page::new([width, height], Unit::Point, WHITE);
        // Before anything is drawn: the cells alone would take many times what memory holds.
        if let Pixels::PerPoint(density) = self.pixels {
            page.check_pixels(density)?;
        }
        page.metadata(
            "Title",
            format!("Feature maps of {}", layer_title(&self.layer)),
        );
        let mut top = MARGIN;
        let lift = HEAD_LINE * (block.head_lines() - 1) as f32;
        for (r, (row, labels)) in panels.iter().zip(&labels).enumerate() {
            let Position { at: [x, y], side } = layout.input;
            let place = Position {
                at: [x, top + y],
                side,
            };
            match self.rows.get(r) {
                Some(row) => draw_input(&mut page, row, &self.caption(r), (place, lift)),
                None => side_head(&mut page, ["difference", ""], (place, lift)),
            }
            for ((panel, labels), [x, y]) in row.iter().zip(labels).zip(&layout.towers) {
                let place = [*x, top + y];
                block.draw(&mut page, panel, place, self.pixels, (labels, size));
            }
            top += layout.heights[r];
        }
        for (n, text) in notes.iter().enumerate() {
            let at = [MARGIN, foot - MARGIN + (n as f32 + 0.8) * LINE];
            page.text(text, at, SMALL, QUIET, Anchor::Start);
        }
        Ok(page)
    }
}

fn draw_input(page: &mut Page, row: &FigureRow, caption: &str, (place, lift): (Position, f32)) {
    let caption = match caption {
        "" => "input",
        caption => caption,
    };
    let size = format!("{} × {}", row.input.width(), row.input.height());
    side_head(page, [caption, &size], (place, lift));
    page.picture(row.input.clone(), place.at, [place.side; 2], true);
}

/// What stands above the input, small enough for its width and as high as what stands above the
/// maps; a long file below its folder.
fn side_head(page: &mut Page, [caption, note]: [&str; 2], (place, lift): (Position, f32)) {
    let ([x, y], width) = ([place.at[0], place.at[1] - lift], place.side);
    let long = Text::new(caption, SMALL).width > width;
    let file = match caption.rsplit_once('/').filter(|_| long) {
        Some((folder, file)) => {
            let folder = format!("{folder}/");
            page.text_within(&folder, [x, y - 21.0], (SMALL, INK), width);
            file
        }
        None => caption,
    };
    page.text_within(file, [x, y - 14.0], (CAPTION, INK), width);
    page.text_within(note, [x, y - 5.0], (SMALL, QUIET), width);
}
