//! `faces.csv`: one row a face. Columns are found by name: `image`, `face`, `x,y,w,h`, `angle`,
//! `split`, `identity`; `NAME_x`, `NAME_y` and `NAME_state` of each point; attributes with 1, −1
//! or nothing; `NAME_source` says who set a label, or from which network it was accepted. Every other column is kept as text. A value that cannot be read is unknown and
//! named; the rest of its row stays.

mod columns;
mod origin;
mod write;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::attribute_value::{AttributeValue, ValueCounts, ZeroMeaning};
use super::csv_table::{self, Columns, Row, Table};
use super::folders::{Interner, folder_of, here};
use super::number::{self, CONTINUOUS, FROM_ZERO, shown};
use super::paths::{Located, PictureReference, locate};
use super::problems::{Problems, kept_row};
use super::value_error::{PictureError, ValueError};
use super::{BoxSource, Dataset, DatasetError, LabelPlace, Sample, Split, name_of};
use crate::label::{FaceBox, PointLabel, PointState, Provenance, Schema, TaskLabels};
pub use origin::Origin;
pub use write::{write, write_as};

/// What a table is called beside labels of another format, which does not hold all that it has: not as
/// one that is read with its folder.
pub const BESIDE: &str = "all-labels.csv";

/// The table of a folder, whatever the case of its name.
pub fn file(folder: &Path) -> Option<PathBuf> {
    const NAME: &str = "faces.csv";
    let exact = folder.join(NAME);
    if exact.is_file() {
        return Some(exact);
    }
    let entries = std::fs::read_dir(here(folder)).ok()?;
    let mut names: Vec<_> = entries.flatten().map(|e| e.file_name()).collect();
    names.retain(|name| name.eq_ignore_ascii_case(NAME));
    match &names[..] {
        [one] => Some(folder.join(one)).filter(|path| path.is_file()),
        _ => None,
    }
}

pub fn read(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    let (mut table, columns) = csv_table::open(path, schema)?;
    let folder = folder_of(path);
    let ExtraColumns {
        states,
        sources,
        angle,
        split,
        identity,
    } = extra_columns(&mut table, &columns, schema);
    let whole_folder = name_of(path).eq_ignore_ascii_case("faces.csv");
    let mut set = Dataset {
        name: name_of(if whole_folder { folder } else { path }),
        schema: schema.clone(),
        samples: Vec::new(),
        columns: table.others().map(|(_, name)| name.clone()).collect(),
        problems: Vec::new(),
    };
    let mut problems = std::mem::take(&mut table.problems);
    let scan = TableScan::of(&table, &columns, split, identity);
    let pictures = Pictures::of(scan.images, folder);
    let notices = [scan.marks.notice(), scan.splits.notice(), pictures.notice()];
    for notice in notices.into_iter().flatten() {
        problems.say(None, notice);
    }
    let mut reader = Reader {
        schema,
        states,
        sources,
        angle,
        split,
        identity,
        foreign: table.others().map(|(column, _)| column).collect(),
        file: path.into(),
        picture_size: columns.picture_size(&table),
        columns,
        zero: scan.marks.zero(),
        codes: scan.splits.are_codes(),
        whole_identities: scan.whole_identities,
        pictures,
        text: Interner::default(),
        problems,
    };
    let mut seen: HashMap<(Arc<Path>, u32), usize> = HashMap::new();
    table.rows(|line, row| {
        let sample = row.and_then(|row| reader.sample(line, &row));
        let what = match sample.map(|sample| reader.counted(sample, &seen, &set.samples)) {
            Ok(sample) => match seen.entry((sample.path.clone(), sample.face)) {
                Entry::Vacant(place) => {
                    place.insert(set.samples.len());
                    return set.samples.push(sample);
                }
                Entry::Occupied(first) => {
                    let first = &set.samples[*first.get()];
                    let path = sample.path.display();
                    let agree =
                        first.annotation == sample.annotation && first.face_box == sample.face_box;
                    let kept = kept_row(agree);
                    match reader.columns.has_face() {
                        true => {
                            format!(
                                "{path} is there twice with {} as \"face\"; {kept}",
                                sample.face
                            )
                        }
                        false => format!(
                            "{path} is there twice; {kept} (several faces of a picture need a \
                             column \"face\")"
                        ),
                    }
                }
            },
            Err(error @ ValueError::Picture(PictureError::Address(_))) => {
                let what = || error.to_string();
                return reader.problems.note(line, "address", what);
            }
            Err(error) => error.to_string(),
        };
        reader.problems.say(Some(line), what);
    });
    set.problems = reader.problems.of(path).collect();
    Ok(set)
}

/// The columns that only such a table has.
struct ExtraColumns {
    /// Of the points of [`Columns::points`].
    states: Vec<Option<usize>>,
    /// Where labels come from, by task and item.
    sources: Vec<(usize, usize, usize)>,
    angle: Option<usize>,
    split: Option<usize>,
    identity: Option<usize>,
}

fn extra_columns(table: &mut Table, columns: &Columns, schema: &Schema) -> ExtraColumns {
    let states = columns.points.iter().map(|(t, i, _)| {
        let name = schema.tasks[*t].items().nth(*i)?;
        table.take(&format!("{name}_state"))
    });
    let states = states.collect();
    let mut sources = Vec::new();
    for (t, task) in schema.tasks.iter().enumerate() {
        for (i, name) in task.items().enumerate() {
            let at = table.take(&format!("{name}_source"));
            sources.extend(at.map(|at| (t, i, at)));
        }
    }
    ExtraColumns {
        states,
        sources,
        angle: table.take("angle"),
        split: table.take("split"),
        identity: table.take("identity"),
    }
}

/// What has to be known of all rows before one can be read.
struct TableScan {
    /// The pictures as they are named, each once, with the order in which they come.
    images: HashMap<String, usize>,
    marks: ValueCounts,
    splits: Splits,
    /// All identities are numbers with decimals, as pandas makes them.
    whole_identities: bool,
}

impl TableScan {
    fn of(table: &Table, columns: &Columns, split: Option<usize>, identity: Option<usize>) -> Self {
        let mut scan = Self {
            images: HashMap::new(),
            marks: ValueCounts::default(),
            splits: Splits::default(),
            whole_identities: true,
        };
        table.rows(|_, row| {
            let Ok(row) = row else {
                return;
            };
            if let Ok(image) = columns.image(&row)
                && !scan.images.contains_key(image)
            {
                scan.images.insert(image.to_owned(), scan.images.len());
            }
            for &(_, _, column) in &columns.attributes {
                if let Ok(mark) = AttributeValue::parse(row.text(column)) {
                    scan.marks.count(mark);
                }
            }
            if let Some(split) = row.filled(split) {
                scan.splits.count(split);
            }
            if let Some(identity) = row.filled(identity) {
                scan.whole_identities &= number::without_decimals(identity).is_some();
            }
        });
        scan
    }
}

/// Whether splits are written as the numbers that CelebA has for them. Two of them may as well be
/// something else, as a yes and no.
#[derive(Default)]
struct Splits {
    codes: [bool; 3],
    other: bool,
}

impl Splits {
    fn count(&mut self, text: &str) {
        let code = number::integer(text).ok().flatten();
        let code = code.and_then(|n| usize::try_from(n).ok());
        match code.and_then(|n| self.codes.get_mut(n)) {
            Some(seen) => *seen = true,
            None => self.other = true,
        }
    }

    fn are_codes(&self) -> bool {
        !self.other && self.codes == [true; 3]
    }

    fn notice(&self) -> Option<String> {
        let what = "splits are 0, 1 and 2, read as CelebA's: train, validation and test";
        self.are_codes().then(|| what.into())
    }
}

/// The pictures of a table by the names that it gives them.
struct Pictures {
    of: HashMap<String, Result<PathBuf, PictureError>>,
    notice: Option<String>,
}

impl Pictures {
    fn of(images: HashMap<String, usize>, folder: &Path) -> Self {
        let mut images: Vec<(String, usize)> = images.into_iter().collect();
        images.sort_unstable_by_key(|(_, order)| *order);
        let roots = [folder.to_owned()];
        let wanted: Vec<PictureReference> = images
            .iter()
            .map(|(named, _)| PictureReference {
                roots: &roots,
                named,
            })
            .collect();
        let located = locate(&wanted);
        let notice = located.notice();
        let Located { of, .. } = located;
        Self {
            of: images.into_iter().map(|(image, _)| image).zip(of).collect(),
            notice,
        }
    }

    fn notice(&self) -> Option<String> {
        self.notice.clone()
    }

    fn find(&self, image: &str) -> Result<&Path, PictureError> {
        match self.of.get(image) {
            Some(Ok(path)) => Ok(path),
            Some(Err(error)) => Err(error.clone()),
            None => Err(PictureError::Missing(shown(image).into())),
        }
    }
}

struct Reader<'a> {
    schema: &'a Schema,
    columns: Columns,
    /// Those of [`Columns::points`].
    states: Vec<Option<usize>>,
    sources: Vec<(usize, usize, usize)>,
    angle: Option<usize>,
    split: Option<usize>,
    identity: Option<usize>,
    foreign: Vec<usize>,
    file: Arc<Path>,
    /// Width and height of the pictures as the table has them.
    picture_size: Option<[usize; 2]>,
    zero: ZeroMeaning,
    codes: bool,
    whole_identities: bool,
    pictures: Pictures,
    text: Interner,
    problems: Problems,
}

impl Reader<'_> {
    /// The face with its number among those of its picture that were read before, where boxes alone
    /// tell them apart.
    fn counted(
        &self,
        mut sample: Sample,
        seen: &HashMap<(Arc<Path>, u32), usize>,
        before: &[Sample],
    ) -> Sample {
        if self.columns.counts_by_boxes() {
            let of = |face: u32| seen.get(&(sample.path.clone(), face));
            let other = |at: &usize| before[*at].face_box != sample.face_box;
            let taken = (0..).take_while(|face| of(*face).is_some_and(other));
            sample.face = taken.count() as u32;
        }
        sample
    }

    /// The face of a row; values that cannot be read are unknown and noted.
    fn sample(&mut self, line: u64, row: &Row) -> Result<Sample, ValueError> {
        let path = self.pictures.find(self.columns.image(row)?)?;
        let mut sample = Sample::unlabelled(path, self.schema);
        let number = self.columns.face(row)?;
        (sample.face, sample.number) = (number.unwrap_or(0), number);
        sample.labelled_at = Some(LabelPlace::new(&self.file, Some(line)));
        sample.stated_size = self.picture_size.and_then(|columns| {
            let [w, h] = columns.map(|c| number::integer(row.text(c)).ok().flatten());
            let side = |side: Option<i64>| u32::try_from(side?).ok().filter(|side| *side > 0);
            Some([side(w)?, side(h)?])
        });
        match self.face_box(row) {
            Ok(face_box) => sample.face_box = face_box.map(|b| (b, BoxSource::DataSet)),
            Err(what) => self.note(line, "box", &what),
        }
        match self.split(row) {
            Ok(split) => sample.split = split,
            Err(what) => self.note(line, "split", &what),
        }
        sample.identity = row.filled(self.identity).map(|text| {
            let whole = number::without_decimals(text).filter(|_| self.whole_identities);
            self.text.get(whole.unwrap_or(text))
        });
        for (n, &(t, i, [x, y])) in self.columns.points.iter().enumerate() {
            let state = row.filled(self.states[n]).unwrap_or("");
            match (
                &mut sample.annotation.tasks[t],
                point(row.text(x), row.text(y), state),
            ) {
                (TaskLabels::Points(labels), Ok(label)) => labels[i] = label,
                (_, Ok(_)) => {}
                (_, Err(what)) => {
                    let name = self.schema.tasks[t].items().nth(i).unwrap_or("");
                    note(&mut self.problems, line, name, &what);
                }
            }
        }
        for &(t, i, column) in &self.columns.attributes {
            match (
                &mut sample.annotation.tasks[t],
                AttributeValue::parse(row.text(column)),
            ) {
                (TaskLabels::Binary(labels), Ok(mark)) => labels[i] = self.zero.presence(mark),
                (_, Ok(_)) => {}
                (_, Err(what)) => {
                    let name = self.schema.tasks[t].items().nth(i).unwrap_or("");
                    note(&mut self.problems, line, name, &what);
                }
            }
        }
        for &(t, i, column) in &self.sources {
            match Provenance::of_word(row.text(column)) {
                Some(Provenance::Imported) => {}
                Some(source) => drop(sample.annotation.provenance.insert((t, i), source)),
                None => {
                    let name = self.schema.tasks[t].items().nth(i).unwrap_or("");
                    let text = shown(row.text(column));
                    self.problems.note(line, "source", || {
                        format!("{name}: {text:?} does not say where the label comes from")
                    });
                }
            }
        }
        let foreign = self.foreign.iter();
        sample.columns = foreign.map(|&c| self.text.get(row.text(c))).collect();
        Ok(sample)
    }

    fn face_box(&self, row: &Row) -> Result<Option<FaceBox>, ValueError> {
        let Some(mut face_box) = self.columns.face_box(row)? else {
            return Ok(None);
        };
        if let Some(angle) = row.filled(self.angle) {
            face_box.angle =
                number::read(angle, CONTINUOUS).map_err(|e| ValueError::Angle(e.into()))?;
        }
        number::checked(face_box).map(Some)
    }

    fn split(&self, row: &Row) -> Result<Option<Split>, ValueError> {
        let text = row.filled(self.split).unwrap_or("");
        match self.codes {
            true => Split::of_code(text),
            false => Split::parse(text),
        }
    }

    fn note(&mut self, line: u64, kind: &str, what: &ValueError) {
        note(&mut self.problems, line, kind, what);
    }
}

/// Notes a value that is then unknown.
fn note(problems: &mut Problems, line: u64, name: &str, what: &ValueError) {
    problems.note(line, name, || format!("{name}: {what}: unknown"));
}

fn point(x: &str, y: &str, state: &str) -> Result<PointLabel, ValueError> {
    let state = match state.to_ascii_lowercase().as_str() {
        "unknown" => return Ok(PointLabel::default()),
        "" | "visible" => PointState::Visible,
        "occluded" => PointState::Occluded,
        other => {
            return Err(ValueError::PointState(shown(other).into()));
        }
    };
    // Labels name pixel centres.
    let at = number::point(x, y, FROM_ZERO)?;
    Ok(at.map_or(PointLabel::default(), |at| PointLabel { at, state }))
}

#[cfg(test)]
mod tests;
