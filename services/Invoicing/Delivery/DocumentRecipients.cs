using OrderToCash.Invoicing.Customers;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Delivery;

/// <summary>To whom invoices and credit memos are mailed.</summary>
public static class DocumentRecipients
{
    /// <summary>Why nothing goes out where there is nobody.</summary>
    public const string Nobody =
        "The customer has no contact with a mail address who agrees to get its invoices by mail.";

    /// <summary>
    /// The contacts of the role that invoices go to, else those who pay; of them all who may be mailed.
    /// </summary>
    public static IReadOnlyList<Contact> Of(CustomerSnapshot customer)
    {
        ArgumentNullException.ThrowIfNull(customer);
        var willing = customer.Contacts.Where(contact => Refuses(contact) is null).ToLookup(contact => contact.Role);
        var chosen = willing[customer.Invoices?.ContactRole ?? InvoicePreference.WhoPays].ToList();
        return chosen.Count > 0 ? chosen : [.. willing[InvoicePreference.WhoPays]];
    }

    /// <summary>
    /// One that can be named in a delivery. A contact that was stored before they had identifiers gets one of its
    /// customer and address.
    /// </summary>
    public static Guid IdOf(Guid customerId, Contact contact)
    {
        ArgumentNullException.ThrowIfNull(contact);
        return contact.Id ?? Ids.From("contact", customerId.ToString("D"), contact.Email ?? contact.Name);
    }

    /// <summary>The contact of a delivery as it is now, or null.</summary>
    public static Contact? Find(Guid customerId, CustomerSnapshot customer, Guid contactId)
    {
        ArgumentNullException.ThrowIfNull(customer);
        return customer.Contacts.FirstOrDefault(contact => IdOf(customerId, contact) == contactId);
    }

    /// <summary>Why a contact is not mailed to, or null where it is.</summary>
    public static string? Refuses(Contact? contact) => contact switch
    {
        null => "The contact is no longer one of the customer's.",
        { Erased: true } => "The data of the person it was addressed to are erased.",
        { Consent: false } => "The contact does not agree to be written to.",
        { PreferredChannel: ContactChannel.Post } => "The contact wants it on paper; print it and send it.",
        { Email: null } => "The contact has no mail address.",
        _ => null,
    };
}
