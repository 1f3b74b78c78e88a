//! What was acknowledged holds after the process was killed, and what was removed stays gone.

use std::path::Path;

use rustix::process::Signal;
use serde_json::{Value, json};

use super::scene::{Door, Guest};
use crate::support::program::{Launch, Program};
use crate::support::socket_client::{DEADLINE, Transport};
use crate::support::{Visitor, until};

/// Whether some file of the folder has this text.
fn is_in_a_file(folder: &Path, text: &str) -> bool {
    let files = std::fs::read_dir(folder).unwrap().flatten().filter(|file| file.path().is_file());
    let mut contents = files.filter_map(|file| std::fs::read(file.path()).ok());
    contents.any(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
}

/// The same people, in the room of another run.
async fn back(program: &Program, room: &str, people: [&Visitor; 2]) -> [Guest; 2] {
    let [one, two] = people.map(|visitor| visitor.moved_to(&program.url));
    let one = Guest::enter(one, room, Transport::WebSocket).await;
    [one, Guest::enter(two, room, Transport::WebSocket).await]
}

#[tokio::test]
async fn whatever_was_acknowledged_before_a_kill_is_so_after_it() {
    let launch = Launch::new();
    let mut program = launch.start().await;
    let people = [program.visitor(), program.visitor()];
    let room = people[0].make_room("방").await;
    let (mut edited, mut whispered) = (Value::Null, Value::Null);
    let [mut one, mut two] = back(&program, &room, [&people[0], &people[1]]).await;
    let first = one.say("canary-first").await;
    let second = two.say("canary-second").await;
    for step in 0..4 {
        match step {
            0 => {
                let edit = json!({ "seq": first, "chat": "고친 말" });
                edited = one.do_by(Door::Socket, "edit", edit).await;
            }
            1 => {
                let react = json!({ "seq": first, "emoji": "👍", "on": true });
                two.do_by(Door::Http, "react", react).await;
            }
            2 => {
                let message = json!({ "to": two.id(), "chat": "둘만", "clientId": "w" });
                whispered = one.do_by(Door::Socket, "whisper", message).await;
            }
            _ => drop(two.do_by(Door::Http, "delete", json!({ "seq": second })).await),
        }
        program.end(Signal::KILL, DEADLINE).await;
        program = launch.start().await;
        [one, two] = back(&program, &room, [&people[0], &people[1]]).await;
    }
    let message = two.message(first).await;
    assert_eq!((&message["chat"], &message["edited"]), (&json!("고친 말"), &edited["createdAt"]));
    assert_eq!(message["reactions"][0]["by"][0]["id"], two.id());
    assert_eq!(one.message(second).await["deleted"], true);
    for guest in [&one, &two] {
        let private = &guest.joined["private"];
        assert_eq!((&private[0]["_id"], &private[0]["chat"]), (&whispered["_id"], &json!("둘만")));
    }
    let retry = json!({ "to": two.id(), "chat": "둘만", "clientId": "w" });
    assert_eq!(one.do_by(Door::Socket, "whisper", retry).await, whispered);
    let data = launch.data();
    for gone in ["canary-first", "canary-second"] {
        until("no file has what was removed", || !is_in_a_file(&data, gone)).await;
    }
    assert!(is_in_a_file(&data, "고친 말"), "the test can see what is there");
    program.stop().await;
}
