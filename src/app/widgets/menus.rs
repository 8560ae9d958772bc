//! Menus that close once one of their entries was chosen, by the pointer, a key or a screen reader:
//! egui closes them by itself after a click of the pointer alone.

use eframe::egui::accesskit::Action;
use eframe::egui::containers::menu::{MenuConfig, MenuState, SubMenu, find_menu_root};
use eframe::egui::output::OutputEvent;
use eframe::egui::{
    Event, Id, InnerResponse, IntoAtoms, PointerButton, PopupCloseBehavior, ScrollArea, Ui,
};

use crate::app::widgets::dialog::bounds;

/// The longest menu is lower than a window of this height; in lower ones menus are scrolled.
const LOW: f32 = 620.0;

/// A button with a menu, or within a menu an entry that has one.
pub fn choice_menu<'a, R>(
    ui: &mut Ui,
    title: impl IntoAtoms<'a>,
    content: impl FnOnce(&mut Ui) -> R,
) -> InnerResponse<Option<R>> {
    ui.menu_button(title, |ui| closing(ui, content))
}

/// The content of a menu, which closes once an entry was chosen. One that stays open for clicks
/// stays open for keys, too.
pub fn closing<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    let before = (clicks(ui), open_item(ui));
    let made = in_sight(ui, content);
    let closes = matches!(
        MenuConfig::find(ui).close_behavior,
        PopupCloseBehavior::CloseOnClick
    );
    if closes && (by_key(ui) || by_reader(ui, before)) {
        ui.close();
    }
    made
}

/// A menu's content, which stays in the window: where that is low, it is scrolled.
fn in_sight<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    let window = bounds(ui.ctx()).height();
    if window >= LOW {
        return content(ui);
    }
    let margin = f32::from(ui.spacing().menu_margin.top) + 1.0;
    let area = ScrollArea::vertical().max_height(window - 2.0 * margin);
    area.show(ui, content).inner
}

/// Whether a key has just pressed an entry of this menu that opens none of its own.
fn by_key(ui: &Ui) -> bool {
    let Some(id) = ui.memory(|m| m.focused()) else {
        return false;
    };
    let Some(entry) = ui.ctx().read_response(id) else {
        return false;
    };
    let pressed = entry.clicked() && !entry.clicked_by(PointerButton::Primary);
    // Each menu is a layer.
    let is_here = entry.layer_id == ui.layer_id();
    pressed && is_here && open_item(ui) != Some(SubMenu::id_from_widget_id(id))
}

/// The same of a screen reader, which needs no focus.
fn by_reader(ui: &Ui, (clicked, opened): (usize, Option<Id>)) -> bool {
    let asked = ui.input(|i| {
        let click =
            |e: &Event| matches!(e, Event::AccessKitActionRequest(r) if r.action == Action::Click);
        i.events.iter().any(click)
    });
    let is_deepest = || MenuState::is_deepest_open_sub_menu(ui.ctx(), find_menu_root(ui).unique_id);
    asked && clicks(ui) > clicked && open_item(ui) == opened && is_deepest()
}

/// How many widgets were clicked so far in this frame.
fn clicks(ui: &Ui) -> usize {
    let is_click = |e: &&OutputEvent| matches!(e, OutputEvent::Clicked(_));
    ui.output(|o| o.events.iter().filter(is_click).count())
}

fn open_item(ui: &Ui) -> Option<Id> {
    MenuState::from_ui(ui, |state, _| state.open_item)
}
