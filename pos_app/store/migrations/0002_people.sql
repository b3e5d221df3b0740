-- Who may decide. A PIN is kept as a slow, salted hash only. `wrong` counts the tries since a right one.

CREATE TABLE manager (
    name_key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    salt TEXT NOT NULL,
    hash TEXT NOT NULL,
    cost TEXT NOT NULL,
    added_at TEXT NOT NULL,
    wrong BIGINT NOT NULL,
    last_try TEXT NOT NULL
);
