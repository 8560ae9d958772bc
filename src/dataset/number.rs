//! Numbers as label files have them: the shift between a file's pixel indices and continuous
//! image coordinates, so that what is read and written again stays the same to the last bit.

use super::value_error::ValueError;
use crate::label::FaceBox;

/// From the index of a pixel to its centre in continuous coordinates, where counting begins at 0.
pub const FROM_ZERO: f64 = 0.5;
/// The same where counting begins at 1, as MATLAB's and dlib's tools do.
pub const FROM_ONE: f64 = -0.5;
/// Files whose numbers are continuous coordinates or extents already.
pub const CONTINUOUS: f64 = 0.0;

/// Whether a text says that there is no value, in one of the ways in which pandas and spreadsheets
/// write it. Words that may be names in other case ("Na") are not among them.
pub fn missing(text: &str) -> bool {
    const WORDS: [&str; 21] = [
        "nan", "NaN", "NAN", "-nan", "-NaN", "NA", "<NA>", "N/A", "n/a", "#N/A", "#NA", "NaT",
        "null", "NULL", "None", "none", "-1.#IND", "-1.#QNAN", "1.#IND", "1.#QNAN", "#N/A N/A",
    ];
    text.is_empty() || WORDS.contains(&text)
}

/// Reads a finite number.
pub fn parse(text: &str) -> Result<f64, ValueError> {
    let number = text.parse::<f64>().ok().filter(|n| n.is_finite());
    number.ok_or_else(|| {
        let shown = shown(text).to_owned();
        match text.split_once(',') {
            Some((whole, part)) if text.replacen(',', ".", 1).parse::<f64>().is_ok() => {
                ValueError::DecimalComma {
                    text: shown,
                    point: format!("{whole}.{part}"),
                }
            }
            _ => ValueError::NotANumber(shown),
        }
    })
}

/// Reads a number that may be missing.
pub fn known(text: &str) -> Result<Option<f64>, ValueError> {
    match missing(text) {
        true => Ok(None),
        false => parse(text).map(Some),
    }
}

/// Reads a whole number that may be missing, also where it is written as 3.0 or 3e0.
pub fn integer(text: &str) -> Result<Option<i64>, ValueError> {
    if let Ok(number) = text.parse() {
        return Ok(Some(number));
    }
    const EXACT: f64 = 9e15;
    match known(text)? {
        None => Ok(None),
        Some(n) if n.fract() == 0.0 && n.abs() < EXACT => Ok(Some(n as i64)),
        Some(_) => Err(ValueError::NotWhole(shown(text).into())),
    }
}

/// A name that pandas has made a number with decimals of: "17.0" for "17".
pub fn without_decimals(text: &str) -> Option<&str> {
    let whole = text.strip_suffix(".0")?;
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let all = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    all.then_some(whole)
}

/// Reads a finite number and moves it by `shift` pixels.
pub fn read(text: &str, shift: f64) -> Result<f32, ValueError> {
    moved(parse(text)?, shift).ok_or_else(|| ValueError::TooLarge(shown(text).into()))
}

/// Reads x and y of a point, moved by `shift` pixels; `None` where there is neither.
pub fn point(x: &str, y: &str, shift: f64) -> Result<Option<[f32; 2]>, ValueError> {
    match [missing(x), missing(y)] {
        [true, true] => Ok(None),
        [false, false] => Ok(Some([read(x, shift)?, read(y, shift)?])),
        [true, false] => Err(ValueError::AxisMissing("x")),
        [false, true] => Err(ValueError::AxisMissing("y")),
    }
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
pub fn checked(face_box: FaceBox) -> Result<FaceBox, ValueError> {
    let FaceBox { w, h, .. } = face_box;
    match face_box.is_valid() {
        true => Ok(face_box),
        false => Err(ValueError::BoxSize(w, h)),
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
    fn numbers_are_read_as_pandas_writes_them() {
        for none in ["", "nan", "NaN", "NA", "<NA>", "None", "N/A", "null"] {
            assert_eq!(known(none), Ok(None), "{none}");
            assert_eq!(integer(none), Ok(None), "{none}");
            assert_eq!(point(none, none, FROM_ZERO), Ok(None), "{none}");
            assert!(point(none, "1", FROM_ZERO).is_err(), "{none}");
        }
        for (text, number) in [
            ("1e2", 100),
            ("3.0", 3),
            ("-1.0", -1),
            ("+4", 4),
            ("2E+00", 2),
        ] {
            assert_eq!(integer(text), Ok(Some(number)), "{text}");
            assert_eq!(known(text), Ok(Some(number as f64)), "{text}");
        }
        for bad in ["1.5", "x", "1e300", "inf", "True"] {
            assert!(integer(bad).is_err(), "{bad}");
        }
        assert!(!missing("Na") && !missing("0"));
        assert_eq!(without_decimals("17.0"), Some("17"));
        for name in ["17", "17.5", ".0", "a.0", "-.0", "1.0.0"] {
            assert_eq!(without_decimals(name), None, "{name}");
        }
        let comma = parse("70,5").unwrap_err();
        let point = "70.5".into();
        let text = "70,5".into();
        assert_eq!(comma, ValueError::DecimalComma { text, point });
        assert!(comma.to_string().contains("decimal comma: 70.5"), "{comma}");
        let wide = checked(FaceBox::new(0.0, 0.0, -3.0, 2.0));
        assert_eq!(wide, Err(ValueError::BoxSize(-3.0, 2.0)));
    }

    #[test]
    fn what_is_no_number_is_shown_in_part() {
        for bad in ["", "ten", "NaN", "inf", "1e60"] {
            assert!(read(bad, FROM_ZERO).is_err(), "{bad}");
        }
        assert!(
            read(&"x".repeat(1000), FROM_ZERO)
                .unwrap_err()
                .to_string()
                .len()
                < 100
        );
    }
}
