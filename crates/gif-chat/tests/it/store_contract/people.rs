//! Who is who in a room.

use std::collections::{HashMap, HashSet};

use gif_chat::chat::{Alias, Colour, SessionId};

use super::stage::{Stage, visitor};

pub(super) async fn have_colours_and_aliases_of_their_own(stage: &mut Stage) {
    let twins = of_one_colour(3);
    let room = stage.make_room("쌍둥이", 10, &twins[0]).await;
    assert_eq!(room.owner_colour, Colour::of(twins[0].as_str()), "the visitor's own colour");
    let second = stage.sit(&room.id, &twins[1]).await.participant;
    assert_eq!(second.colour, Colour::of(&format!("{}#1", twins[1].as_str())));
    let first = stage.sit(&room.id, &twins[0]).await.participant;
    assert_eq!((first.colour, &first.alias), (room.owner_colour, &room.owner_alias));
    let third = stage.sit(&room.id, &twins[2]).await.participant;
    let salted = (1..=64).map(|salt| Colour::of(&format!("{}#{salt}", twins[2].as_str())));
    let free = salted.into_iter().find(|colour| ![first.colour, second.colour].contains(colour));
    assert_eq!(Some(third.colour), free, "the first salted colour that is free");

    // Among all who ever entered, not only among those who are there.
    let room = stage.make_room("들락날락", 2, &visitor(0)).await.id;
    stage.sit(&room, &visitor(0)).await;
    let (mut colours, mut aliases) = (HashSet::new(), HashSet::<[String; 2]>::new());
    let words = |alias: Alias| [alias.ko, alias.en];
    for number in 1..=300 {
        let seat = stage.sit(&room, &visitor(number)).await;
        stage.leave(&room, &visitor(number), seat.generation).await;
        assert!(colours.insert(seat.participant.colour), "visitor {number} shares a colour");
        assert!(aliases.insert(words(seat.participant.alias)), "visitor {number} shares an alias");
    }
    assert_eq!(aliases.iter().map(|[korean, _]| korean).collect::<HashSet<_>>().len(), 300);
    assert_eq!(aliases.iter().map(|[_, english]| english).collect::<HashSet<_>>().len(), 300);
}

pub(super) async fn keep_what_they_were_given(stage: &mut Stage) {
    let twins = of_one_colour(2);
    let room = stage.make_room("방", 10, &visitor(0)).await.id;
    let other = stage.make_room("다른 방", 10, &visitor(0)).await.id;
    stage.sit(&room, &visitor(0)).await;
    let first = stage.sit(&room, &twins[0]).await;
    let second = stage.sit(&room, &twins[1]).await;
    stage.leave(&room, &twins[0], first.generation).await;
    stage.leave(&room, &twins[1], second.generation).await;
    let again = stage.sit(&room, &twins[1]).await.participant;
    assert_eq!(again.colour, second.participant.colour, "though the first one's is not in use");
    assert_eq!(again.alias, second.participant.alias);
    assert_eq!(again.author, second.participant.author);

    let elsewhere = stage.sit(&other, &twins[1]).await.participant;
    assert_ne!(elsewhere.author, again.author, "the same person is another author elsewhere");
    assert_eq!(elsewhere.colour, Colour::of(twins[1].as_str()), "where nobody else has it");
}

/// So many visitors whose session ids have the same colour.
fn of_one_colour(count: usize) -> Vec<SessionId> {
    let mut by_colour = HashMap::<Colour, Vec<SessionId>>::new();
    for number in 1_000_000.. {
        let session = visitor(number);
        let same = by_colour.entry(Colour::of(session.as_str())).or_default();
        same.push(session);
        if same.len() == count {
            return same.clone();
        }
    }
    unreachable!("there are fewer colours than numbers")
}
