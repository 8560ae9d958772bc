//! What stands below the maps: what a difference is of, how channels are matched, whose the ranges
//! of the colours are.

use super::content::{FeatureFigure, FigureRow};
use super::sizes::{MARGIN, SMALL};
use crate::figure::grid::Scale;
use crate::figure::number::decimals;
use crate::figure::page::points;
use crate::figure::text::text_lines;
use crate::humanize::title;
use crate::study::Matching;

impl FeatureFigure<'_> {
    /// What stands below all, line by line; where `ranges`, that each channel has one of its own.
    pub(super) fn notes(&self, ranges: bool) -> Vec<String> {
        let width = points(self.width_mm) - 2.0 * MARGIN;
        let mut notes = match self.rows.len() {
            1 => Vec::new(),
            _ => text_lines(&self.note(), SMALL, width),
        };
        if !self.left_out.is_empty() {
            notes.extend(text_lines(&self.left_out, SMALL, width));
        }
        if !self.warning.is_empty() {
            let text = format!("warning: {}", self.warning);
            notes.extend(text_lines(&text, SMALL, width));
        }
        // Where each row has its own ranges that is said above.
        if ranges && self.scale != Scale::Own {
            let text = match self.is_joint() {
                true => {
                    "colours: each channel in its own range, the same in both rows; in the \
                     difference each in its own too"
                }
                false => "colours: each channel in its own range",
            };
            notes.extend(text_lines(text, SMALL, width));
        }
        if !self.remark.is_empty() {
            notes.extend(text_lines(&self.remark, SMALL, width));
        }
        notes
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
            let alone = alone_text(&row.matching);
            let means = mean_correlations(&row.matching);
            let over = &row.matched_over;
            format!("; channels matched by correlation over {over}: {means}{alone}")
        });
        format!("difference: {}{scaled}{matched}", self.difference)
    }
}

/// "mean r 0.61 Shared, 0.44 Landmarks".
pub fn mean_correlations(matching: &[Matching]) -> String {
    let mean = |m: &Matching| match m.mean() {
        Some(r) => format!("{} {}", decimals(r, 2), title(&m.tower)),
        None => format!("– {}", title(&m.tower)),
    };
    let means: Vec<String> = matching.iter().map(mean).collect();
    format!("mean r {}", means.join(", "))
}

/// Which of either network's channels are in no pair.
fn alone_text(matching: &[Matching]) -> String {
    let of = |(side, whose): (usize, &str)| -> Vec<String> {
        let alone = matching.iter().filter(|m| m.pairs.len() < m.channels[side]);
        let text = alone.map(|m| {
            let (alone, all) = (m.channels[side] - m.pairs.len(), m.channels[side]);
            format!("{} {alone} of {all}{whose}", title(&m.tower))
        });
        text.collect()
    };
    let all = [(0, ""), (1, " of the second")].map(of).concat();
    match all.is_empty() {
        true => String::new(),
        false => format!("; without a partner, and not shown: {}", all.join(", ")),
    }
}
