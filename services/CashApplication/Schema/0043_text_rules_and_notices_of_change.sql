-- Rules about texts of payments are found by their first word.
create index profile_traits_text on profile_traits (legal_entity, (split_part(key, ' ', 1))) where trait = 'text';
