//! A table in the pane: headings that sort, rows that lead to faces.

use eframe::egui::{self, Align2, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::report::tables::grid::{Cell, Click, Grid, Row, Sorted};
use crate::app::report::tables::widths::{BESIDE, EDGE, HEADING, Intervals, LINE, Widths};
use crate::app::widgets::buttons::wrapped;
use crate::app::widgets::theme;

/// What stands below a table or a plot, in small letters.
pub fn note_ui(ui: &mut Ui, note: &str) {
    let p = theme::palette(ui.ctx());
    wrapped(ui, EDGE as i8, |ui| {
        let text = egui::RichText::new(note).size(theme::CAPTION);
        ui.label(text.color(p.waiting));
    });
}

impl Grid {
    /// Draws the table; what was clicked.
    pub fn ui(&self, ui: &mut Ui, id: &str) -> Option<Click> {
        let id = egui::Id::unique(("grid", id));
        let mut sorted: Sorted = ui.data(|d| d.get_temp(id)).flatten();
        sorted = sorted.filter(|s| s.0 < self.columns.len());
        let widths = Widths::of(ui, self);
        let mut clicked = None;
        let width = widths.total().max(ui.available_width());
        if !self.description.is_empty() {
            let quiet = theme::palette(ui.ctx()).quiet;
            wrapped(ui, EDGE as i8, |ui| {
                let text = egui::RichText::new(&self.description).size(theme::CAPTION);
                ui.label(text.color(quiet));
            });
        }
        let area = egui::ScrollArea::horizontal().id_salt(id);
        area.auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let (head, _) = ui.allocate_exact_size(vec2(width, HEADING), Sense::hover());
            let mut last = head;
            for n in self.order(sorted) {
                let row = &self.rows[n];
                let response = self.row_ui(ui, &widths, width, row);
                last = response.rect;
                if response.clicked() && !row.perfect {
                    clicked = row.link.map(Click::Primary).or(clicked);
                }
                if response.secondary_clicked() {
                    clicked = row.link.map(Click::Secondary).or(clicked);
                }
                if !row.tip.is_empty() {
                    response.on_hover_text(&row.tip);
                }
            }
            // The headings stay in sight above the rows, as long as one of these is.
            let top = ui
                .clip_rect()
                .top()
                .min(last.top() - HEADING)
                .max(head.top());
            let head = head.translate(vec2(0.0, top - head.top()));
            let before = sorted;
            self.headings_ui(ui, &widths, head, &mut sorted);
            if sorted != before {
                ui.data_mut(|d| d.insert_temp(id, sorted));
            }
        });
        for note in &self.notes {
            note_ui(ui, note);
        }
        clicked
    }

    fn headings_ui(&self, ui: &mut Ui, widths: &Widths, line: Rect, sorted: &mut Sorted) {
        let p = theme::palette(ui.ctx());
        // Rows that are scrolled below it are neither seen nor hit.
        ui.interact(
            line,
            ui.scope_id().with((&self.names, "head")),
            Sense::click(),
        );
        ui.painter().rect_filled(line, 0, p.pane);
        let font = theme::font(theme::CAPTION);
        let y = line.center().y;
        ui.painter().text(
            pos2(line.left() + EDGE, y),
            Align2::LEFT_CENTER,
            &self.names,
            font.clone(),
            p.quiet,
        );
        for (c, (column, place)) in self.columns.iter().zip(widths.places(line)).enumerate() {
            let response = ui.interact(place, ui.scope_id().with((&self.names, c)), Sense::click());
            response.widget_info(|| {
                let label = format!("Sort by {}", column.heading);
                WidgetInfo::labeled(Role::Button, true, label)
            });
            let own = sorted.filter(|s| s.0 == c);
            let tint = match response.hovered() || own.is_some() {
                true => p.text,
                false => p.quiet,
            };
            let mark = match own {
                Some((_, true)) => "↓ ",
                Some((_, false)) => "↑ ",
                None => "",
            };
            let text = format!("{mark}{}", column.heading);
            let at = pos2(widths.right_of_number(c, place), y);
            ui.painter()
                .text(at, Align2::RIGHT_CENTER, text, font.clone(), tint);
            if response.clicked() {
                *sorted = match own {
                    None => Some((c, false)),
                    Some((_, false)) => Some((c, true)),
                    Some((_, true)) => None,
                };
            }
            response.on_hover_text(format!("{}\nClick to sort", column.description));
        }
        let rule = Stroke::new(1.0, p.hairline);
        let inner = line.shrink2(vec2(EDGE, 0.0));
        ui.painter().hline(inner.x_range(), line.bottom(), rule);
    }

    fn row_ui(&self, ui: &mut Ui, widths: &Widths, width: f32, row: &Row) -> Response {
        let p = theme::palette(ui.ctx());
        let sense = match row.link {
            Some(_) => Sense::click(),
            None => Sense::hover(),
        };
        let (line, response) = ui.allocate_exact_size(vec2(width, widths.row), sense);
        let role = match row.link {
            Some(_) => Role::Button,
            None => Role::Label,
        };
        response.widget_info(|| WidgetInfo::labeled(role, true, self.label(row)));
        if !ui.is_rect_visible(line) {
            return response;
        }
        if response.hovered() && row.link.is_some() {
            ui.painter().rect_filled(line, 0, p.raised);
        }
        if row.summary {
            let rule = Stroke::new(1.0, p.hairline);
            let inner = line.shrink2(vec2(EDGE, 0.0));
            ui.painter().hline(inner.x_range(), line.top(), rule);
        }
        let font = match row.summary {
            true => theme::strong(theme::SMALL),
            false => theme::font(theme::SMALL),
        };
        let names = line.with_max_x(line.left() + EDGE + widths.names);
        let y = match widths.intervals {
            Intervals::Beside => line.center().y,
            Intervals::Below | Intervals::Stacked => line.top() + LINE,
        };
        let clipped = ui.clip_rect().intersect(names);
        ui.painter().with_clip_rect(clipped).text(
            pos2(line.left() + EDGE, y),
            Align2::LEFT_CENTER,
            &row.name,
            font.clone(),
            if row.faint { p.quiet } else { p.text },
        );
        let columns = self.columns.iter().zip(&row.cells).enumerate();
        for ((c, (column, cell)), place) in columns.zip(widths.places(line)) {
            let tint = match row.faint || column.compared || !matches!(cell, Cell::Percent(..)) {
                true => p.quiet,
                false => p.text,
            };
            let right = widths.right_of_number(c, place);
            let (painter, at) = (ui.painter(), pos2(right, y));
            painter.text(at, Align2::RIGHT_CENTER, cell.text(), font.clone(), tint);
            if let Some(text) = cell.interval() {
                let small = |text: &str, at, anchor| {
                    painter.text(at, anchor, text, theme::font(theme::CAPTION), p.quiet);
                };
                let below = |lines: f32| pos2(place.right(), y + 2.0 + LINE * lines);
                match (widths.intervals, text.split_once(' ')) {
                    (Intervals::Beside, _) => {
                        small(&text, pos2(right + BESIDE, y), Align2::LEFT_CENTER);
                    }
                    (Intervals::Stacked, Some((low, high))) => {
                        small(low, below(1.0), Align2::RIGHT_CENTER);
                        small(high, below(2.0), Align2::RIGHT_CENTER);
                    }
                    _ => small(&text, below(1.0), Align2::RIGHT_CENTER),
                }
            }
        }
        response
    }
}
