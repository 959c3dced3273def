using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// How receivables came from one day to another: opening balance, what each kind of event added or took, closing
/// balance. The kinds sum to the difference, since all three are sums over one ledger.
/// </summary>
public static class RollForwardReport
{
    /// <summary>What one kind of event came to.</summary>
    public sealed record Movement(string Kind, Money Amount);

    /// <summary>One legal entity and currency.</summary>
    /// <param name="Opening">At the end of the day before the first.</param>
    /// <param name="Closing">At the end of the last day.</param>
    public sealed record Row(
        string LegalEntity, string Currency, Money Opening, IReadOnlyList<Movement> Movements, Money Closing);

    /// <summary>The report.</summary>
    public sealed record Report(DateOnly From, DateOnly To, IReadOnlyList<Row> Rows);

    /// <summary>Kinds that move nothing in sum, such as a credit applied within the account, are left out.</summary>
    private const string Sums =
        """
        select legal_entity, currency, case when posting_date < @from then '' else kind end as kind,
            sum(amount) as amount
        from subledger_entries
        where posting_date <= @to and (@entities::text[] is null or legal_entity = any(@entities))
            and (@legalEntity::text is null or legal_entity = @legalEntity)
        group by 1, 2, 3 having sum(amount) <> 0 order by 1, 2, 3
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reports/roll-forward", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Report>()
        .WithSummary("Receivables from one day to another, by kind of event");

    private static async Task<IResult> HandleAsync(
        HttpContext http, DateOnly from, DateOnly to, Caller caller, EventStore store, CancellationToken cancellation,
        string? legalEntity = null)
    {
        if (legalEntity is not null && caller.Deny(legalEntity) is { } denied)
            return Problems.From(denied);
        if (to < from)
            return Problems.Malformed("bad-range", "/to", "to is not before from.");
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var sums = await connection.QueryAsync<(string Entity, string Currency, string Kind, decimal Amount)>(
            Sums, new { from, to, legalEntity, entities = caller.EntityFilter() });
        var rows = sums.GroupBy(sum => (sum.Entity, sum.Currency)).Select(group =>
        {
            var opening = group.Where(sum => sum.Kind.Length == 0).Sum(sum => sum.Amount);
            return new Row(
                group.Key.Entity, group.Key.Currency, Money.Of(opening, group.Key.Currency),
                [.. group.Where(sum => sum.Kind.Length > 0).Select(sum =>
                    new Movement(sum.Kind, Money.Of(sum.Amount, group.Key.Currency)))],
                Money.Of(group.Sum(sum => sum.Amount), group.Key.Currency));
        }).ToList();
        return Tables.Result(http, new Report(from, to, rows), () => new Table(
            ["legalEntity", "currency", "kind", "amount"], rows.SelectMany(Cells)));
    }

    private static IEnumerable<IReadOnlyList<object?>> Cells(Row row) =>
    [
        [row.LegalEntity, row.Currency, "opening", row.Opening.Amount],
        .. row.Movements.Select(one => (IReadOnlyList<object?>)
            [row.LegalEntity, row.Currency, one.Kind, one.Amount.Amount]),
        [row.LegalEntity, row.Currency, "closing", row.Closing.Amount],
    ];
}
