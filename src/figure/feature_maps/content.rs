//! What a figure of feature maps shows: one row of maps or two that are compared, in which colours,
//! and whether that can be drawn.

use image::RgbImage;

use crate::figure::colour_map::ColourMap;
use crate::figure::error::FigureError;
use crate::figure::grid::{GridStyle, Scale, Stats};
use crate::humanize::{layer_title, title};
use crate::model::FeatureMap;
use crate::study::{FaceMaps, Matching, Pair, SideMaps, TRAINED_APART, has_difference};

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
    /// What speaks against comparing the two; may be empty.
    pub warning: String,
    /// Which towers one of two networks has alone; may be empty.
    pub left_out: String,
    /// What else a reader must know, below all; may be empty.
    pub remark: String,
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
            warning: String::new(),
            left_out: String::new(),
            remark: String::new(),
        }
    }

    /// What a study found; `names` tell the two sides apart, where there are two.
    pub fn of(maps: &'a FaceMaps, names: [&str; 2]) -> Self {
        let row = |side: &'a SideMaps, caption: &str| FigureRow {
            caption: caption.to_owned(),
            muted: side.muted.clone(),
            ..FigureRow::new(&side.input, &side.maps)
        };
        let mut rows = Vec::new();
        match &maps.second {
            None => rows.push(row(&maps.first, "")),
            Some(second) => {
                rows.push(row(&maps.first, names[0]));
                rows.push(FigureRow {
                    matching: maps.matching.clone(),
                    matched_over: maps.matched_over.clone(),
                    ..row(second, names[1])
                });
            }
        }
        Self {
            difference: difference_text(names[0], names[1]),
            left_out: maps.alone_text().unwrap_or_default(),
            warning: match maps.are_apart_by_number() {
                true => TRAINED_APART.into(),
                false => String::new(),
            },
            ..Self::new(&maps.place.name(), rows)
        }
    }

    pub(super) fn check(&self, first: &FigureRow) -> Result<(), FigureError> {
        if first.maps.is_empty() || first.maps.iter().any(|m| m.channels * m.side == 0) {
            return Err(FigureError::Empty);
        }
        if !(self.width_mm >= 20.0 && self.width_mm <= 2000.0) {
            return Err(FigureError::Width(self.width_mm));
        }
        for channel in self.channels.iter().flatten() {
            for map in self.rows.iter().flat_map(|row| row.maps) {
                if *channel >= map.channels {
                    return Err(FigureError::NoChannel {
                        channel: *channel,
                        map: self.map_title(map),
                        last: map.channels - 1,
                    });
                }
            }
        }
        if self.channels.as_ref().is_some_and(Vec::is_empty) {
            return Err(FigureError::NoneChosen);
        }
        let towers =
            |row: &FigureRow| -> Vec<String> { row.maps.iter().map(|m| m.tower.clone()).collect() };
        if self.rows.iter().any(|row| towers(row) != towers(first)) {
            let text = |row: &FigureRow| {
                let of = |map: &FeatureMap| format!("{} {}", title(&map.tower), map.channels);
                let all: Vec<String> = row.maps.iter().map(of).collect();
                format!("{} has {}", row.caption, all.join(", "))
            };
            let all: Vec<String> = self.rows.iter().map(text).collect();
            return Err(FigureError::DifferentTowers {
                layer: layer_title(&self.layer),
                towers: all.join("; "),
            });
        }
        for (row, order) in self.rows.iter().zip(self.orders()) {
            let empty = row
                .maps
                .iter()
                .zip(order)
                .find(|(_, order)| order.is_empty());
            if let Some((map, _)) = empty {
                return Err(FigureError::NoPartner(self.map_title(map)));
            }
        }
        Ok(())
    }

    fn map_title(&self, map: &FeatureMap) -> String {
        format!("{} {}", title(&map.tower), layer_title(&self.layer))
    }

    /// Whether colours span each channel's values, which the keys do not tell.
    pub(super) fn each_has_its_range(&self) -> bool {
        matches!(self.scale, Scale::Channel | Scale::Own)
    }

    /// What stands above a row's input; two of one name are told apart.
    pub(super) fn caption(&self, row: usize) -> String {
        let own = &self.rows[row].caption;
        match &self.rows[..] {
            [a, b] if a.caption == b.caption && !own.is_empty() => {
                format!("{}: {own}", ["first", "second"][row])
            }
            _ => own.clone(),
        }
    }

    /// Whether the second row's channels can be held against those of the first.
    pub(super) fn has_difference(&self) -> bool {
        let [a, b] = &self.rows[..] else {
            return false;
        };
        has_difference(a.maps, b.maps)
    }

    /// Whether the colours span the values of both rows.
    pub(super) fn is_joint(&self) -> bool {
        self.has_difference() && self.scale != Scale::Own
    }

    /// Whether what is written under a map is said of both rows' maps there.
    pub(super) fn shares_ranges(&self) -> bool {
        self.is_joint() && self.each_has_its_range()
    }

    /// The channels that are shown, by row and tower: of those that are paired all that have a
    /// partner.
    pub(super) fn orders(&self) -> Vec<Vec<Vec<usize>>> {
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

    /// The channels of a tower that are shown.
    pub(super) fn order(&self, map: &FeatureMap) -> Vec<usize> {
        let all = || (0..map.channels).collect();
        self.channels.clone().unwrap_or_else(all)
    }

    /// For each tower of each row its statistics, in the ranges that all rows span.
    pub(super) fn stats(&self) -> Vec<Vec<Vec<Stats>>> {
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

    /// Without its cells, which a block places.
    pub(super) fn look(&self) -> GridStyle {
        GridStyle {
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
    pub(super) fn pair(&self, tower: usize, channel: usize) -> Option<&Pair> {
        self.matching.get(tower)?.pair(channel)
    }

    /// The channels of a tower that are held at zero, by their own network's numbers.
    pub(super) fn muted(&self, tower: usize) -> &[usize] {
        self.muted.get(tower).map_or(&[], |all| all)
    }

    /// Whether what stands at a channel of the first row is held at zero.
    pub(super) fn mutes(&self, tower: usize, channel: usize) -> bool {
        let own = self.pair(tower, channel).map_or(channel, |p| p.partner);
        self.muted(tower).contains(&own)
    }
}

/// What a difference is of, by the names that stand at the rows.
pub fn difference_text(first: &str, second: &str) -> String {
    match first == second {
        true => "second − first".to_owned(),
        false => format!("{second} − {first}"),
    }
}
