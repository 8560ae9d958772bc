//! Heat by occlusion: a patch is moved over the input, and what changes is looked at.

use super::{HeatMap, Target};
use crate::label::INPUT_SIZE;
use crate::model::{Hooks, INPUT_LEN, Pass, Predictor};
use crate::study::error::StudyError;

/// Inputs that go through a narrow network together.
const BATCH: usize = 32;

/// What is put over the hidden part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Fill {
    /// Middle grey
    #[default]
    Grey,
    /// The mean colour of the face's square
    Mean,
}

impl Fill {
    pub fn describe(self) -> &'static str {
        match self {
            Self::Grey => "middle grey",
            Self::Mean => "the face's mean colour",
        }
    }
}

/// How a patch is moved over the input, in input pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occlusion {
    pub patch: usize,
    pub stride: usize,
    pub fill: Fill,
}

impl Default for Occlusion {
    fn default() -> Self {
        Self {
            patch: 16,
            stride: 8,
            fill: Fill::Grey,
        }
    }
}

impl Occlusion {
    /// All that it is made by.
    pub fn describe(&self) -> String {
        let Self {
            patch,
            stride,
            fill,
        } = self;
        format!(
            "patch {patch} px, stride {stride} px, filled with {}",
            fill.describe()
        )
    }

    pub fn validate(&self) -> Result<(), StudyError> {
        if !(1..=INPUT_SIZE).contains(&self.patch) {
            return Err(StudyError::Patch(self.patch));
        }
        if !(1..=self.patch).contains(&self.stride) {
            return Err(StudyError::Stride {
                stride: self.stride,
                patch: self.patch,
            });
        }
        Ok(())
    }

    /// Where the patch begins along each axis; the last one ends at the edge.
    pub(super) fn places(&self) -> Vec<usize> {
        let last = INPUT_SIZE - self.patch;
        let mut places: Vec<usize> = (0..last).step_by(self.stride).collect();
        places.push(last);
        places
    }

    /// How many patches there are, of a valid one.
    pub fn patches(&self) -> usize {
        self.places().len().pow(2)
    }

    fn colour(&self, predictor: &Predictor, input: &[f32]) -> [f32; 3] {
        let preprocessing = predictor.preprocessing();
        let plane = INPUT_SIZE * INPUT_SIZE;
        [0, 1, 2].map(|c| match self.fill {
            Fill::Grey => (127.5 - preprocessing.mean[c]) / preprocessing.std[c],
            Fill::Mean => {
                let plane = &input[c * plane..(c + 1) * plane];
                plane.iter().sum::<f32>() / plane.len() as f32
            }
        })
    }
}

/// Hides one patch after another; each input pixel gets the mean over the patches that cover it of
/// what hiding them changes: input pixels by which the point moves or its coordinate grows, or by
/// how much the logit of presence over absence falls. Such values are measured, not approximated.
///
/// `progress` is told how many patches are done, of [`Occlusion::patches`], and stops the work by
/// returning false: then there is no map.
///
/// # Errors
/// What is wrong with the patch.
pub fn occlusion(
    predictor: &Predictor,
    input: &[f32],
    target: Target,
    how: Occlusion,
    mut progress: impl FnMut(usize) -> bool,
) -> Result<Option<HeatMap>, StudyError> {
    how.validate()?;
    let places = how.places();
    let colour = how.colour(predictor, input);
    let before = outputs(predictor, input, target);
    let corners: Vec<(usize, usize)> = places
        .iter()
        .flat_map(|y| places.iter().map(move |x| (*x, *y)))
        .collect();
    let mut grid = Vec::with_capacity(corners.len());
    for batch in corners.chunks(predictor.batch_size(BATCH)) {
        if !progress(grid.len()) {
            return Ok(None);
        }
        let mut inputs = Vec::with_capacity(batch.len() * INPUT_LEN);
        for &corner in batch {
            inputs.extend_from_slice(input);
            let own = inputs.len() - INPUT_LEN;
            hide(&mut inputs[own..], corner, how.patch, colour);
        }
        let after = outputs(predictor, &inputs, target);
        let rows = after.chunks_exact(before.len());
        grid.extend(rows.map(|after| target.change(&before, after)));
    }
    progress(grid.len());
    Ok(Some(HeatMap {
        values: spread(&grid, &corners, how.patch),
        grid,
        grid_side: places.len(),
        signed: target.is_signed(),
        unit: match target {
            Target::Attribute { .. } => "logit lost",
            Target::Point { .. } => "input pixels moved",
            Target::Coordinate { axis: 0, .. } => "input pixels moved, + to the right",
            Target::Coordinate { .. } => "input pixels moved, + downwards",
        },
    }))
}

/// The outputs of the target's task, sample by sample.
pub(super) fn outputs(predictor: &Predictor, inputs: &[f32], target: Target) -> Vec<f32> {
    let x = predictor.tensor(inputs, inputs.len() / INPUT_LEN);
    let task = [target.task()];
    let mut hooks = Hooks::default().only(&task);
    let mut asked = predictor.network().run(x, Pass::Inference, &mut hooks);
    predictor.read_back(asked.swap_remove(0))
}

fn hide(input: &mut [f32], (left, top): (usize, usize), patch: usize, colour: [f32; 3]) {
    for (c, value) in colour.into_iter().enumerate() {
        for y in top..top + patch {
            let row = (c * INPUT_SIZE + y) * INPUT_SIZE + left;
            input[row..row + patch].fill(value);
        }
    }
}

/// The mean over the patches that cover each pixel.
pub(super) fn spread(grid: &[f32], corners: &[(usize, usize)], patch: usize) -> Vec<f32> {
    let mut sums = vec![(0.0_f32, 0_u32); INPUT_SIZE * INPUT_SIZE];
    for (value, &(left, top)) in grid.iter().zip(corners) {
        for y in top..top + patch {
            let row = y * INPUT_SIZE + left;
            for (sum, count) in &mut sums[row..row + patch] {
                *sum += value;
                *count += 1;
            }
        }
    }
    sums.iter().map(|(s, n)| s / (*n).max(1) as f32).collect()
}
