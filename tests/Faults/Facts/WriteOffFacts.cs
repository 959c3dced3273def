namespace OrderToCash.Faults.Facts;

/// <summary>Something of a document was given up, or is owed after all.</summary>
/// <param name="Document">The invoice, or the receipt.</param>
/// <param name="Installment">0 of a receipt.</param>
/// <param name="Decision">The write-off or recovery; of a rest that is taken back the decision that gave it up.</param>
/// <param name="Run">The run that did it; null where somebody did it alone.</param>
public sealed record GivenUp(
    string Service, Guid Document, int Installment, long Version, Guid Decision, bool IsTakenBack, string Currency,
    decimal Amount, Guid? Run)
{
    /// <summary>By how much more is given up after it.</summary>
    public decimal Net => IsTakenBack ? -Amount : Amount;
}

/// <summary>A rest that a run is about.</summary>
public sealed record RunRest(Guid Run, Guid Document, int Installment, decimal Amount);

/// <summary>What a run says became of a rest.</summary>
public sealed record RunOutcome(Guid Run, Guid Document, int Installment, bool IsGivenUp);

/// <summary>How they are read.</summary>
internal static class WriteOffSql
{
    /// <summary>Of invoices, and of receipts.</summary>
    public const string GivenUp =
        "select @service as service, e.stream_id as document, " +
        "coalesce((e.data->'Item'->>'Installment')::int, 0) as installment, e.version, " +
        "coalesce(e.data->>'WriteOffId', e.data->>'RecoveryId', e.data->>'DecisionId', e.data->>'Undoes')::uuid " +
        "as decision, e.type in ('write_off_recovered', 'rest_write_off_reversed') as is_taken_back, " +
        "e.data->'Amount'->>'currency' as currency, (e.data->'Amount'->>'amount')::numeric as amount, " +
        "s.stream_id as run from mt_events e left join mt_events s on s.type = 'write_off_run_started' " +
        "and s.id::text = e.causation_id " +
        "where e.type in ('written_off', 'write_off_recovered', 'rest_written_off', 'rest_write_off_reversed')";

    public const string Rests =
        "select stream_id as run, coalesce(i->>'InvoiceId', i->>'ReceiptId')::uuid as document, " +
        "coalesce((i->>'Installment')::int, 0) as installment, (i->'Rest'->>'amount')::numeric as amount " +
        "from mt_events, jsonb_array_elements(data->'Items') i where type = 'write_off_run_requested'";

    public const string Outcomes =
        "select stream_id as run, coalesce(o->>'InvoiceId', o->>'ReceiptId')::uuid as document, " +
        "coalesce((o->>'Installment')::int, 0) as installment, o->>'Code' is null as is_given_up " +
        "from mt_events, jsonb_array_elements(data->'Outcomes') o where type = 'write_off_run_advanced'";

    /// <summary>Runs that are not finished.</summary>
    public const string Running = "select count(*) from write_off_runs where status in ('waiting', 'running')";
}
