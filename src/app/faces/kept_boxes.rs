//! Boxes of lists that were open earlier in the session.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use super::boxes::HandBox;
use super::findings::Finding;
use super::list::List;
use crate::dataset::{BoxSource, Samples};
use crate::label::FaceBox;

/// A picture, and which of its faces in the list's order.
type FaceKey = (Arc<Path>, usize);

/// Where a face's box was moved to.
struct MovedBox {
    /// Where its data set has it: in another set the same place may be another face's.
    from: Option<FaceBox>,
    to: FaceBox,
    /// What the network of this hash found there.
    found: Option<(u64, Finding)>,
}

/// Boxes that somebody moved or drew, kept for the session: they are there when a picture is opened
/// again, as predictions are.
#[derive(Default)]
pub struct KeptBoxes {
    moved: HashMap<FaceKey, MovedBox>,
    drawn: HashMap<Arc<Path>, Vec<FaceBox>>,
}

impl KeptBoxes {
    /// How many boxes would be lost with this.
    pub fn count(&self) -> usize {
        self.moved.len() + self.drawn.values().map(Vec::len).sum::<usize>()
    }

    /// The photos that they are in, by their names.
    pub fn photos(&self) -> Vec<String> {
        let moved = self.moved.keys().map(|(path, _)| path);
        let paths: BTreeSet<&Arc<Path>> = moved.chain(self.drawn.keys()).collect();
        paths
            .into_iter()
            .map(|p| crate::dataset::name_of(p))
            .collect()
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes over what was done in a list. Pictures in memory have no file to be known again by.
    pub fn keep(&mut self, list: &List, network: Option<u64>) {
        if list.is_in_memory() || !list.boxes.changed {
            return;
        }
        for (index, (key, item)) in keys(&list.samples).zip(&list.items).enumerate() {
            if key.1 == 0 {
                self.drawn.remove(&key.0);
            }
            match item.source == BoxSource::Given {
                true => {
                    let found = list.findings.get(index);
                    let found = found.filter(|f| f.face_box == item.face_box);
                    let moved = MovedBox {
                        from: list.samples[index].region().map(|r| r.0),
                        to: item.face_box,
                        found: network.zip(found.cloned()),
                    };
                    self.moved.insert(key, moved)
                }
                false => self.moved.remove(&key),
            };
        }
        for hand in &list.boxes.hands {
            let all = self.drawn.entry(hand.path.clone()).or_default();
            all.push(hand.face_box);
        }
    }

    /// Puts boxes back into a list; how many.
    pub fn restore(&self, list: &mut List, network: Option<u64>) -> usize {
        if list.is_in_memory() || self.moved.is_empty() && self.drawn.is_empty() {
            return 0;
        }
        let mut count = 0;
        let samples = list.samples.clone();
        for (index, (key, item)) in keys(&samples).zip(&mut list.items).enumerate() {
            let from = samples[index].region().map(|r| r.0);
            if let Some(moved) = self.moved.get(&key).filter(|moved| moved.from == from) {
                (item.face_box, item.source) = (moved.to, BoxSource::Given);
                count += 1;
                if let Some((hash, found)) = &moved.found
                    && network == Some(*hash)
                {
                    list.findings.set(index, found.clone());
                }
            }
            // With the picture's first face.
            let (path, 0) = key else { continue };
            for face_box in self.drawn.get(&path).into_iter().flatten() {
                let number = list.boxes.hands.len() as u32;
                list.boxes
                    .hands
                    .push(HandBox::new(number, path.clone(), *face_box));
                count += 1;
            }
        }
        list.boxes.changed = count > 0;
        count
    }
}

/// What each face of a list is known by.
fn keys(samples: &Samples) -> impl Iterator<Item = FaceKey> {
    let mut counts: HashMap<&Path, usize> = HashMap::new();
    samples.iter().map(move |sample| {
        let count = counts.entry(&sample.path).or_default();
        *count += 1;
        (sample.path.clone(), *count - 1)
    })
}
