using System.Globalization;
using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// The journal of a legal entity and month, one row per line: for a general ledger that takes files. In the order of
/// posting dates and entries, so that the same month gives the same bytes: as it is known, or was known. A month of
/// more lines than one file holds is asked for in parts, by days.
/// </summary>
public static class ExportJournal
{
    /// <summary>One line of an entry; at most one of debit and credit is not zero.</summary>
    /// <param name="BaseDebit">In the books' currency; null where no rate was known by then.</param>
    /// <param name="BaseCredit">In the books' currency; null where no rate was known by then.</param>
    public sealed record Line(
        Guid EntryId, int Number, DateOnly PostingDate, string Kind, string SourceNumber, Guid? CustomerId,
        string Account, string Role, string Currency, decimal Debit, decimal Credit, decimal? BaseDebit,
        decimal? BaseCredit);

    /// <summary>What debits, and so credits, come to in one currency.</summary>
    public sealed record Total(string Currency, decimal Debit, decimal Credit);

    /// <summary>The month.</summary>
    /// <param name="Totals">Per currency; debits equal credits.</param>
    /// <param name="BaseTotal">In the books' currency, as far as rates are known; debits equal credits.</param>
    public sealed record Export(
        string LegalEntity, string Period, IReadOnlyList<Total> Totals, Total BaseTotal, IReadOnlyList<Line> Lines);

    /// <summary>So many fit into the memory of an instance beside everything else, and into a sheet.</summary>
    private const int MaxLines = 250_000;

    private const string Select =
        """
        select e.entry_id, l.line as number, e.posting_date, e.kind, e.source_number, e.customer_id, l.account, l.role,
            l.currency, l.debit, l.credit, b.base_currency,
            case when l.currency = b.base_currency then l.debit
                when @knownAt::timestamptz is null or l.translated_at is null or l.translated_at <= @knownAt
                then l.base_debit end as base_debit,
            case when l.currency = b.base_currency then l.credit
                when @knownAt::timestamptz is null or l.translated_at is null or l.translated_at <= @knownAt
                then l.base_credit end as base_credit
        from (select * from journal_entries union all select * from received_journal_entries) e
        join (select * from journal_lines union all select * from received_journal_lines) l on l.entry_id = e.entry_id
        join legal_entities b on b.code = e.legal_entity
        where e.legal_entity = @legalEntity and e.posting_date >= @from and e.posting_date < @until
            and (@knownAt::timestamptz is null or e.recorded_at <= @knownAt)
        order by e.posting_date, e.entry_id, l.line limit @limit
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/journal-entries/export", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Export>()
        .WithSummary("The journal of a legal entity and month (yyyy-MM), as JSON, CSV or XLSX");

    private static async Task<IResult> HandleAsync(
        HttpContext http, string legalEntity, string period, Caller caller, EventStore store, ReportMoments moments,
        CancellationToken cancellation, DateTimeOffset? knownAt = null, DateOnly? from = null, DateOnly? to = null)
    {
        if (caller.Deny(legalEntity) is { } denied)
            return Problems.From(denied);
        if (!DateOnly.TryParseExact(
            period, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month))
            return Problems.Malformed("bad-period", "/period", "period is a month such as 2026-10.");
        var (first, last) = (from ?? month, to ?? month.AddMonths(1).AddDays(-1));
        if (first < month || last < first || last >= month.AddMonths(1))
            return Problems.Malformed("bad-range", "/to", "from and to are days of the period, to not before from.");
        knownAt = await moments.KnownAsync(knownAt, cancellation);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            Select,
            new { legalEntity, from = first, until = last.AddDays(1), knownAt, limit = MaxLines + 1 },
            cancellationToken: cancellation))).AsList();
        if (rows.Count > MaxLines)
            return Problems.Malformed("too-many", "/to", $"There are more than {MaxLines} lines; ask for fewer days.");
        List<Line> lines = [.. rows.Select(row => row.View)];
        var totals = lines.GroupBy(line => line.Currency).OrderBy(one => one.Key, StringComparer.Ordinal)
            .Select(one => new Total(one.Key, one.Sum(line => line.Debit), one.Sum(line => line.Credit))).ToList();
        var inBase = new Total(
            rows.FirstOrDefault()?.BaseCurrency ?? "", lines.Sum(line => line.BaseDebit ?? 0),
            lines.Sum(line => line.BaseCredit ?? 0));
        var export = new Export(legalEntity, period, totals, inBase, lines);
        return Tables.Result(http, export, () => Table.Of(lines));
    }

    private sealed class Row
    {
        public Guid EntryId { get; init; }
        public int Number { get; init; }
        public DateOnly PostingDate { get; init; }
        public required string Kind { get; init; }
        public required string SourceNumber { get; init; }
        public Guid? CustomerId { get; init; }
        public required string Account { get; init; }
        public required string Role { get; init; }
        public required string Currency { get; init; }
        public decimal Debit { get; init; }
        public decimal Credit { get; init; }
        public required string BaseCurrency { get; init; }
        public decimal? BaseDebit { get; init; }
        public decimal? BaseCredit { get; init; }

        public Line View => new(
            EntryId, Number, PostingDate, Kind, SourceNumber, CustomerId, Account, Role, Currency,
            Money.Of(Debit, Currency).Amount, Money.Of(Credit, Currency).Amount, InBase(BaseDebit), InBase(BaseCredit));

        private decimal? InBase(decimal? amount) =>
            amount is { } known ? Money.Of(known, BaseCurrency).Amount : null;
    }
}
