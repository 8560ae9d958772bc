//! A tower's maps as a block of cells, with numbers, what stands above and a key to the colours.

use crate::figure::colour_map::colour_bar;
use std::borrow::Cow;

use crate::figure::number::{brief, short, span};
use crate::figure::page::{Anchor, Page};
use crate::figure::{Colour, GridLook, INK, QUIET, Scale, Stats, Text, WHITE, text_lines};
use crate::model::FeatureMap;
use crate::words::counted;

use super::layout::Layout;
use super::{Pixels, SMALL, caption};

/// From one line of what stands above to the next.
pub(super) const HEAD_LINE: f32 = 7.0;
/// Thickness and largest length of a key's bar, and what follows it in a line.
const BAR: f32 = 4.0;
const LARGEST_KEY: f32 = 90.0;
const BESIDE_KEY: f32 = 5.0;
/// From one line under a key to the next.
pub(super) const KEY_LINE: f32 = 1.25 * KEY_TEXT;
/// Between what is written under a map and under its neighbour, at least.
const APART: f32 = 2.0;
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

/// A tower's maps in one row of the figure.
pub(super) struct Panel<'a> {
    pub map: Cow<'a, FeatureMap>,
    /// Of each channel and of the layer, in the ranges that the colours span.
    pub stats: Vec<Stats>,
    pub look: GridLook,
    /// The channels that are shown, and for each its names, in full and then shorter.
    pub order: Vec<usize>,
    pub names: Vec<Vec<String>>,
    pub part: Part,
    /// How many channels the network has there.
    pub channels: usize,
    /// Those of the map that are held at zero.
    pub muted: Vec<usize>,
}

/// What is written under each map, line by line, and in which size.
pub(super) type Labels = Vec<Vec<(String, f32)>>;

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

/// Size of the number under each cell that is so far from the next; 0 for none.
pub(super) fn numbers(pitch: f32) -> f32 {
    match CELL * pitch {
        cell if cell >= NUMBERED => (0.18 * cell).clamp(TINY, SMALL),
        _ => 0.0,
    }
}

/// Lines of numbers under each cell that is so far from the next. Where rows have `one_line` each,
/// one has the channels' numbers and the others the ranges.
fn number_lines(pitch: f32, one_line: bool) -> usize {
    match CELL * pitch {
        cell if cell >= NUMBERED && one_line => 1,
        cell if cell >= ONE_LINE => 1,
        cell if cell >= NUMBERED => 2,
        _ => 0,
    }
}

/// From one row of cells to the next.
pub(super) fn down(pitch: f32, one_line: bool) -> f32 {
    match number_lines(pitch, one_line) {
        0 => pitch,
        lines => {
            let text = lines as f32 * NUMBER_LINE * numbers(pitch);
            pitch + ABOVE_NUMBERS + text + BELOW_NUMBERS
        }
    }
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
        let ways = all.iter().flat_map(|words| sizes.map(|size| (words, size)));
        let mut ways = ways.filter(|(words, size)| Text::new(words, *size).width <= room);
        ways.next().map(|(words, size)| (words.clone(), size))
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
            let row_look = GridLook {
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
        key(page, panel, [x, y + high + 5.0], self.width);
    }

    /// The most of a channel's name and range that fits under its map, line by line.
    fn label(&self, names: &[String], ranges: &[String], part: Part) -> Vec<(String, f32)> {
        let last = || Some((names.last()?.clone(), TINY));
        if self.lines > 1 {
            let name = self.first(names).or_else(last);
            let lines = [name, self.first(ranges)];
            return lines.into_iter().flatten().collect();
        }
        if part != Part::Both && self.is_tight() {
            let found = match part {
                Part::Name => self.first(names).or_else(last),
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
        let lines = match head_words(panel) {
            [count, values] if self.head_lines > 1 => vec![count, values],
            [count, values] => vec![format!("{count}, {values}")],
        };
        let mut up = 5.0 + HEAD_LINE * (lines.len() - 1) as f32;
        let (words, size) = (caption(&panel.map), self.caption);
        page.text_within(&words, [x, y - up - 9.0], (size, INK), self.width);
        for line in lines {
            page.text_within(&line, [x, y - up], (SMALL, QUIET), self.width);
            up -= HEAD_LINE;
        }
    }
}

impl Panel<'_> {
    /// What the colours of a channel span, and shorter; that it is muted, where it is.
    fn ranges(&self, channel: usize) -> Vec<String> {
        match self.muted.contains(&channel) {
            true => vec!["muted".into()],
            false => ranges(&self.stats[channel], &self.look),
        }
    }

    /// For each map whether what is written under it says its range; of a hatched one none is to be
    /// said.
    pub fn ranges_written(&self, labels: &Labels) -> Vec<bool> {
        let written = |(n, channel): (usize, &usize)| {
            let ranges = self.ranges(*channel);
            let says = |words: &str| {
                let own = words.split_once(": ").map_or(words, |(_, range)| range);
                ranges.iter().any(|range| range == own)
            };
            let mut lines = labels.get(n).into_iter().flatten();
            // A number alone is the channel's own.
            let told = lines.any(|(words, _)| says(words) && !self.names[n].contains(words));
            told || self.stats[*channel].is_zero()
        };
        self.order.iter().enumerate().map(written).collect()
    }
}

/// In how many lines what stands above the maps of a panel is, below its caption.
pub(super) fn head_lines(panel: &Panel, width: f32) -> usize {
    let [count, values] = head_words(panel);
    let whole = Text::new(&format!("{count}, {values}"), SMALL).width;
    1 + usize::from(whole > width)
}

/// How many maps there are, and which values they have.
fn head_words(panel: &Panel) -> [String; 2] {
    let (map, shown) = (&panel.map, panel.order.len());
    let own = Stats::of_map(map);
    let all = own.last().copied().unwrap_or_default();
    let maps = match shown == panel.channels {
        true => counted(shown, "map"),
        // Of those that are paired or chosen it is said how many there are.
        false => format!("{shown} of {}", counted(panel.channels, "map")),
    };
    let count = format!("{maps} of {} × {}", map.side, map.side);
    [count, format!("values {}", span(all.min, all.max))]
}

/// What the colours of a channel span, and shorter.
fn ranges(own: &Stats, look: &GridLook) -> Vec<String> {
    let (low, high) = (own.min, own.max);
    if low.is_nan() {
        return vec!["no number".into(), "–".into()];
    }
    match look.scale {
        Scale::Channel | Scale::Own if look.colours.is_signed() => {
            let reach = look.range(own, own).1;
            vec![format!("±{}", short(reach)), format!("±{}", brief(reach))]
        }
        Scale::Channel | Scale::Own => {
            let mut all = vec![span(low, high)];
            // What says nothing else begins at zero.
            for write in [short, brief] {
                all.push(match low == 0.0 {
                    true => format!("to {}", write(high)),
                    false => format!("{}–{}", write(low), write(high)),
                });
            }
            if low == 0.0 {
                all.push(brief(high));
            }
            all
        }
        _ => vec![
            format!("at most {}", short(high)),
            format!("to {}", short(high)),
            format!("to {}", brief(high)),
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

/// The colours from the lowest to the highest value, and what they stand for.
fn key(page: &mut Page, panel: &Panel, [x, y]: [f32; 2], width: f32) {
    let wide = width.min(LARGEST_KEY);
    page.picture(colour_bar(panel.look.colours), [x, y], [wide, BAR], true);
    let base = y + BAR + 1.0 + TINY;
    let layer = panel.stats.last().copied().unwrap_or_default();
    let (words, _) = key_words(layer, &panel.look, wide);
    let places = [
        (0.0, Anchor::Start),
        (wide / 2.0, Anchor::Middle),
        (wide, Anchor::End),
    ];
    for (words, (along, anchor)) in words.iter().zip(places) {
        page.text(words, [x + along, base], KEY_TEXT, QUIET, anchor);
    }
    match key_notes(panel, width) {
        KeyNotes::Beside(notes) => {
            let at = [x + wide + BESIDE_KEY, y + BAR];
            page.text(&notes, at, KEY_TEXT, QUIET, Anchor::Start);
        }
        KeyNotes::Below(lines) => {
            for (n, line) in lines.iter().enumerate() {
                let at = [x, base + 6.0 + n as f32 * KEY_LINE];
                page.text(line, at, KEY_TEXT, QUIET, Anchor::Start);
            }
        }
    }
}

enum KeyNotes {
    Beside(String),
    Below(Vec<String>),
}

/// How many lines stand under a panel's key.
pub(super) fn key_lines(panel: &Panel, width: f32) -> usize {
    match key_notes(panel, width) {
        KeyNotes::Beside(_) => 0,
        KeyNotes::Below(lines) => lines.len(),
    }
}

/// What is said of a key's colours, and of the maps in sight that have none of them.
fn key_notes(panel: &Panel, width: f32) -> KeyNotes {
    let (look, wide) = (&panel.look, width.min(LARGEST_KEY));
    let layer = panel.stats.last().copied().unwrap_or_default();
    let (_, mut notes) = key_words(layer, look, wide);
    let zero = panel.order.iter().filter(|c| panel.stats[**c].is_zero());
    let (muted, zero): (Vec<usize>, Vec<usize>) = zero.partition(|c| panel.muted.contains(c));
    let whence = match look.colours.is_signed() {
        true => "everywhere",
        false => "on this photo",
    };
    let hatched = [
        (zero.len(), format!("{} zero {whence}", zero.len())),
        (muted.len(), format!("{} muted", muted.len())),
    ];
    let hatched = hatched.into_iter().filter(|(n, _)| *n > 0).map(|(_, w)| w);
    let hatched: Vec<String> = hatched.collect();
    if !hatched.is_empty() {
        notes.push(format!("hatched: {}", hatched.join(", ")));
    }
    let plane = panel.map.side * panel.map.side;
    let plane_of = |c: &usize| panel.map.data.get(c * plane..(c + 1) * plane);
    let mut planes = panel.order.iter().filter_map(plane_of).flatten();
    if planes.any(|v| !v.is_finite()) {
        notes.push("cyan: not a number".into());
    }
    let notes = notes.join(", ");
    match wide + BESIDE_KEY + text_width(&notes) <= width {
        true => KeyNotes::Beside(notes),
        false => KeyNotes::Below(text_lines(&notes, KEY_TEXT, width)),
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
