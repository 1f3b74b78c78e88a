CREATE TABLE meta (
    key   TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Times are milliseconds since 1970 in UTC. Ids are 32 hex characters.
CREATE TABLE rooms (
    id                TEXT PRIMARY KEY NOT NULL,
    title             TEXT NOT NULL,
    max               INTEGER NOT NULL,
    owner             TEXT NOT NULL,     -- the owner's session
    password_hash     TEXT,              -- argon2id in PHC format; NULL in an open room
    created_at        INTEGER NOT NULL,
    head              INTEGER NOT NULL,  -- newest seq; 0 in an empty log
    first             INTEGER NOT NULL,  -- oldest seq kept
    seat_generation   INTEGER NOT NULL,  -- counts up with every connection that takes a seat
    empty_until       INTEGER,           -- when the room ends; NULL while a seat is taken
    owner_claim_until INTEGER            -- until then it waits for its owner; NULL once that is over
) STRICT, WITHOUT ROWID;

CREATE INDEX rooms_by_owner ON rooms (owner);
-- What is due is found without looking at every room.
CREATE INDEX rooms_by_end ON rooms (empty_until) WHERE empty_until IS NOT NULL;
CREATE INDEX rooms_by_claim ON rooms (owner_claim_until) WHERE owner_claim_until IS NOT NULL;

-- Everybody who ever entered a room: colour and alias stay theirs for the room's life.
CREATE TABLE identities (
    room    TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    session TEXT NOT NULL,
    author  TEXT NOT NULL,
    colour  TEXT NOT NULL,
    alias   INTEGER NOT NULL,
    PRIMARY KEY (room, session)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX identities_by_author ON identities (room, author);
CREATE UNIQUE INDEX identities_by_alias ON identities (room, alias);
CREATE INDEX identities_by_colour ON identities (room, colour);

-- Who has been let into a secret room.
CREATE TABLE admissions (
    room    TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    session TEXT NOT NULL,
    PRIMARY KEY (room, session)
) STRICT, WITHOUT ROWID;

CREATE TABLE seats (
    room          TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    session       TEXT NOT NULL,
    since         INTEGER NOT NULL,
    grace_ends_at INTEGER,               -- NULL while a connection holds the seat
    generation    INTEGER NOT NULL,
    PRIMARY KEY (room, session)
) STRICT, WITHOUT ROWID;

CREATE INDEX seats_by_grace ON seats (grace_ends_at) WHERE grace_ends_at IS NOT NULL;

CREATE TABLE gifs (
    name   TEXT PRIMARY KEY NOT NULL,
    width  INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The log of each room. kind: text, gif, or a system line (join, exit, owner) about its author.
CREATE TABLE entries (
    room       TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    seq        INTEGER NOT NULL,
    id         TEXT NOT NULL,
    kind       TEXT NOT NULL,
    author     TEXT NOT NULL,
    text       TEXT,
    gif        TEXT REFERENCES gifs (name),
    client_id  TEXT,
    reply_to   INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX entries_by_client_id ON entries (room, author, client_id)
    WHERE client_id IS NOT NULL;
CREATE INDEX entries_by_gif ON entries (gif, room) WHERE gif IS NOT NULL;
