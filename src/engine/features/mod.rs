//! All that the window asks about feature maps: the maps of the face at hand and what muting does
//! come from the engine's own thread, newest wins; comparing two networks or photos, and work over
//! whole lists, each have a thread and a CPU device of their own, so that no frame and no face
//! waits for them.

mod compare;
mod export;
mod maps;
mod study;

use std::sync::Arc;

use anyhow::Result;

pub use compare::{Against, Compare, CompareRequest, Compared};
pub use export::{ExportContent, ExportNews, ExportOutcome, ExportRequest, MapsFigure, MapsOf};
pub use maps::{EffectRequest, LayerMaps, LayerMapsRequest, MutedAnswer, PhotoFace, TowerMaps};
pub use study::{Explained, Faces, Study, StudyKind, StudyNews, StudyRequest, StudyResult};

use super::error::EngineError;
use super::tickets::{CompareTicket, ExportTicket, FaceKey, FaceTicket};
use crate::label::Prediction;
use crate::map_painter::MapPainter;
use crate::model::{Checkpoint, Predictor, TapLayer};

/// What the window asks about maps.
pub enum FeatureRequest {
    Maps(LayerMapsRequest),
    Effect(EffectRequest),
    /// A second network or photo beside the first.
    Compare(CompareTicket, CompareRequest),
    /// Ends an earlier study of the same kind.
    Study(StudyRequest),
    Stop(StudyKind),
    /// Beside all others, to its end.
    Export(ExportTicket, Box<ExportRequest>),
}

/// What is answered.
pub enum FeatureReply {
    Maps(LayerMaps),
    /// There are no maps of this place for this face, and none will come until they are asked for
    /// again; and why.
    Failed(TapLayer, FaceTicket, String),
    Effect(MutedAnswer),
    Compared(CompareTicket, Result<Compared, EngineError>),
    Study(StudyNews),
    Export(ExportNews),
}

/// Where answers go, from any thread.
pub(super) type SendReply = Arc<dyn Fn(FeatureReply) + Send + Sync>;

/// What is still to be done on the engine's thread, and who works beside it.
#[derive(Default)]
pub(super) struct Features {
    maps: Option<LayerMapsRequest>,
    effect: Option<EffectRequest>,
    /// What the network says with all channels, of the newest face that was asked about.
    whole: Option<(FaceKey, Prediction)>,
    comparer: compare::Comparer,
    studies: study::Studies,
}

/// Work for the thread that has the network.
pub(super) enum Work {
    Maps(LayerMapsRequest),
    /// With the answer of all channels, where it is known.
    Effect(EffectRequest, Option<Prediction>),
}

impl Features {
    pub fn is_idle(&self) -> bool {
        self.maps.is_none() && self.effect.is_none()
    }

    /// Takes a request in; `own` is the network as the CPU has it.
    pub fn take_in(
        &mut self,
        request: FeatureRequest,
        own: Option<&Checkpoint>,
        painter: Option<&Arc<MapPainter>>,
        send: SendReply,
    ) {
        match request {
            FeatureRequest::Maps(wanted) => self.maps = Some(wanted),
            FeatureRequest::Effect(wanted) => self.effect = Some(wanted),
            FeatureRequest::Stop(kind) => self.studies.stop(kind),
            FeatureRequest::Export(ticket, request) => {
                if let Some(own) = own {
                    export::start(own.clone(), (ticket, request), move |news| {
                        send(FeatureReply::Export(news));
                    });
                }
            }
            FeatureRequest::Compare(number, wanted) => {
                if let Some((own, painter)) = own.zip(painter) {
                    let wanted = (number, wanted);
                    self.comparer.ask(
                        own.clone(),
                        painter.clone(),
                        wanted,
                        move |ticket, found| {
                            send(FeatureReply::Compared(ticket, found));
                        },
                    );
                }
            }
            FeatureRequest::Study(wanted) => {
                if let Some(own) = own {
                    self.studies.start(own.clone(), wanted, move |news| {
                        send(FeatureReply::Study(news));
                    });
                }
            }
        }
    }

    /// What to do next: maps before answers.
    pub fn next(&mut self) -> Option<Work> {
        if let Some(wanted) = self.maps.take() {
            return Some(Work::Maps(wanted));
        }
        let wanted = self.effect.take()?;
        let known = self.whole.as_ref().filter(|w| w.0 == wanted.face.key);
        let whole = known.map(|w| w.1.clone());
        Some(Work::Effect(wanted, whole))
    }

    /// Keeps what the next question about the same face has use for.
    pub fn remember(&mut self, reply: &FeatureReply) {
        if let FeatureReply::Effect(answer) = reply {
            self.whole = Some((answer.key, answer.whole.clone()));
        }
    }

    /// Ends and forgets what was asked about another network.
    pub fn another_network(&mut self) {
        self.studies = study::Studies::default();
        self.whole = None;
    }
}

impl Work {
    /// `None` without a device to draw on.
    pub fn done(
        &self,
        predictor: &Predictor,
        painter: Option<&MapPainter>,
        shared: bool,
    ) -> Option<Result<FeatureReply>> {
        match self {
            Self::Maps(wanted) => {
                let maps = maps::layer_maps(predictor, painter?, shared, wanted);
                Some(maps.map(FeatureReply::Maps))
            }
            Self::Effect(wanted, whole) => {
                let answer = maps::answer(predictor, wanted, whole.clone());
                Some(Ok(FeatureReply::Effect(answer)))
            }
        }
    }
}
