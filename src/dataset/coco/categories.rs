//! Which categories of a COCO file are of faces.

use std::cell::Cell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use serde::Deserialize;
use serde_json::Value;

use super::values::shown;
use crate::dataset::json::word;
use crate::dataset::schema_items::canonical;
use crate::dataset::{Problem, number};

#[derive(Deserialize)]
pub struct Category {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    name: Value,
    #[serde(default)]
    keypoints: Value,
}

/// Where the keypoints of a category stand in the schema.
pub struct KeypointItems {
    pub points: Vec<Option<(usize, usize)>>,
    pub names: Vec<String>,
    /// It also has keypoints of a body, so that its boxes are not of faces.
    pub body: bool,
}

/// What the annotations of a category are.
pub enum Role {
    /// Faces with points.
    Points(Rc<KeypointItems>),
    /// Faces of which only boxes and attributes are known.
    Box,
    /// No faces.
    Other,
    /// There is no such category.
    Missing,
}

pub struct Categories {
    by_id: HashMap<String, Known>,
    /// What is to be said of them.
    pub unknown: Vec<String>,
}

struct Known {
    name: String,
    places: Option<Rc<KeypointItems>>,
    face: bool,
    passed: Cell<usize>,
}

impl Categories {
    /// `ours` are COCO's names of the schema's points.
    pub fn of(categories: &[Category], ours: &[(String, (usize, usize))]) -> Self {
        let mut by_id = HashMap::new();
        let mut unknown = Vec::new();
        for category in categories {
            let Some(id) = word(&category.id) else {
                unknown.push(format!(
                    "a category without an id: {}",
                    shown(&category.name)
                ));
                continue;
            };
            let places = places(&category.keypoints, ours);
            let known = places.filter(|p| p.points.iter().any(Option::is_some));
            if let Some(places) = &known {
                unknown.extend(foreign(places, &id));
            }
            let name = match word(&category.name) {
                Some(name) => number::shown(&name).to_owned(),
                None => id.clone(),
            };
            let category = Known {
                face: known.is_some(),
                places: known.map(Rc::new),
                name,
                passed: Cell::new(0),
            };
            by_id.insert(id, category);
        }
        // A file of boxes alone: those of faces, as far as names tell.
        if !by_id.values().any(|c| c.face) {
            let only = by_id.len() == 1;
            for category in by_id.values_mut() {
                category.face = is_face(&category.name, only);
            }
        }
        Self { by_id, unknown }
    }

    pub fn role(&self, id: &Value) -> Role {
        let known = match word(id) {
            Some(id) => self.by_id.get(&id),
            // Where there is one, it need not be named.
            None if self.by_id.len() == 1 => self.by_id.values().next(),
            None => None,
        };
        match known {
            Some(Known {
                places: Some(places),
                ..
            }) => Role::Points(places.clone()),
            Some(known) if known.face => Role::Box,
            Some(known) => {
                known.passed.set(known.passed.get() + 1);
                Role::Other
            }
            None if self.by_id.is_empty() && id.is_null() => Role::Box,
            None => Role::Missing,
        }
    }

    /// How many annotations were no faces.
    pub fn passed_over(&self, path: &Path) -> Option<Problem> {
        let passed = self.by_id.values().filter(|c| c.passed.get() > 0);
        let mut passed: Vec<_> = passed.map(|c| (c.passed.get(), &c.name)).collect();
        passed.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let all: usize = passed.iter().map(|(n, _)| n).sum();
        const SHOWN: usize = 8;
        let some = passed.iter().take(SHOWN);
        let mut names: Vec<String> = some.map(|(n, name)| format!("{n} of {name}")).collect();
        if passed.len() > SHOWN {
            names.push(format!("{} other categories", passed.len() - SHOWN));
        }
        let are = if all == 1 {
            "annotation is no face"
        } else {
            "annotations are no faces"
        };
        let what = format!("{all} {are}, and passed over: {}", names.join(", "));
        (all > 0).then(|| Problem::new(path, None, what))
    }
}

fn places(keypoints: &Value, ours: &[(String, (usize, usize))]) -> Option<KeypointItems> {
    let Value::Array(names) = keypoints else {
        return None;
    };
    let names: Vec<String> = names
        .iter()
        .map(|n| n.as_str().unwrap_or("").to_owned())
        .collect();
    let find = |name: &str| ours.iter().find(|(n, _)| n == name).map(|o| o.1);
    let place = |name: &String| find(name).or_else(|| find(&canonical(name)));
    let points: Vec<_> = names.iter().map(place).collect();
    let limb = |name: &String| {
        let name = name.to_ascii_lowercase();
        ["shoulder", "hip", "knee", "wrist"]
            .iter()
            .any(|l| name.contains(l))
    };
    Some(KeypointItems {
        body: names.iter().any(limb),
        points,
        names,
    })
}

/// Keypoints that the schema does not have.
fn foreign(places: &KeypointItems, id: &str) -> Option<String> {
    let pairs = places.names.iter().zip(&places.points);
    let other = pairs.filter_map(|(name, place)| place.is_none().then_some(name.as_str()));
    let other: Vec<&str> = other.collect();
    const SHOWN: usize = 20;
    let some = other[..other.len().min(SHOWN)].join(", ");
    let what = format!(
        "category {id}: {} of its {} keypoints are none that this program knows: {}",
        other.len(),
        places.names.len(),
        number::shown(&some)
    );
    (!other.is_empty()).then_some(what)
}

/// Whether boxes of a category are of faces by its name; `only` where there is no other.
fn is_face(name: &str, only: bool) -> bool {
    let name = name.to_lowercase();
    let unnamed =
        name.chars().all(|c| c.is_ascii_digit()) || ["object", "default"].contains(&&*name);
    name.contains("face") || name.contains("head") || (only && unnamed)
}
