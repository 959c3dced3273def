using Npgsql;
using OrderToCash.Collections.Plans;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Judges payment plans by what was settled on their items and when. Those that ended in the last half year are looked
/// at again, because money may be booked late or taken back.
/// </summary>
public sealed class JudgePlans(EventSourcing.EventStore store, PlanMoneyReader money, TimeProvider clock) : IReviewStep
{
    private const string Judged =
        "select id, customer_id from payment_plans where customer_id = any($1) and (status = 'active' or " +
        "(status in ('breached', 'completed') and last_due_date > $2))";

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
                plan => PlanDecider.Judge(plan, account.Money, today[customer], requestId, account.IsOpen),
                cancellation: cancellation);
        }
    }
}
