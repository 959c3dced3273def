using System.Data.Common;
using Dapper;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A promise or payment plan, kept or not.</summary>
/// <param name="Kind"><c>promise</c> or <c>plan</c>.</param>
/// <param name="Status">As Collections says: <c>open</c>, <c>broken</c>, <c>active</c>, <c>breached</c> and others.
/// </param>
/// <param name="Amount">All that was agreed.</param>
/// <param name="Level">How many earlier promises on its items were not kept.</param>
/// <param name="Steps">How much by which day.</param>
/// <param name="Items">What it is for.</param>
public sealed record AgreementView(
    Guid Id, string Kind, string Status, Money Amount, int Level, IReadOnlyList<AgreedStep> Steps,
    IReadOnlyList<AgreedItem> Items);

/// <summary>What else is known of a customer whose money this is or may be, in the money's currency.</summary>
/// <param name="Pending">Money on its way; nothing of it is applied.</param>
/// <param name="Disputed">What of the customer's items is disputed.</param>
/// <param name="Agreements">The newest promises and plans, broken ones among them; those that are kept, completed or
/// taken back are not.</param>
public sealed record CustomerSituation(
    Guid CustomerId, Money Pending, Money Disputed, IReadOnlyList<AgreementView> Agreements);

/// <summary>Reads what else is known of customers: two queries, however many there are.</summary>
internal static class CustomerSituations
{
    private const string Sums = """
        select w.customer_id, w.currency,
            coalesce((select sum(p.amount) from pending_payments p where p.status = 'pending'
                and p.customer_id = w.customer_id and p.legal_entity = w.legal_entity
                and p.currency = w.currency), 0) as pending,
            coalesce((select sum(o.disputed) from open_items o where o.customer_id = w.customer_id
                and o.legal_entity = w.legal_entity and o.currency = w.currency and o.balance > 0), 0) as disputed
        from unnest(@customers, @entities, @currencies) as w (customer_id, legal_entity, currency)
        """;

    private const string Agreed = """
        select a.customer_id, a.currency, a.id, a.kind, a.status, a.amount, a.level, a.steps::text, a.items::text
        from unnest(@customers, @entities, @currencies) as w (customer_id, legal_entity, currency)
        cross join lateral (
            select * from agreements g where g.customer_id = w.customer_id and g.legal_entity = w.legal_entity
                and g.currency = w.currency and g.status in ('open', 'broken', 'partly-kept', 'active', 'breached')
            order by g.due_on desc, g.id limit 10) a
        """;

    /// <summary>Of these customers, each with the legal entity and currency of the money that may be theirs.</summary>
    public static async Task<IReadOnlyDictionary<(Guid CustomerId, string Currency), CustomerSituation>> OfAsync(
        DbConnection connection, IEnumerable<(Guid CustomerId, string LegalEntity, string Currency)> wanted,
        CancellationToken cancellation)
    {
        var all = wanted.Distinct().ToArray();
        if (all.Length == 0)
            return new Dictionary<(Guid, string), CustomerSituation>();
        var parameters = new
        {
            customers = Array.ConvertAll(all, one => one.CustomerId),
            entities = Array.ConvertAll(all, one => one.LegalEntity),
            currencies = Array.ConvertAll(all, one => one.Currency),
        };
        var agreed = (await connection.QueryAsync<AgreedRow>(
            new CommandDefinition(Agreed, parameters, cancellationToken: cancellation)))
            .ToLookup(row => (row.CustomerId, row.Currency), row => row.ToView());
        var sums = await connection.QueryAsync<(Guid CustomerId, string Currency, decimal Pending, decimal Disputed)>(
            new CommandDefinition(Sums, parameters, cancellationToken: cancellation));
        return sums.ToDictionary(row => (row.CustomerId, row.Currency), row => new CustomerSituation(
            row.CustomerId, Money.Of(row.Pending, row.Currency), Money.Of(row.Disputed, row.Currency),
            [.. agreed[(row.CustomerId, row.Currency)]]));
    }

    private sealed class AgreedRow
    {
        public Guid CustomerId { get; init; }
        public string Currency { get; init; } = "";
        public Guid Id { get; init; }
        public string Kind { get; init; } = "";
        public string Status { get; init; } = "";
        public decimal Amount { get; init; }
        public int Level { get; init; }
        public string Steps { get; init; } = "";
        public string Items { get; init; } = "";

        public AgreementView ToView() => new(
            Id, Kind, Status, Money.Of(Amount, Currency), Level, Agreements.StepsOf(Steps), Agreements.ItemsOf(Items));
    }
}
