//! The mouth: lips, what is between them, and smiles.

use super::appearance::Appearance;
use super::math::{V3, bump, hill, mix, noise, scale, smooth};

/// The height of the closed lips' line on the plain head.
const SEAM: f32 = 1.0;
/// Half the part of the plain head that opens into the mouth.
const SLIT: f32 = 0.02;

/// The corner on the plain head: `side` −1 or 1.
pub(super) fn corner(look: &Appearance, side: f32) -> [f32; 2] {
    [side * look.mouth.half_width, SEAM]
}

/// The outer edges of the lips at x, above and below.
fn edges(look: &Appearance, x: f32) -> (f32, f32) {
    let s = (x / look.mouth.half_width).min(1.0);
    let t = 1.0 - s * s;
    let bow = 1.0 - 0.2 * hill(s, 0.0, 0.26);
    (
        SEAM - SLIT * t - look.mouth.upper * t * bow * (1.0 + 0.1 * hill(s, 0.25, 0.3)),
        SEAM + SLIT * t + look.mouth.lower * t * (1.0 + 0.25 * s * s),
    )
}

/// Half the slit at x.
fn slit(look: &Appearance, x: f32) -> f32 {
    let s = (x / look.mouth.half_width).min(1.0);
    SLIT * (1.0 - s * s)
}

pub(super) fn relief(look: &Appearance, x: f32, y: f32) -> f32 {
    let mound = 0.085 * bump(x, y, [0.0, 0.98], [0.6, 0.36]);
    let philtrum = -0.028 * bump(x, y, [0.0, 0.83], [0.05, 0.11])
        + 0.016 * bump(x, y, [0.075, 0.84], [0.05, 0.11]);
    let m = look.mouth.half_width;
    let pits = -0.04 * bump(x, y, [m + 0.015, SEAM + 0.005], [0.08, 0.08]);
    if x > m {
        return mound + pits;
    }
    let (top, bottom) = edges(look, x);
    let gap = slit(look, x);
    let t = 1.0 - (x / m) * (x / m);
    let full = |height: f32| 0.03 + 0.42 * height;
    let (upper_mid, lower_mid) = (0.5 * (top + SEAM - gap), 0.5 * (bottom + SEAM + gap));
    let upper =
        full(look.mouth.upper) * hill(y, upper_mid + 0.015, (SEAM - gap - top).max(0.01) * 0.85);
    let lower =
        full(look.mouth.lower) * 1.15 * hill(y, lower_mid, (bottom - SEAM - gap).max(0.01) * 0.8);
    let open = smooth(0.0, 0.05, look.mouth.open);
    let hole = -0.1 * open * hill(y, SEAM, gap.max(0.004) * 1.3) * t;
    let seam = -0.02 * (1.0 - open) * hill(y, SEAM, 0.025);
    mound + philtrum + pits + t.sqrt() * (upper + lower) + hole + seam
}

/// How smile and open mouth move a place, for x ≥ 0.
pub(super) fn expression(look: &Appearance, x: f32, y: f32) -> V3 {
    let mouth = &look.mouth;
    let (m, smile) = (mouth.half_width, mouth.smile);
    let pull = bump(x, y, [m, SEAM], [0.42, 0.36]);
    let cheek = bump(x, y, [0.56, 0.52], [0.34, 0.32]) * smile.max(0.0);
    let middle = bump(x, y, [0.0, SEAM], [0.3, 0.25]) * smile.max(0.0);
    let mut dy = -0.062 * smile * pull - 0.03 * cheek + 0.016 * middle;
    let dx = 0.06 * smile.max(-0.1) * pull;
    let dz = -0.05 * smile.max(0.0) * pull - 0.015 * middle;
    if mouth.open > 0.0 {
        let t = (1.0 - (x / m) * (x / m)).max(0.0);
        let gap = slit(look, x).max(0.004);
        let below = smooth(SEAM - gap, SEAM + gap, y);
        let lip = t.sqrt() * (0.75 + 0.25 * t) * (1.0 - 0.7 * smooth(SEAM + 0.06, SEAM + 0.5, y));
        let jaw = 0.3 * smooth(1.0, 0.5, x) * smooth(SEAM, SEAM + 0.2, y);
        dy += mouth.open * below * lip.max(jaw);
        dy -= 0.28 * mouth.open * t * (1.0 - below) * hill(y, SEAM, 0.22);
    }
    [dx, dy, dz]
}

/// What the mouth has at a place of the plain head.
pub(super) enum Surface {
    /// Colour, gloss and how much of it there is.
    Lip(V3, f32, f32),
    /// Teeth, tongue or darkness, already shaded for where it lies.
    Inside(V3, f32),
}

pub(super) fn part(look: &Appearance, x_signed: f32, y: f32) -> Option<Surface> {
    let mouth = &look.mouth;
    let x = x_signed.abs();
    let m = mouth.half_width;
    if x > m + 0.04 || !(0.75..1.35).contains(&y) {
        return None;
    }
    let (top, bottom) = edges(look, x.min(m));
    let gap = slit(look, x);
    if mouth.open > 0.0 && (y - SEAM).abs() < gap && x < m {
        return Some(inside(look, x_signed, (y - SEAM + gap) / (2.0 * gap)));
    }
    let sharp = if look.traits.lipstick { 0.008 } else { 0.02 };
    let edge = (y - top).min(bottom - y);
    let much = smooth(-sharp, sharp, edge) * smooth(m + 0.02, m - 0.05, x);
    let furrows = 1.0 + 0.07 * noise(90.0 * x_signed, 9.0 * y);
    let upper = if y < SEAM { 0.8 } else { 1.0 };
    let mut colour = scale(look.skin.lips, furrows * upper);
    if mouth.open == 0.0 {
        let line = hill(y, SEAM + 0.004, 0.026) * smooth(m + 0.04, m - 0.04, x);
        let much = much.max(0.8 * line);
        colour = mix(colour, scale(look.skin.lips, 0.12), line);
        return Some(Surface::Lip(
            colour,
            if look.traits.lipstick { 1.5 } else { 0.7 },
            much,
        ));
    }
    Some(Surface::Lip(
        colour,
        if look.traits.lipstick { 1.5 } else { 0.7 },
        much,
    ))
}

/// `q` from the upper lip (0) to the lower (1).
fn inside(look: &Appearance, x: f32, q: f32) -> Surface {
    let m = look.mouth.half_width;
    let smile = look.mouth.smile.max(0.0);
    let t = 1.0 - (x / m) * (x / m);
    let row = 0.24 + 0.44 * smile;
    // Teeth get narrower towards the sides.
    let number = x.abs() / (0.085 - 0.02 * (x.abs() / m));
    let between = (number - (number + 0.5).floor()).abs();
    let gum = smooth(0.02, 0.1, between);
    let end = row - 0.035 * smile * hill(between, 0.0, 0.2);
    let tooth = smooth(end + 0.05, end - 0.03, q) * smooth(0.96, 0.8, x.abs() / m);
    let depth = (0.45 + 0.55 * smooth(0.0, 0.16, q)) * (0.35 + 0.65 * smooth(0.0, 0.55, t));
    let enamel = scale([0.8, 0.75, 0.66], depth * (0.6 + 0.4 * gum));
    let dark = mix(
        [0.045, 0.012, 0.012],
        [0.24, 0.07, 0.065],
        smooth(0.62, 0.98, q) * t,
    );
    Surface::Inside(
        mix(dark, enamel, tooth),
        if tooth > 0.5 { 0.8 } else { 0.3 },
    )
}
