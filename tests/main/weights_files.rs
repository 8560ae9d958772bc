//! Files of weights that cannot be taken.

use std::fs;

use crate::cli::{fails, golden, photo, text};

/// A safetensors file with another header.
fn with_header(bytes: &[u8], change: impl Fn(String) -> String) -> Vec<u8> {
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header = change(text(&bytes[8..8 + length]));
    let mut changed = (header.len() as u64).to_le_bytes().to_vec();
    changed.extend(header.as_bytes());
    changed.extend(&bytes[8 + length..]);
    changed
}

#[test]
fn bad_weights_are_named() {
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    let good = fs::read(golden("baseline_fc")).unwrap();
    let refuse = |name: &str, bytes: &[u8], with: &[&str]| {
        fs::write(folder.path().join(name), bytes).unwrap();
        fails(
            folder.path(),
            &["features", "a.png", "--weights", name, "--out", "f.png"],
            with,
        );
    };
    refuse(
        "cut.safetensors",
        &good[..good.len() / 2],
        &["cut.safetensors"],
    );
    refuse("empty.safetensors", b"", &["empty.safetensors"]);
    // A header that claims more than any memory holds.
    let mut huge = good.clone();
    huge[..8].copy_from_slice(&(1_u64 << 60).to_le_bytes());
    refuse("huge.safetensors", &huge, &["huge.safetensors"]);
    // A configuration that claims a network of many gigabytes.
    let wide = with_header(&good, |h| {
        h.replace(r#"\"width\": 2"#, r#"\"width\": 200000"#)
    });
    refuse(
        "wide.safetensors",
        &wide,
        &["wide.safetensors", "width 200000"],
    );
    // A configuration that is not that of the tensors.
    let lying = with_header(&good, |h| h.replace(r#"\"width\": 2"#, r#"\"width\": 3"#));
    refuse(
        "lying.safetensors",
        &lying,
        &["lying.safetensors", "shared.conv1_1.weight", "shape"],
    );
    let renamed = with_header(&good, |h| {
        h.replace("shared.conv2_1.bias", "shared.conv2_9.bias")
    });
    refuse(
        "renamed.safetensors",
        &renamed,
        &["shared.conv2_1.bias", "missing"],
    );
    let mut nan = good.clone();
    let end = nan.len();
    nan[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    refuse("nan.safetensors", &nan, &["nan.safetensors", "not finite"]);
}

#[test]
fn a_hostile_pickle_is_parsed_and_not_run() {
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    fs::write(folder.path().join("faces.csv"), "image,Smiling\na.png,1\n").unwrap();
    // cos\nsystem\n(S'touch harmed'\ntR. — what Python's pickle would run.
    let pickles: [(&str, &[u8]); 3] = [
        ("hostile.pth", b"cos\nsystem\n(S'touch harmed'\ntR."),
        (
            "noise.pth",
            &[
                0x80, 2, 0xff, 0xff, 0xff, 0x7f, b'X', 0xff, 0xff, 0xff, 0x7f,
            ],
        ),
        ("empty.pth", b""),
    ];
    for (name, bytes) in pickles {
        fs::write(folder.path().join(name), bytes).unwrap();
        let out = format!("run-{name}");
        let arguments = [
            "train",
            "faces.csv",
            "--out",
            &out,
            "--vgg16",
            name,
            "--width",
            "64",
            "--fc",
            "8",
            "--epochs1",
            "1",
            "--epochs2",
            "1",
        ];
        fails(folder.path(), &arguments, &[name]);
        assert!(!folder.path().join(&out).exists(), "{name}");
    }
    assert!(!folder.path().join("harmed").exists());
}
