//! Who is who in a room.

use rusqlite::{Connection, params};

use super::rows::{at_most_one, exists, identity, refused, unavailable};
use crate::chat::{
    AliasNumber, AuthorId, ChatError, Colour, Identity, RoomId, SessionId, StoreError,
};

/// How many salted colours are tried before two people share one: `id`, `id#1` … `id#64`.
const COLOUR_TRIES: u32 = 64;

/// Who a visitor is in a room that they have entered before.
pub(super) fn of_session(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
) -> Result<Identity, StoreError> {
    let query = "SELECT author, colour, alias FROM identities WHERE room = ?1 AND session = ?2";
    let mut select = connection.prepare_cached(query).map_err(unavailable)?;
    select.query_row([room.as_str(), session.as_str()], |row| identity(row, 0)).map_err(unavailable)
}

/// Somebody who ever entered a room, and their session; nothing for a stranger.
pub(super) fn of_author(
    connection: &Connection,
    room: &RoomId,
    author: &AuthorId,
) -> Result<Option<(Identity, SessionId)>, StoreError> {
    let query = "SELECT author, colour, alias, session FROM identities
                 WHERE room = ?1 AND author = ?2";
    let mut select = connection.prepare_cached(query).map_err(unavailable)?;
    let found = select.query_row([room.as_str(), author.as_str()], |row| {
        Ok((identity(row, 0)?, super::rows::session_id(row, 3)?))
    });
    at_most_one(found)
}

/// Gives somebody who is here for the first time a colour and an alias that nobody else ever had in
/// this room. With more people than `color-hash` can tell apart, colours repeat; aliases never do.
pub(super) fn choose_identity(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
    author: &AuthorId,
) -> Result<(), StoreError> {
    let known = "SELECT 1 FROM identities WHERE room = ?1 AND session = ?2";
    if exists(connection, known, params![room.as_str(), session.as_str()])? {
        return Ok(());
    }
    let colour = free_colour(connection, room, session)?;
    let alias = free_alias(connection, room, author)?;
    connection
        .execute(
            "INSERT INTO identities (room, session, author, colour, alias)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![room.as_str(), session.as_str(), author.as_str(), colour.to_string(), alias],
        )
        .map_err(unavailable)?;
    Ok(())
}

fn free_colour(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
) -> Result<Colour, StoreError> {
    let taken = "SELECT 1 FROM identities WHERE room = ?1 AND colour = ?2";
    let own = Colour::of(session.as_str());
    let salted = (1..=COLOUR_TRIES).map(|salt| Colour::of(&format!("{}#{salt}", session.as_str())));
    for colour in std::iter::once(own).chain(salted) {
        if !exists(connection, taken, params![room.as_str(), colour.to_string()])? {
            return Ok(colour);
        }
    }
    Ok(own)
}

/// Starts at a place that the author's id gives, and takes the first alias after it that is free.
fn free_alias(
    connection: &Connection,
    room: &RoomId,
    author: &AuthorId,
) -> Result<u32, StoreError> {
    let taken = "SELECT 1 FROM identities WHERE room = ?1 AND alias = ?2";
    let start = author.as_str().get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let start = start.unwrap_or_default() % AliasNumber::PAIRS;
    for round in 0.. {
        for step in 0..AliasNumber::PAIRS {
            // An odd stride visits every pair once: neighbours do not share their first word.
            let pair = (start + step * ALIAS_STRIDE) % AliasNumber::PAIRS;
            let alias = round * AliasNumber::PAIRS + pair;
            if !exists(connection, taken, params![room.as_str(), alias])? {
                return Ok(alias);
            }
        }
    }
    refused(ChatError::RoomFull)
}

/// Odd, so that it shares no factor with the number of pairs (4,096).
const ALIAS_STRIDE: u32 = 1_237;
