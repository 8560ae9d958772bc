//! The paper's Figure 6: the input, then the feature maps of one layer in each tower as grids of
//! channels, with what the paper leaves out: numbers of channels, ranges of values and a key to
//! the colours. Two networks or two photos are compared on the same scale, with their difference.

mod block;
mod layout;

use std::borrow::Cow;

use image::RgbImage;

use super::number::decimals;
use super::page::{Anchor, Page, Unit, points};
use super::{ColourMap, GridLook, INK, QUIET, Scale, Stats, Text, WHITE, text_lines};
use crate::model::FeatureMap;
use crate::study::{Matching, Pair};
use crate::words::{layer_title, title};
use block::{Block, HEAD_LINE, KEY_LINE, Labels, Panel, Part, head_lines, key_lines};
use layout::{Around, Layout, Place};

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
/// Of compared maps, how large they are at least with two lines under each, beside with one.
const ROOMY: f32 = 0.8;

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
#[derive(Clone)]
pub struct FigureRow<'a> {
    /// What tells this row from another; may be empty.
    pub caption: String,
    pub input: &'a RgbImage,
    /// One entry a tower.
    pub maps: &'a [FeatureMap],
    /// For each map the pairs by which its channels stand beside those of the first row; by their
    /// numbers if there are none.
    pub matching: Vec<Matching>,
    /// Over which faces the pairs were found.
    pub matched_over: String,
    /// For each map the channels that are held at zero, by their own network's numbers.
    pub muted: Vec<Vec<usize>>,
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
    let row = FigureRow::new(input, maps);
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
        let mut laid = self.laid(false);
        // What has no room under the maps is said below all, which takes room itself.
        if self.each_has_its_range() && laid.misses_ranges() {
            laid = self.laid(true);
        }
        let Laid {
            panels,
            notes,
            layout,
            block,
            labels,
        } = laid;
        let (width, below) = (points(self.width_mm), below(&notes));
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
        page.fact(
            "Title",
            format!("Feature maps of {}", layer_title(&self.layer)),
        );
        let mut top = MARGIN;
        let lift = HEAD_LINE * (block.head_lines() - 1) as f32;
        for (r, (row, labels)) in panels.iter().zip(&labels).enumerate() {
            let Place { at: [x, y], side } = layout.input;
            let place = Place {
                at: [x, top + y],
                side,
            };
            match self.rows.get(r) {
                Some(row) => input(&mut page, row, &self.caption(r), (place, lift)),
                None => side_head(&mut page, ["difference", ""], (place, lift)),
            }
            for ((panel, labels), [x, y]) in row.iter().zip(labels).zip(&layout.towers) {
                let place = [*x, top + y];
                block.draw(&mut page, panel, place, self.pixels, (labels, size));
            }
            top += layout.heights[r];
        }
        for (n, words) in notes.iter().enumerate() {
            let at = [MARGIN, foot - MARGIN + (n as f32 + 0.8) * LINE];
            page.text(words, at, SMALL, QUIET, Anchor::Start);
        }
        Ok(page)
    }

    /// The maps with what is written around them, and below all, where `said`, that each channel has a
    /// range of its own.
    fn laid(&self, said: bool) -> Laid<'_> {
        let width = points(self.width_mm);
        let mut panels = self.panels();
        let notes = self.notes(said);
        let captions = self.rows.iter().flat_map(|row| row.maps).map(caption);
        let widest = captions.map(|words| Text::new(&words, CAPTION).width);
        let widest = widest.fold(0.0, f32::max);
        let block = |(layout, head_lines): &(Layout, usize)| {
            // All in one size.
            let size = CAPTION * (layout.text / widest).min(1.0);
            Block::new(layout, size, *head_lines)
        };
        let mut layout = laid_out(width, &panels, below(&notes), panels.len() > 2);
        if panels.len() > 2 && block(&layout).is_tight() {
            // Each number and range under its own map, where that costs little of their size.
            let roomy = laid_out(width, &panels, below(&notes), false);
            let large = roomy.0.pitch >= ROOMY * layout.0.pitch && roomy.0.fits(width);
            let (own, mut all) = (block(&roomy), panels.iter().flatten());
            if large && all.all(|panel| own.holds(panel)) {
                layout = roomy;
            }
        }
        let block = block(&layout);
        if block.is_tight() {
            share_labels(&mut panels, &block);
        }
        let labels = |row: &Vec<Panel>| row.iter().map(|panel| block.labels(panel)).collect();
        let labels: Vec<Vec<Labels>> = panels.iter().map(labels).collect();
        Laid {
            panels,
            notes,
            layout: layout.0,
            block,
            labels,
        }
    }

    /// Whether colours span each channel's values, which the keys do not tell.
    fn each_has_its_range(&self) -> bool {
        matches!(self.scale, Scale::Channel | Scale::Own)
    }

    /// What stands below all, line by line; where `ranges`, that each channel has one of its own.
    fn notes(&self, ranges: bool) -> Vec<String> {
        let width = points(self.width_mm) - 2.0 * MARGIN;
        let mut notes = match self.rows.len() {
            1 => Vec::new(),
            _ => text_lines(&self.note(), SMALL, width),
        };
        // Where each row has its own ranges that is said above.
        if ranges && self.scale != Scale::Own {
            let words = match self.is_joint() {
                true => {
                    "colours: each channel in its own range, the same in both rows; in the \
                     difference each in its own too"
                }
                false => "colours: each channel in its own range",
            };
            notes.extend(text_lines(words, SMALL, width));
        }
        if !self.remark.is_empty() {
            notes.extend(text_lines(&self.remark, SMALL, width));
        }
        notes
    }

    /// What stands in each row, tower by tower; the difference last.
    fn panels(&self) -> Vec<Vec<Panel<'_>>> {
        let (orders, stats, look) = (self.orders(), self.stats(), self.look());
        let matched = self.rows.iter().any(|row| !row.matching.is_empty());
        let compared = self.has_difference();
        let mut rows: Vec<Vec<Panel>> = Vec::new();
        for (r, row) in self.rows.iter().enumerate() {
            let panel = |(t, map): (usize, &'a FeatureMap)| {
                let order = orders[r][t].clone();
                let names = |channel: &usize| match row.pair(t, *channel) {
                    Some(pair) => pair_names(pair),
                    None => vec![channel.to_string()],
                };
                let matching = row.matching.get(t);
                Panel {
                    map: Cow::Borrowed(map),
                    stats: stats[r][t].clone(),
                    look: look.clone(),
                    names: order.iter().map(names).collect(),
                    // Both have the same ranges, and those under the second are of both.
                    part: match (compared, r) {
                        (true, 0) if self.is_joint() || matched => Part::Name,
                        (true, _) => Part::Range,
                        (false, _) => Part::Both,
                    },
                    channels: matching.map_or(map.channels, |m| m.channels[1]),
                    muted: order.iter().copied().filter(|c| row.mutes(t, *c)).collect(),
                    order,
                }
            };
            rows.push(row.maps.iter().enumerate().map(panel).collect());
        }
        if let [a, b] = &self.rows[..]
            && compared
        {
            let difference = rows[0].iter().zip(&rows[1]).enumerate();
            let difference = difference.map(|(t, (first, second))| {
                let mut map = match self.scale {
                    Scale::Own => b.maps[t]
                        .scaled_by_maxima()
                        .minus(&a.maps[t].scaled_by_maxima()),
                    _ => b.maps[t].minus(&a.maps[t]),
                };
                // Between a map and nothing there is no difference.
                let all = first.muted.iter().chain(&second.muted);
                let mut muted: Vec<usize> = all.copied().collect();
                muted.sort_unstable();
                muted.dedup();
                map.silence(&muted);
                let names = |channel: &usize| match b.pair(t, *channel) {
                    Some(pair) => {
                        let both = format!("{channel} ↔ {}", pair.partner);
                        vec![both, channel.to_string()]
                    }
                    None => vec![channel.to_string()],
                };
                Panel {
                    stats: Stats::of_map(&map),
                    map: Cow::Owned(map),
                    look: GridLook {
                        // Values that suit the maps do not suit their difference.
                        scale: match self.scale {
                            Scale::Channel | Scale::Own => Scale::Channel,
                            Scale::Layer | Scale::Fixed(..) => Scale::Layer,
                        },
                        colours: ColourMap::Signed,
                        joint: false,
                        ..look.clone()
                    },
                    order: first.order.clone(),
                    names: first.order.iter().map(names).collect(),
                    part: match self.is_joint() || matched {
                        true => Part::Range,
                        // Ranges stand under both.
                        false => Part::Name,
                    },
                    channels: b.matching.get(t).map_or(first.channels, |m| m.pairs.len()),
                    muted,
                }
            });
            let difference: Vec<Panel> = difference.collect();
            rows.push(difference);
        }
        rows
    }

    /// What is subtracted from what, in which ranges the maps are coloured, and which channels stand
    /// beside which.
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
        let matched = self.rows.iter().find(|row| !row.matching.is_empty());
        let matched = matched.map_or(String::new(), |row| {
            let alone = alone_words(&row.matching);
            let means = means_words(&row.matching);
            let over = &row.matched_over;
            format!("; channels matched by correlation over {over}: {means}{alone}")
        });
        format!("difference: {}{scaled}{matched}", self.difference)
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
        let matching = |t: usize| self.rows.iter().find_map(|row| row.matching.get(t));
        let order = |(t, map): (usize, &FeatureMap)| -> Vec<usize> {
            let all = self.order(map);
            match matching(t) {
                Some(matching) => {
                    let has = |c: &usize| matching.pair(*c).is_some();
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

impl<'a> FigureRow<'a> {
    /// Channels by their numbers, all of which are heard.
    pub fn new(input: &'a RgbImage, maps: &'a [FeatureMap]) -> Self {
        Self {
            caption: String::new(),
            input,
            maps,
            matching: Vec::new(),
            matched_over: String::new(),
            muted: Vec::new(),
        }
    }

    /// The pair of a channel of the first row in a tower.
    fn pair(&self, tower: usize, channel: usize) -> Option<&Pair> {
        self.matching.get(tower)?.pair(channel)
    }

    /// Whether what stands at a channel of the first row is held at zero.
    fn mutes(&self, tower: usize, channel: usize) -> bool {
        let own = self.pair(tower, channel).map_or(channel, |p| p.partner);
        self.muted.get(tower).is_some_and(|all| all.contains(&own))
    }
}

/// A page's maps, and what is written above, below and under them.
struct Laid<'a> {
    panels: Vec<Vec<Panel<'a>>>,
    notes: Vec<String>,
    layout: Layout,
    block: Block,
    labels: Vec<Vec<Labels>>,
}

impl Laid<'_> {
    /// Whether the range of any map stands neither under it nor, where two rows have the same, under
    /// the other.
    fn misses_ranges(&self) -> bool {
        let written = |r: usize, t: usize| -> Vec<bool> {
            let both = self.panels.get(r).zip(self.labels.get(r));
            let both = both.and_then(|(panels, labels)| panels.get(t).zip(labels.get(t)));
            both.map_or(Vec::new(), |(panel, labels)| panel.ranges_written(labels))
        };
        let misses = |r: usize, panel: (usize, &Panel)| {
            let (t, other) = (panel.0, 1 - r.min(1));
            let own = written(r, t);
            let shared = match panel.1.look.joint {
                true => written(other, t),
                false => Vec::new(),
            };
            let all = own.iter().enumerate();
            all.into_iter()
                .any(|(n, own)| !own && !shared.get(n).copied().unwrap_or(false))
        };
        let mut rows = self.panels.iter().enumerate();
        rows.any(|(r, row)| row.iter().enumerate().any(|panel| misses(r, panel)))
    }
}

/// Height of what stands below the maps.
fn below(notes: &[String]) -> f32 {
    2.0 * MARGIN + notes.len() as f32 * LINE
}

/// The layout of a page, below whose maps so much is written, and in how many lines the words above
/// each tower's maps are; in `one_line` rows share what is written under their maps.
fn laid_out(width: f32, panels: &[Vec<Panel>], below: f32, one_line: bool) -> (Layout, usize) {
    let counts = |row: &Vec<Panel>| row.iter().map(|panel| panel.order.len()).collect();
    let counts: Vec<Vec<usize>> = panels.iter().map(counts).collect();
    let mut around = Around {
        one_line,
        taken: below,
        ..Around::default()
    };
    let mut lines = 1;
    loop {
        let layout = Layout::new(width, &counts, around);
        // Words that need more room than they have make it, and maps perhaps smaller.
        let all = || panels.iter().flatten();
        let heads = all().map(|panel| head_lines(panel, layout.text));
        let keys = all().map(|panel| key_lines(panel, layout.text));
        lines = heads.fold(lines, usize::max);
        let wanted = Around {
            head: HEAD + HEAD_LINE * (lines - 1) as f32,
            key: KEY + KEY_LINE * keys.fold(1, usize::max).saturating_sub(1) as f32,
            ..around
        };
        if wanted.head <= around.head && wanted.key <= around.key {
            return (layout, lines);
        }
        around.head = around.head.max(wanted.head);
        around.key = around.key.max(wanted.key);
    }
}

/// Of maps that have room for one short word each: where there are pairs, the first row has the
/// channels' numbers, the second those of their partners and how well they match, or the
/// difference's has that.
fn share_labels(panels: &mut [Vec<Panel>], block: &Block) {
    let [_, second, difference] = panels else {
        return;
    };
    let pairs = || second.iter().flat_map(|panel| &panel.names);
    if pairs().all(|names| names.len() < 2) {
        return;
    }
    // The longest form that fits under all, so that they read alike.
    let fits = |form: &usize| {
        let one = |names: &Vec<String>| block.first(names.get(*form..=*form)?).map(|_| ());
        pairs().all(|names| one(names).is_some())
    };
    let last = pairs().map(Vec::len).min().unwrap_or(1).saturating_sub(1);
    let form = (0..last).find(fits).unwrap_or(last);
    for (second, difference) in second.iter_mut().zip(difference) {
        second.part = Part::Name;
        let all = second.names.iter_mut().zip(&mut difference.names);
        for (names, below) in all {
            // The shortest has the partner alone.
            let whole = names.get(last.saturating_sub(1)).filter(|_| form == last);
            if let Some((_, r)) = whole.and_then(|words| words.split_once(" · ")) {
                *below = vec![format!("r {r}"), r.to_owned()];
                difference.part = Part::Name;
            }
            names.drain(..form);
        }
    }
}

/// "mean r 0.61 Shared, 0.44 Landmarks".
fn means_words(matching: &[Matching]) -> String {
    let mean = |m: &Matching| match m.mean() {
        Some(r) => format!("{} {}", decimals(r, 2), title(&m.tower)),
        None => format!("– {}", title(&m.tower)),
    };
    let means: Vec<String> = matching.iter().map(mean).collect();
    format!("mean r {}", means.join(", "))
}

/// Which of either network's channels are in no pair.
fn alone_words(matching: &[Matching]) -> String {
    let of = |(side, whose): (usize, &str)| -> Vec<String> {
        let alone = matching.iter().filter(|m| m.pairs.len() < m.channels[side]);
        let words = alone.map(|m| {
            let (alone, all) = (m.channels[side] - m.pairs.len(), m.channels[side]);
            format!("{} {alone} of {all}{whose}", title(&m.tower))
        });
        words.collect()
    };
    let all = [(0, ""), (1, " of the second")].map(of).concat();
    match all.is_empty() {
        true => String::new(),
        false => format!("; without a partner, and not shown: {}", all.join(", ")),
    }
}

fn input(page: &mut Page, row: &FigureRow, caption: &str, (place, lift): (Place, f32)) {
    let caption = match caption {
        "" => "input",
        caption => caption,
    };
    let size = format!("{} × {}", row.input.width(), row.input.height());
    side_head(page, [caption, &size], (place, lift));
    page.picture(row.input.clone(), place.at, [place.side; 2], true);
}

/// What a difference is of, by the names that stand at the rows.
pub fn difference_words(first: &str, second: &str) -> String {
    match first == second {
        true => "second − first".to_owned(),
        false => format!("{second} − {first}"),
    }
}

/// "4 ↔ 7, r .67", and shorter and shorter.
fn pair_names(pair: &Pair) -> Vec<String> {
    let Pair {
        channel, partner, ..
    } = pair;
    let r = pair.correlation.map_or("–".into(), short_correlation);
    vec![
        format!("{channel} ↔ {partner}, r {r}"),
        format!("{partner}, r {r}"),
        format!("{partner} · {r}"),
        partner.to_string(),
    ]
}

/// ".83".
pub fn short_correlation(r: f64) -> String {
    decimals(r, 2).replace("0.", ".")
}

/// "Landmarks Conv1-2": what stands above a tower's maps.
fn caption(map: &FeatureMap) -> String {
    format!("{} {}", title(&map.tower), layer_title(&map.layer))
}

/// What stands above the input, small enough for its width and as high as what stands above the
/// maps; a long file below its folder.
fn side_head(page: &mut Page, [caption, note]: [&str; 2], (place, lift): (Place, f32)) {
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
        FigureRow::new(input, maps)
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
        let maps = vec![map(0.07)];
        let text = svg(&FeatureFigure::new("conv2_1", vec![row(&input, &maps)]));
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

    /// Of channels that all have a partner, with the numbers of a network of more of them.
    fn matching(maps: &[FeatureMap], channels: [usize; 2]) -> Vec<Matching> {
        let pair = |channel: usize| Pair {
            channel,
            partner: channels[1] - 9 + channel % 9,
            correlation: [Some(0.67), None, None, Some(-0.21), None][channel % 5],
            best: 0,
            best_correlation: None,
        };
        let of = |map: &FeatureMap| Matching {
            tower: map.tower.clone(),
            place: crate::model::TapLayer::conv(crate::model::Layer::Conv4_1),
            faces: 32,
            channels,
            pairs: (0..map.channels).map(pair).collect(),
        };
        maps.iter().map(of).collect()
    }

    /// So many maps of each of three towers.
    fn many(channels: usize) -> Vec<FeatureMap> {
        let mut maps = maps();
        for map in &mut maps {
            map.channels = channels;
            map.data = (0..channels * 256).map(|v| 0.0031 * v as f32).collect();
        }
        maps
    }

    /// Each text of a figure, its size and the middle or beginning of its line.
    fn texts(figure: &FeatureFigure) -> Vec<(String, f32)> {
        let text = svg(figure);
        let words = text.split("<text ").skip(1).map(|line| {
            let size = line.split("font-size=\"").nth(1).unwrap();
            let size = size.split('"').next().unwrap().parse().unwrap();
            let words = line.split(['>', '<']).nth(1).unwrap_or_default();
            (words.to_owned(), size)
        });
        words.collect()
    }

    #[test]
    fn every_cell_of_a_pair_says_its_partner_and_how_well_it_matches() {
        let input = RgbImage::new(128, 128);
        for channels in [8, 16, 64] {
            let maps = many(channels);
            let mut rows = vec![row(&input, &maps), row(&input, &maps)];
            rows[1].matching = matching(&maps, [channels, 200]);
            let figure = FeatureFigure::new("conv4_1", rows);
            let texts = texts(&figure);
            let all = |is: &dyn Fn(&str) -> bool| texts.iter().filter(|t| is(&t.0)).count();
            // The pair of channel 0, in each tower, and how well it matches, wherever that stands.
            let partner = all(&|w| w == "191" || w.contains("191, r") || w.contains("191 ·"));
            let r = all(&|w| w.contains(".67"));
            assert!(
                partner >= 3 && r >= 3 * channels.div_ceil(5),
                "{channels}: {texts:?}"
            );
            let own = all(&|w| w == "0" || w.starts_with("0: ") || w.starts_with("0 ↔"));
            assert!(own >= 3, "{channels}: {own}");
        }
    }

    #[test]
    fn captions_of_a_comparison_are_in_one_size_and_a_page_holds_it() {
        let input = RgbImage::new(128, 128);
        for channels in [16, 64] {
            for matched in [false, true] {
                let first = many(channels);
                let mut second = first.clone();
                // One tower has values that need more room than others.
                second[1].data.iter_mut().for_each(|v| *v *= -1234.5);
                let mut rows = vec![row(&input, &first), row(&input, &second)];
                if matched {
                    rows[1].matching = matching(&first, [channels; 2]);
                }
                let figure = FeatureFigure::new("conv4_1", rows);
                let height = figure.page().unwrap().size[1] / points(1.0);
                assert!(height <= 230.0, "{channels}: {height} mm");
                let laid = figure.laid(figure.laid(false).misses_ranges());
                let labels = laid.labels.into_iter().flatten().flatten();
                let under: Vec<String> = labels.flatten().map(|l| l.0).collect();
                let texts = texts(&figure);
                // A key's zero has a size of its own.
                let sizes = texts.iter().filter(|t| t.0 != "0" && under.contains(&t.0));
                let mut sizes: Vec<f32> = sizes.map(|t| t.1).collect();
                // At least the numbers, and what the difference spans.
                assert!(
                    sizes.len() > 5 * channels,
                    "{channels} {matched}: {}",
                    sizes.len()
                );
                sizes.dedup();
                assert_eq!(sizes.len(), 1, "{channels} {matched}: {sizes:?}");
            }
        }
    }

    #[test]
    fn networks_of_different_widths_have_their_numbers() {
        let input = RgbImage::new(128, 128);
        let (narrow, wide) = (many(16), many(32));
        for both in [[&narrow, &wide], [&wide, &narrow]] {
            let rows = both.map(|maps| row(&input, maps)).to_vec();
            let figure = FeatureFigure::new("conv4_1", rows);
            let texts = texts(&figure);
            let count = |words: &str| texts.iter().filter(|t| t.0 == words).count();
            assert_eq!(
                (count("3"), count("15"), count("31")),
                (6, 6, 3),
                "{texts:?}"
            );
        }
    }

    #[test]
    fn what_is_muted_is_not_said_to_be_zero_on_the_photo() {
        let input = RgbImage::new(128, 128);
        let mut maps = maps();
        // Channels 1 and 2 are zero, of which 2 is muted.
        maps[1].data[256..3 * 256].fill(0.0);
        let mut rows = vec![row(&input, &maps), row(&input, &maps)];
        rows[0].muted = vec![vec![], vec![2], vec![]];
        let one = FeatureFigure::new("conv4_1", rows[..1].to_vec());
        let said = |figure: &FeatureFigure| {
            let words = texts(figure).into_iter().map(|t| t.0);
            words.collect::<Vec<_>>().join(" ")
        };
        let text = said(&one);
        assert!(
            text.contains("hatched: 1 zero on this photo, 1 muted"),
            "{text}"
        );
        // Of a pair it is the partner that is muted.
        rows[1].matching = matching(&maps, [5, 80]);
        rows[1].muted = vec![vec![], vec![73], vec![]];
        let text = said(&FeatureFigure::new("conv4_1", rows));
        assert_eq!(text.matches("1 muted").count(), 3, "{text}");
        assert!(text.contains("4 zero everywhere, 1 muted"), "{text}");
    }

    #[test]
    fn what_is_muted_in_one_network_alone_has_no_difference() {
        let input = RgbImage::new(128, 128);
        let first = {
            let mut maps = maps();
            maps[0].silence(&[3]);
            maps
        };
        let second = maps();
        for matched in [false, true] {
            let mut rows = vec![row(&input, &first), row(&input, &second)];
            rows[0].muted = vec![vec![3], vec![], vec![]];
            if matched {
                rows[1].matching = matching(&second, [5, 80]);
            }
            let figure = FeatureFigure::new("conv4_1", rows);
            let panels = figure.panels();
            let muted: Vec<&[usize]> = panels.iter().map(|row| &*row[0].muted).collect();
            assert_eq!(muted, [&[3][..], &[], &[3]], "{matched}");
            assert!(panels[2][0].stats[3].is_zero(), "hatched");
            // The second is as strong as it is, and the others differ in nothing.
            assert_eq!(panels[1][0].stats[3].max, 1023.0);
            let said: Vec<String> = texts(&figure).into_iter().map(|t| t.0).collect();
            let keys = said.join(" ").matches("1 muted").count();
            assert_eq!(keys, 2, "{said:?}");
            let under = said
                .iter()
                .filter(|w| w.ends_with(": muted") || *w == "muted");
            assert!(under.count() >= 2, "{said:?}");
        }
    }

    #[test]
    fn ranges_are_written_under_maps_or_it_is_said_that_each_has_its_own() {
        let input = RgbImage::new(128, 128);
        let own = "each channel in its own range";
        for (channels, matched, width_mm, fits) in [
            (8, true, 180.0, true),
            (8, true, 84.0, false),
            (8, false, 180.0, true),
            (64, true, 180.0, false),
        ] {
            let maps = many(channels);
            let mut rows = vec![row(&input, &maps), row(&input, &maps)];
            if matched {
                rows[1].matching = matching(&maps, [channels, 2 * channels]);
            }
            let figure = FeatureFigure {
                width_mm,
                ..FeatureFigure::new("conv4_1", rows)
            };
            let said: Vec<String> = texts(&figure).into_iter().map(|t| t.0).collect();
            let case = format!("{channels} {matched} {width_mm}: {said:?}");
            assert_eq!(!said.join(" ").contains(own), fits, "{case}");
            // That of channel 1, in each tower and, of a pair, in each row.
            let range = |w: &&String| w.ends_with("0.794 to 1.58") || w.ends_with("0.794–1.58");
            let count = said.iter().filter(range).count();
            if fits {
                assert!(count >= if matched { 6 } else { 3 }, "{case}");
            }
        }
        // In a figure of one row too; a range of all needs none under each.
        let maps = many(64);
        for (scale, said) in [(Scale::Channel, true), (Scale::Layer, false)] {
            let figure = FeatureFigure {
                width_mm: 84.0,
                scale,
                ..FeatureFigure::new("conv4_1", vec![row(&input, &maps)])
            };
            let texts: Vec<String> = texts(&figure).into_iter().map(|t| t.0).collect();
            assert_eq!(texts.join(" ").contains(own), said, "{texts:?}");
        }
    }

    #[test]
    fn words_above_and_below_maps_have_the_room_that_they_need() {
        let input = RgbImage::new(128, 128);
        let mut maps = many(64);
        maps[0].data.iter_mut().for_each(|v| *v = -1.234e-7);
        maps[1].data[..4 * 256].fill(0.0);
        maps[1].data[4 * 256] = f32::NAN;
        let rows = vec![row(&input, &maps), row(&input, &maps)];
        let figure = FeatureFigure {
            width_mm: 120.0,
            ..FeatureFigure::new("conv4_1", rows)
        };
        let panels = figure.panels();
        let (layout, lines) = laid_out(points(120.0), &panels, 20.0, true);
        let keys = panels.iter().flatten();
        let keys = keys.map(|p| key_lines(p, layout.text)).max().unwrap();
        assert!(lines == 2 && keys > 1, "{lines} {keys}");
        assert!(layout.around.head > HEAD && layout.around.key > KEY);
    }

    #[test]
    fn matched_channels_bear_the_numbers_of_their_own_network() {
        let (maps, input) = (maps(), RgbImage::new(128, 128));
        let mut rows = vec![row(&input, &maps), row(&input, &maps)];
        rows[1].matching = matching(&maps, [5, 80]);
        rows[1].matched_over = "32 of all 300 faces".into();
        let mut figure = FeatureFigure {
            channels: Some(vec![0, 3]),
            difference: "second − first, and said at length ".repeat(4),
            ..FeatureFigure::new("conv4_1", rows)
        };
        let text = svg(&figure);
        let said: Vec<String> = texts(&figure).into_iter().map(|t| t.0).collect();
        let said = said.join(" ");
        for words in [
            ">0: 0 to 255<",
            ">3: 768 to 1023<",
            ">0 ↔ 71, r .67",
            ">3 ↔ 74, r −.21",
            ">0 ↔ 71: ±0<",
            "of each channel in both",
            "matched by correlation over 32 of all 300 faces: mean r 0.23 Shared, 0.23 Landmarks",
            "2 of 80 maps of 16 × 16",
            "75 of 80 of the second",
        ] {
            assert!(
                text.contains(words) || said.contains(words),
                "{words}: {text}"
            );
        }
        assert!(!text.contains(">72"));
        // What is subtracted is as large as other small text, in as many lines as it needs.
        let lines = text.matches("at length").count();
        assert!(lines >= 2, "{lines}");
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
        let figure = FeatureFigure::new("conv4_1", vec![row(&input, &maps)]);
        let (layout, _) = laid_out(points(180.0), &figure.panels(), 8.0, false);
        let side = layout.input.side;
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
