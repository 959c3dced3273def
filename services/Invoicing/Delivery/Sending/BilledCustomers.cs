using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;

namespace OrderToCash.Invoicing.Delivery.Sending;

/// <summary>Who gets the documents of a customer.</summary>
public sealed class BilledCustomers(EventStore store)
{
    /// <summary>The customer as it is now; of a duplicate that in whose place it was billed.</summary>
    public async Task<(Guid Id, CustomerSnapshot Customer)> FindAsync(
        Guid customerId, CancellationToken cancellation)
    {
        var customer = (await store.LoadAsync(CustomerStream.Type, customerId, cancellation)).State.Now!;
        return customer.MergedInto is { } survivor
            ? (survivor, (await store.LoadAsync(CustomerStream.Type, survivor, cancellation)).State.Now!)
            : (customerId, customer);
    }

    /// <summary>
    /// What is to be mailed of a document: one mail to each who gets it, or one to nobody, which says so.
    /// </summary>
    public async Task<IReadOnlyList<DocumentMailQueued>> MailsAsync(
        Guid documentId, DeliveredDocument document, string number, Guid customerId, CancellationToken cancellation)
    {
        var (id, customer) = await FindAsync(customerId, cancellation);
        var contacts = DocumentRecipients.Of(customer).Select(contact => (Guid?)DocumentRecipients.IdOf(id, contact));
        return
        [
            .. contacts.Distinct().DefaultIfEmpty().Select(contact => new DocumentMailQueued(
                documentId, document, number, customer.LegalEntity, id, contact)),
        ];
    }
}
