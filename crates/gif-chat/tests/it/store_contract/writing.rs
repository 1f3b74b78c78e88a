//! What a store owes its callers: told, then answered; and nothing stops it.

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use gif_chat::chat::{ChatError, Event, Feed, RoomId};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::stage::{Stage, refusal, text, visitor};
use crate::support::socket_client::DEADLINE;

pub(super) async fn is_told_before_it_is_answered(stage: &mut Stage) {
    let who = visitor(1);
    let room = stage.make_room("방", 10, &who).await.id;
    stage.sit(&room, &who).await;
    stage.told();
    for number in 0..100 {
        let answer = stage.say(&room, &who, &number.to_string()).await;
        let told = stage.told_entries();
        assert_eq!(told, [(answer.seq, number.to_string())], "told when the caller is answered");
    }

    // While nobody can be told, nobody is answered, though the entry is kept.
    fill(&stage.feed);
    let (store, entry) = (stage.store.clone(), stage.entry(&room, &who, text("기다림")));
    let mut asked = JoinSet::new();
    asked.spawn(async move { store.append(entry).await.unwrap() });
    let kept = async {
        while stage.newest(&room).await.head < 102 {
            tokio::task::yield_now().await;
        }
    };
    timeout(DEADLINE, kept).await.unwrap();
    for _ in 0..100 {
        tokio::task::yield_now().await;
        assert!(asked.try_join_next().is_none(), "answered before anybody was told");
    }
    let mut told = stage.told_entries();
    let answer = timeout(DEADLINE, asked.join_next()).await.unwrap().unwrap().unwrap();
    told.append(&mut stage.told_entries());
    assert_eq!(told, [(answer.seq, "기다림".to_owned())]);

    // In the order of the log, whoever asks first.
    let mut senders = JoinSet::new();
    for number in 0..100 {
        let store = stage.store.clone();
        let entry = stage.entry(&room, &visitor(number % 7), text(&number.to_string()));
        senders.spawn(async move { store.append(entry).await.unwrap() });
    }
    senders.join_all().await;
    let places: Vec<_> = stage.told_entries().into_iter().map(|(seq, _)| seq).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(places.len(), 106);
}

/// Leaves no place for another batch.
pub(super) fn fill(feed: &Feed) {
    while feed.try_send(Vec::<Event>::new()).is_ok() {}
}

/// Operations that wait together are committed together, and each is refused by itself.
pub(super) async fn goes_on_beside_refusals(stage: &mut Stage) {
    let (owner, guest) = (visitor(1), visitor(2));
    let room = stage.make_room("방", 2, &owner).await.id;
    stage.sit(&room, &owner).await;
    stage.sit(&room, &guest).await;
    stage.store.append(stage.named_entry(&room, &owner, text("처음"), "k")).await.unwrap();
    stage.told();

    // The store waits with its first answer until somebody listens; the others gather behind it.
    fill(&stage.feed);
    let nowhere = RoomId::from_bytes([9; 16]);
    let entries = [
        stage.entry(&room, &owner, text("하나")),
        stage.entry(&room, &visitor(3), text("자리 없음")),
        stage.entry(&room, &guest, text("둘")),
        stage.named_entry(&room, &owner, text("다른 말"), "k"),
        stage.entry(&room, &owner, text("셋")),
        stage.entry(&nowhere, &guest, text("방 없음")),
        stage.entry(&room, &guest, text("넷")),
    ];
    let store = stage.store.clone();
    let mut asked = Box::pin(join_all(entries.map(|entry| store.append(entry))));
    assert!(asked.as_mut().now_or_never().is_none(), "nobody listens yet");
    let mut told = stage.told_entries();
    let mut answers = timeout(DEADLINE, asked).await.unwrap().into_iter();
    for (place, refused) in [
        (4, None),
        (0, Some(ChatError::RoomFull)),
        (5, None),
        (0, Some(ChatError::Conflict)),
        (6, None),
        (0, Some(ChatError::NotFound)),
        (7, None),
    ] {
        match (answers.next().unwrap(), refused) {
            (Ok(answer), None) => assert_eq!(answer.seq, place),
            (answer, Some(expected)) => assert_eq!(refusal(answer), expected),
            (answer, None) => panic!("{answer:?}"),
        }
    }
    told.append(&mut stage.told_entries());
    let words: Vec<_> = told.into_iter().map(|(_, word)| word).collect();
    assert_eq!(words, ["하나", "둘", "셋", "넷"], "nothing is told of what was refused");
}

pub(super) async fn goes_on_without_its_caller(stage: &mut Stage) {
    let who = visitor(1);
    let room = stage.make_room("방", 10, &who).await.id;
    for number in 0..50 {
        let asked = stage.store.append(stage.entry(&room, &who, text(&number.to_string())));
        // Asked once, and gone before the answer.
        drop(asked.now_or_never());
    }
    let answer = timeout(DEADLINE, stage.say(&room, &who, "그 뒤에")).await.unwrap();
    assert_eq!(answer.seq, 52, "what was asked for is kept");
    let entries = stage.told_entries();
    assert_eq!(entries.last(), Some(&(52, "그 뒤에".to_owned())));
}
