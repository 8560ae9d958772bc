//! A separation multi-task network: one shared tower and one tower per task of the schema.
//!
//! With the shared tower fixed, task towers never touch each other: each can be trained, saved
//! and joined in on its own (see `start.rs`).

use std::collections::BTreeMap;

use burn::module::Module;
use burn::nn::{BatchNorm, Linear};
use burn::tensor::{Device, Tensor, TensorData, activation};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Distribution as _, Normal};

use super::config::{Config, Layer, Norm};
use super::layers::{
    Conv, ConvLayer, Dropout, Pass, batch_norm, floats, folded, linear, normed_relu, transposed,
};
use super::ops;
use super::taps::{Cut, Depth, Hooks, Mask, Place, Tap, repeated};
use crate::label::{INPUT_SIZE, Schema, Task};

/// Which tower a layer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TowerId {
    Shared,
    /// The position of the task in the schema.
    Task(usize),
}

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

/// A parameter that a network under construction asks for, in PyTorch's layout.
pub(super) struct Wanted<'a> {
    /// `TOWER.LAYER.{weight,bias}`
    pub name: &'a str,
    pub shape: &'a [usize],
}

impl Network {
    /// A network with He normal weights and zero biases, the same for the same seed on every
    /// device and machine.
    pub fn new(config: &Config, schema: &Schema, seed: u64, device: &Device) -> Self {
        let mut random =
            |wanted: Wanted| Ok::<_, std::convert::Infallible>(he_normal(&wanted, seed));
        let Ok(network) = Self::build(config, schema, device, &mut random);
        network
    }

    /// Builds the network that `config` and `schema` describe from what `source` gives for each
    /// parameter.
    pub(super) fn build<E>(
        config: &Config,
        schema: &Schema,
        device: &Device,
        source: &mut impl FnMut(Wanted) -> Result<TensorData, E>,
    ) -> Result<Self, E> {
        let mut shared = Vec::new();
        for &layer in config.shared_layers() {
            let channels = layer.channels(config.width);
            let normed = config.norm == Norm::Batch && !config.is_separation();
            shared.push(ConvLayer {
                fuse: None,
                conv: conv(
                    &format!("shared.{}", layer.name()),
                    channels,
                    3,
                    device,
                    source,
                )?,
                norm: normed.then(|| batch_norm(channels.1, device)),
            });
        }
        let mut tasks = Vec::new();
        for task in &schema.tasks {
            tasks.push(task_tower(config, task, device, source)?);
        }
        Ok(Self {
            shared,
            tasks,
            config: config.clone(),
            schema: schema.clone(),
        })
    }

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
        match tower {
            TowerId::Shared => "shared",
            TowerId::Task(t) => &self.schema.tasks[t].name,
        }
    }

    /// What each task answers: x, y of each point, 0 to 1 across the input, or the pair of logits
    /// (absent, present) of each attribute.
    ///
    /// # Shapes
    /// `[N, 3, 128, 128]` → one `[N, outputs]` per task
    pub fn forward(&self, x: Tensor<4>) -> Vec<Tensor<2>> {
        self.run(x, Pass::Inference, &mut Hooks::default())
    }

    /// As [`Network::forward`], with the feature maps at `taps` in the order asked for.
    ///
    /// # Shapes
    /// `[N, 3, 128, 128]` → one `[N, outputs]` per task, one `[N, C, H, W]` per tap
    ///
    /// # Panics
    /// If a tap names a layer that its tower does not have; see [`Network::taps`].
    pub fn forward_tapped(&self, x: Tensor<4>, taps: &[Tap]) -> (Vec<Tensor<2>>, Vec<Tensor<4>>) {
        self.forward_masked(x, &[], taps)
    }

    /// As [`Network::forward_tapped`] with channels muted; a tap shows its map with those of its
    /// channels at zero. Where masks have a row for each sample, `x` may be a single one: all that
    /// no mask reaches is computed once, and such maps come back as one sample.
    ///
    /// # Shapes
    /// `[N, 3, 128, 128]` → one `[N, outputs]` per task, one `[N, C, H, W]` per tap
    ///
    /// # Panics
    /// As [`Network::forward_tapped`], and if a mask has not its map's number of channels, or rows
    /// for another number of samples.
    pub fn forward_masked(
        &self,
        x: Tensor<4>,
        masks: &[Mask],
        taps: &[Tap],
    ) -> (Vec<Tensor<2>>, Vec<Tensor<4>>) {
        let mut hooks = Hooks::taps(taps).masks(masks);
        let outputs = self.run(x, Pass::Inference, &mut hooks);
        let n = outputs.iter().map(|o| o.dims()[0]).max().unwrap_or(0);
        let outputs = outputs.into_iter().map(|o| repeated(o, n)).collect();
        (outputs, hooks.tapped())
    }

    /// The feature maps at `taps` alone, as [`Network::forward_masked`] gives them: what lies
    /// beyond the last of them is not computed.
    ///
    /// # Shapes
    /// `[N, 3, 128, 128]` → one `[N, C, H, W]` per tap
    ///
    /// # Panics
    /// As [`Network::forward_masked`].
    pub fn maps(&self, x: Tensor<4>, masks: &[Mask], taps: &[Tap]) -> Vec<Tensor<4>> {
        let mut hooks = Hooks::taps(taps).masks(masks).maps_only();
        self.run(x, Pass::Inference, &mut hooks);
        hooks.tapped()
    }

    /// As [`Network::forward`] with halves of the joined maps at zero.
    ///
    /// # Shapes
    /// `[N, 3, 128, 128]` → one `[N, outputs]` per task
    pub fn forward_cut(&self, x: Tensor<4>, cuts: &[Cut]) -> Vec<Tensor<2>> {
        self.run(x, Pass::Inference, &mut Hooks::default().cuts(cuts))
    }

    /// As [`Network::forward`] for training: batch statistics where there is normalisation, and
    /// dropout before the output of binary tasks.
    ///
    /// # Shapes
    /// `[N, 3, 128, 128]` → one `[N, outputs]` per task
    pub fn forward_training(&self, x: Tensor<4>, dropout: Dropout) -> Vec<Tensor<2>> {
        self.run(x, Pass::Training(dropout), &mut Hooks::default())
    }

    /// One output for each task that the hooks ask to its end, in order.
    pub(super) fn run(&self, x: Tensor<4>, pass: Pass, hooks: &mut Hooks) -> Vec<Tensor<2>> {
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
                let (own, shared) = hooks.halves(task, Depth::Conv(name), h, shared);
                (h, beside) = (own, Some(shared)); // task first
            }
            if let Some(fuse) = &layer.fuse {
                let map = fuse.forward(h, beside.take(), false);
                h = hooks.pass(Tap::at(id, Place::fused(name)), map);
            }
            let map = layer.forward(h, beside, pass);
            h = pooled(hooks.pass(Tap::conv(id, name), map), name);
        }
        if hooks.ends(task) {
            return None;
        }
        if self.config.is_separation() {
            let shared = levels[Layer::ALL.len()].clone();
            let (own, shared) = hooks.halves(task, Depth::Fc, h, shared);
            h = Tensor::cat(vec![own, shared], 1);
        }
        if let Some(fuse) = &tower.fuse_fc {
            h = hooks.pass(Tap::at(id, Place::fused_fc()), fuse.forward(h, None, false));
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

    /// The weight, in PyTorch's layout, of the layer of a task that takes the joined maps at a
    /// depth: `[out, 2 · in, …]`, the first half for the task's own map. `None` where nothing is
    /// joined.
    pub(super) fn fusion_weight(&self, task: usize, depth: Depth) -> Option<TensorData> {
        if !self.fusions().contains(&depth) {
            return None;
        }
        let tower = &self.tasks[task];
        Some(match depth {
            Depth::Conv(layer) => {
                let first = self.config.branch.first_layer();
                let layer = tower.convs.get(layer.index() - first)?;
                let conv = layer.fuse.as_ref().unwrap_or(&layer.conv);
                conv.weight.val().into_data()
            }
            Depth::Fc => match &tower.fuse_fc {
                Some(fuse) => fuse.weight.val().into_data(),
                None => unlinear(&tower.fc).0,
            },
        })
    }

    /// Every parameter by its name in a checkpoint, in PyTorch's layout, with normalisation
    /// folded in or left out.
    pub(super) fn tensors(&self, fold: bool) -> BTreeMap<String, TensorData> {
        let mut all = BTreeMap::new();
        let mut put = |name: String, (weight, bias): (TensorData, TensorData)| {
            all.insert(format!("{name}.weight"), weight);
            all.insert(format!("{name}.bias"), bias);
        };
        let layer = |l: &ConvLayer| folded(l.conv.parameters(), l.norm.as_ref().filter(|_| fold));
        for (l, name) in self.shared.iter().zip(self.config.shared_layers()) {
            put(format!("shared.{}", name.name()), layer(l));
        }
        for (tower, task) in self.tasks.iter().zip(&self.schema.tasks) {
            for (l, name) in tower.convs.iter().zip(self.config.task_layers()) {
                put(format!("{}.{}", task.name, name.name()), layer(l));
                if let Some(fuse) = &l.fuse {
                    put(
                        format!("{}.fuse{}", task.name, name.place()),
                        fuse.parameters(),
                    );
                }
            }
            if let Some(fuse) = &tower.fuse_fc {
                put(format!("{}.fuse_fc", task.name), fuse.parameters());
            }
            let norm = tower.fc_norm.as_ref().filter(|_| fold);
            put(
                format!("{}.fc", task.name),
                folded(unlinear(&tower.fc), norm),
            );
            put(format!("{}.output", task.name), unlinear(&tower.output));
        }
        all
    }

    /// A name for exactly these weights, which says in a figure which network it shows: FNV-1a
    /// (64 bits) over the names of all tensors in a checkpoint and the bytes of their values, in
    /// the order of the names.
    pub fn fingerprint(&self) -> String {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut add = |bytes: &[u8]| {
            for byte in bytes {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        for (name, values) in self.tensors(true) {
            add(name.as_bytes());
            values.iter::<f32>().for_each(|v| add(&v.to_le_bytes()));
        }
        format!("{hash:016x}")
    }

    /// The same network with normalisation folded into its convolutions, on a device without
    /// autodiff: what is validated, saved and shown.
    pub fn folded(&self) -> Self {
        let mut tensors = self.tensors(true);
        let config = Config {
            norm: Norm::None,
            ..self.config.clone()
        };
        let device = self.device().without_autodiff();
        let mut source = |wanted: Wanted| tensors.remove(wanted.name).ok_or(());
        Self::build(&config, &self.schema, &device, &mut source)
            .unwrap_or_else(|()| unreachable!("a network has its own tensors"))
    }

    /// Makes the task's output a constant at the start: weights zero, `bias` as given. Landmark
    /// outputs start at the mean face.
    ///
    /// # Panics
    /// If `bias` does not have the task's number of outputs.
    pub fn set_constant_output(&mut self, task: usize, bias: &[f32]) {
        let outputs = self.schema.tasks[task].outputs();
        assert_eq!(bias.len(), outputs);
        let device = self.device();
        let weight = TensorData::zeros::<f32, _>([outputs, self.config.fc]);
        let bias = TensorData::new(bias.to_vec(), [outputs]);
        self.tasks[task].output = linear(weight, bias, &device);
    }
}

fn pooled(map: Tensor<4>, layer: Layer) -> Tensor<4> {
    if layer.ends_block() {
        ops::max_pool(map)
    } else {
        map
    }
}

fn unlinear(l: &Linear) -> (TensorData, TensorData) {
    let weight = transposed(&l.weight.val().into_data());
    let bias = match &l.bias {
        Some(bias) => bias.val().into_data(),
        None => TensorData::zeros::<f32, _>([weight.shape()[0]]),
    };
    (weight, bias)
}

fn task_tower<E>(
    config: &Config,
    task: &Task,
    device: &Device,
    source: &mut impl FnMut(Wanted) -> Result<TensorData, E>,
) -> Result<TaskTower, E> {
    let name = &task.name;
    let mut convs = Vec::new();
    for &layer in config.task_layers() {
        let (input, _) = layer.channels(config.width);
        let channels = config.task_channels(layer);
        let fuse = if config.has_fuse(layer) {
            let fuse = format!("{name}.fuse{}", layer.place());
            Some(conv(&fuse, (2 * input, input), 1, device, source)?)
        } else {
            None
        };
        convs.push(ConvLayer {
            fuse,
            conv: conv(
                &format!("{name}.{}", layer.name()),
                channels,
                3,
                device,
                source,
            )?,
            norm: (config.norm == Norm::Batch).then(|| batch_norm(channels.1, device)),
        });
    }
    let fuse_fc = if config.has_fuse_fc() {
        let channels = (16 * config.width, 8 * config.width);
        Some(conv(
            &format!("{name}.fuse_fc"),
            channels,
            1,
            device,
            source,
        )?)
    } else {
        None
    };
    let mut dense = |layer: &str, input: usize, output: usize| {
        let weight = get(source, &format!("{name}.{layer}.weight"), &[output, input])?;
        let bias = get(source, &format!("{name}.{layer}.bias"), &[output])?;
        Ok(linear(weight, bias, device))
    };
    Ok(TaskTower {
        convs,
        fuse_fc,
        fc: dense("fc", config.fc_input().1, config.fc)?,
        fc_norm: (config.norm == Norm::Batch).then(|| batch_norm(config.fc, device)),
        output: dense("output", config.fc, task.outputs())?,
    })
}

fn conv<E>(
    name: &str,
    (input, output): (usize, usize),
    kernel: usize,
    device: &Device,
    source: &mut impl FnMut(Wanted) -> Result<TensorData, E>,
) -> Result<Conv, E> {
    let shape = [output, input, kernel, kernel];
    let weight = get(source, &format!("{name}.weight"), &shape)?;
    let bias = get(source, &format!("{name}.bias"), &[output])?;
    Ok(Conv::new(weight, bias, device))
}

fn get<E>(
    source: &mut impl FnMut(Wanted) -> Result<TensorData, E>,
    name: &str,
    shape: &[usize],
) -> Result<TensorData, E> {
    source(Wanted { name, shape })
}

/// He normal initial weights, N(0, 2 / fan in); biases are zero. The stream depends on the seed
/// and the parameter's name, so that a task more or less changes no other tower.
pub(super) fn he_normal(wanted: &Wanted, seed: u64) -> TensorData {
    let count: usize = wanted.shape.iter().product();
    let values = if wanted.shape.len() == 1 {
        vec![0.0; count]
    } else {
        let fan_in: usize = wanted.shape[1..].iter().product();
        let deviation = (2.0 / fan_in.max(1) as f32).sqrt();
        // FNV-1a: std's hasher may change between releases.
        let hash = wanted.name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed ^ hash);
        match Normal::new(0.0, deviation) {
            Ok(normal) => normal.sample_iter(&mut rng).take(count).collect(),
            Err(_) => vec![0.0; count],
        }
    };
    TensorData::new(values, wanted.shape.to_vec())
}

/// Whether two sets of tensors are the same bit for bit.
pub(super) fn same_bits(a: &TensorData, b: &TensorData) -> bool {
    a.shape() == b.shape()
        && floats(a)
            .iter()
            .zip(&floats(b))
            .all(|(x, y)| x.to_bits() == y.to_bits())
}

/// The shape of a batch of inputs, `[n, 3, 128, 128]`.
pub fn input_shape(n: usize) -> [usize; 4] {
    [n, 3, INPUT_SIZE, INPUT_SIZE]
}
