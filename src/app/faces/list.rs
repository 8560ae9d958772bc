//! The faces that are open: samples as they were read, what became of each, and which of them are
//! shown in which order. Pictures and thumbnails are held within budgets.

use std::cell::Cell;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use eframe::egui::{ColorImage, TextureHandle};

use crate::app::faces::arrange::{Arrangement, Sort};
use crate::app::faces::boxes::{BoxEdits, HandBox};
use crate::app::faces::compare::Other;
use crate::app::faces::facts::Facts;
use crate::app::faces::findings::{Finding, Findings};
use crate::app::faces::item::{Decoded, Face, Item, Picture};
use crate::app::faces::reading::THUMBNAIL;
use crate::background::in_background;
use crate::dataset::{self, PictureSource, Sample};
use crate::label::{FaceBox, Prediction, Schema};

/// Bytes of decoded pictures that are kept: a dozen photos of two megapixels, to go back to.
const PICTURES: usize = 96 << 20;
/// Bytes of thumbnails that are kept: some forty screens full of rows.
const THUMBNAILS: usize = 16 << 20;
/// While predictions come, a list that depends on them is arranged anew this often.
const ARRANGE_EVERY: Duration = Duration::from_secs(2);

type Wake = Arc<dyn Fn() + Send + Sync>;

/// What is looked at once the list stands in another order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Then {
    /// What was looked at, wherever it stands: nobody asked for another order.
    Stay,
    /// What was looked at, brought into sight; the first face where it is not shown any more.
    Follow,
    /// The first face.
    First,
}

#[derive(Default)]
pub struct List {
    pub name: String,
    pub samples: Arc<Vec<Sample>>,
    pub items: Vec<Item>,
    /// What the network has said.
    pub findings: Findings,
    /// Rises with every finding that comes or goes.
    pub version: u64,
    /// What another predictor says of the same faces.
    pub other: Option<Other>,
    /// Boxes that somebody drew; the data set never has them.
    pub hands: Vec<HandBox>,
    /// The number of the drawn box that is looked at, in place of the selected face.
    pub hand: Option<u32>,
    /// What was done to boxes, and what was undone of it.
    pub edits: BoxEdits,
    /// Whether a box was moved or drawn, here or when these faces were open before.
    pub boxes_changed: bool,
    /// Names of the samples' columns.
    pub columns: Vec<String>,
    pub facts: Facts,
    /// Indices of the faces that are shown.
    pub order: Vec<u32>,
    /// Index of the face that is looked at.
    pub selected: usize,
    /// Faces that were chosen together.
    pub chosen: BTreeSet<u32>,
    /// The same when the same faces are opened again.
    pub key: u64,
    /// Number of the list, so that what comes late for another is dropped.
    pub number: u64,
    pub scroll: bool,
    /// Rows of the gallery that are in sight, less one.
    pub page: usize,
    pub arrangement: Arrangement,
    /// The photo on the screen, and whether its pixels are hard.
    pub texture: Option<(Arc<ColorImage>, bool, TextureHandle)>,
    pictures: Held,
    thumbnails: Held,
    arranging: Option<(Receiver<Vec<u32>>, Then)>,
    /// What was asked for when the list was arranged last.
    asked: Arrangement,
    /// The order that was asked for before that by difference.
    sorted_before: Sort,
    /// The order before a part of the report led to faces, and the arrangement that this made,
    /// once it is asked for.
    led: Option<(Sort, Option<Arrangement>)>,
    /// The row in which the selected face stood last.
    last_row: Cell<usize>,
    learning: Option<Receiver<Facts>>,
    /// Whether predictions have come since the list was arranged.
    stale: bool,
    arranged: Option<Instant>,
}

impl List {
    pub fn new(name: String, samples: Vec<Sample>, columns: Vec<String>, number: u64) -> Self {
        Self {
            name,
            items: samples.iter().map(|_| Item::unread()).collect(),
            findings: Findings::none(samples.len()),
            order: (0..samples.len() as u32).collect(),
            samples: Arc::new(samples),
            columns,
            number,
            scroll: true, // to its top
            ..Self::default()
        }
    }

    /// A list of pictures that are decoded already.
    pub fn of_decoded(name: String, pictures: Vec<(Sample, Decoded)>, number: u64) -> Self {
        let (samples, pictures): (Vec<_>, Vec<_>) = pictures.into_iter().unzip();
        let mut list = Self::new(name, samples, Vec::new(), number);
        list.key = dataset::key(&list.samples);
        for ((item, picture), sample) in list.items.iter_mut().zip(pictures).zip(&*list.samples) {
            item.read(picture, sample);
        }
        list
    }

    /// Whether the pictures are in no file, and so are not known again.
    pub fn is_in_memory(&self) -> bool {
        let first = self.samples.first();
        first.is_some_and(|s| matches!(s.source, PictureSource::Memory(_)))
    }

    /// Whether the file says more of its faces than points and attributes.
    pub fn has_fields(&self) -> bool {
        !self.columns.is_empty() || !self.facts.splits.is_empty() || self.facts.told
    }

    /// Whether some of the faces are not shown.
    pub fn is_filtered(&self) -> bool {
        self.order.len() < self.items.len()
    }

    pub fn face(&self, index: usize) -> Option<Face<'_>> {
        let (sample, item) = (self.samples.get(index)?, self.items.get(index)?);
        Some(Face {
            sample,
            item,
            face_box: item.face_box,
            source: item.source,
            finding: self.findings.get(index),
            other: self.other.as_ref().and_then(|o| o.findings.get(index)),
            hand: None,
        })
    }

    /// The face that is looked at: the selected one, or a box drawn in its picture.
    pub fn shown(&self) -> Option<Face<'_>> {
        let face = self.face(self.selected)?;
        match self.active_hand() {
            Some(hand) => Some(hand.face(face)),
            None => Some(face),
        }
    }

    /// Row of the selected face, if it is among those shown.
    pub fn row(&self) -> Option<usize> {
        let known = self.last_row.get();
        let there = |i: &u32| *i as usize == self.selected;
        // It is asked for in every frame, and seldom moves.
        if self.order.get(known).is_some_and(there) {
            return Some(known);
        }
        let row = self.row_of(self.selected)?;
        self.last_row.set(row);
        Some(row)
    }

    pub fn row_of(&self, index: usize) -> Option<usize> {
        let at = |i: &u32| *i as usize == index;
        // Nearly always where it is without any filter.
        match self.order.get(index) {
            Some(i) if at(i) => Some(index),
            _ => self.order.iter().position(at),
        }
    }

    /// The face `by` rows away from the selected one, or where that one is not shown any more,
    /// from where it stood: the next one has moved up into its row.
    pub fn neighbour(&self, by: isize) -> Option<usize> {
        let row = match self.row() {
            Some(row) => row.checked_add_signed(by)?,
            None => {
                let by = if by > 0 { by - 1 } else { by };
                let row = self.last_row.get().checked_add_signed(by)?;
                row.min(self.order.len().checked_sub(1)?)
            }
        };
        self.order.get(row).map(|i| *i as usize)
    }

    /// What a person wants to look at who asked for this arrangement in place of the one before:
    /// the top of another order or of faces that were picked out, else what they were looking at.
    pub fn then(&self) -> Then {
        let (now, before) = (&self.arrangement, &self.asked);
        let sorted = now.sort != before.sort && now.sort != Sort::Listed;
        let picked = now.among.is_some() && now.among != before.among;
        if sorted || picked {
            Then::First
        } else {
            Then::Follow
        }
    }

    /// A picture has come; earlier ones go when there is no room.
    pub fn took_picture(&mut self, index: usize) {
        let Some(bytes) = self
            .items
            .get(index)
            .and_then(Item::decoded)
            .map(Decoded::bytes)
        else {
            return;
        };
        self.pictures.took(index, bytes);
        // The one on the screen stays.
        while let Some(old) = self.pictures.excess(PICTURES, self.selected) {
            if let Some(item) = self.items.get_mut(old)
                && item.picture().is_some()
            {
                item.state = Picture::Unread;
            }
        }
    }

    /// How many pictures like those that are kept may be read ahead, so that none that was read
    /// goes again before it is looked at: at least the next one.
    pub fn room_ahead(&self) -> usize {
        let mean = self.pictures.bytes / self.pictures.queue.len().max(1);
        (PICTURES / mean.max(1)).saturating_sub(1).max(1)
    }

    /// A thumbnail has come; the oldest go when there are too many.
    pub fn took_thumbnail(&mut self, index: usize, thumbnail: TextureHandle) {
        let Some(item) = self.items.get_mut(index) else {
            return;
        };
        item.thumbnail = Some(thumbnail);
        self.thumbnails
            .took(index, 4 * (THUMBNAIL * THUMBNAIL) as usize);
        while let Some(old) = self.thumbnails.excess(THUMBNAILS, index) {
            if let Some(item) = self.items.get_mut(old) {
                item.thumbnail = None;
            }
        }
    }

    /// A prediction has come for the face at `index`.
    pub fn predicted(
        &mut self,
        index: usize,
        schema: &Schema,
        face_box: FaceBox,
        prediction: Arc<Prediction>,
    ) {
        let Some(sample) = self.samples.get(index) else {
            return;
        };
        let labels = Some(&sample.annotation);
        let finding = Finding::new(labels, schema, face_box, prediction);
        // A face whose box is moved keeps its row: the order stands while somebody works in it.
        self.stale |= self.findings.get(index).is_none();
        self.findings.set(index, finding);
        self.version += 1;
    }

    /// Forgets what another network said.
    pub fn forget_findings(&mut self) {
        self.findings.clear();
        self.items.iter_mut().for_each(|i| i.latency = None);
        self.hands.iter_mut().for_each(HandBox::forget);
        self.version += 1;
        self.stale = true;
    }

    /// What another predictor says has come or gone.
    pub fn compare(&mut self, other: Option<Other>) {
        if other.is_none() && self.arrangement.sort == Sort::Difference {
            self.arrangement.sort = self.sorted_before;
        }
        self.other = other;
        self.version += 1;
        self.stale = true;
        self.arranged = None;
    }

    /// Learns what menus and the canvas want to know, away from the window's thread.
    pub fn learn(&mut self, wake: Wake) {
        let (done, result) = channel();
        let (samples, columns) = (self.samples.clone(), self.columns.clone());
        in_background(move || {
            let _ = done.send(Facts::of(&samples, &columns));
            wake();
        });
        self.learning = Some(result);
    }

    /// Whether the list's facts are not known yet.
    pub fn is_learning(&self) -> bool {
        self.learning.is_some()
    }

    /// Filter and order that are set next are those of a part of the report: with the filter, the
    /// order goes again.
    pub fn lead(&mut self) {
        let before = match &self.led {
            // From one part of the report to another.
            Some((before, Some(led))) if led.sort == self.arrangement.sort => *before,
            _ => self.arrangement.sort,
        };
        self.led = Some((before, None));
    }

    /// Brings the order back that was before a part of the report led to faces, where its filter is
    /// taken away.
    fn follow_lead(&mut self) {
        let Some((before, led)) = self.led.take() else {
            return;
        };
        let now = &self.arrangement;
        match led {
            None => self.led = Some((before, Some(now.clone()))),
            // Another order was chosen since.
            Some(led) if led.sort != now.sort => {}
            Some(led) => {
                let same = now.among == led.among
                    && now.misses == led.misses
                    && now.attribute == led.attribute;
                match same {
                    true => self.led = Some((before, Some(led))),
                    false => self.arrangement.sort = before,
                }
            }
        }
    }

    /// Arranges the list as is asked, away from the window's thread.
    pub fn arrange(&mut self, schema: Schema, wake: Wake, then: Then) {
        self.follow_lead();
        let (done, result) = channel();
        let (samples, arrangement) = (self.samples.clone(), self.arrangement.clone());
        let found = self.findings.clone();
        let other = self.other.as_ref().map(|o| o.findings.clone());
        in_background(move || {
            let order = arrangement.apply(&samples, &found, other.as_ref(), &schema);
            let _ = done.send(order);
            wake();
        });
        // What was asked for before and has not come yet still counts.
        let then = self.arranging.as_ref().map_or(then, |a| a.1.max(then));
        self.arranging = Some((result, then));
        if self.asked.sort != Sort::Difference {
            self.sorted_before = self.asked.sort;
        }
        self.asked = self.arrangement.clone();
        self.stale = false;
        self.arranged = Some(Instant::now());
    }

    /// Takes in what has come from the background, and asks for the next arrangement where
    /// predictions changed it. Returns the face to look at from now on, where that is another.
    pub fn keep_arranged(&mut self, schema: impl FnOnce() -> Schema, wake: &Wake) -> Option<usize> {
        if let Some(facts) = self.learning.as_ref().and_then(|r| r.try_recv().ok()) {
            self.facts = facts;
            self.learning = None;
        }
        let mut select = None;
        match self
            .arranging
            .as_ref()
            .map(|(r, then)| (r.try_recv(), *then))
        {
            Some((Ok(order), then)) => {
                self.arranging = None;
                select = self.take_order(order, then);
            }
            Some((Err(TryRecvError::Disconnected), _)) => self.arranging = None,
            _ => {}
        }
        let due = self.arranged.is_none_or(|t| t.elapsed() > ARRANGE_EVERY);
        if self.stale && due && self.arranging.is_none() && self.arrangement.needs_predictions() {
            self.arrange(schema(), wake.clone(), Then::Stay);
        }
        select
    }

    fn take_order(&mut self, order: Vec<u32>, then: Then) -> Option<usize> {
        let _ = self.row(); // remembers where it stands
        self.order = order;
        let first = self.order.first().map(|i| *i as usize);
        let select = match then {
            Then::Stay => return None,
            Then::Follow if self.row().is_some() => None,
            Then::Follow | Then::First => first,
        };
        self.scroll = true;
        select.filter(|index| *index != self.selected)
    }
}

/// What is held of something large, the oldest first.
#[derive(Default)]
struct Held {
    queue: VecDeque<(usize, usize)>,
    bytes: usize,
}

impl Held {
    fn took(&mut self, index: usize, bytes: usize) {
        self.queue.push_back((index, bytes));
        self.bytes += bytes;
    }

    /// What has to go so that no more than `budget` bytes are held; never `kept`, nor the last.
    fn excess(&mut self, budget: usize, kept: usize) -> Option<usize> {
        if self.bytes <= budget || self.queue.len() < 2 {
            return None;
        }
        let (mut old, mut bytes) = self.queue.pop_front()?;
        if old == kept {
            self.queue.push_back((old, bytes));
            (old, bytes) = self.queue.pop_front()?;
        }
        self.bytes -= bytes;
        // Read twice, it is held once more.
        match self.queue.iter().any(|(i, _)| *i == old) {
            true => self.excess(budget, kept),
            false => (old != kept).then_some(old),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_and_what_is_looked_at_stays() {
        let mut held = Held::default();
        for index in 0..5 {
            held.took(index, 10);
        }
        assert_eq!(held.excess(50, 0), None);
        assert_eq!(held.excess(35, 0), Some(1));
        assert_eq!(held.excess(35, 0), Some(2));
        assert_eq!(held.excess(35, 0), None);
        held.took(3, 10);
        // 3 is held twice: dropping its older entry frees no picture, so 4 goes.
        assert_eq!(held.excess(25, 0), Some(4));
        assert_eq!(held.bytes, 20);
    }

    #[test]
    fn large_pictures_are_not_read_ahead_of_each_other() {
        let mut list = list(9);
        assert!(list.room_ahead() > 3, "nothing is known of their size yet");
        list.pictures.took(0, PICTURES / 30);
        assert!(list.room_ahead() > 3);
        list.pictures.took(1, PICTURES);
        list.pictures.took(2, PICTURES);
        assert_eq!(list.room_ahead(), 1, "the next one, always");
    }

    fn list(faces: usize) -> List {
        let name = |n| format!("{n:02}.png");
        let sample = |n| Sample::unlabelled(std::path::Path::new(&name(n)), &Schema::face());
        List::new(
            "set".into(),
            (0..faces).map(sample).collect(),
            Vec::new(),
            1,
        )
    }

    #[test]
    fn another_order_shows_its_top_and_a_filter_keeps_what_is_looked_at() {
        let mut list = list(6);
        assert!(
            std::mem::take(&mut list.scroll),
            "a new list is shown from its top"
        );
        list.selected = 3;
        list.arrangement.sort = Sort::Nme;
        assert_eq!(list.then(), Then::First);
        assert_eq!(
            list.take_order(vec![5, 3, 4, 0, 1, 2], Then::First),
            Some(5)
        );
        assert!(std::mem::take(&mut list.scroll));
        // Predictions that come move nothing.
        list.selected = 5;
        assert_eq!(list.take_order(vec![0, 1, 2, 3, 4, 5], Then::Stay), None);
        assert!(!list.scroll);
        assert_eq!(list.neighbour(-1), Some(4));

        list.asked = list.arrangement.clone();
        list.arrangement.text = "png".into();
        assert_eq!(list.then(), Then::Follow);
        assert_eq!(list.take_order(vec![1, 5], Then::Follow), None);
        assert!(list.scroll, "it is brought into sight");
        assert_eq!(list.take_order(vec![1, 2], Then::Follow), Some(1));
        assert_eq!(list.take_order(Vec::new(), Then::Follow), None);
        assert_eq!(list.neighbour(1), None);
    }

    #[test]
    fn what_has_left_the_list_still_has_neighbours() {
        let mut list = list(6);
        list.selected = 2;
        list.take_order(vec![0, 1, 3, 4, 5], Then::Stay);
        let near = [-2, -1, 1, 2].map(|by| list.neighbour(by));
        assert_eq!(near, [Some(0), Some(1), Some(3), Some(4)]);
        list.take_order(vec![0], Then::Stay);
        assert_eq!(list.neighbour(1), Some(0), "the last one");
    }

    #[test]
    fn the_order_before_a_part_of_the_report_comes_back_with_its_filter_gone() {
        let (mut list, wake): (_, Wake) = (list(3), Arc::new(|| ()));
        let arrange = |list: &mut List| list.arrange(Schema::face(), wake.clone(), Then::Stay);
        let lead = |list: &mut List, misses| {
            list.lead();
            list.arrangement.misses = misses;
            list.arrangement.sort = Sort::Nme;
        };
        list.arrangement.sort = Sort::Name;
        arrange(&mut list);
        lead(&mut list, Some(Some(1)));
        arrange(&mut list);
        arrange(&mut list); // predictions that come
        // From one bar to another, and by a filter that is no part of it.
        lead(&mut list, Some(Some(2)));
        arrange(&mut list);
        list.arrangement.text = "a".into();
        arrange(&mut list);
        assert_eq!(list.arrangement.sort, Sort::Nme);
        list.arrangement.misses = None;
        arrange(&mut list);
        assert_eq!(list.arrangement.sort, Sort::Name);
        // An order that was chosen since stays.
        lead(&mut list, Some(None));
        arrange(&mut list);
        list.arrangement.sort = Sort::Listed;
        arrange(&mut list);
        list.arrangement.misses = None;
        arrange(&mut list);
        assert_eq!(list.arrangement.sort, Sort::Listed);
    }

    #[test]
    fn what_a_person_asked_for_outlives_a_later_arrangement() {
        let (mut list, wake): (_, Wake) = (list(3), Arc::new(|| ()));
        list.selected = 2;
        list.arrangement.sort = Sort::Name;
        let then = list.then();
        list.arrange(Schema::face(), wake.clone(), then);
        list.arrange(Schema::face(), wake.clone(), Then::Stay);
        let since = Instant::now();
        let select = loop {
            let select = list.keep_arranged(Schema::face, &wake);
            if select.is_some() || since.elapsed() > Duration::from_secs(20) {
                break select;
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        assert_eq!(select, Some(0));
    }
}
