//! Which tower matters, as a figure: for each task how its joining weights are shared out from
//! depth to depth, and its measure with either half at zero.

use super::error::FigureError;
use super::number::{marks, multiples, span_of, tick};
use super::page::{Anchor, Page, Unit, points};
use super::text::text_lines;
use crate::dataset::describe_boxes;
use crate::figure::palette::{Colour, INK, QUIET, WHITE};
use crate::humanize::{layer_title, title};
use crate::measure::PAIRED;
use crate::study::{Base, Share, Towers};

/// Own maps and shared maps: blue and orange, which also those tell apart who see no red or green.
const OWN: Colour = [0x2b, 0x6c, 0xb0];
const SHARED: Colour = [0xdd, 0x7a, 0x1f];
const GRID: Colour = [222, 225, 230];

/// In points.
const MARGIN: f32 = 6.0;
const PANEL: f32 = 96.0;
const HEAD: f32 = 38.0;
const FOOT: f32 = 26.0;
const AXIS: f32 = 26.0;
/// Of the text below all.
const LINE: f32 = 9.0;
/// A line of colours, one of what was looked at and one of intervals.
const LEGEND: f32 = 31.0;

/// Draws one row a task: norms on the left, losses on the right with their intervals; the norms
/// alone where nothing was measured. `faces` says over which faces, `network` which network.
///
/// # Errors
/// If the network joins nothing.
pub fn towers_figure(
    towers: &Towers,
    faces: &str,
    network: &str,
    width_mm: f32,
) -> Result<Page, FigureError> {
    if towers.shares.is_empty() {
        return Err(FigureError::NoFusion);
    }
    let width = points(width_mm);
    let row = HEAD + PANEL + FOOT;
    let warnings = towers.warnings.iter().flat_map(|warning| {
        let text = format!("warning: {}", warning.text);
        text_lines(&text, 6.5, width - 2.0 * MARGIN - AXIS)
    });
    let warnings: Vec<String> = warnings.collect();
    let foot = MARGIN + warnings.len() as f32 * LINE;
    let height = MARGIN + towers.tasks.len() as f32 * row + LEGEND + foot;
    let mut page = Page::new([width, height], Unit::Point, WHITE);
    page.metadata("Title", "Which tower matters");
    page.metadata("Faces", faces);
    let measured = towers.faces > 0;
    let panel = match measured {
        true => (width - 2.0 * MARGIN - 2.0 * AXIS - 8.0) / 2.0,
        false => width - 2.0 * MARGIN - AXIS,
    };
    for (t, base) in towers.tasks.iter().enumerate() {
        let top = MARGIN + t as f32 * row + HEAD;
        let shares = towers.of_task(&base.task);
        let frame = |column: f32| Frame {
            left: MARGIN + AXIS + column * (panel + AXIS + 8.0),
            top,
            width: panel,
        };
        norms(&mut page, &frame(0.0), base, &shares);
        if measured {
            losses(&mut page, &frame(1.0), base, &shares);
        }
    }
    legend(&mut page, [width, height - foot], towers, (faces, network));
    for (n, text) in warnings.iter().enumerate() {
        let at = [MARGIN + AXIS, height - foot - 0.6 + (n + 1) as f32 * LINE];
        page.text(text, at, 6.5, QUIET, Anchor::Start);
    }
    Ok(page)
}

/// Where a panel stands; all are equally high.
struct Frame {
    left: f32,
    top: f32,
    width: f32,
}

impl Frame {
    /// The left edge and the width of a bar among others.
    fn bar(&self, i: usize, of: usize) -> (f32, f32) {
        let step = self.width / of as f32;
        (self.left + i as f32 * step + 0.12 * step, 0.76 * step)
    }

    fn y(&self, part: f32) -> f32 {
        self.top + PANEL * (1.0 - part)
    }

    fn titled(&self, page: &mut Page, title: &str, notes: &[&str]) {
        let above = |up| [self.left, self.top - up];
        page.text_within(title, above(23.0), (8.0, INK), self.width);
        for (note, up) in notes.iter().zip([14.0, 6.0]) {
            page.text_within(note, above(up), (6.0, QUIET), self.width);
        }
    }

    /// A line across with its value.
    fn tick(&self, page: &mut Page, part: f32, text: &str) {
        let y = self.y(part);
        let line = [[self.left, y], [self.left + self.width, y]];
        page.line(&line, 0.5, GRID);
        page.text(text, [self.left - 3.0, y + 2.0], 6.0, QUIET, Anchor::End);
    }

    fn depths(&self, page: &mut Page, shares: &[&Share]) {
        for (i, share) in shares.iter().enumerate() {
            let (left, width) = self.bar(i, shares.len());
            let at = [left + width / 2.0, self.top + PANEL + 8.0];
            page.text(&depth_text(&share.depth), at, 6.0, QUIET, Anchor::Middle);
        }
        let at = [self.left + self.width / 2.0, self.top + PANEL + 17.0];
        page.text(DEPTHS, at, 6.0, QUIET, Anchor::Middle);
    }
}

fn norms(page: &mut Page, frame: &Frame, base: &Base, shares: &[&Share]) {
    let note = "part of the joining weights' squared norm";
    frame.titled(page, &format!("{}: weights", title(&base.task)), &[note]);
    for part in [0.0, 0.25, 0.5, 0.75, 1.0] {
        frame.tick(page, part, &format!("{:.0} %", 100.0 * part));
    }
    for (i, share) in shares.iter().enumerate() {
        let (left, width) = frame.bar(i, shares.len());
        let shared = share.shared_part() as f32;
        let height = PANEL * shared;
        page.area([left, frame.y(1.0)], [width, PANEL - height], OWN);
        page.area([left, frame.y(shared)], [width, height], SHARED);
    }
    let half = frame.y(0.5);
    page.line(
        &[[frame.left, half], [frame.left + frame.width, half]],
        0.7,
        INK,
    );
    frame.depths(page, shares);
}

/// Of what the change of the NME is a share, where there is little room.
const OF_L: &str = "% of L, the eyes' distance";

/// What a half at zero changes: the NME rises, the accuracy falls, as tables say it.
fn losses(page: &mut Page, frame: &Frame, base: &Base, shares: &[&Share]) {
    let title = changes_title(base);
    let Some(note) = changes_note(base) else {
        frame.titled(page, &title, &["nothing is labelled"]);
        return;
    };
    frame.titled(page, &title, &[&note, &base.change_words()]);
    let all = || shares.iter().map(|s| [s.own_change, s.shared_change]);
    let most = |sign: f64| {
        let ends = all().flatten().flatten().flat_map(|c| c.ends());
        ends.fold(0.0, |m, v| f64::max(m, sign * v))
    };
    let marks = marks_of(most(-1.0), most(1.0));
    let (low, high, step) = span_of(&marks);
    let part = |v: f64| ((v - low) / (high - low)).clamp(0.0, 1.0) as f32;
    for value in marks {
        frame.tick(page, part(value), &tick(value, step));
    }
    for (i, halves) in all().enumerate() {
        let (left, width) = frame.bar(i, shares.len());
        for (h, (value, colour)) in halves.into_iter().zip([OWN, SHARED]).enumerate() {
            let Some(change) = value else { continue };
            let value = change.value;
            let (from, to) = (part(value.min(0.0)), part(value.max(0.0)));
            let at = [left + h as f32 * width / 2.0, frame.y(to)];
            let colour = match change.differs() {
                true => colour,
                false => faint(colour),
            };
            page.area(at, [width / 2.0, PANEL * (to - from)], colour);
            if let Some(interval) = change.interval {
                let x = at[0] + width / 4.0;
                let ends = interval.map(|v| [x, frame.y(part(v))]);
                page.line(&ends, 0.6, INK);
            }
        }
    }
    let y = frame.y(part(0.0));
    page.line(&[[frame.left, y], [frame.left + frame.width, y]], 0.9, INK);
    frame.depths(page, shares);
}

/// What the plot of a task's changes is called.
pub fn changes_title(base: &Base) -> String {
    let (task, measure) = (title(&base.task), base.measure_word());
    format!("{task}: change of the {measure} with a half at zero")
}

/// In what they are, and of what; `None` where nothing is labelled.
pub fn changes_note(base: &Base) -> Option<String> {
    let unit = match base.measure {
        "nme_percent" => OF_L,
        _ => "points of %",
    };
    let whole = base.value?;
    Some(format!("{unit}; {whole:.2} % with both, {}", base.over()))
}

/// What is not told from zero.
fn faint(colour: Colour) -> Colour {
    colour.map(|v| 255 - (255 - v) / 3)
}

/// "1-2", "Fc": as there is little room, of a convolution only where it stands.
pub fn depth_text(depth: &str) -> String {
    let text = layer_title(depth);
    text.strip_prefix("Conv").unwrap_or(&text).to_owned()
}

/// What the depths are.
pub const DEPTHS: &str = "joined before (1-2: before Conv1-2)";

/// The least that the axis of changes spans.
const LEAST_AXIS: f64 = 1e-3;

/// The marks of an axis for what falls by so much at most, and rises by so much; hardly any needs
/// none.
pub fn marks_of(fall: f64, rise: f64) -> Vec<f64> {
    let usable = |v: f64| if v.is_finite() { v.max(0.0) } else { 0.0 };
    let (fall, rise) = (usable(fall), usable(rise));
    let needed = |v: f64, other: f64| if v > 0.02 * other { v } else { 0.0 };
    let low = -needed(fall, rise);
    let high = needed(rise, fall).max(low + LEAST_AXIS).max(0.0);
    // Its ends are marks.
    let (step, _) = marks([low, high], 3);
    let ends = [(low / step + 1e-9).floor(), (high / step - 1e-9).ceil()];
    multiples(ends.map(|n| n * step), step)
}

fn legend(
    page: &mut Page,
    [width, base]: [f32; 2],
    towers: &Towers,
    (faces, network): (&str, &str),
) {
    let mut x = MARGIN + AXIS;
    let y = base - 19.0;
    let right = match towers.faces {
        0 => "",
        _ => " (on the right: at zero)",
    };
    for (colour, text) in [(OWN, "own map"), (SHARED, "shared map")] {
        page.area([x, y - 6.0], [7.0, 6.0], colour);
        let message = format!("{text}{right}");
        page.text(&message, [x + 10.0, y - 0.6], 6.5, INK, Anchor::Start);
        x += 140.0;
    }
    let message = format!("network {network}");
    page.text_within(&message, [x, y - 0.6], (6.5, QUIET), width - x - MARGIN);
    if towers.faces == 0 {
        let message = "the weights alone: what either half's absence costs has not been measured";
        let at = [MARGIN + AXIS, base - 0.6];
        page.text_within(message, at, (6.5, QUIET), width - at[0] - MARGIN);
    }
    let Some(resampled) = towers.resampled else {
        return;
    };
    let over = format!("over {faces}, {}", describe_boxes(&towers.boxes));
    let told = format!(
        "faint: not told from zero; {}; seed {}",
        resampled.describe(),
        PAIRED.seed
    );
    for (message, up) in [(over, LINE), (told, 0.0)] {
        let at = [MARGIN + AXIS, base - 0.6 - up];
        page.text_within(&message, at, (6.5, QUIET), width - at[0] - MARGIN);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::dataset::BoxSource;
    use crate::evaluation::Warning;
    use crate::figure::text::Text;
    use crate::figure::{Format, Mark};
    use crate::measure::{Difference, Resampled};

    #[test]
    fn marks_are_round_and_reach_beyond_the_values() {
        for (better, worse, expected) in [
            (0.0, 10.6, vec![0.0, 5.0, 10.0, 15.0]),
            (0.0, 7.9, vec![0.0, 2.0, 4.0, 6.0, 8.0]),
            (0.5, 19.0, vec![-5.0, 0.0, 5.0, 10.0, 15.0, 20.0]),
            (0.0, 0.031, vec![0.0, 0.01, 0.02, 0.03, 0.04]),
            (10.6, 0.1, vec![-15.0, -10.0, -5.0, 0.0]),
        ] {
            let found = marks_of(better, worse);
            let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-9;
            let alike = found.len() == expected.len() && found.iter().zip(&expected).all(near);
            assert!(alike, "{better} and {worse}: {found:?}");
        }
        for odd in [(0.0, 0.0), (f64::NAN, f64::INFINITY), (3.0, 0.0)] {
            let found = marks_of(odd.0, odd.1);
            assert!((2..9).contains(&found.len()), "{odd:?}: {found:?}");
            assert!(found.contains(&0.0));
        }
    }

    #[test]
    fn bars_stand_as_high_as_their_values() {
        let change = |value: f64, reach: f64| {
            Some(Difference {
                value,
                interval: Some([value - reach, value + reach]),
            })
        };
        let share = |depth: &str, shared_reach: f64| Share {
            task: "landmarks".into(),
            depth: depth.into(),
            own_norm: 3.0_f64.sqrt(),
            shared_norm: 1.0,
            without_own: Some(15.0),
            without_shared: Some(10.0),
            own_change: change(10.0, 1.0),
            shared_change: change(5.0, shared_reach),
        };
        let mut towers = Towers {
            faces: 7,
            boxes: BTreeMap::from([(BoxSource::DataSet, 2), (BoxSource::CentreSquare, 5)]),
            tasks: vec![Base {
                task: "landmarks".into(),
                measure: "nme_percent",
                value: Some(5.0),
                labelled: 3,
                trained: [4, 5],
            }],
            resampled: Some(Resampled {
                by_identity: false,
                units: 7,
            }),
            shares: vec![share("conv1_2", 1.0), share("fc", 1.0)],
            warnings: Vec::new(),
        };
        let page = towers_figure(&towers, "all 7 faces", "4ce", 150.0).unwrap();
        let text = String::from_utf8(page.encode(Format::Svg, 1.0).unwrap()).unwrap();
        assert!(text.contains("of 7 faces, which are few"), "{text}");
        let over = "over all 7 faces, 5 in the picture's centre square, 2 in the data set's boxes";
        assert!(text.contains(over), "{text}");
        for message in [
            "Landmarks: change of the NME",
            "NME with a half at zero − NME with both: plus is worse",
            "% of L, the eyes",
            ">1-2<",
            ">Fc<",
            "joined before",
            ">5<",
            "network 4ce",
            "with both, 3 faces, 4 of 5 landmarks",
            "; seed 1",
        ] {
            assert!(text.contains(message), "{message}: {text}");
        }
        // The longest note there is.
        let mut many = towers.clone();
        many.tasks[0].labelled = 202_599;
        let wide = towers_figure(&many, "all 7 faces", "4ce", 150.0).unwrap();
        let ends = wide.marks.iter().filter_map(|mark| match mark {
            Mark::Text {
                text: message,
                at,
                size,
                anchor: Anchor::Start,
                ..
            } => Some((at[0] + Text::new(message, *size).width, message)),
            _ => None,
        });
        for (right, message) in ends {
            assert!(right < wide.size[0] - MARGIN + 0.5, "{message}: {right}");
        }
        let image = page.to_image(1.0).unwrap();
        let count = |colour: Colour, columns: std::ops::Range<u32>| {
            let rows = 0..image.height() - (MARGIN + LEGEND) as u32;
            let all = rows.flat_map(|y| columns.clone().map(move |x| (x, y)));
            all.filter(|(x, y)| image.get_pixel(*x, *y).0 == colour)
                .count() as f32
        };
        let middle = image.width() / 2;
        let norms = count(OWN, 0..middle) / count(SHARED, 0..middle);
        assert!((norms - 3.0).abs() < 0.4, "{norms}");
        let measures = count(OWN, middle..image.width()) / count(SHARED, middle..image.width());
        assert!((measures - 2.0).abs() < 0.2, "{measures}");
        let height = page.size[1];
        towers.warnings = [
            "of these faces 3 trained the weights",
            "landmarks: as they began",
        ]
        .map(|message| Warning {
            text: message.into(),
            ..Warning::default()
        })
        .to_vec();
        let warned = towers_figure(&towers, "all 7 faces", "4ce", 150.0).unwrap();
        assert_eq!(warned.size[1], height + 2.0 * LINE);
        let text = String::from_utf8(warned.encode(Format::Svg, 1.0).unwrap()).unwrap();
        for warning in &towers.warnings {
            let message = format!(">warning: {}<", warning.text);
            assert!(text.contains(&message), "{message}: {text}");
        }
        // What is not told from zero is faint.
        towers.shares = vec![share("conv1_2", 6.0), share("fc", 6.0)];
        let page = towers_figure(&towers, "all 7 faces", "4ce", 150.0).unwrap();
        let image = page.to_image(1.0).unwrap();
        let has = |colour: Colour| image.pixels().filter(|p| p.0 == colour).count() > 100;
        assert!(has(faint(SHARED)) && !has(faint(OWN)) && has(OWN));
        // Before anything was measured the weights stand alone, and that is said.
        let unmeasured = Towers {
            faces: 0,
            resampled: None,
            tasks: vec![Base {
                value: None,
                labelled: 0,
                ..towers.tasks[0].clone()
            }],
            ..towers.clone()
        };
        let page = towers_figure(&unmeasured, "", "4ce", 150.0).unwrap();
        let text = String::from_utf8(page.encode(Format::Svg, 1.0).unwrap()).unwrap();
        assert!(text.contains("has not been measured") && text.contains("weights"));
        assert!(!text.contains("nothing is labelled") && !text.contains("on the right"));
        towers.shares.clear();
        assert!(
            towers_figure(&towers, "", "4ce", 150.0)
                .unwrap_err()
                .to_string()
                .contains("no towers")
        );
    }
}
