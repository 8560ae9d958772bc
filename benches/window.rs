//! What the window's thread takes for a frame with a data set as large as CelebA open: `App::ui`
//! and tessellation, at rest, while scrolling, while predictions run, and while labels are mended;
//! and how soon the next photo is shown.
//!
//! ```text
//! cargo bench --bench window -- [FACES] [kept]
//! ```
//! With `kept` the list is predicted whole, and then what a second window takes to have it again.
//! Wall time and, on Linux, the mean time on a core: on a busy machine the second says what a quiet
//! one would show. On Linux also what the process holds in memory, and held at most.

// What goes wrong ends a bench.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use eframe::App;
use eframe::egui::{
    self, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, RawInput, Rect,
    TouchPhase, pos2, vec2,
};
use smn_studio::app::{Command, Start, Studio};
use smn_studio::label::Schema;
use smn_studio::memory::Keeping;

/// As in the program.
#[global_allocator]
static MEMORY: Keeping = Keeping;

/// As many as CelebA has.
const FACES: usize = 202_599;
const SIZE: [f32; 2] = [1440.0, 900.0];
/// Frames follow each other as on a screen of 60 Hz, so that the background has its time.
const PACE: Duration = Duration::from_millis(16);
const LONGEST: Duration = Duration::from_secs(900);
const GALLERY: Pos2 = pos2(120.0, 500.0);

fn main() {
    let faces = std::env::args()
        .find_map(|a| a.parse().ok())
        .unwrap_or(FACES);
    let folder = match data_set(faces) {
        Ok(folder) => folder,
        Err(error) => return eprintln!("the data set cannot be written: {error}"),
    };
    println!("{faces} faces, {} × {} points", SIZE[0], SIZE[1]);
    if std::env::args().any(|a| a == "kept") {
        return kept(folder.path(), faces);
    }
    let mut window = Window::new(folder.path(), None);

    let opened = window.until("opening", |w| w.studio.faces() == faces);
    let predicted = window.until("first prediction", |w| w.studio.predicted_box().is_some());
    println!("opened after {opened:.2?}, first prediction {predicted:.2?} later");
    window.stage("at rest", 300, |_, _| Vec::new());
    window.stage("scrolling", 300, |_, n| {
        wheel(if n < 240 { -300.0 } else { 300.0 })
    });
    window.command(Command::PredictAll);
    window.stage("predicting", 400, |_, _| Vec::new());
    window.command(Command::Report);
    window.stage("predicting, report", 300, |_, _| Vec::new());
    window.command(Command::Photos);
    window.studio.sort_by_error();
    window.stage("predicting, worst first", 400, |_, _| Vec::new());
    window.stage("predicting, scrolling", 300, |_, n| {
        wheel(if n % 2 == 0 { -200.0 } else { 60.0 })
    });
    window.command(Command::StopPredicting);
    next_photos(&mut window);
    review(&mut window);
}

/// Labels mended by keys: an attribute turned, a point moved, a face approved.
fn review(window: &mut Window) {
    window.command(Command::Review);
    let opened = window.until("opening the review", |w| w.studio.has_journal());
    println!("review opened after {opened:.2?}");
    window.stage("reviewing, at rest", 100, |_, _| Vec::new());
    window.frame(key(Key::Q));
    window.stage("attribute turned", 200, |_, _| key(Key::F));
    window.frame(key(Key::Escape));
    window.frame(key(Key::Num1));
    let sides = [Key::ArrowRight, Key::ArrowLeft];
    window.stage("point moved", 200, |_, n| key(sides[n % 2]));
    window.frame(key(Key::Escape));
    // Half a second a face.
    window.stage("face approved", 1200, |_, n| match n % 30 {
        0 => key(Key::Space),
        _ => Vec::new(),
    });
}

/// How soon a second window has what a first one predicted.
fn kept(folder: &Path, faces: usize) {
    let settings = folder.join("settings");
    let mut first = Window::new(folder, Some(&settings));
    first.until("opening", |w| w.studio.faces() == faces);
    first.until("first prediction", |w| w.studio.predicted_box().is_some());
    first.command(Command::PredictAll);
    let predicted = first.until("predicting", |w| w.studio.faces_predicted() == faces);
    drop(first);
    let file = std::fs::read_dir(settings.join("cache/predictions")).unwrap();
    let bytes: u64 = file.map(|f| f.unwrap().metadata().unwrap().len()).sum();
    let began = Instant::now();
    let mut second = Window::new(folder, Some(&settings));
    second.until("opening again", |w| w.studio.faces() == faces);
    let opened = began.elapsed();
    let mut frames = Vec::new();
    while second.studio.faces_predicted() < faces && began.elapsed() < LONGEST {
        frames.push(second.frame(Vec::new()));
    }
    let all = began.elapsed();
    let [median, p99, most] = quantiles(&mut frames);
    println!(
        "predicted in {predicted:.2?}, {bytes} bytes kept; again: opened after {opened:.2?}, all \
         predictions after {all:.2?}; frames meanwhile {median:.2?}  p99 {p99:.2?}  max {most:.2?}"
    );
}

/// How long it takes from the key to the next photo, which was read ahead.
fn next_photos(window: &mut Window) {
    let mut times = Vec::new();
    for _ in 0..40 {
        // Whoever looks at a photo looks for a moment.
        for _ in 0..30 {
            window.frame(Vec::new());
        }
        let before = window.studio.photo_on_screen();
        let began = Instant::now();
        window.frame(key(Key::ArrowDown));
        while window.studio.photo_on_screen() == before && began.elapsed().as_secs() < 5 {
            window.frame(Vec::new());
        }
        times.push(began.elapsed());
    }
    let [median, p99, most] = quantiles(&mut times);
    println!("next photo              {median:8.2?}  p99 {p99:8.2?}  max {most:8.2?}");
}

struct Window {
    ctx: egui::Context,
    studio: Studio,
    frame: eframe::Frame,
    began: Instant,
}

impl Window {
    fn new(folder: &Path, settings: Option<&Path>) -> Self {
        let ctx = egui::Context::default();
        let start = Start {
            paths: vec![folder.to_owned()],
            settings: settings.map(Path::to_owned),
            ..Start::default()
        };
        let studio = Studio::new(&ctx, None, None, "bench".into(), &start);
        Self {
            ctx,
            studio,
            frame: eframe::Frame::_new_kittest(),
            began: Instant::now(),
        }
    }

    /// One frame, and the rest of its time.
    fn frame(&mut self, events: Vec<Event>) -> Duration {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(SIZE[0], SIZE[1]))),
            max_texture_side: Some(8192),
            time: Some(self.began.elapsed().as_secs_f64()),
            focused: true,
            events,
            ..RawInput::default()
        };
        let began = Instant::now();
        let (studio, frame) = (&mut self.studio, &mut self.frame);
        let output = self.ctx.run_ui(input, |ui| studio.ui(ui, frame));
        let shapes = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        std::hint::black_box(shapes.len());
        let took = began.elapsed();
        std::thread::sleep(PACE.saturating_sub(took));
        took
    }

    fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) -> Duration {
        let began = Instant::now();
        let mut longest = Duration::ZERO;
        while !done(self) {
            longest = longest.max(self.frame(Vec::new()));
            if began.elapsed() > LONGEST {
                println!("{what}: not within {LONGEST:.0?}");
                break;
            }
        }
        println!("{what}: longest frame {longest:.2?}; {}", held());
        began.elapsed()
    }

    fn command(&mut self, command: Command) {
        let ctx = self.ctx.clone();
        self.studio.run(&ctx, command);
    }

    fn stage(&mut self, name: &str, frames: usize, events: impl Fn(&Self, usize) -> Vec<Event>) {
        for _ in 0..5 {
            self.frame(Vec::new());
        }
        let core = on_core();
        let took = (0..frames).map(|n| {
            let events = events(self, n);
            self.frame(events)
        });
        let mut took: Vec<Duration> = took.collect();
        // Whoever sleeps is on no core, so the whole stage can be counted.
        let core = on_core().saturating_sub(core) / frames as u32;
        let [median, p99, most] = quantiles(&mut took);
        println!(
            "{name:24}{median:8.2?}  p99 {p99:8.2?}  max {most:8.2?}   on a core, mean {core:8.2?}   {}",
            held()
        );
    }
}

fn wheel(by: f32) -> Vec<Event> {
    let wheel = Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, by),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    };
    vec![Event::PointerMoved(GALLERY), wheel]
}

fn key(key: Key) -> Vec<Event> {
    let press = |pressed| Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    vec![press(true), press(false)]
}

/// Median, 99th percentile and maximum.
fn quantiles(times: &mut [Duration]) -> [Duration; 3] {
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    [at(50), at(99), at(100)]
}

/// Time that this thread has had on a core; zero where the system does not say.
fn on_core() -> Duration {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = said.split(' ').next().and_then(|n| n.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

/// "holds 120 MB, at most 300"; nothing where the system does not say.
fn held() -> String {
    let said = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let megabytes = |name: &str| {
        let line = said.lines().find_map(|l| l.strip_prefix(name))?;
        let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kilobytes / 1024)
    };
    match (megabytes("VmRSS:"), megabytes("VmHWM:")) {
        (Some(now), Some(most)) => format!("holds {now} MB, at most {most}"),
        _ => String::new(),
    }
}

/// CelebA's layout with one picture under as many names.
fn data_set(faces: usize) -> std::io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    let file = |name: &str| folder.path().join(name);
    let pictures = file("Img/img_align_celeba");
    for part in ["Img/img_align_celeba", "Anno", "Eval"] {
        std::fs::create_dir_all(file(part))?;
    }
    let picture = image::RgbImage::from_fn(178, 218, |x, y| {
        image::Rgb([x as u8, y as u8, (x * y % 251) as u8])
    });
    picture
        .save(file("one.jpg"))
        .map_err(std::io::Error::other)?;
    let schema = Schema::face();
    let names: Vec<&str> = schema.tasks[1].items().collect();
    let points = "69 111 107 111 88 132 71 152 105 152";
    let mut attributes = format!("{faces}\n{}\n", names.join(" "));
    let mut landmarks = format!(
        "{faces}\nlefteye_x lefteye_y righteye_x righteye_y nose_x nose_y \
        leftmouth_x leftmouth_y rightmouth_x rightmouth_y\n"
    );
    let mut partition = String::new();
    for n in 1..=faces {
        let name = format!("{n:06}.jpg");
        link(&file("one.jpg"), &pictures.join(&name))?;
        let values: Vec<&str> = (0..names.len())
            .map(|i| {
                if n.wrapping_mul(i + 7) % 5 < 2 {
                    "1"
                } else {
                    "-1"
                }
            })
            .collect();
        let _ = writeln!(attributes, "{name} {}", values.join(" "));
        let _ = writeln!(landmarks, "{name} {points}");
        let _ = writeln!(partition, "{name} {}", [0, 0, 0, 1, 2][n % 5]);
    }
    std::fs::write(file("Anno/list_attr_celeba.txt"), attributes)?;
    std::fs::write(file("Anno/list_landmarks_align_celeba.txt"), landmarks)?;
    std::fs::write(file("Eval/list_eval_partition.txt"), partition)?;
    Ok(folder)
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::copy(from, to).map(|_| ())
}
