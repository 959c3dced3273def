using Dapper;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary><c>GET /v1/credit/accounts/{customerId}</c>.</summary>
public static class GetCreditAccount
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/credit/accounts/{customerId}", Handle)
            .RequireScope(Scopes.CreditRead)
            .Produces<CreditAccountView>()
            .WithSummary("Limit, exposure and what is available");

    /// <summary>Figures of the last daily run; one row at most.</summary>
    private const string Figures =
        "select f.as_of as AsOf, f.days_beyond_terms as DaysBeyondTerms, f.on_time_percent as OnTimePercent, " +
        "f.monthly_billing as MonthlyBilling, f.days_sales_outstanding as DaysSalesOutstanding, " +
        "round(f.average_balance, minor_units(a.currency)) as AverageBalance from credit_figures f " +
        "join credit_accounts a on a.customer_id = f.customer_id where f.customer_id = @customerId";

    /// <summary>Who placed which hold, and when.</summary>
    private const string Placed =
        "select hold_id as HoldId, placed_at as PlacedAt, placed_by as PlacedBy from credit_holds " +
        "where hold_id = any(@holds)";

    private static async Task<IResult> Handle(
        Guid customerId, HttpContext http, EventStore store, DecisionBooks books, GroupReader groups)
    {
        var (account, version) = await store.LoadAsync(CreditAccountStream.Type, customerId, http.RequestAborted);
        if (CreditAccountAccess.Deny(customerId, account, Caller.Of(http)) is { } denied)
            return Problems.From(denied);
        var facts = (await books.FactsAsync(http.RequestAborted))(account);
        var loaded = await groups.LoadAsync(customerId, account, facts, http.RequestAborted);
        var view = CreditAccountView.Of(
            customerId, account, version, facts with { Groups = [.. loaded.Select(one => one.Position)] });
        return Reply.Ok(await WithReadModelsAsync(view, store, http.RequestAborted), version);
    }

    private static async Task<CreditAccountView> WithReadModelsAsync(
        CreditAccountView view, EventStore store, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        await using var read = await connection.QueryMultipleAsync(new CommandDefinition(
            $"{Figures}; {Placed}",
            new { customerId = view.CustomerId, holds = view.PlacedHolds.Select(hold => hold.HoldId).ToArray() },
            cancellationToken: cancellation));
        var figures = await read.ReadSingleOrDefaultAsync<FiguresRow>();
        var placed = (await read.ReadAsync<PlacedRow>()).ToDictionary(row => row.HoldId);
        return view with
        {
            Figures = figures is null
                ? null
                : new AccountFigures(
                    figures.AsOf, figures.DaysBeyondTerms, figures.OnTimePercent, figures.MonthlyBilling,
                    figures.DaysSalesOutstanding, figures.AverageBalance),
            PlacedHolds =
            [
                .. view.PlacedHolds.Select(hold => placed.TryGetValue(hold.HoldId, out var row)
                    ? hold with { PlacedAt = row.PlacedAt, PlacedBy = row.PlacedBy }
                    : hold),
            ],
        };
    }

    private sealed record FiguresRow
    {
        public DateOnly AsOf { get; init; }
        public decimal? DaysBeyondTerms { get; init; }
        public decimal? OnTimePercent { get; init; }
        public decimal? MonthlyBilling { get; init; }
        public decimal? DaysSalesOutstanding { get; init; }
        public decimal? AverageBalance { get; init; }
    }

    private sealed record PlacedRow
    {
        public Guid HoldId { get; init; }
        public DateTimeOffset PlacedAt { get; init; }
        public string PlacedBy { get; init; } = "";
    }
}
