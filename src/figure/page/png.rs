//! PNG files that say what they show (`tEXt`, or `iTXt` beyond Latin-1) and how large they are in
//! print (`pHYs`), and the compressed pixels of one for other formats.

use std::io::Cursor;

use crate::figure::error::FigureError;
use image::RgbImage;
use png::{BitDepth, ColorType, Compression, Encoder, Filter, PixelDimensions, Unit};

/// The picture with metadata by name.
pub(super) fn encode(
    picture: &RgbImage,
    dpi: f32,
    metadata: &[(String, String)],
) -> Result<Vec<u8>, FigureError> {
    write(picture, |encoder| {
        let per_metre = (dpi / 0.0254).round() as u32;
        encoder.set_pixel_dims(Some(PixelDimensions {
            xppu: per_metre,
            yppu: per_metre,
            unit: Unit::Meter,
        }));
        for (name, value) in metadata {
            // The name is of our own and plain; the value may be a file's name in any script.
            let latin1 = value.chars().all(|c| u8::try_from(c).is_ok());
            match latin1 {
                true => encoder.add_text_chunk(name.clone(), value.clone())?,
                false => encoder.add_itxt_chunk(name.clone(), value.clone())?,
            }
        }
        Ok(())
    })
}

/// The picture alone.
pub(super) fn plain(picture: &RgbImage) -> Result<Vec<u8>, FigureError> {
    write(picture, |_| Ok(()))
}

/// The pixels as a zlib stream of PNG's filtered rows.
pub(super) fn pixels(picture: &RgbImage) -> Result<Vec<u8>, FigureError> {
    let file = plain(picture)?;
    let data = chunks(&file).filter(|(kind, _)| kind == b"IDAT");
    Ok(data.flat_map(|(_, data)| data).copied().collect())
}

fn write(
    picture: &RgbImage,
    set_up: impl FnOnce(&mut Encoder<&mut Cursor<Vec<u8>>>) -> Result<(), png::EncodingError>,
) -> Result<Vec<u8>, FigureError> {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = Encoder::new(&mut file, picture.width(), picture.height());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    encoder.set_filter(Filter::Adaptive);
    let written = set_up(&mut encoder).and_then(|()| {
        let mut writer = encoder.write_header()?;
        writer.write_image_data(picture.as_raw())?;
        writer.finish()
    });
    written?;
    Ok(file.into_inner())
}

/// The chunks of a PNG file, name and data.
fn chunks(file: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    const SIGNATURE: usize = 8;
    let mut rest = file.get(SIGNATURE..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        let (kind, data) = (after.get(..4)?, after.get(4..4 + length)?);
        rest = after.get(8 + length..).unwrap_or_default();
        Some((kind, data))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_picture_size_and_facts() {
        let picture = RgbImage::from_fn(5, 3, |x, y| image::Rgb([x as u8, y as u8, 9]));
        let metadata = [("Network", "abc é"), ("Photo", "顔 α.png")];
        let metadata = metadata.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let file = encode(&picture, 254.0, &metadata).unwrap();
        let read = image::load_from_memory(&file).unwrap().into_rgb8();
        assert_eq!(read, picture);
        let found: Vec<_> = chunks(&file).collect();
        let size = [0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10, 1];
        assert!(found.contains(&(b"pHYs", &size)));
        // Whoever reads a file for its metadata need not read its pixels.
        let at = |wanted: &[u8]| found.iter().position(|(kind, _)| *kind == wanted);
        assert!(at(b"tEXt") < at(b"IDAT") && at(b"iTXt") < at(b"IDAT"));
        assert!(found.contains(&(b"tEXt", b"Network\0abc \xe9")));
        let international = "Photo\0\0\0\0\0顔 α.png".as_bytes();
        assert!(found.contains(&(b"iTXt", international)));
    }
}
