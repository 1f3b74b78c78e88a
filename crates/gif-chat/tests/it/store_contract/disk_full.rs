//! A disk that takes no more. The real binary may write no byte beyond a limit for a while: what is
//! sent then is refused as retryable and never acknowledged, and afterwards everything goes on.

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::json;
use tokio::time::timeout;

use crate::support::program::Launch;
use crate::support::socket_client::DEADLINE;

/// The largest size of the process's files from now on.
fn limit_files(process: Pid, bytes: Option<u64>) {
    let limit = Rlimit { current: bytes, maximum: None };
    prlimit(Some(process), Resource::Fsize, limit).unwrap();
}

#[tokio::test]
async fn a_full_disk_is_a_retryable_error_and_never_an_ack_and_passes() {
    let launch = Launch::new().variable("GIFCHAT_MESSAGES_BURST", "1000").surviving_full_files();
    let program = launch.start().await;
    let visitor = program.visitor();
    let room = visitor.make_room("방").await;
    let (socket, joined) = visitor.join(&room).await;
    let said = |text: String| json!({ "chat": text, "clientId": text });
    assert_eq!(socket.ask("chat", said("before".to_owned())).await["ok"], true);

    limit_files(program.pid(), Some(1));
    for number in 0..5 {
        let refused = socket.ask("chat", said(format!("full-{number}"))).await;
        assert_eq!(refused["error"], "unavailable", "{refused}");
    }
    let refused =
        visitor.post_json(&format!("/room/{room}/chat"), &json!({ "chat": "full" })).await;
    assert_eq!((refused.status, refused.error()), (503, "unavailable".to_owned()));
    let refused = visitor.post_form("/room", &[("title", "full")]).await;
    assert_eq!(refused.status, 503);
    let ready = visitor.get("/readyz").await;
    assert_eq!(ready.status, 503, "{}", ready.text());
    assert_eq!(visitor.get("/livez").await.status, 200);
    let page = visitor.browser().get(&format!("/room/{room}")).await;
    assert!(page.text().contains("before"), "what is kept can be read");

    limit_files(program.pid(), None);
    let again = socket.ask("chat", said("full-0".to_owned())).await;
    assert_eq!(again["ok"], true, "the retry is kept: {again}");
    assert_eq!(again["seq"], joined["head"].as_u64().unwrap() + 2, "nothing was half-kept");
    let ready = async { while visitor.get("/readyz").await.status != 200 {} };
    timeout(DEADLINE, ready).await.unwrap();
    let received = socket.received();
    let texts: Vec<_> =
        received.iter().filter_map(|(_, entry)| entry["clientId"].as_str()).collect();
    assert_eq!(texts, ["before", "full-0"], "nobody was told of what was refused");

    let log = program.stop().await;
    assert!(log.contains("a commit failed"), "the cause is for the log: {log}");
    let program = launch.start().await;
    let visitor = visitor.moved_to(&program.url);
    let (_socket, joined) = visitor.join(&room).await;
    let messages = joined["messages"].as_array().unwrap();
    let kept: Vec<_> = messages.iter().filter_map(|entry| entry["clientId"].as_str()).collect();
    assert_eq!(kept, ["before", "full-0"]);
}

#[tokio::test]
async fn a_seat_that_was_dropped_while_the_disk_was_full_ends_after_all() {
    let launch = Launch::new().variable("GIFCHAT_GRACE", "1s").surviving_full_files();
    let program = launch.start().await;
    let (owner, guest) = (program.visitor(), program.visitor());
    let room = owner.make_room("방").await;
    let (witness, _) = owner.join(&room).await;
    let (socket, joined) = guest.join(&room).await;
    limit_files(program.pid(), Some(1));
    socket.cut().await;
    program.until_logged("a seat could not be released yet").await;
    limit_files(program.pid(), None);
    let exit = witness.expect("exit").await;
    assert_eq!(exit["system"]["author"], joined["you"]["id"]);
    program.stop().await;
}
