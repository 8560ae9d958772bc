//! The panels of a figure: each tower's maps in each row, and the difference of two rows.

use std::borrow::Cow;

use super::content::FeatureFigure;
use super::panel::{Caption, Panel};
use crate::figure::colour_map::ColourMap;
use crate::figure::grid::{GridStyle, Scale, Stats};
use crate::figure::number::decimals;
use crate::model::FeatureMap;
use crate::study::{Pair, difference, muted_pairs};

impl<'a> FeatureFigure<'a> {
    /// What stands in each row, tower by tower; the difference last.
    pub(super) fn panels(&self) -> Vec<Vec<Panel<'_>>> {
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
                    own: Stats::of_map(map),
                    look: look.clone(),
                    names: order.iter().map(names).collect(),
                    // Where both have the same ranges, those under the second are of both.
                    part: match (compared, r) {
                        (true, 0) if self.shares_ranges() || matched => Caption::Name,
                        (true, _) => Caption::Range,
                        (false, _) => Caption::Both,
                    },
                    channels: matching.map_or(map.channels, |m| m.channels[1]),
                    muted: order.iter().copied().filter(|c| row.mutes(t, *c)).collect(),
                    is_difference: false,
                    order,
                }
            };
            rows.push(row.maps.iter().enumerate().map(panel).collect());
        }
        if let [a, b] = &self.rows[..]
            && compared
        {
            let difference = difference(a.maps, b.maps, self.scale == Scale::Own);
            let difference = difference.into_iter().zip(&rows[0]).enumerate();
            let difference = difference.map(|(t, (mut map, first))| {
                // Between a map and nothing there is no difference.
                let mut muted = muted_pairs(a.muted(t), b.muted(t), b.matching.get(t));
                muted.retain(|channel| first.order.contains(channel));
                map.zero_channels(&muted);
                let names = |channel: &usize| match b.pair(t, *channel) {
                    Some(pair) => {
                        let both = format!("{channel} ↔ {}", pair.partner);
                        vec![both, channel.to_string()]
                    }
                    None => vec![channel.to_string()],
                };
                let stats = Stats::of_map(&map);
                Panel {
                    own: stats.clone(),
                    stats,
                    map: Cow::Owned(map),
                    look: GridStyle {
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
                    part: match self.shares_ranges() || matched {
                        true => Caption::Range,
                        // Ranges stand under both.
                        false => Caption::Name,
                    },
                    channels: b.matching.get(t).map_or(first.channels, |m| m.pairs.len()),
                    muted,
                    is_difference: true,
                }
            });
            let difference: Vec<Panel> = difference.collect();
            rows.push(difference);
        }
        rows
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
