//! The results that are known, of what they are, and the job that makes the next ones.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::app::report::job::{Job, JobUpdate};
use crate::app::report::key::{ResultsKey, Source};
use crate::app::report::measuring::{Question, Results};
use crate::app::report::subset::Subset;
use crate::background::Wake;

/// While predictions come, results are made anew this often.
pub const EVERY: Duration = Duration::from_secs(3);

/// When to measure what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Now,
    Later,
    /// It is measured, or will be.
    Done,
}

#[derive(Default)]
pub struct Measurement {
    /// `None` where they could not be made.
    results: Option<Arc<Results>>,
    /// What they are of.
    key: Option<ResultsKey>,
    job: Option<(ResultsKey, Job)>,
    requested: Option<Instant>,
}

impl Measurement {
    /// Takes in the results that have come; why they could not be made.
    pub fn poll(&mut self) -> Option<String> {
        let mut error = None;
        while let Some((key, job)) = &self.job {
            let key = *key;
            match job.poll() {
                (Some(JobUpdate::Done(results)), _) => {
                    self.key = Some(key);
                    self.results = Some(results);
                }
                (Some(JobUpdate::Failed(why)), _) => {
                    self.key = Some(key);
                    self.results = None;
                    error = Some(why);
                }
                (None, true) => break,
                (None, false) => self.job = None,
            }
        }
        error
    }

    pub fn when(&self, wanted: &ResultsKey) -> When {
        let measured = self.job.as_ref().map(|job| job.0).or(self.key);
        let Some(measured) = measured else {
            return When::Now;
        };
        if measured == *wanted {
            return When::Done;
        }
        // What a person changed is answered at once; what comes by itself, from time to time, and
        // not before the results that were asked for last are there.
        let due = self.requested.is_none_or(|t| t.elapsed() > EVERY);
        let seen = self.job.is_none() || self.key == Some(measured);
        match measured.is_older_version_of(wanted) {
            true if !(due && seen) => When::Later,
            _ => When::Now,
        }
    }

    pub fn start(&mut self, key: ResultsKey, question: Question, wake: Wake) {
        let job = Job::start(question, key.intervals, wake);
        // The one before ends by being dropped.
        self.job = Some((key, job));
        self.requested = Some(Instant::now());
    }

    /// The results of this source, and of which faces they are.
    pub fn results(&self, source: Source) -> Option<(&Arc<Results>, Subset)> {
        let key = self.key.filter(|key| key.source == source)?;
        Some((self.results.as_ref()?, key.subset))
    }

    /// Whether the results are of this, but for their intervals.
    pub fn is_of(&self, wanted: &ResultsKey) -> bool {
        let intervals = wanted.intervals;
        let of = self.key.map(|key| ResultsKey { intervals, ..key });
        of == Some(*wanted)
    }

    pub fn is_running(&self) -> bool {
        self.job.is_some()
    }

    /// What measures intervals, while that goes on.
    pub fn intervals_job(&self) -> Option<&Job> {
        let (_, job) = self.job.as_ref().filter(|(key, _)| key.intervals)?;
        Some(job)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::Column;

    #[test]
    fn what_a_person_changes_is_measured_at_once_and_predictions_from_time_to_time() {
        let key = ResultsKey {
            source: Source {
                list: 1,
                network: Some(7),
            },
            subset: Subset::All,
            by: None,
            version: 3,
            intervals: true,
        };
        assert_eq!(Measurement::default().when(&key), When::Now);
        let just = Measurement {
            key: Some(key),
            requested: Some(Instant::now()),
            ..Measurement::default()
        };
        assert_eq!(just.when(&key), When::Done);
        let predicted = ResultsKey { version: 4, ..key };
        assert_eq!(just.when(&predicted), When::Later);
        let by = Some(Column::Identity);
        for changed in [
            ResultsKey { by, ..predicted },
            ResultsKey {
                subset: Subset::Shown(1),
                ..key
            },
            ResultsKey {
                intervals: false,
                ..key
            },
            ResultsKey {
                source: Source {
                    list: 2,
                    network: Some(7),
                },
                ..predicted
            },
        ] {
            assert_eq!(just.when(&changed), When::Now);
        }
        let long_ago = Measurement {
            requested: None,
            ..just
        };
        assert_eq!(long_ago.when(&predicted), When::Now);
    }
}
