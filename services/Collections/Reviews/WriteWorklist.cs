using System.Text.Json;
using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Worklists;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Writes the worklist's rows of the customers that are looked at: one per customer and currency with something to do.
/// Who must not be contacted at all is not on it.
/// </summary>
public sealed class WriteWorklist(NpgsqlDataSource database, WorkFactsReader facts, TimeProvider clock) : IReviewStep
{
    private const string Replace =
        "with gone as (delete from worklist w where w.customer_id = any($10) and not exists (" +
        "select 1 from unnest($1, $2) as n (customer_id, currency) " +
        "where n.customer_id = w.customer_id and n.currency = w.currency)) " +
        "insert into worklist (customer_id, currency, legal_entity, name, rank, overdue, days_overdue, fingerprint, " +
        "work) select r.* from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as r " +
        "on conflict (customer_id, currency) do update set legal_entity = excluded.legal_entity, " +
        "name = excluded.name, rank = excluded.rank, overdue = excluded.overdue, " +
        "days_overdue = excluded.days_overdue, fingerprint = excluded.fingerprint, work = excluded.work";

    private static readonly SqlRows<WorkRow> Columns = new SqlRows<WorkRow>()
        .Column(row => row.Customer.Id)
        .Column(row => row.Facts.Overdue.Currency.Code)
        .Column(row => row.Customer.LegalEntity)
        .Column(row => row.Customer.Name)
        .Column(row => WorkRanking.Rank(row.Facts))
        .Column(row => row.Facts.Overdue.Amount)
        .Column(row => row.Facts.OldestDaysOverdue)
        .Column(row => row.Fingerprint)
        .JsonColumn(row => JsonSerializer.Serialize(row.Facts, Json.Stored));

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        var items = await chunk.ItemsAsync(cancellation);
        var today = chunk.Customers.ToDictionary(customer => customer.Id, customer => customer.Today);
        var customers = await facts.ReadAsync(chunk.Ids, clock.GetUtcNow(), cancellation);
        var rows = customers
            .Where(customer => !customer.Holds.Any(HoldDecider.ForbidsContact))
            .SelectMany(customer => Rows(customer, [.. items[customer.Id]], today[customer.Id]))
            .ToList();
        await using var batch = database.CreateBatch();
        var replace = Columns.Command(Replace, rows);
        replace.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        batch.BatchCommands.Add(replace);
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private static IEnumerable<WorkRow> Rows(WorkCustomer customer, List<ItemFacts> items, DateOnly today)
    {
        var late = items.Where(item => item.DueDate < today).ToList();
        var currencies = late.Where(item => item.Collectible.IsPositive).Select(item => item.Balance.Currency)
            .Distinct().ToList();
        if (currencies.Count == 0 && customer.Known.HasOtherWork)
            currencies.Add(customer.Currency);
        return currencies.Select(currency => new WorkRow(
            customer, Facts(customer, [.. late.Where(item => item.Balance.Currency == currency)], currency, today)));
    }

    private static WorkFacts Facts(WorkCustomer customer, List<ItemFacts> late, Currency currency, DateOnly today)
    {
        var owed = late.Where(item => item.Collectible.IsPositive).ToList();
        return customer.Known with
        {
            Overdue = Sum(late, item => item.Collectible),
            Items = owed.Count,
            OldestDaysOverdue = owed.Select(item => DunningPlanner.DaysOverdue(today, item.DueDate))
                .DefaultIfEmpty(0).Max(),
            Pending = Sum(late, item => Money.Min(item.Pending, item.Balance)),
            Disputed = Sum(late, item => item.Disputed),
            Promised = Sum(late.Where(item => item.IsPromised), item => item.Balance),
            Planned = Sum(late.Where(item => item.IsPlanned), item => item.Balance),
            UnappliedCash = Money.Sum(
                customer.UnappliedCash.Where(cash => cash.Currency == currency), currency),
        };

        Money Sum(IEnumerable<ItemFacts> items, Func<ItemFacts, Money> amount) =>
            Money.Sum(items.Select(amount), currency);
    }

    /// <summary>
    /// A row and what identifies the state of affairs behind it: days pass without making it another.
    /// </summary>
    private sealed record WorkRow(WorkCustomer Customer, WorkFacts Facts)
    {
        public string Fingerprint { get; } = Ids.From(
            "work", JsonSerializer.Serialize(Facts with { OldestDaysOverdue = 0, ChanceOfLate = 0 }, Json.Stored))
            .ToString("N");
    }
}
