//! The font that every reader of PDF has: which letters, and how wide they are.

/// The text in WinAnsiEncoding, with the nearest of a few signs; `None` if the font lacks a letter.
pub(super) fn codes(text: &str) -> Option<Vec<u8>> {
    text.chars().map(code).collect()
}

fn code(c: char) -> Option<u8> {
    Some(match c {
        ' '..='~' | '\u{a0}'..='ÿ' => c as u32 as u8,
        '…' => 0x85,
        '•' => 0x95,
        '–' | '−' => 0x96,
        '—' => 0x97,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        _ => return None,
    })
}

/// Helvetica's advance widths for codes 32 to 126, in thousandths (Adobe's font metrics).
const ADVANCES: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// The width of a text over the font's size.
pub(super) fn width(codes: &[u8]) -> f32 {
    let advance = |code: &u8| {
        let at = usize::from(*code).checked_sub(32);
        let thousandths = match code {
            0x85 | 0x97 => 1000,
            b'\xd7' | b'\xb1' => 584,
            b'\xb7' => 278,
            _ => at.and_then(|i| ADVANCES.get(i)).copied().unwrap_or(556),
        };
        f32::from(thousandths) / 1000.0
    };
    codes.iter().map(advance).sum()
}
