using System.Globalization;
using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>The journal: the entry of every financial event, ours and cash application's.</summary>
public static class ListJournalEntries
{
    /// <summary>One side of an entry.</summary>
    /// <param name="BaseDebit">In the books' currency; null where no rate was known.</param>
    /// <param name="BaseCredit">In the books' currency; null where no rate was known.</param>
    public sealed record LineView(
        string Account, string Role, Money Debit, Money Credit, Money? BaseDebit, Money? BaseCredit);

    public sealed record EntryView(
        Guid Id, string LegalEntity, DateOnly PostingDate, string Kind, Guid SourceId, string SourceNumber,
        Guid? CustomerId, IReadOnlyList<LineView> Lines);

    private static readonly SortOrder<EntryView> Order =
        new SortOrder<EntryView>("entry_id", row => row.Id, standard: "postingDate")
            .By("postingDate", "posting_date", row => row.PostingDate);

    private const string EntryColumns =
        "entry_id, legal_entity, posting_date, kind, source_id, source_number, customer_id";

    private const string Entries =
        $"(select {EntryColumns} from journal_entries union all " +
        $"select {EntryColumns} from received_journal_entries) entries";

    private const string LineColumns =
        "e.legal_entity, l.entry_id, l.line, l.account, l.role, l.currency, l.debit, l.credit, l.base_debit, " +
        "l.base_credit";

    private const string Lines =
        "select l.entry_id, l.line, l.account, l.role, l.currency, l.debit, l.credit, b.base_currency, " +
        "case when l.currency = b.base_currency then l.debit else l.base_debit end as base_debit, " +
        "case when l.currency = b.base_currency then l.credit else l.base_credit end as base_credit from (" +
        $"select {LineColumns} from journal_lines l join journal_entries e on e.entry_id = l.entry_id " +
        $"where l.entry_id = any(@ids) union all select {LineColumns} from received_journal_lines l " +
        "join received_journal_entries e on e.entry_id = l.entry_id where l.entry_id = any(@ids)) l " +
        "join legal_entities b on b.code = l.legal_entity order by l.entry_id, l.line";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/journal-entries", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Page<EntryView>>()
        .WithSummary("Journal entries of a period (yyyy-MM), a legal entity or a document");

    private static async Task<IResult> HandleAsync(
        HttpContext http, ListQuery query, Caller caller, EventStore store, CancellationToken cancellation,
        string? period = null, string? legalEntity = null, Guid? sourceId = null)
    {
        var page = Order.For(query);
        var first = period is null ? (DateOnly?)null : FirstDay(period);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("entities", caller.EntityFilter(legalEntity));
        parameters.Add("legalEntity", legalEntity);
        parameters.Add("sourceId", sourceId);
        parameters.Add("from", first);
        parameters.Add("until", first?.AddMonths(1));
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = (await connection.QueryAsync<EntryRow>(new CommandDefinition(
            $"select {EntryColumns} from {Entries} " +
            "where (@entities::text[] is null or legal_entity = any(@entities)) " +
            "and (@legalEntity::text is null or legal_entity = @legalEntity) " +
            "and (@sourceId::uuid is null or source_id = @sourceId) " +
            "and (@from::date is null or posting_date >= @from and posting_date < @until) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: cancellation))).ToList();
        var lines = (await connection.QueryAsync<LineRow>(new CommandDefinition(
            Lines, new { ids = rows.Select(row => row.EntryId).ToArray() }, cancellationToken: cancellation)))
            .ToLookup(line => line.EntryId, line => line.View);
        return Listing.Result(http, page.Page([.. rows.Select(row => row.View([.. lines[row.EntryId]]))]));
    }

    private static DateOnly FirstDay(string period) =>
        DateOnly.TryParseExact(period, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first)
            ? first
            : throw new ProblemException(
                Problems.Malformed("bad-period", "/period", "period is a month such as 2026-10."));

    private sealed class EntryRow
    {
        public Guid EntryId { get; init; }
        public required string LegalEntity { get; init; }
        public DateOnly PostingDate { get; init; }
        public required string Kind { get; init; }
        public Guid SourceId { get; init; }
        public required string SourceNumber { get; init; }
        public Guid? CustomerId { get; init; }

        public EntryView View(IReadOnlyList<LineView> lines) =>
            new(EntryId, LegalEntity, PostingDate, Kind, SourceId, SourceNumber, CustomerId, lines);
    }

    private sealed class LineRow
    {
        public Guid EntryId { get; init; }
        public required string Account { get; init; }
        public required string Role { get; init; }
        public required string Currency { get; init; }
        public decimal Debit { get; init; }
        public decimal Credit { get; init; }
        public required string BaseCurrency { get; init; }
        public decimal? BaseDebit { get; init; }
        public decimal? BaseCredit { get; init; }

        public LineView View => new(
            Account, Role, Money.Of(Debit, Currency), Money.Of(Credit, Currency), InBase(BaseDebit),
            InBase(BaseCredit));

        private Money? InBase(decimal? amount) => amount is { } known ? Money.Of(known, BaseCurrency) : null;
    }
}
