//! A network's parameters by their names in a checkpoint: how it is made of them, and what they are.

use std::collections::BTreeMap;

use burn::nn::Linear;
use burn::tensor::{Device, TensorData};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Distribution as _, Normal};

use super::config::{Config, Norm};
use super::layers::{Conv, ConvLayer, batch_norm, floats, folded, linear, transposed};
use super::network::{Network, TaskTower};
use super::taps::{FusionLayer, Tap, TapKind};
use super::tower_id::TowerId;
use crate::hash::{StableHasher, stable_hash};
use crate::label::{Schema, Task};

/// A parameter that a network under construction asks for, in PyTorch's layout.
pub(super) struct ParameterSpec<'a> {
    /// `TOWER.LAYER.{weight,bias}`
    pub name: &'a str,
    pub shape: &'a [usize],
}

impl Network {
    /// A network with He normal weights and zero biases, the same for the same seed on every
    /// device and machine.
    pub fn new(config: &Config, schema: &Schema, seed: u64, device: &Device) -> Self {
        let mut random =
            |wanted: ParameterSpec| Ok::<_, std::convert::Infallible>(he_normal(&wanted, seed));
        let Ok(network) = Self::build(config, schema, device, &mut random);
        network
    }

    /// Builds the network that `config` and `schema` describe from what `source` gives for each
    /// parameter.
    pub(super) fn build<E>(
        config: &Config,
        schema: &Schema,
        device: &Device,
        source: &mut impl FnMut(ParameterSpec) -> Result<TensorData, E>,
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

    /// The weight, in PyTorch's layout, of the layer of a task that takes the joined maps at a
    /// depth: `[out, 2 · in, …]`, the first half for the task's own map. `None` where nothing is
    /// joined.
    pub(crate) fn fusion_weight(&self, task: usize, depth: FusionLayer) -> Option<TensorData> {
        if !self.fusions().contains(&depth) {
            return None;
        }
        let tower = &self.tasks[task];
        Some(match depth {
            FusionLayer::Conv(layer) => {
                let first = self.config.branch.first_layer();
                let layer = tower.convs.get(layer.index() - first)?;
                let conv = layer.fuse.as_ref().unwrap_or(&layer.conv);
                conv.weight.val().into_data()
            }
            FusionLayer::Fc => match &tower.fuse_fc {
                Some(fuse) => fuse.weight.val().into_data(),
                None => unlinear(&tower.fc).0,
            },
        })
    }

    /// The weight that makes the map at a tap and how many channels it has: a row for each.
    pub(crate) fn map_weight(&self, tap: Tap) -> Option<(Vec<f32>, usize)> {
        let conv = match (tap.tower, tap.kind) {
            (TowerId::Shared, TapKind::Conv) => &self.shared.get(tap.layer.index())?.conv,
            (TowerId::Shared, _) => return None,
            (TowerId::Task(t), kind) => {
                let tower = self.tasks.get(t)?;
                let first = self.config.branch.first_layer();
                let layer = tower.convs.get(tap.layer.index().checked_sub(first)?);
                match kind {
                    TapKind::Conv => &layer?.conv,
                    TapKind::Fused => layer?.fuse.as_ref()?,
                    TapKind::FusedFc => tower.fuse_fc.as_ref()?,
                }
            }
        };
        let weight = conv.weight.val().into_data();
        Some((floats(&weight), weight.shape()[0]))
    }

    /// Every parameter by its name in a checkpoint, in PyTorch's layout, with normalisation
    /// folded in or left out.
    pub(crate) fn tensors(&self, fold: bool) -> BTreeMap<String, TensorData> {
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
                        format!("{}.fuse{}", task.name, name.suffix()),
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
        let mut hash = StableHasher::default();
        for (name, values) in self.tensors(true) {
            hash.add(name.as_bytes());
            values
                .iter::<f32>()
                .for_each(|v| hash.add(&v.to_le_bytes()));
        }
        hash.to_hex()
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
        let mut source = |wanted: ParameterSpec| tensors.remove(wanted.name).ok_or(());
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
    source: &mut impl FnMut(ParameterSpec) -> Result<TensorData, E>,
) -> Result<TaskTower, E> {
    let name = &task.name;
    let mut convs = Vec::new();
    for &layer in config.task_layers() {
        let (input, _) = layer.channels(config.width);
        let channels = config.task_channels(layer);
        let fuse = if config.has_fuse(layer) {
            let fuse = format!("{name}.fuse{}", layer.suffix());
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
    source: &mut impl FnMut(ParameterSpec) -> Result<TensorData, E>,
) -> Result<Conv, E> {
    let shape = [output, input, kernel, kernel];
    let weight = get(source, &format!("{name}.weight"), &shape)?;
    let bias = get(source, &format!("{name}.bias"), &[output])?;
    Ok(Conv::new(weight, bias, device))
}

fn get<E>(
    source: &mut impl FnMut(ParameterSpec) -> Result<TensorData, E>,
    name: &str,
    shape: &[usize],
) -> Result<TensorData, E> {
    source(ParameterSpec { name, shape })
}

/// He normal initial weights, N(0, 2 / fan in); biases are zero. The stream depends on the seed
/// and the parameter's name, so that a task more or less changes no other tower.
pub(super) fn he_normal(wanted: &ParameterSpec, seed: u64) -> TensorData {
    let count: usize = wanted.shape.iter().product();
    let values = if wanted.shape.len() == 1 {
        vec![0.0; count]
    } else {
        let fan_in: usize = wanted.shape[1..].iter().product();
        let deviation = (2.0 / fan_in.max(1) as f32).sqrt();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed ^ stable_hash(wanted.name.as_bytes()));
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
