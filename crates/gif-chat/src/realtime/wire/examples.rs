//! The examples of `docs/protocol.md`: what the server's own types write, and what its own parsers read.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::chat::{
    self, AliasNumber, AuthorId, Body, ChangeKind, ChatError, ClientId, Colour, Emoji, Excerpt,
    GifReference, Identity, InvitationId, Limits, Message, MessageId, MessageText, More, Remark,
    RoomId, SystemDetails, SystemKind, SystemLine, Timestamp,
};
use crate::i18n::Locale;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/protocol.md");

fn whale() -> Identity {
    identity(0xa1, "#3a7867", 0)
}

fn fox() -> Identity {
    identity(0xb2, "#c5793a", 129)
}

fn identity(author: u8, colour: &str, alias: u32) -> Identity {
    Identity {
        author: AuthorId::from_bytes([author; 16]),
        colour: Colour::parse(colour).unwrap(),
        alias: AliasNumber::new(alias).words(),
    }
}

fn room() -> RoomId {
    RoomId::from_bytes([0xc3; 16])
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_796_000_000_000 + seconds * 1_000)
}

fn text(text: &str) -> MessageText {
    MessageText::parse(text, &Limits::default()).unwrap()
}

fn client_id() -> ClientId {
    ClientId::parse("7f3c-1").unwrap()
}

fn remark() -> Option<Remark> {
    Remark::parse("Spam").unwrap()
}

fn entry(seq: u64, message: Message) -> chat::Entry {
    let id = MessageId::from_bytes([u8::try_from(seq).unwrap(); 16]);
    chat::Entry { id, room: room(), seq, created_at: at(i64::try_from(seq).unwrap()), message }
}

fn gif() -> GifReference {
    GifReference { name: format!("{}.gif", "0f".repeat(16)), width: 320, height: 240, bytes: 1 }
}

fn said(seq: u64, body: Body, more: More) -> chat::Entry {
    let reply_to = more.quote.as_ref().map(|quote| quote.seq);
    let more = Box::new(more);
    entry(seq, Message::Said { by: whale(), body, client_id: Some(client_id()), reply_to, more })
}

fn reply() -> chat::Entry {
    let quote = chat::Quote { seq: 4, by: fox(), excerpt: Some(Excerpt::Gif(gif())) };
    let emoji = Emoji::parse("👍").unwrap();
    let reaction = chat::Reaction { emoji, by: vec![(fox().author, fox().alias)] };
    let more = More { quote: Some(quote), edited_at: Some(at(60)), reactions: vec![reaction] };
    said(5, Body::Text(text("안녕")), more)
}

fn changed(seq: u64, kind: ChangeKind) -> chat::Entry {
    entry(seq, Message::Changed(chat::Change { by: whale(), of: 5, kind }))
}

fn system(kind: SystemKind, details: SystemDetails) -> chat::Entry {
    entry(9, Message::System(SystemLine { kind, about: fox(), details }))
}

fn participant(who: &Identity, owner: bool) -> chat::Participant {
    chat::Participant {
        author: who.author.clone(),
        colour: who.colour,
        alias: who.alias.clone(),
        owner,
        away: false,
        since: at(0),
        muted_until: None,
    }
}

fn announced(entry: chat::Entry, people: Option<chat::People>) -> Value {
    let (_, payload) = announcement(&chat::Announcement { entry, people, except: None });
    json!(payload)
}

fn people() -> chat::People {
    let all = vec![participant(&whale(), true), participant(&fox(), false)];
    let participant = participant(&fox(), false);
    chat::People { participant, count: 2, participants: Some(all) }
}

fn whisper() -> chat::Whisper {
    chat::Whisper {
        id: MessageId::from_bytes([0xd4; 16]),
        room: room(),
        private_seq: 1,
        anchor: 5,
        by: whale(),
        to: fox(),
        text: text("둘이서만"),
        client_id: Some(client_id()),
        created_at: at(6),
    }
}

fn settings() -> chat::RoomSettings {
    let title = "점심 얘기".to_owned();
    chat::RoomSettings {
        title,
        max: 10,
        secret: false,
        locked: false,
        slow_seconds: 0,
        closes_at: None,
    }
}

fn joined() -> Joined {
    Joined::new(&joined_page(), "5eed", None)
}

fn joined_page() -> chat::Joined {
    let private = chat::PrivatePage { whispers: vec![whisper()], head: 1, more: false };
    let personal = chat::Personal { seated: true, private, ..chat::Personal::default() };
    let page = chat::HistoryPage {
        entries: vec![reply()],
        head: 9,
        first: 1,
        more: false,
        owner: whale().author,
        participants: vec![participant(&whale(), true), participant(&fox(), false)],
        settings: settings(),
        personal: Some(personal),
    };
    let you = participant(&whale(), true);
    chat::Joined { you, page, reset: false, resumes_private: false }
}

fn lobby_room() -> Value {
    let who = whale();
    json!(Room::from(&chat::RoomState {
        id: room(),
        title: "점심 얘기".to_owned(),
        max: 10,
        count: 2,
        owner: who.author,
        owner_colour: who.colour,
        owner_alias: who.alias,
        secret: false,
        created_at: at(0),
        closes_at: None,
        fresh: false,
        locked: false,
    }))
}

fn kick_line() -> chat::Entry {
    let text = Some("Spam".to_owned());
    let details = SystemDetails { by: Some(whale()), text, until: Some(at(609)), number: None };
    system(SystemKind::Kick, details)
}

/// What the server sends without being asked.
fn events() -> Vec<(&'static str, Value)> {
    let none = SystemDetails::default;
    let report = chat::Report { seq: 5, by: fox(), reason: remark(), created_at: at(9) };
    let emoji = Emoji::parse("👍").unwrap();
    vec![
        ("rooms", json!([lobby_room()])),
        ("time", json!(Time::from(at(0)))),
        ("newRoom", lobby_room()),
        ("updateRoom", lobby_room()),
        ("removeRoom", json!(room().as_str())),
        ("chat text", announced(reply(), None)),
        ("chat gif", announced(said(4, Body::Gif(gif()), More::default()), None)),
        ("chat system", announced(system(SystemKind::Owner, none()), None)),
        ("join", announced(system(SystemKind::Join, none()), Some(people()))),
        ("exit", announced(system(SystemKind::Exit, none()), Some(people()))),
        ("exit kick", announced(kick_line(), Some(people()))),
        ("change edit", announced(changed(10, ChangeKind::Edit(Some(text("안녕하세요")))), None)),
        ("change delete", announced(changed(11, ChangeKind::Delete { by_owner: false }), None)),
        ("change reaction", announced(changed(12, ChangeKind::Reaction { emoji, on: true }), None)),
        ("whisper", json!(Whisper::from(&whisper()))),
        ("typing", json!(Typing { id: fox().author.to_string() })),
        ("presence", json!(Presence { id: fox().author.to_string(), away: true })),
        ("report", json!(Report::from(&report))),
        (
            "kicked",
            json!(Kicked {
                room: room().to_string(),
                reason: Some("Spam".to_owned()),
                until: at(609).to_string(),
            }),
        ),
        ("joined", json!(Watching::new(&joined_page(), "5eed", true))),
        ("close", json!(Close { room: room().to_string(), reason: "owner" })),
        ("restart", json!(Restart { delay_ms: 1_500 })),
        (
            "refused",
            json!(Refused {
                room: Some(room().to_string()),
                failure: Failure::body(&ChatError::RoomFull, Locale::En),
            }),
        ),
    ]
}

/// What questions are answered.
fn answers() -> Vec<(&'static str, Value)> {
    let sent = chat::Appended {
        id: MessageId::from_bytes([5; 16]),
        seq: 5,
        created_at: at(5),
        unreferenced_gifs: Vec::new(),
    };
    let changed = chat::Changed { seq: 10, created_at: at(10), unreferenced_gifs: Vec::new() };
    let whispered = chat::Whispered {
        id: whisper().id,
        private_seq: 1,
        created_at: at(6),
        unreferenced_gifs: Vec::new(),
    };
    let (ok, id) = (true, InvitationId::from_bytes([0xe5; 16]));
    let (created_at, expires_at) = (at(0), at(86_400));
    let bans = vec![
        (&chat::Ban { who: fox(), until: at(609), created_at: at(9), reason: remark() }).into(),
    ];
    let invitation = chat::Invitation { id: id.clone(), created_at, expires_at, uses: 2 };
    let report = chat::Report { seq: 5, by: fox(), reason: None, created_at: at(9) };
    let mut deleted = reply();
    deleted.message =
        Message::Removed { by: whale(), by_owner: false, client_id: Some(client_id()) };
    let page = chat::HistoryPage {
        entries: vec![deleted],
        head: 12,
        first: 1,
        more: false,
        owner: whale().author,
        participants: Vec::new(),
        settings: settings(),
        personal: Some(chat::Personal::default()),
    };
    let until = |until, closes_at| answers::Deadline { ok, until, closes_at };
    vec![
        ("ack join", json!(joined())),
        ("ack chat", json!(Sent::from(sent))),
        ("ack history", json!(History::from(&page))),
        ("ack done", json!(Done { ok })),
        ("ack changed", json!(Changed::from(changed))),
        ("ack whisper", json!(Whispered::from(whispered))),
        ("ack kick", json!(until(Some(at(609).to_string()), None))),
        ("ack close", json!(until(None, Some(at(60).to_string())))),
        (
            "ack invite",
            json!(answers::Invited {
                ok,
                id: id.to_string(),
                token: "f6".repeat(16),
                expires_at: expires_at.to_string(),
            }),
        ),
        ("ack bans", json!(answers::Listed::Bans { ok, bans })),
        (
            "ack invitations",
            json!(answers::Listed::Invitations { ok, invitations: vec![(&invitation).into()] }),
        ),
        ("ack reports", json!(answers::Listed::Reports { ok, reports: vec![(&report).into()] })),
        ("ack failure", json!(Failure::ack(&too_fast(), Locale::En))),
        (
            "ack invalid",
            json!(Failure::ack(&ChatError::invalid("to", "recipient_left"), Locale::En)),
        ),
    ]
}

fn too_fast() -> ChatError {
    ChatError::TooFast { retry_after: Duration::from_millis(1_500) }
}

/// The examples of a document: what stands in the code block behind `<!-- example NAME -->`.
fn examples_in(document: &str) -> BTreeMap<String, Value> {
    let blocks = document.split("<!-- example ").skip(1);
    let read = |block: &str| {
        let (name, rest) = block.split_once(" -->\n```json\n").expect("a name and a block of JSON");
        let (text, _) = rest.split_once("\n```").expect("the end of the block");
        let value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name.to_owned(), value)
    };
    blocks.map(read).collect()
}

/// The document with these examples in the place of those that it has.
fn with_examples(document: &str, examples: &[(&'static str, Value)]) -> String {
    examples.iter().fold(document.to_owned(), |document, (name, value)| {
        let begin = format!("<!-- example {name} -->\n```json\n");
        let Some((before, rest)) = document.split_once(&begin) else {
            return document;
        };
        let (_, after) = rest.split_once("\n```").expect("the end of the block");
        let text = serde_json::to_string(value).unwrap();
        format!("{before}{begin}{text}\n```{after}")
    })
}

#[test]
fn the_document_shows_every_event_and_answer_as_the_server_writes_it() {
    let examples = [events(), answers()].concat();
    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    if std::env::var_os("GIFCHAT_WRITE_PROTOCOL").is_some() {
        std::fs::write(DOCUMENT, with_examples(&document, &examples)).unwrap();
    }
    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    let mut found = examples_in(&document);
    found.retain(|name, _| !name.starts_with("ask "));
    for (name, expected) in &examples {
        let shown = found.remove(*name);
        assert_eq!(shown.as_ref(), Some(expected), "{name}; run `make protocol`");
    }
    assert!(found.is_empty(), "examples of nothing that is sent: {:?}", found.keys());
}

#[test]
fn the_document_names_every_event() {
    let shown = events();
    for name in event::FROM_SERVER {
        let is_shown = shown.iter().any(|(example, _)| example.split(' ').next() == Some(*name));
        assert!(is_shown, "{name} has no example");
    }
    assert_eq!(
        shown
            .iter()
            .filter_map(|(name, _)| name.split(' ').next())
            .collect::<std::collections::BTreeSet<_>>(),
        event::FROM_SERVER.iter().copied().collect(),
    );
}

#[test]
fn the_server_understands_every_question_of_the_document() {
    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    let questions = examples_in(&document);
    let asked: BTreeMap<_, _> = questions
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("ask ")?, value.clone())))
        .collect();
    let limits = Limits::default();
    for name in ACTS {
        let payload = asked.get(name).unwrap_or_else(|| panic!("`{name}` has no example"));
        if let Err(error) = Act::parse(name, payload.clone(), &limits) {
            panic!("{name}: {error:?}");
        }
    }
    JoinRequest::parse(asked["join"].clone(), &limits).unwrap();
    SendRequest::parse(asked["chat"].clone()).unwrap();
    older_page(asked["history"].clone()).unwrap();
    assert_eq!(asked.len(), ACTS.len() + 3, "questions that nobody asks: {:?}", asked.keys());
}

#[test]
fn the_document_has_every_kind_of_system_line() {
    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    for kind in SystemKind::ALL {
        assert!(document.contains(&format!("| `{}` |", kind.as_str())), "{}", kind.as_str());
    }
}
