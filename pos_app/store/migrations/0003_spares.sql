-- Whose a card is, so that those that are spare are found without opening every order.

ALTER TABLE card_row ADD COLUMN standing TEXT NOT NULL DEFAULT 'customer';
CREATE INDEX card_row_by_standing ON card_row (standing, provider, item);

-- Looks into a provider's books that showed nothing new since an order was sent, by the provider's clock.
CREATE TABLE empty_look (
    order_id TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (order_id, at)
);
