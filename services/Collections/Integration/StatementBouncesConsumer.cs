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
/// to it, and somebody is to find another one. The message names whose address that was: where they may have had
/// another one then, theirs is left alone, and somebody looks into it all the same. That task knows the message for
/// good, longer than the inbox does. A message from before a person said that the address is good again says nothing.
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
        var contact = await OwnerAsync(customer, message, cancellation);
        var point = new ContactPoint(
            customer.LegalEntity, customer.Id, ContactChannel.Email, contact?.Email?.Trim(), contact?.Name);
        var stream = ContactProfileStream.Id(customer.Id);
        var task = Ids.From("statement-bounce", $"{context.MessageId:D}");
        await inbox.CommitAsync(context, async batch =>
        {
            if ((await store.LoadAsync(CollectionTaskStream.Type, task, cancellation)).Version > 0)
                return;
            var (profile, version) = await store.LoadAsync(ContactProfileStream.Type, stream, cancellation);
            if (await IsRestoredSinceAsync(profile, point, context))
                return;
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

    /// <summary>
    /// Who has the address that failed; null where they may have another one by now, or Invoicing's word of it is on
    /// its way. A word about a customer need not change an address: who was never told of with another one has it yet.
    /// </summary>
    private async Task<Contact?> OwnerAsync(
        ContactableCustomer customer, StatementAddressFailed failed, CancellationToken cancellation)
    {
        if (failed.ContactId is not { } id || customer.Version < failed.CustomerVersion)
            return null;
        var contact = customer.Contacts.FirstOrDefault(one => one.Id == id);
        return customer.Version > failed.CustomerVersion
            && (await contacts.MailAddressesAsync(id, cancellation)).Count > 1
                ? null
                : contact;
    }

    /// <summary>
    /// True where somebody has said since that the address is good: the message waited in the error queue, or made no
    /// task because the address had failed before, and has come again.
    /// </summary>
    private async Task<bool> IsRestoredSinceAsync(
        ContactProfile profile, ContactPoint point, ConsumeContext<StatementAddressFailed> context)
    {
        if (point.Address is null || profile.HasFailed(point.Address, point.Channel))
            return false;
        var happened = context.HappenedAt();
        return await store.ReadAsync(ContactProfileStream.Id(point.CustomerId), context.CancellationToken)
            .AnyAsync(
                e => e.At > happened && e.Data is AddressRestored restored && restored.Point.Channel == point.Channel
                    && ContactProfile.Key(restored.Point.Address) == ContactProfile.Key(point.Address),
                context.CancellationToken);
    }
}
