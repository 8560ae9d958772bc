//! Whether a picture is all there. What a decoder makes up for a missing part (grey, black, the
//! last colour) looks like a picture to everything behind it, so each format says here where it
//! ends, before anything is decoded.

use image::ImageFormat;

use super::jpeg;

/// What is missing of a picture's file; `None` where all of it is there, or where only the decoder
/// can tell.
pub fn missing(bytes: &[u8], format: ImageFormat) -> Option<String> {
    match format {
        ImageFormat::Jpeg => jpeg::missing(bytes),
        ImageFormat::WebP => shorter(bytes.len() as u64, riff(bytes)?),
        ImageFormat::Gif => match first_frame(bytes) {
            Some(()) => None,
            None => Some("it ends in the middle of its first frame".into()),
        },
        ImageFormat::Bmp => shorter(bytes.len() as u64, bmp(bytes)?),
        _ => None,
    }
}

/// Whether a file that begins and ends like this can be taken to be whole without reading the rest.
pub fn ends_well(head: &[u8], tail: &[u8], size: u64, format: ImageFormat) -> bool {
    match format {
        ImageFormat::Jpeg => tail.ends_with(b"\xff\xd9"),
        ImageFormat::Png => tail.ends_with(b"IEND\xae\x42\x60\x82"),
        ImageFormat::Gif => tail.ends_with(b";"),
        ImageFormat::WebP => riff(head).is_some_and(|belong| belong <= size),
        ImageFormat::Bmp => bmp(head).is_some_and(|belong| belong <= size),
        _ => false,
    }
}

fn shorter(size: u64, belong: u64) -> Option<String> {
    (size < belong).then(|| format!("it has {size} of its {belong} bytes"))
}

/// The size of a RIFF file by its header. The byte that pads it to an even size may be missing.
fn riff(head: &[u8]) -> Option<u64> {
    let size = u32::from_le_bytes(*head.get(4..)?.first_chunk()?);
    Some(8 + u64::from(size & !1))
}

/// The least size of a bitmap whose rows are not compressed: where its pixels begin, and its rows.
fn bmp(head: &[u8]) -> Option<u64> {
    let four = |at: usize| Some(u32::from_le_bytes(*head.get(at..)?.first_chunk()?));
    let start = u64::from(four(10)?);
    if four(14)? < 40 {
        return Some(start);
    }
    let (width, height) = (four(18)? as i32, four(22)? as i32);
    let depth = u64::from(four(28)? & 0xffff);
    let plain = matches!(four(30)?, 0 | 3 | 6);
    let row = (u64::from(width.unsigned_abs()) * depth).div_ceil(32) * 4;
    Some(match plain {
        true => start + row * u64::from(height.unsigned_abs()),
        false => start,
    })
}

/// Steps through a GIF to the end of its first frame's data; `None` where that is not there.
fn first_frame(bytes: &[u8]) -> Option<()> {
    let table = |flags: u8| match flags & 0x80 {
        0 => 0,
        _ => 3 << ((flags & 7) + 1),
    };
    let mut at = 13 + table(*bytes.get(10)?);
    // Blocks of up to 255 bytes, then an empty one.
    let blocks = |at: &mut usize| -> Option<()> {
        loop {
            let length = usize::from(*bytes.get(*at)?);
            *at += 1 + length;
            if length == 0 {
                return Some(());
            }
        }
    };
    loop {
        match bytes.get(at)? {
            0x21 => {
                at += 2;
                blocks(&mut at)?;
            }
            0x2c => {
                // The frame's own table, then the size of the first codes.
                at += 10 + table(*bytes.get(at + 9)?) + 1;
                return blocks(&mut at);
            }
            // Trailer, or what the decoder has to judge.
            _ => return Some(()),
        }
    }
}
