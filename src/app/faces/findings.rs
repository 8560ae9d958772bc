//! What a predictor has said about the faces of a list. A list may have 200,000 faces, and work in
//! the background (sorting, reports, tables) wants all of it at once: findings stand in chunks
//! that are shared, so that handing them over costs a few pointers, and what is found meanwhile
//! copies one chunk.

use std::sync::Arc;

use crate::app::faces::points::{nme, points_of};
use crate::label::{Annotation, FaceBox, Prediction, Schema};

/// Faces in a chunk.
const CHUNK: usize = 512;

/// What was said about a face, and how good it is.
#[derive(Clone, Debug)]
pub struct Finding {
    pub prediction: Arc<Prediction>,
    /// The box in which it was made.
    pub face_box: FaceBox,
    /// Mean distance of predicted and labelled points over L, as a fraction; NaN where unknown.
    pub nme: f32,
    /// Whether a predicted point is farther than α·L from its label.
    pub misses: bool,
}

impl Finding {
    pub fn new(
        labels: Option<&Annotation>,
        schema: &Schema,
        face_box: FaceBox,
        prediction: impl Into<Arc<Prediction>>,
    ) -> Self {
        let prediction = prediction.into();
        let points = points_of(schema, labels, Some(&prediction));
        let misses = points.iter().any(|p| p.is_found() == Some(false));
        Self {
            prediction,
            face_box,
            nme: nme(&points),
            misses,
        }
    }
}

/// A finding for each face that has one. Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    chunks: Vec<Option<Arc<Vec<Option<Finding>>>>>,
    len: usize,
    found: usize,
}

impl Findings {
    /// For `len` faces, nothing found yet.
    pub fn none(len: usize) -> Self {
        Self {
            chunks: vec![None; len.div_ceil(CHUNK)],
            len,
            found: 0,
        }
    }

    pub fn get(&self, face: usize) -> Option<&Finding> {
        self.chunks.get(face / CHUNK)?.as_ref()?[face % CHUNK].as_ref()
    }

    /// Faces that the list does not have are left out.
    pub fn set(&mut self, face: usize, finding: Finding) {
        if face >= self.len {
            return;
        }
        let chunk = self.chunks[face / CHUNK].get_or_insert_with(|| Arc::new(vec![None; CHUNK]));
        let before = Arc::make_mut(chunk)[face % CHUNK].replace(finding);
        self.found += usize::from(before.is_none());
    }

    /// Room for a face more, of which nothing is found.
    pub fn push(&mut self) {
        self.len += 1;
        self.chunks.resize(self.len.div_ceil(CHUNK), None);
    }

    /// Forgets what was said of a face.
    pub fn remove(&mut self, face: usize) {
        if self.get(face).is_some()
            && let Some(Some(chunk)) = self.chunks.get_mut(face / CHUNK)
        {
            Arc::make_mut(chunk)[face % CHUNK] = None;
            self.found -= 1;
        }
    }

    /// How many faces there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// How many faces have a finding.
    pub fn found(&self) -> usize {
        self.found
    }

    pub fn is_complete(&self) -> bool {
        self.found == self.len
    }

    pub fn clear(&mut self) {
        *self = Self::none(self.len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{TaskPrediction, distance};

    fn finding(x: f32) -> Finding {
        let prediction = Prediction {
            tasks: vec![TaskPrediction::Points(vec![[x, 0.0]; 5])],
        };
        let face_box = FaceBox::new(0.0, 0.0, 9.0, 9.0);
        Finding::new(None, &Schema::face(), face_box, prediction)
    }

    #[test]
    fn a_handed_over_copy_stays_as_it_was() {
        let mut findings = Findings::none(1300);
        findings.set(1200, finding(1.0));
        let handed = findings.clone();
        findings.set(1200, finding(2.0));
        findings.set(7, finding(3.0));
        findings.set(1300, finding(4.0));
        let x = |f: &Findings, at| {
            let TaskPrediction::Points(points) = &f.get(at)?.prediction.tasks[0] else {
                return None;
            };
            Some(distance(points[0], [0.0, 0.0]))
        };
        assert_eq!((x(&handed, 1200), x(&handed, 7)), (Some(1.0), None));
        assert_eq!(
            (x(&findings, 1200), x(&findings, 7)),
            (Some(2.0), Some(3.0))
        );
        assert_eq!((handed.found(), findings.found()), (1, 2));
        assert!(findings.get(1300).is_none() && !findings.is_complete());
        findings.remove(7);
        findings.remove(7);
        findings.remove(99_999);
        assert_eq!((x(&findings, 7), findings.found()), (None, 1));
        findings.clear();
        assert!(findings.get(7).is_none() && findings.found() == 0);
    }
}
