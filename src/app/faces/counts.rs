//! How many faces each filter would show, beside the filters of other kinds that are on: one walk
//! over the list, away from the window's thread.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use rayon::prelude::*;

use crate::app::faces::arrangement::{
    Arrangement, AttributeFilter, AttributeIndex, FilterKind, attribute_is, disputes, point_misses,
};
use crate::app::faces::criterion::{ATTRIBUTE_FILTERS, Criterion, attributes, point_names};
use crate::app::faces::findings::{Finding, Findings};
use crate::app::faces::list::List;
use crate::background::{Wake, in_background};
use crate::dataset::{Samples, Split};
use crate::label::Schema;

/// Faces by what is asked of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    all: usize,
    splits: HashMap<Split, usize>,
    values: HashMap<(usize, Arc<str>), usize>,
    misses: usize,
    disputed: usize,
    by_hand: usize,
    /// By point.
    points: Vec<usize>,
    /// By attribute, as the filters stand.
    attributes: HashMap<AttributeIndex, [usize; ATTRIBUTE_FILTERS.len()]>,
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
            Criterion::Misses(None) => self.misses,
            Criterion::Attribute(AttributeFilter::AnyDisputed) => self.disputed,
            Criterion::Misses(Some(point)) => self.points.get(*point).copied().unwrap_or(0),
            Criterion::Attribute(AttributeFilter::Is(place, is)) => {
                let nth = ATTRIBUTE_FILTERS.iter().position(|f| f.1 == *is)?;
                self.attributes.get(place)?[nth]
            }
        })
    }

    /// Counts every face for the filters of which it passes all others.
    /// `by_hand` are the faces with boxes that somebody moved or drew, in rising order.
    fn new(
        on: &Arrangement,
        samples: &Samples,
        found: &Findings,
        schema: &Schema,
        by_hand: &[u32],
    ) -> Self {
        let text = on.text.to_lowercase();
        let places: Vec<AttributeIndex> = attributes(schema).map(|(place, _)| place).collect();
        let points = point_names(schema).count();
        let empty = || Tally {
            counts: Self {
                points: vec![0; points],
                ..Self::default()
            },
            attributes: vec![[0; ATTRIBUTE_FILTERS.len()]; places.len()],
        };
        let faces = (0..samples.len() as u32).into_par_iter();
        let tally = faces.fold(empty, |mut tally, i| {
            let sample = &samples[i as usize];
            let finding = found.get(i as usize);
            let fails = on.fails(sample, i, finding, &text, schema);
            let passes = |part: FilterKind| fails.iter().all(|f| *f == part);
            let counts = &mut tally.counts;
            counts.all += 1;
            if fails.len() > 1 {
                return tally;
            }
            if let Some(split) = sample.split.filter(|_| passes(FilterKind::Split)) {
                *counts.splits.entry(split).or_default() += 1;
            }
            let is_by_hand = passes(FilterKind::Among) && by_hand.binary_search(&i).is_ok();
            counts.by_hand += usize::from(is_by_hand);
            for (c, value) in sample.columns.iter().enumerate() {
                if passes(FilterKind::Column(c)) && !value.is_empty() {
                    *counts.values.entry((c, value.clone())).or_default() += 1;
                }
            }
            if let Some(finding) = finding.filter(|f| f.misses && passes(FilterKind::Misses)) {
                counts.misses += 1;
                for (point, count) in counts.points.iter_mut().enumerate() {
                    let misses = point_misses(sample, finding, Some(point), schema);
                    *count += usize::from(misses);
                }
            }
            if passes(FilterKind::Attribute) {
                let disputed = |f: &Finding| disputes(sample, f).0 > 0;
                counts.disputed += usize::from(finding.is_some_and(disputed));
                for (place, counts) in places.iter().zip(&mut tally.attributes) {
                    for ((_, is), count) in ATTRIBUTE_FILTERS.iter().zip(counts) {
                        *count += usize::from(attribute_is(sample, finding, *place, *is));
                    }
                }
            }
            tally
        });
        let sum = tally.reduce(empty, Tally::plus);
        Self {
            attributes: places.into_iter().zip(sum.attributes).collect(),
            ..sum.counts
        }
    }
}

/// Counts that are being made.
struct Tally {
    counts: Counts,
    attributes: Vec<[usize; ATTRIBUTE_FILTERS.len()]>,
}

impl Tally {
    fn plus(mut self, other: Self) -> Self {
        let (a, b) = (&mut self.counts, other.counts);
        a.all += b.all;
        a.misses += b.misses;
        a.disputed += b.disputed;
        a.by_hand += b.by_hand;
        for (split, count) in b.splits {
            *a.splits.entry(split).or_default() += count;
        }
        for (value, count) in b.values {
            *a.values.entry(value).or_default() += count;
        }
        for (to, count) in a.points.iter_mut().zip(b.points) {
            *to += count;
        }
        let rows = self.attributes.iter_mut().zip(other.attributes);
        for (to, count) in rows.flat_map(|(a, b)| a.iter_mut().zip(b)) {
            *to += count;
        }
        self
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
            let (samples, found) = (list.samples.clone(), list.findings.clone());
            let (on, wake) = (key.on.clone(), wake.clone());
            let by_hand = key.by_hand.clone();
            in_background(move || {
                // The palette may be closed by now.
                let _ = done.send(Counts::new(&on, &samples, &found, &schema, &by_hand));
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
    use crate::app::faces::findings::Finding;
    use crate::app::faces::summary::ListSummary;
    use crate::dataset::Sample;
    use crate::label::{FaceBox, PointLabel, Prediction, Presence, TaskLabels, TaskPrediction};

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
        let is = |place, is| Some(AttributeFilter::Is(place, is));
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
            all(&|a| a.attribute = Some(AttributeFilter::AnyDisputed)),
            all(&|a| a.attribute = is((1, 15), AttributeIs::Disputed)),
            all(&|a| {
                a.misses = Some(Some(0));
                a.attribute = is((1, 4), AttributeIs::Labelled(true));
                a.split = Some(Split::Train);
                a.sort = Sort::Nme;
            }),
            all(&|a| {
                a.among = Some(among.clone());
                a.misses = Some(None);
            }),
        ];
        let mut counted = 0;
        for on in several {
            let counts = Counts::new(&on, &samples, &found, &schema, &by_hand.faces);
            let hand = Some(by_hand.clone());
            let criteria = Criteria::new(&schema, &summary, &columns, false, hand, on.clone());
            for (name, criterion) in criteria.lines().iter().filter(|l| !criteria.is_on(&l.1)) {
                let Some(count) = counts.of(criterion) else {
                    continue;
                };
                let mut wanted = on.clone();
                criterion.apply(&mut wanted);
                let shown = wanted.apply(&samples, &found, None, &schema).len();
                assert_eq!(count, shown, "{name} beside {on:?}");
                counted += usize::from(count > 0);
            }
        }
        assert!(counted > 1000, "{counted}");
    }
}
