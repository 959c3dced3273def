using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Promises;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Judges promises by what their items were settled by after they were made. Those of the last half year are looked at
/// again, because money may be booked late or taken back. What a person took back failed, and is left as it is.
/// </summary>
public sealed class JudgePromises(EventStore store) : IReviewStep
{
    private const string Received =
        $"""
        select p.id, p.currency, p.amount, p.tolerance, p.judged_after, p.status, p.customer_id,
               (select sum(o.balance) from promise_items o where o.promise_id = p.id),
               coalesce(sum(f.amount) filter (where f.kind = 'payment' and f.day <= p.judged_after), 0),
               coalesce(sum(f.amount) filter (where f.kind = 'other' and (f.amount < 0 or f.day <= p.judged_after)), 0),
               coalesce(sum(f.amount) filter (where f.kind = 'given-up' and f.day <= p.judged_after), 0)
        from promises p
        join promise_items i on i.promise_id = p.id
        left join {ItemFalls.SinceSource} on true
        where p.customer_id = any($1) and (p.status <> 'cancelled' or not i.failed) and p.judged_after > $2
        group by p.id
        """;

    private const int MemoryDays = 180;

    private static readonly EventMetadata NothingOwed =
        IReviewStep.Itself with { Reason = "Nothing of it is owed any more: it was written off." };

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        var today = chunk.Customers.ToDictionary(customer => customer.Id, customer => customer.Today);
        var since = chunk.Customers.Min(customer => customer.Today).AddDays(-MemoryDays);
        await using var command = store.Database.CreateCommand(Received);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. today.Keys] });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = since });
        foreach (var promise in await command.ReadAsync(Row, cancellation))
        {
            var day = today[promise.CustomerId];
            var status = promise.StatusOn(day);
            if (Kebab.Of(status) == promise.Status)
                continue;
            await store.DecideAsync(
                PromiseStream.Type, promise.Id, status == PromiseStatus.Cancelled ? NothingOwed : IReviewStep.Itself,
                state => PromiseDecider.Judge(state, promise.Received, day, promise.GivenUp),
                cancellation: cancellation);
        }
    }

    private static PromiseRow Row(NpgsqlDataReader row)
    {
        var (promised, open, credited) = (row.Money(2, 1), row.Money(7, 1), row.Money(9, 1));
        return new PromiseRow(
            row.GetGuid(0), row.GetGuid(6), promised, row.Money(3, 1), row.GetFieldValue<DateOnly>(4),
            row.GetString(5), PromiseDecider.Received(promised, open, row.Money(8, 1), credited),
            PromiseDecider.GivenUp(promised, open, credited, row.Money(10, 1)));
    }

    private sealed record PromiseRow(
        Guid Id, Guid CustomerId, Money Promised, Money Tolerance, DateOnly JudgedAfter, string Status, Money Received,
        Money GivenUp)
    {
        public PromiseStatus StatusOn(DateOnly day) =>
            PromiseDecider.StatusOf(Promised - GivenUp, Tolerance, JudgedAfter, Received, day);
    }
}
