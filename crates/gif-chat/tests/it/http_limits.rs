//! Every size has a limit: one below it and the limit itself pass, one above does not.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, TestServer, gif_of_bytes, gif_of_frames};

/// One grapheme of 25 bytes.
const FAMILY: &str = "👨‍👩‍👧‍👦";

fn assert_invalid(answer: &Answer, field: &str, reason: &str) {
    assert_eq!((answer.status, answer.error().as_str()), (422, "invalid"), "{}", answer.text());
    let body = answer.json();
    assert_eq!((&body["field"], &body["reason"]), (&json!(field), &json!(reason)));
}

#[tokio::test]
async fn a_title_has_up_to_a_hundred_graphemes() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    for grapheme in ["x", "각", "e\u{301}", FAMILY] {
        for (count, fits) in [(1, true), (99, true), (100, true), (101, false)] {
            let title = grapheme.repeat(count);
            let by_form = visitor.post_form("/room", &[("title", &title)]).await;
            let by_json = visitor.post_json("/room", &json!({ "title": title })).await;
            for answer in [by_form, by_json] {
                if fits {
                    assert_eq!(answer.status, 302, "{count} × {grapheme}");
                } else {
                    assert_invalid(&answer, "title", "title_too_long");
                }
            }
        }
    }
    for blank in ["", " ", "\u{202e}\u{7}"] {
        let answer = visitor.post_json("/room", &json!({ "title": blank })).await;
        assert_invalid(&answer, "title", "title_empty");
    }
}

#[tokio::test]
async fn a_password_has_up_to_128_bytes() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    for (password, fits) in [
        ("x".repeat(127), true),
        ("x".repeat(128), true),
        ("x".repeat(129), false),
        (format!("{}xx", "가".repeat(42)), true),
        ("가".repeat(43), false),
    ] {
        let fields = [("title", "방"), ("password", &password)];
        let answer = owner.post_form("/room", &fields).await;
        if fits {
            let enter = format!("{}/enter", answer.location());
            // Every byte of it counts.
            let shorter: String = password.chars().skip(1).collect();
            assert_eq!(guest.post_form(&enter, &[("password", &shorter)]).await.status, 401);
            let entered = guest.post_form(&enter, &[("password", &password)]).await;
            assert_eq!(entered.status, 302, "{} bytes", password.len());
        } else {
            assert_invalid(&answer, "password", "password_too_long");
        }
    }
}

#[tokio::test]
async fn a_room_has_2_to_1000_seats() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    for (max, fits) in [
        (json!(1), false),
        (json!(2), true),
        (json!("3"), true),
        (json!(" 4 "), true),
        (json!(999), true),
        (json!(1_000), true),
        (json!(1_001), false),
        (json!(0), false),
        (json!(-1), false),
        (json!(2.5), false),
        (json!(4_294_967_298_u64), false),
        (json!(u64::MAX), false),
        (json!(1e300), false),
        (json!("many"), false),
        (json!("10; DROP TABLE rooms"), false),
    ] {
        let answer = visitor.post_json("/room", &json!({ "title": "방", "max": max })).await;
        if fits {
            assert_eq!(answer.status, 302, "{max}");
        } else {
            assert_invalid(&answer, "max", "max_out_of_range");
        }
    }
}

#[tokio::test]
async fn a_text_has_up_to_4000_graphemes_and_16_kib() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let path = format!("/room/{}/chat", visitor.make_room("방").await);
    let kib = 1024;
    let of_bytes =
        |bytes: usize| format!("{}{}", FAMILY.repeat(600), "x".repeat(bytes - 600 * FAMILY.len()));
    for (text, fits) in [
        ("각".repeat(3_999), true),
        ("각".repeat(4_000), true),
        ("각".repeat(4_001), false),
        (of_bytes(16 * kib - 1), true),
        (of_bytes(16 * kib), true),
        (of_bytes(16 * kib + 1), false),
    ] {
        let by_form = visitor.post_form(&path, &[("chat", &text)]).await;
        let by_json = visitor.post_json(&path, &json!({ "chat": text })).await;
        for answer in [by_form, by_json] {
            if fits {
                assert_eq!(answer.text(), "ok", "{} bytes", text.len());
            } else {
                assert_invalid(&answer, "chat", "too_long");
            }
        }
    }
}

#[tokio::test]
async fn a_request_that_is_no_upload_has_up_to_64_kib() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("방").await;
    let limit = 64 * 1024;
    for (bytes, fits) in [(limit - 1, true), (limit, true), (limit + 1, false), (1 << 20, false)] {
        let form = |begin: &str| format!("{begin}&pad={}", "x".repeat(bytes - begin.len() - 5));
        let json = |begin: &str| {
            format!("{{{begin},\"pad\":\"{}\"}}", "x".repeat(bytes - begin.len() - 11))
        };
        let kinds = [
            ("application/x-www-form-urlencoded", form("chat=a&title=a")),
            ("application/json", json("\"chat\":\"a\",\"title\":\"a\"")),
        ];
        for (kind, body) in kinds {
            for path in ["/room", &format!("/room/{room}/chat"), &format!("/room/{room}/enter")] {
                assert_eq!(body.len(), bytes);
                let request = visitor.request(Method::POST, path).body(body.clone());
                let answer = visitor.send(request.header("content-type", kind)).await;
                if fits {
                    assert!(answer.status < 400, "{path} {kind} {bytes}: {}", answer.status);
                } else {
                    assert_eq!((answer.status, answer.error().as_str()), (413, "too_large"));
                }
            }
        }
    }
}

#[tokio::test]
async fn a_gif_has_up_to_10_mib() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let path = format!("/room/{}/gif", visitor.make_room("방").await);
    let limit = 10 * 1024 * 1024;
    for (bytes, fits) in [(limit - 1, true), (limit, true), (limit + 1, false)] {
        let answer = visitor.post_gif(&path, gif_of_bytes(bytes)).await;
        if fits {
            assert_eq!(answer.text(), "ok", "{bytes} bytes");
        } else {
            assert_eq!((answer.status, answer.error().as_str()), (413, "too_large"));
        }
    }
    // Far beyond it, already the announced length is enough.
    let answer = visitor.post_gif(&path, gif_of_bytes(limit + 128 * 1024)).await;
    assert_eq!((answer.status, answer.error().as_str()), (413, "too_large"));
    assert_eq!(server.gif_files().len(), 1);
}

#[tokio::test]
async fn a_gif_has_limits_of_canvas_frames_pixels_and_time_and_the_answer_says_which() {
    let builder = TestServer::builder().config(|config| {
        config.gif_width_max = 40;
        config.gif_height_max = 30;
        config.gif_frames_max = 5;
        config.gif_pixels_max = 3_000;
        config.gif_duration_max = std::time::Duration::from_millis(400);
    });
    let server = builder.start().await;
    let visitor = server.visitor();
    let path = format!("/room/{}/gif", visitor.make_room("방").await);
    for (canvas, frames, delay, reason) in [
        ((39, 29), 1, 10, None),
        ((40, 30), 1, 10, None),
        ((41, 30), 1, 10, Some("gif_canvas")),
        ((40, 31), 1, 10, Some("gif_canvas")),
        ((2, 2), 5, 2, None),
        ((2, 2), 6, 2, Some("gif_frames")),
        ((2, 2), 4, 10, None),
        ((2, 2), 4, 11, Some("gif_duration")),
        // Delays under 20 ms count as 100 ms, as browsers show them.
        ((2, 2), 4, 1, None),
        ((2, 2), 5, 1, Some("gif_duration")),
        ((30, 25), 4, 2, None),
        ((30, 26), 4, 2, Some("gif_pixels")),
    ] {
        let answer = visitor.post_gif(&path, gif_of_frames(canvas, frames, delay)).await;
        match reason {
            None => assert_eq!(answer.text(), "ok", "{frames} × {canvas:?}"),
            Some(reason) => assert_invalid(&answer, "gif", reason),
        }
    }
}
