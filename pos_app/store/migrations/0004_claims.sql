-- What is claimed from the companies, by its number.
CREATE TABLE claimed_row (
    number TEXT PRIMARY KEY,
    order_id TEXT NOT NULL,
    closed BIGINT NOT NULL
);
CREATE INDEX claimed_row_by_order ON claimed_row (order_id);
CREATE INDEX claimed_row_open ON claimed_row (number) WHERE closed = 0;

-- Orders about which something may be claimed that none of their cards tells of.
ALTER TABLE order_row ADD COLUMN odd BIGINT NOT NULL DEFAULT 0;
CREATE INDEX order_row_odd ON order_row (at, order_id) WHERE odd = 1;

-- Finds a code in whatever spelling; empty for cards that older programs took in.
ALTER TABLE card_row ADD COLUMN plain_digest TEXT NOT NULL DEFAULT '';
CREATE INDEX card_row_by_plain_digest ON card_row (plain_digest);
