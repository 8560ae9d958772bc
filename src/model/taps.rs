//! Where one can look into a network, and what can be held at zero in it to learn what it does.

use std::fmt;
use std::str::FromStr;

use burn::tensor::{Tensor, TensorData};

use super::config::Layer;
use super::error::UnknownTapLayer;
use super::tower_id::TowerId;
use crate::humanize::layer_title;
use crate::label::INPUT_SIZE;

/// Which map of a layer is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TapKind {
    /// What enters a task's convolution in a channelwise network: the 1×1 convolution of the
    /// task's and the shared map, linear, so of either sign.
    Fused,
    /// The output of a convolution after ReLU, before pooling.
    Conv,
    /// What enters a task's Fc in a channelwise network: as [`TapKind::Fused`], of the maps after
    /// the last pooling. Its layer is Conv4-3.
    FusedFc,
}

/// A kind of map at a depth, whatever the tower: a row of the paper's Table 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TapLayer {
    pub layer: Layer,
    pub kind: TapKind,
}

/// A place of one tower whose feature map is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tap {
    pub tower: TowerId,
    pub layer: Layer,
    pub kind: TapKind,
}

/// Pixels of the input, `left..right` and `top..bottom`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputRectangle {
    pub left: usize,
    pub top: usize,
    pub right: usize,
    pub bottom: usize,
}

impl TapLayer {
    pub fn conv(layer: Layer) -> Self {
        let kind = TapKind::Conv;
        Self { layer, kind }
    }

    pub fn fused(layer: Layer) -> Self {
        let kind = TapKind::Fused;
        Self { layer, kind }
    }

    pub fn fused_fc() -> Self {
        Self {
            layer: Layer::Conv4_3,
            kind: TapKind::FusedFc,
        }
    }

    /// Whether it is the output of a convolution: 0 or more, and it can be muted.
    pub fn is_conv(self) -> bool {
        self.kind == TapKind::Conv
    }

    /// "conv1_2" or, of a fused map, "fuse1_2" or "fuse_fc", as the tensors in a checkpoint.
    pub fn name(self) -> String {
        match self.kind {
            TapKind::Conv => self.layer.name(),
            TapKind::Fused => format!("fuse{}", self.layer.suffix()),
            TapKind::FusedFc => "fuse_fc".into(),
        }
    }

    /// "Conv1-2", as people read it.
    pub fn title(self) -> String {
        layer_title(&self.name())
    }

    /// Side of the map in pixels.
    pub fn side(self) -> usize {
        match self.kind {
            TapKind::Conv | TapKind::Fused => self.layer.side(),
            TapKind::FusedFc => self.layer.side() / 2,
        }
    }

    /// Channels of the map in a network of a width.
    pub fn channels(self, width: usize) -> usize {
        let (input, output) = self.layer.channels(width);
        match self.kind {
            TapKind::Conv | TapKind::FusedFc => output,
            TapKind::Fused => input,
        }
    }

    /// As [`Layer::receptive_field`].
    pub fn receptive_field(self) -> (usize, usize) {
        let (side, step) = self.layer.receptive_field();
        match self.kind {
            TapKind::Conv => (side, step),
            TapKind::Fused => (side - 2 * step, step),
            TapKind::FusedFc => (side + step, 2 * step),
        }
    }

    /// The input pixels on which the value in column `x` and row `y` of the map depends, cut off
    /// at the input's edge.
    pub fn field_of(self, x: usize, y: usize) -> InputRectangle {
        let (side, step) = self.receptive_field();
        let span = |v: usize| {
            // The field and the value's own share of the input have the same centre.
            let first = ((2 * v + 1) * step) as isize - side as isize;
            let cut = |v: isize| v.clamp(0, INPUT_SIZE as isize) as usize;
            (cut(first / 2), cut(first / 2 + side as isize))
        };
        let ((left, right), (top, bottom)) = (span(x), span(y));
        InputRectangle {
            left,
            top,
            right,
            bottom,
        }
    }
}

impl fmt::Display for TapLayer {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl FromStr for TapLayer {
    type Err = UnknownTapLayer;

    fn from_str(s: &str) -> Result<Self, UnknownTapLayer> {
        match s.to_ascii_lowercase().strip_prefix("fuse") {
            Some("_fc") => Ok(Self::fused_fc()),
            Some(at) => match format!("conv{at}").parse() {
                Ok(Layer::Conv1_1) | Err(_) => Err(UnknownTapLayer::Fused(s.to_owned())),
                Ok(layer) => Ok(Self::fused(layer)),
            },
            None => s.parse().map(Self::conv).map_err(UnknownTapLayer::Conv),
        }
    }
}

impl Tap {
    pub fn conv(tower: TowerId, layer: Layer) -> Self {
        Self::at(tower, TapLayer::conv(layer))
    }

    pub fn at(tower: TowerId, TapLayer { layer, kind }: TapLayer) -> Self {
        Self { tower, layer, kind }
    }

    pub fn tap_layer(self) -> TapLayer {
        let Self { layer, kind, .. } = self;
        TapLayer { layer, kind }
    }
}

/// Channels of one convolution's output that are multiplied by zero after ReLU, before the map
/// goes on; a shared map wherever it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    pub tower: TowerId,
    pub layer: Layer,
    /// One row of channels for all samples alike, or a row for each sample.
    pub keep: Vec<bool>,
}

impl Mask {
    /// All of `channels` channels but `muted`.
    pub fn muting(tower: TowerId, layer: Layer, channels: usize, muted: &[usize]) -> Self {
        Self {
            tower,
            layer,
            keep: (0..channels).map(|c| !muted.contains(&c)).collect(),
        }
    }

    /// Of `channels` channels only `heard`.
    pub fn solo(tower: TowerId, layer: Layer, channels: usize, heard: &[usize]) -> Self {
        let mut mask = Self::muting(tower, layer, channels, heard);
        mask.keep.iter_mut().for_each(|keep| *keep = !*keep);
        mask
    }
}

/// Where a separation network joins task and shared map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FusionLayer {
    Conv(Layer),
    Fc,
}

impl FusionLayer {
    /// "conv1_2" to "conv4_3", "fc": the layer that takes the joined maps.
    pub fn name(self) -> String {
        match self {
            Self::Conv(layer) => layer.name(),
            Self::Fc => "fc".into(),
        }
    }
}

/// One half of the channels that a fusion joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FusionHalf {
    /// The task's own map; it comes first.
    Own,
    Shared,
}

/// A half of the joined maps of a task that is replaced by zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ablation {
    pub task: usize,
    pub layer: FusionLayer,
    pub half: FusionHalf,
}

/// What is done to the maps of one pass on their way.
#[derive(Default)]
pub(crate) struct Hooks<'a> {
    taps: &'a [Tap],
    tapped: Vec<Option<Tensor<4>>>,
    masks: &'a [Mask],
    ablations: &'a [Ablation],
    /// Whether what is tapped is where gradients end.
    leaves: bool,
    /// The tasks that are asked; all of them if `None`.
    only: Option<&'a [usize]>,
    /// Whether the pass ends once all taps are found.
    maps_only: bool,
}

impl<'a> Hooks<'a> {
    pub fn taps(taps: &'a [Tap]) -> Self {
        Self {
            taps,
            tapped: vec![None; taps.len()],
            ..Self::default()
        }
    }

    pub fn masks(self, masks: &'a [Mask]) -> Self {
        Self { masks, ..self }
    }

    pub fn ablations(self, ablations: &'a [Ablation]) -> Self {
        Self { ablations, ..self }
    }

    pub fn only(self, tasks: &'a [usize]) -> Self {
        let only = Some(tasks);
        Self { only, ..self }
    }

    /// Ends the pass where the last map is found.
    pub fn maps_only(self) -> Self {
        Self {
            maps_only: true,
            ..self
        }
    }

    /// Whether a task's tower is computed.
    pub fn asks(&self, task: usize) -> bool {
        let tapped = |tower| self.taps.iter().any(|t| t.tower == tower);
        self.only.is_none_or(|only| only.contains(&task))
            && (!self.maps_only || tapped(TowerId::Task(task)))
    }

    /// How many of the shared tower's layers are computed.
    pub fn shared_layers(&self) -> usize {
        let needed = |t: &Tap| match t.kind {
            TapKind::FusedFc => Layer::ALL.len(),
            // A task's layer takes what the shared layers before it give.
            _ => t.layer.index() + usize::from(t.tower == TowerId::Shared),
        };
        match self.maps_only {
            true => self.taps.iter().map(needed).max().unwrap_or(0),
            false => Layer::ALL.len(),
        }
    }

    /// Whether nothing more is wanted of a task.
    pub fn ends(&self, task: usize) -> bool {
        let mut own = self.taps.iter().zip(&self.tapped);
        let tower = TowerId::Task(task);
        self.maps_only && own.all(|(tap, map)| tap.tower != tower || map.is_some())
    }

    pub fn leaves(self) -> Self {
        Self {
            leaves: true,
            ..self
        }
    }

    /// The maps in the order asked for.
    ///
    /// # Panics
    /// If the pass did not come by one of the taps.
    pub fn tapped(self) -> Vec<Tensor<4>> {
        let maps = self.tapped.into_iter().zip(self.taps);
        maps.map(|(map, tap)| map.unwrap_or_else(|| panic!("the network has no {tap:?}")))
            .collect()
    }

    /// What goes on in place of a map.
    pub fn pass(&mut self, tap: Tap, mut map: Tensor<4>) -> Tensor<4> {
        if tap.kind == TapKind::Conv {
            let here = |m: &&Mask| (m.tower, m.layer) == (tap.tower, tap.layer);
            for mask in self.masks.iter().filter(here) {
                map = masked(map, &mask.keep);
            }
        }
        for (slot, _) in self
            .tapped
            .iter_mut()
            .zip(self.taps)
            .filter(|(_, asked)| **asked == tap)
        {
            if self.leaves {
                map = map.detach().require_grad();
            }
            *slot = Some(map.clone());
        }
        map
    }

    /// The halves that go on in place of `own` and `shared`, of equally many samples.
    pub fn halves(
        &self,
        task: usize,
        layer: FusionLayer,
        own: Tensor<4>,
        shared: Tensor<4>,
    ) -> (Tensor<4>, Tensor<4>) {
        let cut = |half, map: Tensor<4>| {
            if self.ablations.contains(&Ablation { task, layer, half }) {
                map.zeros_like()
            } else {
                map
            }
        };
        let n = own.dims()[0].max(shared.dims()[0]);
        (
            repeated(cut(FusionHalf::Own, own), n),
            repeated(cut(FusionHalf::Shared, shared), n),
        )
    }
}

/// A single sample `n` times; where masks differ from sample to sample, what comes before them is
/// computed once.
pub(crate) fn repeated<const D: usize>(x: Tensor<D>, n: usize) -> Tensor<D> {
    if x.dims()[0] == n {
        x
    } else {
        x.repeat_dim(0, n)
    }
}

fn masked(map: Tensor<4>, keep: &[bool]) -> Tensor<4> {
    let [_, channels, _, _] = map.dims();
    let factors: Vec<f32> = keep.iter().map(|k| f32::from(u8::from(*k))).collect();
    let shape = [keep.len() / channels.max(1), channels, 1, 1];
    let factors = Tensor::from_data(TensorData::new(factors, shape), &map.device());
    map * factors
}

#[cfg(test)]
mod tests;
