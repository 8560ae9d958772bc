//! Which photos of a list activate a channel most: what a channel looks for is best told by what
//! it answers to. One pass over the photos serves every channel of every tap asked for; memory
//! holds one group of faces and the best few of each channel.

use burn::tensor::Tensor;

use crate::dataset::Sample;
use crate::label::FaceBox;
use crate::model::Predictor;
use crate::model::Tap;
use crate::model::crop_group;
use crate::photo::PhotoError;

/// Faces that go through a narrow network together.
const GROUP: usize = 16;

/// What of a map counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Activation {
    /// The largest value
    #[default]
    Max,
    /// The mean of all values
    Mean,
}

/// A face that activates a channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Example {
    /// The position in the list of samples.
    pub sample: usize,
    pub face_box: FaceBox,
    pub value: f32,
    /// Column and row of the largest value of the map.
    pub at: (usize, usize),
}

/// The best examples of each channel.
#[derive(Debug, Default)]
pub struct TopActivations {
    /// For each tap, for each channel, the largest activation first.
    pub taps: Vec<Vec<Vec<Example>>>,
    /// Faces looked at.
    pub faces: usize,
    pub problems: Vec<PhotoError>,
}

/// Finds the `k` faces that activate each channel of `taps` most. `progress` is told how many
/// samples are done and stops the work by returning false; what was found until then is returned.
///
/// # Panics
/// If a tap names a layer that its tower does not have.
pub fn top_activations(
    predictor: &Predictor,
    taps: &[Tap],
    samples: &[&Sample],
    (k, by): (usize, Activation),
    mut progress: impl FnMut(usize) -> bool,
) -> TopActivations {
    let network = predictor.network();
    let width = network.config().width;
    let mut found = TopActivations {
        taps: taps
            .iter()
            .map(|t| vec![Vec::new(); t.tap_layer().channels(width)])
            .collect(),
        ..TopActivations::default()
    };
    let size = predictor.batch_size(GROUP);
    for (g, group) in samples.chunks(size).enumerate() {
        let (mut inputs, mut faces) = (Vec::new(), Vec::new());
        for (i, cut) in crop_group(predictor, group, Sample::region_in)
            .into_iter()
            .enumerate()
        {
            match cut {
                Ok(cut) => {
                    inputs.extend(cut.input);
                    faces.push((g * size + i, cut.face_box));
                }
                Err(problem) => found.problems.push(problem),
            }
        }
        if !faces.is_empty() {
            let x = predictor.tensor(&inputs, faces.len());
            let maps = network.maps(x, &[], taps);
            for (best, map) in found.taps.iter_mut().zip(maps) {
                rank(predictor, best, map, (&faces, k, by));
            }
        }
        found.faces += faces.len();
        if !progress((g * size + group.len()).min(samples.len())) {
            break;
        }
    }
    found
}

/// Puts the faces of a batch among the best of each channel.
fn rank(
    predictor: &Predictor,
    best: &mut [Vec<Example>],
    map: Tensor<4>,
    (faces, k, by): (&[(usize, FaceBox)], usize, Activation),
) {
    let [_, channels, side, _] = map.dims();
    let flat = map.flatten::<3>(2, 3); // [N, C, side²]
    let (highest, places) = flat.clone().max_dim_with_indices(2);
    let values = predictor.read_back(match by {
        Activation::Max => highest,
        Activation::Mean => flat.mean_dim(2),
    });
    // As floats they are exact: a map has 128² places.
    let places = predictor.read_back(places.float());
    for (n, &(sample, face_box)) in faces.iter().enumerate() {
        for (c, best) in best.iter_mut().enumerate() {
            let value = values[n * channels + c];
            let place = places[n * channels + c] as usize;
            // Equal ones stay in the order of the list.
            let rank = best.partition_point(|e| e.value >= value);
            if rank < k && value.is_finite() {
                best.insert(
                    rank,
                    Example {
                        sample,
                        face_box,
                        value,
                        at: (place % side, place / side),
                    },
                );
                best.truncate(k);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;
    use crate::label::Schema;
    use crate::model::TowerId;
    use crate::model::testing::{identity, made, predictor};
    use crate::model::{Config, Layer};

    #[test]
    fn the_reddest_photos_activate_a_channel_that_hands_red_on() {
        let config = Config::variant("baseline_fc").unwrap().sized(2, 1);
        let predictor = predictor(made(&config, |_, place| identity(place)));
        let folder = tempfile::tempdir().unwrap();
        // More and more red, with one bright pixel in the darkest; more and more of green.
        let samples: Vec<Sample> = (0..40_u8)
            .map(|i| {
                let path = folder.path().join(format!("{i}.png"));
                let mut picture = RgbImage::from_pixel(128, 128, Rgb([130 + i, 200 - i, 0]));
                if i == 0 {
                    picture.put_pixel(50, 20, Rgb([255, 0, 0]));
                }
                if i == 7 {
                    std::fs::write(&path, "no picture").unwrap();
                } else {
                    picture.save(&path).unwrap();
                }
                Sample::unlabelled(&path, &Schema::face())
            })
            .collect();
        let samples: Vec<&Sample> = samples.iter().collect();
        let taps = [Layer::Conv1_1, Layer::Conv2_2].map(|l| Tap::conv(TowerId::Shared, l));
        let find = |by| {
            let mut told = Vec::new();
            let found = top_activations(&predictor, &taps, &samples, (3, by), |done| {
                told.push(done);
                true
            });
            assert_eq!(told, [16, 32, 40]);
            assert_eq!((found.faces, found.problems.len()), (39, 1));
            found
        };
        let names = |e: &[Example]| e.iter().map(|e| e.sample).collect::<Vec<_>>();
        let found = find(Activation::Max);
        assert_eq!(names(&found.taps[0][0]), [0, 39, 38]);
        assert_eq!(names(&found.taps[0][1]), [0, 1, 2]);
        assert_eq!(
            (found.taps[0][0][0].value, found.taps[0][0][0].at),
            (1.0, (50, 20))
        );
        assert_eq!(found.taps[1][0][0].at, (25, 10));
        let found = find(Activation::Mean);
        assert_eq!(names(&found.taps[0][0]), [39, 38, 37]);
        let first = top_activations(&predictor, &taps, &samples, (3, Activation::Mean), |_| {
            false
        });
        assert_eq!(first.faces, 15);
        assert_eq!(names(&first.taps[1][0]), [15, 14, 13]);
    }
}
