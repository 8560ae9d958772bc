//! A table of figures as a person reads it: names at the left, numbers at the right edges of their
//! columns, each with its interval beside it, or below where there is no room.

use eframe::egui::{
    self, Align2, Color32, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use crate::app::widgets::buttons::wrapped;
use crate::app::widgets::theme;
use crate::measure::{interval_words, percent};

const EDGE: f32 = 14.0;
/// Between two columns, and where there is little room or still less.
const GAP: f32 = 14.0;
const TIGHT: f32 = 12.0;
const TIGHTEST: f32 = 7.0;
/// Between a number and the interval beside it.
const BESIDE: f32 = 6.0;
const ROW: f32 = 24.0;
/// Of a row whose intervals stand below the numbers, in one line or in two.
const TALL_ROW: f32 = 36.0;
const TALLEST_ROW: f32 = 48.0;
/// From one line of a row to the next.
const LINE: f32 = 12.0;
const HEADING: f32 = 24.0;
/// Names have at least this room, and no more than this.
const NAMES: [f32; 2] = [84.0, 190.0];
/// The widest that numbers get, so that no column moves when they change.
const WIDEST: &str = "100.00";
const WIDEST_INTERVAL: &str = "[88.88, 100.00]";
const WIDEST_END: &str = "100.00]";
const WIDEST_COUNT: &str = "888,888";

/// A table to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// What the numbers are; stands above the heading, in small letters.
    pub about: String,
    /// What the names are of.
    pub names: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// What stands below it, in small letters.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    pub heading: String,
    /// What it is, for who points at its heading.
    pub about: String,
    /// Whether it has room for intervals: nothing moves when they come.
    pub intervals: bool,
    /// Whether it stands beside what is judged.
    pub beside: bool,
    /// Whether it has counts in place of percentages.
    pub counts: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    pub name: String,
    pub cells: Vec<Cell>,
    /// Whether a line sets it apart: an average or the whole, which sorting leaves in place.
    pub apart: bool,
    /// Where a click leads, by the number that whoever made the table gave it.
    pub leads: Option<usize>,
    /// Whether nothing is wrong with it, so that a click would show no face.
    pub perfect: bool,
    /// What a click does.
    pub tip: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Percent(Option<f64>, Option<[f64; 2]>),
    Count(u64),
    Words(String),
}

impl Cell {
    fn words(&self) -> String {
        match self {
            Self::Percent(value, _) => percent(*value),
            Self::Count(count) => crate::humanize::thousands(*count as usize),
            Self::Words(words) => words.clone(),
        }
    }

    fn interval(&self) -> Option<String> {
        match self {
            Self::Percent(Some(_), interval) => interval.map(interval_words),
            _ => None,
        }
    }

    /// What it is sorted by; `None` of nothing.
    fn key(&self) -> Option<f64> {
        match self {
            Self::Percent(value, _) => *value,
            Self::Count(count) => Some(*count as f64),
            Self::Words(_) => None,
        }
    }
}

/// A click on a row, by the number that it leads to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Click {
    Primary(usize),
    Secondary(usize),
}

/// By which column rows stand, and whether the largest is first.
type Sorted = Option<(usize, bool)>;

impl Grid {
    /// Draws the table; what was clicked.
    pub fn ui(&self, ui: &mut Ui, id: &str) -> Option<Click> {
        let id = egui::Id::unique(("grid", id));
        let mut sorted: Sorted = ui.data(|d| d.get_temp(id)).flatten();
        sorted = sorted.filter(|s| s.0 < self.columns.len());
        let widths = Widths::of(ui, self);
        let mut clicked = None;
        let width = widths.total().max(ui.available_width());
        if !self.about.is_empty() {
            let quiet = theme::palette(ui.ctx()).quiet;
            wrapped(ui, EDGE as i8, |ui| {
                let words = egui::RichText::new(&self.about).size(theme::CAPTION);
                ui.label(words.color(quiet));
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
                    clicked = row.leads.map(Click::Primary).or(clicked);
                }
                if response.secondary_clicked() {
                    clicked = row.leads.map(Click::Secondary).or(clicked);
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
        let p = theme::palette(ui.ctx());
        for note in &self.notes {
            wrapped(ui, EDGE as i8, |ui| {
                let words = egui::RichText::new(note).size(theme::CAPTION);
                ui.label(words.color(p.waiting));
            });
        }
        clicked
    }

    /// The rows in the order of a column. Those that stand apart stay where they are, and what
    /// has no value comes last.
    fn order(&self, sorted: Sorted) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        let Some((column, largest_first)) = sorted else {
            return order;
        };
        let key = |n: &usize| self.rows[*n].cells.get(column).and_then(Cell::key);
        let places: Vec<usize> = order
            .iter()
            .copied()
            .filter(|n| !self.rows[*n].apart)
            .collect();
        let mut moved = places.clone();
        moved.sort_by(|a, b| match (key(a), key(b)) {
            (Some(a), Some(b)) if largest_first => b.total_cmp(&a),
            (Some(a), Some(b)) => a.total_cmp(&b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        for (place, n) in places.into_iter().zip(moved) {
            order[place] = n;
        }
        order
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
                let said = format!("Sort by {}", column.heading);
                WidgetInfo::labeled(Role::Button, true, said)
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
            let words = format!("{mark}{}", column.heading);
            let at = pos2(widths.right_of_number(c, place), y);
            ui.painter()
                .text(at, Align2::RIGHT_CENTER, words, font.clone(), tint);
            if response.clicked() {
                *sorted = match own {
                    None => Some((c, false)),
                    Some((_, false)) => Some((c, true)),
                    Some((_, true)) => None,
                };
            }
            response.on_hover_text(format!("{}\nClick to sort", column.about));
        }
        let rule = Stroke::new(1.0, p.hairline);
        let inner = line.shrink2(vec2(EDGE, 0.0));
        ui.painter().hline(inner.x_range(), line.bottom(), rule);
    }

    fn row_ui(&self, ui: &mut Ui, widths: &Widths, width: f32, row: &Row) -> Response {
        let p = theme::palette(ui.ctx());
        let sense = match row.leads {
            Some(_) => Sense::click(),
            None => Sense::hover(),
        };
        let (line, response) = ui.allocate_exact_size(vec2(width, widths.row), sense);
        let role = match row.leads {
            Some(_) => Role::Button,
            None => Role::Label,
        };
        response.widget_info(|| WidgetInfo::labeled(role, true, self.said(row)));
        if !ui.is_rect_visible(line) {
            return response;
        }
        if response.hovered() && row.leads.is_some() {
            ui.painter().rect_filled(line, 0, p.raised);
        }
        if row.apart {
            let rule = Stroke::new(1.0, p.hairline);
            let inner = line.shrink2(vec2(EDGE, 0.0));
            ui.painter().hline(inner.x_range(), line.top(), rule);
        }
        let font = match row.apart {
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
            p.text,
        );
        let columns = self.columns.iter().zip(&row.cells).enumerate();
        for ((c, (column, cell)), place) in columns.zip(widths.places(line)) {
            let tint = match column.beside || !matches!(cell, Cell::Percent(..)) {
                true => p.quiet,
                false => p.text,
            };
            let right = widths.right_of_number(c, place);
            let (painter, at) = (ui.painter(), pos2(right, y));
            painter.text(at, Align2::RIGHT_CENTER, cell.words(), font.clone(), tint);
            if let Some(words) = cell.interval() {
                let small = |words: &str, at, anchor| {
                    painter.text(at, anchor, words, theme::font(theme::CAPTION), p.quiet);
                };
                let below = |lines: f32| pos2(place.right(), y + 2.0 + LINE * lines);
                match (widths.intervals, words.split_once(' ')) {
                    (Intervals::Beside, _) => {
                        small(&words, pos2(right + BESIDE, y), Align2::LEFT_CENTER);
                    }
                    (Intervals::Stacked, Some((low, high))) => {
                        small(low, below(1.0), Align2::RIGHT_CENTER);
                        small(high, below(2.0), Align2::RIGHT_CENTER);
                    }
                    _ => small(&words, below(1.0), Align2::RIGHT_CENTER),
                }
            }
        }
        response
    }

    /// "nose: success@0.1 97.80 [97.10, 98.44], NME 3.12".
    fn said(&self, row: &Row) -> String {
        let cells = self.columns.iter().zip(&row.cells).map(|(column, cell)| {
            let interval = cell.interval().map_or(String::new(), |i| format!(" {i}"));
            format!("{} {}{interval}", column.heading, cell.words())
        });
        format!("{}: {}", row.name, cells.collect::<Vec<_>>().join(", "))
    }
}

/// Where intervals stand: beside their numbers, below them, or, where there is still less room,
/// below them with an end a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Intervals {
    Beside,
    Below,
    Stacked,
}

/// How the columns stand.
struct Widths {
    names: f32,
    columns: Vec<f32>,
    /// Room of the interval within each column, if it stands beside the number.
    beside: Vec<f32>,
    gap: f32,
    intervals: Intervals,
    row: f32,
}

impl Widths {
    fn of(ui: &Ui, grid: &Grid) -> Self {
        let wide = |words: &str, font: egui::FontId| {
            let words = words.to_owned();
            let galley = ui.painter().layout_no_wrap(words, font, Color32::WHITE);
            galley.size().x
        };
        let (caption, strong) = (
            || theme::font(theme::CAPTION),
            || theme::strong(theme::SMALL),
        );
        let percent = wide(WIDEST, strong());
        let count = wide(WIDEST_COUNT, strong());
        let interval = wide(WIDEST_INTERVAL, caption());
        let arrow = wide("↓ ", caption());
        let names = grid.rows.iter().map(|r| wide(&r.name, strong()));
        let names = names.fold(NAMES[0], f32::max).min(NAMES[1]);
        let number = |c: &Column| if c.counts { count } else { percent };
        let heading = |c: &Column| wide(&c.heading, caption());
        let beside = |c: &Column| if c.intervals { interval + BESIDE } else { 0.0 };
        let columns = grid.columns.iter();
        let roomy = Self {
            names,
            columns: columns
                .map(|c| number(c).max(heading(c) + arrow) + beside(c))
                .collect(),
            beside: grid.columns.iter().map(beside).collect(),
            gap: GAP,
            intervals: Intervals::Beside,
            row: ROW,
        };
        if roomy.total() <= ui.available_width() {
            return roomy;
        }
        let any = grid.columns.iter().any(|c| c.intervals);
        let tight = |intervals: Intervals, interval: f32, row: f32| {
            let columns = grid.columns.iter().map(|c| {
                let interval = if c.intervals { interval } else { 0.0 };
                number(c).max(heading(c)).max(interval)
            });
            Self {
                names,
                columns: columns.collect(),
                beside: vec![0.0; grid.columns.len()],
                gap: match intervals {
                    Intervals::Stacked => TIGHTEST,
                    _ => TIGHT,
                },
                intervals,
                row: if any { row } else { ROW },
            }
        };
        let below = tight(Intervals::Below, interval, TALL_ROW);
        if !any || below.total() <= ui.available_width() {
            return below;
        }
        tight(Intervals::Stacked, wide(WIDEST_END, caption()), TALLEST_ROW)
    }

    fn total(&self) -> f32 {
        2.0 * EDGE + self.names + self.columns.iter().map(|c| c + self.gap).sum::<f32>()
    }

    /// The place of each column in a line.
    fn places(&self, line: Rect) -> Vec<Rect> {
        let mut left = line.left() + EDGE + self.names;
        let columns = self.columns.iter().map(|width| {
            let from = left + self.gap;
            left = from + width;
            Rect::from_x_y_ranges(from..=left, line.y_range())
        });
        columns.collect()
    }

    fn right_of_number(&self, column: usize, place: Rect) -> f32 {
        place.right() - self.beside[column]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let row = |name: &str, value, apart| Row {
            name: name.into(),
            cells: vec![Cell::Percent(value, None), Cell::Count(1234)],
            apart,
            ..Row::default()
        };
        let column = |heading: &str| Column {
            heading: heading.into(),
            ..Column::default()
        };
        Grid {
            about: String::new(),
            notes: Vec::new(),
            names: "attribute".into(),
            columns: vec![column("F1"), column("known")],
            rows: vec![
                row("Bald", Some(50.0), false),
                row("Bangs", None, false),
                row("Male", Some(97.5), false),
                row("average", Some(73.75), true),
            ],
        }
    }

    #[test]
    fn sorting_leaves_the_average_last_and_what_is_not_known_before_it() {
        let grid = grid();
        assert_eq!(grid.order(None), [0, 1, 2, 3]);
        assert_eq!(grid.order(Some((0, false))), [0, 2, 1, 3]);
        assert_eq!(grid.order(Some((0, true))), [2, 0, 1, 3]);
    }

    #[test]
    fn a_row_is_said_with_its_columns() {
        let mut grid = grid();
        let said = |grid: &Grid, n: usize| grid.said(&grid.rows[n]);
        assert_eq!(said(&grid, 1), "Bangs: F1 –, known 1,234");
        grid.rows[0].cells[0] = Cell::Percent(Some(50.0), Some([41.234, 58.0]));
        assert_eq!(said(&grid, 0), "Bald: F1 50.00 [41.23, 58.00], known 1,234");
    }
}
