//! A hash that is the same on every machine and in every release, for what is kept in files or
//! decides what is drawn by chance. What lives in memory alone takes the standard library's.

use std::fmt;
use std::fs::File;
use std::hash::Hasher;
use std::io::{self, Read};
use std::path::Path;

use fnv::FnvHasher;

/// FNV-1a, 64 bits, of bytes that come piece by piece.
#[derive(Default)]
pub struct StableHasher(FnvHasher);

impl StableHasher {
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    pub fn finish(&self) -> u64 {
        self.0.finish()
    }

    /// The hash in sixteen hexadecimal digits.
    pub fn to_hex(&self) -> String {
        format!("{:016x}", self.finish())
    }
}

/// FNV-1a, 64 bits.
pub fn stable_hash(bytes: &[u8]) -> u64 {
    let mut hasher = StableHasher::default();
    hasher.add(bytes);
    hasher.finish()
}

/// BLAKE3 of bytes: two contents that have the same are the same, whoever made them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StrongHash([u8; 32]);

impl StrongHash {
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// Of a file, which is read piece by piece.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut hasher = blake3::Hasher::new();
        let mut piece = vec![0; 1 << 16];
        loop {
            match file.read(&mut piece)? {
                0 => return Ok(Self(*hasher.finalize().as_bytes())),
                n => hasher.update(&piece[..n]),
            };
        }
    }

    /// Half of it, which is enough to tell files apart that nobody made to be alike.
    pub fn short(self) -> [u8; 16] {
        std::array::from_fn(|i| self.0[i])
    }
}

/// In 64 hexadecimal digits.
impl fmt::Display for StrongHash {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_has_the_published_hash_however_it_is_read() {
        // From the test vectors of BLAKE3's authors.
        let empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
        assert_eq!(StrongHash::of(b"").to_string(), empty);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jpg");
        assert!(StrongHash::of_file(&path).is_err());
        let bytes: Vec<u8> = (0..200_000_u32).map(|i| (i % 251) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        let read = StrongHash::of_file(&path).unwrap();
        assert_eq!(read, StrongHash::of(&bytes));
        assert_ne!(read, StrongHash::of(&bytes[1..]));
        assert!(
            read.to_string()
                .starts_with(&format!("{:02x}", read.short()[0]))
        );
    }

    #[test]
    fn the_hash_has_its_published_values() {
        // From the test vectors of FNV's authors.
        assert_eq!(stable_hash(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(stable_hash(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(stable_hash(b"foobar"), 0x8594_4171_f739_67e8);
        let mut pieces = StableHasher::default();
        pieces.add(b"foo");
        pieces.add(b"bar");
        assert_eq!(pieces.finish(), stable_hash(b"foobar"));
        assert_eq!(pieces.to_hex(), "85944171f73967e8");
    }
}
