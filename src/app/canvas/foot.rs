//! What is below the photo: the error of each point, the box and the zoom.

use eframe::egui::{self, Align, Align2, Color32, Layout, Rect, Ui, pos2, vec2};

use super::CanvasView;
use super::layers::{Sign, paint_sign};
use super::place::inside;
use crate::app::faces::findings::Finding;
use crate::app::faces::item::Face;
use crate::app::faces::points::PointView;
use crate::app::model::Context;
use crate::app::widgets::buttons::cut_in_middle;
use crate::app::widgets::chips;
use crate::app::widgets::theme;
use crate::dataset::BoxSource;
use crate::figure::Colour;

/// Before and behind what stands in a row.
const EDGE: f32 = 12.0;

/// Room in which words at a row's end can be cut and still be told apart; the zoom has less.
const LEAST: f32 = 64.0;

/// The share of the points that stand beside the box's source, or it gives way.
const FEW: f32 = 0.4;

/// The widest mean that has its place in any case.
const WIDEST_MEAN: &str = "100.0 %";

/// Width of a network's letter with the sign of its points.
const NETWORK: f32 = 28.0;

impl CanvasView {
    /// NME and the distance of each point, the box and the zoom; with another predictor, how far
    /// its points are from the network's.
    pub(super) fn foot_ui(&self, ui: &mut Ui, context: &Context, face: &Face) {
        let p = theme::palette(ui.ctx());
        let schema = context.model.schema();
        let foot = ui.available_rect_before_wrap();
        ui.painter().rect_filled(foot, 0, p.pane);
        let other = context.model.faces.other.as_ref();
        // Each point has one place in both rows, so that values stand one under the other.
        let mut points = face.points(&schema);
        points.retain(|p| p.off().is_some() || p.apart().is_some());
        let zoom = format!("{:.0} %", self.zoom_percent);
        let box_text = format!("box: {}", short(face.source));
        let own_end = format!("{box_text}    {zoom}");
        // A file's predictions stay where they are when a box is moved.
        let elsewhere = face.is_other_waiting() && !context.model.faces.compares_networks();
        let other_end = context.model.other_title().map(|name| match elsewhere {
            true => format!("Δ to {name}, in its own box"),
            false => format!("Δ to {name}"),
        });
        let networks = self.networks(context, face);
        // The words at the end give way to numbers: a cut number reads as another one. Where that
        // brings all points into sight, or few are without it, the zoom stands there alone.
        let room = foot.width() - 2.0 * EDGE;
        let letter = if networks.is_some() {
            NETWORK + EDGE
        } else {
            0.0
        };
        let means = means(face.nme(&schema), &points);
        let lead = letter + lead_width(ui, &means);
        let all = values_width(ui, &points);
        let whole = end_width(ui, &own_end);
        let brief = end_width(ui, &zoom);
        let needed = |end: f32| lead + all + end;
        let few = lead + whole + all * FEW > room;
        let is_brief = (needed(whole) > room && needed(brief) <= room) || few;
        let end = if is_brief { brief } else { whole };
        // A row without numbers has room for both.
        let has_numbers = face.nme(&schema).is_some() || points.iter().any(|p| p.off().is_some());
        let (own_end, own_width) = match is_brief && has_numbers {
            true => (zoom, brief),
            false => (own_end, whole),
        };
        let height = match other {
            Some(_) => foot.height() / 2.0,
            None => foot.height(),
        };
        let row = |n: f32| {
            let top = foot.top() + n * height;
            Rect::from_min_size(pos2(foot.left(), top), vec2(foot.width(), height))
        };
        let layout = Layout::left_to_right(Align::Center);
        inside(ui, row(0.0), layout, |ui| {
            box_ui(ui, face.source, &box_text, &own_end, own_width);
            network_ui(ui, networks.as_ref().map(|n| &n[0]));
            own_numbers_ui(ui, face.nme(&schema), &points);
            match context.model.hides(context.model.faces.selected()) {
                true => hidden_ui(ui),
                false => own_state_ui(ui, face, &points),
            }
        });
        if let Some(text) = other_end {
            inside(ui, row(1.0), layout, |ui| {
                let tint = if elsewhere { p.waiting } else { p.quiet };
                let place = end_ui(ui, &text, end, tint);
                let id = ui.scope_id().with("what it is compared with");
                let response = ui.interact(place, id, egui::Sense::hover());
                response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &text));
                response.on_hover_text(&text);
                network_ui(ui, networks.as_ref().map(|n| &n[1]));
                let missing = missing_text(context, face);
                differences_ui(ui, face.nme(&schema), &points, &missing);
            });
        }
    }
}

/// A network whose answer is drawn: its letter, the sign of its points, and in which box it looked.
struct Answering {
    letter: &'static str,
    sign: Sign,
    colour: Colour,
    about: String,
}

impl CanvasView {
    /// Both networks, where two are compared.
    fn networks(&self, context: &Context, face: &Face) -> Option<[Answering; 2]> {
        let model = context.model;
        let (ours, theirs) = (model.networks.current.as_ref()?, model.networks.other()?);
        if !model.faces.compares_networks() {
            return None;
        }
        let source = face.source;
        let said = |answer: Option<&Finding>, letter: &str| match answer {
            Some(found) if found.face_box == face.face_box => {
                format!("Network {letter} looked at the face in this box: {source}.")
            }
            Some(_) => format!("Network {letter} looks at the face anew: its box was moved."),
            None => format!("Network {letter} has not answered in this box: {source}."),
        };
        let one = |letter: &'static str, sign, colour, answer| Answering {
            letter,
            sign,
            colour,
            about: said(answer, letter),
        };
        let colours = self.layers.colours;
        let (a, b) = (ours.slot.name(), theirs.slot.name());
        Some([
            one(a, Sign::Disc, colours.prediction(), face.finding),
            one(b, Sign::Diamond, colours.other(), face.other),
        ])
    }
}

/// Whose numbers are in the row, and which signs on the photo are its points.
fn network_ui(ui: &mut Ui, network: Option<&Answering>) {
    let Some(network) = network else { return };
    let p = theme::palette(ui.ctx());
    let size = vec2(NETWORK, theme::SMALL + 4.0);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    let about = &network.about;
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, about));
    let at = rect.left_center() + vec2(6.0, 0.0);
    paint_sign(ui.painter(), at, network.sign, network.colour);
    let at = rect.left_center() + vec2(16.0, 0.0);
    let font = theme::strong(theme::SMALL);
    let letter = network.letter;
    ui.painter()
        .text(at, Align2::LEFT_CENTER, letter, font, p.text);
    response.on_hover_text(about);
}

/// Why the other predictor says nothing here.
fn missing_text(context: &Context, face: &Face) -> String {
    let network = context.model.faces.compares_networks();
    match context.model.other_title().filter(|_| network) {
        Some(_) if face.hand.is_some() => "only the network in use looks at drawn boxes".into(),
        Some(title) => format!("waiting for {title}…"),
        None => "the other says nothing of this face".into(),
    }
}

/// NME and the mean distance to another prediction, as they stand in the two rows.
fn means(nme: Option<f32>, points: &[PointView]) -> [String; 2] {
    let apart: Vec<f32> = points.iter().filter_map(PointView::apart).collect();
    let mean = apart.iter().sum::<f32>() / apart.len() as f32;
    let nme = nme.map_or("—".to_owned(), |nme| format!("{} %", number(100.0 * nme)));
    [nme, format!("{} px", number(mean))]
}

/// A number in as few signs as tell it: of hundreds nobody wants tenths.
fn number(value: f32) -> String {
    match value < 99.95 {
        true => format!("{value:.1}"),
        false => format!("{value:.0}"),
    }
}

/// The widest number of both rows, and of those that usually come.
fn widest_number(points: &[PointView]) -> String {
    let values = points.iter().flat_map(|p| [p.off(), p.apart()]).flatten();
    let digits = values.map(|v| number(v).len()).max().unwrap_or(0);
    match digits > WIDEST.len() {
        true => "8".repeat(digits),
        false => WIDEST.to_owned(),
    }
}

/// NME, and how far each point is from its label.
fn own_numbers_ui(ui: &mut Ui, nme: Option<f32>, points: &[PointView]) {
    let p = theme::palette(ui.ctx());
    if nme.is_none() && points.iter().all(|p| p.off().is_none()) {
        return;
    }
    let means = means(nme, points);
    lead_ui(ui, "NME", &means[0], &means);
    let value = |point: &PointView| {
        let found = point.is_found();
        let (title, off) = (point.title(), point.off());
        PointValue {
            value: off,
            tint: match found {
                _ if off.is_none() => p.quiet,
                Some(false) => p.label,
                _ => p.prediction,
            },
            found,
            about: distance(point).unwrap_or_else(|| format!("{title}: not labelled")),
            title,
        }
    };
    let values: Vec<_> = points.iter().map(value).collect();
    values_ui(ui, &values, &widest_number(points));
}

/// Predictions are not waited for where they are hidden.
fn hidden_ui(ui: &mut Ui) {
    let p = theme::palette(ui.ctx());
    let text = "predictions are hidden until the face is approved";
    ui.label(egui::RichText::new(text).size(theme::SMALL).color(p.quiet));
}

/// Why there are no numbers, where there are none.
fn own_state_ui(ui: &mut Ui, face: &Face, points: &[PointView]) {
    let p = theme::palette(ui.ctx());
    let labelled = points.iter().any(|p| p.label.is_some());
    if let Some((text, warns)) = state_words(face, labelled) {
        let tint = if warns { p.waiting } else { p.quiet };
        ui.label(egui::RichText::new(text).size(theme::SMALL).color(tint));
    }
}

/// The words, and whether they are a warning.
fn state_words(face: &Face, labelled: bool) -> Option<(&'static str, bool)> {
    let outside = face.item.picture().is_some_and(|photo| {
        let (width, height) = photo.dimensions();
        !face.face_box.overlaps(width, height)
    });
    match face.finding {
        _ if outside => Some(("the box has no pixel of the photo", true)),
        None => Some(("waiting for the prediction…", false)),
        Some(_) if labelled => None,
        Some(_) if face.source.is_assumed() => Some(("drag the box around the face", true)),
        Some(_) => Some(("no labelled points", false)),
    }
}

/// A row's mean and what it is of, as wide in each row as in the others.
fn lead_ui(ui: &mut Ui, name: &str, value: &str, means: &[String]) {
    let p = theme::palette(ui.ctx());
    let (quiet, strong) = (theme::font(theme::BODY), theme::strong(theme::BODY));
    steady_ui(ui, name, &["NME"], quiet, p.quiet);
    let widest: Vec<&str> = means.iter().map(String::as_str).collect();
    let widest = [&[WIDEST_MEAN], &widest[..]].concat();
    steady_ui(ui, value, &widest, strong, p.text);
}

/// The widest distance in pixels that has its place in any case.
const WIDEST: &str = "88.8";
/// Room for the mark behind a distance.
const MARK: f32 = 14.0;
/// Between two distances.
const GAP: f32 = 12.0;

/// Words with room for the widest that may come, so that nothing moves when a value changes.
fn steady_ui(
    ui: &mut Ui,
    text: &str,
    widest: &[&str],
    font: egui::FontId,
    tint: Color32,
) -> egui::Response {
    let lay = |text: &str| {
        let text = text.to_owned();
        ui.painter().layout_no_wrap(text, font.clone(), tint)
    };
    let galley = lay(text);
    let rooms = widest.iter().map(|text| lay(text).size());
    let size = rooms.fold(galley.size(), egui::Vec2::max);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text));
    ui.painter().galley(rect.left_top(), galley, tint);
    response
}

/// A distance of a point, in pixels.
struct PointValue {
    /// The point's name.
    title: String,
    /// `None` where the row knows nothing of this point, and another row does.
    value: Option<f32>,
    tint: Color32,
    found: Option<bool>,
    /// For who points at it.
    about: String,
}

/// Values one beside the other; what there is no room for stands in a tooltip.
fn values_ui(ui: &mut Ui, values: &[PointValue], widest: &str) {
    let font = theme::font(theme::SMALL);
    let painter = ui.painter().clone();
    let lay = |text: String, tint| painter.layout_no_wrap(text, font.clone(), tint);
    let name = |value: &PointValue, brief: bool| match brief {
        true => initials(&value.title),
        false => value.title.clone(),
    };
    // The first says what all are in. Each has room for the widest, so that nothing moves when a
    // value changes.
    let unit = |n: usize| if n == 0 { " px" } else { "" };
    let place = |n: usize, value: &PointValue, brief: bool| {
        let text = format!("{} {widest}{}", name(value, brief), unit(n));
        lay(text, value.tint).size() + vec2(MARK, 0.0)
    };
    ui.spacing_mut().item_spacing.x = GAP;
    let room = ui.clip_rect().right() - ui.cursor().left();
    let needed = |from: usize, brief: bool| -> f32 {
        let places = values.iter().enumerate().skip(from);
        places.map(|(n, v)| place(n, v, brief).x + GAP).sum()
    };
    let brief = needed(0, false) > room;
    // Places are rounded to whole pixels.
    let more = lay("…".into(), Color32::WHITE).size().x + 1.0;
    for (n, value) in values.iter().enumerate() {
        let size = place(n, value, brief);
        let room = ui.clip_rect().right() - ui.cursor().left();
        // Where not all of them fit there is room for the sign of more.
        if needed(n, brief) - GAP > room && size.x + GAP + more > room {
            let rest = values[n..].iter().map(|v| v.about.as_str());
            ui.label(egui::RichText::new("…").font(font.clone()))
                .on_hover_text(rest.collect::<Vec<_>>().join("\n"));
            return;
        }
        let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
        let number = value.value.map_or("—".to_owned(), number);
        let text = format!("{} {number}{}", name(value, brief), unit(n));
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &text));
        let galley = lay(text.clone(), value.tint);
        let end = rect.left() + galley.size().x;
        ui.painter().galley(rect.left_top(), galley, value.tint);
        if let Some(found) = value.found {
            let at = pos2(end + 8.0, rect.center().y);
            chips::mark(ui.painter(), at, found, value.tint);
        }
        response.on_hover_text(&value.about);
    }
}

/// "left eye: 0.71 px from its label", where it has one.
fn distance(point: &PointView) -> Option<String> {
    let found = match point.is_found() {
        Some(true) => ", found",
        Some(false) => ", not found",
        None => "",
    };
    let (title, off) = (point.title(), point.off()?);
    Some(format!("{title}: {off:.2} px from its label{found}"))
}

/// "l eye" for "left eye".
fn initials(title: &str) -> String {
    let mut words: Vec<&str> = title.split(' ').collect();
    let last = words.pop().unwrap_or_default();
    let mut short: String = words
        .iter()
        .filter_map(|w| w.chars().next())
        .flat_map(|first| [first, ' '])
        .collect();
    short.push_str(last);
    short
}

/// The other row; `missing` is said where nothing is known.
fn differences_ui(ui: &mut Ui, nme: Option<f32>, points: &[PointView], missing: &str) {
    let p = theme::palette(ui.ctx());
    if points.iter().all(|point| point.apart().is_none()) {
        ui.colored_label(p.quiet, missing);
        return;
    }
    let means = means(nme, points);
    lead_ui(ui, "Δ", &means[1], &means);
    let value = |point: &PointView| {
        let (title, apart) = (point.title(), point.apart());
        let about = match apart {
            Some(apart) => format!("{title}: {apart:.2} px between the two predictions"),
            None => format!("{title}: only one of the two predictions has it"),
        };
        PointValue {
            value: apart,
            tint: apart.map_or(p.quiet, |_| p.waiting),
            found: None,
            about,
            title,
        }
    };
    let values: Vec<_> = points.iter().map(value).collect();
    values_ui(ui, &values, &widest_number(points));
}

/// The source of the box, with what it means, and the zoom.
fn box_ui(ui: &mut Ui, source: BoxSource, text: &str, end: &str, width: f32) {
    let p = theme::palette(ui.ctx());
    let place = end_ui(ui, end, width, p.quiet);
    let response = ui.interact(
        place,
        ui.scope_id().with("box source"),
        egui::Sense::hover(),
    );
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text));
    response.on_hover_ui(|ui| {
        ui.label(format!(
            "The network looks at the face in this box: {source}."
        ));
        if source.is_assumed() {
            let more = "Nothing says where the face is. Drag the box around it, with its eyes, nose and mouth in the rings, \
                        and the prediction follows.";
            ui.colored_label(p.waiting, more);
        }
    });
}

/// The room that words at a row's right end take, with what is between them and the values.
fn end_width(ui: &Ui, text: &str) -> f32 {
    width(ui, text, theme::font(theme::SMALL)) + EDGE
}

fn width(ui: &Ui, text: &str, font: egui::FontId) -> f32 {
    let painter = ui.painter();
    let galley = painter.layout_no_wrap(text.to_owned(), font, Color32::WHITE);
    galley.size().x
}

/// The room of a row's mean and of what it is of.
fn lead_width(ui: &Ui, means: &[String]) -> f32 {
    let name = width(ui, "NME", theme::font(theme::BODY));
    let all = means.iter().map(String::as_str).chain([WIDEST_MEAN]);
    let all = all.map(|text| width(ui, text, theme::strong(theme::BODY)));
    name + EDGE + all.fold(0.0, f32::max) + EDGE
}

/// The room of the values of all points, in few words.
fn values_width(ui: &Ui, points: &[PointView]) -> f32 {
    let (font, widest) = (theme::font(theme::SMALL), widest_number(points));
    let value = |point: &PointView| {
        let text = format!("{} {widest}", initials(&point.title()));
        width(ui, &text, font.clone()).ceil() + MARK + GAP
    };
    points.iter().map(value).sum::<f32>() + width(ui, " px", font.clone())
}

/// Words at the row's right end, in the room that all rows leave for theirs, and their place; what
/// there is no room for is left out of their middle.
fn end_ui(ui: &mut Ui, text: &str, width: f32, tint: Color32) -> Rect {
    let room = ui.max_rect();
    let font = theme::font(theme::SMALL);
    // A few signs of a name tell nothing.
    let is_cut = end_width(ui, text) > width + 0.5;
    let text = if is_cut && width < LEAST { "" } else { text };
    let galley = cut_in_middle(ui.painter(), text, (font, tint), width - EDGE);
    let place =
        Align2::RIGHT_CENTER.anchor_size(room.right_center() - vec2(EDGE, 0.0), galley.size());
    ui.painter().galley(place.min, galley, tint);
    let rest = room.with_max_x(room.right() - width - EDGE);
    ui.set_clip_rect(rest.intersect(ui.clip_rect()));
    ui.spacing_mut().item_spacing.x = EDGE;
    ui.add_space(EDGE);
    place
}

/// The source of a box in a word or two.
fn short(source: BoxSource) -> &'static str {
    match source {
        BoxSource::Given => "by hand",
        BoxSource::DataSet => "data set",
        BoxSource::Aligned => "aligned",
        BoxSource::Labels => "labelled points",
        BoxSource::WholePicture => "whole picture",
        BoxSource::CentreSquare => "centre square",
    }
}

#[cfg(test)]
mod tests;
