//! Points of a face are selected, moved, placed and taken from predictions.

use super::stepped;
use crate::app::faces::arrangement::AttributeIndex;
use crate::app::studio::Studio;
use crate::label::{Point, PointLabel, PointState, TaskLabels, TaskPrediction};
use crate::review::Value;

impl Studio {
    /// Another face is looked at: keys must not label what nobody selected there. Whoever goes through
    /// faces by one attribute, by which they are sorted or filtered, labels that one of each.
    pub(in crate::app::studio) fn leave_item(&mut self) {
        self.panels.canvas.photo.placing = false;
        let by = self.model.faces.order.arrangement.places();
        self.model.item = self.model.item.filter(|item| by.contains(item));
    }

    /// The points of the schema, of all its tasks.
    pub(super) fn point_places(&self) -> Vec<AttributeIndex> {
        self.places(true)
    }

    /// The attributes in the order in which they are shown.
    pub(super) fn attribute_places(&self) -> Vec<AttributeIndex> {
        let shown = self.panels.attributes.shown_places();
        if shown.is_empty() {
            self.places(false)
        } else {
            shown
        }
    }

    pub(super) fn places(&self, points: bool) -> Vec<AttributeIndex> {
        let schema = self.schema();
        let tasks = schema.tasks.iter().enumerate();
        let tasks = tasks.filter(|(_, task)| task.is_points() == points);
        let all = tasks.flat_map(|(t, task)| (0..task.len()).map(move |i| (t, i)));
        all.collect()
    }

    pub(super) fn select_point(&mut self, number: usize) {
        match self.point_places().get(number) {
            Some(place) => self.model.item = Some(*place),
            None => self.toasts.say("The network has no point of this number"),
        }
    }

    pub(super) fn step_point(&mut self, by: isize) {
        self.model.item = stepped(&self.point_places(), self.model.item, by);
    }

    /// The label of the selected point.
    pub(super) fn point(&self) -> Option<(AttributeIndex, PointLabel)> {
        let place = self.model.item?;
        let sample = self.model.faces.samples.get(self.model.faces.selected())?;
        match sample.annotation.tasks.get(place.0)? {
            TaskLabels::Points(points) => Some((place, *points.get(place.1)?)),
            TaskLabels::Binary(_) => None,
        }
    }

    /// Where the network has a point of the face that is looked at.
    pub(super) fn predicted_point(&self, (task, item): AttributeIndex) -> Option<Point> {
        // One that is hidden is no help, nor a label that nobody set.
        let index = self.model.faces.selected();
        let face = self.model.seen(self.model.faces.face(index)?, index);
        match face.prediction()?.tasks.get(task)? {
            TaskPrediction::Points(points) => points.get(item).copied(),
            TaskPrediction::Binary(_) => None,
        }
        .filter(|p| p.iter().all(|v| v.is_finite()))
    }

    pub(super) fn set_point(&mut self, change: impl FnOnce(PointLabel) -> PointLabel) {
        if let Some((place, label)) = self.point() {
            self.label_point(place, change(label));
        }
    }

    pub(super) fn label_point(&mut self, place: AttributeIndex, label: PointLabel) {
        if let Some(field) = self.field(place) {
            self.edit(vec![(field, Self::by_person(Value::Point(label)))]);
        }
    }

    /// Moves the selected point; one that is not labelled starts where the network has it.
    pub(super) fn nudge(&mut self, [dx, dy]: [f32; 2]) {
        let Some((place, label)) = self.point() else {
            return;
        };
        let Some(from) = label.known().or_else(|| self.predicted_point(place)) else {
            return self
                .toasts
                .say("The point has no place yet: click where it is");
        };
        let state = match label.state {
            PointState::Unknown => PointState::Visible,
            state => state,
        };
        let at = [from[0] + dx, from[1] + dy];
        self.label_point(place, PointLabel { at, state });
    }

    /// Somebody has let a point go at another place.
    pub(in crate::app::studio) fn put_point(&mut self, place: AttributeIndex, at: Point) {
        self.model.item = Some(place);
        let state = self
            .point()
            .map_or(PointState::Visible, |(_, label)| label.state);
        let state = match state {
            PointState::Unknown => PointState::Visible,
            state => state,
        };
        self.label_point(place, PointLabel { at, state });
    }

    pub(super) fn place_points(&mut self) {
        let photo = &mut self.panels.canvas.photo;
        photo.placing ^= true;
        if photo.placing {
            self.model.item = self.point_places().first().copied();
        }
    }

    /// A click while points are placed: the next one follows.
    pub(in crate::app::studio) fn placed_point(&mut self, at: Point) {
        let Some(place) = self.model.item else {
            return;
        };
        self.put_point(place, at);
        let all = self.point_places();
        let next = all.iter().position(|p| *p == place).map(|n| n + 1);
        match next.and_then(|n| all.get(n)) {
            Some(next) => self.model.item = Some(*next),
            None => {
                self.panels.canvas.photo.placing = false;
                self.model.item = None;
            }
        }
    }

    pub(super) fn toggle_occluded(&mut self) {
        let Some((place, label)) = self.point() else {
            return;
        };
        let Some(at) = label.known().or_else(|| self.predicted_point(place)) else {
            return self
                .toasts
                .say("The point has no place yet: click where it is");
        };
        let state = match label.state {
            PointState::Occluded => PointState::Visible,
            _ => PointState::Occluded,
        };
        self.label_point(place, PointLabel { at, state });
    }

    pub(super) fn accept_point(&mut self) {
        let Some((place, _)) = self.point() else {
            return;
        };
        match self.predicted_point(place).zip(self.field(place)) {
            Some((at, field)) => {
                let label = Value::Point(PointLabel::visible(at));
                let label = self.accepted(label, false);
                self.edit(vec![(field, label)]);
                self.step_point(1);
            }
            None => self.toasts.say("There is no prediction of this point yet"),
        }
    }

    pub(super) fn accept_points(&mut self) {
        let all = self.point_places().into_iter().filter_map(|place| {
            let label = Value::Point(PointLabel::visible(self.predicted_point(place)?));
            Some((self.field(place)?, self.accepted(label, true)))
        });
        let all: Vec<_> = all.collect();
        if all.is_empty() {
            return self.toasts.say("There is no prediction of this face yet");
        }
        self.edit(all);
    }
}
