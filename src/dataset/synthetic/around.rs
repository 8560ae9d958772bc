//! What is around the face: background, body, ears, hair, beard and glasses.

use tiny_skia::{GradientStop, PathBuilder, Point as At, Transform};

use super::artist::{Artist, down, ellipse, round};
use super::look::{colour, dark, light};

impl Artist<'_> {
    pub(super) fn background(&mut self) {
        let [center, rim] = self.look.back;
        let stops = vec![
            GradientStop::new(0.0, colour(center, 1.0)),
            GradientStop::new(1.0, colour(rim, 1.0)),
        ];
        let at = At::from_xy(self.look.light * 1.0, -0.6);
        let shader = round(at, at, 3.6, stops, Transform::identity());
        self.fill(ellipse(0.0, 0.0, 9.0, 9.0), shader);
    }

    pub(super) fn body(&mut self) {
        let (skin, cloth) = (self.look.skin, self.look.cloth);
        let mut neck = PathBuilder::new();
        neck.move_to(-0.48, 0.8);
        neck.cubic_to(-0.46, 1.5, -0.52, 1.75, -0.8, 1.95);
        neck.line_to(0.8, 1.95);
        neck.cubic_to(0.52, 1.75, 0.46, 1.5, 0.48, 0.8);
        neck.close();
        self.fill(
            neck.finish(),
            down(0.9, 1.9, dark(skin, 0.42), dark(skin, 0.12)),
        );
        let mut shoulders = PathBuilder::new();
        shoulders.move_to(-2.4, 4.0);
        shoulders.cubic_to(-2.3, 2.1, -1.3, 2.0, -0.62, 1.74);
        shoulders.cubic_to(-0.3, 2.2, 0.3, 2.2, 0.62, 1.74);
        shoulders.cubic_to(1.3, 2.0, 2.3, 2.1, 2.4, 4.0);
        shoulders.close();
        self.fill(
            shoulders.finish(),
            down(1.7, 3.3, light(cloth, 0.12), dark(cloth, 0.5)),
        );
    }

    pub(super) fn ears(&mut self) {
        let skin = self.look.skin;
        for side in [-1.0, 1.0] {
            let (x, y) = self.turned(side * 0.99, 0.2, -0.1);
            self.flat(ellipse(x, y, 0.15, 0.27), dark(skin, 0.14), 1.0);
            self.glow((x, y + 0.02), (0.1, 0.19), dark(skin, 0.5), 0.5);
        }
    }

    pub(super) fn beard(&mut self) {
        let hair = dark(self.look.hair, 0.2);
        let (cx, _) = self.turned(0.0, 0.0, 0.8);
        let chin = 1.3 * self.look.chin;
        let mut path = PathBuilder::new();
        path.move_to(-0.95, 0.3);
        path.cubic_to(-0.8, 0.75, -0.55, 0.7, cx - 0.32, 0.76);
        path.quad_to(cx, 0.64, cx + 0.32, 0.76);
        path.cubic_to(0.55, 0.7, 0.8, 0.75, 0.95, 0.3);
        path.cubic_to(0.92, 0.9, 0.7, chin + 0.08, 0.1 * self.look.yaw, chin + 0.1);
        path.cubic_to(-0.7, chin + 0.08, -0.92, 0.9, -0.95, 0.3);
        path.close();
        self.flat(path.finish(), hair, 0.72);
        let below = self.turned(0.0, 1.06, 0.85);
        self.glow(below, (0.22, 0.1), self.look.skin, 0.35);
    }

    pub(super) fn hair_behind(&mut self) {
        let hair = self.look.hair;
        let mut path = PathBuilder::new();
        path.move_to(0.0, -1.34);
        path.cubic_to(1.1, -1.36, 1.36, -0.5, 1.26, 0.5);
        path.cubic_to(1.24, 1.3, 1.36, 1.8, 1.1, 2.3);
        path.line_to(-1.1, 2.3);
        path.cubic_to(-1.36, 1.8, -1.24, 1.3, -1.26, 0.5);
        path.cubic_to(-1.36, -0.5, -1.1, -1.36, 0.0, -1.34);
        path.close();
        self.fill(path.finish(), down(-1.3, 2.2, hair, dark(hair, 0.55)));
    }

    pub(super) fn hair_in_front(&mut self) {
        let (hair, lit) = (self.look.hair, self.look.light);
        let part = 0.35 * lit + 0.2 * self.look.yaw;
        let low = if self.look.bangs { -0.36 } else { -0.72 };
        let sides = if self.look.long_hair { 0.55 } else { 0.1 };
        let mut path = PathBuilder::new();
        path.move_to(-1.04, sides);
        path.cubic_to(-1.3, -0.7, -0.9, -1.36, 0.0, -1.36);
        path.cubic_to(0.9, -1.36, 1.3, -0.7, 1.04, sides);
        path.cubic_to(0.97, -0.1, 0.98, -0.4, 0.78, low);
        path.quad_to(0.5, low - 0.12, part, low - 0.16);
        path.quad_to(-0.5, low - 0.1, -0.78, low);
        path.cubic_to(-0.98, -0.4, -0.97, -0.1, -1.04, sides);
        path.close();
        self.fill(
            path.finish(),
            down(-1.4, 0.2, light(hair, 0.1), dark(hair, 0.3)),
        );
        // Strands, lighter and darker, follow the form.
        for i in 0..14 {
            let t = i as f32 / 13.0 * 2.0 - 1.0;
            let mut strand = PathBuilder::new();
            strand.move_to(part * 0.6 + t * 0.12, -1.3 + 0.06 * t * t);
            strand.cubic_to(
                t * 0.7,
                -1.22,
                t * 1.05,
                -0.95,
                t * 1.0,
                low - 0.17 + 0.1 * t * t,
            );
            let tint = if i % 2 == 0 {
                light(hair, 0.3)
            } else {
                dark(hair, 0.4)
            };
            self.line(strand.finish(), 0.03, tint, 0.28);
        }
        self.glow((0.4 * lit, -1.05), (0.5, 0.2), light(hair, 0.6), 0.3);
    }

    pub(super) fn spectacles(&mut self) {
        let frame = [34.0, 30.0, 32.0];
        let (left, right) = (self.eye(-1.0), self.eye(1.0));
        for (x, y) in [left, right] {
            let rim = ellipse(x, y + 0.03, 0.3, 0.24);
            self.flat(rim.clone(), [214.0, 228.0, 240.0], 0.1);
            self.line(rim, 0.045, frame, 0.95);
        }
        let mut bridge = PathBuilder::new();
        bridge.move_to(left.0 + 0.3, left.1);
        bridge.quad_to(
            (left.0 + right.0) / 2.0,
            left.1 - 0.09,
            right.0 - 0.3,
            right.1,
        );
        self.line(bridge.finish(), 0.045, frame, 0.95);
        for (eye, side) in [(left, -1.0), (right, 1.0)] {
            let mut arm = PathBuilder::new();
            arm.move_to(eye.0 + side * 0.3, eye.1);
            let ear = self.turned(side * 0.99, 0.02, 0.0);
            arm.line_to(ear.0, ear.1);
            self.line(arm.finish(), 0.04, frame, 0.8);
        }
    }
}
