//! Another predictor beside the network: a file that is asked for, or a second network.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::faces::compare::{ComparedPredictor, Unusable, read};
use crate::app::faces::findings::{Finding, Findings};
use crate::app::opening::Arrival;
use crate::app::studio::Studio;
use crate::engine::{FaceTicket, ListTicket};
use crate::label::{FaceBox, Prediction, Schema};

impl Studio {
    /// Holds the predictions of a file against the network's, on the list that is open.
    pub fn compare_with(&mut self, path: PathBuf) {
        let (samples, schema) = (self.model.faces.samples.clone(), self.schema());
        let list = self.model.faces.number;
        self.opening.away(move |say| {
            let (other, text) = match read(&path, &samples, &schema) {
                Ok((other, text)) => (Some(other), text),
                Err(Unusable::Unread(text) | Unusable::OfOthers { text, .. }) => (None, text),
            };
            if let Some(other) = other {
                say(Arrival::Compared { list, other });
            }
            say(Arrival::Said(text));
        });
    }

    /// Asks for a file of predictions.
    pub(in crate::app::studio) fn compare_dialog(&mut self) {
        if self.model.faces.items.is_empty() {
            return self.toasts.say("Open the faces first that were predicted");
        }
        self.opening.compare_dialog(self.model.faces.number);
    }

    /// Takes another predictor's words, if they are of the list that is open.
    pub(in crate::app::studio) fn take_other(&mut self, list: u64, other: ComparedPredictor) {
        if list == self.model.faces.number {
            self.model.faces.compare(Some(other));
        }
    }

    /// Whether a second network is held against the one in use: it is loaded, and no file is.
    pub(in crate::app::studio) fn compares_networks(&self) -> bool {
        let other = self.model.networks.other();
        let file = self
            .model
            .faces
            .other
            .as_ref()
            .is_some_and(|o| o.network.is_none());
        other.is_some() && self.model.networks.current.is_some() && !file
    }

    /// Forgets what a second network said that is not the second one any more.
    pub(in crate::app::studio) fn forget_replaced(&mut self) {
        let other = self.model.networks.other();
        let said = self.model.faces.other.as_ref().and_then(|o| o.network);
        if said.is_some() && said != other.map(|n| n.hash) {
            self.model.faces.compare(None);
        }
    }

    /// The second network has said something about a face of the list.
    pub(in crate::app::studio) fn other_predicted(
        &mut self,
        ticket: FaceTicket,
        face_box: FaceBox,
        said: Arc<Prediction>,
    ) {
        let network = self.model.networks.other();
        let Some((name, hash, theirs)) = network
            .map(|n| (n.name(), n.hash, n.schema.clone()))
            .filter(|_| self.compares_networks())
        else {
            return;
        };
        let schema = self.schema();
        let index = self.model.faces.sample_of(ticket);
        if ticket.list != ListTicket(self.model.faces.number)
            || index >= self.model.faces.items.len()
        {
            return;
        }
        if self.model.faces.other.as_ref().and_then(|o| o.network) != Some(hash) {
            if let Some(text) = alone_text((&name, &theirs), &schema) {
                self.toasts.say(text);
            }
            let findings = Findings::none(self.model.faces.items.len());
            self.model.faces.compare(Some(ComparedPredictor {
                name,
                findings,
                file: None,
                made_by: Default::default(),
                network: Some(hash),
            }));
        }
        if self.is_shown(ticket) {
            self.model.faces.other_waiting.answered();
        }
        let samples = self.model.faces.samples.clone();
        // Both are compared by the tasks of the one at hand.
        let said = match theirs == schema {
            true => said,
            false => Arc::new(said.between(&theirs, &schema)),
        };
        if let (Some(other), Some(sample)) = (&mut self.model.faces.other, samples.get(index)) {
            let labels = Some(&sample.annotation);
            let finding = Finding::new(labels, &schema, face_box, said);
            other.findings.set(index, finding);
            self.model.faces.version += 1;
        }
    }

    /// The name of the predictor that is compared with.
    pub fn compared(&self) -> Option<&str> {
        self.model.faces.other.as_ref().map(|o| o.name.as_str())
    }
}

/// Which tasks two networks do not share, of which one is at hand and the other has a name.
fn alone_text((name, theirs): (&str, &Schema), ours: &Schema) -> Option<String> {
    let alone = |of: &Schema, other: &Schema| -> Vec<String> {
        let tasks = of.tasks.iter().map(|t| t.name.clone());
        tasks.filter(|t| other.position(t).is_none()).collect()
    };
    let mut text = Vec::new();
    for (tasks, without) in [
        (alone(ours, theirs), name.to_owned()),
        (alone(theirs, ours), "the network in use".to_owned()),
    ] {
        if !tasks.is_empty() {
            text.push(format!("{without} has no {}", tasks.join(" and no ")));
        }
    }
    (!text.is_empty()).then(|| {
        format!(
            "The networks are compared in the tasks that both have: {}",
            text.join("; ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_of_one_network_alone_are_said() {
        let both = Schema::face();
        let [mut points, mut binary] = [both.clone(), both.clone()];
        points.tasks.truncate(1);
        binary.tasks.remove(0);
        assert_eq!(alone_text(("b", &both), &both), None);
        let actual = alone_text(("b", &points), &both).unwrap();
        assert!(
            actual.ends_with("both have: b has no attributes"),
            "{actual}"
        );
        let actual = alone_text(("b", &binary), &points).unwrap();
        let parts = "b has no landmarks; the network in use has no attributes";
        assert!(actual.ends_with(parts), "{actual}");
    }
}
