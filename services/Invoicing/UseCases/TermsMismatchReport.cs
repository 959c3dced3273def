using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Invoices that were issued with other terms than those agreed with the customer then: by how many days they are due
/// later, and what that is in sum. The days are between the last due dates that the two terms give for the invoice's
/// date, whatever days nobody works on. Our own definition; worked example, also a test: NET 60 in place of NET 30 on
/// 3,000 is 30 days later, DUE ON RECEIPT in place of NET 30 on 1,000 is 30 days earlier, and both are 15 days later on
/// average: (3,000 × 30 − 1,000 × 30) ÷ 4,000.
/// </summary>
public static class TermsMismatchReport
{
    /// <summary>One invoice.</summary>
    /// <param name="DaysLater">By how many days it is due later than agreed; below zero earlier.</param>
    public sealed record Row(
        Guid InvoiceId, string Number, string LegalEntity, Guid CustomerId, DateOnly InvoiceDate, string Terms,
        string AgreedTerms, int DaysLater, Money Total);

    /// <summary>All of one legal entity and currency.</summary>
    /// <param name="DaysLater">Average, weighted by amount, to two decimals.</param>
    public sealed record Sum(string LegalEntity, string Currency, int Invoices, Money Total, decimal DaysLater);

    /// <summary>The report.</summary>
    /// <param name="KnownAt">As it was known then; null where it is as of today.</param>
    public sealed record Report(
        DateOnly From, DateOnly To, DateTimeOffset? KnownAt, IReadOnlyList<Sum> Sums, IReadOnlyList<Row> Rows);

    private const int MaxRows = 10_000;

    /// <summary>What was voided since a moment was no void invoice then.</summary>
    private const string Invoices =
        $"""
        select invoice_id, number, legal_entity, customer_id, invoice_date, terms, agreed_terms, currency, total
        from invoices i
        where terms_mismatch and kind = 'Invoice' and invoice_date between @from and @to
            and case when @knownAt::timestamptz is null then not is_void
                else issued_at <= @knownAt and not exists (
                    select 1 from subledger_entries s where s.invoice_id = i.invoice_id
                        and s.kind = '{PostingKinds.InvoiceVoided}' and s.recorded_at <= @knownAt) end
            and agreed_terms is not null and (@entities::text[] is null or legal_entity = any(@entities))
            and (@legalEntity::text is null or legal_entity = @legalEntity)
        order by invoice_date, number limit @limit
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reports/terms-mismatches", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Report>()
        .WithSummary("Invoices with other terms than agreed, and by how many days they are due later");

    private static async Task<IResult> HandleAsync(
        HttpContext http, DateOnly from, DateOnly to, Caller caller, EventStore store, ReportMoments moments,
        CancellationToken cancellation, string? legalEntity = null, DateTimeOffset? knownAt = null)
    {
        var entities = caller.EntityFilter(legalEntity);
        if (to < from)
            return Problems.Malformed("bad-range", "/to", "to is not before from.");
        knownAt = await moments.KnownAsync(knownAt, cancellation);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var found = (await connection.QueryAsync<Found>(new CommandDefinition(
            Invoices, new { from, to, legalEntity, entities, knownAt, limit = MaxRows + 1 },
            cancellationToken: cancellation))).ToList();
        if (found.Count > MaxRows)
            return Problems.Malformed("too-many", "/to", $"There are more than {MaxRows} of them; ask for fewer days.");
        var rows = found.ConvertAll(one => one.View);
        var sums = rows.GroupBy(row => (row.LegalEntity, row.Total.Currency)).OrderBy(group => group.Key.LegalEntity)
            .ThenBy(group => group.Key.Currency.Code).Select(group => new Sum(
                group.Key.LegalEntity, group.Key.Currency.Code, group.Count(),
                Money.Sum(group.Select(row => row.Total), group.Key.Currency),
                decimal.Round(
                    group.Sum(row => row.DaysLater * row.Total.Amount) / group.Sum(row => row.Total.Amount), 2)))
            .ToList();
        return Tables.Result(http, new Report(from, to, knownAt, sums, rows), () => Table.Of(rows));
    }

    /// <summary>By how many days terms make an invoice of this date due later; below zero earlier.</summary>
    internal static int DaysLater(string terms, string agreed, DateOnly invoiceDate, Money total) =>
        LastDay(terms, invoiceDate, total).DayNumber - LastDay(agreed, invoiceDate, total).DayNumber;

    private static DateOnly LastDay(string terms, DateOnly invoiceDate, Money total) =>
        PaymentTerms.Parse(terms).Schedule(invoiceDate, total)[^1].DueDate;

    private sealed class Found
    {
        public Guid InvoiceId { get; init; }
        public required string Number { get; init; }
        public required string LegalEntity { get; init; }
        public Guid CustomerId { get; init; }
        public DateOnly InvoiceDate { get; init; }
        public required string Terms { get; init; }
        public required string AgreedTerms { get; init; }
        public required string Currency { get; init; }
        public decimal Total { get; init; }

        public Row View => new(
            InvoiceId, Number, LegalEntity, CustomerId, InvoiceDate, Terms, AgreedTerms,
            DaysLater(Terms, AgreedTerms, InvoiceDate, Money.Of(Total, Currency)), Money.Of(Total, Currency));
    }
}
