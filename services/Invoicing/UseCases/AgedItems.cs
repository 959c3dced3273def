using System.Globalization;
using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// The items behind the aging: each installment that was open on a day, and each credit memo, below zero. They sum to
/// the cells of the aging by customer, since both are sums of one ledger.
/// </summary>
internal static class AgedItems
{
    /// <summary>What the aging is asked for to show them.</summary>
    public const string By = "document";

    /// <summary>So many fit into the memory of an instance beside everything else.</summary>
    private const int MaxItems = 50_000;

    /// <summary>
    /// What is disputed is what the document itself said last until then; it is looked for where anything ever was, and
    /// for no more items than are told.
    /// </summary>
    private const string Select =
        $"""
        with items as (
            select invoice_id, installment, customer_id, currency, due_date, min(invoice_number) as number,
                min(coalesce(document_date, posting_date)) as dated, {AgingSql.Day} as day, sum(amount) as amount
            from subledger_entries
            where posting_date <= @AsOf and (@KnownAt::timestamptz is null or recorded_at <= @KnownAt)
                and {AgingSql.Asked}
            group by invoice_id, installment, customer_id, currency, due_date, day having sum(amount) <> 0),
        aged as (select *, {AgingSql.Bucket} as bucket from items),
        k as (
            select distinct on (customer_id) * from customer_versions
            where @KnownAt::timestamptz is null or recorded_at <= @KnownAt order by customer_id, version desc),
        told as materialized (
            select a.*, c.customer_id as owed_by, c.name
            from aged a
            join k o on o.customer_id = a.customer_id
            join k c on c.customer_id = coalesce(o.merged_into, o.customer_id)
            where @bucketIndex::int is null or a.bucket = @bucketIndex
            order by a.currency, c.name, c.customer_id, a.day, a.number, a.installment, a.due_date limit @limit)
        select a.invoice_id, a.installment, a.number, d.kind, a.owed_by as customer_id, a.name, a.currency, a.dated,
            a.due_date, @AsOf::date - a.day as days, a.bucket, a.amount,
            least(coalesce(x.disputed, 0), a.amount) as disputed
        from told a
        left join invoices d on d.invoice_id = a.invoice_id
        left join lateral (
            select (e.data->'Item'->'Disputed'->>'amount')::numeric as disputed from mt_events e
            where e.stream_id = a.invoice_id and (e.data->'Item'->>'Installment')::int = a.installment
                and coalesce(e.data->>'PostingDate', e.data->'Entry'->>'PostingDate')::date <= @AsOf
                and (@KnownAt::timestamptz is null or e.timestamp <= @KnownAt)
                and exists (select 1 from mt_events m
                    where m.stream_id = a.invoice_id and m.type = 'dispute_marked')
            order by e.version desc limit 1) x on a.amount > 0
        order by a.currency, a.name, a.owed_by, a.day, a.number, a.installment, a.due_date
        """;

    /// <summary>The rows of the report; 400 where there are more than one answer holds.</summary>
    public static async Task<List<AgingReport.Row>> ReadAsync(
        AgingReport.Query query, AgingBuckets ages, string[]? entities, EventStore store,
        CancellationToken cancellation)
    {
        var parameters = new DynamicParameters(query);
        parameters.Add("entities", entities);
        parameters.Add("starts", ages.Starts);
        parameters.Add("limit", MaxItems + 1);
        parameters.Add("bucketIndex", query.Bucket is { } bucket ? BucketOf(bucket, ages) : null);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        parameters.Add("customers", await AgingReport.CustomersAsync(connection, query, parameters, cancellation));
        await connection.ExecuteAsync(new CommandDefinition(AgingSql.Planning, cancellationToken: cancellation));
        var found = (await connection.QueryAsync<Found>(new CommandDefinition(
            Select, parameters, cancellationToken: cancellation))).AsList();
        return found.Count <= MaxItems
            ? found.ConvertAll(one => one.Row(ages))
            : throw new ProblemException(Problems.Malformed(
                "too-many", "/bucket",
                $"There are more than {MaxItems} items; ask for one bucket, customer, currency or legal entity."));
    }

    /// <summary>The items, for spreadsheets.</summary>
    public static Table TableOf(AgingReport.Report report) => new(
        ["number", "installment", "kind", "documentDate", "dueDate", "days", "customer", "customerId", "currency",
            .. report.Buckets, "total", "disputed"],
        report.Rows.Select(row => (IReadOnlyList<object?>)
            [row.Number, row.Item!.Installment, row.Item.Kind, row.Item.DocumentDate, row.Item.DueDate, row.Item.Days,
                row.Name, row.Item.CustomerId.ToString(), row.Currency,
                .. report.Buckets.Select(bucket => (object?)row.Amounts[bucket]), row.Total, row.Item.Disputed]));

    private static int BucketOf(string name, AgingBuckets ages)
    {
        var index = ages.Names.ToList().IndexOf(name);
        return index >= 0
            ? index
            : throw new ProblemException(Problems.Malformed(
                "bad-bucket", "/bucket", $"bucket is one of {string.Join(", ", ages.Names)}."));
    }

    private sealed class Found
    {
        public Guid InvoiceId { get; init; }
        public int Installment { get; init; }
        public required string Number { get; init; }
        public string? Kind { get; init; }
        public Guid CustomerId { get; init; }
        public required string Name { get; init; }
        public required string Currency { get; init; }
        public DateOnly Dated { get; init; }
        public DateOnly DueDate { get; init; }
        public int Days { get; init; }
        public int Bucket { get; init; }
        public decimal Amount { get; init; }
        public decimal Disputed { get; init; }

        public AgingReport.Row Row(AgingBuckets ages)
        {
            var amount = Money.Of(Amount, Currency).Amount;
            return new AgingReport.Row(
                string.Create(CultureInfo.InvariantCulture, $"{InvoiceId}/{Installment}"), Name, Currency,
                ages.Names.Select((name, index) => (name, index)).ToDictionary(
                    one => one.name, one => one.index == Bucket ? amount : Money.Of(0, Currency).Amount),
                amount, Number,
                new AgingReport.Item(
                    InvoiceId, Installment,
                    Kind is null ? "credit-memo" : Json.NameOf(Enum.Parse<DocumentKind>(Kind)), CustomerId, Dated,
                    DueDate, Days, Money.Of(Amount > 0 ? Disputed : 0, Currency).Amount));
        }
    }
}
