//! How fast CelebA's 202,599 rows are listed and in how much memory, and how many pictures a
//! second the loader gives, beside PyTorch's DataLoader on the same pictures.
//!
//! ```text
//! cargo bench --bench data                    all of it
//! cargo bench --bench data -- list [ROWS]     the listing
//! cargo bench --bench data -- load [THREADS]  the loader
//! ```
//! `SMN_PYTHON` names a Python with torch and Pillow to compare with, `SMN_FACES` a `faces.csv` in
//! place of drawn pictures. CPU seconds are printed beside the clock's: they hold on a busy machine
//! too.

// What goes wrong ends a bench.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use image::{Rgb, RgbImage};
use rayon::prelude::*;
use smn_studio::batch::{Augmentation, Loader, LoaderConfig, Preprocessing};
use smn_studio::dataset;
use smn_studio::label::Schema;

const ROWS: usize = 202_599;
const BATCH: usize = 32;

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let number = words.iter().find_map(|w| w.parse::<usize>().ok());
    let asked = |name: &str| words.iter().any(|w| w == name);
    let all = !asked("list") && !asked("load");
    if all || asked("list") {
        list(number.filter(|_| !all).unwrap_or(ROWS));
    }
    if all || asked("load") {
        load(number.filter(|_| !all).unwrap_or(2));
    }
}

/// CPU seconds of this process: its own and the kernel's for it.
fn cpu_s() -> (f64, f64) {
    const TICKS_PER_S: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the program's name, which may have spaces.
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or("")
        .split_whitespace()
        .collect();
    let field = |n: usize| fields.get(n).and_then(|f| f.parse().ok()).unwrap_or(0.0) / TICKS_PER_S;
    (field(11), field(12))
}

/// Megabytes of this process as the kernel counts them.
fn memory_mb(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    let kb = line.and_then(|l| l.split_whitespace().nth(1)?.parse::<f64>().ok());
    kb.unwrap_or(0.0) / 1024.0
}

fn list(rows: usize) {
    let root = tempfile::tempdir().unwrap();
    celeba(root.path(), rows);
    println!("CelebA's layout, {rows} rows of attributes, landmarks, identities and partition");
    println!("  before: {:.0} MB resident", memory_mb("VmRSS"));
    for run in 1..=5 {
        let (before, start) = (cpu_s(), Instant::now());
        let set = dataset::open(root.path(), &Schema::face()).unwrap();
        let (wall, after) = (start.elapsed().as_secs_f64(), cpu_s());
        assert_eq!((set.samples.len(), set.problems.len()), (rows, 0));
        println!(
            "  run {run}: {wall:.2} s, CPU {:.2} s user {:.2} s system; {:.0} MB resident, at most {:.0} MB",
            after.0 - before.0,
            after.1 - before.1,
            memory_mb("VmRSS"),
            memory_mb("VmHWM"),
        );
    }
}

/// A folder like the aligned CelebA, with empty files for pictures.
fn celeba(root: &Path, rows: usize) {
    let folder = |name: &str| {
        let folder = root.join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    };
    let (pictures, anno, eval) = (
        folder("Img/img_align_celeba"),
        folder("Anno"),
        folder("Eval"),
    );
    (1..=rows).into_par_iter().for_each(|i| {
        fs::File::create(pictures.join(format!("{i:06}.jpg"))).unwrap();
    });
    let schema = Schema::face();
    let names: Vec<&str> = schema.tasks[1].items().collect();
    let mut attributes = format!("{rows}\n{} \n", names.join(" "));
    let mut landmarks = format!(
        "{rows}\nlefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y \
         rightmouth_x rightmouth_y \n"
    );
    let (mut identities, mut partition) = (String::new(), String::new());
    for i in 1..=rows {
        let _ = write!(attributes, "{i:06}.jpg");
        for a in 0..names.len() {
            attributes += if (i * (a + 3)) % 7 == 0 { "  1" } else { " -1" };
        }
        attributes.push('\n');
        let d = i % 9;
        let _ = writeln!(
            landmarks,
            "{i:06}.jpg {}  {}  {}  {}   {}  {}   {}  {}  {}  {}",
            65 + d,
            108 + d,
            105 + d,
            109 + d,
            80 + d,
            132 + d,
            70 + d,
            148 + d,
            101 + d,
            149 + d
        );
        let _ = writeln!(identities, "{i:06}.jpg {}", (i * 7919) % 10_177 + 1);
        let _ = writeln!(
            partition,
            "{i:06}.jpg {}",
            [0, 0, 0, 0, 0, 0, 0, 0, 1, 2][i % 10]
        );
    }
    fs::write(anno.join("list_attr_celeba.txt"), attributes).unwrap();
    fs::write(anno.join("list_landmarks_align_celeba.txt"), landmarks).unwrap();
    fs::write(anno.join("identity_CelebA.txt"), identities).unwrap();
    fs::write(eval.join("list_eval_partition.txt"), partition).unwrap();
}

fn load(threads: usize) {
    const PICTURES: usize = 6400;
    let root = tempfile::tempdir().unwrap();
    let table = match std::env::var_os("SMN_FACES") {
        Some(path) => PathBuf::from(path),
        None => drawn(root.path(), 1000),
    };
    let schema = Schema::face();
    let set = dataset::open(&table, &schema).unwrap();
    println!(
        "{} faces, {threads} threads, batches of {BATCH}, nothing kept in memory",
        set.samples.len()
    );
    let plan = LoaderConfig {
        schema,
        preprocessing: Preprocessing::default(),
        augmentation: Augmentation::default(),
        batch: BATCH,
        seed: 1,
        threads,
        cache_bytes: 0,
    };
    let loader = Arc::new(Loader::new(set.samples, plan));
    let measure = || {
        let (before, start) = (cpu_s(), Instant::now());
        let steps = (PICTURES / BATCH) as u64;
        let seen: usize = loader.stream(0..steps).map(|batch| batch.len).sum();
        let (wall, after) = (start.elapsed().as_secs_f64(), cpu_s());
        (seen as f64 / wall, seen as f64 / (after.0 - before.0))
    };
    measure();
    let mut ours: Vec<(f64, f64)> = (0..3).map(|_| measure()).collect();
    ours.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (wall, cpu) = ours[1];
    println!("  ours     {wall:8.0} pictures/s, {cpu:8.0} a CPU second");
    let Ok(python) = std::env::var("SMN_PYTHON") else {
        println!("  no PyTorch: set SMN_PYTHON to compare");
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/loader.py");
    let arguments = [threads, BATCH, PICTURES].map(|n| n.to_string());
    let output = Command::new(python)
        .arg(script)
        .arg(&table)
        .args(arguments)
        .output();
    let said = output.map(|o| {
        String::from_utf8_lossy(&o.stdout).into_owned() + &String::from_utf8_lossy(&o.stderr)
    });
    let said = said.unwrap_or_else(|e| e.to_string());
    let theirs = said
        .split_once("pictures_per_second")
        .and_then(|(_, rest)| rest.split_whitespace().next()?.parse::<f64>().ok());
    match theirs {
        Some(theirs) => println!(
            "  PyTorch  {theirs:8.0} pictures/s; ours / PyTorch {:.2}",
            wall / theirs
        ),
        None => println!("  PyTorch failed: {said}"),
    }
}

/// Pictures of CelebA's size, JPEG as there, with boxes.
fn drawn(root: &Path, count: usize) -> PathBuf {
    let names: Vec<String> = (0..count).map(|i| format!("{i:04}.jpg")).collect();
    (0_u32..).zip(&names).par_bridge().for_each(|(i, name)| {
        let picture = RgbImage::from_fn(178, 218, |x, y| {
            let noise = (x * 7919 + y * 104_729 + i * 31).wrapping_mul(2_654_435_761) >> 28;
            Rgb([
                (x + noise) as u8,
                (y / 2 + noise + i % 50) as u8,
                (x / 2 + y / 2) as u8,
            ])
        });
        picture.save(root.join(name)).unwrap();
    });
    let rows = names.iter().map(|name| format!("{name},8,33,162,162\n"));
    let path = root.join("faces.csv");
    fs::write(
        &path,
        format!("image,x,y,w,h\n{}", rows.collect::<String>()),
    )
    .unwrap();
    path
}
