using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Controls;

/// <summary>What the bank says of a day of an account, and what was booked of it.</summary>
/// <param name="Credits">Credits of the statements, without what was booked before, comes by file or is neither a
/// receipt nor a refund.</param>
/// <param name="Receipts">Receipts of these statements, and refunds that came back with them.</param>
/// <param name="Ledger">What the entries of these moved on the ledger account of the bank.</param>
/// <param name="Count">Receipts.</param>
/// <param name="Fees">What the bank charged of them, less what it gave back, as far as it is in the books: so much less
/// are credits and ledger. Null for nothing.</param>
public sealed record CashDayFigures(
    Money Credits, Money Receipts, Money Ledger, int Count,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Fees = null)
{
    /// <summary>True when all three say the same.</summary>
    public bool Ties => Credits == (Fees is { } fees ? Receipts - fees : Receipts) && Credits == Ledger;
}

/// <summary>Somebody has looked at a day of a bank account and closed it.</summary>
public sealed record CashDayClosed(
    string BankAccount, string LegalEntity, DateOnly Day, CashDayFigures Figures, string By);
