//! Which faces the gallery shows, and in which order, as chips and menus.

use super::action::Action;
use eframe::egui::{self, Id, Margin, Role, Ui, WidgetInfo};

use crate::app::command::hint::hint;
use crate::app::command::{Command, ListCommand};
use crate::app::faces::arrangement::{Arrangement, AttributeFilter, AttributeIndex, Sort};
use crate::app::faces::criterion::{
    ATTRIBUTE_FILTERS, Criterion, POINT_ORDER, attribute_name, attribute_orders, orders,
    point_names,
};
use crate::app::faces::fields::value_words;
use crate::app::faces::list::List;
use crate::app::faces::review_states::REVIEW_FILTERS;
use crate::app::model::Context;
use crate::app::widgets::buttons::wrapped;
use crate::app::widgets::chips::{chip, lasting_menu, toggle_chip};
use crate::app::widgets::menus::choice_menu;
use crate::app::widgets::theme;
use crate::humanize::thousands;
use crate::label::{Schema, TaskKind};

/// The field that searches names.
pub fn search_id() -> Id {
    Id::unique("search names")
}

/// Around what is typed, with room for the cross that clears it.
const FIELD: Margin = Margin {
    left: 9,
    right: 24,
    top: 4,
    bottom: 4,
};

/// Search, filter, order.
pub fn arrangement_ui(ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
    let (schema, list) = (context.model.schema(), &context.model.faces);
    let mut wanted = list.order.arrangement.clone();
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        let width = (ui.available_width() - 12.0).max(50.0);
        let field = egui::TextEdit::singleline(&mut wanted.text)
            .id(search_id())
            .hint_text("search names")
            .margin(FIELD)
            .desired_width(width);
        let field = ui.add(field);
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Search names"));
        clear_search_ui(ui, &mut wanted.text, field.rect);
    });
    wrapped(ui, 12, |ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        let sort = &mut wanted.sort;
        let worst = *sort == Sort::Nme;
        let command = Command::List(ListCommand::SortWorst);
        let button = toggle_chip(ui, worst, "worst first", command.name());
        if hint(button, command, context.keys).clicked() {
            *sort = if worst { Sort::Listed } else { Sort::Nme };
        }
        let command = Command::List(ListCommand::FindFaces);
        let button = chip(ui, "find", command.name());
        if hint(button, command, context.keys).clicked() {
            actions.push(Action::FindFaces);
        }
        split_menu_ui(ui, list, &mut wanted);
        if filter_menu_ui(ui, context, &schema, &mut wanted) {
            actions.push(Action::FindFaces);
        }
        sort_menu_ui(ui, &schema, list.other.is_some(), &mut wanted.sort);
    });
    filters_ui(ui, context, &schema, &mut wanted);
    ui.add_space(4.0);
    if wanted != list.order.arrangement {
        actions.push(Action::Arrange(wanted));
    }
}

/// A cross at the end of the field of names, while something stands in it.
fn clear_search_ui(ui: &mut Ui, text: &mut String, field: egui::Rect) {
    if text.is_empty() {
        return;
    }
    let place = field.with_min_x(field.right() - field.height()).shrink(2.0);
    let button = ui.put(place, egui::Button::new("×").frame(false));
    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Clear search"));
    if button.on_hover_text("Search for nothing").clicked() {
        text.clear();
    }
}

fn split_menu_ui(ui: &mut Ui, list: &List, wanted: &mut Arrangement) {
    if list.info.summary.splits.is_empty() {
        return;
    }
    let split = &mut wanted.split;
    let words = split.map_or("all splits".to_owned(), |s| s.to_string());
    let menu = choice_menu(ui, egui::RichText::new(words).size(theme::SMALL), |ui| {
        if ui.selectable_label(split.is_none(), "all splits").clicked() {
            *split = None;
        }
        for (each, count) in &list.info.summary.splits {
            let words = format!("{each}  {}", thousands(*count));
            if ui.selectable_label(*split == Some(*each), words).clicked() {
                *split = Some(*each);
            }
        }
    });
    menu.response.on_hover_text("Part of the data set");
}

/// Turns a filter on in place of others of its kind, or with Ctrl or Shift held beside them.
fn choose(ui: &Ui, criterion: &Criterion, wanted: &mut Arrangement) {
    let keys = ui.input(|i| i.modifiers);
    match keys.command || keys.shift {
        true => criterion.add(wanted),
        false => criterion.apply(wanted),
    }
}

/// Whether the picker of filters is asked for.
fn filter_menu_ui(
    ui: &mut Ui,
    context: &Context,
    schema: &Schema,
    wanted: &mut Arrangement,
) -> bool {
    let list = &context.model.faces;
    let summary = &list.info.summary;
    let mut find = false;
    let button = lasting_menu(ui, "filter", |ui| {
        let any = Criterion::Attribute(AttributeFilter::AnyDisputed);
        for (text, criterion) in [
            ("a point misses its label", Criterion::Misses(None)),
            ("an attribute is disputed", any),
        ] {
            let mut on = criterion.is_on(wanted);
            if ui.checkbox(&mut on, text).changed() {
                choose(ui, &criterion, wanted);
            }
        }
        review_menu_ui(ui, context, wanted);
        choice_menu(ui, "attribute", |ui| {
            attributes_ui(ui, schema, |ui, place| {
                for (name, is) in ATTRIBUTE_FILTERS {
                    let criterion = Criterion::Attribute(AttributeFilter::Is(place, is));
                    if ui.selectable_label(criterion.is_on(wanted), name).clicked() {
                        choose(ui, &criterion, wanted);
                    }
                }
            });
        });
        for (c, column) in list.info.columns.iter().enumerate() {
            let Some(values) = summary.values.get(c) else {
                continue;
            };
            if values.listed.is_empty() && !values.typed.is_empty() {
                let button = ui.button(format!("{column}…"));
                let about = "Most faces have a value of their own: type a part of it";
                find |= button.on_hover_text(about).clicked();
            }
            if values.listed.is_empty() {
                continue;
            }
            choice_menu(ui, column, |ui| {
                for (value, count) in &values.listed {
                    let on = wanted.columns.iter().any(|w| w.0 == c && w.1 == *value);
                    let text = format!("{}  {}", value_words(value), thousands(*count));
                    if ui.selectable_label(on, text).clicked() {
                        wanted.columns.retain(|w| w.0 != c);
                        if !on {
                            wanted.columns.push((c, value.clone()));
                        }
                    }
                }
            });
        }
    });
    button.on_hover_text(
        "Show only some of the faces; with Ctrl or Shift held, what is chosen is asked for as well",
    );
    find
}

/// How far the review of the faces is, with how many are so far, where there is one.
fn review_menu_ui(ui: &mut Ui, context: &Context, wanted: &mut Arrangement) {
    let Some(open) = context.model.review.open() else {
        return;
    };
    choice_menu(ui, "review", |ui| {
        let counts = open.states().counts(context.model.faces.items.len());
        for ((name, is), count) in REVIEW_FILTERS.into_iter().zip(counts) {
            let criterion = Criterion::Review(is);
            let text = format!("{name}  {}", thousands(count));
            if ui.selectable_label(criterion.is_on(wanted), text).clicked() {
                choose(ui, &criterion, wanted);
            }
        }
    });
}

fn sort_menu_ui(ui: &mut Ui, schema: &Schema, comparing: bool, sort: &mut Sort) {
    let button = choice_menu(ui, egui::RichText::new("sort").size(theme::SMALL), |ui| {
        for (name, by) in orders(comparing) {
            if ui.selectable_label(*sort == by, name).clicked() {
                *sort = by;
            }
        }
        choice_menu(ui, "point", |ui| {
            for (i, name) in point_names(schema).enumerate() {
                let (by, text) = (Sort::PointError(i), format!("{name}, {POINT_ORDER}"));
                if ui.selectable_label(*sort == by, text).clicked() {
                    *sort = by;
                }
            }
        });
        choice_menu(ui, "attribute", |ui| {
            attributes_ui(ui, schema, |ui, place| {
                for (name, by) in attribute_orders(place) {
                    if ui.selectable_label(*sort == by, name).clicked() {
                        *sort = by;
                    }
                }
            });
        });
    });
    button.response.on_hover_text("Order of the faces");
}

/// The filters that are on, each with a way to take it off.
fn filters_ui(ui: &mut Ui, context: &Context, schema: &Schema, wanted: &mut Arrangement) {
    let list = &context.model.faces;
    let on = filters(wanted, &list.info.columns, schema);
    if !on.is_empty() {
        wrapped(ui, 12, |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for (text, off) in on {
                let button = chip(ui, &format!("{text}  ×"), &format!("Remove {text}"));
                if button.on_hover_text("Take this away").clicked() {
                    off(wanted);
                }
            }
        });
    }
    let waiting = !list.findings.is_complete() && context.model.sweep.progress.is_none();
    if waiting && wanted.needs_predictions() {
        let p = theme::palette(ui.ctx());
        // The button that does so is at the foot of the list.
        wrapped(ui, 12, |ui| {
            let text = egui::RichText::new("not all faces are predicted yet");
            ui.label(text.size(theme::SMALL).color(p.waiting));
        });
    }
}

type Off = Box<dyn Fn(&mut Arrangement)>;

/// What is asked for, in words, and how it is taken away.
fn filters(wanted: &Arrangement, columns: &[String], schema: &Schema) -> Vec<(String, Off)> {
    let mut all: Vec<(String, Off)> = Vec::new();
    let mut add = |text: String, off: Off| all.push((text, off));
    if let Some(among) = &wanted.among {
        add(among.text.clone(), Box::new(|a| a.among = None));
    }
    if let Some(split) = wanted.split {
        add(split.to_string(), Box::new(|a| a.split = None));
    }
    for is in wanted.review.iter().copied() {
        let off = move |a: &mut Arrangement| a.review.retain(|r| *r != is);
        add(is.name().to_owned(), Box::new(off));
    }
    for point in wanted.misses.iter().copied() {
        let name = point.and_then(|i| point_names(schema).nth(i));
        let text = name.map_or("misses".into(), |name| format!("{name} misses"));
        let off = move |a: &mut Arrangement| a.misses.retain(|p| *p != point);
        add(text, Box::new(off));
    }
    for filter in wanted.attributes.iter().copied() {
        let text = match filter {
            AttributeFilter::AnyDisputed => "disputed".to_owned(),
            AttributeFilter::Is(place, is) => {
                let how = ATTRIBUTE_FILTERS.iter().find(|f| f.1 == is);
                let how = how.map_or("", |f| f.0);
                format!("{} {how}", attribute_name(schema, place))
            }
        };
        let off = move |a: &mut Arrangement| a.attributes.retain(|f| *f != filter);
        add(text, Box::new(off));
    }
    for (column, value) in &wanted.columns {
        let (name, column) = (columns.get(*column).map_or("", String::as_str), *column);
        let off = move |a: &mut Arrangement| a.columns.retain(|w| w.0 != column);
        add(format!("{name} {}", value_words(value)), Box::new(off));
    }
    let sorted = match wanted.sort {
        Sort::Listed | Sort::Nme => None,
        Sort::Name => Some("by name".to_owned()),
        Sort::Disputes => Some("most disputed first".to_owned()),
        Sort::PointError(point) => {
            let name = point_names(schema).nth(point).unwrap_or_default();
            Some(format!("{name}, {POINT_ORDER}"))
        }
        Sort::AttributeLoss | Sort::SurestDispute | Sort::LeastSure => {
            let mut orders = orders(false).into_iter();
            orders.find(|o| o.1 == wanted.sort).map(|o| o.0.to_owned())
        }
        Sort::Doubt(place) | Sort::Confidence(place) | Sort::AttributeError(place) => {
            let mut orders = attribute_orders(place).into_iter();
            let text = orders.find(|o| o.1 == wanted.sort).map_or("", |o| o.0);
            Some(format!("{}, {text}", attribute_name(schema, place)))
        }
        Sort::Difference => Some("differences first".to_owned()),
    };
    if let Some(text) = sorted {
        add(text, Box::new(|a| a.sort = Sort::Listed));
    }
    all
}

/// A menu of all attributes, by group; `each` draws what can be chosen for one.
fn attributes_ui(ui: &mut Ui, schema: &Schema, mut each: impl FnMut(&mut Ui, AttributeIndex)) {
    for (t, task) in schema.tasks.iter().enumerate() {
        let TaskKind::Binary { attributes } = &task.kind else {
            continue;
        };
        let mut groups: Vec<&str> = attributes.iter().map(|a| a.group.as_str()).collect();
        groups.sort_unstable();
        groups.dedup();
        for group in groups {
            choice_menu(ui, group, |ui| {
                for (i, attribute) in attributes.iter().enumerate() {
                    if attribute.group == group {
                        let name = attribute.name.replace('_', " ");
                        choice_menu(ui, name, |ui| each(ui, (t, i)));
                    }
                }
            });
        }
    }
}
