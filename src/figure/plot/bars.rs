//! Bars in rows, each before what guessing gives: measures of many attributes at a glance.

use super::{Axis, GRID, INK, LABEL, QUIET, SMALL, TITLE};
use crate::figure::page::{Anchor, Page, Unit};
use crate::figure::palette::{Colour, WHITE};
use crate::figure::text::Text;

/// One value of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    pub value: f64,
    pub interval: Option<[f64; 2]>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BarRow {
    pub name: String,
    /// What guessing gives.
    pub guess: Option<f64>,
    /// One for each series, in their order.
    pub bars: Vec<Option<Bar>>,
    /// Stands apart from the rows above.
    pub apart: bool,
    /// Whether it says nothing, so that it is drawn faintly.
    pub faint: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    pub title: String,
    pub label: String,
    /// Of what the whiskers are; nothing where there are none.
    pub whiskers: String,
    /// What the guess is called; nothing where there is none.
    pub guess: String,
    /// Names and colours of the series.
    pub series: Vec<(String, Colour)>,
    /// Bars start at zero; this is where the axis ends.
    pub end: f64,
    pub rows: Vec<BarRow>,
}

const WIDTH: f32 = 760.0;
const TOP: f32 = 78.0;
const BOTTOM: f32 = 52.0;
/// The line that says of what the whiskers are.
const WHISKERS: f32 = 18.0;
/// Room for the numbers at the end of a row.
const NUMBERS: f32 = 58.0;
const GUESS_BACK: Colour = [0xe4, 0xe8, 0xec];
const FAINT: Colour = [0xb4, 0xba, 0xc2];

impl Bars {
    pub fn page(&self) -> Page {
        let series = self.series.len().max(1) as f32;
        let thick = if self.series.len() < 2 { 9.0 } else { 6.5 };
        let height = series * thick + 10.0;
        let apart = self.rows.iter().filter(|r| r.apart).count() as f32;
        let bottom = TOP + self.rows.len() as f32 * height + apart * 8.0;
        let foot = match self.whiskers.is_empty() {
            true => BOTTOM,
            false => BOTTOM + WHISKERS,
        };
        let mut page = Page::new([WIDTH, bottom + foot], Unit::Pixel, WHITE);
        page.metadata("Title", &self.title);
        let widest = self.rows.iter().map(|r| Text::new(&r.name, SMALL).width);
        let left = widest.fold(0.0, f32::max) + 28.0;
        let numbers = match self.series.len() {
            0..=2 => NUMBERS * series,
            _ => 12.0,
        };
        let x = Axis {
            range: [0.0, self.end],
            span: [left, WIDTH - numbers - 10.0],
        };
        self.axis(&mut page, &x, bottom);
        let mut top = TOP;
        for row in &self.rows {
            if row.apart {
                top += 8.0;
                page.line(&[[16.0, top - 4.0], [WIDTH - 16.0, top - 4.0]], 1.0, QUIET);
            }
            self.row(&mut page, &x, row, top, height);
            top += height;
        }
        page.line(&[[left, TOP], [left, bottom]], 1.2, INK);
        self.legend(&mut page, left);
        page
    }

    fn axis(&self, page: &mut Page, x: &Axis, bottom: f32) {
        page.text(&self.title, [16.0, 26.0], TITLE, INK, Anchor::Start);
        for (value, text) in x.ticks(10) {
            let at = x.at(value);
            page.line(&[[at, TOP], [at, bottom]], 1.0, GRID);
            page.text(&text, [at, bottom + 17.0], SMALL, QUIET, Anchor::Middle);
        }
        let middle = (x.span[0] + x.span[1]) / 2.0;
        page.text(
            &self.label,
            [middle, bottom + 39.0],
            LABEL,
            INK,
            Anchor::Middle,
        );
        if !self.whiskers.is_empty() {
            let at = [middle, bottom + 39.0 + WHISKERS];
            page.text(&self.whiskers, at, SMALL, QUIET, Anchor::Middle);
        }
    }

    fn row(&self, page: &mut Page, x: &Axis, row: &BarRow, top: f32, height: f32) {
        let middle = top + height / 2.0;
        let (left, right) = (x.span[0], x.span[1]);
        let ink = if row.faint { QUIET } else { INK };
        page.text(
            &row.name,
            [left - 10.0, middle + 4.5],
            SMALL,
            ink,
            Anchor::End,
        );
        if let Some(guess) = row.guess {
            let size = [x.at(guess) - left, height - 3.0];
            page.area([left, top + 1.5], size, GUESS_BACK);
        }
        let thick = (height - 10.0) / self.series.len().max(1) as f32;
        for (n, bar) in row.bars.iter().enumerate() {
            let (Some(bar), Some((_, colour))) = (bar, self.series.get(n)) else {
                continue;
            };
            let colour = if row.faint { &FAINT } else { colour };
            let at = top + 5.0 + n as f32 * thick;
            page.area([left, at], [x.at(bar.value) - left, thick - 0.5], *colour);
            if let Some([low, high]) = bar.interval.filter(|[low, high]| low < high) {
                let y = at + thick / 2.0;
                let (low, high) = (x.at(low), x.at(high));
                page.line(&[[low, y], [high, y]], 1.4, INK);
                for end in [low, high] {
                    page.line(&[[end, y - 2.5], [end, y + 2.5]], 1.4, INK);
                }
            }
            // More numbers than two have no room.
            if self.series.len() <= 2 {
                let column = right + 12.0 + NUMBERS * n as f32;
                let text = format!("{:.2}", bar.value);
                let end = [column + 38.0, middle + 4.5];
                page.text(&text, end, SMALL, *colour, Anchor::End);
            }
        }
        if let Some(guess) = row.guess {
            let at = x.at(guess);
            page.line(&[[at, top + 1.5], [at, top + height - 1.5]], 1.6, INK);
        }
    }

    fn legend(&self, page: &mut Page, left: f32) {
        let mut x = left;
        let y = 54.0;
        for (name, colour) in &self.series {
            page.area([x, y - 9.0], [18.0, 9.0], *colour);
            page.text(name, [x + 24.0, y], SMALL, INK, Anchor::Start);
            x += 24.0 + Text::new(name, SMALL).width + 22.0;
        }
        if self.guess.is_empty() {
            return;
        }
        page.area([x, y - 11.0], [18.0, 13.0], GUESS_BACK);
        page.line(&[[x + 18.0, y - 11.0], [x + 18.0, y + 2.0]], 1.6, INK);
        page.text(&self.guess, [x + 26.0, y], SMALL, INK, Anchor::Start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_value() {
        let colour = [10, 200, 30];
        let row = |value| BarRow {
            name: "Smiling".into(),
            guess: None,
            bars: vec![Some(Bar {
                value,
                interval: None,
            })],
            apart: false,
            faint: false,
        };
        let bars = Bars {
            title: "attributes".into(),
            label: "accuracy".into(),
            whiskers: String::new(),
            guess: "majority".into(),
            series: vec![("network".into(), colour)],
            end: 100.0,
            rows: vec![row(100.0), row(50.0)],
        };
        let picture = bars.page().to_image(1.0).unwrap();
        let long = |y: u32| {
            let pixels = (0..picture.width()).filter(|x| picture.get_pixel(*x, y).0 == colour);
            pixels.count() as f32
        };
        let (first, second) = (long(TOP as u32 + 9), long(TOP as u32 + 28));
        assert!(
            first > 300.0 && (first / second - 2.0).abs() < 0.05,
            "{first} {second}"
        );
    }
}
