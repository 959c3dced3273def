using OrderToCash.CashApplication.Receipts;

namespace OrderToCash.CashApplication.Statements;

/// <summary>Lines of a file that are booked together, with their receipts and whose account these are of.</summary>
/// <param name="Statements">The lines, by statement.</param>
/// <param name="Receipts">The receipts and the code of the account of each.</param>
/// <param name="Pending">The payments that the bank has not booked yet, and the code of the account of each.</param>
/// <param name="IsLast">True where no more follow.</param>
/// <param name="IsPart">True where these are payments of a line that has too many for one write, and follows.</param>
public sealed record LineChunk(
    IReadOnlyList<BookedLines> Statements, IReadOnlyList<(IncomingReceipt Receipt, string BankAccount)> Receipts,
    IReadOnlyList<(IncomingReceipt Payment, string BankAccount)> Pending, bool IsLast, bool IsPart = false)
{
    /// <summary>Nothing.</summary>
    public static readonly LineChunk Empty = new([], [], [], IsLast: true);

    /// <summary>How many lines.</summary>
    public int Lines => Statements.Sum(statement => statement.Lines.Count);

    /// <summary>The same where credits are money of receipts that were entered: these are theirs.</summary>
    public LineChunk With(IReadOnlyDictionary<Guid, Guid> entered)
    {
        ArgumentNullException.ThrowIfNull(entered);
        return entered.Count == 0 ? this : this with
        {
            Statements =
                [.. Statements.Select(statement => statement with { Lines = [.. statement.Lines.Select(LineOf)] })],
            Receipts = [.. Receipts.Select(pair => (ReceiptOf(pair.Receipt), pair.BankAccount))],
        };

        StatementLine LineOf(StatementLine line) => line with { ReceiptIds = [.. line.ReceiptIds.Select(Of)] };

        IncomingReceipt ReceiptOf(IncomingReceipt receipt) => receipt with { ReceiptId = Of(receipt.ReceiptId) };

        Guid Of(Guid receiptId) => entered.GetValueOrDefault(receiptId, receiptId);
    }

    /// <summary>The same where the first receipts of its first line are recorded: they are what they became.</summary>
    public LineChunk After(IReadOnlyList<Guid> begun)
    {
        ArgumentNullException.ThrowIfNull(begun);
        if (begun.Count == 0 || IsPart || Statements.Count == 0)
            return this;
        var first = Statements[0];
        var line = first.Lines[0];
        line = line with { ReceiptIds = [.. begun.Take(line.ReceiptIds.Count), .. line.ReceiptIds.Skip(begun.Count)] };
        first = first with { Lines = [line, .. first.Lines.Skip(1)] };
        return this with { Statements = [first, .. Statements.Skip(1)] };
    }

    /// <summary>What the import's stream hears.</summary>
    public StatementLinesBooked ToEvent() => new(
        Statements, IsLast,
        IsPart ? [.. ReceiptIds, .. Pending.Select(pair => pair.Payment.ReceiptId)] : null);

    /// <summary>The receipts' identifiers, in file order.</summary>
    public IReadOnlyList<Guid> ReceiptIds => [.. Receipts.Select(pair => pair.Receipt.ReceiptId)];
}
