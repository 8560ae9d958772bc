//! Numbers as label files have them: the shift between a file's pixel indices and continuous
//! image coordinates, so that what is read and written again stays the same to the last bit.

use crate::label::FaceBox;

/// From the index of a pixel to its centre in continuous coordinates, where counting begins at 0.
pub const FROM_ZERO: f64 = 0.5;
/// The same where counting begins at 1, as MATLAB's and dlib's tools do.
pub const FROM_ONE: f64 = -0.5;
/// Files whose numbers are continuous coordinates or extents already.
pub const CONTINUOUS: f64 = 0.0;

/// Reads a finite number.
pub fn parse(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|n| n.is_finite());
    number.ok_or_else(|| format!("{:?} is not a number", shown(text)))
}

/// Reads a finite number and moves it by `shift` pixels.
pub fn read(text: &str, shift: f64) -> Result<f32, String> {
    moved(parse(text)?, shift).ok_or_else(|| format!("{:?} is too large", shown(text)))
}

/// Moves a number by `shift` pixels, in double precision; `None` where it is not finite.
pub fn moved(number: f64, shift: f64) -> Option<f32> {
    let moved = (number + shift) as f32;
    moved.is_finite().then_some(moved)
}

/// The number with the fewest decimals that [`moved`] takes to `value`: 79.35 rather than
/// 79.3499984741211.
pub fn unmoved(value: f32, shift: f64) -> f64 {
    const UNITS: [f64; 9] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
    let exact = f64::from(value) - shift;
    let rounded = UNITS.map(|unit| (exact * unit).round() / unit);
    let returns = |short: &f64| moved(*short, shift) == Some(value);
    rounded.into_iter().find(returns).unwrap_or(exact)
}

/// The text that [`read`] takes to `value`.
pub fn text(value: f32, shift: f64) -> String {
    unmoved(value, shift).to_string()
}

/// The nearest whole number that a file of integers can have in place of `value`.
pub fn whole(value: f32, shift: f64) -> i64 {
    (f64::from(value) - shift).round() as i64
}

/// A box in which a face can be looked at, or what stands against it.
pub fn checked(face_box: FaceBox) -> Result<FaceBox, String> {
    let FaceBox { w, h, .. } = face_box;
    match face_box.is_valid() {
        true => Ok(face_box),
        false => Err(format!("a box of {w} by {h} pixels")),
    }
}

/// As much of a text as one wants to see in a message.
pub fn shown(text: &str) -> &str {
    const CHARS: usize = 60;
    text.char_indices()
        .nth(CHARS)
        .map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_return_to_the_last_bit(value in -1e5f32..1e5, which in 0usize..3) {
            let shift = [FROM_ZERO, FROM_ONE, CONTINUOUS][which];
            prop_assert_eq!(read(&text(value, shift), shift), Ok(value));
        }

        #[test]
        fn decimals_stay_as_they_were_written(hundredths in 0i32..400_000) {
            let written = (f64::from(hundredths) / 100.0).to_string();
            let value = read(&written, FROM_ZERO).unwrap();
            prop_assert_eq!(text(value, FROM_ZERO), written);
        }
    }

    #[test]
    fn what_is_no_number_is_shown_in_part() {
        for bad in ["", "ten", "NaN", "inf", "1e60"] {
            assert!(read(bad, FROM_ZERO).is_err(), "{bad}");
        }
        assert!(read(&"x".repeat(1000), FROM_ZERO).unwrap_err().len() < 100);
    }
}
