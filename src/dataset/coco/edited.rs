//! What was edited of a face, in its annotation: every other member stays as the file has it.

use serde_json::{Map, Value};

use super::values::{BOX_SOURCE, keypoints, plain, triple};
use crate::dataset::number::{self, CONTINUOUS};
use crate::dataset::schema_items::attribute_like;
use crate::dataset::{Dataset, Sample};
use crate::label::TaskLabels;

/// Task and item.
pub type Place = (usize, usize);

/// Brings an annotation from what `was` read of it to what is known `now`. `places` are those of its
/// category's keypoints in the schema. `None` where one has no place for what was edited.
pub fn edit(
    face: &mut Map<String, Value>,
    places: &[Option<Place>],
    set: &Dataset,
    (was, now): (&Sample, &Sample),
) -> Option<()> {
    let tasks = was.annotation.tasks.iter().zip(&now.annotation.tasks);
    for (t, (was, now)) in tasks.enumerate() {
        match (was, now) {
            (TaskLabels::Points(was), TaskLabels::Points(now)) if was != now => {
                let changed = was.iter().zip(now).enumerate();
                let changed = changed.filter(|(_, (was, now))| was != now);
                let mut numbers = keypoints(face.get("keypoints"), places.len());
                for (i, (_, label)) in changed {
                    let at = places.iter().position(|place| *place == Some((t, i)))?;
                    numbers[3 * at..][..3].copy_from_slice(&triple(*label));
                }
                let numbers: Vec<Value> = numbers.into_iter().map(plain).collect();
                face.insert("keypoints".into(), numbers.into());
                // One that was made of the points is made anew.
                if face.contains_key(BOX_SOURCE) {
                    face.remove("bbox");
                    face.remove("area");
                }
            }
            (TaskLabels::Binary(was), TaskLabels::Binary(now)) if was != now => {
                let changed = was.iter().zip(now).enumerate();
                for (i, (_, value)) in changed.filter(|(_, (was, now))| was != now) {
                    let names = set.schema.tasks[t].items();
                    let name = names.into_iter().nth(i)?;
                    attribute(face, set, ((t, i), name), value.known());
                }
            }
            _ => {}
        }
    }
    if was.face_box != now.face_box {
        face.remove(BOX_SOURCE);
        face.remove("area");
        match now.face_box {
            Some((b, _)) => {
                let sides = [b.x, b.y, b.w, b.h].map(|v| plain(number::unmoved(v, CONTINUOUS)));
                face.insert("bbox".into(), sides.to_vec().into());
            }
            None => drop(face.remove("bbox")),
        }
    }
    Some(())
}

fn attribute(
    face: &mut Map<String, Value>,
    set: &Dataset,
    (place, name): (Place, &str),
    value: Option<bool>,
) {
    let all = face
        .entry("attributes")
        .or_insert_with(|| Map::new().into());
    if !all.is_object() {
        *all = Map::new().into();
    }
    let Value::Object(all) = all else { return };
    let is_it = |key: &String| attribute_like(&set.schema, key) == Some(place);
    match value {
        None => all.retain(|key, _| !is_it(key)),
        Some(yes) => {
            let known: Vec<String> = all.keys().filter(|key| is_it(key)).cloned().collect();
            let known = if known.is_empty() {
                vec![name.to_owned()]
            } else {
                known
            };
            for key in known {
                all.insert(key, yes.into());
            }
        }
    }
}
