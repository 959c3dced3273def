using System.Globalization;
using System.Runtime.InteropServices;

namespace OrderToCash.CashApplication.Statements.Formats.Nacha;

/// <summary>Counts and sums of a batch or file that its control record must state.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NachaTotals(int Records, long Hash, long Debits, long Credits)
{
    /// <summary>A hash keeps its last ten digits.</summary>
    private const long HashModulus = 10_000_000_000;

    private const int RoutingDigits = 8;

    /// <summary>A field of a record that may be shorter than it should.</summary>
    public static ReadOnlySpan<char> Field(ReadOnlySpan<char> record, int at, int length) => at >= record.Length
        ? []
        : record.Slice(at, Math.Min(length, record.Length - at));

    public NachaTotals PlusEntry(string routing, decimal amount, bool isCredit)
    {
        var cents = (long)(amount * 100);
        var hash = long.Parse(routing.AsSpan(0, RoutingDigits), NumberStyles.None, CultureInfo.InvariantCulture);
        return new NachaTotals(Records + 1, (Hash + hash) % HashModulus, Debits + (isCredit ? 0 : cents),
            Credits + (isCredit ? cents : 0));
    }

    public NachaTotals PlusAddenda() => this with { Records = Records + 1 };

    public NachaTotals Plus(NachaTotals other) => new(Records + other.Records, (Hash + other.Hash) % HashModulus,
        Debits + other.Debits, Credits + other.Credits);

    /// <summary>
    /// Holds the totals against the control record: count, hash, debits, credits, one behind the other.
    /// </summary>
    public void Check(RecordReader records, int at, int countLength, string what)
    {
        const int hashLength = 10, sumLength = 12;
        Check(records, at, countLength, Records, $"entries and addenda of the {what}");
        Check(records, at += countLength, hashLength, Hash, $"the entry hash of the {what}");
        Check(records, at += hashLength, sumLength, Debits, $"the debits of the {what} in cents");
        Check(records, at + sumLength, sumLength, Credits, $"the credits of the {what} in cents");
    }

    private static void Check(RecordReader records, int at, int length, long found, string what)
    {
        var text = Field(records.Record, at, length).Trim();
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var stated) || stated != found)
        {
            throw records.Refuse(StatementRefusals.SummaryDiffers,
                string.Create(CultureInfo.InvariantCulture, $"record {records.Ordinal} (type {records.Record[0]})"),
                string.Create(CultureInfo.InvariantCulture, $"{what}: '{text}' is stated, {found} is there."));
        }
    }
}
