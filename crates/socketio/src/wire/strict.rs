//! JSON that every parser understands in the same way (RFC 8259 with the rules of RFC 7493, I-JSON).

use std::borrow::Cow;
use std::collections::HashSet;

use super::PacketError;

/// How deep arrays and objects may be nested.
pub(crate) const DEPTH_MAX: usize = 64;
/// Up to this many keys of one object are compared one by one; more are hashed.
const LINEAR_KEYS_MAX: usize = 8;
/// A number without exponent and of at most this many characters is below 10^300, so finite.
const PLAIN_NUMBER_CHARACTERS_MAX: usize = 300;

/// Accepts one JSON value that fills `json`. Refused, besides what is not JSON: nesting deeper than
/// [`DEPTH_MAX`], two equal keys in one object (compared without their escapes), numbers beyond the
/// range of a double, and surrogates without their other half. Neither recursive nor quadratic.
pub(crate) fn check(json: &str) -> Result<(), PacketError> {
    let mut checker = Checker { json, position: 0, levels: Vec::new(), keys: Vec::new() };
    loop {
        let complete = checker.value()?;
        if complete && !checker.after_value()? {
            return Ok(());
        }
    }
}

struct Checker<'a> {
    json: &'a str,
    position: usize,
    /// The open arrays and objects, the innermost last.
    levels: Vec<Level<'a>>,
    /// The keys of the open objects, as far as they are not hashed.
    keys: Vec<Cow<'a, str>>,
}

/// An array or object whose end has not come.
enum Level<'a> {
    Array,
    Object {
        /// Where its keys begin among [`Checker::keys`].
        keys_start: usize,
        /// All its keys, once they are too many to be compared one by one.
        hashed: Option<HashSet<Cow<'a, str>>>,
    },
}

impl<'a> Checker<'a> {
    /// Reads a scalar, an empty array or object, or the beginning of another one up to its first
    /// value. `false`: that value comes next.
    fn value(&mut self) -> Result<bool, PacketError> {
        self.skip_whitespace();
        match self.peek() {
            Some(b'"') => self.string().map(|_| true),
            Some(b'[') => self.open_array(),
            Some(b'{') => self.open_object(),
            Some(b't') => self.literal("true"),
            Some(b'f') => self.literal("false"),
            Some(b'n') => self.literal("null"),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => Err(PacketError::Json("no value")),
            None => Err(PacketError::Json("unexpected end")),
        }
    }

    /// Reads what follows a value: ends of arrays and objects, then a comma, and after it a key if
    /// it is an object's. `false`: the text is over, and complete.
    fn after_value(&mut self) -> Result<bool, PacketError> {
        loop {
            self.skip_whitespace();
            let next = self.peek();
            self.advance(1);
            match (self.levels.last(), next) {
                (None, None) => return Ok(false),
                (None, Some(_)) => return Err(PacketError::Json("trailing text")),
                (Some(_), None) => return Err(PacketError::Json("unexpected end")),
                (Some(Level::Array), Some(b']')) | (Some(Level::Object { .. }), Some(b'}')) => {
                    self.close();
                }
                (Some(Level::Array), Some(b',')) => return Ok(true),
                (Some(Level::Object { .. }), Some(b',')) => return self.key().map(|()| true),
                (Some(_), Some(_)) => return Err(PacketError::Json("no comma")),
            }
        }
    }

    fn open_array(&mut self) -> Result<bool, PacketError> {
        self.open(Level::Array)?;
        Ok(self.closes_at_once(b']'))
    }

    fn open_object(&mut self) -> Result<bool, PacketError> {
        self.open(Level::Object { keys_start: self.keys.len(), hashed: None })?;
        if self.closes_at_once(b'}') {
            return Ok(true);
        }
        self.key().map(|()| false)
    }

    fn open(&mut self, level: Level<'a>) -> Result<(), PacketError> {
        if self.levels.len() >= DEPTH_MAX {
            return Err(PacketError::Json("nested too deep"));
        }
        self.levels.push(level);
        self.advance(1);
        Ok(())
    }

    fn closes_at_once(&mut self, end: u8) -> bool {
        self.skip_whitespace();
        let empty = self.peek() == Some(end);
        if empty {
            self.advance(1);
            self.close();
        }
        empty
    }

    fn close(&mut self) {
        if let Some(Level::Object { keys_start, .. }) = self.levels.pop() {
            self.keys.truncate(keys_start);
        }
    }

    /// Reads a key and its colon.
    fn key(&mut self) -> Result<(), PacketError> {
        self.skip_whitespace();
        if self.peek() != Some(b'"') {
            return Err(PacketError::Json("no key"));
        }
        let start = self.position;
        let escaped = self.string()?;
        let quoted = self.json.get(start..self.position).unwrap_or_default();
        let key = if escaped {
            let key = serde_json::from_str(quoted);
            Cow::Owned(key.ok().ok_or(PacketError::Json("invalid key"))?)
        } else {
            Cow::Borrowed(quoted.trim_matches('"'))
        };
        if self.is_duplicate(key) {
            return Err(PacketError::Json("duplicate key"));
        }
        self.skip_whitespace();
        if self.peek() != Some(b':') {
            return Err(PacketError::Json("no colon"));
        }
        self.advance(1);
        Ok(())
    }

    /// Whether the innermost object has this key already; remembers it if not.
    fn is_duplicate(&mut self, key: Cow<'a, str>) -> bool {
        let Some(Level::Object { keys_start, hashed }) = self.levels.last_mut() else {
            return false;
        };
        if let Some(hashed) = hashed {
            return !hashed.insert(key);
        }
        let siblings = self.keys.get(*keys_start..).unwrap_or_default();
        if siblings.contains(&key) {
            return true;
        }
        self.keys.push(key);
        if self.keys.len().saturating_sub(*keys_start) > LINEAR_KEYS_MAX {
            *hashed = Some(self.keys.drain(*keys_start..).collect());
        }
        false
    }

    /// Reads a string with its quotes. `true`: it has escapes.
    fn string(&mut self) -> Result<bool, PacketError> {
        self.advance(1);
        let mut escaped = false;
        loop {
            let rest = self.json.as_bytes().get(self.position..).unwrap_or_default();
            let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..0x20));
            self.advance(plain.unwrap_or(rest.len()));
            let next = self.peek();
            self.advance(1);
            match next {
                Some(b'"') => return Ok(escaped),
                Some(b'\\') => self.escape()?,
                Some(_) => return Err(PacketError::Json("control character")),
                None => return Err(PacketError::Json("unexpected end")),
            }
            escaped = true;
        }
    }

    /// Reads what follows a backslash.
    fn escape(&mut self) -> Result<(), PacketError> {
        let kind = self.peek();
        self.advance(1);
        match kind {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(()),
            Some(b'u') => match self.code_unit()? {
                0xD800..=0xDBFF => self.low_surrogate(),
                0xDC00..=0xDFFF => Err(PacketError::Json("lone surrogate")),
                _ => Ok(()),
            },
            _ => Err(PacketError::Json("invalid escape")),
        }
    }

    fn low_surrogate(&mut self) -> Result<(), PacketError> {
        let rest = self.json.get(self.position..).unwrap_or_default();
        if !rest.starts_with("\\u") {
            return Err(PacketError::Json("lone surrogate"));
        }
        self.advance(2);
        match self.code_unit()? {
            0xDC00..=0xDFFF => Ok(()),
            _ => Err(PacketError::Json("lone surrogate")),
        }
    }

    /// Reads the four digits of a `\u` escape.
    fn code_unit(&mut self) -> Result<u16, PacketError> {
        let end = self.position.saturating_add(4);
        let digits = self.json.get(self.position..end).unwrap_or_default();
        // `from_str_radix` alone would take a sign.
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(PacketError::Json("invalid escape"));
        }
        self.advance(4);
        u16::from_str_radix(digits, 16).ok().ok_or(PacketError::Json("invalid escape"))
    }

    fn literal(&mut self, literal: &str) -> Result<bool, PacketError> {
        let rest = self.json.get(self.position..).unwrap_or_default();
        if !rest.starts_with(literal) {
            return Err(PacketError::Json("no value"));
        }
        self.advance(literal.len());
        Ok(true)
    }

    fn number(&mut self) -> Result<bool, PacketError> {
        let start = self.position;
        if self.peek() == Some(b'-') {
            self.advance(1);
        }
        if self.peek() == Some(b'0') {
            self.advance(1);
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.advance(1);
            self.digits()?;
        }
        let exponent = matches!(self.peek(), Some(b'e' | b'E'));
        if exponent {
            self.advance(1);
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.advance(1);
            }
            self.digits()?;
        }
        let number = self.json.get(start..self.position).unwrap_or_default();
        let plain = !exponent && number.len() <= PLAIN_NUMBER_CHARACTERS_MAX;
        if plain || number.parse().is_ok_and(f64::is_finite) {
            Ok(true)
        } else {
            Err(PacketError::Json("number out of range"))
        }
    }

    /// Reads at least one digit.
    fn digits(&mut self) -> Result<(), PacketError> {
        let start = self.position;
        while let Some(b'0'..=b'9') = self.peek() {
            self.advance(1);
        }
        if self.position == start { Err(PacketError::Json("no digit")) } else { Ok(()) }
    }

    fn peek(&self) -> Option<u8> {
        self.json.as_bytes().get(self.position).copied()
    }

    fn advance(&mut self, bytes: usize) {
        self.position = self.position.saturating_add(bytes);
    }

    fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.advance(1);
        }
    }
}
