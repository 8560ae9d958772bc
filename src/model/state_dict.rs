//! Tensors by name as PyTorch users store them: in a safetensors file or in a .pth, plain, in a
//! wrapper beside epochs and optimizers (`state_dict`, `model`, `net`), and with whatever a module
//! around the network put before the names (`module.`, `model.`, `backbone.`).
//!
//! A .pth is a pickle; it is parsed for tensors only, and no code in it runs.

use std::collections::BTreeMap;
use std::path::Path;

use burn::store::pytorch_reader::{DType as TorchType, PytorchReader};
use burn::tensor::{DType, TensorData};
use safetensors::{Dtype, SafeTensorError, SafeTensors};

use super::error::TensorError;
use super::layers::floats;

/// Elements of the largest tensor that a network here can have.
const MAX_ELEMENTS: usize = 1 << 31;
/// Names that are shown of a file that has not what is wanted.
const SHOWN: usize = 4;

/// The tensors of a file.
pub enum StateDict<'a> {
    Safetensors(SafeTensors<'a>),
    Torch(PytorchReader),
}

impl<'a> StateDict<'a> {
    pub fn safetensors(bytes: &'a [u8]) -> Result<Self, TensorError> {
        let file = SafeTensors::deserialize(bytes);
        let file = file.map_err(|e| TensorError::File(safetensors_text(&e).to_owned()))?;
        Ok(Self::Safetensors(file))
    }

    pub fn torch(path: &Path) -> Result<StateDict<'static>, TensorError> {
        let file = PytorchReader::new(path).map_err(file_error)?;
        Ok(StateDict::Torch(file))
    }

    /// The names of all tensors, in order.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = match self {
            Self::Safetensors(file) => file.names(),
            Self::Torch(file) => file.tensors().keys().map(String::as_str).collect(),
        };
        names.sort_unstable();
        names
    }

    pub fn shape(&self, name: &str) -> Option<Vec<usize>> {
        match self {
            Self::Safetensors(file) => Some(file.tensor(name).ok()?.shape().to_vec()),
            Self::Torch(file) => Some(file.get(name)?.shape().to_vec()),
        }
    }

    /// A tensor as f32, if the file has it in this shape and with finite values.
    pub fn read(&self, name: &str, shape: &[usize]) -> Result<TensorData, TensorError> {
        let own = self.shape(name).ok_or(TensorError::Missing)?;
        if own != shape {
            return Err(TensorError::Shape {
                found: own,
                expected: shape.to_vec(),
            });
        }
        // A shape may claim anything; only then is it read.
        let elements = shape.iter().try_fold(1_usize, |n, d| n.checked_mul(*d));
        if elements.is_none_or(|n| n > MAX_ELEMENTS) {
            return Err(TensorError::TooLarge(shape.to_vec()));
        }
        let (bytes, dtype) = match self {
            Self::Safetensors(file) => {
                let view = file.tensor(name).map_err(file_error)?;
                let dtype = match view.dtype() {
                    Dtype::F32 => Ok(DType::F32),
                    Dtype::F64 => Ok(DType::F64),
                    Dtype::F16 => Ok(DType::F16),
                    Dtype::BF16 => Ok(DType::BF16),
                    other => Err(format!("{other:?}")),
                };
                (view.data().to_vec(), dtype)
            }
            Self::Torch(file) => {
                let tensor = file.get(name).ok_or(TensorError::Missing)?;
                let dtype = match tensor.dtype() {
                    TorchType::F32 => Ok(DType::F32),
                    TorchType::F64 => Ok(DType::F64),
                    TorchType::F16 => Ok(DType::F16),
                    TorchType::BF16 => Ok(DType::BF16),
                    other => Err(format!("{other:?}")),
                };
                (tensor.read().map_err(file_error)?, dtype)
            }
        };
        let dtype = dtype.map_err(TensorError::Type)?;
        let data = TensorData::try_from_bytes_vec(bytes, shape.to_vec(), dtype)
            .map_err(file_error)?
            .convert::<f32>();
        match floats(&data).iter().all(|v| v.is_finite()) {
            true => Ok(data),
            false => Err(TensorError::NotFinite),
        }
    }

    /// What stands before the names that are wanted: `wanted` cuts a name into what stands before
    /// it and itself. Where a file has several copies, as of a moving average beside the network,
    /// the one with most of the names is meant, and of those the one that is called no average.
    pub fn prefix<'n>(
        &'n self,
        wanted: impl Fn(&'n str) -> Option<&'n str>,
    ) -> Result<&'n str, TensorError> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let names = self.names();
        for prefix in names.iter().filter_map(|name| wanted(name)) {
            *counts.entry(prefix).or_default() += 1;
        }
        let average = |prefix: &str| prefix.to_lowercase().contains("ema");
        let best = counts.iter().max_by(|a, b| {
            let rank = |(prefix, count): (&&str, &usize)| {
                (*count, !average(prefix), std::cmp::Reverse(prefix.len()))
            };
            rank(*a).cmp(&rank(*b))
        });
        let Some((best, count)) = best else {
            let some = names[..names.len().min(SHOWN)].join(", ");
            let all = names.len();
            return Err(match all {
                0 => TensorError::NoTensors,
                count => TensorError::OtherNames { count, names: some },
            });
        };
        let same = counts.values().filter(|n| *n == count).count();
        if same > 1 {
            log::warn!("{same} networks are in the file; {best:?} is read");
        }
        Ok(best)
    }
}

/// What is wrong with a file of safetensors, for whoever knows nothing of its header.
pub fn safetensors_text(error: &SafeTensorError) -> &'static str {
    use SafeTensorError::{
        HeaderTooSmall, InvalidHeaderLength, MetadataIncompleteBuffer, TensorInvalidInfo,
    };
    match error {
        HeaderTooSmall | InvalidHeaderLength | MetadataIncompleteBuffer => {
            "the file is not whole: it may have been cut short when it was copied or downloaded"
        }
        TensorInvalidInfo => "what it says of its tensors contradicts itself",
        _ => "its header is damaged",
    }
}

fn file_error(error: impl std::fmt::Display) -> TensorError {
    TensorError::File(error.to_string())
}

/// Cuts a name before the first of `parts` whole names in it: "net.features" for "features.0.bias".
pub fn before(name: &str, wanted: impl Fn(&str) -> bool) -> Option<&str> {
    let starts = std::iter::once(0).chain(name.match_indices('.').map(|(at, _)| at + 1));
    let mut found = starts.filter(|at| wanted(&name[*at..]));
    found.next().map(|at| &name[..at])
}

#[cfg(test)]
mod tests {
    use safetensors::tensor::TensorView;

    use super::*;

    #[test]
    fn weights_that_were_cut_short_are_said_to_be() {
        let data = [0; 16];
        let view = TensorView::new(Dtype::F32, vec![4], &data).unwrap();
        let bytes = safetensors::serialize([("a", view)], None).unwrap();
        assert!(StateDict::safetensors(&bytes).is_ok());
        for length in [4, 20, bytes.len() - 1] {
            let error = StateDict::safetensors(&bytes[..length]).err().unwrap();
            let actual = error.to_string();
            assert!(
                actual.starts_with("the file is not whole"),
                "{length}: {actual}"
            );
        }
    }
}
