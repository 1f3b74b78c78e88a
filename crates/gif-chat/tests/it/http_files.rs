//! Files: GIFs under their unguessable names, the official client, the page's own assets.

use gif_chat::gifs::{GifLimits, sanitise};
use reqwest::Method;

use crate::support::{Answer, TestServer, Visitor, small_gif};

/// A room with one GIF in it: its owner, the room, the address of the GIF.
async fn room_with_gif(server: &TestServer) -> (Visitor, String, String) {
    let owner = server.visitor();
    let room = owner.make_room("방").await;
    let (socket, _) = owner.join(&room).await;
    assert_eq!(owner.post_gif(&format!("/room/{room}/gif"), small_gif()).await.text(), "ok");
    let entry = socket.expect("chat").await;
    (owner, room, format!("/gif/{}", entry["gif"].as_str().unwrap()))
}

fn clean_gif() -> Vec<u8> {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    sanitise(&small_gif(), &GifLimits::default(), deadline).unwrap().bytes
}

fn assert_gif_headers(answer: &Answer) {
    assert_eq!(answer.header("content-type"), "image/gif");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox");
    let caching = answer.header("cache-control");
    assert!(caching.contains("private") && caching.contains("immutable"), "{caching}");
    assert!(caching.contains("max-age=31536000"), "{caching}");
    assert_eq!(answer.header("accept-ranges"), "bytes");
    assert!(answer.headers.get("set-cookie").is_none(), "a cached answer must set no cookie");
}

#[tokio::test]
async fn a_gif_is_served_to_whoever_knows_its_name() {
    let server = TestServer::start().await;
    let (_, _, path) = room_with_gif(&server).await;
    let stranger = server.visitor();
    let answer = stranger.get(&path).await;
    assert_eq!((answer.status, &answer.bytes), (200, &clean_gif()));
    assert_gif_headers(&answer);
    assert!(answer.header("content-disposition").starts_with("inline"));
    let head = stranger.send(stranger.request(Method::HEAD, &path)).await;
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    assert_eq!(head.header("content-length"), clean_gif().len().to_string());
    assert_gif_headers(&head);
}

#[tokio::test]
async fn a_browser_that_has_the_gif_is_told_so() {
    let server = TestServer::start().await;
    let (_, _, path) = room_with_gif(&server).await;
    let visitor = server.visitor();
    let tag = visitor.get(&path).await.header("etag").to_owned();
    assert!(tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"'), "{tag}");
    for known in [tag.clone(), format!("\"x\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
        let answer = visitor.with_header("if-none-match", &known).get(&path).await;
        assert_eq!((answer.status, answer.bytes.len()), (304, 0), "{known}");
        assert_eq!(answer.header("etag"), tag);
    }
    assert_eq!(visitor.with_header("if-none-match", "\"x\"").get(&path).await.status, 200);
}

#[tokio::test]
async fn parts_of_a_gif_are_served_by_range() {
    let server = TestServer::start().await;
    let (_, _, path) = room_with_gif(&server).await;
    let visitor = server.visitor();
    let all = clean_gif();
    let length = all.len();
    let last = length - 1;
    for (range, part, first, end) in [
        ("bytes=0-5", &all[..6], 0, 5),
        ("bytes=6-", &all[6..], 6, last),
        ("bytes=-3", &all[length - 3..], length - 3, last),
        ("bytes=0-999999", &all[..], 0, last),
    ] {
        let answer = visitor.with_header("range", range).get(&path).await;
        assert_eq!((answer.status, answer.bytes.as_slice()), (206, part), "{range}");
        assert_eq!(answer.header("content-range"), format!("bytes {first}-{end}/{length}"));
        assert_eq!(answer.header("content-length"), part.len().to_string());
        assert_gif_headers(&answer);
    }
    for range in [format!("bytes={length}-"), "bytes=-0".to_owned()] {
        let answer = visitor.with_header("range", &range).get(&path).await;
        assert_eq!((answer.status, answer.bytes.len()), (416, 0), "{range}");
        assert_eq!(answer.header("content-range"), format!("bytes */{length}"));
    }
    let tag = visitor.get(&path).await.header("etag").to_owned();
    let partly = visitor.with_header("range", "bytes=0-5");
    assert_eq!(partly.with_header("if-range", &tag).get(&path).await.status, 206);
    assert_eq!(partly.with_header("if-range", "\"old\"").get(&path).await.bytes, all);
}

#[tokio::test]
async fn no_other_name_gives_anything() {
    let server = TestServer::start().await;
    let (owner, room, path) = room_with_gif(&server).await;
    let name = path.strip_prefix("/gif/").unwrap().to_owned();
    for wrong in [
        name.to_uppercase(),
        name.trim_end_matches(".gif").to_owned(),
        format!("{name}.gif"),
        format!("x{name}"),
        format!("{}.gif", "0".repeat(32)),
        "secret.key".to_owned(),
        String::new(),
    ] {
        let answer = owner.get(&format!("/gif/{wrong}")).await;
        assert_eq!((answer.status, answer.error().as_str()), (404, "not_found"), "{wrong}");
        assert!(!answer.header("cache-control").contains("immutable"));
    }
    // Gone with the room, also for a browser that asks whether its copy is still good.
    assert_eq!(owner.delete(&format!("/room/{room}")).await.status, 200);
    assert_eq!(owner.get(&path).await.status, 404);
    assert_eq!(owner.with_header("if-none-match", "*").get(&path).await.status, 404);
}

#[tokio::test]
async fn the_official_client_is_served_in_every_form() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    for (name, begins) in [
        ("socket.io.js", "/*!"),
        ("socket.io.min.js", "/*!"),
        ("socket.io.esm.min.js", "/*!"),
        ("socket.io.js.map", "{\"version\":3"),
        ("socket.io.min.js.map", "{\"version\":3"),
        ("socket.io.esm.min.js.map", "{\"version\":3"),
    ] {
        let path = format!("/socket.io/{name}");
        let answer = visitor.get(&path).await;
        assert_eq!(answer.status, 200, "{name}");
        let text = answer.text();
        assert!(text.starts_with(begins), "{name} begins with {:?}", text.get(..20));
        let expected = if begins == "/*!" {
            assert!(text.contains(&format!("sourceMappingURL={name}.map")), "{name}");
            "text/javascript; charset=utf-8"
        } else {
            "application/json"
        };
        assert_eq!(answer.header("content-type"), expected);
        assert!(answer.headers.get("set-cookie").is_none(), "{name}");
        let tag = answer.header("etag").to_owned();
        assert_eq!(visitor.with_header("if-none-match", &tag).get(&path).await.status, 304);
        let packed = visitor.with_header("accept-encoding", "gzip").get(&path).await;
        assert_eq!(packed.header("content-encoding"), "gzip", "{name}");
        assert!(packed.bytes.len() < answer.bytes.len() / 2);
        assert_eq!(packed.header("vary"), "accept-encoding");
    }
    for name in ["socket.io.msgpack.min.js", "socket.io.js.gz", "socket.ioX", "other.js"] {
        let answer = visitor.get(&format!("/socket.io/{name}")).await;
        assert_eq!(answer.status, 404, "{name}");
    }
}

#[tokio::test]
async fn the_pages_files_stand_under_names_that_never_change() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("방").await;
    let lobby = visitor.browser().get("/").await.text();
    let page = visitor.browser().get(&format!("/room/{room}")).await.text();
    let mut kinds = Vec::new();
    for text in lobby.split('"').chain(page.split('"')).filter(|text| text.starts_with("/assets/"))
    {
        let answer = server.visitor().get(text).await;
        assert_eq!(answer.status, 200, "{text}");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert!(answer.headers.get("set-cookie").is_none() && !answer.bytes.is_empty());
        kinds.push(answer.header("content-type").to_owned());
    }
    for kind in ["text/javascript; charset=utf-8", "text/css; charset=utf-8", "image/svg+xml"] {
        assert!(kinds.iter().any(|found| found == kind), "{kind} is not among {kinds:?}");
    }
    for path in ["/assets/", "/assets/none.js", "/assets/.vite/manifest.json"] {
        assert_eq!(visitor.get(path).await.status, 404, "{path}");
    }
}
