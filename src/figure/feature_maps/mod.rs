//! The paper's Figure 6: the input, then the feature maps of one layer in each tower as grids of
//! channels, with what the paper leaves out: numbers of channels, ranges of values and a key to
//! the colours. Two networks or two photos are compared on the same scale, with their difference.

mod block;
mod layout;

use image::RgbImage;

use super::number::decimals;
use super::page::{Anchor, Page, Unit, points};
use super::{ColourMap, GridLook, INK, QUIET, Scale, Stats, Text, WHITE, text_lines};
use crate::model::{FeatureMap, Pair};
use crate::words::{layer_title, title};
use block::{Block, Part};
use layout::{Layout, Place};

/// Widths and sizes in points.
const MARGIN: f32 = 4.0;
/// Between two towers; the numbers of rows stand there.
const BETWEEN: f32 = 15.0;
const HEAD: f32 = 26.0;
const KEY: f32 = 24.0;
const CAPTION: f32 = 8.0;
const SMALL: f32 = 6.0;
/// From one line of notes to the next.
const LINE: f32 = 1.3 * SMALL;
/// A narrower tower shows nothing.
const LEAST_TOWER: f32 = 12.0;
const LARGEST_INPUT: f32 = 130.0;

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
    /// For each map the pairs by which its channels stand beside those of the first row; by their
    /// numbers if there are none.
    pub pairs: Vec<Vec<Pair>>,
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
    /// What the difference of two rows is of.
    pub difference: String,
    /// What else a reader must know, below all; may be empty.
    pub remark: String,
}

/// Draws `input` beside the maps, one block a tower, for 200 dots an inch. `None` where there is
/// nothing to draw, or more than memory holds.
pub fn figure6(input: &RgbImage, layer: &str, maps: &[FeatureMap]) -> Option<RgbImage> {
    let scale = 200.0 / Unit::Point.per_inch();
    let row = FigureRow {
        caption: String::new(),
        input,
        maps,
        pairs: Vec::new(),
    };
    let figure = FeatureFigure {
        pixels: Pixels::PerPoint(scale),
        ..FeatureFigure::new(layer, vec![row])
    };
    figure.page().ok()?.to_image(scale).ok()
}

impl<'a> FeatureFigure<'a> {
    /// All channels, each from its lowest to its highest value, as wide as a page's text.
    pub fn new(layer: &str, rows: Vec<FigureRow<'a>>) -> Self {
        Self {
            layer: layer.to_owned(),
            rows,
            width_mm: 180.0,
            scale: Scale::Channel,
            colours: ColourMap::default(),
            channels: None,
            pixels: Pixels::Own,
            difference: "second − first".into(),
            remark: String::new(),
        }
    }

    /// Lays the figure out.
    ///
    /// # Errors
    /// If there is nothing to draw, a channel is not there, two rows have not the same maps, or the
    /// page has more pixels than a picture may.
    pub fn page(&self) -> Result<Page, String> {
        let first = self.rows.first().ok_or("nothing to draw")?;
        self.check(first)?;
        let orders = self.orders();
        let count = |t: usize| orders.iter().map(|row| row[t].len()).max().unwrap_or(1);
        let counts: Vec<usize> = (0..first.maps.len()).map(count).collect();
        let rows = self.rows.len() + usize::from(self.has_difference());
        let layout = Layout::new(points(self.width_mm), &counts, rows);
        let captions = self.rows.iter().flat_map(|row| row.maps).map(caption);
        let widest = captions.map(|words| Text::new(&words, CAPTION).width);
        let widest = widest.fold(layout.width(), f32::max);
        // All in one size.
        let size = CAPTION * layout.width() / widest;
        let row = |row: Vec<Vec<usize>>| -> Vec<Block> {
            let blocks = row
                .into_iter()
                .map(|order| Block::new(order, &layout, size));
            blocks.collect()
        };
        let blocks: Vec<Vec<Block>> = orders.into_iter().map(row).collect();
        let width = points(self.width_mm);
        let lines = |words: &str| text_lines(words, SMALL, width - 2.0 * MARGIN);
        let mut notes = match rows {
            1 => Vec::new(),
            _ => lines(&self.note()),
        };
        if !self.remark.is_empty() {
            notes.extend(lines(&self.remark));
        }
        let foot = 2.0 * MARGIN + rows as f32 * layout.height;
        let height = foot + notes.len() as f32 * LINE;
        let mut page = Page::new([width, height], Unit::Point, WHITE);
        // Before anything is drawn: the cells alone would take many times what memory holds.
        if let Pixels::PerPoint(density) = self.pixels {
            page.check_pixels(density)?;
        }
        page.fact(
            "Title",
            format!("Feature maps of {}", layer_title(&self.layer)),
        );
        let down = |r: usize| MARGIN + r as f32 * layout.height;
        let place = |t: usize, r: usize| {
            let [x, y] = layout.towers[t];
            [x, down(r) + y]
        };
        let input_place = |r: usize| {
            let Place { at: [x, y], side } = layout.input;
            let at = [x, down(r) + y];
            Place { at, side }
        };
        let stats = self.stats();
        let look = self.look();
        for (r, row) in self.rows.iter().enumerate() {
            input(&mut page, row, &self.caption(r), input_place(r));
            for (t, (map, block)) in row.maps.iter().zip(&blocks[r]).enumerate() {
                let map = (map, &stats[r][t][..]);
                let names = |channel| {
                    let own = row.pair(t, channel).map_or(channel, |pair| pair.partner);
                    vec![own.to_string()]
                };
                // Both have the same ranges, and those under the second are of both.
                let part = match (rows, r) {
                    (3, 0) if self.is_joint() && row.pairs.is_empty() => Part::Name,
                    (1, _) => Part::Both,
                    _ => Part::Range,
                };
                let how = (&look, self.pixels, part);
                block.draw(&mut page, map, place(t, r), how, &names);
            }
        }
        if let [a, b] = &self.rows[..]
            && self.has_difference()
        {
            let look = GridLook {
                // Values that suit the maps do not suit their difference.
                scale: match self.scale {
                    Scale::Channel | Scale::Own => Scale::Channel,
                    Scale::Layer | Scale::Fixed(..) => Scale::Layer,
                },
                colours: ColourMap::Signed,
                joint: false,
                ..look
            };
            side_head(&mut page, ["difference", ""], input_place(2));
            for (t, block) in blocks[0].iter().enumerate() {
                let map = match self.scale {
                    Scale::Own => b.maps[t]
                        .scaled_by_maxima()
                        .minus(&a.maps[t].scaled_by_maxima()),
                    _ => b.maps[t].minus(&a.maps[t]),
                };
                let map = (&map, &Stats::of_map(&map)[..]);
                let names = |channel: usize| {
                    let pair = b.pair(t, channel);
                    pair.map_or_else(|| vec![channel.to_string()], pair_names)
                };
                let how = (&look, self.pixels, Part::Range);
                block.draw(&mut page, map, place(t, 2), how, &names);
            }
        }
        for (n, words) in notes.iter().enumerate() {
            let at = [MARGIN, foot - MARGIN + (n as f32 + 0.8) * LINE];
            page.text(words, at, SMALL, QUIET, Anchor::Start);
        }
        Ok(page)
    }

    /// What is subtracted from what, and in which ranges the maps are coloured.
    fn note(&self) -> String {
        let scaled = match self.scale {
            Scale::Own => {
                "; colours: each channel of each row in its own range; in the difference each \
                 channel is divided by its largest absolute value first"
            }
            _ => "",
        };
        if !self.has_difference() {
            let channels = |row: &FigureRow| {
                let counts = row.maps.iter().map(|map| map.channels.to_string());
                counts.collect::<Vec<_>>().join(", ")
            };
            let counts: Vec<String> = self.rows.iter().map(channels).collect();
            return format!(
                "no difference: the networks have different numbers of channels ({}), none of which \
                 are paired; each row has colours of its own range",
                counts.join(" and ")
            );
        }
        let paired = self
            .rows
            .iter()
            .flat_map(|row| row.pairs.iter().zip(row.maps));
        let alone: Vec<String> = paired
            .filter(|(pairs, map)| !pairs.is_empty() && pairs.len() < map.channels)
            .map(|(pairs, map)| {
                let alone = map.channels - pairs.len();
                format!("{} {alone} of {}", title(&map.tower), map.channels)
            })
            .collect();
        let alone = match alone.is_empty() {
            true => String::new(),
            false => format!("; without a partner, and not shown: {}", alone.join(", ")),
        };
        format!("difference: {}{scaled}{alone}", self.difference)
    }

    /// What stands above a row's input; two of one name are told apart.
    fn caption(&self, row: usize) -> String {
        let own = &self.rows[row].caption;
        match &self.rows[..] {
            [a, b] if a.caption == b.caption && !own.is_empty() => {
                format!("{}: {own}", ["first", "second"][row])
            }
            _ => own.clone(),
        }
    }

    /// Whether the second row's channels can be held against those of the first.
    fn has_difference(&self) -> bool {
        let [a, b] = &self.rows[..] else {
            return false;
        };
        a.maps.iter().zip(b.maps).all(|(a, b)| a.is_like(b))
    }

    /// The channels that are shown, by row and tower: of those that are paired all that have a
    /// partner.
    fn orders(&self) -> Vec<Vec<Vec<usize>>> {
        let pairs = |t: usize| self.rows.iter().find_map(|row| row.pairs.get(t));
        let order = |(t, map): (usize, &FeatureMap)| -> Vec<usize> {
            let all = self.order(map);
            match pairs(t).filter(|pairs| !pairs.is_empty()) {
                Some(pairs) => {
                    let has = |c: &usize| pairs.iter().any(|pair| pair.channel == *c);
                    all.into_iter().filter(has).collect()
                }
                None => all,
            }
        };
        let row = |row: &FigureRow| row.maps.iter().enumerate().map(order).collect();
        self.rows.iter().map(row).collect()
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
            for map in self.rows.iter().flat_map(|row| row.maps) {
                if *channel >= map.channels {
                    return Err(format!(
                        "no channel {channel}: {} {} has 0 to {}",
                        title(&map.tower),
                        layer_title(&self.layer),
                        map.channels - 1
                    ));
                }
            }
        }
        if self.channels.as_ref().is_some_and(Vec::is_empty) {
            return Err("no channels are chosen".into());
        }
        let towers =
            |row: &FigureRow| -> Vec<String> { row.maps.iter().map(|m| m.tower.clone()).collect() };
        if self.rows.iter().any(|row| towers(row) != towers(first)) {
            let words = |row: &FigureRow| {
                let of = |map: &FeatureMap| format!("{} {}", title(&map.tower), map.channels);
                let all: Vec<String> = row.maps.iter().map(of).collect();
                format!("{} has {}", row.caption, all.join(", "))
            };
            let all: Vec<String> = self.rows.iter().map(words).collect();
            return Err(format!(
                "the two have different towers at {}, so they cannot be compared: {}",
                layer_title(&self.layer),
                all.join("; ")
            ));
        }
        for (row, order) in self.rows.iter().zip(self.orders()) {
            let empty = row
                .maps
                .iter()
                .zip(order)
                .find(|(_, order)| order.is_empty());
            if let Some((map, _)) = empty {
                return Err(format!(
                    "no chosen channel of {} {} has a partner",
                    title(&map.tower),
                    layer_title(&self.layer)
                ));
            }
        }
        Ok(())
    }

    /// For each tower of each row its statistics, in the ranges that all rows span.
    fn stats(&self) -> Vec<Vec<Vec<Stats>>> {
        let own = |row: &FigureRow| row.maps.iter().map(Stats::of_map).collect();
        let own: Vec<Vec<Vec<Stats>>> = self.rows.iter().map(own).collect();
        if !self.is_joint() {
            return own;
        }
        let ranged = |r: usize, t: usize| {
            let others = own.iter().enumerate().filter(|(other, _)| *other != r);
            let others = others.map(|(_, row)| &row[t]);
            others.fold(own[r][t].clone(), |own, other| {
                Stats::all_ranged_with(&own, other)
            })
        };
        let row = |r: usize| (0..own[r].len()).map(|t| ranged(r, t)).collect();
        (0..own.len()).map(row).collect()
    }

    /// Whether the colours span the values of both rows.
    fn is_joint(&self) -> bool {
        self.has_difference() && self.scale != Scale::Own
    }

    /// The channels of a tower that are shown.
    fn order(&self, map: &FeatureMap) -> Vec<usize> {
        let all = || (0..map.channels).collect();
        self.channels.clone().unwrap_or_else(all)
    }

    /// Without its cells, which a block places.
    fn look(&self) -> GridLook {
        GridLook {
            columns: 0,
            cell: 0,
            pitch: 0,
            order: Vec::new(),
            scale: self.scale,
            colours: self.colours,
            joint: self.is_joint(),
        }
    }
}

impl FigureRow<'_> {
    /// The pair of a channel of the first row in a tower.
    fn pair(&self, tower: usize, channel: usize) -> Option<&Pair> {
        let mut pairs = self.pairs.get(tower)?.iter();
        pairs.find(|pair| pair.channel == channel)
    }
}

fn input(page: &mut Page, row: &FigureRow, caption: &str, place: Place) {
    let caption = match caption {
        "" => "input",
        caption => caption,
    };
    let size = format!("{} × {}", row.input.width(), row.input.height());
    side_head(page, [caption, &size], place);
    page.picture(row.input.clone(), place.at, [place.side; 2], true);
}

/// What a difference is of, by the names that stand at the rows.
pub fn difference_words(first: &str, second: &str) -> String {
    match first == second {
        true => "second − first".to_owned(),
        false => format!("{second} − {first}"),
    }
}

/// "4 ↔ 7, r 0.67", and shorter.
fn pair_names(pair: &Pair) -> Vec<String> {
    let Pair {
        channel, partner, ..
    } = pair;
    let both = format!("{channel} ↔ {partner}");
    let r = match pair.correlation {
        Some(r) => format!("r {}", decimals(r, 2)),
        None => "no r".into(),
    };
    let short = format!("{channel}, {r}");
    vec![format!("{both}, {r}"), short, channel.to_string()]
}

/// "Landmarks Conv1-2": what stands above a tower's maps.
fn caption(map: &FeatureMap) -> String {
    format!("{} {}", title(&map.tower), layer_title(&map.layer))
}

/// What stands above the input, small enough for its width; a long file below its folder.
fn side_head(page: &mut Page, [caption, note]: [&str; 2], place: Place) {
    let ([x, y], width) = (place.at, place.side);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Format;

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
            pairs: Vec::new(),
        }
    }

    fn svg(figure: &FeatureFigure) -> String {
        let text = figure.page().unwrap().encode(Format::Svg, 1.0);
        String::from_utf8(text.unwrap()).unwrap()
    }

    #[test]
    fn the_figure_holds_every_channel() {
        let (maps, input) = (maps(), RgbImage::new(128, 128));
        let figure = figure6(&input, "conv4_1", &maps).unwrap();
        let light = figure
            .pixels()
            .filter(|p| p.0 == ColourMap::default().colour(1.0))
            .count();
        assert!(light > 0 && figure.width() > 800);
        assert!(figure6(&input, "conv4_1", &[]).is_none());
        let page = FeatureFigure::new("conv4_1", vec![row(&input, &maps)]);
        let text = page.page().unwrap().encode(Format::Svg, 1.0);
        let text = String::from_utf8(text.unwrap()).unwrap();
        for word in [
            "Shared Conv4-1",
            "Attributes Conv4-1",
            "5 maps of 16 × 16",
            ">4: 1024 to 1279<",
            "0 to 1279",
        ] {
            assert!(text.contains(word), "{word}");
        }
        let remark = "the network with Shared Conv1-2: muted 1";
        let remarked = FeatureFigure {
            remark: remark.into(),
            ..page
        };
        assert!(!text.contains(remark) && svg(&remarked).contains(remark));
    }

    #[test]
    fn names_of_a_grid_are_in_one_size() {
        let input = RgbImage::new(64, 64);
        let map = |by: f32| FeatureMap {
            tower: "shared".into(),
            layer: "conv2_1".into(),
            channels: 16,
            side: 8,
            data: (0..16 * 64).map(|v| by * (v % 64) as f32).collect(),
        };
        let [first, second] = [0.07, 0.13].map(|by| vec![map(by)]);
        let rows = vec![row(&input, &first), row(&input, &second)];
        let text = svg(&FeatureFigure::new("conv2_1", rows));
        let mut sizes = std::collections::HashSet::new();
        for line in text.split("<text ").skip(1) {
            let words = line.split(['>', '<']).nth(1).unwrap_or_default();
            let own = words.split_once(": ").map(|(name, _)| name.parse::<u32>());
            if let Some(Ok(_)) = own {
                sizes.insert(line.split('"').nth(5).unwrap().to_owned());
            }
        }
        assert_eq!(sizes.len(), 1, "{sizes:?}");
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
        let stats = figure.stats();
        for row in &stats {
            assert_eq!((row[1][5].min, row[1][5].max), (0.0, 2279.0));
        }
        assert!(stats[0][1][5].mean < 1000.0 && stats[1][1][5].mean > 1000.0);
        let page = figure.page().unwrap();
        let image = page.to_image(1.4).unwrap();
        // A difference of 1000 everywhere is the reddest red.
        let red = ColourMap::Signed.colour(1.0);
        assert!(image.pixels().filter(|p| p.0 == red).count() > 3000);
        let mut fewer = high.clone();
        fewer[0].channels = 4;
        fewer[0].data.truncate(4 * 256);
        figure.rows[1].maps = &fewer;
        // Of different numbers of channels both are shown, and why there is no difference.
        let text = svg(&figure);
        assert!(text.contains("different numbers of channels"), "{text}");
        assert!(text.contains("(5, 5, 5 and 4, 5, 5)") && !text.contains(">difference<"));
        let mut others = fewer.clone();
        others.swap(0, 1);
        figure.rows[1].maps = &others;
        let said = figure.page().unwrap_err();
        assert!(said.contains("different towers at Conv4-1"), "{said}");
        assert!(said.contains("Landmarks 5, Shared 4"), "{said}");
    }

    #[test]
    fn matched_channels_bear_the_numbers_of_their_own_network() {
        let (maps, input) = (maps(), RgbImage::new(128, 128));
        let mut rows = vec![row(&input, &maps), row(&input, &maps)];
        let pair = |channel: usize| Pair {
            channel,
            partner: 71 + channel,
            correlation: [Some(0.67), None, None, Some(-0.2), None][channel],
            best: 0,
            best_correlation: None,
        };
        rows[1].pairs = vec![(0..5).map(pair).collect(); 3];
        let mut figure = FeatureFigure {
            channels: Some(vec![0, 3]),
            difference: "second − first, matched by what the channels answer on ".repeat(4),
            ..FeatureFigure::new("conv4_1", rows)
        };
        let text = svg(&figure);
        for words in [
            ">71: 0 to 255<",
            ">74: 768 to 1023<",
            "of each channel in both",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(text.contains(">0 ↔ 71, r 0.67") && text.contains(">3 ↔ 74, r −0.20"));
        assert!(!text.contains(">72"));
        // What is subtracted is as large as other small text, in as many lines as it needs.
        let lines = text.matches("matched").count();
        assert!(lines >= 4, "{lines}");
        let (all, image) = (figure.page().unwrap(), |p: &Page| p.to_image(1.0).unwrap());
        figure.difference = "short".into();
        let one = figure.page().unwrap();
        assert!(image(&all).height() > image(&one).height());
        let sizes = text.split("font-size=\"").skip(1);
        let sizes = sizes.filter_map(|s| s.split('"').next()?.parse::<f32>().ok());
        assert!(sizes.fold(f32::INFINITY, f32::min) >= 4.0, "{text}");
    }

    #[test]
    fn each_of_two_networks_is_seen_in_its_own_range() {
        let (strong, input) = (maps(), RgbImage::new(128, 128));
        let mut weak = strong.clone();
        let values = weak.iter_mut().flat_map(|m| &mut m.data);
        values.for_each(|v| *v /= 8.0);
        let seen = |scale| {
            let figure = FeatureFigure {
                scale,
                ..FeatureFigure::new("conv4_1", vec![row(&input, &strong), row(&input, &weak)])
            };
            let image = figure.page().unwrap().to_image(1.4).unwrap();
            // Where the difference is zero everywhere, it is hatched.
            let white = [232, 233, 236];
            let count = |is: &dyn Fn([u8; 3]) -> bool| image.pixels().filter(|p| is(p.0)).count();
            let dark = count(&|colour| colour.iter().all(|v| *v < 60));
            (dark, count(&|c| c == white), svg(&figure))
        };
        let (joint, own) = (seen(Scale::Channel), seen(Scale::Own));
        assert!(
            own.0 + 20_000 < joint.0,
            "the weak is black: {} {}",
            own.0,
            joint.0
        );
        // But for their strength both are the same.
        assert!(own.1 > joint.1 + 1000, "{} {}", own.1, joint.1);
        assert!(own.2.contains("largest absolute value") && !joint.2.contains("largest absolute"));
        assert!(!own.2.contains("in both") && joint.2.contains("in both"));
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
        // Narrow towers stand one above the other.
        figure.width_mm = 20.0;
        assert!(figure.page().is_ok());
    }

    #[test]
    fn a_page_of_too_many_pixels_is_refused_before_its_cells_are_drawn() {
        let (maps, input) = (maps(), RgbImage::new(128, 128));
        let mut figure = FeatureFigure {
            width_mm: 2000.0,
            pixels: Pixels::PerPoint(2400.0 / 72.0),
            ..FeatureFigure::new("conv4_1", vec![row(&input, &maps)])
        };
        let began = std::time::Instant::now();
        let said = figure.page().unwrap_err();
        assert!(said.contains("188976 × "), "{said}");
        assert!(began.elapsed().as_secs_f32() < 1.0);
        for density in [f32::NAN, 0.0] {
            figure.pixels = Pixels::PerPoint(density);
            assert!(figure.page().is_err(), "{density}");
        }
        figure.pixels = Pixels::Own;
        assert!(figure.page().is_ok());
    }

    #[test]
    fn a_long_name_stays_above_the_input() {
        let (maps, input) = (maps(), RgbImage::new(128, 128));
        let mut rows = vec![row(&input, &maps)];
        rows[0].caption = "a name that is long, ".repeat(9);
        let page = FeatureFigure::new("conv4_1", rows).page().unwrap();
        let image = page.to_image(2.0).unwrap();
        let side = Layout::new(points(180.0), &[5; 3], 1).input.side;
        let dark = |from: f32, to: f32| {
            let columns = (2.0 * (MARGIN + from)) as u32..(2.0 * (MARGIN + to)) as u32;
            let head = 2 * MARGIN as u32..2 * (MARGIN + HEAD) as u32 - 4;
            columns
                .flat_map(|x| head.clone().map(move |y| (x, y)))
                .any(|(x, y)| image.get_pixel(x, y).0[0] < 200)
        };
        assert!(dark(side - 9.0, side) && !dark(side + 1.0, side + BETWEEN - 1.0));
    }

    #[test]
    fn a_difference_is_scaled_as_the_maps_are() {
        let (low, input) = (maps(), RgbImage::new(128, 128));
        let mut high = low.clone();
        for map in &mut high {
            let plane = map.side * map.side;
            map.data
                .iter_mut()
                .enumerate()
                .for_each(|(i, v)| *v += (1 + i / plane) as f32);
        }
        let red = |scale| {
            let figure = FeatureFigure {
                scale,
                ..FeatureFigure::new("conv4_1", vec![row(&input, &low), row(&input, &high)])
            };
            let image = figure.page().unwrap().to_image(1.4).unwrap();
            let reddest = ColourMap::Signed.colour(1.0);
            image.pixels().filter(|p| p.0 == reddest).count()
        };
        let (layer, channel) = (red(Scale::Layer), red(Scale::Channel));
        assert!(channel > 4 * layer, "{channel} {layer}: each by its own");
        assert_eq!(red(Scale::Fixed(0.0, 1.0)), layer);
    }
}
