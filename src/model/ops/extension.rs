//! The operations as an extension of burn's Flex backend, with their backward passes.

use std::ops::Range;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Shape as Dims, TensorData};

use super::planes::Planes;
use super::{conv, norm, pool, weights};

#[backend_extension(Flex, Autodiff)]
pub trait CpuOps: Backend {
    fn conv(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        relu: bool,
    ) -> FloatTensor<Self>;

    /// Of `a` and `b` joined along the channels.
    fn conv_pair(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        relu: bool,
    ) -> FloatTensor<Self>;

    fn max_pool(x: FloatTensor<Self>) -> FloatTensor<Self>;

    fn norm_relu(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

fn dims(x: &FlexTensor) -> [usize; 4] {
    x.shape().dims()
}

/// The numbers of a tensor in row-major order.
fn values(x: &FlexTensor) -> &[f32] {
    x.as_slice::<f32>()
        .unwrap_or_else(|| unreachable!("made contiguous by `plain`"))
}

fn plain(x: FlexTensor) -> FlexTensor {
    if x.as_slice::<f32>().is_some() {
        x
    } else {
        x.to_contiguous()
    }
}

fn tensor(values: Vec<f32>, shape: impl Into<Dims>) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

/// What a convolution works on: one tensor, or two joined along the channels.
#[derive(Clone, Debug)]
struct Input(FlexTensor, Option<FlexTensor>);

impl Input {
    /// The numbers of channels.
    fn channels(&self) -> [usize; 2] {
        let second = self.1.as_ref().map_or(0, |x| dims(x)[1]);
        [dims(&self.0)[1], second]
    }

    fn planes(&self) -> Planes<'_> {
        let ([_, _, height, width], [a, b]) = (dims(&self.0), self.channels());
        let second = self.1.as_ref().map_or(&[] as &[f32], values);
        Planes::pair((values(&self.0), a), (second, b), height * width)
    }

    fn shape(&self, weight: &FlexTensor) -> conv::ConvShape {
        let ([samples, _, height, width], [output, input, kernel, _]) =
            (dims(&self.0), dims(weight));
        conv::ConvShape {
            samples,
            input,
            output,
            height,
            width,
            kernel,
        }
    }
}

fn norm_shape(x: &FlexTensor) -> norm::NormShape {
    let [samples, channels, height, width] = dims(x);
    norm::NormShape {
        samples,
        channels,
        plane: height * width,
    }
}

fn pool_shape(x: &FlexTensor) -> pool::PoolShape {
    let [_, _, height, width] = dims(x);
    pool::PoolShape { height, width }
}

fn run_conv(x: &Input, weight: &FlexTensor, bias: &FlexTensor, relu: bool) -> FlexTensor {
    let s = x.shape(weight);
    let y = conv::forward(s, x.planes(), values(weight), values(bias), relu);
    tensor(y, [s.samples, s.output, s.height, s.width])
}

fn run_pool(x: &FlexTensor) -> FlexTensor {
    let [n, c, h, w] = dims(x);
    tensor(
        pool::forward(pool_shape(x), values(x)),
        [n, c, h / 2, w / 2],
    )
}

impl CpuOps for Flex {
    fn conv(x: FlexTensor, weight: FlexTensor, bias: FlexTensor, relu: bool) -> FlexTensor {
        run_conv(&Input(plain(x), None), &plain(weight), &plain(bias), relu)
    }

    fn conv_pair(
        a: FlexTensor,
        b: FlexTensor,
        weight: FlexTensor,
        bias: FlexTensor,
        relu: bool,
    ) -> FlexTensor {
        let x = Input(plain(a), Some(plain(b)));
        run_conv(&x, &plain(weight), &plain(bias), relu)
    }

    fn max_pool(x: FlexTensor) -> FlexTensor {
        run_pool(&plain(x))
    }

    fn norm_relu(
        x: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        epsilon: f64,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let (x, gamma, beta) = (plain(x), plain(gamma), plain(beta));
        let (y, stats) = run_norm(&x, &gamma, &beta, epsilon);
        let channels = [stats.mean.len()];
        (
            y,
            tensor(stats.mean, channels),
            tensor(stats.variance, channels),
        )
    }
}

fn run_norm(
    x: &FlexTensor,
    gamma: &FlexTensor,
    beta: &FlexTensor,
    epsilon: f64,
) -> (FlexTensor, norm::Statistics) {
    let s = norm_shape(x);
    let stats = norm::statistics(s, values(x), epsilon);
    let y = norm::forward(s, values(x), &stats, values(gamma), values(beta));
    (tensor(y, dims(x)), stats)
}

#[derive(Clone, Debug)]
struct ConvState {
    x: Input,
    weight: FlexTensor,
    /// The output, where ReLU was applied.
    relu: Option<FlexTensor>,
}

/// The gradients of a convolution that were asked for.
struct ConvFlow {
    inputs: [Option<FlexTensor>; 2],
    /// Of weight and bias.
    parameters: Option<(FlexTensor, FlexTensor)>,
}

impl ConvState {
    /// What `dy`, the gradient of the output, gives.
    fn flow(&self, dy: FlexTensor, inputs: [bool; 2], parameters: bool) -> ConvFlow {
        let (s, dy) = (self.x.shape(&self.weight), plain(dy));
        let gate = self.relu.as_ref().map(values);
        let dy = Planes::new(values(&dy), s.output, s.plane()).gated(gate);
        let [a, b] = self.x.channels();
        let input = |channels: Range<usize>| {
            let shape = [s.samples, channels.len(), s.height, s.width];
            let dx = conv::input_gradient(s, values(&self.weight), dy, channels);
            tensor(dx, shape)
        };
        ConvFlow {
            inputs: [
                inputs[0].then(|| input(0..a)),
                inputs[1].then(|| input(a..a + b)),
            ],
            parameters: parameters.then(|| {
                let (dw, db) = weights::gradient(s, self.x.planes(), dy);
                (tensor(dw, dims(&self.weight)), tensor(db, [s.output]))
            }),
        }
    }
}

#[derive(Debug)]
struct ConvBackward;

impl Backward<Flex, 3> for ConvBackward {
    type State = ConvState;

    fn backward(self, ops: Ops<ConvState, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let dy = grads.consume::<Flex>(&ops.node);
        let [x, weight, bias] = ops.parents;
        let asked = weight.is_some() || bias.is_some();
        let flow = ops.state.flow(dy, [x.is_some(), false], asked);
        let [dx, _] = flow.inputs;
        let (dw, db) = flow.parameters.unzip();
        for (node, gradient) in [(x, dx), (weight, dw), (bias, db)] {
            if let (Some(node), Some(gradient)) = (node, gradient) {
                grads.register::<Flex>(node.id, gradient);
            }
        }
    }
}

#[derive(Debug)]
struct ConvPairBackward;

impl Backward<Flex, 4> for ConvPairBackward {
    type State = ConvState;

    fn backward(self, ops: Ops<ConvState, 4>, grads: &mut Gradients, _: &mut Checkpointer) {
        let dy = grads.consume::<Flex>(&ops.node);
        let [a, b, weight, bias] = ops.parents;
        let asked = weight.is_some() || bias.is_some();
        let flow = ops.state.flow(dy, [a.is_some(), b.is_some()], asked);
        let [da, db] = flow.inputs;
        let (dw, dbias) = flow.parameters.unzip();
        for (node, gradient) in [(a, da), (b, db), (weight, dw), (bias, dbias)] {
            if let (Some(node), Some(gradient)) = (node, gradient) {
                grads.register::<Flex>(node.id, gradient);
            }
        }
    }
}

#[derive(Debug)]
struct PoolBackward;

impl Backward<Flex, 1> for PoolBackward {
    type State = (FlexTensor, FlexTensor);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [node] = ops.parents;
        let (x, y) = ops.state;
        let dy = plain(grads.consume::<Flex>(&ops.node));
        if let Some(node) = node {
            let dx = pool::gradient(pool_shape(&x), values(&x), values(&y), values(&dy));
            grads.register::<Flex>(node.id, tensor(dx, dims(&x)));
        }
    }
}

#[derive(Debug)]
struct NormBackward;

#[derive(Clone, Debug)]
struct NormState {
    x: FlexTensor,
    gamma: FlexTensor,
    beta: FlexTensor,
    stats: norm::Statistics,
}

impl Backward<Flex, 3> for NormBackward {
    type State = NormState;

    fn backward(self, ops: Ops<NormState, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [x_node, gamma_node, beta_node] = ops.parents;
        let NormState {
            x,
            gamma,
            beta,
            stats,
        } = ops.state;
        let dy = plain(grads.consume::<Flex>(&ops.node));
        let s = norm_shape(&x);
        let flow = norm::gradient(
            s,
            values(&x),
            values(&dy),
            &stats,
            values(&gamma),
            values(&beta),
        );
        if let Some(node) = x_node {
            grads.register::<Flex>(node.id, tensor(flow.x, dims(&x)));
        }
        if let Some(node) = gamma_node {
            grads.register::<Flex>(node.id, tensor(flow.gamma, [s.channels]));
        }
        if let Some(node) = beta_node {
            grads.register::<Flex>(node.id, tensor(flow.beta, [s.channels]));
        }
    }
}

impl<C: CheckpointStrategy> CpuOps for Autodiff<Flex, C> {
    fn conv(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        relu: bool,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), bias.node()];
        let x = Input(plain(x.into_primitive()), None);
        let weight = plain(weight.into_primitive());
        let bias = plain(bias.into_primitive());
        let y = run_conv(&x, &weight, &bias, relu);
        match ConvBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let relu = relu.then(|| y.clone());
                prep.finish(ConvState { x, weight, relu }, y)
            }
            OpsKind::UnTracked(prep) => prep.finish(y),
        }
    }

    fn conv_pair(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        relu: bool,
    ) -> FloatTensor<Self> {
        let nodes = [a.node(), b.node(), weight.node(), bias.node()];
        let x = Input(plain(a.into_primitive()), Some(plain(b.into_primitive())));
        let weight = plain(weight.into_primitive());
        let bias = plain(bias.into_primitive());
        let y = run_conv(&x, &weight, &bias, relu);
        match ConvPairBackward
            .prepare::<C>(nodes)
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prep) => {
                let relu = relu.then(|| y.clone());
                prep.finish(ConvState { x, weight, relu }, y)
            }
            OpsKind::UnTracked(prep) => prep.finish(y),
        }
    }

    fn max_pool(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let node = x.node();
        let x = plain(x.into_primitive());
        let y = run_pool(&x);
        match PoolBackward.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((x, y.clone()), y),
            OpsKind::UnTracked(prep) => prep.finish(y),
        }
    }

    fn norm_relu(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let nodes = [x.node(), gamma.node(), beta.node()];
        let (x, gamma) = (plain(x.into_primitive()), plain(gamma.into_primitive()));
        let beta = plain(beta.into_primitive());
        let (y, stats) = run_norm(&x, &gamma, &beta, epsilon);
        let channels = [stats.mean.len()];
        let constant = |v: &Vec<f32>| FloatTensor::<Self>::new(tensor(v.clone(), channels));
        let (mean, variance) = (constant(&stats.mean), constant(&stats.variance));
        let y = match NormBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let state = NormState {
                    x,
                    gamma,
                    beta,
                    stats,
                };
                prep.finish(state, y)
            }
            OpsKind::UnTracked(prep) => prep.finish(y),
        };
        (y, mean, variance)
    }
}
