//! What the log says about streams: a line for each request, and nothing of what they say.

use serde_json::{Value, json};

use super::reader::Reader;
use super::{LOBBY, of};
use crate::support::program::Launch;

#[tokio::test]
async fn nothing_that_a_stream_says_and_nothing_of_its_reader_goes_into_the_log() {
    for format in ["text", "json"] {
        let program = Launch::new().telling_everything(format).start().await;
        let (owner, guest) = (program.visitor(), program.visitor());
        let room = owner.make_room_with("canary title", "10", "canary-password").await;
        let (socket, _) = owner.join(&room).await;
        assert!(Reader::ask(&guest, &of(&room), None).await.is_err());
        let enter = format!("/room/{room}/enter");
        guest.post_json(&enter, &json!({ "password": "canary-password" })).await;
        let mut lobby = Reader::after(&guest, LOBBY, "canary:1").await;
        let path = format!("{}?canary=canary", of(&room));
        let mut stream = Reader::after(&guest, &path, "canary").await;
        stream.history().await;
        socket.say("canary said").await;
        stream.until_text("canary said").await;
        socket.ask("settings", json!({ "title": "canary again" })).await;
        lobby.until("updateRoom", |state| state["title"] == "canary again").await;
        socket.ask("typing", Value::Null).await;
        let request_id = stream.answer.header("x-request-id").to_owned();
        let log = program.stop().await;
        assert!(log.contains("/events") && log.contains(&request_id), "there is a log: {log}");
        let mut secrets = vec!["canary".to_owned(), "127.0.0.1".to_owned()];
        for visitor in [&owner, &guest] {
            let cookie = visitor.cookie().unwrap();
            let (session, signature) = cookie.split_once('=').unwrap().1.split_once('.').unwrap();
            secrets.extend([session.to_owned(), signature.to_owned()]);
        }
        for secret in secrets {
            let found = log.lines().find(|line| line.contains(&secret));
            assert_eq!(found, None, "the log names {secret}");
        }
    }
}
