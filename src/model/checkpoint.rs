//! Weights in a file: safetensors with PyTorch's names and layout, so that a Python user opens it
//! with `safetensors` alone, and everything that is needed to use them in its metadata.
//!
//! A file comes from anywhere, so nothing in it is believed before it is checked: sizes against
//! limits before anything is allocated, shapes against the configuration, values for being finite.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use burn::tensor::{DType, Device, TensorData};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use super::config::Config;
use super::layers::floats;
use super::network::Network;
use super::parameters::Wanted;
use crate::atomic::write_atomic;
use crate::batch::Preprocessing;
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
    #[error("{path}: {source}")]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{origin}: not a usable safetensors file: {what}")]
    Format { origin: String, what: String },
    #[error("{origin}: metadata {key:?}: {what}")]
    Metadata {
        origin: String,
        key: &'static str,
        what: String,
    },
    #[error("{origin}: tensor {name}: {what}")]
    Tensor {
        origin: String,
        name: String,
        what: String,
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
        Self::from_bytes(&fs::read(path).map_err(io)?, &origin, device)
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
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| format(e.to_string()))?;
        let metadata = header.metadata().clone().unwrap_or_default();
        let file = SafeTensors::deserialize(bytes).map_err(|e| format(e.to_string()))?;
        let meta = Metadata {
            origin,
            entries: &metadata,
        };
        let config: Config = meta
            .json("config")?
            .ok_or_else(|| meta.error("config", "missing"))?;
        let schema: Schema = meta.json("tasks")?.unwrap_or_else(Schema::face);
        config.validate().map_err(|e| meta.error("config", &e))?;
        schema.validate().map_err(|e| meta.error("tasks", &e))?;
        let preprocessing: Preprocessing = meta.json("preprocessing")?.unwrap_or_default();
        if !preprocessing.std.iter().all(|s| s.is_finite() && *s > 0.0) {
            return Err(meta.error("preprocessing", "std must be above zero"));
        }
        let mut source = |wanted: Wanted| {
            tensor(&file, &wanted).map_err(|what| CheckpointError::Tensor {
                origin: origin.to_owned(),
                name: wanted.name.to_owned(),
                what,
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
    let words = |part: &OsStr| part.to_string_lossy().into_owned();
    let Some(file) = path.file_name() else {
        return origin.to_owned();
    };
    match run_of(origin).and_then(Path::file_name) {
        Some(run) => format!("{}/{}", words(run), words(file)),
        None => words(file),
    }
}

/// The folder of the run that weights are of, if they are still in it.
pub(super) fn run_of(origin: &str) -> Option<&Path> {
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

/// The tensor wanted as f32, if the file has it in the right shape and with finite values.
fn tensor(file: &SafeTensors, wanted: &Wanted) -> Result<TensorData, String> {
    let view = file.tensor(wanted.name).map_err(|_| "missing".to_owned())?;
    if view.shape() != wanted.shape {
        return Err(format!(
            "shape {:?} where {:?} belongs",
            view.shape(),
            wanted.shape
        ));
    }
    let dtype = match view.dtype() {
        Dtype::F32 => DType::F32,
        Dtype::F64 => DType::F64,
        Dtype::F16 => DType::F16,
        Dtype::BF16 => DType::BF16,
        other => return Err(format!("{other:?} values where floats belong")),
    };
    let data = TensorData::try_from_bytes_vec(view.data().to_vec(), view.shape().to_vec(), dtype)
        .map_err(|e| e.to_string())?
        .convert::<f32>();
    if floats(&data).iter().any(|v| !v.is_finite()) {
        return Err("holds values that are not finite".into());
    }
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
