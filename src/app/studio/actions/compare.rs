//! Another predictor beside the network: a file that is asked for, or a second network.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::faces::compare::{Other, Unusable, read};
use crate::app::faces::findings::{Finding, Findings};
use crate::app::opening::Arrival;
use crate::app::studio::Studio;
use crate::engine::{FaceTicket, ListTicket};
use crate::label::{FaceBox, Prediction};

impl Studio {
    /// Holds the predictions of a file against the network's, on the list that is open.
    pub fn compare_with(&mut self, path: PathBuf) {
        let (samples, schema) = (self.model.faces.samples.clone(), self.schema());
        let list = self.model.faces.number;
        self.opening.away(move |say| {
            let (other, words) = match read(&path, &samples, &schema) {
                Ok((other, words)) => (Some(other), words),
                Err(Unusable::Unread(words) | Unusable::OfOthers { words, .. }) => (None, words),
            };
            if let Some(other) = other {
                say(Arrival::Other { list, other });
            }
            say(Arrival::Said(words));
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
    pub(in crate::app::studio) fn take_other(&mut self, list: u64, other: Other) {
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
        let Some((name, hash)) = network
            .map(|n| (n.name(), n.hash))
            .filter(|_| self.compares_networks())
        else {
            return;
        };
        let index = self.model.faces.sample_of(ticket);
        if ticket.list != ListTicket(self.model.faces.number)
            || index >= self.model.faces.items.len()
        {
            return;
        }
        if self.model.faces.other.as_ref().and_then(|o| o.network) != Some(hash) {
            let findings = Findings::none(self.model.faces.items.len());
            self.model.faces.compare(Some(Other {
                name,
                findings,
                network: Some(hash),
            }));
        }
        if self.is_shown(ticket) {
            self.model.faces.other_waiting.answered();
        }
        let (schema, samples) = (self.schema(), self.model.faces.samples.clone());
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
