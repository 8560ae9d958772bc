//! PNG files that say what they show (`tEXt`, or `iTXt` beyond Latin-1) and how large they are in
//! print (`pHYs`), and the compressed pixels of one for other formats.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, RgbImage};

const SIGNATURE: usize = 8;

/// The picture with facts by name.
pub(super) fn encode(
    picture: &RgbImage,
    dpi: f32,
    facts: &[(String, String)],
) -> Result<Vec<u8>, String> {
    let plain = plain(picture)?;
    // Before the pixels, after the header, which is the first chunk and has 13 bytes.
    let header = SIGNATURE + 12 + 13;
    let mut file = plain[..header].to_vec();
    let per_metre = (dpi / 0.0254).round() as u32;
    let mut size = [per_metre.to_be_bytes(), per_metre.to_be_bytes()].concat();
    size.push(1);
    chunk(&mut file, *b"pHYs", &size);
    for (name, value) in facts {
        write_fact(&mut file, name, value);
    }
    file.extend_from_slice(&plain[header..]);
    Ok(file)
}

/// The picture alone.
pub(super) fn plain(picture: &RgbImage) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive)
        .write_image(
            picture.as_raw(),
            picture.width(),
            picture.height(),
            ExtendedColorType::Rgb8,
        )
        .map_err(|e| e.to_string())?;
    Ok(bytes)
}

/// The pixels as a zlib stream of PNG's filtered rows.
pub(super) fn pixels(picture: &RgbImage) -> Result<Vec<u8>, String> {
    let file = plain(picture)?;
    let mut stream = Vec::new();
    for (kind, data) in chunks(&file) {
        if kind == b"IDAT" {
            stream.extend_from_slice(data);
        }
    }
    Ok(stream)
}

/// The chunks of a PNG file, name and data.
fn chunks(file: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = file.get(SIGNATURE..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        let (kind, data) = (after.get(..4)?, after.get(4..4 + length)?);
        rest = after.get(8 + length..).unwrap_or_default();
        Some((kind, data))
    })
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend(kind);
    file.extend_from_slice(data);
    let sum = crc32(&file[start..]);
    file.extend(sum.to_be_bytes());
}

/// As the PNG specification has it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| {
            (c >> 1) ^ (0xedb8_8320 * (c & 1))
        })
    })
}

/// The name is of our own and plain; the value may be a file's name in any script.
fn write_fact(file: &mut Vec<u8>, name: &str, value: &str) {
    let latin1: Option<Vec<u8>> = value.chars().map(|c| u8::try_from(c).ok()).collect();
    match latin1 {
        Some(value) => chunk(file, *b"tEXt", &[name.as_bytes(), &[0], &value].concat()),
        None => {
            // Not compressed, in no language, under no other name.
            let data = [name.as_bytes(), &[0; 5], value.as_bytes()].concat();
            chunk(file, *b"iTXt", &data);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_picture_size_and_facts() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926); // the CRC's usual check value
        let picture = RgbImage::from_fn(5, 3, |x, y| image::Rgb([x as u8, y as u8, 9]));
        let facts = [("Network", "abc é"), ("Photo", "顔 α.png")];
        let facts = facts.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let file = encode(&picture, 254.0, &facts).unwrap();
        let read = image::load_from_memory(&file).unwrap().into_rgb8();
        assert_eq!(read, picture);
        let found: Vec<_> = chunks(&file).collect();
        assert_eq!(found[1].0, b"pHYs");
        assert_eq!(found[1].1, [0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10, 1]);
        assert!(found.contains(&(b"tEXt", b"Network\0abc \xe9")));
        let international = "Photo\0\0\0\0\0顔 α.png".as_bytes();
        assert!(found.contains(&(b"iTXt", international)));
        for (kind, data) in chunks(&file) {
            let at = data.as_ptr() as usize - file.as_ptr() as usize + data.len();
            let sum = u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
            assert_eq!(sum, crc32(&[kind, data].concat()));
        }
    }
}
