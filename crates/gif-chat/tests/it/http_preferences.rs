//! Language and theme by the reader's choice: two cookies, and pages that keep to them.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, TestServer, Visitor, config_with};

/// The `Set-Cookie` lines about choices.
fn choices(answer: &Answer) -> Vec<String> {
    let lines = answer.headers.get_all("set-cookie").iter();
    let lines = lines.map(|line| line.to_str().unwrap().to_owned());
    lines.filter(|line| line.starts_with("gifchat-")).collect()
}

/// A browser with these cookies and no session of ours.
fn with_cookies(server: &TestServer, cookies: &str) -> Visitor {
    server.visitor().browser().with_header("cookie", cookies)
}

async fn language_of(visitor: &Visitor, path: &str) -> String {
    let page = visitor.get(path).await.text();
    let (_, rest) = page.split_once("<html lang=\"").unwrap_or_else(|| panic!("no page: {page}"));
    rest[..2].to_owned()
}

#[tokio::test]
async fn a_choice_is_kept_in_a_cookie_that_says_nothing_else() {
    let server = TestServer::start().await;
    let visitor = server.visitor().browser();
    let answer = visitor.post_form("/preferences", &[("language", "en"), ("theme", "dark")]).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/"));
    let rest = "HttpOnly; SameSite=Lax; Path=/; Max-Age=34560000";
    assert_eq!(
        choices(&answer),
        [format!("gifchat-language=en; {rest}"), format!("gifchat-theme=dark; {rest}")]
    );
    let answer = visitor.post_form("/preferences", &[("theme", "auto")]).await;
    assert_eq!(choices(&answer), [format!("gifchat-theme=auto; {rest}")]);
    let answer = visitor.post_form("/preferences", &[]).await;
    assert_eq!((answer.status, choices(&answer)), (303, vec![]));
}

#[tokio::test]
async fn over_https_the_cookie_stays_there() {
    let url = config_with("public_url", "https://chat.example").public_url;
    let server = TestServer::builder().config(|config| config.public_url = url).start().await;
    let visitor = server.visitor().with_header("origin", "https://chat.example");
    let answer = visitor.post_form("/preferences", &[("theme", "light")]).await;
    assert!(choices(&answer)[0].contains("; Secure"), "{:?}", choices(&answer));
}

#[tokio::test]
async fn a_script_only_hears_that_it_is_done() {
    let server = TestServer::start().await;
    let answer = server.visitor().post_json("/preferences", &json!({ "language": "ko" })).await;
    assert_eq!((answer.status, answer.json()), (200, json!({ "ok": true })));
    assert!(choices(&answer)[0].starts_with("gifchat-language=ko;"));
}

#[tokio::test]
async fn what_we_do_not_know_is_invalid_and_changes_nothing() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    for (field, value) in [
        ("language", ""),
        ("language", "fr"),
        ("language", "KO"),
        ("language", "en\r\nSet-Cookie: x=1"),
        ("language", "\"><script>"),
        ("theme", "sepia"),
        ("theme", "dark; Domain=evil.example"),
    ] {
        let fields = [("language", "en"), ("theme", "dark"), (field, value)];
        let answer = visitor.post_form("/preferences", &fields).await;
        assert_eq!((answer.status, answer.error()), (422, "invalid".to_owned()), "{value:?}");
        assert_eq!(answer.json()["field"], field);
        assert!(answer.json()["message"].as_str().unwrap().contains(field));
        assert_eq!(choices(&answer), [""; 0], "{value:?}");
        let answer = visitor.post_json("/preferences", &json!({ field: value })).await;
        assert_eq!(answer.error(), "invalid");
    }
    let answer = visitor.post_json("/preferences", &json!({ "theme": 1 })).await;
    assert_eq!(answer.error(), "bad_request");
    let answer = visitor.post_form("/preferences", &[("theme", &"x".repeat(2_000_000))]).await;
    assert_eq!(answer.error(), "too_large");
    let page = visitor.browser().post_form("/preferences", &[("theme", "sepia")]).await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("name=\"back\" value=\"/\""), "{}", page.text());
    assert_eq!(visitor.get("/preferences").await.status, 404);
}

#[tokio::test]
async fn no_other_site_can_choose_for_a_reader() {
    let server = TestServer::start().await;
    let foreign = server.visitor().with_header("origin", "https://evil.example");
    let answer = foreign.post_form("/preferences", &[("language", "en")]).await;
    assert_eq!((answer.error(), choices(&answer).len()), ("cross_site".to_owned(), 0));
    let foreign = server.visitor().with_header("sec-fetch-site", "cross-site");
    let answer = foreign.post_form("/preferences", &[("language", "en")]).await;
    assert_eq!((answer.error(), choices(&answer).len()), ("cross_site".to_owned(), 0));
}

#[tokio::test]
async fn the_reader_comes_back_to_where_they_were_and_nowhere_else() {
    let server = TestServer::start().await;
    let visitor = server.visitor().browser();
    for (back, expected) in [
        ("/room", "/room"),
        ("/room/abc", "/room/abc"),
        ("/nowhere", "/nowhere"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\r\nLocation: https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("data:text/html,<script>alert(1)</script>", "/"),
        ("/\"><script>alert(1)</script>", "/%22%3E%3Cscript%3Ealert(1)%3C/script%3E"),
        ("evil.example", "/"),
        ("", "/"),
    ] {
        let fields = [("theme", "dark"), ("back", back)];
        let answer = visitor.post_form("/preferences", &fields).await;
        assert_eq!((answer.status, answer.header("location")), (303, expected), "{back:?}");
    }
    let ours = server.url();
    for (referer, expected) in [
        (format!("{ours}/room/abc?error=x#y"), "/room/abc"),
        (format!("{ours}/room/abc/enter"), "/room/abc"),
        (format!("{ours}//evil.example"), "/"),
        ("https://evil.example/room".to_owned(), "/"),
        (format!("{ours}@evil.example/room"), "/"),
        ("nonsense".to_owned(), "/"),
        (ours.clone(), "/"),
    ] {
        let visitor = visitor.with_header("referer", &referer);
        let answer = visitor.post_form("/preferences", &[("theme", "dark")]).await;
        assert_eq!(answer.header("location"), expected, "{referer}");
    }
}

#[tokio::test]
async fn every_page_says_where_its_choices_lead_back_to() {
    let server = TestServer::start().await;
    let maker = server.visitor().browser();
    let open = maker.make_room("열린 방").await;
    let secret = maker.make_room_with("비밀", "5", "참깨").await;
    let stranger = server.visitor().browser();
    let room = format!("/room/{open}");
    let locked = format!("/room/{secret}");
    for (path, back) in [
        ("/", "/"),
        ("/?error=x", "/"),
        ("/room", "/room"),
        (&room, &room),
        (&locked, &locked),
        ("/nowhere?password=x", "/nowhere"),
        ("/\"><script>", "/%22%3E%3Cscript%3E"),
    ] {
        let page = stranger.get(path).await.text();
        let field = format!("<input type=\"hidden\" name=\"back\" value=\"{back}\">");
        assert!(page.contains(&field), "{path}: {page}");
    }
    let refused = stranger.post_form(&format!("{locked}/enter"), &[("password", "아님")]).await;
    assert!(refused.text().contains(&format!("name=\"back\" value=\"{locked}\"")));
}

#[tokio::test]
async fn the_choice_of_language_wins_over_what_the_browser_asks_for() {
    let server = TestServer::start().await;
    let maker = server.visitor().browser();
    let secret = maker.make_room_with("비밀", "5", "참깨").await;
    let locked = format!("/room/{secret}");
    for (cookie, wishes, expected) in [
        ("gifchat-language=en", "ko-KR,ko;q=0.9", "en"),
        ("gifchat-language=ko", "en-US,en;q=0.9", "ko"),
        ("gifchat-theme=dark; gifchat-language=en", "", "en"),
        ("gifchat-language=\"en\"", "ko", "ko"),
        ("gifchat-language=fr", "en", "en"),
        ("gifchat-language=\"><script>", "ko", "ko"),
        ("gifchat-language=", "en", "en"),
        ("gifchat-languages=en", "ko", "ko"),
        ("other=1", "", "ko"),
    ] {
        let visitor = with_cookies(&server, cookie).with_header("accept-language", wishes);
        for path in ["/", "/room", &locked, "/nowhere"] {
            assert_eq!(language_of(&visitor, path).await, expected, "{cookie} {path}");
        }
        let page = visitor.get("/").await.text();
        let (pressed, other) = if expected == "ko" { ("ko", "en") } else { ("en", "ko") };
        for (tag, state) in [(pressed, true), (other, false)] {
            let button = format!("value=\"{tag}\" lang=\"{tag}\" aria-pressed=\"{state}\"");
            assert!(page.contains(&button), "{button}");
        }
    }
}

#[tokio::test]
async fn errors_of_both_doors_are_in_the_chosen_language() {
    let server = TestServer::start().await;
    for (tag, missing, unseen) in [
        (
            "ko",
            "존재하지 않는 방입니다.",
            "이 방에 들어와 있지 않습니다. 방에 다시 들어와 주십시오.",
        ),
        ("en", "This room does not exist.", "You are not in this room. Please enter it again."),
    ] {
        let cookie = format!("gifchat-language={tag}");
        let wishes = if tag == "ko" { "en" } else { "ko" };
        let visitor = server.visitor().with_header("cookie", &cookie);
        let visitor = visitor.with_header("accept-language", wishes);
        let answer = visitor.post_json("/room/missing/chat", &json!({ "chat": "x" })).await;
        assert_eq!(answer.json()["message"], missing, "{tag}");
        let builder = server.visitor().socket("/chat").cookie(&cookie);
        let socket = builder.connect().await.unwrap();
        let answer = socket.ask("chat", json!({ "chat": "x", "clientId": "a" })).await;
        assert_eq!(answer["message"], unseen, "{tag}");
    }
}

#[tokio::test]
async fn the_chosen_theme_is_on_the_page_before_anything_is_painted() {
    let server = TestServer::start().await;
    for (cookie, root, scheme, bars) in [
        ("gifchat-theme=light", " data-theme=\"light\"", "light", ["#f7f9f7", "#f7f9f7"]),
        ("gifchat-theme=dark", " data-theme=\"dark\"", "dark", ["#141a18", "#141a18"]),
        ("gifchat-theme=auto", "", "light dark", ["#f7f9f7", "#141a18"]),
        ("gifchat-theme=\"><script>", "", "light dark", ["#f7f9f7", "#141a18"]),
        ("gifchat-theme=DARK", "", "light dark", ["#f7f9f7", "#141a18"]),
        ("x=1", "", "light dark", ["#f7f9f7", "#141a18"]),
    ] {
        let visitor = with_cookies(&server, cookie);
        for path in ["/", "/room", "/nowhere"] {
            let page = visitor.get(path).await.text();
            assert!(page.contains(&format!("<html lang=\"ko\"{root}>")), "{cookie} {path}");
            assert!(page.contains(&format!("name=\"color-scheme\" content=\"{scheme}\"")));
            for (system, colour) in ["light", "dark"].into_iter().zip(bars) {
                let bar =
                    format!("content=\"{colour}\" media=\"(prefers-color-scheme: {system})\"");
                assert!(page.contains(&bar), "{cookie} {bar}");
            }
            assert!(!page.contains("<script>"), "{cookie}");
        }
    }
}

#[tokio::test]
async fn the_manifest_makes_an_app_of_the_site_in_the_readers_language() {
    let server = TestServer::start().await;
    for (cookies, name, colour) in [
        ("x=1", "GIF 채팅방", "#f7f9f7"),
        ("gifchat-language=en; gifchat-theme=dark", "GIF Chat", "#141a18"),
    ] {
        let visitor = with_cookies(&server, cookies);
        let answer = visitor.get("/manifest.webmanifest").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "application/manifest+json");
        assert_eq!(answer.header("cache-control"), "private, max-age=86400");
        assert_eq!(answer.header("vary"), "accept-language, cookie");
        assert!(answer.headers.get("set-cookie").is_none(), "a manifest makes no visitor");
        let manifest = answer.json();
        for (key, value) in [
            ("name", name),
            ("short_name", name),
            ("start_url", "/"),
            ("scope", "/"),
            ("display", "standalone"),
            ("theme_color", colour),
            ("background_color", colour),
        ] {
            assert_eq!(manifest[key], value, "{key}");
        }
        assert!(!manifest["description"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn every_icon_that_a_page_or_the_manifest_names_is_there() {
    let server = TestServer::start().await;
    let visitor = server.visitor().browser();
    let manifest = visitor.get("/manifest.webmanifest").await.json();
    let mut icons: Vec<_> = manifest["icons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|icon| {
            let text = |key: &str| icon[key].as_str().unwrap().to_owned();
            (text("src"), text("type"), text("sizes"))
        })
        .collect();
    assert_eq!(icons.len(), 4);
    let page = visitor.get("/").await.text();
    for (start, kind, size) in [
        ("rel=\"apple-touch-icon\" href=\"", "image/png", "180x180"),
        ("rel=\"icon\" href=\"", "image/svg+xml", "any"),
        ("data-unread=\"", "image/svg+xml", "any"),
    ] {
        let (_, rest) = page.split_once(start).unwrap();
        icons.push((rest.split('"').next().unwrap().to_owned(), kind.into(), size.into()));
    }
    for (address, kind, size) in icons {
        let answer = visitor.send(visitor.request(Method::GET, &address)).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, &*kind), "{address}");
        assert!(answer.header("cache-control").contains("immutable"));
        if kind == "image/png" {
            // Width and height stand at the same place in every PNG (its specification, §11.2.1).
            let side = |at: usize| u32::from_be_bytes(answer.bytes[at..at + 4].try_into().unwrap());
            assert_eq!(format!("{}x{}", side(16), side(20)), size, "{address}");
        }
    }
}
