using OrderToCash.Collections.Activities;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Contacts;

/// <summary>Why a contact cannot be asked for.</summary>
public static class ContactRefusals
{
    public static Refusal AddressMissing(ContactChannel channel) => new(
        "address-missing",
        channel switch
        {
            ContactChannel.Call => "Which number is called? Name it, or a contact who has one.",
            ContactChannel.Sms or ContactChannel.Whatsapp =>
                "Which number does the message go to? Name it, or a contact who has one.",
            ContactChannel.Portal => "Whose message is it? Name the contact, or its identifier.",
            _ => "Which address is written to? Name it, or a contact who has one.",
        },
        Field: "/address");

    public static Refusal UnknownInvoice(Guid invoiceId) => new(
        "unknown-invoice", $"The customer has no open item of invoice {invoiceId} here.", Field: "/invoiceIds");
}
