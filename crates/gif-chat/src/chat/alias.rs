//! Two-word names, so that nobody depends on colour alone: "파란 고래" / "Blue Whale".

/// Which alias a visitor has in a room. Small numbers are plain pairs of words; each further round
/// through all pairs adds a number behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AliasNumber(u32);

/// An alias in both languages; every client shows its reader's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// In Korean.
    pub ko: String,
    /// In English.
    pub en: String,
}

const FIRST: [(&str, &str); 64] = [
    ("파란", "Blue"),
    ("빨간", "Red"),
    ("노란", "Yellow"),
    ("하얀", "White"),
    ("까만", "Black"),
    ("초록", "Green"),
    ("분홍", "Pink"),
    ("보라", "Purple"),
    ("은빛", "Silver"),
    ("금빛", "Golden"),
    ("작은", "Little"),
    ("커다란", "Giant"),
    ("빠른", "Swift"),
    ("느린", "Slow"),
    ("조용한", "Quiet"),
    ("씩씩한", "Brave"),
    ("졸린", "Sleepy"),
    ("신난", "Merry"),
    ("웃는", "Smiling"),
    ("춤추는", "Dancing"),
    ("노래하는", "Singing"),
    ("꿈꾸는", "Dreaming"),
    ("날쌘", "Nimble"),
    ("포근한", "Cozy"),
    ("따뜻한", "Warm"),
    ("시원한", "Cool"),
    ("반짝이는", "Shining"),
    ("수줍은", "Shy"),
    ("똑똑한", "Clever"),
    ("엉뚱한", "Quirky"),
    ("느긋한", "Easygoing"),
    ("부지런한", "Busy"),
    ("상냥한", "Kind"),
    ("용감한", "Bold"),
    ("튼튼한", "Sturdy"),
    ("말랑한", "Soft"),
    ("둥근", "Round"),
    ("가벼운", "Light"),
    ("깊은", "Deep"),
    ("높은", "High"),
    ("새벽", "Dawn"),
    ("한낮", "Noon"),
    ("저녁", "Evening"),
    ("달밤", "Moonlit"),
    ("봄날", "Spring"),
    ("여름", "Summer"),
    ("가을", "Autumn"),
    ("겨울", "Winter"),
    ("바다", "Ocean"),
    ("구름", "Cloud"),
    ("바람", "Wind"),
    ("이슬", "Dewy"),
    ("별빛", "Starlit"),
    ("햇살", "Sunny"),
    ("눈꽃", "Snowy"),
    ("단풍", "Maple"),
    ("산골", "Mountain"),
    ("들판", "Meadow"),
    ("호수", "Lake"),
    ("숲속", "Forest"),
    ("솜털", "Fluffy"),
    ("줄무늬", "Striped"),
    ("점박이", "Spotted"),
    ("행복한", "Happy"),
];

const SECOND: [(&str, &str); 64] = [
    ("고래", "Whale"),
    ("여우", "Fox"),
    ("토끼", "Rabbit"),
    ("사슴", "Deer"),
    ("수달", "Otter"),
    ("부엉이", "Owl"),
    ("고양이", "Cat"),
    ("강아지", "Puppy"),
    ("다람쥐", "Squirrel"),
    ("너구리", "Raccoon"),
    ("펭귄", "Penguin"),
    ("돌고래", "Dolphin"),
    ("거북이", "Turtle"),
    ("참새", "Sparrow"),
    ("제비", "Swallow"),
    ("두루미", "Crane"),
    ("호랑이", "Tiger"),
    ("사자", "Lion"),
    ("판다", "Panda"),
    ("코알라", "Koala"),
    ("기린", "Giraffe"),
    ("코끼리", "Elephant"),
    ("하마", "Hippo"),
    ("낙타", "Camel"),
    ("양", "Sheep"),
    ("염소", "Goat"),
    ("당나귀", "Donkey"),
    ("조랑말", "Pony"),
    ("고슴도치", "Hedgehog"),
    ("두더지", "Mole"),
    ("오소리", "Badger"),
    ("족제비", "Weasel"),
    ("비버", "Beaver"),
    ("햄스터", "Hamster"),
    ("알파카", "Alpaca"),
    ("라마", "Llama"),
    ("앵무새", "Parrot"),
    ("까치", "Magpie"),
    ("오리", "Duck"),
    ("거위", "Goose"),
    ("백조", "Swan"),
    ("갈매기", "Gull"),
    ("독수리", "Eagle"),
    ("매", "Falcon"),
    ("물개", "Seal"),
    ("해달", "Seaotter"),
    ("문어", "Octopus"),
    ("오징어", "Squid"),
    ("새우", "Shrimp"),
    ("꽃게", "Crab"),
    ("조개", "Clam"),
    ("해마", "Seahorse"),
    ("나비", "Butterfly"),
    ("꿀벌", "Bee"),
    ("반딧불이", "Firefly"),
    ("잠자리", "Dragonfly"),
    ("달팽이", "Snail"),
    ("개구리", "Frog"),
    ("도마뱀", "Lizard"),
    ("악어", "Crocodile"),
    ("늑대", "Wolf"),
    ("곰", "Bear"),
    ("치타", "Cheetah"),
    ("표범", "Leopard"),
];

impl AliasNumber {
    /// How many aliases are plain pairs of words.
    pub const PAIRS: u32 = 64 * 64;

    /// The alias of this number.
    #[must_use]
    pub fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number, as it is stored.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }

    /// The words.
    #[must_use]
    pub fn words(self) -> Alias {
        let pair = self.0 % Self::PAIRS;
        let (first_ko, first_en) = word(&FIRST, pair / 64);
        let (second_ko, second_en) = word(&SECOND, pair % 64);
        let suffix = match self.0 / Self::PAIRS {
            0 => String::new(),
            round => format!(" {}", u64::from(round) + 1),
        };
        Alias {
            ko: format!("{first_ko} {second_ko}{suffix}"),
            en: format!("{first_en} {second_en}{suffix}"),
        }
    }
}

fn word(words: &[(&'static str, &'static str); 64], index: u32) -> (&'static str, &'static str) {
    usize::try_from(index).ok().and_then(|index| words.get(index)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_alias_is_unique_in_each_language() {
        let (mut korean, mut english) = (HashSet::new(), HashSet::new());
        for number in 0..AliasNumber::PAIRS * 2 {
            let alias = AliasNumber::new(number).words();
            assert!(korean.insert(alias.ko.clone()), "{} twice", alias.ko);
            assert!(english.insert(alias.en.clone()), "{} twice", alias.en);
        }
    }

    #[test]
    fn the_first_alias_is_two_words() {
        let alias = AliasNumber::new(0).words();
        assert_eq!((alias.ko.as_str(), alias.en.as_str()), ("파란 고래", "Blue Whale"));
    }
}
