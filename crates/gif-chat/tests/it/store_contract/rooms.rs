//! Rooms: made, listed, entered, handed over, ended.

use std::time::Duration;

use gif_chat::chat::{ChatError, CloseReason, Event, HistoryQuery, NewRoom, RoomId};

use super::stage::{GRACE, Stage, refusal, visitor};

pub(super) async fn are_listed_and_entered(stage: &mut Stage) {
    let (maker, guest) = (visitor(1), visitor(2));
    let open = stage.make_room("열린 방", 3, &maker).await;
    assert!(matches!(&stage.told()[..], [Event::RoomMade(told)] if *told == open));
    assert_eq!((open.max, open.count, open.secret), (3, 0, false));
    assert_eq!(open.closes_at, Some(stage.now.plus(GRACE)), "nobody has entered it yet");

    stage.advance(Duration::from_millis(1));
    let secret = stage.make_secret_room("비밀방", &maker).await;
    let titles = |rooms: Vec<gif_chat::chat::RoomState>| {
        rooms.into_iter().map(|room| (room.title, room.secret)).collect::<Vec<_>>()
    };
    let listed = titles(stage.store.rooms().await.unwrap());
    assert_eq!(listed, [("비밀방".to_owned(), true), ("열린 방".to_owned(), false)]);

    let standing = |room: RoomId, who: gif_chat::chat::SessionId| {
        let asking = stage.asking(&who);
        let store = stage.store.clone();
        async move { store.standing(&room, &asking).await.unwrap() }
    };
    let makers = standing(secret.id.clone(), maker.clone()).await.unwrap();
    assert!(makers.admitted && makers.owner && !makers.seated);
    assert_eq!(makers.password_hash.as_deref(), Some("a hash"));
    let guests = standing(secret.id.clone(), guest.clone()).await.unwrap();
    assert!(!guests.admitted && !guests.owner && !guests.seated);
    assert!(standing(open.id.clone(), guest.clone()).await.unwrap().admitted, "an open room");

    let early = stage.store.take_seat(stage.request(&secret.id, &guest)).await;
    assert_eq!(refusal(early), ChatError::NotAdmitted);
    stage.store.admit(&secret.id, &guest).await.unwrap();
    stage.store.admit(&secret.id, &guest).await.unwrap();
    stage.sit(&secret.id, &guest).await;
    assert!(standing(secret.id.clone(), guest.clone()).await.unwrap().seated);

    let listed = |who| {
        let store = stage.store.clone();
        async move {
            let rooms = store.listed_rooms(&who).await.unwrap();
            rooms
                .into_iter()
                .map(|it| (it.room.title, it.room.fresh, it.admitted, it.seated))
                .collect::<Vec<_>>()
        }
    };
    let (secret_title, open_title) = ("비밀방".to_owned(), "열린 방".to_owned());
    for (who, admitted, seated) in
        [(maker.clone(), true, false), (guest, true, true), (visitor(3), false, false)]
    {
        let expected = [
            (secret_title.clone(), false, admitted, seated),
            (open_title.clone(), true, true, false),
        ];
        assert_eq!(listed(who).await, expected);
    }

    let third = NewRoom { rooms_open_max: 2, ..stage.new_room("셋째", 2, &maker) };
    assert!(matches!(refusal(stage.store.make_room(third).await), ChatError::TooFast { .. }));
    stage.store.close().await;
}

/// What is asked of a room that is not there is refused.
pub(super) async fn are_not_there_until_they_are_made(stage: &mut Stage) {
    let guest = visitor(1);
    let nowhere = RoomId::from_bytes([0; 16]);
    let standing = stage.store.standing(&nowhere, &stage.asking(&guest)).await.unwrap();
    assert!(standing.is_none());
    assert_eq!(refusal(stage.store.admit(&nowhere, &guest).await), ChatError::NotFound);
    let seat = stage.store.take_seat(stage.request(&nowhere, &guest)).await;
    assert_eq!(refusal(seat), ChatError::NotFound);
    let newest = HistoryQuery::Newest { limit: 1, bytes_max: 1 };
    let history = stage.store.history(&nowhere, newest, None).await;
    assert_eq!(refusal(history), ChatError::NotFound);
    assert!(stage.told().is_empty());
}

/// Goes on where [`are_listed_and_entered`] has left its folder.
pub(super) async fn give_an_earlier_run_one_grace(stage: &mut Stage) {
    let rooms = stage.store.rooms().await.unwrap();
    assert_eq!(rooms.len(), 2, "rooms outlive a restart");
    stage.advance(GRACE * 10);
    stage.store.begin_run(stage.now.plus(GRACE)).await.unwrap();
    for room in &rooms {
        let kept = stage.state(&room.id).await.unwrap();
        assert_eq!(kept.count, room.count, "a restart loses no seat");
        assert_eq!(kept.closes_at, Some(stage.now.plus(GRACE)));
    }
    let next_deadline = stage.settle().await.next_deadline;
    assert_eq!(next_deadline, Some(stage.now.plus(GRACE)));
    assert_eq!(stage.store.rooms().await.unwrap().len(), 2);
    stage.sit(&rooms[0].id, &visitor(2)).await;
    stage.advance(GRACE);
    stage.settle().await;
    let left = stage.store.rooms().await.unwrap();
    assert_eq!(left.len(), 1, "what nobody came back to is gone");
    assert_eq!(left[0].id, rooms[0].id);
}

pub(super) async fn are_removed_with_all_they_held(stage: &mut Stage) {
    let (owner, guest) = (visitor(1), visitor(2));
    let room = stage.make_room("방", 10, &owner).await.id;
    let other = stage.make_room("다른 방", 10, &owner).await.id;
    stage.sit(&room, &guest).await;
    stage.show(&room, &guest, "shared.gif").await;
    stage.show(&room, &guest, "own.gif").await;
    stage.show(&room, &guest, "own.gif").await;
    stage.show(&other, &guest, "shared.gif").await;
    assert!(stage.store.shows_gif("own.gif").await.unwrap());

    let strangers = stage.store.remove_room(&room, &guest).await;
    assert_eq!(refusal(strangers), ChatError::NotOwner);
    stage.told();
    let removed = stage.store.remove_room(&room, &owner).await.unwrap();
    assert_eq!(removed.unreferenced_gifs, ["own.gif"], "the other room still shows the shared one");
    assert!(!stage.store.shows_gif("own.gif").await.unwrap());
    assert!(stage.store.shows_gif("shared.gif").await.unwrap());
    let told = stage.told();
    assert!(
        matches!(&told[..], [Event::RoomRemoved { room: gone, reason: CloseReason::Owner }]
            if *gone == room),
        "{told:?}"
    );

    let again = stage.store.remove_room(&room, &owner).await;
    assert_eq!(refusal(again), ChatError::NotFound);
    let late = stage.store.append(stage.entry(&room, &guest, super::stage::text("늦게"))).await;
    assert_eq!(refusal(late), ChatError::NotFound);
    let removed = stage.store.remove_room(&other, &owner).await.unwrap();
    assert_eq!(removed.unreferenced_gifs, ["shared.gif"]);
}

pub(super) async fn end_when_their_time_is_over(stage: &mut Stage) {
    let (one, two) = (visitor(1), visitor(2));
    let empty = stage.make_room("빈 방", 10, &one).await.id;
    let empty_until = stage.now.plus(GRACE);
    let room = stage.make_room("방", 10, &one).await.id;
    let first = stage.sit(&room, &one).await;
    let second = stage.sit(&room, &two).await;
    stage.show(&room, &two, "shown.gif").await;
    assert_eq!(stage.settle().await.next_deadline, Some(empty_until));

    stage.advance(Duration::from_secs(10));
    stage.drop_connection(&room, &one, first.generation).await;
    assert_eq!(stage.closes_at(&room).await, None, "somebody is connected");
    let first_until = stage.now.plus(GRACE);
    stage.advance(Duration::from_secs(10));
    stage.drop_connection(&room, &two, second.generation).await;
    let closes_at = stage.now.plus(GRACE);
    assert_eq!(stage.closes_at(&room).await, Some(closes_at), "the last seat's");

    stage.advance(Duration::from_secs(10));
    assert_eq!(stage.settle().await.next_deadline, Some(first_until));
    assert!(stage.state(&empty).await.is_none(), "nobody has entered it for one grace");
    stage.advance(Duration::from_secs(10));
    assert_eq!(stage.settle().await.next_deadline, Some(closes_at));
    assert_eq!(stage.count(&room).await, 1, "the first seat's grace is over");

    stage.advance(Duration::from_millis(9_999));
    assert!(stage.settle().await.unreferenced_gifs.is_empty());
    assert!(stage.state(&room).await.is_some(), "not a moment too early");
    stage.advance(Duration::from_millis(1));
    stage.told();
    let settled = stage.settle().await;
    assert_eq!(settled.unreferenced_gifs, ["shown.gif"]);
    assert_eq!(settled.next_deadline, None);
    let told = stage.told();
    let [Event::RoomRemoved { reason, .. }] = &told[..] else {
        panic!("one grace, not two, and nobody is left to read an exit line: {told:?}");
    };
    assert_eq!(*reason, CloseReason::Empty);
}

pub(super) async fn are_handed_over(stage: &mut Stage) {
    let (owner, second, third) = (visitor(1), visitor(2), visitor(3));
    let room = stage.make_room("방", 10, &owner).await.id;
    let mut seats = Vec::new();
    for who in [&owner, &second, &third] {
        seats.push(stage.sit(&room, who).await);
        stage.advance(Duration::from_secs(1));
    }
    assert!(seats[0].participant.owner && !seats[1].participant.owner);

    stage.drop_connection(&room, &owner, seats[0].generation).await;
    stage.told();
    stage.advance(GRACE);
    stage.settle().await;
    assert_eq!(stage.told_entries(), [(4, "exit".to_owned()), (5, "owner".to_owned())]);
    let page = stage.newest(&room).await;
    assert_eq!(page.owner, seats[1].participant.author, "the longest-present one");
    assert_eq!(stage.state(&room).await.unwrap().owner_colour, seats[1].participant.colour);

    stage.sit(&room, &owner).await;
    assert_eq!(stage.newest(&room).await.owner, seats[1].participant.author, "it stays theirs");
    stage.told();
    stage.leave(&room, &second, seats[1].generation).await;
    assert_eq!(stage.told_entries(), [(7, "exit".to_owned()), (8, "owner".to_owned())]);
    assert_eq!(stage.newest(&room).await.owner, seats[2].participant.author, "at once");
    let closed = stage.store.remove_room(&room, &second).await;
    assert_eq!(refusal(closed), ChatError::NotOwner);
}

pub(super) async fn wait_for_a_maker_for_one_grace(stage: &mut Stage) {
    let (maker, guest, late) = (visitor(1), visitor(2), visitor(3));
    let room = stage.make_room("방", 10, &maker).await;
    let guests = stage.sit(&room.id, &guest).await;
    stage.sit(&room.id, &late).await;
    assert_eq!(stage.newest(&room.id).await.owner, room.owner, "the maker may still come");
    let settled = stage.settle().await;
    assert_eq!(settled.next_deadline, Some(stage.now.plus(GRACE)));
    stage.advance(GRACE);
    stage.told();
    stage.settle().await;
    assert_eq!(stage.told_entries(), [(3, "owner".to_owned())]);
    assert_eq!(stage.newest(&room.id).await.owner, guests.participant.author);

    let entered = stage.make_room("다른 방", 10, &maker).await;
    stage.sit(&entered.id, &guest).await;
    stage.sit(&entered.id, &maker).await;
    stage.advance(GRACE);
    stage.settle().await;
    assert_eq!(stage.newest(&entered.id).await.owner, entered.owner, "the maker came in time");
}
