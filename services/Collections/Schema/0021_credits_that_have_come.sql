-- A credit is held back until its word has lowered the balance. What an instance of the version before has taken of
-- those words closed nothing: where the settlement is here, nothing is on its way any more.
update pending_allocations p set open = false
    from settlements s where s.id = p.allocation_id and s.kind = 'credit' and p.open;
