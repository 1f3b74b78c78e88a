//! Whispers: kept for their two people, each with numbers of their own.

use gif_chat::chat::{
    AuthorId, ChatError, ClientId, Event, HistoryQuery, Limits, MessageText, PrivatePage,
    PrivateQuery, Reader, RoomId, SessionId, StoreError, WhisperRequest, Whispered,
};
use tokio::task::JoinSet;

use super::stage::{Stage, refusal, visitor};

/// More than any chapter but one whispers.
const KEPT_MAX: u64 = 1_000;

impl Stage {
    fn whisper_request(
        &self,
        room: &RoomId,
        (from, to): (&SessionId, &SessionId),
        said: &str,
    ) -> WhisperRequest {
        WhisperRequest {
            seat: self.lone_request(room, from),
            to: self.request(room, to).author,
            text: MessageText::parse(said, &Limits::default()).unwrap(),
            client_id: None,
            kept_max: KEPT_MAX,
        }
    }

    async fn try_whisper(
        &self,
        room: &RoomId,
        people: (&SessionId, &SessionId),
        said: &str,
    ) -> Result<Whispered, StoreError> {
        self.store.whisper(self.whisper_request(room, people, said)).await
    }

    async fn whisper(
        &self,
        room: &RoomId,
        people: (&SessionId, &SessionId),
        said: &str,
    ) -> Whispered {
        self.try_whisper(room, people, said).await.unwrap()
    }

    /// Why a whisper is refused.
    async fn unheard(&self, room: &RoomId, people: (&SessionId, &SessionId)) -> &'static str {
        match refusal(self.try_whisper(room, people, "?").await) {
            ChatError::Invalid { field: "to", reason } => reason.code,
            other => other.code(),
        }
    }

    /// What somebody reads of their whispers beside a part of the log.
    async fn private(
        &self,
        room: &RoomId,
        who: &SessionId,
        (query, private): (HistoryQuery, PrivateQuery),
    ) -> PrivatePage {
        let author: AuthorId = self.request(room, who).author;
        let reader = Reader { author, private, now: self.now };
        let page = self.store.history(room, query, Some(reader)).await.unwrap();
        page.personal.unwrap().private
    }

    async fn newest_private(&self, room: &RoomId, who: &SessionId) -> PrivatePage {
        let newest = HistoryQuery::Newest { limit: 100, bytes_max: usize::MAX };
        self.private(room, who, (newest, PrivateQuery::WithPage { before: u64::MAX })).await
    }

    async fn private_after(&self, room: &RoomId, who: &SessionId, after: u64) -> PrivatePage {
        let all = HistoryQuery::After { seq: 0, limit: 100, bytes_max: usize::MAX };
        self.private(room, who, (all, PrivateQuery::After(after))).await
    }
}

fn places(page: &PrivatePage) -> Vec<u64> {
    page.whispers.iter().map(|whisper| whisper.private_seq).collect()
}

pub(super) async fn are_for_two_people(stage: &mut Stage) {
    let [one, two, three] = [1, 2, 3].map(visitor);
    let room = stage.make_room("방", 10, &one).await.id;
    for who in [&one, &two, &three] {
        stage.sit(&room, who).await;
    }
    stage.told();
    let first = stage.whisper(&room, (&two, &three), "둘만").await;
    let second = stage.whisper(&room, (&three, &two), "그래").await;
    stage.say(&room, &one, "모두").await;
    let third = stage.whisper(&room, (&two, &one), "방장만").await;
    assert_eq!([first.private_seq, second.private_seq, third.private_seq], [1, 2, 3]);
    let authors = [&one, &two, &three].map(|who| stage.request(&room, who).author);
    let mut told = Vec::new();
    for event in stage.told() {
        if let Event::Whispered { reader, whisper } = event {
            let reader = authors.iter().position(|author| *author == reader).unwrap();
            told.push((reader, whisper.private_seq, whisper.anchor));
        }
    }
    assert_eq!(told, [(1, 1, 3), (2, 1, 3), (2, 2, 3), (1, 2, 3), (1, 3, 4), (0, 1, 4)]);
    for (who, texts) in
        [(&one, &["방장만"][..]), (&two, &["둘만", "그래", "방장만"]), (&three, &["둘만", "그래"])]
    {
        let page = stage.newest_private(&room, who).await;
        let read: Vec<_> = page.whispers.iter().map(|whisper| whisper.text.as_str()).collect();
        assert_eq!(read, texts);
        let count = u64::try_from(texts.len()).unwrap();
        assert_eq!((places(&page), page.head), ((1..=count).collect(), count), "without gaps");
        let resumed = stage.private_after(&room, who, 0).await;
        assert_eq!(resumed.whispers, page.whispers);
        assert_eq!(places(&stage.private_after(&room, who, count).await), Vec::<u64>::new());
    }
    assert_eq!(stage.newest(&room).await.head, 4, "a whisper is no entry");
    let other = stage.make_room("다른 방", 10, &two).await.id;
    stage.sit(&other, &two).await;
    assert_eq!(stage.newest_private(&other, &two).await.head, 0, "rooms count apart");
}

pub(super) async fn need_somebody_who_hears_them(stage: &mut Stage) {
    let [one, two, left, stranger] = [1, 2, 3, 4].map(visitor);
    let room = stage.make_room("방", 10, &one).await.id;
    for who in [&one, &two] {
        stage.sit(&room, who).await;
    }
    let seat = stage.sit(&room, &left).await;
    stage.leave(&room, &left, seat.generation).await;
    let head = stage.newest(&room).await.head;
    for nobody in [&left, &stranger] {
        assert_eq!(stage.unheard(&room, (&one, nobody)).await, "recipient_left");
        assert_eq!(stage.unheard(&room, (nobody, &visitor(9))).await, "recipient_left");
    }
    let authors = [&one, &two].map(|who| stage.request(&room, who).author);
    for on in [true, true, false, false] {
        stage.store.block(&room, &authors[1], &authors[0], on).await.unwrap();
        if on {
            assert_eq!(stage.unheard(&room, (&one, &two)).await, "recipient_blocks");
            stage.whisper(&room, (&two, &one), "나는 된다").await;
        } else {
            stage.whisper(&room, (&one, &two), "이제").await;
        }
    }
    let unknown = stage.request(&room, &stranger).author;
    let answer = stage.store.block(&room, &authors[0], &unknown, true).await;
    assert_eq!(refusal(answer).code(), "invalid");
    let answer = stage.store.block(&room, &unknown, &authors[0], true).await;
    assert_eq!(refusal(answer), ChatError::NotInRoom);
    assert_eq!(stage.newest(&room).await.head, head, "no seat for what was refused");
    assert_eq!(stage.newest_private(&room, &one).await.head, 4, "and no number");
}

pub(super) async fn are_kept_once_for_each_client_id(stage: &mut Stage) {
    let [one, two, three] = [1, 2, 3].map(visitor);
    let room = stage.make_room("방", 10, &one).await.id;
    for who in [&one, &two, &three] {
        stage.sit(&room, who).await;
    }
    let named = |stage: &Stage, people, said| {
        let client_id = Some(ClientId::parse("w").unwrap());
        WhisperRequest { client_id, ..stage.whisper_request(&room, people, said) }
    };
    // Fifty retries at once: one of them is the first, and all get its answer.
    let request = named(stage, (&one, &two), "한 번");
    let mut retries = JoinSet::new();
    for _ in 0..50 {
        let (store, request) = (stage.store.clone(), request.clone());
        retries.spawn(async move { store.whisper(request).await.unwrap() });
    }
    let mut answers = retries.join_all().await;
    answers.dedup();
    assert_eq!(answers.len(), 1);
    for other in [named(stage, (&one, &two), "두 번"), named(stage, (&one, &three), "한 번")] {
        assert_eq!(refusal(stage.store.whisper(other).await), ChatError::Conflict);
    }
    let theirs = stage.store.whisper(named(stage, (&two, &one), "나도")).await.unwrap();
    assert_ne!(theirs.id, answers[0].id, "a client id is its sender's own");
    for who in [&one, &two] {
        let page = stage.newest_private(&room, who).await;
        assert_eq!(places(&page), [1, 2]);
        let named: Vec<_> = page.whispers.iter().map(|one| one.client_id.is_some()).collect();
        assert_eq!(named, [*who == one, *who == two], "only its sender sees the name");
    }
}

pub(super) async fn are_read_in_pages_and_bounded(stage: &mut Stage) {
    let [one, two] = [1, 2].map(visitor);
    let room = stage.make_room("방", 10, &one).await.id;
    for who in [&one, &two] {
        stage.sit(&room, who).await;
    }
    for number in 0..5 {
        stage.whisper(&room, (&one, &two), &number.to_string()).await;
        stage.say(&room, &one, "사이").await;
    }
    // The whispers follow 2, 3, 4, 5 and 6; the log ends with 7.
    let page = async |stage: &Stage, seq, limit, before| {
        let older = HistoryQuery::Before { seq, limit, bytes_max: usize::MAX };
        places(&stage.private(&room, &two, (older, PrivateQuery::WithPage { before })).await)
    };
    assert_eq!(page(stage, 8, 3, u64::MAX).await, [4, 5], "those that follow 5, 6 or 7");
    assert_eq!(page(stage, 5, 2, 4).await, [2, 3], "those that follow 3 or 4");
    assert_eq!(page(stage, 3, 9, 2).await, [1], "the first page has all from the beginning");
    for number in 5..205 {
        stage.whisper(&room, (&one, &two), &number.to_string()).await;
    }
    let all = stage.private_after(&room, &two, 4).await;
    assert_eq!((places(&all), all.more), ((5..=204).collect(), true), "two hundred at once");
    let rest = stage.private_after(&room, &two, 5).await;
    assert_eq!((places(&rest), rest.more), ((6..=205).collect(), false));
    let newest = stage.newest_private(&room, &two).await;
    assert_eq!((places(&newest), newest.more), ((6..=205).collect(), true));

    let few = WhisperRequest { kept_max: 3, ..stage.whisper_request(&room, (&two, &one), "끝") };
    stage.store.whisper(few).await.unwrap();
    for who in [&one, &two] {
        let left = stage.private_after(&room, who, 0).await;
        assert_eq!((places(&left), left.head), (vec![204, 205, 206], 206), "the oldest are gone");
    }
}
