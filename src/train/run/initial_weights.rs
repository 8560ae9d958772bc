//! What network a run begins with, and whether it can begin with the weights that it is given.

use anyhow::{Context, Result};
use burn::tensor::Device;

use crate::label::Schema;
use crate::model::{Branch, Checkpoint, Config, Layer, Network, Topology, load_vgg16};
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

/// The network of stage 1: a separation network is trained with hard sharing first.
pub(super) fn first_config(wanted: &Config) -> Config {
    match wanted.topology {
        Topology::Separation => Config {
            topology: Topology::HardSharing,
            branch: Branch::After(Layer::Conv4_3),
            ..wanted.clone()
        },
        _ => wanted.clone(),
    }
}
