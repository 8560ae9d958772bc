//! The losses of eq. (1), over known labels only: mean squared error of points, softmax cross
//! entropy of attributes.

use burn::tensor::{Device, Tensor, TensorData, activation};
use serde::{Deserialize, Serialize};

use crate::batch::Targets;
use crate::label::Task;

/// The loss of one task for a batch: the mean over what is known; zero where nothing is.
///
/// # Shapes
/// `output`: `[N, outputs]` → `[1]`
pub fn task_loss(task: &Task, output: Tensor<2>, targets: &Targets) -> Tensor<1> {
    let [n, outputs] = output.dims();
    let device = output.device();
    let scale = 1.0 / targets.count().max(1) as f64;
    if task.is_points() {
        let wanted = matrix(&targets.values, [n, outputs], &device);
        let known = matrix(&targets.known, [n, outputs], &device);
        let off = (output - wanted) * known; // [N, 2·points]
        return (off.clone() * off).sum().mul_scalar(scale);
    }
    // Of a pair of logits, softmax cross entropy is −log σ(±(present − absent)).
    let pairs = output.reshape([n * task.len(), 2]);
    let sign = matrix(&targets.values, [n * task.len(), 1], &device);
    let known = matrix(&targets.known, [n * task.len(), 1], &device);
    let margin = (pairs.clone().narrow(1, 1, 1) - pairs.narrow(1, 0, 1)) * sign; // [N·A, 1]
    (activation::log_sigmoid(margin) * known)
        .sum()
        .mul_scalar(-scale)
}

/// The losses of one task over some batches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LossSum {
    sum: f64,
    known: u64,
}

impl LossSum {
    /// Adds a batch's loss, which is a mean over `known` labels.
    pub fn add(&mut self, loss: f32, known: usize) {
        self.sum += f64::from(loss) * known as f64;
        self.known += known as u64;
    }

    /// The mean over all known labels; `None` where there were none, of which [`task_loss`] is
    /// zero and would look like success.
    pub fn mean(&self) -> Option<f32> {
        (self.known > 0).then(|| (self.sum / self.known as f64) as f32)
    }
}

fn matrix(values: &[f32], shape: [usize; 2], device: &Device) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values.to_vec(), shape), device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Schema;

    fn output(values: Vec<f32>, columns: usize) -> Tensor<2> {
        let n = values.len() / columns;
        matrix(&values, [n, columns], &Device::flex().autodiff()).require_grad()
    }

    fn scalar(loss: &Tensor<1>) -> f32 {
        loss.clone().into_data().iter::<f32>().next().unwrap()
    }

    fn cases() -> Vec<(Task, Targets, Vec<f32>)> {
        let face = Schema::face();
        face.tasks
            .into_iter()
            .map(|task| {
                let points = task.is_points();
                let values = if points { task.outputs() } else { task.len() };
                let targets = Targets {
                    values: (0..2 * values)
                        .map(|i| match points {
                            true => (i % 7) as f32 / 7.0,
                            false => [1.0, -1.0, 0.0][i % 3],
                        })
                        .collect(),
                    known: (0..2 * values)
                        .map(|i| f32::from(u8::from(i % 3 != 2)))
                        .collect(),
                };
                let outputs = (0..2 * task.outputs())
                    .map(|i| ((i * 37) % 17) as f32 / 8.0 - 1.0)
                    .collect();
                (task, targets, outputs)
            })
            .collect()
    }

    #[test]
    fn gradients_agree_with_central_differences() {
        for (task, targets, values) in cases() {
            let x = output(values.clone(), task.outputs());
            let gradients = task_loss(&task, x.clone(), &targets).backward();
            let gradient: Vec<f32> = x.grad(&gradients).unwrap().into_data().iter().collect();
            let at = |i: usize, step: f32| {
                let mut moved = values.clone();
                moved[i] += step;
                f64::from(scalar(&task_loss(
                    &task,
                    output(moved, task.outputs()),
                    &targets,
                )))
            };
            for i in (0..values.len()).step_by(3) {
                let difference = (at(i, 0.05) - at(i, -0.05)) / 0.1;
                let error = (f64::from(gradient[i]) - difference).abs();
                assert!(
                    error < 2e-4,
                    "{} {i}: {} {difference}",
                    task.name,
                    gradient[i]
                );
            }
        }
    }

    #[test]
    fn unknown_labels_do_not_count() {
        for (task, mut targets, values) in cases() {
            let x = output(values.clone(), task.outputs());
            let before = scalar(&task_loss(&task, x.clone(), &targets));
            for (value, known) in targets.values.iter_mut().zip(&targets.known) {
                if *known == 0.0 {
                    *value = 9.0;
                }
            }
            assert_eq!(scalar(&task_loss(&task, x.clone(), &targets)), before);
            targets.known.fill(0.0);
            assert_eq!(scalar(&task_loss(&task, x, &targets)), 0.0);
        }
    }

    #[test]
    fn the_mean_of_batches_is_over_their_known_labels() {
        let mut sum = LossSum::default();
        assert_eq!(sum.mean(), None);
        sum.add(0.0, 0);
        assert_eq!(sum.mean(), None, "nothing was known, so nothing was lost");
        sum.add(2.0, 1);
        sum.add(0.0, 0);
        sum.add(1.0, 3);
        assert_eq!(sum.mean(), Some(1.25));
        let json = serde_json::to_string(&sum).unwrap();
        assert_eq!(serde_json::from_str::<LossSum>(&json).unwrap(), sum);
    }

    #[test]
    fn the_attributes_loss_is_softmax_cross_entropy() {
        let task = &Schema::face().tasks[1];
        let mut values = vec![0.0; 80];
        (values[0], values[1]) = (1.0, 3.0);
        let mut targets = Targets {
            values: vec![0.0; 40],
            known: vec![0.0; 40],
        };
        (targets.values[0], targets.known[0]) = (-1.0, 1.0);
        let expected = -(1f32.exp() / (1f32.exp() + 3f32.exp())).ln();
        let loss = scalar(&task_loss(task, output(values, 80), &targets));
        assert!((loss - expected).abs() < 1e-5);
    }
}
