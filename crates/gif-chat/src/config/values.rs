//! Types of values, each read from text and written back to it.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

/// A type of value: how it is read, and what is said when it cannot be.
pub(super) trait Value: Sized {
    /// Reads the text, or says what would be right.
    fn read(text: &str) -> Result<Self, String>;
    /// The text that reads as this value.
    fn show(&self) -> String;
}

macro_rules! whole_number {
    ($($number:ty),*) => {$(
        impl Value for $number {
            fn read(text: &str) -> Result<Self, String> {
                let digits = text.replace('_', "");
                digits.parse().map_err(|_bad| {
                    format!("write a whole number from {} to {}", <$number>::MIN, <$number>::MAX)
                })
            }

            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

whole_number!(u16, u32, u64, usize);

impl Value for bool {
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "true" | "1" => Ok(true),
            "false" | "0" | "" => Ok(false),
            _ => Err("write true or false".to_owned()),
        }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for IpAddr {
    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_bad| "write an address such as 127.0.0.1, 0.0.0.0 or ::".to_owned())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for PathBuf {
    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("write the path of a folder".to_owned());
        }
        Ok(Self::from(text))
    }

    fn show(&self) -> String {
        self.display().to_string()
    }
}

impl Value for String {
    fn read(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }

    fn show(&self) -> String {
        self.clone()
    }
}

/// `30s`, `500ms`, `5m`, `1h`.
impl Value for Duration {
    fn read(text: &str) -> Result<Self, String> {
        let wrong = || "write a time such as 500ms, 30s, 5m or 1h".to_owned();
        let split = text.find(|letter: char| !letter.is_ascii_digit()).ok_or_else(wrong)?;
        let (number, unit) = text.split_at_checked(split).ok_or_else(wrong)?;
        let number: u64 = number.parse().map_err(|_bad| wrong())?;
        let unit_millis: u64 = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return Err(wrong()),
        };
        number.checked_mul(unit_millis).map(Self::from_millis).ok_or_else(wrong)
    }

    fn show(&self) -> String {
        let millis = self.as_millis();
        if millis.is_multiple_of(1_000) {
            format!("{}s", millis / 1_000)
        } else {
            format!("{millis}ms")
        }
    }
}

impl Value for Vec<IpNet> {
    fn read(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts
            .map(|part| {
                part.parse().or_else(|_bad| part.parse::<IpAddr>().map(IpNet::from)).map_err(
                    |_bad| "write addresses or networks such as 127.0.0.1, 10.0.0.0/8".to_owned(),
                )
            })
            .collect()
    }

    fn show(&self) -> String {
        self.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}

/// Where rooms are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreChoice {
    /// In the data folder.
    Sqlite,
}

impl Value for StoreChoice {
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "sqlite" => Ok(Self::Sqlite),
            _ => Err("write sqlite, the one store of this version".to_owned()),
        }
    }

    fn show(&self) -> String {
        "sqlite".to_owned()
    }
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Value for LogFormat {
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("write text or json".to_owned()),
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Json => "json".to_owned(),
        }
    }
}

/// A secret: shown to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The bytes; empty when unset.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(hidden)")
    }
}

impl Value for Secret {
    fn read(text: &str) -> Result<Self, String> {
        Ok(Self(text.to_owned()))
    }

    fn show(&self) -> String {
        if self.0.is_empty() { String::new() } else { "(hidden)".to_owned() }
    }
}

/// The address under which people reach the server, e.g. `https://chat.example`; nothing when it is
/// whatever the request says.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PublicUrl(Option<(bool, String)>);

impl PublicUrl {
    /// Whether people come by https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.as_ref().is_some_and(|(https, _)| *https)
    }

    /// The origin as browsers write it (RFC 6454), if one is set.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        let (https, host) = self.0.as_ref()?;
        Some(format!("{}://{host}", if *https { "https" } else { "http" }))
    }
}

impl Value for PublicUrl {
    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self(None));
        }
        let wrong = || "write scheme and host only, such as https://chat.example".to_owned();
        let url: http::Uri = text.trim_end_matches('/').parse().map_err(|_bad| wrong())?;
        let https = match url.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong()),
        };
        let authority = url.authority().ok_or_else(wrong)?;
        let path_is_empty = url.path_and_query().is_none_or(|path| path.as_str() == "/");
        if !path_is_empty || authority.as_str().contains('@') {
            return Err(wrong());
        }
        // Browsers leave the scheme's own port out of the origin.
        let default_port = if https { 443 } else { 80 };
        let host = match authority.port_u16() {
            Some(port) if port != default_port => format!("{}:{port}", authority.host()),
            _ => authority.host().to_owned(),
        };
        Ok(Self(Some((https, host.to_ascii_lowercase()))))
    }

    fn show(&self) -> String {
        self.origin().unwrap_or_default()
    }
}
