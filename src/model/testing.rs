//! Networks whose answers are known because every weight was chosen.

use burn::tensor::{Device, Tensor, TensorData};

use super::checkpoint::Checkpoint;
use super::config::Config;
use super::network::{Network, input_shape};
use super::parameters::ParameterSpec;
use super::predict::Predictor;
use crate::label::Schema;

/// A network of faces whose parameters are `value` of their name and their place in the tensor.
pub fn made(config: &Config, value: impl Fn(&str, &[usize]) -> f32) -> Network {
    let mut source = |wanted: ParameterSpec| {
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

/// A .pth as `torch.save` writes it: a ZIP archive of a pickle and the tensors' bytes. The pickle is
/// a dictionary of the tensors, in another under `wrapper` beside an epoch if that is given.
pub fn torch_file(tensors: &[(String, Vec<usize>, Vec<f32>)], wrapper: Option<&str>) -> Vec<u8> {
    let text = |word: &str| {
        let length = (word.len() as u32).to_le_bytes();
        [b"X", &length[..], word.as_bytes()].concat()
    };
    let int = |n: usize| [b"J", &(n as u32).to_le_bytes()[..]].concat();
    let mut pickle = b"\x80\x02}".to_vec();
    if let Some(key) = wrapper {
        pickle.extend(
            [
                text("epoch"),
                int(3),
                b"s".to_vec(),
                text(key),
                b"}".to_vec(),
            ]
            .concat(),
        );
    }
    let mut files = Vec::new();
    for (n, (name, shape, values)) in tensors.iter().enumerate() {
        let mut stride = 1;
        let mut strides: Vec<usize> = shape
            .iter()
            .rev()
            .map(|side| {
                stride *= side;
                stride / side
            })
            .collect();
        strides.reverse();
        let tuple = |numbers: &[usize]| {
            let inner: Vec<u8> = numbers.iter().flat_map(|n| int(*n)).collect();
            [b"(", &inner[..], b"t"].concat()
        };
        let parts: [&[u8]; 14] = [
            &text(name),
            b"ctorch._utils\n_rebuild_tensor_v2\n((",
            &text("storage"),
            b"ctorch\nFloatStorage\n",
            &text(&n.to_string()),
            &text("cpu"),
            &int(values.len()),
            b"tQ",
            &int(0),
            &tuple(shape),
            &tuple(&strides),
            b"\x89ccollections\nOrderedDict\n)R",
            b"tR",
            b"s",
        ];
        pickle.extend(parts.concat());
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        files.push((format!("archive/data/{n}"), bytes));
    }
    if wrapper.is_some() {
        pickle.push(b's');
    }
    pickle.push(b'.');
    files.insert(0, ("archive/data.pkl".into(), pickle));
    files.push(("archive/version".into(), b"3\n".to_vec()));
    zip(&files)
}

/// A ZIP archive of files as they are.
fn zip(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let size = (bytes.len() as u32).to_le_bytes();
        let length = (name.len() as u16).to_le_bytes();
        // Version, flags, method, time and date, all of them the plainest.
        let common = [
            &[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0][..],
            &crc32fast::hash(bytes).to_le_bytes(),
            &size,
            &size,
            &length,
            &[0, 0],
        ]
        .concat();
        let at = (out.len() as u32).to_le_bytes();
        directory.extend(
            [
                b"PK\x01\x02\x14\0",
                &common[..],
                &[0; 10],
                &at,
                name.as_bytes(),
            ]
            .concat(),
        );
        out.extend([b"PK\x03\x04", &common[..], name.as_bytes(), bytes].concat());
    }
    let count = (files.len() as u16).to_le_bytes();
    let (at, size) = (out.len() as u32, directory.len() as u32);
    let end = [
        b"PK\x05\x06\0\0\0\0",
        &count[..],
        &count,
        &size.to_le_bytes(),
        &at.to_le_bytes(),
        &[0, 0],
    ]
    .concat();
    [out, directory, end].concat()
}
