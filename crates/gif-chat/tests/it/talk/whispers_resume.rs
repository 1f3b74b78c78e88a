//! Whispers read again: after an absence, in pages, up to a limit, and until the room is gone.

use std::path::Path;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::scene::{Door, Guest, Scene};
use crate::support::program::Launch;
use crate::support::socket_client::Transport;
use crate::support::sockets::{messages, seqs};

/// How many requests are under way at once.
const AT_ONCE: usize = 50;

/// Whispers so many numbered texts, in any order.
async fn whisper_many(from: &Guest, to: &Guest, count: usize, text: &str) {
    let numbers: Vec<_> = (0..count).collect();
    for some in numbers.chunks(AT_ONCE) {
        let whispering = some.iter().map(async |number| {
            let message = json!({ "to": to.id(), "chat": format!("{text}{number}") });
            from.do_by(Door::Http, "whisper", message).await;
        });
        join_all(whispering).await;
    }
}

async fn whisper(from: &Guest, to: &Guest, text: &str) -> Value {
    let message = json!({ "to": to.id(), "chat": text });
    from.do_by(Door::Socket, "whisper", message).await
}

fn private(answer: &Value) -> Vec<Value> {
    answer["private"].as_array().unwrap().clone()
}

fn private_seqs(answer: &Value) -> Vec<u64> {
    private(answer).iter().map(|whisper| whisper["privateSeq"].as_u64().unwrap()).collect()
}

/// Everything after a place, by as many answers as it takes: the whispers, and how many answers.
async fn resume(guest: &Guest, mut after: u64, mut after_private: u64) -> (Vec<Value>, usize) {
    let (mut all, mut answers) = (Vec::new(), 0);
    loop {
        let place = json!({ "after": after, "afterPrivate": after_private });
        let joined = guest.join_again(place).await;
        assert_eq!(joined["reset"], false);
        answers += 1;
        all.extend(private(&joined));
        after = seqs(messages(&joined)).last().copied().unwrap_or(after);
        after_private = private_seqs(&joined).last().copied().unwrap_or(after_private);
        if joined["more"] == false {
            assert_eq!(joined["privateHead"], after_private);
            return (all, answers);
        }
    }
}

#[tokio::test]
async fn what_was_missed_comes_once_on_return() {
    let mut scene = Scene::set().await;
    let (mut one, mut two) = (scene.guest().await, scene.guest().await);
    whisper(&one, &two, "갖고 있다").await;
    let known = one.socket.expect("whisper").await["privateSeq"].as_u64().unwrap();
    two.socket.cut().await;
    let head = one.head().await;
    let mut missed = vec![whisper(&one, &two, "못 들은 것").await["_id"].clone()];
    scene.owner.say("사이에").await;
    missed.push(whisper(&scene.owner, &two, "이것도").await["_id"].clone());
    scene.restart(&mut [&mut one, &mut two]).await;
    let (whispers, _) = resume(&two, head, known).await;
    let ids: Vec<_> = whispers.iter().map(|whisper| whisper["_id"].clone()).collect();
    assert_eq!(ids, missed);
    let places: Vec<_> = whispers.iter().map(|whisper| whisper["privateSeq"].clone()).collect();
    assert_eq!(places, [2, 3]);
    assert_eq!(whispers[0]["anchor"], head);
    assert_eq!(whispers[1]["anchor"], head + 1);
    assert_eq!(resume(&two, head, 3).await.0, Vec::<Value>::new(), "nothing twice");
    let (own, _) = resume(&one, head, 0).await;
    let texts: Vec<_> = own.iter().map(|whisper| whisper["chat"].clone()).collect();
    assert_eq!(texts, ["갖고 있다", "못 들은 것"], "the sender's own, not the owner's");
}

#[tokio::test]
async fn a_long_absence_takes_several_answers_of_two_hundred() {
    let scene = Scene::set().await;
    let (one, two) = (scene.guest().await, scene.guest().await);
    whisper_many(&one, &two, 401, "w").await;
    scene.owner.say("끝").await;
    let (whispers, answers) = resume(&two, 0, 0).await;
    assert_eq!(answers, 3);
    let places: Vec<_> = whispers.iter().map(|whisper| whisper["privateSeq"].clone()).collect();
    assert_eq!(places, (1..=401).map(Value::from).collect::<Vec<_>>(), "none twice, no gap");
    let (exactly, answers) = resume(&two, 0, 201).await;
    assert_eq!((exactly.len(), answers), (200, 1), "two hundred are one answer");
    let (more, answers) = resume(&two, 0, 200).await;
    assert_eq!((more.len(), answers), (201, 2));
}

#[tokio::test]
async fn an_answer_holds_at_most_128_kib_of_whispers_and_always_one() {
    let scene = Scene::set().await;
    let (one, two) = (scene.guest().await, scene.guest().await);
    whisper_many(&one, &two, 25, &"각".repeat(3_998)).await;
    let first = two.join_again(json!({ "after": 0, "afterPrivate": 0 })).await;
    assert!(first["private"].to_string().len() <= 128 * 1024);
    assert_eq!(private_seqs(&first), (1..=10).collect::<Vec<_>>(), "as many as fit");
    let (whispers, answers) = resume(&two, 0, 0).await;
    assert_eq!((whispers.len(), answers), (25, 3));
    // JSON writes each of these as six bytes.
    let costly = json!({ "to": two.id(), "chat": "\u{1}".repeat(4_000) });
    for _ in 0..6 {
        one.do_by(Door::Socket, "whisper", costly.clone()).await;
    }
    let last = two.join_again(json!({ "after": 0, "afterPrivate": 25 })).await;
    assert!(last["private"].to_string().len() <= 128 * 1024);
    assert_eq!(private_seqs(&last), [26, 27, 28, 29, 30]);
    assert_eq!(last["more"], true);
}

#[tokio::test]
async fn another_epoch_or_an_unknown_place_begins_anew() {
    let scene = Scene::set_with(|config| config.history_entries_max = 50).await;
    let (one, two) = (scene.guest().await, scene.guest().await);
    for text in ["하나", "둘", "셋"] {
        whisper(&one, &two, text).await;
    }
    let epoch = two.joined["epoch"].clone();
    let same = json!({ "epoch": epoch, "after": 0, "afterPrivate": 2 });
    let same = two.join_again(same).await;
    assert_eq!((&same["reset"], private_seqs(&same)), (&json!(false), vec![3]));
    let foreign = json!({ "epoch": "other", "after": 0, "afterPrivate": 2 });
    let foreign = two.join_again(foreign).await;
    assert_eq!((&foreign["reset"], private_seqs(&foreign)), (&json!(true), vec![1, 2, 3]));
    scene.owner.visitor.fill(&scene.room, 60).await;
    let trimmed = json!({ "epoch": epoch, "after": 1, "afterPrivate": 2 });
    let trimmed = two.join_again(trimmed).await;
    assert_eq!((&trimmed["reset"], private_seqs(&trimmed)), (&json!(true), vec![1, 2, 3]));
}

#[tokio::test]
async fn pages_have_the_whispers_that_follow_their_entries() {
    let scene = Scene::set().await;
    let (one, two) = (scene.guest().await, scene.guest().await);
    whisper(&one, &two, "이른 것").await;
    scene.owner.visitor.fill(&scene.room, 150).await;
    whisper(&one, &two, "늦은 것").await;
    let late_anchor = one.head().await;
    let newest = two.fresh().await;
    assert_eq!(messages(&newest).len(), 100);
    assert_eq!((private_seqs(&newest), &newest["privateHead"]), (vec![2], &json!(2)));
    assert_eq!(newest["private"][0]["anchor"], late_anchor);
    let first = seqs(messages(&newest))[0];
    let older = json!({ "before": first, "limit": 100, "beforePrivate": 2 });
    let older = two.act("history", older).await;
    assert_eq!((private_seqs(&older), &older["more"]), (vec![1], &json!(false)));
    assert_eq!(older["private"][0]["chat"], "이른 것");
    // Another one sees the same pages without them.
    let others = json!({ "before": first, "limit": 100, "beforePrivate": 2 });
    let others = scene.owner.act("history", others).await;
    assert_eq!(others["messages"], older["messages"]);
    assert_eq!((&others["private"], &others["more"]), (&json!([]), &json!(false)));
}

#[tokio::test]
async fn a_page_with_many_whispers_is_read_by_several_questions() {
    let scene = Scene::set().await;
    let (one, two) = (scene.guest().await, scene.guest().await);
    whisper_many(&one, &two, 401, "w").await;
    let newest = two.fresh().await;
    assert_eq!(newest["more"], false, "what is missing lies before, not after");
    let mut known = private_seqs(&newest);
    assert_eq!(known, (202..=401).collect::<Vec<_>>(), "the newest two hundred");
    for (count, more) in [(200, true), (1, false)] {
        let page = json!({ "before": 1_000, "limit": 100, "beforePrivate": known[0] });
        let page = two.act("history", page).await;
        assert_eq!((private(&page).len(), &page["more"]), (count, &json!(more)));
        known.splice(0..0, private_seqs(&page));
    }
    assert_eq!(known, (1..=401).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_oldest_go_when_a_reader_has_too_many() {
    let scene = Scene::set_with(|config| config.whispers_kept_max = 5).await;
    let (one, two) = (scene.guest().await, scene.guest().await);
    for (count, first) in [(4, 1), (5, 1), (6, 2), (8, 4)] {
        let known = two.fresh().await["privateHead"].as_u64().unwrap();
        for number in known..count {
            whisper(&one, &two, &number.to_string()).await;
        }
        for reader in [&one, &two] {
            let places: Vec<_> = (first..=count).collect();
            assert_eq!(private_seqs(&reader.fresh().await), places, "{count} whispers");
            let resumed = reader.join_again(json!({ "after": 0, "afterPrivate": 0 })).await;
            assert_eq!(private_seqs(&resumed), places);
        }
    }
    // Each reader has their own: what one has heard from others takes nothing from the other.
    for _ in 0..5 {
        whisper(&scene.owner, &two, "다른 사람").await;
    }
    assert_eq!(private_seqs(&one.fresh().await), [4, 5, 6, 7, 8]);
    assert_eq!(private_seqs(&two.fresh().await), [9, 10, 11, 12, 13]);
}

#[tokio::test]
async fn whispers_are_gone_with_their_room() {
    for by_owner in [true, false] {
        let scene = Scene::set().await;
        let guest = scene.guest().await;
        whisper(&scene.owner, &guest, "canary-whisper").await;
        assert!(!scene.server.files_with(b"canary-whisper").is_empty(), "the test can see it");
        if by_owner {
            let path = format!("/room/{}", scene.room);
            assert_eq!(scene.owner.visitor.delete(&path).await.text(), "ok");
        } else {
            guest.act("leave", Value::Null).await;
            scene.owner.act("leave", Value::Null).await;
            scene.server.clock.advance(scene.server.grace());
        }
        scene.until_nowhere("canary-whisper").await;
    }
}

/// In how many files of a backup a text is.
fn files_with(backup: &Path, text: &str) -> usize {
    let files = std::fs::read_dir(backup).unwrap().flatten().filter(|file| file.path().is_file());
    let contents = files.map(|file| std::fs::read(file.path()).unwrap());
    contents.filter(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes())).count()
}

#[tokio::test]
async fn a_backup_holds_whispers_for_the_two_alone_and_no_log_has_them() {
    let launch = Launch::new().variable("GIFCHAT_LOG", "trace");
    let program = launch.start().await;
    let owner = program.visitor();
    let room = owner.make_room("방").await;
    let enter = async |visitor| Guest::enter(visitor, &room, Transport::WebSocket).await;
    let owner = enter(owner).await;
    let (one, two) = (enter(program.visitor()).await, enter(program.visitor()).await);
    let ack = whisper(&one, &two, "canary-whisper").await;
    let edit = json!({ "seq": one.say("canary-said").await, "chat": "canary-edited" });
    one.do_by(Door::Http, "edit", edit).await;
    one.refused(
        "whisper",
        json!({ "to": "canary-to", "chat": "canary-lost" }),
        ["invalid", "to", "recipient_left"],
    )
    .await;
    let folder = launch.folder().join("backup");
    let command = |name: &str| [name.to_owned(), folder.to_str().unwrap().to_owned()];
    let backup = command("backup");
    let taken = launch.clone().arguments(&backup.each_ref().map(String::as_str)).run().await;
    assert_eq!(taken.code, Some(0), "{taken:?}");
    assert_eq!(files_with(&folder, "canary-whisper"), 1, "it is a backup of everything");
    assert_eq!(files_with(&folder, "canary-said"), 0, "but of what was edited");
    let log = program.stop().await;
    assert!(log.contains("/whisper"), "there is a log: {log}");
    assert!(!log.contains("canary") && !taken.log.contains("canary"));

    let launch = Launch::new();
    let restore = command("restore");
    let restored = launch.clone().arguments(&restore.each_ref().map(String::as_str)).run().await;
    assert_eq!(restored.code, Some(0), "{restored:?}");
    let program = launch.start().await;
    for (guest, whispers) in [(&one, 1), (&two, 1), (&owner, 0)] {
        let visitor = guest.visitor.moved_to(&program.url);
        let back = Guest::enter(visitor, &room, Transport::WebSocket).await;
        assert_eq!(back.id(), guest.id());
        assert_eq!(private(&back.joined).len(), whispers);
        if whispers == 1 {
            assert_eq!(back.joined["private"][0]["_id"], ack["_id"]);
            assert_eq!(back.joined["private"][0]["chat"], "canary-whisper");
        }
        let heard = back.heard().concat();
        assert_eq!(heard.contains("canary-whisper"), whispers == 1);
    }
    program.stop().await;
}
