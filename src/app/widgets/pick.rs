//! A list that one entry is chosen from: what is typed while it is open finds entries, and Enter
//! takes the first one.

use eframe::egui::containers::menu::{MenuButton, MenuConfig};
use eframe::egui::{
    Id, Key, Margin, PopupCloseBehavior, Response, RichText, Role, ScrollArea, TextEdit, Ui,
    WidgetInfo,
};

use crate::app::widgets::buttons::caption;
use crate::app::widgets::theme;

/// Height of the entries in sight.
const TALLEST: f32 = 420.0;

/// What was typed, and in which frame the list was drawn last.
type Typed = (u64, String);

/// A button with the chosen entry's name and its list, in groups of a name and entries; returns
/// which entry of which group is chosen now.
pub fn pick_ui(
    ui: &mut Ui,
    text: &str,
    groups: &[(&str, Vec<String>)],
    chosen: (usize, usize),
) -> (Response, Option<(usize, usize)>) {
    let stay = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let button = MenuButton::new(RichText::new(text).size(theme::SMALL)).config(stay);
    let (response, inner) = button.ui(ui, |ui| list_ui(ui, groups, chosen));
    (response, inner.and_then(|inner| inner.inner))
}

fn list_ui(
    ui: &mut Ui,
    groups: &[(&str, Vec<String>)],
    chosen: (usize, usize),
) -> Option<(usize, usize)> {
    let id: Id = ui.scope_id().with("typed");
    let frame = ui.ctx().cumulative_frame_nr();
    let before = ui.data(|d| d.get_temp::<Typed>(id));
    let opens = before.as_ref().is_none_or(|b| b.0 + 1 < frame);
    let mut typed = before.filter(|_| !opens).map_or(String::new(), |b| b.1);
    let field = ui.add(
        TextEdit::singleline(&mut typed)
            .hint_text("type to find")
            .margin(Margin::symmetric(6, 4))
            .desired_width(150.0),
    );
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Find an entry"));
    if opens {
        field.request_focus();
    }
    let found = found(groups, &typed);
    let enter = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    let mut now = found.first().copied().filter(|_| enter);
    if enter && now.is_none() {
        field.request_focus();
    }
    ui.data_mut(|d| d.insert_temp::<Typed>(id, (frame, typed.clone())));
    ScrollArea::vertical().max_height(TALLEST).show(ui, |ui| {
        for (g, (group, entries)) in groups.iter().enumerate() {
            if found.iter().any(|f| f.0 == g) {
                caption(ui, group);
            }
            for (e, entry) in entries.iter().enumerate() {
                if !found.contains(&(g, e)) {
                    continue;
                }
                // What Enter would take is marked, or else what is chosen.
                let marked = match typed.is_empty() {
                    true => chosen == (g, e),
                    false => found.first() == Some(&(g, e)),
                };
                if ui.selectable_label(marked, entry).clicked() {
                    now = Some((g, e));
                }
            }
        }
    });
    if now.is_some() {
        ui.close();
    }
    now
}

/// The entries that what was typed finds: first those that begin with it, then those of which a
/// word does, then those that have it anywhere. All of them, in their order, where nothing is.
fn found(groups: &[(&str, Vec<String>)], typed: &str) -> Vec<(usize, usize)> {
    let typed = typed.trim().to_lowercase();
    let rank = |entry: &str| {
        let entry = entry.to_lowercase();
        let at = entry.find(&typed)?;
        let word = entry.split_whitespace().any(|w| w.starts_with(&typed));
        Some(if at == 0 { 0 } else { 2 - i32::from(word) })
    };
    let mut all = Vec::new();
    for (g, (_, entries)) in groups.iter().enumerate() {
        for (e, entry) in entries.iter().enumerate() {
            all.extend(rank(entry).map(|rank| (rank, (g, e))));
        }
    }
    all.sort_by_key(|found| found.0);
    all.into_iter().map(|found| found.1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_the_letters_comes_before_what_has_them() {
        let points = ["left eye", "nose", "left mouth"].map(String::from);
        let attributes = ["Big Nose", "Mouth Open", "Smiling", "Diagnosed"].map(String::from);
        let groups = [
            ("points", points.to_vec()),
            ("attributes", attributes.to_vec()),
        ];
        assert_eq!(found(&groups, "smil"), [(1, 2)]);
        assert_eq!(found(&groups, "NOS"), [(0, 1), (1, 0), (1, 3)]);
        assert_eq!(found(&groups, "mouth"), [(1, 1), (0, 2)]);
        assert_eq!(found(&groups, " ").len(), 7);
        assert!(found(&groups, "beard").is_empty());
    }
}
