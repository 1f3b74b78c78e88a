//! The configuration: read once at the start, from the command line, the environment, `.env`, a TOML
//! file and the defaults, in this order; checked as a whole; handed down as values.

mod keys;
mod sources;
mod values;

use std::path::PathBuf;

pub use keys::{Config, KEYS, Key};
pub use sources::{Environment, Layer, Source, layers};
pub use values::{LogFormat, PublicUrl, Secret, StoreChoice};

/// One thing that is wrong, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The key as it stands in its source.
    pub key: String,
    /// The value, unless it is secret.
    pub value: String,
    /// Where it comes from.
    pub source: Source,
    /// What would be right.
    pub hint: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} = {} ({}): {}", self.key, self.value, self.source, self.hint)
    }
}

/// A value as it was found.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The key.
    pub key: &'static Key,
    /// The value in force, hidden when secret.
    pub shown: String,
    /// Where it comes from.
    pub source: Source,
}

/// Everything that was read, right or wrong.
#[derive(Debug)]
pub struct Reading {
    /// The configuration, when nothing is wrong with it.
    pub config: Option<Config>,
    /// Every key with the value in force and its source.
    pub settings: Vec<Setting>,
    /// Everything that is wrong.
    pub faults: Vec<Fault>,
}

impl Config {
    /// Reads every source, and finds every fault at once.
    #[must_use]
    pub fn read(environment: &Environment) -> Reading {
        let (layers, mut faults) = layers(environment);
        let (config, settings) = keys::resolve(&layers, &mut faults);
        Reading { config: config.filter(|_| faults.is_empty()), settings, faults }
    }

    /// The defaults, with another data folder and a free port on loopback. For tests and tools.
    #[must_use]
    pub fn for_folder(folder: PathBuf) -> Self {
        let mut faults = Vec::new();
        let (config, _) = keys::resolve(&[], &mut faults);
        let mut config = config.unwrap_or_else(|| unreachable!("the defaults are valid"));
        config.data = folder;
        config.port = 0;
        config
    }
}

#[cfg(test)]
mod tests;
