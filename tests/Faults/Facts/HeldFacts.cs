namespace OrderToCash.Faults.Facts;

/// <summary>A line of a statement whose effects are held, or were, and its receipt.</summary>
/// <param name="Line">The line, within its import.</param>
/// <param name="Receipt">What was booked for it; null where nothing was.</param>
/// <param name="Amount">Of the line.</param>
/// <param name="Armed">Place in the log of the event that armed its file; null where none did.</param>
/// <param name="TimesArmed">How many events armed its file.</param>
public sealed record HeldReceipt(
    Guid Import, string Line, Guid? Receipt, decimal Amount, long? Armed, long TimesArmed);

/// <summary>How they are read.</summary>
internal static class HeldSql
{
    /// <summary>A row for each line, also where it has no receipt; one more for each further receipt.</summary>
    public const string Receipts =
        "select f.stream_id as import, s.n || ':' || (l->>'Entry') as line, r::uuid as receipt, " +
        "(l->'Amount'->>'amount')::numeric as amount, a.armed, a.times as times_armed from mt_events f " +
        "cross join lateral jsonb_array_elements(f.data->'Statements') with ordinality as s (statement, n) " +
        "cross join lateral jsonb_array_elements(s.statement->'Lines') l " +
        "left join lateral jsonb_array_elements_text(l->'ReceiptIds') r on true " +
        "cross join lateral (select min(seq_id) as armed, count(*) as times from mt_events " +
        "where stream_id = f.stream_id and type = 'statement_effects_armed') a " +
        "where f.type in ('statement_file_imported', 'statement_lines_booked') and exists (select 1 from mt_events h " +
        "where h.stream_id = f.stream_id and h.type = 'statement_effects_held')";
}
