//! A face in the window's list: its sample, which stays as it was read, and what became of it.

use std::sync::Arc;
use std::time::Duration;

use eframe::egui::TextureHandle;
use image::RgbImage;

use crate::dataset::{BoxSource, Sample};
use crate::label::{
    Annotation, FaceBox, Point, Prediction, Schema, TaskKind, TaskLabels, TaskPrediction, distance,
};
use crate::measure::{ALPHA, reference_length};

/// What became of a face since its list was opened. Lists are long, so this is small.
pub struct Item {
    pub state: Picture,
    pub thumbnail: Option<TextureHandle>,
    pub face_box: FaceBox,
    pub source: BoxSource,
    /// Where the box was before anyone moved it.
    pub first_box: (FaceBox, BoxSource),
    pub prediction: Option<Prediction>,
    /// The box in which it was made.
    pub predicted_box: Option<FaceBox>,
    pub latency: Option<Duration>,
    /// Mean distance of predicted and labelled points over L, as a fraction; NaN where unknown.
    pub nme: f32,
    /// Whether a predicted point is farther than α·L from its label.
    pub misses: bool,
}

/// How far the picture is.
pub enum Picture {
    Unread,
    Reading,
    Ready(Arc<RgbImage>),
    Failed(String),
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
            prediction: None,
            predicted_box: None,
            latency: None,
            nme: f32::NAN,
            misses: false,
        }
    }

    /// The picture has come. A box that somebody moved stays where it is.
    pub fn read(&mut self, picture: Arc<RgbImage>, sample: &Sample) {
        let (width, height) = picture.dimensions();
        let place = sample.region_in(width, height);
        if self.source != BoxSource::Given {
            (self.face_box, self.source) = place;
        }
        self.first_box = place;
        self.state = Picture::Ready(picture);
    }

    /// A prediction has come.
    pub fn predicted(
        &mut self,
        sample: &Sample,
        schema: &Schema,
        face_box: FaceBox,
        prediction: Prediction,
    ) {
        self.prediction = Some(prediction);
        self.predicted_box = Some(face_box);
        let face = Face { sample, item: self };
        let (nme, misses) = {
            let points = face.points(schema);
            let offs: Vec<f32> = points
                .iter()
                .filter_map(|p| Some(p.off()? / p.length?))
                .collect();
            let mean = offs.iter().sum::<f32>() / offs.len() as f32;
            (mean, points.iter().any(|p| p.is_found() == Some(false)))
        };
        (self.nme, self.misses) = (nme, misses);
    }

    /// Forgets what another network said.
    pub fn forget_prediction(&mut self) {
        self.prediction = None;
        self.predicted_box = None;
        self.latency = None;
        self.nme = f32::NAN;
        self.misses = false;
    }

    pub fn picture(&self) -> Option<&Arc<RgbImage>> {
        match &self.state {
            Picture::Ready(picture) => Some(picture),
            _ => None,
        }
    }
}

/// A face to look at.
#[derive(Clone, Copy)]
pub struct Face<'a> {
    pub sample: &'a Sample,
    pub item: &'a Item,
}

impl<'a> Face<'a> {
    pub fn name(&self) -> String {
        name(self.sample)
    }

    pub fn labels(&self) -> &'a Annotation {
        &self.sample.annotation
    }

    /// NME as a fraction.
    pub fn nme(&self) -> Option<f32> {
        Some(self.item.nme).filter(|v| v.is_finite())
    }

    /// Each point of each points task: its name, the prediction and the label as far as there are
    /// such, and L.
    pub fn points<'s>(&self, schema: &'s Schema) -> Vec<PointView<'s>> {
        let mut all = Vec::new();
        for (t, task) in schema.tasks.iter().enumerate() {
            let TaskKind::Points {
                points, reference, ..
            } = &task.kind
            else {
                continue;
            };
            let labels = match self.labels().tasks.get(t) {
                Some(TaskLabels::Points(labels)) if labels.len() == points.len() => Some(labels),
                _ => None,
            };
            let found = match self.item.prediction.as_ref().and_then(|p| p.tasks.get(t)) {
                Some(TaskPrediction::Points(found)) if found.len() == points.len() => Some(found),
                _ => None,
            };
            let length = labels.and_then(|l| reference_length(l, *reference));
            all.extend(points.iter().enumerate().map(|(i, name)| PointView {
                name,
                found: found.map(|f| f[i]),
                label: labels.and_then(|l| l[i].known()),
                length,
            }));
        }
        all
    }
}

/// A face's name in lists: its picture's, and its number where there are several.
pub fn name(sample: &Sample) -> String {
    let name = crate::dataset::name_of(&sample.path);
    match sample.face {
        0 => name,
        n => format!("{name} · {}", n + 1),
    }
}

/// A point as predicted and as labelled, in photo coordinates.
pub struct PointView<'a> {
    pub name: &'a str,
    pub found: Option<Point>,
    pub label: Option<Point>,
    /// The reference distance L in pixels.
    pub length: Option<f32>,
}

impl PointView<'_> {
    /// Pixels between prediction and label.
    pub fn off(&self) -> Option<f32> {
        Some(distance(self.found?, self.label?))
    }

    /// Whether the point is within α·L of its label.
    pub fn is_found(&self) -> Option<bool> {
        Some(self.off()? <= ALPHA * self.length?)
    }

    /// The name as people write it.
    pub fn title(&self) -> String {
        self.name.replace('_', " ")
    }
}
