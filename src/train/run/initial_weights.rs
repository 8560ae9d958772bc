//! What network a run begins with, and whether it can begin with the weights that it is given.

use anyhow::{Context, Result, ensure};
use burn::tensor::Device;

use crate::label::{Schema, Task};
use crate::model::{Branch, Checkpoint, Config, Layer, Network, Topology, load_vgg16};
use crate::train::run_file::RunFile;

/// Refuses files that cannot be read or are not of the network that the run begins with.
pub(super) fn check(file: &RunFile, schema: &Schema) -> Result<()> {
    let device = Device::flex();
    let (wanted, seed) = (&file.config.network, file.config.seed);
    if let Some(path) = &file.initial_weights.stage1 {
        let stage1 = Checkpoint::load(path, &device)?.network;
        ensure!(
            wanted.is_separation(),
            "{}: {} is trained in one stage, and weights in place of stage 1 would leave nothing to \
             train",
            path.display(),
            wanted.title()
        );
        ensure!(
            same_tasks(stage1.schema(), schema),
            "{}: its network answers {}, the data are labelled for {}",
            path.display(),
            task_text(stage1.schema()),
            task_text(schema)
        );
        Network::separate(&stage1, wanted, file.config.task_start, seed, &device)
            .with_context(|| path.display().to_string())?;
    } else if let Some(path) = &file.initial_weights.vgg16 {
        let mut network = Network::new(&first_config(wanted), schema, seed, &device);
        load_vgg16(&mut network, path)?;
    }
    Ok(())
}

/// Whether a network has the tasks of the data, each with the same items in the same order.
fn same_tasks(network: &Schema, data: &Schema) -> bool {
    let same = |(a, b): (&Task, &Task)| {
        a.name == b.name && a.is_points() == b.is_points() && a.items().eq(b.items())
    };
    network.tasks.len() == data.tasks.len() && network.tasks.iter().zip(&data.tasks).all(same)
}

/// "landmarks (5) and attributes (40)".
fn task_text(schema: &Schema) -> String {
    let tasks = schema.tasks.iter();
    let tasks: Vec<String> = tasks.map(|t| format!("{} ({})", t.name, t.len())).collect();
    tasks.join(" and ")
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
