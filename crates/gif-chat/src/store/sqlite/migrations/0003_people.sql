ALTER TABLE rooms ADD COLUMN locked INTEGER NOT NULL DEFAULT 0;        -- 1: nobody new comes in
ALTER TABLE rooms ADD COLUMN slow_seconds INTEGER NOT NULL DEFAULT 0;  -- between two messages of one person
ALTER TABLE rooms ADD COLUMN closes_at INTEGER;                        -- when the owner closes it

CREATE INDEX rooms_by_closing ON rooms (closes_at) WHERE closes_at IS NOT NULL;

ALTER TABLE identities ADD COLUMN muted_until INTEGER;
ALTER TABLE identities ADD COLUMN last_said_at INTEGER;                -- kept while the room is slow
ALTER TABLE identities ADD COLUMN private_head INTEGER NOT NULL DEFAULT 0;  -- newest private_seq

-- Where addresses can be kept out: a keyed hash of the one that the seat was taken from.
ALTER TABLE seats ADD COLUMN network TEXT;

-- Further kinds of entries: the other system lines; and edit, delete and reaction, which change the
-- entry `target` and are not shown. `text` of a system line is a reason or a title, of a reaction its
-- emoji. The kind of a message that was removed is `removed`, with `number` = 1 if the owner did it.
ALTER TABLE entries ADD COLUMN target INTEGER;
ALTER TABLE entries ADD COLUMN by TEXT;         -- author id of who did it, where `author` is whom it concerns
ALTER TABLE entries ADD COLUMN until INTEGER;
ALTER TABLE entries ADD COLUMN number INTEGER;
ALTER TABLE entries ADD COLUMN edited_at INTEGER;
ALTER TABLE entries ADD COLUMN changed INTEGER; -- seq of its newest edit or removal
ALTER TABLE entries ADD COLUMN reactions INTEGER NOT NULL DEFAULT 0;  -- how many there are
ALTER TABLE entries ADD COLUMN said BLOB;       -- once it says something else: the hash of what was said first

CREATE TABLE reactions (
    room   TEXT NOT NULL,
    seq    INTEGER NOT NULL,  -- of the message
    emoji  TEXT NOT NULL,
    author TEXT NOT NULL,
    change INTEGER NOT NULL,  -- seq of the entry that gave it
    PRIMARY KEY (room, seq, emoji, author),
    FOREIGN KEY (room, seq) REFERENCES entries (room, seq) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Each whisper is there twice, once for each of its two people.
CREATE TABLE whispers (
    room        TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    reader      TEXT NOT NULL,     -- author id
    private_seq INTEGER NOT NULL,
    id          TEXT NOT NULL,
    anchor      INTEGER NOT NULL,  -- the room's newest seq when it was said
    author      TEXT NOT NULL,
    recipient   TEXT NOT NULL,
    text        TEXT NOT NULL,
    client_id   TEXT,              -- in the sender's copy
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (room, reader, private_seq)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX whispers_by_client_id ON whispers (room, reader, client_id)
    WHERE client_id IS NOT NULL;

-- Whose whispers somebody does not take.
CREATE TABLE blocks (
    room    TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    author  TEXT NOT NULL,
    blocked TEXT NOT NULL,
    PRIMARY KEY (room, author, blocked)
) STRICT, WITHOUT ROWID;

-- Who may not come in, until then. `network` is a keyed hash of an address, where the host allows it.
CREATE TABLE bans (
    room       TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    session    TEXT NOT NULL,
    network    TEXT,
    until      INTEGER NOT NULL,
    reason     TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (room, session)
) STRICT, WITHOUT ROWID;

CREATE INDEX bans_by_network ON bans (room, network) WHERE network IS NOT NULL;

CREATE TABLE invitations (
    room       TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    id         TEXT NOT NULL,
    token_hash TEXT NOT NULL,      -- SHA-256
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    uses       INTEGER NOT NULL,
    PRIMARY KEY (room, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX invitations_by_token ON invitations (room, token_hash);

CREATE TABLE reports (
    room       TEXT NOT NULL,
    seq        INTEGER NOT NULL,   -- of the message
    reporter   TEXT NOT NULL,      -- author id
    reason     TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (room, seq, reporter),
    FOREIGN KEY (room, seq) REFERENCES entries (room, seq) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
