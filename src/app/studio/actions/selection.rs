//! Which photo is looked at: selecting it, and reading it and what may come next.

use eframe::egui;

use crate::app::faces::arrangement::Sort;
use crate::app::faces::boxes::PhotoFace;
use crate::app::faces::item::Picture;
use crate::app::faces::reading::Read;
use crate::app::studio::{PREDICT_ALL, Studio};
use crate::app::widgets::texture::upload;
use crate::engine::{FaceId, FaceTicket};

impl Studio {
    /// How many faces are open.
    pub fn faces(&self) -> usize {
        self.model.faces.items.len()
    }

    /// Of how many of them there is a prediction.
    pub fn faces_predicted(&self) -> usize {
        self.model.faces.findings.found()
    }

    /// How many of them are shown in the gallery.
    pub fn faces_shown(&self) -> usize {
        self.model.faces.order.shown.len()
    }

    /// The name of the face whose photo is on the screen; `None` while it is read.
    pub fn photo_on_screen(&self) -> Option<String> {
        let face = self.model.faces.shown()?;
        let screen = &face.item.decoded()?.screen;
        self.panels.canvas.shows(screen).then(|| face.name())
    }

    /// Puts the list in order, the largest error first.
    pub fn sort_by_error(&mut self) {
        self.model.faces.order.arrangement.sort = Sort::Nme;
        self.arrange();
    }

    /// Looks at a face.
    pub(in crate::app::studio) fn select(&mut self, index: usize) {
        let Some(item) = self.model.faces.items.get(index) else {
            return;
        };
        let before = self.model.faces.selected();
        self.lifetime.latency = item.latency;
        self.panels.canvas.photo.adding = false;
        if index != before {
            self.leave_item();
        }
        self.model.faces.selection.index = index;
        self.model.faces.boxes.active = None;
        self.share_picture(before, index);
        // What could not be read or made may be there again.
        self.panels.features.ask_failed();
        let item = &mut self.model.faces.items[index];
        if matches!(item.state, Picture::Failed(_)) {
            item.state = Picture::Unread;
        }
        self.wish_pictures(&[]);
        if self.model.faces.items[index].picture().is_some() {
            self.predict(index, true);
            self.predict_others();
        }
    }

    /// Another face in the same picture needs no reading.
    fn share_picture(&mut self, from: usize, to: usize) {
        let samples = self.model.faces.samples.clone();
        let (Some(a), Some(b)) = (samples.get(from), samples.get(to)) else {
            return;
        };
        let picture = self
            .model
            .faces
            .items
            .get(from)
            .and_then(|i| i.decoded())
            .cloned();
        if let Some(picture) = picture
            && from != to
            && a.path == b.path
            && self.model.faces.items[to].picture().is_none()
        {
            self.model.faces.items[to].read(picture, b);
            self.model.faces.took_picture(to);
        }
    }

    /// Wishes for the picture that is looked at, for `others`, and for those that may be wanted
    /// next.
    pub(super) fn wish_pictures(&mut self, others: &[usize]) {
        let list = &self.model.faces;
        let near = [1, -1, 2].into_iter().take(list.room_ahead());
        let near = near.filter_map(|by| list.neighbour(by));
        let unread = |i: &usize| matches!(list.items[*i].state, Picture::Unread);
        let first = std::iter::once(list.selected()).chain(others.iter().copied());
        let mut faces = Vec::new();
        for index in first.chain(near).filter(unread) {
            if !faces.contains(&index) {
                faces.push(index);
            }
        }
        self.reader.pictures(list.number, &list.samples, faces);
    }

    /// Wishes for a face's thumbnail.
    pub(in crate::app::studio) fn wish_thumbnail(&mut self, index: usize) {
        let list = &self.model.faces;
        let wanted = |i: &crate::app::faces::item::Item| i.thumbnail.is_none();
        if list.items.get(index).is_some_and(wanted) {
            self.reader.thumbnail_too(list.number, &list.samples, index);
        }
    }

    /// A short list is predicted whole without being asked, once there are both.
    pub(in crate::app::studio) fn predict_short_list(&mut self) {
        if self.model.networks.current.is_some() && self.is_short_list() {
            self.predict_all(true);
        }
    }

    /// Whether the list is predicted whole without being asked.
    pub(in crate::app::studio) fn is_short_list(&self) -> bool {
        (2..=PREDICT_ALL).contains(&self.model.faces.items.len())
    }

    pub(in crate::app::studio) fn step(&mut self, by: isize) {
        if let Some(next) = self.model.faces.neighbour(by) {
            self.select(next);
            self.model.faces.selection.reveal();
        }
    }

    /// Takes in pictures and thumbnails that were read.
    pub(in crate::app::studio) fn take_read(&mut self, ctx: &egui::Context, read: Read) {
        if read.list != self.model.faces.number {
            return;
        }
        let (index, samples) = (read.face, self.model.faces.samples.clone());
        let looked_at = index == self.model.faces.selected();
        let Some((item, sample)) = self
            .model
            .faces
            .items
            .get_mut(index)
            .zip(samples.get(index))
        else {
            return;
        };
        if let Some(why) = read.error {
            // What is on the screen stays there.
            if item.picture().is_some() {
                return;
            }
            if looked_at {
                self.toasts.say(&*why);
            }
            item.state = Picture::Failed(why);
            return;
        }
        if let Some(file) = read.file {
            self.know_picture(index, file);
        }
        if let Some(small) = read.thumbnail {
            let texture = upload(ctx, "thumbnail", small.into(), false);
            self.model.faces.took_thumbnail(index, texture);
        }
        if let Some(picture) = read.picture {
            self.model.faces.items[index].read(picture, sample);
            self.model.faces.took_picture(index);
            if looked_at {
                self.predict(index, true);
                self.predict_others();
            } else if self.model.faces.is_unanswered(PhotoFace::Listed(index)) {
                self.predict(index, false);
            }
        }
    }

    /// Whether a ticket is of something in the photo that is looked at.
    pub(in crate::app::studio) fn is_shown(&self, ticket: FaceTicket) -> bool {
        match ticket.face {
            FaceId::Drawn(number) => self.model.faces.boxes.active == Some(number),
            FaceId::Listed(_) => {
                self.model.faces.boxes.active.is_none()
                    && ticket == self.ticket(self.model.faces.selected())
            }
        }
    }
}
