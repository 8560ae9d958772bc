//! Figures of what is seen, for print, and the maps as numbers.

use crate::app::export::ExportError;
use crate::app::features::state::comparison::Set;
use crate::app::features::state::display::ScaleChoice;
use crate::app::features::state::export::{FigureFace, TableKind, What};
use crate::app::features::view::FeatureView;
use crate::engine::{
    Against, CompareRequest, ExportContent, ExportRequest, MapsFigure, MapsOf, NetworkInfo,
    PhotoFace,
};
use crate::figure;
use crate::figure::{Provenance, Scale, effects_table, matches_table, towers_table};
use crate::model::{Layer, Tap, TapLayer, weights_name};
use crate::study::Towers;

impl FeatureView {
    /// The figure of what is seen, if it can be drawn; of a face, but for the towers'.
    pub fn figure(
        &self,
        what: What,
        face: Option<FigureFace>,
        network: &NetworkInfo,
    ) -> Result<ExportRequest, ExportError> {
        let second_photo = || self.comparison.photo.clone();
        let (content, provenance) = match (what, face) {
            (What::Towers, _) => {
                let found = self.towers_known(Some(network));
                let found = found
                    .ok_or(ExportError::Missing("There is no network yet"))?
                    .clone();
                let over = self.studies.found.towers.as_ref();
                let over = over.map_or(String::new(), |(t, choice)| choice.describe(t.faces));
                let provenance = Provenance {
                    faces: over.clone(),
                    ..Provenance::default()
                };
                (ExportContent::Towers(found, over), provenance)
            }
            (_, None) => return Err(ExportError::Missing("There is no face to draw")),
            (What::Figure6, Some(face)) => {
                let figure = MapsFigure {
                    maps: MapsOf::One {
                        face: face.face,
                        place: TapLayer::conv(Layer::Conv1_2),
                        masks: Vec::new(),
                    },
                    names: Default::default(),
                    scale: Scale::Channel,
                    colours: self.display.colours,
                    channels: None,
                };
                (ExportContent::Maps(figure), face.provenance)
            }
            (What::View, Some(face)) => {
                let provenance = Provenance {
                    second_photo: second_photo(),
                    ..face.provenance
                };
                let figure = self.view_figure(face.face, face.name);
                (ExportContent::Maps(figure), provenance)
            }
            (What::Channel, Some(face)) => {
                let tower = self
                    .tower()
                    .ok_or(ExportError::Missing("There are no maps to draw"))?;
                let (slot, channel) = self.inspected();
                if slot.set != Set::First && self.lacks_partner(slot.tower, channel) {
                    return Err(ExportError::Missing("The channel has no partner to draw"));
                }
                let compared = self.compared_sets().is_some();
                let wanted = self.compare_request(&face.face).filter(|_| compared);
                let said = self.channel_label(slot.tower, channel);
                let content = ExportContent::Channel {
                    of: match wanted {
                        Some(_) => slot.set,
                        None => Set::First,
                    },
                    maps: self.maps_of(face.face, wanted),
                    tap: Tap::at(tower.maps.id, self.place),
                    channel: channel as usize,
                    name: format!("{said}{}", self.named_set_label(slot.set)),
                    scale: self.inspected_scale(),
                };
                let provenance = Provenance {
                    second_photo: second_photo().filter(|_| compared),
                    ..face.provenance
                };
                (content, provenance)
            }
            (What::Attention, Some(face)) => {
                let found = self.attention.found.as_ref();
                let found = found.ok_or(ExportError::Missing("nothing has been explained yet"))?;
                let explanation = Box::new(found.explanation.clone());
                let content =
                    ExportContent::Explanation(explanation, network.schema.clone(), face.labels);
                (content, face.provenance)
            }
        };
        Ok(self.request(content, provenance))
    }

    /// The face at hand and what it is compared with, if it is.
    fn compare_request(&self, face: &PhotoFace) -> Option<CompareRequest> {
        Some(CompareRequest {
            face: face.clone(),
            place: self.place,
            masks: self.muting.masks(),
            against: self.comparison.against()?.clone(),
            matched: self.comparison.pairs.of(self.place),
            own_ranges: self.display.scale == ScaleChoice::Own,
        })
    }

    /// The maps of the layer, beside what they are compared with.
    fn maps_of(&self, face: PhotoFace, wanted: Option<CompareRequest>) -> MapsOf {
        match wanted {
            Some(wanted) => MapsOf::Two(wanted),
            None => MapsOf::One {
                face,
                place: self.place,
                masks: self.muting.masks(),
            },
        }
    }

    fn view_figure(&self, face: PhotoFace, name: String) -> MapsFigure {
        let wanted = self.compare_request(&face);
        let names = match wanted.as_ref().map(|wanted| &wanted.against) {
            None => Default::default(),
            Some(against) => {
                let first = match against {
                    Against::Weights(_) => weights_name(&self.source.origin),
                    Against::Photo(..) => name,
                };
                [first, self.comparison.name.clone()]
            }
        };
        let (at, _) = self.place_selected();
        let tower = match self.compared_sets() {
            Some(sets) => sets.towers[0].get(at).and_then(Option::as_ref),
            None => self.tower(),
        };
        let in_sight = tower.filter(|_| self.export.in_sight);
        MapsFigure {
            maps: self.maps_of(face, wanted),
            names,
            scale: self.scale(Set::First),
            colours: self.colours_on_paper(Set::First),
            channels: in_sight.map(|t| t.order.iter().map(|c| *c as usize).collect()),
        }
    }

    /// The maps of the layer as numbers.
    pub fn numbers(&self, face: FigureFace) -> ExportRequest {
        let wanted = self.compare_request(&face.face);
        let content = ExportContent::Numbers(self.maps_of(face.face, wanted));
        let provenance = Provenance {
            second_photo: self.comparison.photo.clone(),
            ..face.provenance
        };
        self.request(content, provenance)
    }

    /// What was found out as a table, if it was.
    pub fn table(&self, listing: TableKind, network: &NetworkInfo) -> Option<figure::Table> {
        let NetworkInfo {
            schema,
            fingerprint,
            ..
        } = network;
        match listing {
            TableKind::Ranking => {
                let (found, choice) = self.studies.found.effects.as_ref()?;
                let faces = choice.describe(found.faces);
                Some(effects_table(found, schema, &faces, fingerprint))
            }
            TableKind::Matches => {
                let sets = self.comparison.sets.as_ref()?;
                let matched = sets.matched.as_ref()?;
                Some(matches_table(
                    &matched.towers,
                    &matched.faces,
                    &matched.networks,
                ))
            }
            TableKind::Towers => {
                let (found, choice) = self.studies.found.towers.as_ref()?;
                Some(towers_table(
                    found,
                    &choice.describe(found.faces),
                    fingerprint,
                ))
            }
        }
    }

    /// An export that goes nowhere yet, in the dialog's size.
    fn request(&self, content: ExportContent, provenance: Provenance) -> ExportRequest {
        ExportRequest {
            out: None,
            width_mm: self.export.width_mm,
            dpi: self.export.dpi,
            network: self.source.named(),
            provenance,
            content,
        }
    }

    /// Whether there is anything to say of towers.
    pub(super) fn joins_towers(&self, network: Option<&NetworkInfo>) -> bool {
        let found = self.towers_known(network);
        found.is_some_and(|found| !found.shares.is_empty())
    }

    /// What was measured, or else what the weights alone say.
    pub(super) fn towers_known<'a>(
        &'a self,
        network: Option<&'a NetworkInfo>,
    ) -> Option<&'a Towers> {
        let measured = self.studies.found.towers.as_ref().map(|t| &t.0);
        measured.or_else(|| network.map(|n| &*n.norms))
    }
}
