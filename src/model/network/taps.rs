//! Which maps a network has: its taps, tower by tower, and where towers are fused.

use super::Network;
use crate::model::config::Layer;
use crate::model::taps::{FusionLayer, Tap, TapLayer};
use crate::model::tower_id::TowerId;

impl Network {
    /// The output of every convolution, tower by tower.
    pub fn taps(&self) -> Vec<Tap> {
        let tower = |tower, layers: &'static [Layer]| {
            layers.iter().map(move |layer| Tap::conv(tower, *layer))
        };
        let tasks = (0..self.schema().tasks.len())
            .flat_map(|t| tower(TowerId::Task(t), self.config().task_layers()));
        tower(TowerId::Shared, self.config().shared_layers())
            .chain(tasks)
            .collect()
    }

    /// What enters the convolutions and Fc of the tasks after fusion, tower by tower; of
    /// channelwise networks alone.
    pub fn fused_taps(&self) -> Vec<Tap> {
        let config = self.config();
        let layers = config.task_layers().iter().filter(|l| config.has_fuse(**l));
        let fc = config.has_fuse_fc().then(TapLayer::fused_fc);
        let places: Vec<TapLayer> = layers.map(|l| TapLayer::fused(*l)).chain(fc).collect();
        let tasks = (0..self.schema().tasks.len()).map(TowerId::Task);
        let of = |tower| places.iter().map(move |place| Tap::at(tower, *place));
        tasks.flat_map(of).collect()
    }

    /// Every tower that has this map.
    pub fn taps_at(&self, place: TapLayer) -> Vec<Tap> {
        let all = match place.is_conv() {
            true => self.taps(),
            false => self.fused_taps(),
        };
        all.into_iter().filter(|t| t.tap_layer() == place).collect()
    }

    /// Every map that some tower has, from the input to the output.
    pub fn tap_layers(&self) -> Vec<TapLayer> {
        let all = Layer::ALL.map(|l| [TapLayer::fused(l), TapLayer::conv(l)]);
        all.into_iter()
            .flatten()
            .chain([TapLayer::fused_fc()])
            .filter(|p| !self.taps_at(*p).is_empty())
            .collect()
    }

    /// The tower of this name.
    pub fn tower(&self, name: &str) -> Option<TowerId> {
        match name {
            "shared" => Some(TowerId::Shared),
            _ => self.schema().position(name).map(TowerId::Task),
        }
    }

    /// Every depth at which task towers take in the shared one.
    pub fn fusions(&self) -> Vec<FusionLayer> {
        if !self.config().is_separation() {
            return Vec::new();
        }
        let layers = self.config().task_layers().iter();
        let fused = layers.filter(|l| self.config().fuses(**l));
        fused
            .map(|l| FusionLayer::Conv(*l))
            .chain([FusionLayer::Fc])
            .collect()
    }
}
