//! What is being found out in the background about channels and towers, and what was found.

use std::collections::VecDeque;
use std::time::Duration;

use eframe::egui::{self, Role, Ui, WidgetInfo, vec2};

use crate::app::features::{Wish, theme};
use crate::dataset::FaceSubset;
use crate::engine::{StudyKind, StudyNews, StudyResult, StudyTicket};
use crate::figure::short;
use crate::measure::FEW_UNITS;
use crate::model::{Tap, TapLayer, TowerId};
use crate::study::{Effects, Excitement, Towers};

/// A network, by its fingerprint, and the faces of a list, by their key.
pub(super) type About = (String, u64);

/// Networks and lists about which it is kept what was found, when others are looked at.
const KEPT: usize = 16;

/// What was found about a network over the faces of a list.
#[derive(Default)]
struct Found {
    effects: Option<(Effects, FaceSubset)>,
    excitement: Option<(TapLayer, Vec<Tap>, Excitement, FaceSubset)>,
    towers: Option<(Towers, FaceSubset)>,
}

impl Found {
    fn is_empty(&self) -> bool {
        self.effects.is_none() && self.excitement.is_none() && self.towers.is_none()
    }
}

/// The least length of a bar, and what the button that stops and the gaps need, in points.
const LEAST_BAR: f32 = 40.0;
const STOP: f32 = 62.0;

/// The newest of each kind, as far as there is one.
#[derive(Default)]
pub(super) struct Studies {
    running: Vec<Running>,
    newest: StudyTicket,
    /// What was found, and over which faces.
    pub effects: Option<(Effects, FaceSubset)>,
    excitement: Option<(TapLayer, Vec<Tap>, Excitement, FaceSubset)>,
    pub towers: Option<(Towers, FaceSubset)>,
    /// Why the last one of a kind failed, or what it left out.
    problems: Vec<(StudyKind, String)>,
    /// How many faces a ranking is over, and how many the towers.
    pub rank_faces: usize,
    pub tower_faces: usize,
    /// Whether they are drawn from the faces that the list shows at the moment, not from all.
    pub of_shown: bool,
    /// Over which faces channels were matched last.
    pub matched_over: Option<String>,
    /// What all this is about.
    about: About,
    kept: VecDeque<(About, Found)>,
}

struct Running {
    kind: StudyKind,
    ticket: StudyTicket,
    /// Which faces of the list it is over.
    faces: FaceSubset,
    done: usize,
    of: usize,
    elapsed: Duration,
}

impl Studies {
    pub fn new() -> Self {
        Self {
            // No fewer, or the intervals are too narrow.
            rank_faces: FEW_UNITS,
            tower_faces: 100,
            ..Self::default()
        }
    }

    /// Another network is at hand, or another list. What was found about those before is kept for
    /// when they are at hand again, and what was found about these comes back. What runs ends.
    /// Returns what ended before it was done, and how much
    /// of it was.
    pub fn turn_to(&mut self, about: About) -> Vec<(StudyKind, f32)> {
        let ended = std::mem::take(&mut self.running);
        let found = Found {
            effects: self.effects.take(),
            excitement: self.excitement.take(),
            towers: self.towers.take(),
        };
        let mut kept = std::mem::take(&mut self.kept);
        kept.retain(|(of, _)| *of != self.about);
        if !found.is_empty() {
            kept.push_front((self.about.clone(), found));
            kept.truncate(KEPT);
        }
        let back = kept.iter().position(|(of, _)| *of == about);
        let back = back.and_then(|at| kept.remove(at));
        let found = back.map(|(_, found)| found).unwrap_or_default();
        *self = Self {
            newest: self.newest,
            rank_faces: self.rank_faces,
            tower_faces: self.tower_faces,
            of_shown: self.of_shown,
            effects: found.effects,
            excitement: found.excitement,
            towers: found.towers,
            about,
            kept,
            ..Self::default()
        };
        ended.iter().map(|r| (r.kind, r.part())).collect()
    }

    /// Notes that a study starts; returns its ticket.
    pub fn starts(&mut self, kind: StudyKind, faces: FaceSubset) -> StudyTicket {
        self.newest.0 += 1;
        self.running.retain(|r| r.kind != kind);
        self.problems.retain(|p| p.0 != kind);
        self.running.push(Running {
            kind,
            ticket: self.newest,
            faces,
            done: 0,
            of: 0,
            elapsed: Duration::ZERO,
        });
        self.newest
    }

    /// Notes news; hands back what is for somebody else.
    pub fn take(&mut self, news: StudyNews) -> Option<StudyResult> {
        let at = self.running.iter().position(|r| r.ticket == news.ticket)?;
        if let StudyResult::Progress { done, of, elapsed } = news.finding {
            let running = &mut self.running[at];
            (running.done, running.of, running.elapsed) = (done, of, elapsed);
            return None;
        }
        if let StudyResult::LeftOut(faces, first) = news.finding {
            let words = match faces {
                1 => format!("1 face was left out: {first}"),
                n => format!("{n} faces were left out, the first: {first}"),
            };
            self.problems.push((news.kind, words));
            return None;
        }
        let running = self.running.swap_remove(at);
        match news.finding {
            StudyResult::Effects(found) => self.effects = Some((found, running.faces)),
            StudyResult::Towers(found) => self.towers = Some((found, running.faces)),
            StudyResult::Excitement { place, taps, found } => {
                self.excitement = Some((place, taps, found, running.faces));
            }
            StudyResult::Matched { ref found, .. } => {
                let faces = found.first().map_or(0, |m| m.faces);
                self.matched_over = Some(running.faces.describe(faces));
                return Some(news.finding);
            }
            StudyResult::Failed(why) => {
                self.problems.push((news.kind, why.clone()));
                return Some(StudyResult::Failed(why));
            }
            other => return Some(other),
        }
        None
    }

    /// How much of a running study is done, 0 to 1.
    pub fn progress(&self, kind: StudyKind) -> Option<f32> {
        let running = self.running.iter().find(|r| r.kind == kind)?;
        Some(running.part())
    }

    /// How many and which faces were looked through for what excites the channels of a place.
    pub fn looked_through(&self, place: TapLayer) -> Option<(usize, String)> {
        let (of, _, found, choice) = self.excitement.as_ref()?;
        (*of == place).then(|| (found.faces, choice.describe(found.faces)))
    }

    /// The channels of a tower that are zero on every face that was looked through, if any was.
    pub fn dead(&self, place: TapLayer, tower: TowerId) -> Option<Vec<u32>> {
        let (of, taps, found, _) = self.excitement.as_ref()?;
        let tap = taps.iter().position(|t| t.tower == tower)?;
        let channels = (0_u32..).zip(found.taps.get(tap)?);
        let silent = channels.filter(|(_, best)| best.iter().all(|e| e.value <= 0.0));
        (*of == place && place.is_conv() && found.faces > 0)
            .then(|| silent.map(|(channel, _)| channel).collect())
    }

    /// A bar with what is left and a way to stop, while a study runs; else why it failed.
    pub fn progress_ui(&self, ui: &mut Ui, kind: StudyKind, wishes: &mut Vec<Wish>) {
        let p = theme::palette(ui.ctx());
        for (_, why) in self.problems.iter().filter(|(of, _)| *of == kind) {
            ui.add(egui::Label::new(egui::RichText::new(why).color(p.label)).wrap());
        }
        let Some(running) = self.running.iter().find(|r| r.kind == kind) else {
            return;
        };
        let part = running.part();
        ui.horizontal_wrapped(|ui| {
            // The rate is left out first, then the bar is short; what still does not fit is wrapped.
            let room = ui.available_width() - STOP;
            let measured = |words: &str| {
                let font = theme::font(theme::SMALL);
                let galley = ui.painter().layout_no_wrap(words.to_owned(), font, p.text);
                galley.size().x
            };
            let words = [true, false].map(|wide| running.words(part, wide));
            let words = match measured(&words[0]) + LEAST_BAR <= room {
                true => &words[0],
                false => &words[1],
            };
            let width = (room - measured(words)).clamp(LEAST_BAR, 260.0);
            let (bar, _) = ui.allocate_exact_size(vec2(width, theme::BAR), egui::Sense::hover());
            ui.painter().rect_filled(bar, 3, p.hairline);
            let mut done = bar;
            done.set_width(bar.width() * part);
            ui.painter().rect_filled(done, 3, p.waiting);
            let words = egui::RichText::new(words).size(theme::SMALL);
            ui.add(egui::Label::new(words).extend());
            let stop = ui.small_button("stop");
            let said = match kind {
                StudyKind::Rank => "Stop ranking",
                StudyKind::Excite => "Stop looking for what excites",
                StudyKind::Match => "Stop matching channels",
                StudyKind::Towers => "Stop measuring the towers",
                StudyKind::Explain => "Stop explaining",
            };
            stop.widget_info(|| WidgetInfo::labeled(Role::Button, true, said));
            let tip = match kind {
                StudyKind::Explain => "End it",
                StudyKind::Rank | StudyKind::Excite | StudyKind::Match | StudyKind::Towers => {
                    "End it; what was found until now stays"
                }
            };
            if stop.on_hover_text(tip).clicked() {
                wishes.push(Wish::Stop(kind));
            }
        });
    }

    /// Faces of the list that excite a channel, and how much; `None` if nobody looked.
    pub fn examples(
        &self,
        place: TapLayer,
        tower: TowerId,
        channel: u32,
    ) -> Option<Vec<(usize, f32)>> {
        let (of, taps, found, choice) = self.excitement.as_ref()?;
        let tap = taps.iter().position(|t| t.tower == tower)?;
        let best = found.taps.get(tap)?.get(channel as usize)?;
        let index = |sample: usize| choice.indices.get(sample).map(|i| *i as usize);
        (*of == place).then(|| {
            best.iter()
                .filter(|e| e.value > 0.0)
                .filter_map(|e| Some((index(e.sample)?, e.value)))
                .collect()
        })
    }
}

/// What ended before it was done as another network or list came to hand, for a message; nothing
/// where all of it starts again by itself.
pub(super) fn ended_words(ended: &[(StudyKind, f32)], because: &str) -> Option<String> {
    let name = |kind| match kind {
        StudyKind::Rank => Some("ranking the channels"),
        StudyKind::Excite => Some("looking for what excites the channels"),
        StudyKind::Towers => Some("measuring the towers"),
        StudyKind::Explain => Some("explaining where the network looked"),
        // Channels are matched again where that is wanted.
        StudyKind::Match => None,
    };
    let one = |(kind, part): &(StudyKind, f32)| {
        Some(format!("{} ended at {:.0} %", name(*kind)?, 100.0 * part))
    };
    let all: Vec<String> = ended.iter().filter_map(one).collect();
    let said = all.join(", ");
    let mut letters = said.chars();
    let first = letters.next()?.to_uppercase();
    Some(format!("{first}{}: {because}", letters.as_str()))
}

impl Running {
    /// How much is done, 0 to 1.
    fn part(&self) -> f32 {
        self.done as f32 / self.of.max(1) as f32
    }

    /// "34 % · 12 s left · 41 faces/s", the rate where there is room.
    fn words(&self, part: f32, wide: bool) -> String {
        let percent = format!("{:.0} %", 100.0 * part);
        if part <= 0.0 {
            return percent;
        }
        let elapsed = self.elapsed.as_secs_f32();
        let left = elapsed * (1.0 - part) / part;
        let left = match left {
            s if s < 90.0 => format!("{percent} · {s:.0} s left"),
            s => format!("{percent} · {:.0} min left", s / 60.0),
        };
        let unit = match self.kind {
            StudyKind::Rank => "channels",
            StudyKind::Excite | StudyKind::Match | StudyKind::Towers => "faces",
            StudyKind::Explain => "patches",
        };
        // Grad-CAM has a step or two.
        match wide && elapsed > 0.0 && self.of > 2 {
            true => format!("{left} · {} {unit}/s", short(self.done as f32 / elapsed)),
            false => left,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_study_of_a_kind_counts() {
        let mut studies = Studies::new();
        let old = studies.starts(StudyKind::Towers, FaceSubset::none());
        let new = studies.starts(StudyKind::Towers, FaceSubset::none());
        let news = |ticket, finding| StudyNews {
            ticket,
            kind: StudyKind::Towers,
            finding,
        };
        let found = || StudyResult::Towers(Towers::default());
        assert!(studies.take(news(old, found())).is_none() && studies.towers.is_none());
        let half = StudyResult::Progress {
            done: 3,
            of: 6,
            elapsed: Duration::from_secs(3),
        };
        studies.take(news(new, half));
        studies.take(news(new, StudyResult::LeftOut(2, "a.png: broken".into())));
        assert_eq!(studies.progress(StudyKind::Towers), Some(0.5));
        let running = &studies.running[0];
        assert_eq!(running.words(0.5, false), "50 % · 3 s left");
        assert_eq!(running.words(0.5, true), "50 % · 3 s left · 1.00 faces/s");
        studies.take(news(new, found()));
        assert!(studies.towers.is_some() && studies.progress(StudyKind::Towers).is_none());
        let said = &studies.problems[0].1;
        assert_eq!(said, "2 faces were left out, the first: a.png: broken");
        studies.starts(StudyKind::Towers, FaceSubset::none());
        assert!(studies.problems.is_empty());
    }

    #[test]
    fn what_was_found_comes_back_with_its_network_and_list() {
        let about = |network: &str, set| (network.to_owned(), set);
        let mut studies = Studies::new();
        studies.turn_to(about("a", 1));
        let measured = |faces| {
            let towers = Towers {
                faces,
                ..Towers::default()
            };
            Some((towers, FaceSubset::none()))
        };
        let faces = |s: &Studies| s.towers.as_ref().map(|t| t.0.faces);
        studies.towers = measured(300);
        studies.starts(StudyKind::Rank, FaceSubset::none());
        for elsewhere in [about("b", 1), about("a", 2), about("b", 2)] {
            studies.turn_to(elsewhere);
            assert_eq!(faces(&studies), None, "of another network or list");
            assert!(studies.progress(StudyKind::Rank).is_none());
        }
        for kind in [StudyKind::Rank, StudyKind::Match] {
            studies.starts(kind, FaceSubset::none());
        }
        studies.running[0].done = 3;
        studies.running[0].of = 4;
        let ended = studies.turn_to(about("b", 2));
        assert_eq!(ended, [(StudyKind::Rank, 0.75), (StudyKind::Match, 0.0)]);
        let said = ended_words(&ended, "another network is in use");
        let said = said.unwrap();
        assert_eq!(
            said,
            "Ranking the channels ended at 75 %: another network is in use"
        );
        assert_eq!(ended_words(&ended[1..], "another list is open"), None);
        assert!(studies.turn_to(about("b", 2)).is_empty(), "said once");
        studies.towers = measured(40);
        studies.turn_to(about("a", 1));
        assert_eq!(faces(&studies), Some(300));
        studies.turn_to(about("b", 2));
        assert_eq!(faces(&studies), Some(40));
    }
}
