//! The entropy-coded data of a JPEG, bit by bit, and its Huffman codes.

/// Bits by which a code is looked up at once.
const FAST: u32 = 9;

/// There is no more data before the next marker, or no code has these bits.
pub struct Stop;

/// Huffman codes: those of up to [`FAST`] bits in a table, longer ones by their length.
pub struct Codes {
    /// Length in the high byte (0: longer), symbol in the low one.
    fast: Vec<u16>,
    /// Of a sequential block: length of the code and the value behind it, and by how many
    /// coefficients they lead on.
    steps: Vec<u16>,
    /// Of each length: the first code, how many there are, and where their symbols begin.
    lengths: [(u32, u32, usize); 17],
    symbols: Vec<u8>,
}

impl Codes {
    pub fn new(counts: &[u8], symbols: &[u8]) -> Option<Self> {
        let mut fast = vec![0_u16; 1 << FAST];
        let mut lengths = [(0, 0, 0); 17];
        let (mut code, mut at) = (0_u32, 0);
        for (length, count) in (1..).zip(counts) {
            let count = u32::from(*count);
            if code + count > 1 << length {
                return None;
            }
            lengths[length as usize] = (code, count, at);
            for symbol in &symbols[at..at + count as usize] {
                if length <= FAST {
                    let from = (code << (FAST - length)) as usize;
                    let entry = (length as u16) << 8 | u16::from(*symbol);
                    fast[from..from + (1 << (FAST - length))].fill(entry);
                }
                code += 1;
            }
            at += count as usize;
            code <<= 1;
        }
        let step = |entry: &u16| match (entry >> 8, step(*entry as u8)) {
            (0, _) => 0,
            (length, (size, on)) => (length + size as u16) << 8 | on as u16,
        };
        Some(Self {
            steps: fast.iter().map(step).collect(),
            fast,
            lengths,
            symbols: symbols.to_vec(),
        })
    }
}

/// What a symbol says in a sequential block: bits of the value behind it, and by how many
/// coefficients both lead on.
fn step(symbol: u8) -> (u32, usize) {
    let (zeros, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
    match (zeros, size) {
        (15, 0) => (0, 16),
        (_, 0) => (0, 64),
        _ => (size, zeros + 1),
    }
}

/// The bits of entropy-coded data up to the next marker.
pub struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The next bits, the first of them the highest.
    held: u64,
    count: u32,
    /// A marker or the end of the file comes next.
    end: bool,
    /// More bits were wanted than there are.
    pub over: bool,
}

impl<'a> Bits<'a> {
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self {
            bytes,
            at,
            held: 0,
            count: 0,
            end: false,
            over: false,
        }
    }

    fn fill(&mut self) {
        // Four bytes at once where none of them is 0xff.
        if let Some(&[a, b, c, d]) = self.bytes.get(self.at..self.at + 4)
            && self.count <= 32
        {
            let word = u32::from_be_bytes([a, b, c, d]);
            if (!word).wrapping_sub(0x0101_0101) & word & 0x8080_8080 == 0 {
                self.held |= u64::from(word) << (32 - self.count);
                self.count += 32;
                self.at += 4;
                return;
            }
        }
        while self.count <= 56 {
            let (byte, length) = match self.bytes.get(self.at..) {
                Some([0xff, 0, ..]) => (0xff, 2),
                None | Some([0xff, ..] | []) => {
                    self.end = true;
                    return;
                }
                Some([byte, ..]) => (*byte, 1),
            };
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
            self.at += length;
        }
    }

    fn need(&mut self, bits: u32) -> Result<(), Stop> {
        if self.count < bits && !self.end {
            self.fill();
        }
        match self.count >= bits {
            true => Ok(()),
            false => {
                self.over = true;
                Err(Stop)
            }
        }
    }

    pub fn skip(&mut self, bits: u32) -> Result<(), Stop> {
        let mut left = bits;
        while left > 0 {
            let part = left.min(16);
            self.need(part)?;
            self.drop(part);
            left -= part;
        }
        Ok(())
    }

    pub fn take(&mut self, bits: u32) -> Result<u32, Stop> {
        if bits == 0 {
            return Ok(0);
        }
        self.need(bits)?;
        let value = (self.held >> (64 - bits)) as u32;
        self.drop(bits);
        Ok(value)
    }

    fn drop(&mut self, bits: u32) {
        self.held <<= bits;
        self.count -= bits;
    }

    /// Passes over a code of a sequential block and the value behind it; by how many coefficients
    /// they lead on.
    pub fn step(&mut self, codes: &Codes) -> Result<usize, Stop> {
        if self.count < 32 && !self.end {
            self.fill();
        }
        let entry = codes.steps[(self.held >> (64 - FAST)) as usize];
        let length = u32::from(entry >> 8);
        if length > 0 && length <= self.count {
            self.drop(length);
            return Ok(usize::from(entry & 0xff));
        }
        let (size, on) = step(self.symbol(codes)?);
        self.skip(size)?;
        Ok(on)
    }

    pub fn symbol(&mut self, codes: &Codes) -> Result<u8, Stop> {
        if self.count < 16 && !self.end {
            self.fill();
        }
        let entry = codes.fast[(self.held >> (64 - FAST)) as usize];
        let length = u32::from(entry >> 8);
        if length > 0 {
            if length > self.count {
                self.over = true;
                return Err(Stop);
            }
            self.drop(length);
            return Ok(entry as u8);
        }
        for length in FAST + 1..=16 {
            let (first, count, at) = codes.lengths[length as usize];
            let code = (self.held >> (64 - length)) as u32;
            if code >= first && code - first < count {
                if length > self.count {
                    break;
                }
                self.drop(length);
                return Ok(codes.symbols[at + (code - first) as usize]);
            }
        }
        // Bits that are the beginning of no code: fewer than the longest one has may be left.
        self.over |= self.end && self.count < 16;
        Err(Stop)
    }

    /// Steps over the restart marker that belongs here. What is left before it is passed over.
    pub fn pass_restart(&mut self) -> bool {
        let mut at = self.marker_at();
        let is = matches!(next_marker(self.bytes, &mut at), Some(0xd0..=0xd7));
        if is {
            *self = Self::new(self.bytes, at);
        }
        is
    }

    /// Whether the next marker is one of a restart.
    pub fn at_restart(&self) -> bool {
        let marker = next_marker(self.bytes, &mut self.marker_at());
        matches!(marker, Some(0xd0..=0xd7))
    }

    /// Where the next marker is that is not within data.
    pub fn marker_at(&self) -> usize {
        let mut at = self.at;
        while let Some(step) = self
            .bytes
            .get(at..)
            .and_then(|b| b.iter().position(|b| *b == 0xff))
        {
            at += step;
            match self.bytes.get(at + 1) {
                Some(0) => at += 2,
                _ => return at,
            }
        }
        self.bytes.len()
    }
}

/// The next marker's second byte; `at` is then behind it.
pub fn next_marker(bytes: &[u8], at: &mut usize) -> Option<u8> {
    loop {
        let step = bytes.get(*at..)?.iter().position(|b| *b == 0xff)?;
        *at += step + 1;
        while bytes.get(*at) == Some(&0xff) {
            *at += 1;
        }
        let marker = *bytes.get(*at)?;
        *at += 1;
        if marker != 0 {
            return Some(marker);
        }
    }
}
