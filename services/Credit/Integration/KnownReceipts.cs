using Dapper;
using Npgsql;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Integration;

/// <summary>Whose a receipt is, and when it came.</summary>
public sealed record KnownReceipt
{
    /// <summary>Those who have something of it.</summary>
    public Guid[] Customers { get; init; } = [];

    /// <summary>As of which version of the receipt; 0 where no message of it has come.</summary>
    public long Version { get; init; }

    /// <summary>How many payments with it came before it was known when it came.</summary>
    public int Payments { get; init; }

    /// <summary>Day it counts at the bank; null until that is known.</summary>
    public DateOnly? ValueDate { get; init; }

    /// <summary>Last day on which it may bounce; null where it cannot.</summary>
    public DateOnly? MayBounceUntil { get; init; }

    /// <summary>When it came; null until that is known.</summary>
    public Booking? Booked => ValueDate is { } day ? new Booking(day, MayBounceUntil) : null;
}

/// <summary>What is known of a payment before a message about it.</summary>
public sealed record KnownPayment
{
    /// <summary>False where it was applied, true where it was taken back; null where nothing is known of it.</summary>
    public bool? WasReversed { get; init; }

    /// <summary>Day its receipt counts at the bank; null until that is known.</summary>
    public DateOnly? ValueDate { get; init; }

    /// <summary>Last day on which its receipt may bounce; null where it cannot.</summary>
    public DateOnly? MayBounceUntil { get; init; }

    /// <summary>When its receipt came; null until that is known.</summary>
    public Booking? Booked => ValueDate is { } day ? new Booking(day, MayBounceUntil) : null;
}

/// <summary>
/// What is known of receipts beside the accounts. Messages of CashApplication about a receipt and those of Invoicing
/// about what it pays come in any order, on queues of their own: each is written by compare-and-set on what was read,
/// so of two at once the loser starts again.
/// </summary>
public sealed class KnownReceipts(EventStore store)
{
    private const string Find =
        "select coalesce(sharers, array_remove(array[customer_id], null)) as Customers, version as Version, " +
        "payments as Payments, value_date as ValueDate, may_bounce_until as MayBounceUntil from receipt_owners " +
        "where receipt_id = @receiptId";

    private const string FindPayment =
        "select (select is_reversed from credit_payments where allocation_id = @allocationId) as WasReversed, " +
        "o.value_date as ValueDate, o.may_bounce_until as MayBounceUntil " +
        "from (select 1) one left join receipt_owners o on o.receipt_id = @receiptId";

    private const string Paid =
        "select customer_id as Customer, sum(amount) as Amount from credit_payments " +
        "where receipt_id = @receiptId and currency = @currency and not is_reversed group by customer_id";

    private const string Moved =
        "with moved as (insert into receipt_owners as o (receipt_id, customer_id, version, sharers, value_date, " +
        "may_bounce_until) values ($1, $2, $3, $5, $6, $7) " +
        "on conflict (receipt_id) do update set customer_id = excluded.customer_id, version = excluded.version, " +
        "sharers = excluded.sharers, value_date = coalesce(excluded.value_date, o.value_date), " +
        "may_bounce_until = coalesce(excluded.may_bounce_until, o.may_bounce_until) " +
        "where o.version = $4 and o.value_date is not distinct from $8 and o.payments = $9 returning 1) " +
        "select case when count(*) = 1 then 0 else otc_version_conflict() end from moved";

    private const string Booked =
        "with booked as (update receipt_owners set value_date = $2, may_bounce_until = $3 " +
        "where receipt_id = $1 and version = $4 and payments = $5 and value_date is null returning 1) " +
        "select case when count(*) = 1 then 0 else otc_version_conflict() end from booked";

    private const string PaidEarly =
        "with noted as (insert into receipt_owners as o (receipt_id, version, payments) values ($1, 0, 1) " +
        "on conflict (receipt_id) do update set payments = o.payments + 1 where o.value_date is null returning 1) " +
        "select case when count(*) = 1 then 0 else otc_version_conflict() end from noted";

    /// <summary>What is known of a receipt.</summary>
    public async Task<KnownReceipt> FindAsync(Guid receiptId, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return await connection.QueryFirstOrDefaultAsync<KnownReceipt>(new CommandDefinition(
            Find, new { receiptId }, cancellationToken: cancellation)) ?? new KnownReceipt();
    }

    /// <summary>What is known of a payment, and of its receipt.</summary>
    public async Task<KnownPayment> FindPaymentAsync(
        Guid allocationId, Guid receiptId, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return await connection.QuerySingleAsync<KnownPayment>(new CommandDefinition(
            FindPayment, new { allocationId, receiptId }, cancellationToken: cancellation));
    }

    /// <summary>What a receipt has paid of each customer's items and was not taken back.</summary>
    public async Task<IReadOnlyDictionary<Guid, Money>> PaidAsync(
        Guid receiptId, Currency currency, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<(Guid Customer, decimal Amount)>(new CommandDefinition(
            Paid, new { receiptId, currency = currency.Code }, cancellationToken: cancellation));
        return rows.ToDictionary(row => row.Customer, row => Money.Of(row.Amount, currency));
    }

    /// <summary>Whose the receipt is now, and when it came where that is known.</summary>
    public static NpgsqlBatchCommand Move(
        Guid receiptId, ReceiptBalance balance, long version, KnownReceipt known, Booking? booked)
    {
        var command = new NpgsqlBatchCommand(Moved);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = receiptId });
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = balance.CustomerId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = known.Version });
        command.Parameters.Add(new NpgsqlParameter<Guid[]?>
        {
            TypedValue = balance.Shares?.Select(share => share.CustomerId).Distinct().ToArray(),
        });
        command.Parameters.Add(new NpgsqlParameter<DateOnly?> { TypedValue = booked?.ValueDate });
        command.Parameters.Add(new NpgsqlParameter<DateOnly?> { TypedValue = booked?.MayBounceUntil });
        command.Parameters.Add(new NpgsqlParameter<DateOnly?> { TypedValue = known.ValueDate });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = known.Payments });
        return command;
    }

    /// <summary>When a receipt came of which later news are known already.</summary>
    public static NpgsqlBatchCommand Book(Guid receiptId, Booking came, KnownReceipt known)
    {
        var command = new NpgsqlBatchCommand(Booked);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = receiptId });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = came.ValueDate });
        command.Parameters.Add(new NpgsqlParameter<DateOnly?> { TypedValue = came.MayBounceUntil });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = known.Version });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = known.Payments });
        return command;
    }

    /// <summary>A payment with a receipt of which it is not known yet when it came.</summary>
    public static NpgsqlBatchCommand PayEarly(Guid receiptId)
    {
        var command = new NpgsqlBatchCommand(PaidEarly);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = receiptId });
        return command;
    }
}
