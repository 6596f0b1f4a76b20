//! Orders about the same thing (R52).

/// Category and street of an order never change. An order that was registered before this step has them
/// in its state.
pub(super) const ALIKE: &str = "
ALTER TABLE orders ADD COLUMN category TEXT;
ALTER TABLE orders ADD COLUMN street TEXT;
ALTER TABLE orders ADD COLUMN one_of_many INTEGER;
UPDATE orders SET category = state ->> '$.category', street = state ->> '$.street';
CREATE INDEX orders_alike ON orders (category, district, street, registered_at)
    WHERE category IS NOT NULL AND stage <> 'closed';
";
