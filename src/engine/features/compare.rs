//! Two networks on one face, or two faces in one network: both maps in one scale, and their
//! difference. Computed on the CPU, whatever the first network runs on: the difference needs both
//! in one place.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use anyhow::{Context, Result, ensure};
use burn::tensor::Device;
use image::RgbImage;

use super::maps::{LookedAt, TowerMaps, maps_at, usable};
use super::{FeatureReply, Reply};
use crate::background::catch_panic;
use crate::batch::crop_image;
use crate::engine::cache::FileId;
use crate::figure::Stats;
use crate::label::FaceBox;
use crate::logs::error_words;
use crate::map_painter::MapPainter;
use crate::model::{Checkpoint, FeatureMap, Mask, Predictor, Tap, TapLayer, TowerId, bundled};
use crate::study::{Kinship, Matching};
use crate::words::title;

/// What the face at hand is held against.
#[derive(Clone)]
pub enum Against {
    /// The same face in another network; in the bundled one where there is no file.
    Weights(Option<PathBuf>),
    /// Another face in the same network.
    Photo(Arc<RgbImage>, FaceBox),
}

/// The channels of two networks in pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct Matched {
    /// Tower by tower.
    pub towers: Vec<Matching>,
    /// Over which faces.
    pub faces: String,
    /// Fingerprints of both.
    pub networks: [String; 2],
}

#[derive(Clone)]
pub struct CompareWanted {
    pub face: LookedAt,
    pub place: TapLayer,
    pub masks: Vec<Mask>,
    pub against: Against,
    /// Which channel of the second stands beside which of the first; the one of the same number if
    /// `None`.
    pub matched: Option<Arc<Matched>>,
    /// Whether each side has colours of its own range, and the difference is of channels that are
    /// divided by their largest absolute value.
    pub own_ranges: bool,
}

impl CompareWanted {
    /// Second − first.
    fn difference(&self, first: &FeatureMap, second: &FeatureMap) -> FeatureMap {
        match self.own_ranges {
            true => second.scaled_by_maxima().minus(&first.scaled_by_maxima()),
            false => second.minus(first),
        }
    }
}

/// Whose maps of a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compare {
    /// Those of the face and network at hand.
    #[default]
    First,
    Second,
    /// Second − first.
    Difference,
}

/// Both and their difference, tower by tower, in the order of the first network.
pub struct Compared {
    pub place: TapLayer,
    pub second_input: RgbImage,
    pub first: Vec<TowerMaps>,
    pub second: Vec<TowerMaps>,
    /// Second − first; none where the networks have different numbers of channels that are not
    /// paired.
    pub difference: Vec<TowerMaps>,
    /// Of two networks, whether channel k of one is channel k of the other, tower by tower.
    pub kinship: Vec<Kinship>,
    /// As it was wanted.
    pub matched: Option<Arc<Matched>>,
    /// Of what is muted that which each of the two networks has channels for.
    pub masks: [Vec<Mask>; 2],
}

/// What is asked under a number.
type Job = (Checkpoint, Arc<MapPainter>, (u64, CompareWanted));

/// The thread that compares, started when it is first asked.
#[derive(Default)]
pub(super) struct Beside(Option<Sender<Job>>);

impl Beside {
    pub fn ask(
        &mut self,
        own: Checkpoint,
        painter: Arc<MapPainter>,
        wanted: (u64, CompareWanted),
        say: &Arc<dyn Fn(Reply) + Send + Sync>,
    ) {
        let jobs = self.0.get_or_insert_with(|| {
            let (jobs, inbox) = channel();
            let say = say.clone();
            thread::spawn(move || work(&inbox, &*say));
            jobs
        });
        // The thread lives as long as this end.
        let _ = jobs.send((own, painter, wanted));
    }
}

fn work(inbox: &Receiver<Job>, say: &dyn Fn(Reply)) {
    let mut second = None;
    while let Ok(mut job) = inbox.recv() {
        while let Ok(newer) = inbox.try_recv() {
            job = newer;
        }
        let (own, painter, (number, wanted)) = job;
        let result = catch_panic(|| compared(own, &painter, &wanted, &mut second))
            .map_err(anyhow::Error::from);
        say(Reply::Feature(FeatureReply::Compared {
            ticket: wanted.face.ticket,
            number,
            result: result.flatten().map_err(|e| error_words(&e)),
        }));
    }
}

/// The network that was last held against the first, and its file as it was then.
pub(super) type Second = Option<((Option<PathBuf>, Option<FileId>), Predictor)>;

/// A face's maps as numbers.
pub(super) struct Side {
    pub input: RgbImage,
    pub maps: Vec<FeatureMap>,
    /// Of what is muted that which its network has channels for.
    pub masks: Vec<Mask>,
}

impl Side {
    pub fn of(
        predictor: &Predictor,
        (photo, face_box): (&RgbImage, &FaceBox),
        (place, masks): (TapLayer, &[Mask]),
    ) -> Self {
        Self {
            input: crop_image(photo, &face_box.transform()),
            maps: maps_at(predictor, photo, face_box, (place, masks)),
            masks: usable(predictor.network(), masks),
        }
    }

    /// Which channels of a tower are held at zero at a place, by their network's own numbers.
    pub fn muted(&self, place: TapLayer, tower: TowerId) -> Vec<usize> {
        let here =
            |mask: &&Mask| place.is_conv() && (mask.tower, mask.layer) == (tower, place.layer);
        let silent = |mask: &Mask| -> Vec<usize> {
            let kept = mask.keep.iter().enumerate();
            kept.filter(|(_, keep)| !**keep).map(|(c, _)| c).collect()
        };
        self.masks.iter().filter(here).flat_map(silent).collect()
    }
}

/// Both sides on the CPU. `second` keeps a network that was loaded.
pub(super) fn sides(
    own: &Predictor,
    wanted: &CompareWanted,
    second: &mut Second,
) -> Result<[Side; 2]> {
    let face = &wanted.face;
    let looked = |predictor: &Predictor, photo: &RgbImage, face_box: &FaceBox| {
        let what = (wanted.place, &wanted.masks[..]);
        Side::of(predictor, (photo, face_box), what)
    };
    let first = looked(own, &face.photo, &face.face_box);
    ensure!(!first.maps.is_empty(), "no tower has {}", wanted.place);
    let other = match &wanted.against {
        Against::Photo(photo, face_box) => looked(own, photo, face_box),
        Against::Weights(path) => {
            let loaded = loaded(path.as_deref(), second)?;
            looked(loaded, &face.photo, &face.face_box)
        }
    };
    let towers = |s: &Side| s.maps.iter().map(|m| m.tower.clone()).collect::<Vec<_>>();
    ensure!(
        towers(&first) == towers(&other),
        "the two networks have different towers at {}: {} and {}",
        wanted.place.title(),
        words(&first),
        words(&other)
    );
    let mut other = other;
    if let Some(matched) = &wanted.matched {
        for (own, map) in first.maps.iter().zip(&mut other.maps) {
            let matching = matching_of(matched, wanted.place, &map.tower)?;
            ensure!(
                matching.channels == [own.channels, map.channels],
                "the channels of {} {} are matched for networks of {} and {} channels, not of {} \
                 and {}",
                title(&map.tower),
                wanted.place.title(),
                matching.channels[0],
                matching.channels[1],
                own.channels,
                map.channels
            );
            *map = matching.paired(map, own.channels);
        }
    }
    Ok([first, other])
}

/// Whether there is a difference: where two networks have different numbers of channels there is
/// one only of those that are paired.
pub(super) fn have_difference(first: &[FeatureMap], second: &[FeatureMap]) -> bool {
    let pairs = first.iter().zip(second);
    first.len() == second.len() && pairs.into_iter().all(|(a, b)| a.is_like(b))
}

/// One side of a comparison, or the difference on the first one's face.
pub(super) fn side(
    (first, other): (Side, Side),
    (wanted, which): (&CompareWanted, Compare),
) -> Result<Side> {
    Ok(match which {
        Compare::First => first,
        Compare::Second => other,
        Compare::Difference => {
            ensure!(
                have_difference(&first.maps, &other.maps),
                "there is no difference between {} and {} channels",
                words(&first),
                words(&other)
            );
            let pairs = first.maps.iter().zip(&other.maps);
            Side {
                maps: pairs.map(|(a, b)| wanted.difference(a, b)).collect(),
                input: first.input,
                masks: first.masks,
            }
        }
    })
}

/// How the channels of a tower are matched.
pub(super) fn matching_of<'a>(
    matched: &'a Matched,
    place: TapLayer,
    tower: &str,
) -> Result<&'a Matching> {
    let of = |m: &&Matching| (m.place, m.tower.as_str()) == (place, tower);
    let found = matched.towers.iter().find(of);
    let (tower, layer) = (title(tower), place.title());
    found.with_context(|| format!("the channels of {tower} {layer} are not matched"))
}

fn words(side: &Side) -> String {
    let of = |m: &FeatureMap| format!("{} {}", title(&m.tower), m.channels);
    match side.maps.is_empty() {
        true => "none".into(),
        false => side.maps.iter().map(of).collect::<Vec<_>>().join(", "),
    }
}

/// The second network, read anew where its file has changed.
pub(super) fn loaded<'a>(path: Option<&Path>, second: &'a mut Second) -> Result<&'a Predictor> {
    // A run may have written new weights under the old name.
    let file = (path.map(Path::to_owned), path.and_then(FileId::of));
    if second.as_ref().is_none_or(|(of, _)| *of != file) {
        let device = Device::flex();
        let checkpoint = match path {
            Some(path) => Checkpoint::load(path, &device)?,
            None => bundled(&device)?,
        };
        *second = Some((file, Predictor::new(checkpoint, device)));
    }
    let (_, predictor) = second.as_ref().context("no second network")?;
    Ok(predictor)
}

fn compared(
    own: Checkpoint,
    painter: &MapPainter,
    wanted: &CompareWanted,
    second: &mut Second,
) -> Result<Compared> {
    let own = Predictor::new(own, Device::flex());
    let taps = own.network().taps_at(wanted.place);
    let [a, b] = sides(&own, wanted, second)?;
    let muted = |tap: &Tap| {
        let name = own.network().tower_name(tap.tower);
        let matching = wanted.matched.as_deref();
        let matching = matching.and_then(|m| matching_of(m, wanted.place, name).ok());
        muted_pairs(
            [&a, &b].map(|side| side.muted(wanted.place, tap.tower)),
            matching,
        )
    };
    let muted: Vec<Vec<usize>> = taps.iter().map(muted).collect();
    let mut found = Compared {
        place: wanted.place,
        second_input: b.input,
        first: Vec::new(),
        second: Vec::new(),
        difference: Vec::new(),
        kinship: kinship(&own, wanted, second.as_ref().map(|s| &s.1)),
        matched: wanted.matched.clone(),
        masks: [a.masks, b.masks],
    };
    let have_difference = have_difference(&a.maps, &b.maps);
    let towers = a.maps.into_iter().zip(b.maps);
    for (((a, b), tap), muted) in towers.zip(taps).zip(muted) {
        let difference = have_difference.then(|| wanted.difference(&a, &b));
        let upload = |map, stats| TowerMaps::uploaded(painter, tap.tower, map, stats);
        let (of_a, of_b) = (Stats::of_map(&a), Stats::of_map(&b));
        let ranged = |own: &[Stats], other: &[Stats]| {
            let joint = || Stats::all_ranged_with(own, other);
            (have_difference && !wanted.own_ranges).then(joint)
        };
        found.first.push(upload(a, ranged(&of_a, &of_b)));
        found.second.push(upload(b, ranged(&of_b, &of_a)));
        found
            .difference
            .extend(difference.map(|map| upload(map, None).hatched(painter, &muted)));
    }
    Ok(found)
}

/// The channels of the first whose difference is of none: those that are muted in either network, by
/// the numbers that each has for them.
fn muted_pairs([first, second]: [Vec<usize>; 2], matching: Option<&Matching>) -> Vec<usize> {
    let beside = second.into_iter().filter_map(|channel| match matching {
        None => Some(channel),
        Some(matching) => {
            let mut pairs = matching.pairs.iter();
            pairs.find(|p| p.partner == channel).map(|p| p.channel)
        }
    });
    let mut all: Vec<usize> = first.into_iter().chain(beside).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Tower by tower; nothing where one network looks at two photos.
fn kinship(own: &Predictor, wanted: &CompareWanted, second: Option<&Predictor>) -> Vec<Kinship> {
    let (Against::Weights(_), Some(second)) = (&wanted.against, second) else {
        return Vec::new();
    };
    let taps = own.network().taps_at(wanted.place);
    let others = second.network().taps_at(wanted.place);
    let both = taps.into_iter().zip(others);
    both.map(|(a, b)| Kinship::between([own, second], [a, b]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Schema;
    use crate::model::{Config, Network};

    #[test]
    fn a_file_that_was_written_again_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("second.safetensors");
        let config = Config::variant("ours_concat").unwrap().sized(1, 4);
        let mut second = None;
        let mut written = |seed| {
            let network = Network::new(&config, &Schema::face(), seed, &Device::flex());
            Checkpoint::new(network).save(&path).unwrap();
            // Clocks of files are coarse.
            let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seed);
            let file = std::fs::File::options().write(true).open(&path);
            file.and_then(|f| f.set_modified(time)).unwrap();
            let found = loaded(Some(&path), &mut second).unwrap();
            found.network().fingerprint()
        };
        assert_ne!(written(1), written(2));
        std::fs::remove_file(&path).unwrap();
        let said = loaded(Some(&path), &mut second).unwrap_err();
        assert!(
            format!("{said:#}").contains("second.safetensors"),
            "{said:#}"
        );
        assert!(loaded(None, &mut second).is_ok());
    }
}
