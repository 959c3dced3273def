using System.Globalization;
using System.Text;
using CsvHelper;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats.Csv;

/// <summary>
/// Reads the CSV of a bank by a mapping. A statement is a run of rows of one account. Where there is a column of the
/// balance, every row must continue it, oldest first or newest first.
/// </summary>
public sealed partial class CsvStatementReader : IStatementReader
{
    private readonly CsvMapping _mapping;
    private readonly StatementLimits _limits;
    private readonly CsvReader _rows;
    private readonly CsvColumns _columns;
    private readonly string? _account;
    private BankStatement? _statement;
    private Row? _ahead;
    private CsvBalances? _balances;
    private int _statements;
    private int _entries;
    private int _entriesInFile;

    /// <param name="stream">Stays the caller's to dispose.</param>
    /// <param name="mapping">How to read it; checked before.</param>
    /// <param name="account">The account of all rows, where the mapping names none.</param>
    /// <param name="limits">How much is believed.</param>
    public CsvStatementReader(Stream stream, CsvMapping mapping, string? account = null, StatementLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(mapping);
        (_mapping, _limits, _account) = (mapping, limits ?? StatementLimits.Default, account);
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        _rows = CsvReader.Create(PassOverLines(stream, mapping.SkipLines), new CsvReaderOptions
        {
            Separator = mapping.Delimiter[0],
            HasHeader = false,
            Encoding = mapping.Encoding == "utf-8" ? null : Encoding.GetEncoding(mapping.Encoding),
            MaxRecordSize = _limits.MaxRecordBytes,
            MalformedData = CsvMalformedDataHandling.Throw,
            TrimWhitespace = true,
            TrackLineNumbers = true,
            IncludeValuesInExceptions = false,
        }, leaveOpen: true);
        _columns = new CsvColumns(mapping, _rows, mapping.HasHeadings ? Headings() : null);
    }

    /// <inheritdoc/>
    public string Format => "csv";

    /// <inheritdoc/>
    public string? MessageId => null;

    /// <inheritdoc/>
    public BankStatement Statement => _statement
        ?? throw new InvalidOperationException("No statement has been asked for.");

    private int Line { get; set; } = 1;

    /// <inheritdoc/>
    public BankStatement? NextStatement()
    {
        while (NextEntry() is not null)
        {
        }

        if ((_ahead ??= ReadRow()) is not { } first)
        {
            return _statements > 0
                ? null
                : throw Refuse(StatementRefusals.NoStatement, "row", "there is no row in the file.");
        }

        if (++_statements > _limits.MaxStatements)
        {
            throw Refuse(StatementRefusals.LimitExceeded, "row",
                $"there are more than {_limits.MaxStatements} accounts in the file.");
        }

        (_entries, _balances) = (0, _mapping.Balance is null ? null : new CsvBalances());
        return _statement = new BankStatement
        {
            Ordinal = _statements,
            Line = first.Entry.Line,
            Kind = _mapping.Kind switch
            {
                "collection" => StatementKind.Collection,
                "report" => StatementKind.InterimReport,
                _ => StatementKind.Statement,
            },
            StatementId = "csv",
            IsIdUnique = false,
            SequenceNumber = _statements.ToString(CultureInfo.InvariantCulture),
            AccountIdentification = first.Account,
            AccountCurrency = first.Entry.Amount.Currency,
        };
    }

    /// <inheritdoc/>
    public StatementEntry? NextEntry()
    {
        if (_statement is null || (_ahead ??= ReadRow()) is not { } row)
            return End();
        if (row.Account != _statement.AccountIdentification)
            return End();
        _ahead = null;
        _balances?.Add(this, row.Entry, row.Balance ?? throw Refuse(
            StatementRefusals.ElementMissing, _mapping.Balance!, "the row has no balance."));
        return row.Entry with { Ordinal = ++_entries };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
    }

    internal StatementRefused Refuse(string code, string column, string detail) =>
        new(new StatementRefusal(code, Line, column, detail));

    private StatementEntry? End()
    {
        if (_balances is { } balances && balances.Ends() is var (opening, closing))
            _statement = _statement! with { Opening = opening, Closing = closing };
        return null;
    }

    private string[] Headings() => Read()
        ? [.. Enumerable.Range(0, _rows.FieldCount).Select(_rows.GetString)]
        : throw Refuse(StatementRefusals.NoStatement, "headings", "there is no row of headings in the file.");

    private bool Read()
    {
        try
        {
            if (!_rows.Read())
                return false;
        }
        catch (CsvFormatException exception)
        {
            Line = _mapping.SkipLines + (int)Math.Max(exception.LineNumber, 1);
            throw new StatementRefused(new StatementRefusal(StatementRefusals.NotWellFormed, Line, "row",
                "the row is not well formed CSV (quotes), or it is too long."), exception);
        }

        Line = _mapping.SkipLines + (int)_rows.LineNumber;
        return true;
    }

    /// <summary>What a bank writes above the rows need not be CSV.</summary>
    private BufferedStream PassOverLines(Stream stream, int lines)
    {
        var buffered = new BufferedStream(stream);
        var length = 0;
        while (lines > 0 && buffered.ReadByte() is >= 0 and var letter)
        {
            length = letter == '\n' ? 0 : length + 1;
            if (letter == '\n')
                lines--;
            if (length > _limits.MaxRecordBytes)
                throw Refuse(StatementRefusals.LimitExceeded, "file", "a line before the rows is too long.");
        }

        return buffered;
    }

    /// <summary>The next row with money in it; one without day and amount is layout (sums, notes).</summary>
    private Row? ReadRow()
    {
        while (Read())
        {
            if (_columns.IsLayout)
                continue;
            if (++_entriesInFile > _limits.MaxEntries)
            {
                throw Refuse(StatementRefusals.LimitExceeded, "row",
                    $"there are more than {_limits.MaxEntries} rows in the file.");
            }

            return ReadEntry();
        }

        return null;
    }

    private Row ReadEntry()
    {
        var currency = CurrencyOf(_columns[_mapping.Currency] ?? _mapping.FixedCurrency);
        var signed = SignedAmount(currency);
        var movement = signed.IsNegative ? Movement.Debit : Movement.Credit;
        var account = _columns[_mapping.Account] ?? _mapping.FixedAccount ?? _account ?? throw Refuse(
            StatementRefusals.ElementMissing, "account", "neither the row nor the mapping names an account.");
        var entry = new StatementEntry
        {
            Ordinal = 1,
            Line = Line,
            Amount = signed.IsNegative ? -signed : signed,
            Movement = movement,
            Status = _mapping.Kind == "report" ? EntryStatus.Pending : EntryStatus.Booked,
            BookingDate = Day(_mapping.BookingDate),
            ValueDate = Day(_mapping.ValueDate),
            BankReference = _columns[_mapping.BankReference],
            TransactionCode = _columns[_mapping.TransactionCode] is { } code
                ? new BankTransactionCode(null, null, null, code, "CSV")
                : null,
            Details = [Details(movement)],
        };
        var balance = _columns[_mapping.Balance] is { } text
            ? Amount(_mapping.Balance!, text, currency)
            : (Money?)null;
        return new Row(account.Replace(" ", "", StringComparison.Ordinal), entry, balance);
    }

    private TransactionDetails Details(Movement movement)
    {
        var (name, account) = (_columns[_mapping.PartyName], _columns[_mapping.PartyAccount]);
        var party = (name ?? account) is null
            ? TransactionParty.Unknown
            : new TransactionParty(name, account?.Replace(" ", "", StringComparison.Ordinal), null, null);
        return new TransactionDetails
        {
            Ordinal = 1,
            Line = Line,
            EndToEndId = _columns[_mapping.EndToEndId],
            BankReference = _columns[_mapping.BankReference],
            CheckNumber = _columns[_mapping.CheckNumber],
            Debtor = movement == Movement.Credit ? party : TransactionParty.Unknown,
            Creditor = movement == Movement.Debit ? party : TransactionParty.Unknown,
            UnstructuredRemittance = [.. _mapping.Text.Select(column => _columns[column]).OfType<string>()],
            StructuredRemittance = _columns[_mapping.DocumentNumber] is { } number
                ? [new StructuredRemittance { Documents = [new ReferredDocument(null, number)] }]
                : [],
        };
    }

    private Money SignedAmount(Currency currency)
    {
        if (_mapping.Amount is { } column)
        {
            var amount = Amount(column, _columns[column], currency);
            var isOut = _mapping.Side is { } side
                && !_mapping.CreditSides.Contains(_columns[side] ?? "", StringComparer.OrdinalIgnoreCase);
            return isOut ? -amount : amount;
        }

        var (credit, debit) = (_columns[_mapping.Credit], _columns[_mapping.Debit]);
        if (credit is not null && debit is not null)
        {
            var (moneyIn, moneyOut) = (
                Amount(_mapping.Credit!, credit, currency), Amount(_mapping.Debit!, debit, currency));
            return moneyIn - (moneyOut.IsNegative ? -moneyOut : moneyOut);
        }

        if (credit is not null)
            return Amount(_mapping.Credit!, credit, currency);
        var paid = Amount(_mapping.Debit ?? _mapping.Credit!, debit, currency);
        return paid.IsNegative ? paid : -paid;
    }

    private Money Amount(string column, string? text, Currency currency)
    {
        var digits = (text ?? "").AsSpan().Trim();
        var isNegative = digits is ['-', ..] or [.., '-'] or ['(', .., ')'];
        digits = digits.Trim("+-() \u00a0");
        if (_mapping.ThousandsSeparator is { } thousands && digits.Contains(thousands[0]))
            digits = new string(digits).Replace(thousands, "", StringComparison.Ordinal);
        if (!FieldText.TryNumber(digits, _mapping.DecimalPoint[0], out var number))
        {
            throw Refuse(StatementRefusals.AmountUnreadable, column,
                $"'{RecordReader.Excerpt(text)}' is not an amount.");
        }

        return Money.TryOf(isNegative ? -number : number, currency, out var money) ? money : throw Refuse(
            StatementRefusals.AmountOverPrecise, column,
            $"'{RecordReader.Excerpt(text)}' is not an amount of {currency}.");
    }

    private DateOnly? Day(string? column)
    {
        if (column is null || _columns[column] is not { } text)
            return null;
        return DateOnly.TryParseExact(
            text, _mapping.DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw Refuse(StatementRefusals.ValueUnreadable, column,
                $"'{RecordReader.Excerpt(text)}' is not a day as {_mapping.DateFormat}.");
    }

    private Currency CurrencyOf(string? code) => Currency.TryOf(code?.ToUpperInvariant(), out var currency)
        ? currency
        : throw Refuse(StatementRefusals.CurrencyUnknown, _mapping.Currency ?? "currency",
            $"'{RecordReader.Excerpt(code)}' is not an ISO 4217 currency.");

    private sealed record Row(string Account, StatementEntry Entry, Money? Balance);
}
