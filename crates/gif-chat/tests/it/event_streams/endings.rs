//! How a room's stream ends when the room does, or when its reader is sent out.

use std::time::Duration;

use serde_json::json;

use super::of;
use super::reader::{Reader, pairs};
use crate::support::TestServer;
use crate::support::watch::participants;

#[tokio::test]
async fn a_closed_room_says_so_and_ends_its_streams_and_is_not_found_after() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let (room, other) = (owner.make_room("방").await, owner.make_room("남는 방").await);
    let mut streams = Vec::new();
    for visitor in [&owner, &guest, &guest] {
        let mut stream = Reader::open(visitor, &of(&room)).await;
        stream.history().await;
        streams.push(stream);
    }
    let elsewhere = Reader::open(&guest, &of(&other)).await;
    assert_eq!(owner.delete(&format!("/room/{room}")).await.status, 200);
    for stream in &mut streams {
        let end = stream.rest().await.pop().unwrap();
        let close = json!({ "room": room, "reason": "owner" });
        assert_eq!((end.name.as_str(), end.id, end.data), ("close", None, close));
    }
    let last = streams[0].last_id();
    let gone = Reader::ask(&guest, &of(&room), Some(&last)).await.err().unwrap();
    assert_eq!((gone.status, gone.error().as_str()), (404, "not_found"));
    assert!(elsewhere.is_open());
}

#[tokio::test]
async fn whoever_is_kicked_hears_why_on_every_stream_and_may_not_come_back() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("방").await;
    let (socket, _) = owner.join(&room).await;
    let mut others = Reader::open(&server.visitor(), &of(&room)).await;
    others.history().await;
    let mut streams = Vec::new();
    let mut id = json!(null);
    for _ in 0..2 {
        let mut stream = Reader::open(&guest, &of(&room)).await;
        id = stream.next().await.data["you"]["id"].clone();
        stream.history().await;
        streams.push(stream);
    }
    let kick = json!({ "id": id, "seconds": 60, "reason": "도배" });
    let until = socket.ask("kick", kick).await["until"].clone();
    for stream in &mut streams {
        let end = stream.rest().await;
        let kicked = json!({ "room": room, "reason": "도배", "until": until });
        assert_eq!(pairs(&end).pop(), Some(("kicked".to_owned(), kicked)));
    }
    let back = Reader::ask(&guest, &of(&room), Some(&streams[0].last_id())).await.err().unwrap();
    assert_eq!((back.status, back.error().as_str()), (403, "banned"));
    assert_eq!(others.expect("exit").await["system"]["kind"], "kick");
    assert!(others.is_open() && !others.text().contains("event: kicked"));

    server.clock.advance(Duration::from_mins(1));
    let mut again = Reader::open(&guest, &of(&room)).await;
    assert_eq!(again.next().await.data["you"]["id"], id);
    server.clock.advance(server.grace() * 2);
    assert_eq!(participants(&socket, &room).await.len(), 3, "the old streams hold nothing up");
}
