//! Where a network looked: heat over its input for one point or one attribute.
//!
//! *Occlusion* (M. Zeiler, R. Fergus, 2014) hides a patch and looks what changes: slow and honest.
//! *Grad-CAM* (R. Selvaraju et al., 2017) weighs the channels of a map by the mean gradient of the
//! answer: one pass back. Such maps can look sensible for any network, so beside them stands the
//! check of J. Adebayo et al. (2018): the same map from random weights, which should differ.

mod occlusion;

use burn::module::Module;
use burn::tensor::Tensor;

pub use occlusion::{Fill, Occlusion, occlusion};

use super::error::StudyError;
use crate::humanize::title;
use crate::label::{INPUT_SIZE, Schema};
use crate::model::Pass;
use crate::model::{Checkpoint, Config, Norm};
use crate::model::{FeatureMap, Predictor};
use crate::model::{Hooks, Tap};
use crate::model::{Network, TowerId};

/// What is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Where a point is, in both directions.
    Point { task: usize, item: usize },
    /// One coordinate of a point; `axis` 0 is x.
    Coordinate {
        task: usize,
        item: usize,
        axis: usize,
    },
    /// Present over absent, in logits.
    Attribute { task: usize, item: usize },
}

impl Target {
    /// Finds "Smiling", "left_eye" or "left_eye.x" among what the tasks answer, in any case.
    pub fn find(schema: &Schema, name: &str) -> Result<Self, StudyError> {
        let (item, axis) = match name.rsplit_once('.') {
            Some((item, axis)) if matches!(axis, "x" | "y") => (item, Some(axis)),
            _ => (name, None),
        };
        for (task, of) in schema.tasks.iter().enumerate() {
            let same = |n: &str| n.eq_ignore_ascii_case(item);
            let Some(item) = of.items().position(same) else {
                continue;
            };
            return Ok(match (of.is_points(), axis) {
                (true, None) => Self::Point { task, item },
                (true, Some(axis)) => Self::Coordinate {
                    task,
                    item,
                    axis: usize::from(axis == "y"),
                },
                (false, _) => Self::Attribute { task, item },
            });
        }
        let known: Vec<&str> = schema.tasks.iter().flat_map(|t| t.items()).collect();
        Err(StudyError::NoTarget {
            name: name.to_owned(),
            known: known.join(", "),
        })
    }

    pub fn task(self) -> usize {
        match self {
            Self::Point { task, .. }
            | Self::Coordinate { task, .. }
            | Self::Attribute { task, .. } => task,
        }
    }

    /// The point's or attribute's name; nothing if it is another schema's.
    pub fn name(self, schema: &Schema) -> String {
        let of = |task: usize, item| {
            let task = schema.tasks.get(task);
            let name = task.and_then(|t| t.items().nth(item));
            name.unwrap_or("").to_owned()
        };
        match self {
            Self::Point { task, item } | Self::Attribute { task, item } => of(task, item),
            Self::Coordinate { task, item, axis } => {
                format!("{}.{}", of(task, item), ["x", "y"][axis])
            }
        }
    }

    /// Whether more and less are different things.
    pub fn is_signed(self) -> bool {
        !matches!(self, Self::Point { .. })
    }

    fn pair(self) -> (usize, usize) {
        let (Self::Point { item, .. }
        | Self::Coordinate { item, .. }
        | Self::Attribute { item, .. }) = self;
        (2 * item, 2 * item + 1)
    }

    /// What hiding something changed, from the task's outputs before and after: how far the point
    /// moved or by how much its coordinate grew in input pixels, or how much of the attribute's
    /// logit is lost.
    fn change(self, before: &[f32], after: &[f32]) -> f32 {
        let (a, b) = self.pair();
        let grown = |i: usize| (after[i] - before[i]) * INPUT_SIZE as f32;
        match self {
            Self::Point { .. } => grown(a).hypot(grown(b)),
            Self::Coordinate { axis, .. } => grown([a, b][axis]),
            Self::Attribute { .. } => (before[b] - before[a]) - (after[b] - after[a]),
        }
    }
}

/// What a value of Grad-CAM is, in a few words.
pub const GRAD_CAM_MEANS: &str = "relative: mean gradient × activation, not a change of the answer";

/// Heat over the input.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    /// 128×128 values, row by row, in `unit`.
    pub values: Vec<f32>,
    /// As it was computed, `grid_side` values a side.
    pub grid: Vec<f32>,
    pub grid_side: usize,
    /// Whether values below zero mean something.
    pub signed: bool,
    pub unit: &'static str,
}

impl HeatMap {
    /// The largest size of a value that is one.
    pub fn reach(&self) -> f32 {
        let finite = self.values.iter().filter(|v| v.is_finite());
        finite.fold(0.0, |m, v| m.max(v.abs()))
    }

    /// −1 to 1, or 0 to 1 if not signed; all zero where there is no heat. What is no number stays
    /// none.
    pub fn normalised(&self) -> Vec<f32> {
        let reach = self.reach();
        let scale = if reach > 0.0 { 1.0 / reach } else { 0.0 };
        self.values.iter().map(|v| v * scale).collect()
    }
}

impl FeatureMap {
    /// One of the channels over the input, each value as large as what it stands for.
    pub fn heat(&self, channel: usize) -> Option<HeatMap> {
        let grid = self.data.chunks_exact(self.side * self.side).nth(channel)?;
        let at = |i: usize| {
            let place = |v: usize| v * self.side / INPUT_SIZE;
            grid[place(i / INPUT_SIZE) * self.side + place(i % INPUT_SIZE)]
        };
        Some(HeatMap {
            values: (0..INPUT_SIZE * INPUT_SIZE).map(at).collect(),
            grid: grid.to_vec(),
            grid_side: self.side,
            signed: self.data.iter().any(|v| *v < 0.0),
            unit: "",
        })
    }
}

/// The map that Grad-CAM usually takes: the last convolution of the task's tower, or of the
/// shared tower where the task has none.
pub fn last_tap(network: &Network, task: usize) -> Option<Tap> {
    let taps = network.taps();
    let of = |tower| taps.iter().rev().find(|t| t.tower == tower).copied();
    of(TowerId::Task(task)).or_else(|| of(TowerId::Shared))
}

/// "Grad-CAM of Attributes Conv4-3": what a figure says of the map that was weighed.
pub fn grad_cam_text(network: &Network, tap: Tap) -> String {
    format!(
        "Grad-CAM of {} {}",
        title(network.tower_name(tap.tower)),
        tap.tap_layer().title()
    )
}

/// Grad-CAM: L = Σ_c α_c·A_c with α_c the mean of ∂y/∂A_c over the Z places of the map A_c. For an
/// attribute y is its logit over that of its absence, and what speaks against it is left out (ReLU),
/// as the authors do. A coordinate has no for and against: both signs stay; of a point, the length
/// of its two coordinates' maps is taken.
///
/// L has the dimension of y, logits or input pixels, but L at a place is not by how much y changes
/// without that place, not even to first order: that would be Σ_c ∂y/∂A_c·A_c with the gradient of
/// the place itself, where Grad-CAM has the mean over all places. It is what adding the values of
/// that place everywhere would change to first order, over Z. Only where y is linear in the means of
/// the maps, as behind global average pooling, are both the same and the places' values add up to y;
/// here an Fc follows, which weighs each place by itself. So values are compared within a map, and
/// called relative.
///
/// # Errors
/// If the network lacks the tap, or the target does not depend on it.
pub fn grad_cam(
    predictor: &Predictor,
    input: &[f32],
    target: Target,
    tap: Tap,
) -> Result<HeatMap, StudyError> {
    let network = predictor.network();
    let known = network.taps_at(tap.tap_layer()).contains(&tap);
    if !known || !matches!(tap.tower, TowerId::Shared | TowerId::Task(_)) {
        return Err(StudyError::NoTap(tap.tap_layer().to_string()));
    }
    if tap.tower != TowerId::Shared && tap.tower != TowerId::Task(target.task()) {
        return Err(StudyError::Independent {
            target: target.name(predictor.schema()),
            tower: network.tower_name(tap.tower).to_owned(),
        });
    }
    let (a, b) = target.pair();
    let cam = |weights: &[(usize, f32)]| cam(predictor, input, (target.task(), weights), tap);
    let grid = match target {
        Target::Attribute { .. } => {
            let grid = cam(&[(a, -1.0), (b, 1.0)])?;
            grid.into_iter().map(|v| v.max(0.0)).collect()
        }
        Target::Coordinate { axis, .. } => cam(&[([a, b][axis], INPUT_SIZE as f32)])?,
        Target::Point { .. } => {
            let [x, y] = [a, b].map(|i| cam(&[(i, INPUT_SIZE as f32)]));
            x?.into_iter().zip(y?).map(|(x, y)| x.hypot(y)).collect()
        }
    };
    let side = tap.tap_layer().side();
    Ok(HeatMap {
        values: enlarged(&grid, side),
        grid,
        grid_side: side,
        signed: matches!(target, Target::Coordinate { .. }),
        unit: match target {
            Target::Coordinate { axis: 0, .. } => "relative, + to the right",
            Target::Coordinate { .. } => "relative, + downwards",
            _ => "relative",
        },
    })
}

/// One pass back from the weighted sum of a task's outputs to the tap.
fn cam(
    predictor: &Predictor,
    input: &[f32],
    (task, weights): (usize, &[(usize, f32)]),
    tap: Tap,
) -> Result<Vec<f32>, StudyError> {
    // A copy of handles, not of weights; nothing in it asks for a gradient.
    let network = predictor.network().clone().train().freeze();
    let taps = [tap];
    let only = [task];
    let mut hooks = Hooks::taps(&taps).leaves().only(&only);
    let x = predictor.tensor(input, 1).autodiff();
    let outputs = network.run(x, Pass::Inference, &mut hooks);
    let y: Option<Tensor<1>> = weights
        .iter()
        .map(|&(i, w)| outputs[0].clone().narrow(1, i, 1).sum() * w)
        .reduce(|a, b| a + b);
    let map = hooks.tapped().swap_remove(0);
    let gradient = y.and_then(|y| map.grad(&y.backward()));
    let gradient = gradient.ok_or(StudyError::NoGradient)?;
    let alpha = gradient.mean_dims(&[2, 3]); // [1, C, 1, 1]
    Ok(predictor.read_back((map.without_autodiff() * alpha).sum_dim(1)))
}

/// Bilinear, pixel centres on pixel centres.
fn enlarged(grid: &[f32], side: usize) -> Vec<f32> {
    let scale = side as f32 / INPUT_SIZE as f32;
    let place = |p: usize| {
        let at = ((p as f32 + 0.5) * scale - 0.5).clamp(0.0, (side - 1) as f32);
        let low = at as usize;
        (low, (low + 1).min(side - 1), at - low as f32)
    };
    let mut values = Vec::with_capacity(INPUT_SIZE * INPUT_SIZE);
    for (top, bottom, v) in (0..INPUT_SIZE).map(place) {
        for (left, right, u) in (0..INPUT_SIZE).map(place) {
            let row = |y: usize| {
                let (a, b) = (grid[y * side + left], grid[y * side + right]);
                a + (b - a) * u
            };
            values.push(row(top) + (row(bottom) - row(top)) * v);
        }
    }
    values
}

/// The same network with random weights.
pub fn randomised(predictor: &Predictor, seed: u64) -> Predictor {
    let network = predictor.network();
    let config = Config {
        norm: Norm::None,
        ..network.config().clone()
    };
    let random = Network::new(&config, network.schema(), seed, predictor.device());
    let checkpoint = Checkpoint {
        network: random,
        origin: format!("random weights of seed {seed}"),
        ..predictor.checkpoint().clone()
    };
    Predictor::new(checkpoint, predictor.device().clone())
}

/// Spearman's rank correlation of two maps of the same size, −1 to 1; `None` where one of them is
/// flat. Equal values share the mean of their ranks.
pub fn rank_correlation(a: &[f32], b: &[f32]) -> Option<f64> {
    let (a, b) = (ranks(a), ranks(b));
    let n = a.len().min(b.len()) as f64;
    let mean = (n - 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| -> f64 {
        a.iter().zip(b).map(|(x, y)| (x - mean) * (y - mean)).sum()
    };
    let size = (product(&a, &a) * product(&b, &b)).sqrt();
    (size > 0.0).then(|| product(&a, &b) / size)
}

fn ranks(values: &[f32]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for same in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let mean = first as f64 + (same.len() - 1) as f64 / 2.0;
        for i in same {
            ranks[*i] = mean;
        }
        first += same.len();
    }
    ranks
}

#[cfg(test)]
mod tests;
