//! One attribute.

use eframe::egui::style::ScrollAnimation;
use eframe::egui::{self, Align2, Color32, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::row_data::Row;
use crate::app::faces::arrangement::AttributeIndex;
use crate::app::widgets::buttons::cut;
use crate::app::widgets::theme;
use crate::figure::signed;
use crate::label::{Presence, UNRELIABLE_SOURCE};

/// How the rows are drawn.
pub struct RowStyle {
    pub comparing: bool,
    /// Whether there are labels.
    pub labelled: bool,
    /// Width of the widest name.
    pub names: f32,
    /// The attributes by which the list stands.
    pub marked: Vec<AttributeIndex>,
    /// Whether the first of them is to be brought into sight.
    pub bring: bool,
    /// Whether labels can be changed.
    pub labelling: bool,
    /// The attribute that is selected for that.
    pub selected: Option<AttributeIndex>,
    /// Whether it is to be brought into sight.
    pub bring_selected: bool,
}

/// What somebody did to an attribute.
pub enum RowAction {
    /// Its filters and orders were asked for.
    Find(String),
    Select(AttributeIndex),
    Label(AttributeIndex, Presence),
}

/// Draws an attribute; returns what was done to it.
pub fn row_ui(ui: &mut Ui, row: &Row, style: &RowStyle) -> Option<RowAction> {
    let p = theme::palette(ui.ctx());
    let size = vec2(ui.available_width(), theme::ROW - 2.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::CLICK);
    let marked = style.marked.contains(&row.place);
    let selected = style.selected == Some(row.place);
    response.widget_info(|| match style.labelling {
        true => WidgetInfo::selected(Role::Button, true, selected, accessible_name(row, marked)),
        false => WidgetInfo::labeled(Role::Label, true, accessible_name(row, marked)),
    });
    if selected && style.bring_selected {
        let around = rect.expand2(vec2(0.0, 2.0 * rect.height()));
        ui.scroll_to_rect_animation(around, None, ScrollAnimation::none());
    }
    if style.bring && style.marked.first() == Some(&row.place) {
        let around = rect.expand2(vec2(0.0, 2.0 * rect.height()));
        ui.scroll_to_rect_animation(around, None, ScrollAnimation::none());
    }
    if !ui.is_rect_visible(rect) {
        return None;
    }
    let painter = ui.painter();
    if selected {
        painter.rect_filled(rect, 0, p.hairline);
    } else if row.disagrees() && row.untrained.is_none() {
        painter.rect_filled(rect, 0, p.label.gamma_multiply(0.12));
    } else if response.hovered() {
        painter.rect_filled(rect, 0, p.raised);
    }
    if marked {
        let at = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
        painter.rect_filled(at, 0, p.prediction);
    }
    if selected {
        let at = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
        painter.rect_filled(at, 0, p.prediction);
    }
    let middle = rect.center().y;
    if row.before.is_some() {
        let at = pos2(rect.left() + 7.5, middle);
        painter.circle_filled(at, 2.5, p.waiting);
    }
    let text = |x: f32, anchor: Align2, message: &str, size: f32, tint: Color32| {
        painter.text(pos2(x, middle), anchor, message, theme::font(size), tint)
    };
    let [left, start, end] = columns(rect.width(), style).map(|x| rect.left() + x);
    let doubt = if row.doubt.is_some() { DOUBT } else { 0.0 };
    // A network's first numbers mean nothing: they are shown, and not as an answer.
    let ink = if row.untrained.is_some() {
        p.quiet
    } else {
        p.text
    };
    let font = match marked {
        true => theme::strong(theme::BODY),
        false => theme::font(theme::BODY),
    };
    let name = cut(painter, &row.name, (font, ink), start - GAP - doubt - left);
    let after = left + name.size().x;
    painter.galley(pos2(left, middle - name.size().y / 2.0), name, ink);
    if row.doubt.is_some() {
        let at = pos2(after + 9.0, middle);
        painter.circle_stroke(at, 5.5, egui::Stroke::new(1.0, p.waiting));
        painter.text(at, Align2::CENTER_CENTER, "!", theme::font(9.5), p.waiting);
    }
    bar(
        painter,
        row,
        Rect::from_min_max(pos2(start, middle), pos2(end, middle)),
        p,
    );
    let right = Align2::RIGHT_CENTER;
    text(
        end + NUMBER,
        right,
        &short(row.probability),
        theme::SMALL,
        ink,
    );
    if row.other.is_some() {
        let (message, tint) = match row.difference() {
            Some(by) => (
                signed(by.into(), 2).replacen("0.", ".", 1),
                if by.abs() >= 0.1 { p.waiting } else { p.quiet },
            ),
            None => ("–".to_owned(), p.quiet),
        };
        text(
            end + NUMBER + DIFFERENCE,
            right,
            &message,
            theme::SMALL,
            tint,
        );
    }
    let (mark, tint) = match row.label {
        Some(true) if row.disagrees() => ("+", p.label),
        Some(true) => ("+", p.prediction),
        Some(false) => ("−", if row.disagrees() { p.label } else { p.quiet }),
        None => ("?", p.quiet.gamma_multiply(0.6)),
    };
    let x = rect.right() - MARK;
    let mut done = None;
    if style.labelling {
        let place = Rect::from_center_size(pos2(x, middle), vec2(2.0 * MARK, rect.height()));
        done = sign_ui(ui, row, place).map(|value| RowAction::Label(row.place, value));
    }
    if style.labelled || style.labelling {
        ui.painter().text(
            pos2(x, middle),
            Align2::CENTER_CENTER,
            mark,
            theme::font(theme::BODY),
            tint,
        );
    }
    if response.secondary_clicked() {
        done = Some(RowAction::Find(row.name.clone()));
    } else if style.labelling && response.clicked() && done.is_none() {
        done = Some(RowAction::Select(row.place));
    }
    response.on_hover_ui(|ui| tooltip_ui(ui, row, marked));
    done
}

/// The label as a button of three states; returns the one that follows where it was pressed.
fn sign_ui(ui: &mut Ui, row: &Row, place: Rect) -> Option<Presence> {
    let p = theme::palette(ui.ctx());
    let id = ui.scope_id().with(("label of", row.place));
    let response = ui.interact(place, id, Sense::CLICK);
    let (now, next) = match row.label {
        None => ("unknown", Presence::Present),
        Some(true) => ("present", Presence::Absent),
        Some(false) => ("absent", Presence::Unknown),
    };
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, true, format!("Label of {}: {now}", row.name))
    });
    if response.hovered() || response.has_focus() {
        let button = Rect::from_center_size(place.center(), vec2(20.0, 20.0));
        let edge = egui::Stroke::new(1.0, p.quiet);
        let kind = egui::StrokeKind::Inside;
        ui.painter()
            .rect(button, theme::RADIUS, p.raised, edge, kind);
    }
    let clicked = response.clicked();
    response.on_hover_text("present, absent, unknown: a click goes on to the next");
    clicked.then_some(next)
}

/// Room for the sign of doubt behind a name.
const DOUBT: f32 = 18.0;
/// From a bar's end to that of its number, and from there to that of the difference.
const NUMBER: f32 = 32.0;
const DIFFERENCE: f32 = 38.0;
/// From the end of the last number to the row's end, without a label and with one; and from this
/// one's middle.
const MARGIN: f32 = 12.0;
const LABELLED: f32 = 28.0;
const MARK: f32 = 14.0;
/// Between a name and its bar.
const GAP: f32 = 6.0;
/// The narrowest bar that still shows something.
const BAR: f32 = 20.0;

/// Where names begin, bars begin and bars end in a row of this width. The bar gives way before a
/// name is cut, and what no row has takes no room.
fn columns(width: f32, style: &RowStyle) -> [f32; 3] {
    const LEFT: f32 = 12.0;
    let difference = if style.comparing { DIFFERENCE } else { 0.0 };
    let label = if style.labelled || style.labelling {
        LABELLED
    } else {
        MARGIN
    };
    let end = width - NUMBER - difference - label;
    let usual = (width * 0.47).max(166.0).min(end - 40.0);
    let needed = LEFT + style.names + GAP;
    [LEFT, usual.max(needed.min(end - BAR)), end]
}

/// Width of the widest name with what stands behind it.
pub fn names_width(ui: &Ui, rows: &[Row], marked: &[AttributeIndex]) -> f32 {
    let width = |row: &Row| {
        let font = match marked.contains(&row.place) {
            true => theme::strong(theme::BODY),
            false => theme::font(theme::BODY),
        };
        let name = ui
            .painter()
            .layout_no_wrap(row.name.clone(), font, Color32::WHITE);
        name.size().x + if row.doubt.is_some() { DOUBT } else { 0.0 }
    };
    rows.iter().map(width).fold(0.0, f32::max)
}

fn bar(painter: &egui::Painter, row: &Row, line: Rect, p: theme::Palette) {
    let bar = line.expand2(vec2(0.0, theme::BAR / 2.0));
    painter.rect_filled(bar, 3, p.hairline);
    let at = |v: f32| bar.left() + bar.width() * v.clamp(0.0, 1.0);
    let tint = match row {
        _ if row.untrained.is_some() => p.quiet,
        _ if row.disagrees() => p.label,
        _ => p.prediction,
    };
    let strength = match row.probability >= 0.5 || row.disagrees() {
        true => 0.9,
        false => 0.6,
    };
    if row.probability.is_finite() {
        let full = bar.with_max_x(at(row.probability));
        painter.rect_filled(full, 3, tint.gamma_multiply(strength));
    }
    let threshold = (bar.top() - 2.0)..=(bar.bottom() + 2.0);
    painter.vline(bar.center().x, threshold, egui::Stroke::new(1.0, p.quiet));
    if let Some(other) = row.other {
        let (x, y) = (at(other), bar.center().y);
        let diamond = [(0.0, -5.0), (3.5, 0.0), (0.0, 5.0), (-3.5, 0.0)];
        let points = diamond.map(|(dx, dy)| pos2(x + dx, y + dy)).to_vec();
        let rim = egui::Stroke::new(1.0, p.pane);
        let tint = match row.difference() {
            Some(_) => p.waiting,
            None => p.quiet,
        };
        painter.add(egui::Shape::convex_polygon(points, tint, rim));
    }
}

/// ".86".
fn short(value: f32) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let text = format!("{value:.2}");
    text.strip_prefix('0').map_or(text.clone(), str::to_owned)
}

/// For screen readers.
fn accessible_name(row: &Row, marked: bool) -> String {
    let label = match row.label {
        Some(true) => "present",
        Some(false) => "absent",
        None => "unknown",
    };
    let predicted = match row.probability.is_finite() {
        true => format!("{:.2}", row.probability),
        false => "not predicted".into(),
    };
    let mut name = format!("{}: {predicted}, label {label}", row.name);
    if let Some(other) = row.other {
        name += &format!(", other {other:.2}");
    }
    if row.doubt.is_some() {
        name += ", labels unreliable";
    }
    if row.untrained.is_some() {
        name += ", never trained";
    }
    if row.other.is_some() && row.other_untrained.is_some() {
        name += ", other not taught";
    }
    if marked {
        name += ", the list stands by it";
    }
    name
}

fn tooltip_ui(ui: &mut Ui, row: &Row, marked: bool) {
    let p = theme::palette(ui.ctx());
    ui.set_max_width(320.0);
    ui.label(egui::RichText::new(&row.name).strong());
    ui.label(match row.probability.is_finite() {
        true => format!(
            "predicted {:.1} %, present from 50 %",
            100.0 * row.probability
        ),
        false => "not predicted".into(),
    });
    let label = match row.label {
        Some(true) => "labelled as present",
        Some(false) => "labelled as absent",
        None => "not labelled",
    };
    ui.colored_label(if row.disagrees() { p.label } else { p.quiet }, label);
    if let Some(before) = row.before {
        let before = match before {
            Presence::Present => "present",
            Presence::Absent => "absent",
            Presence::Unknown => "unknown",
        };
        ui.colored_label(p.waiting, format!("changed: it was {before} in the set"));
    }
    if let Some(other) = row.other {
        let text = format!("the other says {:.1} %", 100.0 * other);
        match (row.difference(), row.other_untrained) {
            (Some(by), _) => {
                let by = signed(100.0 * f64::from(by), 1);
                ui.colored_label(p.waiting, format!("{text}: {by} points"));
            }
            (None, Some(why)) => {
                let text = format!("{text}, and was never trained on it ({why}): no difference");
                ui.colored_label(p.quiet, text);
            }
            (None, None) => {
                ui.colored_label(p.quiet, text);
            }
        }
    }
    if let Some(why) = row.untrained {
        ui.separator();
        ui.colored_label(p.waiting, "This network was never trained on it");
        ui.label(format!(
            "In its training data: {why}. What it says means nothing."
        ));
    }
    if marked {
        ui.label("The list is filtered or sorted by it.");
    }
    let tip = egui::RichText::new("right click: find faces by this");
    ui.label(tip.size(theme::CAPTION).color(p.quiet));
    if let Some(reason) = row.doubt {
        ui.separator();
        ui.colored_label(p.waiting, "CelebA's labels of this are unreliable");
        ui.label(format!("{reason}."));
        let source = egui::RichText::new(UNRELIABLE_SOURCE);
        ui.label(source.size(theme::CAPTION).color(p.quiet));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_gives_way_before_a_name_is_cut() {
        let look = |comparing, labelled| RowStyle {
            comparing,
            labelled,
            names: 136.0,
            marked: Vec::new(),
            bring: false,
            labelling: false,
            selected: None,
            bring_selected: false,
        };
        for comparing in [false, true] {
            for labelled in [false, true] {
                let look = look(comparing, labelled);
                // As wide as a pane of the projector's zoom, and wider.
                for width in [270.0, 300.0, 420.0, 700.0] {
                    let [left, start, end] = columns(width, &look);
                    let fits = start - GAP - left >= look.names;
                    assert!(fits || end - start <= BAR, "{width}: {start} {end}");
                    assert!(end - start >= BAR - 0.01 && end < width, "{width}");
                }
                let [.., end] = columns(240.0, &look);
                let lesser = NUMBER + LABELLED + if comparing { DIFFERENCE } else { 0.0 };
                assert_eq!(end > 240.0 - lesser, !labelled);
            }
        }
        let [left, start, _] = columns(240.0, &look(false, true));
        assert!(start - GAP - left >= 136.0, "{start}");
    }
}
