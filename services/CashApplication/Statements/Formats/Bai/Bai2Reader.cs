using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats.Bai;

/// <summary>
/// Reads BAI2 cash management balance reports: groups (02) of accounts (03) with their transactions (16), each closed
/// by a control total (49, 98, 99) that must hold. Amounts are in minor units; which way a transaction moves the
/// balance follows from its type code. The items that an account counts are held against its transactions: not in a
/// report of the day so far, which counts since its beginning and tells what is new, nor where none is told.
/// </summary>
public sealed class Bai2Reader : IStatementReader
{
    private readonly BaiRecords _records;
    private readonly StatementLimits _limits;
    private BankStatement? _statement;
    private Group? _group;
    private Currency _currency;
    private BaiControl _account;
    private BaiControl _groupTotal;
    private BaiControl _fileTotal;
    private bool _isOpen;
    private bool _isEnded;
    private int _statements;
    private int _entries;
    private int _entriesInFile;

    /// <summary>Starts on a file. The stream stays the caller's to dispose.</summary>
    public Bai2Reader(Stream stream, StatementLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _limits = limits ?? StatementLimits.Default;
        _records = new BaiRecords(new RecordReader(stream, _limits), _limits);
        ReadFileHeader();
    }

    /// <inheritdoc/>
    public string Format => "bai2";

    /// <inheritdoc/>
    public string? MessageId { get; private set; }

    /// <inheritdoc/>
    public BankStatement Statement => _statement
        ?? throw new InvalidOperationException("No statement has been asked for.");

    /// <inheritdoc/>
    public BankStatement? NextStatement()
    {
        while (NextEntry() is not null)
        {
        }

        while (!_isEnded && NextRecord())
        {
            switch (_records.Code)
            {
                case 02 when _group is null:
                    ReadGroup();
                    break;
                case 03 when _group is not null:
                    return _statement = ReadAccount();
                case 98 when _group is not null:
                    _groupTotal.Check(_records, "accounts", _records.Count - _group.FirstRecord);
                    _fileTotal.Add(_groupTotal.Sum);
                    _group = null;
                    break;
                case 99 when _group is null:
                    _fileTotal.Check(_records, "groups", _records.Count);
                    _isEnded = true;
                    break;
                default:
                    throw Misplaced();
            }
        }

        if (_records.Next())
            throw Misplaced();
        return _statements > 0
            ? null
            : throw _records.Refuse(StatementRefusals.NoStatement, "there is no account (03) in the file.");
    }

    /// <inheritdoc/>
    public StatementEntry? NextEntry()
    {
        if (!_isOpen)
            return null;
        NextRecord();
        switch (_records.Code)
        {
            case 16:
                return ReadTransaction();
            case 49:
                _account.CheckAccount(_records);
                _groupTotal.Add(_account.Sum);
                _isOpen = false;
                if (_entries == 0)
                    _statement = Statement with { Summary = null };
                return null;
            default:
                throw Misplaced();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private bool NextRecord() => _records.Next() ? true : throw _records.Refuse(
        StatementRefusals.NotWellFormed, "the file breaks off: there is no record 99 that ends it.");

    private StatementRefused Misplaced() => _records.Refuse(
        StatementRefusals.ElementMisplaced, $"a record {_records.Code:00} may not stand here.");

    private void ReadFileHeader()
    {
        if (!_records.Next() || _records.Code != 01)
            throw _records.Refuse(StatementRefusals.UnsupportedStatementType, "a BAI2 file begins with a record 01.");
        var sender = _records.Text();
        _records.Field();
        var (created, time, id) = (_records.Text(), _records.Text(), _records.Text());
        MessageId = string.Join('-', new[] { sender, created, time, id }.OfType<string>());
        _records.Field();
        _records.Field();
        if (_records.Field() is not ("2" or ""))
            throw _records.Refuse(StatementRefusals.UnsupportedStatementType, "only version 2 is read.");
    }

    private void ReadGroup()
    {
        var first = _records.CountBefore;
        _records.Field();
        var originator = _records.Text();
        var status = _records.Text();
        if (!FieldText.TryShortDay(_records.Field(), out var day))
            throw _records.Refuse(StatementRefusals.ValueUnreadable, "the group is of no day.");
        _records.Field();
        var currency = _records.Field() is { Length: > 0 } code ? CurrencyOf(code) : Currency.Of("USD");
        var modifier = _records.Text();
        _group = new Group(originator, status, day, currency, IsInterim: modifier is "1" or "3", first);
        _groupTotal = default;
    }

    private BankStatement ReadAccount()
    {
        if (++_statements > _limits.MaxStatements)
        {
            throw _records.Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxStatements} accounts in the file.");
        }

        (_entries, _isOpen, _account) = (0, true, new BaiControl { FirstRecord = _records.CountBefore });
        var line = _records.Line;
        var account = _records.Text()
            ?? throw _records.Refuse(StatementRefusals.ElementMissing, "the account has no number.");
        _currency = _records.Field() is { Length: > 0 } code ? CurrencyOf(code) : _group!.Currency;
        StatementBalance? opening = null, closing = null;
        var summary = new StatementSummary { Line = line };
        while (_records.HasField)
        {
            var type = _records.Text();
            var amount = SignedAmount(_records.Field());
            _account.Add(amount);
            var items = Items(_records.Field());
            PassOverFunds(_records.Field());
            if (type == "010" && amount is { } before)
                opening = new StatementBalance(MoneyOf(before), _group!.Day, line);
            else if (type == "015" && amount is { } after)
                closing = new StatementBalance(MoneyOf(after), _group!.Day, line);
            else if (type == "100")
                summary = summary with { Credits = items };
            else if (type == "400")
                summary = summary with { Debits = items };
        }

        return new BankStatement
        {
            Ordinal = _statements,
            Line = line,
            Kind = _group!.IsInterim ? StatementKind.InterimReport : StatementKind.Statement,
            StatementId = MessageId is { Length: > 0 } id ? id : "bai2",
            IsIdUnique = false,
            SequenceNumber = string.Create(CultureInfo.InvariantCulture, $"{_group.Day:yyMMdd}/{_statements}"),
            AccountIdentification = account,
            AccountCurrency = _currency,
            BankBic = _group.Originator,
            From = _group.Day,
            To = _group.Day,
            Opening = opening,
            Closing = closing,
            Summary = _group.IsInterim ? null : summary,
        };
    }

    private StatementEntry ReadTransaction()
    {
        if (++_entriesInFile > _limits.MaxEntries)
        {
            throw _records.Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxEntries} transactions in the file.");
        }

        if (_group!.Status is not (null or "1"))
        {
            throw _records.Refuse(StatementRefusals.UnsupportedStatementType,
                $"the group is of status {_group.Status} (1 is new; deletions, corrections and tests are not booked).");
        }

        var line = _records.Line;
        if (!FieldText.TryCount(_records.Field(), out var code))
            throw _records.Refuse(StatementRefusals.ValueUnreadable, "the transaction has no type code.");
        var amount = SignedAmount(_records.Field());
        _account.Add(amount);
        var valueDate = PassOverFunds(_records.Field());
        var (bankReference, customerReference, text) = (_records.Text(), _records.Text(), _records.Lines());
        var movement = BaiTypeCodes.MovementOf(code);
        var money = MoneyOf(amount ?? 0);
        return new StatementEntry
        {
            Ordinal = ++_entries,
            Line = line,
            Amount = money.IsNegative ? -money : money,
            Movement = movement ?? Movement.Credit,
            IsReversal = false,
            Status = movement is null ? EntryStatus.Information
                : _group.IsInterim ? EntryStatus.Pending
                : EntryStatus.Booked,
            BookingDate = _group.Day,
            ValueDate = valueDate,
            BankReference = bankReference,
            TransactionCode = new BankTransactionCode(
                null, null, null, code.ToString("000", CultureInfo.InvariantCulture), BaiTypeCodes.Issuer),
            Details =
            [
                new TransactionDetails
                {
                    Ordinal = 1,
                    Line = line,
                    EndToEndId = customerReference,
                    BankReference = bankReference,
                    UnstructuredRemittance = text,
                },
            ],
        };
    }

    /// <summary>
    /// The fields that belong to a funds type: when the money is available. A value date (<c>V</c>) is given back.
    /// </summary>
    private DateOnly? PassOverFunds(ReadOnlySpan<char> type)
    {
        switch (type)
        {
            case "S":
                for (var field = 0; field < 3; field++)
                    _records.Field();
                return null;
            case "V":
                var day = _records.Field();
                _records.Field();
                if (day.Length == 0)
                    return null;
                return FieldText.TryShortDay(day, out var date)
                    ? date
                    : throw _records.Refuse(StatementRefusals.ValueUnreadable, "the value date is no day.");
            case "D":
                if (!FieldText.TryCount(_records.Field(), out var parts) || parts > _limits.MaxRepeats)
                    throw _records.Refuse(StatementRefusals.ValueUnreadable, "funds type D has no number of parts.");
                for (var field = 0; field < 2 * parts; field++)
                    _records.Field();
                return null;
            case "" or "Z" or "0" or "1" or "2":
                return null;
            default:
                throw _records.Refuse(StatementRefusals.ValueUnreadable,
                    $"'{RecordReader.Excerpt(type)}' is no funds type.");
        }
    }

    /// <summary>Minor units with an optional sign; null where the field is empty.</summary>
    private decimal? SignedAmount(ReadOnlySpan<char> text) =>
        BaiControl.TryAmount(text, out var amount)
            ? amount
            : throw _records.Refuse(StatementRefusals.AmountUnreadable,
                $"'{RecordReader.Excerpt(text)}' is not an amount.");

    /// <summary>
    /// How many items the bank counts in a total; null where it does not say, as where it tells but some of them: then
    /// their sum is none of the transactions that are there.
    /// </summary>
    private int? Items(ReadOnlySpan<char> text) => text.Length == 0 ? null
        : FieldText.TryCount(text, out var count) ? count
        : throw _records.Refuse(StatementRefusals.ValueUnreadable,
            $"'{RecordReader.Excerpt(text)}' is no number of items.");

    private Money MoneyOf(decimal minorUnits) => Money.TryOf(minorUnits * _currency.Unit, _currency, out var money)
        ? money
        : throw _records.Refuse(StatementRefusals.AmountUnreadable, "an amount is too large.");

    private Currency CurrencyOf(ReadOnlySpan<char> code) => Currency.TryOf(new string(code), out var currency)
        ? currency
        : throw _records.Refuse(StatementRefusals.CurrencyUnknown,
            $"'{RecordReader.Excerpt(code)}' is not an ISO 4217 currency.");

    private sealed record Group(
        string? Originator, string? Status, DateOnly Day, Currency Currency, bool IsInterim, int FirstRecord);
}
