//! A separation multi-task network: one shared tower and one tower per task of the schema.
//!
//! With the shared tower fixed, task towers never touch each other: each can be trained, saved
//! and joined in on its own (see `stage_two.rs`).

mod taps;

use burn::module::Module;
use burn::nn::{BatchNorm, Linear};
use burn::tensor::{Device, Tensor, activation};

use super::config::{Config, Layer};
use super::layers::{Conv, ConvLayer, Dropout, Pass, normed_relu};
use super::ops;
use super::taps::{Ablation, FusionLayer, Hooks, Mask, Tap, TapLayer, repeated};
use super::tower_id::TowerId;
use crate::label::{INPUT_SIZE, Schema};

#[derive(Module, Debug)]
pub(super) struct TaskTower {
    pub convs: Vec<ConvLayer>,
    pub fuse_fc: Option<Conv>,
    pub fc: Linear,
    /// While training, as beside the convolutions: without it, the first large steps can leave
    /// every unit of Fc below zero for good.
    pub fc_norm: Option<BatchNorm>,
    pub output: Linear,
}

/// See the module's documentation.
#[derive(Module, Debug)]
pub struct Network {
    pub(super) shared: Vec<ConvLayer>,
    pub(super) tasks: Vec<TaskTower>,
    #[module(skip)]
    pub(super) config: Config,
    #[module(skip)]
    pub(super) schema: Schema,
}

impl Network {
    pub fn config(&self) -> &Config {
        &self.config
    }

    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    pub fn device(&self) -> Device {
        self.tasks[0].output.weight.val().device()
    }

    /// How many numbers a checkpoint of the network holds.
    pub fn parameters(&self) -> usize {
        self.config.parameters(&self.schema)
    }

    /// The name of a tower: "shared", or the task's.
    pub fn tower_name(&self, tower: TowerId) -> &str {
        tower.name(&self.schema)
    }

    /// What each task answers: x, y of each point, 0 to 1 across the input, or the pair of logits
    /// (absent, present) of each attribute.
    ///
    /// # Shapes
    /// `[N, 3, 128, 128]` → one `[N, outputs]` per task
    pub fn forward(&self, x: Tensor<4>) -> Vec<Tensor<2>> {
        self.run(x, Pass::Inference, &mut Hooks::default())
    }

    /// As [`Network::forward`] with channels muted. Where masks have a row for each sample, `x` may
    /// be a single one: all that no mask reaches is computed once.
    ///
    /// # Shapes
    /// `[N, 3, 128, 128]` → one `[N, outputs]` per task
    ///
    /// # Panics
    /// If a mask has not its map's number of channels, or rows for another number of samples.
    pub fn forward_masked(&self, x: Tensor<4>, masks: &[Mask]) -> Vec<Tensor<2>> {
        let outputs = self.run(x, Pass::Inference, &mut Hooks::default().masks(masks));
        let n = outputs.iter().map(|o| o.dims()[0]).max().unwrap_or(0);
        outputs.into_iter().map(|o| repeated(o, n)).collect()
    }

    /// The feature maps at `taps` in the order asked for, with channels muted: a tap shows its map
    /// with those of its channels at zero. What lies beyond the last of them is not computed; maps
    /// that no mask reaches come back as one sample.
    ///
    /// # Shapes
    /// `[N, 3, 128, 128]` → one `[N, C, H, W]` per tap
    ///
    /// # Panics
    /// As [`Network::forward_masked`], and if a tap names a layer that its tower does not have; see
    /// [`Network::taps`].
    pub fn maps(&self, x: Tensor<4>, masks: &[Mask], taps: &[Tap]) -> Vec<Tensor<4>> {
        let mut hooks = Hooks::taps(taps).masks(masks).maps_only();
        self.run(x, Pass::Inference, &mut hooks);
        hooks.tapped()
    }

    /// As [`Network::forward`] with halves of the joined maps at zero.
    ///
    /// # Shapes
    /// `[N, 3, 128, 128]` → one `[N, outputs]` per task
    pub fn forward_ablated(&self, x: Tensor<4>, ablations: &[Ablation]) -> Vec<Tensor<2>> {
        self.run(
            x,
            Pass::Inference,
            &mut Hooks::default().ablations(ablations),
        )
    }

    /// As [`Network::forward`] for training: batch statistics where there is normalisation, and
    /// dropout before the output of binary tasks.
    ///
    /// # Shapes
    /// `[N, 3, 128, 128]` → one `[N, outputs]` per task
    pub fn forward_training(&self, x: Tensor<4>, dropout: Dropout) -> Vec<Tensor<2>> {
        self.run(x, Pass::Training(dropout), &mut Hooks::default())
    }

    /// The same of these tasks alone, in their order. The others' towers are not computed, so that
    /// what their normalisation remembers of the batches stays too.
    ///
    /// # Shapes
    /// `[N, 3, 128, 128]` → one `[N, outputs]` per task that is asked
    pub fn train_tasks(&self, x: Tensor<4>, dropout: Dropout, tasks: &[usize]) -> Vec<Tensor<2>> {
        let mut hooks = Hooks::default().only(tasks);
        self.run(x, Pass::Training(dropout), &mut hooks)
    }

    /// One output for each task that the hooks ask to its end, in order.
    pub(crate) fn run(&self, x: Tensor<4>, pass: Pass, hooks: &mut Hooks) -> Vec<Tensor<2>> {
        // levels[i] is what enters layer i of the shared tower; levels[10] what would enter Fc.
        let mut levels = vec![x];
        let shared = self.shared.iter().zip(self.config.shared_layers());
        for (layer, &name) in shared.take(hooks.shared_layers()) {
            let map = layer.forward(levels[levels.len() - 1].clone(), None, pass);
            let map = hooks.pass(Tap::conv(TowerId::Shared, name), map);
            levels.push(pooled(map, name));
        }
        let asked: Vec<usize> = (0..self.tasks.len()).filter(|t| hooks.asks(*t)).collect();
        asked
            .into_iter()
            .filter_map(|t| self.run_task(t, &levels, pass, hooks))
            .collect()
    }

    /// `None` where the hooks end it before.
    fn run_task(
        &self,
        task: usize,
        levels: &[Tensor<4>],
        pass: Pass,
        hooks: &mut Hooks,
    ) -> Option<Tensor<2>> {
        let (tower, id) = (&self.tasks[task], TowerId::Task(task));
        let mut h = levels[self.config.branch.first_layer()].clone();
        for (layer, &name) in tower.convs.iter().zip(self.config.task_layers()) {
            if hooks.ends(task) {
                return None;
            }
            let mut beside = None;
            if self.config.fuses(name) {
                let shared = levels[name.index()].clone();
                let (own, shared) = hooks.halves(task, FusionLayer::Conv(name), h, shared);
                (h, beside) = (own, Some(shared)); // task first
            }
            if let Some(fuse) = &layer.fuse {
                let map = fuse.forward(h, beside.take(), false);
                h = hooks.pass(Tap::at(id, TapLayer::fused(name)), map);
            }
            let map = layer.forward(h, beside, pass);
            h = pooled(hooks.pass(Tap::conv(id, name), map), name);
        }
        if hooks.ends(task) {
            return None;
        }
        if self.config.is_separation() {
            let shared = levels[Layer::ALL.len()].clone();
            let (own, shared) = hooks.halves(task, FusionLayer::Fc, h, shared);
            h = Tensor::cat(vec![own, shared], 1);
        }
        if let Some(fuse) = &tower.fuse_fc {
            h = hooks.pass(
                Tap::at(id, TapLayer::fused_fc()),
                fuse.forward(h, None, false),
            );
        }
        if hooks.ends(task) {
            return None;
        }
        let h = tower.fc.forward(h.flatten::<2>(1, 3)); // [N, fc]
        let h = match &tower.fc_norm {
            None => activation::relu(h),
            Some(norm) => {
                let [n, units] = h.dims();
                normed_relu(norm, h.reshape([n, units, 1, 1]), pass).reshape([n, units])
            }
        };
        let h = match pass {
            Pass::Training(dropout) if !self.schema.tasks[task].is_points() => {
                dropout.apply(h, task)
            }
            _ => h,
        };
        Some(tower.output.forward(h)) // [N, outputs]
    }
}

fn pooled(map: Tensor<4>, layer: Layer) -> Tensor<4> {
    if layer.ends_block() {
        ops::max_pool(map)
    } else {
        map
    }
}

/// The shape of a batch of inputs, `[n, 3, 128, 128]`.
pub fn input_shape(n: usize) -> [usize; 4] {
    [n, 3, INPUT_SIZE, INPUT_SIZE]
}
