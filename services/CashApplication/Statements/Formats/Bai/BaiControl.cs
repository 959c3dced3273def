using System.Globalization;

namespace OrderToCash.CashApplication.Statements.Formats.Bai;

/// <summary>
/// A control total of BAI2: the sum of all amounts of an account, of its accounts for a group, of its groups for the
/// file; how many there are; and the number of physical records.
/// </summary>
internal struct BaiControl
{
    /// <summary>Physical records before the first of its own.</summary>
    public int FirstRecord { get; init; }

    /// <summary>In minor units, with sign.</summary>
    public decimal Sum { get; private set; }

    private int Parts { get; set; }

    /// <summary>Minor units with an optional sign; null where the field is empty.</summary>
    public static bool TryAmount(ReadOnlySpan<char> text, out decimal? amount)
    {
        amount = null;
        if (text.Length == 0)
            return true;
        var isNegative = text[0] == '-';
        if (!FieldText.TryNumber(text[0] is '-' or '+' ? text[1..] : text, '\0', out var number))
            return false;
        amount = isNegative ? -number : number;
        return true;
    }

    public void Add(decimal? amount)
    {
        Sum += amount ?? 0;
        Parts++;
    }

    /// <summary>Record 49: the sum and the number of records.</summary>
    public readonly void CheckAccount(BaiRecords records)
    {
        CheckSum(records);
        CheckCount(records, "records", records.Count - FirstRecord);
    }

    /// <summary>Records 98 and 99: the sum, the number of parts, the number of records.</summary>
    public readonly void Check(BaiRecords records, string parts, int count)
    {
        CheckSum(records);
        CheckCount(records, parts, Parts);
        CheckCount(records, "records", count);
    }

    private readonly void CheckSum(BaiRecords records)
    {
        var stated = records.Field();
        if (!TryAmount(stated, out var sum))
        {
            throw records.Refuse(StatementRefusals.AmountUnreadable,
                $"'{RecordReader.Excerpt(stated)}' is no control total.");
        }

        if (sum is { } total && total != Sum)
        {
            throw records.Refuse(StatementRefusals.SummaryDiffers, string.Create(CultureInfo.InvariantCulture,
                $"the control total is {total}, the amounts add up to {Sum} (in minor units)."));
        }
    }

    private static void CheckCount(BaiRecords records, string what, int count)
    {
        var text = records.Field();
        if (text.Length == 0)
            return;
        if (!FieldText.TryCount(text, out var stated) || stated != count)
        {
            throw records.Refuse(StatementRefusals.SummaryDiffers,
                $"'{RecordReader.Excerpt(text)}' {what} are stated, {count} are there.");
        }
    }
}
