//! Texts in Korean and English. The server and the page read the same files in `locales/`.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;

use crate::chat::ChatError;

/// A language that we speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Locale {
    /// Korean.
    Ko,
    /// English.
    En,
}

type Catalogue = HashMap<String, String>;

static KOREAN: LazyLock<Catalogue> = LazyLock::new(|| read(include_str!("../locales/ko.toml")));
static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| read(include_str!("../locales/en.toml")));

impl Locale {
    /// The language for a request: Korean without a wish and where it is preferred, else English.
    /// Reads `Accept-Language` as RFC 9110 §12.5.4 writes it; what it cannot read does not count.
    #[must_use]
    pub fn preferred(accept_language: Option<&str>) -> Self {
        let Some(wishes) = accept_language.filter(|wishes| !wishes.trim().is_empty()) else {
            return Self::Ko;
        };
        let weight = |language: &str| {
            wishes
                .split(',')
                .filter_map(|wish| weight_of(wish, language))
                .fold(None, |best: Option<f32>, weight| {
                    Some(best.map_or(weight, |best| best.max(weight)))
                })
        };
        let everything_else = weight("*").unwrap_or(0.0);
        let korean = weight("ko").unwrap_or(everything_else);
        let english = weight("en").unwrap_or(0.0);
        if korean > 0.0 && korean >= english && (korean > english || first_is_korean(wishes)) {
            Self::Ko
        } else {
            Self::En
        }
    }

    /// The tag of each language, and its name in itself.
    pub const NAMES: [(&str, &str); 2] = [("ko", "한국어"), ("en", "English")];

    /// The language with this tag.
    #[must_use]
    pub fn tagged(tag: &str) -> Option<Self> {
        [Self::Ko, Self::En].into_iter().find(|locale| locale.tag() == tag)
    }

    /// The language tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }

    /// The text of a key, e.g. `lobby.title`. A key that is missing shows as itself; a test sees to
    /// it that none is.
    #[must_use]
    pub fn text(self, key: &str) -> &'static str {
        let catalogue = match self {
            Self::Ko => &KOREAN,
            Self::En => &ENGLISH,
        };
        catalogue.get(key).map_or("", String::as_str)
    }

    /// The text of a key with one `{name}` filled in.
    #[must_use]
    pub fn fill(self, key: &str, name: &str, value: impl Display) -> String {
        self.text(key).replace(&format!("{{{name}}}"), &value.to_string())
    }

    /// The sentence for a refusal: what is wrong and what to do.
    #[must_use]
    pub fn sentence(self, error: &ChatError) -> String {
        match error {
            ChatError::Invalid { field, reason } => {
                let text = self.text(&format!("invalid.{}", reason.code));
                if text.is_empty() {
                    return self.fill("invalid.field", "field", field);
                }
                reason.values.iter().fold(text.to_owned(), |text, (name, value)| {
                    text.replace(&format!("{{{name}}}"), &value.to_string())
                })
            }
            ChatError::TooFast { .. } => {
                let wait = error.retry_after().unwrap_or_default();
                let seconds = wait.as_millis().div_ceil(1_000).max(1);
                self.fill("error.too_fast", "seconds", seconds)
            }
            _ => self.text(&format!("error.{}", error.code())).to_owned(),
        }
    }
}

fn weight_of(wish: &str, language: &str) -> Option<f32> {
    let mut parts = wish.split(';').map(str::trim);
    let primary = parts.next()?.split('-').next()?;
    if !primary.eq_ignore_ascii_case(language) {
        return None;
    }
    let weight = parts.find_map(|part| part.strip_prefix("q="));
    weight.map_or(Some(1.0), |weight| weight.trim().parse().ok())
}

/// Equal weights: the one that is named first.
fn first_is_korean(wishes: &str) -> bool {
    let ours = wishes
        .split(',')
        .find(|wish| weight_of(wish, "ko").is_some() || weight_of(wish, "en").is_some());
    ours.is_none_or(|wish| weight_of(wish, "ko").is_some())
}

/// Flattens `[area] key = "text"` into `area.key`.
fn read(source: &str) -> Catalogue {
    let table: toml::Table = toml::from_str(source).unwrap_or_default();
    let mut catalogue = Catalogue::new();
    for (area, texts) in table {
        for (key, text) in texts.as_table().into_iter().flatten() {
            if let Some(text) = text.as_str() {
                catalogue.insert(format!("{area}.{key}"), text.to_owned());
            }
        }
    }
    catalogue
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::*;

    #[test]
    fn korean_without_a_wish_and_where_it_is_preferred_else_english() {
        for (wishes, expected) in [
            (None, Locale::Ko),
            (Some(""), Locale::Ko),
            (Some("ko"), Locale::Ko),
            (Some("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7"), Locale::Ko),
            (Some("en-US,en;q=0.9,ko;q=0.8"), Locale::En),
            (Some("en"), Locale::En),
            (Some("fr,de;q=0.5"), Locale::En),
            (Some("fr, ko;q=0.3"), Locale::Ko),
            (Some("ja, en;q=0.2, ko;q=0.3"), Locale::Ko),
            (Some("ko,en"), Locale::Ko),
            (Some("en,ko"), Locale::En),
            (Some("ko;q=0"), Locale::En),
            (Some("*"), Locale::Ko),
            (Some("en;q=oops, ko;q=0.1"), Locale::Ko),
            (Some(";;;,,,q=1"), Locale::En),
        ] {
            assert_eq!(Locale::preferred(wishes), expected, "{wishes:?}");
        }
    }

    #[test]
    fn both_languages_have_the_same_keys_and_the_same_places_to_fill() {
        let keys = |catalogue: &Catalogue| catalogue.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(keys(&KOREAN), keys(&ENGLISH));
        assert!(KOREAN.len() > 50, "only {} texts were read", KOREAN.len());
        for (key, korean) in KOREAN.iter() {
            assert_eq!(places(korean), places(&ENGLISH[key]), "{key}");
            assert!(!korean.is_empty() && !ENGLISH[key].is_empty(), "{key} is empty");
        }
    }

    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn every_refusal_has_a_sentence_in_both_languages() {
        use crate::chat::{ChatError as Error, Reason};
        let plain = [
            Error::BadRequest,
            Error::WrongPassword,
            Error::NotAdmitted,
            Error::NotInRoom,
            Error::NotOwner,
            Error::CrossSite,
            Error::NotFound,
            Error::Conflict,
            Error::AlreadyJoined,
            Error::RoomFull,
            Error::TooLarge,
            Error::NotAGif,
            Error::TooFast { retry_after: Duration::from_millis(1) },
            Error::Unavailable,
            Error::NoSpace,
            Error::Invalid { field: "title", reason: Reason::limit("title_too_long", 100) },
            Error::Invalid { field: "odd", reason: Reason::plain("without_a_sentence") },
        ];
        for error in plain {
            for locale in [Locale::Ko, Locale::En] {
                let sentence = locale.sentence(&error);
                assert!(!sentence.is_empty() && !sentence.contains('{'), "{error}: {sentence}");
            }
        }
    }
}
