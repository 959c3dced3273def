using System.Net.Mail;
using OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Collections.Dunning;

/// <summary>Whom a notice is written to.</summary>
public static class Recipients
{
    private const string AccountsPayable = "accounts-payable";

    /// <summary>Accounts payable first, else the first contact that mail can reach; null when there is none.</summary>
    public static Recipient? Choose(IReadOnlyList<Contact> contacts) => contacts
        .Where(contact => IsAddress(contact.Email))
        .OrderByDescending(contact => contact.Role == AccountsPayable)
        .Select(contact => new Recipient(contact.Name, contact.Email!))
        .FirstOrDefault();

    private static bool IsAddress(string? email) =>
        MailAddress.TryCreate(email, out var address) && address.Address == email
        && address.Host.Contains('.', StringComparison.Ordinal);
}
