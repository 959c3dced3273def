using Npgsql;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Credit.Integration;

/// <summary>Rows of what customers did: payments, and what went wrong.</summary>
internal static class BehaviourRows
{
    /// <summary>A payment bounced.</summary>
    public const string ReturnedPayment = "returned-payment";

    /// <summary>A promise was not kept.</summary>
    public const string BrokenPromise = "broken-promise";

    /// <summary>An installment of a payment plan was not paid.</summary>
    public const string BreachedPlan = "breached-plan";

    /// <summary>A dispute was decided against the customer.</summary>
    public const string LostDispute = "lost-dispute";

    private const string Paid =
        "with paid as (insert into credit_payments as p " +
        "(allocation_id, customer_id, currency, amount, value_date, due_date, " +
        "is_reversed, receipt_id, invoice_id, installment) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) " +
        "on conflict (allocation_id) do update set is_reversed = p.is_reversed or excluded.is_reversed " +
        "where p.is_reversed = $11 returning 1) " +
        "select case when count(*) = 1 then 0 else otc_version_conflict() end from paid";

    private const string Happened =
        "insert into credit_incidents as i (source_id, kind, customer_id, day, version, holds) " +
        "values ($1, $2, $3, $4, $5, $6) on conflict (source_id, kind) do update set day = excluded.day, " +
        "version = excluded.version, holds = excluded.holds, customer_id = excluded.customer_id " +
        "where excluded.version >= i.version";

    private const string Lost =
        "insert into credit_losses (source_id, customer_id, invoice_id, installment, currency, amount, due_date, " +
        "day) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (source_id) do nothing";

    /// <summary>
    /// Money was applied to an item, or taken back from it; in whichever order both are heard of, by compare-and-set on
    /// what was known.
    /// </summary>
    public static NpgsqlBatchCommand Payment(
        Guid allocationId, Guid receiptId, OpenItem item, MoneyAmount amount, DateOnly day, bool isReversed,
        bool? wasReversed)
    {
        var row = new NpgsqlBatchCommand(Paid);
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = allocationId });
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.CustomerId });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = amount.Currency });
        row.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = amount.Amount });
        row.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = day });
        row.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = item.DueDate });
        row.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = isReversed });
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = receiptId });
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.InvoiceId });
        row.Parameters.Add(new NpgsqlParameter<int> { TypedValue = item.Installment });
        row.Parameters.Add(new NpgsqlParameter<bool?> { TypedValue = wasReversed });
        return row;
    }

    /// <summary>So much of an item was given up; below zero what was given up is open again.</summary>
    public static NpgsqlBatchCommand Loss(Guid sourceId, OpenItem item, decimal amount, DateOnly day)
    {
        var row = new NpgsqlBatchCommand(Lost);
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = sourceId });
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.CustomerId });
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.InvoiceId });
        row.Parameters.Add(new NpgsqlParameter<int> { TypedValue = item.Installment });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = item.Amount.Currency });
        row.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = amount });
        row.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = item.OriginalDueDate ?? item.DueDate });
        row.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = day });
        return row;
    }

    /// <summary>Something went wrong, or did not after all.</summary>
    public static NpgsqlBatchCommand Incident(
        Guid sourceId, string kind, Guid customerId, DateOnly day, long version, bool holds)
    {
        var row = new NpgsqlBatchCommand(Happened);
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = sourceId });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = kind });
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        row.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = day });
        row.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        row.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = holds });
        return row;
    }
}
