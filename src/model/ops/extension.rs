//! The operations as an extension of burn's Flex backend, with their backward passes.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Shape as Dims, TensorData};

use super::{conv, norm, pool};

#[backend_extension(Flex, Autodiff)]
pub trait CpuOps: Backend {
    fn conv(
        x: FloatTensor<Self>,
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

fn conv_shape(x: &FlexTensor, weight: &FlexTensor) -> conv::Shape {
    let ([samples, input, height, width], [output, _, kernel, _]) = (dims(x), dims(weight));
    conv::Shape {
        samples,
        input,
        output,
        height,
        width,
        kernel,
    }
}

fn norm_shape(x: &FlexTensor) -> norm::Shape {
    let [samples, channels, height, width] = dims(x);
    norm::Shape {
        samples,
        channels,
        plane: height * width,
    }
}

fn pool_shape(x: &FlexTensor) -> pool::Shape {
    let [_, _, height, width] = dims(x);
    pool::Shape { height, width }
}

fn run_conv(x: &FlexTensor, weight: &FlexTensor, bias: &FlexTensor, relu: bool) -> FlexTensor {
    let s = conv_shape(x, weight);
    let y = conv::forward(s, values(x), values(weight), values(bias), relu);
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
        run_conv(&plain(x), &plain(weight), &plain(bias), relu)
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

#[derive(Debug)]
struct ConvBackward;

#[derive(Clone, Debug)]
struct ConvState {
    x: FlexTensor,
    weight: FlexTensor,
    /// The output, where ReLU was applied.
    relu: Option<FlexTensor>,
}

impl Backward<Flex, 3> for ConvBackward {
    type State = ConvState;

    fn backward(self, ops: Ops<ConvState, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [x_node, weight_node, bias_node] = ops.parents;
        let ConvState { x, weight, relu } = ops.state;
        let gradient = plain(grads.consume::<Flex>(&ops.node));
        let gradient = match &relu {
            Some(y) => masked(&gradient, y),
            None => gradient,
        };
        let s = conv_shape(&x, &weight);
        if let Some(node) = x_node {
            let dx = conv::input_gradient(s, values(&weight), values(&gradient));
            grads.register::<Flex>(node.id, tensor(dx, dims(&x)));
        }
        if weight_node.is_none() && bias_node.is_none() {
            return;
        }
        let (dw, db) = conv::weight_gradient(s, values(&x), values(&gradient));
        if let Some(node) = weight_node {
            grads.register::<Flex>(node.id, tensor(dw, dims(&weight)));
        }
        if let Some(node) = bias_node {
            grads.register::<Flex>(node.id, tensor(db, [s.output]));
        }
    }
}

/// The gradient where ReLU let the value through.
fn masked(gradient: &FlexTensor, y: &FlexTensor) -> FlexTensor {
    let through = values(gradient)
        .iter()
        .zip(values(y))
        .map(|(g, y)| if *y > 0.0 { *g } else { 0.0 })
        .collect();
    tensor(through, dims(gradient))
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
    y: FlexTensor,
    gamma: FlexTensor,
    stats: norm::Statistics,
}

impl Backward<Flex, 3> for NormBackward {
    type State = NormState;

    fn backward(self, ops: Ops<NormState, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [x_node, gamma_node, beta_node] = ops.parents;
        let NormState { x, y, gamma, stats } = ops.state;
        let dy = plain(grads.consume::<Flex>(&ops.node));
        let s = norm_shape(&x);
        let flow = norm::gradient(
            s,
            values(&x),
            values(&y),
            values(&dy),
            &stats,
            values(&gamma),
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
        let (x, weight) = (plain(x.into_primitive()), plain(weight.into_primitive()));
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
        let (y, stats) = run_norm(&x, &gamma, &plain(beta.into_primitive()), epsilon);
        let channels = [stats.mean.len()];
        let constant = |v: &Vec<f32>| FloatTensor::<Self>::new(tensor(v.clone(), channels));
        let (mean, variance) = (constant(&stats.mean), constant(&stats.variance));
        let y = match NormBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let state = NormState {
                    x,
                    y: y.clone(),
                    gamma,
                    stats,
                };
                prep.finish(state, y)
            }
            OpsKind::UnTracked(prep) => prep.finish(y),
        };
        (y, mean, variance)
    }
}
