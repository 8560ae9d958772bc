//! The settings of a run: those that many change first, the others folded away.

use std::time::Duration;

use clap::ValueEnum;
use eframe::egui::{self, Ui};

use crate::app::training::action::Action;
use crate::app::training::form::dialogs::{SETTINGS, STAGE1, VGG16};
use crate::app::training::form::fields::{choice, decimal, file, number, switch};
use crate::app::training::form::names::{device_name, preset_name};
use crate::app::training::form::state::Form;
use crate::app::widgets::theme;
use crate::compute::DeviceChoice;
use crate::dataset::BoxPolicy;
use crate::label::Schema;
use crate::model::{Config, TaskStart};
use crate::train::{Preset, TrainConfig};

/// When it is looked again whether a file was read.
const SOON: Duration = Duration::from_millis(50);

impl Form {
    pub fn settings_ui(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        if let Some(config) = self.file.poll() {
            self.settings.config = config;
        }
        if self.file.is_reading() {
            ui.ctx().request_repaint_after(SOON);
        }
        grid(ui, "new run", |ui| self.main_ui(ui));
        ui.add_space(4.0);
        egui::CollapsingHeader::new("More settings")
            .id_salt("more settings of a run")
            .show(ui, |ui| {
                grid(ui, "regularisation", |ui| self.regularisation_ui(ui));
                grid(ui, "augmentation", |ui| self.augmentation_ui(ui));
                grid(ui, "starts", |ui| self.starts_ui(ui, actions));
                let button = ui.button("Settings from a file…");
                let tip = "Takes what a JSON file says, as `train --print-config` prints it, or all \
                           settings of an earlier run from its run.json";
                if button.on_hover_text(tip).clicked() {
                    actions.push(Action::Choose { field: SETTINGS, folder: false });
                }
            });
        if let Some(why) = self.file.error() {
            ui.colored_label(theme::palette(ui.ctx()).waiting, why);
        }
    }

    fn main_ui(&mut self, ui: &mut Ui) {
        let before = self.settings.preset;
        let tip = "Settings to start from: compact trains a small network well in an hour or two, \
                   paper has the paper's network and 100 epochs a stage, which take days without a \
                   GPU";
        choice(ui, "Preset", tip, preset_name(before), |ui| {
            for preset in Preset::value_variants() {
                ui.selectable_value(&mut self.settings.preset, *preset, preset_name(*preset));
            }
        });
        if self.settings.preset != before {
            self.settings.config = TrainConfig::preset(self.settings.preset);
            self.file.forget_error();
        }
        let c = &mut self.settings.config;
        network_ui(ui, &mut c.network);
        let tip = "Channels of the first convolutions; deeper ones have up to eight times as many. \
                   Twice the width takes about four times as long";
        number(ui, "Width", tip, &mut c.network.width, 1..=256);
        let tip = "Units of the fully connected layer of each task";
        number(ui, "Units of Fc", tip, &mut c.network.fc, 1..=8192);
        let tip = "Faces a step: more give steadier steps, and take more memory";
        number(ui, "Batch", tip, &mut c.batch, 1..=1024);
        let tip = "How often stage 1 sees each training face: it trains the shared tower on all \
                   tasks";
        decimal(
            ui,
            "Epochs, stage 1",
            tip,
            &mut c.stage1.epochs,
            0.0..=10_000.0,
        );
        let tip = "How often stage 2 sees each training face: it trains a tower for each task beside \
                   the shared one";
        decimal(
            ui,
            "Epochs, stage 2",
            tip,
            &mut c.stage2.epochs,
            0.0..=10_000.0,
        );
        let tip = "How far a step of stage 1 goes: too much and the loss grows, too little and it \
                   hardly falls";
        decimal(
            ui,
            "Rate, stage 1",
            tip,
            &mut c.stage1.learning_rate,
            1e-7..=1.0,
        );
        let tip = "How far a step of stage 2 goes";
        decimal(
            ui,
            "Rate, stage 2",
            tip,
            &mut c.stage2.learning_rate,
            1e-7..=1.0,
        );
        let tip = "What chance depends on: the same seed and settings give the same network on the \
                   CPU";
        number(ui, "Seed", tip, &mut c.seed, 0..=u64::MAX);
        let tip = "What computes: auto takes a real GPU if there is one, else the CPU";
        choice(ui, "Device", tip, device_name(self.settings.device), |ui| {
            for device in DeviceChoice::value_variants() {
                ui.selectable_value(&mut self.settings.device, *device, device_name(*device));
            }
        });
    }

    fn regularisation_ui(&mut self, ui: &mut Ui) {
        let c = &mut self.settings.config;
        let tip = "How often a stage is measured on the validation faces, and may be kept";
        number(
            ui,
            "Validations a stage",
            tip,
            &mut c.validations,
            1..=10_000,
        );
        let tip = "A stage ends after this many validations without a better one; 0 never ends it";
        number(ui, "Patience", tip, &mut c.patience, 0..=10_000);
        let tip = "Probability of dropping a unit before the output of attributes";
        decimal(ui, "Dropout", tip, &mut c.dropout, 0.0..=0.95);
        let tip = "Weight of the points' loss beside the attributes', equation (1) of the paper";
        decimal(ui, "Weight of points", tip, &mut c.points_weight, 0.0..=1e6);
        let tip = "What the task towers of stage 2 start from: random weights, the shared tower's \
                   where shapes allow, or all of stage 1's network";
        let name = value_name(&c.task_start);
        choice(ui, "Stage 2 starts", tip, &name, |ui| {
            for start in TaskStart::value_variants() {
                ui.selectable_value(&mut c.task_start, *start, value_name(start));
            }
        });
        let tip = "The tasks that stage 2 trains";
        let all = "all tasks";
        let shown = c.only.clone().unwrap_or_else(|| all.into());
        choice(ui, "Stage 2 trains", tip, &shown, |ui| {
            ui.selectable_value(&mut c.only, None, all);
            for task in &Schema::face().tasks {
                ui.selectable_value(&mut c.only, Some(task.name.clone()), &task.name);
            }
        });
    }

    fn augmentation_ui(&mut self, ui: &mut Ui) {
        let c = &mut self.settings.config;
        let tip = "In which boxes faces are looked at: the data set's own, those of the labelled \
                   points (which tell where the points are), or the picture";
        choice(ui, "Boxes", tip, &value_name(&c.boxes), |ui| {
            for boxes in BoxPolicy::value_variants() {
                ui.selectable_value(&mut c.boxes, *boxes, value_name(boxes));
            }
        });
        let a = &mut c.augmentation;
        let tip = "Standard deviation of the box's centre, in half sides; more of it suits photos \
                   whose boxes are rough";
        decimal(ui, "Shift", tip, &mut a.shift, 0.0..=1.0);
        let tip = "Standard deviation of the box's size, as a fraction";
        decimal(ui, "Scale", tip, &mut a.scale, 0.0..=1.0);
        let tip = "Standard deviation of the turn, in radians";
        decimal(ui, "Turn", tip, &mut a.rotation, 0.0..=3.2);
        let tip = "Whether half of the pictures are mirrored";
        switch(ui, "Mirrored", tip, &mut a.flip);
        let tip = "Contrast is multiplied by 1 ± this, by chance";
        decimal(ui, "Contrast", tip, &mut a.contrast, 0.0..=1.0);
        let tip = "This many levels of 255 are added or taken, by chance";
        decimal(ui, "Brightness", tip, &mut a.brightness, 0.0..=255.0);
    }

    fn starts_ui(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let tip =
            "Start the towers from torchvision's VGG16 (.pth or .safetensors); needs width 64";
        file(
            ui,
            "VGG16",
            tip,
            &mut self.settings.initial_weights.vgg16,
            || {
                actions.push(Action::Choose {
                    field: VGG16,
                    folder: false,
                })
            },
        );
        let tip = "Use these weights in place of stage 1: a hard-sharing network, or a separation \
                   network whose towers go on";
        file(
            ui,
            "In place of stage 1",
            tip,
            &mut self.settings.initial_weights.stage1,
            || {
                actions.push(Action::Choose {
                    field: STAGE1,
                    folder: false,
                })
            },
        );
        let tip = "Threads to compute with; 0 takes all cores";
        number(ui, "Threads", tip, &mut self.settings.threads, 0..=1024);
        let tip = "The terms under which the weights may be used, stored with them";
        let label = ui.label("Licence").on_hover_text(tip);
        let field = egui::TextEdit::singleline(&mut self.settings.license).desired_width(120.0);
        ui.add(field).labelled_by(label.id).on_hover_text(tip);
        ui.end_row();
    }
}

/// One of the paper's networks, of the size that is set.
fn network_ui(ui: &mut Ui, network: &mut Config) {
    let named = |name: &str| {
        let own = &*network;
        let variant = Config::variant(name)?.sized(own.width, own.fc);
        Some(Config {
            norm: own.norm,
            ..variant
        })
    };
    let variants: Vec<(&str, Config)> = Config::VARIANTS
        .into_iter()
        .filter_map(|name| Some((name, named(name)?)))
        .collect();
    let known = variants.iter().find(|(_, variant)| variant == network);
    let shown = known.map_or("another", |(name, _)| name);
    let tip = "How the towers are joined: one of the paper's networks";
    choice(ui, "Network", tip, shown, |ui| {
        for (name, variant) in variants {
            let title = variant.title();
            ui.selectable_value(network, variant, name)
                .on_hover_text(title);
        }
    });
}

fn grid(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    egui::Grid::new(name)
        .num_columns(2)
        .spacing([12.0, 6.0])
        .show(ui, content);
}

/// As on the command line.
fn value_name(value: &impl ValueEnum) -> String {
    let name = value.to_possible_value();
    name.map_or_else(String::new, |v| v.get_name().to_owned())
}
