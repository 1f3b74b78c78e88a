//! The strings of a history, each kept once: a million messages are told many times over.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// A string, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Word(usize);

/// All strings, one after the other.
#[derive(Default)]
pub(super) struct Words<Hasher = RandomState> {
    text: String,
    ends: Vec<usize>,
    numbers: HashMap<u64, usize>,
    hasher: Hasher,
}

impl<Hasher: BuildHasher> Words<Hasher> {
    /// The number of a string, old or new.
    pub(super) fn take(&mut self, text: &str) -> Word {
        let mut key = self.hasher.hash_one(text);
        // Seldom have two strings the same hash: the later one then has the next free key.
        while let Some(number) = self.numbers.get(&key).copied() {
            if self.get(Word(number)) == text {
                return Word(number);
            }
            key = key.wrapping_add(1);
        }
        let number = self.ends.len();
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.numbers.insert(key, number);
        Word(number)
    }

    /// Gives the memory back that only new strings need.
    pub(super) fn close(&mut self) {
        self.numbers = HashMap::new();
    }

    /// The string of a number that [`Words::take`] gave.
    pub(super) fn get(&self, Word(number): Word) -> &str {
        let end_of = |number: usize| self.ends.get(number).copied();
        let start = number.checked_sub(1).and_then(end_of).unwrap_or_default();
        let end = end_of(number).unwrap_or_default();
        self.text.get(start..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::hash::Hasher;

    use super::*;

    const STRINGS: [&str; 5] = ["", "a", "방", "ab", "b"];

    fn assert_each_has_its_own_number(mut words: Words<impl BuildHasher>) {
        let numbers = STRINGS.map(|text| words.take(text));
        assert_eq!(STRINGS.map(|text| words.take(text)), numbers, "the second time");
        assert_eq!(numbers.map(|number| words.get(number)), STRINGS);
    }

    #[test]
    fn each_string_has_its_own_number() {
        assert_each_has_its_own_number(Words::<RandomState>::default());
    }

    #[test]
    fn strings_with_the_same_hash_are_told_apart() {
        #[derive(Default)]
        struct Same;
        impl Hasher for Same {
            fn write(&mut self, _: &[u8]) {}
            fn finish(&self) -> u64 {
                u64::MAX
            }
        }
        let hasher = std::hash::BuildHasherDefault::<Same>::default();
        let (text, ends, numbers) = Default::default();
        assert_each_has_its_own_number(Words { text, ends, numbers, hasher });
    }
}
