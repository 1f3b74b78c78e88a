//! Seats: one per visitor, never more than there are, kept for a grace.

use std::time::Duration;

use gif_chat::chat::{ChatError, Event, Origin, SeatRequest, StoreError};
use tokio::task::JoinSet;

use super::stage::{ALMOST_GRACE, GRACE, Stage, refusal, text, visitor};

pub(super) async fn belong_to_visitors(stage: &mut Stage) {
    let (maker, guest) = (visitor(1), visitor(2));
    let room = stage.make_room("방", 2, &maker).await.id;
    assert_eq!(stage.count(&room).await, 0, "making a room takes no seat");
    stage.told();
    let asked = SeatRequest { origin: Some(Origin(7)), ..stage.request(&room, &guest) };
    let seat = stage.store.take_seat(asked).await.unwrap();
    let told = stage.told();
    let Event::Announced(entry) = &told[0] else { panic!("{told:?}") };
    assert_eq!(entry.except, Some(Origin(7)));
    let people = entry.people.as_ref().unwrap();
    assert_eq!((people.count, &people.participant), (1, &seat.participant));
    assert_eq!(people.participants.as_deref(), Some(&[seat.participant.clone()][..]));
    assert!(matches!(&told[1], Event::RoomChanged(room) if room.count == 1));

    let another = stage.sit(&room, &guest).await;
    assert_eq!(another.participant, seat.participant, "another tab is the same seat");
    assert_eq!(stage.told_entries(), [], "and is announced to nobody");
    stage.say(&room, &guest, "안녕").await;
    assert_eq!(stage.count(&room).await, 1);

    stage.sit(&room, &maker).await;
    let third = stage.store.take_seat(stage.request(&room, &visitor(3))).await;
    assert_eq!(refusal(third), ChatError::RoomFull);
    let third = stage.store.append(stage.entry(&room, &visitor(3), text("나도"))).await;
    assert_eq!(refusal(third), ChatError::RoomFull);
    stage.sit(&room, &guest).await;
    assert_eq!(stage.count(&room).await, 2);
}

pub(super) async fn are_not_freed_by_a_late_release(stage: &mut Stage) {
    let (owner, guest) = (visitor(1), visitor(2));
    let room = stage.make_room("방", 10, &owner).await.id;
    stage.sit(&room, &owner).await;
    let old = stage.sit(&room, &guest).await;
    let new = stage.sit(&room, &guest).await;
    assert!(new.generation > old.generation);
    stage.told();
    stage.leave(&room, &guest, old.generation).await;
    stage.drop_connection(&room, &guest, old.generation).await;
    stage.advance(GRACE * 2);
    stage.settle().await;
    assert_eq!(stage.count(&room).await, 2, "the newer connection holds the seat");
    assert_eq!(stage.told_entries(), []);
    assert!(stage.newest(&room).await.participants.iter().all(|seated| !seated.away));

    // Not even after the seat was free in between: generations never repeat.
    stage.leave(&room, &guest, new.generation).await;
    assert_eq!(stage.count(&room).await, 1);
    let newest = stage.sit(&room, &guest).await;
    assert!(newest.generation > new.generation);
    stage.leave(&room, &guest, new.generation).await;
    assert_eq!(stage.count(&room).await, 2);
    stage.leave(&room, &guest, newest.generation).await;
    stage.leave(&room, &guest, newest.generation).await;
    assert_eq!(stage.count(&room).await, 1);
    let kinds: Vec<_> = stage.told_entries().into_iter().map(|(_, kind)| kind).collect();
    assert_eq!(kinds, ["exit", "join", "exit"], "each once");
}

pub(super) async fn are_kept_for_a_grace(stage: &mut Stage) {
    let (holder, guest, lone) = (visitor(1), visitor(2), visitor(3));
    let room = stage.make_room("방", 3, &holder).await.id;
    stage.sit(&room, &holder).await;
    let seat = stage.sit(&room, &guest).await;
    stage.told();
    stage.drop_connection(&room, &guest, seat.generation).await;
    let kept = stage.newest(&room).await.participants;
    assert_eq!(kept.iter().map(|seated| seated.away).collect::<Vec<_>>(), [false, true]);
    stage.advance(ALMOST_GRACE);
    stage.settle().await;
    let seat = stage.sit(&room, &guest).await;
    assert!(!seat.participant.away);
    stage.advance(GRACE * 2);
    stage.settle().await;
    assert_eq!(stage.told_entries(), [], "a refresh is no leave");

    // A seat without a connection ends one grace after its last request.
    stage.say(&room, &lone, "하나").await;
    stage.advance(ALMOST_GRACE);
    stage.say(&room, &lone, "둘").await;
    stage.advance(ALMOST_GRACE);
    stage.settle().await;
    assert_eq!(stage.count(&room).await, 3);
    stage.advance(Duration::from_millis(1));
    stage.settle().await;
    assert_eq!(stage.count(&room).await, 2);
    let words: Vec<_> = stage.told_entries().into_iter().map(|(_, word)| word).collect();
    assert_eq!(words, ["join", "하나", "둘", "exit"]);

    // A request beside a connection shortens nothing.
    stage.say(&room, &guest, "셋").await;
    stage.advance(GRACE * 2);
    stage.settle().await;
    assert_eq!(stage.count(&room).await, 2);

    // A seat whose grace is over keeps nobody out, even before it has been settled.
    let seat = stage.sit(&room, &guest).await;
    stage.sit(&room, &lone).await;
    stage.drop_connection(&room, &guest, seat.generation).await;
    stage.advance(GRACE);
    stage.sit(&room, &visitor(4)).await;
    assert_eq!(stage.count(&room).await, 3);
}

/// Fifty visitors ask for the last seats at the same time, in many rounds.
pub(super) async fn never_exceed_the_maximum(stage: &mut Stage) {
    let maker = visitor(0);
    for round in 0..40_u32 {
        let seats = 2 + round % 9;
        let room = stage.make_room("방", i64::from(seats), &maker).await.id;
        stage.sit(&room, &maker).await;
        let mut joins = JoinSet::new();
        for number in 1..=50 {
            let (store, who) = (stage.store.clone(), visitor(round * 100 + number));
            // Half of them by a socket, half by saying something.
            let request = stage.request(&room, &who);
            let entry = stage.entry(&room, &who, text("안녕"));
            joins.spawn(async move {
                let answer = match number % 2 {
                    0 => store.take_seat(request).await.map(|_seat| ()),
                    _ => store.append(entry).await.map(|_appended| ()),
                };
                match answer {
                    Ok(()) => true,
                    Err(StoreError::Refused(ChatError::RoomFull)) => false,
                    Err(other) => panic!("{other}"),
                }
            });
        }
        let won = joins.join_all().await.into_iter().filter(|won| *won).count();
        assert_eq!(u32::try_from(won).unwrap(), seats - 1, "round {round}");
        assert_eq!(stage.count(&room).await, seats);
        assert_eq!(stage.newest(&room).await.participants.len(), won + 1);
        let counts: Vec<_> = stage.told().iter().filter_map(people_count).collect();
        assert!(counts.iter().all(|count| *count <= seats), "told a count above {seats}");
        assert_eq!(counts.len(), won + 1, "each entry is announced once");
    }
}

fn people_count(event: &Event) -> Option<u32> {
    match event {
        Event::Announced(told) => told.people.as_ref().map(|people| people.count),
        _ => None,
    }
}
