//! Networks as they are read, from a file or the program itself, and made ready on the GPU.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use anyhow::bail;
use burn::tensor::Device;
use image::RgbImage;

use super::cache::hash_of;
use super::error::EngineError;
use crate::background::catch_panic;
use crate::compute::SharedGpu;
use crate::label::FaceBox;
use crate::model::{self, Checkpoint, Predictor};
use crate::study::{Towers, fusion_norms};

/// A network as it is read.
pub(super) struct Weights {
    pub checkpoint: Checkpoint,
    /// Of the file.
    pub hash: u64,
    /// Of the tensors.
    pub fingerprint: String,
    pub norms: Arc<Towers>,
}

/// The bundled weights.
pub(super) fn bundled() -> Result<Weights, EngineError> {
    let checkpoint = model::bundled(&Device::flex()).map_err(EngineError::Bundled)?;
    Ok(Weights {
        hash: hash_of(checkpoint.origin.as_bytes()).unwrap_or_default(),
        fingerprint: checkpoint.network.fingerprint(),
        norms: Arc::new(fusion_norms(&checkpoint)),
        checkpoint,
    })
}

/// Weights from a file.
pub(super) fn read(path: &Path) -> Result<Weights, EngineError> {
    catch_panic(|| read_file(path)).unwrap_or_else(|source| {
        Err(EngineError::Hostile {
            path: path.to_owned(),
            source,
        })
    })
}

fn read_file(path: &Path) -> Result<Weights, EngineError> {
    let began = Instant::now();
    let checkpoint = Checkpoint::load(path, &Device::flex())?;
    let hash = File::open(path).and_then(hash_of);
    let read = Weights {
        hash: hash.map_err(|source| EngineError::Read {
            path: path.to_owned(),
            source,
        })?,
        fingerprint: checkpoint.network.fingerprint(),
        norms: Arc::new(fusion_norms(&checkpoint)),
        checkpoint,
    };
    let took = began.elapsed().as_secs_f64();
    log::info!("{} read in {took:.2} s", path.display());
    Ok(read)
}

/// The checkpoint on the GPU, its kernels compiled by one use. What it brings back is counted with
/// what is drawn.
pub(super) fn warmed(
    checkpoint: &Checkpoint,
    gpu: &SharedGpu,
    counter: Option<Arc<AtomicU64>>,
) -> anyhow::Result<Predictor> {
    let bytes = checkpoint.to_bytes()?;
    let own = Checkpoint::from_bytes(&bytes, &checkpoint.origin, &gpu.device)?;
    let predictor = Predictor::new(own, gpu.device.clone()).counting(counter.unwrap_or_default());
    let blank = RgbImage::new(128, 128);
    predictor.predict(&blank, &[FaceBox::new(0.0, 0.0, 128.0, 128.0)]);
    match gpu.errors.failure() {
        None => Ok(predictor),
        Some(why) => bail!(why),
    }
}
