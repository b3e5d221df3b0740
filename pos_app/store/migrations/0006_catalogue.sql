-- What is offered: a brand in one region, or a merchant, with its products packed into one text.
CREATE TABLE shelf (
    provider TEXT NOT NULL,
    currency TEXT NOT NULL,
    key TEXT NOT NULL,
    head TEXT NOT NULL,
    products TEXT NOT NULL,
    PRIMARY KEY (provider, currency, key)
);

-- The products of a list that is being read; what was read as a whole is on the shelves, and not here any more.
ALTER TABLE product ADD COLUMN currency TEXT NOT NULL DEFAULT '';
ALTER TABLE product ADD COLUMN shelf TEXT NOT NULL DEFAULT '';
CREATE INDEX product_by_shelf ON product (provider, currency, shelf);
