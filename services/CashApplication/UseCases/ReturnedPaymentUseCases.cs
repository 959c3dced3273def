using Dapper;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A payment that a bank took back.</summary>
/// <param name="Reason"><c>nsf</c>, <c>return</c> or <c>chargeback</c>.</param>
/// <param name="Code">The bank's code, e.g. <c>R01</c>.</param>
/// <param name="Meaning">The code in words, where it is known.</param>
/// <param name="Action">What to do next, where it is known: <c>re-present</c>, <c>new-account-data</c>, …</param>
/// <param name="ReceiptId">The receipt that is reversed; null while it is not found.</param>
/// <param name="FoundBy"><c>reference</c>, <c>check</c>, <c>payer</c> or <c>person</c>.</param>
public sealed record ReturnedPaymentView(
    Guid ImportId, int Statement, int Entry, int Detail, string BankAccount, DateOnly BookingDate, Money Amount,
    string Reason, string? Code, string? Meaning, string? Action, IReadOnlyList<string> References, string? Account,
    string? CheckNumber, string? Text, Guid? ReceiptId, string? FoundBy);

/// <summary>Says which receipt a returned payment takes back.</summary>
public sealed record IdentifyReturnRequest(Guid ReceiptId);

/// <summary>
/// <c>/v1/bank-statements/returns</c>: what banks took back, and the receipts that were reversed for it.
/// </summary>
public static class ReturnedPaymentUseCases
{
    private const string Columns =
        "import_id, statement, entry, detail, bank_account, booking_date, p.currency, amount, reason, p.code, refs, " +
        "account, check_number, text, receipt_id, found_by, " +
        "import_id::text || '/' || statement || '/' || entry || '/' || detail as id";

    private static readonly SortOrder<Row> Order = new SortOrder<Row>("id", row => row.Id, standard: "-bookingDate")
        .By("bookingDate", "booking_date", row => row.BookingDate);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/bank-statements/returns", List)
            .RequireScope(Scopes.CashRead).Produces<Page<ReturnedPaymentView>>().WithTags("Bank statements")
            .WithSummary("Payments that banks took back");
        routes.MapPost("/v1/bank-statements/{id:guid}/returns/{statement:int}/{entry:int}/{detail:int}", Identify)
            .RequireScope(Scopes.CashWrite).Produces<ReturnedPaymentView>().WithTags("Bank statements")
            .WithSummary("Says which receipt a returned payment takes back, and reverses it");
    }

    private static async Task<IResult> List(
        string? status, string? bankAccount, ListQuery query, EventStore store, HttpContext http)
    {
        if (status is not (null or "open" or "found"))
            return Problems.Malformed("bad-status", "/status", "status is open or found.");
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("status", status);
        parameters.Add("bankAccount", bankAccount);
        parameters.AddEntities(http);
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"select * from (select {Columns} from returned_payments p " +
            "join bank_accounts b on b.code = p.bank_account where (@everyEntity or b.legal_entity = any(@entities)) " +
            "and (@bankAccount::text is null or bank_account = @bankAccount) " +
            "and (@status::text is null or (receipt_id is null) = (@status = 'open'))) r " +
            $"where {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(row => row.ToView()));
    }

    private static async Task<IResult> Identify(
        Guid id, int statement, int entry, int detail, IdentifyReturnRequest request, HttpContext http,
        HttpCommand command, ReturnedPayments returns)
    {
        if (!await StatementQueries.MaySeeAsync(id, command.Store, http)
            || await FindAsync(command, id, statement, entry, detail) is not { } row)
        {
            return await command.RefuseAsync(StatementImportRefusals.NotFound(id));
        }

        if (row.ReceiptId is not null)
            return await command.RefuseAsync(AlreadyFound);
        var (receipt, _) = await command.Store.LoadAsync(ReceiptStream.Type, request.ReceiptId, command.Cancellation);
        if (!receipt.Exists || command.Guard(receipt) is not null)
            return await command.RefuseAsync(ReceiptRefusals.NotFound(request.ReceiptId));
        if (receipt.Balance.Amount != row.Money)
            return await command.RefuseAsync(OtherAmount(row.Money, receipt.Balance.Amount));
        var found = new ReturnedPayments.Found(
            id, statement, entry, detail, request.ReceiptId, "person", row.Reason, row.Code);
        var view = row.ToView() with { ReceiptId = request.ReceiptId, FoundBy = "person" };
        return await command.CommitAsync(
            async cancellation =>
            {
                var batch = new WriteBatch(command.Metadata());
                return await returns.AddAsync(batch, found, cancellation)
                    ? Plan.Write(batch, Reply.Ok(view))
                    : AlreadyFound;
            },
            _ => AlreadyFound);
    }

    private static readonly Refusal AlreadyFound = Refusal.State("return-already-found",
        "The receipt of this returned payment, or the return of this receipt, is found already.");

    private static Refusal OtherAmount(Money returned, Money receipt) => new("other-amount",
        $"{returned} came back, the receipt is of {receipt}. Split the receipt first.", Field: "/receiptId");

    private static async Task<Row?> FindAsync(
        HttpCommand command, Guid importId, int statement, int entry, int detail)
    {
        await using var connection = await command.Store.Database.OpenConnectionAsync(command.Cancellation);
        return await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"select {Columns} from returned_payments p where import_id = @importId and statement = @statement " +
            "and entry = @entry and detail = @detail", new { importId, statement, entry, detail },
            cancellationToken: command.Cancellation));
    }

    private sealed class Row
    {
        public string Id { get; init; } = "";
        public Guid ImportId { get; init; }
        public int Statement { get; init; }
        public int Entry { get; init; }
        public int Detail { get; init; }
        public string BankAccount { get; init; } = "";
        public DateOnly BookingDate { get; init; }
        public string Currency { get; init; } = "";
        public decimal Amount { get; init; }
        public string Reason { get; init; } = "";
        public string? Code { get; init; }
        public string Refs { get; init; } = "";
        public string? Account { get; init; }
        public string? CheckNumber { get; init; }
        public string? Text { get; init; }
        public Guid? ReceiptId { get; init; }
        public string? FoundBy { get; init; }

        public Money Money => Money.Of(Amount, Currency);

        public ReturnedPaymentView ToView()
        {
            var known = ReturnReasons.Of(Code);
            return new ReturnedPaymentView(ImportId, Statement, Entry, Detail, BankAccount, BookingDate, Money, Reason,
                Code, known?.Meaning, known?.Action,
                Refs.Split('\n', StringSplitOptions.RemoveEmptyEntries), Account, CheckNumber, Text, ReceiptId,
                FoundBy);
        }
    }
}
