//! A face in the window's list, from its name to its prediction.

use std::sync::Arc;
use std::time::Duration;

use eframe::egui::TextureHandle;
use image::RgbImage;

use crate::dataset::synthetic::Portrait;
use crate::dataset::{BoxSource, Sample, picture_box};
use crate::label::{
    Annotation, FaceBox, Point, Prediction, Schema, TaskKind, TaskLabels, TaskPrediction, distance,
};
use crate::measure::{ALPHA, reference_length};

pub struct Item {
    pub name: String,
    /// Where the picture is read from; drawn portraits have none.
    pub sample: Option<Sample>,
    pub state: Picture,
    pub thumbnail: Option<TextureHandle>,
    pub labels: Option<Annotation>,
    pub face_box: FaceBox,
    pub source: BoxSource,
    /// Where the box was before anyone moved it.
    pub first_box: (FaceBox, BoxSource),
    pub prediction: Option<Prediction>,
    /// The box in which it was made.
    pub predicted_box: Option<FaceBox>,
    pub latency: Option<Duration>,
}

/// How far the picture is.
pub enum Picture {
    Unread,
    Reading,
    Ready(Arc<RgbImage>),
    Failed(String),
}

impl Item {
    pub fn drawn(name: String, portrait: Portrait) -> Self {
        let place = (portrait.face_box, BoxSource::DataSet);
        Self {
            state: Picture::Ready(Arc::new(portrait.image)),
            labels: Some(portrait.annotation),
            ..Self::empty(name, place)
        }
    }

    pub fn unread(sample: Sample) -> Self {
        let name = crate::dataset::name_of(&sample.path);
        let place = (FaceBox::new(0.0, 0.0, 1.0, 1.0), BoxSource::WholePicture);
        Self {
            labels: Some(sample.annotation.clone()),
            sample: Some(sample),
            ..Self::empty(name, place)
        }
    }

    fn empty(name: String, place: (FaceBox, BoxSource)) -> Self {
        Self {
            name,
            sample: None,
            state: Picture::Unread,
            thumbnail: None,
            labels: None,
            face_box: place.0,
            source: place.1,
            first_box: place,
            prediction: None,
            predicted_box: None,
            latency: None,
        }
    }

    /// The picture has come.
    pub fn read(&mut self, picture: Arc<RgbImage>) {
        let (width, height) = picture.dimensions();
        let place = match &self.sample {
            Some(sample) => sample.region_in(width, height),
            None => picture_box(width, height),
        };
        self.first_box = place;
        (self.face_box, self.source) = place;
        self.state = Picture::Ready(picture);
    }

    pub fn picture(&self) -> Option<&Arc<RgbImage>> {
        match &self.state {
            Picture::Ready(picture) => Some(picture),
            _ => None,
        }
    }

    /// Each point of each points task: its name, the prediction and the label as far as there are
    /// such, and L.
    pub fn points<'a>(&'a self, schema: &'a Schema) -> Vec<PointView<'a>> {
        let mut all = Vec::new();
        for (t, task) in schema.tasks.iter().enumerate() {
            let TaskKind::Points {
                points, reference, ..
            } = &task.kind
            else {
                continue;
            };
            let labels = match self.labels.as_ref().and_then(|a| a.tasks.get(t)) {
                Some(TaskLabels::Points(labels)) if labels.len() == points.len() => Some(labels),
                _ => None,
            };
            let found = match self.prediction.as_ref().and_then(|p| p.tasks.get(t)) {
                Some(TaskPrediction::Points(found)) => Some(found),
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

    /// The mean distance of predicted and labelled points over L, as a fraction.
    pub fn nme(&self, schema: &Schema) -> Option<f32> {
        let offs: Vec<f32> = self
            .points(schema)
            .iter()
            .filter_map(|p| Some(p.off()? / p.length?))
            .collect();
        (!offs.is_empty()).then(|| offs.iter().sum::<f32>() / offs.len() as f32)
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
