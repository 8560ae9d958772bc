//! Two networks on one face, or two faces in one network: both maps in one scale, and their
//! difference. Computed on the CPU, whatever the first network runs on: the difference needs both
//! in one place.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use burn::tensor::Device;
use image::RgbImage;

use super::maps::{PhotoFace, TowerMaps};
use crate::background::catch_panic;
use crate::engine::error::EngineError;
use crate::engine::place::FileId;
use crate::engine::tickets::CompareTicket;
use crate::figure::Stats;
use crate::label::FaceBox;
use crate::map_painter::MapPainter;
use crate::model::{Checkpoint, Mask, Predictor, Tap, TapLayer, bundled};
use crate::study::{Kinship, MapsRequest, Matched, Second, SecondMuting};

/// What the face at hand is held against.
#[derive(Clone)]
pub enum Against {
    /// The same face in another network; in the bundled one where there is no file.
    Weights(Option<PathBuf>),
    /// Another face in the same network.
    Photo(Arc<RgbImage>, FaceBox),
}

#[derive(Clone)]
pub struct CompareRequest {
    pub face: PhotoFace,
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

impl CompareRequest {
    /// Whether two networks are compared, not two photos in one.
    pub(super) fn is_of_networks(&self) -> bool {
        match self.against {
            Against::Weights(_) => true,
            Against::Photo(..) => false,
        }
    }

    /// What is asked of the study floor. `second` keeps a network that was loaded.
    pub(super) fn request<'a>(
        &'a self,
        own: &'a Predictor,
        second: &'a mut SecondNetwork,
    ) -> Result<MapsRequest<'a>, EngineError> {
        let second = match &self.against {
            Against::Photo(photo, face_box) => Second::Photo(photo, face_box),
            Against::Weights(path) => Second::Network(loaded(path.as_deref(), second)?),
        };
        Ok(MapsRequest {
            masks: &self.masks,
            second: Some(second),
            matched: self.matched.as_deref(),
            ..MapsRequest::new(own, &self.face.photo, &self.face.key.face_box, self.place)
        })
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

/// Both and their difference, tower by tower, in the order of the first network; nothing of towers
/// that the second has not.
pub struct Compared {
    pub place: TapLayer,
    pub second_input: RgbImage,
    pub first: Vec<Option<TowerMaps>>,
    pub second: Vec<Option<TowerMaps>>,
    /// Second − first; none where the networks have different numbers of channels that are not
    /// paired.
    pub difference: Vec<Option<TowerMaps>>,
    /// Of two networks, whether channel k of one is channel k of the other, tower by tower.
    pub kinship: Vec<Kinship>,
    /// As it was wanted.
    pub matched: Option<Arc<Matched>>,
    /// Of what is muted that which each of the two networks has channels for, by the first's
    /// towers.
    pub masks: [Vec<Mask>; 2],
    pub second_muting: SecondMuting,
    /// The towers that one of the two has alone.
    pub alone: [Vec<String>; 2],
}

/// What is asked under a number.
type Job = (Checkpoint, Arc<MapPainter>, (CompareTicket, CompareRequest));

/// The thread that compares, started when it is first asked.
#[derive(Default)]
pub(super) struct Comparer(Option<Sender<Job>>);

impl Comparer {
    pub fn ask(
        &mut self,
        own: Checkpoint,
        painter: Arc<MapPainter>,
        wanted: (CompareTicket, CompareRequest),
        send: impl Fn(CompareTicket, Result<Compared, EngineError>) + Send + 'static,
    ) {
        let jobs = self.0.get_or_insert_with(|| {
            let (jobs, inbox) = channel();
            thread::spawn(move || work(&inbox, &send));
            jobs
        });
        // The thread lives as long as this end.
        let _ = jobs.send((own, painter, wanted));
    }
}

fn work(inbox: &Receiver<Job>, send: &dyn Fn(CompareTicket, Result<Compared, EngineError>)) {
    let mut second = None;
    while let Ok(mut job) = inbox.recv() {
        while let Ok(newer) = inbox.try_recv() {
            job = newer;
        }
        let (own, painter, (ticket, wanted)) = job;
        let result = catch_panic(|| compared(own, &painter, &wanted, &mut second))
            .map_err(EngineError::from);
        send(ticket, result.flatten());
    }
}

/// The network that was last held against the first, and its file as it was then.
pub(super) type SecondNetwork = Option<((Option<PathBuf>, Option<FileId>), Predictor)>;

/// The second network, read anew where its file has changed.
pub(super) fn loaded<'a>(
    path: Option<&Path>,
    second: &'a mut SecondNetwork,
) -> Result<&'a Predictor, EngineError> {
    // A run may have written new weights under the old name.
    let file = (path.map(Path::to_owned), path.and_then(FileId::of));
    if second.as_ref().is_none_or(|(of, _)| *of != file) {
        let device = Device::flex();
        let checkpoint = match path {
            Some(path) => Checkpoint::load(path, &device)?,
            None => bundled(&device).map_err(EngineError::Bundled)?,
        };
        *second = Some((file, Predictor::new(checkpoint, device)));
    }
    let (_, predictor) = second.as_ref().ok_or(EngineError::NoSecond)?;
    Ok(predictor)
}

fn compared(
    own: Checkpoint,
    painter: &MapPainter,
    wanted: &CompareRequest,
    second: &mut SecondNetwork,
) -> Result<Compared, EngineError> {
    let own = Predictor::new(own, Device::flex());
    let taps = own.network().taps_at(wanted.place);
    let request = wanted.request(&own, second)?;
    let maps = request.run()?;
    let theirs = match request.second {
        Some(Second::Network(other)) => other.network(),
        _ => own.network(),
    };
    let muted = maps.muted_pairs();
    let difference = maps.difference(wanted.own_ranges);
    let joint = maps.has_difference() && !wanted.own_ranges;
    let other = maps.second.ok_or(EngineError::NoSecond)?;
    let by_first = |mask: Mask| {
        Some(Mask {
            tower: own.network().tower(theirs.tower_name(mask.tower))?,
            ..mask
        })
    };
    let mut found = Compared {
        place: wanted.place,
        second_input: other.input,
        first: Vec::new(),
        second: Vec::new(),
        difference: Vec::new(),
        kinship: maps.kinship,
        matched: wanted.matched.clone(),
        masks: [
            maps.first.masks,
            other.masks.into_iter().filter_map(by_first).collect(),
        ],
        second_muting: maps.second_muting,
        alone: maps.alone,
    };
    let upload = |tap: &Tap, map, stats| TowerMaps::uploaded(painter, tap.tower, map, stats);
    let mut pairs = maps.first.maps.into_iter().zip(other.maps).peekable();
    let mut differences = difference.into_iter();
    let mut muted = muted.iter();
    for tap in &taps {
        let name = own.network().tower_name(tap.tower);
        let Some((a, b)) = pairs.next_if(|(a, _)| a.tower == name) else {
            found.first.push(None);
            found.second.push(None);
            found.difference.push(None);
            continue;
        };
        let (of_a, of_b) = (Stats::of_map(&a), Stats::of_map(&b));
        let ranged =
            |own: &[Stats], other: &[Stats]| joint.then(|| Stats::all_ranged_with(own, other));
        found.first.push(Some(upload(tap, a, ranged(&of_a, &of_b))));
        found
            .second
            .push(Some(upload(tap, b, ranged(&of_b, &of_a))));
        let muted = muted.next().map_or(&[][..], |muted| muted);
        let difference = differences.next();
        found
            .difference
            .push(difference.map(|map| TowerMaps::hatched(painter, tap.tower, map, muted)));
    }
    Ok(found)
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
        let actual = loaded(Some(&path), &mut second).unwrap_err();
        assert!(
            actual.to_string().contains("second.safetensors"),
            "{actual}"
        );
        assert!(loaded(None, &mut second).is_ok());
    }
}
