//! The plots of own and shared maps by depth and task.

use eframe::egui::{Align2, Color32, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::widgets::theme;
use crate::figure::{
    DEPTHS, changes_note, changes_title, depth_text, marks_of, signed, span_of, tick,
};
use crate::humanize::{layer_title, title};
use crate::measure::Difference;
use crate::study::{Base, Share, Towers};

/// Own maps and shared maps, told apart also by those who see no red or green.
pub(super) const OWN: Color32 = Color32::from_rgb(0x4c, 0x9b, 0xff);
pub(super) const SHARED: Color32 = Color32::from_rgb(0xff, 0xb0, 0x00);
/// Room for numbers at the left of a plot and for names above and below, in points.
const AXIS: f32 = 44.0;
pub(super) const HEAD: f32 = 58.0;
const FOOT: f32 = 42.0;
/// Of what is not told from zero.
const FAINT: f32 = 0.35;
/// The least height of a task's plots.
const LEAST: f32 = 150.0;

pub(super) fn plots_ui(ui: &mut Ui, found: &Towers) {
    let rows = found.tasks.len().max(1) as f32;
    let room = ui.available_rect_before_wrap().shrink2(vec2(12.0, 6.0));
    let height = (room.height() / rows).max(LEAST);
    let room = Rect::from_min_size(room.min, vec2(room.width(), rows * height));
    let response = ui.allocate_rect(room, Sense::hover());
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Image, true, "Which tower matters, by depth and task")
    });
    for (t, base) in found.tasks.iter().enumerate() {
        let top = room.top() + t as f32 * height;
        let shares = found.of_task(&base.task);
        let half = room.width() / 2.0;
        for side in 0..2 {
            let area = Rect::from_min_size(
                pos2(room.left() + side as f32 * half, top),
                vec2(half - 14.0, height - 8.0),
            );
            let plot = Plot {
                area: Rect::from_min_max(area.min + vec2(AXIS, HEAD), area.max - vec2(0.0, FOOT)),
                bars: shares.len(),
            };
            match side {
                0 => norms(ui, &plot, base, &shares),
                _ if found.faces == 0 => unmeasured(ui, &plot),
                _ => losses(ui, &plot, base, &shares),
            }
        }
    }
}

/// Where the bars of one plot stand.
struct Plot {
    area: Rect,
    bars: usize,
}

impl Plot {
    fn y(&self, part: f32) -> f32 {
        self.area.bottom() - part * self.area.height()
    }

    fn bar(&self, i: usize) -> (f32, f32) {
        let step = self.area.width() / self.bars.max(1) as f32;
        (self.area.left() + (i as f32 + 0.12) * step, 0.76 * step)
    }

    /// The part of a bar from `low` to `high`, `at` to `at + wide` of its width.
    fn piece(&self, i: usize, (low, high): (f32, f32), (at, wide): (f32, f32)) -> Rect {
        let (left, width) = self.bar(i);
        Rect::from_min_max(
            pos2(left + at * width, self.y(high)),
            pos2(left + (at + wide) * width, self.y(low)),
        )
    }

    fn frame(&self, ui: &Ui, name: &str, notes: &[&str], shares: &[&Share]) {
        let p = theme::palette(ui.ctx());
        let corner = self.area.left_top() - vec2(AXIS - 4.0, HEAD - 4.0);
        let painter = ui.painter();
        let (body, small) = (theme::font(theme::BODY), theme::font(theme::CAPTION));
        painter.text(corner, Align2::LEFT_TOP, name, body, p.text);
        for (note, down) in notes.iter().zip([18.0, 32.0]) {
            let at = corner + vec2(0.0, down);
            painter.text(at, Align2::LEFT_TOP, note, small.clone(), p.quiet);
        }
        for (i, share) in shares.iter().enumerate() {
            let (left, width) = self.bar(i);
            let at = pos2(left + width / 2.0, self.area.bottom() + 5.0);
            let name = depth_text(&share.depth);
            painter.text(at, Align2::CENTER_TOP, name, small.clone(), p.quiet);
        }
        let at = pos2(self.area.center().x, self.area.bottom() + 20.0);
        painter.text(at, Align2::CENTER_TOP, DEPTHS, small, p.quiet);
    }

    fn tick(&self, ui: &Ui, part: f32, text: &str) {
        let p = theme::palette(ui.ctx());
        let line = Stroke::new(1.0, p.hairline);
        ui.painter().hline(self.area.x_range(), self.y(part), line);
        let at = pos2(self.area.left() - 6.0, self.y(part));
        let font = theme::font(theme::CAPTION);
        ui.painter()
            .text(at, Align2::RIGHT_CENTER, text, font, p.quiet);
    }

    /// What a bar says under the pointer.
    fn said(&self, ui: &mut Ui, i: usize, text: String) {
        let (left, width) = self.bar(i);
        let bar = Rect::from_x_y_ranges(left..=left + width, self.area.y_range());
        let id = ui
            .scope_id()
            .with((self.area.min.x as i32, self.area.min.y as i32, i));
        let response = ui.interact(bar, id, Sense::hover());
        response.on_hover_text_at_pointer(text);
    }
}

fn norms(ui: &mut Ui, plot: &Plot, base: &Base, shares: &[&Share]) {
    let p = theme::palette(ui.ctx());
    let name = format!("{}: weights", title(&base.task));
    plot.frame(
        ui,
        &name,
        &["part of the joining weights' squared norm"],
        shares,
    );
    for part in [0.0, 0.25, 0.5, 0.75, 1.0] {
        plot.tick(ui, part, &format!("{:.0} %", 100.0 * part));
    }
    for (i, share) in shares.iter().enumerate() {
        let shared = share.shared_part() as f32;
        let painter = ui.painter();
        painter.rect_filled(plot.piece(i, (shared, 1.0), (0.0, 1.0)), 0, OWN);
        painter.rect_filled(plot.piece(i, (0.0, shared), (0.0, 1.0)), 0, SHARED);
        let text = format!(
            "{}: {:.1} % shared; norms {:.2} own, {:.2} shared",
            layer_title(&share.depth),
            100.0 * shared,
            share.own_norm,
            share.shared_norm
        );
        plot.said(ui, i, text);
    }
    let half: [Pos2; 2] = [plot.area.left(), plot.area.right()].map(|x| pos2(x, plot.y(0.5)));
    ui.painter().line_segment(half, Stroke::new(1.0, p.text));
}

fn unmeasured(ui: &Ui, plot: &Plot) {
    let p = theme::palette(ui.ctx());
    let (at, font) = (plot.area.center(), theme::font(theme::SMALL));
    let text = "not measured yet";
    ui.painter()
        .text(at, Align2::CENTER_CENTER, text, font, p.quiet);
}

/// What a half at zero changes: the NME rises, the accuracy falls, as tables say it.
fn losses(ui: &mut Ui, plot: &Plot, base: &Base, shares: &[&Share]) {
    let p = theme::palette(ui.ctx());
    let name = changes_title(base);
    let Some(note) = changes_note(base) else {
        plot.frame(ui, &name, &["nothing is labelled"], shares);
        return;
    };
    plot.frame(ui, &name, &[&note, &base.change_words()], shares);
    let all: Vec<[Option<Difference>; 2]> = shares
        .iter()
        .map(|s| [s.own_change, s.shared_change])
        .collect();
    let reach = |sign: f64| {
        let ends = all.iter().flatten().flatten().flat_map(|c| c.ends());
        ends.fold(0.0, |m, v| f64::max(m, sign * v))
    };
    let marks = marks_of(reach(-1.0), reach(1.0));
    let (low, high, step) = span_of(&marks);
    let part = |v: f64| ((v - low) / (high - low)).clamp(0.0, 1.0) as f32;
    for value in marks {
        plot.tick(ui, part(value), &tick(value, step));
    }
    for (i, halves) in all.iter().enumerate() {
        for (h, (value, tint)) in halves.iter().zip([OWN, SHARED]).enumerate() {
            let Some(change) = value else { continue };
            let ends = (part(change.value.min(0.0)), part(change.value.max(0.0)));
            let piece = plot.piece(i, ends, (0.5 * h as f32, 0.5));
            let tint = match change.differs() {
                true => tint,
                false => tint.gamma_multiply(FAINT),
            };
            ui.painter().rect_filled(piece, 0, tint);
            if let Some(interval) = change.interval {
                let ends = interval.map(|v| pos2(piece.center().x, plot.y(part(v))));
                let line = Stroke::new(1.2, p.text);
                ui.painter().line_segment(ends, line);
            }
        }
        let said = |v: Option<Difference>| v.map_or("–".into(), |v| change_text(&v));
        let text = format!(
            "{}: without own {}, without shared {}",
            layer_title(&shares[i].depth),
            said(halves[0]),
            said(halves[1])
        );
        plot.said(ui, i, text);
    }
    let y = plot.y(part(0.0));
    let line = [plot.area.left(), plot.area.right()].map(|x| pos2(x, y));
    ui.painter().line_segment(line, Stroke::new(1.5, p.text));
}

/// "+0.31 [+0.12, +0.55]", and whether it is told from zero.
fn change_text(change: &Difference) -> String {
    let signed = |v: f64| signed(v, 2);
    let value = signed(change.value);
    match change.interval {
        None => format!("{value}, too few faces"),
        Some(interval) => {
            let [low, high] = interval.map(signed);
            let told = if change.differs() {
                ""
            } else {
                ", not told from zero"
            };
            format!("{value} [{low}, {high}]{told}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_told_from_zero_is_said() {
        let text = |interval| {
            change_text(&Difference {
                value: -0.05,
                interval,
            })
        };
        assert_eq!(
            text(Some([-0.4, 0.3])),
            "−0.05 [−0.40, +0.30], not told from zero"
        );
        assert_eq!(text(Some([-0.4, -0.01])), "−0.05 [−0.40, −0.01]");
        assert_eq!(text(None), "−0.05, too few faces");
    }
}
