//! Channels that someone wants to find again.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::TapLayer;

/// Channels with a star: by the network's fingerprint, then by layer of a tower ("shared.conv1_2").
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Favourites {
    pub networks: BTreeMap<String, BTreeMap<String, BTreeSet<u32>>>,
}

impl Favourites {
    pub fn of(&self, network: &str, layer: &str) -> Option<&BTreeSet<u32>> {
        self.networks.get(network)?.get(layer)
    }

    /// Gives a channel a star or takes it away; nothing empty is kept.
    pub fn toggle(&mut self, network: &str, layer: &str, channel: u32) {
        let layers = self.networks.entry(network.to_owned()).or_default();
        let stars = layers.entry(layer.to_owned()).or_default();
        if !stars.remove(&channel) {
            stars.insert(channel);
        }
        layers.retain(|_, stars| !stars.is_empty());
        self.networks.retain(|_, layers| !layers.is_empty());
    }
}

/// The channels that someone wants to find again.
#[derive(Default)]
pub struct Stars {
    pub favourites: Favourites,
    /// Counts changes.
    pub version: u64,
}

impl Stars {
    /// Puts back what was kept.
    pub fn restore(&mut self, favourites: Favourites) {
        self.favourites = favourites;
        self.version += 1;
    }

    pub fn toggle(&mut self, network: &str, layer: &str, channel: u32) {
        self.favourites.toggle(network, layer, channel);
        self.version += 1;
    }
}

/// "shared.conv1_2", as favourites are kept.
pub fn layer_key(place: TapLayer, tower: &str) -> String {
    format!("{tower}.{}", place.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_kept_by_network_and_layer_as_json() {
        let mut stars = Favourites::default();
        stars.toggle("a", "shared.conv1_2", 7);
        stars.toggle("a", "shared.conv1_2", 3);
        stars.toggle("b", "shared.conv1_2", 1);
        let json = serde_json::to_string(&stars).unwrap();
        assert_eq!(
            json,
            r#"{"a":{"shared.conv1_2":[3,7]},"b":{"shared.conv1_2":[1]}}"#
        );
        assert_eq!(serde_json::from_str::<Favourites>(&json).unwrap(), stars);
        stars.toggle("b", "shared.conv1_2", 1);
        assert!(stars.of("b", "shared.conv1_2").is_none());
        assert_eq!(stars.of("a", "shared.conv1_2"), Some(&[3, 7].into()));
    }
}
