using Dapper;
using MassTransit;
using Npgsql;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>
/// Keeps the unapplied cash of each credit account. Every message about a receipt carries its whole balance; a receipt
/// may also turn out to be another customer's money, and then leaves the one account and enters the other in one write.
/// A payment that bounced is kept as an incident and, where the policy says so, holds the account. When the money
/// came, and until when it may bounce, is told once and kept for all messages about the receipt, in whichever order
/// they come.
/// </summary>
public sealed class UnappliedCashConsumer(Inbox inbox, EventStore store, DecisionBooks books)
    : IConsumer<ReceiptRecorded>, IConsumer<ReceiptIdentified>, IConsumer<ReceiptReversed>,
        IConsumer<ReceiptBalanceChanged>, IConsumer<AllocationRequested>, IConsumer<AllocationConfirmed>,
        IConsumer<AllocationRejected>, IConsumer<AllocationReversalRequested>, IConsumer<AllocationReversed>
{
    /// <summary>Reasons that are the payer's doing.</summary>
    private static readonly string[] Bounced = ["nsf", "return", "chargeback", "stop"];

    private const string FindOwners =
        "select coalesce(sharers, array_remove(array[customer_id], null)) as Customers, version as Version, " +
        "value_date as ValueDate, may_bounce_until as MayBounceUntil from receipt_owners " +
        "where receipt_id = @receiptId";

    private const string FindPaid =
        "select distinct invoice_id as InvoiceId, installment as Installment from credit_payments " +
        "where receipt_id = @receiptId and customer_id = @customerId and not is_reversed";

    /// <summary>
    /// Compare-and-set on what was read: of two messages about one receipt at once, the loser starts again.
    /// </summary>
    private const string MoveOwner =
        "with moved as (insert into receipt_owners as o (receipt_id, customer_id, version, sharers, value_date, " +
        "may_bounce_until) values ($1, $2, $3, $5, $6, $7) " +
        "on conflict (receipt_id) do update set customer_id = excluded.customer_id, version = excluded.version, " +
        "sharers = excluded.sharers, value_date = coalesce(excluded.value_date, o.value_date), " +
        "may_bounce_until = coalesce(excluded.may_bounce_until, o.may_bounce_until) " +
        "where o.version = $4 and o.value_date is not distinct from $8 returning 1) " +
        "select case when count(*) = 1 then 0 else otc_version_conflict() end from moved";

    private const string BookLate =
        "with booked as (update receipt_owners set value_date = $2, may_bounce_until = $3 " +
        "where receipt_id = $1 and version = $4 returning 1) " +
        "select case when count(*) = 1 then 0 else otc_version_conflict() end from booked";

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<ReceiptRecorded> context) => await RecordAsync(
        context, context.Message.ReceiptId, context.Message.Balance,
        came: await BookingAsync(context.Message, context.CancellationToken));

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptIdentified> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptBalanceChanged> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptReversed> context) => RecordAsync(
        context, context.Message.ReceiptId, context.Message.Balance,
        Bounced.Contains(context.Message.Reason) ? context.Message : null);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationRequested> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationConfirmed> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationRejected> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationReversalRequested> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationReversed> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    private Task RecordAsync(
        ConsumeContext context, Guid receiptId, ReceiptBalance balance, ReceiptReversed? bounced = null,
        Booking? came = null)
    {
        var version = context.StreamVersion();
        return inbox.CommitAsync(context, async batch =>
        {
            var payer = bounced is null ? null : balance.CustomerId;
            if (payer is { } who)
            {
                batch.Row(BehaviourRows.Incident(
                    receiptId, BehaviourRows.ReturnedPayment, who, bounced!.PostingDate, version, holds: true));
            }

            var news = await NewsAsync(batch, receiptId, balance, version, came, context.CancellationToken);
            foreach (var customer in news.Keys.Union(payer is { } one ? [one] : []))
            {
                var account = await store.LoadAsync(CreditAccountStream.Type, customer, context.CancellationToken);
                IReadOnlyList<object> events = news.TryGetValue(customer, out var record)
                    ? record(account.State).Events
                    : [];
                if (customer == payer)
                {
                    var held = await HoldAsync(customer, account.State, bounced!, context.CancellationToken);
                    events = [.. events, .. held];
                }

                batch.Append(CreditAccountStream.Type, customer, account.Version, events);
            }
        });
    }

    /// <summary>
    /// What there is to record for each customer: what it has of the receipt now, for those who have nothing any more
    /// too. When the money came is news even where what came after it is known already.
    /// </summary>
    private async Task<Dictionary<Guid, Func<CreditAccount, Decision>>> NewsAsync(
        WriteBatch batch, Guid receiptId, ReceiptBalance balance, long version, Booking? came,
        CancellationToken cancellation)
    {
        var known = await FindAsync(receiptId, cancellation);
        if (known.Version >= version)
        {
            if (came is null || known.ValueDate is not null)
                return [];
            batch.Guard(Late(receiptId, came, known.Version));
            return known.Customers.ToDictionary(
                customer => customer,
                _ => (Func<CreditAccount, Decision>)(account =>
                    ExposureDecider.NoteBooking(account, receiptId, came)));
        }

        var booked = came ?? known.Booked;
        batch.Guard(Move(receiptId, balance, version, known, booked));
        return Parts(balance, known.Customers).ToDictionary(
            part => part.Key,
            part => (Func<CreditAccount, Decision>)(account => ExposureDecider.RecordUnappliedCash(
                account, receiptId, part.Value.Unapplied, version, part.Value.Spent, booked)));
    }

    /// <summary>
    /// What each customer has of the receipt. What of it is spent is the matter of the customer whose receipt it is.
    /// </summary>
    private static Dictionary<Guid, UnsettledCash> Parts(ReceiptBalance balance, Guid[] before)
    {
        var unapplied = balance.Unapplied.ToMoney();
        var none = UnsettledCash.None(unapplied.Currency);
        var parts = before.ToDictionary(customer => customer, _ => none);
        if (balance.Shares is { } shares)
        {
            foreach (var share in shares.GroupBy(share => share.CustomerId))
            {
                parts[share.Key] = none with
                {
                    Unapplied = Money.Sum(share.Select(one => one.Unapplied.ToMoney()), unapplied.Currency),
                };
            }
        }
        else if (balance.CustomerId is { } only)
        {
            parts[only] = none with { Unapplied = unapplied };
        }

        var spent = balance.Amount.ToMoney() - balance.Reversed.ToMoney() - unapplied;
        if (balance.CustomerId is { } owner && !spent.IsZero)
            parts[owner] = parts.GetValueOrDefault(owner, none) with { Spent = spent };
        return parts;
    }

    /// <summary>Until when money of this method may bounce is the policy's of the moment when it came.</summary>
    private async Task<Booking> BookingAsync(ReceiptRecorded receipt, CancellationToken cancellation)
    {
        var policy = (await books.FactsAsync(receipt.LegalEntity, cancellation)).Policy.Policy.Exposure;
        return new Booking(
            receipt.ValueDate,
            policy.SettlementDays is { } days && days.TryGetValue(receipt.Method, out var some)
                ? receipt.ValueDate.AddDays(some)
                : null);
    }

    private async Task<IReadOnlyList<object>> HoldAsync(
        Guid customerId, CreditAccount account, ReceiptReversed returned, CancellationToken cancellation)
    {
        var facts = (await books.FactsAsync(cancellation))(account);
        if (!facts.Policy.Policy.Holds.OnReturnedPayment)
            return [];
        var (code, amount) = (HoldDecider.ReturnedPayment, returned.Balance.Amount.ToMoney());
        var id = HoldDecider.Id(customerId, code, returned.ReceiptId.ToString("N"));
        return account.Holds.ContainsKey(id) ? [] : HoldDecider.Place(
            account,
            new HoldPlaced(
                id, code, $"A payment of {amount} bounced ({returned.ReturnCode ?? returned.Reason}).", ByRule: true,
                Until: null,
                new BouncedPayment(
                    returned.ReceiptId, await PaidAsync(customerId, returned.ReceiptId, cancellation),
                    returned.PostingDate)),
            facts.Today).Events;
    }

    /// <summary>
    /// What of the customer the receipt pays as far as is known here; what was taken back of it already is in the
    /// account, with its day.
    /// </summary>
    private async Task<IReadOnlyList<InstallmentKey>> PaidAsync(
        Guid customerId, Guid receiptId, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return
        [
            .. await connection.QueryAsync<InstallmentKey>(new CommandDefinition(
                FindPaid, new { customerId, receiptId }, cancellationToken: cancellation)),
        ];
    }

    private async Task<KnownReceipt> FindAsync(Guid receiptId, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return await connection.QueryFirstOrDefaultAsync<KnownReceipt>(new CommandDefinition(
            FindOwners, new { receiptId }, cancellationToken: cancellation)) ?? new KnownReceipt();
    }

    private static NpgsqlBatchCommand Move(
        Guid receiptId, ReceiptBalance balance, long version, KnownReceipt known, Booking? booked)
    {
        var command = new NpgsqlBatchCommand(MoveOwner);
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
        return command;
    }

    private static NpgsqlBatchCommand Late(Guid receiptId, Booking came, long known)
    {
        var command = new NpgsqlBatchCommand(BookLate);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = receiptId });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = came.ValueDate });
        command.Parameters.Add(new NpgsqlParameter<DateOnly?> { TypedValue = came.MayBounceUntil });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = known });
        return command;
    }

    /// <summary>Whose a receipt is, and when it came.</summary>
    private sealed record KnownReceipt
    {
        public Guid[] Customers { get; init; } = [];
        public long Version { get; init; }
        public DateOnly? ValueDate { get; init; }
        public DateOnly? MayBounceUntil { get; init; }

        public Booking? Booked => ValueDate is { } day ? new Booking(day, MayBounceUntil) : null;
    }
}
