//! A kept prediction as bytes: a mark, the length and the checksum of what follows, then that. A
//! reader that finds something else looks for the next mark, so that what was torn or altered costs
//! itself alone.

use std::io::{self, Read};
use std::sync::Arc;

use crate::engine::place::{FileId, Place};
use crate::label::{FaceBox, Prediction, TaskPrediction};

const MARK: [u8; 4] = *b"SMN\x01";
/// Mark, length, checksum.
const HEAD: usize = 12;
/// No record is longer: a schema has hundreds of values at most.
const LONGEST: usize = 1 << 20;
/// Bytes that are read together.
const PIECE: u64 = 4 << 20;
/// Identity, kind of box, box, number of tasks.
const FIXED: usize = 16 + 1 + 20 + 1;

/// A prediction that was kept, of a network that its file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub place: Place,
    pub prediction: Arc<Prediction>,
}

impl Record {
    /// Appends the record.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        let start = bytes.len();
        bytes.extend(MARK);
        bytes.extend([0; HEAD - MARK.len()]);
        bytes.extend(self.place.file.0);
        bytes.push(u8::from(self.place.is_pictures));
        let FaceBox { x, y, w, h, angle } = self.place.face_box;
        floats(bytes, &[x, y, w, h, angle]);
        let tasks = &self.prediction.tasks;
        bytes.push(tasks.len() as u8);
        for task in tasks {
            let (kind, values) = match task {
                TaskPrediction::Points(points) => (0, points.as_flattened()),
                TaskPrediction::Binary(values) => (1, &values[..]),
            };
            bytes.push(kind);
            bytes.extend((values.len() as u32).to_le_bytes());
            floats(bytes, values);
        }
        let body = start + HEAD;
        let len = (bytes.len() - body) as u32;
        let checksum = crc32fast::hash(&bytes[body..]);
        bytes[start + 4..start + 8].copy_from_slice(&len.to_le_bytes());
        bytes[start + 8..body].copy_from_slice(&checksum.to_le_bytes());
    }

    fn of_body(body: &[u8]) -> Option<Self> {
        let mut rest = body;
        let file = FileId(*rest.split_off(..16)?.first_chunk()?);
        let is_pictures = *rest.split_off_first()? != 0;
        let [x, y, w, h, angle] = *numbers(rest.split_off(..20)?).first_chunk()?;
        let count = *rest.split_off_first()?;
        let mut tasks = Vec::with_capacity(count.into());
        for _ in 0..count {
            let kind = *rest.split_off_first()?;
            let len = u32::from_le_bytes(*rest.split_off(..4)?.first_chunk()?) as usize;
            let values = numbers(rest.split_off(..len.checked_mul(4)?)?);
            tasks.push(match kind {
                0 => TaskPrediction::Points(values.as_chunks().0.to_vec()),
                1 => TaskPrediction::Binary(values),
                _ => return None,
            });
        }
        let face_box = FaceBox { x, y, w, h, angle };
        Some(Self {
            place: Place {
                file,
                face_box,
                is_pictures,
            },
            prediction: Arc::new(Prediction { tasks }),
        })
    }
}

fn floats(bytes: &mut Vec<u8>, values: &[f32]) {
    values.iter().for_each(|v| bytes.extend(v.to_le_bytes()));
}

fn numbers(bytes: &[u8]) -> Vec<f32> {
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers.iter().map(|n| f32::from_le_bytes(*n)).collect()
}

/// Reads records, those of files that are `wanted`, in their order.
///
/// # Errors
/// Whatever reading says.
pub fn read(
    mut file: impl Read,
    wanted: impl Fn(FileId) -> bool,
    mut take: impl FnMut(Record),
) -> io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        let before = bytes.len();
        (&mut file).take(PIECE).read_to_end(&mut bytes)?;
        let is_end = bytes.len() == before;
        let used = records(&bytes, is_end, &wanted, &mut take);
        bytes.drain(..used);
        if is_end {
            return Ok(());
        }
    }
}

/// Takes the records that are there; returns how many bytes need not be looked at again.
fn records(
    bytes: &[u8],
    is_end: bool,
    wanted: &impl Fn(FileId) -> bool,
    take: &mut impl FnMut(Record),
) -> usize {
    let mut at = 0;
    while at + HEAD <= bytes.len() {
        let number = |from: usize| {
            let four = bytes[at + from..].first_chunk().copied();
            four.map_or(0, u32::from_le_bytes)
        };
        let len = number(4) as usize;
        if bytes[at..at + 4] != MARK || !(FIXED..=LONGEST).contains(&len) {
            at += next_mark(&bytes[at + 1..]) + 1;
            continue;
        }
        let Some(body) = bytes.get(at + HEAD..at + HEAD + len) else {
            if is_end {
                at += next_mark(&bytes[at + 1..]) + 1;
                continue;
            }
            return at;
        };
        if crc32fast::hash(body) != number(8) {
            at += next_mark(&bytes[at + 1..]) + 1;
            continue;
        }
        let id = body.first_chunk().copied().map(FileId);
        if id.is_some_and(wanted)
            && let Some(record) = Record::of_body(body)
        {
            take(record);
        }
        at += HEAD + len;
    }
    at.min(bytes.len())
}

/// How far it is to where a mark begins, or may begin at the end.
fn next_mark(bytes: &[u8]) -> usize {
    let mut firsts = bytes.iter().enumerate().filter(|(_, b)| **b == MARK[0]);
    let begins = |at: usize| bytes[at..].iter().zip(MARK).all(|(b, m)| *b == m);
    let found = firsts.find(|(at, _)| begins(*at));
    found.map_or(bytes.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(n: u8) -> Record {
        let x = f32::from(n) + 0.1;
        Record {
            place: Place {
                file: FileId([n; 16]),
                face_box: FaceBox {
                    angle: -x,
                    ..FaceBox::new(x, 1e-30, 3.0, f32::MAX)
                },
                is_pictures: n % 2 == 1,
            },
            prediction: Arc::new(Prediction {
                tasks: vec![
                    TaskPrediction::Points(vec![[x, -0.0], [f32::MIN_POSITIVE, 1.0 / 3.0]]),
                    TaskPrediction::Binary(vec![x; 3]),
                ],
            }),
        }
    }

    fn all(bytes: &[u8]) -> Vec<Record> {
        let mut found = Vec::new();
        read(bytes, |_| true, |record| found.push(record)).unwrap();
        found
    }

    fn written(count: u8) -> (Vec<u8>, Vec<Record>) {
        let records: Vec<Record> = (0..count).map(record).collect();
        let mut bytes = Vec::new();
        records.iter().for_each(|record| record.write(&mut bytes));
        (bytes, records)
    }

    #[test]
    fn what_is_read_is_what_was_written_to_the_bit() {
        let (bytes, records) = written(5);
        assert_eq!(all(&bytes), records);
        let strange = Record {
            prediction: Arc::new(Prediction {
                tasks: vec![TaskPrediction::Binary(vec![f32::NAN, f32::INFINITY, -0.0])],
            }),
            ..record(9)
        };
        let mut bytes = Vec::new();
        strange.write(&mut bytes);
        let TaskPrediction::Binary(values) = &all(&bytes)[0].prediction.tasks[0] else {
            panic!("probabilities")
        };
        let bits: Vec<u32> = values.iter().map(|v| v.to_bits()).collect();
        let expected = [f32::NAN, f32::INFINITY, -0.0].map(f32::to_bits);
        assert_eq!(bits, expected);
        // One picture of many.
        let (bytes, records) = written(5);
        let mut found = Vec::new();
        read(&bytes[..], |id| id == FileId([3; 16]), |r| found.push(r)).unwrap();
        assert_eq!(found, records[3..4]);
    }

    #[test]
    fn a_torn_end_costs_itself_alone_also_where_more_is_appended() {
        let (bytes, records) = written(3);
        let one = bytes.len() / 3;
        for cut in 0..bytes.len() {
            let whole = cut / one;
            let torn = &bytes[..cut];
            assert_eq!(all(torn), records[..whole], "{cut}");
            let (mut more, mut expected) = (torn.to_vec(), records[..whole].to_vec());
            record(7).write(&mut more);
            expected.push(record(7));
            assert_eq!(all(&more), expected, "{cut}");
        }
    }

    #[test]
    fn an_altered_byte_costs_its_record_alone() {
        let (bytes, records) = written(3);
        let one = bytes.len() / 3;
        for at in 0..bytes.len() {
            for flip in [1, 0x80] {
                let mut altered = bytes.clone();
                altered[at] ^= flip;
                let mut expected = records.clone();
                expected.remove(at / one);
                assert_eq!(all(&altered), expected, "{at}");
            }
        }
    }

    #[test]
    fn pieces_of_a_file_end_anywhere() {
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                let n = into.len().min(self.0.len()).min(1000);
                into[..n].copy_from_slice(&self.0[..n]);
                self.0 = &self.0[n..];
                Ok(n)
            }
        }
        let (one, _) = written(1);
        let count = 2 * PIECE as usize / one.len() + 3;
        let many: Vec<u8> = one
            .iter()
            .copied()
            .cycle()
            .take(count * one.len())
            .collect();
        let mut found = 0;
        read(Slow(&many), |_| true, |_| found += 1).unwrap();
        assert_eq!(found, count);
    }
}
