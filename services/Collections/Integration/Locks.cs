using OrderToCash.EventSourcing;

namespace OrderToCash.Collections.Integration;

/// <summary>What orders the writes about one thing. The lock of invoices is taken before that of contacts.</summary>
internal static class Locks
{
    /// <summary>
    /// Orders news about an invoice and the sending of a notice that names it, which takes as long as the mail server
    /// does.
    /// </summary>
    public static readonly TransactionLock Invoice = new("ordertocash:invoice");

    /// <summary>
    /// Orders contacts with one customer: whoever is about to make one holds it until the outcome is written, so that
    /// caps are counted on what has really happened. Everything else that writes the customer's contact profile takes
    /// it too.
    /// </summary>
    public static readonly TransactionLock Contact = new("ordertocash:contact");
}
