//! Which faces of a list are shown, and in which order. Pure, and run off the window's thread:
//! a list may have 200,000 faces.

use std::sync::Arc;

use rayon::prelude::*;

pub use crate::app::faces::answers::{AttributeIndex, disputes, label, point_misses, probability};
use crate::app::faces::answers::{
    attribute_loss, confidence, point_error, predicted_presence, surest_dispute,
};
use crate::app::faces::compare::difference;
use crate::app::faces::findings::{Finding, Findings};
use crate::app::faces::review_states::{ReviewIs, ReviewState, ReviewStates};
use crate::dataset::{Sample, Samples, Split};
use crate::label::Schema;

/// What a person asked for: faces that are like all of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrangement {
    /// Part of the name.
    pub text: String,
    pub split: Option<Split>,
    /// Columns and the value that each must have.
    pub columns: Vec<(usize, Arc<str>)>,
    pub attributes: Vec<AttributeFilter>,
    /// Only faces of which predicted points miss their labels: each these of all points, or any.
    pub misses: Vec<Option<usize>>,
    /// How far the review of the faces is.
    pub review: Vec<ReviewIs>,
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

/// What a face's attributes must be like.
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
    /// The same of one of all points.
    PointError(usize),
    /// The network's least sure answers first.
    Doubt(AttributeIndex),
    /// The highest probability first.
    Confidence(AttributeIndex),
    /// The probability that is furthest from its label first.
    AttributeError(AttributeIndex),
    /// Most attributes that are predicted otherwise than labelled first.
    Disputes,
    /// The largest mean cross-entropy of the labelled attributes first.
    AttributeLoss,
    /// What is predicted otherwise than labelled with the most confidence first.
    SurestDispute,
    /// The answers that are least sure in the mean first.
    LeastSure,
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
            _ => None,
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
        let mut attributes = self.attributes.iter();
        !self.misses.is_empty()
            || !matches!(self.sort, Sort::Listed | Sort::Name)
            || attributes.any(|filter| filter.needs_predictions())
    }

    /// The attributes by which the list is sorted and filtered, in this order.
    pub fn places(&self) -> Vec<AttributeIndex> {
        let filtered = self.attributes.iter().filter_map(|filter| filter.place());
        let mut places: Vec<AttributeIndex> = Vec::new();
        for place in self.sort.place().into_iter().chain(filtered) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
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
    pub fn apply(&self, of: &Arranged) -> Vec<u32> {
        let (text, samples) = (self.text.to_lowercase(), &of.samples);
        let mut order: Vec<u32> = (0..samples.len() as u32)
            .into_par_iter()
            .filter(|&i| {
                let mut parts = self.parts();
                parts.all(|part| self.passes(part, &of.face(i), &text, &of.schema))
            })
            .collect();
        let sample = |i: u32| &samples[i as usize];
        let key = |i: u32, of_face: &dyn Fn(&Finding) -> f32| {
            of.findings.get(i as usize).map_or(f32::NAN, of_face)
        };
        match self.sort {
            Sort::Listed => {}
            Sort::Name => order.par_sort_by_cached_key(|&i| sample(i).name()),
            Sort::Nme => largest_first(&mut order, |i| key(i, &|f| f.nme)),
            Sort::PointError(point) => largest_first(&mut order, |i| {
                key(i, &|f| point_error(sample(i), f, point, &of.schema))
            }),
            Sort::Doubt(place) => largest_first(&mut order, |i| {
                key(i, &|f| -(probability(f, place) - 0.5).abs())
            }),
            Sort::Confidence(place) => {
                largest_first(&mut order, |i| key(i, &|f| probability(f, place)));
            }
            Sort::AttributeError(place) => largest_first(&mut order, |i| {
                let label = label(sample(i), place);
                let label = label.map_or(f32::NAN, |yes| f32::from(u8::from(yes)));
                key(i, &|f| (probability(f, place) - label).abs())
            }),
            Sort::Disputes => largest_first(&mut order, |i| {
                key(i, &|f| match disputes(sample(i), f) {
                    (_, 0) => f32::NAN,
                    (count, _) => count as f32,
                })
            }),
            Sort::AttributeLoss => {
                largest_first(&mut order, |i| key(i, &|f| attribute_loss(sample(i), f)));
            }
            Sort::SurestDispute => largest_first(&mut order, |i| {
                let surest = |f: &Finding| surest_dispute(sample(i), f).map(|(_, p)| p);
                key(i, &|f| surest(f).map_or(f32::NAN, |p| (p - 0.5).abs()))
            }),
            Sort::LeastSure => largest_first(&mut order, |i| key(i, &|f| -confidence(f))),
            Sort::Difference => largest_first(&mut order, |i| {
                let theirs = of.other.as_ref().and_then(|o| o.get(i as usize));
                theirs.map_or(f32::NAN, |theirs| {
                    key(i, &|f| difference(&of.schema, f, theirs))
                })
            }),
        }
        order
    }

    /// The filters that a face does not pass, no more than two of them.
    pub fn fails(&self, face: &Asked, text: &str, schema: &Schema) -> Vec<FilterKind> {
        let fails = |part: &FilterKind| !self.passes(*part, face, text, schema);
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
            on(FilterKind::Review, !self.review.is_empty()),
        ];
        let last = [
            on(FilterKind::Misses, !self.misses.is_empty()),
            on(FilterKind::Attribute, !self.attributes.is_empty()),
            on(FilterKind::Text, !self.text.is_empty()),
        ];
        let (first, last) = (first.into_iter().flatten(), last.into_iter().flatten());
        first.chain(columns).chain(last)
    }

    fn passes(&self, part: FilterKind, face: &Asked, text: &str, schema: &Schema) -> bool {
        let (sample, found) = (face.sample, face.found);
        match part {
            FilterKind::Among => {
                let among = self.among.as_ref();
                among.is_none_or(|a| a.faces.binary_search(&face.index).is_ok())
            }
            FilterKind::Split => self.split.is_none_or(|s| sample.split == Some(s)),
            FilterKind::Review => self.review.iter().all(|filter| filter.is(face.state)),
            FilterKind::Column(column) => {
                let mut wanted = self.columns.iter().filter(|w| w.0 == column);
                wanted.all(|w| sample.columns.get(column) == Some(&w.1))
            }
            FilterKind::Misses => {
                let misses = |point| found.is_some_and(|f| point_misses(sample, f, point, schema));
                self.misses.iter().all(|point| misses(*point))
            }
            FilterKind::Attribute => {
                let mut filters = self.attributes.iter();
                filters.all(|filter| attributes_are(sample, found, *filter))
            }
            FilterKind::Text => sample.name().to_lowercase().contains(text),
        }
    }
}

/// What a list is arranged by.
pub struct Arranged {
    pub samples: Samples,
    pub findings: Findings,
    pub other: Option<Findings>,
    pub states: Arc<ReviewStates>,
    pub schema: Schema,
}

/// A face that is asked whether it passes filters.
pub struct Asked<'a> {
    pub index: u32,
    pub sample: &'a Sample,
    pub found: Option<&'a Finding>,
    pub state: ReviewState,
}

impl Arranged {
    pub fn face(&self, index: u32) -> Asked<'_> {
        Asked {
            index,
            sample: &self.samples[index as usize],
            found: self.findings.get(index as usize),
            state: self.states.of(index),
        }
    }
}

/// A kind of filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterKind {
    Among,
    Split,
    Review,
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
mod tests;
