//! The face: its form, eyes, nose and mouth.

use tiny_skia::{GradientStop, Path, PathBuilder, Point as At, Transform};

use super::artist::{Artist, down, ellipse, round};
use super::look::{colour, dark, light, mix};

impl Artist<'_> {
    pub(super) fn outline(&self) -> Option<Path> {
        let chin = 1.34 * self.look.chin;
        let lean = 0.1 * self.look.yaw;
        let mut path = PathBuilder::new();
        path.move_to(0.0, -1.08);
        path.cubic_to(0.66, -1.08, 1.0, -0.62, 0.98, -0.02);
        path.cubic_to(0.97, 0.62, 0.78, 0.98, 0.42 + lean, 1.22 * self.look.chin);
        path.cubic_to(
            0.24 + lean,
            chin + 0.02,
            -0.24 + lean,
            chin + 0.02,
            -0.42 + lean,
            1.22 * self.look.chin,
        );
        path.cubic_to(-0.78, 0.98, -0.97, 0.62, -0.98, -0.02);
        path.cubic_to(-1.0, -0.62, -0.66, -1.08, 0.0, -1.08);
        path.close();
        path.finish()
    }

    pub(super) fn face(&mut self) {
        let (skin, lit) = (self.look.skin, self.look.light);
        let stops = vec![
            GradientStop::new(0.0, colour(light(skin, 0.22), 1.0)),
            GradientStop::new(0.5, colour(skin, 1.0)),
            GradientStop::new(1.0, colour(dark(skin, 0.46), 1.0)),
        ];
        let at = At::from_xy(0.34 * lit, -0.18);
        let shader = round(at, at, 1.75, stops, Transform::identity());
        self.fill(self.outline(), shader);
        let blush = mix(skin, [214.0, 90.0, 84.0], 0.5);
        for side in [-1.0, 1.0] {
            let cheek = self.turned(side * 0.52, 0.52, 0.6);
            self.glow(cheek, (0.34, 0.26), blush, 0.3);
            let socket = self.turned(side * 0.4, -0.03, 0.7);
            self.glow(socket, (0.33, 0.24), dark(skin, 0.5), 0.45);
        }
        let forehead = self.turned(0.16 * lit, -0.55, 0.8);
        self.glow(forehead, (0.5, 0.34), light(skin, 0.6), 0.28);
        let chin = self.turned(0.0, 1.18 * self.look.chin, 0.8);
        self.glow(chin, (0.2, 0.12), light(skin, 0.5), 0.25);
    }

    pub(super) fn eye_shape(&mut self, side: f32) {
        let (x, y) = self.eye(side);
        let skin = self.look.skin;
        let narrow = 1.0 - 0.18 * self.look.smile.max(0.0);
        let (w, h) = (0.195, 0.088 * narrow);
        let almond = |grow: f32| {
            let mut path = PathBuilder::new();
            path.move_to(x - w * grow, y + 0.012);
            path.cubic_to(
                x - w * 0.5,
                y - h * 1.5 * grow,
                x + w * 0.5,
                y - h * 1.5 * grow,
                x + w * grow,
                y,
            );
            path.cubic_to(
                x + w * 0.5,
                y + h * 1.15 * grow,
                x - w * 0.5,
                y + h * 1.15 * grow,
                x - w * grow,
                y + 0.012,
            );
            path.close();
            path.finish()
        };
        self.flat(almond(1.0), [236.0, 232.0, 228.0], 1.0);
        let gaze = x + 0.012 * self.look.yaw;
        let iris = self.look.iris;
        let stops = vec![
            GradientStop::new(0.0, colour(dark(iris, 0.3), 1.0)),
            GradientStop::new(0.6, colour(light(iris, 0.18), 1.0)),
            GradientStop::new(1.0, colour(dark(iris, 0.65), 1.0)),
        ];
        let center = At::from_xy(gaze, y - 0.008);
        let r = 0.088;
        self.fill(
            ellipse(gaze, y - 0.008, r, r * 0.98 * narrow.max(0.9)),
            round(center, center, r, stops, Transform::identity()),
        );
        self.flat(
            ellipse(gaze, y - 0.008, 0.04, 0.04),
            [12.0, 10.0, 12.0],
            1.0,
        );
        // Lids cover what of the iris is above and below the opening.
        let mut upper = PathBuilder::new();
        upper.move_to(x - w, y + 0.012);
        upper.cubic_to(x - w * 0.5, y - h * 1.5, x + w * 0.5, y - h * 1.5, x + w, y);
        upper.line_to(x + w, y - 0.17);
        upper.line_to(x - w, y - 0.17);
        upper.close();
        self.flat(upper.finish(), dark(skin, 0.16), 1.0);
        let mut lash = PathBuilder::new();
        lash.move_to(x - w * 1.04, y + 0.014);
        lash.cubic_to(
            x - w * 0.5,
            y - h * 1.5,
            x + w * 0.5,
            y - h * 1.5,
            x + w * 1.04,
            y,
        );
        self.line(lash.finish(), 0.036, [30.0, 20.0, 20.0], 0.92);
        let mut crease = PathBuilder::new();
        crease.move_to(x - w * 0.95, y - 0.07);
        crease.cubic_to(
            x - w * 0.5,
            y - h * 2.1,
            x + w * 0.5,
            y - h * 2.1,
            x + w * 0.98,
            y - 0.07,
        );
        self.line(crease.finish(), 0.02, dark(skin, 0.55), 0.55);
        let mut lower = PathBuilder::new();
        lower.move_to(x - w * 0.95, y + 0.02);
        lower.cubic_to(
            x - w * 0.5,
            y + h * 1.25,
            x + w * 0.5,
            y + h * 1.25,
            x + w * 0.95,
            y + 0.01,
        );
        self.line(lower.finish(), 0.016, dark(skin, 0.5), 0.6);
        let spark = (gaze + 0.03 * self.look.light, y - 0.038);
        self.flat(ellipse(spark.0, spark.1, 0.018, 0.018), [255.0; 3], 0.95);
    }

    pub(super) fn eyebrow(&mut self, side: f32) {
        let thick = 0.05 * self.look.brow;
        let at = |x: f32, y: f32| self.turned(side * x, y, 0.74);
        let (inner, peak, outer) = (at(0.2, -0.22), at(0.44, -0.32), at(0.66, -0.2));
        let mut path = PathBuilder::new();
        path.move_to(inner.0, inner.1 + thick);
        path.quad_to(peak.0, peak.1 - thick * 0.2, outer.0, outer.1);
        path.quad_to(peak.0, peak.1 + thick * 1.5, inner.0, inner.1 + thick * 2.0);
        path.close();
        let shade = if self.look.hair_name == "Gray_Hair" {
            0.3
        } else {
            0.35
        };
        self.flat(path.finish(), dark(self.look.hair, shade), 0.85);
    }

    pub(super) fn nose_shape(&mut self) {
        let (x, y) = self.nose();
        let (skin, lit) = (self.look.skin, self.look.light);
        let bridge = self.turned(0.0, 0.02, 0.86);
        let mut side = PathBuilder::new();
        side.move_to(bridge.0 - 0.07 * lit, bridge.1);
        side.quad_to(x - 0.06 * lit, y - 0.24, x - 0.19 * lit, y + 0.02);
        side.quad_to(x - 0.1 * lit, y + 0.12, x, y + 0.06);
        side.quad_to(x - 0.02 * lit, y - 0.22, bridge.0, bridge.1);
        side.close();
        self.flat(side.finish(), dark(skin, 0.4), 0.3);
        self.glow((x, y + 0.1), (0.26, 0.1), dark(skin, 0.6), 0.55);
        for wing in [-1.0, 1.0] {
            self.glow(
                (x + wing * 0.13, y + 0.03),
                (0.085, 0.075),
                dark(skin, 0.25),
                0.5,
            );
            self.flat(
                ellipse(x + wing * 0.085, y + 0.07, 0.042, 0.022),
                dark(skin, 0.8),
                0.8,
            );
        }
        self.glow(
            (x + 0.03 * lit, y - 0.03),
            (0.11, 0.1),
            light(skin, 0.75),
            0.6,
        );
        let ridge = ((bridge.0 + x) / 2.0 + 0.02 * lit, y - 0.26);
        self.glow(ridge, (0.07, 0.24), light(skin, 0.6), 0.4);
    }

    pub(super) fn mouth(&mut self) {
        let (left, right) = (self.mouth_corner(-1.0), self.mouth_corner(1.0));
        let smile = self.look.smile;
        let (cx, _) = self.turned(0.0, 0.0, 0.95);
        let middle = 0.91 + 0.05 * smile;
        let gap = 0.13 * self.look.open;
        let (lips, skin) = (self.look.lips, self.look.skin);
        let arc = |from: (f32, f32), height: f32, to: (f32, f32)| {
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.cubic_to(cx - 0.14, height, cx + 0.14, height, to.0, to.1);
            path
        };
        if gap > 0.0 {
            let mut inside = arc(left, middle - 0.02, right);
            inside.cubic_to(
                cx + 0.14,
                middle + gap * 1.5,
                cx - 0.14,
                middle + gap * 1.5,
                left.0,
                left.1,
            );
            self.flat(inside.finish(), [66.0, 24.0, 26.0], 1.0);
            let mut teeth = arc(
                (left.0 + 0.06, left.1),
                middle - 0.015,
                (right.0 - 0.06, right.1),
            );
            teeth.cubic_to(
                cx + 0.12,
                middle + gap * 0.8,
                cx - 0.12,
                middle + gap * 0.8,
                left.0 + 0.06,
                left.1,
            );
            self.flat(teeth.finish(), [238.0, 232.0, 222.0], 1.0);
        }
        let mut upper = PathBuilder::new();
        upper.move_to(left.0, left.1);
        upper.cubic_to(
            cx - 0.2,
            middle - 0.12,
            cx - 0.08,
            middle - 0.15,
            cx,
            middle - 0.105,
        );
        upper.cubic_to(
            cx + 0.08,
            middle - 0.15,
            cx + 0.2,
            middle - 0.12,
            right.0,
            right.1,
        );
        upper.cubic_to(
            cx + 0.14,
            middle - 0.01,
            cx - 0.14,
            middle - 0.01,
            left.0,
            left.1,
        );
        upper.close();
        self.flat(upper.finish(), dark(lips, 0.16), 1.0);
        let low = middle + gap * 1.35;
        let mut lower = arc(left, low, right);
        lower.cubic_to(cx + 0.17, low + 0.17, cx - 0.17, low + 0.17, left.0, left.1);
        self.fill(
            lower.finish(),
            down(low - 0.02, low + 0.13, lips, dark(lips, 0.25)),
        );
        self.glow(
            (cx + 0.04 * self.look.light, low + 0.06),
            (0.12, 0.035),
            light(lips, 0.8),
            0.5,
        );
        if gap == 0.0 {
            let seam = arc(left, middle - 0.004, right);
            self.line(seam.finish(), 0.022, dark(lips, 0.7), 0.8);
        }
        self.glow((cx, low + 0.2), (0.24, 0.07), dark(skin, 0.5), 0.4);
        for corner in [left, right] {
            self.glow(corner, (0.06, 0.05), dark(skin, 0.6), 0.6);
        }
    }
}
