//! A task's bars in the pane, with their legend.

use eframe::egui::{Response, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use crate::app::report::plot_data::{Bar, PlotData, Series, TaskBars, Values};
use crate::app::report::plots::bars::{ROW, bar_marks, legend_marks, shown_name, task_title};
use crate::app::report::plots::colours::{EDGE, LEGEND_LINE, plot_colours};
use crate::app::report::query::FaceQuery;
use crate::app::widgets::chips::caption;
use crate::app::widgets::paint::paint;
use crate::app::widgets::theme;
use crate::figure::Mark;
use crate::humanize::thousands;

/// A bar for each point or attribute; a click leads to the faces that are wrong.
pub fn task_ui(
    ui: &mut Ui,
    task: &TaskBars,
    data: &PlotData,
    intervals: bool,
) -> Option<FaceQuery> {
    caption(
        ui,
        &task_title(task.is_points, &task.name)
            .to_uppercase()
            .replace('Α', "α"),
    );
    let mut query = None;
    legend_ui(ui, task, data);
    let shown = |bar: &Bar| -> Bar {
        let mut bar = bar.clone();
        if !intervals {
            bar.values.intervals = [None; 3];
            bar.slice_intervals.clear();
        }
        bar
    };
    for bar in &task.bars {
        let bar = &shown(bar);
        let response = bar_ui(ui, bar, true);
        let right = bar.values.network.unwrap_or(0.0) / 100.0 * bar.known as f64;
        let wrong = bar.known as usize - (right.round() as usize).min(bar.known as usize);
        let text = match task.is_points {
            true => format!(
                "{} of {} miss",
                thousands(wrong),
                thousands(bar.known as usize)
            ),
            false => format!(
                "{} of {} differ",
                thousands(wrong),
                thousands(bar.known as usize)
            ),
        };
        let clicked = response.clicked();
        if response.secondary_clicked() {
            query = Some(FaceQuery::search(&bar.name));
        }
        let click = match wrong {
            0 => "right click to find others",
            _ => "click to see these faces, right click to find others",
        };
        let mut values = values_text(&bar.values, task.is_points);
        for (n, (name, value)) in data.slices.iter().zip(&bar.slices).enumerate() {
            let interval = interval_text(bar.slice_intervals.get(n).copied().flatten());
            values += &value.map_or(String::new(), |v| format!("\n{name} {v:.1} %{interval}"));
        }
        if let Some(why) = bar.untrained {
            values += &format!("\nnever trained ({why}): no average counts it");
        }
        response.on_hover_text(format!("{values}\n{text}; {click}"));
        if clicked && wrong > 0 {
            query = Some(match task.is_points {
                true => FaceQuery::Misses(task.task, bar.item),
                false => FaceQuery::Disputed(task.task, bar.item),
            });
        }
    }
    let average = shown(&Bar {
        item: 0,
        name: "average".into(),
        known: 0,
        values: task.average,
        slices: task.sliced_average.clone(),
        slice_intervals: task.sliced_average_intervals.clone(),
        untrained: None,
    });
    let mut tip = values_text(&average.values, task.is_points);
    tip.extend(task.left_out.iter().map(|message| format!("\n{message}")));
    bar_ui(ui, &average, false).on_hover_text(tip);
    query
}

/// What bars, ticks and numbers are.
fn legend_ui(ui: &mut Ui, task: &TaskBars, data: &PlotData) {
    let guess = if task.is_points {
        "mean face"
    } else {
        "majority"
    };
    let mut names = vec![
        (Series::Network, "network, first number".to_owned()),
        (Series::Trivial, format!("{guess}, second number")),
    ];
    if task.average.other.is_some() {
        names.push((Series::Other, "other predictions, third number".into()));
    }
    let slices = data.slices.iter().enumerate();
    names.extend(slices.map(|(n, name)| (Series::Slice(n), name.clone())));
    let size = vec2(ui.available_width(), LEGEND_LINE + 2.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| {
        let label: Vec<&str> = names.iter().map(|n| n.1.as_str()).collect();
        WidgetInfo::labeled(Role::Label, true, format!("Legend: {}", label.join("; ")))
    });
    let mut marks = Vec::new();
    let at = [rect.left() + EDGE, rect.top()];
    legend_marks(
        &mut marks,
        at,
        rect.width() - 2.0 * EDGE,
        &names,
        plot_colours(ui),
    );
    paint(ui.painter(), &marks);
}

/// What the bar, its ticks and its numbers are: "network 96.7 % (95 %: 95.1 to 97.9), mean face
/// 92.7 %".
fn values_text(values: &Values, is_points: bool) -> String {
    let guess = if is_points { "mean face" } else { "majority" };
    let all = [
        ("network", values.network),
        (guess, values.guess),
        ("other predictions", values.other),
    ];
    let all = all
        .into_iter()
        .zip(values.intervals)
        .filter_map(|((name, v), interval)| {
            let interval = interval_text(interval);
            Some(format!("{name} {:.1} %{interval}", v?))
        });
    all.collect::<Vec<_>>().join(", ")
}

/// " (95 %: 95.1 to 97.9)"; nothing where there is none.
fn interval_text(interval: Option<[f64; 2]>) -> String {
    interval.map_or(String::new(), |[low, high]| {
        format!(" (95 %: {low:.1} to {high:.1})")
    })
}

fn bar_ui(ui: &mut Ui, bar: &Bar, clickable: bool) -> Response {
    let percent = |v: Option<f64>| v.map_or("unknown".into(), |v| format!("{v:.1} %"));
    let interval = bar.values.intervals[0].map_or(String::new(), |[low, high]| {
        format!(" ({low:.1} to {high:.1})")
    });
    let label = format!(
        "{}: {}{interval}, trivial baseline {}",
        shown_name(bar),
        percent(bar.values.network),
        percent(bar.values.guess)
    );
    let response = row_response(ui, &label, clickable);
    let rect = response.rect;
    let mut marks: Vec<Mark> = Vec::new();
    let at = [rect.left() + EDGE, rect.top()];
    bar_marks(
        &mut marks,
        at,
        rect.width() - 2.0 * EDGE,
        bar,
        plot_colours(ui),
    );
    if !clickable {
        let p = theme::palette(ui.ctx());
        let line = Stroke::new(1.0, p.hairline);
        let inner = rect.shrink2(vec2(EDGE, 0.0));
        ui.painter().hline(inner.x_range(), rect.top(), line);
    }
    paint(ui.painter(), &marks);
    response
}

/// A row that can be clicked, if it leads somewhere.
fn row_response(ui: &mut Ui, label: &str, clickable: bool) -> Response {
    let p = theme::palette(ui.ctx());
    let size = vec2(ui.available_width(), ROW);
    let (sense, role) = match clickable {
        true => (Sense::click(), Role::Button),
        false => (Sense::hover(), Role::Label),
    };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    response.widget_info(|| WidgetInfo::labeled(role, true, label));
    if clickable && response.hovered() {
        ui.painter().rect_filled(rect, 0, p.raised);
    }
    response
}
