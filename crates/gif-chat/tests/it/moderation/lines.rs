//! Every system line: its details on the wire, its Korean text in the course's form, and its sentence
//! in both languages on the page that the server writes.

use gif_chat::chat::SystemKind;
use gif_chat::i18n::Locale;
use serde_json::{Value, json};

use super::{Member, Stage};
use crate::support::sockets::fields;

/// What somebody writes who hopes that it is filled in.
const REASON: &str = "{user} {time} <b>";
const TITLE: &str = "새 {by} <i>제목";

/// One line as it must be told.
struct Told {
    kind: &'static str,
    /// The key of its sentence in `locales/`.
    key: &'static str,
    event: &'static str,
    /// Whom it is about.
    about: Value,
    /// What `system` has besides `kind` and who it is about.
    details: Value,
}

fn told(event: &'static str, (kind, key): (&'static str, &'static str), about: &Value) -> Told {
    Told { kind, key, event, about: about.clone(), details: json!({}) }
}

impl Told {
    fn with(self, details: Value) -> Self {
        Self { details, ..self }
    }
}

/// Makes everything happen that makes a line, and says what was to be heard, in order.
async fn everything_happens(stage: &Stage, listener: &Member) -> Vec<Told> {
    let (owner, guest) = (&stage.owner.joined["you"], &stage.guest.joined["you"]);
    let by = person(owner);
    let mut lines = Vec::new();
    for (wish, kind, key, details) in [
        (json!({ "title": TITLE }), "title", "title", json!({ "title": TITLE })),
        (json!({ "max": 12 }), "max", "max", json!({ "max": 12 })),
        (json!({ "password": "x" }), "password", "password_set", json!({ "secret": true })),
        (json!({ "password": "" }), "password", "password_removed", json!({ "secret": false })),
        (json!({ "locked": true }), "lock", "lock", json!({})),
        (json!({ "locked": false }), "unlock", "unlock", json!({})),
        (json!({ "slow": 15 }), "slow", "slow", json!({ "seconds": 15 })),
        (json!({ "slow": 0 }), "slow", "slow_off", json!({ "seconds": 0 })),
    ] {
        stage.owner.does("settings", wish).await;
        lines.push(told("chat", (kind, key), owner).with(details));
    }
    let invited = stage.owner.does("invite", json!({})).await;
    stage.owner.does("revoke", json!({ "id": invited["id"] })).await;
    stage.owner.does("close", json!({ "seconds": 60 })).await;
    stage.owner.does("keep", json!({})).await;
    lines.push(told("chat", ("invite", "invite"), owner));
    lines.push(told("chat", ("revoke", "revoke"), owner));
    let until = json!({ "until": stage.in_seconds(60) });
    lines.push(told("chat", ("closing", "closing"), owner).with(until.clone()));
    lines.push(told("chat", ("staying", "staying"), owner));

    let id = &guest["id"];
    stage.owner.does("mute", json!({ "id": id, "seconds": 60 })).await;
    stage.owner.does("mute", json!({ "id": id, "seconds": 0 })).await;
    let muted = json!({ "by": by, "until": until["until"] });
    lines.push(told("chat", ("mute", "mute"), guest).with(muted.clone()));
    lines.push(told("chat", ("unmute", "unmute"), guest).with(json!({ "by": by })));
    for reason in [None, Some(REASON)] {
        let back = stage.guest_again().await;
        stage.owner.does("kick", json!({ "id": id, "seconds": 60, "reason": reason })).await;
        stage.owner.does("unban", json!({ "id": id })).await;
        let mut details = muted.clone();
        let key = if reason.is_some() { "kick_reason" } else { "kick" };
        if let Some(reason) = reason {
            details["reason"] = json!(reason);
            lines.push(told("join", ("join", "join"), guest));
        }
        lines.push(told("exit", ("kick", key), guest).with(details));
        lines.push(told("chat", ("unban", "unban"), guest).with(json!({ "by": by })));
        back.socket.expect("kicked").await;
    }
    stage.owner.does("handover", json!({ "id": listener.id() })).await;
    listener.does("handover", json!({ "id": owner["id"] })).await;
    let (heir, by_heir) =
        (&listener.joined["you"], json!({ "by": person(&listener.joined["you"]) }));
    lines.push(told("chat", ("owner", "owner_by"), heir).with(json!({ "by": by })));
    lines.push(told("chat", ("owner", "owner_by"), owner).with(by_heir));
    stage.owner.does("leave", Value::Null).await;
    lines.push(told("exit", ("exit", "exit"), owner));
    lines.push(told("chat", ("owner", "owner"), heir));
    lines
}

fn person(you: &Value) -> Value {
    json!({ "id": you["id"], "user": you["user"], "alias": you["alias"] })
}

/// The sentence with everything filled in: people by name, times as the server writes them.
fn sentence(line: &Told, locale: Locale, name: impl Fn(&Value) -> String) -> String {
    let text = locale.text(&format!("system.{}", line.key));
    assert!(!text.is_empty(), "no sentence for {}", line.key);
    let text_of = |field: &str| match &line.details[field] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let until = text_of("until");
    let time = until.get(11..16).map(|clock| format!("{clock} UTC")).unwrap_or_default();
    let number = |field: &str| line.details[field].to_string();
    // What people wrote comes last.
    let filled = text
        .replace("{time}", &time)
        .replace("{seconds}", &number("seconds"))
        .replace("{max}", &number("max"))
        .replace("{user}", &name(&line.about));
    let by = &line.details["by"];
    let filled = if by.is_object() { filled.replace("{by}", &name(by)) } else { filled };
    filled.replace("{reason}", &text_of("reason")).replace("{title}", &text_of("title"))
}

/// The sentences of the system lines on the page, as a reader of that language gets them.
async fn on_the_page(reader: &Member, language: &str) -> Vec<String> {
    let browser = reader.visitor.browser().with_header("accept-language", language);
    let page = browser.get(&format!("/room/{}", reader.room)).await.text();
    let lines = page.split("<li class=\"message system\"").skip(1);
    let texts = lines.map(|line| {
        let text = line.split("<span class=\"text\">").nth(1).unwrap();
        let text = text.split("</span>").next().unwrap();
        let marks =
            [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
        marks.iter().fold(text.to_owned(), |text, (escaped, mark)| text.replace(escaped, mark))
    });
    texts.collect()
}

#[tokio::test]
async fn every_line_is_told_and_worded_in_full() {
    let stage = Stage::set().await;
    let listener = stage.another().await;
    let before = on_the_page(&listener, "ko").await.len();
    let lines = everything_happens(&stage, &listener).await;
    let last = lines.last().unwrap();
    let heir = &last.about;
    let ended = |entry: &Value| {
        entry["system"]["kind"] == "owner"
            && entry["system"]["author"] == heir["id"]
            && entry["system"]["by"].is_null()
    };
    listener.socket.expect_where("chat", ended).await;

    let mut heard = listener.socket.received();
    heard.retain(|(_, entry)| entry["system"].is_object());
    // Its own entry may have come live too.
    let heard = &heard[heard.len() - lines.len()..];
    for ((event, entry), line) in heard.iter().zip(&lines) {
        assert_eq!(event, line.event, "{entry}");
        assert_eq!(entry["user"], "system");
        let system = &entry["system"];
        let mut expected = line.details.clone();
        expected["kind"] = json!(line.kind);
        expected["author"] = line.about["id"].clone();
        expected["user"] = line.about["user"].clone();
        expected["alias"] = line.about["alias"].clone();
        assert_eq!(*system, expected, "{}: {:?}", line.key, fields(system));
        let by_colour = |who: &Value| who["user"].as_str().unwrap().to_owned();
        assert_eq!(entry["chat"], sentence(line, Locale::Ko, by_colour));
    }
    for (language, locale) in [("ko", Locale::Ko), ("en", Locale::En)] {
        let shown = on_the_page(&listener, language).await;
        let expected: Vec<_> = lines
            .iter()
            .map(|line| {
                sentence(line, locale, |who| who["alias"][language].as_str().unwrap().to_owned())
            })
            .collect();
        assert_eq!(shown[before..], expected);
        let people_wrote = |text: &str| text.contains(REASON) || text.contains(TITLE);
        let left: Vec<_> = shown.iter().filter(|text| text.contains('{')).collect();
        assert!(left.iter().all(|text| people_wrote(text)), "a placeholder is left: {left:?}");
    }
}

#[tokio::test]
async fn the_table_above_has_every_kind() {
    let stage = Stage::set().await;
    let listener = stage.another().await;
    let lines = everything_happens(&stage, &listener).await;
    for kind in SystemKind::ALL {
        assert!(lines.iter().any(|line| line.kind == kind.as_str()), "{kind:?} is not in it");
    }
    let wordings = lines.iter().map(|line| line.key).collect::<std::collections::BTreeSet<_>>();
    let file = include_str!("../../../locales/ko.toml");
    let section = file.split("\n[system]\n").nth(1).unwrap().split("\n[").next().unwrap();
    for key in section.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key) {
        assert!(wordings.contains(key), "no test has heard system.{key}");
    }
}
