//! The operations of small convolutional networks on the CPU.
//!
//! burn's Flex backend turns every convolution's input to channels-last and back on one thread,
//! which costs as much as the convolution when there are few channels. These keep the layout:
//! direct convolution of zero-padded planes, vectors along the rows, the instruction set chosen
//! at run time. Any other device gets burn's own operations.
//!
//! Work is cut into pieces that depend on the shapes alone and partial sums are added in order,
//! so results do not depend on the number of threads.

mod conv;
mod extension;
mod lanes;
mod norm;
mod planes;
mod pool;
mod weights;

use burn::backend::Dispatch;
use burn::tensor::ops::{ConvOptions, MaxPoolOptions};
use burn::tensor::{Tensor, activation, module};

use extension::CpuOps;

/// Whether a tensor lives where these operations work.
fn on_cpu(x: &Tensor<4>) -> bool {
    x.device().without_autodiff() == burn::tensor::Device::flex()
}

/// A convolution with stride 1 that keeps the size, 3×3 or 1×1, with bias and, if `relu`, ReLU.
///
/// # Shapes
/// x `[N, I, H, W]`, weight `[O, I, k, k]`, bias `[O]` → `[N, O, H, W]`
pub fn conv(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>, relu: bool) -> Tensor<4> {
    if on_cpu(&x) {
        return Tensor::from_dispatch(<Dispatch as CpuOps>::conv(
            x.into_dispatch(),
            weight.into_dispatch(),
            bias.into_dispatch(),
            relu,
        ));
    }
    let [_, _, k, _] = weight.dims();
    let options = ConvOptions::new([1, 1], [k / 2, k / 2], [1, 1], 1);
    let y = module::conv2d(x, weight, Some(bias), options);
    if relu { activation::relu(y) } else { y }
}

/// [`conv`] of `a` and `b` joined along the channels, `a` first. On the CPU they are not copied
/// together, and only those that need a gradient get one.
///
/// # Shapes
/// a `[N, A, H, W]`, b `[N, B, H, W]`, weight `[O, A + B, k, k]`, bias `[O]` → `[N, O, H, W]`
pub fn conv_pair(
    a: Tensor<4>,
    b: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    relu: bool,
) -> Tensor<4> {
    if on_cpu(&a) {
        return Tensor::from_dispatch(<Dispatch as CpuOps>::conv_pair(
            a.into_dispatch(),
            b.into_dispatch(),
            weight.into_dispatch(),
            bias.into_dispatch(),
            relu,
        ));
    }
    conv(Tensor::cat(vec![a, b], 1), weight, bias, relu)
}

/// 2×2 max pooling with stride 2.
///
/// # Shapes
/// `[N, C, H, W]` → `[N, C, H/2, W/2]`
pub fn max_pool(x: Tensor<4>) -> Tensor<4> {
    let [_, _, height, width] = x.dims();
    if on_cpu(&x) && height % 2 == 0 && width % 2 == 0 {
        return Tensor::from_dispatch(<Dispatch as CpuOps>::max_pool(x.into_dispatch()));
    }
    module::max_pool2d(x, MaxPoolOptions::new([2, 2]).with_stride([2, 2]))
}

/// Batch normalisation with the batch's own statistics, then ReLU. Also returns mean and
/// (biased) variance of each channel.
///
/// # Shapes
/// x `[N, C, H, W]`, gamma and beta `[C]` → `[N, C, H, W]`, `[C]`, `[C]`
pub fn norm_relu(
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    epsilon: f64,
) -> (Tensor<4>, Tensor<1>, Tensor<1>) {
    if on_cpu(&x) {
        let (y, mean, variance) = <Dispatch as CpuOps>::norm_relu(
            x.into_dispatch(),
            gamma.into_dispatch(),
            beta.into_dispatch(),
            epsilon,
        );
        return (
            Tensor::from_dispatch(y),
            Tensor::from_dispatch(mean),
            Tensor::from_dispatch(variance),
        );
    }
    let result = module::batch_norm_train(x, gamma, beta, epsilon);
    (
        activation::relu(result.output),
        result.mean,
        result.variance,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::{Device, Gradients, TensorData};

    fn numbers(shape: &[usize], salt: usize) -> TensorData {
        let count: usize = shape.iter().product();
        let value = |i: usize| ((i * 7919 + salt * 104_729) % 2003) as f32 / 1001.5 - 1.0;
        TensorData::new((0..count).map(value).collect::<Vec<_>>(), shape.to_vec())
    }

    fn leaf<const D: usize>(shape: [usize; D], salt: usize) -> Tensor<D> {
        Tensor::from_data(numbers(&shape, salt), &Device::flex().autodiff()).require_grad()
    }

    fn close<const D: usize>(a: &Tensor<D>, b: &Tensor<D>, what: &str) {
        let all = |t: &Tensor<D>| t.clone().into_data().iter::<f32>().collect::<Vec<_>>();
        let (a, b) = (all(a), all(b));
        let largest = b.iter().fold(1e-3_f32, |m, v| m.max(v.abs()));
        for (a, b) in a.iter().zip(&b) {
            assert!(
                (a - b).abs() <= 1e-4 * largest,
                "{what}: {a} {b} of {largest}"
            );
        }
    }

    fn gradient<const D: usize>(of: &Tensor<D>, gradients: &Gradients) -> Tensor<D> {
        of.grad(gradients).unwrap()
    }

    /// Any scalar that depends on every output differently.
    fn weighed(y: Tensor<4>) -> Tensor<1> {
        let weights = Tensor::from_data(numbers(&y.dims(), 5), &y.device());
        (y * weights).sum()
    }

    #[test]
    fn convolution_and_its_gradients_agree_with_burns() {
        // Widths for every instruction set, channels that do and do not fill a block.
        let cases = [
            (3, 5, 9, 16, 32, 3),
            (1, 3, 8, 6, 16, 3),
            (2, 4, 2, 8, 8, 3),
            (9, 2, 3, 5, 12, 3),
            (2, 3, 4, 5, 7, 3),
            (2, 6, 10, 4, 16, 1),
            (1, 16, 8, 128, 128, 3),
            (2, 3, 4, 40, 30, 3),
            (1, 5, 11, 6, 5, 1),
        ];
        for (n, i, o, h, w, k) in cases {
            for relu in [false, true] {
                let what = format!("{n} {i} {o} {h} {w} {k} {relu}");
                let (x, weight) = (leaf([n, i, h, w], 1), leaf([o, i, k, k], 2));
                let bias = leaf([o], 3);
                let ours = conv(x.clone(), weight.clone(), bias.clone(), relu);
                let options = ConvOptions::new([1, 1], [k / 2, k / 2], [1, 1], 1);
                let theirs = module::conv2d(x.clone(), weight.clone(), Some(bias.clone()), options);
                let theirs = if relu {
                    activation::relu(theirs)
                } else {
                    theirs
                };
                close(&ours, &theirs, &what);
                let (a, b) = (weighed(ours).backward(), weighed(theirs).backward());
                close(&gradient(&x, &a), &gradient(&x, &b), &format!("{what} dx"));
                close(
                    &gradient(&weight, &a),
                    &gradient(&weight, &b),
                    &format!("{what} dw"),
                );
                close(
                    &gradient(&bias, &a),
                    &gradient(&bias, &b),
                    &format!("{what} db"),
                );
            }
        }
    }

    #[test]
    fn a_pair_is_convolved_as_if_joined() {
        for (k, relu) in [(3, true), (1, false)] {
            let (a, b) = (leaf([3, 2, 8, 16], 1), leaf([3, 5, 8, 16], 2));
            let (weight, bias) = (leaf([10, 7, k, k], 3), leaf([10], 4));
            let ours = conv_pair(a.clone(), b.clone(), weight.clone(), bias.clone(), relu);
            let joined = Tensor::cat(vec![a.clone(), b.clone()], 1);
            let theirs = conv(joined, weight.clone(), bias.clone(), relu);
            close(&ours, &theirs, "pair");
            let (ours, theirs) = (weighed(ours).backward(), weighed(theirs).backward());
            close(&gradient(&a, &ours), &gradient(&a, &theirs), "da");
            close(&gradient(&b, &ours), &gradient(&b, &theirs), "db");
            close(&gradient(&weight, &ours), &gradient(&weight, &theirs), "dw");
            close(&gradient(&bias, &ours), &gradient(&bias, &theirs), "dbias");
            // What is fixed gets no gradient and changes that of nothing else.
            let fixed: Tensor<4> = Tensor::from_data(numbers(&[3, 5, 8, 16], 2), &b.device());
            let part = conv_pair(a.clone(), fixed.clone(), weight.clone(), bias, relu);
            let part = weighed(part).backward();
            assert!(fixed.grad(&part).is_none());
            close(&gradient(&a, &part), &gradient(&a, &ours), "da alone");
        }
    }

    #[test]
    fn gradients_agree_with_central_differences() {
        let shapes = ([2, 2, 4, 16], [3, 2, 3, 3]);
        let loss = |x: &Tensor<4>, weight: &Tensor<4>, gamma: &Tensor<1>| {
            let bias = leaf([3], 6);
            let y = conv(x.clone(), weight.clone(), bias, false);
            let (y, _, _) = norm_relu(y, gamma.clone(), leaf([3], 7), 1e-3);
            weighed(y)
        };
        let (x, weight, gamma) = (leaf(shapes.0, 1), leaf(shapes.1, 2), leaf([3], 3));
        let all = loss(&x, &weight, &gamma).backward();
        let floats = |t: TensorData| t.iter::<f32>().collect::<Vec<_>>();
        let number = |t: Tensor<1>| f64::from(t.into_scalar::<f32>());
        const STEP: f32 = 1e-2;
        let moved = |data: &TensorData, i: usize, by: f32| {
            let mut values = floats(data.clone());
            values[i] += by;
            TensorData::new(values, data.shape().clone())
        };
        let device = Device::flex().autodiff();
        let check = |what: &str, gradient: Vec<f32>, i: usize, at: &dyn Fn(f32) -> f64| {
            let difference = (at(STEP) - at(-STEP)) / f64::from(2.0 * STEP);
            let error = (f64::from(gradient[i]) - difference).abs();
            // A ReLU's corner within the step makes a difference of this size.
            assert!(
                error < 0.05 * (1.0 + difference.abs()),
                "{what} {i}: {} {difference}",
                gradient[i]
            );
        };
        for i in (0..54).step_by(5) {
            let data = weight.clone().into_data();
            let at = |by| {
                number(loss(
                    &x,
                    &Tensor::from_data(moved(&data, i, by), &device),
                    &gamma,
                ))
            };
            check(
                "weight",
                floats(gradient(&weight, &all).into_data()),
                i,
                &at,
            );
        }
        for i in (0..256).step_by(17) {
            let data = x.clone().into_data();
            let at = |by| {
                number(loss(
                    &Tensor::from_data(moved(&data, i, by), &device),
                    &weight,
                    &gamma,
                ))
            };
            check("x", floats(gradient(&x, &all).into_data()), i, &at);
        }
        for i in 0..3 {
            let data = gamma.clone().into_data();
            let at = |by| {
                number(loss(
                    &x,
                    &weight,
                    &Tensor::from_data(moved(&data, i, by), &device),
                ))
            };
            check("gamma", floats(gradient(&gamma, &all).into_data()), i, &at);
        }
    }

    #[test]
    fn results_are_the_same_with_any_number_of_threads() {
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| {
                let (x, weight) = (leaf([5, 3, 24, 32], 1), leaf([9, 3, 3, 3], 2));
                let y = conv(x.clone(), weight.clone(), leaf([9], 3), false);
                let (y, _, _) = norm_relu(y, leaf([9], 4), leaf([9], 5), 1e-5);
                let all = weighed(max_pool(y)).backward();
                let bits = |t: Tensor<4>| -> Vec<u32> {
                    t.into_data().iter::<f32>().map(f32::to_bits).collect()
                };
                (bits(gradient(&x, &all)), bits(gradient(&weight, &all)))
            })
        };
        let one = run(1);
        assert!(one == run(2) && one == run(5));
    }

    #[test]
    fn nan_is_not_hidden() {
        let mut values = vec![1.0_f32; 64];
        values[9] = f32::NAN;
        let x = Tensor::from_data(TensorData::new(values, [1, 1, 4, 16]), &Device::flex());
        let has_nan = |t: Tensor<4>| t.into_data().iter::<f32>().any(f32::is_nan);
        let (one, zero) = (
            Tensor::ones([1], &Device::flex()),
            Tensor::zeros([1], &Device::flex()),
        );
        let weight = Tensor::ones([1, 1, 3, 3], &Device::flex());
        assert!(has_nan(conv(x.clone(), weight, zero.clone(), true)));
        assert!(has_nan(max_pool(x.clone())));
        assert!(has_nan(norm_relu(x, one, zero, 1e-5).0));
    }

    #[test]
    fn pooling_and_its_gradient_agree_with_burns() {
        let x = leaf([3, 5, 6, 16], 1);
        let ours = max_pool(x.clone());
        let theirs = module::max_pool2d(x.clone(), MaxPoolOptions::new([2, 2]).with_stride([2, 2]));
        close(&ours, &theirs, "pool");
        let (a, b) = (weighed(ours).backward(), weighed(theirs).backward());
        close(&gradient(&x, &a), &gradient(&x, &b), "dx");
    }

    #[test]
    fn normalisation_and_its_gradients_agree_with_burns() {
        let x = leaf([4, 3, 10, 13], 1);
        let (gamma, beta) = (leaf([3], 2), leaf([3], 3));
        let (ours, mean, variance) = norm_relu(x.clone(), gamma.clone(), beta.clone(), 1e-5);
        let burns = module::batch_norm_train(x.clone(), gamma.clone(), beta.clone(), 1e-5);
        let theirs = activation::relu(burns.output);
        close(&ours, &theirs, "y");
        close(&mean, &burns.mean, "mean");
        close(&variance, &burns.variance, "variance");
        let (a, b) = (weighed(ours).backward(), weighed(theirs).backward());
        close(&gradient(&x, &a), &gradient(&x, &b), "dx");
        close(&gradient(&gamma, &a), &gradient(&gamma, &b), "dgamma");
        close(&gradient(&beta, &a), &gradient(&beta, &b), "dbeta");
    }

    #[test]
    fn views_are_taken_as_they_are() {
        let x = leaf([2, 8, 16, 4], 1).swap_dims(1, 2).swap_dims(2, 3); // [2, 16, 4, 8]
        let (weight, bias) = (leaf([3, 16, 3, 3], 2), leaf([3], 3));
        let ours = conv(x.clone(), weight.clone(), bias.clone(), false);
        let options = ConvOptions::new([1, 1], [1, 1], [1, 1], 1);
        close(
            &ours,
            &module::conv2d(x, weight, Some(bias), options),
            "strided",
        );
    }
}
