//! A tower's maps as a block of cells, with numbers, what stands above and a key to the colours.

use crate::figure::colour_map::colour_bar;
use crate::figure::number::{short, span};
use crate::figure::page::{Anchor, Page};
use crate::figure::{Colour, GridLook, INK, QUIET, Scale, Stats, Text, WHITE, text_lines};
use crate::model::FeatureMap;
use crate::words::counted;

use super::layout::Layout;
use super::{Pixels, SMALL, caption};

/// Smallest text that a print still shows.
const TINY: f32 = 4.0;
/// Of numbers beside the key.
const KEY_TEXT: f32 = 1.2 * TINY;
/// A cell's part of the way to the next one.
const CELL: f32 = 0.94;
/// Height of a line of numbers over their size.
const NUMBER_LINE: f32 = 1.15;
/// Between a map and the numbers under it, and after these, in points.
const ABOVE_NUMBERS: f32 = 1.6;
const BELOW_NUMBERS: f32 = 1.2;
/// Cells from this size on have their number and range in one line.
const ONE_LINE: f32 = 44.0;
/// The ground and the hatch of a map that is zero everywhere.
const ZERO_GROUND: Colour = [232, 233, 236];
const ZERO_HATCH: Colour = [120, 124, 132];
/// Cells from this size on are numbered one by one.
const NUMBERED: f32 = 10.0;

/// What is written under the maps where there is no room for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Both,
    /// The channel's number.
    Name,
    /// What its colours span.
    Range,
}

/// Lengths are in points.
pub(super) struct Block {
    order: Vec<usize>,
    columns: usize,
    pub width: f32,
    cell: f32,
    gap: f32,
    /// From one row of cells to the next.
    down: f32,
    /// Size of the numbers under each cell; 0 for none.
    numbers: f32,
    lines: usize,
    /// Size of what stands above.
    caption: f32,
}

/// Size of the number under each cell that is so far from the next; 0 for none.
pub(super) fn numbers(pitch: f32) -> f32 {
    match CELL * pitch {
        cell if cell >= NUMBERED => (0.18 * cell).clamp(TINY, SMALL),
        _ => 0.0,
    }
}

/// Lines of numbers under each cell that is so far from the next. Where rows are `compared` one
/// has the channels' numbers and the others the ranges.
fn number_lines(pitch: f32, compared: bool) -> usize {
    match CELL * pitch {
        cell if cell >= NUMBERED && compared => 1,
        cell if cell >= ONE_LINE => 1,
        cell if cell >= NUMBERED => 2,
        _ => 0,
    }
}

/// From one row of cells to the next.
pub(super) fn down(pitch: f32, compared: bool) -> f32 {
    match number_lines(pitch, compared) {
        0 => pitch,
        lines => {
            let text = lines as f32 * NUMBER_LINE * numbers(pitch);
            pitch + ABOVE_NUMBERS + text + BELOW_NUMBERS
        }
    }
}

impl Block {
    /// The channels of `order`, under a caption of that size.
    pub fn new(order: Vec<usize>, layout: &Layout, caption: f32) -> Self {
        let pitch = layout.pitch;
        Self {
            order,
            columns: layout.columns,
            width: layout.width(),
            cell: CELL * pitch,
            gap: pitch - CELL * pitch,
            down: down(pitch, layout.compared),
            numbers: numbers(pitch),
            lines: number_lines(pitch, layout.compared),
            caption,
        }
    }

    pub fn height(&self) -> f32 {
        self.order.len().div_ceil(self.columns) as f32 * self.down
    }

    /// Draws the map at `at`, coloured by `look` over the ranges of `stats`; `names` gives what a
    /// channel is called, in full and then shorter.
    pub fn draw(
        &self,
        page: &mut Page,
        (map, stats): (&FeatureMap, &[Stats]),
        [x, y]: [f32; 2],
        (look, pixels, part): (&GridLook, Pixels, Part),
        names: &dyn Fn(usize) -> Vec<String>,
    ) {
        head(
            page,
            map,
            [x, y],
            (self.width, self.caption, self.order.len()),
        );
        let side = map.side as u32;
        let cell = match pixels {
            Pixels::Own => side * 64_u32.div_ceil(side).max(1),
            Pixels::PerPoint(density) => ((self.cell * density).round() as u32).clamp(1, 4096),
        };
        let gap = (self.gap / self.cell * cell as f32).round() as u32;
        let per_pixel = self.cell / cell as f32;
        let step = (cell + gap) as f32 * per_pixel;
        let label = |channel: &usize| {
            let names = names(*channel);
            self.label(names, &stats[*channel], (look, part))
        };
        let labels: Vec<_> = match self.numbers > 0.0 {
            true => self.order.iter().map(label).collect(),
            false => Vec::new(),
        };
        // All in one size, as small as the one that needs the most room.
        let size = |line: usize| {
            let sizes = labels.iter().filter_map(|label| Some(label.get(line)?.1));
            sizes.fold(self.numbers, f32::min)
        };
        let skip = (TINY * 1.1 / self.down).ceil().max(1.0) as usize;
        for (r, row) in self.order.chunks(self.columns).enumerate() {
            let top = y + r as f32 * self.down;
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
            for (i, channel) in row.iter().enumerate() {
                if stats[*channel].is_zero() {
                    hatch(page, [x + i as f32 * step, top], self.cell);
                }
            }
            if self.numbers > 0.0 {
                for (i, label) in labels[r * self.columns..]
                    .iter()
                    .take(row.len())
                    .enumerate()
                {
                    let middle = x + i as f32 * step + self.cell / 2.0;
                    for (line, (text, _)) in label.iter().enumerate() {
                        let down = (line as f32 * NUMBER_LINE + 0.8) * self.numbers;
                        let base = top + self.cell + ABOVE_NUMBERS + down;
                        page.text(text, [middle, base], size(line), QUIET, Anchor::Middle);
                    }
                }
            } else if r % skip == 0 {
                let base = top + self.cell / 2.0 + 0.35 * TINY;
                let first = names(row[0]).pop().unwrap_or_default();
                page.text(&first, [x - 2.0, base], TINY, QUIET, Anchor::End);
            }
        }
        let below = [x, y + self.height() + 5.0];
        let shown = self.order.iter().map(|channel| stats[*channel]);
        let plane = map.side * map.side;
        let planes = self
            .order
            .iter()
            .filter_map(|c| map.data.chunks(plane).nth(*c));
        let told = Told {
            layer: stats.last().copied().unwrap_or_default(),
            zero: shown.filter(Stats::is_zero).count(),
            invalid: planes.flatten().any(|v| !v.is_finite()),
        };
        key(page, &told, below, look, self.width);
    }

    /// The most of a channel's name and range that fits under its map, line by line, and in which
    /// size.
    fn label(
        &self,
        names: Vec<String>,
        own: &Stats,
        (look, part): (&GridLook, Part),
    ) -> Vec<(String, f32)> {
        let room = self.cell + 0.8 * self.gap;
        let fits = |words: &str, size| Text::new(words, size).width <= room;
        let sizes = [self.numbers, TINY];
        let first = |all: &[String]| {
            let ways = all.iter().flat_map(|words| sizes.map(|size| (words, size)));
            let mut ways = ways.filter(|(words, size)| fits(words, *size));
            ways.next().map(|(words, size)| (words.clone(), size))
        };
        let (last, ranges) = (names.last().cloned().unwrap_or_default(), ranges(own, look));
        if self.lines > 1 {
            let name = first(&names).unwrap_or((last, TINY));
            let range = first(&ranges).or_else(|| Some((ranges.last()?.clone(), TINY)));
            return [Some(name), range].into_iter().flatten().collect();
        }
        let both = names.iter().take(1);
        let mut all: Vec<String> = both
            .flat_map(|name| ranges.iter().map(move |range| format!("{name}: {range}")))
            .collect();
        let names_alone = names.clone();
        all.extend(names);
        if part != Part::Both && self.cell < ONE_LINE {
            let alone = if part == Part::Name {
                names_alone
            } else {
                ranges
            };
            let shortest = alone.last().cloned().unwrap_or(last);
            return vec![first(&alone).unwrap_or((shortest, TINY))];
        }
        vec![first(&all).unwrap_or((last, self.numbers))]
    }
}

/// What the colours of a channel span, and shorter.
fn ranges(own: &Stats, look: &GridLook) -> Vec<String> {
    let (low, high) = (own.min, own.max);
    if low.is_nan() {
        return vec!["no number".into(), "–".into()];
    }
    match look.scale {
        Scale::Channel | Scale::Own if look.colours.is_signed() => {
            vec![format!("±{}", short(look.range(own, own).1))]
        }
        Scale::Channel | Scale::Own => {
            let mut all = vec![span(low, high)];
            // What says nothing else begins at zero.
            all.push(match low == 0.0 {
                true => format!("to {}", short(high)),
                false => format!("{}–{}", short(low), short(high)),
            });
            all
        }
        _ => vec![
            format!("at most {}", short(high)),
            format!("to {}", short(high)),
        ],
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

/// What stands above a tower's maps, small enough for their width.
fn head(
    page: &mut Page,
    map: &FeatureMap,
    [x, y]: [f32; 2],
    (width, size, shown): (f32, f32, usize),
) {
    let all = Stats::of_map(map).pop().unwrap_or_default();
    // Of those that are paired or chosen it is not said how many there are.
    let here = if shown == map.channels { "" } else { " shown" };
    let maps = counted(shown, "map");
    let count = format!("{maps} of {} × {}{here}", map.side, map.side);
    let values = format!("values {}", span(all.min, all.max));
    let whole = format!("{count}, {values}");
    let lines = match Text::new(&whole, SMALL).width <= width {
        true => vec![whole],
        false => vec![count, values],
    };
    let mut up = 5.0 + 7.0 * (lines.len() - 1) as f32;
    page.text_within(&caption(map), [x, y - up - 9.0], (size, INK), width);
    for line in lines {
        page.text_within(&line, [x, y - up], (SMALL, QUIET), width);
        up -= 7.0;
    }
}

/// What is said of the maps in sight beside their key.
struct Told {
    layer: Stats,
    zero: usize,
    invalid: bool,
}

/// The colours from the lowest to the highest value, and what they stand for.
fn key(page: &mut Page, told: &Told, [x, y]: [f32; 2], look: &GridLook, width: f32) {
    const BAR: f32 = 4.0;
    let wide = width.min(90.0);
    page.picture(colour_bar(look.colours), [x, y], [wide, BAR], true);
    let base = y + BAR + 1.0 + TINY;
    let (words, mut notes) = key_words(told.layer, look, wide);
    let places = [
        (0.0, Anchor::Start),
        (wide / 2.0, Anchor::Middle),
        (wide, Anchor::End),
    ];
    for (words, (along, anchor)) in words.iter().zip(places) {
        page.text(words, [x + along, base], KEY_TEXT, QUIET, anchor);
    }
    match (told.zero, look.colours.is_signed()) {
        (0, _) => {}
        (zero, true) => notes.push(format!("hatched: {zero} zero everywhere")),
        (zero, false) => notes.push(format!("hatched: {zero} zero on this photo")),
    }
    if told.invalid {
        notes.push("cyan: not a number".into());
    }
    let notes = notes.join(", ");
    let beside = wide + 5.0;
    if beside + text_width(&notes) <= width {
        page.text(
            &notes,
            [x + beside, y + BAR],
            KEY_TEXT,
            QUIET,
            Anchor::Start,
        );
        return;
    }
    for (n, line) in text_lines(&notes, KEY_TEXT, width).iter().enumerate() {
        let at = [x, base + 6.0 + n as f32 * 1.25 * KEY_TEXT];
        page.text(line, at, KEY_TEXT, QUIET, Anchor::Start);
    }
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
