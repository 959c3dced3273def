using System.Buffers;
using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats.Swift;

public sealed partial class SwiftReader
{
    private static readonly SearchValues<char> AmountDigits = SearchValues.Create("0123456789,");

    private StatementEntry ReadEntry()
    {
        if (++_entriesInFile > _limits.MaxEntries)
        {
            throw _fields.Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxEntries} entries in the file.");
        }

        if (Statement.Closing is not null)
            throw _fields.Refuse(StatementRefusals.ElementMisplaced, "an entry stands behind the closing balance.");
        var line = _fields.Line;
        var entry = ReadLine(_fields.FirstLine());
        var supplement = TextOrNull(_fields.FurtherLines());
        var narrative = Narrative();
        var code = new BankTransactionCode(
            null, null, null, narrative.Code is { } own ? $"{entry.Type}+{own}" : entry.Type,
            narrative.Code is null ? "SWIFT" : "DK");
        return new StatementEntry
        {
            Ordinal = ++_entries,
            Line = line,
            Amount = entry.Amount,
            Movement = entry.Movement,
            IsReversal = entry.IsReversal,
            Status = (entry.IsExpected, Statement.Kind) switch
            {
                (true, _) => EntryStatus.Pending,
                (_, StatementKind.Statement) => EntryStatus.Booked,
                _ => EntryStatus.Information,
            },
            BookingDate = entry.BookingDate,
            ValueDate = entry.ValueDate,
            BankReference = entry.BankReference,
            EntryReference = entry.Reference,
            TransactionCode = code,
            AdditionalInformation = narrative.PostingText ?? supplement,
            Details =
                [Details(line, entry, narrative, Charges(SwiftNarrative.ChargesIn(supplement) ?? narrative.Charges))],
        };
    }

    /// <summary>
    /// Charges in the account's currency, as <c>EUR0,50</c>; what is written otherwise is text like any other.
    /// </summary>
    private IReadOnlyList<Money> Charges(string? told) =>
        told is { Length: > 3 } && told.StartsWith(_currency.Code, StringComparison.Ordinal)
        && told.AsSpan(3) is var digits && digits.IndexOfAnyExcept(AmountDigits) < 0
        && decimal.TryParse(
            told[3..].Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
        && Kernel.Money.TryOf(amount, _currency, out var charges) && charges.IsPositive
            ? [charges]
            : [];

    private static TransactionDetails Details(
        int line, in EntryLine entry, in SwiftNarrative narrative, IReadOnlyList<Money> charges)
    {
        var party = (narrative.Name ?? narrative.Account ?? narrative.Bic) is null
            ? TransactionParty.Unknown
            : new TransactionParty(narrative.Name, narrative.Account, narrative.Bic, narrative.UltimateName);
        var isCheck = entry.Type is "NCHK" or "NCLR";
        return new TransactionDetails
        {
            Ordinal = 1,
            Line = line,
            EndToEndId = narrative.EndToEndId ?? entry.Reference,
            OrderReference = narrative.OrderReference,
            MandateId = narrative.MandateId,
            BankReference = entry.BankReference,
            CheckNumber = isCheck ? entry.Reference : null,
            Debtor = entry.Movement == Movement.Credit ? party : TransactionParty.Unknown,
            Creditor = entry.Movement == Movement.Credit ? TransactionParty.Unknown : party,
            UnstructuredRemittance = narrative.Remittance,
            Charges = charges,
            IncludedCharges = charges,
            ReturnReason = narrative.ReturnReason,
        };
    }

    /// <summary>The information that belongs to the entry just read, where there is any.</summary>
    private SwiftNarrative Narrative()
    {
        if (_fields.IsLast || !_fields.Next())
            return SwiftNarrative.None;
        if (_fields.Tag is "86" or "NS")
            return SwiftNarrative.Parse(_fields.Value, _limits.MaxRepeats);
        _fields.Repeat();
        return SwiftNarrative.None;
    }

    /// <summary>
    /// <c>1405020502CR50,00NTRFREFERENCE//BANKREF</c>: value date, day of booking (or four blanks or nothing), mark,
    /// third letter of the currency (or nothing), amount, type of transaction, the owner's and the bank's reference.
    /// </summary>
    private EntryLine ReadLine(ReadOnlySpan<char> text)
    {
        text = text.TrimEnd();
        if (text.Length < 6 || !FieldText.TryShortDay(text[..6], out var valueDate))
            throw _fields.Unreadable("an entry: it begins with no day");
        var rest = text[6..];
        DateOnly? bookingDate = null;
        if (rest is [>= '0' and <= '9', ..])
        {
            if (rest.Length < 4 || !FieldText.TryDayNear(rest[..4], valueDate, out var day))
                throw _fields.Unreadable("an entry: the day of booking is none");
            bookingDate = day;
            rest = rest[4..];
        }

        rest = rest.TrimStart();
        var qualifier = rest is ['R' or 'E', ..] ? rest[0] : '\0';
        if (qualifier != '\0')
            rest = rest[1..];
        if (rest is not ['C' or 'D', ..])
            throw _fields.Unreadable("an entry: there is no mark of credit or debit");
        var isCredit = rest[0] == 'C';
        rest = rest[1..];
        if (rest is [>= 'A' and <= 'Z', ..])
            rest = rest[1..];
        var digits = rest.IndexOfAnyExcept(AmountDigits);
        if (digits < 0)
            digits = rest.Length;
        var amount = Money(rest[..digits], _currency);
        rest = rest[digits..].TrimStart();
        if (rest is not [>= 'A' and <= 'Z', ..])
            throw _fields.Unreadable("an entry: there is no type of transaction");
        var type = Type(rest[..Math.Min(4, rest.Length)]);
        var (reference, bankReference) = References(rest.Length > 4 ? rest[4..] : []);

        // The reversal of a credit takes money out, that of a debit brings it back.
        var movesIn = qualifier == 'R' ? !isCredit : isCredit;
        return new EntryLine(
            valueDate, bookingDate, movesIn ? Movement.Credit : Movement.Debit, qualifier == 'R', qualifier == 'E',
            amount, type, reference, bankReference);
    }

    private static (string? Own, string? Bank) References(ReadOnlySpan<char> text)
    {
        var slashes = text.IndexOf("//");
        var own = (slashes < 0 ? text : text[..slashes]).Trim();
        return (own is "" or "NONREF" or "NOREF" or "KREF+" or "EREF+" ? null : new string(own),
            slashes < 0 ? null : TextOrNull(text[(slashes + 2)..]));
    }

    private static string? TextOrNull(ReadOnlySpan<char> text) =>
        text.Trim() is { Length: > 0 } told && told is not "NONREF" ? new string(told) : null;

    private static string Type(ReadOnlySpan<char> type) => type switch
    {
        "NTRF" => "NTRF",
        "NMSC" => "NMSC",
        "NDDT" => "NDDT",
        "NCHK" => "NCHK",
        _ => new string(type.TrimEnd()),
    };

    private readonly record struct EntryLine(
        DateOnly ValueDate, DateOnly? BookingDate, Movement Movement, bool IsReversal, bool IsExpected, Money Amount,
        string Type, string? Reference, string? BankReference);
}
