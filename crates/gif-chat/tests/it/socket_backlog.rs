//! What waits for a client that does not read: bounded in packets, in bytes and in time, and whoever is
//! let go of comes back for what it missed.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::socket_client::{SocketClient, Transport};
use crate::support::sockets::{close_code, messages, seqs};
use crate::support::watch::until_away;
use crate::support::{Answer, TestServer, Visitor};

/// One who polls only when told to: whatever comes in between waits.
struct Poller {
    visitor: Visitor,
    path: String,
    author: Value,
}

impl Poller {
    async fn join(server: &TestServer, room: &str) -> Self {
        let visitor = server.visitor().known().await;
        let path = "/socket.io/?EIO=4&transport=polling";
        let opened = visitor.get(path).await.text();
        let opened: Value = serde_json::from_str(opened.strip_prefix('0').unwrap()).unwrap();
        let path = format!("{path}&sid={}", opened["sid"].as_str().unwrap());
        let mut poller = Self { visitor, path, author: Value::Null };
        poller.send("40/chat,").await;
        poller.poll_until("40/chat,").await;
        poller.send(&format!(r#"42/chat,0["join",{{"room":"{room}"}}]"#)).await;
        let ack = poller.poll_until("43/chat,0").await;
        let ack: Value = serde_json::from_str(ack.strip_prefix("43/chat,0").unwrap()).unwrap();
        poller.author = ack[0]["you"]["id"].clone();
        poller
    }

    async fn send(&self, packets: &str) {
        let request = self.visitor.request(Method::POST, &self.path).body(packets.to_owned());
        assert_eq!(self.visitor.send(request).await.text(), "ok");
    }

    async fn poll(&self) -> Answer {
        self.visitor.get(&self.path).await
    }

    async fn poll_until(&self, beginning: &str) -> String {
        loop {
            let answer = self.poll().await;
            assert_eq!(answer.status, 200, "instead of {beginning}: {}", answer.text());
            let packets = answer.text();
            if let Some(packet) = packets.split('\u{1e}').find(|one| one.starts_with(beginning)) {
                return packet.to_owned();
            }
        }
    }

    /// Whether the server has ended the session: it says goodbye, once.
    async fn is_over(&self) -> bool {
        let answer = self.poll().await;
        answer.status == 400 || answer.text() == "1"
    }
}

/// How long the packet of a text is as a WebSocket frame, told by one that a listener got: the
/// backlog counts the same bytes whatever the transport (RFC 6455 §5.2: a header of 4 bytes from 126
/// bytes on).
async fn waiting_bytes(listener: &SocketClient, text: &str) -> usize {
    listener.expect_text(text).await;
    let packets = listener.received_packets();
    let packet = packets.iter().rfind(|packet| packet.contains(text)).unwrap();
    assert!((126..65_536).contains(&packet.len()));
    packet.len() + 4
}

#[tokio::test]
async fn what_waits_is_bounded_to_the_byte() {
    let limit = 8_000;
    let server = TestServer::builder()
        .config(|config| config.socket_backlog_bytes_max = limit)
        .start()
        .await;
    let owner = server.visitor();
    for (total, is_over) in [(limit - 1, false), (limit, false), (limit + 1, true)] {
        let room = owner.make_room("느린 사람").await;
        let (speaker, _) = owner.join(&room).await;
        // So that every `seq` has as many digits.
        owner.fill(&room, 10).await;
        let poller = Poller::join(&server, &room).await;
        let first = format!("{total} {}", "a".repeat(3_500));
        speaker.say(&first).await;
        let first_bytes = waiting_bytes(&speaker, &first).await;
        let rest = total - 2 * first_bytes + first.len();
        let second = format!("{} {total}", "b".repeat(rest - 1 - total.to_string().len()));
        speaker.say(&second).await;
        assert_eq!(first_bytes + waiting_bytes(&speaker, &second).await, total);
        if is_over {
            assert!(poller.is_over().await, "{total} bytes");
        } else {
            let got = poller.poll().await.text();
            assert!(got.contains(&first) && got.contains(&second), "{total} bytes");
        }
    }
}

#[tokio::test]
async fn what_waits_is_bounded_in_packets() {
    let server =
        TestServer::builder().config(|config| config.socket_backlog_packets_max = 5).start().await;
    let owner = server.visitor();
    for (packets, is_over) in [(4, false), (5, false), (6, true)] {
        // Whoever polled in the round before is let go in this one, and would be told of here.
        let room = owner.make_room("느린 사람").await;
        let (speaker, _) = owner.join(&room).await;
        let poller = Poller::join(&server, &room).await;
        for number in 0..packets {
            speaker.say(&format!("{number}")).await;
        }
        if is_over {
            until_away(&speaker, &room, &poller.author, true).await;
            assert!(poller.is_over().await);
        } else {
            let got = poller.poll().await.text();
            assert_eq!(got.split('\u{1e}').count(), packets, "{got}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_may_not_wait_ends_the_connection_with_a_reason() {
    let server = TestServer::builder()
        .config(|config| config.socket_backlog_bytes_max = 10_000)
        .start()
        .await;
    let owner = server.visitor();
    let room = owner.make_room("긴 글").await;
    let mut sockets = Vec::new();
    for transport in Transport::ALL {
        sockets.push(server.visitor().join_by(transport, &room).await.0);
    }
    // One after the other: nobody is late with these.
    for number in 0..3 {
        let text = format!("{number}{}", "a".repeat(3_900));
        owner.say_at_once(&room, std::slice::from_ref(&text)).await;
        for socket in &sockets {
            socket.expect_text(&text).await;
        }
    }
    for socket in &sockets {
        let history = json!({ "before": 100, "limit": 100 });
        assert!(socket.ask_result("history", history).await.is_err());
        socket.ended_with(close_code::BACKLOG).await;
    }
}

#[tokio::test]
async fn a_room_of_the_longest_messages_can_be_joined_and_read_to_its_beginning() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("긴 글").await;
    // Quotes are written as two bytes each.
    owner.say_at_once(&room, &vec!["\"😀".repeat(2_000); 120]).await;
    for transport in Transport::ALL {
        let (socket, joined) = server.visitor().join_by(transport, &room).await;
        let mut oldest = seqs(messages(&joined))[0];
        assert!(messages(&joined).len() > 20 && oldest > 1);
        while oldest > 1 {
            let page = socket.ask("history", json!({ "before": oldest, "limit": 100 })).await;
            let page = seqs(messages(&page));
            assert_eq!(*page.last().unwrap(), oldest - 1);
            oldest = page[0];
        }
        assert_eq!(socket.end(), None, "{transport:?}");
        socket.ask("leave", Value::Null).await;
    }
}

#[tokio::test]
async fn whoever_takes_nothing_for_too_long_is_let_go_however_little_waits() {
    let server = TestServer::builder()
        .config(|config| {
            config.socket_write_time_max = Duration::from_millis(300);
            config.socket_backlog_bytes_max = 1024 * 1024 * 1024;
            config.socket_backlog_packets_max = 1024 * 1024;
        })
        .start()
        .await;
    let (owner, reader) = (server.visitor(), server.visitor().known().await);
    let room = owner.make_room("멈춘 사람").await;
    let (speaker, _) = owner.join(&room).await;
    let texts = vec!["😀".repeat(4_000); 15];
    for transport in [Transport::WebSocket, Transport::Upgrade] {
        let stalled = reader.socket("/chat").transport(transport).receive_buffer_bytes(4_096);
        let stalled = stalled.connect().await.unwrap();
        let joined = stalled.ask("join", json!({ "room": room })).await;
        stalled.stop_reading().await;
        // More than the kernel holds.
        for _ in 0..40 {
            owner.say_at_once(&room, &texts).await;
        }
        until_away(&speaker, &room, &joined["you"]["id"], true).await;
        stalled.resume_reading();
        let end = stalled.transport_closed().await;
        // The reason is there for who reads on in time.
        assert!(matches!(end.code, Some(close_code::STALLED) | None), "{transport:?}: {end:?}");
        assert!(!end.by_namespace_disconnect, "{transport:?}: {end:?}");
        let (back, again) = reader.join_by(transport, &room).await;
        assert_eq!(again["you"], joined["you"]);
        back.ask("leave", Value::Null).await;
    }
    assert_eq!(speaker.end(), None);
}

/// Everything after `seen`, asked for until there is no more.
async fn resume(socket: &SocketClient, joined: &Value, room: &str, seen: u64) -> Vec<u64> {
    let mut after = seen;
    let mut recovered = Vec::new();
    loop {
        let request = json!({ "room": room, "epoch": joined["epoch"], "after": after });
        let part = socket.ask("join", request).await;
        assert_eq!(part["reset"], false, "{after}");
        assert_eq!(part["you"], joined["you"]);
        recovered.extend(seqs(messages(&part)));
        after = recovered.last().copied().unwrap_or(after);
        if part["more"] == false {
            return recovered;
        }
    }
}

#[tokio::test]
async fn a_reader_that_stops_is_let_go_and_resumes_without_a_gap() {
    let server =
        TestServer::builder().config(|config| config.socket_backlog_packets_max = 64).start().await;
    let (owner, reader) = (server.visitor(), server.visitor().known().await);
    let room = owner.make_room("느린 사람").await;
    let (speaker, _) = owner.join(&room).await;
    let (bystander, _) = server.visitor().join(&room).await;
    // 16,000 bytes in 4,000 characters, fewer at once than may wait for a good reader. The kernel
    // holds some megabytes of them.
    let texts = vec!["😀".repeat(4_000); 15];
    for transport in Transport::ALL {
        let slow = reader.socket("/chat").transport(transport).receive_buffer_bytes(4_096);
        let slow = slow.connect().await.unwrap();
        let joined = slow.ask("join", json!({ "room": room })).await;
        let id = joined["you"]["id"].clone();
        let is_away = |state: &Value| {
            let all = state["participants"].as_array().unwrap();
            all.iter().any(|participant| participant["id"] == id && participant["away"] == true)
        };
        slow.stop_reading().await;
        let mut let_go = false;
        for _ in 0..100 {
            owner.say_at_once(&room, &texts).await;
            let said = speaker.say("다들 들었죠?").await;
            bystander.expect_where("chat", |entry| entry["seq"] == said["seq"]).await;
            let now = json!({ "room": room, "after": said["seq"] });
            let_go = is_away(&speaker.ask("join", now).await);
            if let_go {
                break;
            }
        }
        assert!(let_go, "24 MB waited for a reader on {transport:?} that does not read");
        slow.resume_reading();
        let end = slow.transport_closed().await;
        // The reason is there for who reads on in time.
        assert!(matches!(end.code, Some(close_code::BACKLOG) | None), "{transport:?}: {end:?}");
        assert!(!end.by_namespace_disconnect, "{transport:?}: {end:?}");

        let head = joined["head"].as_u64().unwrap();
        let live = seqs(&slow.live_entries());
        let live: Vec<u64> = live.into_iter().filter(|seq| *seq > head).collect();
        let seen = head + live.len() as u64;
        assert_eq!(live, (head + 1..=seen).collect::<Vec<_>>(), "what came, came in order");
        let last = speaker.say("돌아와").await["seq"].as_u64().unwrap();
        let again = reader.chat_socket(transport).await;
        let recovered = resume(&again, &joined, &room, seen).await;
        assert_eq!(recovered, (seen + 1..=last).collect::<Vec<_>>(), "{transport:?}");
        assert!(recovered.len() > 64, "more than may wait");
        again.ask("leave", Value::Null).await;
    }
    assert_eq!((speaker.end(), bystander.end()), (None, None));
}
