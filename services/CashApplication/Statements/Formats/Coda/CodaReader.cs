using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats.Coda;

/// <summary>
/// Reads CODA, the coded account statements of Belgian banks (Febelfin standard, version 2): records of 128 characters
/// from header (0) and opening balance (1) over movements (2) and their information (3) to closing balance (8) and
/// trailer (9), whose number of records and totals must hold. Amounts have three decimals.
/// </summary>
public sealed partial class CodaReader : IStatementReader
{
    private const string TopLevel = "0000";

    private readonly RecordReader _records;
    private readonly StatementLimits _limits;
    private BankStatement? _statement;
    private Currency _currency;
    private bool _isOpen;
    private int _statements;
    private int _entries;
    private int _entriesInFile;
    private int _recordsInStatement;
    private decimal _credits;
    private decimal _debits;
    private string? _bic;

    /// <summary>Starts on a file. The stream stays the caller's to dispose.</summary>
    public CodaReader(Stream stream, StatementLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _limits = limits ?? StatementLimits.Default;
        _records = new RecordReader(stream, _limits);
    }

    /// <inheritdoc/>
    public string Format => "coda";

    /// <inheritdoc/>
    public string? MessageId { get; private set; }

    /// <inheritdoc/>
    public BankStatement Statement => _statement
        ?? throw new InvalidOperationException("No statement has been asked for.");

    private char Type => _records.Record.Length > 0 ? _records.Record[0] : ' ';

    /// <inheritdoc/>
    public BankStatement? NextStatement()
    {
        while (NextEntry() is not null)
        {
        }

        if (!Next())
        {
            return _statements > 0
                ? null
                : throw Refuse(StatementRefusals.NoStatement, "there is no header (record 0) in the file.");
        }

        if (Type != '0')
            throw Misplaced();
        (_bic, MessageId) = (TextOrNull(60, 11), TextOrNull(24, 10));
        _recordsInStatement = 0;
        NextRecord();
        if (Type != '1')
            throw Misplaced();
        return _statement = ReadOpening();
    }

    /// <inheritdoc/>
    public StatementEntry? NextEntry()
    {
        while (_isOpen)
        {
            NextRecord();
            switch (Type, Article)
            {
                case ('2', '1') when Is(6, TopLevel):
                    return ReadMovement();
                case ('3', _) or ('4', _):
                    break;
                case ('8', _):
                    ReadClosing();
                    break;
                case ('9', _):
                    ReadTrailer();
                    break;
                default:
                    throw Misplaced();
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private char Article => _records.Record.Length > 1 ? _records.Record[1] : ' ';

    private BankStatement ReadOpening()
    {
        if (++_statements > _limits.MaxStatements)
        {
            throw Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxStatements} statements in the file.");
        }

        (_entries, _isOpen, _credits, _debits) = (0, true, 0, 0);

        // A Belgian account number has its currency behind it; the other structures keep it at the field's end.
        var isShort = Article == '0';
        var account = Text(5, Article switch { '0' => 12, '2' => 31, _ => 34 });
        var code = Text(isShort ? 18 : 39, 3);
        _currency = Currency.TryOf(code, out var currency) ? currency : throw Refuse(
            StatementRefusals.CurrencyUnknown, $"'{code}' is not an ISO 4217 currency.");
        if (account.Length == 0)
            throw Refuse(StatementRefusals.ElementMissing, "the account is missing.");
        return new BankStatement
        {
            Ordinal = _statements,
            Line = _records.Line,
            Kind = StatementKind.Statement,
            StatementId = MessageId ?? "coda",
            IsIdUnique = false,
            SequenceNumber = TextOrNull(125, 3),
            AccountIdentification = account.Replace(" ", "", StringComparison.Ordinal),
            AccountCurrency = _currency,
            BankBic = _bic,
            Opening = new StatementBalance(Signed(42, 43), Day(58) ?? throw NoDay(), _records.Line),
        };
    }

    private void ReadClosing()
    {
        if (Statement.Closing is not null)
            throw Misplaced();
        _statement = Statement with
        {
            Closing = new StatementBalance(Signed(41, 42), Day(57) ?? throw NoDay(), _records.Line),
            SequenceNumber = TextOrNull(1, 3) ?? Statement.SequenceNumber,
        };
    }

    private void ReadTrailer()
    {
        if (Statement.Closing is null)
            throw Refuse(StatementRefusals.ElementMissing, "the closing balance (record 8) is missing.");
        var records = _recordsInStatement - 1;
        if (!FieldText.TryCount(Span(16, 6), out var stated) || stated != records)
        {
            throw Refuse(StatementRefusals.SummaryDiffers, string.Create(CultureInfo.InvariantCulture,
                $"'{Text(16, 6)}' records are stated, {records} are there."));
        }

        var (debits, credits) = (Amount(22), Amount(37));
        if (debits.Amount != _debits || credits.Amount != _credits)
        {
            throw Refuse(StatementRefusals.SummaryDiffers, string.Create(CultureInfo.InvariantCulture,
                $"debits of {debits.Amount} and credits of {credits.Amount} are stated, " +
                $"{_debits} and {_credits} are there."));
        }

        _isOpen = false;
    }

    private Money Signed(int signAt, int at) => SignIsDebit(signAt) ? -Amount(at) : Amount(at);

    private bool SignIsDebit(int at) => Span(at, 1) switch
    {
        "0" => false,
        "1" => true,
        _ => throw Refuse(StatementRefusals.ValueUnreadable, $"'{Text(at, 1)}' is neither credit (0) nor debit (1)."),
    };

    /// <summary>Twelve digits and three decimals.</summary>
    private Money Amount(int at)
    {
        const int length = 15;
        const decimal unit = 0.001m;
        if (!FieldText.TryNumber(Span(at, length), '\0', out var number) || Span(at, length).Length < length)
            throw Refuse(StatementRefusals.AmountUnreadable, $"'{Text(at, length)}' is not an amount.");
        return Money.TryOf(number * unit, _currency, out var money) ? money : throw Refuse(
            StatementRefusals.AmountOverPrecise, $"'{Text(at, length)}' is not an amount of {_currency}.");
    }

    /// <summary><c>ddMMyy</c>; null where it is all zeros or blank.</summary>
    private DateOnly? Day(int at)
    {
        var text = Span(at, 6);
        if (text.IndexOfAnyExcept('0', ' ') < 0)
            return null;
        Span<char> turned = stackalloc char[6];
        if (text.Length == 6)
        {
            text[4..].CopyTo(turned);
            text[2..4].CopyTo(turned[2..]);
            text[..2].CopyTo(turned[4..]);
        }

        return text.Length == 6 && FieldText.TryShortDay(turned, out var day) ? day : throw Refuse(
            StatementRefusals.ValueUnreadable, $"'{Text(at, 6)}' is not a day.");
    }

    private StatementRefused NoDay() => Refuse(StatementRefusals.ElementMissing, "the balance has no day.");

    private bool NextRecord() => Next() ? true : throw Refuse(
        StatementRefusals.NotWellFormed, "the file breaks off: there is no trailer (record 9) that ends it.");

    private bool Next()
    {
        while (_records.Next())
        {
            if (_records.Record.IsWhiteSpace())
                continue;
            _recordsInStatement++;
            return true;
        }

        return false;
    }

    private StatementRefused Misplaced() =>
        Refuse(StatementRefusals.ElementMisplaced, $"a record '{Type}{Article}' may not stand here.");

    private StatementRefused Refuse(string code, string detail) =>
        _records.Refuse(code, $"record {Type}{Article}", detail);

    private bool Is(int at, string text) => Span(at, text.Length).SequenceEqual(text);

    private string Text(int at, int length) => new(Span(at, length).Trim());

    private string? TextOrNull(int at, int length) =>
        Span(at, length).Trim() is { Length: > 0 } text ? new string(text) : null;

    private ReadOnlySpan<char> Span(int at, int length) => at >= _records.Record.Length
        ? []
        : _records.Record.Slice(at, Math.Min(length, _records.Record.Length - at));
}
