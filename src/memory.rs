//! An allocator that keeps large blocks for the next tensor of their size.
//!
//! A training step asks for the same tensors as the one before. The system's allocator gives
//! blocks of this size back each time, and gets them again page by page, zeroed by the kernel:
//! that takes longer than a convolution takes to fill them. Off until [`keep_blocks`] is called.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Below this, the system's allocator does well.
const LARGE_BYTES: usize = 256 << 10;
/// Sizes are rounded up to this, so that blocks serve more often.
const STEP_BYTES: usize = 64 << 10;
/// A cache line, and the longest vector.
const ALIGNMENT: usize = 64;
/// Blocks that can be kept.
const PLACES: usize = 1024;
/// A block that was passed over by this many requests (some ten training steps) is given back.
const PATIENCE: u64 = 8192;

static KEEPING: AtomicBool = AtomicBool::new(false);
static KEPT: Mutex<Kept> = Mutex::new(Kept {
    blocks: [NOTHING; PLACES],
    used: 0,
    requests: 0,
});

/// From now on, keeps freed large blocks. For a process that trains; has no effect where
/// [`Keeping`] is not the global allocator.
pub fn keep_blocks() {
    KEEPING.store(true, Ordering::Relaxed);
}

/// From now on, large blocks go back to the system as soon as they are freed. For a window, which
/// decodes a photo or predicts a batch now and then: glibc would keep such blocks, hundreds of
/// megabytes of them, in an arena for each thread. Costs nothing that can be measured where a
/// network works in between. Has no effect with other C libraries.
pub fn return_blocks() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        const ARENAS: libc::c_int = 4;
        let large = LARGE_BYTES as libc::c_int;
        // SAFETY: they set numbers of the allocator, which may be set at any time.
        unsafe {
            // Once set, the threshold does not rise to the size of what was freed.
            libc::mallopt(libc::M_MMAP_THRESHOLD, large);
            libc::mallopt(libc::M_TRIM_THRESHOLD, large);
            libc::mallopt(libc::M_ARENA_MAX, ARENAS);
        }
    }
}

/// The allocator: `#[global_allocator] static MEMORY: Keeping = Keeping;`
pub struct Keeping;

#[derive(Clone, Copy)]
struct Block {
    address: usize,
    size: usize,
    /// The number of requests there had been when it was freed.
    since: u64,
}

const NOTHING: Block = Block {
    address: 0,
    size: 0,
    since: 0,
};

struct Kept {
    /// The first `used` are blocks, the oldest first.
    blocks: [Block; PLACES],
    used: usize,
    requests: u64,
}

impl Kept {
    /// The block of this size that was freed last: most of it may still be in a cache.
    fn take(&mut self, size: usize) -> Option<usize> {
        self.requests += 1;
        let found = self.blocks[..self.used]
            .iter()
            .rposition(|b| b.size == size)?;
        Some(self.remove(found).address)
    }

    fn remove(&mut self, place: usize) -> Block {
        let block = self.blocks[place];
        self.blocks.copy_within(place + 1..self.used, place);
        self.used -= 1;
        block
    }

    /// Keeps a block; returns one to be given back if there is no place or one is stale.
    fn put(&mut self, address: usize, size: usize) -> Option<Block> {
        let stale = self.used > 0 && self.blocks[0].since + PATIENCE < self.requests;
        let out = (stale || self.used == PLACES).then(|| self.remove(0));
        self.blocks[self.used] = Block {
            address,
            size,
            since: self.requests,
        };
        self.used += 1;
        out
    }
}

/// The layout with which a large block is asked of the system: a function of the request's, so
/// that freeing finds the same.
fn rounded(layout: Layout) -> Option<Layout> {
    if layout.size() < LARGE_BYTES || layout.align() > ALIGNMENT {
        return None;
    }
    let size = layout.size().checked_next_multiple_of(STEP_BYTES)?;
    Layout::from_size_align(size, ALIGNMENT).ok()
}

// SAFETY: every block comes from `System` with the layout that `rounded` gives, is in one place
// only (with a user or kept), and returns to `System` with that layout. Nothing here allocates
// or panics: the lock is held over plain reads and writes within bounds.
unsafe impl GlobalAlloc for Keeping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(large) = rounded(layout) else {
            // SAFETY: the caller's promise about the layout.
            return unsafe { System.alloc(layout) };
        };
        if KEEPING.load(Ordering::Relaxed) {
            let kept = KEPT
                .lock()
                .ok()
                .and_then(|mut kept| kept.take(large.size()));
            if let Some(address) = kept {
                return std::ptr::with_exposed_provenance_mut(address);
            }
        }
        // SAFETY: not of size zero, since it is large.
        unsafe { System.alloc(large) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match rounded(layout) {
            // The system's fresh pages are zero already.
            // SAFETY: the caller's promise about the layout.
            None => unsafe { System.alloc_zeroed(layout) },
            // SAFETY: not of size zero, since it is large.
            Some(large) if !KEEPING.load(Ordering::Relaxed) => unsafe {
                System.alloc_zeroed(large)
            },
            // SAFETY: the caller's promise about the layout; a block has its whole size.
            Some(_) => unsafe {
                let block = self.alloc(layout);
                if !block.is_null() {
                    block.write_bytes(0, layout.size());
                }
                block
            },
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let Some(large) = rounded(layout) else {
            // SAFETY: it came from the system with this layout.
            return unsafe { System.dealloc(block, layout) };
        };
        if !KEEPING.load(Ordering::Relaxed) {
            // SAFETY: it came from the system with the layout that `rounded` gives.
            return unsafe { System.dealloc(block, large) };
        }
        let Ok(mut kept) = KEPT.lock() else {
            // SAFETY: as above.
            return unsafe { System.dealloc(block, large) };
        };
        let out = kept.put(block.expose_provenance(), large.size());
        drop(kept);
        if let Some(out) = out {
            let block = std::ptr::with_exposed_provenance_mut(out.address);
            let Ok(layout) = Layout::from_size_align(out.size, ALIGNMENT) else {
                return;
            };
            // SAFETY: a kept block of this size came from the system with this layout.
            unsafe { System.dealloc(block, layout) };
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Ok(wanted) = Layout::from_size_align(size, layout.align()) else {
            return std::ptr::null_mut();
        };
        match (rounded(layout), rounded(wanted)) {
            // SAFETY: it came from the system with this layout, and the new one is valid.
            (None, None) => unsafe { System.realloc(block, layout, size) },
            // The block has room for it.
            (Some(a), Some(b)) if a == b => block,
            // SAFETY: both blocks have the bytes that are copied, and are apart.
            _ => unsafe {
                let new = self.alloc(wanted);
                if !new.is_null() {
                    new.copy_from_nonoverlapping(block, layout.size().min(size));
                    self.dealloc(block, layout);
                }
                new
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tests' own allocator is the system's: nothing else asks for these blocks.
    #[test]
    fn a_freed_block_serves_the_next_request_of_its_size() {
        keep_blocks();
        let layout = Layout::from_size_align(3 << 20, 4).unwrap();
        let near = Layout::from_size_align((3 << 20) - 1000, 4).unwrap();
        let small = Layout::from_size_align(100, 4).unwrap();
        // SAFETY: each block is used within its layout and freed once, with its own.
        unsafe {
            let first = Keeping.alloc(layout);
            assert_eq!(first.align_offset(ALIGNMENT), 0);
            first.write_bytes(7, layout.size());
            Keeping.dealloc(first, layout);
            let again = Keeping.alloc_zeroed(near);
            assert_eq!(again, first);
            assert!(
                std::slice::from_raw_parts(again, near.size())
                    .iter()
                    .all(|b| *b == 0)
            );
            let other = Keeping.alloc(layout);
            assert_ne!(other, again);
            again.write_bytes(9, near.size());
            let shrunk = Keeping.realloc(again, near, small.size());
            assert!(
                std::slice::from_raw_parts(shrunk, small.size())
                    .iter()
                    .all(|b| *b == 9)
            );
            let grown = Keeping.realloc(shrunk, small, layout.size());
            assert_eq!(grown, first);
            assert!(
                std::slice::from_raw_parts(grown, small.size())
                    .iter()
                    .all(|b| *b == 9)
            );
            Keeping.dealloc(grown, layout);
            Keeping.dealloc(other, layout);
        }
    }

    #[test]
    fn stale_blocks_and_those_without_a_place_are_given_back() {
        let mut kept = Kept {
            blocks: [NOTHING; PLACES],
            used: 0,
            requests: 0,
        };
        for address in 1..=PLACES {
            assert!(kept.put(address, 64).is_none());
        }
        assert_eq!(kept.put(9999, 128).map(|b| b.address), Some(1));
        assert_eq!(kept.take(64), Some(PLACES));
        assert_eq!(kept.take(128), Some(9999));
        assert_eq!(kept.take(128), None);
        kept.requests += PATIENCE + 1;
        assert_eq!(kept.put(5000, 64).map(|b| b.address), Some(2));
    }
}
