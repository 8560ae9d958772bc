//! How many faces each filter would show, beside the filters of other kinds that are on: one walk
//! over the list, away from the window's thread.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use rayon::prelude::*;

use crate::app::faces::arrangement::{
    Arranged, Arrangement, Asked, AttributeFilter, AttributeIndex, FilterKind, attribute_is,
    disputes, point_misses,
};
use crate::app::faces::criterion::{ATTRIBUTE_FILTERS, Criterion, attributes, point_names};
use crate::app::faces::findings::Finding;
use crate::app::faces::list::List;
use crate::app::faces::review_states::{REVIEW_FILTERS, ReviewStates};
use crate::background::{Wake, in_background};
use crate::dataset::Split;
use crate::label::Schema;

/// Faces by what is asked of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    all: usize,
    splits: HashMap<Split, usize>,
    values: HashMap<(usize, Arc<str>), usize>,
    by_hand: usize,
    /// Of filters in place of others of their kind.
    instead: Several,
    /// Of filters beside others of their kind.
    beside: Several,
}

/// Faces by what can be asked for several times.
#[derive(Clone, Debug, Default, PartialEq)]
struct Several {
    misses: usize,
    disputed: usize,
    /// By point.
    points: Vec<usize>,
    /// As the filters stand.
    review: [usize; REVIEW_FILTERS.len()],
    /// By attribute, as the filters stand.
    attributes: Vec<[usize; ATTRIBUTE_FILTERS.len()]>,
    places: Arc<[AttributeIndex]>,
}

impl Counts {
    /// How many faces a filter would show; of an order, `None`.
    pub fn of(&self, criterion: &Criterion) -> Option<usize> {
        Some(match criterion {
            Criterion::Sort(_) => return None,
            Criterion::All => self.all,
            Criterion::ByHand(_) => self.by_hand,
            Criterion::Split(split) => self.splits.get(split).copied().unwrap_or(0),
            Criterion::Value(column, value) => {
                let count = self.values.get(&(*column, value.clone()));
                count.copied().unwrap_or(0)
            }
            criterion => return self.instead.of(criterion),
        })
    }

    /// How many it would show beside what is on of its kind; `None` where there is one at a time.
    pub fn beside(&self, criterion: &Criterion) -> Option<usize> {
        self.beside.of(criterion)
    }

    /// Counts every face for the filters of which it passes all others.
    /// `by_hand` are the faces with boxes that somebody moved or drew, in rising order.
    fn new(on: &Arrangement, of: &Arranged, by_hand: &[u32]) -> Self {
        let (text, schema) = (on.text.to_lowercase(), &of.schema);
        let several = Several {
            points: vec![0; point_names(schema).count()],
            places: attributes(schema).map(|(place, _)| place).collect(),
            ..Several::default()
        };
        let several = Several {
            attributes: vec![[0; ATTRIBUTE_FILTERS.len()]; several.places.len()],
            ..several
        };
        let empty = || Self {
            instead: several.clone(),
            beside: several.clone(),
            ..Self::default()
        };
        let faces = (0..of.samples.len() as u32).into_par_iter();
        let tally = faces.fold(empty, |mut counts, i| {
            let face = of.face(i);
            if face.state.removed {
                return counts;
            }
            let fails = on.fails(&face, &text, schema);
            let passes = |part: FilterKind| fails.iter().all(|f| *f == part);
            counts.all += 1;
            if fails.len() > 1 {
                return counts;
            }
            if let Some(split) = face.sample.split.filter(|_| passes(FilterKind::Split)) {
                *counts.splits.entry(split).or_default() += 1;
            }
            let is_by_hand = passes(FilterKind::Among) && by_hand.binary_search(&i).is_ok();
            counts.by_hand += usize::from(is_by_hand);
            for (c, value) in face.sample.columns.iter().enumerate() {
                if passes(FilterKind::Column(c)) && !value.is_empty() {
                    *counts.values.entry((c, value.clone())).or_default() += 1;
                }
            }
            counts.instead.add(&face, schema, passes);
            if fails.is_empty() {
                counts.beside.add(&face, schema, |_| true);
            }
            counts
        });
        tally.reduce(empty, Self::plus)
    }

    fn plus(mut self, other: Self) -> Self {
        self.all += other.all;
        self.by_hand += other.by_hand;
        for (split, count) in other.splits {
            *self.splits.entry(split).or_default() += count;
        }
        for (value, count) in other.values {
            *self.values.entry(value).or_default() += count;
        }
        self.instead.plus(&other.instead);
        self.beside.plus(&other.beside);
        self
    }
}

impl Several {
    fn of(&self, criterion: &Criterion) -> Option<usize> {
        Some(match criterion {
            Criterion::Misses(None) => self.misses,
            Criterion::Misses(Some(point)) => self.points.get(*point).copied().unwrap_or(0),
            Criterion::Attribute(AttributeFilter::AnyDisputed) => self.disputed,
            Criterion::Attribute(AttributeFilter::Is(place, is)) => {
                let nth = ATTRIBUTE_FILTERS.iter().position(|f| f.1 == *is)?;
                let at = self.places.iter().position(|p| p == place)?;
                self.attributes.get(at)?[nth]
            }
            Criterion::Review(is) => {
                let nth = REVIEW_FILTERS.iter().position(|f| f.1 == *is)?;
                self.review[nth]
            }
            _ => return None,
        })
    }

    /// Counts a face for the kinds of filters that it may be counted for.
    fn add(&mut self, face: &Asked, schema: &Schema, passes: impl Fn(FilterKind) -> bool) {
        let (sample, found) = (face.sample, face.found);
        if let Some(found) = found.filter(|f| f.misses && passes(FilterKind::Misses)) {
            self.misses += 1;
            for (point, count) in self.points.iter_mut().enumerate() {
                *count += usize::from(point_misses(sample, found, Some(point), schema));
            }
        }
        if passes(FilterKind::Review) {
            for ((_, is), count) in REVIEW_FILTERS.iter().zip(&mut self.review) {
                *count += usize::from(is.is(face.state));
            }
        }
        if passes(FilterKind::Attribute) {
            let disputed = |f: &Finding| disputes(sample, f).0 > 0;
            self.disputed += usize::from(found.is_some_and(disputed));
            for (place, counts) in self.places.iter().zip(&mut self.attributes) {
                for ((_, is), count) in ATTRIBUTE_FILTERS.iter().zip(counts) {
                    *count += usize::from(attribute_is(sample, found, *place, *is));
                }
            }
        }
    }

    fn plus(&mut self, other: &Self) {
        self.misses += other.misses;
        self.disputed += other.disputed;
        let attributes = self.attributes.iter_mut().zip(&other.attributes);
        let counts = attributes.flat_map(|(a, b)| a.iter_mut().zip(b));
        let points = self.points.iter_mut().zip(&other.points);
        let review = self.review.iter_mut().zip(&other.review);
        for (to, count) in counts.chain(points).chain(review) {
            *to += count;
        }
    }
}

/// What counts are of.
#[derive(Clone, PartialEq)]
struct Key {
    list: u64,
    /// Of the list's findings.
    version: u64,
    on: Arrangement,
    by_hand: Arc<[u32]>,
    schema: u64,
}

/// The counts that were made last, and those that are being made.
#[derive(Default)]
pub struct Counter {
    made: Option<(Key, Arc<Counts>)>,
    making: Option<(Key, Receiver<Counts>)>,
}

impl Counter {
    /// The counts of a list's filters; asks for them anew where what they are of has changed.
    /// `network` is the hash of the one in use.
    pub fn counts(
        &mut self,
        list: &List,
        (schema, network): (Schema, u64),
        by_hand: Arc<[u32]>,
        states: Arc<ReviewStates>,
        wake: &Wake,
    ) -> Option<Arc<Counts>> {
        let key = Key {
            list: list.number,
            version: list.version,
            on: Arrangement {
                sort: Default::default(),
                ..list.order.arrangement.clone()
            },
            by_hand,
            schema: network,
        };
        self.take();
        let current = self.made.as_ref().is_some_and(|(of, _)| *of == key);
        if !current && self.making.is_none() {
            let (done, made) = channel();
            let of = Arranged {
                samples: list.samples.clone(),
                findings: list.findings.clone(),
                other: None,
                states,
                schema,
            };
            let (on, wake) = (key.on.clone(), wake.clone());
            let by_hand = key.by_hand.clone();
            in_background(move || {
                // The palette may be closed by now.
                let _ = done.send(Counts::new(&on, &of, &by_hand));
                wake();
            });
            self.making = Some((key.clone(), made));
        }
        // While predictions come, those of a moment ago will do; those of another list will not.
        let made = self.made.as_ref();
        let made = made.filter(|(of, _)| of.list == key.list && of.on == key.on);
        made.map(|(_, counts)| counts.clone())
    }

    fn take(&mut self) {
        match self.making.as_ref().map(|(_, made)| made.try_recv()) {
            Some(Ok(counts)) => {
                let key = self.making.take().map(|(key, _)| key);
                self.made = key.map(|key| (key, Arc::new(counts)));
            }
            Some(Err(TryRecvError::Disconnected)) => self.making = None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::app::faces::arrangement::{Among, AttributeIs, Sort};
    use crate::app::faces::criteria::Criteria;
    use crate::app::faces::findings::{Finding, Findings};
    use crate::app::faces::review_states::{ReviewIs, ReviewState};
    use crate::app::faces::summary::ListSummary;
    use crate::dataset::{Sample, Samples};
    use crate::label::{FaceBox, PointLabel, Prediction, Presence, TaskLabels, TaskPrediction};
    use crate::review::Status;

    /// Sixty faces that differ in all that is asked of them; some are not predicted.
    fn faces() -> (Samples, Findings) {
        let schema = Schema::face();
        let mut found = Findings::none(60);
        let sample = |i: usize| {
            let name = format!("{}{i}.png", ["a", "b"][i % 2]);
            let mut sample = Sample::unlabelled(Path::new(&name), &schema);
            sample.split = [Some(Split::Train), Some(Split::Test), None][i % 3];
            sample.columns = vec![
                ["front", "side", ""][i % 3].into(),
                ["x", "y"][i / 30].into(),
            ];
            if let TaskLabels::Points(points) = &mut sample.annotation.tasks[0] {
                for (p, x) in points.iter_mut().zip([0.0, 10.0]) {
                    *p = PointLabel::visible([x, 0.0]);
                }
            }
            if let TaskLabels::Binary(values) = &mut sample.annotation.tasks[1] {
                let known = [Presence::Present, Presence::Absent, Presence::Unknown];
                for (a, value) in values.iter_mut().enumerate() {
                    *value = known[(i / (1 + a % 4) + a) % 3];
                }
            }
            sample
        };
        let samples: Vec<Sample> = (0..60).map(sample).collect();
        for (i, sample) in samples.iter().enumerate().filter(|(i, _)| i % 7 != 0) {
            let values = (0..40).map(|a| ((i * (a + 3)) % 11) as f32 / 10.0);
            let off = (i % 4) as f32;
            let mut points = vec![[0.0, off], [10.0, 4.0 * f32::from(u8::from(i % 5 == 0))]];
            points.extend([[0.0; 2]; 3]);
            let tasks = vec![
                TaskPrediction::Points(points),
                TaskPrediction::Binary(values.collect()),
            ];
            let labels = Some(&sample.annotation);
            let prediction = Prediction { tasks };
            let face_box = FaceBox::new(0.0, 0.0, 20.0, 20.0);
            found.set(i, Finding::new(labels, &schema, face_box, prediction));
        }
        (samples.into(), found)
    }

    #[test]
    fn a_filter_shows_as_many_faces_as_were_counted() {
        let (samples, found) = faces();
        let schema = Schema::face();
        let columns = ["pose".to_owned(), "half".to_owned()];
        let summary = ListSummary::of(&samples, &columns);
        let none = Arrangement::default();
        let all = |change: &dyn Fn(&mut Arrangement)| {
            let mut on = none.clone();
            change(&mut on);
            on
        };
        let among = Among {
            text: String::new(),
            faces: (0..40).collect(),
            by_hand: false,
        };
        let is = |place, is| vec![AttributeFilter::Is(place, is)];
        let state = |i: u32| ReviewState {
            status: [Status::Todo, Status::Approved, Status::Unsure][(i as usize / 2) % 3],
            mended: i.is_multiple_of(2),
            noted: i.is_multiple_of(5),
            ..ReviewState::default()
        };
        let of = Arranged {
            samples,
            findings: found,
            other: None,
            states: Arc::new((10..50).map(|i| (i, state(i))).collect()),
            schema,
        };
        let by_hand = Among {
            text: "box by hand".into(),
            faces: (3..50).step_by(4).collect(),
            by_hand: true,
        };
        let several = [
            none.clone(),
            all(&|a| a.text = "A".into()),
            all(&|a| a.split = Some(Split::Test)),
            all(&|a| a.columns = vec![(0, "front".into()), (1, "x".into())]),
            all(&|a| a.attributes = vec![AttributeFilter::AnyDisputed]),
            all(&|a| a.attributes = is((1, 15), AttributeIs::Disputed)),
            all(&|a| {
                a.attributes = is((1, 15), AttributeIs::Labelled(true));
                a.attributes
                    .extend(is((1, 4), AttributeIs::Predicted(false)));
                a.review = vec![ReviewIs::Mended];
            }),
            all(&|a| {
                a.review = vec![ReviewIs::Status(Status::Todo), ReviewIs::Mended];
                a.misses = vec![Some(0), None];
            }),
            all(&|a| {
                a.misses = vec![Some(0)];
                a.attributes = is((1, 4), AttributeIs::Labelled(true));
                a.split = Some(Split::Train);
                a.sort = Sort::Nme;
            }),
            all(&|a| {
                a.among = Some(among.clone());
                a.misses = vec![None];
            }),
        ];
        let mut counted = 0;
        for on in several {
            let counts = Counts::new(&on, &of, &by_hand.faces);
            let hand = Some(by_hand.clone());
            let known = (false, true);
            let criteria = Criteria::new(&of.schema, &summary, &columns, known, hand, on.clone());
            for (name, criterion) in criteria.lines().iter().filter(|l| !criteria.is_on(&l.1)) {
                let Some(count) = counts.of(criterion) else {
                    continue;
                };
                let shown = |change: &dyn Fn(&mut Arrangement)| {
                    let mut wanted = on.clone();
                    change(&mut wanted);
                    wanted.apply(&of).len()
                };
                let instead = shown(&|wanted| criterion.apply(wanted));
                assert_eq!(count, instead, "{name} beside {on:?}");
                if let Some(count) = counts.beside(criterion) {
                    let beside = shown(&|wanted| criterion.add(wanted));
                    assert_eq!(count, beside, "{name} as well as {on:?}");
                }
                counted += usize::from(count > 0);
            }
        }
        assert!(counted > 1000, "{counted}");
    }
}
