using Npgsql;
using OrderToCash.Approvals;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Recommendations;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Takes recommendations back whose items are settled. One that waits while they are promised, planned or disputed goes
/// on waiting: nothing would bring it again once that has failed, and what is approved is carried out only as far as it
/// may be collected. Service that is suspended goes on once all that it was suspended for is settled; what was given up
/// is not, unless it is at most a twentieth of it, as small balances are. A recommendation of an earlier suspension has
/// nothing to take back of a later one, where Invoicing says for whom it is. One that is owed holds back those that
/// Invoicing names, also where it is not named itself, as an older release carries suspensions out without naming them;
/// unless it was made before all of them, for then it is of an earlier suspension.
/// </summary>
public sealed class CureRecommendations(
    EventSourcing.EventStore store, ApprovalGate gate, TimeProvider clock) : IReviewStep
{
    private const string Candidates =
        """
        select r.id, r.customer_id, r.status, exists (
            select 1 from recommendation_items m
            join open_items i on i.invoice_id = m.invoice_id and i.installment = m.installment
            where m.recommendation_id = r.id and i.balance > 0) or (r.status <> 'waiting' and exists (
                select 1 from (
                    select h.currency,
                        case when lead(h.version) over item is null then h.amount else 0 end as amount,
                        case when h.kind in ('written-off', 'write-off-recovered')
                            then coalesce(h.given_up, coalesce(lag(h.balance) over item, h.amount) - h.balance)
                            else 0 end as given_up
                    from recommendation_items m
                    join item_history h on h.invoice_id = m.invoice_id and h.installment = m.installment
                    where m.recommendation_id = r.id
                    window item as (partition by h.invoice_id, h.installment order by h.version)) f
                group by f.currency having sum(f.given_up) > sum(f.amount) * 0.05)),
            coalesce(c.suspended_for_version <> c.version or r.id = any(c.suspended_for), true)
        from recommendations r join customers c on c.id = r.customer_id
        where r.customer_id = any($1) and (r.status = 'waiting'
            or (r.status = 'approved' and r.kind = 'suspend')
            or (r.status = 'carried-out' and r.kind = 'suspend' and c.status = 'suspended'
                and coalesce(c.suspended_for_version <> c.version or r.made_at >= (
                    select min(n.made_at) from recommendations n where n.id = any(c.suspended_for)),
                    c.suspended_for is null)))
        """;

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(Candidates);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        var candidates = await command.ReadAsync(
            row => (Id: row.GetGuid(0), Customer: row.GetGuid(1),
                Status: Kebab.Parse<RecommendationStatus>(row.GetString(2)), Owed: row.GetBoolean(3),
                IsWanted: row.GetBoolean(4)),
            cancellation);

        // Several may have asked for one suspension, one of them just now: it ends with the last of them.
        var suspended = candidates
            .Where(one => one is { Owed: true, Status: not RecommendationStatus.Waiting })
            .Select(one => one.Customer).ToHashSet();
        foreach (var (id, customer, status, isOwed, isWanted) in candidates)
        {
            var isCured = !isOwed && status switch
            {
                RecommendationStatus.Waiting => true,
                RecommendationStatus.CarriedOut => isWanted && !suspended.Contains(customer),
                _ => false,
            };
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
                    recommendation, "What it was about is settled.", requestId);
                batch.Append(RecommendationStream.Type, id, version, decision.Events);
                if (decision.Events.Count > 0 && recommendation is { Made.ApprovalId: { } approval })
                    await gate.WithdrawAsync(batch, approval, stop);
                return batch;
            },
            cancellation);
    }
}
