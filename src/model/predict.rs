//! From a photo and its face boxes to predictions in photo coordinates, and to feature maps.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use burn::tensor::{Device, Tensor, TensorData};
use image::RgbImage;

use super::checkpoint::Checkpoint;
use super::layers::floats;
use super::network::{Network, input_shape};
use super::taps::{Mask, Tap};
use crate::batch::{Preprocessing, crop};
use crate::label::{
    BoxTransform, FaceBox, INPUT_SIZE, Prediction, Schema, Task, TaskKind, TaskPrediction,
    Untrained,
};

/// Faces that go through the network together; more would only take memory.
const BATCH: usize = 32;

/// Numbers in one input: three planes of 128×128.
pub(crate) const INPUT_LEN: usize = 3 * INPUT_SIZE * INPUT_SIZE;

/// A checkpoint on a device, ready to look at photos.
#[derive(Clone, Debug)]
pub struct Predictor {
    checkpoint: Checkpoint,
    device: Device,
    read_backs: Arc<AtomicU64>,
}

/// The feature maps of one layer of one tower for one face.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureMap {
    /// "shared", or the task's name.
    pub tower: String,
    /// "conv1_1" to "conv4_3", or "fuse1_2" to "fuse4_3".
    pub layer: String,
    pub channels: usize,
    /// Side of each square map in pixels.
    pub side: usize,
    /// `channels` maps, row by row. Those of convolutions are 0 or more.
    pub data: Vec<f32>,
}

impl FeatureMap {
    /// What is left of this map, of the same shape, without another.
    pub fn minus(&self, other: &Self) -> Self {
        let pairs = self.data.iter().zip(&other.data);
        Self {
            data: pairs.map(|(a, b)| a - b).collect(),
            ..self.clone()
        }
    }

    /// Puts zeros in the place of some channels' values.
    pub fn zero_channels(&mut self, channels: &[usize]) {
        let plane = self.side * self.side;
        for channel in channels {
            if let Some(values) = self.data.get_mut(channel * plane..(channel + 1) * plane) {
                values.fill(0.0);
            }
        }
    }

    /// Whether it has as many channels of the same size as another.
    pub fn has_shape_of(&self, other: &Self) -> bool {
        (self.channels, self.side) == (other.channels, other.side)
    }

    /// Each channel divided by its largest absolute value, so that channels of networks of other
    /// strength can be held against each other; one that is zero stays so.
    pub fn scaled_by_maxima(&self) -> Self {
        let plane = (self.side * self.side).max(1);
        let scaled = |values: &[f32]| {
            let finite = values.iter().filter(|v| v.is_finite());
            let most = finite.fold(0.0, |m: f32, v| m.max(v.abs()));
            let by = if most > 0.0 { most } else { 1.0 };
            values.iter().map(move |v| v / by).collect::<Vec<_>>()
        };
        Self {
            data: self.data.chunks(plane).flat_map(scaled).collect(),
            ..self.clone()
        }
    }
}

impl Predictor {
    /// `device` is where the checkpoint's network was loaded.
    pub fn new(checkpoint: Checkpoint, device: Device) -> Self {
        Self {
            checkpoint,
            device,
            read_backs: Arc::default(),
        }
    }

    /// Counts what comes back from the device in `counter`.
    pub fn counting(self, counter: Arc<AtomicU64>) -> Self {
        Self {
            read_backs: counter,
            ..self
        }
    }

    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    pub fn network(&self) -> &Network {
        &self.checkpoint.network
    }

    pub fn schema(&self) -> &Schema {
        self.checkpoint.network.schema()
    }

    pub fn preprocessing(&self) -> &Preprocessing {
        &self.checkpoint.preprocessing
    }

    pub fn device(&self) -> &Device {
        &self.device
    }

    /// What the network says about each box of the photo.
    pub fn predict(&self, photo: &RgbImage, boxes: &[FaceBox]) -> Vec<Prediction> {
        let transforms: Vec<_> = boxes.iter().map(FaceBox::transform).collect();
        let mut inputs = vec![0.0; boxes.len() * INPUT_LEN];
        for (input, transform) in inputs.chunks_exact_mut(INPUT_LEN).zip(&transforms) {
            crop(photo, transform, self.preprocessing(), input);
        }
        self.predict_inputs(&inputs, &transforms)
    }

    /// What the network says about a face, as people see it: points that it was never taught are
    /// nowhere.
    pub fn predict_face(&self, photo: &RgbImage, face_box: FaceBox) -> Option<Prediction> {
        let mut prediction = self.predict(photo, &[face_box]).pop()?;
        self.hide_untrained_points(&mut prediction);
        Some(prediction)
    }

    pub fn hide_untrained_points(&self, prediction: &mut Prediction) {
        let untrained = Untrained::from_training(&self.checkpoint.training);
        untrained.hide_points(self.schema(), prediction);
    }

    /// As [`Predictor::predict`] for faces that were cut out already, for instance by several
    /// threads: `inputs` holds one planar crop of 3·128·128 numbers per transform.
    pub fn predict_inputs(&self, inputs: &[f32], transforms: &[BoxTransform]) -> Vec<Prediction> {
        let mut predictions = Vec::with_capacity(transforms.len());
        let batches = inputs.chunks(BATCH * INPUT_LEN);
        for (batch, transforms) in batches.zip(transforms.chunks(BATCH)) {
            let outputs: Vec<Vec<f32>> = self
                .network()
                .forward(self.tensor(batch, transforms.len()))
                .into_iter()
                .map(|o| self.read_back(o))
                .collect();
            for (n, transform) in transforms.iter().enumerate() {
                predictions.push(decode(self.schema(), &outputs, n, transform));
            }
        }
        predictions
    }

    /// The network's input for a face, as a tensor `[1, 3, 128, 128]` on the predictor's device.
    pub fn input(&self, photo: &RgbImage, face: &FaceBox) -> Tensor<4> {
        self.tensor(&self.input_values(photo, face), 1)
    }

    /// The feature maps at `taps` for one face, read back from the device.
    pub fn features(&self, photo: &RgbImage, face: &FaceBox, taps: &[Tap]) -> Vec<FeatureMap> {
        let network = self.network();
        self.tapped(photo, face, taps)
            .into_iter()
            .zip(taps)
            .map(|(map, tap)| {
                let [_, channels, side, _] = map.dims();
                FeatureMap {
                    tower: network.tower_name(tap.tower).to_owned(),
                    layer: tap.tap_layer().name(),
                    channels,
                    side,
                    data: self.read_back(map),
                }
            })
            .collect()
    }

    /// The feature maps at `taps` for one face, `[1, channels, side, side]` each, where they are.
    pub fn tapped(&self, photo: &RgbImage, face: &FaceBox, taps: &[Tap]) -> Vec<Tensor<4>> {
        let input = self.input(photo, face);
        self.network().maps(input, &[], taps)
    }

    /// What the network says about a face with channels muted.
    pub fn masked(&self, photo: &RgbImage, face: &FaceBox, masks: &[Mask]) -> Prediction {
        let input = self.input(photo, face);
        let outputs = self.network().forward_masked(input, masks);
        let outputs: Vec<Vec<f32>> = outputs.into_iter().map(|o| self.read_back(o)).collect();
        decode(self.schema(), &outputs, 0, &face.transform())
    }

    /// The network's input for a face: three planes of 128×128, preprocessed.
    pub fn input_values(&self, photo: &RgbImage, face: &FaceBox) -> Vec<f32> {
        let mut input = vec![0.0; INPUT_LEN];
        crop(photo, &face.transform(), self.preprocessing(), &mut input);
        input
    }

    /// The one way by which values of a network at work come back from its device; waits for it.
    pub fn read_back<const D: usize>(&self, tensor: Tensor<D>) -> Vec<f32> {
        self.read_backs.fetch_add(1, Ordering::Relaxed);
        let data = tensor.into_data();
        let values = data.as_slice::<f32>();
        values.map_or_else(|_| floats(&data), <[f32]>::to_vec)
    }

    /// How many faces go through the network together where somebody may want to stop: `most` of a
    /// narrow one; a wide one is busy for seconds with each.
    pub(crate) fn batch_size(&self, most: usize) -> usize {
        const NARROW: usize = 16;
        let width = self.network().config().width.max(1);
        (most * NARROW * NARROW / (width * width)).clamp(1, most)
    }

    /// `n` inputs as a tensor `[n, 3, 128, 128]` on the predictor's device.
    pub(crate) fn tensor(&self, inputs: &[f32], n: usize) -> Tensor<4> {
        Tensor::from_data(
            TensorData::new(inputs.to_vec(), input_shape(n)),
            &self.device,
        )
    }
}

/// Row `n` of each task's output as a prediction in photo coordinates.
pub(crate) fn decode(
    schema: &Schema,
    outputs: &[Vec<f32>],
    n: usize,
    transform: &BoxTransform,
) -> Prediction {
    let row = |task: &Task, all: &[f32]| all[n * task.outputs()..(n + 1) * task.outputs()].to_vec();
    let tasks = schema
        .tasks
        .iter()
        .zip(outputs)
        .map(|(task, all)| decode_task(task, &row(task, all), transform))
        .collect();
    Prediction { tasks }
}

/// One task's output numbers as a prediction: points from 0..1 across the input to the photo, and
/// the softmax of each attribute's pair.
pub fn decode_task(task: &Task, output: &[f32], transform: &BoxTransform) -> TaskPrediction {
    let pairs = output.chunks_exact(2).map(|p| [p[0], p[1]]);
    match &task.kind {
        TaskKind::Points { .. } => {
            let side = INPUT_SIZE as f32;
            let to_photo = |p: [f32; 2]| transform.to_photo(p.map(|v| v * side));
            TaskPrediction::Points(pairs.map(to_photo).collect())
        }
        TaskKind::Binary { .. } => {
            let present = |[absent, present]: [f32; 2]| 1.0 / (1.0 + (absent - present).exp());
            TaskPrediction::Binary(pairs.map(present).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{PointLabel, Presence, TaskLabels};
    use crate::model::testing::random;

    #[test]
    fn a_point_that_was_never_taught_is_nowhere() {
        let mut checkpoint = Checkpoint::new(random("baseline_fc", 2, 1));
        let mut eyes = vec![PointLabel::default(); 5];
        eyes[..2].fill(PointLabel::visible([1.0, 2.0]));
        let labels = vec![
            TaskLabels::Points(eyes),
            TaskLabels::Binary(vec![Presence::Unknown; 40]),
        ];
        let untrained = Untrained::of_labels(&Schema::face(), std::iter::once(&*labels));
        checkpoint.training = serde_json::json!({});
        untrained.write_to(&mut checkpoint.training);
        let predictor = Predictor::new(checkpoint, Device::flex());
        let photo = RgbImage::from_pixel(40, 40, image::Rgb([90, 120, 60]));
        let face_box = FaceBox::new(4.0, 4.0, 32.0, 32.0);
        let found = predictor.predict_face(&photo, face_box).unwrap();
        let [
            TaskPrediction::Points(points),
            TaskPrediction::Binary(values),
        ] = &found.tasks[..]
        else {
            unreachable!()
        };
        let known = points.iter().map(|p| p[0].is_finite());
        assert!(known.eq([true, true, false, false, false]));
        // Attributes are shown, in grey.
        assert!(values.iter().all(|v| v.is_finite()));
    }
}
