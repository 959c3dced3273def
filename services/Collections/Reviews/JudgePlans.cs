using Npgsql;
using OrderToCash.Collections.Plans;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Judges payment plans by what was settled on their items and when. Those that ended in the last half year are looked
/// at again, because money may be booked late or taken back. The end of a plan asks for another look: one that is kept
/// may take items back.
/// </summary>
public sealed class JudgePlans(EventSourcing.EventStore store, PlanMoneyReader money, TimeProvider clock) : IReviewStep
{
    private const string Judged =
        "select id, customer_id from payment_plans where customer_id = any($1) and (status = 'active' or " +
        "(status in ('breached', 'completed') and last_due_date > $2))";

    /// <summary>
    /// What a plan says that it covers again is what it does cover: another one may have come for its items just now.
    /// </summary>
    private const string Agree =
        "select otc_version_conflict() from plan_items i where i.plan_id = $1 and i.active = exists (" +
        "select 1 from unnest($2, $3) as e (invoice_id, installment) " +
        "where e.invoice_id = i.invoice_id and e.installment = i.installment)";

    private const int MemoryDays = 180;

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        var today = chunk.Customers.ToDictionary(customer => customer.Id, customer => customer.Today);
        await using var command = store.Database.CreateCommand(Judged);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. today.Keys] });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = today.Values.Min().AddDays(-MemoryDays) });
        var plans = await command.ReadAsync(row => (Id: row.GetGuid(0), Customer: row.GetGuid(1)), cancellation);
        if (plans.Count == 0)
            return;
        var accounts = await money.ReadAsync([.. plans.Select(plan => plan.Id)], cancellation);
        foreach (var (id, customer) in plans)
        {
            var (account, requestId) = (accounts[id], Ids.Next(clock));
            await store.DecideAsync(
                PaymentPlanStream.Type, id, IReviewStep.Itself,
                plan => PlanDecider.Judge(
                    plan, account.Money, today[customer], requestId, account.IsOpen, account.Elsewhere,
                    account.IsCovered),
                with: (batch, decided) =>
                {
                    if (decided.Events.OfType<PlanReinstated>().Any())
                        batch.Row(Agreeing(id, account.Elsewhere ?? []));
                    else if (decided.Events.Count > 0)
                        batch.Row(ReviewQueue.RequestCompany(clock.GetUtcNow(), customer));
                },
                refresh: async stop => account = (await money.ReadAsync([id], stop))[id],
                cancellation: cancellation);
        }
    }

    private static NpgsqlBatchCommand Agreeing(Guid plan, IReadOnlyList<ItemElsewhere> elsewhere)
    {
        var command = new NpgsqlBatchCommand(Agree);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = plan });
        command.Parameters.Add(new NpgsqlParameter<Guid[]>
        {
            TypedValue = [.. elsewhere.Select(item => item.InvoiceId)],
        });
        command.Parameters.Add(new NpgsqlParameter<int[]>
        {
            TypedValue = [.. elsewhere.Select(item => item.Installment)],
        });
        return command;
    }
}
