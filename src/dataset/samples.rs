//! The samples of an open set, of which some may be replaced while others read them: they stand in
//! chunks that are shared, so that handing them over costs a few pointers, and replacing one
//! copies one chunk.

use std::ops::Index;
use std::sync::Arc;

use super::Sample;

/// Samples in a chunk.
const CHUNK: usize = 512;

/// Samples by their index. Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    chunks: Vec<Arc<Vec<Sample>>>,
    len: usize,
}

impl Samples {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn get(&self, index: usize) -> Option<&Sample> {
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }

    pub fn first(&self) -> Option<&Sample> {
        self.get(0)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Sample> + Clone {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// Puts a sample in the place of another; nothing where there is none.
    pub fn replace(&mut self, index: usize, sample: Sample) {
        if let Some(chunk) = self.chunks.get_mut(index / CHUNK)
            && index < self.len
        {
            Arc::make_mut(chunk)[index % CHUNK] = sample;
        }
    }

    /// All of them, which are copied where somebody else holds them too.
    pub fn into_vec(self) -> Vec<Sample> {
        let chunks = self.chunks.into_iter();
        let owned = chunks.flat_map(|chunk| Arc::try_unwrap(chunk).unwrap_or_else(|c| c.to_vec()));
        owned.collect()
    }

    /// Adds a sample at the end.
    pub fn push(&mut self, sample: Sample) {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => Arc::make_mut(chunk).push(sample),
            _ => self.chunks.push(Arc::new(vec![sample])),
        }
        self.len += 1;
    }
}

impl From<Vec<Sample>> for Samples {
    fn from(samples: Vec<Sample>) -> Self {
        let len = samples.len();
        let mut chunks = Vec::with_capacity(len.div_ceil(CHUNK));
        let mut samples = samples.into_iter();
        loop {
            let chunk: Vec<Sample> = samples.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                return Self { chunks, len };
            }
            chunks.push(Arc::new(chunk));
        }
    }
}

impl Index<usize> for Samples {
    type Output = Sample;

    fn index(&self, index: usize) -> &Sample {
        &self.chunks[index / CHUNK][index % CHUNK]
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::label::Schema;

    fn sample(number: usize) -> Sample {
        Sample::unlabelled(Path::new(&number.to_string()), &Schema::face())
    }

    fn names(samples: &Samples) -> Vec<String> {
        let names = samples.iter().map(|s| s.path.display().to_string());
        names.collect()
    }

    #[test]
    fn what_was_handed_over_stays_as_it_was() {
        for count in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7] {
            let mut samples = Samples::from((0..count).map(sample).collect::<Vec<_>>());
            let handed = samples.clone();
            let before: Vec<String> = (0..count).map(|i| i.to_string()).collect();
            samples.push(sample(9_999));
            assert_eq!(samples.len(), count + 1);
            for index in 0..=count {
                samples.replace(index, sample(index + 10_000));
            }
            samples.replace(count + 1, sample(1));
            let after: Vec<String> = (0..=count).map(|i| (i + 10_000).to_string()).collect();
            assert_eq!((names(&samples), names(&handed)), (after, before));
            assert_eq!(&*samples[count].path, &*sample(count + 10_000).path);
            assert!(samples.get(count + 1).is_none() && handed.get(count).is_none());
        }
    }
}
