//! A tower's maps as a block of cells, with numbers, what stands above and a key to the colours.

use crate::figure::colour_map::colour_bar;
use crate::figure::number::short;
use crate::figure::page::{Anchor, Page};
use crate::figure::{GridLook, INK, QUIET, Scale, Stats, Text, WHITE};
use crate::model::FeatureMap;

use super::layout::Layout;
use super::{CAPTION, Pixels, SMALL};

/// Smallest text that a print still shows.
const TINY: f32 = 4.0;
/// Of numbers beside the key.
const KEY_TEXT: f32 = 1.2 * TINY;
/// A cell's part of the way to the next one.
const CELL: f32 = 0.94;
/// Height of a line of numbers over their size.
const NUMBER_LINE: f32 = 1.1;
/// Cells from this size on are numbered one by one.
const NUMBERED: f32 = 10.0;

/// Lengths are in points.
pub(super) struct Block {
    order: Vec<usize>,
    columns: usize,
    pub width: f32,
    cell: f32,
    gap: f32,
    /// Size of the number under each cell; 0 for none.
    numbers: f32,
}

/// Size of the number under each cell that is so far from the next; 0 for none.
pub(super) fn numbers(pitch: f32) -> f32 {
    match CELL * pitch {
        cell if cell >= NUMBERED => (0.18 * cell).clamp(TINY, SMALL),
        _ => 0.0,
    }
}

/// From one row of cells to the next.
pub(super) fn down(pitch: f32) -> f32 {
    pitch + NUMBER_LINE * numbers(pitch)
}

impl Block {
    /// The channels of `order`.
    pub fn new(order: Vec<usize>, layout: &Layout) -> Self {
        let pitch = layout.pitch;
        Self {
            order,
            columns: layout.columns,
            width: layout.width(),
            cell: CELL * pitch,
            gap: pitch - CELL * pitch,
            numbers: numbers(pitch),
        }
    }

    fn pitch_down(&self) -> f32 {
        self.cell + self.gap + NUMBER_LINE * self.numbers
    }

    pub fn height(&self) -> f32 {
        self.order.len().div_ceil(self.columns) as f32 * self.pitch_down()
    }

    /// Draws the map at `at`, coloured by `look` over the ranges of `stats`; `names` gives what a
    /// channel is called, in full and then shorter.
    pub fn draw(
        &self,
        page: &mut Page,
        (map, stats): (&FeatureMap, &[Stats]),
        [x, y]: [f32; 2],
        (look, pixels): (&GridLook, Pixels),
        names: &dyn Fn(usize) -> Vec<String>,
    ) {
        head(page, map, [x, y], self.width);
        let side = map.side as u32;
        let cell = match pixels {
            Pixels::Own => side * 64_u32.div_ceil(side).max(1),
            Pixels::PerPoint(density) => ((self.cell * density).round() as u32).clamp(1, 4096),
        };
        let gap = (self.gap / self.cell * cell as f32).round() as u32;
        let per_pixel = self.cell / cell as f32;
        let step = (cell + gap) as f32 * per_pixel;
        let skip = (TINY * 1.1 / self.pitch_down()).ceil().max(1.0) as usize;
        for (r, row) in self.order.chunks(self.columns).enumerate() {
            let top = y + r as f32 * self.pitch_down();
            let row_look = GridLook {
                columns: row.len() as u32,
                cell,
                pitch: cell + gap,
                order: row.iter().map(|c| *c as u32).collect(),
                ..look.clone()
            };
            let picture = row_look.picture_in(map, stats, WHITE);
            let width = picture.width() as f32 * per_pixel;
            page.picture(picture, [x, top], [width, self.cell], false);
            if self.numbers > 0.0 {
                for (i, channel) in row.iter().enumerate() {
                    let middle = x + i as f32 * step + self.cell / 2.0;
                    let base = top + self.cell + 0.95 * self.numbers;
                    let (text, size) = self.label(names(*channel), &stats[*channel], look);
                    page.text(&text, [middle, base], size, QUIET, Anchor::Middle);
                }
            } else if r % skip == 0 {
                let base = top + self.cell / 2.0 + 0.35 * TINY;
                let first = names(row[0]).pop().unwrap_or_default();
                page.text(&first, [x - 2.0, base], TINY, QUIET, Anchor::End);
            }
        }
        let below = [x, y + self.height() + 5.0];
        key(page, map, stats, below, look, self.width);
    }

    /// The most of a channel's name and range that fits under its map, and in which size.
    fn label(&self, mut names: Vec<String>, own: &Stats, look: &GridLook) -> (String, f32) {
        let range = match look.scale {
            Scale::Channel | Scale::Own if look.colours.is_signed() => {
                format!("±{}", short(look.range(own, own).1))
            }
            Scale::Channel | Scale::Own => format!("{} to {}", short(own.min), short(own.max)),
            _ => format!("at most {}", short(own.max)),
        };
        if let Some(name) = names.first() {
            names.insert(0, format!("{name}: {range}"));
        }
        let fits = |words: &str, size| Text::new(words, size).width <= self.cell + self.gap / 2.0;
        let sizes = [self.numbers, TINY];
        let last = names.pop().unwrap_or_default();
        for words in names {
            if let Some(size) = sizes.into_iter().find(|size| fits(&words, *size)) {
                return (words, size);
            }
        }
        (last, self.numbers)
    }
}

/// What stands above a tower's maps, small enough for their width.
fn head(page: &mut Page, map: &FeatureMap, [x, y]: [f32; 2], width: f32) {
    let caption = format!("{} {}", map.tower, map.layer);
    let all = Stats::of_map(map).pop().unwrap_or_default();
    let facts = format!(
        "{} of {}×{}, values {} to {}",
        map.channels,
        map.side,
        map.side,
        short(all.min),
        short(all.max)
    );
    page.text_within(&caption, [x, y - 14.0], (CAPTION, INK), width);
    page.text_within(&facts, [x, y - 5.0], (SMALL, QUIET), width);
}

/// The colours from the lowest to the highest value, and what they stand for.
fn key(
    page: &mut Page,
    map: &FeatureMap,
    stats: &[Stats],
    [x, y]: [f32; 2],
    look: &GridLook,
    width: f32,
) {
    const BAR: f32 = 4.0;
    let wide = width.min(90.0);
    page.picture(colour_bar(look.colours), [x, y], [wide, BAR], true);
    let base = y + BAR + 1.0 + TINY;
    let (words, mut notes) = key_words(stats.last().copied().unwrap_or_default(), look, wide);
    let places = [
        (0.0, Anchor::Start),
        (wide / 2.0, Anchor::Middle),
        (wide, Anchor::End),
    ];
    for (words, (along, anchor)) in words.iter().zip(places) {
        page.text(words, [x + along, base], KEY_TEXT, QUIET, anchor);
    }
    match stats.iter().rev().skip(1).filter(|s| s.is_zero()).count() {
        0 => {}
        zero => notes.push(format!("hatched: {zero} zero on this photo")),
    }
    if map.data.iter().any(|v| !v.is_finite()) {
        notes.push("cyan: not a number".into());
    }
    let notes = notes.join(", ");
    let beside = wide + 5.0;
    let at = match beside + text_width(&notes) <= width {
        true => [x + beside, y + BAR],
        false => [x, base + 6.0],
    };
    page.text(&notes, at, KEY_TEXT, QUIET, Anchor::Start);
}

/// What the lowest, the middle and the highest colour of a key of this width mean, and what is to
/// be said besides.
fn key_words(layer: Stats, look: &GridLook, wide: f32) -> ([String; 3], Vec<String>) {
    let of_each = format!("of {}", look.whose());
    let signed = look.colours.is_signed();
    let zero = if signed { "0" } else { "" }.to_owned();
    if !matches!(look.scale, Scale::Channel | Scale::Own) {
        let (low, high) = look.range(&layer, &layer);
        // A fixed range and that of the one layer above speak for themselves.
        let notes = match look.joint && look.scale == Scale::Layer {
            true => vec![of_each],
            false => Vec::new(),
        };
        return ([short(low), zero, short(high)], notes);
    }
    let (low, high) = if signed {
        ("−", "+")
    } else {
        ("lowest", "highest")
    };
    let whole = format!("{high} {of_each}");
    // The end of a signed scale stands under the end of its bar.
    let (high, notes) = match !signed && text_width(&format!("{low}  0  {whole}")) <= wide {
        true => (whole, Vec::new()),
        false => (high.to_owned(), vec![of_each]),
    };
    ([low.to_owned(), zero, high], notes)
}

fn text_width(words: &str) -> f32 {
    Text::new(words, KEY_TEXT).width
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::ColourMap;

    #[test]
    fn a_narrow_key_says_beside_it_what_it_is_of() {
        let layer = Stats {
            min: -1.0,
            max: 2.5,
            ..Stats::default()
        };
        for colours in [ColourMap::Viridis, ColourMap::Signed] {
            let look = GridLook {
                colours,
                scale: Scale::Channel,
                ..GridLook::all(3, 3, 16, 2)
            };
            let (wide, none) = key_words(layer, &look, 90.0);
            match look.colours.is_signed() {
                true => assert!(wide[2] == "+" && none == ["of each channel"]),
                false => assert!(wide[2].ends_with("of each channel") && none.is_empty()),
            }
            let (narrow, notes) = key_words(layer, &look, 30.0);
            assert!(narrow.iter().all(|w| text_width(w) < 20.0), "{narrow:?}");
            assert_eq!(notes, ["of each channel"]);
            let look = GridLook {
                scale: Scale::Layer,
                ..look
            };
            let (ends, notes) = key_words(layer, &look, 30.0);
            assert!(ends[2].starts_with("2.5") && notes.is_empty(), "{ends:?}");
        }
    }
}
