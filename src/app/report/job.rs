//! Measuring away from the window's thread: the figures first, which take a moment, then their
//! intervals, which take longer. What a newer question supersedes ends at its next step.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::{Duration, Instant};

use crate::app::report::measuring::{Question, Results, measure};
use crate::background::{Wake, catch_panic};

/// What has come of a question.
pub enum JobUpdate {
    Done(Arc<Results>),
    Failed(String),
}

/// A question that is being answered. Dropped, it ends at its next step.
pub struct Job {
    shared: Arc<Shared>,
    updates: Receiver<JobUpdate>,
    began: Instant,
}

#[derive(Default)]
struct Shared {
    ended: AtomicBool,
    /// Of the intervals.
    done: AtomicU64,
    of: AtomicU64,
}

impl Drop for Job {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
    }
}

impl Job {
    /// Starts; `wake` is called whenever there is news.
    pub fn start(question: Question, intervals: bool, wake: Wake) -> Self {
        let (sender, updates) = channel();
        let shared = Arc::<Shared>::default();
        let own = shared.clone();
        let failed = sender.clone();
        let wake_done = wake.clone();
        // A pool of its own: in the common one, lists would wait to be filtered until the last
        // resample is drawn.
        let started = std::thread::Builder::new()
            .name("report".into())
            .spawn(move || {
                if let Err(why) =
                    in_pool(|| answer(&question, intervals, &own, &sender, &wake_done))
                {
                    // Nobody listens any more where this fails.
                    let _ = sender.send(JobUpdate::Failed(why));
                }
                wake_done();
            });
        if let Err(why) = started {
            let _ = failed.send(JobUpdate::Failed(why.to_string()));
            wake();
        }
        Self {
            shared,
            updates,
            began: Instant::now(),
        }
    }

    /// What has come since, and whether more will.
    pub fn poll(&self) -> (Option<JobUpdate>, bool) {
        match self.updates.try_recv() {
            Ok(update) => (Some(update), true),
            Err(TryRecvError::Empty) => (None, true),
            Err(TryRecvError::Disconnected) => (None, false),
        }
    }

    /// How much of the intervals is done, 0 to 1, and how long the rest will take, as far as that
    /// can be known.
    pub fn progress(&self) -> (f32, Option<Duration>) {
        let (done, of) = (&self.shared.done, &self.shared.of);
        let of = of.load(Ordering::Relaxed).max(1);
        let part = done.load(Ordering::Relaxed) as f32 / of as f32;
        let left = self.began.elapsed().as_secs_f32() * (1.0 - part) / part;
        let known = part > 0.02 && left.is_finite();
        (part, known.then(|| Duration::from_secs_f32(left.max(0.0))))
    }
}

/// Half of the cores, so that the window and the network have the others.
fn in_pool(work: impl FnOnce() + Send) -> Result<(), String> {
    let cores = std::thread::available_parallelism().map_or(2, |n| n.get());
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(cores.div_ceil(2))
        .build()
        .map_err(|e| e.to_string())?;
    catch_panic(|| pool.install(work)).map_err(|e| e.to_string())
}

fn answer(
    question: &Question,
    intervals: bool,
    shared: &Shared,
    sender: &Sender<JobUpdate>,
    wake: &Wake,
) {
    let wanted = || !shared.ended.load(Ordering::Relaxed);
    let Some(made) = measure(question, false, &|_, _| wanted()) else {
        return;
    };
    let resampled = intervals && made.evaluation.is_some();
    // Where nobody listens any more, the next step ends it.
    let _ = sender.send(JobUpdate::Done(Arc::new(made)));
    wake();
    if !resampled {
        return;
    }
    let watch = |done, of| {
        shared.done.store(done, Ordering::Relaxed);
        shared.of.store(of, Ordering::Relaxed);
        wanted()
    };
    if let Some(made) = measure(question, true, &watch) {
        let _ = sender.send(JobUpdate::Done(Arc::new(made)));
        wake();
    }
}
