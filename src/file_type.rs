//! What a file is, by its first bytes and only then by its name: endings lie, and a person who
//! opened the wrong file wants to hear what it is rather than that it is not something else.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes that are looked at.
const HEAD: u64 = 4096;

/// The words for the two kinds of weights that are read.
pub const SAFETENSORS: &str = "weights in safetensors";
pub const PYTORCH: &str = "a PyTorch file";

/// What a file may be good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileCategory {
    /// Begins as a picture that this program reads.
    Picture,
    /// A picture or film in a form that is not read.
    OtherPicture,
    Json,
    /// XML, YAML and other files in which tools keep labels or arrays.
    Labels,
    Weights,
    Archive,
    /// Text: tables, lists, and what only its reader knows.
    Text,
    /// Bytes that say nothing.
    Unknown,
    /// Nothing that anybody would take for labels or pictures.
    Other,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileType {
    pub category: FileCategory,
    /// "a PNG picture", "an XML file of CVAT's".
    pub description: &'static str,
}

/// Reads the first bytes of a file and says what it is.
pub fn of_file(path: &Path) -> io::Result<FileType> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(of(&head, path))
}

/// What a file with these first bytes is; its name decides where they say nothing.
pub fn of(head: &[u8], path: &Path) -> FileType {
    let found = |(category, description)| FileType {
        category,
        description,
    };
    if head.is_empty() {
        return found((FileCategory::Other, "an empty file"));
    }
    if let Some(known) = by_magic(head) {
        return found(known);
    }
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let ending = ending.to_ascii_lowercase();
    match text(head) {
        Some(text) => found(by_text(&text, &ending)),
        None => found(by_ending(&ending)),
    }
}

fn by_magic(head: &[u8]) -> Option<(FileCategory, &'static str)> {
    use FileCategory::{Archive, Labels, Other, OtherPicture, Picture, Weights};
    let at = |from: usize, magic: &[u8]| head.get(from..).is_some_and(|h| h.starts_with(magic));
    let starts = |magic: &[u8]| at(0, magic);
    let length = head.first_chunk::<8>().map(|b| u64::from_le_bytes(*b));
    const LONGEST_HEADER: u64 = 100_000_000;
    Some(match () {
        () if starts(b"\x89PNG\r\n\x1a\n") => (Picture, "a PNG picture"),
        () if starts(b"\xff\xd8\xff") => (Picture, "a JPEG picture"),
        () if starts(b"GIF8") => (Picture, "a GIF picture"),
        () if starts(b"RIFF") && at(8, b"WEBP") => (Picture, "a WebP picture"),
        () if at(8, b"CR\x02\0") => (OtherPicture, "a camera's raw picture"),
        () if starts(b"II*\0") || starts(b"MM\0*") => (Picture, "a TIFF picture"),
        () if starts(b"BM") && at(6, &[0; 4]) => (Picture, "a BMP picture"),
        () if at(4, b"ftyp") => (OtherPicture, media(head)),
        () if starts(b"\xff\x0a") || at(4, b"JXL \r\n") => (OtherPicture, "a JPEG XL picture"),
        () if at(4, b"jP  \r\n") => (OtherPicture, "a JPEG 2000 picture"),
        () if starts(b"8BPS") => (OtherPicture, "a Photoshop picture"),
        () if starts(b"RIFF") || starts(b"\x1aE\xdf\xa3") => (OtherPicture, "a film or sound"),
        () if starts(b"\x93NUMPY") => (Labels, "a NumPy array"),
        () if starts(b"\x89HDF") => (Labels, "an HDF5 file"),
        () if starts(b"MATLAB") => (Labels, "a MATLAB file"),
        () if starts(b"PAR1") => (Labels, "a Parquet table"),
        () if starts(b"SQLite format 3") => (Labels, "an SQLite database"),
        () if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") => zipped(head),
        () if starts(b"\x1f\x8b") => (Archive, "a gzip archive"),
        () if starts(b"7z\xbc\xaf\x27\x1c") => (Archive, "a 7z archive"),
        () if starts(b"Rar!") => (Archive, "a RAR archive"),
        () if starts(b"BZh") => (Archive, "a bzip2 archive"),
        () if starts(b"\xfd7zXZ") => (Archive, "an xz archive"),
        () if starts(b"\x28\xb5\x2f\xfd") => (Archive, "a Zstandard archive"),
        () if at(257, b"ustar") => (Archive, "a tar archive"),
        () if starts(b"%PDF") => (Other, "a PDF document"),
        () if starts(b"GGUF") => (Weights, "weights in GGUF"),
        () if at(4, b"TFL3") => (Weights, "a TensorFlow Lite network"),
        () if head.get(8) == Some(&b'{') && length.is_some_and(|n| n < LONGEST_HEADER) => {
            (Weights, SAFETENSORS)
        }
        // The version of the form, then who wrote it.
        () if matches!(head, [8, 1..=32, 18, 1..=64, ..]) => (Weights, "an ONNX network"),
        // torch.save's magic number, or a pickle by itself.
        () if head.windows(10).take(64).any(|w| w == TORCH) => (Weights, PYTORCH),
        () if matches!(head, [0x80, 2..=5, ..]) => (Labels, "a Python pickle"),
        () => return None,
    })
}

const TORCH: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/// What a ZIP archive is by the first file in it.
fn zipped(head: &[u8]) -> (FileCategory, &'static str) {
    let length = head
        .get(26..28)
        .map_or(0, |b| u16::from_le_bytes([b[0], b[1]]));
    let name = head.get(30..30 + usize::from(length)).unwrap_or(&[]);
    let ends = |with: &[u8]| name.ends_with(with);
    match () {
        () if ends(b"/data.pkl") || ends(b"/version") || ends(b"/byteorder") => {
            (FileCategory::Weights, PYTORCH)
        }
        () if ends(b".npy") => (FileCategory::Labels, "NumPy arrays"),
        () if ends(b"[Content_Types].xml") => (FileCategory::Labels, "an Office document"),
        () => (FileCategory::Archive, "a ZIP archive"),
    }
}

/// An ISO base media file by its brands: a general one, and among the compatible ones which it is.
fn media(head: &[u8]) -> &'static str {
    match heif(head) {
        Some("AVIF") => "an AVIF picture",
        Some(_) => "a HEIC picture",
        None if head.get(8..11) == Some(b"crx") => "a camera's raw picture",
        None => "a film",
    }
}

/// Names a HEIC or AVIF picture by its brands.
pub fn heif(head: &[u8]) -> Option<&'static str> {
    let size = u32::from_be_bytes(*head.first_chunk()?) as usize;
    let file_type = head.get(4..size.clamp(4, 512).min(head.len()))?;
    let brands = file_type.strip_prefix(b"ftyp")?;
    let has = |names: &[&[u8; 4]]| brands.chunks(4).any(|b| names.iter().any(|n| b == *n));
    if has(&[b"avif", b"avis"]) {
        return Some("AVIF");
    }
    has(&[
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1",
    ])
    .then_some("HEIC")
}

/// The bytes as text, if that is what they are.
fn text(head: &[u8]) -> Option<String> {
    let wide = |from: fn([u8; 2]) -> u16| {
        let units = head[2..]
            .chunks_exact(2)
            .map(|pair| from([pair[0], pair[1]]));
        char::decode_utf16(units)
            .map(|c| c.unwrap_or(' '))
            .collect()
    };
    match head {
        [0xff, 0xfe, ..] => return Some(wide(u16::from_le_bytes)),
        [0xfe, 0xff, ..] => return Some(wide(u16::from_be_bytes)),
        _ => {}
    }
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // Cut within a letter.
        Err(e) if e.error_len().is_none() => std::str::from_utf8(&head[..e.valid_up_to()]).ok()?,
        // A table of a spreadsheet's, in one of Windows' encodings.
        Err(_) => {
            let written = |b: &u8| *b >= b' ' || b"\n\r\t\x0c".contains(b);
            let all = || head.iter().map(|b| char::from(*b)).collect();
            return head.iter().all(written).then(all);
        }
    };
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\x0c');
    let text = text.trim_start_matches('\u{feff}');
    text.chars().all(plain).then(|| text.to_owned())
}

fn by_text(text: &str, ending: &str) -> (FileCategory, &'static str) {
    use FileCategory::{Json, Labels, Other, Text};
    let text = text.trim_start();
    let lower = text.to_ascii_lowercase();
    let first = lower
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("");
    match () {
        () if is_json(text) => (Json, "a JSON file"),
        () if lower.starts_with("<!doctype html") || lower.starts_with("<html") => {
            (Other, "a web page (HTML)")
        }
        () if text.starts_with('<') => (Labels, markup(&lower)),
        () if first.starts_with("version https://git-lfs") => (
            Labels,
            "a pointer of Git LFS in place of the file (`git lfs pull` fetches it)",
        ),
        () if first.starts_with("%yaml") || matches!(ending, "yaml" | "yml") => {
            (Labels, "a YAML file")
        }
        () if yolo(text) => (Text, "a text file of YOLO's"),
        () if first.starts_with("version") && lower.contains("n_points") => {
            (Text, "300-W's points (.pts)")
        }
        () if matches!(
            ending,
            "py" | "md" | "sh" | "ipynb" | "log" | "ini" | "toml"
        ) =>
        {
            (Other, "a text file")
        }
        () => (Text, "a text file"),
    }
}

/// A brace or bracket and then what JSON can have there.
fn is_json(text: &str) -> bool {
    let mut chars = text.chars().filter(|c| !c.is_whitespace());
    match (chars.next(), chars.next()) {
        (Some('{'), next) => matches!(next, Some('"' | '}') | None),
        (Some('['), next) => match next {
            Some('{' | '[' | '"' | ']' | '-' | '0'..='9') | None => true,
            Some(_) => ["true", "false", "null", "NaN"]
                .iter()
                .any(|word| text[1..].trim_start().starts_with(word)),
        },
        _ => false,
    }
}

fn markup(lower: &str) -> &'static str {
    let has = |part: &str| lower.contains(part);
    match () {
        () if has("<svg") => "an SVG picture",
        () if has("<annotations") => "an XML file of CVAT's",
        () if has("<annotation") && has("<object>") || has("<folder>") => {
            "an XML file of Pascal VOC's"
        }
        () if has("<dataset>") && has("<images>") => "an XML file of dlib's",
        () if has("<opencv_storage>") => "an XML file of OpenCV's",
        () => "an XML file",
    }
}

/// Lines of a class and numbers from 0 to 1.
fn yolo(text: &str) -> bool {
    let Some(line) = text.lines().next() else {
        return false;
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    let share = |w: &&str| w.parse::<f64>().is_ok_and(|v| (0.0..=2.0).contains(&v));
    words.len() >= 5
        && words[0].parse::<u32>().is_ok()
        && words[1..5].iter().all(share)
        && words[1..5].iter().any(|w| w.contains('.'))
}

/// What bytes are that say nothing, by the name that they were given.
fn by_ending(ending: &str) -> (FileCategory, &'static str) {
    use FileCategory::{Labels, OtherPicture, Unknown, Weights};
    match ending {
        "pt" | "pth" | "ckpt" | "bin" => (Weights, "a file of unknown bytes named as weights"),
        "onnx" => (Weights, "an ONNX network"),
        "pb" | "tflite" | "caffemodel" | "h5" | "keras" => (Weights, "weights of another program"),
        "mat" => (Labels, "a MATLAB file"),
        "pkl" | "pickle" => (Labels, "a Python pickle"),
        "tfrecord" | "tfrecords" => (Labels, "a TFRecord file"),
        "cr2" | "cr3" | "nef" | "arw" | "dng" | "raf" | "orf" | "rw2" => {
            (OtherPicture, "a camera's raw picture")
        }
        _ => (Unknown, "a file of unknown bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_what_is_in_them_whatever_they_are_called() {
        let zip = |name: &str| {
            let mut bytes = b"PK\x03\x04".to_vec();
            bytes.resize(26, 0);
            bytes.extend((name.len() as u16).to_le_bytes());
            bytes.extend([0, 0]);
            bytes.extend(name.as_bytes());
            bytes
        };
        let utf16: Vec<u8> = "\u{feff}{\"a\": 1}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let cases: &[(&str, &[u8], FileCategory, &str)] = &[
            ("x.png", b"", FileCategory::Other, "empty"),
            (
                "x.png",
                b"<?xml version='1.0'?>\n<annotations>",
                FileCategory::Labels,
                "CVAT",
            ),
            (
                "x",
                b"<annotation><folder>f</folder>",
                FileCategory::Labels,
                "Pascal VOC",
            ),
            (
                "x.jpg",
                b"<!DOCTYPE html><html>404",
                FileCategory::Other,
                "HTML",
            ),
            (
                "x.jpg",
                b"\x89PNG\r\n\x1a\n\0\0",
                FileCategory::Picture,
                "PNG",
            ),
            (
                "x.txt",
                b"\xef\xbb\xbf {\"a\": 1}",
                FileCategory::Json,
                "JSON",
            ),
            ("x.json", &utf16, FileCategory::Json, "JSON"),
            ("x.json", b"[NaN, 1]", FileCategory::Json, "JSON"),
            ("x.txt", b"[train]\nlr = 1", FileCategory::Text, "text"),
            (
                "x.jpg",
                b"\0\0\0\x18ftypheic\0\0\0\0mif1",
                FileCategory::OtherPicture,
                "HEIC",
            ),
            (
                "x.jpg",
                b"\0\0\0\x18ftypmif1\0\0\0\0avif",
                FileCategory::OtherPicture,
                "AVIF",
            ),
            (
                "x.mp4",
                b"\0\0\0\x18ftypisom\0\0\0\0mp42",
                FileCategory::OtherPicture,
                "film",
            ),
            (
                "x.csv",
                &zip("archive/data.pkl"),
                FileCategory::Weights,
                "PyTorch",
            ),
            ("x.zip", &zip("images/a.png"), FileCategory::Archive, "ZIP"),
            (
                "x.bin",
                b"\x02\0\0\0\0\0\0\0{}",
                FileCategory::Weights,
                "safetensors",
            ),
            (
                "x.dat",
                b"\x08\x07\x12\x07pytorch",
                FileCategory::Weights,
                "ONNX",
            ),
            (
                "x.pth",
                b"\x01\x02\x03\xff",
                FileCategory::Weights,
                "named as weights",
            ),
            (
                "data.yaml",
                b"train: a\nval: b\n",
                FileCategory::Labels,
                "YAML",
            ),
            (
                "a.txt",
                b"0 0.5 0.5 0.1 0.2 0.3\n",
                FileCategory::Text,
                "YOLO",
            ),
            ("a.txt", b"a b c\n", FileCategory::Text, "text"),
            ("a.txt", b"caf\xc3", FileCategory::Text, "text"),
            (
                "a.txt",
                b"version https://git-lfs.github.com/spec/v1",
                FileCategory::Labels,
                "LFS",
            ),
            ("a.pkl", b"\x80\x04\x95\0", FileCategory::Labels, "pickle"),
        ];
        for (name, head, category, text) in cases {
            let kind = of(head, Path::new(name));
            assert_eq!(kind.category, *category, "{name}: {kind:?}");
            assert!(kind.description.contains(text), "{name}: {kind:?}");
        }
    }
}
