using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Integration;
using OrderToCash.EventSourcing;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Notes what Invoicing says of contacts who do not agree to be written to, beside what they have said here: the newer
/// word counts. Until it is noted the moment of contact knows it from the replica.
/// </summary>
public sealed class HearConsents(EventSourcing.EventStore store, ContactBook contacts) : IReviewStep
{
    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        var today = chunk.Customers.ToDictionary(customer => customer.Id, customer => customer.Today);
        foreach (var customer in await contacts.FindAsync(chunk.Ids, cancellation))
        {
            if (customer.Contacts.Any(contact => contact is { Consent: not null, Email: not null }))
                await HearAsync(customer, today[customer.Id], cancellation);
        }
    }

    private async Task HearAsync(ContactableCustomer customer, DateOnly today, CancellationToken cancellation)
    {
        var stream = ContactProfileStream.Id(customer.Id);
        await store.CommitAsync(
            async stop =>
            {
                var (profile, version) = await store.LoadAsync(ContactProfileStream.Type, stream, stop);
                var news = new List<object>();
                foreach (var contact in customer.Contacts)
                {
                    var point = new ContactPoint(
                        customer.LegalEntity, customer.Id, ContactChannel.Email, contact.Email, contact.Name);
                    var heard = ContactDecider.Hear(profile, point, customer.Agrees(contact.Email), today).Events;
                    profile = heard.Aggregate(profile, ContactProfile.Evolve);
                    news.AddRange(heard);
                }

                var batch = new WriteBatch(IReviewStep.Itself);
                return news.Count == 0 ? batch : batch
                    .Lock(Locks.Contact.Take(customer.Id))
                    .Append(ContactProfileStream.Type, stream, version, news);
            },
            cancellation);
    }
}
