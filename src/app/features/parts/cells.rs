//! Where the maps of a grid stand on the screen, and the star that some of them bear.

use eframe::egui::{Color32, Mesh, Pos2, Rect, vec2};

use crate::figure::GridStyle;

/// Where on the screen each cell stands, in points.
pub struct Cells<'a> {
    pub corner: Pos2,
    pub cell: f32,
    pub pitch: f32,
    pub look: &'a GridStyle,
}

impl Cells<'_> {
    pub fn rect(&self, n: usize) -> Rect {
        let (column, row) = (n as u32 % self.look.columns, n as u32 / self.look.columns);
        let corner = self.corner + vec2(column as f32, row as f32) * self.pitch;
        Rect::from_min_size(corner, vec2(self.cell, self.cell))
    }

    /// The cells in rows that can be seen.
    pub fn rows_in(&self, seen: Rect) -> std::ops::Range<usize> {
        let row = |y: f32| ((y - self.corner.y) / self.pitch).max(0.0) as usize;
        let columns = self.look.columns as usize;
        let all = self.look.order.len();
        (row(seen.top()) * columns).min(all)..((row(seen.bottom()) + 1) * columns).min(all)
    }

    /// Channel, x and y of the value at `at`, in maps of `side`.
    pub fn at(&self, at: Pos2, side: u32) -> Option<(u32, u32, u32)> {
        let place = (at - self.corner) / self.pitch;
        if place.x < 0.0 || place.y < 0.0 || place.x >= self.look.columns as f32 {
            return None;
        }
        let n = place.y as usize * self.look.columns as usize + place.x as usize;
        let channel = *self.look.order.get(n)?;
        let cell = self.rect(n);
        let inside = (at - cell.min) / self.cell;
        let value = |v: f32| ((v * side as f32) as u32).min(side - 1);
        cell.contains(at)
            .then(|| (channel, value(inside.x), value(inside.y)))
    }
}

/// A star of five points.
pub fn star(mesh: &mut Mesh, center: Pos2, radius: f32, tint: Color32) {
    const INNER: f32 = 0.42;
    let first = mesh.vertices.len() as u32;
    mesh.colored_vertex(center, tint);
    for i in 0..10 {
        let turn = std::f32::consts::PI * (i as f32 / 5.0 - 0.5);
        let reach = if i % 2 == 0 { radius } else { INNER * radius };
        mesh.colored_vertex(center + reach * vec2(turn.cos(), turn.sin()), tint);
    }
    for i in 0..10 {
        mesh.add_triangle(first, first + 1 + i, first + 1 + (i + 1) % 10);
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::pos2;

    use super::*;

    #[test]
    fn a_place_on_the_screen_leads_to_its_value_and_gaps_to_none() {
        let look = GridStyle {
            columns: 2,
            order: vec![7, 3, 5],
            ..GridStyle::all(3, 2, 10, 2)
        };
        let cells = Cells {
            corner: pos2(100.0, 50.0),
            cell: 10.0,
            pitch: 12.0,
            look: &look,
        };
        for (n, channel) in look.order.iter().enumerate() {
            let inside = cells.rect(n).min + vec2(9.0, 1.0);
            assert_eq!(cells.at(inside, 5), Some((*channel, 4, 0)));
        }
        assert_eq!(cells.at(pos2(111.0, 51.0), 5), None, "between two maps");
        assert_eq!(cells.at(pos2(113.0, 63.0), 5), None, "after the last");
        assert_eq!(cells.at(pos2(99.0, 51.0), 5), None, "left of the first");
        let second = Rect::from_min_size(pos2(0.0, 63.0), vec2(200.0, 5.0));
        assert_eq!(cells.rows_in(second), 2..3);
    }
}
