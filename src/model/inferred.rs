//! The configuration of a network whose file does not say it: a PyTorch state dict has names and
//! shapes only, and those of `TOWER.LAYER.{weight,bias}` tell all of it.

use std::collections::BTreeSet;

use super::config::{Branch, Config, Fusion, Layer, Norm, Topology};
use super::error::TensorError;
use super::state_dict::StateDict;
use crate::label::Schema;

const SHARED: &str = "shared";

/// Whether a name is `TOWER.LAYER.{weight,bias}`.
pub fn is_own(name: &str) -> bool {
    let mut parts = name.split('.');
    let (Some(tower), Some(layer), Some(part), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    !tower.is_empty() && is_layer(layer) && matches!(part, "weight" | "bias")
}

fn is_layer(name: &str) -> bool {
    let place = |place: &str| Layer::ALL.iter().any(|l| l.suffix() == place);
    matches!(name, "fc" | "output" | "fuse_fc")
        || name.strip_prefix("conv").is_some_and(place)
        || name.strip_prefix("fuse").is_some_and(place)
}

/// What the tensors behind `prefix` are: the shape of the network, and its tasks as far as they are
/// those of faces.
pub fn inferred(dict: &StateDict, prefix: &str) -> Result<(Config, Schema), TensorError> {
    let names: Vec<&str> = dict
        .names()
        .into_iter()
        .filter_map(|name| name.strip_prefix(prefix))
        .collect();
    let towers: BTreeSet<&str> = names
        .iter()
        .filter(|name| is_own(name))
        .filter_map(|name| name.split('.').next())
        .collect();
    let of_tower = |name: &&&str| towers.iter().any(|t| name.split('.').next() == Some(t));
    // A layer that is left out would change every output without a word.
    if let Some(other) = names.iter().filter(of_tower).find(|name| !is_own(name)) {
        return Err(TensorError::OtherLayer(format!("{prefix}{other}")));
    }
    let shape = |name: &str| dict.shape(&format!("{prefix}{name}.weight"));
    let schema = schema(&towers, &shape)?;
    let task = &schema.tasks[0].name;
    let has = |tower: &str, layer: &Layer| shape(&format!("{tower}.{}", layer.name())).is_some();
    let shared = Layer::ALL.iter().take_while(|l| has(SHARED, l)).count();
    let first = Layer::ALL
        .iter()
        .position(|l| has(task, l))
        .unwrap_or(Layer::ALL.len());
    let branch = match first.checked_sub(1) {
        None => Branch::Input,
        Some(last) => Branch::After(Layer::ALL[last]),
    };
    let missing = |name: &str| TensorError::NamedMissing(format!("{prefix}{name}.weight"));
    let tower = if shared > 0 { SHARED } else { task };
    let conv = format!("{tower}.conv1_1");
    let width = shape(&conv).and_then(|s| s.first().copied());
    let fc_name = format!("{task}.fc");
    let (width, fc) = match (width, shape(&fc_name).as_deref()) {
        (Some(width), Some([fc, _])) => (width, *fc),
        (None, _) => return Err(missing(&conv)),
        _ => return Err(missing(&fc_name)),
    };
    let fused = names.iter().any(|name| name.contains(".fuse"));
    let mut config = Config {
        topology: Topology::Separation,
        branch,
        fusion: if fused {
            Fusion::Channelwise
        } else {
            Fusion::Concat
        },
        width,
        fc,
        norm: Norm::None,
    };
    // With the branch at Fc both have the same convolutions; only a separation network's Fc takes
    // the shared maps too.
    let doubled = shape(&fc_name).map(|s| s[1]) == Some(config.fc_input().1);
    let separates = shared == Layer::ALL.len() && (first < shared || fused || doubled);
    if !separates {
        config.topology = Topology::HardSharing;
    }
    config.validate()?;
    Ok((config, schema))
}

/// The tasks of faces whose towers are there.
fn schema(
    towers: &BTreeSet<&str>,
    shape: &impl Fn(&str) -> Option<Vec<usize>>,
) -> Result<Schema, TensorError> {
    let mut schema = Schema::face();
    schema.tasks.retain(|task| towers.contains(&*task.name));
    let known = |tower: &&&str| **tower == SHARED || schema.position(tower).is_some();
    let other: Vec<&str> = towers.iter().filter(|t| !known(t)).copied().collect();
    if !other.is_empty() || schema.tasks.is_empty() {
        return Err(TensorError::UnknownTasks(match other.is_empty() {
            true => SHARED.to_owned(),
            false => other.join(", "),
        }));
    }
    for task in &schema.tasks {
        let outputs = shape(&format!("{}.output", task.name)).and_then(|s| s.first().copied());
        if outputs != Some(task.outputs()) {
            return Err(TensorError::Outputs {
                task: task.name.clone(),
                found: outputs.map_or("no".into(), |n| n.to_string()),
                expected: task.outputs(),
            });
        }
    }
    Ok(schema)
}
