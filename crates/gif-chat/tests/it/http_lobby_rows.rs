//! What a line of the lobby says of a room, and of the visitor who looks at it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{TestServer, Visitor};

/// The lobby's line about a room, as somebody sees it.
async fn line(visitor: &Visitor, room: &str) -> String {
    let page = visitor.browser().get("/").await.text();
    let (_, rest) = page.split_once(&format!("data-room=\"{room}\"")).expect("a line of this room");
    rest.split_once("</tr>").unwrap().0.to_owned()
}

/// What the page says the time is.
async fn told_time(visitor: &Visitor) -> String {
    let page = visitor.browser().get("/").await.text();
    let (_, rest) = page.split_once("data-now=\"").expect("the time");
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_line_says_whether_its_reader_has_been_let_in() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let secret = owner.make_room_with("비밀", "5", "참깨").await;
    let open = owner.make_room("열린 방").await;
    assert!(line(&owner, &secret).await.contains(" data-secret data-standing=\"admitted\""));
    let strangers = line(&guest, &secret).await;
    assert!(strangers.contains(" data-secret") && !strangers.contains("data-standing"));
    assert!(!line(&owner, &open).await.contains("data-secret"));
    let enter = format!("/room/{secret}/enter");
    assert_eq!(guest.post_form(&enter, &[("password", "참깨")]).await.status, 302);
    assert!(line(&guest, &secret).await.contains(" data-secret data-standing=\"admitted\""));
}

#[tokio::test]
async fn a_full_room_says_so_and_those_who_sit_in_it_can_return() {
    let server = TestServer::start().await;
    let (owner, guest, late) = (server.visitor(), server.visitor(), server.visitor());
    let room = owner.make_room_with("둘만", "2", "").await;
    let _owner_socket = owner.join(&room).await;
    assert!(!line(&late, &room).await.contains("가득 참"));
    let (_guest_socket, _) = guest.join(&room).await;
    for (visitor, seated) in [(&owner, true), (&guest, true), (&late, false)] {
        let line = line(visitor, &room).await;
        assert!(line.contains(">가득 참<") && line.contains(">2 / 2<"), "{line}");
        assert_eq!(line.contains("data-standing=\"seated\""), seated, "{line}");
        assert!(line.contains(&format!("href=\"/room/{room}\">입장</a>")), "{line}");
    }
}

#[tokio::test]
async fn a_closing_room_counts_down_and_asks_to_be_revived() {
    let server = TestServer::start().await;
    let (owner, onlooker) = (server.visitor(), server.visitor());
    let room = owner.make_room("깜빡").await;
    assert!(line(&onlooker, &room).await.contains(">입장</a>"), "nobody has been in it yet");
    let (socket, _) = owner.join(&room).await;
    let lively = line(&onlooker, &room).await;
    assert!(lively.contains(">입장</a>") && !lively.contains("data-closes-at"), "{lively}");
    assert_eq!(socket.ask("leave", Value::Null).await["ok"], true);

    server.clock.advance(Duration::from_millis(10_001));
    let line_then = line(&onlooker, &room).await;
    let left = server.grace().saturating_sub(Duration::from_secs(10)).as_secs();
    for part in [format!(">{left}초 뒤 사라짐<"), ">들어가면 방이 남습니다.<".to_owned()]
    {
        assert!(line_then.contains(&part), "{part}: {line_then}");
    }
    assert!(line_then.contains(&format!("href=\"/room/{room}\">되살리기</a>")), "{line_then}");
    let english = onlooker.with_header("accept-language", "en");
    assert!(line(&english, &room).await.contains(">Revive</a>"));

    let (_socket, _) = onlooker.join(&room).await;
    let revived = line(&owner, &room).await;
    assert!(revived.contains(">입장</a>") && !revived.contains("사라짐"), "{revived}");
}

#[tokio::test]
async fn page_and_socket_tell_the_time_in_which_rooms_end() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let (lobby, _) = visitor.lobby().await;
    let before = told_time(&visitor).await;
    assert_eq!(lobby.expect("time").await, json!({ "now": before }));
    server.clock.advance(Duration::from_secs(61));
    let after = told_time(&visitor).await;
    let parsed = |time: &str| time.parse::<jiff::Timestamp>().unwrap();
    let between = parsed(&after).duration_since(parsed(&before));
    assert_eq!(between.unsigned_abs(), Duration::from_secs(61));
    let (again, _) = server.visitor().lobby().await;
    assert_eq!(again.expect("time").await, json!({ "now": after }));
}

#[tokio::test]
async fn asking_where_one_stands_is_no_attempt_at_the_password() {
    let server =
        TestServer::builder().config(|config| config.passwords_per_minute = 1).start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room_with("비밀", "5", "참깨").await;
    let standing = format!("/room/{room}/standing");
    for _ in 0..3 {
        let answer = guest.get(&standing).await;
        assert_eq!(answer.json(), json!({ "admitted": false, "seated": false }));
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let enter = format!("/room/{room}/enter");
    assert_eq!(guest.post_json(&enter, &json!({ "password": "참깨" })).await.status, 200);
    let _socket = guest.join(&room).await;
    let answer = guest.get(&standing).await;
    assert_eq!(answer.json(), json!({ "admitted": true, "seated": true }));
    for missing in ["0".repeat(32), "nonsense".to_owned()] {
        let answer = guest.get(&format!("/room/{missing}/standing")).await;
        assert_eq!((answer.status, answer.error().as_str()), (404, "not_found"));
    }
}
