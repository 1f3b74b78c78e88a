//! Joining with our own form: what the ack says, and what a client that comes back is sent.

use serde_json::{Value, json};

use crate::support::socket_client::{SocketClient, Transport};
use crate::support::sockets::{fields, is_timestamp, messages, seqs};
use crate::support::{TestServer, Visitor, small_gif};

/// An owner's socket in a room, the ack of its join, the room and the owner.
async fn room_with_owner(server: &TestServer) -> (SocketClient, Value, String, Visitor) {
    let owner = server.visitor();
    let room = owner.make_room("우리 방").await;
    let (socket, joined) = owner.join(&room).await;
    (socket, joined, room, owner)
}

/// A socket of a newcomer that has joined nothing yet.
async fn newcomer(server: &TestServer) -> SocketClient {
    server.visitor().known().await.chat_socket(Transport::WebSocket).await
}

#[tokio::test]
async fn the_ack_of_a_join_says_everything_on_every_transport() {
    let server = TestServer::start().await;
    let (owner_socket, owner_joined, room, _) = room_with_owner(&server).await;
    owner_socket.say("첫 줄").await;
    let names = [
        "blocked",
        "epoch",
        "first",
        "head",
        "messages",
        "more",
        "ok",
        "owner",
        "participants",
        "private",
        "privateHead",
        "reset",
        "room",
        "you",
    ];
    for (round, transport) in (1_usize..).zip(Transport::ALL) {
        let (_socket, joined) = server.visitor().join_by(transport, &room).await;
        assert_eq!(fields(&joined), names, "{transport:?}");
        assert_eq!(joined["epoch"], owner_joined["epoch"]);
        assert!(!joined["epoch"].as_str().unwrap().is_empty());
        assert_eq!((&joined["reset"], &joined["more"]), (&json!(false), &json!(false)));
        assert_eq!(joined["private"], json!([]));
        assert_eq!(joined["first"], 1);
        assert_eq!(joined["head"], seqs(messages(&joined)).last().copied().unwrap());
        assert_eq!(joined["owner"], owner_joined["you"]["id"], "an author id");
        assert_eq!(fields(&joined["you"]), ["alias", "id", "user"], "a cookie needs no session");
        let own_line = messages(&joined).last().unwrap();
        assert_eq!(own_line["system"]["author"], joined["you"]["id"]);
        assert_eq!(own_line["user"], "system");

        let participants = joined["participants"].as_array().unwrap();
        let ids: Vec<_> = participants.iter().map(|participant| &participant["id"]).collect();
        assert_eq!(ids.len(), participants.len());
        assert!(ids.contains(&&joined["you"]["id"]) && ids.contains(&&joined["owner"]));
        assert!(participants.len() >= 2 && participants.len() <= 1 + round);
        for participant in participants {
            assert_eq!(fields(participant), ["alias", "away", "id", "owner", "since", "user"]);
            assert_eq!(participant["owner"], json!(participant["id"] == joined["owner"]));
            assert!(is_timestamp(&participant["since"]));
        }
    }
}

#[tokio::test]
async fn a_visitor_is_another_author_in_another_room() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let (one, other) = (visitor.make_room("하나").await, visitor.make_room("둘").await);
    let (_first, in_one) = visitor.join(&one).await;
    let (_second, in_other) = visitor.join(&other).await;
    assert_ne!(in_one["you"]["id"], in_other["you"]["id"]);
    assert_eq!(in_one["epoch"], in_other["epoch"]);
}

#[tokio::test]
async fn without_after_the_newest_hundred_come() {
    let server = TestServer::start().await;
    let (owner_socket, _, room, owner) = room_with_owner(&server).await;
    owner.fill(&room, 129).await;
    owner_socket.say("맨 끝").await;
    let joined = newcomer(&server).await.ask("join", json!({ "room": room })).await;
    let head = joined["head"].as_u64().unwrap();
    assert_eq!(head, 132, "two entry lines and what was said");
    assert_eq!(seqs(messages(&joined)), (head - 99..=head).collect::<Vec<_>>());
    assert_eq!(messages(&joined)[98]["chat"], "맨 끝");
    assert_eq!((&joined["first"], &joined["reset"]), (&json!(1), &json!(false)));
}

#[tokio::test]
async fn with_after_everything_since_comes_and_nothing_else() {
    let server = TestServer::start().await;
    let (owner_socket, joined, room, _) = room_with_owner(&server).await;
    for number in 0..10 {
        owner_socket.say(&number.to_string()).await;
    }
    let epoch = &joined["epoch"];
    for (after, expected) in [(0, 1..=11), (1, 2..=11), (8, 9..=11), (10, 11..=11)] {
        let request = json!({ "room": room, "epoch": epoch, "after": after });
        let again = owner_socket.ask("join", request).await;
        assert_eq!(again["reset"], false, "after {after}");
        assert_eq!(seqs(messages(&again)), expected.collect::<Vec<_>>(), "after {after}");
        assert_eq!(again["more"], false);
        assert_eq!(again["head"], 11);
    }
    let up_to_date = json!({ "room": room, "epoch": epoch, "after": 11 });
    let again = owner_socket.ask("join", up_to_date).await;
    assert_eq!((&again["reset"], &again["messages"]), (&json!(false), &json!([])));
    assert_eq!(again["participants"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_foreign_epoch_or_an_after_beyond_the_head_starts_over() {
    let server = TestServer::start().await;
    let (owner_socket, joined, room, owner) = room_with_owner(&server).await;
    owner.fill(&room, 110).await;
    let epoch = joined["epoch"].clone();
    for (epoch, after) in [
        (json!("0000000000000000"), json!(110)),
        (json!(""), json!(0)),
        (epoch.clone(), json!(112)),
        (epoch.clone(), json!(i64::MAX)),
        (epoch, json!(u64::MAX)),
    ] {
        let request = json!({ "room": room, "epoch": epoch, "after": after });
        let again = owner_socket.ask("join", request).await;
        assert_eq!(again["ok"], true, "{again}");
        assert_eq!(again["reset"], true, "epoch {epoch}, after {after}");
        assert_eq!(seqs(messages(&again)), (12..=111).collect::<Vec<_>>());
        assert_eq!(again["epoch"], joined["epoch"]);
    }
}

#[tokio::test]
async fn more_than_five_hundred_come_in_parts() {
    let server = TestServer::start().await;
    let (owner_socket, joined, room, owner) = room_with_owner(&server).await;
    owner.fill(&room, 1_101).await;
    let mut after = 0;
    let mut parts = Vec::new();
    loop {
        let request = json!({ "room": room, "epoch": joined["epoch"], "after": after });
        let part = owner_socket.ask("join", request).await;
        let got = seqs(messages(&part));
        assert_eq!(got, (after + 1..=after + got.len() as u64).collect::<Vec<_>>());
        after = *got.last().unwrap();
        parts.push(got.len());
        assert_eq!(part["head"], 1_102);
        if part["more"] == false {
            break;
        }
    }
    assert_eq!(parts, [500, 500, 102]);
}

#[tokio::test]
async fn one_answer_holds_at_most_256_kib() {
    let server = TestServer::start().await;
    let (owner_socket, joined, room, _) = room_with_owner(&server).await;
    // What JSON writes with one byte, with three, and with six for one that was typed.
    let texts = ["x".repeat(4_000), "한".repeat(4_000), "\u{1}".repeat(3_999) + "x"];
    for number in 0..90 {
        let client_id = format!("{number:064}");
        let message = json!({ "chat": texts[number % 3], "clientId": client_id });
        assert_eq!(owner_socket.ask("chat", message).await["ok"], true);
    }
    let (mut after, mut parts) = (0, 0);
    loop {
        let request = json!({ "room": room, "epoch": joined["epoch"], "after": after });
        let part = owner_socket.ask("join", request).await;
        let size = part["messages"].to_string().len();
        assert!(size <= 256 * 1024, "{size} bytes in one answer");
        let got = seqs(messages(&part));
        assert_eq!(got, (after + 1..=after + got.len() as u64).collect::<Vec<_>>());
        after = *got.last().unwrap();
        parts += 1;
        if part["more"] == false {
            break;
        }
        assert!(size > 200 * 1024, "{size} bytes, though there was more");
    }
    assert_eq!(after, 91);
    assert!(parts > 3, "{parts} parts");
}

#[tokio::test]
async fn first_is_the_oldest_entry_kept() {
    let server =
        TestServer::builder().config(|config| config.history_entries_max = 20).start().await;
    let (owner_socket, joined, room, owner) = room_with_owner(&server).await;
    owner.fill(&room, 49).await;
    let everything: Vec<u64> = (31..=50).collect();
    for (after, reset) in [(29, true), (30, false), (1, true), (0, true)] {
        let request = json!({ "room": room, "epoch": joined["epoch"], "after": after });
        let again = owner_socket.ask("join", request).await;
        assert_eq!((&again["first"], &again["head"]), (&json!(31), &json!(50)));
        assert_eq!(again["reset"], reset, "after {after}");
        assert_eq!(seqs(messages(&again)), everything, "after {after}");
    }
    owner_socket.say("하나 더").await;
    let joined = newcomer(&server).await.ask("join", json!({ "room": room })).await;
    assert_eq!(
        (&joined["first"], &joined["reset"]),
        (&json!(33), &json!(false)),
        "the newcomer's own entry line counts too"
    );
}

#[tokio::test]
async fn the_history_shows_what_was_sent_live() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("같은 모습").await;
    let (owner_socket, _) = owner.join(&room).await;
    let (guest_socket, _) = server.visitor().join(&room).await;
    let message = json!({ "chat": "첫 <b>줄</b>\n둘째 줄", "clientId": "a", "replyTo": 1 });
    owner_socket.ask("chat", message).await;
    owner.post_gif(&format!("/room/{room}/gif"), small_gif()).await;
    let live = [guest_socket.expect("chat").await, guest_socket.expect("chat").await];
    let joined = newcomer(&server).await.ask("join", json!({ "room": room })).await;
    assert_eq!(messages(&joined)[2..4], live);
    assert_eq!(live[0]["chat"], "첫 <b>줄</b>\n둘째 줄");
    assert_eq!(
        fields(&live[1]),
        ["_id", "alias", "author", "createdAt", "gif", "height", "room", "seq", "user", "width"]
    );
    assert_eq!((&live[1]["width"], &live[1]["height"]), (&json!(4), &json!(3)));
}

#[tokio::test]
async fn a_join_that_makes_no_sense_is_refused_and_takes_no_seat() {
    let server = TestServer::start().await;
    let (owner_socket, _, room, _) = room_with_owner(&server).await;
    let socket = newcomer(&server).await;
    for (request, code) in [
        (json!({ "room": room, "after": -1 }), "bad_request"),
        (json!({ "room": room, "after": 1.5 }), "bad_request"),
        (json!({ "room": room, "after": "3" }), "bad_request"),
        (json!({ "room": room, "after": 1e300 }), "bad_request"),
        (json!({ "room": room, "after": [] }), "bad_request"),
        (json!({ "room": room, "epoch": 7 }), "bad_request"),
        (json!({ "room": room, "password": 1234 }), "bad_request"),
        (json!({ "room": room, "password": {} }), "bad_request"),
        (json!({ "room": [room] }), "bad_request"),
        (json!({ "room": null }), "bad_request"),
        (json!({ "ROOM": room }), "bad_request"),
        (json!([{ "room": room }]), "bad_request"),
        (json!({ "room": room, "password": "x".repeat(129) }), "invalid"),
        (json!({ "room": "__proto__" }), "not_found"),
        (json!({ "room": "f".repeat(32) }), "not_found"),
    ] {
        let answer = socket.ask("join", request.clone()).await;
        assert_eq!((&answer["ok"], &answer["error"]), (&json!(false), &json!(code)), "{request}");
        assert!(!answer["message"].as_str().unwrap().is_empty());
    }
    let state = owner_socket.ask("join", json!({ "room": room, "after": 0 })).await;
    assert_eq!(state["participants"].as_array().unwrap().len(), 1);
    assert_eq!(state["head"], 1);
    let optional = json!({ "room": room, "after": null, "epoch": null, "password": null, "x": 1 });
    assert_eq!(socket.ask("join", optional).await["ok"], true);
}
