//! What knowing nothing about a picture would give.

use crate::label::{
    Annotation, BoxTransform, INPUT_SIZE, Point, Prediction, Presence, Schema, TaskKind,
    TaskLabels, TaskPrediction,
};

/// The mean shape in the face box, and the majority of each attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct TrivialBaseline {
    tasks: Vec<TaskBaseline>,
}

#[derive(Clone, Debug, PartialEq)]
enum TaskBaseline {
    /// Mean position of each point across the input, 0 to 1.
    Points(Vec<Point>),
    Binary(Vec<bool>),
}

impl TrivialBaseline {
    /// Learns from faces and where they were looked at. Of what is never known the guess is the
    /// middle, or absent.
    pub fn learn<'a>(
        schema: &Schema,
        faces: impl Iterator<Item = (&'a Annotation, BoxTransform)> + Clone,
    ) -> Self {
        let tasks = schema
            .tasks
            .iter()
            .enumerate()
            .map(|(t, task)| {
                let labels = faces.clone();
                let labels = labels.filter_map(|(a, transform)| Some((a.of(t, task)?, transform)));
                match task.kind {
                    TaskKind::Points { .. } => TaskBaseline::Points(mean_shape(task.len(), labels)),
                    TaskKind::Binary { .. } => TaskBaseline::Binary(majority(task.len(), labels)),
                }
            })
            .collect();
        Self { tasks }
    }

    /// The mean shape of task `t`, x and y of each point across the input, 0 to 1; `None` for
    /// attributes.
    pub fn mean_shape(&self, t: usize) -> Option<&[Point]> {
        match &self.tasks[t] {
            TaskBaseline::Points(points) => Some(points),
            TaskBaseline::Binary(_) => None,
        }
    }

    pub fn predict(&self, transform: &BoxTransform) -> Prediction {
        let tasks = self
            .tasks
            .iter()
            .map(|task| match task {
                TaskBaseline::Points(points) => {
                    let to_photo = |p: &Point| transform.to_photo(p.map(|v| v * INPUT_SIZE as f32));
                    TaskPrediction::Points(points.iter().map(to_photo).collect())
                }
                TaskBaseline::Binary(values) => {
                    TaskPrediction::Binary(values.iter().map(|v| f32::from(u8::from(*v))).collect())
                }
            })
            .collect();
        Prediction { tasks }
    }
}

fn mean_shape<'a>(
    points: usize,
    labels: impl Iterator<Item = (&'a TaskLabels, BoxTransform)>,
) -> Vec<Point> {
    let mut sums = vec![([0.0_f64; 2], 0_u64); points];
    for (labels, transform) in labels {
        let TaskLabels::Points(labels) = labels else {
            continue;
        };
        for (label, (sum, count)) in labels.iter().zip(&mut sums) {
            if let Some(at) = label.known() {
                let input = transform.to_input(at);
                sum[0] += f64::from(input[0]) / INPUT_SIZE as f64;
                sum[1] += f64::from(input[1]) / INPUT_SIZE as f64;
                *count += 1;
            }
        }
    }
    sums.into_iter()
        .map(|(sum, count)| match count {
            0 => [0.5, 0.5],
            n => sum.map(|v| (v / n as f64) as f32),
        })
        .collect()
}

fn majority<'a>(
    attributes: usize,
    labels: impl Iterator<Item = (&'a TaskLabels, BoxTransform)>,
) -> Vec<bool> {
    let mut votes = vec![0_i64; attributes];
    for (labels, _) in labels {
        let TaskLabels::Binary(labels) = labels else {
            continue;
        };
        for (label, vote) in labels.iter().zip(&mut votes) {
            match label {
                Presence::Present => *vote += 1,
                Presence::Absent => *vote -= 1,
                Presence::Unknown => {}
            }
        }
    }
    votes.into_iter().map(|v| v > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{FaceBox, PointLabel};

    #[test]
    fn the_guess_is_the_mean_in_the_box_and_the_majority() {
        let schema = Schema::face();
        let face = |x: f32, present: bool| {
            let mut a = Annotation::unknown(&schema);
            if let TaskLabels::Points(points) = &mut a.tasks[0] {
                points[0] = PointLabel::visible([x, 32.0]);
            }
            if let TaskLabels::Binary(values) = &mut a.tasks[1] {
                values[0] = present.into();
            }
            a
        };
        let faces = [face(16.0, true), face(48.0, true), face(32.0, false)];
        let transform = FaceBox::new(0.0, 0.0, 64.0, 64.0).transform();
        let guess = TrivialBaseline::learn(&schema, faces.iter().map(|f| (f, transform)));
        let larger = FaceBox::new(100.0, 0.0, 128.0, 128.0).transform();
        let prediction = guess.predict(&larger);
        let TaskPrediction::Points(points) = &prediction.tasks[0] else {
            unreachable!()
        };
        assert_eq!((points[0], points[1]), ([164.0, 64.0], [164.0, 64.0]));
        let TaskPrediction::Binary(values) = &prediction.tasks[1] else {
            unreachable!()
        };
        assert_eq!(values[..2], [1.0, 0.0]);
    }
}
