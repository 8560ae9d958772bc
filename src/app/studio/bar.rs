//! The bar above the panes: the menu, the workspaces, and what is going on at the right: work,
//! network, device.

use std::path::Path;

use eframe::egui::{self, Align, Color32, Layout, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use crate::app::command::hint::{hint, tooltip};
use crate::app::command::keys;
use crate::app::command::pane::{Pane, Workspace};
use crate::app::command::{Command, Group, ListCommand};
use crate::app::opening::WEIGHTS;
use crate::app::studio::Studio;
use crate::app::studio::bar_text::{BETWEEN, Busy, ChipWords, Forms, LOADING, Words};
use crate::app::widgets::buttons::{brief_chip, chip, shortened, steady_chip, toggle};
use crate::app::widgets::menus::{choice_menu, closing};
use crate::app::widgets::theme;
use crate::engine::{NetworkInfo, Slot};

/// Width of a bar in which the program's own name has room, in points.
const OWN_NAME: f32 = 900.0;

impl Studio {
    pub(super) fn bar_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let mut wanted = None;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            self.menu_ui(ui, &mut wanted);
            ui.add_space(4.0);
            if ui.max_rect().width() >= OWN_NAME {
                let mark = |text: &str| egui::RichText::new(text).font(theme::strong(14.0));
                ui.label(mark("SMN").color(p.text));
                ui.label(mark("Studio").color(p.prediction));
                ui.add_space(12.0);
            }
            for workspace in Workspace::ALL {
                let command = workspace.command();
                let shown = self.layout.workspace == workspace;
                let tint = if shown { p.text } else { p.quiet };
                let text = egui::RichText::new(command.name()).color(tint);
                let fill = if shown { p.hairline } else { p.window };
                let size = vec2(0.0, 28.0);
                let button = egui::Button::new(text).fill(fill).min_size(size);
                let button = ui.add(button.stroke(Stroke::NONE));
                if tooltip(button, command, &self.keys).clicked() {
                    wanted = Some(command);
                }
            }
            ui.spacing_mut().item_spacing.x = BETWEEN;
            let text = ChipWords::of(self);
            let forms = text.forms(ui, self.palette_width(ui));
            // What comes and goes stands between what stays: the run after the workspaces, other
            // work before the facts, so that neither moves anything.
            self.runs_ui(ui, text.run.as_ref(), forms, &mut wanted);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                self.facts_ui(ui, &text, forms, &mut wanted);
                // In a narrow window its key and the menu lead there.
                if forms.palette {
                    self.palette_button_ui(ui, &mut wanted);
                }
                self.busy_ui(ui, &text.busy, forms, &mut wanted);
            });
        });
        if let Some(command) = wanted {
            self.run(&ui.ctx().clone(), command);
        }
    }

    fn palette_key(&self, ui: &Ui) -> String {
        let key = self.keys.of(Command::Palette);
        key.map_or_else(String::new, |k| keys::shown(ui.ctx(), &k))
    }

    fn palette_width(&self, ui: &Ui) -> f32 {
        let wide = |text: String, size: f32| {
            let galley = ui
                .painter()
                .layout_no_wrap(text, theme::font(size), Color32::WHITE);
            galley.size().x
        };
        let name = wide(Command::Palette.name().to_owned(), theme::BODY);
        name + wide(self.palette_key(ui), theme::CAPTION)
            + 2.0 * ui.spacing().button_padding.x
            + 12.0
    }

    /// Opens the palette, and tells its key.
    fn palette_button_ui(&self, ui: &mut Ui, wanted: &mut Option<Command>) {
        let p = theme::palette(ui.ctx());
        let command = Command::Palette;
        let keys = self.palette_key(ui);
        let button = egui::Button::new(command.name())
            .shortcut_text(
                egui::RichText::new(keys)
                    .size(theme::CAPTION)
                    .color(p.quiet),
            )
            .fill(p.pane)
            .corner_radius(13)
            .min_size(vec2(0.0, 26.0));
        if tooltip(ui.add(button), command, &self.keys).clicked() {
            *wanted = Some(command);
        }
    }

    fn menu_ui(&mut self, ui: &mut Ui, wanted: &mut Option<Command>) {
        let (rect, response) = ui.allocate_exact_size(vec2(28.0, 28.0), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Menu"));
        let p = theme::palette(ui.ctx());
        if response.hovered()
            || egui::Popup::is_id_open(ui.ctx(), egui::Popup::default_response_id(&response))
        {
            ui.painter().rect_filled(rect, theme::RADIUS, p.hairline);
        }
        for row in [-5.0, 0.0, 5.0] {
            let line = Stroke::new(1.5, p.text);
            let y = rect.center().y + row;
            ui.painter()
                .hline(rect.center().x - 7.0..=rect.center().x + 7.0, y, line);
        }
        egui::Popup::menu(&response).show(|ui| {
            ui.set_min_width(180.0);
            for group in Group::ALL {
                choice_menu(ui, group.name(), |ui| {
                    ui.set_min_width(240.0);
                    self.group_ui(ui, group, wanted);
                });
            }
        });
        response.on_hover_text("All commands, by kind");
    }

    fn group_ui(&mut self, ui: &mut Ui, group: Group, wanted: &mut Option<Command>) {
        let commands = Command::ALL.iter().copied();
        for command in commands.filter(|c| c.group() == group) {
            if command == Command::Pane(Pane::Gallery) {
                ui.separator();
                choice_menu(ui, "Panes", |ui| {
                    ui.set_min_width(240.0);
                    for pane in Command::ALL.iter().copied() {
                        if matches!(pane, Command::Pane(_)) {
                            self.entry_ui(ui, pane, wanted);
                        }
                    }
                });
            }
            if matches!(command, Command::Pane(_)) {
                continue;
            }
            if begins_part(command) {
                ui.separator();
            }
            self.entry_ui(ui, command, wanted);
            if command == Command::OpenFolder {
                self.recent_ui(ui);
            }
        }
    }

    /// A command in a menu, with its key.
    fn entry_ui(&self, ui: &mut Ui, command: Command, wanted: &mut Option<Command>) {
        let blocked = self.blocked(command);
        let keys = self.keys.of(command);
        let keys = keys.map_or_else(String::new, |k| keys::shown(ui.ctx(), &k));
        let mark = if self.is_on(command) { "✓ " } else { "" };
        let button = egui::Button::new(format!("{mark}{}", command.menu_name()))
            .shortcut_text(keys)
            .fill(egui::Color32::TRANSPARENT)
            .stroke(Stroke::NONE);
        let response = ui.add_enabled(blocked.is_none(), button);
        response.widget_info(|| {
            let name = format!("{mark}{}", command.menu_name());
            WidgetInfo::labeled(Role::MenuItem, blocked.is_none(), name)
        });
        let response = match blocked {
            Some(why) => response.on_disabled_hover_text(why),
            None => hint(response, command, &self.keys),
        };
        if response.clicked() {
            *wanted = Some(command);
        }
    }

    /// What was opened lately; what is gone is greyed.
    fn recent_ui(&mut self, ui: &mut Ui) {
        let mut open = None;
        let any = !self.session.settings.recent.is_empty();
        ui.add_enabled_ui(any, |ui| {
            let menu = choice_menu(ui, "Recent", |ui| {
                ui.set_min_width(320.0);
                self.session
                    .recent
                    .look(&self.session.settings.recent, &self.opening.wake);
                for path in &self.session.settings.recent {
                    let text = shortened(&path.display().to_string(), 64);
                    let there = !self.session.recent.is_gone(path);
                    let response = ui.add_enabled(there, egui::Button::new(text).frame(false));
                    let response = response.on_disabled_hover_text("It is not there any more");
                    if response.on_hover_text(path.display().to_string()).clicked() {
                        open = Some(path.clone());
                    }
                }
            });
            menu.response
                .on_disabled_hover_text("Nothing has been opened yet");
        });
        if let Some(path) = open {
            self.open(vec![path]);
        }
    }

    /// Device, latency and network: what computes, and what is computed.
    fn facts_ui(
        &mut self,
        ui: &mut Ui,
        text: &ChipWords,
        forms: Forms,
        wanted: &mut Option<Command>,
    ) {
        let p = theme::palette(ui.ctx());
        let (Some(network), Some(device), Some(name)) =
            (&self.model.networks.current, &text.device, &text.network)
        else {
            chip(ui, p.waiting, LOADING, "The network is being read");
            return;
        };
        let about = format!(
            "The network runs on {}.\nThe window is drawn by {}.\nThe time is that of one prediction.",
            network.device, self.lifetime.tier
        );
        let tint = match network.warming {
            true => p.waiting,
            false => p.working,
        };
        let width = device.chip_width(ui, forms.device);
        let device = [device.form(forms.device), &device.whole];
        if steady_chip(ui, tint, device, &about, width).clicked() {
            *wanted = Some(Command::About);
        }
        let about = about_network(network) + "\nClick to choose another network.";
        let name = [name.form(forms.network), &name.whole];
        let chip = brief_chip(ui, p.prediction, name, &about);
        self.network_menu_ui(&chip, wanted);
        let Some(network) = &self.model.networks.current else {
            return;
        };
        if self.model.networks.slots.iter().all(Option::is_some) {
            for slot in [Slot::B, Slot::A] {
                let name = format!("Network {}", slot.name());
                let button = toggle(ui, network.slot == slot, slot.name());
                button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
                let other = self.model.networks.slots[slot as usize]
                    .as_ref()
                    .map(about_network);
                let button = button.on_hover_text(other.unwrap_or_default());
                let button = hint(button, Command::SwitchNetwork, &self.keys);
                if button.clicked() && network.slot != slot {
                    *wanted = Some(Command::SwitchNetwork);
                }
            }
        }
    }

    /// What can take the place of the network in use, or stand beside it.
    fn network_menu_ui(&mut self, chip: &egui::Response, wanted: &mut Option<Command>) {
        /// Weights that are listed, of those used lately.
        const LISTED: usize = 8;
        let weights = self
            .session
            .settings
            .recent
            .iter()
            .filter(|p| is_weights_name(p));
        let weights: Vec<_> = weights.take(LISTED).cloned().collect();
        if egui::Popup::is_id_open(&chip.ctx, egui::Popup::default_response_id(chip)) {
            self.session
                .recent
                .look(&self.session.settings.recent, &self.opening.wake);
        }
        let origin = self
            .model
            .networks
            .current
            .as_ref()
            .map(|n| n.origin.clone());
        let origin = origin.unwrap_or_default();
        let mut load = None;
        let mut content = |ui: &mut Ui| {
            ui.set_min_width(260.0);
            self.entry_ui(ui, Command::LoadBundled, wanted);
            for path in &weights {
                let mark = if *path == Path::new(&origin) {
                    "✓ "
                } else {
                    ""
                };
                let text = format!("{mark}{}", shortened_path(path));
                let button = egui::Button::new(&text)
                    .fill(egui::Color32::TRANSPARENT)
                    .stroke(Stroke::NONE);
                let there = !self.session.recent.is_gone(path);
                let response = ui.add_enabled(there, button);
                response.widget_info(|| WidgetInfo::labeled(Role::MenuItem, there, &text));
                let response = response
                    .on_hover_text(format!("Use these weights: {}", path.display()))
                    .on_disabled_hover_text("They are not there any more");
                if response.clicked() {
                    load = Some(path.clone());
                }
            }
            ui.separator();
            for command in [
                Command::LoadNetwork,
                Command::LoadSecond,
                Command::SwitchNetwork,
                Command::SwapNetworks,
            ] {
                self.entry_ui(ui, command, wanted);
            }
            ui.separator();
            self.entry_ui(ui, Command::About, wanted);
        };
        egui::Popup::menu(chip).show(|ui| closing(ui, &mut content));
        if let Some(path) = load {
            self.load(self.in_use(), path);
        }
    }

    /// Work that goes on in the background: opening, loading, predicting the list.
    fn busy_ui(&self, ui: &mut Ui, busy: &[Words], forms: Forms, wanted: &mut Option<Command>) {
        let p = theme::palette(ui.ctx());
        if forms.busy == Busy::None {
            return;
        }
        let stop = Command::StopPredicting;
        if self.model.sweep.progress.is_some()
            && tooltip(ui.small_button("×"), stop, &self.keys).clicked()
        {
            *wanted = Some(stop);
        }
        if forms.busy == Busy::All {
            for text in busy {
                chip(ui, p.waiting, &text.whole, text.about);
            }
        } else if let Some(first) = busy.first() {
            let all: Vec<&str> = busy.iter().map(|text| &*text.whole).collect();
            let text = [first.form(1), &all.join(", ")];
            brief_chip(ui, p.waiting, text, &all.join("\n"));
        }
    }

    /// Training runs that are running.
    fn runs_ui(
        &self,
        ui: &mut Ui,
        run: Option<&Words>,
        forms: Forms,
        wanted: &mut Option<Command>,
    ) {
        let Some(run) = run else { return };
        let p = theme::palette(ui.ctx());
        let about = format!("{}\n{}", run.whole, run.about);
        let text = [run.form(forms.run), &run.whole];
        if brief_chip(ui, p.waiting, text, &about).clicked() {
            *wanted = Some(Command::Training);
        }
    }
}

/// Whether a file has the name of weights.
fn is_weights_name(path: &Path) -> bool {
    let kind = path.extension().and_then(|e| e.to_str());
    kind.is_some_and(|k| WEIGHTS.1.contains(&k.to_lowercase().as_str()))
}

/// A file with the folder that it is in: a run's result is called as every other's.
fn shortened_path(path: &Path) -> String {
    let name = crate::dataset::name_of(path);
    let folder = path.parent().map(crate::dataset::name_of);
    let text = match folder.filter(|f| !f.is_empty()) {
        Some(folder) => format!("{folder}/{name}"),
        None => name,
    };
    shortened(&text, 48)
}

/// Commands before which a menu has a line.
fn begins_part(command: Command) -> bool {
    matches!(
        command,
        Command::Paste
            | Command::ForgetRecent
            | Command::Compare
            | Command::CopyPicture
            | Command::Quit
            | Command::ResetPanes
            | Command::Theme
            | Command::ZoomIn
            | Command::ResetBox
            | Command::List(
                ListCommand::AllFaces
                    | ListCommand::SortListed
                    | ListCommand::Next
                    | ListCommand::ChooseAll
            )
            | Command::ToggleBox
            | Command::LoadNetwork
            | Command::NewRun
            | Command::About
    )
}

/// What a network is, where it comes from and on which terms.
pub(super) fn about_network(network: &NetworkInfo) -> String {
    let terms = if network.license.is_empty() {
        "not stated"
    } else {
        &network.license
    };
    let mut text = format!(
        "Network {}: {}\n{} parameters\nfrom {}\nhash {}\nterms: {terms}",
        network.slot.name(),
        network.title,
        crate::humanize::thousands(network.parameters),
        network.origin,
        network.fingerprint
    );
    for line in network.untrained.lines(&network.schema) {
        text += &format!("\nnever trained: {line}");
    }
    for found in network.trained.findings() {
        text += &format!("\n{found}");
    }
    text
}
