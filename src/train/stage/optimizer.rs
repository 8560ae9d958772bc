//! The optimizer that a stage asks for.

use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdamWConfig, ModuleOptimizer, SgdConfig};

use crate::train::config::{Optimizer, Stage};

pub(super) fn optimizer(stage: &Stage) -> ModuleOptimizer {
    match stage.optimizer {
        Optimizer::Sgd { momentum } => {
            // burn dampens by 0.1 unless told otherwise; the paper's momentum does not.
            let momentum = MomentumConfig::new()
                .with_momentum(momentum)
                .with_dampening(0.0);
            SgdConfig::new().with_momentum(Some(momentum)).init()
        }
        Optimizer::AdamW { weight_decay } => {
            AdamWConfig::new().with_weight_decay(weight_decay).init()
        }
    }
}
