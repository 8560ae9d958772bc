//! Colours for values. All maps are perceptually uniform: equal steps of a value look equally
//! large, in a print without colour too. The signed one has its light middle at zero.

use image::{Rgb, RgbImage};

use crate::figure::palette::Colour;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColourMap {
    #[default]
    Magma,
    Viridis,
    Grey,
    /// Blue for negative values, red for positive ones, zero in the middle
    Signed,
    /// The same on the dark theme: zero is the colour of its panes. Never on paper.
    #[value(skip)]
    SignedDark,
}

/// The well-known polynomial fits (M. Zucker, public domain), lowest power first.
const MAGMA: [[f32; 3]; 7] = [
    [-0.002_136_485, -0.000_749_655, -0.005_386_128],
    [0.251_660_54, 0.677_523_2, 2.494_026_6],
    [8.353_717, -3.577_719_5, 0.314_467_9],
    [-27.668_734, 14.264_731, -13.649_213],
    [52.176_14, -27.943_607, 12.944_169],
    [-50.768_525, 29.046_583, 4.234_153],
    [18.655_705, -11.489_774, -5.601_961_5],
];
const VIRIDIS: [[f32; 3]; 7] = [
    [0.277_727_33, 0.005_407_345, 0.334_099_8],
    [0.105_093_04, 1.404_613_5, 1.384_590_2],
    [-0.330_861_83, 0.214_847_56, 0.095_095_165],
    [-4.634_230_6, -5.799_101, -19.332_441],
    [6.228_27, 14.179_933, 56.690_55],
    [4.776_385, -13.745_145, -65.353_035],
    [-5.435_456, 4.645_852_6, 26.312_435],
];

impl ColourMap {
    pub const ALL: [Self; 5] = [
        Self::Magma,
        Self::Viridis,
        Self::Grey,
        Self::Signed,
        Self::SignedDark,
    ];
    /// Those that one chooses from.
    pub const CHOICES: [Self; 4] = [Self::Magma, Self::Viridis, Self::Grey, Self::Signed];

    /// The same on a dark ground.
    pub fn on_dark(self) -> Self {
        match self {
            Self::Signed => Self::SignedDark,
            other => other,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Magma => "magma",
            Self::Viridis => "viridis",
            Self::Grey => "grey",
            Self::Signed | Self::SignedDark => "signed",
        }
    }

    /// Whether the middle of the map stands for zero.
    pub fn is_signed(self) -> bool {
        matches!(self, Self::Signed | Self::SignedDark)
    }

    /// Red, green and blue at 256 places from the lowest to the highest value, 0 to 1.
    pub fn table(self) -> [[f32; 3]; 256] {
        std::array::from_fn(|i| {
            let t = i as f32 / 255.0;
            match self {
                Self::Magma => polynomial(&MAGMA, t),
                Self::Viridis => polynomial(&VIRIDIS, t),
                Self::Grey => [t; 3],
                Self::Signed => signed(2.0 * t - 1.0),
                Self::SignedDark => signed_dark(2.0 * t - 1.0),
            }
        })
    }

    /// The colour at `t`, 0 to 1.
    pub fn colour(self, t: f32) -> Colour {
        bytes(interpolate(&self.table(), t))
    }
}

/// The colour of a table between two entries, as the shader has it; what is no number is lowest.
pub fn interpolate(table: &[[f32; 3]; 256], t: f32) -> [f32; 3] {
    let place = 255.0 * if t.is_nan() { 0.0 } else { t.clamp(0.0, 1.0) };
    let step = (place as usize).min(254);
    let part = place - step as f32;
    let (a, b) = (table[step], table[step + 1]);
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * part)
}

pub fn bytes(colour: [f32; 3]) -> Colour {
    colour.map(|v| (255.0 * v.clamp(0.0, 1.0)).round() as u8)
}

/// The key to a map: its 256 colours from the lowest to the highest value, one pixel high.
pub fn colour_bar(colours: ColourMap) -> RgbImage {
    let table = colours.table();
    RgbImage::from_fn(256, 1, |x, _| Rgb(bytes(table[x as usize])))
}

fn polynomial(c: &[[f32; 3]; 7], t: f32) -> [f32; 3] {
    let value = |i: usize| c.iter().rev().fold(0.0, |sum, c| sum * t + c[i]);
    [0, 1, 2].map(|i| value(i).clamp(0.0, 1.0))
}

/// −1 to 1: in Oklab (B. Ottosson, 2020) lightness falls and colour grows evenly from the middle.
fn signed(t: f32) -> [f32; 3] {
    const HUES: [[f32; 2]; 2] = [[-0.05, -0.17], [0.17, 0.09]];
    let [a, b] = HUES[usize::from(t > 0.0)].map(|v| v * t.abs());
    oklab(0.97 - 0.52 * t.abs(), a, b)
}

/// As [`signed`], but from the panes of the dark theme, #16191f, to lighter colours.
fn signed_dark(t: f32) -> [f32; 3] {
    const MIDDLE: [f32; 3] = [0.2130, -0.0013, -0.0127];
    const ENDS: [[f32; 3]; 2] = [[0.75, -0.05, -0.12], [0.74, 0.13, 0.09]];
    let end = ENDS[usize::from(t > 0.0)];
    let [l, a, b] = [0, 1, 2].map(|i| MIDDLE[i] + (end[i] - MIDDLE[i]) * t.abs());
    oklab(l, a, b)
}

fn oklab(lightness: f32, a: f32, b: f32) -> [f32; 3] {
    let l = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let m = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
    let s = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_4 * s,
        -0.004_196_086 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ]
    .map(|v| match v.clamp(0.0, 1.0) {
        v if v <= 0.003_130_8 => 12.92 * v,
        v => 1.055 * v.powf(1.0 / 2.4) - 0.055,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn light(map: ColourMap, t: f32) -> f32 {
        let [r, g, b] = map.colour(t).map(f32::from);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    #[test]
    fn the_maps_grow_lighter_and_the_signed_one_has_its_light_at_zero() {
        for map in [ColourMap::Magma, ColourMap::Viridis, ColourMap::Grey] {
            for step in 0..20 {
                let t = step as f32 / 20.0;
                assert!(light(map, t) < light(map, t + 0.05), "{map:?} at {t}");
            }
            assert_eq!(map.colour(f32::NAN), map.colour(0.0));
        }
        let dark = |t| light(ColourMap::SignedDark, t);
        assert!(dark(0.0) > dark(0.25) && dark(0.25) > dark(0.5));
        assert!(dark(1.0) > dark(0.75) && dark(0.75) > dark(0.5));
        assert!((dark(0.1) - dark(0.9)).abs() < 25.0);
        let at = |t| light(ColourMap::Signed, t);
        assert!(at(0.0) < at(0.25) && at(0.25) < at(0.5));
        assert!(at(1.0) < at(0.75) && at(0.75) < at(0.5));
        assert!((at(0.1) - at(0.9)).abs() < 25.0);
    }
}
