using MassTransit;
using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Disputes;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>
/// Opens a dispute for every payment that fell short with a reason, and drops it where the payment is taken back. It is
/// a fact that somebody deducted, so it is noted whatever the item looks like here.
/// </summary>
public sealed class DeductionsConsumer(
    Inbox inbox, Customers customers, PolicyBook policies, NpgsqlDataSource database, TimeProvider clock)
    : IConsumer<DeductionTaken>, IConsumer<DeductionWithdrawn>
{
    public const string Queue = "collections-deductions";

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<DeductionTaken> context)
    {
        var taken = context.Message;
        var policy = await policies.InForceAsync(taken.LegalEntity, context.CancellationToken);
        var customer = await customers.FindAsync(taken.CustomerId, context.CancellationToken)
            ?? throw new UnknownCustomerException(taken.CustomerId);
        var wish = new DisputeOpened(
            taken.LegalEntity, taken.CustomerId, taken.InvoiceId, taken.Installment, taken.Amount.ToMoney(),
            Reason(taken.ReasonCode), "", default, taken.CustomerReason, taken.AllocationId);
        var requestId = Ids.From("dispute-credit", taken.AllocationId.ToString("D"));
        var before = Money.Zero(wish.Amount.Currency);
        await ReadAsync(context.CancellationToken);
        await inbox.DecideAsync(
            context, DisputeStream.Type, DisputeStream.OfDeduction(taken.AllocationId),
            dispute => DisputeDecider.Open(dispute, wish, null, policy, customer.Today, requestId, before),
            (batch, decided) =>
            {
                batch.Lock(Locks.Invoice.Take(taken.InvoiceId))
                    .Row(ReviewQueue.Request(clock.GetUtcNow(), taken.CustomerId));
                OpenDispute.CheckSmall(batch, decided.Events, policy);
            },
            ReadAsync);

        async Task ReadAsync(CancellationToken cancellation) => before = await AcceptedByPolicy.OfInvoiceAsync(
            database, taken.InvoiceId, wish.Amount.Currency, cancellation);
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<DeductionWithdrawn> context) => inbox.DecideAsync(
        context, DisputeStream.Type, DisputeStream.OfDeduction(context.Message.AllocationId),
        DisputeDecider.WithdrawDeduction,
        (batch, decided) =>
        {
            if (decided.State.Case is { } now)
                batch.Row(ReviewQueue.Request(clock.GetUtcNow(), now.Opened.CustomerId));
        });

    /// <summary>A reason that is new to us is another one.</summary>
    private static DisputeReason Reason(string code) => Enum.GetValues<DisputeReason>()
        .Where(reason => DisputeDecider.Code(reason) == code)
        .DefaultIfEmpty(DisputeReason.Other)
        .First();
}

/// <summary>
/// The customer is not known here yet: Invoicing's word about it is on its way. The message is tried again and then
/// waits in the error queue for a person.
/// </summary>
public sealed class UnknownCustomerException(Guid customerId) : Exception($"There is no customer {customerId}.");
