//! Who may come in: admitted once for all tabs and both doors, and not into a full room.

use serde_json::{Value, json};

use crate::support::watch::{participants, until_away};
use crate::support::{TestServer, small_gif};

#[tokio::test]
async fn a_full_room_refuses_newcomers_at_every_door_and_nobody_who_has_a_seat() {
    let server = TestServer::start().await;
    let (owner, guest, third) = (server.visitor(), server.visitor(), server.visitor());
    let room = owner.make_room_with("방", "2", "").await;
    let (witness, _) = owner.join(&room).await;
    let (socket, joined) = guest.join(&room).await;
    third.get("/").await;
    let path = format!("/room/{room}");
    let refused = third.browser().get(&path).await;
    assert_eq!(
        (refused.status, refused.location().as_str()),
        (302, "/?error=허용 인원을 초과했습니다.")
    );
    let late = third.socket("/chat").connect().await.unwrap();
    assert_eq!(late.ask("join", json!({ "room": room })).await["error"], "room_full");
    let said = third.post_json(&format!("{path}/chat"), &json!({ "chat": "나도" })).await;
    assert_eq!((said.status, said.error()), (409, "room_full".to_owned()));
    let shown = third.post_gif(&format!("{path}/gif"), small_gif()).await;
    assert_eq!((shown.status, shown.error()), (409, "room_full".to_owned()));
    late.emit("join", json!(room)).await;
    let told = late.expect("refused").await;
    assert_eq!((&told["room"], &told["error"]), (&json!(room), &json!("room_full")));

    // A seat in its grace is taken; its visitor can refresh, and post, and look.
    socket.cut().await;
    until_away(&witness, &room, &joined["you"]["id"], true).await;
    assert_eq!(late.ask("join", json!({ "room": room })).await["error"], "room_full");
    assert_eq!(guest.browser().get(&path).await.status, 200);
    let said = guest.post_json(&format!("{path}/chat"), &json!({ "chat": "내 자리" })).await;
    assert_eq!(said.status, 200);
    let (socket, _) = guest.join(&room).await;
    socket.cut().await;
    until_away(&witness, &room, &joined["you"]["id"], true).await;
    server.clock.advance(server.grace());
    assert_eq!(late.ask("join", json!({ "room": room })).await["ok"], true, "free after it");
    let back = guest.socket("/chat").connect().await.unwrap();
    assert_eq!(back.ask("join", json!({ "room": room })).await["error"], "room_full");
}

#[tokio::test]
async fn a_secret_room_is_open_to_nobody_without_its_password() {
    let server = TestServer::start().await;
    let (maker, guest) = (server.visitor(), server.visitor());
    let room = maker.make_room_with("비밀방", "10", "열려라").await;
    let path = format!("/room/{room}");
    guest.get("/").await;
    let socket = guest.socket("/chat").connect().await.unwrap();
    for (join, code) in [
        (json!(room), "not_admitted"),
        (json!({ "room": room }), "not_admitted"),
        (json!({ "room": room, "password": "" }), "not_admitted"),
        (json!({ "room": room, "password": "닫혀라" }), "wrong_password"),
    ] {
        assert_eq!(socket.ask("join", join.clone()).await["error"], code, "{join}");
    }
    let history = socket.ask("history", json!({ "before": 9, "limit": 9 })).await;
    assert_eq!(history["error"], "not_in_room");
    let not_admitted = (403, "not_admitted".to_owned());
    let said = guest.post_json(&format!("{path}/chat"), &json!({ "chat": "몰래" })).await;
    assert_eq!((said.status, said.error()), not_admitted);
    let shown = guest.post_gif(&format!("{path}/gif"), small_gif()).await;
    assert_eq!((shown.status, shown.error()), not_admitted);
    let entered = guest.post_form(&format!("{path}/enter"), &[("password", "닫혀라")]).await;
    assert_eq!((entered.status, entered.error()), (401, "wrong_password".to_owned()));
    let form = guest.browser().get(&path).await;
    assert!(form.status == 200 && form.text().contains(PASSWORD_FIELD));
}

/// What the password form has, and no other page of a room.
const PASSWORD_FIELD: &str = r#"type="password""#;

#[tokio::test]
async fn admission_holds_for_all_tabs_and_both_doors() {
    let server = TestServer::start().await;
    let (maker, by_socket, by_form) = (server.visitor(), server.visitor(), server.visitor());
    let room = maker.make_room_with("비밀방", "10", "열려라").await;
    let path = format!("/room/{room}");
    let (witness, joined) = maker.join(&room).await;
    let seated = joined["participants"].as_array().unwrap().len();
    assert_eq!(seated, 1, "its maker is admitted");

    by_socket.get("/").await;
    let socket = by_socket.socket("/chat").connect().await.unwrap();
    let join = json!({ "room": room, "password": "열려라" });
    assert_eq!(socket.ask("join", join).await["ok"], true);
    let said = by_socket.post_json(&format!("{path}/chat"), &json!({ "chat": "이제" })).await;
    assert_eq!(said.status, 200);
    assert!(!by_socket.browser().get(&path).await.text().contains(PASSWORD_FIELD));
    assert_eq!(socket.ask("leave", Value::Null).await["ok"], true);
    let (_again, _) = by_socket.join(&room).await;
    assert_eq!(participants(&witness, &room).await.len(), 2, "it outlives the seat");

    let entered = by_form.post_form(&format!("{path}/enter"), &[("password", "열려라")]).await;
    assert_eq!((entered.status, entered.location()), (302, path.clone()));
    assert!(!by_form.browser().get(&path).await.text().contains(PASSWORD_FIELD));
    assert_eq!(participants(&witness, &room).await.len(), 2, "admission takes no seat");
    for _tab in 0..2 {
        let (_tab, _) = by_form.join(&room).await;
    }
}

#[tokio::test]
async fn the_courses_join_is_told_to_everybody_else_only() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("방").await;
    let (witness, _) = owner.join(&room).await;
    guest.get("/").await;
    let socket = guest.socket("/chat").connect().await.unwrap();
    socket.emit("join", json!(room)).await;
    let entry = witness.expect_where("join", |line| line["count"] == 2).await;
    let said = json!({ "room": room, "user": "#ffffff", "chat": "안녕" });
    socket.emit("chat", said).await;
    let text = socket.expect("chat").await;
    assert_eq!(text["user"], entry["participant"]["user"], "the claimed user is ignored");
    assert!(socket.received().iter().all(|(name, _)| name != "join"));
}
