//! Entries: numbered without gaps, kept once, bounded.

use gif_chat::chat::{Append, Body, ChatError, HistoryLimits, Message, Release};
use tokio::task::JoinSet;

use super::stage::{Stage, gif, refusal, text, visitor};

pub(super) async fn are_numbered_without_gaps(stage: &mut Stage) {
    let rooms = [
        stage.make_room("하나", 100, &visitor(0)).await.id,
        stage.make_room("둘", 100, &visitor(0)).await.id,
    ];
    stage.told();
    let mut senders = JoinSet::new();
    for number in 0..60_u32 {
        let room = &rooms[usize::try_from(number % 2).unwrap()];
        let entry = stage.entry(room, &visitor(number % 10), text(&number.to_string()));
        let store = stage.store.clone();
        senders.spawn(async move { (number, store.append(entry).await.unwrap()) });
    }
    let answers = senders.join_all().await;
    for (number, answer) in &answers {
        let room = &rooms[usize::try_from(number % 2).unwrap()];
        let log = stage.log(room).await;
        assert!(log.contains(&(answer.seq, number.to_string())), "the answer names the place");
    }
    let told = stage.told_entries();
    for room in &rooms {
        let log = stage.log(room).await;
        let places: Vec<_> = log.iter().map(|(seq, _)| *seq).collect();
        assert_eq!(places, (1..=35).collect::<Vec<_>>(), "five entry lines, thirty texts");
        assert!(log.iter().all(|entry| told.contains(entry)), "each was told as it is kept");
        assert_eq!(stage.newest(room).await.head, 35);
    }
    assert_eq!(told.len(), 70);

    let reply =
        |seq| Append { reply_to: Some(seq), ..stage.entry(&rooms[0], &visitor(0), text("대답")) };
    let replied = stage.store.append(reply(35)).await.unwrap();
    let page = stage.newest(&rooms[0]).await;
    let Message::Said { reply_to, .. } = &page.entries.last().unwrap().message else {
        panic!("the reply is the newest entry");
    };
    assert_eq!(*reply_to, Some(35));
    let ahead = stage.store.append(reply(replied.seq + 1)).await;
    assert_eq!(refusal(ahead).code(), "invalid", "nobody can answer what is not there yet");
    let nothing = stage.store.append(reply(0)).await;
    assert_eq!(refusal(nothing).code(), "invalid");
    assert_eq!(stage.newest(&rooms[0]).await.head, 36, "what is refused leaves no gap");
}

pub(super) async fn that_are_refused_leave_nothing(stage: &mut Stage) {
    let (owner, stranger) = (visitor(1), visitor(2));
    let room = stage.make_room("방", 10, &owner).await.id;
    stage.sit(&room, &owner).await;
    stage.told();
    // The stranger would get a seat and an entry line before the reply is found to be wrong.
    let entry = Append { reply_to: Some(99), ..stage.entry(&room, &stranger, gif("a.gif", 1)) };
    assert_eq!(refusal(stage.store.append(entry).await).code(), "invalid");
    assert!(stage.told().is_empty(), "nobody is told");
    assert_eq!(stage.count(&room).await, 1, "no seat is taken");
    assert_eq!(stage.newest(&room).await.head, 1, "no line is written");
    assert!(!stage.store.shows_gif("a.gif").await.unwrap());
    stage.say(&room, &stranger, "이제").await;
    assert_eq!(stage.told_entries(), [(2, "join".to_owned()), (3, "이제".to_owned())]);
}

pub(super) async fn are_kept_once_for_each_client_id(stage: &mut Stage) {
    let (one, two) = (visitor(1), visitor(2));
    let room = stage.make_room("방", 10, &one).await.id;
    let entry = stage.named_entry(&room, &one, text("안녕"), "k");
    let first = stage.store.append(entry.clone()).await.unwrap();
    stage.advance(std::time::Duration::from_secs(5));
    stage.told();
    let retry = stage.store.append(entry.clone()).await.unwrap();
    assert_eq!(retry, first, "id, place and time of the first");
    assert_eq!(stage.told_entries(), [], "viewers are told once");

    let others: [Append; 4] = [
        stage.named_entry(&room, &one, text("다른 말"), "k"),
        stage.named_entry(&room, &one, gif("a.gif", 1), "k"),
        Append { reply_to: Some(1), ..entry.clone() },
        Append { body: text("안녕 "), ..entry.clone() },
    ];
    for other in others {
        let answer = stage.store.append(other.clone()).await;
        assert_eq!(refusal(answer), ChatError::Conflict, "{other:?}");
    }
    let theirs = stage.named_entry(&room, &two, text("안녕"), "k");
    let theirs = stage.store.append(theirs).await.unwrap();
    assert_ne!(theirs.seq, first.seq, "a client id is its sender's own");
    let picture = stage.named_entry(&room, &one, gif("a.gif", 1), "g");
    let shown = stage.store.append(picture.clone()).await.unwrap();
    assert_eq!(stage.store.append(picture).await.unwrap(), shown);

    // Fifty retries at once: one of them is the first, and all get its answer.
    let entry = stage.named_entry(&room, &one, text("동시에"), "many");
    let mut retries = JoinSet::new();
    for _ in 0..50 {
        let (store, entry) = (stage.store.clone(), entry.clone());
        retries.spawn(async move { store.append(entry).await.unwrap() });
    }
    let mut answers = retries.join_all().await;
    answers.dedup();
    assert_eq!(answers.len(), 1);
    let log = stage.log(&room).await;
    assert_eq!(log.iter().filter(|(_, word)| word == "동시에").count(), 1);
}

pub(super) async fn are_known_for_a_day_after_they_fell_out(stage: &mut Stage) {
    let who = visitor(1);
    let room = stage.make_room("방", 10, &who).await.id;
    let named = |stage: &Stage, body: Body, client_id: &str, retries_max: u64| {
        let mut append = stage.named_entry(&room, &who, body, client_id);
        (append.seat.history.entries_max, append.seat.history.retries_max) = (1, retries_max);
        append
    };
    let mut firsts = Vec::new();
    let said = [text("하나"), gif("둘.gif", 1), text("셋"), text("넷"), text("다섯")];
    for (body, name) in said.into_iter().zip(["1", "2", "3", "4", "5"]) {
        let append = named(stage, body, name, 3);
        firsts.push((append.clone(), stage.store.append(append).await.unwrap().seq));
    }
    assert_eq!(stage.log(&room).await, [(6, "다섯".to_owned())], "the others have fallen out");
    stage.told();
    for (append, seq) in firsts.iter().skip(1) {
        let retry = stage.store.append(append.clone()).await.unwrap();
        assert_eq!(retry.seq, *seq, "the limit of three fell out after the first");
        let other = Append { body: text("다른 말"), ..append.clone() };
        assert_eq!(refusal(stage.store.append(other).await), ChatError::Conflict);
        let other = Append { reply_to: Some(6), ..append.clone() };
        assert_eq!(refusal(stage.store.append(other).await), ChatError::Conflict);
    }
    assert_eq!(stage.told_entries(), [], "viewers are told once");
    let again = stage.store.append(firsts[0].0.clone()).await.unwrap();
    assert_eq!(again.seq, 7, "beyond the limit the oldest is forgotten");

    let moment = std::time::Duration::from_millis(1);
    stage.advance(HistoryLimits::RETRIES_KEPT_FOR.saturating_sub(moment));
    let third = named(stage, text("셋"), "3", 100);
    assert_eq!(stage.store.append(third.clone()).await.unwrap().seq, firsts[2].1);
    stage.store.append(named(stage, text("거의 하루 뒤"), "6", 100)).await.unwrap();
    assert_eq!(stage.store.append(third.clone()).await.unwrap().seq, firsts[2].1);
    stage.advance(moment);
    stage.store.append(named(stage, text("하루 뒤"), "7", 100)).await.unwrap();
    assert_eq!(stage.store.append(third).await.unwrap().seq, 10, "a day later it is a new one");
}

pub(super) async fn fall_out_when_there_are_too_many(stage: &mut Stage) {
    let who = visitor(1);
    let room = stage.make_room("방", 10, &who).await.id;
    let append = |body: Body| {
        let mut append = stage.entry(&room, &who, body);
        append.seat.history.entries_max = 3;
        append
    };
    for body in [gif("old.gif", 1), text("하나"), gif("kept.gif", 1)] {
        stage.store.append(append(body)).await.unwrap();
    }
    assert_eq!(stage.newest(&room).await.first, 2, "the entry line has fallen out");
    let appended = stage.store.append(append(text("둘"))).await.unwrap();
    assert_eq!(appended.unreferenced_gifs, ["old.gif"]);
    assert!(!stage.store.shows_gif("old.gif").await.unwrap());
    let kept: Vec<_> = stage.log(&room).await;
    let words = [(3, "하나"), (4, "kept.gif"), (5, "둘")];
    assert_eq!(kept, words.map(|(seq, word)| (seq, word.to_owned())));
    let page = stage.newest(&room).await;
    assert_eq!((page.first, page.head), (3, 5));
    let gone = Append { reply_to: Some(2), ..append(text("늦은 대답")) };
    assert_eq!(refusal(stage.store.append(gone).await).code(), "invalid");
    // A smaller limit than before trims as much as it takes.
    let mut least = append(text("셋"));
    least.seat.history.entries_max = 1;
    let appended = stage.store.append(least).await.unwrap();
    assert_eq!(appended.unreferenced_gifs, ["kept.gif"]);
    assert_eq!(stage.newest(&room).await.first, appended.seq);
}

pub(super) async fn fall_out_also_when_people_only_come_and_go(stage: &mut Stage) {
    let who = visitor(1);
    let room = stage.make_room("방", 10, &who).await.id;
    stage.show(&room, &who, "old.gif").await;
    let request = |stage: &Stage, who| {
        let mut request = stage.request(&room, who);
        request.history.entries_max = 3;
        request
    };
    let guest = visitor(2);
    let mut unreferenced = Vec::new();
    for _ in 0..5 {
        let seat = stage.store.take_seat(request(stage, &guest)).await.unwrap();
        unreferenced.extend(seat.unreferenced_gifs);
        let leave = Release::Leave(stage.now);
        let left = stage.store.release_seat(request(stage, &guest), seat.generation, leave).await;
        unreferenced.extend(left.unwrap().unreferenced_gifs);
    }
    let page = stage.newest(&room).await;
    assert_eq!((page.entries.len(), page.first), (3, page.head - 2));
    assert_eq!(unreferenced, ["old.gif"]);
}

pub(super) async fn fall_out_when_their_gifs_are_too_large(stage: &mut Stage) {
    let who = visitor(1);
    let room = stage.make_room("방", 10, &who).await.id;
    let other = stage.make_room("다른 방", 10, &who).await.id;
    let append = |body: Body| {
        let mut append = stage.entry(&room, &who, body);
        append.seat.history.gif_bytes_max = 100;
        append
    };
    stage.show(&other, &who, "shared.gif").await;
    stage.store.append(append(gif("a.gif", 40))).await.unwrap();
    stage.store.append(append(gif("b.gif", 40))).await.unwrap();
    let again = stage.store.append(append(gif("a.gif", 40))).await.unwrap();
    assert!(again.unreferenced_gifs.is_empty(), "the same GIF is counted once");
    assert_eq!(stage.newest(&room).await.first, 1);

    let third = stage.store.append(append(gif("c.gif", 40))).await.unwrap();
    assert_eq!(third.unreferenced_gifs, ["b.gif"], "the one that was shown last stays");
    let kept: Vec<_> = stage.log(&room).await.into_iter().map(|(_, word)| word).collect();
    assert_eq!(kept, ["a.gif", "c.gif"]);
    assert_eq!(stage.newest(&room).await.first, again.seq);

    let shared = stage.store.append(append(gif("shared.gif", 100))).await.unwrap();
    let mut forgotten = shared.unreferenced_gifs;
    forgotten.sort_unstable();
    assert_eq!(forgotten, ["a.gif", "c.gif"]);
    let last = stage.store.append(append(gif("d.gif", 100))).await.unwrap();
    assert!(last.unreferenced_gifs.is_empty(), "another room shows the shared one");
    assert!(stage.store.shows_gif("shared.gif").await.unwrap());
    let text = stage.store.append(append(text("글"))).await.unwrap();
    assert_eq!(stage.newest(&room).await.first, text.seq - 1, "text counts no bytes of GIFs");
}
