using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats.Nacha;

/// <summary>
/// Reads NACHA files (ACH, United States): entries that were made on an account, returns (addenda 99, R01…) and notices
/// of change (addenda 98, C01…), with the control totals of batch and file: counts, entry hash, debits, credits.
/// Records are 94 characters wide, with or without line ends between them.
/// <para>A statement is a run of entries of one account within a batch: the account at the receiving bank or, for what
/// comes back to an originator, its company identification.</para>
/// </summary>
public sealed partial class NachaReader : IStatementReader
{
    private const int Width = 94;

    private readonly RecordReader _records;
    private readonly StatementLimits _limits;
    private readonly Currency _currency = Currency.Of("USD");
    private BankStatement? _statement;
    private NachaBatch? _batch;
    private NachaBatch? _lastBatch;
    private NachaItem? _ahead;
    private NachaTotals _batchTotals;
    private NachaTotals _fileTotals;
    private int _batches;
    private int _statements;
    private int _entries;
    private int _entriesInFile;
    private bool _isEnded;

    /// <summary>Starts on a file. The stream stays the caller's to dispose.</summary>
    public NachaReader(Stream stream, StatementLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _limits = limits ?? StatementLimits.Default;
        _records = new RecordReader(stream, _limits, RecordCut.Width, Width);
        if (!Next() || Type != '1' || Text(34, 3) != "094")
        {
            throw Refuse(StatementRefusals.UnsupportedStatementType,
                "a NACHA file begins with a file header of record size 094.");
        }

        MessageId = $"{Text(13, 10)}-{Text(23, 6)}{Text(29, 4)}{Text(33, 1)}";
    }

    /// <inheritdoc/>
    public string Format => "nacha";

    /// <inheritdoc/>
    public string? MessageId { get; }

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

        if (_ahead is null && !ReadAhead())
        {
            return _statements > 0
                ? null
                : throw Refuse(StatementRefusals.NoStatement, "there is no entry in the file.");
        }

        if (++_statements > _limits.MaxStatements)
        {
            throw Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxStatements} accounts in the file.");
        }

        _entries = 0;
        return _statement = new BankStatement
        {
            Ordinal = _statements,
            Line = _ahead!.Entry.Line,
            Kind = StatementKind.Collection,
            StatementId = MessageId!,
            IsIdUnique = false,
            SequenceNumber = string.Create(CultureInfo.InvariantCulture, $"{_ahead.Batch.Number}/{_statements}"),
            AccountIdentification = _ahead.Account,
            AccountCurrency = _currency,
            BankBic = _ahead.Routing,
            From = _ahead.Batch.Day,
            To = _ahead.Batch.Day,
        };
    }

    /// <inheritdoc/>
    public StatementEntry? NextEntry()
    {
        if (_statement is null || (_ahead is null && !ReadAhead()))
            return null;
        var item = _ahead!;
        if (_entries > 0 && (item.Account != _statement.AccountIdentification || item.Batch != _lastBatch))
            return null;
        (_ahead, _lastBatch) = (null, item.Batch);
        return item.Entry with { Ordinal = ++_entries };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>
    /// Reads on to the next entry; false behind the last one, when the file's totals have been checked.
    /// </summary>
    private bool ReadAhead()
    {
        while (!_isEnded)
        {
            if (!Next())
            {
                throw Refuse(StatementRefusals.NotWellFormed,
                    "the file breaks off: there is no file control (record 9) that ends it.");
            }

            switch (Type)
            {
                case '5' when _batch is null:
                    ReadBatch();
                    break;
                case '6' when _batch is not null:
                    _ahead = ReadItem(_batch);
                    return true;
                case '8' when _batch is not null:
                    _batchTotals.Check(_records, 4, 6, "batch");
                    _fileTotals = _fileTotals.Plus(_batchTotals);
                    _batch = null;
                    break;
                case '9' when _batch is null:
                    ReadControl();
                    break;
                default:
                    throw Refuse(StatementRefusals.ElementMisplaced, $"a record '{Type}' may not stand here.");
            }
        }

        return false;
    }

    private void ReadBatch()
    {
        _batches++;
        _batchTotals = default;
        var kind = Text(50, 3);
        if (kind == "ADV")
        {
            throw Refuse(StatementRefusals.UnsupportedStatementType,
                "the batch is of accounting advices (ADV), which move no money.");
        }

        DateOnly? day = null;
        var effective = Text(69, 6);
        if (effective.Trim('0').Length > 0)
        {
            day = FieldText.TryShortDay(effective, out var date)
                ? date
                : throw Refuse(StatementRefusals.ValueUnreadable, $"'{effective}' is no effective entry date.");
        }

        _batch = new NachaBatch(Text(4, 16), Text(40, 10), kind, Text(53, 10), day, Text(87, 7));
    }

    private void ReadControl()
    {
        if (!FieldText.TryCount(Span(1, 6), out var batches) || batches != _batches)
        {
            throw Refuse(StatementRefusals.SummaryDiffers,
                $"'{Text(1, 6)}' batches are stated, {_batches} are there.");
        }

        _fileTotals.Check(_records, 13, 8, "file");
        _isEnded = true;
        while (Next())
        {
            if (_records.Record.ContainsAnyExcept('9', ' '))
                throw Refuse(StatementRefusals.ElementMisplaced, "a record stands behind the file control.");
        }
    }

    private bool Next()
    {
        while (_records.Next())
        {
            if (!_records.Record.IsWhiteSpace())
                return true;
        }

        return false;
    }

    private StatementRefused Refuse(string code, string detail) => _records.Refuse(
        code, string.Create(CultureInfo.InvariantCulture, $"record {_records.Ordinal} (type {Type})"), detail);

    private string Text(int at, int length) => new(Span(at, length).Trim());

    private string? TextOrNull(int at, int length) =>
        Span(at, length).Trim() is { Length: > 0 } text ? new string(text) : null;

    private ReadOnlySpan<char> Span(int at, int length) => NachaTotals.Field(_records.Record, at, length);
}
