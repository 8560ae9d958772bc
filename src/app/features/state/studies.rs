//! What is being found out in the background about channels and towers, and what was found.

use std::collections::VecDeque;
use std::time::Duration;

use crate::app::features::state::ranking::Ranking;
use crate::dataset::FaceSubset;
use crate::engine::{StudyKind, StudyNews, StudyResult, StudyTicket};
use crate::figure::short;
use crate::measure::FEW_UNITS;
use crate::model::{Tap, TapLayer, TowerId};
use crate::study::{Effects, TopActivations, Towers};

/// A network, by its fingerprint, and the faces of a list, by their key.
pub type About = (String, u64);

/// Networks and lists about which it is kept what was found, when others are looked at.
const KEPT: usize = 16;

/// What was found about a network over the faces of a list.
#[derive(Default)]
pub struct Found {
    pub effects: Option<(Effects, FaceSubset)>,
    pub top_activations: Option<(TapLayer, Vec<Tap>, TopActivations, FaceSubset)>,
    pub towers: Option<(Towers, FaceSubset)>,
}

/// How many faces a study is over, and of which.
pub struct FacesWanted {
    pub rank: usize,
    pub towers: usize,
    /// Whether they are drawn from the faces that the list shows at the moment, not from all.
    pub of_shown: bool,
}

impl Default for FacesWanted {
    fn default() -> Self {
        Self {
            // No fewer, or the intervals are too narrow.
            rank: FEW_UNITS,
            towers: 100,
            of_shown: false,
        }
    }
}

impl Found {
    pub fn is_empty(&self) -> bool {
        self.effects.is_none() && self.top_activations.is_none() && self.towers.is_none()
    }
}

/// The newest of each kind, as far as there is one.
#[derive(Default)]
pub struct Studies {
    pub running: Vec<Running>,
    /// Number of the newest study.
    pub newest: StudyTicket,
    /// What was found, and over which faces.
    pub found: Found,
    pub ranking: Ranking,
    /// Why the last one of a kind failed, or what it left out.
    pub problems: Vec<(StudyKind, String)>,
    pub faces: FacesWanted,
    /// Over which faces channels were matched last.
    pub matched_over: Option<String>,
    /// What all this is about.
    pub about: About,
    pub kept: VecDeque<(About, Found)>,
}

pub struct Running {
    pub kind: StudyKind,
    pub ticket: StudyTicket,
    /// Which faces of the list it is over.
    pub faces: FaceSubset,
    pub done: usize,
    pub of: usize,
    pub elapsed: Duration,
}

impl Studies {
    /// Another network is at hand, or another list. What was found about those before is kept for
    /// when they are at hand again, and what was found about these comes back. What runs ends.
    /// Returns what ended before it was done, and how much of it was.
    pub fn turn_to(&mut self, about: About) -> Vec<(StudyKind, f32)> {
        let ended = std::mem::take(&mut self.running);
        let found = std::mem::take(&mut self.found);
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
            faces: std::mem::take(&mut self.faces),
            ranking: std::mem::take(&mut self.ranking),
            found,
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
            let text = match faces {
                1 => format!("1 face was left out: {first}"),
                n => format!("{n} faces were left out, the first: {first}"),
            };
            self.problems.push((news.kind, text));
            return None;
        }
        let running = self.running.swap_remove(at);
        match news.finding {
            StudyResult::Effects(found) => self.found.effects = Some((found, running.faces)),
            StudyResult::Towers(found) => self.found.towers = Some((found, running.faces)),
            StudyResult::TopActivations { place, taps, found } => {
                self.found.top_activations = Some((place, taps, found, running.faces));
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

    /// How many and which faces were looked through for the top activations of a place.
    pub fn looked_through(&self, place: TapLayer) -> Option<(usize, String)> {
        let (of, _, found, choice) = self.found.top_activations.as_ref()?;
        (*of == place).then(|| (found.faces, choice.describe(found.faces)))
    }

    /// The channels of a tower that are zero on every face that was looked through, if any was.
    pub fn dead(&self, place: TapLayer, tower: TowerId) -> Option<Vec<u32>> {
        let (of, taps, found, _) = self.found.top_activations.as_ref()?;
        let tap = taps.iter().position(|t| t.tower == tower)?;
        let channels = (0_u32..).zip(found.taps.get(tap)?);
        let silent = channels.filter(|(_, best)| best.iter().all(|e| e.value <= 0.0));
        (*of == place && place.is_conv() && found.faces > 0)
            .then(|| silent.map(|(channel, _)| channel).collect())
    }

    /// Faces of the list that activate a channel, and how much; `None` if nobody looked.
    pub fn examples(
        &self,
        place: TapLayer,
        tower: TowerId,
        channel: u32,
    ) -> Option<Vec<(usize, f32)>> {
        let (of, taps, found, choice) = self.found.top_activations.as_ref()?;
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
pub fn ended_text(ended: &[(StudyKind, f32)], because: &str) -> Option<String> {
    let name = |kind| match kind {
        StudyKind::Rank => Some("ranking the channels"),
        StudyKind::TopActivations => Some("finding the top activations"),
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
    pub fn part(&self) -> f32 {
        self.done as f32 / self.of.max(1) as f32
    }

    /// "34 % · 12 s left · 41 faces/s", the rate where there is room.
    pub fn text(&self, part: f32, wide: bool) -> String {
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
            StudyKind::TopActivations | StudyKind::Match | StudyKind::Towers => "faces",
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
        let mut studies = Studies::default();
        let old = studies.starts(StudyKind::Towers, FaceSubset::none());
        let new = studies.starts(StudyKind::Towers, FaceSubset::none());
        let news = |ticket, finding| StudyNews {
            ticket,
            kind: StudyKind::Towers,
            finding,
        };
        let found = || StudyResult::Towers(Towers::default());
        assert!(studies.take(news(old, found())).is_none() && studies.found.towers.is_none());
        let half = StudyResult::Progress {
            done: 3,
            of: 6,
            elapsed: Duration::from_secs(3),
        };
        studies.take(news(new, half));
        studies.take(news(new, StudyResult::LeftOut(2, "a.png: broken".into())));
        assert_eq!(studies.progress(StudyKind::Towers), Some(0.5));
        let running = &studies.running[0];
        assert_eq!(running.text(0.5, false), "50 % · 3 s left");
        assert_eq!(running.text(0.5, true), "50 % · 3 s left · 1.00 faces/s");
        studies.take(news(new, found()));
        assert!(studies.found.towers.is_some() && studies.progress(StudyKind::Towers).is_none());
        let actual = &studies.problems[0].1;
        assert_eq!(actual, "2 faces were left out, the first: a.png: broken");
        studies.starts(StudyKind::Towers, FaceSubset::none());
        assert!(studies.problems.is_empty());
    }

    #[test]
    fn what_was_found_comes_back_with_its_network_and_list() {
        let about = |network: &str, set| (network.to_owned(), set);
        let mut studies = Studies::default();
        studies.turn_to(about("a", 1));
        let measured = |faces| {
            let towers = Towers {
                faces,
                ..Towers::default()
            };
            Some((towers, FaceSubset::none()))
        };
        let faces = |s: &Studies| s.found.towers.as_ref().map(|t| t.0.faces);
        studies.found.towers = measured(300);
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
        let actual = ended_text(&ended, "another network is in use");
        let actual = actual.unwrap();
        assert_eq!(
            actual,
            "Ranking the channels ended at 75 %: another network is in use"
        );
        assert_eq!(ended_text(&ended[1..], "another list is open"), None);
        assert!(studies.turn_to(about("b", 2)).is_empty(), "said once");
        studies.found.towers = measured(40);
        studies.turn_to(about("a", 1));
        assert_eq!(faces(&studies), Some(300));
        studies.turn_to(about("b", 2));
        assert_eq!(faces(&studies), Some(40));
    }
}
