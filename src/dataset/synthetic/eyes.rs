//! Eyes: the opening between the lids, white, iris and pupil, and what surrounds them.

use super::appearance::Appearance;
use super::math::{V3, bump, hill, mix, noise, scale, smooth, times, unit};

/// Radius of the eyeball and the iris (12 and 5.9 mm of a head 140 mm wide).
const BALL: f32 = 0.185;
const IRIS: f32 = 0.09;

/// A place as an eye sees it.
struct EyePoint {
    /// −1 at the inner corner, 1 at the outer.
    along: f32,
    /// Below the line between the corners.
    down: f32,
    /// The lids' edges there.
    upper: f32,
    lower: f32,
}

/// Coordinates about the eye; `x` grows outwards from the nose.
fn place(look: &Appearance, x: f32, y: f32) -> EyePoint {
    let eyes = &look.eyes;
    let along = (x - eyes.distance) / eyes.half_width;
    let down = y + eyes.tilt * along * eyes.half_width;
    let t = (1.0 - along * along).max(0.0);
    let arch = (t * t.sqrt()).sqrt();
    EyePoint {
        along,
        down,
        upper: -eyes.open * arch * (1.0 - 0.12 * along),
        lower: 0.7 * eyes.open * arch * (1.0 + 0.2 * along),
    }
}

/// The pupil's centre on the plain head: `side` −1 or 1.
pub(super) fn pupil(look: &Appearance, side: f32) -> [f32; 2] {
    let eyes = &look.eyes;
    let turned = eyes.gaze.map(|a| BALL * super::math::sin(a));
    // Open lids leave the iris in their middle, whatever the height of the opening.
    [
        side * eyes.distance + turned[0],
        turned[1] - 0.12 * eyes.open,
    ]
}

/// How the lids stand out, with bags beneath.
pub(super) fn relief(look: &Appearance, x: f32, y: f32) -> f32 {
    let d = look.eyes.distance;
    let ball = 0.125 * bump(x, y, [d, 0.015], [0.285, 0.2]);
    let lid = 0.02 * bump(x, y, [d, -0.12], [0.25, 0.06]);
    let bow = 0.05 * ((x - d) / 0.24) * ((x - d) / 0.24);
    let bag = look.form.bags
        * (0.055 * bump(x, y + bow, [d, 0.165], [0.25, 0.075])
            - 0.04 * bump(x, y + bow, [d - 0.02, 0.255], [0.27, 0.055]));
    ball + lid + bag
}

/// What an eye's surroundings do to the skin's colour at a place of the plain head.
pub(super) fn tint(look: &Appearance, x: f32, y: f32, albedo: V3) -> V3 {
    let d = look.eyes.distance;
    let hollow = bump(x, y, [d - 0.05, 0.04], [0.36, 0.26]);
    let mut colour = mix(albedo, times(albedo, [0.8, 0.7, 0.74]), 0.7 * hollow);
    let bow = 0.05 * ((x - d) / 0.24) * ((x - d) / 0.24);
    let bag = look.form.bags * bump(x, y + bow, [d - 0.03, 0.19], [0.27, 0.12]);
    colour = mix(colour, times(albedo, [0.66, 0.5, 0.6]), 0.75 * bag);
    colour
}

/// The lids in detail: crease, lashes' root line, eye shadow; `None` far from an eye.
pub(super) fn lids(look: &Appearance, x: f32, y: f32, albedo: V3) -> Option<V3> {
    let p = place(look, x, y);
    if p.along.abs() > 1.5 || p.down.abs() > 0.4 {
        return None;
    }
    let t = (1.0 - p.along * p.along * 0.72).max(0.0);
    let mut colour = albedo;
    let crease_at = p.upper - 0.052 * t - 0.008;
    if look.skin.eye_shadow > 0.0 {
        let up = (p.upper - p.down).max(0.0);
        let fade = smooth(0.23, 0.03, up) * smooth(1.45, 0.9, p.along.abs());
        let above = smooth(0.02, -0.02, p.down - p.upper);
        let below = 0.5 * hill(p.down - p.lower, 0.0, 0.06) * smooth(1.3, 0.8, p.along.abs());
        colour = mix(
            colour,
            times(look.skin.shadow, [0.8; 3]),
            0.8 * (fade * above).max(below),
        );
    }
    let ends = smooth(1.25, 0.75, p.along.abs());
    let crease = hill(p.down, crease_at, 0.022) * ends;
    colour = mix(colour, times(colour, [0.42, 0.32, 0.3]), 0.75 * crease);
    let liner = if look.skin.eye_shadow > 0.0 {
        0.032
    } else {
        0.017
    };
    let wing = if look.skin.eye_shadow > 0.0 {
        1.22
    } else {
        1.05
    };
    let edge = p.down - p.upper;
    let line = smooth(-liner, -0.4 * liner, edge)
        * smooth(0.03, 0.012, edge)
        * smooth(wing, wing - 0.2, p.along.abs());
    let ink = [0.012, 0.008, 0.008];
    colour = mix(
        colour,
        ink,
        (0.75 * look.eyes.lashes.min(1.25)).min(0.95) * line,
    );
    let under = hill(p.down, p.lower + 0.006, 0.016) * smooth(1.05, 0.8, p.along.abs());
    colour = mix(
        colour,
        times(albedo, [0.4, 0.22, 0.22]),
        0.6 * under * look.eyes.lashes.min(1.4),
    );
    Some(colour)
}

/// How much of a place is the eye itself, 0 to 1.
pub(super) fn inside(look: &Appearance, x: f32, y: f32) -> f32 {
    let p = place(look, x, y);
    if p.along.abs() >= 1.0 {
        return 0.0;
    }
    let edge = (p.down - p.upper).min(p.lower - p.down);
    smooth(-0.003, 0.009, edge)
}

/// Colour, normal (in the head) and gloss of the eyeball at a place of the plain head.
pub(super) fn ball(look: &Appearance, x_signed: f32, y: f32) -> (V3, V3, f32) {
    let side = if x_signed < 0.0 { -1.0 } else { 1.0 };
    let p = place(look, x_signed.abs(), y);
    let [cx, cy] = pupil(look, side);
    let (dx, dy) = (x_signed - cx, y - cy);
    let r = (dx * dx + dy * dy).sqrt();
    let veins = 0.06 * noise(60.0 * x_signed, 60.0 * y).max(0.0);
    let mut white = [0.62, 0.585 - veins, 0.56 - veins];
    // Redder towards the corners, with the small pink hill at the inner one.
    white = mix(
        white,
        [0.55, 0.3, 0.27],
        0.55 * smooth(0.55, 1.0, p.along.abs()),
    );
    white = mix(white, [0.5, 0.2, 0.18], smooth(-0.8, -0.95, p.along));
    let ray = noise(
        9.0 * dx / r.max(1e-4) + 5.0,
        9.0 * dy / r.max(1e-4) + 26.0 * r,
    );
    let iris = look.eyes.iris;
    let mut inner = scale(iris, 0.9 + 0.4 * ray);
    inner = mix(
        inner,
        times(iris, [1.5, 1.35, 1.0]),
        0.5 * hill(r, 0.045, 0.022),
    );
    inner = mix(inner, scale(iris, 0.22), smooth(0.066, 0.088, r));
    // Light gathers opposite to where it falls in.
    let lit = (dx * -look.light.key[0] + dy * -look.light.key[1]) / IRIS;
    inner = scale(inner, 1.0 + 0.6 * lit.clamp(-0.6, 1.0));
    let mut colour = mix(inner, white, smooth(0.085, 0.094, r));
    colour = mix([0.006; 3], colour, smooth(0.032, 0.039, r));
    // The light itself, mirrored.
    let key = look.light.key;
    let (hx, hy) = (dx - 0.055 * key[0], dy - 0.06 * key[1]);
    let spark = smooth(0.021, 0.011, (hx * hx + hy * hy).sqrt());
    // The lids shade what is beneath them.
    let under_lid = smooth(0.0, 0.075, p.down - p.upper);
    let rim = smooth(-0.004, 0.02, p.lower - p.down);
    colour = scale(colour, (0.3 + 0.7 * under_lid) * (0.72 + 0.28 * rim));
    colour = mix(colour, [2.2; 3], spark);
    let center = side * look.eyes.distance;
    let (nx, ny) = ((x_signed - center) / (1.7 * BALL), y / (1.7 * BALL));
    let normal = unit([nx, ny, (1.0 - nx * nx - ny * ny).max(0.1).sqrt()]);
    (colour, normal, 1.0)
}
