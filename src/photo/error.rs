//! Why a picture cannot be had.

use std::path::PathBuf;

use super::{MAX_FILE_BYTES, MAX_PIXELS, MAX_SIDE};
use crate::humanize::io_text;

#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    #[error("{}: {}", path.display(), io_text(source))]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}: {reason}", path.display())]
    File {
        path: PathBuf,
        #[source]
        reason: DecodeError,
    },
}

/// Why bytes are not a usable picture.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("the file is empty")]
    Empty,
    #[error("not a picture that this program reads (JPEG, PNG, WebP, BMP, GIF, TIFF): it is {0}")]
    Unknown(&'static str),
    #[error(
        "{0} pictures are not read: export the photo as JPEG or PNG first (on an iPhone: Settings, Camera, Formats, Most Compatible; or `heif-convert photo.heic photo.jpg`)"
    )]
    Unsupported(&'static str),
    #[error(
        "{width}×{height} pixels are more than the limit of {} megapixels and {MAX_SIDE} a side",
        MAX_PIXELS / 1_000_000
    )]
    TooLarge { width: u32, height: u32 },
    #[error("the file has {0} bytes, more than the limit of {MAX_FILE_BYTES}")]
    FileTooLarge(u64),
    #[error("broken picture: {}", broken_text(.0))]
    Broken(#[source] image::ImageError),
    #[error("broken picture: {0}")]
    Cut(String),
}

/// What is wrong with a picture, for whoever knows nothing of decoders.
fn broken_text(error: &image::ImageError) -> String {
    use image::ImageError::{IoError, Limits, Unsupported};
    match error {
        IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => "its data ends early".into(),
        IoError(e) => io_text(e),
        Limits(_) => "it takes more memory than is allowed".into(),
        Unsupported(_) => "it is of a kind that is not read".into(),
        _ => "its data is damaged".into(),
    }
}

impl PhotoError {
    /// What is wrong, without the path.
    pub fn reason(&self) -> String {
        match self {
            Self::Io { source, .. } => io_text(source),
            Self::File { reason, .. } => reason.to_string(),
        }
    }
}
