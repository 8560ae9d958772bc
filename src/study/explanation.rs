//! Where a network looked at one face, put together: the heat, its check against random weights,
//! and where the point lies that the network finds.

use image::RgbImage;

use super::attention::{
    GRAD_CAM_MEANS, HeatMap, Occlusion, Target, grad_cam, grad_cam_text, last_tap, occlusion,
    randomised, rank_correlation,
};
use super::error::StudyError;
use crate::batch::crop_image;
use crate::label::{
    Annotation, FaceBox, Point, PointLabel, Prediction, Schema, TaskLabels, TaskPrediction,
};
use crate::model::{Predictor, Tap};

/// How it is found where the network looked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    Occlusion(Occlusion),
    /// Of this map; of the task tower's last if `None`.
    GradCam(Option<Tap>),
}

impl Method {
    /// "occlusion: patch 16 px, stride 8 px, filled with middle grey", "Grad-CAM of Attributes
    /// Conv4-3".
    fn title(self, predictor: &Predictor, target: Target) -> String {
        match self {
            Self::Occlusion(o) => format!("occlusion: {}", o.describe()),
            Self::GradCam(tap) => {
                let network = predictor.network();
                match tap.or_else(|| last_tap(network, target.task())) {
                    Some(tap) => grad_cam_text(network, tap),
                    None => "Grad-CAM".into(),
                }
            }
        }
    }

    /// What a value of the map is.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Occlusion(_) => "Mean over the patches that cover a pixel",
            Self::GradCam(_) => GRAD_CAM_MEANS,
        }
    }

    /// `None` if `progress` ends it.
    fn heat(
        self,
        predictor: &Predictor,
        input: &[f32],
        target: Target,
        mut progress: impl FnMut(usize) -> bool,
    ) -> Result<Option<HeatMap>, StudyError> {
        match self {
            Self::Occlusion(patch) => occlusion(predictor, input, target, patch, progress),
            Self::GradCam(_) if !progress(0) => Ok(None),
            Self::GradCam(tap) => {
                let last = last_tap(predictor.network(), target.task());
                let tap = tap.or(last).ok_or(StudyError::NoConvolution)?;
                grad_cam(predictor, input, target, tap).map(Some)
            }
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExplainRequest {
    pub target: Target,
    pub method: Method,
    /// Seed of the random weights from which the same map is made, to check it against.
    pub check: Option<u64>,
}

/// Where the network looked.
#[derive(Clone, Debug)]
pub struct Explanation {
    pub target: Target,
    pub method: Method,
    /// "Grad-CAM of Attributes Conv4-3": how, with the tower and the layer that was weighed.
    pub method_title: String,
    /// Where in the photo the face was looked at.
    pub face_box: FaceBox,
    /// The face as the network sees it.
    pub input: RgbImage,
    pub heat: HeatMap,
    /// Where the network finds the point that is asked about, in input pixels.
    pub at: Option<Point>,
    /// What the network says with nothing hidden, where an attribute is asked about: its probability.
    pub probability: Option<f32>,
    pub random: Option<RandomCheck>,
}

/// What a face's labels say of a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TargetLabel {
    /// Where the point is, in photo pixels.
    Point(Point),
    Presence(bool),
    Unknown,
}

impl TargetLabel {
    pub fn of(labels: &Annotation, schema: &Schema, target: Target) -> Self {
        let t = target.task();
        let labels = schema.tasks.get(t).and_then(|task| labels.of(t, task));
        let known = match (labels, target) {
            (Some(TaskLabels::Binary(all)), Target::Attribute { item, .. }) => {
                all.get(item).and_then(|l| l.known()).map(Self::Presence)
            }
            (
                Some(TaskLabels::Points(all)),
                Target::Point { item, .. } | Target::Coordinate { item, .. },
            ) => all.get(item).and_then(PointLabel::known).map(Self::Point),
            _ => None,
        };
        known.unwrap_or(Self::Unknown)
    }
}

/// The same map from random weights.
#[derive(Clone, Debug)]
pub struct RandomCheck {
    /// Seed of the random weights.
    pub seed: u64,
    pub heat: HeatMap,
    /// With the trained network's; `None` where one of both is flat.
    pub rank_correlation: Option<f64>,
}

impl ExplainRequest {
    /// The steps of which `progress` is told.
    ///
    /// # Errors
    /// If the patch cannot be moved over the input.
    pub fn steps(&self) -> Result<usize, StudyError> {
        let one = match self.method {
            Method::Occlusion(patch) => {
                patch.validate()?;
                patch.patches()
            }
            Method::GradCam(_) => 1,
        };
        Ok(one * (1 + usize::from(self.check.is_some())))
    }

    /// `None` if `progress`, which is told the steps that are done, ends it by `false`.
    ///
    /// # Errors
    /// If the patch, the layer or the tower do not suit the network or the target.
    pub fn run(
        &self,
        predictor: &Predictor,
        photo: &RgbImage,
        face_box: &FaceBox,
        mut progress: impl FnMut(usize) -> bool,
    ) -> Result<Option<Explanation>, StudyError> {
        let Self {
            target,
            method,
            check,
        } = *self;
        let input = predictor.input_values(photo, face_box);
        let steps = self.steps()? / (1 + usize::from(check.is_some()));
        let Some(heat) = method.heat(predictor, &input, target, &mut progress)? else {
            return Ok(None);
        };
        let random = match check {
            None => None,
            Some(seed) => {
                let random = randomised(predictor, seed);
                let both = |done| progress(steps + done);
                let Some(random) = method.heat(&random, &input, target, both)? else {
                    return Ok(None);
                };
                Some(RandomCheck {
                    seed,
                    rank_correlation: rank_correlation(&heat.grid, &random.grid),
                    heat: random,
                })
            }
        };
        let prediction = predictor.predict(photo, &[*face_box]).pop();
        let probability = prediction
            .as_ref()
            .and_then(|p| said_probability(p, target));
        let point = prediction.and_then(|p| found_point(&p, target));
        let transform = face_box.transform();
        Ok(Some(Explanation {
            target,
            method,
            method_title: method.title(predictor, target),
            face_box: *face_box,
            input: crop_image(photo, &transform),
            heat,
            at: point.map(|p| transform.to_input(p)),
            probability,
            random,
        }))
    }
}

/// How probable the target is, if it is an attribute.
fn said_probability(prediction: &Prediction, target: Target) -> Option<f32> {
    let Target::Attribute { task, item } = target else {
        return None;
    };
    match prediction.tasks.get(task)? {
        TaskPrediction::Binary(all) => all.get(item).copied(),
        TaskPrediction::Points(_) => None,
    }
}

/// Where the target is in the photo, if it is a point.
fn found_point(prediction: &Prediction, target: Target) -> Option<Point> {
    let (Target::Point { task, item } | Target::Coordinate { task, item, .. }) = target else {
        return None;
    };
    match prediction.tasks.get(task)? {
        TaskPrediction::Points(points) => points.get(item).copied(),
        TaskPrediction::Binary(_) => None,
    }
}
