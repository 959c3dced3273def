using Dapper;
using Npgsql;
using OrderToCash.Invoicing.WriteOffs;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Which rests are wanted.</summary>
/// <param name="LegalEntity">Who is owed.</param>
/// <param name="Limit">The largest, in the currency of the invoices.</param>
/// <param name="PostingDate">Nothing of the invoice was posted after this day.</param>
/// <param name="Skip">Invoices to leave out.</param>
/// <param name="Untouched">Also installments of which nothing is settled.</param>
internal sealed record RestsWanted(
    string LegalEntity, Money Limit, DateOnly PostingDate, IReadOnlyCollection<Guid> Skip, bool Untouched);

/// <summary>A small rest with what a person looks at before it is given up.</summary>
/// <param name="Amount">Of the installment.</param>
/// <param name="WrittenOff">What was written off of it before.</param>
/// <param name="InBooks">The rest by the booked rate; null where the invoice has none.</param>
internal sealed record FoundRest(
    SmallRest Rest, string CustomerName, DateOnly DueDate, Money Amount, Money WrittenOff, Money? InBooks);

/// <summary>
/// Finds small balances: what is left of installments, neither disputed nor expected of a pending payment, of invoices
/// and debit memos without a credit that is not applied or waits for an approval. What was written off of an
/// installment before counts against the limit.
/// </summary>
internal static class SmallRests
{
    /// <summary>Invoices that are to be credited, voided or corrected, once it is approved.</summary>
    private const string CreditsWaiting =
        """
        select ((e.data ->> 'Request')::jsonb ->> 'InvoiceId')::uuid as invoice_id
        from approvals a join mt_events e on e.stream_id = a.approval_id and e.type = 'approval_requested'
        where a.status = 'Waiting' and a.kind = 'credit-memo'
        """;

    private const string Small =
        $"""
        select o.invoice_id, i.number, o.installment, o.customer_id, c.name as customer_name, o.due_date, o.amount,
            o.balance as rest, o.base_balance, i.version, m.written_off,
            (select -sum(s.amount) from subledger_entries s
             where s.kind in ('written-off', 'write-off-recovered') and s.invoice_id in (
                select coalesce(i.chargeback_of, i.invoice_id)
                union all
                select f.invoice_id from invoices f
                where f.chargeback_of = coalesce(i.chargeback_of, i.invoice_id))) as lost_before
        from open_items o
        join invoices i on i.invoice_id = o.invoice_id
        join customers c on c.customer_id = o.customer_id
        cross join lateral (
            select max(s.posting_date) as last_posting,
                coalesce(-sum(s.amount) filter (where s.installment = o.installment
                    and s.kind in ('written-off', 'write-off-recovered')), 0) as written_off
            from subledger_entries s where s.invoice_id = o.invoice_id) m
        where o.legal_entity = @legalEntity and o.currency = @currency and o.balance > 0 and o.balance <= @limit
            and o.disputed = 0 and i.kind <> 'Deposit' and not o.invoice_id = any(@skip)
            and o.balance + m.written_off <= @limit and m.last_posting <= @day
            and not exists (
                select from expected_payments p
                where p.invoice_id = o.invoice_id and p.installment = o.installment)
            and not exists (select from credit_memos k where k.invoice_id = o.invoice_id and k.open_amount > 0)
            and not exists (select from ({CreditsWaiting}) w where w.invoice_id = o.invoice_id)
        """;

    /// <summary>An index has these alone.</summary>
    private const string Settled = "and o.balance < o.amount";

    private const string Order =
        "order by min(o.due_date) over (partition by o.invoice_id), o.invoice_id, o.installment limit @most";

    /// <summary>Of invoices and of all that are one with them by chargebacks.</summary>
    private const string WrittenOff =
        """
        with roots as (
            select distinct coalesce(chargeback_of, invoice_id) as id from invoices
            where invoice_id = any(@invoiceIds)),
        family as (
            select id from roots
            union
            select i.invoice_id from invoices i join roots r on i.chargeback_of = r.id)
        select coalesce(-sum(s.amount), 0) as amount, coalesce(-sum(s.base_amount), 0) as in_books,
            count(*) filter (where s.base_amount is null) as without_rate
        from family f join subledger_entries s on s.invoice_id = f.id
        where s.kind in ('written-off', 'write-off-recovered')
        """;

    /// <summary>What was due first, at most this many; rests of one invoice follow on one another.</summary>
    public static async Task<IReadOnlyList<FoundRest>> FindAsync(
        NpgsqlDataSource database, RestsWanted wanted, string baseCurrency, int most, CancellationToken cancellation)
    {
        const string settled = $"{Small} {Settled} {Order}";
        const string all = $"{Small} {Order}";
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            wanted.Untouched ? all : settled,
            new
            {
                wanted.LegalEntity,
                currency = wanted.Limit.Currency.Code,
                limit = wanted.Limit.Amount,
                day = wanted.PostingDate,
                skip = wanted.Skip.ToArray(),
                most,
            },
            cancellationToken: cancellation));
        return [.. rows.Select(row => row.Found(wanted.Limit.Currency, Currency.Of(baseCurrency)))];
    }

    /// <summary>
    /// What was written off of these invoices before, with all that are one with them by chargebacks; and what that is
    /// in the books, null where a rate lacks.
    /// </summary>
    public static async Task<(Money Amount, Money? InBooks)> WrittenOffAsync(
        NpgsqlDataSource database, IReadOnlyCollection<Guid> invoiceIds, Currency currency, Currency baseCurrency,
        CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var (amount, inBooks, withoutRate) =
            await connection.QuerySingleAsync<(decimal Amount, decimal InBooks, long WithoutRate)>(
                new CommandDefinition(
                    WrittenOff, new { invoiceIds = invoiceIds.ToArray() }, cancellationToken: cancellation));
        return (Money.Of(amount, currency), withoutRate > 0 ? null : Money.Of(inBooks, baseCurrency));
    }

    /// <summary>Those of these invoices that are to be credited, once it is approved.</summary>
    public static async Task<HashSet<Guid>> CreditsWaitingAsync(
        NpgsqlDataSource database, IReadOnlyCollection<Guid> invoiceIds, CancellationToken cancellation)
    {
        const string ofThese = $"select distinct invoice_id from ({CreditsWaiting}) w where invoice_id = any(@ids)";
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return [.. await connection.QueryAsync<Guid>(new CommandDefinition(
            ofThese, new { ids = invoiceIds.ToArray() }, cancellationToken: cancellation))];
    }

    private sealed class Row
    {
        public Guid InvoiceId { get; init; }
        public required string Number { get; init; }
        public int Installment { get; init; }
        public Guid CustomerId { get; init; }
        public required string CustomerName { get; init; }
        public DateOnly DueDate { get; init; }
        public decimal Amount { get; init; }
        public decimal Rest { get; init; }
        public decimal? BaseBalance { get; init; }
        public long Version { get; init; }
        public decimal WrittenOff { get; init; }
        public decimal? LostBefore { get; init; }

        public FoundRest Found(Currency currency, Currency books) => new(
            new SmallRest(InvoiceId, Number, Installment, CustomerId, Money.Of(Rest, currency), Version,
                LostBefore is > 0 and { } lost ? Money.Of(lost, currency) : null),
            CustomerName, DueDate, Money.Of(Amount, currency), Money.Of(WrittenOff, currency),
            BaseBalance is { } booked ? Money.Of(booked, books) : null);
    }
}
