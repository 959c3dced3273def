using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Withdraws letters that were overtaken while they waited to be posted: something they ask for is paid, disputed,
/// promised or planned, the customer came under a hold or goes by no playbook any more, or they have become too old.
/// What is left is due again in the next run.
/// </summary>
public sealed class WithdrawLetters(EventSourcing.EventStore store, TimeProvider clock) : IReviewStep
{
    private const string Waiting =
        """
        select n.id, n.customer_id, n.prepared_at, array(select h.kind from holds h
            where h.status = 'active' and h.invoice_id is null and (h.customer_id = n.customer_id or h.customer_id in (
                select m.customer_id from merged_customers m where m.survivor_id = n.customer_id)))
        from notices n where n.status = 'queued' and n.customer_id = any($1)
        """;

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(Waiting);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        var waiting = await command.ReadAsync(
            row => (Id: row.GetGuid(0), Customer: row.GetGuid(1), At: row.GetFieldValue<DateTimeOffset>(2),
                Holds: row.GetFieldValue<string[]>(3).Select(Kebab.Parse<HoldKind>).ToList()),
            cancellation);
        if (waiting.Count == 0)
            return;
        var items = await chunk.ItemsAsync(cancellation);
        await using var reading = store.Database.CreateCommand(CustomerCash.OfCustomers);
        reading.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        var cash = await CustomerCash.ReadAsync(reading, cancellation);
        await using var choosing = store.Database.CreateCommand(PlaybookChoice.OfCustomers);
        var choices = await PlaybookChoice.ReadAsync(choosing, chunk.Ids, cancellation);
        var reviewed = chunk.Customers.ToDictionary(customer => customer.Id);
        foreach (var (id, customer, at, holds) in waiting)
        {
            var age = clock.GetUtcNow() - at;
            var left = items[customer].ToDictionary(item => (item.InvoiceId, item.Installment));
            var isOff = choices[customer].IsNone(reviewed[customer].Policy, reviewed[customer].Today);
            await store.DecideAsync(
                NoticeStream.Type, id, IReviewStep.Itself,
                notice => Look(notice, age, left, cash.GetValueOrDefault(customer, CustomerCash.None), holds, isOff),
                cancellation: cancellation);
        }
    }

    private static Decision Look(
        Notice notice, TimeSpan age, Dictionary<(Guid, int), ItemFacts> left, CustomerCash cash,
        List<HoldKind> holds, bool isOff)
    {
        if (notice.Status != NoticeStatus.Queued)
            return Decision.Nothing;
        var forbidden = holds.Where(HoldDecider.ForbidsContact).Select(hold => Kebab.Of(hold)).FirstOrDefault();
        var reason = NoticeDecider.Overtaken(
            notice, age, (invoice, installment) => left.GetValueOrDefault((invoice, installment)), cash, holds)
            ?? forbidden ?? (isOff ? Blocks.NoPlaybook : null);
        return reason is null ? Decision.Nothing : NoticeDecider.TakeBack(notice, reason);
    }
}
