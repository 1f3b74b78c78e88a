//! What pages say.

use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

/// Most words of a message.
const WORDS_MAX: usize = 12;

/// Words that are easy to damage on the way: they have to come back as they were.
const WORDS: [&str; 16] = [
    "hello",
    "안녕하세요",
    "방",
    "\"quoted\"",
    "back\\slash",
    "<b>",
    "&amp;",
    "🐋",
    "👩‍👩‍👧",
    "émigré",
    "[1,2]",
    "{\"a\":null}",
    "two\nlines",
    "42/chat,",
    "'",
    "100%",
];

/// Some words.
pub(super) fn some(random: &mut StdRng) -> String {
    let count = random.random_range(1..=WORDS_MAX);
    let words = (0..count).filter_map(|_| WORDS.choose(random).copied());
    words.collect::<Vec<_>>().join(" ")
}
