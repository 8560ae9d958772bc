//! Which channel of a second network stands beside which of the first: the one of the same number,
//! which says something of networks of one origin alone, or the one that answers alike.

use std::sync::Arc;

use crate::model::TapLayer;
use crate::study::Matched;

/// How channels are paired, and what was found to pair them by.
#[derive(Default)]
pub struct Pairs {
    /// Whether by correlation.
    matching: bool,
    found: Vec<(TapLayer, Arc<Matched>)>,
    /// The place that was asked about last.
    asked: Option<TapLayer>,
}

impl Pairs {
    /// The pairs of a place, where they are wanted and known.
    pub fn of(&self, place: TapLayer) -> Option<Arc<Matched>> {
        let mut known = self.found.iter().filter(|f| f.0 == place);
        known.next().filter(|_| self.matching).map(|f| f.1.clone())
    }

    /// None of any place, to be found in the same way.
    pub fn alike(&self) -> Self {
        Self {
            matching: self.matching,
            ..Self::default()
        }
    }

    /// Another network is at hand, or another list to draw faces from.
    pub fn forget(&mut self) {
        self.found.clear();
        self.asked = None;
    }

    pub fn are_by_correlation(&self) -> bool {
        self.matching
    }

    pub fn choose(&mut self, by_correlation: bool) {
        self.matching = by_correlation;
        self.asked = None;
    }

    /// Whether the pairs of a place are to be found out, once for each that is looked at in pairs.
    pub fn ask(&mut self, place: TapLayer) -> bool {
        let ask = self.matching && self.of(place).is_none() && self.asked != Some(place);
        if ask {
            self.asked = Some(place);
        }
        ask
    }

    pub fn take(&mut self, place: TapLayer, matched: Matched) {
        self.found.retain(|f| f.0 != place);
        self.found.push((place, Arc::new(matched)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::model::Layer;

    #[test]
    fn pairs_are_those_of_their_place_and_of_the_way_that_is_chosen() {
        let [here, there] = [Layer::Conv1_1, Layer::Conv2_1].map(TapLayer::conv);
        let mut pairs = Pairs::default();
        let matched = |faces: &str| Matched {
            towers: Vec::new(),
            faces: faces.into(),
            networks: Default::default(),
        };
        pairs.take(here, matched("a"));
        assert!(pairs.of(here).is_none(), "by number");
        pairs.matching = true;
        pairs.take(here, matched("b"));
        assert_eq!(pairs.of(here).unwrap().faces, "b");
        assert!(pairs.of(there).is_none());
        pairs.forget();
        assert!(pairs.of(here).is_none());
    }
}
