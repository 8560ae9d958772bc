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
mod pool;

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
