//! The lobby's page, the create form, and making a room with it or without.

use gif_chat::chat::Colour;
use serde_json::{Value, json};

use crate::support::{Answer, TestServer, Visitor};

/// The lobby's line about a room.
fn row<'page>(page: &'page str, room: &str) -> &'page str {
    let (_, rest) = page.split_once(&format!("data-room=\"{room}\"")).expect("a line of this room");
    rest.split_once("</tr>").unwrap().0
}

fn english(visitor: &Visitor) -> Visitor {
    visitor.browser().with_header("accept-language", "en-US,en;q=0.9")
}

fn assert_contains(page: &str, texts: &[&str]) {
    for text in texts {
        assert!(page.contains(text), "{text} is missing in {page}");
    }
}

#[tokio::test]
async fn the_lobby_lists_the_rooms_in_korean() {
    let server = TestServer::start().await;
    let visitor = server.visitor().browser();
    let open = visitor.make_room_with("열린 방", "5", "").await;
    let secret = visitor.make_room_with("숨은 방", "7", "열려라").await;
    let answer = visitor.get("/").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let page = answer.text();
    assert_contains(
        &page,
        &[
            "<html lang=\"ko\">",
            ">방 제목</th>",
            ">종류</th>",
            ">허용 인원</th>",
            ">방장</th>",
            "href=\"/room\">채팅방 생성</a>",
        ],
    );
    let enter = |room: &str| format!("href=\"/room/{room}\">입장</a>");
    assert_contains(row(&page, &open), &[">열린 방<", ">공개방<", ">0 / 5<", &enter(&open)]);
    assert_contains(row(&page, &secret), &[">숨은 방<", ">비밀방<", ">0 / 7<", &enter(&secret)]);
    assert!(!row(&page, &open).contains("비밀방") && !page.contains("열려라"));
}

#[tokio::test]
async fn the_lobby_lists_the_rooms_in_english() {
    let server = TestServer::start().await;
    let visitor = english(&server.visitor());
    let open = visitor.make_room("open one").await;
    let secret = visitor.make_room_with("hidden one", "7", "sesame").await;
    let page = visitor.get("/").await.text();
    assert_contains(
        &page,
        &[
            "<html lang=\"en\">",
            ">Room</th>",
            ">Kind</th>",
            ">Seats</th>",
            ">Owner</th>",
            "href=\"/room\">Create a room</a>",
        ],
    );
    assert_contains(row(&page, &open), &[">open one<", ">Open<", ">Enter</a>"]);
    assert_contains(row(&page, &secret), &[">hidden one<", ">Secret<", ">Enter</a>"]);
}

#[tokio::test]
async fn the_owner_is_shown_by_a_colour_and_in_it_where_that_can_be_read() {
    let server = TestServer::start().await;
    for number in 0..30 {
        server.visitor().make_room(&format!("방 {number}")).await;
    }
    let lobby = server.visitor().socket("/room").connect().await.unwrap();
    let rooms = lobby.expect("rooms").await;
    let page = server.visitor().browser().get("/").await.text();
    let [light, dark] = ["#f7f9f7", "#141a18"].map(|page| Colour::parse(page).unwrap());
    let mut readable_colours = 0;
    for room in rooms.as_array().unwrap() {
        let owner = room["owner"].as_str().unwrap();
        let class = format!("colour-{}", owner.trim_start_matches('#'));
        let line = row(&page, room["_id"].as_str().unwrap());
        assert_contains(line, &[&format!("fill=\"{owner}\""), &format!(">{owner}<"), &class]);
        let colour = Colour::parse(owner).unwrap();
        let on = |page| if colour.contrast(page) >= 4.5 { owner } else { "var(--ink)" };
        readable_colours += usize::from(on(light) == owner);
        let rule = format!(".{class}{{color:light-dark({},{})}}", on(light), on(dark));
        assert_contains(&page, &[&rule]);
    }
    assert!(readable_colours > 0);
}

#[tokio::test]
async fn the_lobby_says_known_errors_in_the_readers_language() {
    let server = TestServer::start().await;
    let (korean, english) = (server.visitor().browser(), english(&server.visitor()));
    for (text, translated) in [
        ("존재하지 않는 방입니다.", "This room does not exist."),
        ("허용 인원을 초과했습니다.", "The room is full."),
        ("비밀번호가 틀렸습니다.", "The password is wrong."),
    ] {
        let path = format!("/?error={text}");
        assert_contains(&korean.get(&path).await.text(), &[&format!("role=\"alert\">{text}<")]);
        let page = english.get(&path).await.text();
        assert_contains(&page, &[&format!("role=\"alert\">{translated}<")]);
    }
    for path in ["/", "/?error=", "/?other=1"] {
        assert!(!korean.get(path).await.text().contains("role=\"alert\""), "{path}");
    }
}

#[tokio::test]
async fn an_unknown_error_text_is_only_text_and_not_endless() {
    let server = TestServer::start().await;
    let visitor = server.visitor().browser();
    let page = visitor.get("/?error=<script>alert(1)</script>").await.text();
    assert!(page.contains("role=\"alert\"") && !page.contains("<script>alert"));
    let long = visitor.get(&format!("/?error={}", "x".repeat(10_000))).await;
    assert_eq!(long.status, 200);
    assert!(!long.text().contains(&"x".repeat(1_000)));
}

#[tokio::test]
async fn a_query_that_cannot_be_read_still_gives_the_lobby() {
    let server = TestServer::start().await;
    for path in ["/?error=%FF", "/?error=1&error=2", "/?%", "/?error"] {
        assert_eq!(server.visitor().browser().get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn the_create_form_asks_for_title_seats_and_password() {
    let server = TestServer::start().await;
    for (visitor, heading) in [
        (server.visitor().browser(), "<h1>채팅방 생성</h1>"),
        (english(&server.visitor()), "<h1>Create a room</h1>"),
    ] {
        let answer = visitor.get("/room").await;
        assert_eq!(answer.status, 200);
        let page = answer.text();
        assert_contains(&page, &[heading, "method=\"post\" action=\"/room\"", "name=\"title\""]);
        let field = |name: &str| {
            let (_, rest) = page.split_once(&format!("name=\"{name}\"")).unwrap();
            rest.split_once('>').unwrap().0.to_owned()
        };
        assert_contains(&field("max"), &["type=\"number\"", "min=\"2\"", "value=\"10\""]);
        assert_contains(&field("password"), &["type=\"password\"", "value=\"\""]);
    }
}

/// What the lobby is told of the room that an answer of `POST /room` leads to.
async fn announced(
    visitor: &Visitor,
    answer: &Answer,
    lobby: &crate::support::socket_client::SocketClient,
) -> Value {
    assert_eq!(answer.status, 302, "{}", answer.text());
    let location = answer.location();
    let room = location.strip_prefix("/room/").unwrap();
    assert!(room.len() == 32 && room.bytes().all(|digit| digit.is_ascii_hexdigit()), "{room}");
    let told = lobby.expect("newRoom").await;
    assert_eq!(told["_id"], room);
    assert_eq!(visitor.get(&location).await.status, 200);
    told
}

#[tokio::test]
async fn form_and_json_make_a_room_tell_the_lobby_and_admit_the_maker_without_a_seat() {
    let server = TestServer::start().await;
    let (visitor, stranger) = (server.visitor(), server.visitor());
    let lobby = stranger.socket("/room").connect().await.unwrap();
    let fields = [("title", "비밀 이야기"), ("max", "3"), ("password", "열려라-참깨")];
    let by_form = visitor.post_form("/room", &fields).await;
    let body = json!({ "title": "비밀 이야기", "max": 3, "password": "열려라-참깨" });
    let by_json = visitor.post_json("/room", &body).await;
    for answer in [by_form, by_json] {
        let room = announced(&visitor, &answer, &lobby).await;
        assert_eq!(room["title"], "비밀 이야기");
        assert_eq!((&room["max"], &room["count"]), (&json!(3), &json!(0)));
        assert_eq!(room["password"], true);
        assert!(room["owner"].as_str().is_some_and(|colour| Colour::parse(colour).is_some()));
        assert_eq!(room["createdAt"].as_str().unwrap().len(), "2026-01-01T00:00:00.000Z".len());
        assert!(!room.to_string().contains("참깨"));
        // The maker reads the room; a stranger is asked for the password.
        let page = format!("/room/{}", room["_id"].as_str().unwrap());
        assert!(visitor.browser().get(&page).await.text().contains("id=\"history\""));
        assert!(!stranger.browser().get(&page).await.text().contains("id=\"history\""));
    }
    assert!(server.files_with("열려라-참깨".as_bytes()).is_empty());
}

#[tokio::test]
async fn a_room_needs_no_more_than_a_title() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let lobby = visitor.socket("/room").connect().await.unwrap();
    let blank = [("title", "  방\u{7}  "), ("max", ""), ("password", "")];
    let by_form = visitor.post_form("/room", &blank).await;
    let by_json = visitor.post_json("/room", &json!({ "title": "방", "max": null })).await;
    for answer in [by_form, by_json] {
        let room = announced(&visitor, &answer, &lobby).await;
        assert_eq!(room["title"], "방");
        assert_eq!((&room["max"], &room["password"]), (&json!(10), &json!(false)));
    }
}

#[tokio::test]
async fn a_form_that_breaks_a_rule_comes_back_with_the_reason_beside_the_field() {
    let server = TestServer::start().await;
    let visitor = server.visitor().browser();
    let long = "x".repeat(129);
    for (fields, field, reason) in [
        ([("title", " "), ("max", "5"), ("password", "secret-1")], "title", "title_empty"),
        ([("title", "방"), ("max", "1"), ("password", "secret-1")], "max", "max_out_of_range"),
        ([("title", "방"), ("max", "many"), ("password", "")], "max", "max_out_of_range"),
        ([("title", "방"), ("max", "5"), ("password", &long)], "password", "password_too_long"),
    ] {
        let answer = visitor.post_form("/room", &fields).await;
        assert_eq!(answer.status, 422);
        let page = answer.text();
        let said = |name: &str| {
            let (_, rest) = page.split_once(&format!("id=\"{name}-error\"")).unwrap();
            !rest.split_once('>').unwrap().1.starts_with("</p>")
        };
        assert_eq!(
            ["title", "max", "password"].map(said),
            ["title", "max", "password"].map(|name| name == field)
        );
        assert_eq!(page.matches("aria-invalid=\"true\"").count(), 1);
        assert!(!page.contains("secret-1") && !page.contains(&long), "{page}");
        let program = server.visitor().with_header("accept", "application/json");
        let refused = program.post_form("/room", &fields).await;
        assert_eq!((refused.status, refused.error().as_str()), (422, "invalid"));
        assert_eq!(refused.json()["field"], field);
        assert_eq!(refused.json()["reason"], reason);
    }
    assert!(visitor.get("/").await.text().contains("id=\"rooms\" class=\"rooms\""));
    assert!(!visitor.get("/").await.text().contains("data-room="));
}

#[tokio::test]
async fn a_form_that_comes_back_asks_for_the_password_again() {
    let server = TestServer::start().await;
    let visitor = server.visitor().browser();
    let again = "비밀방으로 만들려면 비밀번호를 다시 입력해 주십시오.";
    let with = [("title", " "), ("max", "5"), ("password", "secret-1")];
    let page = visitor.post_form("/room", &with).await.text();
    assert!(page.contains(again) && !page.contains("secret-1"), "{page}");
    let without = [("title", " "), ("max", "5"), ("password", "")];
    assert!(!visitor.post_form("/room", &without).await.text().contains(again));
    assert!(!visitor.get("/room").await.text().contains(again));
}

#[tokio::test]
async fn a_form_that_comes_too_soon_keeps_what_was_typed() {
    let server = TestServer::builder().config(|config| config.rooms_open_max = 1).start().await;
    let visitor = server.visitor().browser();
    visitor.make_room("첫 방").await;
    let fields = [("title", "둘째 <방>"), ("max", "7"), ("password", "secret-1")];
    let answer = visitor.post_form("/room", &fields).await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.header("retry-after"), server.grace().as_secs().to_string());
    let page = answer.text();
    let said = format!("role=\"alert\">너무 빠릅니다. {}초", server.grace().as_secs());
    assert_contains(
        &page,
        &[&said, "value=\"둘째 &#60;방&#62;\"", "value=\"7\"", "action=\"/room\""],
    );
    assert!(!page.contains("secret-1") && !page.contains("aria-invalid=\"true\""), "{page}");
    let program = visitor.with_header("accept", "application/json");
    let refused = program.post_form("/room", &fields).await;
    assert_eq!((refused.status, refused.error().as_str()), (429, "too_fast"));
}

#[tokio::test]
async fn from_eight_rooms_on_there_is_a_field_to_find_one() {
    let server = TestServer::start().await;
    let visitor = server.visitor().browser();
    let has_field = |page: String| {
        let (_, rest) = page.split_once("id=\"room-search\"").unwrap();
        !rest.split_once('>').unwrap().0.contains("hidden")
    };
    for count in 1..=8 {
        visitor.make_room(&format!("방 {count}")).await;
        assert_eq!(has_field(visitor.get("/").await.text()), count == 8, "{count} rooms");
    }
}

#[tokio::test]
async fn a_title_is_text_wherever_it_is_shown() {
    let server = TestServer::start().await;
    let visitor = server.visitor().browser();
    let title = "\"><script>alert('제목')</script>";
    let room = visitor.make_room_with(title, "5", "pw").await;
    let form = [("title", title), ("max", "0"), ("password", "")];
    let stranger = server.visitor().browser();
    for page in [
        visitor.get("/").await,
        visitor.get(&format!("/room/{room}")).await,
        stranger.get(&format!("/room/{room}")).await,
        visitor.post_form("/room", &form).await,
    ] {
        let page = page.text();
        assert!(page.contains("&#34;&#62;&#60;script&#62;alert(&#39;제목"), "{page}");
        assert!(!page.contains("<script>alert"), "{page}");
    }
}
