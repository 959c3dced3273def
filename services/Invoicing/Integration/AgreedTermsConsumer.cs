using MassTransit;
using OrderToCash.Contracts.Credit.V1;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Lets terms hold that Credit has agreed on with a customer: invoices from now on are due by them.
/// </summary>
public sealed class AgreedTermsConsumer(Inbox inbox) : IConsumer<CustomerTermsAgreed>
{
    public const string Queue = "invoicing-agreed-terms";

    public Task Consume(ConsumeContext<CustomerTermsAgreed> context) => inbox.DecideAsync(
        context, CustomerStream.Type, context.Message.CustomerId,
        customer => customer.Now is null
            ? throw new MessageRefusedException($"There is no customer {context.Message.CustomerId}.")
            : AccountDecider.Agree(customer, context.Message.Terms, context.StreamVersion()));
}
