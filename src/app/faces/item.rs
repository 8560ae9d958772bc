//! A face in the window's list: its sample, which stays as it was read, and what became of it.

use std::sync::Arc;
use std::time::Duration;

use eframe::egui::{ColorImage, TextureHandle};
use image::RgbImage;

use super::findings::Finding;
use super::points::{PointView, nme, points_of};
use crate::app::faces::arrangement::AttributeIndex;
use crate::dataset::{BoxSource, FaceName, Sample};
use crate::label::{Annotation, FaceBox, Point, PointLabel, Prediction, Schema, TaskLabels};

/// What became of a face since its list was opened. Lists are long, so this is small.
pub struct Item {
    pub state: Picture,
    pub thumbnail: Option<TextureHandle>,
    pub face_box: FaceBox,
    pub source: BoxSource,
    /// Where the box was before anyone moved it.
    pub first_box: (FaceBox, BoxSource),
    pub latency: Option<Duration>,
}

/// How far the picture is.
pub enum Picture {
    Unread,
    Ready(Decoded),
    Failed(Arc<str>),
}

/// A picture, and the copy of it that the screen takes.
#[derive(Clone)]
pub struct Decoded {
    pub image: Arc<RgbImage>,
    pub screen: Arc<ColorImage>,
}

/// Longer sides than this are drawn from a smaller copy: no GPU takes any texture.
const MAX_TEXTURE: u32 = 4096;

impl Decoded {
    /// Makes the screen's copy, which takes a while for large pictures.
    pub fn new(image: RgbImage) -> Self {
        let longest = image.width().max(image.height());
        let screen = if longest > MAX_TEXTURE {
            let scale = MAX_TEXTURE as f32 / longest as f32;
            let side = |v: u32| ((v as f32 * scale) as u32).max(1);
            let (w, h) = (side(image.width()), side(image.height()));
            color_image(&image::imageops::thumbnail(&image, w, h))
        } else {
            color_image(&image)
        };
        Self {
            image: Arc::new(image),
            screen: Arc::new(screen),
        }
    }

    pub fn bytes(&self) -> usize {
        self.image.as_raw().len() + 4 * self.screen.pixels.len()
    }
}

pub fn color_image(image: &RgbImage) -> ColorImage {
    let size = [image.width() as usize, image.height() as usize];
    ColorImage::from_rgb(size, image.as_raw())
}

impl Item {
    pub fn unread() -> Self {
        let place = (FaceBox::new(0.0, 0.0, 1.0, 1.0), BoxSource::WholePicture);
        Self {
            state: Picture::Unread,
            thumbnail: None,
            face_box: place.0,
            source: place.1,
            first_box: place,
            latency: None,
        }
    }

    /// The picture has come. A box that somebody moved stays where it is.
    pub fn read(&mut self, picture: Decoded, sample: &Sample) {
        let (width, height) = picture.image.dimensions();
        let place = sample.region_in(width, height);
        if self.source != BoxSource::Given {
            (self.face_box, self.source) = place;
        }
        self.first_box = place;
        self.state = Picture::Ready(picture);
    }

    pub fn picture(&self) -> Option<&Arc<RgbImage>> {
        self.decoded().map(|d| &d.image)
    }

    pub fn decoded(&self) -> Option<&Decoded> {
        match &self.state {
            Picture::Ready(picture) => Some(picture),
            _ => None,
        }
    }
}

/// A face to look at: one of the list, or a box that somebody drew.
#[derive(Clone, Copy)]
pub struct Face<'a> {
    /// The sample whose picture it is in.
    pub sample: &'a Sample,
    pub item: &'a Item,
    pub face_box: FaceBox,
    pub source: BoxSource,
    pub finding: Option<&'a Finding>,
    /// What another predictor says.
    pub other: Option<&'a Finding>,
    /// The number of a box drawn by hand, which has no labels.
    pub hand: Option<u32>,
    /// Where a labelled point is while it is dragged.
    pub dragged: Option<(AttributeIndex, Point)>,
}

impl<'a> Face<'a> {
    pub fn name(&self) -> String {
        self.name_in_two().concat()
    }

    /// The photo's name, and which of its faces it is where there are several: that has to stay
    /// where there is no room for both.
    pub fn name_in_two(&self) -> [String; 2] {
        let which = self.which();
        let which = which.map_or(String::new(), |which| format!(" · {which}"));
        [crate::dataset::name_of(&self.sample.path), which]
    }

    /// Which of its photo's faces it is, where there are several.
    pub fn which(&self) -> Option<FaceName> {
        let drawn = self.hand.map(|n| FaceName::Drawn(n + 1));
        drawn.or_else(|| self.sample.which())
    }

    /// Whether its finding is of a box from which it was moved: that of the box at hand is to come.
    pub fn is_waiting(&self) -> bool {
        self.is_moved_from(self.finding)
    }

    /// The same of what another predictor found.
    pub fn is_other_waiting(&self) -> bool {
        self.is_moved_from(self.other)
    }

    fn is_moved_from(&self, finding: Option<&Finding>) -> bool {
        let placed = self.source == BoxSource::Given || self.item.picture().is_some();
        placed && finding.is_some_and(|f| f.face_box != self.face_box)
    }

    /// Whether its box was moved or drawn and has no answer: a sweep brings it none, since that
    /// predicts in the boxes of the data set.
    pub fn is_unanswered(&self) -> bool {
        self.is_waiting() || self.source == BoxSource::Given && self.finding.is_none()
    }

    pub fn labels(&self) -> Option<&'a Annotation> {
        self.hand.is_none().then_some(&self.sample.annotation)
    }

    pub fn prediction(&self) -> Option<&'a Prediction> {
        self.finding.map(|f| &*f.prediction)
    }

    /// NME as a fraction.
    pub fn nme(&self, schema: &Schema) -> Option<f32> {
        if self.dragged.is_some() {
            return Some(nme(&self.points(schema))).filter(|v| v.is_finite());
        }
        self.finding.map(|f| f.nme).filter(|v| v.is_finite())
    }

    /// Each point of each points task.
    pub fn points<'s>(&self, schema: &'s Schema) -> Vec<PointView<'s>> {
        let dragged = self
            .dragged
            .zip(self.labels())
            .map(|((place, at), labels)| {
                let mut labels = labels.clone();
                if let Some(TaskLabels::Points(points)) = labels.tasks.get_mut(place.0)
                    && let Some(point) = points.get_mut(place.1)
                {
                    *point = PointLabel::visible(at);
                }
                labels
            });
        let labels = dragged.as_ref().or(self.labels());
        let mut points = points_of(schema, labels, self.prediction());
        if let Some(other) = self.other {
            let theirs = points_of(schema, None, Some(&other.prediction));
            for (point, their) in points.iter_mut().zip(theirs) {
                point.other = their.found;
            }
        }
        points
    }
}
