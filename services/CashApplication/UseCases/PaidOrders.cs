using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A debit of a statement that names payments of ours.</summary>
/// <param name="Detail">Payment within the entry, from 1; 0 for the entry as a whole.</param>
/// <param name="Amount">Without sign.</param>
/// <param name="RefundIds">The refunds that it paid; empty while it ties to none.</param>
/// <param name="PaymentFileId">The payment file that ordered them, or null.</param>
public sealed record PaidOrderView(
    Guid ImportId, int Statement, int Entry, int Detail, string BankAccount, DateOnly BookingDate, Money Amount,
    IReadOnlyList<Guid> RefundIds, Guid? PaymentFileId);

/// <summary>
/// <c>GET /v1/bank-statements/payments</c>: debits by which the bank carried out payment files, and the refunds that
/// they paid. One that ties to nothing is another amount than was ordered, another account, or paid before.
/// </summary>
public static class PaidOrders
{
    private const int DaysShown = 92;

    /// <summary>
    /// Refunds that are named one by one, or by their file: together they are the amount of the debit, and the file
    /// paid from its account. A refund is paid once: of all debits that name it the first one ties, however long ago
    /// that was. Days: <c>@from</c> to <c>@to</c>.
    /// </summary>
    internal const string Tied = """
        told as (
            select distinct name from ordered_payments o cross join unnest(o.names) as name
            where o.booking_date between @from and @to
        ), asked as (
            select array_agg(id) as ids from (
                select name as id from told
                union select f.payment_file_id from told join refunds f on f.id = name
                    where f.payment_file_id is not null
                union select f.id from told join refunds f on f.payment_file_id = name) as either
        ), debits as (
            select o.* from asked cross join ordered_payments o where o.names && asked.ids and o.booking_date <= @to
        ), named as (
            select o.import_id, o.statement, o.entry, o.detail, o.bank_account, o.booking_date, o.amount,
                f.id as refund_id, f.amount as ordered, f.payment_file_id
            from debits o cross join unnest(o.names) as name
            join refunds f on f.id = name and f.currency = o.currency and f.status in ('paid', 'returned')
            join payment_files p on p.id = f.payment_file_id and p.bank_account = o.bank_account
            union
            select o.import_id, o.statement, o.entry, o.detail, o.bank_account, o.booking_date, o.amount,
                f.id, f.amount, p.id
            from debits o cross join unnest(o.names) as name
            join payment_files p on p.id = name and p.bank_account = o.bank_account and p.currency = o.currency
                and p.amount = o.amount
            join refunds f on f.payment_file_id = p.id and f.status in ('paid', 'returned')
        ), matching as (
            select *, sum(ordered) over (partition by import_id, statement, entry, detail) as together from named
        ), placed as (
            select *, row_number() over (
                partition by refund_id order by booking_date, import_id, statement, entry, detail) as place
            from matching where together = amount
        ), tied as materialized (
            select import_id, statement, entry, detail, bank_account, booking_date, amount,
                array_agg(refund_id order by refund_id) as refunds, min(payment_file_id::text)::uuid as file_id
            from placed group by import_id, statement, entry, detail, bank_account, booking_date, amount
            having max(place) = 1
        )
        """;

    private const string Sql = $"""
        with {Tied}
        select o.import_id::text || '/' || o.statement || '/' || o.entry || '/' || o.detail as id, o.import_id,
            o.statement, o.entry, o.detail, o.bank_account, o.booking_date, o.currency, o.amount,
            coalesce(t.refunds, array[]::uuid[]) as refunds, t.file_id
        from ordered_payments o join bank_accounts b on b.code = o.bank_account
        left join tied t using (import_id, statement, entry, detail)
        where o.booking_date between @from and @to and (@bankAccount::text is null or o.bank_account = @bankAccount)
            and (@entities::text[] is null or b.legal_entity = any(@entities))
            and (@status::text is null or (t.file_id is null) = (@status = 'open'))
        """;

    private static readonly SortOrder<Row> Order = new SortOrder<Row>("id", row => row.Id, standard: "-bookingDate")
        .By("bookingDate", "booking_date", row => row.BookingDate);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/bank-statements/payments", List)
        .RequireScope(Scopes.CashRead).Produces<Page<PaidOrderView>>().WithTags("Bank statements")
        .WithSummary("Debits that name payments of ours, and what they paid; of the last 92 days where no day is told");

    private static async Task<IResult> List(
        string? status, string? bankAccount, DateOnly? from, DateOnly? to, ListQuery query, EventStore store,
        HttpContext http, TimeProvider clock)
    {
        if (status is not (null or "open" or "tied"))
            return Problems.Malformed("bad-status", "/status", "status is open or tied.");
        var until = to ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(1);
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("status", status);
        parameters.Add("bankAccount", bankAccount);
        parameters.Add("from", from ?? until.AddDays(-DaysShown));
        parameters.Add("to", until);
        parameters.Add("entities", Caller.Of(http).EntityFilter());
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"select * from ({Sql}) r where {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(row => row.ToView()));
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
        public Guid[] Refunds { get; init; } = [];
        public Guid? FileId { get; init; }

        public PaidOrderView ToView() => new(
            ImportId, Statement, Entry, Detail, BankAccount, BookingDate, Money.Of(Amount, Currency), Refunds, FileId);
    }
}
