//! What towers are made of. Convolutions keep PyTorch's layout (OIHW); a batch normalisation
//! stands beside its convolution only while training and is folded into it afterwards.

use burn::module::{Module, Param};
use burn::nn::{BatchNorm, BatchNormConfig, Linear};
use burn::tensor::{Device, Tensor, TensorData, activation, module};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use super::ops;

/// Whether a pass uses the batch's own statistics and dropout, or the running ones and none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pass {
    Inference,
    Training(Dropout),
}

/// Which units before a binary task's output are left out. The mask derives from the seed, not
/// from a device's running stream, so that a step that is done again drops the same units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Dropout {
    pub probability: f64,
    pub seed: u64,
}

impl Dropout {
    /// Zeroes units with the probability, and scales the others up by as much as is lost.
    ///
    /// # Shapes
    /// `[N, units]` → `[N, units]`
    pub(super) fn apply(&self, h: Tensor<2>, task: usize) -> Tensor<2> {
        if self.probability <= 0.0 {
            return h;
        }
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(self.seed.wrapping_add(task as u64));
        let kept = (1.0 / (1.0 - self.probability)) as f32;
        let [n, units] = h.dims();
        let mask: Vec<f32> = (0..n * units)
            .map(|_| {
                if rng.random::<f64>() < self.probability {
                    0.0
                } else {
                    kept
                }
            })
            .collect();
        let mask = Tensor::from_data(TensorData::new(mask, [n, units]), &h.device());
        h * mask
    }
}

/// A convolution with bias; 3×3 with padding 1, or 1×1.
#[derive(Module, Debug)]
pub(super) struct Conv {
    /// `[out, in, k, k]`
    pub weight: Param<Tensor<4>>,
    /// `[out]`
    pub bias: Param<Tensor<1>>,
}

impl Conv {
    pub fn new(weight: TensorData, bias: TensorData, device: &Device) -> Self {
        Self {
            weight: Param::from_data(weight, device),
            bias: Param::from_data(bias, device),
        }
    }

    /// Weight and bias as they are stored.
    pub fn parameters(&self) -> (TensorData, TensorData) {
        (self.weight.val().into_data(), self.bias.val().into_data())
    }

    /// With ReLU after it if `relu`.
    ///
    /// # Shapes
    /// `[N, in, H, W]`, or two tensors which have that many channels together → `[N, out, H, W]`
    pub fn forward(&self, x: Tensor<4>, beside: Option<Tensor<4>>, relu: bool) -> Tensor<4> {
        let (weight, bias) = (self.weight.val(), self.bias.val());
        match beside {
            None => ops::conv(x, weight, bias, relu),
            Some(beside) => ops::conv_pair(x, beside, weight, bias, relu),
        }
    }
}

/// One convolution of a tower with what belongs to it.
#[derive(Module, Debug)]
pub(super) struct ConvLayer {
    /// The channelwise variant's 1×1 convolution before it, which whoever calls applies first.
    pub fuse: Option<Conv>,
    pub conv: Conv,
    pub norm: Option<BatchNorm>,
}

impl ConvLayer {
    /// The layer's feature map: the convolution of `x` (and of what is fused with it), normalised
    /// while training, after ReLU.
    ///
    /// # Shapes
    /// `[N, in, H, W]`, or two tensors which have that many channels together → `[N, out, H, W]`
    pub fn forward(&self, x: Tensor<4>, beside: Option<Tensor<4>>, pass: Pass) -> Tensor<4> {
        match &self.norm {
            None => self.conv.forward(x, beside, true),
            Some(norm) => normed_relu(norm, self.conv.forward(x, beside, false), pass),
        }
    }
}

/// Normalises and applies ReLU: with the batch's statistics, which move the running ones, while
/// training, else with the running ones.
///
/// # Shapes
/// `[N, C, H, W]` → `[N, C, H, W]`
pub(super) fn normed_relu(norm: &BatchNorm, y: Tensor<4>, pass: Pass) -> Tensor<4> {
    let (gamma, beta) = (norm.gamma.val(), norm.beta.val());
    match pass {
        Pass::Inference => activation::relu(module::batch_norm(
            y,
            gamma,
            beta,
            norm.running_mean.value(),
            norm.running_var.value(),
            norm.epsilon,
        )),
        Pass::Training(_) => {
            let (y, mean, variance) = ops::norm_relu(y, gamma, beta, norm.epsilon);
            update_statistics(norm, mean, variance);
            y
        }
    }
}

/// Moves the running statistics by `momentum` towards those of the batch.
fn update_statistics(norm: &BatchNorm, mean: Tensor<1>, variance: Tensor<1>) {
    for (running, batch) in [(&norm.running_mean, mean), (&norm.running_var, variance)] {
        let old = running.value_sync().mul_scalar(1.0 - norm.momentum);
        let new = batch.detach().mul_scalar(norm.momentum);
        running.update(old.to_device(&new.device()).add(new).detach());
        // An update waits in its thread until it is asked for; a record would miss it.
        running.value_sync();
    }
}

pub(super) fn batch_norm(channels: usize, device: &Device) -> BatchNorm {
    BatchNormConfig::new(channels).init(device)
}

/// A linear layer from weights in PyTorch's layout, `[out, in]`; burn's is `[in, out]`.
pub(super) fn linear(weight: TensorData, bias: TensorData, device: &Device) -> Linear {
    Linear {
        weight: Param::from_data(transposed(&weight), device),
        bias: Some(Param::from_data(bias, device)),
    }
}

/// The transpose of an f32 matrix.
pub(super) fn transposed(matrix: &TensorData) -> TensorData {
    let [rows, columns] = [matrix.shape()[0], matrix.shape()[1]];
    let values = floats(matrix);
    let mut turned = vec![0.0; values.len()];
    for (r, row) in values.chunks_exact(columns.max(1)).enumerate() {
        for (c, v) in row.iter().enumerate() {
            turned[c * rows + r] = *v;
        }
    }
    TensorData::new(turned, [columns, rows])
}

/// The values of a tensor that is known to be f32.
pub(crate) fn floats(data: &TensorData) -> Vec<f32> {
    data.iter::<f32>().collect()
}

/// Weight and bias of a layer, output channel first, with `norm` folded in:
/// W' = W·γ/√(σ²+ε), b' = (b − μ)·γ/√(σ²+ε) + β, per output channel.
pub(super) fn folded(
    (weight, bias): (TensorData, TensorData),
    norm: Option<&BatchNorm>,
) -> (TensorData, TensorData) {
    let Some(norm) = norm else {
        return (weight, bias);
    };
    let gamma = floats(&norm.gamma.val().into_data());
    let beta = floats(&norm.beta.val().into_data());
    let mean = floats(&norm.running_mean.value_sync().into_data());
    let variance = floats(&norm.running_var.value_sync().into_data());
    let shape = weight.shape().clone();
    let (mut weight, mut bias) = (floats(&weight), floats(&bias));
    let per_channel = weight.len() / bias.len().max(1);
    for (c, b) in bias.iter_mut().enumerate() {
        let scale = f64::from(gamma[c]) / (f64::from(variance[c]) + norm.epsilon).sqrt();
        for w in &mut weight[c * per_channel..(c + 1) * per_channel] {
            *w = (f64::from(*w) * scale) as f32;
        }
        *b = ((f64::from(*b) - f64::from(mean[c])) * scale + f64::from(beta[c])) as f32;
    }
    let channels = bias.len();
    (
        TensorData::new(weight, shape),
        TensorData::new(bias, [channels]),
    )
}
