//! Which channel of a second network stands beside which of the first: the one of the same number,
//! which says something of networks of one origin alone, or the one that answers alike.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{RichText, Ui};

use crate::app::features::compare::{Set, Slot};
use crate::app::features::export::Listing;
use crate::app::features::toolbar::choice_ui;
use crate::app::features::{FeatureView, Wish, theme, title};
use crate::app::widgets::buttons::wrapped;
use crate::engine::{Against, StudyKind};
use crate::figure::{decimals, short_correlation};
use crate::model::TapLayer;
use crate::study::{Kinship, Matched, Matching, Pair};

/// How channels are paired, and what was found to pair them by.
#[derive(Default)]
pub(super) struct Pairs {
    /// Whether by correlation.
    matching: bool,
    found: Vec<(TapLayer, Arc<Matched>)>,
    /// The place that was asked about last.
    asked: Option<TapLayer>,
}

impl Pairs {
    /// The pairs of a place, where they are wanted and known.
    pub fn of(&self, place: TapLayer) -> Option<Arc<Matched>> {
        let mut known = self.found.iter().filter(|f| f.0 == place);
        known.next().filter(|_| self.matching).map(|f| f.1.clone())
    }

    /// None of any place, to be found in the same way.
    pub fn alike(&self) -> Self {
        Self {
            matching: self.matching,
            ..Self::default()
        }
    }

    /// Another network is at hand, or another list to draw faces from.
    pub fn forget(&mut self) {
        self.found.clear();
        self.asked = None;
    }

    fn take(&mut self, place: TapLayer, matched: Matched) {
        self.found.retain(|f| f.0 != place);
        self.found.push((place, Arc::new(matched)));
    }
}

impl FeatureView {
    /// The second network's file, where two networks are compared.
    pub(super) fn compared_weights(&self) -> Option<&Option<PathBuf>> {
        match self.comparison.against()? {
            Against::Weights(second) => Some(second),
            Against::Photo(..) => None,
        }
    }

    /// Takes what was found out about the second network, if it still is the second.
    pub(super) fn take_matched(
        &mut self,
        place: TapLayer,
        second: &Option<PathBuf>,
        (towers, networks): (Vec<Matching>, [String; 2]),
    ) {
        if self.compared_weights() != Some(second) {
            return;
        }
        let faces = self.studies.matched_over.clone().unwrap_or_default();
        let matched = Matched {
            towers,
            faces,
            networks,
        };
        self.comparison.pairs.take(place, matched);
        self.comparison.asked = false;
    }

    /// How the channels are paired, whether that means something, and the other way.
    pub(super) fn pairs_ui(&mut self, ui: &mut Ui, wishes: &mut Vec<Wish>) {
        let p = theme::palette(ui.ctx());
        if self.compared_weights().is_none() {
            return;
        }
        let Some(sets) = &self.comparison.sets else {
            return;
        };
        let (kinship, matched) = (sets.kinship.clone(), sets.matched.clone());
        let counts = [0, 1].map(|set: usize| {
            let towers = sets.towers[set].iter();
            let counts: Vec<String> = towers.map(|t| t.maps.channels().to_string()).collect();
            counts.join(", ")
        });
        let have_difference = sets.have_difference();
        let matching = self.comparison.pairs.matching;
        ui.add_space(4.0);
        wrapped(ui, 10, |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.colored_label(p.quiet, "channels");
            for (choice, words, said, tip) in [
                (
                    false,
                    "by number",
                    "Pair channels by number",
                    "Channel k of the second beside channel k of the first",
                ),
                (
                    true,
                    "by correlation",
                    "Pair channels by correlation",
                    "Each channel beside the one of the second whose maps correlate most with its \
                     own over faces of the list, one to one",
                ),
            ] {
                if choice_ui(ui, matching == choice, words, said, tip) && matching != choice {
                    self.comparison.pairs.matching = choice;
                    self.comparison.pairs.asked = None;
                    self.comparison.asked = false;
                }
            }
            ui.add_space(6.0);
            match (&matched, matching) {
                (Some(matched), true) => {
                    ui.colored_label(p.quiet, matched_words(matched));
                    Listing::Matches.menu_ui(ui, wishes);
                }
                (_, true) => {
                    let place = self.place.title();
                    let running = self.studies.progress(StudyKind::Match).is_some();
                    let said = match running {
                        true => format!("matching the channels of {place}…"),
                        false => format!("the channels of {place} are not matched"),
                    };
                    ui.colored_label(p.waiting, said);
                }
                (_, false) if !have_difference => {
                    let words = format!(
                        "{} channels beside {}: no difference by number, and ranges of their own",
                        counts[0], counts[1]
                    );
                    ui.colored_label(p.waiting, words).on_hover_text(
                        "The networks have different widths. By correlation as many are paired as \
                         the narrower one has",
                    );
                }
                (_, false) => {
                    let apart = kinship.iter().any(Kinship::is_apart);
                    let tint = if apart { p.waiting } else { p.quiet };
                    let words = RichText::new(number_words(&kinship)).color(tint);
                    ui.label(words).on_hover_text(
                        "Of the weights that make equal channels: those that began apart have a mean \
                         cosine near 0 and their channels in \
                         any order; those of one origin keep theirs",
                    );
                }
            }
            self.studies.progress_ui(ui, StudyKind::Match, wishes);
        });
        // Once for each place that is looked at in pairs.
        let pairs = &mut self.comparison.pairs;
        let unknown = pairs.of(self.place).is_none() && pairs.asked != Some(self.place);
        if pairs.matching && unknown && self.studies.progress(StudyKind::Match).is_none() {
            pairs.asked = Some(self.place);
            wishes.push(Wish::Match);
        }
    }

    /// The pair of a channel, where the maps that are shown are in pairs.
    pub(super) fn pair_of(&self, tower: usize, channel: u32) -> Option<Pair> {
        let sets = self.compared_sets()?;
        let name = &sets.towers[0].get(tower)?.maps.tower;
        let towers = &sets.matched.as_ref()?.towers;
        let matching = towers.iter().find(|m| m.tower == *name)?;
        matching.pair(channel as usize).copied()
    }

    /// What a channel is called in a set: its own number, or its partner's, or both.
    pub(super) fn channel_said(&self, slot: Slot, channel: u32) -> String {
        match (self.pair_of(slot.tower, channel), slot.set) {
            (None, _) => format!("channel {channel}"),
            (Some(pair), _) => {
                let r = correlation_words(pair.correlation);
                format!("channel {channel} ↔ {} ({r})", pair.partner)
            }
        }
    }

    /// What stands in the corner of a map that is beside its partner.
    pub(super) fn badge(&self, slot: Slot, channel: u32) -> Option<String> {
        let pair = self.pair_of(slot.tower, channel)?;
        let r = pair.correlation.map_or("–".into(), short_correlation);
        match slot.set {
            Set::First => None,
            Set::Second => Some(format!("{} · {r}", pair.partner)),
            Set::Difference => Some(r),
        }
    }
}

/// "r 0.83".
fn correlation_words(correlation: Option<f64>) -> String {
    match correlation {
        Some(r) => format!("r {}", decimals(r, 2)),
        None => "no correlation: one never varies".into(),
    }
}

/// "mean r 0.61 Shared, 0.44 Landmarks, over 32 of all 4000 faces".
fn matched_words(matched: &Matched) -> String {
    let mean = |m: &Matching| match m.mean() {
        Some(r) => format!("{} {}", decimals(r, 2), title(&m.tower)),
        None => format!("– {}", title(&m.tower)),
    };
    let means: Vec<String> = matched.towers.iter().map(mean).collect();
    format!("mean r {}, over {}", means.join(", "), matched.faces)
}

/// Whether equal numbers mean something.
fn number_words(kinship: &[Kinship]) -> String {
    let cosines = || kinship.iter().filter_map(|k| k.cosine);
    let least = cosines().fold(f64::INFINITY, f64::min);
    let of_weights = match least.is_finite() {
        true => format!(" (cosine {})", decimals(least, 2)),
        false => String::new(),
    };
    match kinship {
        all if all.iter().any(Kinship::is_apart) => {
            format!("trained apart{of_weights}: channel k of one is not channel k of the other")
        }
        all if all.iter().any(|k| k.same_run) => format!("of one run{of_weights}"),
        _ => format!("of one origin{of_weights}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Layer;

    #[test]
    fn networks_trained_apart_are_told_from_those_of_one_origin() {
        let kin = |cosine, same_run| Kinship {
            cosine: Some(cosine),
            same_run,
        };
        let words = number_words(&[kin(0.99, false), kin(-0.02, false)]);
        assert!(words.starts_with("trained apart (cosine −0.02)"), "{words}");
        assert!(number_words(&[kin(0.9, false)]).starts_with("of one origin"));
        assert!(number_words(&[kin(0.2, true)]).starts_with("of one run"));
    }

    #[test]
    fn pairs_are_those_of_their_place_and_of_the_way_that_is_chosen() {
        let [here, there] = [Layer::Conv1_1, Layer::Conv2_1].map(TapLayer::conv);
        let mut pairs = Pairs::default();
        let matched = |faces: &str| Matched {
            towers: Vec::new(),
            faces: faces.into(),
            networks: Default::default(),
        };
        pairs.take(here, matched("a"));
        assert!(pairs.of(here).is_none(), "by number");
        pairs.matching = true;
        pairs.take(here, matched("b"));
        assert_eq!(pairs.of(here).unwrap().faces, "b");
        assert!(pairs.of(there).is_none());
        pairs.forget();
        assert!(pairs.of(here).is_none());
    }

    #[test]
    fn correlations_are_written_short() {
        assert_eq!(short_correlation(0.834), ".83");
        assert_eq!(short_correlation(-0.2), "−.20");
        assert_eq!(short_correlation(-0.002), ".00");
        assert_eq!(correlation_words(Some(-0.002)), "r 0.00");
        assert_eq!(short_correlation(1.0), "1.00");
        assert_eq!(correlation_words(Some(-0.5)), "r −0.50");
    }
}
