//! Which faces of a list are shown, and in which order. Pure, and run off the window's thread:
//! a list may have 200,000 faces.

use std::sync::Arc;

use rayon::prelude::*;

use crate::app::faces::compare::difference;
use crate::app::faces::findings::{Finding, Findings};
use crate::app::faces::points::points_of;
use crate::dataset::{Sample, Samples, Split};
use crate::label::{Presence, Schema, TaskLabels, TaskPrediction};

/// What a person asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrangement {
    /// Part of the name.
    pub text: String,
    pub split: Option<Split>,
    /// Columns and the value that each must have.
    pub columns: Vec<(usize, Arc<str>)>,
    pub attribute: Option<AttributeFilter>,
    /// Only faces of which a predicted point misses its label: this one of all points, or any.
    pub misses: Option<Option<usize>>,
    /// Only these faces.
    pub among: Option<Among>,
    pub sort: Sort,
}

/// Faces that were picked out in a plot or by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Among {
    /// "error above 12.0 %".
    pub text: String,
    /// In rising order.
    pub faces: Arc<[u32]>,
    /// Whether they are those with boxes by hand, and change with these.
    pub by_hand: bool,
}

/// Task and attribute.
pub type AttributeIndex = (usize, usize);

/// What a face's attributes must be like; a list is asked for one such thing at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeFilter {
    /// Some attribute is predicted otherwise than labelled.
    AnyDisputed,
    Is(AttributeIndex, AttributeIs),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeIs {
    Labelled(bool),
    /// Neither present nor absent.
    Unlabelled,
    Predicted(bool),
    /// Prediction and label differ.
    Disputed,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// As the data set has them.
    #[default]
    Listed,
    Name,
    /// Largest error first.
    Nme,
    /// The network's least sure answers first.
    Doubt(AttributeIndex),
    /// The highest probability first.
    Confidence(AttributeIndex),
    /// The probability that is furthest from its label first.
    AttributeError(AttributeIndex),
    /// Most attributes that are predicted otherwise than labelled first.
    Disputes,
    /// Where the other predictor differs most first.
    Difference,
}

impl Sort {
    /// The attribute that it is about.
    pub fn place(self) -> Option<AttributeIndex> {
        match self {
            Self::Doubt(place) | Self::Confidence(place) | Self::AttributeError(place) => {
                Some(place)
            }
            Self::Listed | Self::Name | Self::Nme | Self::Disputes | Self::Difference => None,
        }
    }
}

impl AttributeFilter {
    /// The attribute that it is about, if it is about one.
    pub fn place(self) -> Option<AttributeIndex> {
        match self {
            Self::AnyDisputed => None,
            Self::Is(place, _) => Some(place),
        }
    }

    fn needs_predictions(self) -> bool {
        match self {
            Self::AnyDisputed => true,
            Self::Is(_, is) => matches!(is, AttributeIs::Predicted(_) | AttributeIs::Disputed),
        }
    }
}

impl Arrangement {
    /// Whether predictions that come change what is shown.
    pub fn needs_predictions(&self) -> bool {
        self.misses.is_some()
            || !matches!(self.sort, Sort::Listed | Sort::Name)
            || self
                .attribute
                .is_some_and(AttributeFilter::needs_predictions)
    }

    /// The attributes by which the list is sorted and filtered, in this order.
    pub fn places(&self) -> Vec<AttributeIndex> {
        let filtered = self.attribute.and_then(AttributeFilter::place);
        let mut places: Vec<AttributeIndex> =
            self.sort.place().into_iter().chain(filtered).collect();
        places.dedup();
        places
    }

    pub fn is_filter(&self) -> bool {
        *self
            != Self {
                sort: self.sort,
                ..Self::default()
            }
    }

    /// Indices of the faces to show, in order.
    pub fn apply(
        &self,
        samples: &Samples,
        found: &Findings,
        other: Option<&Findings>,
        schema: &Schema,
    ) -> Vec<u32> {
        let text = self.text.to_lowercase();
        let mut order: Vec<u32> = (0..samples.len() as u32)
            .into_par_iter()
            .filter(|&i| {
                self.shows(
                    &samples[i as usize],
                    i,
                    found.get(i as usize),
                    &text,
                    schema,
                )
            })
            .collect();
        let key = |i: u32, of: &dyn Fn(&Finding) -> f32| found.get(i as usize).map_or(f32::NAN, of);
        match self.sort {
            Sort::Listed => {}
            Sort::Name => order.par_sort_by_cached_key(|&i| samples[i as usize].name()),
            Sort::Nme => largest_first(&mut order, |i| key(i, &|f| f.nme)),
            Sort::Doubt(place) => largest_first(&mut order, |i| {
                key(i, &|f| -(probability(f, place) - 0.5).abs())
            }),
            Sort::Confidence(place) => {
                largest_first(&mut order, |i| key(i, &|f| probability(f, place)));
            }
            Sort::AttributeError(place) => largest_first(&mut order, |i| {
                let label = label(&samples[i as usize], place);
                let label = label.map_or(f32::NAN, |yes| f32::from(u8::from(yes)));
                key(i, &|f| (probability(f, place) - label).abs())
            }),
            Sort::Disputes => largest_first(&mut order, |i| {
                key(i, &|f| match disputes(&samples[i as usize], f) {
                    (_, 0) => f32::NAN,
                    (count, _) => count as f32,
                })
            }),
            Sort::Difference => largest_first(&mut order, |i| {
                let theirs = other.and_then(|o| o.get(i as usize));
                theirs.map_or(f32::NAN, |theirs| {
                    key(i, &|f| difference(schema, f, theirs))
                })
            }),
        }
        order
    }

    /// Whether a face passes all filters.
    fn shows(
        &self,
        sample: &Sample,
        index: u32,
        found: Option<&Finding>,
        text: &str,
        schema: &Schema,
    ) -> bool {
        let mut parts = self.parts();
        parts.all(|part| self.passes(part, sample, index, found, text, schema))
    }

    /// The filters that a face does not pass, no more than two of them.
    pub fn fails(
        &self,
        sample: &Sample,
        index: u32,
        found: Option<&Finding>,
        text: &str,
        schema: &Schema,
    ) -> Vec<FilterKind> {
        let fails = |part: &FilterKind| !self.passes(*part, sample, index, found, text, schema);
        self.parts().filter(fails).take(2).collect()
    }

    /// The filters that are on, those that are quick to try first.
    fn parts(&self) -> impl Iterator<Item = FilterKind> + '_ {
        let on = |part, on: bool| on.then_some(part);
        let columns = self
            .columns
            .iter()
            .map(|(column, _)| FilterKind::Column(*column));
        let first = [
            on(FilterKind::Among, self.among.is_some()),
            on(FilterKind::Split, self.split.is_some()),
        ];
        let last = [
            on(FilterKind::Misses, self.misses.is_some()),
            on(FilterKind::Attribute, self.attribute.is_some()),
            on(FilterKind::Text, !self.text.is_empty()),
        ];
        let (first, last) = (first.into_iter().flatten(), last.into_iter().flatten());
        first.chain(columns).chain(last)
    }

    fn passes(
        &self,
        part: FilterKind,
        sample: &Sample,
        index: u32,
        found: Option<&Finding>,
        text: &str,
        schema: &Schema,
    ) -> bool {
        match part {
            FilterKind::Among => {
                let among = self.among.as_ref();
                among.is_none_or(|a| a.faces.binary_search(&index).is_ok())
            }
            FilterKind::Split => self.split.is_none_or(|s| sample.split == Some(s)),
            FilterKind::Column(column) => {
                let mut wanted = self.columns.iter().filter(|w| w.0 == column);
                wanted.all(|w| sample.columns.get(column) == Some(&w.1))
            }
            FilterKind::Misses => self
                .misses
                .is_none_or(|point| found.is_some_and(|f| point_misses(sample, f, point, schema))),
            FilterKind::Attribute => self
                .attribute
                .is_none_or(|filter| attributes_are(sample, found, filter)),
            FilterKind::Text => sample.name().to_lowercase().contains(text),
        }
    }
}

/// A kind of filter; a face is asked for at most one thing of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterKind {
    Among,
    Split,
    Column(usize),
    Misses,
    Attribute,
    Text,
}

pub fn attributes_are(sample: &Sample, found: Option<&Finding>, filter: AttributeFilter) -> bool {
    match filter {
        AttributeFilter::AnyDisputed => found.is_some_and(|f| disputes(sample, f).0 > 0),
        AttributeFilter::Is(place, is) => attribute_is(sample, found, place, is),
    }
}

pub fn attribute_is(
    sample: &Sample,
    found: Option<&Finding>,
    place: AttributeIndex,
    is: AttributeIs,
) -> bool {
    let label = label(sample, place);
    let predicted = || found.and_then(|f| predicted_presence(f, place));
    match is {
        AttributeIs::Labelled(yes) => label == Some(yes),
        AttributeIs::Unlabelled => label.is_none(),
        AttributeIs::Predicted(yes) => predicted() == Some(yes),
        AttributeIs::Disputed => label.zip(predicted()).is_some_and(|(a, b)| a != b),
    }
}

/// Whether prediction and label of a face disagree: on this attribute or, where none is named, on
/// any, or on a point.
pub fn disagrees(sample: &Sample, found: &Finding, place: Option<AttributeIndex>) -> bool {
    match place {
        Some(place) => attribute_is(sample, Some(found), place, AttributeIs::Disputed),
        None => found.misses || disputes(sample, found).0 > 0,
    }
}

/// How many attributes are predicted otherwise than labelled, of how many that are labelled and
/// predicted.
pub fn disputes(sample: &Sample, found: &Finding) -> (usize, usize) {
    let tasks = sample.annotation.tasks.iter().enumerate();
    let places = tasks.flat_map(|(t, labels)| {
        let count = match labels {
            TaskLabels::Binary(values) => values.len(),
            TaskLabels::Points(_) => 0,
        };
        (0..count).map(move |i| (t, i))
    });
    let both =
        places.filter_map(|place| label(sample, place).zip(predicted_presence(found, place)));
    both.fold((0, 0), |(differ, all), (label, predicted)| {
        (differ + usize::from(label != predicted), all + 1)
    })
}

/// Whether the point of this number, or any, misses its label.
pub fn point_misses(
    sample: &Sample,
    found: &Finding,
    point: Option<usize>,
    schema: &Schema,
) -> bool {
    let Some(point) = point.filter(|_| found.misses) else {
        return found.misses;
    };
    let points = points_of(schema, Some(&sample.annotation), Some(&found.prediction));
    points
        .get(point)
        .is_some_and(|p| p.is_found() == Some(false))
}

/// Whether an attribute is predicted as present, where it is predicted.
fn predicted_presence(found: &Finding, place: AttributeIndex) -> Option<bool> {
    let value = Some(probability(found, place)).filter(|v| v.is_finite());
    value.map(|v| v >= 0.5)
}

/// The label of an attribute, where it is known.
pub fn label(sample: &Sample, (task, item): AttributeIndex) -> Option<bool> {
    match sample.annotation.tasks.get(task)? {
        TaskLabels::Binary(values) => values.get(item).copied().and_then(Presence::known),
        TaskLabels::Points(_) => None,
    }
}

/// The probability of an attribute; NaN where it is unknown.
pub fn probability(found: &Finding, (task, at): AttributeIndex) -> f32 {
    match found.prediction.tasks.get(task) {
        Some(TaskPrediction::Binary(values)) => values.get(at).copied().unwrap_or(f32::NAN),
        _ => f32::NAN,
    }
}

/// What is unknown comes last; equal ones stay as listed.
fn largest_first(order: &mut [u32], key: impl Fn(u32) -> f32 + Sync) {
    let known = |v: f32| if v.is_finite() { v } else { f32::NEG_INFINITY };
    let mut keyed: Vec<(f32, u32)> = order.par_iter().map(|&i| (known(key(i)), i)).collect();
    keyed.par_sort_by(|a, b| b.0.total_cmp(&a.0));
    for (to, (_, i)) in order.iter_mut().zip(keyed) {
        *to = i;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{FaceBox, PointLabel, Prediction};

    fn samples() -> Vec<Sample> {
        let schema = Schema::face();
        ["b.png", "a.png", "c.png"]
            .iter()
            .enumerate()
            .map(|(i, name)| {
                let mut sample = Sample::unlabelled(std::path::Path::new(name), &schema);
                sample.split = [Some(Split::Train), None, Some(Split::Test)][i];
                sample.columns = vec![["left", "right", "left"][i].into()];
                if let TaskLabels::Points(points) = &mut sample.annotation.tasks[0] {
                    for (p, x) in points.iter_mut().zip([0.0, 10.0]) {
                        *p = PointLabel::visible([x, 0.0]);
                    }
                }
                if let TaskLabels::Binary(values) = &mut sample.annotation.tasks[1] {
                    values[3] = [Presence::Present, Presence::Absent, Presence::Unknown][i];
                }
                sample
            })
            .collect()
    }

    /// The left eye is off by as many pixels as said; L is 10.
    fn findings(samples: &[Sample], offs: [Option<f32>; 3], yes: [f32; 3]) -> Findings {
        let mut findings = Findings::none(3);
        for (i, off) in offs.into_iter().enumerate() {
            let Some(off) = off else { continue };
            let mut points = vec![[10.0, 0.0]; 5];
            points[0] = [0.0, off];
            let mut values = vec![0.5; 40];
            values[3] = yes[i];
            let tasks = vec![
                TaskPrediction::Points(points),
                TaskPrediction::Binary(values),
            ];
            let face_box = FaceBox::new(0.0, 0.0, 20.0, 20.0);
            let labels = Some(&samples[i].annotation);
            let prediction = Prediction { tasks };
            let finding = Finding::new(labels, &Schema::face(), face_box, prediction);
            findings.set(i, finding);
        }
        findings
    }

    #[test]
    fn faces_are_filtered_and_sorted() {
        let samples = samples();
        let found = findings(&samples, [Some(0.5), None, Some(3.0)], [0.2, 0.0, 0.9]);
        let theirs = findings(&samples, [Some(9.0), Some(0.0), Some(4.0)], [0.0; 3]);
        let schema = Schema::face();
        let shown =
            |a: &Arrangement| a.apply(&samples.clone().into(), &found, Some(&theirs), &schema);
        let sorted = |sort| {
            shown(&Arrangement {
                sort,
                ..Arrangement::default()
            })
        };
        assert_eq!(sorted(Sort::Listed), [0, 1, 2]);
        assert_eq!(sorted(Sort::Name), [1, 0, 2]);
        assert_eq!(sorted(Sort::Nme), [2, 0, 1]);
        assert_eq!(sorted(Sort::Doubt((1, 3))), [0, 2, 1]);
        assert_eq!(sorted(Sort::Confidence((1, 3))), [2, 0, 1]);
        // The label of the first is present, that of the third unknown.
        assert_eq!(sorted(Sort::AttributeError((1, 3))), [0, 1, 2]);
        assert_eq!(sorted(Sort::Disputes), [0, 1, 2]);
        assert_eq!(sorted(Sort::Difference), [0, 2, 1]);

        let filtered = |change: &dyn Fn(&mut Arrangement)| {
            let mut wanted = Arrangement::default();
            change(&mut wanted);
            assert!(wanted.is_filter());
            shown(&wanted)
        };
        assert_eq!(filtered(&|a| a.text = "A.P".into()), [1]);
        assert_eq!(filtered(&|a| a.split = Some(Split::Test)), [2]);
        assert_eq!(filtered(&|a| a.columns = vec![(0, "left".into())]), [0, 2]);
        assert_eq!(filtered(&|a| a.misses = Some(None)), [2]);
        assert_eq!(filtered(&|a| a.misses = Some(Some(0))), [2]);
        assert!(filtered(&|a| a.misses = Some(Some(1))).is_empty());
        let any = Some(AttributeFilter::AnyDisputed);
        assert_eq!(filtered(&|a| a.attribute = any), [0]);
        let among = Among {
            text: String::new(),
            faces: [1, 2].into(),
            by_hand: false,
        };
        assert_eq!(filtered(&|a| a.among = Some(among.clone())), [1, 2]);
        let attribute = |is| filtered(&|a| a.attribute = Some(AttributeFilter::Is((1, 3), is)));
        assert_eq!(attribute(AttributeIs::Labelled(true)), [0]);
        assert_eq!(attribute(AttributeIs::Unlabelled), [2]);
        assert_eq!(attribute(AttributeIs::Predicted(true)), [2]);
        assert_eq!(attribute(AttributeIs::Disputed), [0]);
        let disagrees = |i: usize, place| {
            let found = found.get(i).unwrap();
            disagrees(&samples[i], found, place)
        };
        assert!(disagrees(0, None) && disagrees(0, Some((1, 3))));
        assert!(disagrees(2, None), "a point misses");
        assert!(!disagrees(2, Some((1, 3))), "the label is unknown");
    }
}
