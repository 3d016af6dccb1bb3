//! Chance that can be repeated.

/// Seed of a run for which none is asked.
const SEED: u64 = 20_261_123;

/// A small generator of random numbers. Source: Steele, Lea, Flood, “Fast splittable
/// pseudorandom number generators” (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice for the test of this name; the seed is printed and can be set with `JIUJI_SEED`.
    pub(crate) fn of(test: &str) -> Self {
        let seed = std::env::var("JIUJI_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or(SEED);
        println!("{test}: seed {seed} (JIUJI_SEED={seed} repeats this run)");
        Self::seeded(seed)
    }

    /// Dice with a fixed seed.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 random bits.
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `n`, which is not 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.roll() % n as u64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// One of `all`, which is not empty.
    pub(crate) fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// A word of four Chinese characters that no text has by chance.
    pub(crate) fn word(&mut self) -> String {
        (0..4).filter_map(|_| char::from_u32(0x4e00 + self.below(0x5000) as u32)).collect()
    }
}
