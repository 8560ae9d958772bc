//! Whether a JPEG is all there. Decoders fill what is missing with grey and say nothing, so a
//! download that was cut off would be predicted and trained on. Here the entropy-coded data is
//! walked through without computing a pixel, and its blocks are counted: only a missing end marker
//! is let pass.
//!
//! ITU-T T.81, Annexes B (markers), F (sequential) and G (progressive). What this file does not
//! understand (arithmetic coding, lossless frames, 12 bits) is left to the decoder to refuse.

mod bits;

use bits::{Bits, Codes, Stop, next_marker};

/// Bytes of zeros at the end that no encoder writes: a file that was given its size before its
/// content came.
const FILLED: usize = 16;
/// More blocks than the largest picture that is read has in four components.
const MAX_BLOCKS: usize = 8 << 20;

/// What is missing of a JPEG; `None` where all of it is there, or where that cannot be told.
pub fn missing(bytes: &[u8]) -> Option<String> {
    let filled = bytes.iter().rev().take_while(|b| **b == 0).count();
    let bytes = match filled >= FILLED {
        true => &bytes[..bytes.len() - filled],
        false => bytes,
    };
    let mut walk = Walk::default();
    match walk.file(bytes) {
        Ok(end) => walk.judge(end),
        Err(Unknown) => None,
    }
}

/// The file has something of which this walk knows nothing.
struct Unknown;

/// How a file ends.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// With its marker.
    Marker,
    /// Without it.
    Bare,
}

#[derive(Default)]
struct Walk {
    frame: Option<Frame>,
    dc: [Option<Codes>; 4],
    ac: [Option<Codes>; 4],
    /// Blocks or MCUs between restart markers; 0 without them.
    restart: usize,
    /// The first scan that ends early: how many MCUs are there, and how many belong.
    short: Option<(usize, usize)>,
    /// Some of the data could not be followed.
    damaged: bool,
}

struct Frame {
    progressive: bool,
    /// MCUs across and down, where a scan interleaves components.
    across: usize,
    down: usize,
    components: Vec<Component>,
}

struct Component {
    id: u8,
    h: usize,
    v: usize,
    /// Blocks across and down, as a scan of this component alone has them.
    across: usize,
    down: usize,
    /// Blocks across as they are stored: whole MCUs.
    stored: usize,
    /// Of each coefficient the lowest bit that has come; `None` before the first.
    low: [Option<u8>; 64],
    /// Which coefficients of each block are not zero, where later scans refine them.
    nonzero: Vec<u64>,
}

impl Walk {
    fn file(&mut self, bytes: &[u8]) -> Result<End, Unknown> {
        let mut at = 2;
        loop {
            // Between segments some cameras leave bytes.
            let Some(marker) = next_marker(bytes, &mut at) else {
                return Ok(End::Bare);
            };
            match marker {
                0xd9 => return Ok(End::Marker),
                0x01 | 0xd0..=0xd8 => continue,
                _ => {}
            }
            let Some(segment) = segment(bytes, &mut at) else {
                return Ok(End::Bare);
            };
            match marker {
                0xc0..=0xc2 => self.frame(segment, marker == 0xc2)?,
                0xc4 => self.tables(segment)?,
                0xc3 | 0xc5..=0xcf | 0xdc => return Err(Unknown),
                0xdd => self.restart = usize::from(two(segment, 0).ok_or(Unknown)?),
                0xda => self.scan(segment, bytes, &mut at)?,
                _ => {}
            }
        }
    }

    fn frame(&mut self, segment: &[u8], progressive: bool) -> Result<(), Unknown> {
        let (8, None) = (*segment.first().ok_or(Unknown)?, &self.frame) else {
            return Err(Unknown);
        };
        let [height, width] = [1, 3].map(|i| two(segment, i).map(usize::from));
        let (height, width) = (height.ok_or(Unknown)?, width.ok_or(Unknown)?);
        let count = usize::from(*segment.get(5).ok_or(Unknown)?);
        let parts = segment.get(6..6 + 3 * count).ok_or(Unknown)?;
        let sides = |part: &[u8]| (usize::from(part[1] >> 4), usize::from(part[1] & 15));
        let (mut most_h, mut most_v) = (0, 0);
        for part in parts.chunks_exact(3) {
            let (h, v) = sides(part);
            if !(1..=4).contains(&h) || !(1..=4).contains(&v) {
                return Err(Unknown);
            }
            (most_h, most_v) = (most_h.max(h), most_v.max(v));
        }
        if !(1..=4).contains(&count) || width == 0 || height == 0 {
            return Err(Unknown);
        }
        let mcus = width.div_ceil(8 * most_h) * height.div_ceil(8 * most_v);
        let mut blocks = 0;
        let mut components = Vec::new();
        for part in parts.chunks_exact(3) {
            let (h, v) = sides(part);
            let size = |side: usize, part: usize, most: usize| (side * part).div_ceil(most);
            blocks += mcus * h * v;
            components.push(Component {
                id: part[0],
                h,
                v,
                across: size(width, h, most_h).div_ceil(8),
                down: size(height, v, most_v).div_ceil(8),
                stored: width.div_ceil(8 * most_h) * h,
                low: [None; 64],
                nonzero: Vec::new(),
            });
        }
        if blocks > MAX_BLOCKS {
            return Err(Unknown);
        }
        for component in components.iter_mut().filter(|_| progressive) {
            component.nonzero = vec![0; mcus * component.h * component.v];
        }
        self.frame = Some(Frame {
            progressive,
            across: width.div_ceil(8 * most_h),
            down: height.div_ceil(8 * most_v),
            components,
        });
        Ok(())
    }

    fn tables(&mut self, mut segment: &[u8]) -> Result<(), Unknown> {
        while let [kind, rest @ ..] = segment {
            let counts = rest.get(..16).ok_or(Unknown)?;
            let symbols: usize = counts.iter().map(|n| usize::from(*n)).sum();
            let values = rest.get(16..16 + symbols).ok_or(Unknown)?;
            let codes = Codes::new(counts, values).ok_or(Unknown)?;
            let all = match kind >> 4 {
                0 => &mut self.dc,
                1 => &mut self.ac,
                _ => return Err(Unknown),
            };
            *all.get_mut(usize::from(kind & 15)).ok_or(Unknown)? = Some(codes);
            segment = &rest[16 + symbols..];
        }
        Ok(())
    }

    fn scan(&mut self, segment: &[u8], bytes: &[u8], at: &mut usize) -> Result<(), Unknown> {
        let frame = self.frame.as_mut().ok_or(Unknown)?;
        let count = usize::from(*segment.first().ok_or(Unknown)?);
        let chosen = segment.get(1..1 + 2 * count).ok_or(Unknown)?;
        let &[start, end, bits] = segment.get(1 + 2 * count..4 + 2 * count).ok_or(Unknown)? else {
            return Err(Unknown);
        };
        let (start, end) = match frame.progressive {
            true => (usize::from(start), usize::from(end)),
            false => (0, 63),
        };
        let (high, low) = match frame.progressive {
            true => (bits >> 4, bits & 15),
            false => (0, 0),
        };
        if start > end || end > 63 || !(1..=4).contains(&count) {
            return Err(Unknown);
        }
        let mut members = Vec::new();
        for pair in chosen.chunks_exact(2) {
            let is = |c: &Component| c.id == pair[0];
            let component = frame.components.iter().position(is).ok_or(Unknown)?;
            let table = |all: &[Option<Codes>; 4], which: u8, wanted: bool| {
                let which = usize::from(which);
                let there = all.get(which).is_some_and(Option::is_some);
                match (wanted, there) {
                    (true, true) => Ok(which),
                    (true, false) => Err(Unknown),
                    (false, _) => Ok(0),
                }
            };
            members.push(Member {
                component,
                dc: table(&self.dc, pair[1] >> 4, start == 0 && high == 0)?,
                ac: table(
                    &self.ac,
                    pair[1] & 15,
                    end > 0 && (start > 0 || !frame.progressive),
                )?,
            });
        }
        for member in &members {
            let lows = &mut frame.components[member.component].low[start..=end];
            lows.iter_mut().for_each(|l| *l = Some(low));
        }
        let data = Data {
            dc: &self.dc,
            ac: &self.ac,
            band: (start, end),
            refines: high > 0,
        };
        let mut bits = Bits::new(bytes, *at);
        match data.scan(frame, &members, self.restart, &mut bits) {
            Scanned::Whole => {}
            Scanned::Damaged => self.damaged = true,
            Scanned::Short(done, belong) => {
                self.short.get_or_insert((done, belong));
            }
        }
        *at = bits.marker_at();
        Ok(())
    }

    fn judge(&self, end: End) -> Option<String> {
        if let Some((done, belong)) = self.short {
            let part = 100 * done / belong.max(1);
            return Some(format!("its data ends after {part} % of a scan"));
        }
        let components = self.frame.iter().flat_map(|frame| &frame.components);
        let mut lows = components.flat_map(|c| &c.low).peekable();
        if lows.peek().is_none() || lows.clone().all(Option::is_none) {
            return Some("it ends before its picture".into());
        }
        // A progressive file that is cut between two scans looks whole but for this.
        let all = lows.all(|low| *low == Some(0));
        match end {
            End::Marker => None,
            End::Bare if self.damaged => Some("its data is damaged and has no end".into()),
            End::Bare => (!all).then(|| "its last scans are missing".into()),
        }
    }
}

struct Member {
    component: usize,
    dc: usize,
    ac: usize,
}

/// What became of a scan.
enum Scanned {
    Whole,
    /// So many MCUs of as many as belong, and then no more data.
    Short(usize, usize),
    Damaged,
}

/// A scan's way through its data.
struct Data<'a> {
    dc: &'a [Option<Codes>; 4],
    ac: &'a [Option<Codes>; 4],
    band: (usize, usize),
    refines: bool,
}

impl Data<'_> {
    fn scan(
        &self,
        frame: &mut Frame,
        members: &[Member],
        restart: usize,
        bits: &mut Bits,
    ) -> Scanned {
        let alone = members.len() == 1;
        let first = &frame.components[members[0].component];
        let (across, down) = match alone {
            true => (first.across, first.down),
            false => (frame.across, frame.down),
        };
        let belong = across * down;
        let (mut done, mut run, mut damaged) = (0, 0, false);
        while done < belong {
            if restart > 0 && done > 0 && done % restart == 0 {
                if !bits.pass_restart() {
                    return Scanned::Short(done, belong);
                }
                run = 0;
            }
            let (column, row) = (done % across, done / across);
            let stopped = members.iter().any(|member| {
                let component = &mut frame.components[member.component];
                let (h, v) = match alone {
                    true => (1, 1),
                    false => (component.h, component.v),
                };
                (0..h * v).any(|part| {
                    let place = (row * v + part / h) * component.stored + column * h + part % h;
                    let block = match component.nonzero.get_mut(place) {
                        Some(nonzero) => self.part_of_block(member, bits, nonzero, &mut run),
                        None => self.whole_block(member, bits),
                    };
                    block.is_err()
                })
            });
            if !stopped {
                done += 1;
                continue;
            }
            // Damage inside the data is the decoder's to judge; here it is only whether the data
            // ends.
            damaged = true;
            match bits.at_restart() {
                true if restart > 0 => done = (done / restart + 1) * restart,
                false if bits.over => return Scanned::Short(done, belong),
                _ => return Scanned::Damaged,
            }
        }
        match damaged {
            true => Scanned::Damaged,
            false => Scanned::Whole,
        }
    }

    fn whole_block(&self, member: &Member, bits: &mut Bits) -> Result<(), Stop> {
        let (Some(dc), Some(ac)) = (&self.dc[member.dc], &self.ac[member.ac]) else {
            return Err(Stop);
        };
        bits.step(dc)?;
        let mut k = 1;
        while k < 64 {
            k += bits.step(ac)?;
        }
        Ok(())
    }

    /// A block in a progressive scan; `run` is for how many more blocks the band has ended.
    fn part_of_block(
        &self,
        member: &Member,
        bits: &mut Bits,
        nonzero: &mut u64,
        run: &mut usize,
    ) -> Result<(), Stop> {
        let (start, end) = self.band;
        if start == 0 {
            return match (self.refines, &self.dc[member.dc]) {
                (true, _) => bits.skip(1),
                (false, Some(dc)) => {
                    let size = bits.symbol(dc)?;
                    bits.skip(u32::from(size & 15))
                }
                (false, None) => Err(Stop),
            };
        }
        let Some(ac) = &self.ac[member.ac] else {
            return Err(Stop);
        };
        let mut k = start;
        while *run == 0 && k <= end {
            let symbol = bits.symbol(ac)?;
            let (zeros, size) = (usize::from(symbol >> 4), symbol & 15);
            if size == 0 && zeros < 15 {
                *run = (1 << zeros) + bits.take(zeros as u32)? as usize;
                break;
            }
            if !self.refines {
                bits.skip(u32::from(size))?;
                k += zeros;
                if size > 0 && k < 64 {
                    *nonzero |= 1 << k;
                }
                k += 1;
                continue;
            }
            bits.skip(u32::from(size > 0))?;
            // Over `zeros` coefficients that are zero so far; those that are not give a bit each.
            let mut left = zeros;
            while k <= end {
                if *nonzero >> k & 1 == 1 {
                    bits.skip(1)?;
                } else if left == 0 {
                    if size > 0 {
                        *nonzero |= 1 << k;
                    }
                    k += 1;
                    break;
                } else {
                    left -= 1;
                }
                k += 1;
            }
        }
        if *run > 0 {
            if self.refines && k <= end {
                let rest = (u64::MAX << k) & (u64::MAX >> (63 - end));
                bits.skip((*nonzero & rest).count_ones())?;
            }
            *run -= 1;
        }
        Ok(())
    }
}

/// A segment's content; `at` is then behind it. `None` where it is not all there.
fn segment<'a>(bytes: &'a [u8], at: &mut usize) -> Option<&'a [u8]> {
    let length = usize::from(two(bytes, *at)?);
    let segment = bytes.get(*at + 2..*at + length.max(2))?;
    *at += length.max(2);
    Some(segment)
}

fn two(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}
