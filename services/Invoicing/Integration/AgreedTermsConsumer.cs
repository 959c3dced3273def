using MassTransit;
using OrderToCash.Contracts.Credit.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Lets terms hold that Credit has agreed on with a customer: invoices from now on are due by them. The way of billing
/// that was agreed with them is shown with the customer, and kept to be set up as a billing schedule. What was agreed
/// with a duplicate holds for the customer that is billed in its place, too.
/// </summary>
public sealed class AgreedTermsConsumer(Inbox inbox, EventStore store) : IConsumer<CustomerTermsAgreed>
{
    public const string Queue = "invoicing-agreed-terms";

    public Task Consume(ConsumeContext<CustomerTermsAgreed> context) => inbox.CommitAsync(
        context, batch => AgreeAsync(batch, context.Message, context.StreamVersion(), context.CancellationToken));

    private async Task AgreeAsync(
        WriteBatch batch, CustomerTermsAgreed agreed, long version, CancellationToken cancellation)
    {
        var (customer, at) = await store.LoadAsync(CustomerStream.Type, agreed.CustomerId, cancellation);
        if (customer.Now is not { } now)
            throw new MessageRefusedException($"There is no customer {agreed.CustomerId}.");
        if (BillingAgreements.Row(agreed) is { } agreement)
            batch.Row(agreement);
        var decision = Accepted(AccountDecider.Agree(customer, agreed.Terms, version, agreed.BillingSchedule));
        if (decision.Events.Count == 0)
            return;
        batch.Append(CustomerStream.Type, agreed.CustomerId, at, decision.Events);
        if (now.MergedInto is not { } survivorId)
            return;
        var survivor = await store.LoadAsync(CustomerStream.Type, survivorId, cancellation);
        batch.Append(
            CustomerStream.Type, survivorId, survivor.Version,
            Accepted(version > now.TermsVersion
                ? AccountDecider.AgreeFor(survivor.State, agreed.Terms, agreed.BillingSchedule)
                : AccountDecider.AgreeOnBilling(survivor.State, agreed.BillingSchedule)).Events);
    }

    private static Decision Accepted(Decision decision) => decision.Refusal is { } refusal
        ? throw new MessageRefusedException($"{refusal.Code} {refusal.Detail}")
        : decision;
}
