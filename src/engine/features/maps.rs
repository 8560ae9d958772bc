//! The feature maps of a place, made ready to be drawn: from the network's own buffers where
//! network and window share a GPU, else uploaded. And what muting channels does to the answers.

use std::sync::Arc;

use anyhow::{Context, Result};
use image::RgbImage;

use crate::batch::crop_image;
use crate::engine::tickets::FaceKey;
use crate::figure::Stats;
use crate::label::Prediction;
use crate::map_painter::{MapBuffer, MapPainter};
use crate::model::{FeatureMap, Mask, Predictor, TapLayer, TowerId};
use crate::study::{maps_at, masks_for};

/// A face whose maps are looked at.
#[derive(Clone)]
pub struct PhotoFace {
    pub key: FaceKey,
    pub photo: Arc<RgbImage>,
}

/// The maps of one place in every tower that has it.
#[derive(Clone)]
pub struct LayerMapsRequest {
    pub face: PhotoFace,
    pub place: TapLayer,
    pub masks: Vec<Mask>,
}

/// What muting does to a face's answers.
#[derive(Clone)]
pub struct EffectRequest {
    pub face: PhotoFace,
    pub masks: Vec<Mask>,
}

/// The answers with all channels, and with those that the masks leave.
pub struct MutedAnswer {
    pub key: FaceKey,
    pub masks: Vec<Mask>,
    pub whole: Prediction,
    pub muted: Prediction,
}

/// The maps of one place for one face.
pub struct LayerMaps {
    pub key: FaceKey,
    pub place: TapLayer,
    /// The network's input, 128×128.
    pub input: RgbImage,
    /// Those that have the place, in the order of [`LayerMaps::all`].
    pub towers: Vec<TowerMaps>,
    /// The names of all towers of the network.
    pub all: Vec<String>,
}

/// The maps of one tower.
#[derive(Clone)]
pub struct TowerMaps {
    pub id: TowerId,
    /// "shared", or the task's name.
    pub tower: String,
    pub buffer: Arc<MapBuffer>,
    /// Its own, of each channel and, last, of the layer.
    pub stats: Vec<Stats>,
    /// Those with the ranges that the colours span, where they are of two maps together.
    joint: Option<Vec<Stats>>,
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

    /// What the colours span, of each channel and, last, of the layer.
    pub fn ranges(&self) -> &[Stats] {
        self.joint.as_deref().unwrap_or(&self.stats)
    }

    /// Whether the colours span the range of two maps together.
    pub fn is_joint(&self) -> bool {
        self.joint.is_some()
    }

    /// Maps that the CPU computed, coloured in the ranges of `joint`, or else in their own.
    pub fn uploaded(
        painter: &MapPainter,
        id: TowerId,
        map: FeatureMap,
        joint: Option<Vec<Stats>>,
    ) -> Self {
        let buffer = match &joint {
            Some(joint) => painter.upload_in(&map, joint),
            None => painter.upload(&map),
        };
        Self {
            id,
            tower: map.tower.clone(),
            buffer: Arc::new(buffer),
            stats: Stats::of_map(&map),
            joint,
            values: Some(Arc::new(map)),
        }
    }

    /// In their own ranges, with these channels drawn as those that are zero everywhere are; their
    /// values stay.
    pub fn hatched(painter: &MapPainter, id: TowerId, map: FeatureMap, channels: &[usize]) -> Self {
        if channels.is_empty() {
            return Self::uploaded(painter, id, map, None);
        }
        let mut drawn = map.clone();
        drawn.zero_channels(channels);
        Self {
            values: Some(Arc::new(map)),
            ..Self::uploaded(painter, id, drawn, None)
        }
    }

    /// The value at a place of a channel. Waits for the GPU where the values are there.
    pub fn value(&self, painter: &MapPainter, channel: u32, x: u32, y: u32) -> Result<f32> {
        match &self.values {
            Some(map) => {
                let at = (channel as usize * map.side + y as usize) * map.side + x as usize;
                let value = map.data.get(at).copied();
                value.with_context(|| format!("no value at channel {channel}, ({x}, {y})"))
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
    wanted: &LayerMapsRequest,
) -> Result<LayerMaps> {
    let network = predictor.network();
    let taps = network.taps_at(wanted.place);
    let PhotoFace { key, photo } = &wanted.face;
    let face_box = &key.face_box;
    let masks = masks_for(network, &wanted.masks);
    let towers = if taps.is_empty() {
        Vec::new()
    } else if shared {
        let input = predictor.input(photo, face_box);
        let tensors = network.maps(input, &masks, &taps);
        let ready = taps.iter().zip(tensors).map(|(tap, tensor)| {
            let buffer = Arc::new(painter.tensor(tensor)?);
            Ok(TowerMaps {
                id: tap.tower,
                tower: network.tower_name(tap.tower).to_owned(),
                stats: painter.stats(&buffer)?,
                joint: None,
                buffer,
                values: None,
            })
        });
        ready.collect::<Result<_>>()?
    } else {
        let maps = maps_at(predictor, photo, face_box, (wanted.place, &masks));
        let ready = taps.iter().zip(maps);
        ready
            .map(|(tap, map)| TowerMaps::uploaded(painter, tap.tower, map, None))
            .collect()
    };
    let tasks = network.schema().tasks.iter().map(|t| t.name.clone());
    Ok(LayerMaps {
        key: *key,
        place: wanted.place,
        input: crop_image(photo, &face_box.transform()),
        towers,
        all: ["shared".to_owned()].into_iter().chain(tasks).collect(),
    })
}

/// What the network says with all channels, where that is not known, and with some.
pub(super) fn answer(
    predictor: &Predictor,
    wanted: &EffectRequest,
    whole: Option<Prediction>,
) -> MutedAnswer {
    let PhotoFace { key, photo } = &wanted.face;
    let face_box = &key.face_box;
    let masks = masks_for(predictor.network(), &wanted.masks);
    MutedAnswer {
        key: *key,
        whole: whole.unwrap_or_else(|| predictor.masked(photo, face_box, &[])),
        muted: predictor.masked(photo, face_box, &masks),
        masks: wanted.masks.clone(),
    }
}
