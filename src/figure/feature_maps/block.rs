//! A tower's maps as a block of cells, with their numbers, what stands above and the key below.

use super::content::Pixels;
use super::key::draw_key;
use super::layout::Layout;
use super::panel::{Caption, Labels, Panel, head_text, tower_caption};
use super::sizes::{
    ABOVE_NUMBERS, CELL, HEAD_LINE, NUMBER_LINE, ONE_LINE, SMALL, TINY, down, number_lines, numbers,
};
use crate::figure::grid::GridStyle;
use crate::figure::page::{Anchor, Page};
use crate::figure::palette::{Colour, INK, QUIET, WHITE};
use crate::figure::text::Text;

/// Between what is written under a map and under its neighbour, at least.
const APART: f32 = 2.0;
/// The ground and the hatch of a map that is zero everywhere.
const ZERO_GROUND: Colour = [232, 233, 236];
const ZERO_HATCH: Colour = [120, 124, 132];

/// Lengths are in points.
pub(super) struct Block {
    columns: usize,
    width: f32,
    cell: f32,
    gap: f32,
    /// From one row of cells to the next.
    down: f32,
    /// Size of the numbers under each cell; 0 for none.
    numbers: f32,
    lines: usize,
    /// Size of what stands above, and in how many lines the smaller text below that is.
    caption: f32,
    head_lines: usize,
}

impl Block {
    /// Under a caption of that size.
    pub fn new(layout: &Layout, caption: f32, head_lines: usize) -> Self {
        let (pitch, one_line) = (layout.pitch, layout.around.one_line);
        Self {
            columns: layout.columns,
            width: layout.text,
            cell: CELL * pitch,
            gap: pitch - CELL * pitch,
            down: down(pitch, one_line),
            numbers: numbers(pitch),
            lines: number_lines(pitch, one_line),
            caption,
            head_lines,
        }
    }

    /// Whether a number or a range stands under each map, not both.
    pub fn is_tight(&self) -> bool {
        self.lines == 1 && self.cell < ONE_LINE
    }

    pub fn head_lines(&self) -> usize {
        self.head_lines
    }

    /// Whether each map of a panel has room for its number and its range, and for how well it matches.
    pub fn holds(&self, panel: &Panel) -> bool {
        let fits = |(channel, names): (&usize, &Vec<String>)| {
            // The last of several says less than a reader needs.
            let names = match names.len() {
                0..=2 => &names[..],
                n => &names[..n - 1],
            };
            self.lines > 1
                && self.first(names).is_some()
                && self.first(&panel.ranges(*channel)).is_some()
        };
        panel.order.iter().zip(&panel.names).all(fits)
    }

    /// The first of some words that fits under a map, and in which size.
    pub fn first(&self, all: &[String]) -> Option<(String, f32)> {
        // Apart from the neighbour's.
        let room = self.cell + self.gap - APART;
        let sizes = [self.numbers, TINY];
        let ways = all.iter().flat_map(|text| sizes.map(|size| (text, size)));
        let mut ways = ways.filter(|(text, size)| Text::new(text, *size).width <= room);
        ways.next().map(|(text, size)| (text.clone(), size))
    }

    /// What is written under the maps of a panel; nothing where maps are too small.
    pub fn labels(&self, panel: &Panel) -> Labels {
        if self.numbers == 0.0 {
            return Vec::new();
        }
        let label = |(channel, names): (&usize, &Vec<String>)| {
            self.label(names, &panel.ranges(*channel), panel.part)
        };
        panel.order.iter().zip(&panel.names).map(label).collect()
    }

    /// Draws a panel at a place, with what is written under its maps in that size.
    pub fn draw(
        &self,
        page: &mut Page,
        panel: &Panel,
        [x, y]: [f32; 2],
        pixels: Pixels,
        (labels, size): (&Labels, f32),
    ) {
        self.head(page, panel, [x, y]);
        let (map, stats) = (&*panel.map, &panel.stats[..]);
        let side = map.side as u32;
        let cell = match pixels {
            Pixels::Own => side * 64_u32.div_ceil(side).max(1),
            Pixels::PerPoint(density) => ((self.cell * density).round() as u32).clamp(1, 4096),
        };
        let gap = (self.gap / self.cell * cell as f32).round() as u32;
        let per_pixel = self.cell / cell as f32;
        let step = (cell + gap) as f32 * per_pixel;
        let skip = (TINY * 1.1 / self.down).ceil().max(1.0) as usize;
        for (r, row) in panel.order.chunks(self.columns).enumerate() {
            let top = y + r as f32 * self.down;
            let row_look = GridStyle {
                columns: row.len() as u32,
                cell,
                pitch: cell + gap,
                order: row.iter().map(|c| *c as u32).collect(),
                ..panel.look.clone()
            };
            let picture = row_look.picture_in(map, stats, WHITE);
            let width = picture.width() as f32 * per_pixel;
            page.picture(picture, [x, top], [width, self.cell], false);
            for (i, channel) in row.iter().enumerate() {
                if stats[*channel].is_zero() {
                    hatch(page, [x + i as f32 * step, top], self.cell);
                }
            }
            let first = r * self.columns;
            if self.numbers > 0.0 {
                for (i, label) in labels.iter().skip(first).take(row.len()).enumerate() {
                    let middle = x + i as f32 * step + self.cell / 2.0;
                    for (line, (text, _)) in label.iter().enumerate() {
                        let down = (line as f32 * NUMBER_LINE + 0.8) * self.numbers;
                        let base = top + self.cell + ABOVE_NUMBERS + down;
                        page.text(text, [middle, base], size, QUIET, Anchor::Middle);
                    }
                }
            } else if r % skip == 0 {
                let base = top + self.cell / 2.0 + 0.35 * TINY;
                let first = panel.names.get(first).and_then(|names| names.last());
                let first = first.map_or("", String::as_str);
                page.text(first, [x - 2.0, base], TINY, QUIET, Anchor::End);
            }
        }
        let high = panel.order.len().div_ceil(self.columns) as f32 * self.down;
        draw_key(page, panel, [x, y + high + 5.0], self.width);
    }

    /// The most of a channel's name and range that fits under its map, line by line.
    fn label(&self, names: &[String], ranges: &[String], part: Caption) -> Vec<(String, f32)> {
        let last = || Some((names.last()?.clone(), TINY));
        if self.lines > 1 {
            let name = self.first(names).or_else(last);
            let lines = [name, self.first(ranges)];
            return lines.into_iter().flatten().collect();
        }
        if part != Caption::Both && self.is_tight() {
            let found = match part {
                Caption::Name => self.first(names).or_else(last),
                _ => self.first(ranges),
            };
            return found.into_iter().collect();
        }
        let mut all: Vec<String> = names
            .iter()
            .flat_map(|name| ranges.iter().map(move |range| format!("{name}: {range}")))
            .collect();
        all.extend_from_slice(names);
        self.first(&all).or_else(last).into_iter().collect()
    }

    /// What stands above a tower's maps, small enough for their width.
    fn head(&self, page: &mut Page, panel: &Panel, [x, y]: [f32; 2]) {
        let lines = match head_text(panel) {
            [count, values] if self.head_lines > 1 => vec![count, values],
            [count, values] => vec![format!("{count}, {values}")],
        };
        let mut up = 5.0 + HEAD_LINE * (lines.len() - 1) as f32;
        let (text, size) = (tower_caption(&panel.map), self.caption);
        page.text_within(&text, [x, y - up - 9.0], (size, INK), self.width);
        for line in lines {
            page.text_within(&line, [x, y - up], (SMALL, QUIET), self.width);
            up -= HEAD_LINE;
        }
    }
}

/// A map that is zero everywhere: light grey with lines across, which are seen in a small print.
fn hatch(page: &mut Page, [x, y]: [f32; 2], side: f32) {
    page.area([x, y], [side, side], ZERO_GROUND);
    let lines = (side / 3.0).clamp(2.0, 8.0).round();
    let step = 2.0 * side / (lines + 1.0);
    for n in 1..=lines as usize {
        // Where x + y is so much, from the lower left to the upper right.
        let sum = n as f32 * step;
        let (low, high) = ((sum - side).max(0.0), sum.min(side));
        let ends = [[x + low, y + high], [x + high, y + low]];
        page.line(&ends, 0.5, ZERO_HATCH);
    }
    // Its outline, which tells it from paper.
    let corners = [
        [x, y],
        [x + side, y],
        [x + side, y + side],
        [x, y + side],
        [x, y],
    ];
    page.line(&corners, 0.3, ZERO_HATCH);
}
