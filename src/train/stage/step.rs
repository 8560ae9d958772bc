//! One step of the optimizer.

use anyhow::{Result, bail};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Tensor, TensorData};

use super::StageRun;
use crate::batch::Batch;
use crate::model::{Dropout, Network, input_shape};
use crate::train::loss::task_loss;

impl StageRun<'_> {
    /// One step of the optimizer; returns the loss of each task that is trained.
    pub(super) fn step(
        &self,
        network: Network,
        optimizer: &mut ModuleOptimizer,
        batch: &Batch,
        step: u64,
        rate: f64,
    ) -> Result<(Network, Vec<(usize, f32)>)> {
        let dropout = Dropout {
            probability: self.config.dropout,
            seed: self.config.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                ^ (u64::from(self.number) << 48)
                ^ (step << 8), // room for the tasks
        };
        let x = TensorData::new(batch.inputs.clone(), input_shape(batch.len));
        let trained = self.trained();
        let x = Tensor::from_data(x, &self.device);
        let outputs = network.train_tasks(x, dropout, &trained);
        let mut losses = Vec::new();
        let mut total: Option<Tensor<1>> = None;
        for (&t, output) in trained.iter().zip(outputs) {
            let task = &network.schema().tasks[t];
            let loss = task_loss(task, output, &batch.targets[t]);
            losses.push(loss.clone());
            let weighted = match self.config.loss_weight(task) {
                1.0 => loss,
                weight => loss.mul_scalar(weight),
            };
            total = Some(match total {
                Some(sum) => sum + weighted,
                None => weighted,
            });
        }
        let Some(total) = total else {
            bail!("the network has no task");
        };
        let gradients = GradientsParams::from_grads(total.backward(), &network);
        let network = optimizer.step(rate, network, gradients);
        let losses: Vec<f32> = losses
            .into_iter()
            .flat_map(|l| l.into_data().iter::<f32>().collect::<Vec<_>>())
            .collect();
        let losses: Vec<(usize, f32)> = trained.into_iter().zip(losses).collect();
        if losses.iter().any(|(_, l)| !l.is_finite()) {
            bail!(
                "the loss is not a finite number at step {step}: the learning rate may be too high"
            );
        }
        Ok((network, losses))
    }
}
