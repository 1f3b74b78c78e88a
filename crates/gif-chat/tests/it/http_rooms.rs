//! The room's page, the ways into a room, and its end by its owner.

use serde_json::json;

use crate::support::{TestServer, Visitor, small_gif};

const MISSING: &str = "/?error=존재하지 않는 방입니다.";
const FULL: &str = "/?error=허용 인원을 초과했습니다.";
const WRONG: &str = "/?error=비밀번호가 틀렸습니다.";

/// The list of messages on a room's page.
fn history(page: &str) -> &str {
    let (_, rest) = page.split_once("<ol id=\"history\"").expect("a history");
    rest.split_once("</ol>").unwrap().0
}

async fn page(visitor: &Visitor, room: &str) -> String {
    let answer = visitor.browser().get(&format!("/room/{room}")).await;
    assert_eq!(answer.status, 200, "{}", answer.location());
    answer.text()
}

#[tokio::test]
async fn the_page_shows_what_was_said_in_order() {
    let server = TestServer::start().await;
    let (owner, reader) = (server.visitor(), server.visitor());
    let room = owner.make_room("이야기").await;
    let chat = format!("/room/{room}/chat");
    assert_eq!(owner.post_form(&chat, &[("chat", "첫째 <b>")]).await.text(), "ok");
    assert_eq!(owner.post_gif(&format!("/room/{room}/gif"), small_gif()).await.text(), "ok");
    assert_eq!(owner.post_form(&chat, &[("chat", "셋째")]).await.text(), "ok");

    let text = page(&reader, &room).await;
    let list = history(&text);
    let place = |part: &str| list.find(part).unwrap_or_else(|| panic!("{part} is not in {list}"));
    let places = [
        place("님이 입장하셨습니다."),
        place("첫째 &#60;b&#62;"),
        place("src=\"/gif/"),
        place("셋째"),
    ];
    assert!(places.is_sorted(), "{places:?}");
    assert!(list.contains("width=\"4\" height=\"3\""));
    assert!(!list.contains('}') && !list.contains('{'), "a stray brace: {list}");
    assert_eq!(list.matches("data-seq=").count(), 4);
    assert!(!list.contains(">나<") && history(&page(&owner, &room).await).contains(">나<"));

    let english = reader.with_header("accept-language", "en");
    let list = page(&english, &room).await;
    assert!(list.contains(" came in.") && !list.contains("님이 입장"));
}

#[tokio::test]
async fn the_page_says_whose_each_line_is_and_names_only_ones_own_messages() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("누구의 말").await;
    let (socket, joined) = owner.join(&room).await;
    let said = socket.ask("chat", json!({ "chat": "내 말", "clientId": "own-name" })).await;
    assert_eq!(said["ok"], true);
    let author = joined["you"]["id"].as_str().unwrap();
    let (owners, guests) = (page(&owner, &room).await, page(&guest, &room).await);
    assert!(owners.contains(&format!("data-you=\"{author}\"")));
    assert!(!guests.contains(&format!("data-you=\"{author}\"")));
    for text in [&owners, &guests] {
        assert_eq!(history(text).matches(&format!("data-author=\"{author}\"")).count(), 2);
        assert!(history(text).contains("data-kind=\"join\""));
    }
    // Only its sender has something on its way that may be this one.
    assert!(history(&owners).contains("data-client-id=\"own-name\""));
    assert!(!guests.contains("own-name"));
}

#[tokio::test]
async fn looking_at_a_room_takes_no_seat_and_revives_nothing() {
    let server = TestServer::start().await;
    let (owner, robot) = (server.visitor(), server.visitor());
    let room = owner.make_room("미리 보기").await;
    let lobby = robot.socket("/room").connect().await.unwrap();
    let before = lobby.expect("rooms").await[0].clone();
    server.clock.advance(server.grace() / 2);
    for visitor in [&owner, &robot] {
        page(visitor, &room).await;
    }
    let again = robot.socket("/room").connect().await.unwrap().expect("rooms").await;
    assert_eq!(again[0], before, "the page has changed the room");
    server.clock.advance(server.grace() / 2);
    assert_eq!(lobby.expect("removeRoom").await, json!(room));
    assert!(lobby.received().iter().all(|(name, _)| name != "updateRoom"));
    assert_eq!(owner.get(&format!("/room/{room}")).await.location(), MISSING);
}

#[tokio::test]
async fn a_missing_room_leads_to_the_lobby() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    for name in ["0".repeat(32), "nonsense".to_owned(), "__proto__".to_owned(), "방".to_owned()] {
        for path in [format!("/room/{name}"), format!("/room/{name}?password=x")] {
            let answer = visitor.get(&path).await;
            assert_eq!((answer.status, answer.location().as_str()), (302, MISSING), "{path}");
            assert!(answer.header("location").is_ascii());
        }
    }
}

#[tokio::test]
async fn a_full_room_leads_to_the_lobby_but_not_those_who_sit_in_it() {
    let server = TestServer::start().await;
    let (owner, guest, late) = (server.visitor(), server.visitor(), server.visitor());
    let room = owner.make_room_with("둘만", "2", "").await;
    let (_owner_socket, _) = owner.join(&room).await;
    let (guest_socket, _) = guest.join(&room).await;
    let path = format!("/room/{room}");
    assert_eq!(late.get(&path).await.location(), FULL);
    for seated in [&owner, &guest] {
        assert!(page(seated, &room).await.contains("id=\"history\""));
    }
    // With the seat free again, the door is open.
    assert_eq!(guest_socket.ask("leave", json!({})).await["ok"], true);
    assert_eq!(late.get(&path).await.status, 200);
}

#[tokio::test]
async fn a_secret_room_shows_a_stranger_only_its_password_form() {
    let server = TestServer::start().await;
    let (owner, stranger) = (server.visitor(), server.visitor());
    let room = owner.make_room_with("비밀", "5", "참깨").await;
    let chat = format!("/room/{room}/chat");
    owner.post_form(&chat, &[("chat", "은밀한 말")]).await;
    let form = page(&stranger, &room).await;
    assert!(form.contains(&format!("method=\"post\" action=\"/room/{room}/enter\"")), "{form}");
    assert!(form.contains("name=\"password\" type=\"password\""));
    assert!(!form.contains("은밀한") && !form.contains("id=\"history\""));
    assert!(page(&owner, &room).await.contains("은밀한 말"));
}

#[tokio::test]
async fn a_password_in_the_address_is_taken_out_of_it() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room_with("비밀", "5", "열려라 참깨+&").await;
    let path = format!("/room/{room}");
    for wrong in ["틀림", "", "열려라", &"x".repeat(500)] {
        let answer = guest.get(&format!("{path}?password={wrong}")).await;
        assert_eq!((answer.status, answer.location().as_str()), (302, WRONG), "{wrong}");
    }
    assert!(!page(&guest, &room).await.contains("id=\"history\""));
    let right =
        percent_encoding::utf8_percent_encode("열려라 참깨+&", percent_encoding::NON_ALPHANUMERIC);
    let answer = guest.get(&format!("{path}?password={right}")).await;
    assert_eq!((answer.status, answer.location()), (302, path.clone()));
    assert!(page(&guest, &room).await.contains("id=\"history\""));
    // Whoever is admitted already needs none, and an open room admits everybody.
    assert_eq!(owner.get(&format!("{path}?password=x")).await.location(), path);
    let open = owner.make_room("열린 방").await;
    let answer = guest.get(&format!("/room/{open}?password=x")).await;
    assert_eq!(answer.location(), format!("/room/{open}"));
}

#[tokio::test]
async fn the_form_admits_with_the_right_password_and_comes_back_with_a_wrong_one() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor().browser());
    let room = owner.make_room_with("비밀", "5", "참깨").await;
    let enter = format!("/room/{room}/enter");
    for wrong in ["틀림", ""] {
        let answer = guest.post_form(&enter, &[("password", wrong)]).await;
        assert_eq!(answer.status, 401);
        let form = answer.text();
        assert!(form.contains("role=\"alert\">비밀번호가 틀렸습니다.<"), "{form}");
        assert!(form.contains(&format!("action=\"{enter}\"")));
    }
    let english = guest.with_header("accept-language", "en");
    let answer = english.post_form(&enter, &[("password", "틀림")]).await;
    assert!(answer.text().contains("role=\"alert\">The password is wrong.<"));
    let answer = guest.post_form(&enter, &[("password", "참깨")]).await;
    assert_eq!((answer.status, answer.location()), (302, format!("/room/{room}")));
    assert!(page(&guest, &room).await.contains("id=\"history\""));
    let missing = format!("/room/{}/enter", "0".repeat(32));
    assert_eq!(guest.post_form(&missing, &[("password", "x")]).await.location(), MISSING);
}

#[tokio::test]
async fn a_program_enters_by_json() {
    let server = TestServer::start().await;
    let (owner, bot) = (server.visitor(), server.visitor());
    let room = owner.make_room_with("비밀", "5", "참깨").await;
    let enter = format!("/room/{room}/enter");
    for wrong in [json!({ "password": "틀림" }), json!({}), json!({ "password": null })] {
        let answer = bot.post_json(&enter, &wrong).await;
        assert_eq!((answer.status, answer.error().as_str()), (401, "wrong_password"));
        assert_eq!(answer.json()["message"], "비밀번호가 틀렸습니다.");
    }
    let answer = bot.post_json(&enter, &json!({ "password": "참깨" })).await;
    assert_eq!((answer.status, answer.json()), (200, json!({ "ok": true })));
    let (_socket, joined) = bot.join(&room).await;
    assert_eq!(joined["ok"], true);
    let missing = format!("/room/{}/enter", "0".repeat(32));
    let answer = bot.post_json(&missing, &json!({ "password": "x" })).await;
    assert_eq!((answer.status, answer.error().as_str()), (404, "not_found"));
}

#[tokio::test]
async fn admission_belongs_to_one_visitor_and_one_room_on_both_doors() {
    let mut server = TestServer::start().await;
    let (owner, guest, stranger) = (server.visitor(), server.visitor(), server.visitor());
    let room = owner.make_room_with("비밀", "5", "참깨").await;
    let other = owner.make_room_with("다른 비밀", "5", "참깨").await;
    // By the socket for one, by the form for another: each opens both doors.
    guest.get("/").await;
    let socket = guest.socket("/chat").connect().await.unwrap();
    let joined = socket.ask("join", json!({ "room": room, "password": "참깨" })).await;
    assert_eq!(joined["ok"], true);
    assert!(page(&guest, &room).await.contains("id=\"history\""));
    let chat = |room: &str| format!("/room/{room}/chat");
    assert_eq!(guest.post_form(&chat(&room), &[("chat", "안녕")]).await.status, 200);
    for (visitor, room) in [(&guest, &other), (&stranger, &room), (&stranger, &other)] {
        assert!(!page(visitor, room).await.contains("id=\"history\""));
        let answer = visitor.post_form(&chat(room), &[("chat", "안녕")]).await;
        assert_eq!((answer.status, answer.error().as_str()), (403, "not_admitted"));
        let answer = visitor.post_gif(&format!("/room/{room}/gif"), small_gif()).await;
        assert_eq!((answer.status, answer.error().as_str()), (403, "not_admitted"));
    }
    server.restart().await;
    let (guest, stranger) = (guest.moved_to(&server.url()), stranger.moved_to(&server.url()));
    assert!(page(&guest, &room).await.contains("id=\"history\""));
    assert!(!page(&stranger, &room).await.contains("id=\"history\""));
    let refused = stranger.socket("/chat").connect().await.unwrap();
    let answer = refused.ask("join", json!({ "room": room })).await;
    assert_eq!((&answer["ok"], &answer["error"]), (&json!(false), &json!("not_admitted")));
    assert_eq!(guest.join(&room).await.1["ok"], true);
}

#[tokio::test]
async fn the_owner_closes_a_room_with_all_it_held() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("문 닫는 방").await;
    let lobby = guest.socket("/room").connect().await.unwrap();
    let (owner_socket, _) = owner.join(&room).await;
    let (guest_socket, _) = guest.join(&room).await;
    guest.post_form(&format!("/room/{room}/chat"), &[("chat", "흔적도 없이")]).await;
    guest.post_gif(&format!("/room/{room}/gif"), small_gif()).await;
    assert_eq!(server.gif_files().len(), 1);

    let path = format!("/room/{room}");
    let answer = owner.delete(&path).await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "ok"));
    // Everything is gone before the answer.
    assert!(server.gif_files().is_empty());
    for trace in ["흔적도 없이", "문 닫는 방", &room] {
        assert!(server.files_with(trace.as_bytes()).is_empty(), "{trace} is still there");
    }
    for socket in [&owner_socket, &guest_socket] {
        let close = socket.expect("close").await;
        assert_eq!((&close["room"], &close["reason"]), (&json!(room), &json!("owner")));
        assert!(socket.closed().await.by_namespace_disconnect);
    }
    assert_eq!(lobby.expect("removeRoom").await, json!(room));
    assert_eq!(owner.get(&path).await.location(), MISSING);
    assert_eq!(owner.delete(&path).await.error(), "not_found");
}

#[tokio::test]
async fn only_the_owner_closes_a_room() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("내 방").await;
    let (_owner_socket, _) = owner.join(&room).await;
    let (guest_socket, _) = guest.join(&room).await;
    for visitor in [&guest, &server.visitor()] {
        let answer = visitor.delete(&format!("/room/{room}")).await;
        assert_eq!((answer.status, answer.error().as_str()), (403, "not_owner"));
    }
    for name in ["0".repeat(32), "nonsense".to_owned()] {
        let answer = owner.delete(&format!("/room/{name}")).await;
        assert_eq!((answer.status, answer.error().as_str()), (404, "not_found"));
    }
    let sent = guest_socket.ask("chat", json!({ "chat": "아직 있다", "clientId": "a" })).await;
    assert_eq!(sent["ok"], true);
    assert!(guest_socket.received().iter().all(|(name, _)| name != "close"));
}
