//! Sending to many: who is meant, nobody twice, and events of which only the latest counts.

use socketio::{Config, Engine, Namespace, Socket};

use crate::support::{Server, Taker, WebSocket, eventually, feed};

/// A server and its namespace, whose sockets are handed to the test as they enter.
async fn met(config: Config) -> (Server, Namespace, Taker<Socket>) {
    let (entered, sockets) = feed();
    let engine = Engine::new(config);
    let namespace = engine
        .namespace("/")
        .connected(move |socket: Socket| {
            entered.put(socket);
            async {}
        })
        .open();
    (Server::of(engine).await, namespace, sockets)
}

/// Four in rooms: `a`, `a` and `b`, `b`, none.
struct Party {
    _server: Server,
    namespace: Namespace,
    sockets: Vec<Socket>,
    clients: Vec<WebSocket>,
}

impl Party {
    async fn begin() -> Self {
        let (server, namespace, mut entering) = met(Config::default()).await;
        let (mut sockets, mut clients) = (Vec::new(), Vec::new());
        for rooms in [&["a"][..], &["a", "b"], &["b"], &[]] {
            clients.push(server.client().await);
            let socket = entering.next().await;
            for room in rooms {
                socket.join(room).unwrap();
            }
            sockets.push(socket);
        }
        Self { _server: server, namespace, sockets, clients }
    }

    /// Who got how many of the event, once all have got an event of the end: one that comes after
    /// all others.
    async fn hear(&mut self) -> [usize; 4] {
        self.namespace.all().volatile().emit("end", &0).unwrap();
        let mut heard = [0; 4];
        for (client, heard) in self.clients.iter_mut().zip(&mut heard) {
            loop {
                match client.text().await.as_str() {
                    r#"42["end",0]"# => break,
                    r#"42["e",1]"# => *heard += 1,
                    other => panic!("something else: {other}"),
                }
            }
        }
        heard
    }
}

#[tokio::test]
async fn everybody_who_is_meant_gets_it_once_and_nobody_else() {
    let mut party = Party::begin().await;
    let (all, sockets) = (party.namespace.clone(), party.sockets.clone());
    let [first, both, ..] = sockets.as_slice() else { panic!("four are there") };
    let table = [
        (all.all(), [1, 1, 1, 1]),
        (all.to("a"), [1, 1, 0, 0]),
        (all.to("a").to("b"), [1, 1, 1, 0]),
        (all.to("b").to("a").to("b"), [1, 1, 1, 0]),
        (all.to("nobody"), [0, 0, 0, 0]),
        (all.to("nobody").to("b"), [0, 1, 1, 0]),
        (all.except("a"), [0, 0, 1, 1]),
        (all.to("b").except("a"), [0, 0, 1, 0]),
        (all.except("a").except("b"), [0, 0, 0, 1]),
        (all.except("nobody"), [1, 1, 1, 1]),
        (all.all().except_socket(both), [1, 0, 1, 1]),
        (all.to("a").to("b").except_socket(both), [1, 0, 1, 0]),
        (all.to("a").except_number(first.number()).except_socket(both), [0, 0, 0, 0]),
        (first.broadcast(), [0, 1, 1, 1]),
        (first.to("a"), [0, 1, 0, 0]),
        (first.to("b"), [0, 1, 1, 0]),
        (both.to("a").to("b"), [1, 0, 1, 0]),
    ];
    for (index, (to, expected)) in table.into_iter().enumerate() {
        let count: usize = expected.iter().sum();
        assert_eq!(to.count(), count, "row {index}");
        assert_eq!(to.sockets().len(), count, "row {index}");
        assert_eq!(to.emit("e", &1).unwrap(), count, "row {index}");
        assert_eq!(party.hear().await, expected, "row {index}");
        assert_eq!(to.emit_with("e", &[1]).unwrap(), count, "row {index}");
        to.volatile().emit("e", &1).unwrap();
        assert_eq!(party.hear().await, expected.map(|times| times * 2), "row {index}");
    }
}

#[tokio::test]
async fn a_room_is_there_as_long_as_somebody_is_in_it() {
    let (server, namespace, mut sockets) = met(Config::default()).await;
    let client = server.client().await;
    let other = server.client().await;
    let (socket, second) = (sockets.next().await, sockets.next().await);
    assert_eq!((namespace.socket_count(), namespace.room_count()), (2, 0));
    for room in ["a", "a", "b", ""] {
        socket.join(room).unwrap();
        second.join(room).unwrap();
    }
    assert_eq!(namespace.room_count(), 3);
    socket.leave("a");
    socket.leave("a");
    socket.leave("never");
    assert_eq!(namespace.room_count(), 3);
    second.leave("a");
    assert_eq!(namespace.room_count(), 2);
    drop(client);
    drop(other);
    eventually(|| (namespace.socket_count(), namespace.room_count()) == (0, 0)).await;
    // Who is gone comes into no room any more.
    socket.join("c").unwrap();
    assert_eq!((namespace.room_count(), socket.rooms().len()), (0, 0));
}

#[tokio::test]
async fn a_room_belongs_to_its_namespace() {
    let (server, namespace, mut sockets) = met(Config::default()).await;
    let (entered, mut others) = feed();
    let other = server
        .engine
        .namespace("/other")
        .connected(move |socket: Socket| {
            entered.put(socket);
            async {}
        })
        .open();
    let mut client = server.client().await;
    client.enter("/other").await;
    sockets.next().await.join("room").unwrap();
    others.next().await.join("room").unwrap();
    assert_eq!(other.to("room").emit("e", &1).unwrap(), 1);
    assert_eq!(client.text().await, r#"42/other,["e",1]"#);
    assert_eq!(namespace.to("room").emit("e", &2).unwrap(), 1);
    assert_eq!(client.text().await, r#"42["e",2]"#);
    client.send("41/other,").await;
    eventually(|| other.room_count() == 0).await;
    assert_eq!(namespace.room_count(), 1);
}

#[tokio::test]
async fn many_are_disconnected_after_what_was_sent_to_them() {
    let mut party = Party::begin().await;
    party.namespace.to("a").emit("e", &1).unwrap();
    party.namespace.to("a").disconnect();
    for client in &mut party.clients[..2] {
        assert_eq!(client.texts(2).await, [r#"42["e",1]"#, "41"]);
    }
    assert_eq!(party.namespace.all().emit("e", &2).unwrap(), 2);
    for client in &mut party.clients[2..] {
        assert_eq!(client.text().await, r#"42["e",2]"#);
    }
}

#[tokio::test]
async fn of_events_that_a_client_has_not_taken_only_the_latest_of_a_name_counts() {
    let (server, namespace, mut sockets) = met(Config::default()).await;
    let client = server.polling_client().await;
    let socket = sockets.next().await;
    socket.emit("first", &0).unwrap();
    for number in 0..100 {
        socket.volatile().emit("typing", &number).unwrap();
        namespace.all().volatile().emit("moving", &number).unwrap();
    }
    socket.emit("last", &0).unwrap();
    let polled = client.get().await.body;
    let polled: Vec<_> = polled.split('\u{1e}').collect();
    let expected =
        [r#"42["first",0]"#, r#"42["last",0]"#, r#"42["typing",99]"#, r#"42["moving",99]"#];
    assert_eq!(polled, expected);
}

#[tokio::test]
async fn a_client_that_takes_everything_gets_such_events_where_they_were_emitted() {
    let (server, namespace, mut sockets) = met(Config::default()).await;
    let mut client = server.client().await;
    let socket = sockets.next().await;
    socket.emit("said", &1).unwrap();
    socket.volatile().emit("typing", &2).unwrap();
    namespace.all().emit("said", &3).unwrap();
    for expected in [r#"42["said",1]"#, r#"42["typing",2]"#, r#"42["said",3]"#] {
        assert_eq!(client.text().await, expected);
    }
}

#[tokio::test]
async fn events_of_which_only_the_latest_counts_never_end_a_session() {
    let config = Config { backlog_packets_max: 3, backlog_bytes_max: 500, ..Config::default() };
    let (server, _, mut sockets) = met(config).await;
    let client = server.polling_client().await;
    let socket = sockets.next().await;
    for number in 0..100 {
        socket.volatile().emit(&format!("event {number}"), &"x".repeat(600)).unwrap();
    }
    let polled = client.get().await.body;
    // The oldest names make room for the newest.
    let polled: Vec<_> = polled.split('\u{1e}').map(|packet| &packet[..13]).collect();
    let expected: Vec<_> = (84..100).map(|number| format!(r#"42["event {number}""#)).collect();
    assert_eq!(polled, expected);
    assert_eq!(socket.ended(), None);
}

#[tokio::test]
async fn a_client_that_reads_again_gets_what_must_come_and_then_the_latest() {
    let config =
        Config { backlog_bytes_max: 100_000_000, backlog_packets_max: 10_000, ..Config::default() };
    let (server, _, mut sockets) = met(config).await;
    let mut slow = crate::support::Bare::narrow_client(server.address).await;
    let socket = sockets.next().await;
    for number in 0..200 {
        socket.emit("must", &(number, "x".repeat(50_000))).unwrap();
    }
    // The connection takes no more before the first of these.
    let mut taken = None;
    while taken != Some(server.engine.counters().bytes_sent) {
        taken = Some(server.engine.counters().bytes_sent);
        slow.is_still().await;
    }
    for number in 0..100 {
        socket.volatile().emit("typing", &number).unwrap();
    }
    for number in 0..200 {
        assert!(slow.text().await.starts_with(&format!(r#"42["must",[{number},"#)));
    }
    assert_eq!(slow.text().await, r#"42["typing",99]"#);
}

#[tokio::test]
async fn bytes_can_be_sent_to_many() {
    let (server, namespace, _sockets) = met(Config::default()).await;
    let mut client = server.client().await;
    let polling = server.polling_client().await;
    let bytes = socketio::Binary(vec![1, 2].into());
    assert_eq!(namespace.all().emit("e", &bytes).unwrap(), 2);
    let text = r#"451-["e",{"_placeholder":true,"num":0}]"#;
    assert_eq!(client.text().await, text);
    assert_eq!(client.binary().await, [1, 2]);
    assert_eq!(polling.get().await.body, format!("{text}\u{1e}bAQI="));
    namespace.all().volatile().emit("e", &bytes).unwrap();
    assert_eq!(client.text().await, text);
    assert_eq!(client.binary().await, [1, 2]);
    assert_eq!(polling.get().await.body, format!("{text}\u{1e}bAQI="));
}
