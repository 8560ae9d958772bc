//! Every reader against a few hundred files that were damaged at random; `benches/mutate` has tens
//! of thousands, and counts their memory.

#[path = "../../benches/mutate/cases.rs"]
mod cases;

use rand::SeedableRng;
use rand::rngs::StdRng;
use smn_studio::label::Schema;

use cases::{damaged, readers};

/// Of each reader. The bench's first ones, as it begins with the same seeds.
const CASES: usize = 300;
const SEED: u64 = 1;

#[test]
fn damaged_files_are_read_or_refused() {
    let schema = Schema::face();
    let mut bad = Vec::new();
    for (seed, reader) in (SEED..).zip(readers()) {
        let root = tempfile::tempdir().unwrap();
        reader.prepare(root.path());
        let read = |bytes: &[u8]| reader.has_faces(root.path(), bytes, &schema);
        assert_eq!(read(reader.sound.as_bytes()), Some(true), "{}", reader.name);
        let mut random = StdRng::seed_from_u64(seed);
        let mut counts = [0; 2];
        for case in 0..CASES {
            match read(&damaged(&reader.sound, &mut random)) {
                Some(faces) => counts[usize::from(faces)] += 1,
                None => bad.push(format!("{}: case {case} panics", reader.name)),
            }
        }
        println!("{}: without faces, with faces: {counts:?}", reader.name);
        // Damage that no reader notices, or that leaves nothing to read, would test nothing.
        assert!(counts[1] > CASES / 10, "{}: {counts:?}", reader.name);
    }
    assert!(bad.is_empty(), "{bad:#?}");
}
