-- Messages that have left their room's log while a retry of them may still come: what the first try
-- was answered, and a hash of what it said. They go with their room, or a day after they were said.
CREATE TABLE retries (
    room       TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    author     TEXT NOT NULL,
    client_id  TEXT NOT NULL,
    id         TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    content    BLOB NOT NULL,      -- SHA-256 over the id and what was said, cut to 16 bytes
    created_at INTEGER NOT NULL,
    PRIMARY KEY (room, author, client_id)
) STRICT, WITHOUT ROWID;

-- The oldest are forgotten first.
CREATE INDEX retries_by_age ON retries (room, seq);
