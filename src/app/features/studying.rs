//! Studies over the faces of the list, as the view wants them.

use crate::app::faces::list::List;
use crate::app::features::view::FeatureView;
use crate::dataset::{FaceSubset, Population, SUBSET_SEED};
use crate::engine::{Faces, FeatureRequest, PhotoFace, Study, StudyRequest};
use crate::label::Schema;
use crate::model::{Tap, TowerId};
use crate::study::{ExplainRequest, Method, Target};

/// Seed of the random weights that an explanation is checked against.
const CHECK_SEED: u64 = 1;
/// Faces by whose maps the channels of two networks are matched.
const MATCH_FACES: usize = 32;

/// A study, and the faces that it is over.
pub struct NewStudy {
    pub study: Study,
    pub faces: FaceSubset,
}

impl NewStudy {
    /// Over no faces of the list.
    pub fn of(study: Study) -> Self {
        Self {
            study,
            faces: FaceSubset::none(),
        }
    }

    fn over(list: &List, faces: FaceSubset, study: impl FnOnce(Faces) -> Study) -> Self {
        let indices = faces.indices.clone();
        let samples = list.samples.clone();
        Self {
            study: study(Faces {
                data: list.info.name.clone(),
                samples,
                indices,
            }),
            faces,
        }
    }
}

impl FeatureView {
    pub fn rank(&self, list: &List) -> Option<NewStudy> {
        let tower = self.tower().filter(|_| self.place.is_conv())?.maps.id;
        let layer = self.place.layer;
        let faces = self.draw_faces(list, Some(self.studies.faces.rank), true);
        Some(NewStudy::over(list, faces, |faces| Study::Rank {
            tower,
            layer,
            faces,
        }))
    }

    pub fn find_top_activations(&self, list: &List) -> NewStudy {
        let place = self.place;
        let faces = self.draw_faces(list, None, false);
        NewStudy::over(list, faces, |faces| Study::TopActivations { place, faces })
    }

    pub fn match_channels(&self, list: &List) -> Option<NewStudy> {
        let second = self.comparison.weights()?.clone();
        let place = self.place;
        let faces = self.draw_faces(list, Some(MATCH_FACES), false);
        Some(NewStudy::over(list, faces, |faces| Study::Match {
            place,
            second,
            faces,
        }))
    }

    pub fn measure_towers(&self, list: &List) -> NewStudy {
        let faces = self.draw_faces(list, Some(self.studies.faces.towers), true);
        NewStudy::over(list, faces, |faces| Study::Towers { faces })
    }

    pub fn explain(&self, face: PhotoFace, schema: &Schema, check: bool) -> Option<NewStudy> {
        let (target, method) = self.explanation_wanted(schema)?;
        let request = ExplainRequest {
            target,
            method,
            check: check.then_some(CHECK_SEED),
        };
        Some(NewStudy::of(Study::Explain { face, request }))
    }

    /// Notes that a study starts.
    pub fn start(&mut self, start: NewStudy) -> FeatureRequest {
        let NewStudy { study, faces } = start;
        let ticket = self.studies.starts(study.kind(), faces);
        FeatureRequest::Study(StudyRequest { ticket, study })
    }

    /// So many faces of the list, or all of them, whatever it is sorted by; of those that it shows
    /// where that is wanted.
    fn draw_faces(&self, list: &List, at_most: Option<usize>, labelled: bool) -> FaceSubset {
        let of_shown = self.studies.faces.of_shown && list.is_filtered();
        let population = Population {
            data: &list.info.name,
            shown: of_shown.then_some(&list.order.shown),
            labelled,
        };
        let samples: Vec<_> = list.samples.iter().collect();
        FaceSubset::draw(&samples, population, at_most, SUBSET_SEED)
    }

    /// What is explained, and how.
    fn explanation_wanted(&self, schema: &Schema) -> Option<(Target, Method)> {
        let (task, item) = self.attention.of;
        let target = match schema.tasks.get(task)?.is_points() {
            true => Target::Point { task, item },
            false => Target::Attribute { task, item },
        };
        let how = match self.attention.grad_cam {
            false => Method::Occlusion(self.attention.occlusion),
            true => Method::GradCam(self.tower().filter(|_| self.attention.of_shown).map(|t| {
                // A tower of another task says nothing about this one.
                let own = TowerId::Task(task);
                let tower = match t.maps.id {
                    TowerId::Shared => TowerId::Shared,
                    TowerId::Task(_) => own,
                };
                Tap::at(tower, self.place)
            })),
        };
        Some((target, how))
    }
}
