//! Where values come from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::{Fault, KEYS};

/// What the process was started with. Handed in, so that tests can say it.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Environment variables.
    pub variables: BTreeMap<String, String>,
    /// Values of command-line options, by key.
    pub command_line: BTreeMap<String, String>,
    /// The TOML file that the command line names.
    pub config_file: Option<PathBuf>,
    /// Where `.env` and `gif-chat.toml` are looked for.
    pub folder: PathBuf,
}

/// Where one value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An option of the command line.
    CommandLine,
    /// An environment variable.
    Variable(String),
    /// A line of a `.env` file.
    EnvFile(PathBuf, String),
    /// A TOML file.
    Toml(PathBuf),
    /// Nobody set it.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine => formatter.write_str("command line"),
            Self::Variable(name) => write!(formatter, "environment variable {name}"),
            Self::EnvFile(path, name) => write!(formatter, "{name} in {}", path.display()),
            Self::Toml(path) => write!(formatter, "{}", path.display()),
            Self::Default => formatter.write_str("default"),
        }
    }
}

/// Values of one kind of source, by key.
#[derive(Clone, Debug, Default)]
pub struct Layer(pub BTreeMap<&'static str, (String, Source)>);

/// Names of the environment that are not `GIFCHAT_*`, kept from the course's app.
const COURSE_NAMES: [(&str, &str); 2] = [("PORT", "port"), ("COOKIE_SECRET", "cookie_secret")];

/// Names the TOML file; not a key itself.
const CONFIG_FILE: &str = "GIFCHAT_CONFIG";

/// All layers, the strongest first, and what cannot be understood of them.
#[must_use]
pub fn layers(environment: &Environment) -> (Vec<Layer>, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut command_line = Layer::default();
    for (key, value) in &environment.command_line {
        if let Some(known) = KEYS.iter().find(|known| known.name == key) {
            command_line.0.insert(known.name, (value.clone(), Source::CommandLine));
        }
    }
    let variables = from_names(&environment.variables, Source::Variable, &mut faults);
    let env_path = environment.folder.join(".env");
    let env_file = read_env_file(&env_path, &mut faults);
    let in_env_file = |name| Source::EnvFile(env_path.clone(), name);
    let env_layer = from_names(&env_file, in_env_file, &mut faults);
    let (path, must_exist) = toml_path(environment, &env_file);
    let toml = read_toml(&path, must_exist, &mut faults);
    (vec![command_line, variables, env_layer, toml], faults)
}

fn from_names(
    names: &BTreeMap<String, String>,
    source: impl Fn(String) -> Source,
    faults: &mut Vec<Fault>,
) -> Layer {
    let mut layer = Layer::default();
    // The course's names first: ours win where both are set.
    for (name, key) in COURSE_NAMES {
        if let Some(value) = names.get(name) {
            layer.0.insert(key, (value.clone(), source(name.to_owned())));
        }
    }
    for (name, value) in names {
        let Some(key) = name.strip_prefix("GIFCHAT_").filter(|_| name != CONFIG_FILE) else {
            continue;
        };
        match KEYS.iter().find(|known| known.name == key.to_ascii_lowercase()) {
            Some(known) => {
                layer.0.insert(known.name, (value.clone(), source(name.clone())));
            }
            None => faults.push(unknown(name, value, source(name.clone()))),
        }
    }
    layer
}

fn unknown(key: &str, value: &str, source: Source) -> Fault {
    let hint = "there is no such key; config.example.toml lists them all".to_owned();
    // The value of a key that we do not know may be a secret.
    let value = if value.is_empty() { "" } else { "…" };
    Fault { key: key.to_owned(), value: value.to_owned(), source, hint }
}

fn unreadable(path: &Path, source: Source, hint: String) -> Fault {
    Fault { key: path.display().to_string(), value: "…".to_owned(), source, hint }
}

fn read_env_file(path: &Path, faults: &mut Vec<Fault>) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    let Ok(lines) = dotenvy::from_path_iter(path) else {
        return values;
    };
    for line in lines {
        match line {
            Ok((name, value)) => {
                values.insert(name, value);
            }
            Err(error) => {
                let hint = match error {
                    dotenvy::Error::LineParse(_, at) => {
                        format!("write NAME=value; a line cannot be read at its character {at}")
                    }
                    _ => "the file cannot be read".to_owned(),
                };
                let source = Source::EnvFile(path.to_owned(), ".env".to_owned());
                faults.push(unreadable(path, source, hint));
                break;
            }
        }
    }
    values
}

fn toml_path(environment: &Environment, env_file: &BTreeMap<String, String>) -> (PathBuf, bool) {
    let named = environment.config_file.clone().or_else(|| {
        environment.variables.get(CONFIG_FILE).or(env_file.get(CONFIG_FILE)).map(PathBuf::from)
    });
    match named {
        Some(path) => (environment.folder.join(path), true),
        None => (environment.folder.join("gif-chat.toml"), false),
    }
}

fn read_toml(path: &Path, must_exist: bool, faults: &mut Vec<Fault>) -> Layer {
    let mut layer = Layer::default();
    let source = Source::Toml(path.to_owned());
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => return layer,
        Err(error) => {
            faults.push(unreadable(path, source, format!("the file cannot be read: {error}")));
            return layer;
        }
    };
    let table: toml::Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            let hint = format!("the file is not valid TOML: {}", error.message());
            faults.push(unreadable(path, source, hint));
            return layer;
        }
    };
    for (key, value) in table {
        let text = as_text(&value);
        match KEYS.iter().find(|known| known.name == key) {
            Some(known) => {
                layer.0.insert(known.name, (text, source.clone()));
            }
            None => faults.push(unknown(&key, &text, source.clone())),
        }
    }
    layer
}

fn as_text(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(values) => values.iter().map(as_text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
