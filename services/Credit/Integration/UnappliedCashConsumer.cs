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
/// A payment that bounced is kept as an incident and, where the policy says so, holds the account; one that bounced
/// long ago, or is told of again, holds nothing. When the money came, and until when it may bounce, is told once and
/// kept for all messages about the receipt, in whichever order they come; what it has paid by then is counted at that
/// moment, and later payments by <see cref="ReceivablesConsumer"/>.
/// </summary>
public sealed class UnappliedCashConsumer(
    Inbox inbox, EventStore store, KnownReceipts receipts, DecisionBooks books, Incidents incidents)
    : IConsumer<ReceiptRecorded>, IConsumer<ReceiptIdentified>, IConsumer<ReceiptReversed>,
        IConsumer<ReceiptBalanceChanged>, IConsumer<AllocationRequested>, IConsumer<AllocationConfirmed>,
        IConsumer<AllocationRejected>, IConsumer<AllocationReversalRequested>, IConsumer<AllocationReversed>
{
    /// <summary>Reasons that are the payer's doing.</summary>
    private static readonly string[] Bounced = ["nsf", "return", "chargeback", "stop"];

    private const string FindPaid =
        "select distinct invoice_id as InvoiceId, installment as Installment from credit_payments " +
        "where receipt_id = @receiptId and customer_id = @customerId and not is_reversed";

    private const string StillThere =
        "select otc_version_conflict() from mt_streams where id = $1 and version <> $2";

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
            var isNews = payer is not null
                && await incidents.IsNewsAsync(context, receiptId, BehaviourRows.ReturnedPayment);
            if (payer is { } who)
            {
                batch.Row(BehaviourRows.Incident(
                    receiptId, BehaviourRows.ReturnedPayment, who, bounced!.PostingDate, version, holds: true));
            }

            var news = await NewsAsync(batch, receiptId, balance, version, came, context.CancellationToken);
            foreach (var customer in news.Keys.Union(isNews ? [payer!.Value] : []))
            {
                var account = await store.LoadAsync(CreditAccountStream.Type, customer, context.CancellationToken);
                IReadOnlyList<object> events = news.TryGetValue(customer, out var record)
                    ? record(account.State).Events
                    : [];
                if (isNews && customer == payer)
                {
                    var held = await HoldAsync(customer, account.State, bounced!, context.CancellationToken);
                    events = [.. events, .. held];
                }

                // Nothing to hold for was found on what was loaded, and what the receipt pays was read after it.
                if (isNews && customer == payer && events.Count == 0)
                    batch.Guard(Unmoved(customer, account.Version));
                batch.Append(CreditAccountStream.Type, customer, account.Version, events);
            }
        });
    }

    private static NpgsqlBatchCommand Unmoved(Guid customerId, long version)
    {
        var unmoved = new NpgsqlBatchCommand(StillThere);
        unmoved.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        unmoved.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        return unmoved;
    }

    /// <summary>
    /// What there is to record for each customer: what it has of the receipt now, for those who have nothing any more
    /// too. When the money came is news even where what came after it is known already, and also for those whose items
    /// it has paid.
    /// </summary>
    private async Task<Dictionary<Guid, Func<CreditAccount, Decision>>> NewsAsync(
        WriteBatch batch, Guid receiptId, ReceiptBalance balance, long version, Booking? came,
        CancellationToken cancellation)
    {
        var known = await receipts.FindAsync(receiptId, cancellation);
        var isLate = known.Version >= version;
        if (isLate && (came is null || known.Booked is not null))
            return [];
        var booked = known.Booked ?? came;
        batch.Guard(isLate
            ? KnownReceipts.Book(receiptId, came!, known)
            : KnownReceipts.Move(receiptId, balance, version, known, booked));
        var currency = balance.Unapplied.ToMoney().Currency;
        var parts = isLate ? new() : Parts(balance, known.Customers);
        var paid = known.Booked is null && came is not null
            ? await receipts.PaidAsync(receiptId, currency, cancellation)
            : new Dictionary<Guid, Money>();
        return parts.Keys.Union(paid.Keys).Union(isLate ? known.Customers : []).ToDictionary(
            customer => customer,
            customer => (Func<CreditAccount, Decision>)(account =>
            {
                var events = parts.TryGetValue(customer, out var part)
                    ? ExposureDecider.RecordUnappliedCash(
                        account, receiptId, part.Unapplied, version, booked, part.Gone).Events
                    : [];
                return came is null || known.Booked is not null
                    ? Decision.Of(events)
                    : Decision.Of(
                    [
                        .. events, .. ExposureDecider.RecordPaid(
                            events.Aggregate(account, CreditAccount.Evolve), receiptId,
                            paid.GetValueOrDefault(customer, Money.Zero(currency)), came).Events,
                    ]);
            }));
    }

    /// <summary>
    /// What each customer has of the receipt. What of it was paid back or written off is the matter of the customer
    /// whose receipt it is.
    /// </summary>
    private static Dictionary<Guid, (Money Unapplied, Money? Gone)> Parts(ReceiptBalance balance, Guid[] before)
    {
        var unapplied = balance.Unapplied.ToMoney();
        var none = (Unapplied: Money.Zero(unapplied.Currency), Gone: (Money?)null);
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

        var gone = (balance.Refunded?.ToMoney() ?? none.Unapplied) + (balance.WrittenOff?.ToMoney() ?? none.Unapplied);
        if (balance.CustomerId is { } owner && !gone.IsZero)
            parts[owner] = parts.GetValueOrDefault(owner, none) with { Gone = gone };
        return parts;
    }

    /// <summary>Until when money of this method may bounce is the policy's of the moment when it came.</summary>
    private async Task<Booking> BookingAsync(ReceiptRecorded receipt, CancellationToken cancellation)
    {
        var policy = (await books.FactsAsync(receipt.LegalEntity, cancellation)).Policy.Policy.Exposure;
        return new Booking(
            receipt.ValueDate,
            policy.SettlementDays is { } days && days.TryGetValue(receipt.Method, out var some)
                ? receipt.ValueDate.Plus(some)
                : null);
    }

    private async Task<IReadOnlyList<object>> HoldAsync(
        Guid customerId, CreditAccount account, ReceiptReversed returned, CancellationToken cancellation)
    {
        var facts = await books.FactsAsync(account.Opened?.LegalEntity ?? returned.LegalEntity, cancellation);
        var (applied, pending) = (returned.Balance.Applied.ToMoney(), returned.Balance.Pending.ToMoney());
        var bounced = new BouncedPayment(
            returned.ReceiptId, await PaidAsync(customerId, returned.ReceiptId, cancellation), returned.PostingDate,
            applied.IsZero && !pending.IsZero ? null : applied);
        return HoldDecider.Bounce(
            customerId, account, bounced,
            await ReturnedPayments.TakenBackAsync(store.Database, [bounced], cancellation),
            $"A payment of {returned.Balance.Amount.ToMoney()} bounced ({returned.ReturnCode ?? returned.Reason}).",
            facts).Events;
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
}
