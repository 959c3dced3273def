using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A sum on a statement whose payments come one by one in a file.</summary>
/// <param name="Amount">As it moves the balance.</param>
/// <param name="FileId">The file of that account, sum and time; null while none has come.</param>
public sealed record LumpView(
    Guid ImportId, int Statement, int Entry, string BankAccount, DateOnly BookingDate, Money Amount, string? Text,
    Guid? FileId);

/// <summary>
/// <c>GET /v1/bank-statements/lumps</c>: lumps and the files that tell their payments. Nothing is booked by a lump, so
/// one without a file is money that is still to be told.
/// </summary>
public static class LumpQueries
{
    /// <summary>
    /// A file belongs to a lump of the same account, direction and sum, at most five days apart. Of several lumps alike
    /// within five days the second has the second file, and so on. The sum is that of one deposit or batch of the file,
    /// or of all that it has for the account; of a notification, that of one entry.
    /// </summary>
    private const string Sql = """
        select l.import_id, l.statement, l.entry, l.bank_account, l.booking_date, l.currency, l.amount, l.text,
            f.file_id, l.import_id::text || '/' || l.statement || '/' || l.entry as id
        from statement_lines l
        join bank_accounts b on b.code = l.bank_account
        left join lateral (
            select s.import_id as file_id
            from (
                select import_id, ordinal, coalesce(to_day, from_day) as day, credits, debits from statements
                where bank_account = l.bank_account and kind = 'collection' and not repeated
                union all
                select import_id, 0, max(coalesce(to_day, from_day)), sum(credits), sum(debits) from statements
                where bank_account = l.bank_account and kind = 'collection' and not repeated
                group by import_id having count(*) > 1
                union all
                select n.import_id, n.entry, n.booking_date, n.amount, 0 from statement_lines n
                join statements t on t.import_id = n.import_id and t.ordinal = n.statement
                where n.bank_account = l.bank_account and n.class = 'receipt' and t.kind = 'notification'
            ) s
            where s.day between l.booking_date - 5 and l.booking_date + 5
                and l.amount = case when l.amount > 0 then s.credits else -s.debits end
            order by s.day, s.import_id, s.ordinal
            offset (
                select count(*) from statement_lines e
                where e.class = 'lump' and e.bank_account = l.bank_account and e.currency = l.currency
                    and e.amount = l.amount and e.booking_date >= l.booking_date - 5
                    and (e.booking_date, e.import_id, e.statement, e.entry)
                        < (l.booking_date, l.import_id, l.statement, l.entry)
            )
            limit 1
        ) f on true
        where l.class = 'lump' and (@entities::text[] is null or b.legal_entity = any(@entities))
            and (@bankAccount::text is null or l.bank_account = @bankAccount)
        """;

    private static readonly SortOrder<Row> Order = new SortOrder<Row>("id", row => row.Id, standard: "-bookingDate")
        .By("bookingDate", "booking_date", row => row.BookingDate);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/bank-statements/lumps", List)
        .RequireScope(Scopes.CashRead).Produces<Page<LumpView>>().WithTags("Bank statements")
        .WithSummary("Sums on statements whose payments come one by one in a file");

    private static async Task<IResult> List(
        string? status, string? bankAccount, ListQuery query, EventStore store, HttpContext http)
    {
        if (status is not (null or "open" or "tied"))
            return Problems.Malformed("bad-status", "/status", "status is open or tied.");
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("status", status);
        parameters.Add("bankAccount", bankAccount);
        parameters.Add("entities", Caller.Of(http).EntityFilter());
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"select * from ({Sql}) r where (@status::text is null or (file_id is null) = (@status = 'open')) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(row => row.ToView()));
    }

    private sealed class Row
    {
        public string Id { get; init; } = "";
        public Guid ImportId { get; init; }
        public int Statement { get; init; }
        public int Entry { get; init; }
        public string BankAccount { get; init; } = "";
        public DateOnly BookingDate { get; init; }
        public string Currency { get; init; } = "";
        public decimal Amount { get; init; }
        public string? Text { get; init; }
        public Guid? FileId { get; init; }

        public LumpView ToView() => new(
            ImportId, Statement, Entry, BankAccount, BookingDate, Money.Of(Amount, Currency), Text, FileId);
    }
}
