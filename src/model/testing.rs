//! Networks whose answers are known because every weight was chosen.

use burn::tensor::{Device, Tensor, TensorData};

use super::checkpoint::Checkpoint;
use super::config::Config;
use super::network::{Network, input_shape};
use super::parameters::Wanted;
use super::predict::Predictor;
use crate::label::Schema;

/// A network of faces whose parameters are `value` of their name and their place in the tensor.
pub fn made(config: &Config, value: impl Fn(&str, &[usize]) -> f32) -> Network {
    let mut source = |wanted: Wanted| {
        let count: usize = wanted.shape.iter().product();
        let values = (0..count).map(|i| {
            let mut rest = i;
            let mut place: Vec<usize> = wanted
                .shape
                .iter()
                .rev()
                .map(|side| {
                    let at = rest % side;
                    rest /= side;
                    at
                })
                .collect();
            place.reverse();
            value(wanted.name, &place)
        });
        let values: Vec<f32> = values.collect();
        Ok::<_, ()>(TensorData::new(values, wanted.shape.to_vec()))
    };
    Network::build(config, &Schema::face(), &Device::flex(), &mut source).unwrap()
}

pub fn predictor(network: Network) -> Predictor {
    Predictor::new(Checkpoint::new(network), Device::flex())
}

/// One of the paper's networks, small, with random weights.
pub fn random(variant: &str, width: usize, seed: u64) -> Network {
    let config = Config::variant(variant).unwrap().sized(width, 8);
    Network::new(&config, &Schema::face(), seed, &Device::flex())
}

/// 1 where a convolution hands channel `o` on unchanged, else 0: the first two inputs go through
/// as they are.
pub fn identity(place: &[usize]) -> f32 {
    let handed_on = matches!(place, [o, i, 1, 1] if o == i && *i < 2);
    f32::from(u8::from(handed_on))
}

/// Numbers between −1 and 1 without a pattern.
pub fn noise(n: usize, salt: usize) -> Vec<f32> {
    let mut state = 0x9e37_79b9_u32.wrapping_add(salt as u32 * 0x85eb_ca6b);
    (0..n)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as f32 / u32::MAX as f32 * 2.0 - 1.0
        })
        .collect()
}

pub fn noise_input(n: usize, salt: usize) -> Tensor<4> {
    let shape = input_shape(n);
    let values = noise(shape.iter().product(), salt);
    Tensor::from_data(TensorData::new(values, shape), &Device::flex())
}

pub fn floats<const D: usize>(tensor: &Tensor<D>) -> Vec<f32> {
    tensor.clone().into_data().iter::<f32>().collect()
}
