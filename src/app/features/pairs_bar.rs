//! In which pairs the channels of two networks stand, and whether that means something.

use eframe::egui::{RichText, Ui};

use crate::app::features::action::Action;
use crate::app::features::parts::choice::choice_ui;
use crate::app::features::parts::progress::progress_ui;
use crate::app::features::parts::table_menu::table_menu_ui;
use crate::app::features::state::comparison::{Set, Sets};
use crate::app::features::state::export::TableKind;
use crate::app::features::state::pairs::Pairs;
use crate::app::features::view::FeatureView;
use crate::app::widgets::buttons::wrapped;
use crate::app::widgets::theme;
use crate::engine::StudyKind;
use crate::figure::{decimals, mean_correlations};
use crate::study::{Kinship, Matched};

impl FeatureView {
    /// How the channels are paired, whether that means something, and the other way.
    pub(super) fn pairs_ui(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let p = theme::palette(ui.ctx());
        if self.comparison.weights().is_none() {
            return;
        }
        // The row stands there while the maps are still to come.
        let sets = self.comparison.sets.as_ref();
        let kinship = sets.map_or(Vec::new(), |sets| sets.kinship.clone());
        let matched = sets.and_then(|sets| sets.matched.clone());
        let counts = [Set::First, Set::Second].map(|set| {
            let towers = sets.into_iter().flat_map(|sets| sets.of(set));
            let counts: Vec<String> = towers.map(|t| t.maps.channels().to_string()).collect();
            counts.join(", ")
        });
        let (there, have_difference) = (sets.is_some(), sets.is_some_and(Sets::have_difference));
        let matching = self.comparison.pairs.are_by_correlation();
        ui.add_space(4.0);
        wrapped(ui, 10, |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            pairing_ui(ui, &mut self.comparison.pairs);
            ui.add_space(6.0);
            match (&matched, matching) {
                (Some(matched), true) => {
                    ui.colored_label(p.quiet, matched_text(matched));
                    table_menu_ui(ui, TableKind::Matches, actions);
                }
                (_, true) => {
                    let place = self.place.title();
                    let running = self.studies.progress(StudyKind::Match).is_some();
                    let state = match running {
                        true => format!("matching the channels of {place}…"),
                        false => format!("the channels of {place} are not matched"),
                    };
                    ui.colored_label(p.waiting, state);
                }
                (_, false) if !there => {}
                (_, false) if !have_difference => {
                    let text = format!(
                        "{} channels beside {}: no difference by number, and ranges of their own",
                        counts[0], counts[1]
                    );
                    ui.colored_label(p.waiting, text).on_hover_text(
                        "The networks have different widths. By correlation as many are paired as \
                         the narrower one has",
                    );
                }
                (_, false) => {
                    let apart = kinship.iter().any(Kinship::is_apart);
                    let tint = if apart { p.waiting } else { p.quiet };
                    let text = RichText::new(kinship_text(&kinship)).color(tint);
                    ui.label(text).on_hover_text(
                        "Of the weights that make equal channels: those that began apart have a mean \
                         cosine near 0 and their channels in \
                         any order; those of one origin keep theirs",
                    );
                }
            }
            progress_ui(ui, &self.studies, StudyKind::Match, actions);
        });
        let running = self.studies.progress(StudyKind::Match).is_some();
        if there && !running && self.comparison.pairs.ask(self.place) {
            actions.push(Action::MatchChannels);
        }
    }
}

/// By which of two ways the channels are paired.
fn pairing_ui(ui: &mut Ui, pairs: &mut Pairs) {
    let p = theme::palette(ui.ctx());
    let matching = pairs.are_by_correlation();
    ui.colored_label(p.quiet, "channels");
    for (choice, text, accessible_name, tip) in [
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
        if choice_ui(ui, matching == choice, text, accessible_name, tip) && matching != choice {
            pairs.choose(choice);
        }
    }
}

/// "mean r 0.61 Shared, 0.44 Landmarks, over 32 of all 4000 faces".
fn matched_text(matched: &Matched) -> String {
    let means = mean_correlations(&matched.towers);
    format!("{means}, over {}", matched.faces)
}

/// Whether equal numbers mean something.
fn kinship_text(kinship: &[Kinship]) -> String {
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

    #[test]
    fn networks_trained_apart_are_told_from_those_of_one_origin() {
        let kin = |cosine, same_run| Kinship {
            cosine: Some(cosine),
            same_run,
        };
        let text = kinship_text(&[kin(0.99, false), kin(-0.02, false)]);
        assert!(text.starts_with("trained apart (cosine −0.02)"), "{text}");
        assert!(kinship_text(&[kin(0.9, false)]).starts_with("of one origin"));
        assert!(kinship_text(&[kin(0.2, true)]).starts_with("of one run"));
    }
}
