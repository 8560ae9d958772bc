//! Every reader against files that were damaged at random: none may panic, and reading a small
//! file may not take much memory, whatever numbers or nesting it has.
//!
//! ```text
//! cargo bench --bench mutate -- [CASES [SEED]]
//! ```

// What goes wrong ends a bench.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cases;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use rand::SeedableRng;
use rand::rngs::StdRng;
use smn_studio::label::Schema;

use cases::{damaged, readers};

/// More than any file of these sizes has a right to.
const LIMIT_BYTES: usize = 64 << 20;

/// The system's allocator, which counts.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static MEMORY: Counting = Counting;

fn more(bytes: usize) {
    let now = NOW.fetch_add(bytes, Ordering::Relaxed) + bytes;
    MOST.fetch_max(now, Ordering::Relaxed);
}

// SAFETY: all is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        // SAFETY: as the caller vouches.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        // SAFETY: as the caller vouches.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller vouches.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        more(size);
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller vouches.
        unsafe { System.realloc(block, layout, size) }
    }
}

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let cases = numbers.first().copied().unwrap_or(110_000);
    let seed = numbers.get(1).copied().unwrap_or(1);
    let schema = Schema::face();
    let readers = readers();
    let each = cases.div_ceil(readers.len() as u64);
    let start = Instant::now();
    let (mut all, mut bad) = (0, 0);
    std::panic::set_hook(Box::new(|_| ()));
    for (r, reader) in readers.iter().enumerate() {
        let root = tempfile::tempdir().unwrap();
        reader.prepare(root.path());
        let mut random = StdRng::seed_from_u64(seed + r as u64);
        let (mut read, mut refused, mut most) = (0_u64, 0_u64, 0);
        let open = |bytes: &[u8]| {
            let before = NOW.load(Ordering::Relaxed);
            MOST.store(before, Ordering::Relaxed);
            let result = reader.has_faces(root.path(), bytes, &schema);
            (result, MOST.load(Ordering::Relaxed).saturating_sub(before))
        };
        let (sound, _) = open(reader.sound.as_bytes());
        assert!(
            sound.unwrap_or(false),
            "{}: the sound file is not read",
            reader.name
        );
        for case in 0..each {
            let bytes = damaged(&reader.sound, &mut random);
            let (result, took) = open(&bytes);
            most = most.max(took);
            match result {
                Some(true) => read += 1,
                Some(false) => refused += 1,
                None => {
                    bad += 1;
                    println!("{}: case {case} of seed {seed} panics", reader.name);
                }
            }
            if took > LIMIT_BYTES {
                bad += 1;
                println!("{}: case {case} takes {} MB", reader.name, took >> 20);
            }
            all += 1;
        }
        println!(
            "{:18} {each} cases: faces in {read}, none in {refused}; at most {:.1} MB",
            reader.name,
            most as f64 / (1 << 20) as f64
        );
    }
    println!(
        "{all} cases, {bad} bad, in {:.0} s",
        start.elapsed().as_secs_f64()
    );
    std::process::exit(i32::from(bad > 0));
}
