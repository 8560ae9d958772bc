//! Bytes to an upright 8-bit RGB picture, within limits.
//!
//! Pictures come from anywhere. What a header claims is checked before anything is allocated for
//! it, so that a few bytes cannot ask for gigabytes; EXIF orientation is applied here, once, so
//! that nobody above needs to know of it.

mod error;
mod file;
mod jpeg;
mod whole;

use std::fs::{File, Metadata};
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};

use crate::file_type;
pub use error::{DecodeError, PhotoError};
pub use file::PictureFile;

/// Larger pictures are refused: 100 megapixels, more than any camera of today takes at once.
const MAX_PIXELS: u64 = 100_000_000;
/// Longest side in pixels.
const MAX_SIDE: u32 = 30_000;
/// Memory that decoding may take: 16 bits of RGBA at the largest size.
const MAX_DECODE_BYTES: u64 = 8 * MAX_PIXELS;
/// Largest file that is read at all.
const MAX_FILE_BYTES: u64 = 512 << 20;

/// Bytes at the beginning and the end by which a picture is looked over without decoding it.
const HEAD_BYTES: u64 = 512;
const TAIL_BYTES: u64 = 32;

/// Extensions of the formats that are read, in lower case.
pub const EXTENSIONS: [&str; 8] = ["jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff"];

/// An upright picture, 8 bits per channel, without alpha.
#[derive(Clone, Debug, PartialEq)]
pub struct Photo {
    pub image: RgbImage,
}

impl Photo {
    /// Reads and decodes a file.
    pub fn open(path: &Path) -> Result<Self, PhotoError> {
        let (_, bytes) = read(path)?;
        Self::decode_file(path, &bytes)
    }

    /// The same, and by what the file is known again.
    pub fn open_known(path: &Path) -> Result<(Self, PictureFile), PhotoError> {
        let (meta, bytes) = read(path)?;
        let file = PictureFile::of(&bytes, &meta);
        Ok((Self::decode_file(path, &bytes)?, file))
    }

    fn decode_file(path: &Path, bytes: &[u8]) -> Result<Self, PhotoError> {
        Self::decode(bytes).map_err(|reason| PhotoError::File {
            path: path.to_owned(),
            reason,
        })
    }

    /// Decodes a picture; the format is told by its first bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.is_empty() {
            return Err(DecodeError::Empty);
        }
        if let Some(name) = file_type::heif(bytes) {
            return Err(DecodeError::Unsupported(name));
        }
        let broken = DecodeError::Broken;
        let mut reader = ImageReader::new(Cursor::new(bytes))
            .with_guessed_format()
            .map_err(|e| broken(e.into()))?;
        let unknown = || DecodeError::Unknown(file_type::of(bytes, Path::new("")).description);
        let Some(format) = reader.format() else {
            return Err(unknown());
        };
        let mut limits = Limits::default();
        limits.max_alloc = Some(MAX_DECODE_BYTES);
        reader.limits(limits);
        let mut decoder = match reader.into_decoder() {
            Ok(decoder) => decoder,
            Err(image::ImageError::Unsupported(_)) => return Err(unknown()),
            Err(e) => return Err(broken(e)),
        };
        let (width, height) = decoder.dimensions();
        let pixels = u64::from(width) * u64::from(height);
        if pixels > MAX_PIXELS || width.max(height) > MAX_SIDE || pixels == 0 {
            return Err(DecodeError::TooLarge { width, height });
        }
        let orientation = decoder.orientation().map_err(broken)?;
        if let Some(what) = whole::missing(bytes, format) {
            return Err(DecodeError::Cut(what));
        }
        let picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
        // Turned when it is small: turning holds the picture twice.
        let mut upright = DynamicImage::ImageRgb8(flatten(picture));
        upright.apply_orientation(orientation);
        Ok(Self {
            image: upright.into_rgb8(),
        })
    }

    /// Looks whether a file is a picture and all there, as cheaply as that can be told: a file that
    /// begins and ends as it should is not decoded.
    pub fn check(path: &Path) -> Result<(), PhotoError> {
        let io = |source| PhotoError::Io {
            path: path.to_owned(),
            source,
        };
        let refuse = |reason| PhotoError::File {
            path: path.to_owned(),
            reason,
        };
        let mut file = File::open(path).map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        let mut head = Vec::new();
        let read = (&mut file).take(HEAD_BYTES).read_to_end(&mut head);
        read.map_err(io)?;
        if head.is_empty() {
            return Err(refuse(DecodeError::Empty));
        }
        if let Some(name) = file_type::heif(&head) {
            return Err(refuse(DecodeError::Unsupported(name)));
        }
        let Some(format) = format_of(&head) else {
            return Err(refuse(DecodeError::Unknown(
                file_type::of(&head, path).description,
            )));
        };
        let mut tail = Vec::new();
        let back = size.min(TAIL_BYTES);
        file.seek(SeekFrom::End(-(back as i64))).map_err(io)?;
        file.read_to_end(&mut tail).map_err(io)?;
        match whole::ends_well(&head, &tail, size, format) {
            true => Ok(()),
            false => Self::open(path).map(|_| ()),
        }
    }

    /// Width and height of a picture once it is upright, from its header alone.
    pub fn size(path: &Path) -> Result<(u32, u32), PhotoError> {
        let io = |source| PhotoError::Io {
            path: path.to_owned(),
            source,
        };
        let broken = |e| PhotoError::File {
            path: path.to_owned(),
            reason: DecodeError::Broken(e),
        };
        let reader = ImageReader::open(path).map_err(io)?;
        let reader = reader.with_guessed_format().map_err(io)?;
        let mut decoder = reader.into_decoder().map_err(broken)?;
        let (width, height) = decoder.dimensions();
        let turn = decoder.orientation().map_err(broken)?;
        use image::metadata::Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
        let lies = matches!(turn, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH);
        Ok(if lies {
            (height, width)
        } else {
            (width, height)
        })
    }

    pub fn width(&self) -> u32 {
        self.image.width()
    }

    pub fn height(&self) -> u32 {
        self.image.height()
    }
}

/// A file's bytes, and what the system said of it before.
fn read(path: &Path) -> Result<(Metadata, Vec<u8>), PhotoError> {
    let io = |source| PhotoError::Io {
        path: path.to_owned(),
        source,
    };
    let meta = std::fs::metadata(path).map_err(io)?;
    if meta.len() > MAX_FILE_BYTES {
        return Err(PhotoError::File {
            path: path.to_owned(),
            reason: DecodeError::FileTooLarge(meta.len()),
        });
    }
    Ok((meta, std::fs::read(path).map_err(io)?))
}

/// The format of a picture by its first bytes, if it is read here.
fn format_of(head: &[u8]) -> Option<ImageFormat> {
    let format = image::guess_format(head).ok()?;
    format.reading_enabled().then_some(format)
}

/// Whether the name is one of a picture that can be read.
pub fn is_picture(path: &Path) -> bool {
    path.extension()
        .and_then(|e| e.to_str())
        .is_some_and(|e| EXTENSIONS.contains(&e.to_ascii_lowercase().as_str()))
}

/// 8-bit RGB; transparent pixels are laid on white, as a page would show them.
fn flatten(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let rgba = picture.into_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, a] = rgba.get_pixel(x, y).0;
        let over = |v: u8| {
            let a = u16::from(a);
            ((u16::from(v) * a + 255 * (255 - a) + 127) / 255) as u8
        };
        image::Rgb([over(r), over(g), over(b)])
    })
}

/// The smallest picture, for tests of what is beside pictures.
#[cfg(test)]
pub const PIXEL: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Luma, LumaA, Rgb, RgbImage, Rgba};
    use proptest::prelude::*;

    fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        let picture: DynamicImage = picture.into();
        picture
            .write_to(&mut Cursor::new(&mut bytes), format)
            .unwrap();
        bytes
    }

    fn two_pixels() -> RgbImage {
        RgbImage::from_fn(2, 1, |x, _| {
            if x == 0 {
                Rgb([255, 0, 0])
            } else {
                Rgb([0, 0, 255])
            }
        })
    }

    #[test]
    fn grey_16_bit_and_alpha_become_8_bit_rgb() {
        let grey = image::ImageBuffer::from_pixel(2, 2, Luma([0x8000_u16]));
        let photo = Photo::decode(&encoded(grey, ImageFormat::Png)).unwrap();
        assert_eq!(photo.image.get_pixel(1, 1), &Rgb([128; 3]));
        let clear = image::ImageBuffer::from_pixel(2, 2, LumaA([0_u8, 0]));
        let photo = Photo::decode(&encoded(clear, ImageFormat::Png)).unwrap();
        assert_eq!(photo.image.get_pixel(0, 0), &Rgb([255; 3]));
        let half = image::ImageBuffer::from_pixel(2, 2, Rgba([0_u8, 0, 0, 128]));
        let photo = Photo::decode(&encoded(half, ImageFormat::Png)).unwrap();
        assert_eq!(photo.image.get_pixel(0, 0), &Rgb([127; 3]));
    }

    #[test]
    fn a_palette_becomes_rgb() {
        let bytes = encoded(two_pixels(), ImageFormat::Gif);
        let photo = Photo::decode(&bytes).unwrap();
        assert!(photo.image.get_pixel(0, 0)[0] > 200);
        assert!(photo.image.get_pixel(1, 0)[2] > 200);
    }

    /// A JPEG whose EXIF says that it lies on its side (orientation 6).
    #[test]
    fn exif_orientation_is_applied_once() {
        let picture = RgbImage::from_fn(32, 16, |x, _| Rgb([if x < 16 { 250 } else { 5 }; 3]));
        let jpeg = encoded(picture, ImageFormat::Jpeg);
        let exif: &[u8] = &[
            0xff, 0xe1, 0, 34, b'E', b'x', b'i', b'f', 0, 0, b'M', b'M', 0, 42, 0, 0, 0, 8, 0, 1,
            0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
        ];
        let turned = [&jpeg[..2], exif, &jpeg[2..]].concat();
        let photo = Photo::decode(&turned).unwrap();
        assert_eq!((photo.width(), photo.height()), (16, 32));
        assert!(photo.image.get_pixel(8, 4)[0] > 200, "left goes up");
        assert!(photo.image.get_pixel(8, 28)[0] < 60);
    }

    #[test]
    fn a_bomb_is_refused_by_its_header() {
        let mut bomb = encoded(two_pixels(), ImageFormat::Bmp);
        bomb[18..22].copy_from_slice(&1_000_000_i32.to_le_bytes());
        bomb[22..26].copy_from_slice(&1_000_000_i32.to_le_bytes());
        assert!(Photo::decode(&bomb).is_err());
        let mut png = encoded(two_pixels(), ImageFormat::Png);
        png[16..20].copy_from_slice(&29_000_u32.to_be_bytes());
        png[20..24].copy_from_slice(&29_000_u32.to_be_bytes());
        let crc = crc32fast::hash(&png[12..29]);
        png[29..33].copy_from_slice(&crc.to_be_bytes());
        let error = Photo::decode(&png).unwrap_err();
        assert!(matches!(error, DecodeError::TooLarge { .. }), "{error}");
    }

    #[test]
    fn what_is_not_a_picture_is_said() {
        assert!(matches!(Photo::decode(b""), Err(DecodeError::Empty)));
        assert!(matches!(
            Photo::decode(b"hello, world"),
            Err(DecodeError::Unknown("a text file"))
        ));
        let avif = b"\0\0\0\x18ftypmif1\0\0\0\0miafavif";
        let error = Photo::decode(avif).unwrap_err().to_string();
        assert!(error.contains("AVIF"), "{error}");
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
        let error = Photo::decode(heic).unwrap_err().to_string();
        assert!(error.contains("HEIC") && error.contains("JPEG"), "{error}");
        let png = encoded(two_pixels(), ImageFormat::Png);
        assert!(matches!(
            Photo::decode(&png[..40]),
            Err(DecodeError::Broken(_))
        ));
        let missing = Photo::open(Path::new("no/such.jpg")).unwrap_err();
        assert!(missing.to_string().contains("no/such.jpg"));
    }

    /// A picture with something in every corner, as this program's own encoders and others write it.
    fn written() -> Vec<(String, Vec<u8>)> {
        let picture = RgbImage::from_fn(90, 70, |x, y| {
            Rgb([
                (x * 5 + y) as u8,
                (y * 3 + x * x / 9) as u8,
                (x * y / 7) as u8,
            ])
        });
        let formats = [
            ImageFormat::Png,
            ImageFormat::Jpeg,
            ImageFormat::Gif,
            ImageFormat::Bmp,
            ImageFormat::WebP,
            ImageFormat::Tiff,
        ];
        let own = formats.map(|f| (format!("{f:?}"), encoded(picture.clone(), f)));
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures");
        let others = std::fs::read_dir(folder).unwrap().map(|entry| {
            let path = entry.unwrap().path();
            (path.display().to_string(), std::fs::read(&path).unwrap())
        });
        own.into_iter().chain(others).collect()
    }

    #[test]
    fn a_picture_that_ends_in_the_middle_is_broken() {
        for (name, bytes) in written() {
            let whole = Photo::decode(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
            for percent in 1..100 {
                let cut = &bytes[..bytes.len() * percent / 100];
                let actual = Photo::decode(cut);
                // What comes last in a file may be missing: marks of the end, an empty directory.
                if actual.as_ref().is_ok_and(|photo| *photo == whole)
                    && cut.len() + 16 > bytes.len()
                {
                    continue;
                }
                assert!(
                    actual.is_err(),
                    "{name}: {percent} % of it is taken for a picture"
                );
                // The rest filled with zeros, as a transfer leaves it that reserved the space.
                let filled = [cut, &vec![0; bytes.len() - cut.len()]].concat();
                if name.ends_with("jpg") || name == "Jpeg" {
                    assert!(
                        Photo::decode(&filled).is_err(),
                        "{name}: {percent} %, then zeros"
                    );
                }
            }
        }
    }

    #[test]
    fn a_jpeg_without_its_end_marker_is_read() {
        for (name, bytes) in written() {
            if !bytes.starts_with(b"\xff\xd8") {
                continue;
            }
            let whole = Photo::decode(&bytes).unwrap();
            let end = bytes.len() - 2;
            assert_eq!(&bytes[end..], b"\xff\xd9", "{name}");
            let after = [&bytes[..], b"trailing \xff\xd8 bytes"].concat();
            for other in [&bytes[..end], &bytes[..end + 1], &after] {
                assert_eq!(Photo::decode(other).unwrap(), whole, "{name}");
            }
            // An end marker does not make up for what was before it.
            let half = [&bytes[..bytes.len() / 2], &bytes[end..]].concat();
            if !name.contains("progressive") {
                let error = Photo::decode(&half).unwrap_err().to_string();
                assert!(
                    error.contains("broken picture: its data ends after"),
                    "{name}: {error}"
                );
            }
        }
    }

    #[test]
    fn the_smallest_picture_is_one() {
        assert_eq!(Photo::decode(PIXEL).unwrap().width(), 1);
    }

    #[test]
    fn files_are_looked_over_without_decoding_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.png");
        let check = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            Photo::check(&path).map_err(|e| e.reason())
        };
        for (name, bytes) in written() {
            assert_eq!(check(&bytes), Ok(()), "{name}");
            let cut = check(&bytes[..bytes.len() / 2]).unwrap_err();
            assert!(cut.contains("broken picture"), "{name}: {cut}");
        }
        for (bytes, actual) in [
            (&b""[..], "the file is empty"),
            (
                b"<?xml version='1.0'?><annotations/>",
                "it is an XML file of CVAT's",
            ),
            (b"<html>404", "it is a web page"),
            (b"{\"a\": 1}", "it is a JSON file"),
            (
                b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
                "HEIC pictures are not read",
            ),
        ] {
            let error = check(bytes).unwrap_err();
            assert!(error.contains(actual), "{error}");
        }
        assert!(Photo::check(&folder.path().join("none.png")).is_err());
    }

    proptest! {
        #[test]
        fn mutated_pictures_never_panic(
            format in prop::sample::select(vec![
                ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::Bmp,
                ImageFormat::WebP, ImageFormat::Tiff,
            ]),
            edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
            keep in 0.2f64..1.0,
        ) {
            let mut bytes = encoded(RgbImage::from_pixel(9, 7, Rgb([9, 99, 200])), format);
            bytes.truncate((bytes.len() as f64 * keep) as usize);
            for (at, value) in edits {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            let _ = Photo::decode(&bytes);
        }
    }
}
