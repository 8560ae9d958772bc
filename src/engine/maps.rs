//! The feature maps of a layer, made ready to be drawn: from the network's own buffers where
//! network and window share a GPU, else uploaded.

use std::sync::Arc;

use anyhow::Result;
use image::RgbImage;

use crate::batch::crop_image;
use crate::compute::{MapBuffer, MapPainter};
use crate::figure::Stats;
use crate::label::FaceBox;
use crate::model::{FeatureMap, Layer, Predictor, Tap};

/// The maps of one layer in every tower that has it, for one face.
pub struct LayerMaps {
    pub layer: Layer,
    /// The network's input, 128×128.
    pub input: RgbImage,
    pub towers: Vec<TowerMaps>,
}

/// The maps of one tower.
#[derive(Clone)]
pub struct TowerMaps {
    /// "shared", or the task's name.
    pub tower: String,
    pub buffer: Arc<MapBuffer>,
    /// Of each channel and, last, of the layer.
    pub stats: Vec<Stats>,
    /// The values themselves, where the CPU computed them.
    values: Option<Arc<FeatureMap>>,
}

impl TowerMaps {
    pub fn channels(&self) -> usize {
        self.buffer.channels()
    }

    pub fn side(&self) -> usize {
        self.buffer.side()
    }

    /// The value at a place of a channel. Waits for the GPU where the values are there.
    pub fn value(&self, painter: &MapPainter, channel: u32, x: u32, y: u32) -> Result<f32> {
        match &self.values {
            Some(map) => {
                let at = (channel as usize * map.side + y as usize) * map.side + x as usize;
                Ok(map.data.get(at).copied().unwrap_or(f32::NAN))
            }
            None => painter.value(&self.buffer, channel, x, y),
        }
    }
}

/// Computes the maps; `shared` says that the network is on the painter's device.
pub(super) fn layer_maps(
    predictor: &Predictor,
    painter: &MapPainter,
    shared: bool,
    (photo, face_box): (&RgbImage, &FaceBox),
    layer: Layer,
) -> Result<LayerMaps> {
    let network = predictor.network();
    let taps: Vec<Tap> = network
        .taps()
        .into_iter()
        .filter(|t| t.layer == layer)
        .collect();
    let towers = if shared {
        let tensors = predictor.tapped(photo, face_box, &taps);
        let ready = taps.iter().zip(tensors).map(|(tap, tensor)| {
            let buffer = Arc::new(painter.tensor(tensor)?);
            Ok(TowerMaps {
                tower: network.tower_name(tap.tower).to_owned(),
                stats: painter.stats(&buffer)?,
                buffer,
                values: None,
            })
        });
        ready.collect::<Result<_>>()?
    } else {
        let maps = predictor.features(photo, face_box, &taps);
        let ready = maps.into_iter().map(|map| TowerMaps {
            tower: map.tower.clone(),
            stats: Stats::of_map(&map),
            buffer: Arc::new(painter.upload(&map)),
            values: Some(Arc::new(map)),
        });
        ready.collect()
    };
    Ok(LayerMaps {
        layer,
        input: crop_image(photo, &face_box.transform()),
        towers,
    })
}
