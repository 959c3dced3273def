using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>The stream of a receipt.</summary>
public static class ReceiptStream
{
    /// <summary>Stored name, initial state and fold.</summary>
    public static readonly StreamType<Receipt> Type = new("receipt", Receipt.Initial, Receipt.Evolve);

    /// <summary>
    /// The id of a receipt from a statement follows from the line itself: booking the same line twice would create the
    /// same stream twice, which the store refuses.
    /// </summary>
    /// <param name="bankAccount">Code of the account.</param>
    /// <param name="line">Key of the entry within the account's whole history.</param>
    /// <param name="detail">Payment within the entry, 0 for the entry as a whole.</param>
    public static Guid IdOf(string bankAccount, string line, int detail) =>
        Ids.From("receipt", bankAccount, line, detail.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
