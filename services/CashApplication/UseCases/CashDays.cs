using Dapper;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Controls;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A day of a bank account.</summary>
/// <param name="Status"><c>open</c>, <c>balanced</c> or <c>closed</c>; one that was closed and does not tie any more,
/// be it only by the way of paying, is open.</param>
/// <param name="Credits">Credits of the bank that are receipts, or refunds that came back; less its fees that are in
/// the books.</param>
/// <param name="Receipts">Receipts and refunds that came back with these, less what processors kept of them.</param>
/// <param name="Ledger">What the entries of these, and of the fees, moved on the ledger account of the bank.</param>
/// <param name="Waiting">Receipts of the day of which something waits for a person.</param>
/// <param name="Unidentified">Those of them whose customer nobody knows.</param>
/// <param name="ClosedBy">Who closed it last, also where it is open again.</param>
/// <param name="PostedBy">Who sent the files that brought its receipts; null where there are none.</param>
/// <param name="Methods">The same by the way of paying; the day balances only where each of them does.</param>
/// <param name="Fees">What the bank charged, less what it gave back, as far as it is in the books: credits are receipts
/// less these.</param>
/// <param name="FeesLeftOut">The same of those that are not in the books: a person took them back, or the account named
/// no ledger account of charges. The ledger account of the bank is off by these.</param>
/// <param name="FeesLeftOutCount">How many these are.</param>
public sealed record CashDayRow(
    string BankAccount, string LegalEntity, DateOnly Day, string Status, Money Credits, Money Receipts, Money Ledger,
    int Count, int Waiting, int Unidentified, string? ClosedBy, DateTimeOffset? ClosedAt,
    string? PostedBy, IReadOnlyList<CashDayMethod> Methods, Money Fees, Money FeesLeftOut,
    int FeesLeftOutCount);

/// <summary>Days of bank accounts.</summary>
public sealed record CashDaysReport(DateOnly From, DateOnly To, IReadOnlyList<CashDayRow> Days);

/// <summary>
/// <c>GET /v1/cash-days</c> holds bank, receipts and ledger against each other per account and day;
/// <c>POST /v1/cash-days/{bankAccount}/{day}/close</c> closes a day that ties.
/// </summary>
public static class CashDays
{
    private const int MaxDays = 366;

    private const string Figures = $"""
        select b.code as bank_account, b.legal_entity, b.currency, d.day,
            coalesce(l.credits, 0) - coalesce(f.closed, 0) + coalesce(e.bank, 0) as credits,
            coalesce(r.amount, 0) + coalesce(f.refunds, 0) + coalesce(s.fees, 0) as receipts,
            coalesce(p.amount, 0) + coalesce(f.ledger, 0) + coalesce(s.fees, 0) + coalesce(e.ledger, 0) as ledger,
            -coalesce(e.bank, 0) as fees, -coalesce(e.left_out, 0) as fees_left_out,
            coalesce(e.left_out_count, 0) as fees_left_out_count,
            coalesce(r.count, 0)::int as count,
            coalesce(r.waiting, 0)::int as waiting, coalesce(r.unidentified, 0)::int as unidentified, r.posted_by,
            c.closed_by, c.closed_at, c.credits as closed_credits, c.receipts as closed_receipts,
            c.ledger as closed_ledger, c.count as closed_count, c.fees as closed_fees
        from (
            select bank_account, booking_date as day from statement_lines
            where booking_date between @from and @to
                and class not in ('information', 'already-booked', 'pending', 'lump')
            union select bank_account, booking_date from receipts
            where booking_date between @from and @to and bank_account is not null and import_id is not null
        ) d
        join bank_accounts b on b.code = d.bank_account
        left join lateral (
            select sum(amount) as credits from statement_lines l
            where l.bank_account = d.bank_account and l.booking_date = d.day and l.amount > 0
                and l.class in ('receipt', 'payment-returned')
        ) l on true
        {DayFigures.ReturnedCredits}
        left join lateral (
            select sum(r.amount) as amount, count(*) as count,
                count(*) filter (where unapplied > on_account) as waiting,
                count(*) filter (where customer_id is null and unapplied > 0) as unidentified,
                string_agg(distinct i.received_by, ', ') as posted_by
            from receipts r left join statement_imports i on i.id = r.import_id
            where r.bank_account = d.bank_account and r.booking_date = d.day and r.import_id is not null
        ) r on true
        left join lateral (
            select sum(p.amount) as amount from receipts r
            join bank_postings p on p.receipt_id = r.id and p.kind in ('receipt-booked', 'receipt-cleared')
                and p.bank_account = r.bank_account
            where r.bank_account = d.bank_account and r.booking_date = d.day and r.import_id is not null
        ) p on true
        {DayFigures.SettlementFees}
        {DayFigures.BankFees}
        left join cash_days c on c.bank_account = d.bank_account and c.day = d.day
        where (@bankAccount::text is null or d.bank_account = @bankAccount)
            and (@entities::text[] is null or b.legal_entity = any(@entities))
        order by d.day, b.code
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/cash-days", List)
            .RequireScope(Scopes.CashRead).Produces<CashDaysReport>().WithTags("Reports")
            .WithSummary("Bank, receipts and ledger per bank account and day");
        routes.MapPost("/v1/cash-days/{bankAccount}/{day}/close", Close)
            .RequireScope(Scopes.CashWrite).Produces<CashDayRow>().WithTags("Reports")
            .WithSummary("Closes a day that ties");
    }

    private static async Task<IResult> List(
        DateOnly from, DateOnly? to, string? bankAccount, EventStore store, HttpContext http)
    {
        var until = to ?? from;
        if (until < from || until.DayNumber - from.DayNumber >= MaxDays)
            return Problems.Malformed("bad-range", "/to", $"A report covers 1 to {MaxDays} days.");
        var parameters = new DynamicParameters();
        parameters.Add("entities", Caller.Of(http).EntityFilter());
        CashDayRow[] rows =
            [.. (await ReadAsync(store, from, until, bankAccount, parameters, http.RequestAborted)).Select(View)];
        return Tables.Result(http, new CashDaysReport(from, until, rows), () => Table.Of(rows));
    }

    private static async Task<IResult> Close(string bankAccount, DateOnly day, HttpCommand command)
    {
        if (await command.Store.Database.BankAccountAsync(bankAccount, command.Cancellation) is not { } account)
            return await command.RefuseAsync(BankAccountRefusals.NotFound(bankAccount));
        if (command.Caller.Deny(account.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        var parameters = new DynamicParameters();
        parameters.Add("entities", null);
        var days = await ReadAsync(command.Store, day, day, bankAccount, parameters, command.Cancellation);
        if (days is not [var found])
            return await command.RefuseAsync(Refusal.NotFound("day of this bank account", $"{day:O}"));
        if (found is { Now.Ties: true } && found.Methods.FirstOrDefault(method => !method.Ties) is { } off)
        {
            return await command.RefuseAsync(Refusal.State(
                "day-open",
                $"The day does not balance by the way of paying: {off.Method} is {off.Credits} at the bank, " +
                    $"{off.Receipts} in receipts, {off.Ledger} in the ledger."));
        }

        var closed = new CashDayClosed(bankAccount, account.LegalEntity, day, found.Now, command.Caller.Subject);
        return await command.DecideAsync(
            CashDay.Type, CashDay.IdOf(bankAccount, day), known => CashDay.Close(known, closed),
            decided => Reply.Ok(
                View(found) with
                {
                    Status = "closed",
                    ClosedBy = decided.State.Closed!.By,
                    ClosedAt = command.Clock.GetUtcNow(),
                },
                decided.Version));
    }

    private static async Task<IReadOnlyList<Row>> ReadAsync(
        EventStore store, DateOnly from, DateOnly to, string? bankAccount, DynamicParameters parameters,
        CancellationToken cancellation)
    {
        parameters.Add("from", from);
        parameters.Add("to", to);
        parameters.Add("bankAccount", bankAccount);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = (await connection.QueryAsync<Row>(
            new CommandDefinition(Figures, parameters, cancellationToken: cancellation))).AsList();
        var methods = await CashDayMethods.ReadAsync(store, from, to, bankAccount, parameters, cancellation);
        foreach (var row in rows)
            row.Methods = [.. methods[(row.BankAccount, row.Day)]];
        return rows;
    }

    private static CashDayRow View(Row row) => new(
        row.BankAccount, row.LegalEntity, row.Day,
        !row.Ties ? "open" : row.Now == row.Then ? "closed" : "balanced",
        row.Now.Credits, row.Now.Receipts, row.Now.Ledger, row.Count, row.Waiting, row.Unidentified, row.ClosedBy,
        row.ClosedAt is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null, row.PostedBy, row.Methods,
        Money.Of(row.Fees, row.Currency), Money.Of(row.FeesLeftOut, row.Currency), row.FeesLeftOutCount);

    private sealed class Row
    {
        public string BankAccount { get; init; } = "";
        public string LegalEntity { get; init; } = "";
        public string Currency { get; init; } = "";
        public DateOnly Day { get; init; }
        public decimal Credits { get; init; }
        public decimal Receipts { get; init; }
        public decimal Ledger { get; init; }
        public decimal Fees { get; init; }
        public decimal FeesLeftOut { get; init; }
        public int FeesLeftOutCount { get; init; }
        public int Count { get; init; }
        public int Waiting { get; init; }
        public int Unidentified { get; init; }
        public string? ClosedBy { get; init; }
        public DateTime? ClosedAt { get; init; }
        public string? PostedBy { get; init; }
        public decimal ClosedCredits { get; init; }
        public decimal ClosedReceipts { get; init; }
        public decimal ClosedLedger { get; init; }
        public int ClosedCount { get; init; }
        public decimal ClosedFees { get; init; }

        public IReadOnlyList<CashDayMethod> Methods { get; set; } = [];

        public bool Ties => Now.Ties && Methods.All(method => method.Ties);

        public CashDayFigures Now => new(Of(Credits), Of(Receipts), Of(Ledger), Count, FeesOf(Fees));

        /// <summary>As it was closed last; null where it never was.</summary>
        public CashDayFigures? Then => ClosedBy is null
            ? null
            : new CashDayFigures(
                Of(ClosedCredits), Of(ClosedReceipts), Of(ClosedLedger), ClosedCount, FeesOf(ClosedFees));

        private Money? FeesOf(decimal fees) => fees == 0 ? null : Of(fees);

        private Money Of(decimal amount) => Money.Of(amount, Currency);
    }
}
