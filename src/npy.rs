//! NumPy's file format, version 1.0, for arrays of f32: `numpy.load` reads them.

/// An array in C order as a file.
///
/// # Panics
/// If the shape does not have as many places as there are values.
pub fn npy(shape: &[usize], values: &[f32]) -> Vec<u8> {
    assert_eq!(shape.iter().product::<usize>(), values.len());
    let sides: String = shape.iter().map(|s| format!("{s}, ")).collect();
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({sides}), }}");
    // The values begin at a multiple of 64 bytes; the header ends with a new line.
    let before = 10 + header.len() + 1;
    header.push_str(&" ".repeat(before.next_multiple_of(64) - before));
    header.push('\n');
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_that_of_numpy() {
        // As numpy.save writes numpy.array([[1, 2], [3, 4.5]], dtype='<f4'), but for the blank
        // after the last side.
        let file = npy(&[2, 2], &[1.0, 2.0, 3.0, 4.5]);
        assert_eq!(&file[..10], b"\x93NUMPY\x01\x00\x76\x00");
        assert!(
            file[10..]
                .starts_with(b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2, ), }")
        );
        assert_eq!(file[127], b'\n');
        assert_eq!(
            file[128..],
            [0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, 144, 64]
        );
    }
}
