//! The columns of a table in which boxes stand, as programs call them: by a corner and the sides, or
//! by two corners.

use super::number::{self, CONTINUOUS, missing};
use super::value_error::ValueError;
use crate::label::FaceBox;

/// Where in a row a box stands.
pub struct BoxColumns {
    pub columns: [usize; 4],
    names: [&'static str; 4],
    /// By two corners; else by one and the sides.
    pub corners: bool,
}

const OWN: [&str; 4] = ["x", "y", "w", "h"];
/// This program's own first. Two corners go before the sides: those may be the picture's.
const FORMS: [([&str; 4], bool); 10] = [
    (OWN, false),
    (["xmin", "ymin", "xmax", "ymax"], true),
    (["left", "top", "right", "bottom"], true),
    (["x1", "y1", "x2", "y2"], true),
    (["x0", "y0", "x1", "y1"], true),
    (["xtl", "ytl", "xbr", "ybr"], true),
    (["x", "y", "width", "height"], false),
    (["left", "top", "width", "height"], false),
    (["xmin", "ymin", "width", "height"], false),
    (["x1", "y1", "width", "height"], false),
];
/// What may stand before the names.
const PREFIXES: [&str; 4] = ["", "bbox", "box", "face"];

impl BoxColumns {
    /// The first form of which all columns are there. `column` has them by names in small letters
    /// without signs.
    pub fn find(column: impl Fn(&str) -> Option<usize>) -> Option<Self> {
        let mut forms = FORMS
            .iter()
            .flat_map(|form| PREFIXES.map(|prefix| (form, prefix)));
        forms.find_map(|((names, corners), prefix)| {
            let [a, b, c, d] = names.map(|name| column(&format!("{prefix}{name}")));
            Some(Self {
                columns: [a?, b?, c?, d?],
                names: *names,
                corners: *corners,
            })
        })
    }

    /// Whether this program writes boxes so.
    pub fn is_own(&self) -> bool {
        self.names == OWN
    }

    /// The box of a row; `None` where it has none.
    pub fn read<'a>(&self, text: impl Fn(usize) -> &'a str) -> Result<Option<FaceBox>, ValueError> {
        let sides = self.columns.map(text);
        if sides.iter().all(|text| missing(text)) {
            return Ok(None);
        }
        for (name, text) in self.names.into_iter().zip(sides) {
            if missing(text) {
                return Err(ValueError::BoxSide(name));
            }
        }
        let [x, y, c, d] = sides.map(|text| number::read(text, CONTINUOUS));
        let (x, y, c, d) = (x?, y?, c?, d?);
        let (w, h) = match self.corners {
            true => (c - x, d - y),
            false => (c, d),
        };
        number::checked(FaceBox::new(x, y, w, h)).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_found_as_programs_write_them() {
        let read = |names: &str, values: &'static str| {
            let names: Vec<&str> = names.split(' ').collect();
            let values: Vec<&str> = values.split(' ').collect();
            let place = |name: &str| names.iter().position(|n| *n == name);
            BoxColumns::find(place).map(|b| b.read(|c| values[c]))
        };
        let expected = Some(Ok(Some(FaceBox::new(10.0, 20.0, 30.0, 40.0))));
        for (names, values) in [
            ("x y w h", "10 20 30 40"),
            ("width height xmin ymin xmax ymax", "640 480 10 20 40 60"),
            ("left top right bottom", "10 20 40 60"),
            ("y2 x2 y1 x1", "60 40 20 10"),
            ("x0 y0 x1 y1", "10 20 40 60"),
            ("bboxx bboxy bboxw bboxh", "10 20 30 40"),
            ("x1 y1 width height", "10 20 30 40"),
            ("bboxxmin bboxymin bboxxmax bboxymax", "10 20 40 60"),
        ] {
            assert_eq!(read(names, values), expected, "{names}");
        }
        assert_eq!(read("xmin ymin xmax", "1 2 3"), None);
        assert_eq!(read("xmin ymin xmax ymax", "nan NA   "), Some(Ok(None)));
        let error = read("xmin ymin xmax ymax", "1 2 3 nan");
        assert_eq!(error, Some(Err(ValueError::BoxSide("ymax"))));
        let error = read("xmin ymin xmax ymax", "4 2 1 9");
        assert_eq!(error, Some(Err(ValueError::BoxSize(-3.0, 7.0))));
    }
}
