using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.ReadModels;

namespace OrderToCash.Invoicing.Statements.Sending;

/// <summary>Whom a mail that was made is for, as things are now.</summary>
/// <param name="ContactId">The contact with its address; null where nobody has it or it has no identifier.</param>
/// <param name="CustomerVersion">Version of the customer by which that is so.</param>
/// <param name="Obstacle">Why it may not be sent, or null.</param>
public sealed record Addressee(Guid? ContactId, long CustomerVersion, string? Obstacle);

/// <summary>
/// Who gets a statement, and whether they may be written to: asked when it is made, and once more whenever it is sent,
/// for a contact may have said no, left or moved since (D-57), and the customer may have to be left alone (D-56).
/// </summary>
public sealed class StatementRecipients(EventStore store, TimeProvider clock)
{
    /// <summary>
    /// The contact of the role that statements go to, else one who pays; only with an address that mail reaches or for
    /// paper, and never one who does not agree to be written to.
    /// </summary>
    public static Contact? Choose(
        Guid customerId, CustomerSnapshot customer, StatementPreference preference, ClosedAddresses closed)
    {
        ArgumentNullException.ThrowIfNull(customer);
        ArgumentNullException.ThrowIfNull(preference);
        ArgumentNullException.ThrowIfNull(closed);
        var willing = customer.Contacts.Where(contact => contact.Consent != false
            && (contact.PreferredChannel == ContactChannel.Post
                || (contact.Email is not null && !closed.Contains(customerId, contact.Email)))).ToList();
        return willing.Find(contact => contact.Role == preference.ContactRole)
            ?? willing.Find(contact => contact.Role == "accounts-payable");
    }

    /// <summary>Looks up whose the address of a mail is at this moment, and whether mail may go there.</summary>
    public async Task<Addressee> FindAsync(Guid customerId, string address, CancellationToken cancellation)
    {
        var (customer, version) = await store.LoadAsync(CustomerStream.Type, customerId, cancellation);
        var there = customer.Now!.Contacts.Where(contact =>
            string.Equals(contact.Email, address, StringComparison.OrdinalIgnoreCase)).ToList();
        if (there.Count == 0)
        {
            return new Addressee(
                null, version, "The address it was made for is nobody's any more; make another statement.");
        }

        var contact = there.Find(one => one.Consent != false);
        if (contact is null)
            return new Addressee(there[0].Id, version, "Whom it was made for does not agree to be written to.");
        if (await DunningHolds.ForbiddingContactAsync(store.Database, customerId, clock.GetUtcNow(), cancellation)
            is { } kind)
            return new Addressee(contact.Id, version, $"Nobody may get in touch with the customer ({kind}).");
        var closed = await ClosedAddresses.ReadAsync(store.Database, [customerId], cancellation);
        return new Addressee(
            contact.Id, version, closed.Contains(customerId, address)
                ? "Whom it was made for does not want mail, or mail does not arrive there."
                : null);
    }
}
