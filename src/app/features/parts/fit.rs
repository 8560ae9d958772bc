//! How a grid of maps stands in a pane.

/// How a grid of maps stands in a pane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    pub columns: u32,
    /// Side of a map with the gap after it, in points.
    pub cell: f32,
}

/// The largest maps with which the grid of `channels` fits into `width` × `height` points, of at
/// least a size that can be seen, in full rows where that costs little.
pub fn fit(channels: usize, width: f32, height: f32, zoom: f32) -> Fit {
    const SMALLEST: f32 = 26.0;
    /// Full rows may take so much of a map's side.
    const FULL: f32 = 0.66;
    /// How much it counts to be square.
    const SQUARE: f32 = 0.25;
    /// And be so much smaller than is wanted, or as much larger.
    const LEAST: f32 = 0.66;
    let channels = channels.max(1);
    let divides = |columns: usize| channels.is_multiple_of(columns);
    let cell = |columns: usize| {
        let rows = channels.div_ceil(columns) as f32;
        (width / columns as f32).min(height / rows)
    };
    // A grid that is about square is found one's way in more easily.
    let square = |columns: usize| {
        let rows = channels.div_ceil(columns) as f32;
        let (columns, rows) = (columns.min(channels) as f32, rows);
        (columns.min(rows) / columns.max(rows)).powf(SQUARE)
    };
    let best = |only: &dyn Fn(usize) -> bool, score: &dyn Fn(usize) -> f32| {
        let all = (1..=channels).filter(|c| only(*c));
        all.max_by(|a, b| score(*a).total_cmp(&score(*b)).then(b.cmp(a)))
            .map_or((1, cell(1)), |columns| (columns, cell(columns)))
    };
    let any = best(&|_| true, &cell);
    let (columns, cell) = [
        best(&divides, &|columns| square(columns) * cell(columns)),
        best(&divides, &cell),
    ]
    .into_iter()
    .find(|full| full.1 >= FULL * any.1)
    .unwrap_or(any);
    if zoom == 1.0 && cell >= SMALLEST {
        return Fit {
            columns: columns as u32,
            cell,
        };
    }
    // As many as stand side by side in about the size that is wanted; what does not fit is
    // scrolled to.
    let wanted = (cell.max(SMALLEST) * zoom).min(width);
    let side_by_side = width / wanted;
    let off = |columns: usize| (columns as f32 / side_by_side).ln().abs();
    let full = (1..=channels)
        .filter(|c| divides(*c) && *c as f32 <= side_by_side / LEAST)
        .min_by(|a, b| off(*a).total_cmp(&off(*b)));
    let columns = match full.filter(|c| *c as f32 >= LEAST * side_by_side || *c == channels) {
        Some(columns) => columns,
        None => (side_by_side as usize).clamp(1, channels),
    };
    let cell = match zoom < 1.0 {
        true => wanted,
        false => width / columns as f32,
    };
    Fit {
        columns: columns as u32,
        cell: cell.min(width / columns as f32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_have_full_rows_at_every_size_of_the_pane() {
        for channels in [8, 16, 32, 64, 128, 256, 512] {
            for width in [180.0, 240.0, 330.0, 400.0, 520.0, 900.0, 1500.0] {
                for height in [200.0, 350.0, 500.0, 700.0, 1000.0] {
                    let fit = fit(channels, width, height, 1.0);
                    let columns = fit.columns as usize;
                    let case = format!("{channels} in {width} × {height}: {fit:?}");
                    assert!(channels.is_multiple_of(columns), "{case}");
                    assert!(fit.cell * columns as f32 <= width + 0.1, "{case}");
                    let fits = fit.cell * (channels / columns) as f32 <= height + 0.1;
                    // What does not fit is as small as can be seen, or nearly so.
                    assert!(fits || fit.cell < 1.6 * 26.0, "{case}");
                }
            }
        }
        // 64 maps are 8 × 8, in a pane that is narrow, wide or high.
        for (width, height) in [
            (400.0, 400.0),
            (400.0, 700.0),
            (330.0, 500.0),
            (620.0, 420.0),
        ] {
            assert_eq!(fit(64, width, height, 1.0).columns, 8, "{width} × {height}");
        }
    }

    #[test]
    fn rows_are_not_full_where_that_would_make_maps_small() {
        let prime = fit(61, 400.0, 400.0, 1.0);
        assert!(prime.columns == 8 && prime.cell == 50.0, "{prime:?}");
        let one = fit(1, 10.0, 400.0, 1.0);
        assert_eq!((one.columns, one.cell), (1, 10.0));
    }

    #[test]
    fn zooming_makes_maps_larger_or_smaller() {
        let cell = |zoom| fit(64, 400.0, 400.0, zoom);
        assert_eq!((cell(1.0).columns, cell(1.0).cell), (8, 50.0));
        assert_eq!((cell(2.0).columns, cell(2.0).cell), (4, 100.0));
        assert!(cell(0.6).cell < 35.0 && cell(0.6).columns > 8);
        assert_eq!(cell(8.0).columns, 1);
        assert!(fit(2, 400.0, 400.0, 0.5).cell < fit(2, 400.0, 400.0, 1.0).cell);
    }
}
