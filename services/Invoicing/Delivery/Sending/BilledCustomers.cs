using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.ReadModels;

namespace OrderToCash.Invoicing.Delivery.Sending;

/// <summary>Who gets the documents of a customer.</summary>
public sealed class BilledCustomers(EventStore store)
{
    /// <summary>As many as groups are looked up in reports.</summary>
    internal const int MaxLevels = 20;

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
    /// Who gets the documents of a customer: by now itself, or its parent where it wants that, and so on upwards. A
    /// parent of another legal entity gets none: who looks after its contacts need not see these documents.
    /// </summary>
    public async Task<(Guid Id, CustomerSnapshot Customer)> RecipientAsync(
        Guid customerId, CancellationToken cancellation)
    {
        var found = await FindAsync(customerId, cancellation);
        for (var level = 0; level < MaxLevels && found.Customer.BilledParent is { } parentId; level++)
        {
            var parent = await FindAsync(parentId, cancellation);
            if (parent.Customer.LegalEntity != found.Customer.LegalEntity)
                break;
            found = parent;
        }

        return found;
    }

    /// <summary>The customer's addresses that nothing is sent to, by now.</summary>
    public Task<ClosedAddresses> ClosedAsync(Guid customerId, CancellationToken cancellation) =>
        ClosedAddresses.ReadAsync(store.Database, [customerId], cancellation);

    /// <summary>
    /// What is to be mailed of a document: one mail to each who gets it, or one to nobody, which says so.
    /// </summary>
    public async Task<IReadOnlyList<DocumentMailQueued>> MailsAsync(
        Guid documentId, DeliveredDocument document, string number, Guid customerId, CancellationToken cancellation)
    {
        var (id, customer) = await RecipientAsync(customerId, cancellation);
        var closed = await ClosedAsync(id, cancellation);
        var contacts = DocumentRecipients.Of(id, customer, closed)
            .Select(contact => (Guid?)DocumentRecipients.IdOf(id, contact));
        return
        [
            .. contacts.Distinct().DefaultIfEmpty().Select(contact => new DocumentMailQueued(
                documentId, document, number, customer.LegalEntity, id, contact)),
        ];
    }
}
