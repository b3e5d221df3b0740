-- Plain SQL that SQLite and PostgreSQL both understand: TEXT and BIGINT only, ids made by us.

CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE entry (
    register TEXT NOT NULL,
    seq BIGINT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    order_id TEXT NOT NULL,
    n BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    link TEXT NOT NULL,
    PRIMARY KEY (register, seq),
    UNIQUE (order_id, n)
);

-- The key of each order, wrapped by the store key. Deleting one purges what it sealed.
CREATE TABLE order_key (order_id TEXT PRIMARY KEY, wrapped TEXT NOT NULL);

-- An order some process is working on at this moment. A lease that ran out is nobody's.
CREATE TABLE lease (order_id TEXT PRIMARY KEY, holder TEXT NOT NULL, until TEXT NOT NULL);

-- Which of our orders a provider's order belongs to: never two.
CREATE TABLE claim (
    account TEXT NOT NULL,
    provider_order_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    PRIMARY KEY (account, provider_order_id)
);

CREATE TABLE counter (name TEXT PRIMARY KEY, value BIGINT NOT NULL);

-- Rows below are written with the entry they follow from and can be made again from the journal.

CREATE TABLE order_row (
    order_id TEXT PRIMARY KEY,
    sale_id TEXT NOT NULL,
    sale_number TEXT NOT NULL,
    position BIGINT NOT NULL,
    at TEXT NOT NULL,
    register TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    provider TEXT NOT NULL,
    account TEXT NOT NULL,
    item TEXT NOT NULL,
    brand TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    price_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    recipient_hint TEXT NOT NULL,
    phase TEXT NOT NULL,
    waits BIGINT NOT NULL,
    provider_order_no TEXT NOT NULL,
    n BIGINT NOT NULL
);
CREATE INDEX order_row_by_time ON order_row (at, order_id);
CREATE INDEX order_row_by_sale ON order_row (sale_id, position);
CREATE INDEX order_row_by_number ON order_row (sale_number);
CREATE INDEX order_row_by_provider_no ON order_row (provider_order_no);
CREATE INDEX order_row_by_phase ON order_row (phase);
CREATE INDEX order_row_by_waits ON order_row (waits, at, order_id);

CREATE TABLE card_row (
    order_id TEXT NOT NULL,
    card_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    rest_digest TEXT NOT NULL,
    last_four TEXT NOT NULL,
    provider TEXT NOT NULL,
    item TEXT NOT NULL,
    has_pin BIGINT NOT NULL,
    PRIMARY KEY (order_id, card_id)
);
CREATE INDEX card_row_by_digest ON card_row (digest);
CREATE INDEX card_row_by_last_four ON card_row (last_four);
CREATE INDEX card_row_by_item ON card_row (provider, item, has_pin);

-- What the providers sell, as last read: one row a product, its description as JSON.
CREATE TABLE product (
    provider TEXT NOT NULL,
    item TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (provider, item)
);
