//! A grid of feature maps as pixels: what `shaders/feature_maps.wgsl` draws, on the CPU. Figures
//! are drawn by this, and the shader's test compares with it.

use image::{Rgb, RgbImage};

use super::colour_map::{ColourMap, bytes, interpolate};
use super::error::FigureError;
use crate::model::FeatureMap;

/// How values become colours. Written `channel`, `layer`, `own` or `fixed:LO,HI`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Scale {
    /// All channels of a layer alike: a faint channel looks faint.
    #[default]
    Layer,
    /// Each channel from its lowest to its highest value; of two maps that are compared, in both.
    Channel,
    /// Each channel of each of two compared maps from its own lowest to its own highest value, so
    /// that the weaker one is seen too. Of a single map this is [`Scale::Channel`].
    Own,
    /// From one value to another, whatever the photo.
    Fixed(f32, f32),
}

impl std::str::FromStr for Scale {
    type Err = FigureError;

    fn from_str(text: &str) -> Result<Self, FigureError> {
        let wrong = || FigureError::Scale(text.to_owned());
        match text {
            "layer" => Ok(Self::Layer),
            "channel" => Ok(Self::Channel),
            "own" => Ok(Self::Own),
            _ => {
                let range = text.strip_prefix("fixed:").ok_or_else(wrong)?;
                let (low, high) = range.split_once(',').ok_or_else(wrong)?;
                let number = |t: &str| t.trim().parse::<f32>().ok().filter(|v| v.is_finite());
                match (number(low), number(high)) {
                    (Some(low), Some(high)) if low < high => Ok(Self::Fixed(low, high)),
                    _ => Err(wrong()),
                }
            }
        }
    }
}

/// For values that are no numbers: a colour that is in no map.
pub const INVALID: [f32; 3] = [0.0, 1.0, 1.0];

/// What a channel's values are like; infinities and NaN are left out. Of one that has nothing else
/// all four are NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    pub min: f32,
    pub max: f32,
    pub mean: f32,
    /// Share of values that are zero, 0 to 1.
    pub sparsity: f32,
}

impl Stats {
    /// Of no value at all.
    pub const NONE: Self = Self {
        min: f32::NAN,
        max: f32::NAN,
        mean: f32::NAN,
        sparsity: f32::NAN,
    };

    pub fn of(values: impl IntoIterator<Item = f32>) -> Self {
        let (mut min, mut max) = (f32::INFINITY, f32::NEG_INFINITY);
        let (mut sum, mut zeros, mut count) = (0.0_f64, 0_u64, 0_u64);
        for v in values.into_iter().filter(|v| v.is_finite()) {
            min = min.min(v);
            max = max.max(v);
            sum += f64::from(v);
            zeros += u64::from(v == 0.0);
            count += 1;
        }
        if count == 0 {
            return Self::NONE;
        }
        Self {
            min,
            max,
            mean: (sum / count as f64) as f32,
            sparsity: (zeros as f64 / count as f64) as f32,
        }
    }

    /// Zero everywhere on this one photo, which a channel may be that others activate; not one that
    /// has no number.
    pub fn is_zero(&self) -> bool {
        self.sparsity == 1.0
    }

    /// Of each channel of a map, and of the whole layer last.
    pub fn of_map(map: &FeatureMap) -> Vec<Self> {
        let plane = (map.side * map.side).max(1);
        let mut all: Vec<Self> = map
            .data
            .chunks_exact(plane)
            .map(|values| Self::of(values.iter().copied()))
            .collect();
        all.push(Self::of_layer(&all));
        all
    }

    /// These in the range that they span with others.
    pub fn ranged_with(&self, other: &Self) -> Self {
        let Self { min, max, .. } = Self::of_layer(&[*self, *other]);
        Self { min, max, ..*self }
    }

    /// Those of a map in the ranges that they span with another map's.
    pub fn all_ranged_with(own: &[Self], others: &[Self]) -> Vec<Self> {
        let pairs = own.iter().zip(others);
        pairs.map(|(own, other)| own.ranged_with(other)).collect()
    }

    /// The whole layer's, from those of its channels, which are equally large.
    pub fn of_layer(channels: &[Self]) -> Self {
        let known = || channels.iter().filter(|s| !s.is_none());
        let n = known().count() as f32;
        Self {
            // Of a number and NaN, `min` and `max` take the number.
            min: known().fold(f32::NAN, |m, s| m.min(s.min)),
            max: known().fold(f32::NAN, |m, s| m.max(s.max)),
            mean: known().map(|s| s.mean).sum::<f32>() / n,
            sparsity: known().map(|s| s.sparsity).sum::<f32>() / n,
        }
    }

    fn is_none(&self) -> bool {
        self.min.is_nan()
    }
}

/// Where the cells of a grid stand and how they are coloured; all in pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct GridStyle {
    pub columns: u32,
    /// Side of a cell.
    pub cell: u32,
    /// From one cell to the next.
    pub pitch: u32,
    /// The channel in each cell.
    pub order: Vec<u32>,
    pub scale: Scale,
    pub colours: ColourMap,
    /// Whether the ranges are those that two compared maps span together.
    pub joint: bool,
}

impl GridStyle {
    /// Every channel in its own order.
    pub fn all(channels: usize, columns: u32, cell: u32, gap: u32) -> Self {
        Self {
            columns,
            cell,
            pitch: cell + gap,
            order: (0..channels as u32).collect(),
            scale: Scale::default(),
            colours: ColourMap::default(),
            joint: false,
        }
    }

    /// Whose range the colours span, for a key to them: "each channel", "the layer in both".
    pub fn whose(&self) -> String {
        let of = match self.scale {
            Scale::Channel | Scale::Own => "each channel",
            Scale::Layer => "the layer",
            Scale::Fixed(..) => return "fixed".into(),
        };
        match self.joint {
            true => format!("{of} in both"),
            false => of.into(),
        }
    }

    pub fn rows(&self) -> u32 {
        (self.order.len() as u32).div_ceil(self.columns.max(1))
    }

    /// The range that the colours of a channel span.
    pub fn range(&self, channel: &Stats, layer: &Stats) -> (f32, f32) {
        let (low, high) = match self.scale {
            Scale::Channel | Scale::Own => (channel.min, channel.max),
            Scale::Layer => (layer.min, layer.max),
            Scale::Fixed(low, high) => (low, high),
        };
        if self.colours.is_signed() {
            let reach = low.abs().max(high.abs());
            return (-reach, reach);
        }
        (low, high)
    }

    /// The grid as a picture on `background`.
    pub fn picture(&self, map: &FeatureMap, background: [u8; 3]) -> RgbImage {
        self.picture_in(map, &Stats::of_map(map), background)
    }

    /// As [`GridStyle::picture`] with the ranges of `stats`, those of each channel and of the layer
    /// last: what several maps have in common when they are compared.
    pub fn picture_in(&self, map: &FeatureMap, stats: &[Stats], background: [u8; 3]) -> RgbImage {
        let table = self.colours.table();
        let size = |n: u32| (n * self.pitch).saturating_sub(self.pitch - self.cell);
        let mut picture =
            RgbImage::from_pixel(size(self.columns), size(self.rows()), Rgb(background));
        let plane = map.side * map.side;
        let layer = stats.last().copied().unwrap_or_default();
        for (index, &channel) in self.order.iter().enumerate() {
            let Some(values) = map.data.chunks_exact(plane).nth(channel as usize) else {
                continue;
            };
            let own = stats.get(channel as usize).copied().unwrap_or_default();
            let (left, top) = (
                index as u32 % self.columns * self.pitch,
                index as u32 / self.columns * self.pitch,
            );
            let range = self.range(&own, &layer);
            for y in 0..self.cell {
                for x in 0..self.cell {
                    let value = sample(values, map.side as u32, self.cell, x, y);
                    let mut colour = self.shade(value, range, &table);
                    if own.is_zero() && value.is_finite() && (x + y) % 8 == 0 {
                        colour = colour.map(|v| v + (0.5 - v) * 0.35);
                    }
                    picture.put_pixel(left + x, top + y, Rgb(bytes(colour)));
                }
            }
        }
        picture
    }

    fn shade(&self, value: f32, (low, high): (f32, f32), table: &[[f32; 3]; 256]) -> [f32; 3] {
        if !value.is_finite() {
            return INVALID;
        }
        // The middle, or the lowest colour, where there is no range.
        let t = match high > low {
            true => (value - low) / (high - low),
            false if self.colours.is_signed() => 0.5,
            false => 0.0,
        };
        interpolate(table, t)
    }
}

/// The value in a pixel of a cell: a single one when enlarged, else the mean of those that the
/// pixel covers.
fn sample(values: &[f32], side: u32, cell: u32, x: u32, y: u32) -> f32 {
    let at = |x: u32, y: u32| values[(y * side + x) as usize];
    if cell >= side {
        let place = |v: u32| (2 * v + 1) * side / (2 * cell);
        return at(place(x), place(y));
    }
    let span = |v: u32| {
        let first = v * side / cell;
        (
            first,
            ((v + 1) * side).div_ceil(cell).clamp(first + 1, side),
        )
    };
    let ((x0, x1), (y0, y1)) = (span(x), span(y));
    let mut sum = 0.0;
    for y in y0..y1 {
        for x in x0..x1 {
            let value = at(x, y);
            if !value.is_finite() {
                return value;
            }
            sum += value;
        }
    }
    sum / ((y1 - y0) * (x1 - x0)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> FeatureMap {
        let mut data: Vec<f32> = (0..3 * 16).map(|v| v as f32).collect();
        data[32..].fill(0.0);
        data[3] = f32::NAN;
        FeatureMap {
            tower: "shared".into(),
            layer: "conv1_1".into(),
            channels: 3,
            side: 4,
            data,
        }
    }

    #[test]
    fn each_scale_has_its_range_and_what_is_no_number_its_colour() {
        let map = map();
        let stats = Stats::of_map(&map);
        assert_eq!((stats[0].min, stats[0].max), (0.0, 15.0));
        assert_eq!((stats[3].min, stats[3].max), (0.0, 31.0));
        assert!(stats[2].is_zero() && stats[2].sparsity == 1.0);
        let mut look = GridStyle::all(3, 2, 8, 2);
        let high = ColourMap::Magma.colour(1.0);
        for (scale, lightest) in [
            (Scale::Channel, 8),
            (Scale::Layer, 4),
            (Scale::Fixed(0.0, 99.0), 0),
        ] {
            look.scale = scale;
            let picture = look.picture(&map, [9; 3]);
            assert_eq!(picture.dimensions(), (18, 18));
            let light = picture.pixels().filter(|p| p.0 == high).count();
            assert_eq!(light, lightest, "{scale:?}");
            assert_eq!(picture.get_pixel(6, 0).0, bytes(INVALID));
            assert_eq!(picture.get_pixel(8, 0).0, [9; 3]);
        }
    }

    #[test]
    fn scales_are_read_or_refused() {
        assert_eq!("channel".parse(), Ok(Scale::Channel));
        assert_eq!("layer".parse(), Ok(Scale::Layer));
        assert_eq!("own".parse(), Ok(Scale::Own));
        assert_eq!("fixed:-1,2.5".parse(), Ok(Scale::Fixed(-1.0, 2.5)));
        for bad in [
            "",
            "fixed",
            "fixed:1",
            "fixed:2,1",
            "fixed:0,NaN",
            "fixed:0,inf",
        ] {
            assert!(
                bad.parse::<Scale>()
                    .unwrap_err()
                    .to_string()
                    .contains("fixed:LO,HI")
            );
        }
    }

    #[test]
    fn a_smaller_cell_shows_means() {
        let look = GridStyle {
            scale: Scale::Fixed(0.0, 1.0),
            colours: ColourMap::Grey,
            ..GridStyle::all(1, 1, 1, 0)
        };
        let map = FeatureMap {
            side: 2,
            channels: 1,
            data: vec![0.0, 1.0, 0.5, 0.5],
            ..map()
        };
        assert_eq!(look.picture(&map, [0; 3]).get_pixel(0, 0).0, [128; 3]);
    }

    #[test]
    fn a_channel_without_any_number_is_not_zero_and_has_no_part_in_the_layer() {
        let mut map = map();
        map.data[..16].fill(f32::NAN);
        map.data[32..].fill(20.0);
        let stats = Stats::of_map(&map);
        assert!(stats[0].min.is_nan() && !stats[0].is_zero());
        let layer = stats[3];
        assert_eq!((layer.min, layer.max), (16.0, 31.0));
        assert_eq!((layer.mean, layer.sparsity), ((23.5 + 20.0) / 2.0, 0.0));
        let ranged = stats[0].ranged_with(&stats[1]);
        assert_eq!((ranged.min, ranged.max), (16.0, 31.0));
        assert!(ranged.mean.is_nan() && !ranged.is_zero());
        let picture = GridStyle::all(3, 2, 8, 2).picture(&map, [9; 3]);
        let invalid = |x, y| picture.get_pixel(x, y).0 == bytes(INVALID);
        assert!((0..8).all(|y| (0..8).all(|x| invalid(x, y))));
        map.data.fill(f32::INFINITY);
        assert!(Stats::of_map(&map).iter().all(|s| s.max.is_nan()));
    }
}
