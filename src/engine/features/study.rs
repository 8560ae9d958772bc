//! Questions about a layer that take a while: which channels matter, which photos excite them,
//! which tower matters, where the network looked. Each runs on a thread and a CPU device of its
//! own, tells how far it is, and ends at once when it is stopped; what was found until then is
//! told.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use burn::tensor::Device;
use image::RgbImage;

use super::compare::loaded;
use super::figures::{FigureWanted, write};
use super::maps::LookedAt;
use super::{FeatureReply, Reply};
use crate::batch::crop_image;
use crate::dataset::Sample;
use crate::engine::caught;
use crate::label::{FaceBox, Point, TaskPrediction};
use crate::logs::error_words;
use crate::measure::ALPHA;
use crate::model::{
    Activation, Checkpoint, Effects, Excitement, HeatMap, Layer, Matching, Occlusion, Place,
    Predictor, Tap, Target, TowerId, Towers, channel_effects, grad_cam, grad_cam_words, last_tap,
    match_channels, most_exciting, occlusion, randomised, rank_correlation, subjects, towers,
};
use crate::photo::PhotoError;

/// Seed of the weights that an explanation is checked against.
const SEED: u64 = 1;
/// Photos kept for each channel.
const EXAMPLES: usize = 10;
/// Progress is told no more often than this.
const EVERY: Duration = Duration::from_millis(80);

/// What is asked.
pub enum Study {
    /// The effect of muting each channel of a layer, one by one.
    Rank { tower: TowerId, layer: Layer },
    /// The faces that excite each channel of a place most.
    Excite { place: Place },
    /// Which channels of a second network answer as those of the first do at a place.
    Match {
        place: Place,
        /// Its file; the bundled one if `None`.
        second: Option<PathBuf>,
    },
    /// Every task with either half of the joined maps at zero, depth by depth.
    Towers,
    /// Where the network looked for a target.
    Explain {
        face: LookedAt,
        target: Target,
        how: Looking,
        /// Whether the same is done with random weights.
        check: bool,
    },
    /// A figure, or the maps themselves, into files.
    Write(Box<FigureWanted>),
}

/// How it is found where the network looked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Looking {
    Occlusion(Occlusion),
    /// Of this map; of the task tower's last if `None`.
    GradCam(Option<Tap>),
}

impl Looking {
    /// In how many steps progress is told.
    fn steps(self) -> Result<usize> {
        match self {
            Self::Occlusion(patch) => {
                patch.validate().map_err(anyhow::Error::msg)?;
                Ok(patch.patches())
            }
            Self::GradCam(_) => Ok(1),
        }
    }
}

impl Looking {
    /// "occlusion by 16 px", "Grad-CAM of Attributes Conv4-3".
    fn words(self, predictor: &Predictor, target: Target) -> String {
        match self {
            Self::Occlusion(o) => o.words(),
            Self::GradCam(tap) => {
                let network = predictor.network();
                match tap.or_else(|| last_tap(network, target.task())) {
                    Some(tap) => grad_cam_words(network, tap),
                    None => "Grad-CAM".into(),
                }
            }
        }
    }
}

/// Of each kind one runs at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StudyKind {
    Rank,
    Excite,
    Match,
    Towers,
    Explain,
    Write,
}

impl Study {
    pub fn kind(&self) -> StudyKind {
        match self {
            Self::Rank { .. } => StudyKind::Rank,
            Self::Excite { .. } => StudyKind::Excite,
            Self::Match { .. } => StudyKind::Match,
            Self::Towers => StudyKind::Towers,
            Self::Explain { .. } => StudyKind::Explain,
            Self::Write(_) => StudyKind::Write,
        }
    }
}

/// A study and the faces it is over.
pub struct StudyWanted {
    pub ticket: u64,
    pub study: Study,
    pub samples: Arc<Vec<Sample>>,
    /// Which of them, in this order.
    pub wanted: Vec<u32>,
    /// Pictures of the wanted ones that are in no file.
    pub drawn: Vec<(u32, Arc<RgbImage>)>,
}

/// News of a study.
pub struct Studied {
    pub ticket: u64,
    pub kind: StudyKind,
    pub finding: Finding,
}

pub enum Finding {
    Progress {
        done: usize,
        of: usize,
        elapsed: Duration,
    },
    Effects(Effects),
    /// Examples name faces by their place among those wanted.
    Excitement {
        place: Place,
        taps: Vec<Tap>,
        found: Excitement,
    },
    Matched {
        place: Place,
        second: Option<PathBuf>,
        found: Vec<Matching>,
        /// Fingerprints of both.
        networks: [String; 2],
    },
    Towers(Towers),
    /// How many faces what is found leaves out because their pictures could not be read, and why
    /// the first could not.
    LeftOut(usize, String),
    Explained(Box<Explained>),
    /// Where it was written.
    Written(Vec<PathBuf>),
    /// A figure for no file.
    Drawn(RgbImage),
    /// Stopped before anything was found.
    Nothing,
    Failed(String),
}

/// Where the network looked.
pub struct Explained {
    /// As the face was asked about.
    pub ticket: u64,
    pub face_box: FaceBox,
    pub target: Target,
    pub how: Looking,
    /// How, in words, with the tower and the layer that Grad-CAM weighed.
    pub method: String,
    pub input: RgbImage,
    pub heat: HeatMap,
    /// The found point, in input pixels.
    pub at: Option<Point>,
    /// The same from random weights, with the rank correlation of both; no number where one of
    /// them is flat.
    pub random: Option<(HeatMap, Option<f64>)>,
}

/// Those that run; they end when they are dropped.
#[derive(Default)]
pub(super) struct Studies(Vec<(StudyKind, Arc<AtomicBool>)>);

impl Studies {
    pub fn start(
        &mut self,
        own: Checkpoint,
        wanted: StudyWanted,
        say: Arc<dyn Fn(Reply) + Send + Sync>,
    ) {
        let kind = wanted.study.kind();
        self.stop(kind);
        let stop = Arc::new(AtomicBool::new(false));
        self.0.push((kind, stop.clone()));
        thread::spawn(move || {
            let ticket = wanted.ticket;
            let tell = |finding| {
                say(Reply::Feature(FeatureReply::Studied(Studied {
                    ticket,
                    kind,
                    finding,
                })));
            };
            let run = Run {
                predictor: Predictor::new(own, Device::flex()),
                stop,
                tell: &tell,
                began: Instant::now(),
            };
            let found = caught(|| run.study(wanted).map_err(|e| error_words(&e)));
            tell(found.flatten().unwrap_or_else(Finding::Failed));
        });
    }

    pub fn stop(&mut self, kind: StudyKind) {
        self.0.retain(|(of, stop)| {
            if *of == kind {
                stop.store(true, Ordering::Relaxed);
            }
            *of != kind
        });
    }
}

impl Drop for Studies {
    fn drop(&mut self) {
        for (kind, stop) in &self.0 {
            // What is being written is wanted whatever comes next.
            if *kind != StudyKind::Write {
                stop.store(true, Ordering::Relaxed);
            }
        }
    }
}

/// One study on its thread.
struct Run<'a> {
    predictor: Predictor,
    stop: Arc<AtomicBool>,
    tell: &'a dyn Fn(Finding),
    began: Instant,
}

impl Run<'_> {
    /// Tells how far it is, now and then; false when it is to end.
    fn progress(&self, of: usize) -> impl FnMut(usize) -> bool + '_ {
        let mut told = None::<Instant>;
        move |done| {
            if told.is_none_or(|t| t.elapsed() >= EVERY) {
                told = Some(Instant::now());
                let elapsed = self.began.elapsed();
                (self.tell)(Finding::Progress { done, of, elapsed });
            }
            !self.stop.load(Ordering::Relaxed)
        }
    }

    fn study(&self, wanted: StudyWanted) -> Result<Finding> {
        let StudyWanted {
            study,
            samples,
            wanted,
            drawn,
            ..
        } = wanted;
        match study {
            Study::Explain {
                face,
                target,
                how,
                check,
            } => return self.explain(&face, target, how, check),
            Study::Write(figure) => {
                return write(&self.predictor, &figure);
            }
            _ => {}
        }
        let folder = tempfile::tempdir().context("a temporary folder")?;
        let drawn = on_disk(&samples, &drawn, folder.path())?;
        let sample = |i: &u32| drawn.get(i).or_else(|| samples.get(*i as usize));
        let samples: Vec<&Sample> = wanted.iter().filter_map(sample).collect();
        ensure!(!samples.is_empty(), "there are no faces to look at");
        match study {
            Study::Rank { tower, layer } => self.rank((tower, layer), &samples),
            Study::Excite { place } => {
                let taps = self.predictor.network().taps_at(place);
                ensure!(!taps.is_empty(), "no tower has {place}");
                let by = (EXAMPLES, Activation::Max);
                let progress = self.progress(samples.len());
                let found = most_exciting(&self.predictor, &taps, &samples, by, progress);
                self.left_out(&found.problems);
                self.over(found.faces, Finding::Excitement { place, taps, found })
            }
            Study::Match { place, second } => self.match_with(place, second, &samples),
            _ => {
                let progress = self.progress(samples.len());
                let (found, problems) = towers(&self.predictor, &samples, ALPHA, progress);
                self.left_out(&problems);
                self.over(found.faces, Finding::Towers(found))
            }
        }
    }

    fn match_with(
        &self,
        place: Place,
        second: Option<PathBuf>,
        samples: &[&Sample],
    ) -> Result<Finding> {
        let mut kept = None;
        let other = loaded(second.as_deref(), &mut kept)?;
        let progress = self.progress(samples.len());
        let both = [&self.predictor, other];
        let (found, problems) =
            match_channels(both, place, samples, progress).map_err(anyhow::Error::msg)?;
        self.left_out(&problems);
        let faces = found.first().map_or(0, |m| m.faces);
        let matched = Finding::Matched {
            place,
            second,
            found,
            networks: both.map(|p| p.network().fingerprint()),
        };
        self.over(faces, matched)
    }

    fn left_out(&self, problems: &[PhotoError]) {
        if let Some(first) = problems.first() {
            (self.tell)(Finding::LeftOut(problems.len(), first.to_string()));
        }
    }

    /// A finding over so many faces; over none it is nothing, and its reason.
    fn over(&self, faces: usize, finding: Finding) -> Result<Finding> {
        if faces > 0 {
            return Ok(finding);
        }
        ensure!(
            self.stop.load(Ordering::Relaxed),
            "none of the pictures could be read"
        );
        Ok(Finding::Nothing)
    }

    fn rank(&self, (tower, layer): (TowerId, Layer), samples: &[&Sample]) -> Result<Finding> {
        let network = self.predictor.network();
        ensure!(
            network.taps().contains(&Tap::conv(tower, layer)),
            "{} has no {layer}",
            network.tower_name(tower),
            layer = layer.name()
        );
        let channels = Place::conv(layer).channels(network.config().width);
        let mut progress = self.progress(samples.len() * channels);
        let mut problems = Vec::new();
        let readable = subjects(&self.predictor, samples)
            .filter_map(|subject| subject.map_err(|problem| problems.push(problem)).ok());
        let found = channel_effects(
            &self.predictor,
            (tower, layer),
            readable,
            |face, channel| progress(face * channels + channel),
        );
        self.left_out(&problems);
        self.over(found.faces, Finding::Effects(found))
    }

    fn explain(
        &self,
        face: &LookedAt,
        target: Target,
        how: Looking,
        check: bool,
    ) -> Result<Finding> {
        let predictor = &self.predictor;
        let (photo, face_box) = (&face.photo, &face.face_box);
        let input = predictor.input_values(photo, face_box);
        let steps = how.steps()?;
        let mut progress = self.progress(steps * (1 + usize::from(check)));
        let Some(own) = looked(predictor, &input, (target, how), &mut progress)? else {
            return Ok(Finding::Nothing);
        };
        let random = if check {
            let random = randomised(predictor, SEED);
            let both = |done| progress(steps + done);
            let Some(random) = looked(&random, &input, (target, how), both)? else {
                return Ok(Finding::Nothing);
            };
            let alike = rank_correlation(&own.grid, &random.grid);
            Some((random, alike))
        } else {
            None
        };
        let prediction = predictor.predict(photo, &[*face_box]).pop();
        let point = match target {
            Target::Point { task, item } | Target::Coordinate { task, item, .. } => {
                match prediction.as_ref().and_then(|p| p.tasks.get(task)) {
                    Some(TaskPrediction::Points(points)) => points.get(item).copied(),
                    _ => None,
                }
            }
            Target::Attribute { .. } => None,
        };
        let transform = face_box.transform();
        Ok(Finding::Explained(Box::new(Explained {
            ticket: face.ticket,
            face_box: *face_box,
            target,
            how,
            method: how.words(predictor, target),
            input: crop_image(photo, &transform),
            heat: own,
            at: point.map(|p| transform.to_input(p)),
            random,
        })))
    }
}

/// A heat map; `None` if `progress` ends it.
fn looked(
    predictor: &Predictor,
    input: &[f32],
    (target, how): (Target, Looking),
    mut progress: impl FnMut(usize) -> bool,
) -> Result<Option<HeatMap>> {
    let found = match how {
        Looking::Occlusion(patch) => occlusion(predictor, input, target, patch, progress),
        Looking::GradCam(_) if !progress(0) => Ok(None),
        Looking::GradCam(tap) => {
            let last = last_tap(predictor.network(), target.task());
            let tap = tap.or(last).context("the network has no convolution")?;
            grad_cam(predictor, input, target, tap).map(Some)
        }
    };
    found.map_err(anyhow::Error::msg)
}

/// The samples whose pictures are in no file, with one in `folder`, without loss.
fn on_disk(
    samples: &[Sample],
    drawn: &[(u32, Arc<RgbImage>)],
    folder: &Path,
) -> Result<HashMap<u32, Sample>> {
    let mut all = HashMap::new();
    for (index, picture) in drawn {
        let Some(sample) = samples.get(*index as usize) else {
            continue;
        };
        let path = folder.join(format!("{index}.png"));
        picture
            .save(&path)
            .with_context(|| path.display().to_string())?;
        let path = path.into();
        let sample = Sample {
            path,
            ..sample.clone()
        };
        all.insert(*index, sample);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use crate::label::Schema;
    use crate::model::{Config, Network};

    /// What is told of an occlusion with its check, to the end.
    fn told(target: Target) -> Vec<Finding> {
        let config = Config::variant("ours_concat").unwrap().sized(1, 4);
        let network = Network::new(&config, &Schema::face(), 1, &Device::flex());
        let patch = Occlusion {
            patch: 64,
            stride: 64,
            ..Occlusion::default()
        };
        let wanted = StudyWanted {
            ticket: 1,
            study: Study::Explain {
                face: LookedAt {
                    ticket: 1,
                    photo: Arc::new(RgbImage::new(64, 64)),
                    face_box: FaceBox::new(0.0, 0.0, 64.0, 64.0),
                },
                target,
                how: Looking::Occlusion(patch),
                check: true,
            },
            samples: Arc::default(),
            wanted: Vec::new(),
            drawn: Vec::new(),
        };
        let (said, heard) = channel();
        let say = move |reply| {
            if let Reply::Feature(FeatureReply::Studied(news)) = reply {
                said.send(news.finding).unwrap();
            }
        };
        let mut studies = Studies::default();
        studies.start(Checkpoint::new(network), wanted, Arc::new(say));
        heard.into_iter().collect()
    }

    #[test]
    fn a_panic_is_told_as_a_failure() {
        let (task, item) = (9, 0);
        let last = told(Target::Attribute { task, item }).pop();
        assert!(matches!(last, Some(Finding::Failed(why)) if why.contains("erred")));
    }

    #[test]
    fn one_count_goes_over_the_map_and_its_check() {
        let (task, item) = (1, 3);
        let mut all = told(Target::Attribute { task, item });
        let Some(Finding::Explained(found)) = all.pop() else {
            panic!("nothing was found");
        };
        assert!(found.random.is_some());
        let counts: Vec<usize> = all
            .iter()
            .map(|news| match news {
                Finding::Progress { done, of: 8, .. } => *done,
                _ => panic!("no progress of two maps"),
            })
            .collect();
        assert!(
            counts.is_sorted() && counts.first() == Some(&0),
            "{counts:?}"
        );
    }
}
