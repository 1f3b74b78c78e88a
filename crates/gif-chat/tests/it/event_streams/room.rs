//! A room's stream: what the room is like, the newest messages as they are now, then what a socket in
//! the room hears.

use serde_json::{Value, json};

use super::of;
use super::reader::{Event, Reader, number, pairs};
use crate::support::socket_client::SocketClient;
use crate::support::sockets::messages;
use crate::support::{TestServer, Visitor, small_gif};

/// What both doors tell everybody in a room.
const TOLD: [&str; 6] = ["chat", "change", "join", "exit", "presence", "typing"];

/// A room with its owner in it.
async fn scene() -> (TestServer, Visitor, String, SocketClient) {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("방", "100", "").await;
    let (socket, _) = owner.join(&room).await;
    (server, owner, room, socket)
}

/// Asks for something that must be done.
async fn does(socket: &SocketClient, name: &str, payload: Value) -> Value {
    let done = socket.ask(name, payload.clone()).await;
    assert_eq!(done["ok"], true, "{name} {payload}: {done}");
    done
}

/// The ids are the `seq` of each entry, and only entries have one.
fn assert_ids(events: &[Event], epoch: &Value) {
    for event in events {
        let seq = event.id.as_ref().map(|id| json!(number(id, epoch)));
        assert_eq!(seq.unwrap_or_default(), event.data["seq"], "{event:?}");
    }
}

#[tokio::test]
async fn it_begins_with_the_room_and_the_newest_messages_in_their_final_state() {
    let (server, owner, room, socket) = scene().await;
    let seqs = ["하나", "둘", "셋"].map(async |text| socket.say(text).await["seq"].clone());
    let [first, second, third] = seqs;
    let (first, second, third) = (first.await, second.await, third.await);
    assert_eq!(owner.post_gif(&format!("/room/{room}/gif"), small_gif()).await.text(), "ok");
    does(&socket, "edit", json!({ "seq": first, "chat": "하나!" })).await;
    does(&socket, "delete", json!({ "seq": second })).await;
    let reader = server.visitor();
    let (readers, _) = reader.join(&room).await;
    let last =
        does(&readers, "react", json!({ "seq": third, "emoji": "👍", "on": true })).await["seq"]
            .clone();
    let joined = readers.ask("join", json!({ "room": room })).await;

    let mut stream = Reader::open(&reader, &of(&room)).await;
    let begin = stream.next().await;
    assert_eq!((begin.name.as_str(), begin.id), ("joined", None));
    assert_eq!(begin.data["reset"], true);
    for field in ["epoch", "head", "first", "owner", "participants", "room", "you"] {
        assert_eq!(begin.data[field], joined[field], "{field}");
    }
    let mut page = stream.history().await;
    let end = page.pop().unwrap();
    assert_eq!(end.id, Some(format!("{}:{last}", joined["epoch"].as_str().unwrap())));
    let payloads: Vec<_> = page.iter().map(|event| event.data.clone()).collect();
    assert_eq!(payloads, messages(&joined));
    let names: Vec<_> = page.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["join", "chat", "chat", "chat", "chat", "join"]);
    assert_ids(&page, &joined["epoch"]);
    assert_eq!(page[1].data["chat"], "하나!");
    assert_eq!(page[2].data["deleted"], true);
    assert!(!stream.text().contains('둘'), "nobody hears what was removed");
}

/// Everything that people do in a room.
async fn live(server: &TestServer, owner: &Visitor, room: &str, socket: &SocketClient) {
    let guest = server.visitor();
    let (guests, joined) = guest.join(room).await;
    let seq = guests.say("안녕하세요").await["seq"].clone();
    does(&guests, "edit", json!({ "seq": seq, "chat": "안녕히" })).await;
    does(socket, "react", json!({ "seq": seq, "emoji": "🎉", "on": true })).await;
    does(socket, "chat", json!({ "chat": "답", "replyTo": seq })).await;
    does(&guests, "typing", json!({})).await;
    assert_eq!(owner.post_gif(&format!("/room/{room}/gif"), small_gif()).await.text(), "ok");
    does(&guests, "delete", json!({ "seq": seq })).await;
    does(socket, "settings", json!({ "title": "새 제목", "slow": 5 })).await;
    does(socket, "settings", json!({ "slow": 0 })).await;
    let id = &joined["you"]["id"];
    does(socket, "mute", json!({ "id": id, "seconds": 60 })).await;
    guests.cut().await;
    socket.expect_where("presence", |told| told["id"] == *id && told["away"] == true).await;
    let (_guests, _) = guest.join(room).await;
    does(socket, "kick", json!({ "id": id, "seconds": 60, "reason": "도배" })).await;
    let (leaver, _) = server.visitor().join(room).await;
    leaver.ask("leave", Value::Null).await;
    socket.say("끝").await;
}

#[tokio::test]
async fn then_it_tells_what_a_socket_hears_in_the_same_words_and_order() {
    let (server, owner, room, socket) = scene().await;
    let watcher = server.visitor();
    let mut stream = Reader::open(&watcher, &of(&room)).await;
    let begin = stream.next().await.data;
    let mut tab = Reader::open(&watcher, &of(&room)).await;
    let (witness, _) = server.visitor().join(&room).await;
    socket.say("시작").await;
    for stream in [&mut stream, &mut tab] {
        stream.until_text("시작").await;
    }
    witness.expect_text("시작").await;
    let before = witness.received().len();

    live(&server, &owner, &room, &socket).await;
    witness.expect_text("끝").await;
    let told: Vec<_> = witness.received().split_off(before);
    let heard = stream.until_text("끝").await;
    assert_eq!(pairs(&heard), told);
    assert_eq!(tab.until_text("끝").await, heard);
    assert_ids(&heard, &begin["epoch"]);
    for name in TOLD {
        assert!(heard.iter().any(|event| event.name == name), "{name}");
    }
}

#[tokio::test]
async fn ones_own_typing_is_told_to_none_of_ones_own_streams() {
    let (server, _, room, socket) = scene().await;
    let (one, other) = (server.visitor(), server.visitor());
    let mut own = Reader::open(&one, &of(&room)).await;
    let mut others = Reader::open(&other, &of(&room)).await;
    let (typist, joined) = one.join(&room).await;
    does(&typist, "typing", json!({})).await;
    socket.say("끝").await;
    assert_eq!(others.expect("typing").await, json!({ "id": joined["you"]["id"] }));
    let heard = own.until_text("끝").await;
    assert!(heard.iter().all(|event| event.name != "typing"), "{heard:?}");
}

#[tokio::test]
async fn whispers_and_reports_never_appear_to_nobody() {
    let (server, owner, room, socket) = scene().await;
    let (one, two) = (server.visitor(), server.visitor());
    let (ones, _) = one.join(&room).await;
    let (twos, joined) = two.join(&room).await;
    let mut streams = Vec::new();
    for visitor in [&owner, &one, &two, &server.visitor()] {
        let mut stream = Reader::open(visitor, &of(&room)).await;
        stream.history().await;
        streams.push((visitor.clone(), stream));
    }
    let seq = twos.say("나쁜 말").await["seq"].clone();
    let whisper = json!({ "to": joined["you"]["id"], "chat": "canary" });
    does(&ones, "whisper", whisper).await;
    does(&ones, "report", json!({ "seq": seq, "reason": "canary" })).await;
    assert_eq!(twos.expect("whisper").await["chat"], "canary");
    assert_eq!(socket.expect("report").await["reason"], "canary");
    socket.say("끝").await;
    for (visitor, mut stream) in streams {
        let last = stream.last_id();
        let heard = stream.until_text("끝").await;
        assert!(heard.iter().any(|event| event.data["chat"] == "나쁜 말"));
        let mut fresh = Reader::open(&visitor, &of(&room)).await;
        fresh.history().await;
        let mut back = Reader::after(&visitor, &of(&room), &last).await;
        back.until_text("끝").await;
        for text in [stream.text(), fresh.text(), back.text()] {
            for trace in ["canary", "whisper", "private", "report", "blocked"] {
                assert!(!text.contains(trace), "{trace} in {text}");
            }
        }
    }
}

#[tokio::test]
async fn it_says_nothing_about_other_rooms() {
    let (server, owner, room, socket) = scene().await;
    let other = owner.make_room("canary").await;
    let watcher = server.visitor();
    let mut stream = Reader::open(&watcher, &of(&room)).await;
    // The same people are there too.
    let mut elsewhere = Reader::open(&watcher, &of(&other)).await;
    let (there, _) = owner.join(&other).await;
    there.say("canary").await;
    does(&there, "typing", json!({})).await;
    does(&there, "settings", json!({ "title": "canary!" })).await;
    assert_eq!(owner.delete(&format!("/room/{other}")).await.status, 200);
    elsewhere.expect("close").await;
    socket.say("끝").await;
    stream.until_text("끝").await;
    assert!(!stream.text().contains("canary") && !stream.text().contains(&other));
    assert!(stream.is_open());
}
