use std::collections::BTreeMap;
use std::path::Path;

use super::*;

fn environment(folder: &Path, variables: &[(&str, &str)]) -> Environment {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Environment {
        variables: variables.iter().map(owned).collect(),
        command_line: BTreeMap::new(),
        config_file: None,
        folder: folder.to_owned(),
    }
}

fn source_of<'reading>(reading: &'reading Reading, key: &str) -> &'reading Setting {
    reading.settings.iter().find(|setting| setting.key.name == key).unwrap()
}

#[test]
fn without_anything_set_the_defaults_hold() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::read(&environment(folder.path(), &[])).config.unwrap();
    assert_eq!(config.port, 8005);
    assert!(config.bind.is_loopback());
    assert_eq!(config.grace, std::time::Duration::from_secs(30));
}

#[test]
fn the_command_line_beats_the_environment_beats_the_env_file_beats_toml() {
    let folder = tempfile::tempdir().unwrap();
    let toml = "port = 1\ngrace = \"1s\"\nlog = \"debug\"\nreaders = 7\n";
    std::fs::write(folder.path().join("gif-chat.toml"), toml).unwrap();
    std::fs::write(folder.path().join(".env"), "PORT=2\nGIFCHAT_GRACE=2s\nGIFCHAT_LOG=warn\n")
        .unwrap();
    let mut environment = environment(folder.path(), &[("PORT", "3"), ("GIFCHAT_GRACE", "3s")]);
    environment.command_line.insert("port".to_owned(), "4".to_owned());
    let reading = Config::read(&environment);
    assert_eq!(reading.faults, []);
    for (key, value, source) in [
        ("port", "4", "command line"),
        ("grace", "3s", "environment variable GIFCHAT_GRACE"),
        ("log", "warn", "GIFCHAT_LOG in"),
        ("readers", "7", "gif-chat.toml"),
        ("bind", "127.0.0.1", "default"),
    ] {
        let setting = source_of(&reading, key);
        assert_eq!(setting.shown, value, "{key}");
        assert!(setting.source.to_string().contains(source), "{key}: {}", setting.source);
    }
}

#[test]
fn every_fault_is_found_at_once_with_key_value_source_and_hint() {
    let folder = tempfile::tempdir().unwrap();
    let toml = "max_seats = 3\nreaders = \"many\"\n";
    std::fs::write(folder.path().join("gif-chat.toml"), toml).unwrap();
    let variables = [
        ("PORT", "99999"),
        ("GIFCHAT_GRACE", "soon"),
        ("GIFCHAT_COLOR", "red"),
        ("GIFCHAT_TRUSTED_PROXIES", "10.0.0.0/8, nowhere"),
        ("GIFCHAT_PUBLIC_URL", "chat.example/path"),
    ];
    let reading = Config::read(&environment(folder.path(), &variables));
    assert!(reading.config.is_none());
    let keys: Vec<_> = reading.faults.iter().map(|fault| fault.key.as_str()).collect();
    for key in [
        "PORT",
        "GIFCHAT_GRACE",
        "GIFCHAT_COLOR",
        "GIFCHAT_TRUSTED_PROXIES",
        "GIFCHAT_PUBLIC_URL",
        "max_seats",
        "readers",
    ] {
        assert!(keys.contains(&key), "{key} is missing in {keys:?}");
    }
    assert!(reading.faults.iter().all(|fault| !fault.hint.is_empty()));
    let port = reading.faults.iter().find(|fault| fault.key == "PORT").unwrap();
    assert_eq!(
        port.to_string(),
        "PORT = 99999 (environment variable PORT): write a whole number from 0 to 65535"
    );
}

#[test]
fn a_secret_is_shown_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let reading = Config::read(&environment(folder.path(), &[("COOKIE_SECRET", "hunter2")]));
    assert_eq!(source_of(&reading, "cookie_secret").shown, "(hidden)");
    assert!(!format!("{reading:?}").contains("hunter2"));
    let unknown = Config::read(&environment(folder.path(), &[("GIFCHAT_COOKIESECRET", "hunter2")]));
    assert!(!format!("{:?}", unknown.faults).contains("hunter2"));
}

#[test]
fn a_named_file_that_is_missing_is_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let reading = Config::read(&environment(folder.path(), &[("GIFCHAT_CONFIG", "missing.toml")]));
    assert_eq!(reading.faults.len(), 1);
}

#[test]
fn a_public_url_is_an_origin() {
    use super::values::Value as _;
    for (text, origin) in [
        ("https://Chat.example/", Some("https://chat.example")),
        ("https://chat.example:443", Some("https://chat.example")),
        ("http://chat.example:8080", Some("http://chat.example:8080")),
        ("ftp://chat.example", None),
        ("https://user@chat.example", None),
        ("https://chat.example/room", None),
    ] {
        let read = PublicUrl::read(text).ok().and_then(|url| url.origin());
        assert_eq!(read.as_deref(), origin, "{text}");
    }
}
