//! Bytes inside of JSON. Socket.IO sends them as attachments of a packet, and leaves a placeholder
//! in its JSON: `{"_placeholder":true,"num":0}`.

use std::cell::RefCell;
use std::fmt;
use std::mem;
use std::thread::LocalKey;

use bytes::Bytes;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};
use serde::ser::{Error as _, Serialize, SerializeStruct as _, Serializer};

use super::PacketError;

const MARK: &str = "_placeholder";
const INDEX: &str = "num";

/// The attachments of the packet that is being written or read on this thread, if one is.
type Scope = RefCell<Option<Vec<Bytes>>>;

thread_local! {
    static WRITTEN: Scope = const { RefCell::new(None) };
    static READABLE: Scope = const { RefCell::new(None) };
}

/// Bytes in an argument of an event or in its acknowledgement. They are sent as they are, beside
/// the JSON. Outside of events serializing and deserializing them is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Binary(pub Bytes);

impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let index = WRITTEN.with_borrow_mut(|written| {
            let written = written.as_mut()?;
            written.push(self.0.clone());
            Some(written.len().saturating_sub(1))
        });
        let index = index.ok_or_else(|| S::Error::custom("binary value outside of an event"))?;
        let mut placeholder = serializer.serialize_struct("Binary", 2)?;
        placeholder.serialize_field(MARK, &true)?;
        placeholder.serialize_field(INDEX, &index)?;
        placeholder.end()
    }
}

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PlaceholderVisitor)
    }
}

/// Runs `read` with these attachments for the [`Binary`] values that it deserializes.
pub(crate) fn with_attachments<R>(attachments: &[Bytes], read: impl FnOnce() -> R) -> R {
    let _scope = Entered::new(&READABLE, attachments.to_vec());
    read()
}

/// Runs `write` and returns the attachments of the [`Binary`] values that it serialized, in the
/// order of their placeholders' numbers.
pub(crate) fn collecting<R>(write: impl FnOnce() -> R) -> (R, Vec<Bytes>) {
    let _scope = Entered::new(&WRITTEN, Vec::new());
    let result = write();
    (result, WRITTEN.take().unwrap_or_default())
}

/// Accepts the JSON of a binary packet if each of its placeholders has an attachment, as
/// `reconstructPacket` of the reference parser demands.
pub(crate) fn check_placeholders(payload: &str, attachments: usize) -> Result<(), PacketError> {
    let mut deserializer = serde_json::Deserializer::from_str(payload);
    let walked = Walk { attachments }.deserialize(&mut deserializer);
    walked.and_then(|_| deserializer.end()).ok().ok_or(PacketError::Placeholder)
}

/// Puts back what was in a scope before, also when a panic leaves it.
struct Entered {
    scope: &'static LocalKey<Scope>,
    before: Option<Vec<Bytes>>,
}

impl Entered {
    fn new(scope: &'static LocalKey<Scope>, attachments: Vec<Bytes>) -> Self {
        Self { scope, before: scope.replace(Some(attachments)) }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.scope.set(mem::take(&mut self.before));
    }
}

struct PlaceholderVisitor;

impl<'de> Visitor<'de> for PlaceholderVisitor {
    type Value = Binary;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the placeholder of an attachment")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Binary, A::Error> {
        let (mut marked, mut index) = (false, None);
        while let Some(key) = members.next_key_seed(KeySeed)? {
            match key {
                Key::Mark => marked = members.next_value()?,
                Key::Index => index = Some(members.next_value()?),
                Key::Other => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        let index: usize =
            index.filter(|_| marked).ok_or_else(|| A::Error::custom("no placeholder"))?;
        READABLE
            .with_borrow(|readable| readable.as_ref()?.get(index).cloned())
            .map(Binary)
            .ok_or_else(|| A::Error::custom("placeholder without an attachment"))
    }
}

/// What a member of an object may mean to a placeholder.
enum Key {
    Mark,
    Index,
    Other,
}

struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Key;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Key, E> {
        Ok(match key {
            MARK => Key::Mark,
            INDEX => Key::Index,
            _ => Key::Other,
        })
    }
}

/// Looks at a value and everything in it. No deeper than `serde_json` lets it.
#[derive(Clone, Copy)]
struct Walk {
    attachments: usize,
}

/// What a value may mean to the placeholder it could be part of.
enum Walked {
    True,
    Index(u64),
    Other,
}

impl<'de> DeserializeSeed<'de> for Walk {
    type Value = Walked;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Walked, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk {
    type Value = Walked;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON whose placeholders have attachments")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Walked, E> {
        Ok(if value { Walked::True } else { Walked::Other })
    }

    fn visit_u64<E>(self, value: u64) -> Result<Walked, E> {
        Ok(Walked::Index(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Walked, E> {
        Ok(Walked::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Walked, E> {
        Ok(Walked::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Walked, E> {
        Ok(Walked::Other)
    }

    fn visit_unit<E>(self) -> Result<Walked, E> {
        Ok(Walked::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Walked, A::Error> {
        while items.next_element_seed(self)?.is_some() {}
        Ok(Walked::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Walked, A::Error> {
        let (mut marked, mut in_range) = (false, false);
        while let Some(key) = members.next_key_seed(KeySeed)? {
            match (key, members.next_value_seed(self)?) {
                (Key::Mark, value) => marked = matches!(value, Walked::True),
                (Key::Index, Walked::Index(index)) => {
                    in_range = usize::try_from(index).is_ok_and(|index| index < self.attachments);
                }
                (Key::Index, _) => in_range = false,
                (Key::Other, _) => {}
            }
        }
        if marked && !in_range {
            return Err(A::Error::custom("placeholder without an attachment"));
        }
        Ok(Walked::Other)
    }
}
