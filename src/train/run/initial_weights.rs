//! Whether a run can begin with the weights that it is given.

use anyhow::{Context, Result};
use burn::tensor::Device;

use super::stages::first_config;
use crate::label::Schema;
use crate::model::{Checkpoint, Network, load_vgg16};
use crate::train::run_file::RunFile;

/// Refuses files that cannot be read or are not of the network that the run begins with.
pub(super) fn check(file: &RunFile, schema: &Schema) -> Result<()> {
    let device = Device::flex();
    let (wanted, seed) = (&file.config.network, file.config.seed);
    if let Some(path) = &file.initial_weights.stage1 {
        let stage1 = Checkpoint::load(path, &device)?.network;
        if wanted.is_separation() {
            Network::separate(&stage1, wanted, file.config.task_start, seed, &device)
                .with_context(|| path.display().to_string())?;
        }
    } else if let Some(path) = &file.initial_weights.vgg16 {
        let mut network = Network::new(&first_config(wanted), schema, seed, &device);
        load_vgg16(&mut network, path)?;
    }
    Ok(())
}
