//! An entry of the journal, which is one gesture of an annotator, and its line in the file.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::label::{FaceBox, PointLabel, PointState, Presence, Provenance};

/// The version of the lines that are written.
pub const VERSION: u32 = 1;

/// Before the checksum, which is the last member of a line.
const CHECKSUM: &str = ",\"crc32\":\"";

/// What somebody did in one gesture, to one face or to many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub id: EntryId,
    /// Counted from 1 within a journal, as it is appended.
    pub sequence: u64,
    /// Milliseconds since 1970, UTC.
    pub time: u64,
    pub annotator: String,
    pub gesture: Gesture,
    pub faces: Vec<FaceChanges>,
}

/// What kind of gesture an entry is. Undoing and redoing say their changes too, so that the values
/// after an entry follow without the one that it is about, which may be damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gesture {
    Edit,
    /// Takes back this entry.
    Undo(EntryId),
    /// Does it again.
    Redo(EntryId),
}

/// By what an entry is known before and after it is saved: drawn at random, sixteen hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntryId(pub u64);

impl EntryId {
    pub fn random() -> Self {
        Self(rand::random())
    }
}

impl From<EntryId> for String {
    fn from(id: EntryId) -> Self {
        format!("{:016x}", id.0)
    }
}

impl TryFrom<String> for EntryId {
    type Error = std::num::ParseIntError;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        u64::from_str_radix(&digits, 16).map(Self)
    }
}

/// What became of one face.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaceChanges {
    pub face: FaceRef,
    pub changes: Vec<Change>,
}

/// By what a face is found again in a set that is opened later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaceRef {
    /// Of the picture's bytes, where they were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture_hash: Option<String>,
    /// How many bytes the picture had then: a picture of another size is none to be hashed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture_bytes: Option<u64>,
    /// Below the set's folder, with `/` between folders.
    pub picture: String,
    /// What its file calls it, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u32>,
    /// As it was when the face was first edited, in the photo's pixels.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub face_box: Option<FaceBox>,
    /// Its place among the faces of its picture, from 1.
    pub place: u32,
}

/// A value that became another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub field: Field,
    pub before: Labelled,
    pub after: Labelled,
}

/// What of a face has a value: by name, since schemas and files change their order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Label {
        task: String,
        item: String,
    },
    Box,
    Status,
    /// What somebody noted about the face.
    Note,
}

impl Field {
    /// Whether it is what a data set says, and not what became of the face.
    pub fn is_label(&self) -> bool {
        matches!(self, Self::Label { .. } | Self::Box)
    }
}

impl Status {
    pub const ALL: [Self; 4] = [Self::Todo, Self::Approved, Self::Unsure, Self::Excluded];

    pub fn name(self) -> &'static str {
        match self {
            Self::Todo => "to do",
            Self::Approved => "approved",
            Self::Unsure => "unsure",
            Self::Excluded => "excluded",
        }
    }
}

/// "Bald", "left eye", "box".
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Label { item, .. } => f.write_str(&item.replace('_', " ")),
            Self::Box => f.write_str("box"),
            Self::Status => f.write_str("status"),
            Self::Note => f.write_str("note"),
        }
    }
}

/// "present", "129.5, 180.5 (occluded)", "no box".
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Point(point) => match point.state {
                PointState::Unknown => f.write_str("unknown"),
                PointState::Visible => write!(f, "{}, {}", point.at[0], point.at[1]),
                PointState::Occluded => write!(f, "{}, {} (occluded)", point.at[0], point.at[1]),
            },
            Self::Presence(presence) => f.write_str(presence.name()),
            Self::Box(None) => f.write_str("no box"),
            Self::Box(Some(b)) => write!(f, "{}, {}, {} × {}", b.x, b.y, b.w, b.h),
            Self::Status(status) => f.write_str(status.name()),
            Self::Note(note) => write!(f, "{note:?}"),
        }
    }
}

/// A value, and where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Labelled {
    pub value: Value,
    #[serde(default, skip_serializing_if = "is_imported")]
    pub source: Provenance,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    Point(PointLabel),
    Presence(Presence),
    /// In the photo's pixels; none where there is no face.
    Box(Option<FaceBox>),
    Status(Status),
    Note(String),
}

/// How far the review of a face is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    #[default]
    Todo,
    Approved,
    Unsure,
    Excluded,
}

/// A line as it stands in the file, before its checksum.
#[derive(Serialize, Deserialize)]
struct Line<E> {
    version: u32,
    #[serde(flatten)]
    entry: E,
}

/// Why a line is no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    #[error("its checksum is wrong")]
    Checksum,
    #[error("it is no entry of a journal")]
    Format,
    #[error("it is of version {0}, which a newer program writes")]
    Version(u32),
}

/// A line of a JSON object with its checksum and its end.
pub(super) fn sealed(mut object: String) -> String {
    object.pop();
    let checksum = crc32fast::hash(object.as_bytes());
    object += &format!("{CHECKSUM}{checksum:08x}\"}}\n");
    object
}

/// The object of such a line, which ends before its newline; `None` where it is torn or altered.
pub(super) fn unsealed(line: &[u8]) -> Option<String> {
    let (start, checksum) = str::from_utf8(line).ok()?.rsplit_once(CHECKSUM)?;
    let written = format!("{:08x}\"}}", crc32fast::hash(start.as_bytes()));
    (checksum == written).then(|| format!("{start}}}"))
}

impl Entry {
    /// The entry as a line, with its end.
    ///
    /// # Errors
    /// If a coordinate is not finite, which JSON cannot hold.
    pub fn line(&self) -> Result<String, serde_json::Error> {
        if !self.is_finite() {
            return Err(serde::ser::Error::custom("a coordinate is not finite"));
        }
        let line = Line {
            version: VERSION,
            entry: self,
        };
        Ok(sealed(serde_json::to_string(&line)?))
    }

    /// Reads a line, which ends before its newline.
    ///
    /// # Errors
    /// If it is torn or altered, or of a version that is not known.
    pub fn of_line(line: &[u8]) -> Result<Self, LineError> {
        let text = unsealed(line).ok_or(LineError::Checksum)?;
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let version: Version = serde_json::from_str(&text).map_err(|_| LineError::Format)?;
        if version.version > VERSION {
            return Err(LineError::Version(version.version));
        }
        let line: Line<Self> = serde_json::from_str(&text).map_err(|_| LineError::Format)?;
        Ok(line.entry)
    }

    /// What takes this entry back: its changes the other way round, the last first.
    pub fn reversed(&self) -> Vec<FaceChanges> {
        let faces = self.faces.iter().rev().map(|of| FaceChanges {
            face: of.face.clone(),
            changes: of.changes.iter().rev().map(Change::reversed).collect(),
        });
        faces.collect()
    }

    fn is_finite(&self) -> bool {
        let boxes = self.faces.iter().filter_map(|of| of.face.face_box);
        let changes = self.faces.iter().flat_map(|of| &of.changes);
        boxes.into_iter().all(is_finite)
            && changes
                .flat_map(|c| [&c.before, &c.after])
                .all(|v| v.value.is_finite())
    }
}

impl Change {
    fn reversed(&self) -> Self {
        Self {
            field: self.field.clone(),
            before: self.after.clone(),
            after: self.before.clone(),
        }
    }
}

impl Value {
    /// A place as somebody finds it with a mouse: to a hundredth of a pixel.
    pub fn rounded(self) -> Self {
        match self {
            Self::Point(mut point) => {
                point.at = point.at.map(hundredths);
                Self::Point(point)
            }
            Self::Box(face_box) => Self::Box(face_box.map(rounded)),
            other => other,
        }
    }

    /// Where it is, of what has a place.
    pub fn place(&self) -> Option<[f32; 4]> {
        match self {
            Self::Point(PointLabel { at: [x, y], .. }) => Some([*x, *y, 0.0, 0.0]),
            Self::Box(face_box) => face_box.map(|b| [b.x, b.y, b.w, b.h]),
            Self::Presence(_) | Self::Status(_) | Self::Note(_) => None,
        }
    }

    fn is_finite(&self) -> bool {
        match self {
            Self::Point(point) => point.at.iter().all(|v| v.is_finite()),
            Self::Box(face_box) => face_box.is_none_or(is_finite),
            Self::Presence(_) | Self::Status(_) | Self::Note(_) => true,
        }
    }
}

/// A box to a hundredth of a pixel.
pub fn rounded(b: FaceBox) -> FaceBox {
    FaceBox {
        x: hundredths(b.x),
        y: hundredths(b.y),
        w: hundredths(b.w),
        h: hundredths(b.h),
        ..b
    }
}

fn hundredths(v: f32) -> f32 {
    ((f64::from(v) * 100.0).round() / 100.0) as f32
}

fn is_finite(b: FaceBox) -> bool {
    [b.x, b.y, b.w, b.h, b.angle].iter().all(|v| v.is_finite())
}

fn is_imported(source: &Provenance) -> bool {
    *source == Provenance::Imported
}
