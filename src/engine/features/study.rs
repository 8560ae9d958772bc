//! Questions about a layer that take a while: which channels matter, which photos activate them most,
//! which tower matters, where the network looked. Each runs on a thread and a CPU device of its
//! own, tells how far it is, and ends at once when it is stopped; what was found until then is
//! told.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use burn::tensor::Device;

use super::compare::loaded;
use super::maps::PhotoFace;
use crate::background::catch_panic;
use crate::dataset::{Sample, Samples};
use crate::engine::tickets::{FaceKey, StudyTicket};
use crate::logs::error_chain;
use crate::measure::ALPHA;
use crate::model::{Checkpoint, Layer, Predictor, Tap, TapLayer, TowerId};
use crate::photo::PhotoError;
use crate::study::{
    Activation, Effects, ExplainRequest, Explanation, Matching, TopActivations, Towers,
    effects_over, match_channels, top_activations, towers,
};

/// Photos kept for each channel.
const EXAMPLES: usize = 10;
/// Progress is told no more often than this.
const EVERY: Duration = Duration::from_millis(80);

/// What is asked.
pub enum Study {
    /// The effect of muting each channel of a layer, one by one.
    Rank {
        tower: TowerId,
        layer: Layer,
        faces: Faces,
    },
    /// The faces that activate each channel of a place most.
    TopActivations { place: TapLayer, faces: Faces },
    /// Which channels of a second network answer as those of the first do at a place.
    Match {
        place: TapLayer,
        /// Its file; the bundled one if `None`.
        second: Option<PathBuf>,
        faces: Faces,
    },
    /// Every task with either half of the joined maps at zero, depth by depth.
    Towers { faces: Faces },
    /// Where the network looked.
    Explain {
        face: PhotoFace,
        request: ExplainRequest,
    },
}

/// The faces that a study is over.
pub struct Faces {
    /// Name of their data set.
    pub data: String,
    pub samples: Samples,
    /// Which of them, in this order.
    pub indices: Vec<u32>,
}

/// Of each kind one runs at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StudyKind {
    Rank,
    TopActivations,
    Match,
    Towers,
    Explain,
}

impl Study {
    pub fn kind(&self) -> StudyKind {
        match self {
            Self::Rank { .. } => StudyKind::Rank,
            Self::TopActivations { .. } => StudyKind::TopActivations,
            Self::Match { .. } => StudyKind::Match,
            Self::Towers { .. } => StudyKind::Towers,
            Self::Explain { .. } => StudyKind::Explain,
        }
    }
}

/// A study, and the number that its news bear.
pub struct StudyRequest {
    pub ticket: StudyTicket,
    pub study: Study,
}

/// News of a study.
pub struct StudyNews {
    pub ticket: StudyTicket,
    pub kind: StudyKind,
    pub finding: StudyResult,
}

pub enum StudyResult {
    Progress {
        done: usize,
        of: usize,
        elapsed: Duration,
    },
    Effects(Effects),
    /// Examples name faces by their place among those wanted.
    TopActivations {
        place: TapLayer,
        taps: Vec<Tap>,
        found: TopActivations,
    },
    Matched {
        place: TapLayer,
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
    /// Stopped before anything was found.
    Nothing,
    Failed(String),
}

/// Where the network looked.
pub struct Explained {
    /// As the face was asked about.
    pub key: FaceKey,
    pub explanation: Explanation,
}

/// Those that run; they end when they are dropped.
#[derive(Default)]
pub(super) struct Studies(Vec<(StudyKind, Arc<AtomicBool>)>);

impl Studies {
    pub fn start(
        &mut self,
        own: Checkpoint,
        wanted: StudyRequest,
        send: impl Fn(StudyNews) + Send + 'static,
    ) {
        let kind = wanted.study.kind();
        self.stop(kind);
        let stop = Arc::new(AtomicBool::new(false));
        self.0.push((kind, stop.clone()));
        thread::spawn(move || {
            let ticket = wanted.ticket;
            let tell = |finding| {
                send(StudyNews {
                    ticket,
                    kind,
                    finding,
                });
            };
            let run = Run {
                predictor: Predictor::new(own, Device::flex()),
                stop,
                tell: &tell,
                began: Instant::now(),
            };
            let found = catch_panic(|| run.study(wanted.study)).map_err(anyhow::Error::from);
            tell(
                found
                    .flatten()
                    .unwrap_or_else(|e| StudyResult::Failed(error_chain(&e))),
            );
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
        for (_, stop) in &self.0 {
            stop.store(true, Ordering::Relaxed);
        }
    }
}

/// One study on its thread.
struct Run<'a> {
    predictor: Predictor,
    stop: Arc<AtomicBool>,
    tell: &'a dyn Fn(StudyResult),
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
                (self.tell)(StudyResult::Progress { done, of, elapsed });
            }
            !self.stop.load(Ordering::Relaxed)
        }
    }

    fn study(&self, study: Study) -> Result<StudyResult> {
        match study {
            Study::Rank {
                tower,
                layer,
                faces,
            } => faces.with(|samples| self.rank((tower, layer), (&faces.data, samples))),
            Study::TopActivations { place, faces } => {
                faces.with(|samples| self.top_activations(place, samples))
            }
            Study::Match {
                place,
                second,
                faces,
            } => faces.with(|samples| self.match_with(place, second, samples)),
            Study::Towers { faces } => faces.with(|samples| self.towers((&faces.data, samples))),
            Study::Explain { face, request } => self.explain(&face, request),
        }
    }

    fn top_activations(&self, place: TapLayer, samples: &[&Sample]) -> Result<StudyResult> {
        let taps = self.predictor.network().taps_at(place);
        ensure!(!taps.is_empty(), "no tower has {place}");
        let by = (EXAMPLES, Activation::Max);
        let progress = self.progress(samples.len());
        let found = top_activations(&self.predictor, &taps, samples, by, progress);
        self.left_out(&found.problems);
        self.over(
            found.faces,
            StudyResult::TopActivations { place, taps, found },
        )
    }

    fn towers(&self, faces: (&str, &[&Sample])) -> Result<StudyResult> {
        let progress = self.progress(faces.1.len());
        let (found, problems) = towers(&self.predictor, faces, ALPHA, progress);
        self.left_out(&problems);
        self.over(found.faces, StudyResult::Towers(found))
    }

    fn match_with(
        &self,
        place: TapLayer,
        second: Option<PathBuf>,
        samples: &[&Sample],
    ) -> Result<StudyResult> {
        let mut kept = None;
        let other = loaded(second.as_deref(), &mut kept)?;
        let progress = self.progress(samples.len());
        let both = [&self.predictor, other];
        let (found, problems) = match_channels(both, place, samples, progress)?;
        self.left_out(&problems);
        let faces = found.first().map_or(0, |m| m.faces);
        let matched = StudyResult::Matched {
            place,
            second,
            found,
            networks: both.map(|p| p.network().fingerprint()),
        };
        self.over(faces, matched)
    }

    fn left_out(&self, problems: &[PhotoError]) {
        if let Some(first) = problems.first() {
            (self.tell)(StudyResult::LeftOut(problems.len(), first.to_string()));
        }
    }

    /// A finding over so many faces; over none it is nothing, and its reason.
    fn over(&self, faces: usize, finding: StudyResult) -> Result<StudyResult> {
        if faces > 0 {
            return Ok(finding);
        }
        ensure!(
            self.stop.load(Ordering::Relaxed),
            "none of the pictures could be read"
        );
        Ok(StudyResult::Nothing)
    }

    fn rank(
        &self,
        (tower, layer): (TowerId, Layer),
        faces: (&str, &[&Sample]),
    ) -> Result<StudyResult> {
        let network = self.predictor.network();
        ensure!(
            network.taps().contains(&Tap::conv(tower, layer)),
            "{} has no {layer}",
            network.tower_name(tower),
            layer = layer.name()
        );
        let channels = TapLayer::conv(layer).channels(network.config().width);
        let mut progress = self.progress(faces.1.len() * channels);
        let place = (tower, layer);
        let (found, problems) = effects_over(&self.predictor, place, faces, |face, channel| {
            progress(face * channels + channel)
        });
        self.left_out(&problems);
        self.over(found.faces, StudyResult::Effects(found))
    }

    fn explain(&self, face: &PhotoFace, request: ExplainRequest) -> Result<StudyResult> {
        let progress = self.progress(request.steps()?);
        let found = request.run(&self.predictor, &face.photo, &face.key.face_box, progress)?;
        Ok(match found {
            None => StudyResult::Nothing,
            Some(explanation) => StudyResult::Explained(Box::new(Explained {
                key: face.key,
                explanation,
            })),
        })
    }
}

impl Faces {
    /// Does work over these faces.
    fn with(&self, work: impl FnOnce(&[&Sample]) -> Result<StudyResult>) -> Result<StudyResult> {
        let sample = |i: &u32| self.samples.get(*i as usize);
        let samples: Vec<&Sample> = self.indices.iter().filter_map(sample).collect();
        ensure!(!samples.is_empty(), "there are no faces to look at");
        work(&samples)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use image::RgbImage;

    use super::*;
    use crate::engine::{FaceTicket, ListTicket};
    use crate::label::FaceBox;
    use crate::label::Schema;
    use crate::model::{Config, Network};
    use crate::study::{Method, Occlusion, Target};

    /// What is told of an occlusion with its check, to the end.
    fn told(target: Target) -> Vec<StudyResult> {
        let config = Config::variant("ours_concat").unwrap().sized(1, 4);
        let network = Network::new(&config, &Schema::face(), 1, &Device::flex());
        let patch = Occlusion {
            patch: 64,
            stride: 64,
            ..Occlusion::default()
        };
        let wanted = StudyRequest {
            ticket: StudyTicket(1),
            study: Study::Explain {
                face: PhotoFace {
                    key: FaceKey {
                        ticket: FaceTicket::listed(ListTicket(1), 1),
                        face_box: FaceBox::new(0.0, 0.0, 64.0, 64.0),
                    },
                    photo: Arc::new(RgbImage::new(64, 64)),
                },
                request: ExplainRequest {
                    target,
                    method: Method::Occlusion(patch),
                    check: Some(1),
                },
            },
        };
        let (actual, heard) = channel();
        let send = move |news: StudyNews| actual.send(news.finding).unwrap();
        let mut studies = Studies::default();
        studies.start(Checkpoint::new(network), wanted, send);
        heard.into_iter().collect()
    }

    #[test]
    fn a_panic_is_told_as_a_failure() {
        let (task, item) = (9, 0);
        let last = told(Target::Attribute { task, item }).pop();
        assert!(matches!(last, Some(StudyResult::Failed(why)) if why.contains("erred")));
    }

    #[test]
    fn one_count_goes_over_the_map_and_its_check() {
        let (task, item) = (1, 3);
        let mut all = told(Target::Attribute { task, item });
        let Some(StudyResult::Explained(found)) = all.pop() else {
            panic!("nothing was found");
        };
        assert!(found.explanation.random.is_some());
        let counts: Vec<usize> = all
            .iter()
            .map(|news| match news {
                StudyResult::Progress { done, of: 8, .. } => *done,
                _ => panic!("no progress of two maps"),
            })
            .collect();
        assert!(
            counts.is_sorted() && counts.first() == Some(&0),
            "{counts:?}"
        );
    }
}
