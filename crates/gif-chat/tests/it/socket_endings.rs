//! How a connection ends: for good when the room is gone, for a moment when the server stops.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::socket_client::Transport;
use crate::support::sockets::{close_code, messages, seqs, soon};
use crate::support::watch::until_away;

#[tokio::test]
async fn when_the_owner_closes_the_room_its_sockets_are_told_and_sent_away_for_good() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let (room, other) = (owner.make_room("닫을 방").await, owner.make_room("남을 방").await);
    let (bystander, _) = server.visitor().join(&other).await;
    let mut sockets = vec![owner.join(&room).await.0];
    for transport in Transport::ALL {
        let (socket, _) = server.visitor().join_by(transport, &room).await;
        sockets.push(socket);
        let course = server.visitor().known().await.chat_socket(transport).await;
        assert_eq!(course.ask("join", json!(room)).await["ok"], true);
        sockets.push(course);
    }
    assert_eq!(owner.delete(&format!("/room/{room}")).await.text(), "ok");
    for socket in &sockets {
        assert_eq!(socket.expect("close").await, json!({ "room": room, "reason": "owner" }));
        assert!(socket.closed().await.by_namespace_disconnect, "official clients stay away");
        let packets = socket.received_packets();
        let disconnect = packets.iter().position(|packet| packet.starts_with("41/chat"));
        let close = packets.iter().position(|packet| packet.contains("\"close\""));
        assert!(close < disconnect, "first the reason, then the end");
    }
    bystander.say("여기는 그대로").await;
    bystander.expect_text("여기는 그대로").await;
    assert_eq!(bystander.count_of("close"), 0);
    let late = server.visitor().chat_socket(Transport::WebSocket).await;
    assert_eq!(late.ask("join", json!({ "room": room })).await["error"], "not_found");
}

#[tokio::test]
async fn only_the_owner_closes_the_room() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("내 방").await;
    let (owner_socket, _) = owner.join(&room).await;
    let (guest_socket, _) = guest.join(&room).await;
    let refused = guest.delete(&format!("/room/{room}")).await;
    assert_eq!((refused.status, refused.error()), (403, "not_owner".to_owned()));
    guest_socket.say("그대로다").await;
    owner_socket.expect_text("그대로다").await;
    assert_eq!(owner_socket.count_of("close"), 0);
    assert_eq!(guest_socket.end(), None);
}

#[tokio::test]
async fn a_stop_tells_every_socket_to_come_back_and_ends_its_transport_only() {
    // Longer than this test waits: a stop that runs into its limit fails it.
    let stop_time_max = Duration::from_mins(5);
    let mut server =
        TestServer::builder().config(|config| config.stop_time_max = stop_time_max).start().await;
    let owner = server.visitor();
    let room = owner.make_room("재시작").await;
    let mut sockets = Vec::new();
    for transport in Transport::ALL {
        sockets.push((transport, "joined", owner.join_by(transport, &room).await.0));
        sockets.push((transport, "not joined", server.visitor().chat_socket(transport).await));
        let lobby = server.visitor().socket("/room").transport(transport).connect().await.unwrap();
        lobby.expect("rooms").await;
        sockets.push((transport, "lobby", lobby));
    }
    soon(server.stop()).await;
    for (transport, place, socket) in &sockets {
        let restart = socket.expect("restart").await;
        assert!(restart["delayMs"].as_u64().unwrap() > 0, "{transport:?}, {place}");
        socket.ended_with(close_code::SHUTDOWN).await;
        assert_eq!(socket.count_of("restart"), 1);
        assert_eq!(socket.count_of("close"), 0);
    }
}

#[tokio::test]
async fn after_a_restart_everybody_goes_on_where_they_were() {
    let mut server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("계속").await;
    let (owner_socket, owner_joined) = owner.join(&room).await;
    let (_guest_socket, guest_joined) = guest.join(&room).await;
    let sent = json!({ "chat": "끊기기 전", "clientId": "one" });
    let first = owner_socket.ask("chat", sent.clone()).await;
    let seen = guest_joined["head"].as_u64().unwrap();
    soon(server.restart()).await;

    let (owner, guest) = (owner.moved_to(&server.url()), guest.moved_to(&server.url()));
    let (owner_socket, again) = owner.join(&room).await;
    assert_eq!(again["you"], owner_joined["you"]);
    assert_eq!(again["epoch"], owner_joined["epoch"]);
    assert_eq!(owner_socket.ask("chat", sent).await, first, "a retry over the restart");
    let guest_socket = guest.chat_socket(Transport::WebSocket).await;
    let request = json!({ "room": room, "epoch": again["epoch"], "after": seen });
    let back = guest_socket.ask("join", request).await;
    assert_eq!(back["reset"], false);
    assert_eq!(back["you"], guest_joined["you"]);
    assert_eq!(seqs(messages(&back)), [seen + 1], "no exit and no second entry");
    assert_eq!(back["participants"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn whoever_vanishes_is_noticed_at_once() {
    // A ping would notice it much later than this test waits.
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("사라지다").await;
    let (owner_socket, _) = owner.join(&room).await;
    for transport in Transport::ALL {
        let guest = server.visitor();
        let (socket, joined) = guest.join_by(transport, &room).await;
        socket.cut().await;
        until_away(&owner_socket, &room, &joined["you"]["id"], true).await;
        let (socket, again) = guest.join_by(transport, &room).await;
        assert_eq!(again["you"], joined["you"], "{transport:?}: the seat is kept");
        socket.ask("leave", Value::Null).await;
        owner_socket.expect("exit").await;
    }
}

#[tokio::test]
async fn a_polite_goodbye_keeps_the_seat_for_one_grace() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("새로고침").await;
    let (owner_socket, _) = owner.join(&room).await;
    for transport in Transport::ALL {
        let guest = server.visitor();
        let (socket, joined) = guest.join_by(transport, &room).await;
        socket.disconnect().await;
        let id = joined["you"]["id"].clone();
        let is_away = |state: &Value| {
            let all = state["participants"].as_array().unwrap();
            all.iter().any(|participant| participant["id"] == id && participant["away"] == true)
        };
        owner_socket.until(&room, is_away).await;
        let (socket, again) = guest.join_by(transport, &room).await;
        assert_eq!(again["you"], joined["you"], "{transport:?}");
        assert_eq!(again["head"], joined["head"], "neither an exit nor an entry");
        socket.ask("leave", Value::Null).await;
        owner_socket.expect("exit").await;
    }
}

#[tokio::test]
async fn a_namespace_that_a_client_left_can_be_entered_again() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("나갔다 오기").await;
    let (watcher, _) = server.visitor().join(&room).await;
    let (socket, joined) = visitor.join(&room).await;
    socket.send_raw("41/chat,").await;
    let id = joined["you"]["id"].clone();
    let is_away = |state: &Value| {
        let all = state["participants"].as_array().unwrap();
        all.iter().any(|participant| participant["id"] == id && participant["away"] == true)
    };
    watcher.until(&room, is_away).await;
    socket.send_raw("40/chat,").await;
    let join = format!(r#"42/chat,77["join",{{"room":"{room}"}}]"#);
    // The second answer to CONNECT cannot be told from the first: ask until the join is answered.
    loop {
        let connects = socket.received_packets();
        if connects.iter().filter(|packet| packet.starts_with("40/chat")).count() == 2 {
            break;
        }
        watcher.ask("history", Value::Null).await;
    }
    socket.send_raw(&join).await;
    let ack = socket.expect_packet("43/chat,77").await;
    assert!(ack.contains("\"ok\":true"), "{ack}");
    watcher.until(&room, |state| !is_away(state)).await;
}
