using System.Globalization;
using System.Text.Json.Serialization;

namespace OrderToCash.CashApplication.Statements.Formats.Csv;

/// <summary>
/// How one bank's CSV says what a statement says: data, kept under a name. A column is named by its heading, or by its
/// position as <c>#3</c> (from 1).
/// </summary>
public sealed record CsvMapping
{
    /// <summary>One character between fields.</summary>
    public string Delimiter { get; init; } = ",";

    /// <summary><c>utf-8</c> or <c>windows-1252</c>; a byte order mark says more.</summary>
    public string Encoding { get; init; } = "utf-8";

    /// <summary>Lines before the headings or, without headings, before the first row.</summary>
    public int SkipLines { get; init; }

    /// <summary>True where a row of headings comes first.</summary>
    public bool HasHeadings { get; init; } = true;

    /// <summary>
    /// <c>statement</c> (money on an account), <c>collection</c> (payments of a lockbox or another collector),
    /// <c>report</c> (not booked yet) or <c>remittance</c> (advices of what payments are for: a row is a document).
    /// </summary>
    public string Kind { get; init; } = "statement";

    /// <summary>
    /// How days are written, as .NET names it: <c>yyyy-MM-dd</c>, <c>dd.MM.yyyy</c>, <c>M/d/yyyy</c>.
    /// </summary>
    public string DateFormat { get; init; } = "yyyy-MM-dd";

    /// <summary>The point before decimals.</summary>
    public string DecimalPoint { get; init; } = ".";

    /// <summary>What parts thousands, or nothing.</summary>
    public string? ThousandsSeparator { get; init; }

    /// <summary>Column of the account; else <see cref="FixedAccount"/>, else the import says which.</summary>
    public string? Account { get; init; }

    /// <summary>The account that all rows are of.</summary>
    public string? FixedAccount { get; init; }

    /// <summary>Column of the currency.</summary>
    public string? Currency { get; init; }

    /// <summary>The currency of all rows.</summary>
    public string? FixedCurrency { get; init; }

    /// <summary>Column of the day of booking.</summary>
    public string? BookingDate { get; init; }

    /// <summary>Column of the value date.</summary>
    public string? ValueDate { get; init; }

    /// <summary>Column of a signed amount, or of one whose side is in <see cref="Side"/>.</summary>
    public string? Amount { get; init; }

    /// <summary>Column of money in, where in and out have a column each.</summary>
    public string? Credit { get; init; }

    /// <summary>Column of money out, without sign or with a minus.</summary>
    public string? Debit { get; init; }

    /// <summary>Column that says which side an amount is on.</summary>
    public string? Side { get; init; }

    /// <summary>What <see cref="Side"/> says of money in; anything else is money out.</summary>
    public IReadOnlyList<string> CreditSides { get; init; } = [];

    /// <summary>Column of the balance after the row; then every row must continue it.</summary>
    public string? Balance { get; init; }

    /// <summary>Column of the bank's reference of the entry.</summary>
    public string? BankReference { get; init; }

    /// <summary>Column of the payer's reference.</summary>
    public string? EndToEndId { get; init; }

    /// <summary>Column of the payer's (or payee's) name.</summary>
    public string? PartyName { get; init; }

    /// <summary>Column of the payer's (or payee's) account.</summary>
    public string? PartyAccount { get; init; }

    /// <summary>Column of the number of a check.</summary>
    public string? CheckNumber { get; init; }

    /// <summary>Column of the bank's code for the kind of transaction.</summary>
    public string? TransactionCode { get; init; }

    /// <summary>Columns of what is paid, in words.</summary>
    public IReadOnlyList<string> Text { get; init; } = [];

    /// <summary>Column of the number of the document that is paid.</summary>
    public string? DocumentNumber { get; init; }

    /// <summary>Of an advice: column of what payment and advice have in common; rows of one follow on others.</summary>
    public string? PaymentReference { get; init; }

    /// <summary>Of an advice: column of what is paid in all; else it is what its rows come to.</summary>
    public string? PaymentAmount { get; init; }

    /// <summary>Of an advice: column of what the document is over.</summary>
    public string? Gross { get; init; }

    /// <summary>Of an advice: column of the cash discount taken.</summary>
    public string? Discount { get; init; }

    /// <summary>Of an advice: column of what is kept back (with a minus) or added; in a row without a document, of
    /// none.</summary>
    public string? Adjustment { get; init; }

    /// <summary>Of an advice: column of the reason for that.</summary>
    public string? AdjustmentReason { get; init; }

    /// <summary>True where it reads remittance advice.</summary>
    [JsonIgnore]
    public bool IsRemittance => Kind == "remittance";

    /// <summary>
    /// What keeps the mapping from being used: the field's name and the reason; null where nothing does.
    /// </summary>
    public (string Field, string Reason)? Check()
    {
        var hasAmount = Amount is not null ? Credit is null && Debit is null : Credit is not null || Debit is not null;
        if (Delimiter.Length != 1)
            return ("delimiter", "A delimiter is one character.");
        if (Encoding is not ("utf-8" or "windows-1252"))
            return ("encoding", "The encodings are utf-8 and windows-1252.");
        if (SkipLines is < 0 or > 1000)
            return ("skipLines", "0 to 1000 lines may be passed over.");
        if (Kind is not ("statement" or "collection" or "report" or "remittance"))
            return ("kind", "The kinds are statement, collection, report and remittance.");
        if (DecimalPoint.Length != 1 || ThousandsSeparator is { Length: not 1 } || DecimalPoint == ThousandsSeparator)
            return ("decimalPoint", "The decimal point and the thousands separator are one character each.");
        if (!hasAmount)
            return ("amount", "Name either an amount, or a credit and a debit column.");
        if (Side is not null && CreditSides.Count == 0)
            return ("creditSides", "Say what the side column says of money in.");
        if (IsRemittance && (Amount is null || DocumentNumber is null))
            return ("documentNumber", "An advice has a column of the document, and one of what is paid of it.");
        if (BookingDate is null && ValueDate is null && !IsRemittance)
            return ("bookingDate", "Name a column of a day.");
        if (Currency is null && FixedCurrency is null)
            return ("currency", "Name a column of the currency, or the currency of all rows.");
        if (!IsDateFormat(DateFormat))
            return ("dateFormat", $"'{DateFormat}' is no format of a day.");
        return CheckColumns();
    }

    private (string, string)? CheckColumns()
    {
        string?[] columns =
        [
            Account, Currency, BookingDate, ValueDate, Amount, Credit, Debit, Side, Balance, BankReference, EndToEndId,
            PartyName, PartyAccount, CheckNumber, TransactionCode, DocumentNumber, PaymentReference, PaymentAmount,
            Gross, Discount, Adjustment, AdjustmentReason, .. Text,
        ];
        foreach (var column in columns.OfType<string>())
        {
            if (column.Length is 0 or > 100)
                return ("columns", "A column is named in 1 to 100 characters.");
            if (!HasHeadings && PositionOf(column) is null)
                return ("columns", $"Without headings, a column is a position such as #3, not '{column}'.");
        }

        return columns.Length > 46 ? ("text", "At most 20 columns of text are read.") : null;
    }

    /// <summary>The position that <c>#3</c> names, from 0; null for a heading.</summary>
    internal static int? PositionOf(string column) =>
        column is ['#', .. var position]
            && int.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && at is > 0 and <= 500
            ? at - 1
            : null;

    private static bool IsDateFormat(string format)
    {
        if (format.Length is < 3 or > 40)
            return false;
        try
        {
            var sample = new DateOnly(2026, 11, 23);
            return DateOnly.TryParseExact(sample.ToString(format, CultureInfo.InvariantCulture), format,
                CultureInfo.InvariantCulture, DateTimeStyles.None, out var read) && read == sample;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
