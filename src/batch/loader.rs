//! Batches, decoded and cut by threads of their own while the network computes.
//!
//! The order of samples derives from (seed, epoch), so batch k of a run is the same batch whenever
//! and by however many threads it is loaded.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;

use image::RgbImage;
use rand::seq::SliceRandom;

use super::augment::{Augmentation, AugmentedCrop, stream};
use super::crop::crop;
use super::preprocessing::Preprocessing;
use crate::dataset::Sample;
use crate::label::{INPUT_SIZE, Schema, TaskKind, TaskLabels};

const INPUT_LEN: usize = 3 * INPUT_SIZE * INPUT_SIZE;

/// Batches that wait ready for each loading thread.
const AHEAD: usize = 3;

/// Inputs and what is known of the right answers.
#[derive(Clone, Debug)]
pub struct Batch {
    pub len: usize,
    /// `len` planar inputs of 3·128·128 numbers.
    pub inputs: Vec<f32>,
    /// One per task of the schema.
    pub targets: Vec<Targets>,
}

/// The labels of one task for a batch, sample by sample.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// Points: x, y across the input, 0 to 1. Binary: 1 present, −1 absent. 0 where unknown.
    pub values: Vec<f32>,
    /// 1 where the value is known, else 0.
    pub known: Vec<f32>,
}

impl Targets {
    /// How many values are known.
    pub fn count(&self) -> usize {
        self.known.iter().filter(|k| **k > 0.0).count()
    }
}

/// What is loaded, and how: everything on which the batches depend.
#[derive(Clone, Debug)]
pub struct LoaderConfig {
    pub schema: Schema,
    pub preprocessing: Preprocessing,
    pub augmentation: Augmentation,
    pub batch: usize,
    pub seed: u64,
    /// Loading threads.
    pub threads: usize,
    /// Decoded pictures are kept up to this many bytes.
    pub cache_bytes: usize,
}

/// The samples of a run with their decoded pictures.
pub struct Loader {
    samples: Vec<Sample>,
    config: LoaderConfig,
    cache: Vec<OnceLock<Arc<RgbImage>>>,
    cached: AtomicUsize,
    /// Samples whose picture could not be read, so that each is named once.
    unreadable: Mutex<HashSet<usize>>,
}

impl Loader {
    pub fn new(samples: Vec<Sample>, config: LoaderConfig) -> Self {
        Self {
            cache: (0..samples.len()).map(|_| OnceLock::new()).collect(),
            samples,
            config,
            cached: AtomicUsize::new(0),
            unreadable: Mutex::new(HashSet::new()),
        }
    }

    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    pub fn batches_per_epoch(&self) -> u64 {
        self.samples.len().div_ceil(self.config.batch) as u64
    }

    /// The shuffled order of an epoch.
    fn order(&self, epoch: u64) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.samples.len()).collect();
        order.shuffle(&mut stream(self.config.seed, epoch, u64::MAX));
        order
    }

    /// The augmented batch of step `step`, counted over all epochs.
    pub fn batch(&self, step: u64) -> Batch {
        let per_epoch = self.batches_per_epoch();
        let (epoch, place) = (step / per_epoch, (step % per_epoch) as usize);
        let order = self.order(epoch);
        let start = place * self.config.batch;
        // The last batch of an epoch is filled up from its start, so that all are the same size.
        let chosen: Vec<usize> = (start..start + self.config.batch)
            .map(|i| order[i % order.len()])
            .collect();
        self.load(&chosen, |i, face| {
            self.config
                .augmentation
                .draw(face, self.config.seed, epoch, i as u64)
        })
    }

    /// The samples at `chosen` as they are.
    pub fn plain(&self, chosen: &[usize]) -> Batch {
        self.load(chosen, |_, face| AugmentedCrop::plain(face))
    }

    fn load(
        &self,
        chosen: &[usize],
        view: impl Fn(usize, crate::label::FaceBox) -> AugmentedCrop,
    ) -> Batch {
        let mut batch = Batch {
            len: chosen.len(),
            inputs: vec![0.0; chosen.len() * INPUT_LEN],
            targets: vec![Targets::default(); self.config.schema.tasks.len()],
        };
        for (input, &index) in batch.inputs.chunks_exact_mut(INPUT_LEN).zip(chosen) {
            let sample = &self.samples[index];
            let picture = self.picture(index);
            // An unreadable picture is a grey one of which nothing is known.
            let seen = picture.as_ref().map(|p| {
                let (face, _) = sample.region_in(p.width(), p.height());
                (p, view(index, face))
            });
            if let Some((picture, view)) = &seen {
                self.cut(picture, view, input);
            }
            let view = seen.map(|(_, view)| view);
            for (t, targets) in batch.targets.iter_mut().enumerate() {
                push_targets(&self.config.schema, sample, t, view.as_ref(), targets);
            }
        }
        batch
    }

    fn cut(&self, picture: &RgbImage, view: &AugmentedCrop, input: &mut [f32]) {
        let pre = &self.config.preprocessing;
        crop(picture, &view.transform, pre, input);
        if view.gain == 1.0 && view.offset == 0.0 {
            return;
        }
        let planes = input.chunks_exact_mut(INPUT_SIZE * INPUT_SIZE);
        for (plane, (mean, std)) in planes.zip(pre.mean.iter().zip(pre.std)) {
            for v in plane {
                let level = (*v * std + mean) * view.gain + view.offset;
                *v = (level.clamp(0.0, 255.0) - mean) / std;
            }
        }
    }

    fn picture(&self, index: usize) -> Option<Arc<RgbImage>> {
        if let Some(kept) = self.cache[index].get() {
            return Some(kept.clone());
        }
        match self.samples[index].load() {
            Ok(photo) => {
                let picture = Arc::new(photo.image);
                let bytes = picture.as_raw().len();
                if self.cached.fetch_add(bytes, Ordering::Relaxed) + bytes
                    <= self.config.cache_bytes
                {
                    let _ = self.cache[index].set(picture.clone());
                } else {
                    self.cached.fetch_sub(bytes, Ordering::Relaxed);
                }
                Some(picture)
            }
            Err(error) => {
                let mut named = self.unreadable.lock().unwrap_or_else(|e| e.into_inner());
                if named.insert(index) {
                    log::warn!("left out of training: {error}");
                }
                None
            }
        }
    }

    /// The batches of `steps` in order, loaded ahead. The threads end when the receiver is
    /// dropped.
    pub fn stream(self: &Arc<Self>, steps: std::ops::Range<u64>) -> impl Iterator<Item = Batch> {
        let threads = self.config.threads.max(1) as u64;
        let receivers: Vec<Receiver<Batch>> = (0..threads)
            .map(|k| {
                let (sender, receiver) = sync_channel(AHEAD);
                let (loader, steps) = (self.clone(), steps.clone());
                thread::spawn(move || {
                    for step in steps.skip(k as usize).step_by(threads as usize) {
                        if sender.send(loader.batch(step)).is_err() {
                            return;
                        }
                    }
                });
                receiver
            })
            .collect();
        let count = steps.end.saturating_sub(steps.start);
        (0..count).map_while(move |i| receivers[(i % threads) as usize].recv().ok())
    }
}

/// Appends what is known of task `t` of a sample as seen; nothing is, of a picture not seen.
fn push_targets(
    schema: &Schema,
    sample: &Sample,
    t: usize,
    view: Option<&AugmentedCrop>,
    to: &mut Targets,
) {
    let mut push = |value: Option<f32>| {
        to.values.push(value.unwrap_or(0.0));
        to.known.push(f32::from(u8::from(value.is_some())));
    };
    match (&sample.annotation.tasks[t], &schema.tasks[t].kind) {
        (TaskLabels::Points(labels), TaskKind::Points { flip_pairs, .. }) => {
            for i in 0..labels.len() {
                let label = &labels[view.map_or(i, |v| partner(i, flip_pairs, v))];
                let at = label
                    .known()
                    .zip(view)
                    .map(|(at, v)| v.transform.to_input(at).map(|v| v / INPUT_SIZE as f32));
                push(at.map(|p| p[0]));
                push(at.map(|p| p[1]));
            }
        }
        (TaskLabels::Binary(labels), _) => {
            for label in labels {
                let known = label.known().filter(|_| view.is_some());
                push(known.map(|present| if present { 1.0 } else { -1.0 }));
            }
        }
        (TaskLabels::Points(labels), TaskKind::Binary { .. }) => {
            log::error!("a sample has points where the schema has attributes");
            labels.iter().for_each(|_| push(None));
        }
    }
}

/// Whose place point `i` takes: in a mirror, pairs change places.
fn partner(i: usize, pairs: &[(usize, usize)], view: &AugmentedCrop) -> usize {
    if !view.transform.is_mirrored() {
        return i;
    }
    pairs
        .iter()
        .find_map(|&(a, b)| match i {
            _ if i == a => Some(b),
            _ if i == b => Some(a),
            _ => None,
        })
        .unwrap_or(i)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{FaceBox, PointLabel, Presence};
    use image::Rgb;

    fn samples(folder: &std::path::Path) -> Vec<Sample> {
        let schema = Schema::face();
        (0..5)
            .map(|i| {
                let path = folder.join(format!("{i}.png"));
                RgbImage::from_pixel(40, 40, Rgb([50 * i; 3]))
                    .save(&path)
                    .unwrap();
                let mut sample = Sample::unlabelled(&path, &schema);
                let TaskLabels::Points(points) = &mut sample.annotation.tasks[0] else {
                    unreachable!()
                };
                points[0] = PointLabel::visible([10.0, 20.0]);
                let TaskLabels::Binary(values) = &mut sample.annotation.tasks[1] else {
                    unreachable!()
                };
                values[3] = Presence::Absent;
                sample
            })
            .collect()
    }

    fn loader(samples: Vec<Sample>, threads: usize) -> Arc<Loader> {
        let plan = LoaderConfig {
            schema: Schema::face(),
            preprocessing: Preprocessing::default(),
            augmentation: Augmentation::default(),
            batch: 3,
            seed: 7,
            threads,
            cache_bytes: 10_000,
        };
        Arc::new(Loader::new(samples, plan))
    }

    #[test]
    fn batches_do_not_depend_on_threads_or_on_where_one_starts() {
        let folder = tempfile::tempdir().unwrap();
        let one = loader(samples(folder.path()), 1);
        let three = loader(samples(folder.path()), 3);
        let a: Vec<_> = one.stream(0..6).map(|b| b.inputs).collect();
        let b: Vec<_> = three.stream(2..6).map(|b| b.inputs).collect();
        assert_eq!(a.len(), 6);
        assert_eq!(a[2..], b[..]);
        assert_ne!(a[0], a[2]);
    }

    #[test]
    fn targets_know_what_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let mut all = samples(folder.path());
        all[1].path = folder.path().join("missing.png").into();
        let batch = loader(all, 1).plain(&[0, 1]);
        let (points, values) = (&batch.targets[0], &batch.targets[1]);
        assert_eq!((points.count(), values.count()), (2, 1));
        assert_eq!(points.values[..2], [0.25, 0.5]);
        assert_eq!(values.values[3], -1.0);
        assert_eq!(points.known.len(), 20);
    }

    #[test]
    fn a_mirror_swaps_pairs() {
        let face = FaceBox::new(0.0, 0.0, 40.0, 40.0);
        let mut view = AugmentedCrop::plain(face);
        view.transform = view.transform.mirrored();
        let folder = tempfile::tempdir().unwrap();
        let mut targets = Targets::default();
        push_targets(
            &Schema::face(),
            &samples(folder.path())[0],
            0,
            Some(&view),
            &mut targets,
        );
        assert_eq!(targets.known[..4], [0.0, 0.0, 1.0, 1.0]);
        assert_eq!(targets.values[2..4], [0.75, 0.5]);
    }
}
