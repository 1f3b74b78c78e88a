//! `config.example.toml`: every key, its default, one sentence; written from the keys themselves.

use gif_chat::config::{KEYS, Key};

use crate::support::program::Launch;

/// The headings of the file, each with the first key under it.
const GROUPS: [(&str, &str); 11] = [
    ("bind", "Where it listens, and what it keeps"),
    ("grace", "How long rooms and seats are kept"),
    ("public_url", "The world outside"),
    ("log", "Log"),
    ("room_title_graphemes_max", "Rooms and messages"),
    ("gif_bytes_max", "GIFs"),
    ("request_body_bytes_max", "Requests and sockets"),
    ("messages_burst", "Budgets: what somebody may do how often"),
    ("history_entries_max", "How much is kept"),
    ("writer_queue_max", "Database"),
    ("stop_time_max", "Stopping"),
];

const HEAD: &str = "\
# The configuration of gif-chat: every key, with its default.
#
# Nothing has to be set. To change something, copy this file to gif-chat.toml in the folder in which
# the server is started, and take the # away before the key.
#
# Each key can also be set in the environment or in a file .env, as GIFCHAT_ and its name in capitals
# (GIFCHAT_GRACE=45s), and on the command line (--grace 45s). The command line beats the environment,
# which beats .env, which beats this file. `gif-chat config check` names everything that is wrong, and
# `gif-chat config print` every value in force and where it comes from.
";

fn path() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config.example.toml")
}

/// The file as it follows from the keys.
fn expected() -> String {
    let mut parts = vec![HEAD.to_owned()];
    for key in KEYS {
        if let Some((_, heading)) = GROUPS.iter().find(|(first, _)| *first == key.name) {
            let rule = "-".repeat(90 - heading.chars().count());
            parts.push(format!("\n\n# ---- {heading} {rule}\n"));
        }
        let about = wrapped(key.about.trim());
        parts.push(format!("\n{about}\n# {} = {}\n", key.name, toml_value(key)));
    }
    parts.concat()
}

/// A sentence as a comment, in lines of at most a hundred characters.
fn wrapped(sentence: &str) -> String {
    let mut lines = vec!["#".to_owned()];
    for word in sentence.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < 100 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("# {word}")),
        }
    }
    lines.join("\n")
}

/// Numbers and truth values as they are, everything else in quotes.
fn toml_value(key: &Key) -> String {
    let bare = key.default.parse::<u64>().is_ok() || ["true", "false"].contains(&key.default);
    if bare { key.default.to_owned() } else { format!("\"{}\"", key.default) }
}

#[test]
fn the_example_holds_every_key_with_its_default() {
    let expected = expected();
    if std::env::var_os("GIFCHAT_WRITE_EXAMPLE").is_some() {
        std::fs::write(path(), &expected).unwrap();
    }
    let found = std::fs::read_to_string(path()).unwrap();
    assert!(found == expected, "config.example.toml is not what the keys say; run `make example`");
}

#[test]
fn every_key_says_what_it_is_in_one_sentence() {
    for key in KEYS {
        let about = key.about.trim();
        assert!(about.ends_with('.') && about.len() > 10, "{}: {about}", key.name);
    }
}

#[tokio::test]
async fn the_example_is_a_configuration_in_force_when_its_keys_are_set() {
    let example = std::fs::read_to_string(path()).unwrap();
    let is_key = |line: &str| {
        let key = line.strip_prefix("# ").and_then(|line| line.split_once(" = "));
        key.is_some_and(|(name, _)| KEYS.iter().any(|known| known.name == name))
    };
    let set: Vec<_> = example.lines().filter(|line| is_key(line)).map(|line| &line[2..]).collect();
    assert_eq!(set.len(), KEYS.len());

    let launch = Launch::new().without_variables();
    let defaults = launch.clone().arguments(&["config", "print"]).run().await;
    let untouched = launch.clone().file("gif-chat.toml", &example);
    let untouched = untouched.arguments(&["config", "print"]).run().await;
    assert_eq!(untouched.output, defaults.output, "as it stands it changes nothing");
    let file = launch.file("gif-chat.toml", &set.join("\n"));
    let all = file.clone().arguments(&["config", "print"]).run().await;
    assert_eq!((all.code, all.log.as_str()), (Some(0), ""));
    assert_eq!(all.output.replace("# gif-chat.toml", "# default"), defaults.output);
}
