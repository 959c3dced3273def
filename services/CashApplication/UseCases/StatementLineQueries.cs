using Dapper;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A line of an imported file and what it is to us.</summary>
/// <param name="Class"><c>receipt</c>, <c>already-booked</c>, <c>fee</c>, <c>fee-returned</c>, <c>return</c>,
/// <c>payment-returned</c>, <c>lump</c>, <c>other</c>, <c>pending</c> or <c>information</c>.</param>
public sealed record StatementLineView(
    int Statement, int Entry, string BankAccount, DateOnly BookingDate, DateOnly ValueDate, Money Amount, string Class,
    string? Text, IReadOnlyList<Guid> ReceiptIds);

/// <summary>A statement in the chain of its account.</summary>
/// <param name="Opening">Balance at the beginning of what it adds.</param>
/// <param name="Closing">Balance at the end of what it adds.</param>
/// <param name="Continues">False where the statement before it is missing.</param>
public sealed record ChainedStatementView(
    Guid ImportId, string StatementId, string? Number, DateOnly? From, DateOnly? To, Money? Opening, Money? Closing,
    bool Continues);

/// <summary>The statements of an account in their order, whatever order they came in.</summary>
/// <param name="IsUnbroken">True where each opens with the balance that the one before it closed with.</param>
public sealed record StatementChainView(
    string BankAccount, bool IsUnbroken, int Gaps, IReadOnlyList<ChainedStatementView> Statements);

/// <summary>Reads of lines, and of the chain of an account's statements.</summary>
public static class StatementLineQueries
{
    private static readonly SortOrder<Row> Order = new SortOrder<Row>("l.id", row => row.Id, standard: "position")
        .By("position", "l.position", row => row.Position);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/bank-statements/{id:guid}/lines", Lines)
            .RequireScope(Scopes.CashRead).Produces<Page<StatementLineView>>().WithTags("Bank statements")
            .WithSummary("Lines of an imported file");
        routes.MapGet("/v1/bank-accounts/{code}/statements", Chain)
            .RequireScope(Scopes.CashRead).Produces<StatementChainView>().WithTags("Bank accounts")
            .WithSummary("The chain of an account's statements, and where it is broken");
    }

    private static async Task<IResult> Lines(
        Guid id, string? @class, ListQuery query, EventStore store, HttpContext http)
    {
        if (!await StatementQueries.MaySeeAsync(id, store, http))
            return Problems.From(StatementImportRefusals.NotFound(id));
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("importId", id);
        parameters.Add("class", @class);
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "select * from (select lpad(statement::text, 9, '0') || lpad(entry::text, 9, '0') as id, " +
            "statement::bigint * 10000000 + entry as position, statement, entry, bank_account, booking_date, " +
            "value_date, currency, amount, class, text, receipt_ids from statement_lines where import_id = @importId " +
            $"and (@class::text is null or class = @class)) l where {page.Where} order by {page.OrderBy} " +
            $"limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(row => row.ToView()));
    }

    private static async Task<IResult> Chain(string code, EventStore store, HttpContext http)
    {
        var account = await store.LoadAsync(BankAccountStream.Type, BankAccountStream.IdOf(code), http.RequestAborted);
        if (account.State.Definition is not { } definition)
            return Problems.From(BankAccountRefusals.NotFound(code));
        if (Caller.Of(http).Deny(definition.LegalEntity) is { } denied)
            return Problems.From(denied);
        var gaps = StatementChain.Gaps(account.State.Statements).ToHashSet();
        var view = new StatementChainView(code, gaps.Count == 0, gaps.Count,
            [
                .. StatementChain.Order(account.State.Statements).Select(one => new ChainedStatementView(
                    one.ImportId, one.StatementId, one.SequenceNumber, one.FirstDay, one.LastDay, one.Opening,
                    one.Closing, !gaps.Contains(one))),
            ]);
        return Reply.Ok(view, account.Version);
    }

    private sealed class Row
    {
        public string Id { get; init; } = "";
        public long Position { get; init; }
        public int Statement { get; init; }
        public int Entry { get; init; }
        public string BankAccount { get; init; } = "";
        public DateOnly BookingDate { get; init; }
        public DateOnly ValueDate { get; init; }
        public string Currency { get; init; } = "";
        public decimal Amount { get; init; }
        public string Class { get; init; } = "";
        public string? Text { get; init; }
        public Guid[] ReceiptIds { get; init; } = [];

        public StatementLineView ToView() => new(Statement, Entry, BankAccount, BookingDate, ValueDate,
            Money.Of(Amount, Currency), Class, Text, ReceiptIds);
    }
}
