//! What the view makes of the engine's answers, and of another network or list.

use std::mem;

use eframe::egui;
use image::RgbImage;

use crate::app::faces::list::List;
use crate::app::features::state::effect::{Effect, changes, moves};
use crate::app::features::state::key::EffectKey;
use crate::app::features::state::maps::{Shown, Tower, texture};
use crate::app::features::state::ranking::Ranking;
use crate::app::features::state::studies::ended_text;
use crate::app::features::view::{FeatureView, Source};
use crate::engine::{
    CompareTicket, Compared, EngineError, ExportNews, ExportOutcome, FaceTicket, LayerMaps,
    MutedAnswer, NetworkInfo, StudyKind, StudyNews, StudyResult,
};
use crate::label::Schema;
use crate::model::TapLayer;
use crate::study::Matched;

/// What is for the window as a whole.
pub enum Notice {
    Message(String),
    /// A figure for the clipboard.
    Picture(RgbImage),
}

impl FeatureView {
    pub fn take(&mut self, ctx: &egui::Context, maps: LayerMaps) {
        if !self.maps.are_asked(maps.key.ticket, maps.place) {
            return;
        }
        // Those of an older box are shown until the newer ones come.
        if self.maps.is_fresh(maps.key) {
            self.maps.waiting = None;
        }
        self.maps.failed = None;
        self.maps.received += 1;
        if self
            .maps
            .shown
            .as_ref()
            .is_none_or(|s| s.place != maps.place)
        {
            self.muting.effect = Effect::default();
        }
        self.maps.shown = Some(Shown {
            place: maps.place,
            input: texture(ctx, "network input", &maps.input),
            towers: maps.towers.into_iter().map(Tower::new).collect(),
            all: maps.all,
            heat: None,
            arranged: None,
        });
        let channels = self.tower().map_or(1, |t| t.maps.channels()) as u32;
        let (tower, _) = self.place_selected();
        self.select(
            tower,
            self.inspector.selected.1.min(channels.saturating_sub(1)),
        );
    }

    /// There will be no maps of a place for a face.
    pub fn fail(&mut self, place: TapLayer, face: FaceTicket, why: &str) {
        if !self.maps.are_asked(face, place) {
            return;
        }
        (self.maps.waiting, self.inspector.pointer) = (None, None);
        self.maps.failed = Some(format!("The maps of this layer cannot be made: {why}"));
    }

    pub fn take_effect(&mut self, schema: &Schema, answer: &MutedAnswer) {
        const ROWS: usize = 5;
        let effect = &mut self.muting.effect;
        let is_asked = |asked: &&EffectKey| {
            asked.face.ticket == answer.key.ticket && asked.masks == answer.masks
        };
        let Some(asked) = effect.asked.as_ref().filter(is_asked) else {
            return; // something else has been asked meanwhile
        };
        // That of an older box is shown until the newer one comes.
        effect.answered = asked.face == answer.key;
        effect.rows = changes(schema, answer, ROWS);
        effect.moves = moves(answer);
    }

    pub fn take_compared(
        &mut self,
        ctx: &egui::Context,
        ticket: CompareTicket,
        result: Result<Compared, EngineError>,
    ) {
        if self.comparison.take(ctx, ticket, result) {
            self.maps.received += 1;
        }
    }

    pub fn take_study(&mut self, studied: StudyNews) -> Option<Notice> {
        match studied.kind {
            StudyKind::Rank => self.studies.ranking.forget(),
            // Which channels are dead is known now.
            StudyKind::TopActivations => {
                if let Some(shown) = &mut self.maps.shown {
                    shown.arranged = None;
                }
            }
            StudyKind::Match | StudyKind::Towers | StudyKind::Explain => {}
        }
        match self.studies.take(studied)? {
            StudyResult::Matched {
                place,
                second,
                found,
                networks,
            } => {
                let matched = Matched {
                    towers: found,
                    faces: self.studies.matched_over.clone().unwrap_or_default(),
                    networks,
                };
                self.comparison.take_pairs(place, &second, matched);
                None
            }
            // Of another face or box it is kept for these.
            StudyResult::Explained(found) => {
                // What was asked by itself is missed by nobody.
                let is_shown = self.attention.follows(found.key) | self.attention.take(found);
                let message = "Where the network looked is found, for the face that was asked \
                               about: look at it again to see it";
                (!is_shown).then(|| Notice::Message(message.into()))
            }
            StudyResult::Failed(why) => Some(Notice::Message(why)),
            // What the studies have kept, and what came to nothing.
            StudyResult::Progress { .. }
            | StudyResult::Effects(_)
            | StudyResult::TopActivations { .. }
            | StudyResult::Towers(_)
            | StudyResult::LeftOut(..)
            | StudyResult::Nothing => None,
        }
    }

    pub fn take_export(&mut self, news: ExportNews) -> Option<Notice> {
        self.export.ends(news.ticket);
        match news.outcome {
            ExportOutcome::Written(files) => {
                let names: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
                Some(Notice::Message(format!("Saved {}", names.join(", "))))
            }
            ExportOutcome::Drawn(picture) => Some(Notice::Picture(picture)),
            ExportOutcome::Failed(why) => Some(Notice::Message(why)),
        }
    }

    /// Puts aside what was found out about another network or another list. Returns whether there
    /// was another, and what there is to say of that.
    pub fn turn_to(&mut self, network: &NetworkInfo, list: &List) -> (bool, Option<String>) {
        let same_network = self.source.network == network.fingerprint;
        if same_network && self.source.list == list.number {
            return (false, None);
        }
        let known = Source {
            network: network.fingerprint.clone(),
            origin: network.origin.clone(),
            list: list.number,
        };
        let before = mem::replace(&mut self.source, known);
        let ended = self
            .studies
            .turn_to((network.fingerprint.clone(), list.info.key));
        self.studies.ranking.forget();
        self.comparison.pairs.forget();
        if !same_network {
            self.muting.reset();
            self.muting.effect = Effect::default();
            self.attention.turn_to_network(&network.fingerprint);
            self.studies.ranking = Ranking::default();
            self.comparison
                .after_switch(&before.origin, &network.origin);
            self.stars.version += 1;
        }
        let because = match same_network {
            true => "another list is open now",
            false => "another network is in use now",
        };
        (true, ended_text(&ended, because))
    }
}
