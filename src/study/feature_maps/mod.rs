//! The maps of one layer in every tower for a face, beside those of another network or another
//! photo where two are compared: what the paper's Figure 6 shows, and what is written as numbers.

mod difference;
mod numbers;

pub use difference::{difference, has_difference, muted_pairs};

use image::RgbImage;

use super::error::StudyError;
use super::matching::{Kinship, Matched, Matching, common_taps};
use crate::batch::crop_image;
use crate::humanize::title;
use crate::label::FaceBox;
use crate::model::{FeatureMap, Mask, Network, Predictor, Tap, TapLayer};

/// What is asked: the maps of a place for a face, and what they are compared with.
#[derive(Clone, Copy)]
pub struct MapsRequest<'a> {
    pub predictor: &'a Predictor,
    pub photo: &'a RgbImage,
    pub face_box: &'a FaceBox,
    pub place: TapLayer,
    /// Channels that are held at zero, in each network that has them.
    pub masks: &'a [Mask],
    pub second: Option<Second<'a>>,
    /// Which channel of a second network stands beside which of the first; the one of the same
    /// number if `None`.
    pub matched: Option<&'a Matched>,
}

/// What a face in a network is compared with.
#[derive(Clone, Copy)]
pub enum Second<'a> {
    /// The same face in another network.
    Network(&'a Predictor),
    /// Another face in the same network.
    Photo(&'a RgbImage, &'a FaceBox),
}

/// The maps of one side, in the order of the first network's towers.
#[derive(Clone, Debug)]
pub struct SideMaps {
    /// The network's input, 128×128.
    pub input: RgbImage,
    pub maps: Vec<FeatureMap>,
    /// For each map the channels that are held at zero, by their own network's numbers.
    pub muted: Vec<Vec<usize>>,
    /// Of the masks those that its network has channels for.
    pub masks: Vec<Mask>,
}

#[derive(Clone, Debug)]
pub struct FaceMaps {
    pub place: TapLayer,
    pub first: SideMaps,
    /// Its channels stand beside their partners, where they are matched.
    pub second: Option<SideMaps>,
    /// For each map how the channels are matched; nothing where they stand by their numbers.
    pub matching: Vec<Matching>,
    /// Over which faces.
    pub matched_over: String,
    /// Of two networks, whether channel k of one is channel k of the other, tower by tower.
    pub kinship: Vec<Kinship>,
    pub second_muting: SecondMuting,
    /// The towers that have the place in one of two networks alone, and are left out.
    pub alone: [Vec<String>; 2],
}

/// What of the channels that are muted in the first network is muted in the second too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecondMuting {
    /// All; and where nothing is muted, or nothing is compared.
    #[default]
    All,
    /// Those whose layers it has.
    Part,
    /// Nothing, since it has no such layers.
    NoLayers,
    /// Nothing, since its layers have other numbers of channels.
    OtherWidth,
}

impl<'a> MapsRequest<'a> {
    /// With all channels, compared with nothing.
    pub fn new(
        predictor: &'a Predictor,
        photo: &'a RgbImage,
        face_box: &'a FaceBox,
        place: TapLayer,
    ) -> Self {
        Self {
            predictor,
            photo,
            face_box,
            place,
            masks: &[],
            second: None,
            matched: None,
        }
    }

    /// Refuses a place that no tower has.
    ///
    /// # Errors
    /// If none has it.
    pub fn check(&self) -> Result<(), StudyError> {
        let network = self.predictor.network();
        if !network.taps_at(self.place).is_empty() {
            return Ok(());
        }
        let known: Vec<String> = network
            .tap_layers()
            .into_iter()
            .map(TapLayer::name)
            .collect();
        Err(StudyError::NoLayer {
            place: self.place.to_string(),
            known: known.join(", "),
        })
    }

    /// Two networks are compared in the towers that both have.
    ///
    /// # Errors
    /// If no tower has the place, or none of both, or their channels are matched for other
    /// networks.
    pub fn run(&self) -> Result<FaceMaps, StudyError> {
        self.check()?;
        let mut first = self.side(self.predictor, self.photo, self.face_box);
        let mut second = self.second.map(|of| match of {
            Second::Network(other) => self.side(other, self.photo, self.face_box),
            Second::Photo(photo, face_box) => self.side(self.predictor, photo, face_box),
        });
        let mut matching = Vec::new();
        let mut alone = [const { Vec::new() }; 2];
        if let Some(second) = &mut second {
            alone = keep_common(self.place, &mut first, second)?;
            if let Some(matched) = self.matched {
                matching = self.pair(&first, second, matched)?;
            }
        }
        let second_muting = second.as_ref().map_or(SecondMuting::All, |second| {
            self.second_muting(&first, second)
        });
        let matched_over = self.matched.filter(|_| !matching.is_empty());
        Ok(FaceMaps {
            place: self.place,
            first,
            second,
            matching,
            matched_over: matched_over.map_or(String::new(), |m| m.faces.clone()),
            kinship: self.kinship(),
            second_muting,
            alone,
        })
    }

    fn second_muting(&self, first: &SideMaps, second: &SideMaps) -> SecondMuting {
        let width = |predictor: &Predictor| predictor.network().config().width;
        match (second.masks.len(), self.second) {
            (muted, _) if muted == first.masks.len() => SecondMuting::All,
            (0, Some(Second::Network(other))) if width(other) != width(self.predictor) => {
                SecondMuting::OtherWidth
            }
            (0, _) => SecondMuting::NoLayers,
            _ => SecondMuting::Part,
        }
    }

    /// Nothing where one network looks at two photos.
    fn kinship(&self) -> Vec<Kinship> {
        let Some(Second::Network(second)) = self.second else {
            return Vec::new();
        };
        let both = [self.predictor, second];
        let pairs = common_taps(both, self.place).into_iter();
        pairs.map(|pair| Kinship::between(both, pair)).collect()
    }

    fn side(&self, predictor: &Predictor, photo: &RgbImage, face_box: &FaceBox) -> SideMaps {
        let network = predictor.network();
        let masks = masks_between(self.predictor.network(), network, self.masks);
        let taps = network.taps_at(self.place);
        SideMaps {
            input: crop_image(photo, &face_box.transform()),
            maps: maps_at(predictor, photo, face_box, (self.place, &masks)),
            muted: taps.iter().map(|tap| muted_at(&masks, *tap)).collect(),
            masks,
        }
    }

    /// Puts the second's channels beside their partners.
    fn pair(
        &self,
        first: &SideMaps,
        second: &mut SideMaps,
        matched: &Matched,
    ) -> Result<Vec<Matching>, StudyError> {
        let mut all = Vec::new();
        for (own, map) in first.maps.iter().zip(&mut second.maps) {
            let matching = matched.at(self.place, &map.tower)?;
            let there = [own.channels, map.channels];
            if matching.channels != there {
                return Err(StudyError::MatchedForOthers {
                    map: format!("{} {}", title(&map.tower), self.place.title()),
                    matched: matching.channels,
                    there,
                });
            }
            *map = matching.paired(map, own.channels);
            all.push(matching.clone());
        }
        Ok(all)
    }
}

impl SideMaps {
    /// "Shared 8, Landmarks 8", or none.
    pub fn channels_text(&self) -> String {
        let of = |map: &FeatureMap| format!("{} {}", title(&map.tower), map.channels);
        match self.maps.is_empty() {
            true => "none".to_owned(),
            false => self.maps.iter().map(of).collect::<Vec<_>>().join(", "),
        }
    }

    fn towers(&self) -> Vec<String> {
        self.maps.iter().map(|map| map.tower.clone()).collect()
    }

    /// Those of these towers, in this order; what is left of the others.
    fn keep(&mut self, towers: &[String]) -> Vec<String> {
        let all = std::mem::take(&mut self.maps).into_iter();
        let (mut kept, alone): (Vec<_>, Vec<_>) = all
            .zip(std::mem::take(&mut self.muted))
            .partition(|(map, _)| towers.contains(&map.tower));
        kept.sort_by_key(|(map, _)| towers.iter().position(|name| *name == map.tower));
        (self.maps, self.muted) = kept.into_iter().unzip();
        alone.into_iter().map(|(map, _)| map.tower).collect()
    }
}

/// Leaves of two sides the towers that both have, in the order of the first; those of either alone.
fn keep_common(
    place: TapLayer,
    first: &mut SideMaps,
    second: &mut SideMaps,
) -> Result<[Vec<String>; 2], StudyError> {
    let theirs = second.towers();
    let mut common = first.towers();
    common.retain(|tower| theirs.contains(tower));
    if common.is_empty() {
        return Err(StudyError::DifferentTowers {
            place: place.title(),
            first: first.channels_text(),
            second: second.channels_text(),
        });
    }
    Ok([first.keep(&common), second.keep(&common)])
}

impl FaceMaps {
    /// "compared in the towers that both have: the first alone has Landmarks"; `None` where both have
    /// the same.
    pub fn alone_text(&self) -> Option<String> {
        alone_text(&self.alone)
    }

    /// Whether there is a second side whose channels can be held against those of the first.
    pub fn has_difference(&self) -> bool {
        let second = self.second.as_ref();
        second.is_some_and(|second| has_difference(&self.first.maps, &second.maps))
    }

    /// As [`difference`]; nothing without a second side.
    pub fn difference(&self, scaled: bool) -> Vec<FeatureMap> {
        let second = self.second.as_ref();
        second.map_or(Vec::new(), |second| {
            difference(&self.first.maps, &second.maps, scaled)
        })
    }

    /// Whether there is a difference of channels of equal number, which have nothing in common.
    pub fn are_apart_by_number(&self) -> bool {
        let apart = self.kinship.iter().any(Kinship::is_apart);
        apart && self.matching.is_empty() && self.has_difference()
    }

    /// For each map the channels of the first whose difference is of none.
    pub fn muted_pairs(&self) -> Vec<Vec<usize>> {
        let muted = |(t, first): (usize, &Vec<usize>)| {
            let second = self.second.as_ref().and_then(|s| s.muted.get(t));
            let second = second.map_or(&[][..], |muted| muted);
            muted_pairs(first, second, self.matching.get(t))
        };
        self.first.muted.iter().enumerate().map(muted).collect()
    }
}

/// Which towers of two networks are left out of their comparison.
pub fn alone_text(alone: &[Vec<String>; 2]) -> Option<String> {
    let of = |(towers, whose): (&Vec<String>, &str)| {
        let names: Vec<String> = towers.iter().map(|name| title(name)).collect();
        (!names.is_empty()).then(|| format!("the {whose} alone has {}", names.join(", ")))
    };
    let all = alone.iter().zip(["first", "second"]).filter_map(of);
    let all: Vec<String> = all.collect();
    (!all.is_empty()).then(|| format!("compared in the towers that both have: {}", all.join("; ")))
}

/// The maps of a place on the CPU, one a tower that has it. The network has channels for all masks,
/// as [`masks_for`] leaves them.
pub fn maps_at(
    predictor: &Predictor,
    photo: &RgbImage,
    face_box: &FaceBox,
    (place, masks): (TapLayer, &[Mask]),
) -> Vec<FeatureMap> {
    let network = predictor.network();
    let taps = network.taps_at(place);
    let input = predictor.input(photo, face_box);
    let tensors = network.maps(input, masks, &taps);
    let maps = taps.iter().zip(tensors).map(|(tap, tensor)| {
        let [_, channels, side, _] = tensor.dims();
        FeatureMap {
            tower: network.tower_name(tap.tower).to_owned(),
            layer: place.name(),
            channels,
            side,
            data: predictor.read_back(tensor),
        }
    });
    maps.collect()
}

/// The masks of one network as those of another's towers of the same names, without those that it has
/// no channels for.
fn masks_between(own: &Network, other: &Network, masks: &[Mask]) -> Vec<Mask> {
    let masks = masks.iter().filter_map(|mask| {
        Some(Mask {
            tower: other.tower(own.tower_name(mask.tower))?,
            ..mask.clone()
        })
    });
    masks_for(other, &masks.collect::<Vec<_>>())
}

/// Those of the masks that this network has channels for.
pub fn masks_for(network: &Network, masks: &[Mask]) -> Vec<Mask> {
    let width = network.config().width;
    let fits = |m: &&Mask| {
        let place = TapLayer::conv(m.layer);
        network
            .taps_at(place)
            .contains(&Tap::conv(m.tower, m.layer))
            && m.keep.len() == place.channels(width)
    };
    masks.iter().filter(fits).cloned().collect()
}

/// Which channels of a tower are held at zero at a place.
fn muted_at(masks: &[Mask], tap: Tap) -> Vec<usize> {
    let place = tap.tap_layer();
    let here =
        |mask: &&Mask| place.is_conv() && (mask.tower, mask.layer) == (tap.tower, place.layer);
    let silent = |mask: &Mask| -> Vec<usize> {
        let kept = mask.keep.iter().enumerate();
        kept.filter(|(_, keep)| !**keep).map(|(c, _)| c).collect()
    };
    masks.iter().filter(here).flat_map(silent).collect()
}

#[cfg(test)]
mod tests;
