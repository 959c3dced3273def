-- In what order the parts of a legal entity's documents are settled, for issuing; null for the standard one. An older
-- version writes none: see the run book.
alter table legal_entities add column application_rules jsonb null;
