//! Buttons, facts and words that all panes are made of.

use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{
    self, Align2, Color32, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};

use crate::app::widgets::theme;

/// A button that is on or off: tinted while it is on.
pub fn toggle(ui: &mut Ui, on: bool, message: &str) -> Response {
    let p = theme::palette(ui.ctx());
    let (fill, line, text) = if on {
        (
            p.prediction.gamma_multiply(0.16),
            p.prediction.gamma_multiply(0.45),
            p.prediction,
        )
    } else {
        (p.raised, p.hairline, p.text)
    };
    let message = egui::RichText::new(message).size(theme::SMALL).color(text);
    let button = egui::Button::new(message)
        .fill(fill)
        .stroke(Stroke::new(1.0, line))
        .selected(false);
    ui.add(button)
}

/// A button for the thing to do next.
pub fn primary(ui: &mut Ui, message: &str) -> Response {
    let p = theme::palette(ui.ctx());
    let text = egui::RichText::new(message).color(p.prediction);
    ui.add(
        egui::Button::new(text)
            .fill(p.prediction.gamma_multiply(0.16))
            .stroke(Stroke::new(1.0, p.prediction.gamma_multiply(0.45))),
    )
}

/// As [`primary`], for a question's answer, which Enter gives too unless another button has the
/// focus.
pub fn primary_or_enter(ui: &mut Ui, text: &str) -> bool {
    let button = primary(ui, text);
    let free = ui.memory(|m| m.focused()).is_none();
    button.clicked() || (free && ui.input(|i| i.key_pressed(egui::Key::Enter)))
}

/// A fact in a rounded frame with a coloured dot. It can be clicked.
pub fn chip(ui: &mut Ui, dot: Color32, text: &str, about: &str) -> Response {
    brief_chip(ui, dot, [text, text], about)
}

/// A chip that says in a few words what is called `said` for screen readers.
pub fn brief_chip(ui: &mut Ui, dot: Color32, words: [&str; 2], about: &str) -> Response {
    steady_chip(ui, dot, words, about, 0.0)
}

/// The same, at least as wide as its widest words will be.
pub fn steady_chip(
    ui: &mut Ui,
    dot: Color32,
    [text, said]: [&str; 2],
    about: &str,
    least: f32,
) -> Response {
    let p = theme::palette(ui.ctx());
    let font = theme::font(theme::SMALL);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, p.text);
    let size = vec2(chip_width(ui, text).max(least), 26.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, said));
    let painter = ui.painter();
    let fill = if response.hovered() { p.raised } else { p.pane };
    let line = Stroke::new(1.0, p.hairline);
    let round = rect.height() / 2.0;
    painter.rect(rect, round, fill, line, StrokeKind::Inside);
    painter.circle_filled(rect.left_center() + vec2(13.0, 0.0), 3.5, dot);
    let at = rect.left_center() + vec2(22.0, -galley.size().y / 2.0);
    painter.galley(at, galley, p.text);
    response.on_hover_text(about)
}

/// How wide a chip of these words is.
pub fn chip_width(ui: &Ui, text: &str) -> f32 {
    let font = theme::font(theme::SMALL);
    let painter = ui.painter();
    let galley = painter.layout_no_wrap(text.to_owned(), font, Color32::WHITE);
    galley.size().x + 32.0
}

/// Controls or words from a pane's margin on, in as many rows as its width needs.
pub fn wrapped(ui: &mut Ui, margin: i8, content: impl FnOnce(&mut Ui)) {
    let frame = egui::Frame::new().inner_margin(egui::Margin::symmetric(margin, 0));
    frame.show(ui, |ui| ui.horizontal_wrapped(content));
}

/// Words in the middle of an empty pane: what is waited for, or what to do here.
pub fn hint_ui(ui: &mut Ui, text: &str) {
    let p = theme::palette(ui.ctx());
    let rect = ui.available_rect_before_wrap();
    let galley = ui.painter().layout(
        text.to_owned(),
        theme::font(15.0),
        p.quiet,
        (rect.width() - 60.0).max(100.0),
    );
    let at = Align2::CENTER_CENTER
        .anchor_size(rect.center(), galley.size())
        .min;
    let place = Rect::from_min_size(at, galley.size());
    let response = ui.allocate_rect(place, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    ui.painter().galley(at, galley, p.quiet);
}

/// A small heading over a group of rows.
pub fn caption(ui: &mut Ui, text: &str) {
    let p = theme::palette(ui.ctx());
    let text = egui::RichText::new(text.to_uppercase());
    ui.label(text.size(theme::CAPTION).color(p.quiet));
}

/// One line of words that ends in … where it is wider than its room.
pub fn cut(
    painter: &egui::Painter,
    text: &str,
    (font, tint): (egui::FontId, Color32),
    room: f32,
) -> Arc<egui::Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, tint);
    job.wrap = TextWrapping::truncate_at_width(room.max(0.0));
    painter.layout_job(job)
}

/// Bytes with which a name begins as most of the `others` do, up to the end of a word.
pub fn shared_start(name: &str, others: &[String]) -> usize {
    let alike = |other: &String| {
        let both = name.chars().zip(other.chars());
        let same = both.take_while(|(a, b)| a == b);
        same.map(|(a, _)| a.len_utf8()).sum::<usize>()
    };
    let others = others.iter().filter(|other| *other != name);
    let mut shared: Vec<usize> = others.map(alike).collect();
    if shared.len() < 2 {
        return 0;
    }
    shared.sort_unstable();
    let most = shared[shared.len() / 2];
    let text = name[..most].char_indices().rev();
    let mut ends = text.filter(|(_, sign)| !sign.is_alphanumeric());
    ends.next().map_or(0, |(at, sign)| at + sign.len_utf8())
}

/// Words cut in their middle to what has room: both ends tell something.
pub fn cut_in_middle(
    painter: &egui::Painter,
    text: &str,
    (font, tint): (egui::FontId, Color32),
    room: f32,
) -> Arc<egui::Galley> {
    let all = text.chars().count();
    let ways = (3..=all).rev().map(|most| shortened(text, most));
    first_that_fits(painter, ways, (font.clone(), tint), room)
        .unwrap_or_else(|| cut(painter, text, (font, tint), room))
}

/// The first of several ways to write something that has room on one line.
fn first_that_fits(
    painter: &egui::Painter,
    ways: impl IntoIterator<Item = String>,
    (font, tint): (egui::FontId, Color32),
    room: f32,
) -> Option<Arc<egui::Galley>> {
    let mut lines = ways
        .into_iter()
        .map(|text| painter.layout_job(LayoutJob::simple_singleline(text, font.clone(), tint)));
    lines.find(|line| line.size().x <= room)
}

/// A face's name in two parts, of which the first is cut where there is no room for both: what it
/// `shares` with others goes first, then its middle.
pub fn face_name(
    painter: &egui::Painter,
    ([photo, which], shares): ([String; 2], impl FnOnce() -> usize),
    (font, tint): (egui::FontId, Color32),
    room: f32,
) -> [Arc<egui::Galley>; 2] {
    let which = painter.layout_no_wrap(which, font.clone(), tint);
    let room = room - which.size().x;
    let whole = std::iter::once(photo.clone());
    let whole = first_that_fits(painter, whole, (font.clone(), tint), room);
    let photo = whole.unwrap_or_else(|| {
        let shares = shares();
        match photo.get(shares..).filter(|_| shares > 0) {
            Some(own) => cut_to_own(painter, own, (font, tint), room),
            None => cut_to_end(painter, &photo, (font, tint), room),
        }
    });
    [photo, which]
}

/// The name without its ending, and with less and less before its last signs: most files are told
/// apart by their numbers.
fn cut_to_end(
    painter: &egui::Painter,
    name: &str,
    (font, tint): (egui::FontId, Color32),
    room: f32,
) -> Arc<egui::Galley> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let signs: Vec<char> = stem.chars().collect();
    let shorter = (1..signs.len()).rev().map(|most| {
        let (head, tail) = (most / 3, most - most / 3);
        let head = signs[..head].iter().chain(['…'].iter());
        let cut = head.chain(&signs[signs.len() - tail..]);
        cut.collect::<String>()
    });
    let ways = std::iter::once(stem.to_owned()).chain(shorter);
    first_that_fits(painter, ways, (font.clone(), tint), room)
        .unwrap_or_else(|| cut(painter, stem, (font, tint), room))
}

/// What of a name is its own: its ending goes first, then what is before its last signs.
fn cut_to_own(
    painter: &egui::Painter,
    own: &str,
    (font, tint): (egui::FontId, Color32),
    room: f32,
) -> Arc<egui::Galley> {
    let stem = own.rsplit_once('.').map_or(own, |(stem, _)| stem);
    let signs: Vec<char> = stem.chars().collect();
    let shorter = (2..signs.len()).rev().map(|most| {
        let tail = most / 4;
        let (head, tail) = (&signs[..most - tail], &signs[signs.len() - tail..]);
        let cut = head.iter().chain(['…'].iter()).chain(tail);
        format!("…{}", cut.collect::<String>())
    });
    let ways = [own, stem].map(|name| format!("…{name}"));
    let ways = ways.into_iter().chain(shorter);
    first_that_fits(painter, ways, (font.clone(), tint), room)
        .unwrap_or_else(|| cut(painter, stem, (font, tint), room))
}

/// A path or name cut in its middle to `most` signs: both ends tell something.
pub fn shortened(text: &str, most: usize) -> String {
    let signs: Vec<char> = text.chars().collect();
    if signs.len() <= most {
        return text.to_owned();
    }
    let head = most.saturating_sub(1) / 2;
    let tail = most.saturating_sub(1) - head;
    let (head, tail) = (&signs[..head], &signs[signs.len() - tail..]);
    head.iter().chain(['…'].iter()).chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_cut_still_says_which_face_it_is() {
        let ctx = egui::Context::default();
        let mut seen = Vec::new();
        let _ = ctx.run_ui(egui::RawInput::default(), |ui| {
            for (room, which) in [
                (400.0, " · 2"),
                (90.0, " · 2"),
                (90.0, " · box 1"),
                (40.0, ""),
            ] {
                let name = ["a_long_name_of_a_photo.jpg".to_owned(), which.to_owned()];
                let name = (name, || 0);
                let font = egui::FontId::proportional(13.0);
                let parts = face_name(ui.painter(), name, (font, Color32::WHITE), room);
                let width = parts[0].size().x + parts[1].size().x;
                assert!(width <= room + 1.0, "{room}: {width}");
                assert_eq!(parts[1].text(), which);
                seen.push(parts[0].text().to_owned());
            }
        });
        assert_eq!(seen[0], "a_long_name_of_a_photo.jpg");
        for name in &seen[1..] {
            let stem = seen[0].trim_end_matches(".jpg");
            let (start, end) = name.split_once('…').unwrap_or(("", name));
            assert!(stem.starts_with(start) && stem.ends_with(end), "{name}");
            assert!(!end.is_empty(), "{name}");
        }
    }

    #[test]
    fn names_that_begin_alike_are_told_apart_by_what_is_their_own() {
        let others = [
            "set_12_anna_01.jpg",
            "set_12_bert_01.jpg",
            "set_12_carl_01.jpg",
        ];
        let others = others.map(str::to_owned);
        assert_eq!(shared_start(&others[0], &others), "set_12_".len());
        assert_eq!(shared_start("other.jpg", &others), 0);
        assert_eq!(
            shared_start("a1.jpg", &["a2.jpg".into(), "a3.jpg".into()]),
            0
        );
        let ctx = egui::Context::default();
        let _ = ctx.run_ui(egui::RawInput::default(), |ui| {
            let name = ([others[0].clone(), " · 2".into()], || 7);
            let font = egui::FontId::proportional(13.0);
            let parts = face_name(ui.painter(), name, (font, Color32::WHITE), 110.0);
            assert!(parts[0].text().starts_with("…anna"), "{}", parts[0].text());
        });
    }

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(shortened("short", 5), "short");
        assert_eq!(shortened("人物の写真.jpg", 7), "人物の…jpg");
    }
}
