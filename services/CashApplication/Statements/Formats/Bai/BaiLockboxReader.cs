using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats.Bai;

/// <summary>
/// Reads BAI lockbox transmissions in US dollars: deposits of a lockbox (5 to 8) with their checks (6), the documents
/// that each check pays (overflow, 4) and control totals by batch (7), lockbox (8) and file (9). Each check is an entry
/// of its own, so that one of a deposit can come back alone.
/// </summary>
public sealed class BaiLockboxReader : IStatementReader
{
    private readonly RecordReader _lines;
    private readonly StatementLimits _limits;
    private readonly Currency _currency = Currency.Of("USD");
    private BankStatement? _statement;
    private Total _batch;
    private Total _deposit;
    private bool _isOpen;
    private bool _isEnded;
    private int _statements;
    private int _entries;
    private int _entriesInFile;
    private int _records;

    /// <summary>Starts on a file. The stream stays the caller's to dispose.</summary>
    public BaiLockboxReader(Stream stream, StatementLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _limits = limits ?? StatementLimits.Default;
        _lines = new RecordReader(stream, _limits);
        if (!Next() || Type != '1' || Field(13, 10).Length == 0)
            throw Refuse(StatementRefusals.UnsupportedStatementType, "a lockbox file begins with a record 1.");
        MessageId = $"{Field(13, 10)}-{Field(23, 6)}-{Field(29, 4)}";
    }

    /// <inheritdoc/>
    public string Format => "bai.lockbox";

    /// <inheritdoc/>
    public string? MessageId { get; }

    /// <inheritdoc/>
    public BankStatement Statement => _statement
        ?? throw new InvalidOperationException("No statement has been asked for.");

    private char Type => _lines.Record.Length > 0 ? _lines.Record[0] : ' ';

    /// <inheritdoc/>
    public BankStatement? NextStatement()
    {
        while (NextEntry() is not null)
        {
        }

        while (!_isEnded && NextRecord())
        {
            switch (Type)
            {
                case '2':
                    break;
                case '5':
                    return _statement = ReadDeposit();
                case '9':
                    ReadTrailer();
                    break;
                default:
                    throw Misplaced();
            }
        }

        if (Next())
            throw Misplaced();
        return _statements > 0
            ? null
            : throw Refuse(StatementRefusals.NoStatement, "there is no deposit (record 5) in the file.");
    }

    /// <inheritdoc/>
    public StatementEntry? NextEntry()
    {
        while (_isOpen)
        {
            NextRecord();
            switch (Type)
            {
                case '6':
                    return ReadCheck();
                case '7':
                    CheckTotal(_batch, 20, 3, 23, "batch");
                    _batch = default;
                    break;
                case '8':
                    CheckTotal(_deposit, 20, 4, 24, "deposit");
                    _isOpen = false;
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

    private BankStatement ReadDeposit()
    {
        if (++_statements > _limits.MaxStatements)
        {
            throw Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxStatements} deposits in the file.");
        }

        (_entries, _isOpen, _batch, _deposit) = (0, true, default, default);
        var lockbox = Field(7, 7);
        if (lockbox.Length == 0 || !FieldText.TryShortDay(Field(14, 6), out var day))
            throw Refuse(StatementRefusals.ValueUnreadable, "a deposit has the number of a lockbox and a day.");
        return new BankStatement
        {
            Ordinal = _statements,
            Line = _lines.Line,
            Kind = StatementKind.Collection,
            StatementId = MessageId!,
            IsIdUnique = false,
            SequenceNumber = _statements.ToString(CultureInfo.InvariantCulture),
            AccountIdentification = lockbox,
            AccountCurrency = _currency,
            From = day,
            To = day,
        };
    }

    private StatementEntry ReadCheck()
    {
        if (++_entriesInFile > _limits.MaxEntries)
        {
            throw Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxEntries} checks in the file.");
        }

        var (line, item) = (_lines.Line, Field(1, 6));
        if (!FieldText.TryMinorUnits(Span(7, 10), _currency, out var amount))
            throw Refuse(StatementRefusals.AmountUnreadable, $"'{Field(7, 10)}' is not an amount.");
        _batch = _batch.Plus(amount.Amount);
        _deposit = _deposit.Plus(amount.Amount);
        var (routing, account, check) = (Field(17, 9), Field(26, 10), Field(36, 10).TrimStart('0'));
        var name = Field(Span(46, 6) is [>= '0' and <= '9', ..] ? 52 : 46, 30);
        return new StatementEntry
        {
            Ordinal = ++_entries,
            Line = line,
            Amount = amount,
            Movement = Movement.Credit,
            Status = EntryStatus.Booked,
            BookingDate = Statement.To,
            EntryReference = item,
            TransactionCode = new BankTransactionCode(null, null, null, "LOCKBOX", BaiTypeCodes.Issuer),
            Details =
            [
                new TransactionDetails
                {
                    Ordinal = 1,
                    Line = line,
                    Amount = amount,
                    CheckNumber = check.Length == 0 ? null : check,
                    Debtor = new TransactionParty(
                        name.Length == 0 ? null : name,
                        account.Length == 0 ? null : $"{routing}/{account}", null, null),
                    StructuredRemittance = Overflow(item),
                },
            ],
        };
    }

    /// <summary>
    /// The documents of a check: a number, and after blanks an amount in cents where the bank keys it.
    /// </summary>
    private List<StructuredRemittance> Overflow(string item)
    {
        var documents = new List<StructuredRemittance>();
        while (Next())
        {
            if (Type != '4')
            {
                _lines.Repeat();
                _records--;
                break;
            }

            if (Field(1, 6) != item)
                throw Refuse(StatementRefusals.ElementMisplaced, $"it goes on from another check than {item}.");
            if (documents.Count == _limits.MaxRepeats)
                throw Refuse(StatementRefusals.LimitExceeded, $"there are more than {_limits.MaxRepeats} overflows.");
            var data = Field(11, _limits.MaxTextLength);
            var parts = data.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0)
                continue;
            Money? paid = parts.Length == 2 && FieldText.TryMinorUnits(parts[1], _currency, out var amount)
                ? amount
                : null;
            documents.Add(new StructuredRemittance
            {
                Documents = [new ReferredDocument("CINV", parts[0])],
                RemittedAmount = paid,
                AdditionalInformation = parts.Length > 1 && paid is null ? [data] : [],
            });
        }

        return documents;
    }

    private void ReadTrailer()
    {
        if (!FieldText.TryCount(Span(1, 6), out var stated) || stated != _records)
            throw Refuse(StatementRefusals.SummaryDiffers, $"{Field(1, 6)} records are stated, {_records} are there.");
        _isEnded = true;
    }

    private void CheckTotal(Total total, int countAt, int countLength, int sumAt, string what)
    {
        if (!FieldText.TryCount(Span(countAt, countLength), out var count)
            || !FieldText.TryMinorUnits(Span(sumAt, 10), _currency, out var sum))
        {
            throw Refuse(StatementRefusals.ValueUnreadable, $"the total of the {what} is none.");
        }

        if (count != total.Count || sum.Amount != total.Sum)
        {
            throw Refuse(StatementRefusals.SummaryDiffers, string.Create(CultureInfo.InvariantCulture,
                $"{count} checks of {sum.Amount} are stated in the {what}, {total.Count} of {total.Sum} are there."));
        }
    }

    private bool NextRecord() => Next() ? true : throw Refuse(
        StatementRefusals.NotWellFormed, "the file breaks off: there is no record 9 that ends it.");

    private bool Next()
    {
        while (_lines.Next())
        {
            if (_lines.Record.IsWhiteSpace())
                continue;
            _records++;
            return true;
        }

        return false;
    }

    private StatementRefused Misplaced() =>
        Refuse(StatementRefusals.ElementMisplaced, $"a record '{Type}' may not stand here.");

    private StatementRefused Refuse(string code, string detail) => _lines.Refuse(code, $"record {Type}", detail);

    private string Field(int at, int length) => new(Span(at, length).Trim());

    private ReadOnlySpan<char> Span(int at, int length) => at >= _lines.Record.Length
        ? []
        : _lines.Record.Slice(at, Math.Min(length, _lines.Record.Length - at));

    private readonly record struct Total(int Count, decimal Sum)
    {
        public Total Plus(decimal amount) => new(Count + 1, Sum + amount);
    }
}
