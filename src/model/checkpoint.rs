//! Weights in a file: safetensors with PyTorch's names and layout, so that a Python user opens it
//! with `safetensors` alone, and everything that is needed to use them in its metadata. What
//! PyTorch users store is read too: the same tensors in a .pth, or without metadata.
//!
//! A file comes from anywhere, so nothing in it is believed before it is checked: sizes against
//! limits before anything is allocated, shapes against the configuration, values for being finite.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use super::config::Config;
use super::error::TensorError;
use super::inferred::{inferred, is_own};
use super::layers::floats;
use super::network::Network;
use super::parameters::ParameterSpec;
use super::state_dict::{StateDict, before, safetensors_text};
use crate::atomic::write_atomic;
use crate::batch::Preprocessing;
use crate::file_type::{self, FileCategory};
use crate::humanize::io_text;
use crate::label::Schema;

/// The origin of the weights that are part of the program.
pub const BUNDLED: &str = "bundled";

/// Larger files are refused. The paper's largest network takes 1.2 GB.
const MAX_FILE_BYTES: u64 = 8 << 30;

/// A network with what is needed to use it and to judge it.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    pub network: Network,
    pub preprocessing: Preprocessing,
    /// Data, epochs, measures, which split chose it; `Null` if the file does not say.
    pub training: serde_json::Value,
    pub license: String,
    /// Where it came from: the file's name, or "bundled".
    pub origin: String,
}

#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    #[error("{path}: {}", io_text(source))]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{origin}: not usable weights: {what}")]
    Format { origin: String, what: String },
    #[error("{origin}: metadata {key:?}: {what}")]
    Metadata {
        origin: String,
        key: &'static str,
        what: String,
    },
    #[error("{origin}: tensor {name}: {source}")]
    Tensor {
        origin: String,
        name: String,
        source: TensorError,
    },
}

impl Checkpoint {
    /// A checkpoint about which only the network is known.
    pub fn new(network: Network) -> Self {
        Self {
            network,
            preprocessing: Preprocessing::default(),
            training: serde_json::Value::Null,
            license: String::new(),
            origin: "untrained".into(),
        }
    }

    pub fn load(path: &Path, device: &Device) -> Result<Self, CheckpointError> {
        let io = |source| CheckpointError::Io {
            path: path.to_owned(),
            source,
        };
        let size = fs::metadata(path).map_err(io)?.len();
        let origin = path.display().to_string();
        if size > MAX_FILE_BYTES {
            return Err(CheckpointError::Format {
                origin,
                what: format!("{size} bytes are more than the {MAX_FILE_BYTES} allowed"),
            });
        }
        let kind = file_type::of_file(path).map_err(io)?;
        let torch = matches!(
            kind.category,
            FileCategory::Weights | FileCategory::Labels | FileCategory::Archive
        );
        if kind.description == file_type::SAFETENSORS {
            return Self::from_bytes(&fs::read(path).map_err(io)?, &origin, device);
        }
        let unread = |error: TensorError| CheckpointError::Format {
            origin: origin.clone(),
            what: match kind.description {
                file_type::PYTORCH => error.to_string(),
                text => TensorError::FileType(text).to_string(),
            },
        };
        match torch {
            true => {
                let dict = StateDict::torch(path).map_err(unread)?;
                Self::from_dict(&dict, &HashMap::new(), &origin, device)
            }
            false => Err(unread(TensorError::FileType(kind.description))),
        }
    }

    /// `origin` names the bytes in errors and to the user.
    pub fn from_bytes(
        bytes: &[u8],
        origin: &str,
        device: &Device,
    ) -> Result<Self, CheckpointError> {
        let format = |what: String| CheckpointError::Format {
            origin: origin.to_owned(),
            what,
        };
        let header = SafeTensors::read_metadata(bytes);
        let (_, header) = header.map_err(|e| format(safetensors_text(&e).to_owned()))?;
        let metadata = header.metadata().clone().unwrap_or_default();
        let dict = StateDict::safetensors(bytes).map_err(|e| format(e.to_string()))?;
        Self::from_dict(&dict, &metadata, origin, device)
    }

    fn from_dict(
        dict: &StateDict,
        metadata: &HashMap<String, String>,
        origin: &str,
        device: &Device,
    ) -> Result<Self, CheckpointError> {
        let meta = Metadata {
            origin,
            entries: metadata,
        };
        let format = |what: String| CheckpointError::Format {
            origin: origin.to_owned(),
            what,
        };
        let prefix = dict.prefix(|name| before(name, is_own)).map_err(|what| {
            format(
                match dict.prefix(|name| before(name, |n| n == "features.0.weight")) {
                    Ok(_) => "they are of a VGG16, from which training can start (--vgg16)".into(),
                    Err(_) => format!("no tensors named as TOWER.LAYER.weight: {what}"),
                },
            )
        })?;
        let (config, schema): (Config, Schema) = match meta.json("config")? {
            Some(config) => {
                let config: Config = config;
                let schema = meta.json("tasks")?.unwrap_or_else(Schema::face);
                config
                    .validate()
                    .map_err(|e| meta.error("config", &e.to_string()))?;
                schema
                    .validate()
                    .map_err(|e| meta.error("tasks", &e.to_string()))?;
                (config, schema)
            }
            None => {
                let found = inferred(dict, prefix).map_err(|e| format(e.to_string()))?;
                log::info!(
                    "{origin} does not say what network it is; by its shapes {}",
                    found.0.title()
                );
                found
            }
        };
        let preprocessing: Preprocessing = meta.json("preprocessing")?.unwrap_or_default();
        if !preprocessing.std.iter().all(|s| s.is_finite() && *s > 0.0) {
            return Err(meta.error("preprocessing", "std must be above zero"));
        }
        let mut source = |wanted: ParameterSpec| {
            let name = format!("{prefix}{}", wanted.name);
            dict.read(&name, wanted.shape)
                .map_err(|source| CheckpointError::Tensor {
                    origin: origin.to_owned(),
                    name,
                    source,
                })
        };
        Ok(Self {
            network: Network::build(&config, &schema, device, &mut source)?,
            preprocessing,
            training: meta.json("training")?.unwrap_or_default(),
            license: metadata.get("license").cloned().unwrap_or_default(),
            origin: origin.to_owned(),
        })
    }

    /// Writes the file whole and atomically, with normalisation folded in.
    pub fn save(&self, path: &Path) -> Result<(), CheckpointError> {
        let io = |source| CheckpointError::Io {
            path: path.to_owned(),
            source,
        };
        write_atomic(path, &self.to_bytes()?).map_err(io)
    }

    pub fn to_bytes(&self) -> Result<Vec<u8>, CheckpointError> {
        let format = |what: String| CheckpointError::Format {
            origin: self.origin.clone(),
            what,
        };
        let tensors: Vec<(String, Vec<usize>, Vec<f32>)> = self
            .network
            .tensors(true)
            .into_iter()
            .map(|(name, data)| (name, data.shape().to_vec(), floats(&data)))
            .collect();
        let views = tensors
            .iter()
            .map(|(name, shape, values)| {
                let bytes = bytemuck::cast_slice(values);
                TensorView::new(Dtype::F32, shape.clone(), bytes).map(|v| (name.as_str(), v))
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| format(e.to_string()))?;
        let config = Config {
            norm: super::Norm::None,
            ..self.network.config().clone()
        };
        let json = |value: serde_json::Result<String>| value.map_err(|e| format(e.to_string()));
        let metadata = HashMap::from([
            ("config".to_owned(), json(serde_json::to_string(&config))?),
            (
                "tasks".to_owned(),
                json(serde_json::to_string(self.network.schema()))?,
            ),
            (
                "preprocessing".to_owned(),
                json(serde_json::to_string(&self.preprocessing))?,
            ),
            ("training".to_owned(), self.training.to_string()),
            ("license".to_owned(), self.license.clone()),
        ]);
        let bytes = safetensors::serialize(views, Some(metadata));
        sorted(bytes.map_err(|e| format(e.to_string()))?).map_err(|e| format(e.to_string()))
    }
}

/// The same file with the entries of its header in order. The `safetensors` crate writes metadata
/// in the order of a hash map, which is another in each process: the same run would give files of
/// different bytes.
fn sorted(mut bytes: Vec<u8>) -> Result<Vec<u8>, serde_json::Error> {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Header {
        #[serde(rename = "__metadata__")]
        metadata: BTreeMap<String, String>,
        #[serde(flatten)]
        tensors: BTreeMap<String, serde_json::Value>,
    }
    const ALIGNED: usize = 8;
    let (length, rest) = bytes.split_at(size_of::<u64>());
    let length = length.iter().rev().fold(0, |n, b| n << 8 | usize::from(*b));
    let header: Header = serde_json::from_slice(&rest[..length])?;
    let mut header = serde_json::to_vec(&header)?;
    header.resize(header.len().next_multiple_of(ALIGNED), b' ');
    let start = (header.len() as u64).to_le_bytes();
    let old = size_of::<u64>() + length;
    bytes.splice(..old, start.into_iter().chain(header));
    Ok(bytes)
}

/// The weights that are part of the program.
pub fn bundled(device: &Device) -> Result<Checkpoint, CheckpointError> {
    let bytes = include_bytes!("../../assets/compact.safetensors");
    Checkpoint::from_bytes(bytes, BUNDLED, device)
}

/// What weights are called: their file's name, and their run's before it where every run gives
/// the same name.
pub fn weights_name(origin: &str) -> String {
    let path = Path::new(origin);
    let text = |part: &OsStr| part.to_string_lossy().into_owned();
    let Some(file) = path.file_name() else {
        return origin.to_owned();
    };
    match run_of(origin).and_then(Path::file_name) {
        Some(run) => format!("{}/{}", text(run), text(file)),
        None => text(file),
    }
}

/// The folder of the run that weights are of, if they are still in it.
pub(crate) fn run_of(origin: &str) -> Option<&Path> {
    let path = Path::new(origin);
    let folder = path.parent()?;
    if folder.file_name().is_some_and(|name| name == "checkpoints") {
        return folder.parent();
    }
    path.file_stem()
        .is_some_and(|stem| stem == "final")
        .then_some(folder)
}

struct Metadata<'a> {
    origin: &'a str,
    entries: &'a HashMap<String, String>,
}

impl Metadata<'_> {
    fn json<T: serde::de::DeserializeOwned>(
        &self,
        key: &'static str,
    ) -> Result<Option<T>, CheckpointError> {
        let parse =
            |text: &String| serde_json::from_str(text).map_err(|e| self.error(key, &e.to_string()));
        self.entries.get(key).map(parse).transpose()
    }

    fn error(&self, key: &'static str, what: &str) -> CheckpointError {
        CheckpointError::Metadata {
            origin: self.origin.to_owned(),
            key,
            what: what.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{random, torch_file};

    #[test]
    fn the_same_network_gives_the_same_bytes() {
        let device = Device::flex();
        let config = Config::variant("ours_concat").unwrap().sized(2, 4);
        let network = Network::new(&config, &Schema::face(), 3, &device);
        let checkpoint = Checkpoint {
            training: serde_json::json!({"data": ["a"], "seed": 1, "chosen_by": "validation"}),
            license: "none \"at all\"".into(),
            ..Checkpoint::new(network)
        };
        let first = checkpoint.to_bytes().unwrap();
        // Each hash map has an order of its own, also within a process.
        for _ in 0..20 {
            assert!(checkpoint.to_bytes().unwrap() == first);
        }
        let (length, header) = SafeTensors::read_metadata(&first).unwrap();
        assert_eq!(length % 8, 0);
        assert_eq!(header.metadata().as_ref().unwrap().len(), 5);
        let again = Checkpoint::from_bytes(&first, "again", &device).unwrap();
        assert_eq!(again.training, checkpoint.training);
        assert_eq!(again.license, checkpoint.license);
        assert!(again.to_bytes().unwrap() == first);
    }

    #[test]
    fn weights_of_a_run_are_called_after_it() {
        let name = |origin| weights_name(origin);
        assert_eq!(name("/a/face.safetensors"), "face.safetensors");
        assert_eq!(
            name("/a/run 3/final.safetensors"),
            "run 3/final.safetensors"
        );
        assert_eq!(name("r/checkpoints/last.safetensors"), "r/last.safetensors");
        assert_eq!(name("final.safetensors"), "final.safetensors");
        assert_eq!(name(BUNDLED), "bundled");
    }

    /// The network's tensors, each name behind `prefix`.
    fn tensors(network: &Network, prefix: &str) -> Vec<(String, Vec<usize>, Vec<f32>)> {
        let all = network.tensors(true).into_iter();
        all.map(|(name, data)| {
            (
                format!("{prefix}{name}"),
                data.shape().to_vec(),
                floats(&data),
            )
        })
        .collect()
    }

    fn load(bytes: &[u8]) -> Result<Checkpoint, CheckpointError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.pth");
        fs::write(&path, bytes).unwrap();
        Checkpoint::load(&path, &Device::flex())
    }

    #[test]
    fn a_pth_of_every_network_is_read_by_its_shapes() {
        let cases = [
            ("", None),
            ("module.", None),
            ("model.net.", Some("state_dict")),
            ("", Some("net")),
        ];
        for (n, variant) in Config::VARIANTS.iter().enumerate() {
            let network = random(variant, 2, 1);
            let (prefix, wrapper) = cases[n % cases.len()];
            let mut tensors = tensors(&network, prefix);
            tensors.push(("criterion.weight".into(), vec![2], vec![1.0, 2.0]));
            let read = load(&torch_file(&tensors, wrapper));
            let read = read.unwrap_or_else(|e| panic!("{variant} {prefix} {wrapper:?}: {e}"));
            assert_eq!(read.network.config(), network.config(), "{variant}");
            assert_eq!(
                read.network.fingerprint(),
                network.fingerprint(),
                "{variant}"
            );
        }
    }

    #[test]
    fn safetensors_are_read_without_metadata_and_behind_a_prefix() {
        let network = random("ours_channelwise", 2, 1);
        let own = Checkpoint::new(network.clone()).to_bytes().unwrap();
        let (_, header) = SafeTensors::read_metadata(&own).unwrap();
        for metadata in [None, header.metadata().clone()] {
            for prefix in ["", "module."] {
                let tensors = tensors(&network, prefix);
                let views = tensors.iter().map(|(name, shape, values)| {
                    let bytes = bytemuck::cast_slice(values);
                    (
                        name,
                        TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap(),
                    )
                });
                let bytes = safetensors::serialize(views, metadata.clone()).unwrap();
                let read = load(&bytes).unwrap();
                assert_eq!(
                    read.network.fingerprint(),
                    network.fingerprint(),
                    "{prefix}"
                );
            }
        }
    }

    #[test]
    fn what_weights_are_not_is_said() {
        let network = random("baseline_fc", 2, 1);
        let with = |name: &str, shape: Vec<usize>| {
            let mut all = tensors(&network, "");
            all.push((
                name.into(),
                shape.clone(),
                vec![0.5; shape.iter().product()],
            ));
            torch_file(&all, None)
        };
        let without = |name: &str| {
            let mut all = tensors(&network, "");
            all.retain(|(n, ..)| !n.starts_with(name));
            torch_file(&all, None)
        };
        let vgg16 = [("net.features.0.weight".into(), vec![1], vec![1.0])];
        for (bytes, actual) in [
            (b"".to_vec(), "it is an empty file"),
            (b"{\"a\": 1}".to_vec(), "it is a JSON file"),
            (b"\x08\x07\x12\x07pytorch".to_vec(), "it is an ONNX network"),
            (torch_file(&vgg16, None), "--vgg16"),
            (
                torch_file(&[("a.b".into(), vec![1], vec![1.0])], None),
                "tensors is called so: a.b",
            ),
            (
                with("shared.bn1_1.weight", vec![2]),
                "shared.bn1_1.weight belongs to no layer",
            ),
            (
                with("pose.output.weight", vec![2, 2]),
                "what the tasks of its towers are: pose",
            ),
            (without("landmarks.fc"), "landmarks.fc.weight is missing"),
            (
                without("attributes.fc"),
                "tensor attributes.fc.weight: missing",
            ),
            (
                torch_file(&tensors(&network, "")[..5], None),
                "not usable weights",
            ),
        ] {
            let error = load(&bytes).unwrap_err().to_string();
            assert!(error.contains(actual), "{actual}: {error}");
            assert!(error.contains("weights.pth"), "{error}");
        }
    }
}
