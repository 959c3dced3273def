using OrderToCash.CashApplication.Receipts;

namespace OrderToCash.CashApplication.Statements;

/// <summary>Lines of a file that are booked together, with their receipts and whose account these are of.</summary>
/// <param name="Statements">The lines, by statement.</param>
/// <param name="Receipts">The receipts and the code of the account of each.</param>
/// <param name="Pending">The payments that the bank has not booked yet, and the code of the account of each.</param>
/// <param name="IsLast">True where no more follow.</param>
public sealed record LineChunk(
    IReadOnlyList<BookedLines> Statements, IReadOnlyList<(IncomingReceipt Receipt, string BankAccount)> Receipts,
    IReadOnlyList<(IncomingReceipt Payment, string BankAccount)> Pending, bool IsLast)
{
    /// <summary>Nothing.</summary>
    public static readonly LineChunk Empty = new([], [], [], IsLast: true);

    /// <summary>How many lines.</summary>
    public int Lines => Statements.Sum(statement => statement.Lines.Count);

    /// <summary>The same where credits are money of receipts that were entered: these are theirs.</summary>
    public LineChunk With(IReadOnlyDictionary<Guid, Guid> entered)
    {
        ArgumentNullException.ThrowIfNull(entered);
        return entered.Count == 0 ? this : new LineChunk(
            [.. Statements.Select(statement => statement with { Lines = [.. statement.Lines.Select(LineOf)] })],
            [.. Receipts.Select(pair => (ReceiptOf(pair.Receipt), pair.BankAccount))], Pending, IsLast);

        StatementLine LineOf(StatementLine line) => line with { ReceiptIds = [.. line.ReceiptIds.Select(Of)] };

        IncomingReceipt ReceiptOf(IncomingReceipt receipt) => receipt with { ReceiptId = Of(receipt.ReceiptId) };

        Guid Of(Guid receiptId) => entered.GetValueOrDefault(receiptId, receiptId);
    }

    /// <summary>What the import's stream hears.</summary>
    public StatementLinesBooked ToEvent() => new(Statements, IsLast);

    /// <summary>The receipts' identifiers, in file order.</summary>
    public IReadOnlyList<Guid> ReceiptIds => [.. Receipts.Select(pair => pair.Receipt.ReceiptId)];
}
