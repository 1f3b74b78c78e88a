//! Reading a room's log in pages.

use gif_chat::chat::{Body, Entry, HistoryPage, HistoryQuery, Message};

use super::stage::{Stage, gif, visitor, word};

pub(super) async fn is_read_in_pages(stage: &mut Stage) {
    let who = visitor(1);
    let room = stage.make_room("방", 10, &who).await.id;
    let all = usize::MAX;
    let newest = |limit| HistoryQuery::Newest { limit, bytes_max: all };
    let empty = stage.store.history(&room, newest(10), None).await.unwrap();
    assert_eq!((empty.head, empty.first, empty.entries.len()), (0, 1, 0));
    assert!(empty.participants.is_empty());
    for number in 2..=20 {
        stage.say(&room, &who, &number.to_string()).await;
    }
    let store = stage.store.clone();
    let read = async |query| store.history(&room, query, None).await.unwrap();
    let after = async |seq, limit, bytes_max| {
        let page = read(HistoryQuery::After { seq, limit, bytes_max }).await;
        (places(&page), page.more)
    };

    let newest = read(newest(3)).await;
    assert_eq!(places(&newest), [18, 19, 20], "oldest first");
    assert_eq!((newest.head, newest.first), (20, 1));
    assert_eq!(newest.participants.len(), 1);
    assert_eq!(newest.owner, newest.participants[0].author);
    let before =
        async |seq, limit| places(&read(HistoryQuery::Before { seq, limit, bytes_max: all }).await);
    assert_eq!(before(18, 3).await, [15, 16, 17]);
    assert_eq!(before(3, 10).await, [1, 2]);
    assert!(before(1, 10).await.is_empty());
    assert_eq!(before(u64::MAX, 2).await, [19, 20]);

    assert_eq!(after(17, all, all).await, (vec![18, 19, 20], false));
    assert_eq!(after(20, all, all).await, (vec![], false));
    assert_eq!(after(u64::MAX, all, all).await, (vec![], false));
    assert_eq!(after(0, 4, all).await, (vec![1, 2, 3, 4], true));
    assert_eq!(after(16, 4, all).await, (vec![17, 18, 19, 20], false), "exactly all of them");
}

pub(super) async fn is_bounded_in_bytes(stage: &mut Stage) {
    let who = visitor(1);
    let room = stage.make_room("방", 10, &who).await.id;
    let after = async |seq, bytes_max| {
        let query = HistoryQuery::After { seq, limit: 500, bytes_max };
        let page = stage.store.history(&room, query, None).await.unwrap();
        (places(&page), page.more)
    };
    let read = async |query| places(&stage.store.history(&room, query, None).await.unwrap());
    let before =
        async |seq, bytes_max| read(HistoryQuery::Before { seq, limit: 100, bytes_max }).await;
    let newest = async |bytes_max| read(HistoryQuery::Newest { limit: 100, bytes_max }).await;
    for text in ["둘", "셋", "넷", &"가".repeat(2_000), "끝"] {
        stage.say(&room, &who, text).await;
    }
    assert_eq!(after(1, 3_000).await, (vec![2, 3, 4], true), "the long one does not fit any more");
    assert_eq!(after(4, 3_000).await, (vec![5], true), "at least one, however long");
    assert_eq!(after(4, 10_000).await, (vec![5, 6], false));
    assert_eq!(newest(3_000).await, [6], "the long one does not fit any more");
    assert_eq!(newest(10_000).await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(before(6, 3_000).await, [5], "at least one, however long");
    assert_eq!(before(5, 1_000).await, [3, 4], "the newest of them");
}

pub(super) async fn shows_what_was_said(stage: &mut Stage) {
    let who = visitor(1);
    let room = stage.make_room("방", 10, &who).await.id;
    let shown = stage.store.append(stage.entry(&room, &who, gif("a.gif", 77))).await.unwrap();
    let page = stage
        .store
        .history(&room, HistoryQuery::Newest { limit: 1, bytes_max: 0 }, None)
        .await
        .unwrap();
    let entry: &Entry = &page.entries[0];
    assert_eq!((&entry.id, entry.seq, entry.created_at), (&shown.id, shown.seq, stage.now));
    let Message::Said { by, body, .. } = &entry.message else { panic!("{entry:?}") };
    assert_eq!(by.author, page.participants[0].author);
    assert_eq!(by.colour, page.participants[0].colour);
    assert_eq!(*body, gif("a.gif", 77));
    assert!(matches!(body, Body::Gif(_)));
    assert_eq!(word(&entry.message), "a.gif");
}

fn places(page: &HistoryPage) -> Vec<u64> {
    page.entries.iter().map(|entry| entry.seq).collect()
}
