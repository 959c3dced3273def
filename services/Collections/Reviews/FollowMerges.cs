using Npgsql;
using OrderToCash.Collections.ReadModels;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Makes what a merged customer owes its survivor's to answer for, and its own again where the merge was undone: so
/// there is one notice, one promise, one plan and one row of the worklist for one company.
/// </summary>
public sealed class FollowMerges(NpgsqlDataSource database, TimeProvider clock) : IReviewStep
{
    /// <summary>Those that are merged, and those that were and whose items are still another's.</summary>
    private const string Known =
        """
        select m.customer_id from merged_customers m where m.customer_id = any($1)
        and (m.survivor_id is not null or exists (select 1 from open_items i where i.billed_to = m.customer_id))
        """;

    /// <summary>Who had them and who has them now are looked at again.</summary>
    private const string Move =
        $"""
        with due as (
            select i.invoice_id, i.installment, i.customer_id as was, m.survivor_id as is_now, m.customer_id as billed
            from merged_customers m join open_items i on i.customer_id = m.customer_id and i.balance > 0
            where m.customer_id = any($1) and m.survivor_id is not null
            union all
            select i.invoice_id, i.installment, i.customer_id, coalesce(m.survivor_id, m.customer_id),
                   case when m.survivor_id is not null then m.customer_id end
            from merged_customers m join open_items i on i.billed_to = m.customer_id
            where m.customer_id = any($1) and i.customer_id <> coalesce(m.survivor_id, m.customer_id)),
        moved as (
            update open_items i set customer_id = d.is_now, billed_to = d.billed
            from due d where i.invoice_id = d.invoice_id and i.installment = d.installment)
        {ReviewQueue.InsertInto} select distinct c, $2 from due d cross join lateral (values (d.was), (d.is_now)) x (c)
        """;

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        await using var known = database.CreateCommand(Known);
        known.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        var merged = await known.ReadAsync(row => row.GetGuid(0), cancellation);
        if (merged.Count == 0)
            return;
        await using var move = database.CreateCommand(Move);
        move.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. merged] });
        move.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() });
        await move.ExecuteNonQueryAsync(cancellation);
    }
}
