use gif_chat::chat::Clock as _;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::TestServer;
use super::socket_client::{DEADLINE, SocketClient};

/// Somebody who watches the lobby.
pub(crate) struct Lobby {
    pub(crate) socket: SocketClient,
}

impl Lobby {
    /// A stranger who has the list of rooms, and hears of every change from now on.
    pub(crate) async fn watch(server: &TestServer) -> Self {
        let socket = server.visitor().socket("/room").connect().await.unwrap();
        socket.expect("rooms").await;
        Self { socket }
    }

    /// Waits until the room is told to close one grace from now.
    pub(crate) async fn closing(&self, server: &TestServer, room: &str) {
        let closes_at = server.clock.now().plus(server.grace()).to_string();
        self.update(room, |state| state["closesAt"] == closes_at.as_str()).await;
    }

    /// Waits until the room is told to have somebody connected, and returns its state.
    pub(crate) async fn revived(&self, room: &str) -> Value {
        self.update(room, |state| state["closesAt"].is_null()).await
    }

    /// The oldest new state of a room that `wanted` accepts and no call has consumed yet.
    pub(crate) async fn update(&self, room: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let matches = |state: &Value| state["_id"] == room && wanted(state);
        self.socket.expect_where("updateRoom", matches).await
    }

    /// Waits until the room is gone.
    pub(crate) async fn removed(&self, room: &str) {
        self.socket.expect_where("removeRoom", |gone| *gone == room).await;
    }

    /// Whether the lobby has been told that the room is gone.
    pub(crate) async fn says_removed(&self, room: &str) -> bool {
        // A round trip: what was told before it has arrived.
        self.socket.ask("anything", Value::Null).await;
        self.socket.received().contains(&("removeRoom".to_owned(), json!(room)))
    }
}

/// Who is in the room, as a socket in it is told when it asks again.
pub(crate) async fn participants(witness: &SocketClient, room: &str) -> Vec<Value> {
    let joined = witness.ask("join", json!({ "room": room })).await;
    assert_eq!(joined["ok"], true, "{joined}");
    joined["participants"].as_array().unwrap().clone()
}

/// Waits until the server has noticed that a participant has no connection any more, or has one
/// again.
pub(crate) async fn until_away(witness: &SocketClient, room: &str, author: &Value, away: bool) {
    let noticed = async {
        loop {
            let all = participants(witness, room).await;
            if all.iter().any(|one| one["id"] == *author && one["away"] == away) {
                return;
            }
        }
    };
    timeout(DEADLINE, noticed).await.unwrap();
}

/// The kinds of the system lines about others that a socket was sent, in order. A socket that joins
/// may be sent its visitor's own entry line too, or find it in the history.
pub(crate) fn lines(socket: &SocketClient, joined: &Value) -> Vec<String> {
    let received = socket.received();
    let others = received.iter().map(|(_, entry)| entry).filter(|entry| {
        let own_entry = entry["system"]["author"] == joined["you"]["id"];
        entry["system"].is_object() && !(own_entry && entry["seq"] == joined["head"])
    });
    others.map(|entry| entry["system"]["kind"].as_str().unwrap().to_owned()).collect()
}
