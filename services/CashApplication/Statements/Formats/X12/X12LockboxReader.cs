using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats.X12;

/// <summary>
/// Reads X12 823 lockbox transmissions: deposits (DEP) of batches (BAT) of checks (BPR) with the documents they pay
/// (RMR). The totals of deposit and batch (AMT) must hold. Each check is an entry of its own.
/// </summary>
public sealed class X12LockboxReader : IStatementReader
{
    private readonly X12Segments _segments;
    private readonly StatementLimits _limits;
    private readonly Currency _currency = Currency.Of("USD");
    private BankStatement? _statement;
    private Total _deposit;
    private Total _batch;
    private DateOnly? _day;
    private bool _isOpen;
    private int _statements;
    private int _entries;
    private int _entriesInFile;

    /// <summary>Starts on a file. The stream stays the caller's to dispose.</summary>
    public X12LockboxReader(Stream stream, StatementLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _limits = limits ?? StatementLimits.Default;
        _segments = new X12Segments(stream, _limits);
    }

    /// <inheritdoc/>
    public string Format => "x12.823";

    /// <inheritdoc/>
    public string? MessageId => _segments.MessageId;

    /// <inheritdoc/>
    public BankStatement Statement => _statement
        ?? throw new InvalidOperationException("No statement has been asked for.");

    /// <inheritdoc/>
    public BankStatement? NextStatement()
    {
        while (NextEntry() is not null)
        {
        }

        while (_segments.Next())
        {
            switch (_segments.Id)
            {
                case "ST" when _segments.TransactionSet != "823":
                    throw _segments.Refuse(StatementRefusals.UnsupportedStatementType,
                        $"transaction set {_segments.TransactionSet} is not a lockbox (823).");
                case "DEP":
                    return _statement = ReadDeposit();
                case "BAT" or "BPR" or "RMR":
                    throw _segments.Refuse(StatementRefusals.ElementMisplaced, "it stands outside a deposit (DEP).");
            }
        }

        return _statements > 0
            ? null
            : throw _segments.Refuse(StatementRefusals.NoStatement, "there is no deposit (DEP) in the file.");
    }

    /// <inheritdoc/>
    public StatementEntry? NextEntry()
    {
        if (!_isOpen)
            return null;
        while (_segments.Next())
        {
            switch (_segments.Id)
            {
                case "AMT":
                    SetTotal();
                    break;
                case "BAT":
                    CheckBatch();
                    (_batch, _day) = (new Total(IsOpen: true), _segments.Day(1) ?? Statement.To);
                    break;
                case "BPR":
                    return ReadCheck();
                case "ST" or "DEP":
                    _segments.Repeat();
                    return End();
            }
        }

        return End();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private BankStatement ReadDeposit()
    {
        if (++_statements > _limits.MaxStatements)
        {
            throw _segments.Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxStatements} deposits in the file.");
        }

        (_entries, _isOpen, _batch, _deposit) = (0, true, default, new Total(IsOpen: true));
        var day = _segments.Day(2);
        _day = day;
        return new BankStatement
        {
            Ordinal = _statements,
            Line = _segments.Line,
            Kind = StatementKind.Collection,
            StatementId = MessageId ?? "823",
            IsIdUnique = false,
            SequenceNumber = _segments.Text(4),
            AccountIdentification = _segments.Text(8) ?? _segments.Text(1) ?? throw _segments.Refuse(
                StatementRefusals.ElementMissing, "the deposit names neither a lockbox nor an account."),
            AccountCurrency = _currency,
            BankBic = _segments.Text(6),
            From = day,
            To = day,
        };
    }

    /// <summary>A total stands before what it is the total of: the deposit's before its first batch.</summary>
    private void SetTotal()
    {
        var stated = _segments.Number(2);
        if (_batch.IsOpen)
            _batch = _batch with { Stated = _batch.Stated ?? stated };
        else
            _deposit = _deposit with { Stated = _deposit.Stated ?? stated };
    }

    private StatementEntry ReadCheck()
    {
        if (++_entriesInFile > _limits.MaxEntries)
        {
            throw _segments.Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxEntries} checks in the file.");
        }

        var line = _segments.Line;
        if (_segments.Number(2) is not { } number || number < 0
            || !Money.TryOf(number, _currency, out var amount))
        {
            throw _segments.Refuse(StatementRefusals.AmountUnreadable, "the check has no amount (BPR02).");
        }

        _batch = _batch with { Sum = _batch.Sum + amount.Amount };
        _deposit = _deposit with { Sum = _deposit.Sum + amount.Amount };
        var account = _segments.Text(9);
        var party = new TransactionParty(null, account, null, null)
        {
            RoutingNumber = account is null ? null : _segments.Text(7),
        };
        return new StatementEntry
        {
            Ordinal = ++_entries,
            Line = line,
            Amount = amount,
            Movement = Movement.Credit,
            Status = EntryStatus.Booked,
            BookingDate = _day,
            TransactionCode = new BankTransactionCode(null, null, null, "LOCKBOX", "X12"),
            Details = [ReadDetails(line, amount, party)],
        };
    }

    /// <summary>What belongs to the check just read.</summary>
    private TransactionDetails ReadDetails(int line, Money amount, TransactionParty payer)
    {
        string? check = null, trace = null;
        var documents = new List<StructuredRemittance>();
        while (_segments.Next())
        {
            switch (_segments.Id)
            {
                case "REF" when documents.Count == 0 && _segments.Element(1) is "CK" or "CKN":
                    check = _segments.Text(2);
                    break;
                case "TRN":
                    trace = _segments.Text(2);
                    break;
                case "N1" when _segments.Element(1) is "PR":
                    payer = payer with { Name = _segments.Text(2) };
                    break;
                case "RMR":
                    if (documents.Count == _limits.MaxRepeats)
                        throw _segments.Refuse(StatementRefusals.LimitExceeded, "a check names too many documents.");
                    documents.Add(ReadDocument());
                    break;
                case "BPR" or "BAT" or "DEP" or "ST":
                    _segments.Repeat();
                    return Details();
            }
        }

        return Details();

        TransactionDetails Details() => new()
        {
            Ordinal = 1,
            Line = line,
            Amount = amount,
            CheckNumber = check,
            EndToEndId = trace,
            Debtor = payer,
            StructuredRemittance = documents,
        };
    }

    private StructuredRemittance ReadDocument() => new()
    {
        Documents = [new ReferredDocument(_segments.Text(1), _segments.Text(2) ?? "")],
        RemittedAmount = Amount(4),
        DueAmount = Amount(5),
        DiscountTaken = Amount(6),
    };

    private Money? Amount(int position) => _segments.Number(position) is { } number
        ? Money.TryOf(number, _currency, out var money)
            ? money
            : throw _segments.Refuse(StatementRefusals.AmountOverPrecise, $"'{number}' is not an amount of USD.")
        : null;

    private StatementEntry? End()
    {
        CheckBatch();
        Check(_deposit, "deposit");
        _isOpen = false;
        return null;
    }

    private void CheckBatch() => Check(_batch, "batch");

    private void Check(Total total, string what)
    {
        if (total.Stated is { } stated && stated != total.Sum)
        {
            throw _segments.Refuse(StatementRefusals.SummaryDiffers, string.Create(CultureInfo.InvariantCulture,
                $"the {what} is stated to be {stated} (AMT), its checks add up to {total.Sum}."));
        }
    }

    private readonly record struct Total(bool IsOpen, decimal? Stated = null, decimal Sum = 0);
}
