//! VGG16 trained on ImageNet as a start, as the paper does it: torchvision's `features.0` to
//! `features.21` have the shapes and the order of Conv1-1 to Conv4-3.
//!
//! The file is torchvision's state dict, as .pth or as safetensors. A .pth is a pickle; it is
//! parsed for tensors only, and no code in it runs.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use burn::module::Param;
use burn::store::pytorch_reader::{DType as TorchType, PytorchReader};
use burn::tensor::{DType, TensorData};
use safetensors::{Dtype, SafeTensors};

use super::config::Layer;
use super::layers::{ConvLayer, floats};
use super::network::Network;

/// Indices of the convolutions in torchvision's `features`, Conv1-1 to Conv4-3.
const FEATURES: [usize; 10] = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21];

/// torchvision's file has 553 MB; anything several times as large is not it.
const MAX_FILE_BYTES: u64 = 2 << 30;

/// Starts `network` from the VGG16 weights in `path`: the shared tower, and the convolutions of
/// task towers whose shapes allow. Returns how many convolutions were set.
///
/// The network must have the paper's width, and its input is then normalised with
/// [`Preprocessing::imagenet`](crate::batch::Preprocessing::imagenet).
pub fn load_vgg16(network: &mut Network, path: &Path) -> Result<usize> {
    let origin = path.display().to_string();
    let size = std::fs::metadata(path)
        .with_context(|| origin.clone())?
        .len();
    ensure!(size <= MAX_FILE_BYTES, "{origin}: too large for VGG16");
    let is_safetensors = path.extension().is_some_and(|e| e == "safetensors");
    let tensors = if is_safetensors {
        from_safetensors(path)
    } else {
        from_pickle(path)
    };
    let tensors = tensors.with_context(|| format!("{origin}: not torchvision's VGG16"))?;
    let shared = network.config().shared_layers();
    let tasks = network.config().task_layers();
    let mut set = 0;
    for (layer, &name) in network.shared.iter_mut().zip(shared) {
        let applied = apply(layer, name, &tensors).with_context(|| origin.clone())?;
        ensure!(
            applied,
            "{origin}: {} has another shape than VGG16's: width 64 is needed",
            name.name()
        );
        set += 1;
    }
    for tower in &mut network.tasks {
        for (layer, &name) in tower.convs.iter_mut().zip(tasks) {
            set += usize::from(apply(layer, name, &tensors).with_context(|| origin.clone())?);
        }
    }
    Ok(set)
}

/// Sets the convolution from the file if the shapes agree.
fn apply(
    layer: &mut ConvLayer,
    name: Layer,
    tensors: &HashMap<String, TensorData>,
) -> Result<bool> {
    let feature = FEATURES[name.index()];
    let get = |part: &str| {
        let key = format!("features.{feature}.{part}");
        tensors
            .get(&key)
            .with_context(|| format!("{key} is missing"))
    };
    let (weight, bias) = (get("weight")?, get("bias")?);
    let conv = &mut layer.conv;
    if conv.weight.dims().as_slice() != weight.shape().as_slice()
        || conv.bias.dims().as_slice() != bias.shape().as_slice()
    {
        return Ok(false);
    }
    let device = conv.weight.val().device();
    conv.weight = Param::from_data(weight.clone(), &device);
    conv.bias = Param::from_data(bias.clone(), &device);
    Ok(true)
}

fn is_wanted(name: &str) -> bool {
    FEATURES
        .iter()
        .any(|f| name == format!("features.{f}.weight") || name == format!("features.{f}.bias"))
}

fn from_safetensors(path: &Path) -> Result<HashMap<String, TensorData>> {
    let bytes = std::fs::read(path)?;
    let file = SafeTensors::deserialize(&bytes)?;
    let mut tensors = HashMap::new();
    for (name, view) in file.iter().filter(|(name, _)| is_wanted(name)) {
        let dtype = match view.dtype() {
            Dtype::F32 => DType::F32,
            Dtype::F16 => DType::F16,
            other => bail!("{name} has {other:?} values"),
        };
        let data = checked(name, view.data().to_vec(), view.shape(), dtype)?;
        tensors.insert(name.to_owned(), data);
    }
    Ok(tensors)
}

fn from_pickle(path: &Path) -> Result<HashMap<String, TensorData>> {
    let file = PytorchReader::new(path)?;
    let mut tensors = HashMap::new();
    for (name, tensor) in file.tensors().iter().filter(|(name, _)| is_wanted(name)) {
        let dtype = match tensor.dtype() {
            TorchType::F32 => DType::F32,
            TorchType::F16 => DType::F16,
            other => bail!("{name} has {other:?} values"),
        };
        // A shape may claim anything; only then is it read.
        let elements = tensor
            .shape()
            .iter()
            .try_fold(1_usize, |n, d| n.checked_mul(*d));
        ensure!(
            elements.is_some_and(|n| n <= 512 * 512 * 9),
            "{name} claims the shape {:?}",
            tensor.shape()
        );
        let data = checked(name, tensor.read()?, tensor.shape(), dtype)?;
        tensors.insert(name.clone(), data);
    }
    Ok(tensors)
}

fn checked(name: &str, bytes: Vec<u8>, shape: &[usize], dtype: DType) -> Result<TensorData> {
    let data = TensorData::try_from_bytes_vec(bytes, shape.to_vec(), dtype)
        .map_err(|e| anyhow::anyhow!("{name}: {e}"))?
        .convert::<f32>();
    let finite = floats(&data).iter().all(|v| v.is_finite());
    ensure!(finite, "{name} holds values that are not finite");
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Schema;
    use crate::model::Config;
    use burn::tensor::Device;
    use safetensors::tensor::TensorView;

    /// torchvision's convolutions, each filled with the number of its layer.
    fn file(folder: &Path, layers: &[usize]) -> std::path::PathBuf {
        let mut tensors = Vec::new();
        for &layer in layers {
            let (input, output) = Layer::ALL[layer].channels(64);
            for (part, shape) in [
                ("weight", vec![output, input, 3, 3]),
                ("bias", vec![output]),
            ] {
                let values = vec![layer as f32; shape.iter().product()];
                let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
                tensors.push((format!("features.{}.{part}", FEATURES[layer]), shape, bytes));
            }
        }
        let views = tensors.iter().map(|(name, shape, bytes)| {
            let view = TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap();
            (name.as_str(), view)
        });
        let path = folder.join("vgg16.safetensors");
        std::fs::write(&path, safetensors::serialize(views, None).unwrap()).unwrap();
        path
    }

    fn network(name: &str, width: usize) -> Network {
        let config = Config::variant(name).unwrap().sized(width, 2);
        Network::new(&config, &Schema::face(), 1, &Device::flex())
    }

    #[test]
    fn each_convolution_starts_from_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let mut hard = network("baseline_conv3_3", 64);
        // Seven shared convolutions, and three in each of two task towers.
        assert_eq!(load_vgg16(&mut hard, &path).unwrap(), 7 + 2 * 3);
        let tensors = hard.tensors(true);
        for (name, layer) in [("shared.conv2_2", 3.0), ("attributes.conv4_3", 9.0)] {
            let weight = floats(&tensors[&format!("{name}.weight")]);
            assert!(weight.iter().all(|v| *v == layer), "{name}");
        }
        let error = load_vgg16(&mut network("baseline_fc", 8), &path).unwrap_err();
        assert!(format!("{error:#}").contains("width 64"), "{error:#}");
    }

    #[test]
    fn a_missing_convolution_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), &[0, 1, 2]);
        let error = load_vgg16(&mut network("baseline_fc", 64), &path).unwrap_err();
        assert!(
            format!("{error:#}").contains("features.7.weight"),
            "{error:#}"
        );
    }
}
