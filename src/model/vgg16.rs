//! VGG16 trained on ImageNet as a start, as the paper does it: torchvision's `features.0` to
//! `features.21` have the shapes and the order of Conv1-1 to Conv4-3.
//!
//! The file is torchvision's state dict, as .pth or as safetensors, or one of a network around it
//! (`backbone.features.0.weight`), or that of `features` alone (`0.weight`).

use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use burn::module::Param;

use super::config::Layer;
use super::error::TensorError;
use super::layers::ConvLayer;
use super::network::Network;
use super::state_dict::{StateDict, before};
use crate::file_type::{self, FileCategory, FileType};

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
    let not = || format!("{origin}: not torchvision's VGG16");
    let kind = file_type::of_file(path).with_context(not)?;
    let bytes;
    let tensors = match kind {
        FileType {
            category: FileCategory::Weights,
            description: file_type::SAFETENSORS,
        } => {
            bytes = std::fs::read(path).with_context(not)?;
            StateDict::safetensors(&bytes)
        }
        FileType {
            category: FileCategory::Weights | FileCategory::Labels | FileCategory::Archive,
            ..
        } => StateDict::torch(path),
        other => Err(TensorError::FileType(other.description)),
    };
    let tensors = tensors.with_context(not)?;
    let features = Features::of(&tensors).with_context(not)?;
    let shared = network.config().shared_layers();
    let tasks = network.config().task_layers();
    let mut set = 0;
    for (layer, &name) in network.shared.iter_mut().zip(shared) {
        let applied = features
            .apply(layer, name)
            .with_context(|| origin.clone())?;
        ensure!(
            applied,
            "{origin}: {} has another shape than VGG16's: width 64 is needed",
            name.name()
        );
        set += 1;
    }
    for tower in &mut network.tasks {
        for (layer, &name) in tower.convs.iter_mut().zip(tasks) {
            set += usize::from(
                features
                    .apply(layer, name)
                    .with_context(|| origin.clone())?,
            );
        }
    }
    Ok(set)
}

/// torchvision's convolutions in a file.
struct Features<'a> {
    tensors: &'a StateDict<'a>,
    /// What stands before the index of a layer.
    prefix: String,
}

impl<'a> Features<'a> {
    fn of(tensors: &'a StateDict<'a>) -> Result<Self, TensorError> {
        let is = |name: &str, start: &str| {
            FEATURES.iter().any(|f| {
                let layer = name
                    .strip_prefix(start)
                    .and_then(|n| n.strip_prefix(&f.to_string()));
                matches!(layer, Some(".weight" | ".bias"))
            })
        };
        let named = tensors.prefix(|name| before(name, |rest| is(rest, "features.")));
        let prefix = match named {
            Ok(prefix) => format!("{prefix}features."),
            // `features` by itself.
            Err(why) => {
                let bare = tensors.prefix(|name| before(name, |rest| is(rest, "")));
                let bare = bare.map_err(|_| TensorError::NoFeatures(why.clone().into()))?;
                let first = tensors.shape(&format!("{bare}0.weight"));
                match first.as_deref() {
                    Some([_, 3, 3, 3]) => bare.to_owned(),
                    _ => return Err(TensorError::NoFeatures(why.into())),
                }
            }
        };
        Ok(Self { tensors, prefix })
    }

    /// Sets the convolution from the file if the shapes agree.
    fn apply(&self, layer: &mut ConvLayer, name: Layer) -> Result<bool> {
        let key = |part: &str| format!("{}{}.{part}", self.prefix, FEATURES[name.index()]);
        let conv = &mut layer.conv;
        let wanted = [
            ("weight", conv.weight.dims().to_vec()),
            ("bias", conv.bias.dims().to_vec()),
        ];
        for (part, shape) in &wanted {
            let key = key(part);
            let own = self.tensors.shape(&key);
            if own.with_context(|| format!("{key} is missing"))? != *shape {
                return Ok(false);
            }
        }
        let [weight, bias] = wanted.map(|(part, shape)| {
            let read = self.tensors.read(&key(part), &shape);
            read.map_err(|what| anyhow!("{} {what}", key(part)))
        });
        let device = conv.weight.val().device();
        conv.weight = Param::from_data(weight?, &device);
        conv.bias = Param::from_data(bias?, &device);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Schema;
    use crate::model::Config;
    use crate::model::layers::floats;
    use crate::model::testing::torch_file;
    use burn::tensor::Device;
    use safetensors::Dtype;
    use safetensors::tensor::TensorView;

    /// torchvision's convolutions, each filled with the number of its layer.
    fn tensors(layers: &[usize], prefix: &str) -> Vec<(String, Vec<usize>, Vec<f32>)> {
        let mut tensors = Vec::new();
        for &layer in layers {
            let (input, output) = Layer::ALL[layer].channels(64);
            for (part, shape) in [
                ("weight", vec![output, input, 3, 3]),
                ("bias", vec![output]),
            ] {
                let values = vec![layer as f32; shape.iter().product()];
                tensors.push((format!("{prefix}{}.{part}", FEATURES[layer]), shape, values));
            }
        }
        tensors
    }

    fn file(folder: &Path, layers: &[usize]) -> std::path::PathBuf {
        let tensors = tensors(layers, "features.");
        let views = tensors.iter().map(|(name, shape, values)| {
            let bytes = bytemuck::cast_slice(values);
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

    #[test]
    fn a_pth_is_read_with_whatever_stands_before_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vgg16.pth");
        for (prefix, wrapper) in [
            ("features.", None),
            ("module.features.", None),
            ("model.backbone.features.", Some("state_dict")),
            ("backbone.", Some("net")),
            ("", Some("model")),
        ] {
            let mut all = tensors(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], prefix);
            all.push(("classifier.0.weight".into(), vec![1, 1], vec![1.0]));
            std::fs::write(&path, torch_file(&all, wrapper)).unwrap();
            let mut hard = network("baseline_fc", 64);
            let set = load_vgg16(&mut hard, &path);
            let set = set.unwrap_or_else(|e| panic!("{prefix} {wrapper:?}: {e:#}"));
            assert_eq!(set, 10, "{prefix} {wrapper:?}");
            let weight = floats(&hard.tensors(true)["shared.conv4_2.weight"]);
            assert!(weight.iter().all(|v| *v == 8.0), "{prefix} {wrapper:?}");
        }
        for (bytes, actual) in [
            (
                torch_file(&[("a.weight".into(), vec![1], vec![1.0])], None),
                "features.0.weight",
            ),
            (b"<html>404</html>".to_vec(), "it is a web page"),
            (b"\x08\x07\x12\x07pytorch".to_vec(), "torchvision's VGG16: "),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let error = load_vgg16(&mut network("baseline_fc", 64), &path).unwrap_err();
            assert!(format!("{error:#}").contains(actual), "{error:#}");
        }
    }
}
