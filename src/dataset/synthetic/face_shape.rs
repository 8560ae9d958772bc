//! What makes a head a face: brow, sockets, nose, cheeks, lips and chin as hills and hollows on
//! the plain head, and what expression does to them.

use super::appearance::Appearance;
use super::math::{V3, bump, hill, smooth};
use super::{eyes, mouth};

/// Where a place on the plain head goes, and how high it stands out there.
pub(super) fn shape(look: &Appearance, base: V3, angle: f32) -> (V3, f32) {
    let [x0, y0, z0] = base;
    if angle.abs() > 1.7 {
        return (base, 0.0);
    }
    let in_front = smooth(1.7, 1.1, angle.abs());
    let x = x0.abs();
    let relief = brow_and_sockets(look, x, y0)
        + nose(look, x, y0)
        + cheeks(look, x, y0)
        + chin(look, x, y0)
        + mouth::relief(look, x, y0)
        + eyes::relief(look, x, y0)
        + age(look, x, y0);
    let [dx, dy, dz] = mouth::expression(look, x, y0);
    let longer = look.form.chin_length * smooth(1.05, 1.6, y0);
    let nose_down = look.form.nose_length * bump(x, y0, [0.0, 0.6], [0.4, 0.3]);
    let moved = [
        x0 + in_front * dx * if x0 < 0.0 { -1.0 } else { 1.0 },
        y0 + in_front * (dy + longer + nose_down),
        z0 + in_front * (relief + dz),
    ];
    (widened(look, moved, x0, y0, in_front), relief)
}

/// Wings of the nose and width of the chin are sideways.
fn widened(look: &Appearance, mut moved: V3, x0: f32, y0: f32, in_front: f32) -> V3 {
    let form = &look.form;
    let chin = (form.chin_width - 1.0) * 0.5 * bump(x0, y0, [0.0, 1.52], [0.8, 0.34]);
    let bones = 0.035 * form.cheekbones * bump(x0.abs(), y0, [0.86, 0.22], [0.4, 0.3]);
    let hollow = -0.05 * form.cheekbones * bump(x0.abs(), y0, [0.84, 0.8], [0.5, 0.34]);
    let puffed = 0.8 * form.cheeks * bump(x0.abs(), y0, [0.8, 0.85], [0.6, 0.6]);
    moved[0] *= 1.0 + in_front * (chin + bones + hollow + puffed);
    moved
}

fn brow_and_sockets(look: &Appearance, x: f32, y: f32) -> f32 {
    let d = look.eyes.distance;
    (0.035 + look.form.brow_ridge) * bump(x, y, [0.36, -0.24], [0.46, 0.2])
        + 0.5 * look.form.brow_ridge * bump(x, y, [0.0, -0.2], [0.3, 0.18])
        - 0.15 * bump(x, y, [d - 0.01, 0.0], [0.4, 0.27])
        - 0.075 * bump(x, y, [0.2, 0.02], [0.17, 0.22])
        - 0.05 * bump(x, y, [0.98, -0.35], [0.35, 0.4])
        + 0.03 * bump(x, y, [0.1, -0.72], [0.75, 0.45])
}

fn nose(look: &Appearance, x: f32, y: f32) -> f32 {
    let form = &look.form;
    let (wide, high, tip) = (form.nose_width, form.nose_height, form.nose_tip);
    // The bridge rises steadily, then the tip falls away to the lip.
    let down = ((y + 0.12) / 0.72).clamp(0.0, 1.0);
    let ridge = high * (0.05 + 0.3 * down * (0.35 + 0.65 * down)) * smooth(-0.3, -0.02, y);
    let under = smooth(0.76, 0.645, y);
    let width = (0.155 + 0.1 * down * down) * (0.6 + 0.4 * wide);
    let body = ridge * under * hill(x, 0.0, 1.45 * width);
    let ball = 0.12 * high * bump(x, y, [0.0, 0.58], [0.19 * (0.4 + 0.6 * tip), 0.17]);
    let at = 0.185 * wide;
    let wings = 0.135 * bump(x, y, [at, 0.625], [0.125 * (0.4 + 0.6 * wide), 0.115]);
    let crease = -0.03 * bump(x, y, [at + 0.125, 0.62], [0.08, 0.13]);
    let nostril = -0.05 * bump(x, y, [0.1 * wide, 0.685], [0.07 * wide, 0.045]);
    body + ball + wings + crease + nostril
}

fn cheeks(look: &Appearance, x: f32, y: f32) -> f32 {
    let (form, smile) = (&look.form, look.mouth.smile.max(0.0));
    let bones = form.cheekbones;
    (0.045 + 0.065 * smile) * bump(x, y, [0.54, 0.46], [0.36, 0.3])
        + (0.03 + 0.085 * bones) * bump(x, y, [0.72, 0.26], [0.36, 0.22])
        - (0.015 + 0.11 * bones) * bump(x, y, [0.72, 0.78], [0.34, 0.34])
        + form.cheeks * bump(x, y, [0.6, 0.8], [0.55, 0.55])
        + fold(look, x, y)
}

/// The fold from the nose's wing past the corner of the mouth.
fn fold(look: &Appearance, x: f32, y: f32) -> f32 {
    let smile = look.mouth.smile.max(0.0);
    let down = ((y - 0.62) / 0.5).clamp(-0.2, 1.3);
    let bow = 0.05 + 0.07 * smile;
    let center = 0.27 + 0.2 * down + bow * (4.0 * down * (1.0 - down)).max(0.0);
    let along = smooth(-0.05, 0.12, down) * smooth(1.25, 0.8, down);
    let depth = 0.006 + 0.022 * smile + 0.03 * look.skin.age;
    along * depth * (0.9 * hill(x, center + 0.13, 0.2) - hill(x, center, 0.1))
}

fn chin(look: &Appearance, x: f32, y: f32) -> f32 {
    let width = look.form.chin_width;
    0.1 * bump(x, y, [0.0, 1.46], [0.34 * width, 0.22])
        - 0.045 * bump(x, y, [0.0, 1.235], [0.36, 0.1])
        + 0.05 * look.form.cheeks * bump(x, y, [0.4, 1.4], [0.4, 0.3])
}

/// Skin that has given way: hollow temples, jowls, lines.
fn age(look: &Appearance, x: f32, y: f32) -> f32 {
    let age = look.skin.age;
    if age < 0.2 {
        return 0.0;
    }
    let jowl = 0.07 * bump(x, y, [0.62, 1.2], [0.22, 0.22]);
    let marionette = -0.04 * bump(x - 0.12 * (y - 1.15), y, [0.41, 1.17], [0.045, 0.17]);
    let hollow = -0.04 * bump(x, y, [0.62, 0.85], [0.25, 0.25]);
    let mut lines = 0.0;
    for (i, at) in [-0.5_f32, -0.63, -0.77].into_iter().enumerate() {
        let wave = 0.018 * super::math::sin(5.0 * x + i as f32 * 1.7);
        lines -= 0.014 * hill(y, at + wave, 0.03) * smooth(0.7, 0.3, x);
    }
    let frown = -0.02 * bump(x, y, [0.085, -0.2], [0.028, 0.14]);
    age * (jowl + marionette + hollow + lines + frown)
}
