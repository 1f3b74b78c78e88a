//! Changes: entries of their own that leave each message in one final state.

use std::time::Duration;

use gif_chat::chat::{
    Append, Body, ChangeKind, ChangeRequest, Changed, ChatError, Emoji, Entry, Excerpt,
    HistoryQuery, Limits, Message, MessageText, More, RoomId, SessionId, StoreError, Wish,
};
use tokio::task::JoinSet;

use super::stage::{Stage, gif, refusal, text, visitor, word};

fn edit(said: &str) -> Wish {
    Wish::Edit(MessageText::parse(said, &Limits::default()).unwrap())
}

fn react(emoji: &str, on: bool) -> Wish {
    Wish::React { emoji: Emoji::parse(emoji).unwrap(), on }
}

impl Stage {
    async fn try_change(
        &self,
        room: &RoomId,
        who: &SessionId,
        of: u64,
        wish: Wish,
    ) -> Result<Changed, StoreError> {
        let seat = self.lone_request(room, who);
        self.store.change(ChangeRequest { seat, of, wish }).await
    }

    async fn change(&self, room: &RoomId, who: &SessionId, of: u64, wish: Wish) -> Changed {
        self.try_change(room, who, of, wish).await.unwrap()
    }

    /// Why a change is refused.
    async fn reason(&self, room: &RoomId, who: &SessionId, of: u64, wish: Wish) -> String {
        match refusal(self.try_change(room, who, of, wish).await) {
            ChatError::Invalid { field, reason } => format!("{field}: {}", reason.code),
            other => other.code().to_owned(),
        }
    }

    /// Every entry after a `seq`.
    async fn entries_after(&self, room: &RoomId, seq: u64) -> Vec<Entry> {
        let query = HistoryQuery::After { seq, limit: 1_000, bytes_max: usize::MAX };
        self.store.history(room, query, None).await.unwrap().entries
    }

    /// What a page and a resume say of one message: the same.
    async fn message(&self, room: &RoomId, seq: u64) -> Message {
        let page = self.newest(room).await.entries.into_iter().find(|entry| entry.seq == seq);
        let resumed = self.entries_after(room, seq - 1).await.into_iter().next();
        assert_eq!(page, resumed);
        page.unwrap().message
    }

    async fn more(&self, room: &RoomId, seq: u64) -> More {
        match self.message(room, seq).await {
            Message::Said { more, .. } => *more,
            other => panic!("{seq} is {other:?}"),
        }
    }

    /// The emojis of a message, and by how many people.
    async fn reactions(&self, room: &RoomId, seq: u64) -> Vec<(String, usize)> {
        let reactions = self.more(room, seq).await.reactions.into_iter();
        reactions.map(|one| (one.emoji.as_str().to_owned(), one.by.len())).collect()
    }
}

pub(super) async fn leave_messages_in_their_final_state(stage: &mut Stage) {
    let (one, two) = (visitor(1), visitor(2));
    let room = stage.make_room("방", 10, &one).await.id;
    stage.sit(&room, &one).await;
    let said = stage.say(&room, &two, "처음").await.seq;
    stage.told();
    stage.advance(Duration::from_secs(1));
    let first = stage.change(&room, &two, said, edit("둘째")).await;
    stage.advance(Duration::from_secs(1));
    let second = stage.change(&room, &two, said, edit("셋째")).await;
    assert_eq!((first.seq, second.seq), (said + 1, said + 2));
    assert_eq!(stage.change(&room, &two, said, edit("셋째")).await, second, "nothing is different");
    stage.change(&room, &one, said, react("👍", true)).await;
    stage.change(&room, &two, said, react("👍", true)).await;
    stage.change(&room, &two, said, react("🎉", true)).await;
    stage.change(&room, &one, said, react("👍", false)).await;
    let told = stage.told_entries();
    let words = ["edit 3", "edit 3", "reaction 3", "reaction 3", "reaction 3", "reaction 3"];
    assert_eq!(told, (4..).zip(words.map(str::to_owned)).collect::<Vec<_>>(), "told in order");

    assert_eq!(word(&stage.message(&room, said).await), "셋째");
    assert_eq!(stage.more(&room, said).await.edited_at, Some(second.created_at));
    let reactions = [("👍".to_owned(), 1), ("🎉".to_owned(), 1)];
    assert_eq!(stage.reactions(&room, said).await, reactions);
    let log = stage.log(&room).await;
    assert_eq!(log.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [1, 2, 3], "messages only");
    let entries = stage.entries_after(&room, 0).await;
    assert_eq!(
        entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(),
        (1..=9).collect::<Vec<_>>()
    );
    for entry in &entries[3..5] {
        let Message::Changed(change) = &entry.message else { panic!("{entry:?}") };
        assert_eq!(change.kind, edit_now("셋째"), "no old text, whichever edit it was");
    }

    let removed = stage.change(&room, &one, said, Wish::Delete).await;
    assert_eq!(stage.change(&room, &two, said, Wish::Delete).await, removed, "once");
    assert!(matches!(stage.message(&room, said).await, Message::Removed { by_owner: true, .. }));
    for entry in &stage.entries_after(&room, 3).await[..2] {
        let Message::Changed(change) = &entry.message else { panic!("{entry:?}") };
        assert_eq!(change.kind, ChangeKind::Edit(None), "its edits say nothing any more");
    }
}

fn edit_now(said: &str) -> ChangeKind {
    ChangeKind::Edit(Some(MessageText::parse(said, &Limits::default()).unwrap()))
}

pub(super) async fn that_are_refused_leave_nothing(stage: &mut Stage) {
    let (owner, one, stranger) = (visitor(1), visitor(2), visitor(3));
    let room = stage.make_room("방", 10, &owner).await.id;
    stage.sit(&room, &owner).await;
    let said = stage.say(&room, &one, "말").await.seq;
    let shown = stage.show(&room, &one, "a.gif").await.seq;
    let gone = stage.say(&room, &one, "없어질 말").await.seq;
    let change = stage.change(&room, &one, gone, Wish::Delete).await.seq;
    stage.told();
    for (who, of, wish, reason) in [
        (&owner, said, edit("남의 말"), "seq: not_yours"),
        (&stranger, said, edit("남의 말"), "seq: not_yours"),
        (&stranger, said, Wish::Delete, "seq: not_yours"),
        (&one, shown, edit("말"), "seq: not_text"),
        (&one, gone, edit("또"), "seq: no_message"),
        (&one, gone, react("👍", true), "seq: no_message"),
        (&stranger, gone, Wish::Delete, "seq: not_yours"),
        (&one, 1, react("👍", true), "seq: no_message"),
        (&owner, 1, Wish::Delete, "seq: no_message"),
        (&one, change, Wish::Delete, "seq: no_message"),
        (&one, change + 1, Wish::Delete, "seq: no_message"),
        (&one, 0, Wish::Delete, "seq: no_message"),
        (&one, u64::MAX, react("👍", false), "seq: no_message"),
    ] {
        assert_eq!(stage.reason(&room, who, of, wish.clone()).await, reason, "{of} {wish:?}");
    }
    let nowhere = RoomId::parse(&"0".repeat(32)).unwrap();
    assert_eq!(stage.reason(&nowhere, &one, 1, Wish::Delete).await, "not_found");
    assert!(stage.told().is_empty());
    assert_eq!(stage.newest(&room).await.head, change);
    assert_eq!(stage.count(&room).await, 2, "the stranger took no seat");
    assert_eq!(word(&stage.message(&room, said).await), "말");
}

pub(super) async fn are_bounded_for_each_message(stage: &mut Stage) {
    let who: Vec<SessionId> = (0..11).map(visitor).collect();
    let room = stage.make_room("방", 100, &who[0]).await.id;
    let said = stage.say(&room, &who[0], "말").await.seq;
    let emojis: Vec<String> =
        "👍🎉😀😎🚀🌈🍕🍜🎸🐳🦊🌵🔥💧🍎🎈🎁🏆🎯🧩🪁".chars().map(String::from).collect();
    for emoji in &emojis[..20] {
        stage.change(&room, &who[0], said, react(emoji, true)).await;
    }
    let full = "emoji: reactions_full";
    assert_eq!(stage.reason(&room, &who[1], said, react(&emojis[20], true)).await, full);
    for one in &who[1..10] {
        for emoji in &emojis[..20] {
            stage.change(&room, one, said, react(emoji, true)).await;
        }
    }
    let head = stage.newest(&room).await.head;
    assert_eq!(stage.reason(&room, &who[10], said, react("👍", true)).await, full);
    assert_eq!(stage.newest(&room).await.head, head);
    stage.change(&room, &who[4], said, react("👍", false)).await;
    // Many at once: one of them finds the place.
    let mut asking = JoinSet::new();
    for number in 20..40 {
        let seat = stage.lone_request(&room, &visitor(number));
        let request = ChangeRequest { seat, of: said, wish: react("👍", true) };
        let store = stage.store.clone();
        asking.spawn(async move { store.change(request).await.is_ok() });
    }
    let done = asking.join_all().await;
    assert_eq!(done.iter().filter(|done| **done).count(), 1);
    let counts = stage.reactions(&room, said).await.into_iter();
    assert_eq!(counts.map(|(_, count)| count).sum::<usize>(), 200);
}

pub(super) async fn are_seen_in_quotes(stage: &mut Stage) {
    let (one, two) = (visitor(1), visitor(2));
    let room = stage.make_room("방", 10, &one).await.id;
    let said = stage.say(&room, &one, &"가".repeat(300)).await.seq;
    let shown = stage.show(&room, &one, "a.gif").await.seq;
    let mut replies = Vec::new();
    for seq in [said, shown] {
        let reply = Append { reply_to: Some(seq), ..stage.entry(&room, &two, text("답")) };
        replies.push(stage.store.append(reply).await.unwrap().seq);
    }
    let quote = async |stage: &Stage, seq| stage.more(&room, seq).await.quote.unwrap();
    assert_eq!(quote(stage, replies[0]).await.excerpt, Some(Excerpt::Text("가".repeat(200))));
    stage.change(&room, &one, said, edit("고침")).await;
    assert_eq!(quote(stage, replies[0]).await.excerpt, Some(Excerpt::Text("고침".to_owned())));
    let picture = quote(stage, replies[1]).await.excerpt;
    assert!(matches!(picture, Some(Excerpt::Gif(gif)) if gif.name == "a.gif"));
    for (seq, reply) in [said, shown].into_iter().zip(&replies) {
        let removed = stage.change(&room, &one, seq, Wish::Delete).await;
        let gifs: &[&str] = if seq == shown { &["a.gif"] } else { &[] };
        assert_eq!(removed.unreferenced_gifs, gifs);
        let left = quote(stage, *reply).await;
        assert_eq!((left.seq, left.excerpt), (seq, None));
    }
    assert!(!stage.store.shows_gif("a.gif").await.unwrap());
}

pub(super) async fn do_not_confuse_retries(stage: &mut Stage) {
    let who = visitor(1);
    let room = stage.make_room("방", 10, &who).await.id;
    let mut entries = Vec::new();
    for (body, name, wish) in [
        (text("하나"), "1", edit("고침")),
        (text("둘"), "2", Wish::Delete),
        (gif("셋.gif", 1), "3", Wish::Delete),
    ] {
        let entry = stage.named_entry(&room, &who, body, name);
        let first = stage.store.append(entry.clone()).await.unwrap();
        stage.change(&room, &who, first.seq, wish).await;
        entries.push((entry, first));
    }
    let other = |name| stage.named_entry(&room, &who, text("다른 말"), name);
    let others = ["1", "2", "3"].map(other);
    for leaves_log in [false, true] {
        let head = stage.newest(&room).await.head;
        for ((entry, first), other) in entries.iter().zip(&others) {
            assert_eq!(stage.store.append(entry.clone()).await.unwrap(), *first);
            let answer = stage.store.append(other.clone()).await;
            assert_eq!(refusal(answer), ChatError::Conflict);
        }
        assert_eq!(stage.newest(&room).await.head, head, "nothing comes back");
        assert!(!stage.store.shows_gif("셋.gif").await.unwrap());
        if !leaves_log {
            let mut last = stage.entry(&room, &who, text("끝"));
            last.seat.history.entries_max = 1;
            stage.store.append(last).await.unwrap();
            assert_eq!(stage.newest(&room).await.first, head + 1, "all else has left the log");
        }
    }
    let same_as_edited = stage.named_entry(&room, &who, text("고침"), "1");
    assert_eq!(refusal(stage.store.append(same_as_edited).await), ChatError::Conflict);
}

/// A room that keeps few entries lets a message go with all that was done to it.
pub(super) async fn leave_the_log_with_the_oldest(stage: &mut Stage) {
    let who = visitor(1);
    let room = stage.make_room("방", 10, &who).await.id;
    let body: Body = text("말");
    let said = stage.store.append(stage.entry(&room, &who, body)).await.unwrap().seq;
    for emoji in ["👍", "🎉", "😀"] {
        let mut seat = stage.lone_request(&room, &who);
        seat.history.entries_max = 3;
        let request = ChangeRequest { seat, of: said, wish: react(emoji, true) };
        let changed = stage.store.change(request).await;
        // The third pushes its own message out.
        assert!(changed.is_ok(), "{emoji}: {changed:?}");
    }
    let page = stage.newest(&room).await;
    assert_eq!((page.first, page.head), (said + 1, said + 3));
    assert!(page.entries.is_empty(), "only changes are left: {page:?}");
    assert_eq!(stage.entries_after(&room, said).await.len(), 3);
    assert_eq!(stage.reason(&room, &who, said, Wish::Delete).await, "seq: no_message");
    stage.say(&room, &who, "다음").await;
}
