using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats.Swift;

/// <summary>
/// Reads SWIFT customer statements (MT940) and interim reports (MT942), bare or in their envelopes, as banks of many
/// countries write them. A message begins with <c>:20:</c>; one with balances (<c>:60a:</c>, <c>:62a:</c>) is a
/// statement, one with floor limits or totals instead (<c>:34F:</c>, <c>:13D:</c>, <c>:90a:</c>) an interim report.
/// </summary>
public sealed partial class SwiftReader : IStatementReader
{
    private readonly RecordReader _lines;
    private readonly StatementLimits _limits;
    private readonly SwiftFields _fields;
    private BankStatement? _statement;
    private Currency _currency;
    private bool _isOpen;
    private int _statements;
    private int _entries;
    private int _entriesInFile;

    /// <summary>Starts on a file. The stream stays the caller's to dispose.</summary>
    public SwiftReader(Stream stream, StatementLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _limits = limits ?? StatementLimits.Default;
        _lines = new RecordReader(stream, _limits);
        _fields = new SwiftFields(_lines, _limits);
    }

    /// <inheritdoc/>
    public string Format { get; private set; } = "mt940";

    /// <inheritdoc/>
    public string? MessageId => null;

    /// <inheritdoc/>
    public BankStatement Statement => _statement
        ?? throw new InvalidOperationException("No statement has been asked for.");

    /// <inheritdoc/>
    public BankStatement? NextStatement()
    {
        while (NextEntry() is not null)
        {
        }

        if (!_fields.Next())
        {
            return _statements > 0
                ? null
                : throw _fields.Refuse(StatementRefusals.NoStatement, "there is no :20: that begins a statement.");
        }

        if (_fields.Tag != "20")
        {
            throw _fields.Refuse(StatementRefusals.ElementMisplaced,
                $":{_fields.Tag}: stands outside a statement; :20: begins one.");
        }

        return _statement = ReadHeader();
    }

    /// <inheritdoc/>
    public StatementEntry? NextEntry()
    {
        if (!_isOpen)
            return null;
        while (_fields.Next())
        {
            switch (_fields.Tag)
            {
                case "61":
                    return ReadEntry();
                case "62F" or "62M":
                    ReadClosing();
                    break;
                case "90C" or "90D":
                    ReadTotal();
                    break;
                case "20":
                    _fields.Repeat();
                    return End();
                case "25" or "25P" or "60F" or "60M" or "28" or "28C":
                    throw _fields.Refuse(StatementRefusals.ElementMisplaced,
                        $":{_fields.Tag}: stands behind the entries or twice.");
            }

            if (_fields.IsLast)
                break;
        }

        return End();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Everything up to the first entry or, where there is none, the closing balance.</summary>
    private BankStatement ReadHeader()
    {
        if (++_statements > _limits.MaxStatements)
        {
            throw _fields.Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxStatements} statements in the file.");
        }

        (_entries, _isOpen) = (0, true);
        var (line, id) = (_fields.Line, _fields.Text());
        string? account = null, number = null;
        StatementBalance? opening = null;
        Currency? currency = null;
        var isInterim = false;
        while (!_fields.IsLast && _fields.Next())
        {
            switch (_fields.Tag)
            {
                case "25" or "25P":
                    _fields.OnlyOnce(account is not null);
                    account = _fields.CompactText();
                    break;
                case "28" or "28C":
                    _fields.OnlyOnce(number is not null);
                    number = _fields.Text();
                    break;
                case "60F" or "60M":
                    _fields.OnlyOnce(opening is not null);
                    opening = ReadBalance();
                    currency = opening.Amount.Currency;
                    break;
                case "34F":
                    isInterim = true;
                    currency ??= ReadFloorLimit();
                    break;
                case "13" or "13D":
                    isInterim = true;
                    break;
                case "61" or "62F" or "62M" or "90C" or "90D" or "20":
                    _fields.Repeat();
                    return Header(line, id, account, number, opening, currency, isInterim || _fields.Tag[0] == '9');
            }
        }

        return Header(line, id, account, number, opening, currency, isInterim);
    }

    private BankStatement Header(
        int line, string? id, string? account, string? number, StatementBalance? opening, Currency? currency,
        bool isInterim)
    {
        if (opening is null && !isInterim)
            throw _fields.Missing("the opening balance (:60F: or :60M:)");
        if (account is null)
            throw _fields.Missing("the account (:25:)");
        if (currency is null)
            throw _fields.Missing("the currency (in :34F:)");
        if (isInterim)
            Format = "mt942";
        _currency = currency.Value;
        var slash = account.IndexOf('/', StringComparison.Ordinal);
        return new BankStatement
        {
            Ordinal = _statements,
            Line = line,
            Kind = opening is null ? StatementKind.InterimReport : StatementKind.Statement,
            StatementId = id ?? number ?? "",
            IsIdUnique = false,
            SequenceNumber = number,
            AccountIdentification = account,
            AccountCurrency = currency,
            BankBic = slash > 0 ? account[..slash] : null,
            Opening = opening,
        };
    }

    private void ReadClosing()
    {
        _fields.OnlyOnce(Statement.Closing is not null);
        _statement = Statement with { Closing = ReadBalance() };
    }

    private StatementEntry? End()
    {
        if (Statement is { Kind: StatementKind.Statement, Closing: null })
            throw _fields.Missing("the closing balance (:62F: or :62M:)");
        _isOpen = false;
        return null;
    }

    /// <summary>Mark, day, currency and amount: <c>C240312USD17376,67</c>.</summary>
    private StatementBalance ReadBalance()
    {
        var text = _fields.FirstLine().TrimEnd();
        if (text.Length < 11 || text[0] is not ('C' or 'D'))
            throw _fields.Unreadable("a balance: mark, day, currency, amount");
        if (!FieldText.TryShortDay(text[1..7], out var day))
            throw _fields.Unreadable("a balance: its day is none");
        var code = text[7..10];
        if (!Currency.TryOf(new string(code), out var currency))
            throw _fields.Refuse(StatementRefusals.CurrencyUnknown, $"'{code}' is not an ISO 4217 currency.");
        var amount = Money(text[10..], currency);
        return new StatementBalance(text[0] == 'C' ? amount : -amount, day, _fields.Line);
    }

    private Currency ReadFloorLimit()
    {
        var text = _fields.FirstLine().Trim();
        return text.Length >= 3 && Currency.TryOf(new string(text[..3]), out var currency)
            ? currency
            : throw _fields.Refuse(StatementRefusals.CurrencyUnknown,
                $"'{RecordReader.Excerpt(text)}' does not begin with an ISO 4217 currency.");
    }

    /// <summary>Number, currency and sum of the debits (<c>:90D:</c>) or credits (<c>:90C:</c>).</summary>
    private void ReadTotal()
    {
        var text = _fields.FirstLine().TrimEnd();
        var digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            digits++;
        if (!FieldText.TryCount(text[..digits], out var count) || text.Length < digits + 3)
            throw _fields.Unreadable("a total: number, currency, sum");
        var sum = Money(text[(digits + 3)..], _currency).Amount;
        var summary = Statement.Summary ?? new StatementSummary { Line = _fields.Line };
        _statement = Statement with
        {
            Summary = _fields.Tag == "90C"
                ? summary with { Credits = count, CreditSum = sum }
                : summary with { Debits = count, DebitSum = sum },
        };
    }

    private Money Money(ReadOnlySpan<char> text, Currency currency)
    {
        if (!FieldText.TryNumber(text, ',', out var amount) || amount >= Kernel.Money.Limit)
        {
            throw _fields.Refuse(StatementRefusals.AmountUnreadable,
                $"'{RecordReader.Excerpt(text)}' is not an amount.");
        }

        return Kernel.Money.TryOf(amount, currency, out var money)
            ? money
            : throw _fields.Refuse(StatementRefusals.AmountOverPrecise,
                $"'{RecordReader.Excerpt(text)}' has more than the {currency.MinorUnits} decimals of {currency}.");
    }
}
