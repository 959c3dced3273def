using MassTransit;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Reviews;
using OrderToCash.Collections.Tasks;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>
/// A statement of account that did not arrive says of an address what a notice that came back says: nothing more goes
/// to it, and somebody is to find another one. The message names whose address that was: where the customer has been
/// changed since, they may have another one by now, which is left alone, and somebody looks into it all the same. That
/// task knows the message for good, longer than the inbox does: what a person has put right since stays so.
/// </summary>
public sealed class StatementBouncesConsumer(Inbox inbox, EventStore store, ContactBook contacts, TimeProvider clock)
    : IConsumer<StatementAddressFailed>
{
    public const string Queue = "collections-statement-bounces";

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<StatementAddressFailed> context)
    {
        var (message, cancellation) = (context.Message, context.CancellationToken);
        var customer = await contacts.FindAsync(message.CustomerId, cancellation)
            ?? throw new UnknownCustomerException(message.CustomerId);
        var isChanged = customer.Version > message.CustomerVersion;
        var contact = message.ContactId is { } id && !isChanged
            ? customer.Contacts.FirstOrDefault(one => one.Id == id)
            : null;
        var point = new ContactPoint(
            customer.LegalEntity, customer.Id, ContactChannel.Email, contact?.Email?.Trim(), contact?.Name);
        var stream = ContactProfileStream.Id(customer.Id);
        var task = Ids.From("statement-bounce", $"{context.MessageId:D}");
        await inbox.CommitAsync(context, async batch =>
        {
            if ((await store.LoadAsync(CollectionTaskStream.Type, task, cancellation)).Version > 0)
                return;
            var (profile, version) = await store.LoadAsync(ContactProfileStream.Type, stream, cancellation);
            var failed = point.Address is null
                ? Decision.Nothing
                : ContactDecider.Fail(profile, new AddressFailed(point, message.Detail, null));
            batch.Lock(Locks.Contact.Take(customer.Id))
                .Append(ContactProfileStream.Type, stream, version, failed.Events)
                .Row(ReviewQueue.Request(clock.GetUtcNow(), customer.Id));
            if (point.Address is null || failed.Events.Count > 0)
            {
                batch.Append(
                    CollectionTaskStream.Type, task, 0,
                    [TaskDecider.RepairAddress(point, null, clock.Today(customer.EntityZone))]);
            }
        });
    }
}
