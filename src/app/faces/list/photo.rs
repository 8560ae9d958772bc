//! All faces in the photo that is looked at: those of the list, and boxes that somebody drew.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::List;
use crate::app::faces::boxes::{HandBox, PhotoFace};
use crate::app::faces::findings::Finding;
use crate::app::faces::item::{Face, Picture};
use crate::dataset::BoxSource;
use crate::engine::{FaceId, FaceTicket};
use crate::label::{FaceBox, Prediction, Schema};

/// More faces than this in one photo are not drawn: nobody could tell them apart.
const AT_MOST: usize = 256;

impl List {
    /// Brings a filter by boxes by hand up to date; whether the list is to be arranged anew.
    pub fn follow_boxes(&mut self) -> bool {
        let among = self.order.arrangement.among.as_ref();
        let filtered = among.is_some_and(|a| a.by_hand);
        if !std::mem::take(&mut self.boxes.by_hand_changed) || !filtered {
            return false;
        }
        let now = self.by_hand();
        let among = self.order.arrangement.among.as_mut();
        among.is_some_and(|among| {
            let changed = *among.faces != *now;
            among.faces = now.into();
            changed
        })
    }

    /// Faces whose boxes somebody moved, and those in whose photos somebody drew some.
    pub fn by_hand(&self) -> Vec<u32> {
        let drawn: HashSet<&Path> = self.boxes.hands.iter().map(|h| &*h.path).collect();
        let all = (0_u32..).zip(self.samples.iter().zip(&self.items));
        let by_hand = all.filter(|(_, (sample, item))| {
            item.source == BoxSource::Given || !drawn.is_empty() && drawn.contains(&*sample.path)
        });
        by_hand.map(|(index, _)| index).collect()
    }

    /// What somebody did to the boxes of a face's photo, in a word or two.
    pub fn describe_box(&self, index: usize) -> Option<&'static str> {
        let (sample, item) = (self.samples.get(index)?, self.items.get(index)?);
        if item.source == BoxSource::Given {
            return Some("box by hand");
        }
        let drawn = self.boxes.hands.iter().any(|h| h.path == sample.path);
        drawn.then_some("box drawn")
    }

    pub fn active(&self) -> PhotoFace {
        match self.active_hand() {
            Some(hand) => PhotoFace::Drawn(hand.number),
            None => PhotoFace::Listed(self.selected()),
        }
    }

    /// The drawn box that is looked at.
    pub fn active_hand(&self) -> Option<&HandBox> {
        let number = self.boxes.active?;
        let path = &self.samples.get(self.selected())?.path;
        let mut hands = self.boxes.hands.iter();
        hands.find(|h| h.number == number && h.path == *path)
    }

    /// Whether the photo has one face in a box that nobody set: it gives way to the first one that
    /// somebody draws.
    pub fn is_guessed_alone(&self) -> bool {
        let all = self.in_photo();
        matches!(&all[..], [(PhotoFace::Listed(_), face)] if face.source.is_assumed())
    }

    /// All faces in the photo that is looked at, the active one last, so that it lies on top.
    pub fn in_photo(&self) -> Vec<(PhotoFace, Face<'_>)> {
        let Some(photo) = self.face(self.selected()) else {
            return Vec::new();
        };
        let size = photo.item.picture().map(|p| p.dimensions());
        let others = self.info.summary.in_picture(self.selected()).into_iter();
        let shown = |i: &usize| *i != self.selected() && !self.is_removed(*i);
        let others = others.filter(shown).take(AT_MOST);
        let listed = others.chain([self.selected()]);
        let mut all: Vec<_> = listed
            .filter_map(|index| {
                let mut face = self.face(index)?;
                // The picture was read for another of its faces.
                if let (Picture::Unread, Some((w, h))) = (&face.item.state, size)
                    && face.source != BoxSource::Given
                {
                    (face.face_box, face.source) = face.sample.region_in(w, h);
                }
                Some((PhotoFace::Listed(index), face))
            })
            .collect();
        let hands = self
            .boxes
            .hands
            .iter()
            .filter(|h| h.path == photo.sample.path);
        let active = self.active();
        all.extend(hands.map(|h| {
            let which = PhotoFace::Drawn(h.number);
            let face = self.waiting.without_old(h.face(photo), which == active);
            (which, face)
        }));
        all.sort_by_key(|(which, _)| *which == active);
        all
    }

    /// The face that a ticket is of, or for a drawn box the one whose photo it is in.
    pub fn sample_of(&self, ticket: FaceTicket) -> usize {
        match ticket.face {
            FaceId::Drawn(_) => self.selected(),
            FaceId::Listed(index) => index,
        }
    }

    /// Takes what was predicted for a drawn box; nothing where there is no such box.
    pub fn hand_predicted(
        &mut self,
        number: u32,
        schema: &Schema,
        face_box: FaceBox,
        (prediction, latency): (Arc<Prediction>, Option<Duration>),
    ) -> Option<Duration> {
        let hand = self.boxes.hand_mut(number)?;
        // A box that has moved on since gets its own answer.
        if hand.face_box == face_box || hand.finding.is_none() {
            hand.finding = Some(Finding::new(None, schema, face_box, prediction));
            hand.latency = latency.or(hand.latency);
        }
        hand.latency.filter(|_| self.boxes.active == Some(number))
    }
}
