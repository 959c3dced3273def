using Dapper;
using OrderToCash.CashApplication.Policies;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A payment that a bank took back, or one of ours that came back.</summary>
/// <param name="Reason"><c>nsf</c>, <c>return</c> or <c>chargeback</c>.</param>
/// <param name="Code">The bank's code, e.g. <c>R01</c>.</param>
/// <param name="Meaning">The code in words, where it is known.</param>
/// <param name="Action">What to do next, where it is known: <c>re-present</c>, <c>new-account-data</c>, …</param>
/// <param name="ReceiptId">The receipt that is reversed; null while it is not found.</param>
/// <param name="FoundBy"><c>reference</c>, <c>check</c>, <c>payer</c> or <c>person</c>.</param>
/// <param name="IsCredit">True where a payment of ours came back: of a refund, as a rule.</param>
/// <param name="RefundId">The refund that came back; null while it is not found.</param>
/// <param name="Closed">What it is instead, in a person's words; or null.</param>
/// <param name="Presentments">How often the same payer's same amount has come back for want of money: after three
/// times it is not presented again.</param>
/// <param name="ReturnableUntil">The last day on which the bank may have returned it, where that is known.</param>
/// <param name="IsToReview">True while it stops further debits: until a person has looked at it.</param>
/// <param name="Reviewed">What a person has done about it, or null.</param>
public sealed record ReturnedPaymentView(
    Guid ImportId, int Statement, int Entry, int Detail, string BankAccount, DateOnly BookingDate, Money Amount,
    string Reason, string? Code, string? Meaning, string? Action, IReadOnlyList<string> References, string? Account,
    string? CheckNumber, string? Text, Guid? ReceiptId, string? FoundBy, bool IsCredit, Guid? RefundId,
    string? Closed, int Presentments, DateOnly? ReturnableUntil, bool IsToReview, string? Reviewed);

/// <summary>
/// Says what a returned payment is. A debit takes a receipt back, or a part of it, or is no matter of our receipts; a
/// credit is a refund that came back, a customer's money after all, or neither. Exactly one of these is told.
/// </summary>
/// <param name="ReceiptId">The receipt that a debit takes back.</param>
/// <param name="Allocations">Which allocations a part is taken from once nothing is free; else the newest.</param>
/// <param name="RefundId">The refund that a credit brings back.</param>
/// <param name="IsReceipt">True where a credit is a customer's money.</param>
/// <param name="OtherReason">What it is that is none of these, in 1 to 500 characters.</param>
/// <param name="ReversalId">The part of the receipt that was reversed for this debit before, as its history names it:
/// the debit is only noted.</param>
/// <param name="IsAnotherPart">True where a part of this amount was reversed before, and the debit is of none of these.
/// </param>
public sealed record IdentifyReturnRequest(
    Guid? ReceiptId = null, IReadOnlyList<Guid>? Allocations = null, Guid? RefundId = null, bool IsReceipt = false,
    string? OtherReason = null, Guid? ReversalId = null, bool IsAnotherPart = false);

/// <summary>
/// <c>/v1/bank-statements/returns</c>: what banks took back, and the receipts that were reversed for it; what of ours
/// came back, and the refunds that are free again by it.
/// </summary>
public static class ReturnedPaymentUseCases
{
    private const int MostAllocations = 1_000;

    private const string Columns =
        "p.import_id, p.statement, p.entry, p.detail, p.bank_account, p.booking_date, p.currency, p.amount, " +
        "p.reason, p.code, p.refs, p.account, p.check_number, p.text, p.receipt_id, p.found_by, p.is_credit, " +
        "p.refund_id, p.closed, p.reviewed, p.presentments, p.to_review, t.value_date as settled_on, " +
        "p.import_id::text || '/' || p.statement || '/' || p.entry || '/' || p.detail as id";

    private const string Told =
        "import_id, statement, entry, detail, bank_account, booking_date, currency, amount, reason, code, refs, " +
        "account, check_number, text, receipt_id, found_by, ";

    private const string Both =
        $"(select {Told}false as is_credit, null::uuid as refund_id, closed, reviewed, " +
        $"{DebitStops.Presentments} as presentments, {DebitStops.IsToReview} as to_review from returned_payments d " +
        $"union all select {Told}true, refund_id, closed, null, 0, false from returned_credits) p ";

    private static readonly SortOrder<Row> Order = new SortOrder<Row>("id", row => row.Id, standard: "-bookingDate")
        .By("bookingDate", "booking_date", row => row.BookingDate);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/bank-statements/returns", List)
            .RequireScope(Scopes.CashRead).Produces<Page<ReturnedPaymentView>>().WithTags("Bank statements")
            .WithSummary("Payments that banks took back");
        routes.MapPost("/v1/bank-statements/{id:guid}/returns/{statement:int}/{entry:int}/{detail:int}", Identify)
            .RequireScope(Scopes.CashWrite).Produces<ReturnedPaymentView>().WithTags("Bank statements")
            .WithSummary("Says what a returned payment is: the receipt it takes back, or the refund it brings back");
    }

    private static async Task<IResult> List(
        string? status, string? bankAccount, ListQuery query, EventStore store, HttpContext http)
    {
        if (status is not (null or "open" or "found" or "to-review"))
            return Problems.Malformed("bad-status", "/status", "status is open, found or to-review.");
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("status", status);
        parameters.Add("bankAccount", bankAccount);
        DebitStops.Add(parameters);
        parameters.Add("entities", Caller.Of(http).EntityFilter());
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"select * from (select {Columns}, b.legal_entity from {Both}" +
            "join bank_accounts b on b.code = p.bank_account left join receipts t on t.id = p.receipt_id " +
            "where (@entities::text[] is null or b.legal_entity = any(@entities)) " +
            "and (@bankAccount::text is null or p.bank_account = @bankAccount) " +
            "and (@status is distinct from 'to-review' or p.to_review) " +
            "and (@status::text is null or @status = 'to-review' " +
            "or (p.receipt_id is null and p.refund_id is null and p.closed is null) = (@status = 'open'))) r " +
            $"where {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        var shown = page.Page(rows.AsList());
        await TellBankingDaysAsync(store, shown.Items, http.RequestAborted);
        return Listing.Result(http, shown.Select(row => row.ToView()));
    }

    private static async Task<IResult> Identify(
        Guid id, int statement, int entry, int detail, IdentifyReturnRequest request, HttpContext http,
        HttpCommand command, ReturnedPayments returns, ReturnedRefunds refunds, StatementBooker booker)
    {
        if (!await StatementQueries.MaySeeAsync(id, command.Store, http)
            || await FindAsync(command, id, statement, entry, detail) is not { } row)
        {
            return await command.RefuseAsync(StatementImportRefusals.NotFound(id));
        }

        if (!row.IsOpen)
            return await command.RefuseAsync(AlreadyFound);
        if (request.Allocations is { Count: > MostAllocations })
            return await command.RefuseAsync(ReceiptRefusals.TooMany(MostAllocations, "/allocations"));
        return (row.IsCredit, request) switch
        {
            (false, { ReceiptId: { } receiptId, RefundId: null, IsReceipt: false, OtherReason: null }) =>
                await TakeBackAsync(command, returns, row, receiptId, request),
            (true, { ReceiptId: null, RefundId: { } refundId, IsReceipt: false, OtherReason: null }) =>
                await BringBackAsync(command, refunds, row, refundId),
            (true, { ReceiptId: null, RefundId: null, IsReceipt: true, OtherReason: null }) =>
                await BookAsync(command, booker, row),
            (_, { ReceiptId: null, RefundId: null, IsReceipt: false, OtherReason: { Length: > 0 and <= 500 } }) =>
                await CloseAsync(command, row, request.OtherReason),
            _ => await command.RefuseAsync(row.IsCredit ? CreditUntold : DebitUntold),
        };
    }

    private static async Task<IResult> TakeBackAsync(
        HttpCommand command, ReturnedPayments returns, Row row, Guid receiptId, IdentifyReturnRequest request)
    {
        var (receipt, _) = await command.Store.LoadAsync(ReceiptStream.Type, receiptId, command.Cancellation);
        if (!receipt.Exists || command.Guard(receipt) is not null || receipt.LegalEntity != row.LegalEntity)
            return await command.RefuseAsync(ReceiptRefusals.NotFound(receiptId));
        var left = receipt.Balance.Left + receipt.Balance.TotalRefunded;
        if (receipt.Balance.Amount.Currency != row.Money.Currency)
            return await command.RefuseAsync(ReturnedPayments.OtherAmount(row.Money, left));
        var (sum, parts) = await TakenAsync(command, receiptId);
        var isGone = receipt.Balance.IsReversed
            && (row.Money == receipt.Balance.Amount || row.Money == receipt.ReversedAtLast)
            && row.Amount + sum <= receipt.Balance.Amount.Amount;
        var isWhole = sum == 0m && row.Money == receipt.Balance.Amount;
        if (request.ReversalId is null && row.Money > left && !isGone && !isWhole)
            return await command.RefuseAsync(ReturnedPayments.OtherAmount(row.Money, left));
        if (request is { ReversalId: null, IsAnotherPart: false }
            && receipt.Parts.Where(part => part.Value == row.Money && !parts.Contains(part.Key))
                .Select(part => (Guid?)part.Key).FirstOrDefault() is { } before)
        {
            return await command.RefuseAsync(ReversedBefore(row.Money, before));
        }

        var found = new ReturnedPayments.Found(row.ImportId, row.Statement, row.Entry, row.Detail, receiptId, "person",
            row.Reason, row.Code, row.Amount, row.Currency, row.BookingDate);
        return await CommitAsync(command, row, row.ToView() with { ReceiptId = receiptId, FoundBy = "person" },
            (batch, cancellation) =>
                returns.AddAsync(batch, found, cancellation, request.Allocations, request.ReversalId));
    }

    /// <summary>What banks have taken back of a receipt, and the parts of it that were reversed for these.</summary>
    private static async Task<(decimal Sum, IReadOnlySet<Guid> Parts)> TakenAsync(HttpCommand command, Guid receiptId)
    {
        await using var connection = await command.Store.Database.OpenConnectionAsync(command.Cancellation);
        var taken = (await connection.QueryAsync<(decimal Amount, Guid? Part)>(new CommandDefinition(
            "select amount, reversal_id from returned_payments where receipt_id = @receiptId", new { receiptId },
            cancellationToken: command.Cancellation))).AsList();
        return (taken.Sum(one => one.Amount), taken.Select(one => one.Part).OfType<Guid>().ToHashSet());
    }

    private static async Task<IResult> BringBackAsync(
        HttpCommand command, ReturnedRefunds refunds, Row row, Guid refundId)
    {
        var (refund, _) = await command.Store.LoadAsync(Refund.Type, refundId, command.Cancellation);
        if (refund.Requested is not { } requested || command.Caller.Deny(requested.LegalEntity) is not null)
            return await command.RefuseAsync(RefundRefusals.NotFound(refundId));
        if (requested.LegalEntity != row.LegalEntity || requested.Amount != row.Money)
        {
            return await command.RefuseAsync(
                ReturnedPayments.OtherAmount(row.Money, requested.Amount) with { Field = "/refundId" });
        }

        var found = new ReturnedRefunds.Found(
            row.ImportId, row.Statement, row.Entry, row.Detail, refundId, row.Code, "person");
        return await CommitAsync(command, row, row.ToView() with { RefundId = refundId, FoundBy = "person" },
            (batch, cancellation) => refunds.AddAsync(batch, found, cancellation));
    }

    /// <summary>The receipt is the one that the line would have become.</summary>
    private static async Task<IResult> BookAsync(HttpCommand command, StatementBooker booker, Row row)
    {
        var receiptId = ReceiptStream.IdOf(row.BankAccount, row.LineKey, row.Detail);
        var receipt = new IncomingReceipt(
            receiptId, "wire", row.Money, row.ValueDate, new Payer(null, row.Account),
            [.. row.References.Append(row.Text).OfType<string>()], [], row.CheckNumber,
            new ReceiptSource(
                row.ImportId, row.StatementId, row.Entry, row.Detail, row.BookingDate, row.References));
        using var turns = await booker.TurnsAsync([row.BankAccount], command.Cancellation);
        return await command.CommitAsync(
            async cancellation =>
            {
                await command.ExpectAsync(StatementImport.Type, row.ImportId);

                // The money may be that of a receipt which was entered: then it is that one.
                var batch = new WriteBatch(command.Metadata());
                var (chunk, _) = await booker.RecordAsync(
                    new LineChunk([], [(receipt, row.BankAccount)], [], IsLast: true), batch, cancellation);
                var became = chunk.ReceiptIds.Single();
                if (await NoteAsync(command, batch, row, new ReturnedPaymentFound(
                    row.Statement, row.Entry, row.Detail, became, "person"), cancellation) is { } refusal)
                {
                    return refusal;
                }

                return Plan.Write(
                    batch, Reply.Ok(row.ToView() with { ReceiptId = became, FoundBy = "person" }));
            },
            _ => AlreadyFound);
    }

    private static Task<IResult> CloseAsync(HttpCommand command, Row row, string reason) =>
        CommitAsync(command, row, row.ToView() with { Closed = reason, FoundBy = "person" },
            (batch, cancellation) => NoteAsync(command, batch, row,
                new ReturnedPaymentClosed(row.Statement, row.Entry, row.Detail, reason), cancellation));

    private static async Task<Refusal?> NoteAsync(
        HttpCommand command, WriteBatch batch, Row row, object fact, CancellationToken cancellation)
    {
        var (import, version) = await command.Store.LoadAsync(StatementImport.Type, row.ImportId, cancellation);
        if (import.Found.Contains((row.Statement, row.Entry, row.Detail)))
            return AlreadyFound;
        batch.Append(StatementImport.Type, row.ImportId, version, [fact]);
        return null;
    }

    private static Task<IResult> CommitAsync(
        HttpCommand command, Row row, ReturnedPaymentView view,
        Func<WriteBatch, CancellationToken, Task<Refusal?>> add) =>
        command.CommitAsync(
            async cancellation =>
            {
                await command.ExpectAsync(StatementImport.Type, row.ImportId);
                var batch = new WriteBatch(command.Metadata());
                if (await add(batch, cancellation) is { } refusal)
                    return refusal;
                return batch.IsEmpty ? AlreadyFound : Plan.Write(batch, Reply.Ok(view));
            },
            _ => AlreadyFound);

    private static readonly Refusal AlreadyFound = Refusal.State("return-already-found",
        "The receipt or refund of this returned payment, or the return of this receipt, is found already.");

    private static readonly Refusal DebitUntold = new("receipt-missing",
        "Name the receipt that this payment takes back, or say what else it is (otherReason, 1 to 500 characters); " +
        "one of these.",
        Field: "/receiptId");

    private static readonly Refusal CreditUntold = new("refund-missing",
        "Name the refund that came back, or say that it is a receipt (isReceipt), or what else it is (otherReason, 1 " +
        "to 500 characters); one of these.",
        Field: "/refundId");

    private static Refusal ReversedBefore(Money amount, Guid reversalId) => Refusal.State("part-reversed-before",
        $"A part of {amount} was reversed as {reversalId} before. Name it (reversalId) where it was for this debit, " +
        "or say that it was not (isAnotherPart).");

    /// <summary>One of them as it is now, or null.</summary>
    internal static async Task<ReturnedPaymentView?> ReadAsync(
        HttpCommand command, Guid importId, int statement, int entry, int detail) =>
        (await FindAsync(command, importId, statement, entry, detail))?.ToView();

    private static async Task<Row?> FindAsync(
        HttpCommand command, Guid importId, int statement, int entry, int detail)
    {
        var parameters = new DynamicParameters(new { importId, statement, entry, detail });
        DebitStops.Add(parameters);
        await using var connection = await command.Store.Database.OpenConnectionAsync(command.Cancellation);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"select {Columns}, l.line_key, l.value_date, s.statement_id, b.legal_entity from {Both}" +
            "join statement_lines l using (import_id, statement, entry) " +
            "join statements s on s.import_id = p.import_id and s.ordinal = p.statement " +
            "join bank_accounts b on b.code = p.bank_account left join receipts t on t.id = p.receipt_id " +
            "where p.import_id = @importId and p.statement = @statement and p.entry = @entry " +
            "and p.detail = @detail", parameters, cancellationToken: command.Cancellation));
        if (row is not null)
            await TellBankingDaysAsync(command.Store, [row], command.Cancellation);
        return row;
    }

    /// <summary>Banks have the holidays that the policy of the legal entity names.</summary>
    private static async Task TellBankingDaysAsync(
        EventStore store, IReadOnlyList<Row> rows, CancellationToken cancellation)
    {
        foreach (var ofEntity in rows.GroupBy(row => row.LegalEntity))
        {
            var (policies, _) = await store.LoadAsync(
                CashPolicies.Type, CashPolicies.IdOf(ofEntity.Key), cancellation);
            foreach (var row in ofEntity)
                row.Banking = policies.Policy?.BankingDays ?? WorkingDays.Weekdays;
        }
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
        public bool IsCredit { get; init; }
        public Guid? RefundId { get; init; }
        public string? Closed { get; init; }
        public string? Reviewed { get; init; }
        public long Presentments { get; init; }
        public bool ToReview { get; init; }
        public DateOnly? SettledOn { get; init; }
        public string LineKey { get; init; } = "";
        public DateOnly ValueDate { get; init; }
        public string StatementId { get; init; } = "";
        public string LegalEntity { get; init; } = "";
        public WorkingDays Banking { get; set; } = WorkingDays.Weekdays;

        public bool IsOpen => ReceiptId is null && RefundId is null && Closed is null;

        public string[] References => Refs.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        public Money Money => Money.Of(Amount, Currency);

        public ReturnedPaymentView ToView()
        {
            var known = ReturnReasons.Of(Code);
            return new ReturnedPaymentView(ImportId, Statement, Entry, Detail, BankAccount, BookingDate, Money, Reason,
                Code, known?.Meaning,
                known is { Action: "re-present" } && Presentments >= ReturnReasons.MostPresentments
                    ? "stop-and-review"
                    : known?.Action,
                References, Account, CheckNumber, Text, ReceiptId, FoundBy, IsCredit, RefundId, Closed,
                (int)Presentments,
                SettledOn is { } settled ? ReturnReasons.ReturnableUntil(Code, settled, Banking) : null,
                ToReview, Reviewed);
        }
    }
}
