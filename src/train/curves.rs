//! The curves of a run for drawing, read from a growing `metrics.jsonl`: bounded, however long the
//! run is.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use serde_json::Value;

use crate::humanize::thousands;

/// Points of a curve that are kept; a longer one is thinned by means of neighbours.
pub const MOST: usize = 2048;
/// Bytes before the place reached that must not have changed.
const TAIL: usize = 128;

/// A curve of means: each point stands for `stride` values.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    points: Vec<[f64; 2]>,
    /// Of the points, which ones have a gap before them, in their order.
    breaks: Vec<usize>,
    stride: usize,
    /// Sums and number of the values since the last point.
    open: ([f64; 2], usize),
}

impl Default for Series {
    fn default() -> Self {
        Self {
            points: Vec::new(),
            breaks: Vec::new(),
            stride: 1,
            open: ([0.0; 2], 0),
        }
    }
}

impl Series {
    /// Adds a value; what is no number leaves a gap.
    pub fn push(&mut self, x: f64, y: f64) {
        if !y.is_finite() {
            // What is open already ends before the gap, if it stands for one value or for many.
            self.close();
            let next = self.points.len();
            if next > 0 && self.breaks.last() != Some(&next) {
                self.breaks.push(next);
            }
            return;
        }
        self.open.0[0] += x;
        self.open.0[1] += y;
        self.open.1 += 1;
        if self.open.1 < self.stride {
            return;
        }
        self.close();
    }

    /// Makes a point of the values since the last one.
    fn close(&mut self) {
        self.points.extend(self.last());
        self.open = ([0.0; 2], 0);
        if self.points.len() >= MOST {
            let mean = |p: &[[f64; 2]]| [0, 1].map(|i| (p[0][i] + p[1][i]) / 2.0);
            self.points = self.points.chunks_exact(2).map(mean).collect();
            self.breaks.iter_mut().for_each(|b| *b /= 2);
            self.breaks.dedup();
            self.breaks.retain(|b| *b > 0);
            self.stride *= 2;
        }
    }

    /// Which points have a gap before them, in their order.
    pub fn breaks(&self) -> &[usize] {
        &self.breaks
    }

    /// The mean of what no point stands for yet.
    fn last(&self) -> Option<[f64; 2]> {
        let (sums, n) = self.open;
        (n > 0).then(|| sums.map(|s| s / n as f64))
    }

    /// At most [`MOST`] points.
    pub fn points(&self) -> impl Iterator<Item = [f64; 2]> + '_ {
        self.points.iter().copied().chain(self.last())
    }

    /// The points with each y a mean that forgets: `weight` of what was, the rest of what is. Its
    /// start is not drawn to zero.
    pub fn smoothed(&self, weight: f64) -> Vec<[f64; 2]> {
        let (mut mean, mut mass) = (0.0, 0.0);
        let smooth = |[x, y]: [f64; 2]| {
            mean = weight * mean + (1.0 - weight) * y;
            mass = weight * mass + (1.0 - weight);
            [x, mean / mass]
        };
        self.points().map(smooth).collect()
    }

    pub fn newest(&self) -> Option<f64> {
        self.last().or(self.points.last().copied()).map(|p| p[1])
    }
}

/// The curves of one stage, by steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageCurves {
    /// By task.
    pub loss: BTreeMap<String, Series>,
    /// Task and measure, as "landmarks success".
    pub validation: BTreeMap<String, Series>,
    /// By what was chosen by them, a task or the whole stage: the step that was kept last.
    pub kept: BTreeMap<String, f64>,
    pub learning_rate: Series,
    pub images_per_s: Series,
    /// The last step that was logged.
    pub step: u64,
}

impl StageCurves {
    /// Which steps were kept, and what they measured: "landmarks: step 20, NME 5.10 %, success
    /// 93.1 %". What is chosen by all tasks at once has the stage's name.
    pub fn kept_text(&self) -> Vec<String> {
        let text = |(name, step): (&String, &f64)| {
            let of_task = format!("{name} ");
            let own = self.validation.keys().any(|k| k.starts_with(&of_task));
            let measured = self.validation.iter().filter_map(|(key, series)| {
                let named = match own {
                    true => key.strip_prefix(&of_task)?,
                    false => key,
                };
                let at = series.points().find(|p| p[0] == *step)?;
                Some(match named.strip_suffix("nme") {
                    Some(task) => format!("{task}NME {:.2} %", at[1]),
                    None => format!("{named} {:.1} %", at[1]),
                })
            });
            let of = if own { name } else { "all tasks" };
            let step = thousands(step.max(0.0) as usize);
            let all = [format!("step {step}")].into_iter().chain(measured);
            format!("{of}: {}", all.collect::<Vec<_>>().join(", "))
        };
        self.kept.iter().map(text).collect()
    }
}

/// All curves of a run, and how far its file has been read.
#[derive(Clone, Debug, Default)]
pub struct Curves {
    pub stages: BTreeMap<u8, StageCurves>,
    /// Lines that could not be understood.
    pub broken: usize,
    offset: u64,
    /// What stands before `offset`.
    tail: Vec<u8>,
}

impl Curves {
    /// Reads what has been added since the last time; true if there was something. A file that was
    /// cut, because its run was resumed, is read anew.
    pub fn read(&mut self, path: &Path) -> io::Result<bool> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(e) => return Err(e),
        };
        let length = file.metadata()?.len();
        if length == self.offset && self.offset > 0 {
            return Ok(false);
        }
        if length < self.offset || !self.follows(&mut file)? {
            *self = Self::default();
        }
        file.seek(SeekFrom::Start(self.offset))?;
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        let mut any = false;
        loop {
            line.clear();
            reader.read_until(b'\n', &mut line)?;
            if line.last() != Some(&b'\n') {
                // The rest of this line is still to come.
                return Ok(any);
            }
            self.offset += line.len() as u64;
            self.tail.extend_from_slice(&line);
            let excess = self.tail.len().saturating_sub(TAIL);
            self.tail.drain(..excess);
            self.line(&line);
            any = true;
        }
    }

    /// Whether the bytes before the place reached are still those that were read.
    fn follows(&self, file: &mut File) -> io::Result<bool> {
        let mut before = vec![0; self.tail.len()];
        file.seek(SeekFrom::Start(self.offset - before.len() as u64))?;
        file.read_exact(&mut before)?;
        Ok(before == self.tail)
    }

    fn line(&mut self, line: &[u8]) {
        let taken = serde_json::from_slice::<Value>(line)
            .ok()
            .and_then(|value| self.take(&value));
        self.broken += usize::from(taken.is_none());
    }

    fn take(&mut self, line: &Value) -> Option<()> {
        let stage = u8::try_from(line.get("stage")?.as_u64()?).ok()?;
        let step = line.get("step")?.as_f64()?;
        let curves = self.stages.entry(stage).or_default();
        let number = |name: &str| line.get(name).and_then(Value::as_f64);
        match line.get("kind")?.as_str()? {
            "step" => {
                curves.step = curves.step.max(step as u64);
                for (task, loss) in line.get("loss")?.as_object()? {
                    let series = curves.loss.entry(task.clone()).or_default();
                    // Older runs noted zero for batches of which nothing was known.
                    let loss = loss.as_f64().filter(|l| *l != 0.0);
                    series.push(step, loss.unwrap_or(f64::NAN));
                }
                let rate = number("learning_rate").unwrap_or(f64::NAN);
                curves.learning_rate.push(step, rate);
                let speed = number("images_per_s").unwrap_or(f64::NAN);
                curves.images_per_s.push(step, speed);
            }
            "validation" => {
                let kept = line.get("kept").and_then(Value::as_array);
                for name in kept.into_iter().flatten().filter_map(Value::as_str) {
                    curves.kept.insert(name.to_owned(), step);
                }
                for (task, measures) in line.get("measures")?.as_object()? {
                    for (measure, value) in measures.as_object()? {
                        if measure != "faces"
                            && let Some(value) = value.as_f64()
                        {
                            let name = format!("{task} {measure}");
                            curves.validation.entry(name).or_default().push(step, value);
                        }
                    }
                }
            }
            _ => {} // of a later version
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::*;

    fn step(step: u64, loss: f64) -> String {
        format!(
            "{{\"kind\":\"step\",\"stage\":1,\"step\":{step},\"epoch\":0.5,\"loss\":{{\"landmarks\":{loss}}},\"learning_rate\":0.001,\"images_per_s\":50}}\n"
        )
    }

    fn losses(curves: &Curves) -> Vec<[f64; 2]> {
        curves.stages[&1].loss["landmarks"].points().collect()
    }

    #[test]
    fn a_growing_file_is_read_once_and_a_cut_one_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.jsonl");
        let mut curves = Curves::default();
        assert!(!curves.read(&path).unwrap());
        fs::write(&path, step(10, 1.0)).unwrap();
        assert!(curves.read(&path).unwrap());
        assert!(!curves.read(&path).unwrap());
        let add = |text: &str| {
            let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        };
        let next = step(20, 0.5);
        add(&next[..30]);
        assert!(!curves.read(&path).unwrap());
        add(&next[30..]);
        add(
            "nonsense\n{\"kind\":\"validation\",\"stage\":1,\"step\":20,\"measures\":{\"landmarks\":{\"success\":90.0,\"nme\":null,\"faces\":3}}}\n",
        );
        assert!(curves.read(&path).unwrap());
        assert_eq!(losses(&curves), [[10.0, 1.0], [20.0, 0.5]]);
        assert_eq!(curves.broken, 1);
        let validation = &curves.stages[&1].validation;
        assert_eq!(validation.len(), 1);
        assert_eq!(validation["landmarks success"].newest(), Some(90.0));
        // Resumed from step 10, and grown past its old length before anyone looked.
        let again: String = (2..9).map(|i| step(10 * i, 0.25)).collect();
        fs::write(&path, step(10, 1.0) + &again).unwrap();
        assert!(curves.read(&path).unwrap());
        assert_eq!(losses(&curves)[..2], [[10.0, 1.0], [20.0, 0.25]]);
        assert_eq!(curves.broken, 0);
    }

    #[test]
    fn what_was_kept_is_told_with_its_figures() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.jsonl");
        let line = |stage: u8, step: u64, success: f64, kept: &str| {
            format!(
                "{{\"kind\":\"validation\",\"stage\":{stage},\"step\":{step},\"kept\":[{kept}],\"measures\":{{\"landmarks\":{{\"success\":{success},\"nme\":6.125,\"faces\":3}},\"attributes\":{{\"accuracy\":80.0,\"faces\":3}}}}}}\n"
            )
        };
        let text = line(1, 5, 50.0, "\"stage1\"")
            + &line(2, 0, 60.0, "\"landmarks\",\"attributes\"")
            + &line(2, 5, 70.0, "\"landmarks\"")
            + &line(2, 9, 65.0, "");
        fs::write(&path, text).unwrap();
        let mut curves = Curves::default();
        curves.read(&path).unwrap();
        let message = |stage: u8| curves.stages[&stage].kept_text();
        assert_eq!(
            message(1),
            [
                "all tasks: step 5, attributes accuracy 80.0 %, landmarks NME 6.12 %, landmarks success 50.0 %"
            ]
        );
        assert_eq!(
            message(2),
            [
                "attributes: step 0, accuracy 80.0 %",
                "landmarks: step 5, NME 6.12 %, success 70.0 %"
            ]
        );
    }

    #[test]
    fn a_batch_without_labels_is_a_gap_and_no_loss() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.jsonl");
        let nothing = |step_: u64| step(step_, 9.0).replace("9}", "null}");
        // What older runs wrote of such batches is one too.
        let zero = |step_: u64| step(step_, 9.0).replace("9}", "-0.0}");
        let text = nothing(1) + &step(2, 1.0) + &step(3, 0.5) + &zero(4) + &step(5, 0.25);
        fs::write(&path, text + &nothing(6) + &nothing(7)).unwrap();
        let mut curves = Curves::default();
        curves.read(&path).unwrap();
        assert_eq!(curves.broken, 0);
        assert_eq!(losses(&curves), [[2.0, 1.0], [3.0, 0.5], [5.0, 0.25]]);
        let series = &curves.stages[&1].loss["landmarks"];
        assert_eq!(series.breaks(), [2, 3]);
        assert_eq!(series.newest(), Some(0.25));
        let smooth = series.smoothed(0.5);
        assert!(smooth.iter().all(|p| p[1] >= 0.25), "{smooth:?}");
        // The other curves have no gap there.
        assert!(curves.stages[&1].learning_rate.breaks().is_empty());
    }

    #[test]
    fn gaps_of_a_long_curve_stay_in_its_bounds() {
        let mut series = Series::default();
        for i in 0..50_000 {
            let y = if i % 7 == 0 { f64::NAN } else { 1.0 };
            series.push(f64::from(i), y);
        }
        let points = series.points().count();
        assert!(points <= MOST && series.breaks().len() <= points);
        assert!(series.breaks().is_sorted());
        assert!(series.breaks().iter().all(|b| *b <= points));
    }

    #[test]
    fn a_long_curve_is_thinned_and_keeps_its_mean() {
        let mut series = Series::default();
        let n = 100_001;
        for i in 0..n {
            series.push(f64::from(i), f64::from(i % 2));
        }
        let points: Vec<_> = series.points().collect();
        assert!(points.len() <= MOST && points.len() > MOST / 4);
        assert!(points.windows(2).all(|w| w[0][0] < w[1][0]));
        assert!(points[..points.len() - 1].iter().all(|p| p[1] == 0.5));
        series.push(1.0, f64::NAN);
        assert!(series.newest().unwrap().is_finite());
        let smooth = series.smoothed(0.9);
        assert_eq!((smooth.len(), smooth[0][1]), (points.len(), 0.5));
    }
}
