//! Predictions that count pixels otherwise than the labels: the same half pixel beside them, at
//! every point and in both directions.

use super::trained::Warning;
use crate::label::{Annotation, Prediction, Schema, TaskLabels, TaskPrediction};

/// How far a mean offset may be from half a pixel.
const NEAR: f64 = 0.1;
/// The same of a single point, of whose mean offset less is known.
const POINT_NEAR: f64 = 0.2;
/// A mean is told from zero where it is so many times its standard error,
const CLEAR: f64 = 5.0;
/// which says something of at least so many faces.
const FACES: usize = 20;
/// Fewer are enough where offsets hardly differ (standard deviation in pixels), as those of labels
/// that were taken for predictions: no network is that exact.
const EXACT: f64 = 0.05;
const EXACT_FACES: usize = 3;

/// Mean and spread of some offsets in x and y.
#[derive(Clone, Copy, Default)]
struct Offsets {
    count: f64,
    sum: [f64; 2],
    squares: [f64; 2],
}

impl Offsets {
    fn add(&mut self, offset: [f64; 2]) {
        self.count += 1.0;
        for (d, offset) in offset.into_iter().enumerate() {
            self.sum[d] += offset;
            self.squares[d] += offset * offset;
        }
    }

    fn mean(&self) -> [f64; 2] {
        self.sum.map(|s| s / self.count)
    }

    fn deviation(&self) -> [f64; 2] {
        let mean = self.mean();
        let of = |d: usize| (self.squares[d] / self.count - mean[d] * mean[d]).max(0.0);
        [0, 1].map(|d| (of(d) * self.count / (self.count - 1.0).max(1.0)).sqrt())
    }

    fn error(&self) -> [f64; 2] {
        self.deviation().map(|d| d / self.count.sqrt())
    }
}

/// What to say of `name`'s predictions where they lie half a pixel beside the labels; the pairs are
/// in the photo's pixels. A network's own bias is not the same at every point, and few faces are not
/// enough unless all of them agree.
pub fn half_a_pixel<'a>(
    schema: &Schema,
    name: &str,
    pairs: impl Iterator<Item = (&'a Annotation, &'a Prediction)> + Clone,
) -> Vec<Warning> {
    let tasks = schema.tasks.iter().enumerate();
    let tasks = tasks.filter(|(_, task)| task.is_points());
    let warnings = tasks.filter_map(|(t, task)| {
        let sign = shifted(t, task.len(), pairs.clone())?;
        let (place, question) = match sign < 0.0 {
            true => (
                "left of and above",
                "do they name pixels by whole numbers, which here end in .5 (a pixel's centre)?",
            ),
            false => (
                "right of and below",
                "were half pixels added that are in the numbers already?",
            ),
        };
        Some(Warning {
            badge: format!("{name}: half a pixel off"),
            text: format!(
                "{name}: its {} lie 0.5 pixels {place} the labels on the mean: {question}",
                task.name
            ),
            task: Some(task.name.clone()),
            ..Warning::default()
        })
    });
    warnings.collect()
}

/// The direction in which the points lie half a pixel off, if they do.
fn shifted<'a>(
    task: usize,
    points: usize,
    pairs: impl Iterator<Item = (&'a Annotation, &'a Prediction)>,
) -> Option<f64> {
    // Points of one face are off together, so that faces are counted.
    let mut faces = Offsets::default();
    let mut each = vec![Offsets::default(); points];
    for (labels, prediction) in pairs {
        let (Some(TaskLabels::Points(labels)), Some(TaskPrediction::Points(found))) =
            (labels.tasks.get(task), prediction.tasks.get(task))
        else {
            continue;
        };
        let mut face = Offsets::default();
        for ((label, found), own) in labels.iter().zip(found).zip(&mut each) {
            let offset = label
                .known()
                .map(|at| [0, 1].map(|d| f64::from(found[d] - at[d])));
            if let Some(offset) = offset.filter(|o| o.iter().all(|v| v.is_finite())) {
                face.add(offset);
                own.add(offset);
            }
        }
        if face.count > 0.0 {
            faces.add(face.mean());
        }
    }
    let enough = |o: &Offsets| {
        let exact = o.deviation().iter().all(|d| *d <= EXACT);
        let least = if exact { EXACT_FACES } else { FACES };
        o.count >= least as f64
    };
    if !enough(&faces) {
        return None;
    }
    let (mean, error) = (faces.mean(), faces.error());
    let sign = mean[0].signum();
    let near = |mean: [f64; 2], within: f64| mean.iter().all(|m| (m * sign - 0.5).abs() <= within);
    let clear = (0..2).all(|d| mean[d].abs() >= CLEAR * error[d]);
    let alike = each.iter().filter(|p| enough(p)).all(|p| {
        let [x, y] = p.error();
        near(p.mean(), POINT_NEAR + 2.0 * x.max(y))
    });
    (near(mean, NEAR) && clear && alike).then_some(sign)
}

#[cfg(test)]
mod tests {
    use rand::rngs::Xoshiro256PlusPlus;
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::label::PointLabel;

    /// How often of 200 sets it is said, where each point is off by its bias and by noise.
    fn said(
        faces: usize,
        noise: f32,
        bias: impl Fn(usize, &mut Xoshiro256PlusPlus) -> [f32; 2],
    ) -> usize {
        let schema = Schema::face();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
        let sets = (0..200).filter(|_| {
            let biases: Vec<[f32; 2]> = (0..5).map(|p| bias(p, &mut rng)).collect();
            let pairs: Vec<(Annotation, Prediction)> = (0..faces)
                .map(|n| {
                    let mut labels = Annotation::unknown(&schema);
                    let mut found = Vec::new();
                    let own: [f32; 2] = [0, 1].map(|_| noise * rng.random_range(-1.0..1.0_f32));
                    if let TaskLabels::Points(points) = &mut labels.tasks[0] {
                        for (p, point) in points.iter_mut().enumerate() {
                            let at = [20.0 + n as f32, 30.0 + p as f32];
                            *point = PointLabel::visible(at);
                            found.push([0, 1].map(|d| {
                                let off = noise * rng.random_range(-1.0..1.0_f32);
                                at[d] + biases[p][d] + own[d] + off
                            }));
                        }
                    }
                    let attributes = TaskPrediction::Binary(vec![f32::NAN; 40]);
                    let tasks = vec![TaskPrediction::Points(found), attributes];
                    (labels, Prediction { tasks })
                })
                .collect();
            let pairs = pairs.iter().map(|(l, p)| (l, p));
            !half_a_pixel(&schema, "theirs", pairs).is_empty()
        });
        sets.count()
    }

    #[test]
    fn another_count_of_pixels_is_told_from_errors() {
        // Labels taken for predictions, of three faces; of two nothing can be told.
        assert_eq!(said(3, 0.0, |_, _| [-0.5, -0.5]), 200);
        assert_eq!(said(2, 0.0, |_, _| [-0.5, -0.5]), 0);
        assert_eq!(said(3, 0.0, |_, _| [0.5, 0.5]), 200);
        // A network that counts so, with errors of its own.
        assert!(said(2000, 2.0, |_, _| [-0.5, -0.5]) > 195);
        // Neither agreement nor another offset is that.
        for other in [
            [0.0, 0.0],
            [0.5, -0.5],
            [0.5, 0.0],
            [1.0, 1.0],
            [-0.3, -0.3],
        ] {
            assert_eq!(said(10, 0.0, |_, _| other), 0, "{other:?}");
            assert_eq!(said(500, 1.0, |_, _| other), 0, "{other:?}");
        }
    }

    #[test]
    fn it_is_not_said_of_networks_by_chance() {
        for faces in [1, 2, 3, 5, 10, 19, 20, 50, 500] {
            assert_eq!(said(faces, 1.5, |_, _| [0.0, 0.0]), 0, "{faces} faces");
            // Each point has a bias of its own, as networks have.
            let biased = |_: usize, rng: &mut Xoshiro256PlusPlus| {
                [0, 1].map(|_| rng.random_range(-1.0..1.0_f32))
            };
            assert!(said(faces, 1.5, biased) <= 1, "{faces} faces");
        }
        let known = half_a_pixel(&Schema::face(), "none", [].into_iter());
        assert!(known.is_empty());
    }
}
