//! Which tower matters: at each depth, how much of what a task takes in comes from its own maps
//! and how much from the shared ones. The norms of both halves of the joining weights tell what
//! the network has set aside for each; predictions with either half at zero tell what it needs.
//! The paper suggests an answer by Figure 6 alone.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::dataset::{BoxSource, Sample};
use crate::evaluation::{Trained, Warning};
use crate::humanize::counted;
use crate::label::{Annotation, BoxTransform, Prediction, Task, Untrained};
use crate::measure::{
    Difference, PAIRED, Resampled, Resampling, TaskReport, change_intervals, measure,
};
use crate::model::{
    Ablation, Checkpoint, FusionHalf, FusionLayer, Network, Predictor, crop_group, decode, floats,
};
use crate::photo::PhotoError;

/// Faces that go through a narrow network together; few, since the work can be stopped only between
/// two passes.
const GROUP: usize = 8;

/// One depth of one task.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Share {
    pub task: String,
    /// "conv1_2" to "conv4_3", "fc": the layer that takes the joined maps.
    pub depth: String,
    /// Frobenius norms of the weights for the task's own and for the shared map.
    pub own_norm: f64,
    pub shared_norm: f64,
    /// The task's measure with that half at zero; `None` where nothing was measured.
    pub without_own: Option<f64>,
    pub without_shared: Option<f64>,
    /// What that half at zero changes in the measure, over the same faces.
    pub own_change: Option<Difference>,
    pub shared_change: Option<Difference>,
}

impl Share {
    /// The part of the weights' energy that belongs to the shared map, 0 to 1: ‖S‖² over
    /// ‖T‖² + ‖S‖². A half is what both alike would give.
    pub fn shared_part(&self) -> f64 {
        let (own, shared) = (self.own_norm.powi(2), self.shared_norm.powi(2));
        shared / (own + shared).max(f64::MIN_POSITIVE)
    }
}

/// What a task is measured by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Base {
    pub task: String,
    /// "nme_percent" (less is better) or "accuracy_percent" (more is better).
    pub measure: &'static str,
    /// With both halves everywhere; `None` where nothing is labelled.
    pub value: Option<f64>,
    /// Over how many of the faces all its measures are: those labelled for it.
    pub labelled: usize,
    /// How many points or attributes the network was trained on, of how many: over the others no
    /// measure is.
    pub trained: [usize; 2],
}

impl Base {
    /// What is changed by a half at zero, in a word.
    pub fn measure_word(&self) -> &'static str {
        match self.measure {
            "nme_percent" => "NME",
            _ => "accuracy",
        }
    }

    /// What the changes are differences of, and which sign is worse.
    pub fn change_words(&self) -> String {
        let measure = self.measure_word();
        let worse = match self.measure {
            "nme_percent" => "plus is worse",
            _ => "minus is worse",
        };
        format!("{measure} with a half at zero − {measure} with both: {worse}")
    }

    /// Over what its measures are: "100 faces, 39 of 40 attributes", the others being untrained.
    pub fn over(&self) -> String {
        let faces = counted(self.labelled, "face");
        let ([trained, all], task) = (self.trained, &self.task);
        match trained == all {
            true => faces,
            false => format!("{faces}, {trained} of {all} {task}"),
        }
    }
}

/// The answer for a network.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Towers {
    /// Faces looked at, labelled or not.
    pub faces: usize,
    /// In which boxes they were looked at.
    pub boxes: BTreeMap<BoxSource, usize>,
    /// What was drawn for the intervals, where anything was measured.
    pub resampled: Option<Resampled>,
    pub tasks: Vec<Base>,
    /// Task by task, from the input to the output.
    pub shares: Vec<Share>,
    /// What a reader must know of the weights, and of the faces where they were measured.
    pub warnings: Vec<Warning>,
}

/// The norms alone; no entries for a network that joins nothing.
pub fn fusion_norms(checkpoint: &Checkpoint) -> Towers {
    let network = &checkpoint.network;
    let tasks = network.schema().tasks.iter();
    let shares = tasks.clone().enumerate().flat_map(|(t, task)| {
        network.fusions().into_iter().filter_map(move |depth| {
            let weight = network.fusion_weight(t, depth)?;
            let row: usize = weight.shape()[1..].iter().product();
            let energy = |w: &[f32]| w.iter().map(|w| f64::from(*w).powi(2)).sum::<f64>();
            let (mut own, mut shared) = (0.0, 0.0);
            for row in floats(&weight).chunks_exact(row) {
                let halves = row.split_at(row.len() / 2);
                own += energy(halves.0);
                shared += energy(halves.1);
            }
            Some(Share {
                task: task.name.clone(),
                depth: depth.name(),
                own_norm: own.sqrt(),
                shared_norm: shared.sqrt(),
                without_own: None,
                without_shared: None,
                own_change: None,
                shared_change: None,
            })
        })
    });
    let mut towers = Towers {
        tasks: tasks.map(base).collect(),
        shares: shares.collect(),
        ..Towers::default()
    };
    towers.warn(checkpoint, "", &[]);
    towers
}

fn base(task: &Task) -> Base {
    Base {
        task: task.name.clone(),
        measure: if task.is_points() {
            "nme_percent"
        } else {
            "accuracy_percent"
        },
        value: None,
        labelled: 0,
        trained: [task.len(); 2],
    }
}

/// Norms, and the measures of each task with either half at zero at each depth. Task towers never
/// touch each other, so one pass ablates all of them at the same depth. `data` is the name of the
/// data set that the samples are of. `progress` is told before each
/// pass how many samples are done and stops the work by returning false: the measures are then over
/// the groups of samples that were finished.
pub fn towers(
    predictor: &Predictor,
    (data, samples): (&str, &[&Sample]),
    alpha: f32,
    mut progress: impl FnMut(usize) -> bool,
) -> (Towers, Vec<PhotoError>) {
    let (network, schema) = (predictor.network(), predictor.schema());
    let mut towers = fusion_norms(predictor.checkpoint());
    let depths = network.fusions();
    let ablations: Vec<Vec<Ablation>> = [Vec::new()]
        .into_iter()
        .chain(depths.iter().flat_map(|depth| {
            [FusionHalf::Own, FusionHalf::Shared].map(|half| {
                (0..schema.tasks.len())
                    .map(|task| Ablation {
                        task,
                        layer: *depth,
                        half,
                    })
                    .collect()
            })
        }))
        .collect();
    let mut said: Vec<Vec<Prediction>> = vec![Vec::new(); ablations.len()];
    let (mut faces, mut problems) = (Vec::<&Sample>::new(), Vec::new());
    let size = predictor.batch_size(GROUP);
    'groups: for (g, group) in samples.chunks(size).enumerate() {
        let (mut inputs, mut transforms, mut known) = (Vec::new(), Vec::new(), Vec::new());
        for (cut, sample) in crop_group(predictor, group, Sample::region_in)
            .into_iter()
            .zip(group)
        {
            match cut {
                Ok(cut) => {
                    inputs.extend(cut.input);
                    transforms.push(cut.face_box.transform());
                    known.push((*sample, cut.source));
                }
                Err(problem) => problems.push(problem),
            }
        }
        let mut group_said = Vec::with_capacity(ablations.len());
        for (pass, ablations) in ablations.iter().enumerate() {
            if !progress(g * size + group.len() * pass / said.len()) {
                break 'groups;
            }
            group_said.push(predictions(predictor, &inputs, &transforms, ablations));
        }
        for (said, more) in said.iter_mut().zip(group_said) {
            said.extend(more);
        }
        for (sample, source) in known {
            faces.push(sample);
            *towers.boxes.entry(source).or_default() += 1;
        }
    }
    progress(faces.len() + problems.len());
    let labels: Vec<&Annotation> = faces.iter().map(|face| &face.annotation).collect();
    let identities = faces.iter().map(|face| face.identity.as_deref());
    let untrained = Untrained::from_training(&predictor.checkpoint().training);
    let measured = |said: &Vec<Prediction>| {
        let pairs = labels.iter().copied().zip(said);
        measure(schema, &untrained, pairs, alpha)
    };
    let reports: Vec<Vec<TaskReport>> = said.iter().map(measured).collect();
    let resampling = Resampling::new(identities, PAIRED);
    let intervals = change_intervals(schema, &untrained, &labels, &said, &resampling);
    towers.faces = faces.len();
    towers.warn(predictor.checkpoint(), data, &faces);
    towers.resampled = (towers.faces > 0).then(|| resampling.resampled());
    for (t, base) in towers.tasks.iter_mut().enumerate() {
        base.value = value(&reports[0][t]);
        base.labelled = reports[0][t].faces() as usize;
        let trained = untrained.trained(&schema.tasks[t]);
        base.trained[0] = trained.iter().filter(|trained| **trained).count();
        for d in 0..depths.len() {
            let share = &mut towers.shares[t * depths.len() + d];
            share.without_own = value(&reports[1 + 2 * d][t]);
            share.without_shared = value(&reports[2 + 2 * d][t]);
            let change = |without: Option<f64>, cut: usize| {
                Some(Difference {
                    value: without? - base.value?,
                    interval: intervals[t][cut],
                })
            };
            share.own_change = change(share.without_own, 2 * d);
            share.shared_change = change(share.without_shared, 2 * d + 1);
        }
    }
    (towers, problems)
}

fn predictions(
    predictor: &Predictor,
    inputs: &[f32],
    transforms: &[BoxTransform],
    ablations: &[Ablation],
) -> Vec<Prediction> {
    if transforms.is_empty() {
        return Vec::new();
    }
    let x = predictor.tensor(inputs, transforms.len());
    let outputs = predictor.network().forward_ablated(x, ablations);
    let outputs: Vec<Vec<f32>> = outputs
        .into_iter()
        .map(|o| predictor.read_back(o))
        .collect();
    let rows = transforms.iter().enumerate();
    rows.map(|(n, t)| decode(predictor.schema(), &outputs, n, t))
        .collect()
}

fn value(report: &TaskReport) -> Option<f64> {
    match report {
        TaskReport::Points { nme_percent, .. } => *nme_percent,
        TaskReport::Binary { .. } => report.average(),
    }
}

/// Depths as columns of a table, for whoever draws it.
impl Towers {
    /// Notes what flatters these faces, and what speaks against the weights.
    fn warn(&mut self, checkpoint: &Checkpoint, data: &str, faces: &[&Sample]) {
        let trained = Trained::of(&checkpoint.training);
        let mut warnings = trained.warnings(data, faces.iter().copied());
        let tasks = self.tasks.iter().map(|base| &*base.task);
        warnings.extend(tasks.filter_map(|task| self.equal_halves(task)));
        self.warnings = warnings;
    }

    /// That a task's joining weights are as stage 2 begins with them, if so: half its own tower's
    /// and half the shared one's, to the last bit.
    fn equal_halves(&self, task: &str) -> Option<Warning> {
        let shares = self.of_task(task);
        let equal = shares
            .iter()
            .all(|share| share.own_norm == share.shared_norm);
        (equal && !shares.is_empty()).then(|| Warning {
            badge: format!("{task}: 50 % each by construction"),
            text: format!(
                "{task}: its own and the shared map have equally large weights at every depth, as \
                 stage 2 begins: neither 50 % nor equal bars tell what was learned"
            ),
            task: Some(task.to_owned()),
            ..Warning::default()
        })
    }

    pub fn of_task(&self, task: &str) -> Vec<&Share> {
        self.shares.iter().filter(|s| s.task == task).collect()
    }

    pub fn depths(network: &Network) -> Vec<String> {
        network
            .fusions()
            .into_iter()
            .map(FusionLayer::name)
            .collect()
    }
}

#[cfg(test)]
mod tests;
