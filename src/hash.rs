//! A hash that is the same on every machine and in every release, for what is kept in files or
//! decides what is drawn by chance. What lives in memory alone takes the standard library's.

use std::hash::Hasher;

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

#[cfg(test)]
mod tests {
    use super::*;

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
