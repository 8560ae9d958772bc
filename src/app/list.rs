//! The faces that are open: samples as they were read, what became of each, and which of them are
//! shown in which order. Pictures and thumbnails are held within budgets.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use eframe::egui::TextureHandle;
use image::RgbImage;

use super::arrange::{Arrangement, AttributeIs, Place, Predicted, Sort};
use super::item::{Face, Item, Picture};
use crate::dataset::Sample;
use crate::label::TaskPrediction;

/// Bytes of decoded pictures that are kept.
const PICTURES: usize = 256 << 20;
/// Thumbnails that are kept, 16 KB each.
const THUMBNAILS: usize = 4096;
/// While predictions come, a list that depends on them is arranged anew this often.
const ARRANGE_EVERY: Duration = Duration::from_secs(2);

#[derive(Default)]
pub struct List {
    pub name: String,
    pub samples: Arc<Vec<Sample>>,
    pub items: Vec<Item>,
    /// Names of the samples' columns.
    pub columns: Vec<String>,
    /// Indices of the faces that are shown.
    pub order: Vec<u32>,
    /// Index of the face that is looked at.
    pub selected: usize,
    /// Number of the list, so that what comes late for another is dropped.
    pub number: u64,
    pub scroll: bool,
    pub arrangement: Arrangement,
    /// The selected photo, which it is, and whether its pixels are hard.
    pub texture: Option<(usize, bool, TextureHandle)>,
    /// Drawn pictures cannot be read again.
    drawn: bool,
    pictures: VecDeque<(usize, usize)>,
    thumbnails: VecDeque<usize>,
    arranging: Option<Receiver<Vec<u32>>>,
    /// Whether predictions have come since the list was arranged.
    stale: bool,
    arranged: Option<Instant>,
}

impl List {
    pub fn new(name: String, samples: Vec<Sample>, columns: Vec<String>, number: u64) -> Self {
        Self {
            name,
            items: samples.iter().map(|_| Item::unread()).collect(),
            order: (0..samples.len() as u32).collect(),
            samples: Arc::new(samples),
            columns,
            number,
            ..Self::default()
        }
    }

    /// A list of pictures that are there already.
    pub fn of_drawn(name: String, drawn: Vec<(Sample, Arc<RgbImage>)>, number: u64) -> Self {
        let (samples, pictures): (Vec<_>, Vec<_>) = drawn.into_iter().unzip();
        let mut list = Self::new(name, samples, Vec::new(), number);
        list.drawn = true;
        for ((item, picture), sample) in list.items.iter_mut().zip(pictures).zip(&*list.samples) {
            item.read(picture, sample);
        }
        list
    }

    /// Whether the pictures were drawn, and so are in no file.
    pub fn is_drawn(&self) -> bool {
        self.drawn
    }

    pub fn face(&self, index: usize) -> Option<Face<'_>> {
        Some(Face {
            sample: self.samples.get(index)?,
            item: self.items.get(index)?,
        })
    }

    pub fn shown(&self) -> Option<Face<'_>> {
        self.face(self.selected)
    }

    pub fn item_mut(&mut self) -> Option<&mut Item> {
        self.items.get_mut(self.selected)
    }

    /// Row of the selected face, if it is among those shown.
    pub fn row(&self) -> Option<usize> {
        let at = |i: &u32| *i as usize == self.selected;
        // Nearly always where it is without any filter.
        match self.order.get(self.selected) {
            Some(i) if at(i) => Some(self.selected),
            _ => self.order.iter().position(at),
        }
    }

    /// The face `by` rows away from the selected one.
    pub fn neighbour(&self, by: isize) -> Option<usize> {
        let row = match self.row() {
            Some(row) => row.checked_add_signed(by)?,
            None => 0,
        };
        self.order.get(row).map(|i| *i as usize)
    }

    /// A picture has come; earlier ones go when there is no room.
    pub fn took_picture(&mut self, index: usize) {
        let Some(picture) = self.items.get(index).and_then(Item::picture) else {
            return;
        };
        self.pictures.push_back((index, picture.as_raw().len()));
        let mut held: usize = self.pictures.iter().map(|(_, bytes)| bytes).sum();
        let mut left = self.pictures.len();
        while held > PICTURES && left > 1 && !self.drawn {
            left -= 1;
            let Some((old, bytes)) = self.pictures.pop_front() else {
                return;
            };
            if old == self.selected {
                self.pictures.push_back((old, bytes));
                continue;
            }
            held -= bytes;
            if let Some(item) = self.items.get_mut(old)
                && item.picture().is_some()
            {
                item.state = Picture::Unread;
            }
        }
    }

    /// A thumbnail has come; the oldest go when there are too many.
    pub fn took_thumbnail(&mut self, index: usize, thumbnail: TextureHandle) {
        if let Some(item) = self.items.get_mut(index) {
            item.thumbnail = Some(thumbnail);
            self.thumbnails.push_back(index);
        }
        while self.thumbnails.len() > THUMBNAILS
            && let Some(old) = self.thumbnails.pop_front()
        {
            if let Some(item) = self.items.get_mut(old) {
                item.thumbnail = None;
            }
        }
    }

    /// Arranges the list as is asked, away from the window's thread.
    pub fn arrange(&mut self, wake: Arc<dyn Fn() + Send + Sync>) {
        let (done, result) = channel();
        let (samples, arrangement) = (self.samples.clone(), self.arrangement.clone());
        let found = self.predicted();
        rayon::spawn(move || {
            let _ = done.send(arrangement.apply(&samples, &found));
            wake();
        });
        self.arranging = Some(result);
        self.stale = false;
        self.arranged = Some(Instant::now());
    }

    /// Takes in an arrangement that has come, and asks for the next where predictions changed it.
    pub fn keep_arranged(&mut self, wake: &Arc<dyn Fn() + Send + Sync>) {
        if let Some(result) = &self.arranging
            && let Ok(order) = result.try_recv()
        {
            self.order = order;
            self.arranging = None;
        }
        let due = self.arranged.is_none_or(|t| t.elapsed() > ARRANGE_EVERY);
        if self.stale && due && self.arranging.is_none() && self.arrangement.needs_predictions() {
            self.arrange(wake.clone());
        }
    }

    /// Predictions have come.
    pub fn changed(&mut self) {
        self.stale = true;
    }

    /// What predictions have given so far of what the arrangement asks for.
    fn predicted(&self) -> Predicted {
        let mut found = Predicted::default();
        if !self.arrangement.needs_predictions() {
            return found;
        }
        found.nme = self.items.iter().map(|i| i.nme).collect();
        found.misses = self.items.iter().map(|i| i.misses).collect();
        let column = |place: Place| self.items.iter().map(|i| probability(i, place)).collect();
        if let Some((place, is)) = self.arrangement.attribute
            && !matches!(is, AttributeIs::Labelled(_))
        {
            found.filtered = column(place);
        }
        if let Sort::Doubt(place) = self.arrangement.sort {
            found.sorted = column(place);
        }
        found
    }
}

/// The probability of an attribute; NaN where it is unknown.
fn probability(item: &Item, (task, at): Place) -> f32 {
    match item.prediction.as_ref().and_then(|p| p.tasks.get(task)) {
        Some(TaskPrediction::Binary(values)) => values.get(at).copied().unwrap_or(f32::NAN),
        _ => f32::NAN,
    }
}
