//! What was edited of faces, in labelme's file of their picture: shapes, flags and members that are not
//! concerned stay as the file has them.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::FoundFace;
use super::file::OCCLUDED;
use super::geometry::{group, outline};
use super::shapes::{box_shape, flag_rectangle, point_shape, self_flags, shapes_with_flags};
use crate::dataset::coco::plain;
use crate::dataset::number::{self, CONTINUOUS};
use crate::dataset::schema_items::attribute_like;
use crate::dataset::{Dataset, Sample};
use crate::label::{PointLabel, PointState, TaskLabels};

/// Brings a file from what was `found` in it to what is known of the picture's faces now.
pub fn edit(file: &mut Map<String, Value>, found: &[FoundFace], set: &Dataset, now: &[&Sample]) {
    let shapes = match file.get_mut("shapes") {
        Some(Value::Array(shapes)) => std::mem::take(shapes),
        _ => Vec::new(),
    };
    let flags = match file.get_mut("flags") {
        Some(Value::Object(flags)) => std::mem::take(flags),
        _ => Map::new(),
    };
    let mut edited = Edited {
        set,
        shapes,
        gone: HashSet::new(),
        flags,
        flags_of_face: found.len() == 1 && now.len() == 1,
        carriers: HashMap::new(),
    };
    if !edited.flags_of_face {
        let only = match found {
            [only] => now.iter().find(|sample| sample.face == only.sample.face),
            _ => None,
        };
        edited.move_flags(found, only.copied());
    }
    for was in found {
        match now.iter().find(|sample| sample.face == was.sample.face) {
            Some(now) => edited.face(was, now),
            None => edited.leave_out(was),
        }
    }
    let is_known = |sample: &&&Sample| found.iter().any(|was| was.sample.face == sample.face);
    for new in now.iter().filter(|sample| !is_known(sample)) {
        if edited.flags_of_face {
            edited.flags.append(&mut self_flags(set, new));
        }
        edited.shapes.extend(shapes_with_flags(set, new));
    }
    let Edited {
        shapes,
        gone,
        flags,
        ..
    } = edited;
    let shapes = shapes.into_iter().enumerate();
    let shapes: Vec<Value> = shapes
        .filter_map(|(at, shape)| (!gone.contains(&at)).then_some(shape))
        .collect();
    file.insert("shapes".into(), shapes.into());
    file.insert("flags".into(), flags.into());
}

struct Edited<'a> {
    set: &'a Dataset,
    shapes: Vec<Value>,
    /// Shapes that are no longer there.
    gone: HashSet<usize>,
    /// The picture's.
    flags: Map<String, Value>,
    /// Whether these are those of its one face.
    flags_of_face: bool,
    /// Shapes that were made and have the flags of a face.
    carriers: HashMap<u32, usize>,
}

impl Edited<'_> {
    /// The picture's flags were those of its one face, and say nothing of one of several; or they said
    /// nothing so far, and would of the one that is left.
    fn move_flags(&mut self, found: &[FoundFace], only: Option<&Sample>) {
        let schema = &self.set.schema;
        let is_read = |name: &String| matches!(found, [was] if was.flags.contains_key(name));
        let of_face = |name: &String| attribute_like(schema, name).is_some() || is_read(name);
        let names = self.flags.keys().filter(|name| of_face(name));
        let names: Vec<String> = names.cloned().collect();
        let moved: Map<String, Value> = names
            .into_iter()
            .filter_map(|name| self.flags.remove_entry(&name))
            .collect();
        if let ([was], Some(only)) = (found, only)
            && !moved.is_empty()
            && let Some(at) = self.carrier(was, only)
        {
            self.flags_at(at).extend(moved);
        }
    }

    /// A face that is left out goes with its shapes, and its flags.
    fn leave_out(&mut self, was: &FoundFace) {
        let points = was.points_at.values().copied();
        self.gone.extend(points.chain(was.box_at));
        if self.flags_of_face {
            let schema = &self.set.schema;
            self.flags
                .retain(|name, _| attribute_like(schema, name).is_none());
        }
    }

    /// The shape that has a face's flags, which is made where there is none.
    fn carrier(&mut self, was: &FoundFace, now: &Sample) -> Option<usize> {
        let known = was.box_at.or(self.carriers.get(&now.face).copied());
        if known.is_some() {
            return known;
        }
        let made = match now.face_box {
            Some(_) => box_shape(now),
            None => flag_rectangle(now),
        };
        match made {
            Some(mut made) => {
                made["group_id"] = self.group_of(was, now);
                self.shapes.push(made);
                let at = self.shapes.len() - 1;
                self.carriers.insert(now.face, at);
                Some(at)
            }
            None => was.points_at.values().next().copied(),
        }
    }

    /// A face's group as its shapes say it.
    fn group_of(&self, was: &FoundFace, now: &Sample) -> Value {
        let at = was.box_at.or(was.points_at.values().next().copied());
        match at {
            Some(at) => self.shapes[at].get("group_id").cloned().unwrap_or_default(),
            None if now.face == 0 => Value::Null,
            None => now.face.into(),
        }
    }

    fn flags_at(&mut self, at: usize) -> &mut Map<String, Value> {
        let shape = &mut self.shapes[at];
        if !shape["flags"].is_object() {
            shape["flags"] = json!({});
        }
        match &mut shape["flags"] {
            Value::Object(flags) => flags,
            _ => &mut self.flags,
        }
    }

    fn face(&mut self, was: &FoundFace, now: &Sample) {
        let tasks = was.sample.annotation.tasks.iter();
        let tasks = tasks.zip(&now.annotation.tasks).enumerate();
        // The box before what may stand at it.
        let had_box = was.box_at.filter(|_| was.sample.face_box.is_some());
        if was.sample.face_box != now.face_box {
            match (was.box_at, now.face_box) {
                (Some(at), Some((b, _))) => {
                    let (kind, corners) = outline(b);
                    let corners: Vec<_> = corners.iter().map(|p| p.map(plain)).collect();
                    self.shapes[at]["shape_type"] = kind.into();
                    self.shapes[at]["points"] = json!(corners);
                    if let Value::Object(shape) = &mut self.shapes[at] {
                        shape.remove("bbox_source");
                    }
                }
                (None, Some(_)) => drop(self.carrier(was, now)),
                (_, None) => self.gone.extend(had_box),
            }
        }
        for (t, labels) in tasks {
            match labels {
                (TaskLabels::Points(before), TaskLabels::Points(after)) => {
                    let changed = before.iter().zip(after).enumerate();
                    for (i, (_, label)) in changed.filter(|(_, (a, b))| a != b) {
                        self.point(was, (t, i), *label, now);
                    }
                }
                (TaskLabels::Binary(before), TaskLabels::Binary(after)) => {
                    let changed = before.iter().zip(after).enumerate();
                    for (i, (_, value)) in changed.filter(|(_, (a, b))| a != b) {
                        self.attribute(was, (t, i), value.known(), now);
                    }
                }
                _ => {}
            }
        }
        // What was drawn about the points for the flags goes with them.
        if let Some(at) = was
            .box_at
            .filter(|_| had_box.is_none() && now.face_box.is_none())
            && let Some(rectangle) = flag_rectangle(now)
        {
            self.shapes[at]["points"] = rectangle["points"].clone();
        }
    }

    fn point(&mut self, was: &FoundFace, place: (usize, usize), label: PointLabel, now: &Sample) {
        let Some(at) = was.points_at.get(&place).copied() else {
            let name = self.set.schema.tasks[place.0].items().nth(place.1);
            if let Some(mut made) = name.and_then(|name| point_shape(now, name, label)) {
                made["group_id"] = self.group_of(was, now);
                self.shapes.push(made);
            }
            return;
        };
        let Some(to) = label.known() else {
            self.gone.insert(at);
            return;
        };
        let to = to.map(|v| plain(number::unmoved(v, CONTINUOUS)));
        self.shapes[at]["points"] = json!([to]);
        self.shapes[at]["shape_type"] = "point".into();
        let hidden = label.state == PointState::Occluded;
        let flags = self.flags_at(at);
        match hidden {
            true => drop(flags.insert(OCCLUDED.into(), true.into())),
            false => drop(flags.remove(OCCLUDED)),
        }
    }

    fn attribute(
        &mut self,
        was: &FoundFace,
        place: (usize, usize),
        value: Option<bool>,
        now: &Sample,
    ) {
        let schema = &self.set.schema;
        let is_it = |name: &String| attribute_like(schema, name) == Some(place);
        let mut found = false;
        let face = now.face;
        let of_face = self
            .shapes
            .iter_mut()
            .filter(|shape| shape.get("group_id").map_or(Some(0), group) == Some(face));
        let of_shapes = of_face.flat_map(|shape| {
            let members = shape.as_object_mut().into_iter().flat_map(|s| s.iter_mut());
            members.filter_map(|(name, value)| match name.as_str() {
                "flags" | "attributes" => value.as_object_mut(),
                _ => None,
            })
        });
        let own = self.flags_of_face.then_some(&mut self.flags);
        for flags in of_shapes.chain(own) {
            let names: Vec<String> = flags.keys().filter(|name| is_it(name)).cloned().collect();
            for name in names {
                found = true;
                match value {
                    Some(yes) => drop(flags.insert(name, yes.into())),
                    None => drop(flags.remove(&name)),
                }
            }
        }
        let name = schema.tasks[place.0].items().nth(place.1);
        if let (false, Some(yes), Some(name)) = (found, value, name) {
            let name = name.to_owned();
            if self.flags_of_face {
                self.flags.insert(name, yes.into());
            } else if let Some(at) = self.carrier(was, now) {
                self.flags_at(at).insert(name, yes.into());
            }
        }
    }
}
