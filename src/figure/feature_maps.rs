//! The paper's Figure 6: the input, then the feature maps of one layer in each tower as grids of
//! channels, with what the paper leaves out: numbers of channels, ranges of values and a key to
//! the colours. Two networks or two photos are compared on the same scale, with their difference.

use image::RgbImage;

use super::colour_map::colour_bar;
use super::page::{Anchor, Page, points};
use super::{Colour, ColourMap, GridLook, Scale, Stats};
use crate::model::FeatureMap;

/// Widths and sizes in points.
const MARGIN: f32 = 4.0;
/// Between two towers; the numbers of rows stand there.
const BETWEEN: f32 = 15.0;
const HEAD: f32 = 24.0;
const KEY: f32 = 22.0;
const CAPTION: f32 = 8.0;
const SMALL: f32 = 6.0;
/// Smallest text that a print still shows.
const TINY: f32 = 4.0;
/// Cells from this size on are numbered one by one, and from the second on with their range.
const NUMBERED: f32 = 10.0;
const RANGED: f32 = 44.0;
/// Of the width that the input takes beside a tower's.
const INPUT: f32 = 0.62;
const LARGEST_INPUT: f32 = 130.0;
const INK: Colour = [28, 30, 34];
const QUIET: Colour = [96, 102, 112];

/// As many pixels a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Pixels {
    /// As the map has values, or a multiple: for files that are enlarged later.
    #[default]
    Own,
    /// As are drawn on a point.
    PerPoint(f32),
}

/// One network's maps of one face.
pub struct FigureRow<'a> {
    /// What tells this row from another; may be empty.
    pub caption: String,
    pub input: &'a RgbImage,
    /// One entry a tower.
    pub maps: &'a [FeatureMap],
}

/// What is drawn, and how.
pub struct FeatureFigure<'a> {
    /// "conv1_2"
    pub layer: String,
    /// One row, or two that are compared.
    pub rows: Vec<FigureRow<'a>>,
    pub width_mm: f32,
    pub scale: Scale,
    pub colours: ColourMap,
    /// The channels to show, in order; all of them if `None`.
    pub channels: Option<Vec<usize>>,
    pub pixels: Pixels,
}

/// Draws `input` beside the maps, one block a tower. `None` where there is nothing to draw, or
/// more than memory holds.
pub fn figure6(input: &RgbImage, layer: &str, maps: &[FeatureMap]) -> Option<RgbImage> {
    const DPI: f32 = 200.0;
    let row = FigureRow {
        caption: String::new(),
        input,
        maps,
    };
    let figure = FeatureFigure {
        pixels: Pixels::PerPoint(DPI / super::page::POINTS_PER_INCH),
        ..FeatureFigure::new(layer, vec![row])
    };
    figure.page().ok()?.to_image(DPI).ok()
}

impl<'a> FeatureFigure<'a> {
    /// All channels, each from its lowest to its highest value, as wide as a page's text.
    pub fn new(layer: &str, rows: Vec<FigureRow<'a>>) -> Self {
        Self {
            layer: layer.to_owned(),
            rows,
            width_mm: 180.0,
            scale: Scale::Channel,
            colours: ColourMap::Viridis,
            channels: None,
            pixels: Pixels::Own,
        }
    }

    /// Lays the figure out.
    ///
    /// # Errors
    /// If there is nothing to draw, a channel is not there, or two rows have not the same maps.
    pub fn page(&self) -> Result<Page, String> {
        let first = self.rows.first().ok_or("nothing to draw")?;
        self.check(first)?;
        let blocks: Vec<Block> = first
            .maps
            .iter()
            .map(|map| self.block(map, first.maps.len()))
            .collect();
        let tall = blocks.iter().map(Block::height).fold(0.0, f32::max);
        let input_side = (INPUT * blocks[0].width).min(LARGEST_INPUT);
        let row_height = HEAD + tall.max(input_side) + KEY;
        let rows = self.rows.len() + usize::from(self.rows.len() == 2);
        let height = 2.0 * MARGIN + rows as f32 * row_height;
        let mut page = Page::new(points(self.width_mm), height);
        page.fact("Title", format!("Feature maps of {}", self.layer));
        let common = self.common_stats();
        for (r, row) in self.rows.iter().enumerate() {
            let top = MARGIN + r as f32 * row_height + HEAD;
            input(&mut page, row, top, input_side);
            for (t, (map, block)) in row.maps.iter().zip(&blocks).enumerate() {
                let at = [left(input_side, block, t), top];
                self.head(&mut page, map, at);
                self.draw(&mut page, (map, &common[t]), block, at, self.look(block));
            }
        }
        if let [a, b] = &self.rows[..] {
            let top = MARGIN + 2.0 * row_height + HEAD;
            page.text("difference", [MARGIN, top - 14.0], CAPTION, INK);
            page.text("second − first", [MARGIN, top - 5.0], SMALL, QUIET);
            for (t, block) in blocks.iter().enumerate() {
                let map = difference(&a.maps[t], &b.maps[t]);
                let at = [left(input_side, block, t), top];
                self.head(&mut page, &map, at);
                let look = GridLook {
                    scale: Scale::Layer,
                    colours: ColourMap::Signed,
                    ..self.look(block)
                };
                self.draw(&mut page, (&map, &Stats::of_map(&map)), block, at, look);
            }
        }
        Ok(page)
    }

    fn check(&self, first: &FigureRow) -> Result<(), String> {
        if first.maps.is_empty() || first.maps.iter().any(|m| m.channels * m.side == 0) {
            return Err("nothing to draw".into());
        }
        if !(self.width_mm >= 20.0 && self.width_mm <= 2000.0) {
            return Err(format!(
                "a width of {} mm is not in 20 to 2000",
                self.width_mm
            ));
        }
        for channel in self.channels.iter().flatten() {
            for map in first.maps {
                if *channel >= map.channels {
                    return Err(format!(
                        "no channel {channel}: {} {} has 0 to {}",
                        map.tower,
                        self.layer,
                        map.channels - 1
                    ));
                }
            }
        }
        if self.channels.as_ref().is_some_and(Vec::is_empty) {
            return Err("no channels are chosen".into());
        }
        let shape = |row: &FigureRow| -> Vec<(String, usize, usize)> {
            let of = |m: &FeatureMap| (m.tower.clone(), m.channels, m.side);
            row.maps.iter().map(of).collect()
        };
        if self.rows.iter().any(|row| shape(row) != shape(first)) {
            return Err(format!(
                "the two have different maps at {}, so they cannot be compared",
                self.layer
            ));
        }
        Ok(())
    }

    /// For each tower the statistics that the rows have in common.
    fn common_stats(&self) -> Vec<Vec<Stats>> {
        let towers = self.rows.first().map_or(0, |row| row.maps.len());
        let of = |t: usize| {
            let each = self.rows.iter().map(|row| Stats::of_map(&row.maps[t]));
            let both =
                |a: Vec<Stats>, b: Vec<Stats>| a.iter().zip(&b).map(|(a, b)| a.with(b)).collect();
            each.reduce(both).unwrap_or_default()
        };
        (0..towers).map(of).collect()
    }

    fn block(&self, map: &FeatureMap, towers: usize) -> Block {
        let towers = towers as f32;
        let free = points(self.width_mm) - 2.0 * MARGIN - towers * BETWEEN;
        // The input is narrower than a tower and never wider than it may be.
        let width = (free / (towers + INPUT)).max((free - LARGEST_INPUT) / towers);
        let order: Vec<usize> = match &self.channels {
            Some(chosen) => chosen.clone(),
            None => (0..map.channels).collect(),
        };
        let columns = columns(order.len());
        let pitch = width / (columns as f32 - 0.06);
        let cell = 0.94 * pitch;
        let numbers = if cell >= NUMBERED {
            (0.22 * cell).clamp(TINY, SMALL)
        } else {
            0.0
        };
        Block {
            rows: order.len().div_ceil(columns),
            order,
            columns,
            width,
            cell,
            gap: pitch - cell,
            numbers,
        }
    }

    /// A look for a row of a block's cells.
    fn look(&self, block: &Block) -> GridLook {
        GridLook {
            columns: block.columns as u32,
            cell: 0,
            pitch: 0,
            order: Vec::new(),
            scale: self.scale,
            colours: self.colours,
        }
    }

    /// What stands above a tower's maps.
    fn head(&self, page: &mut Page, map: &FeatureMap, [x, y]: [f32; 2]) {
        let caption = format!("{} {}", map.tower, self.layer);
        page.text(&caption, [x, y - 14.0], CAPTION, INK);
        let mut stats = Stats::of_map(map);
        let all = stats.pop().unwrap_or_default();
        let dead = stats.iter().filter(|s| s.is_dead()).count();
        let mut facts = format!(
            "{} of {}×{}, values {} to {}",
            map.channels,
            map.side,
            map.side,
            short(all.min),
            short(all.max)
        );
        if dead > 0 {
            facts.push_str(&format!(", {dead} without signal"));
        }
        page.text(&facts, [x, y - 5.0], SMALL, QUIET);
    }

    /// A tower's grid, its numbers and the key to its colours.
    fn draw(
        &self,
        page: &mut Page,
        (map, stats): (&FeatureMap, &[Stats]),
        block: &Block,
        [x, y]: [f32; 2],
        look: GridLook,
    ) {
        let side = map.side as u32;
        let cell = match self.pixels {
            Pixels::Own => side * 64_u32.div_ceil(side).max(1),
            Pixels::PerPoint(density) => ((block.cell * density).round() as u32).clamp(1, 4096),
        };
        let gap = (block.gap / block.cell * cell as f32).round() as u32;
        let per_pixel = block.cell / cell as f32;
        for (r, row) in block.order.chunks(block.columns).enumerate() {
            let top = y + r as f32 * block.pitch_down();
            let look = GridLook {
                columns: row.len() as u32,
                cell,
                pitch: cell + gap,
                order: row.iter().map(|c| *c as u32).collect(),
                ..look.clone()
            };
            let picture = look.picture_in(map, stats, [255; 3]);
            let width = picture.width() as f32 * per_pixel;
            page.picture(picture, [x, top], [width, block.cell], false);
            if block.numbers > 0.0 {
                let step = (cell + gap) as f32 * per_pixel;
                for (i, channel) in row.iter().enumerate() {
                    let middle = x + i as f32 * step + block.cell / 2.0;
                    let base = top + block.cell + 0.9 * block.numbers;
                    let text = self.number(block, *channel, &stats[*channel], &look);
                    page.text_at(&text, [middle, base], block.numbers, QUIET, Anchor::Middle);
                }
            } else if r % ((TINY * 1.1 / block.pitch_down()).ceil().max(1.0) as usize) == 0 {
                let base = top + block.cell / 2.0 + 0.35 * TINY;
                let first = row[0].to_string();
                page.text_at(&first, [x - 2.0, base], TINY, QUIET, Anchor::End);
            }
        }
        key(
            page,
            map,
            stats,
            [x, y + block.height() + 5.0],
            &look,
            block.width,
        );
    }

    fn number(&self, block: &Block, channel: usize, own: &Stats, look: &GridLook) -> String {
        if block.cell < RANGED {
            return channel.to_string();
        }
        if look.scale == Scale::Channel {
            return format!("{channel}: {} to {}", short(own.min), short(own.max));
        }
        format!("{channel}: at most {}", short(own.max))
    }
}

/// A tower's grid in points.
struct Block {
    order: Vec<usize>,
    columns: usize,
    rows: usize,
    width: f32,
    cell: f32,
    gap: f32,
    /// Size of the number under each cell; 0 for none.
    numbers: f32,
}

impl Block {
    fn pitch_down(&self) -> f32 {
        self.cell + self.gap + 1.1 * self.numbers
    }

    fn height(&self) -> f32 {
        self.rows as f32 * self.pitch_down()
    }
}

fn left(input_side: f32, block: &Block, tower: usize) -> f32 {
    MARGIN + input_side + BETWEEN + tower as f32 * (block.width + BETWEEN)
}

fn input(page: &mut Page, row: &FigureRow, top: f32, side: f32) {
    let caption = if row.caption.is_empty() {
        "input"
    } else {
        &row.caption
    };
    page.text(caption, [MARGIN, top - 14.0], CAPTION, INK);
    let size = format!("{}×{}", row.input.width(), row.input.height());
    page.text(&size, [MARGIN, top - 5.0], SMALL, QUIET);
    page.picture(row.input.clone(), [MARGIN, top], [side; 2], true);
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
    let layer = stats.last().copied().unwrap_or_default();
    let (low, high) = look.range(&layer, &layer);
    let of_channel = look.scale == Scale::Channel;
    let (low, high) = match (of_channel, look.colours.is_signed()) {
        (false, _) => (short(low), short(high)),
        (true, false) => ("lowest".into(), "highest of each channel".into()),
        (true, true) => ("−".into(), "+ of each channel".into()),
    };
    page.picture(colour_bar(look.colours), [x, y], [wide, BAR], true);
    let base = y + BAR + 1.0 + TINY;
    page.text(&low, [x, base], 1.2 * TINY, QUIET);
    page.text_at(&high, [x + wide, base], 1.2 * TINY, QUIET, Anchor::End);
    if look.colours.is_signed() {
        page.text_at(
            "0",
            [x + wide / 2.0, base],
            1.2 * TINY,
            QUIET,
            Anchor::Middle,
        );
    }
    let mut notes = Vec::new();
    if stats.iter().rev().skip(1).any(Stats::is_dead) {
        notes.push("hatched: no signal");
    }
    if map.data.iter().any(|v| !v.is_finite()) {
        notes.push("cyan: not a number");
    }
    if !notes.is_empty() && width - wide > 30.0 {
        let at = [x + wide + 5.0, y + BAR];
        page.text(&notes.join(", "), at, 1.2 * TINY, QUIET);
    } else if !notes.is_empty() {
        page.text(&notes.join(", "), [x, base + 6.0], 1.2 * TINY, QUIET);
    }
}

fn difference(a: &FeatureMap, b: &FeatureMap) -> FeatureMap {
    FeatureMap {
        data: b.data.iter().zip(&a.data).map(|(b, a)| b - a).collect(),
        ..a.clone()
    }
}

/// As square a grid as has no holes; where there is none, as square as it gets.
fn columns(channels: usize) -> usize {
    let root = (channels as f64).sqrt().ceil().max(1.0) as usize;
    (root..=2 * root)
        .find(|c| channels.is_multiple_of(*c))
        .unwrap_or(root)
}

/// A value in three digits.
pub(super) fn short(v: f32) -> String {
    let text = match v.abs() {
        0.0 => return "0".into(),
        a if !(1e-3..1e4).contains(&a) => format!("{v:.1e}"),
        a if a >= 100.0 => format!("{v:.0}"),
        a if a >= 10.0 => format!("{v:.1}"),
        a if a >= 1.0 => format!("{v:.2}"),
        _ => format!("{v:.3}"),
    };
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maps() -> Vec<FeatureMap> {
        ["shared", "landmarks", "attributes"]
            .map(|tower| FeatureMap {
                tower: tower.into(),
                layer: "conv4_1".into(),
                channels: 5,
                side: 16,
                data: (0..5 * 256).map(|v| v as f32).collect(),
            })
            .to_vec()
    }

    fn row<'a>(input: &'a RgbImage, maps: &'a [FeatureMap]) -> FigureRow<'a> {
        FigureRow {
            caption: String::new(),
            input,
            maps,
        }
    }

    #[test]
    fn the_figure_holds_every_channel() {
        let (maps, input) = (maps(), RgbImage::new(128, 128));
        let figure = figure6(&input, "conv4_1", &maps).unwrap();
        let light = figure
            .pixels()
            .filter(|p| p.0 == ColourMap::Viridis.colour(1.0))
            .count();
        assert!(light > 0 && figure.width() > 800);
        assert!(figure6(&input, "conv4_1", &[]).is_none());
        let page = FeatureFigure::new("conv4_1", vec![row(&input, &maps)]);
        let text = page.page().unwrap().encode(super::super::Format::Svg, 1.0);
        let text = String::from_utf8(text.unwrap()).unwrap();
        for word in ["shared conv4_1", "attributes conv4_1", ">4<", "0 to 1279"] {
            assert!(text.contains(word), "{word}");
        }
    }

    #[test]
    fn compared_rows_have_one_scale_and_a_signed_difference() {
        let (low, input) = (maps(), RgbImage::new(128, 128));
        let mut high = low.clone();
        high.iter_mut()
            .for_each(|m| m.data.iter_mut().for_each(|v| *v += 1000.0));
        let mut figure = FeatureFigure {
            scale: Scale::Layer,
            ..FeatureFigure::new("conv4_1", vec![row(&input, &low), row(&input, &high)])
        };
        let common = figure.common_stats();
        assert_eq!((common[1][5].min, common[1][5].max), (0.0, 2279.0));
        let page = figure.page().unwrap();
        let image = page.to_image(100.0).unwrap();
        // A difference of 1000 everywhere is the reddest red.
        let red = ColourMap::Signed.colour(1.0);
        assert!(image.pixels().filter(|p| p.0 == red).count() > 3000);
        let mut fewer = high.clone();
        fewer[0].channels = 4;
        figure.rows[1].maps = &fewer;
        assert!(figure.page().unwrap_err().contains("different maps"));
    }

    #[test]
    fn channels_are_chosen_or_named_as_missing() {
        let (maps, input) = (maps(), RgbImage::new(128, 128));
        let mut figure = FeatureFigure::new("conv4_1", vec![row(&input, &maps)]);
        figure.channels = Some(vec![4, 0]);
        assert!(figure.page().is_ok());
        figure.channels = Some(vec![5]);
        let said = figure.page().unwrap_err();
        assert!(
            said.contains("no channel 5") && said.contains("0 to 4"),
            "{said}"
        );
        figure.channels = Some(Vec::new());
        assert!(figure.page().is_err());
        figure.channels = None;
        figure.width_mm = 5.0;
        assert!(figure.page().unwrap_err().contains("5 mm"));
    }

    #[test]
    fn values_are_written_short() {
        let said = [0.0, 1234.5, 12.34, -1.236, 0.0123, 1e-9].map(short);
        assert_eq!(said, ["0", "1234", "12.3", "−1.24", "0.012", "1.0e−9"]);
    }
}
