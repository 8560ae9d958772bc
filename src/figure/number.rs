//! Numbers in figures.

/// A value in three digits.
pub fn short(v: f32) -> String {
    let text = match v.abs() {
        0.0 => return "0".into(),
        a if !(1e-3..1e4).contains(&a) => format!("{v:.1e}"),
        a if a >= 100.0 => format!("{v:.0}"),
        a if a >= 10.0 => format!("{v:.1}"),
        a if a >= 1.0 => format!("{v:.2}"),
        _ => format!("{v:.3}"),
    };
    text.replace('-', "−")
}

/// "0 to 4.21": the values from the lowest to the highest, as windows and figures both say them.
pub fn span(low: f32, high: f32) -> String {
    format!("{} to {}", short(low), short(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_short() {
        let said = [0.0, 1234.5, 12.34, -1.236, 0.0123, 1e-9].map(short);
        assert_eq!(said, ["0", "1234", "12.3", "−1.24", "0.012", "1.0e−9"]);
    }
}
