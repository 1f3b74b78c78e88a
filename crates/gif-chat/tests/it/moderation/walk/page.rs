//! The list of people as a page keeps it: from the answer to its join, and from what it hears then.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::socket_client::SocketClient;

pub(super) struct Page {
    /// Who is there, and whether away.
    pub(super) people: BTreeMap<String, bool>,
    /// How many events have been applied.
    heard: usize,
}

fn person(participant: &Value) -> (String, bool) {
    let id = participant["id"].as_str().unwrap().to_owned();
    (id, participant["away"].as_bool().unwrap())
}

fn listed(participants: &Value) -> BTreeMap<String, bool> {
    participants.as_array().unwrap().iter().map(person).collect()
}

impl Page {
    /// From the answer to a join.
    pub(super) fn of(joined: &Value) -> Self {
        Self { people: listed(&joined["participants"]), heard: 0 }
    }

    /// Applies what has come since.
    pub(super) fn hears(&mut self, socket: &SocketClient) {
        let received = socket.received();
        for (name, told) in received.iter().skip(self.heard) {
            match name.as_str() {
                "join" => {
                    let (id, away) = person(&told["participant"]);
                    self.people.insert(id, away);
                }
                "exit" => {
                    self.people.remove(told["participant"]["id"].as_str().unwrap());
                }
                "presence" => {
                    if let Some(away) = self.people.get_mut(told["id"].as_str().unwrap()) {
                        *away = told["away"].as_bool().unwrap();
                    }
                }
                _ => continue,
            }
            if name != "presence" {
                assert_eq!(
                    listed(&told["participants"]),
                    self.people,
                    "{name} tells the whole list"
                );
                assert_eq!(told["count"], self.people.len(), "{name} counts");
            }
        }
        self.heard = received.len();
    }
}
