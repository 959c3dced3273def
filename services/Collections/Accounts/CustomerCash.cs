using Npgsql;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Accounts;

/// <summary>What a customer has to its credit: money in the bank that is not applied, and credit memos.</summary>
/// <param name="Unapplied">Its own money, per currency.</param>
/// <param name="Likely">Whose it is is not certain, and this customer has likely paid it: per currency.</param>
public sealed record CustomerCash(IReadOnlyList<Money> Unapplied, IReadOnlyList<Money> Likely)
{
    /// <summary>What is open of its credit memos, per currency.</summary>
    public IReadOnlyList<Money> Credits { get; init; } = [];

    /// <summary>The money alone.</summary>
    public CustomerCash WithoutCredits() => this with { Credits = [] };

    /// <summary>Nothing.</summary>
    public static readonly CustomerCash None = new([], []);

    /// <summary>
    /// Of customers and those that were merged into them, over <c>k (id, payer)</c>. Money that two of one company have
    /// likely paid is there once. A condition on the likely payers <c>p</c> may follow, then <see cref="Summed"/>.
    /// </summary>
    private const string Cash =
        """
        select k.id, r.currency, sum(r.unapplied), 'unapplied' from k
        join receipt_shares r on r.customer_id = k.payer and r.unapplied > 0 group by k.id, r.currency
        union all
        select k.id, m.currency, sum(m.open), 'credit' from k
        join credit_memos m on m.customer_id = k.payer and m.open > 0 group by k.id, m.currency
        union all
        select l.id, r.currency, sum(r.unapplied), 'likely'
        from (select distinct k.id, p.receipt_id from likely_payers p
            cross join lateral unnest(p.customers) as c (payer) join k on k.payer = c.payer
        """;

    private const string Summed =
        """
        ) l
        join receipts r on r.id = l.receipt_id and r.customer_id is null and r.unapplied > 0
        group by l.id, r.currency
        """;

    /// <summary>Of the customers in $1.</summary>
    internal const string OfCustomers =
        $"""
        with k (id, payer) as materialized (
            select c, c from unnest($1) c
            union select m.survivor_id, m.customer_id from merged_customers m where m.survivor_id = any($1))
        {Cash} where p.customers && (select array_agg(k.payer) from k) {Summed}
        """;

    /// <summary>What the statement finds, by customer; who has nothing is not in it.</summary>
    internal static async Task<IReadOnlyDictionary<Guid, CustomerCash>> ReadAsync(
        NpgsqlCommand command, CancellationToken cancellation)
    {
        var rows = await command.ReadAsync(
            row => (Customer: row.GetGuid(0), Money: row.Money(2, 1), Kind: row.GetString(3)), cancellation);
        return rows.GroupBy(row => row.Customer).ToDictionary(
            one => one.Key,
            one => new CustomerCash(Of(one, "unapplied"), Of(one, "likely")) { Credits = Of(one, "credit") });

        static IReadOnlyList<Money> Of(IEnumerable<(Guid, Money Money, string Kind)> rows, string kind) =>
            [.. rows.Where(row => row.Kind == kind).Select(row => row.Money)];
    }

    /// <summary>
    /// Why this is not asked for: the customer has all of it to its credit already (see
    /// <see cref="Dunning.Blocks"/>); null where it has not.
    /// </summary>
    public string? Covers(IReadOnlyList<Money> totals) =>
        Covers(Unapplied, totals) ? Dunning.Blocks.UnappliedCashCovers
        : Covers([.. Unapplied, .. Credits], totals) ? Dunning.Blocks.OpenCreditCovers
        : Covers([.. Unapplied, .. Credits, .. Likely], totals) ? Dunning.Blocks.UnmatchedCashCovers
        : null;

    /// <summary>
    /// What is taken off what is asked for, per currency: credit memos first, then money, together no more than is
    /// asked for. Money that is only likely its own is not.
    /// </summary>
    public IReadOnlyList<Deduction> Deductions(IReadOnlyList<Money> totals)
    {
        ArgumentNullException.ThrowIfNull(totals);
        return [.. totals.SelectMany(total =>
        {
            var credit = Money.Min(In(Credits, total.Currency), total);
            var cash = Money.Min(In(Unapplied, total.Currency), total - credit);
            return new[]
            {
                new Deduction(DeductionKind.CreditMemos, credit), new Deduction(DeductionKind.UnappliedCash, cash),
            };
        }).Where(deduction => deduction.Amount.IsPositive)];
    }

    private static Money In(IEnumerable<Money> amounts, Currency currency) =>
        Money.Sum(amounts.Where(one => one.Currency == currency), currency);

    private static bool Covers(IReadOnlyList<Money> cash, IReadOnlyList<Money> totals) =>
        totals.All(total => In(cash, total.Currency) >= total);
}
