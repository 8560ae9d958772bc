//! Where face boxes come from, in words for the reports.

use std::collections::BTreeMap;
use std::fmt;

use crate::label::FaceBox;

/// Where a face box comes from. A box made from labelled points tells where the face is, so every
/// measure says which it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BoxSource {
    Given,
    DataSet,
    /// Pictures that were aligned by their makers have the same box each.
    Aligned,
    Labels,
    WholePicture,
    CentreSquare,
}

impl BoxSource {
    /// Whether nobody says that a face is there: the box is made of the picture's size alone.
    pub fn is_assumed(self) -> bool {
        matches!(self, Self::WholePicture | Self::CentreSquare)
    }
}

impl fmt::Display for BoxSource {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Given => "by hand",
            Self::DataSet => "the data set's box",
            Self::Aligned => "the place of aligned faces",
            Self::Labels => "from the labelled points",
            Self::WholePicture => "the whole picture",
            Self::CentreSquare => "the picture's centre square",
        })
    }
}

/// In which boxes faces were looked at: "in the place of aligned faces", or how many in which, the
/// most frequent first: "100 in boxes from the labelled points, 3 in the whole picture".
pub fn describe_boxes(boxes: &BTreeMap<BoxSource, usize>) -> String {
    let mut counts: Vec<_> = boxes.iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let inside = |source: BoxSource| match source {
        BoxSource::Given => "in boxes set by hand",
        BoxSource::DataSet => "in the data set's boxes",
        BoxSource::Aligned => "in the place of aligned faces",
        BoxSource::Labels => "in boxes from the labelled points",
        BoxSource::WholePicture => "in the whole picture",
        BoxSource::CentreSquare => "in the picture's centre square",
    };
    if let [(source, _)] = counts[..] {
        return inside(*source).to_owned();
    }
    let text = counts
        .iter()
        .map(|(source, count)| format!("{count} {}", inside(**source)));
    text.collect::<Vec<_>>().join(", ")
}

/// The box of a picture about which nothing is known, and what it is.
pub fn picture_box(width: u32, height: u32) -> (FaceBox, BoxSource) {
    let face_box = FaceBox::of_picture(width, height);
    let whole = face_box.w == width as f32 && face_box.h == height as f32;
    let source = if whole {
        BoxSource::WholePicture
    } else {
        BoxSource::CentreSquare
    };
    (face_box, source)
}
