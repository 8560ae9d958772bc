//! Attributes of a face are selected, labelled, confirmed and taken from predictions.

use super::stepped;
use crate::app::faces::arrangement::{self, AttributeIndex, AttributeIs};
use crate::app::studio::Studio;
use crate::humanize::counted;
use crate::label::{Presence, Provenance, TaskLabels};
use crate::review::{Labelled, Value};

impl Studio {
    /// The label of an attribute of the face that is looked at.
    pub(super) fn presence(&self, (task, item): AttributeIndex) -> Option<Presence> {
        let sample = self.model.faces.samples.get(self.model.faces.selected())?;
        match sample.annotation.tasks.get(task)? {
            TaskLabels::Binary(values) => values.get(item).copied(),
            TaskLabels::Points(_) => None,
        }
    }

    pub(super) fn probability(&self, place: AttributeIndex) -> Option<f32> {
        let index = self.model.faces.selected();
        let face = self.model.seen(self.model.faces.face(index)?, index);
        let probability = arrangement::probability(face.finding?, place);
        let known = probability.is_finite() && self.is_trained(place);
        known.then_some(probability)
    }

    /// Whether the network says anything of an attribute: numbers of one that it was never trained
    /// on are no answer.
    pub(super) fn is_trained(&self, (task, item): AttributeIndex) -> bool {
        let Some(network) = &self.model.networks.current else {
            return false;
        };
        let Some(task) = network.schema.tasks.get(task) else {
            return false;
        };
        let item = task.items().nth(item).unwrap_or_default();
        network.untrained.reason(&task.name, item).is_none()
    }

    pub(in crate::app::studio) fn label_attribute(
        &mut self,
        place: AttributeIndex,
        value: Presence,
    ) {
        self.model.item = Some(place);
        if let Some(field) = self.field(place) {
            self.edit(vec![(field, Self::by_person(Value::Presence(value)))]);
        }
    }

    pub(super) fn label_and_step(&mut self, value: Presence) {
        if let Some(place) = self.model.item {
            self.label_attribute(place, value);
            self.step_attribute(1);
        }
    }

    /// The opposite of the label, or where none is known, of nothing: what the network says.
    pub(super) fn flip(&mut self) {
        let Some(place) = self.model.item else { return };
        let now = self.presence(place).and_then(Presence::known);
        let value = match (now, self.probability(place)) {
            (Some(present), _) => !present,
            (None, Some(p)) => p >= 0.5,
            (None, None) => true,
        };
        self.label_attribute(place, value.into());
    }

    pub(super) fn accept_attribute(&mut self) {
        let Some(place) = self.model.item else { return };
        match self.probability(place).zip(self.field(place)) {
            Some((p, field)) => {
                let label = Value::Presence((p >= 0.5).into());
                let label = self.accepted(label, false);
                let disputed = self.is_disputed(place);
                self.edit(vec![(field, label)]);
                // Within the face: another one is gone to by whoever asks for it.
                match disputed {
                    true => self.model.item = self.next_disputed(true).or(self.model.item),
                    false => self.step_attribute(1),
                }
            }
            None => self.toasts.say("There is no prediction of this attribute"),
        }
    }

    /// Predictions above the confidence become labels where none is known.
    pub(super) fn accept_attributes(&mut self) {
        let confidence = self.panels.attributes.confidence;
        let all = self.places(false).into_iter().filter_map(|place| {
            let p = self.probability(place)?;
            let unknown = self.presence(place)? == Presence::Unknown;
            let sure = p.max(1.0 - p) >= confidence;
            let label = Value::Presence((p >= 0.5).into());
            (unknown && sure).then_some((self.field(place)?, self.accepted(label, true)))
        });
        let all: Vec<_> = all.collect();
        let count = all.len();
        if self.edit(all) {
            let labels = counted(count, "prediction");
            let percent = 100.0 * confidence;
            self.toasts.say(format!(
                "{labels} of at least {percent:.0} % taken for labels"
            ));
        } else {
            self.toasts
                .say("No unknown attribute is predicted with this confidence");
        }
    }

    /// The known attributes were looked at and are right.
    pub(super) fn confirm_attributes(&mut self) {
        let all = self.places(false).into_iter().filter_map(|place| {
            let value = self.presence(place).filter(|v| *v != Presence::Unknown)?;
            let imported = self.source(place) == Provenance::Imported;
            let label = Labelled {
                value: Value::Presence(value),
                source: Provenance::Confirmed,
            };
            imported.then_some((self.field(place)?, label))
        });
        let all: Vec<_> = all.collect();
        let count = all.len();
        if self.edit(all) {
            let labels = counted(count, "attribute");
            self.toasts.say(format!("{labels} confirmed"));
        } else {
            self.toasts.say("There is no attribute to confirm");
        }
    }

    pub(super) fn source(&self, (task, item): AttributeIndex) -> Provenance {
        let sample = self.model.faces.samples.get(self.model.faces.selected());
        sample.map_or(Provenance::Imported, |s| {
            s.annotation.provenance(task, item)
        })
    }

    pub(super) fn step_attribute(&mut self, by: isize) {
        self.model.item = stepped(&self.attribute_places(), self.model.item, by);
    }

    pub(super) fn is_disputed(&self, place: AttributeIndex) -> bool {
        let index = self.model.faces.selected();
        let Some(face) = self.model.faces.face(index) else {
            return false;
        };
        let is = AttributeIs::Disputed;
        self.is_trained(place) && arrangement::attribute_is(face.sample, face.finding, place, is)
    }

    /// The next disputed attribute of the face, behind the selected one.
    fn next_disputed(&self, forward: bool) -> Option<AttributeIndex> {
        let mut all = self.attribute_places();
        if !forward {
            all.reverse();
        }
        let selected = self.model.item;
        let at = selected.and_then(|place| all.iter().position(|p| *p == place));
        let behind = all.into_iter().skip(at.map_or(0, |at| at + 1));
        behind.into_iter().find(|place| self.is_disputed(*place))
    }

    /// The next disputed attribute of the face; after the last one, the next face on which something
    /// is disputed.
    pub(super) fn step_disputed(&mut self, forward: bool) {
        if let Some(place) = self.next_disputed(forward) {
            self.model.item = Some(place);
            return;
        }
        let mut all = self.attribute_places();
        if !forward {
            all.reverse();
        }
        let before = self.model.faces.selected();
        self.next_disagreement(if forward { 1 } else { -1 });
        if self.model.faces.selected() != before {
            let first = all.into_iter().find(|p| self.is_disputed(*p));
            self.model.item = first;
        }
    }
}
