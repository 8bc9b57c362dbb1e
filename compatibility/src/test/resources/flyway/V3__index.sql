create index concurrently item_amount on item (amount);
