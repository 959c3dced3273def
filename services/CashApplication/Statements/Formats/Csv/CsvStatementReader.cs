using System.Globalization;
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
    private readonly CsvRows _rows;
    private readonly string? _account;
    private BankStatement? _statement;
    private Row? _ahead;
    private CsvBalances? _balances;
    private int _statements;
    private int _entries;

    /// <param name="stream">Stays the caller's to dispose.</param>
    /// <param name="mapping">How to read it; checked before.</param>
    /// <param name="account">The account of all rows, where the mapping names none.</param>
    /// <param name="limits">How much is believed.</param>
    public CsvStatementReader(Stream stream, CsvMapping mapping, string? account = null, StatementLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(mapping);
        (_mapping, _limits, _account) = (mapping, limits ?? StatementLimits.Default, account);
        _rows = new CsvRows(stream, mapping, _limits);
    }

    /// <inheritdoc/>
    public string Format => "csv";

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

    internal StatementRefused Refuse(string code, string column, string detail) => _rows.Refuse(code, column, detail);

    private StatementEntry? End()
    {
        if (_balances is { } balances && balances.Ends() is var (opening, closing))
            _statement = _statement! with { Opening = opening, Closing = closing };
        return null;
    }

    /// <summary>The next row with money in it.</summary>
    private Row? ReadRow() => _rows.Next() ? ReadEntry() : null;

    private Row ReadEntry()
    {
        var currency = _rows.Currency();
        var signed = SignedAmount(currency);
        var movement = signed.IsNegative ? Movement.Debit : Movement.Credit;
        var account = _rows.Columns[_mapping.Account] ?? _mapping.FixedAccount ?? _account ?? throw Refuse(
            StatementRefusals.ElementMissing, "account", "neither the row nor the mapping names an account.");
        var entry = new StatementEntry
        {
            Ordinal = 1,
            Line = _rows.Line,
            Amount = signed.IsNegative ? -signed : signed,
            Movement = movement,
            Status = _mapping.Kind == "report" ? EntryStatus.Pending : EntryStatus.Booked,
            BookingDate = _rows.Day(_mapping.BookingDate),
            ValueDate = _rows.Day(_mapping.ValueDate),
            BankReference = _rows.Columns[_mapping.BankReference],
            TransactionCode = _rows.Columns[_mapping.TransactionCode] is { } code
                ? new BankTransactionCode(null, null, null, code, "CSV")
                : null,
            Details = [Details(movement)],
        };
        var balance = _rows.Columns[_mapping.Balance] is { } text
            ? _rows.Amount(_mapping.Balance!, text, currency)
            : (Money?)null;
        return new Row(account.Replace(" ", "", StringComparison.Ordinal), entry, balance);
    }

    private TransactionDetails Details(Movement movement)
    {
        var (name, account) = (_rows.Columns[_mapping.PartyName], _rows.Columns[_mapping.PartyAccount]);
        var party = (name ?? account) is null
            ? TransactionParty.Unknown
            : new TransactionParty(name, account?.Replace(" ", "", StringComparison.Ordinal), null, null);
        return new TransactionDetails
        {
            Ordinal = 1,
            Line = _rows.Line,
            EndToEndId = _rows.Columns[_mapping.EndToEndId],
            BankReference = _rows.Columns[_mapping.BankReference],
            CheckNumber = _rows.Columns[_mapping.CheckNumber],
            Debtor = movement == Movement.Credit ? party : TransactionParty.Unknown,
            Creditor = movement == Movement.Debit ? party : TransactionParty.Unknown,
            UnstructuredRemittance = [.. _mapping.Text.Select(column => _rows.Columns[column]).OfType<string>()],
            StructuredRemittance = _rows.Columns[_mapping.DocumentNumber] is { } number
                ? [new StructuredRemittance { Documents = [new ReferredDocument(null, number)] }]
                : [],
        };
    }

    private Money SignedAmount(Currency currency)
    {
        if (_mapping.Amount is { } column)
        {
            var amount = _rows.Amount(column, _rows.Columns[column], currency);
            var isOut = _mapping.Side is { } side
                && !_mapping.CreditSides.Contains(_rows.Columns[side] ?? "", StringComparer.OrdinalIgnoreCase);
            return isOut ? -amount : amount;
        }

        var (credit, debit) = (_rows.Columns[_mapping.Credit], _rows.Columns[_mapping.Debit]);
        if (credit is not null && debit is not null)
        {
            var (moneyIn, moneyOut) = (
                _rows.Amount(_mapping.Credit!, credit, currency), _rows.Amount(_mapping.Debit!, debit, currency));
            return moneyIn - (moneyOut.IsNegative ? -moneyOut : moneyOut);
        }

        if (credit is not null)
            return _rows.Amount(_mapping.Credit!, credit, currency);
        var paid = _rows.Amount(_mapping.Debit ?? _mapping.Credit!, debit, currency);
        return paid.IsNegative ? paid : -paid;
    }

    private sealed record Row(string Account, StatementEntry Entry, Money? Balance);
}
