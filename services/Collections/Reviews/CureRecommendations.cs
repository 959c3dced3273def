using Npgsql;
using OrderToCash.Approvals;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Recommendations;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Takes recommendations back whose items may not be collected any more: they are paid, disputed, promised or planned.
/// Service that was suspended for them goes on once all of them are paid.
/// </summary>
public sealed class CureRecommendations(
    EventSourcing.EventStore store, ApprovalGate gate, TimeProvider clock) : IReviewStep
{
    private const string Candidates =
        "select r.id, r.status, r.kind from recommendations r where r.customer_id = any($1) and " +
        "(r.status = 'waiting' or (r.status = 'carried-out' and r.kind = 'suspend'))";

    private const string Items =
        $"select {ItemFactsSql.Columns}, m.recommendation_id from recommendation_items m " +
        "join open_items i on i.invoice_id = m.invoice_id and i.installment = m.installment " +
        $"{ItemFactsSql.Joins} where m.recommendation_id = any($1)";

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(Candidates);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        var candidates = await command.ReadAsync(
            row => (Id: row.GetGuid(0), CarriedOut: row.GetString(1) == "carried-out"), cancellation);
        if (candidates.Count == 0)
            return;
        await using var reading = store.Database.CreateCommand(Items);
        reading.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. candidates.Select(one => one.Id)] });
        var items = (await reading.ReadAsync(
            row => (Of: row.GetGuid(ItemFactsSql.Count), Item: ItemFactsSql.Read(row)), cancellation))
            .ToLookup(row => row.Of, row => row.Item);
        foreach (var (id, carriedOut) in candidates)
        {
            var isCured = items[id].All(item => carriedOut ? item.Balance.IsZero : !item.Collectible.IsPositive);
            if (isCured)
                await CureAsync(id, cancellation);
        }
    }

    private async Task CureAsync(Guid id, CancellationToken cancellation)
    {
        var requestId = Ids.Next(clock);
        await store.CommitAsync(
            async stop =>
            {
                var batch = new WriteBatch(IReviewStep.Itself);
                var (recommendation, version) = await store.LoadAsync(RecommendationStream.Type, id, stop);
                var decision = RecommendationDecider.Cure(
                    recommendation, "What it was about may not be collected any more.", requestId);
                batch.Append(RecommendationStream.Type, id, version, decision.Events);
                if (decision.Events.Count > 0 && recommendation is { Made.ApprovalId: { } approval })
                    await gate.WithdrawAsync(batch, approval, stop);
                return batch;
            },
            cancellation);
    }
}
