//! What a row says of its face: that by which the list is sorted or filtered.

use crate::app::faces::answers::{attribute_loss, confidence, surest_dispute};
use crate::app::faces::arrangement::{
    Arrangement, AttributeFilter, AttributeIndex, Sort, disputes, label, probability,
};
use crate::app::faces::compare::difference;
use crate::app::faces::criterion::attribute_name;
use crate::app::faces::findings::Finding;
use crate::app::faces::item::Face;
use crate::app::faces::points::points_of;
use crate::label::Schema;
use crate::measure::ALPHA;

/// By what a list stands as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Nme,
    Attribute(AttributeIndex),
    /// This point of all points.
    Point(usize),
    /// How many attributes are predicted otherwise than labelled.
    Disputes,
    AttributeLoss,
    SurestDispute,
    LeastSure,
    Difference,
}

impl By {
    /// What a list is sorted by says more than what it is filtered by.
    pub fn of(wanted: &Arrangement) -> Self {
        if let Some(place) = wanted.sort.place() {
            return Self::Attribute(place);
        }
        let any = wanted.attributes.contains(&AttributeFilter::AnyDisputed);
        // Of several, what was asked for last.
        let place = wanted.attributes.iter().rev().find_map(|f| f.place());
        let point = wanted.misses.iter().rev().find_map(|point| *point);
        match (wanted.sort, place, point) {
            (Sort::Disputes, ..) => Self::Disputes,
            (Sort::Difference, ..) => Self::Difference,
            (Sort::Nme, ..) => Self::Nme,
            (Sort::PointError(point), ..) => Self::Point(point),
            (Sort::AttributeLoss, ..) => Self::AttributeLoss,
            (Sort::SurestDispute, ..) => Self::SurestDispute,
            (Sort::LeastSure, ..) => Self::LeastSure,
            (_, Some(place), _) => Self::Attribute(place),
            (_, None, Some(point)) => Self::Point(point),
            (_, None, None) if any => Self::Disputes,
            (_, None, None) => Self::Nme,
        }
    }
}

/// What is said of a face, and whether that is as labelled.
#[derive(Debug, PartialEq)]
pub struct RowValue {
    pub text: String,
    pub right: Option<bool>,
}

impl RowValue {
    pub fn of(face: &Face, by: By, schema: &Schema) -> Self {
        match by {
            By::Nme => Self {
                text: match (face.nme(schema), face.finding) {
                    (Some(nme), _) => format!("NME {:.1} %", 100.0 * nme),
                    (None, Some(_)) => "predicted".into(),
                    (None, None) => String::new(),
                },
                right: face
                    .finding
                    .filter(|f| f.misses || f.nme.is_finite())
                    .map(|f| !f.misses),
            },
            By::Attribute(place) => attribute(face, place, schema),
            By::Point(point) => of_point(face, point, schema),
            By::Disputes => disputed(face),
            By::AttributeLoss => number(face, |f| {
                let loss = attribute_loss(face.sample, f);
                loss.is_finite()
                    .then(|| format!("attribute loss {loss:.2}"))
            }),
            By::LeastSure => number(face, |f| {
                let sure = confidence(f);
                sure.is_finite()
                    .then(|| format!("mean confidence {:.0} %", 100.0 * sure))
            }),
            By::SurestDispute => match face.finding.and_then(|f| surest_dispute(face.sample, f)) {
                Some((place, _)) => attribute(face, place, schema),
                None => disputed(face),
            },
            By::Difference => Self {
                text: face
                    .finding
                    .zip(face.other)
                    .map(|(ours, theirs)| difference(schema, ours, theirs))
                    .filter(|d| d.is_finite())
                    .map_or("difference unknown".into(), |d| {
                        format!("difference {:.1} %", 100.0 * d)
                    }),
                right: None,
            },
        }
    }
}

impl RowValue {
    /// What a row's figures and its mark mean, for who points at it.
    pub fn about(face: &Face, schema: &Schema) -> String {
        let mut lines = Vec::new();
        if face.finding.is_none() {
            return "not predicted yet".into();
        }
        let points = points_of(schema, face.labels(), face.prediction());
        let found: Vec<bool> = points.iter().filter_map(|p| p.is_found()).collect();
        if let Some(nme) = face.nme(schema) {
            lines.push(format!(
                "NME {:.1} %: the mean distance of the points from their labels, as a share of the \
                 distance between the labelled eyes",
                100.0 * nme
            ));
        }
        if !found.is_empty() {
            let within = found.iter().filter(|f| **f).count();
            lines.push(format!(
                "{within} of {} points are within {ALPHA} of that distance (the circles)",
                found.len()
            ));
        }
        let apart = face.finding.zip(face.other);
        let apart = apart.map(|(ours, theirs)| difference(schema, ours, theirs));
        if let Some(apart) = apart.filter(|d| d.is_finite()) {
            lines.push(format!(
                "difference {:.1} %: the mean distance between the points of both predictors, as a \
                 share of the distance between the network's eyes; without points, between their \
                 probabilities",
                100.0 * apart
            ));
        }
        if lines.is_empty() {
            lines.push("predicted; there are no labelled points to measure it by".into());
        }
        lines.join("\n")
    }
}

/// "Bald .98, label −".
fn attribute(face: &Face, place: AttributeIndex, schema: &Schema) -> RowValue {
    let name = attribute_name(schema, place);
    let value = face.finding.map(|f| probability(f, place));
    let value = value.filter(|v| v.is_finite());
    let label = face.labels().and_then(|_| label(face.sample, place));
    let probability_text = value.map_or("not predicted".to_owned(), short);
    let text = match label {
        Some(true) => format!("{name} {probability_text}, label +"),
        Some(false) => format!("{name} {probability_text}, label −"),
        None => format!("{name} {probability_text}, no label"),
    };
    RowValue {
        text,
        right: label.zip(value).map(|(label, v)| label == (v >= 0.5)),
    }
}

/// A number that is neither right nor wrong.
fn number(face: &Face, text: impl FnOnce(&Finding) -> Option<String>) -> RowValue {
    let text = face.finding.map(|f| text(f).unwrap_or("no labels".into()));
    RowValue {
        text: text.unwrap_or("not predicted".into()),
        right: None,
    }
}

/// "3 of 40 disputed".
fn disputed(face: &Face) -> RowValue {
    let counts = face.finding.map(|f| disputes(face.sample, f));
    match counts {
        None => RowValue {
            text: "not predicted".into(),
            right: None,
        },
        Some((_, 0)) => RowValue {
            text: "no labels".into(),
            right: None,
        },
        Some((count, all)) => RowValue {
            text: format!("{count} of {all} disputed"),
            right: Some(count == 0),
        },
    }
}

/// "left eye 12.4 % of L".
fn of_point(face: &Face, point: usize, schema: &Schema) -> RowValue {
    let points = points_of(schema, face.labels(), face.prediction());
    let Some(point) = points.get(point) else {
        return RowValue {
            text: String::new(),
            right: None,
        };
    };
    let off = point.off().zip(point.length).map(|(off, l)| off / l);
    let text = match off {
        Some(off) => format!("{} {:.1} % of L", point.title(), 100.0 * off),
        None => format!("{} unknown", point.title()),
    };
    RowValue {
        text,
        right: point.is_found(),
    }
}

/// ".86".
fn short(value: f32) -> String {
    let text = format!("{value:.2}");
    text.strip_prefix('0').map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::app::faces::arrangement::AttributeIs;
    use crate::app::faces::item::Item;
    use crate::dataset::{BoxSource, Sample};
    use crate::label::{FaceBox, PointLabel, Prediction, Presence, TaskLabels, TaskPrediction};

    const BALD: AttributeIndex = (1, 4);

    fn sorted(sort: Sort) -> Arrangement {
        Arrangement {
            sort,
            ..Arrangement::default()
        }
    }

    #[test]
    fn the_sort_says_more_than_the_filter() {
        assert_eq!(By::of(&sorted(Sort::Nme)), By::Nme);
        assert_eq!(By::of(&sorted(Sort::Doubt(BALD))), By::Attribute(BALD));
        assert_eq!(By::of(&sorted(Sort::Difference)), By::Difference);
        let mut wanted = sorted(Sort::Name);
        assert_eq!(By::of(&wanted), By::Nme);
        wanted.attributes = vec![AttributeFilter::AnyDisputed];
        assert_eq!(By::of(&wanted), By::Disputes);
        wanted.misses = vec![Some(2)];
        assert_eq!(By::of(&wanted), By::Point(2));
        let bald = AttributeFilter::Is(BALD, AttributeIs::Disputed);
        wanted.attributes.push(bald);
        assert_eq!(By::of(&wanted), By::Attribute(BALD));
        wanted.sort = Sort::Confidence((1, 7));
        assert_eq!(By::of(&wanted), By::Attribute((1, 7)));
    }

    #[test]
    fn a_row_says_what_the_list_is_sorted_by() {
        let schema = Schema::face();
        let mut sample = Sample::unlabelled(Path::new("a.png"), &schema);
        if let TaskLabels::Points(points) = &mut sample.annotation.tasks[0] {
            for (p, x) in points.iter_mut().zip([0.0, 10.0]) {
                *p = PointLabel::visible([x, 0.0]);
            }
        }
        if let TaskLabels::Binary(values) = &mut sample.annotation.tasks[1] {
            values[BALD.1] = Presence::Absent;
        }
        let face_box = FaceBox::new(0.0, 0.0, 20.0, 20.0);
        let finding = |x: f32, bald: f32| {
            let mut values = vec![0.5; 40];
            values[BALD.1] = bald;
            let tasks = vec![
                TaskPrediction::Points(vec![[x, 0.0], [10.0, 0.0], [0.0; 2], [0.0; 2], [0.0; 2]]),
                TaskPrediction::Binary(values),
            ];
            let labels = Some(&sample.annotation);
            Finding::new(labels, &schema, face_box, Prediction { tasks })
        };
        let (ours, theirs) = (finding(2.0, 0.98), finding(1.0, 0.02));
        let item = Item::unread();
        let face = |finding, other| Face {
            sample: &sample,
            item: &item,
            face_box,
            source: BoxSource::Given,
            finding,
            other,
            hand: None,
            dragged: None,
        };
        let actual = |face: &Face, by| {
            let value = RowValue::of(face, by, &schema);
            (value.text, value.right)
        };
        let both = face(Some(&ours), Some(&theirs));
        let bald = By::Attribute(BALD);
        assert_eq!(
            actual(&both, bald),
            ("Bald .98, label −".into(), Some(false))
        );
        assert_eq!(actual(&both, By::Nme), ("NME 10.0 %".into(), Some(false)));
        assert_eq!(actual(&both, By::Point(0)).0, "left eye 20.0 % of L");
        assert_eq!(
            actual(&both, By::Point(1)),
            ("right eye 0.0 % of L".into(), Some(true))
        );
        let (text, _) = actual(&both, By::Difference);
        assert_eq!(
            text, "difference 2.5 %",
            "one pixel at one of five points, of 8 between the network's eyes"
        );
        let other = face(Some(&theirs), None);
        assert_eq!(
            actual(&other, bald),
            ("Bald .02, label −".into(), Some(true))
        );
        let smiling = By::Attribute((1, 31));
        assert_eq!(
            actual(&other, smiling),
            ("Smiling .50, no label".into(), None)
        );
        let bare = face(None, None);
        assert_eq!(
            actual(&bare, bald),
            ("Bald not predicted, label −".into(), None)
        );
        assert_eq!(actual(&bare, By::Nme), (String::new(), None));
        let surest = actual(&both, By::SurestDispute);
        assert_eq!(surest, ("Bald .98, label −".into(), Some(false)));
        assert_eq!(actual(&other, By::SurestDispute).0, "0 of 1 disputed");
        assert_eq!(actual(&both, By::AttributeLoss).0, "attribute loss 3.91");
        assert_eq!(actual(&both, By::LeastSure).0, "mean confidence 51 %");
        assert_eq!(actual(&bare, By::LeastSure).0, "not predicted");
    }
}
