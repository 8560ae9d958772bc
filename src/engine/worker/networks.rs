//! The two networks: put into their places, made ready on the GPU, used in turn, and moved to the CPU
//! where the GPU fails.

use std::sync::Arc;
use std::thread;

use burn::tensor::Device;

use super::{CPU, Mail, Worker};
use crate::background::catch_panic;
use crate::engine::error::EngineError;
use crate::engine::weights::{Weights, warmed};
use crate::engine::{NetworkInfo, Reply, Slot};
use crate::evaluation::Trained;
use crate::label::Untrained;
use crate::model::{Checkpoint, Predictor};
use crate::study::Towers;

/// A network in one of the two places.
pub(super) struct Loaded {
    pub predictor: Predictor,
    /// The network as the CPU has it.
    pub cpu_copy: Checkpoint,
    pub hash: u64,
    pub fingerprint: String,
    pub norms: Arc<Towers>,
    /// What computes it.
    pub device: String,
    /// Whether it is getting ready on the GPU.
    pub warming: bool,
}

impl Worker {
    pub(super) fn use_network(&mut self, slot: Slot) {
        if self.networks[slot as usize].is_some() && self.in_use != slot {
            let before = self.hash_in_use();
            self.in_use = slot;
            self.turned_from(before);
            (self.send)(Reply::InUse(slot));
        }
    }

    pub(super) fn hash_in_use(&self) -> Option<u64> {
        let loaded = self.networks[self.in_use as usize].as_ref();
        loaded.map(|l| l.hash)
    }

    /// Ends what the network that was in use before works on, unless the one in use is the same.
    pub(super) fn turned_from(&mut self, before: Option<u64>) {
        if self.hash_in_use() != before {
            self.sweep = None;
            self.features.another_network();
        }
    }

    /// Puts a checkpoint to use on the CPU, and starts getting it ready on the GPU if there is one.
    pub(super) fn loaded(&mut self, slot: Slot, result: Result<Weights, EngineError>) {
        let read = match result {
            Ok(read) => read,
            Err(error) => return (self.send)(Reply::NotLoaded(slot, error.to_string())),
        };
        let (cpu_copy, hash) = (read.checkpoint, read.hash);
        if let Some(gpu) = &self.gpu {
            let (post, gpu, cpu_copy) = (self.post.clone(), gpu.clone(), cpu_copy.clone());
            let counter = self.painter.as_ref().map(|p| p.counter());
            thread::spawn(move || {
                let ready = match catch_panic(|| warmed(&cpu_copy, &gpu, counter)) {
                    Ok(Ok(predictor)) => Some(predictor),
                    Ok(Err(error)) => {
                        log::warn!("the GPU cannot take the network: {error}");
                        None
                    }
                    Err(why) => {
                        log::info!("the GPU failed while getting ready: {why}");
                        log::warn!("the GPU failed while getting ready; the CPU goes on");
                        None
                    }
                };
                let _ = post.send(Mail::Warmed(hash, ready));
            });
        }
        if let Some(on_disk) = &self.cache.on_disk {
            on_disk.loaded(hash, &read.fingerprint, &cpu_copy);
        }
        let before = self.hash_in_use();
        self.networks[slot as usize] = Some(Loaded {
            predictor: Predictor::new(cpu_copy.clone(), Device::flex()),
            cpu_copy,
            hash,
            fingerprint: read.fingerprint,
            norms: read.norms,
            device: CPU.into(),
            warming: self.gpu.is_some(),
        });
        self.turned_from(before);
        self.introduce(slot);
    }

    /// A network is ready on the GPU, or cannot be; if it is still there, it moves.
    pub(super) fn warmed(&mut self, hash: u64, predictor: Option<&Predictor>) {
        let Some(gpu) = &self.gpu else {
            return;
        };
        let name = gpu.name.clone();
        for slot in [Slot::A, Slot::B] {
            if let Some(loaded) = &mut self.networks[slot as usize]
                && loaded.hash == hash
            {
                loaded.warming = false;
                if let Some(predictor) = predictor {
                    loaded.predictor = predictor.clone();
                    loaded.device.clone_from(&name);
                }
                self.introduce(slot);
            }
        }
    }

    pub(super) fn introduce(&self, slot: Slot) {
        let Some(loaded) = &self.networks[slot as usize] else {
            return;
        };
        let network = loaded.predictor.network();
        (self.send)(Reply::Network(NetworkInfo {
            slot,
            hash: loaded.hash,
            fingerprint: loaded.fingerprint.clone(),
            schema: loaded.predictor.schema().clone(),
            title: network.config().title(),
            origin: loaded.cpu_copy.origin.clone(),
            license: loaded.cpu_copy.license.clone(),
            trained: Arc::new(Trained::of(&loaded.cpu_copy.training)),
            parameters: network.parameters(),
            places: network.tap_layers(),
            untrained: Arc::new(Untrained::from_training(&loaded.cpu_copy.training)),
            norms: loaded.norms.clone(),
            device: loaded.device.clone(),
            warming: loaded.warming,
        }));
    }

    /// Runs `work` on a network; a GPU error, which burn turns into a panic, moves both networks
    /// to the CPU, whose introduction lets the window ask anew. Any other panic is told by
    /// `failed`.
    pub(super) fn guarded<T>(
        &mut self,
        slot: Slot,
        work: impl Fn(&Predictor) -> T,
        failed: impl FnOnce(String) -> Reply,
    ) -> Option<T> {
        let loaded = self.networks[slot as usize].as_ref()?;
        let done = catch_panic(|| work(&loaded.predictor));
        let gpu = self.gpu.as_ref().filter(|_| loaded.device != CPU);
        let failure = gpu.and_then(|gpu| gpu.errors.failure());
        match done {
            Ok(result) if failure.is_none() => return Some(result),
            _ if gpu.is_none() => {
                (self.send)(failed("the network failed on this picture".into()));
                return None;
            }
            _ => {}
        }
        if let Some(why) = failure {
            log::info!("{} failed: {why}", loaded.device);
        }
        let text = format!("{} failed; the CPU goes on", loaded.device);
        (self.send)(Reply::Failed(text));
        self.gpu = None;
        for slot in [Slot::A, Slot::B] {
            if let Some(loaded) = &mut self.networks[slot as usize] {
                loaded.predictor = Predictor::new(loaded.cpu_copy.clone(), Device::flex());
                loaded.device = CPU.into();
                loaded.warming = false;
                self.introduce(slot);
            }
        }
        None
    }
}
