-- Which card a barcode on the shelf stands for. `brand`, `region`, `face` (minor units; none for an
-- open amount) and `currency` tell of it when the company no longer sells just this item.
CREATE TABLE barcode (
    code TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    item TEXT NOT NULL,
    brand TEXT NOT NULL,
    region TEXT NOT NULL,
    face BIGINT,
    currency TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    at TEXT NOT NULL
);
