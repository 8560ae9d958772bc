//! Everything that is measured of several predictors on the same faces, as numbers to draw or
//! print: the command line and the window read the same [`Report`].

mod average;
mod measured_faces;
mod types;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::atomic::AtomicU64;

use serde::Serialize;

pub use types::{
    Face, Group, Measured, Predicted, PredictorEstimates, ProgressFn, Row, RowKind, TaskEstimates,
    Who,
};

use super::accepted::without_accepted;
use super::estimate::Options;
use super::paper::{PaperRow, paper};
use super::points::CED_STEPS;
use crate::label::Annotation;
use measured_faces::{MeasuredFaces, Progress};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub options: Options,
    pub faces: usize,
    /// Values that were accepted from the judged network. They count only in the group "with
    /// accepted labels".
    pub accepted: usize,
    /// Where the CEDs are stated: errors as shares of the length.
    pub ced_at: Vec<f64>,
    /// All faces, then the same with accepted labels if there are any, then the slices.
    pub groups: Vec<Group>,
}

impl Report {
    /// Measures. Labels and predictions under another schema are unknown. `progress` is asked after
    /// each group and each resample; the report is `None` where it ended the work.
    pub fn new(measured: &Measured, progress: ProgressFn) -> Option<Self> {
        let limit = measured.options.limit;
        let step = |k| 2.0 * limit * k as f64 / CED_STEPS as f64;
        let ced_at: Vec<f64> = (0..=CED_STEPS).map(step).collect();
        let kept: Vec<_> = measured
            .faces
            .iter()
            .map(|f| without_accepted(f.labels, measured.is_judged))
            .collect();
        let accepted = kept.iter().map(|(_, count)| count).sum();
        let own: Vec<Cow<Annotation>> = kept.into_iter().map(|(labels, _)| labels).collect();
        let all: Vec<u32> = (0..measured.faces.len() as u32).collect();
        let sliced: usize = measured.slices.iter().map(|s| s.faces.len()).sum();
        let whole = all.len() * if accepted > 0 { 2 } else { 1 };
        let times = 1 + u64::from(measured.options.bootstrap.map_or(0, |b| b.resamples));
        let progress = Progress {
            tell: progress,
            done: AtomicU64::new(0),
            of: times * (whole + sliced) as u64,
        };
        let group = |labels: &[Cow<Annotation>], faces: &[u32], by, value: &str| {
            let part = MeasuredFaces {
                measured,
                labels,
                faces,
                ced_at: &ced_at,
                progress: &progress,
            };
            part.group(by, value)
        };
        let mut groups = vec![group(&own, &all, None, "all")?];
        if accepted > 0 {
            let every: Vec<_> = measured
                .faces
                .iter()
                .map(|f| Cow::Borrowed(f.labels))
                .collect();
            let by = Some("labels".to_owned());
            groups.push(group(&every, &all, by, "with accepted labels")?);
        }
        for slice in measured.slices {
            let by = Some(slice.by.clone());
            groups.push(group(&own, &slice.faces, by, &slice.value)?);
        }
        Some(Self {
            options: measured.options.clone(),
            faces: measured.faces.len(),
            accepted,
            ced_at,
            groups,
        })
    }

    /// The paper's rows for what is measured of a task; none if that is another measure.
    pub fn paper(&self, figures: &TaskEstimates) -> Vec<PaperRow> {
        if figures.task.is_points() && self.options.alpha != Options::default().alpha {
            return Vec::new();
        }
        let both = |item| figures.is_measured(item) && figures.is_trained(item);
        paper(&figures.task, &both)
    }
}
