//! Admission and seats: one per visitor, never more than there are, announced once.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::watch::{Lobby, lines, participants, until_away};
use crate::support::{TestServer, small_gif};

#[tokio::test]
async fn several_tabs_are_one_seat_and_one_entry() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room_with("방", "2", "").await;
    let (witness, own) = owner.join(&room).await;
    let (first, joined) = guest.join(&room).await;
    let (second, _) = guest.join(&room).await;
    let (third, again) = guest.join(&room).await;
    assert_eq!(again["you"], joined["you"]);
    assert_eq!(participants(&witness, &room).await.len(), 2);
    first.ask("chat", json!({ "chat": "탭 하나" })).await;
    assert_eq!(
        second.expect("chat").await["chat"],
        "탭 하나",
        "every tab sees it"
    );

    first.cut().await;
    assert_eq!(second.ask("leave", Value::Null).await["ok"], true);
    server.clock.advance(server.grace() * 2);
    third.ask("chat", json!({ "chat": "아직 여기" })).await;
    assert_eq!(
        participants(&witness, &room).await.len(),
        2,
        "one tab holds the seat"
    );
    assert_eq!(lines(&witness, &own), ["join"], "one visitor, one entry");

    third.cut().await;
    until_away(&witness, &room, &joined["you"]["id"], true).await;
    server.clock.advance(server.grace());
    witness.expect("exit").await;
    assert_eq!(participants(&witness, &room).await.len(), 1);
}

#[tokio::test]
async fn entry_and_exit_are_announced_once_and_the_exit_after_the_grace() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("방").await;
    let (witness, own) = owner.join(&room).await;
    let (socket, joined) = guest.join(&room).await;
    let you = &joined["you"];
    let user = you["user"].as_str().unwrap();
    let entry = witness
        .expect_where("join", |line| line["system"]["author"] == you["id"])
        .await;
    assert_eq!(entry["user"], "system");
    assert_eq!(entry["chat"], format!("{user}님이 입장하셨습니다."));
    assert_eq!(
        (&entry["count"], &entry["participant"]["id"]),
        (&json!(2), &you["id"])
    );
    assert_eq!(entry["participants"].as_array().unwrap().len(), 2);

    // Five refreshes are no leave.
    let mut socket = socket;
    for _ in 0..5 {
        socket.cut().await;
        until_away(&witness, &room, &you["id"], true).await;
        server
            .clock
            .advance(server.grace() - Duration::from_millis(1));
        socket = guest.join(&room).await.0;
    }
    socket.cut().await;
    until_away(&witness, &room, &you["id"], true).await;
    server
        .clock
        .advance(server.grace() - Duration::from_millis(1));
    witness.ask("chat", json!({ "chat": "아직" })).await;
    assert_eq!(lines(&witness, &own), ["join"]);
    server.clock.advance(Duration::from_millis(1));
    let exit = witness.expect("exit").await;
    assert_eq!(exit["chat"], format!("{user}님이 퇴장하셨습니다."));
    assert_eq!(
        (&exit["count"], &exit["participant"]["id"]),
        (&json!(1), &you["id"])
    );
    lobby.update(&room, |state| state["count"] == 1).await;
    server.clock.advance(server.grace() * 2);
    witness.ask("chat", json!({ "chat": "내가 남았다" })).await;
    assert_eq!(lines(&witness, &own), ["join", "exit"]);
}

#[tokio::test]
async fn leave_frees_the_seat_at_once() {
    let server = TestServer::start().await;
    let (owner, guest, next) = (server.visitor(), server.visitor(), server.visitor());
    let room = owner.make_room_with("방", "2", "").await;
    let (witness, own) = owner.join(&room).await;
    let (socket, _) = guest.join(&room).await;
    assert_eq!(socket.ask("leave", Value::Null).await["ok"], true);
    witness.expect("exit").await;
    let (_next, joined) = next.join(&room).await;
    assert_eq!(joined["participants"].as_array().unwrap().len(), 2);
    // The end of the socket that has left frees nothing more.
    socket.cut().await;
    server.clock.advance(server.grace() * 2);
    assert_eq!(participants(&witness, &room).await.len(), 2);
    assert_eq!(lines(&witness, &own), ["join", "exit", "join"]);
}

#[tokio::test]
async fn a_seat_without_a_socket_ends_one_grace_after_its_last_request() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("방").await;
    let (witness, own) = owner.join(&room).await;
    let say = async |text| {
        let answer = guest
            .post_form(&format!("/room/{room}/chat"), &[("chat", text)])
            .await;
        assert_eq!(answer.text(), "ok");
    };
    say("하나").await;
    let entry = witness
        .expect_where("join", |line| line["count"] == 2)
        .await;
    let text = witness.expect("chat").await;
    assert_eq!(
        text["seq"],
        entry["seq"].as_u64().unwrap() + 1,
        "entered, then said"
    );
    assert_eq!(
        entry["participant"]["away"], true,
        "nobody is connected there"
    );
    for _ in 0..3 {
        server
            .clock
            .advance(server.grace() - Duration::from_millis(1));
        say("또").await;
    }
    server
        .clock
        .advance(server.grace() - Duration::from_millis(1));
    let shown = guest
        .post_gif(&format!("/room/{room}/gif"), small_gif())
        .await;
    assert_eq!(shown.text(), "ok");
    server
        .clock
        .advance(server.grace() - Duration::from_millis(1));
    assert_eq!(participants(&witness, &room).await.len(), 2);
    server.clock.advance(Duration::from_millis(1));
    witness.expect("exit").await;
    assert_eq!(lines(&witness, &own), ["join", "exit"]);
}

#[tokio::test]
async fn a_request_beside_a_socket_does_not_shorten_the_seat() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("방").await;
    let (witness, own) = owner.join(&room).await;
    let (_socket, _) = guest.join(&room).await;
    guest
        .post_form(&format!("/room/{room}/chat"), &[("chat", "둘 다")])
        .await;
    server.clock.advance(server.grace() * 2);
    assert_eq!(participants(&witness, &room).await.len(), 2);
}

#[tokio::test]
async fn what_is_said_on_a_held_seat_tells_the_lobby_nothing() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let owner = server.visitor();
    let room = owner.make_room("방").await;
    let (socket, _) = owner.join(&room).await;
    lobby.revived(&room).await;
    for number in 0..10 {
        socket
            .ask("chat", json!({ "chat": number.to_string() }))
            .await;
        owner
            .post_form(&format!("/room/{room}/chat"), &[("chat", "또")])
            .await;
    }
    assert!(!lobby.says_removed(&room).await);
    let updates = lobby
        .socket
        .received()
        .into_iter()
        .filter(|(name, _)| name == "updateRoom");
    assert_eq!(
        updates.count(),
        1,
        "a hundred lobbies would be told of each message"
    );
}

#[tokio::test]
async fn a_full_room_refuses_newcomers_at_every_door_and_nobody_who_has_a_seat() {
    let server = TestServer::start().await;
    let (owner, guest, third) = (server.visitor(), server.visitor(), server.visitor());
    let room = owner.make_room_with("방", "2", "").await;
    let (witness, own) = owner.join(&room).await;
    let (socket, joined) = guest.join(&room).await;
    third.get("/").await;
    let path = format!("/room/{room}");
    let refused = third.browser().get(&path).await;
    assert_eq!(
        (refused.status, refused.location().as_str()),
        (302, "/?error=허용 인원을 초과했습니다.")
    );
    let late = third.socket("/chat").connect().await.unwrap();
    assert_eq!(
        late.ask("join", json!({ "room": room })).await["error"],
        "room_full"
    );
    let said = third
        .post_json(&format!("{path}/chat"), &json!({ "chat": "나도" }))
        .await;
    assert_eq!((said.status, said.error()), (409, "room_full".to_owned()));
    let shown = third.post_gif(&format!("{path}/gif"), small_gif()).await;
    assert_eq!((shown.status, shown.error()), (409, "room_full".to_owned()));
    late.emit("join", json!(room)).await;
    let told = late.expect("refused").await;
    assert_eq!(
        (&told["room"], &told["error"]),
        (&json!(room), &json!("room_full"))
    );

    // A seat in its grace is taken; its visitor can refresh, and post, and look.
    socket.cut().await;
    until_away(&witness, &room, &joined["you"]["id"], true).await;
    assert_eq!(
        late.ask("join", json!({ "room": room })).await["error"],
        "room_full"
    );
    assert_eq!(guest.browser().get(&path).await.status, 200);
    let said = guest
        .post_json(&format!("{path}/chat"), &json!({ "chat": "내 자리" }))
        .await;
    assert_eq!(said.status, 200);
    let (socket, _) = guest.join(&room).await;
    socket.cut().await;
    until_away(&witness, &room, &joined["you"]["id"], true).await;
    server.clock.advance(server.grace());
    assert_eq!(
        late.ask("join", json!({ "room": room })).await["ok"],
        true,
        "free after it"
    );
    let back = guest.socket("/chat").connect().await.unwrap();
    assert_eq!(
        back.ask("join", json!({ "room": room })).await["error"],
        "room_full"
    );
}

#[tokio::test]
async fn of_many_who_join_at_the_same_time_exactly_as_many_win_as_there_are_seats() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let mut sockets = Vec::new();
    for _ in 0..50 {
        let visitor = server.visitor();
        visitor.get("/").await;
        sockets.push((visitor.socket("/chat").connect().await.unwrap(), visitor));
    }
    for seats in [2_usize, 3, 10, 25] {
        let room = owner.make_room_with("방", &seats.to_string(), "").await;
        let path = format!("/room/{room}/chat");
        let ask = async |(number, (socket, visitor)): (usize, &(_, _))| {
            let (socket, visitor): (
                &crate::support::socket_client::SocketClient,
                &crate::support::Visitor,
            ) = (socket, visitor);
            if number % 5 == 0 {
                let answer = visitor.post_json(&path, &json!({ "chat": "자리" })).await;
                return if answer.status == 200 {
                    String::new()
                } else {
                    answer.error()
                };
            }
            let answer = socket.ask("join", json!({ "room": room })).await;
            answer["error"].as_str().unwrap_or_default().to_owned()
        };
        let answers = join_all(sockets.iter().enumerate().map(ask)).await;
        let won = answers.iter().filter(|error| error.is_empty()).count();
        assert_eq!(won, seats);
        assert_eq!(
            answers.iter().filter(|error| *error == "room_full").count(),
            50 - seats
        );
        for (socket, _) in &sockets {
            socket.ask("leave", Value::Null).await;
        }
    }
}

#[tokio::test]
async fn admission_holds_for_all_tabs_and_both_doors() {
    let server = TestServer::start().await;
    let (maker, guest, stranger) = (server.visitor(), server.visitor(), server.visitor());
    let room = maker.make_room_with("비밀방", "10", "열려라").await;
    let (witness, joined) = maker.join(&room).await;
    assert_eq!(
        joined["participants"].as_array().unwrap().len(),
        1,
        "its maker is admitted"
    );
    guest.get("/").await;
    let path = format!("/room/{room}");
    let socket = guest.socket("/chat").connect().await.unwrap();
    let refused = socket.ask("join", json!({ "room": room })).await;
    assert_eq!(refused["error"], "not_admitted");
    let refused = socket
        .ask("join", json!({ "room": room, "password": "닫혀라" }))
        .await;
    assert_eq!(refused["error"], "wrong_password");
    let refused = guest
        .post_json(&format!("{path}/chat"), &json!({ "chat": "몰래" }))
        .await;
    assert_eq!(
        (refused.status, refused.error()),
        (403, "not_admitted".to_owned())
    );
    let refused = guest.post_gif(&format!("{path}/gif"), small_gif()).await;
    assert_eq!(
        (refused.status, refused.error()),
        (403, "not_admitted".to_owned())
    );
    assert_eq!(
        socket
            .ask("history", json!({ "before": 9, "limit": 9 }))
            .await["error"],
        "not_in_room"
    );
    let form = guest.browser().get(&path).await;
    assert!(form.status == 200 && form.text().contains(r#"type="password""#));

    let admitted = socket
        .ask("join", json!({ "room": room, "password": "열려라" }))
        .await;
    assert_eq!(admitted["ok"], true);
    let said = guest
        .post_json(&format!("{path}/chat"), &json!({ "chat": "이제" }))
        .await;
    assert_eq!(said.status, 200);
    let (_tab, _) = guest.join(&room).await;
    // It outlives the seat.
    assert_eq!(socket.ask("leave", Value::Null).await["ok"], true);
    drop(_tab);
    let (_again, _) = guest.join(&room).await;
    assert_eq!(participants(&witness, &room).await.len(), 2);

    let entered = stranger
        .post_form(&format!("{path}/enter"), &[("password", "닫혀라")])
        .await;
    assert_eq!(
        (entered.status, entered.error()),
        (401, "wrong_password".to_owned())
    );
    let entered = stranger
        .post_form(&format!("{path}/enter"), &[("password", "열려라")])
        .await;
    assert_eq!((entered.status, entered.location()), (302, path.clone()));
    assert_eq!(
        participants(&witness, &room).await.len(),
        2,
        "admission takes no seat"
    );
    assert!(
        !stranger
            .browser()
            .get(&path)
            .await
            .text()
            .contains(r#"type="password""#)
    );
}

#[tokio::test]
async fn the_courses_join_is_told_to_everybody_else_only() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("방").await;
    let (witness, own) = owner.join(&room).await;
    guest.get("/").await;
    let socket = guest.socket("/chat").connect().await.unwrap();
    socket.emit("join", json!(room)).await;
    let entry = witness
        .expect_where("join", |line| line["count"] == 2)
        .await;
    let said = json!({ "room": room, "user": "#ffffff", "chat": "안녕" });
    socket.emit("chat", said).await;
    let text = socket.expect("chat").await;
    assert_eq!(
        text["user"], entry["participant"]["user"],
        "the claimed user is ignored"
    );
    assert!(socket.received().iter().all(|(name, _)| name != "join"));
}
