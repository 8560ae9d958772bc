//! Streams of a PDF are compressed.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// As a zlib stream.
pub(super) fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
