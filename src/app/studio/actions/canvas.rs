//! What somebody does on the canvas and among the attributes.

use eframe::egui;

use crate::app::canvas::{Action, Export};
use crate::app::studio::Studio;
use crate::app::{attributes, canvas};

impl Studio {
    pub(in crate::app::studio) fn apply_canvas(&mut self, ctx: &egui::Context, action: Action) {
        match action {
            Action::Run(command) => self.run(ctx, command),
            Action::TakeBox => self.box_is_taken(),
            Action::MoveBox(face_box) => self.move_box(face_box),
            Action::AddBox(face_box) if self.is_reviewing() => self.review_box(face_box),
            Action::AddBox(face_box) => self.add_box(face_box),
            Action::ReleaseBox => {
                if self.is_reviewing() {
                    self.use_box();
                }
            }
            Action::SelectPoint(place) => self.model.item = Some(place),
            Action::PutPoint(place, at) => self.put_point(place, at),
            Action::PlacePoint(at) => self.placed_point(at),
            Action::Note(note) => self.set_note(note),
            Action::Decide(conflict, edited) => self.decide(&conflict, edited),
            Action::Activate(which) => self.activate(which),
            Action::Export(Export::Photo, target) => self.export_picture(target),
            Action::Export(Export::Sheet, target) => self.export_sheet(target),
            Action::Export(Export::Attributes, target) => self.export_table(target),
            Action::ExportScale(scale) => self.model.export_scale = scale,
        }
    }

    pub(in crate::app::studio) fn apply_attributes(
        &mut self,
        ctx: &egui::Context,
        action: attributes::Action,
    ) {
        match action {
            attributes::Action::FindFaces(attribute) => self.find_faces(&format!("{attribute} ")),
            attributes::Action::Select(place) => self.model.item = Some(place),
            attributes::Action::Label(place, value) => self.label_attribute(place, value),
            attributes::Action::Run(command) => self.run(ctx, command),
        }
    }

    /// What a file of the face that is looked at is called at first.
    pub(in crate::app::studio) fn file_name(&self) -> String {
        canvas::file_name(&self.model)
    }

    /// What a sheet is called at first: as the list.
    pub(in crate::app::studio) fn sheet_file_name(&self) -> String {
        canvas::sheet_file_name(&self.model)
    }
}
