using Dapper;
using Npgsql;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Something that Collections holds back from dunning, or from any contact.</summary>
/// <param name="HoldId">The hold, as Collections knows it.</param>
/// <param name="Kind"><c>dunning-block</c>, <c>legal-hold</c>, <c>do-not-contact</c>, <c>cease-and-desist</c>,
/// <c>bankruptcy</c> or <c>internal-party</c>; those but the first are of the customer as a whole.</param>
/// <param name="Installment">Of the invoice; null for all of it.</param>
/// <param name="Amount">How much of the installment; null for all of it.</param>
/// <param name="Until">Its last day, in the legal entity's calendar; null until it is released.</param>
public sealed record DunningHold(Guid HoldId, string Kind, int? Installment, Money? Amount, DateOnly? Until);

/// <summary>
/// Holds of Collections, as it told. Invoices are shown with those they are under, and nothing else of them changes:
/// they are owed, aged, charged and mailed. Statements and debit memos, which ask for what is late, are not mailed to
/// whom nobody may get in touch with.
/// </summary>
public static class DunningHolds
{
    /// <summary>
    /// Holds that last at the moment @now on the invoice <c>i</c> or its customer as a whole, also under what that was
    /// merged with: of what is open, for nobody asks for anything else.
    /// </summary>
    internal const string OfInvoice =
        """
        select h.* from (
            select * from dunning_holds where invoice_id = i.invoice_id and not is_over
            union all
            select * from dunning_holds where invoice_id is null and not is_over and customer_id = any(array(
                select i.customer_id
                union all
                select c.merged_into from customers c where c.customer_id = i.customer_id
                union all
                select d.customer_id from customers c
                join customers d on d.merged_into = coalesce(c.merged_into, c.customer_id)
                where c.customer_id = i.customer_id))) h
        join legal_entities e on e.code = i.legal_entity
        where (h.until is null or h.until >= (@now at time zone e.time_zone)::date)
            and exists (
                select 1 from open_items o where o.invoice_id = i.invoice_id and o.balance > 0
                    and o.installment = coalesce(h.installment, o.installment))
        """;

    /// <summary>
    /// Invoices <c>i</c> that may be under a hold, found by the holds: it narrows down where <see cref="OfInvoice"/>,
    /// which says it of one invoice, is looked at. Who was merged with each other has one survivor.
    /// </summary>
    internal const string MayBeOfInvoice =
        """
        (i.invoice_id in (select invoice_id from dunning_holds where invoice_id is not null and not is_over)
            or i.customer_id in (
                select c.customer_id from customers c where coalesce(c.merged_into, c.customer_id) in (
                    select coalesce(x.merged_into, x.customer_id) from dunning_holds h
                    join customers x on x.customer_id = h.customer_id
                    where h.invoice_id is null and not h.is_over)))
        """;

    /// <summary>
    /// The kind of a hold at the moment @now under which nobody may get in touch with the customer of the statement
    /// <c>s</c>, or one that it was merged with, and no paper may go to it: a bankruptcy does not keep paper back.
    /// </summary>
    internal const string KeepsPaperBack =
        """
        select h.kind from dunning_holds h join legal_entities e on e.code = s.legal_entity
        where h.invoice_id is null and not h.is_over and h.kind not in ('dunning-block', 'bankruptcy')
            and (h.until is null or h.until >= (@now at time zone e.time_zone)::date)
            and h.customer_id = any(array(
                select s.customer_id
                union all
                select d.customer_id from customers c
                join customers d on coalesce(d.merged_into, d.customer_id) = coalesce(c.merged_into, c.customer_id)
                where c.customer_id = s.customer_id))
        order by h.kind limit 1
        """;

    private const string Select =
        $"""
        select h.hold_id, h.kind, h.installment, h.amount, h.currency, h.until
        from invoices i cross join lateral ({OfInvoice}) h
        where i.invoice_id = @invoiceId order by h.hold_id
        """;

    private const string Forbidding =
        """
        select h.kind from dunning_holds h
        join customers c on c.customer_id = @customerId join legal_entities e on e.code = c.legal_entity
        where h.customer_id = any(@company) and h.invoice_id is null and not h.is_over and h.kind <> 'dunning-block'
            and (h.until is null or h.until >= (@now at time zone e.time_zone)::date)
        order by h.kind limit 1
        """;

    /// <summary>Those that an invoice is under at this moment.</summary>
    public static async Task<IReadOnlyList<DunningHold>> OfInvoiceAsync(
        NpgsqlDataSource database, Guid invoiceId, DateTimeOffset now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return [.. (await connection.QueryAsync<Row>(new CommandDefinition(
            Select, new { invoiceId, now }, cancellationToken: cancellation))).Select(row => row.Hold)];
    }

    /// <summary>
    /// The kind of a hold under which nobody may get in touch with a customer at this moment, its own or one of those
    /// it was merged with; null where there is none.
    /// </summary>
    public static async Task<string?> ForbiddingContactAsync(
        NpgsqlDataSource database, Guid customerId, DateTimeOffset now, CancellationToken cancellation)
    {
        Guid[] company = [.. await CustomerGroups.OfAsync(database, customerId, cancellation)];
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            Forbidding, new { customerId, company, now }, cancellationToken: cancellation));
    }

    private sealed class Row
    {
        public required Guid HoldId { get; init; }
        public required string Kind { get; init; }
        public int? Installment { get; init; }
        public decimal? Amount { get; init; }
        public string? Currency { get; init; }
        public DateOnly? Until { get; init; }

        public DunningHold Hold =>
            new(HoldId, Kind, Installment, Amount is { } amount ? Money.Of(amount, Currency!) : null, Until);
    }
}
