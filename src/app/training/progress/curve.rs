//! A curve of values over the steps of a stage.

use eframe::egui::Color32;

use crate::figure::tick;
use crate::train::Series;

pub struct Curve {
    pub name: String,
    pub tint: Color32,
    pub points: Vec<[f64; 2]>,
    /// Which points have a gap before them, in their order.
    pub breaks: Vec<usize>,
    /// The step that was kept by what the curve tells.
    pub kept: Option<f64>,
}

impl Curve {
    pub fn plain(name: &str, series: &Series, tint: Color32) -> Self {
        Self {
            name: name.to_owned(),
            tint,
            points: series.points().collect(),
            breaks: series.breaks().to_vec(),
            kept: None,
        }
    }

    /// What of the curve hangs together, of its points or of others in their places.
    pub fn pieces<'a>(&self, points: &'a [[f64; 2]]) -> impl Iterator<Item = &'a [[f64; 2]]> {
        let inner = self.breaks.iter().copied().filter(|b| *b < points.len());
        let starts: Vec<usize> = [0].into_iter().chain(inner).collect();
        let ends = starts.iter().skip(1).copied().chain([points.len()]);
        let pieces: Vec<_> = starts.iter().copied().zip(ends).collect();
        pieces
            .into_iter()
            .map(|(start, end)| &points[start..end])
            .filter(|p| !p.is_empty())
    }

    pub fn kept_point(&self) -> Option<[f64; 2]> {
        self.points
            .iter()
            .find(|p| Some(p[0]) == self.kept)
            .copied()
    }
}

#[cfg(test)]
impl Curve {
    /// These values, a step apart.
    pub fn of(values: &[f64]) -> Self {
        let points = (0..).zip(values).map(|(x, y)| [f64::from(x), *y]);
        Self {
            name: "a".into(),
            tint: Color32::RED,
            points: points.collect(),
            breaks: Vec::new(),
            kept: None,
        }
    }
}

/// The step nearest to `x` at which one of the curves has a point, and where they are there.
pub fn nearest<'a>(
    curves: impl Iterator<Item = &'a Curve> + Clone,
    x: f64,
) -> Option<(f64, Vec<(&'a Curve, f64)>)> {
    let steps = curves.clone().flat_map(|c| &c.points).map(|p| p[0]);
    let step = steps.min_by(|a, b| (a - x).abs().total_cmp(&(b - x).abs()))?;
    let there = curves.filter_map(|c| {
        let point = c.points.iter().find(|p| p[0] == step)?;
        Some((c, point[1]))
    });
    Some((step, there.collect()))
}

/// A value with up to four digits, written as in the form and on the axes: 0.001 and not 0.001000.
pub fn short(y: f64) -> String {
    let power = y.abs().max(1e-12).log10().floor() as i32;
    let decimals = match power {
        LEAST_DECIMAL..6 => (3 - power).max(0) as usize,
        _ => return tick(y, 10_f64.powi(power - 3)),
    };
    let text = format!("{y:.decimals$}").replace('-', "−");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// The power of ten of the smallest value that the form writes without an exponent.
const LEAST_DECIMAL: i32 = -7;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_at_the_pointer_is_that_of_its_step() {
        let (loss, sparse) = (Curve::of(&[0.5, 0.47651, 0.3]), Curve::of(&[0.4]));
        let both = [loss, sparse];
        let (step, there) = nearest(both.iter(), 1.4).unwrap();
        assert_eq!((step, there.len()), (1.0, 1));
        assert_eq!(short(there[0].1), "0.4765");
        let (step, there) = nearest(both.iter(), -3.0).unwrap();
        assert_eq!((step, there.len()), (0.0, 2));
        assert!(nearest([].iter(), 1.0).is_none());
        let texts = [250.13, 0.012345, 2.81e-4, 3e-5, 1e-7, -2.5, 1200.0, 0.0].map(short);
        assert_eq!(
            texts,
            [
                "250.1",
                "0.01235",
                "0.000281",
                "0.00003",
                "0.0000001",
                "−2.5",
                "1200",
                "0"
            ]
        );
    }
}
