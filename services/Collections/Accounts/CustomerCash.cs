using Npgsql;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Accounts;

/// <summary>What of a customer's money is in the bank and not applied.</summary>
/// <param name="Unapplied">Its own, per currency.</param>
/// <param name="Likely">Whose it is is not certain, and this customer has likely paid it: per currency.</param>
public sealed record CustomerCash(IReadOnlyList<Money> Unapplied, IReadOnlyList<Money> Likely)
{
    /// <summary>Nothing.</summary>
    public static readonly CustomerCash None = new([], []);

    /// <summary>Of the customers in $1.</summary>
    internal const string OfCustomers =
        """
        select r.customer_id, r.currency, sum(r.unapplied), false from receipt_shares r
        where r.customer_id = any($1) and r.unapplied > 0 group by r.customer_id, r.currency
        union all
        select l.customer_id, r.currency, sum(r.unapplied), true
        from likely_payers p cross join lateral unnest(p.customers) as l (customer_id)
        join receipts r on r.id = p.receipt_id and r.customer_id is null and r.unapplied > 0
        where p.customers && $1 and l.customer_id = any($1) group by l.customer_id, r.currency
        """;

    /// <summary>What the statement finds, by customer; who has nothing is not in it.</summary>
    internal static async Task<IReadOnlyDictionary<Guid, CustomerCash>> ReadAsync(
        NpgsqlCommand command, CancellationToken cancellation)
    {
        var rows = await command.ReadAsync(
            row => (Customer: row.GetGuid(0), Money: row.Money(2, 1), IsLikely: row.GetBoolean(3)), cancellation);
        return rows.GroupBy(row => row.Customer).ToDictionary(
            one => one.Key,
            one => new CustomerCash(
                [.. one.Where(row => !row.IsLikely).Select(row => row.Money)],
                [.. one.Where(row => row.IsLikely).Select(row => row.Money)]));
    }

    /// <summary>
    /// Why this is not asked for: all of it is in the bank already (see <see cref="Dunning.Blocks"/>); null where it is
    /// not.
    /// </summary>
    public string? Covers(IReadOnlyList<Money> totals) =>
        Covers(Unapplied, totals) ? Dunning.Blocks.UnappliedCashCovers
        : Covers([.. Unapplied, .. Likely], totals) ? Dunning.Blocks.UnmatchedCashCovers
        : null;

    private static bool Covers(IReadOnlyList<Money> cash, IReadOnlyList<Money> totals) => totals.All(total =>
        Money.Sum(cash.Where(one => one.Currency == total.Currency), total.Currency) >= total);
}
