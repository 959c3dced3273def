using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats.Ofx;

/// <summary>
/// Reads OFX (and QFX) bank and card statements. They have a ledger balance as of the moment of the download and no
/// opening balance, so nothing proves their entries complete; each has an identification (<c>FITID</c>) that makes it
/// one and the same in overlapping downloads.
/// </summary>
public sealed class OfxReader : IStatementReader
{
    private readonly OfxTags _tags;
    private readonly StatementLimits _limits;
    private BankStatement? _statement;
    private Currency _currency;
    private string? _message;
    private bool _isOpen;
    private bool _isOnEntry;
    private bool _isEnded;
    private bool _isInvestment;
    private int _statements;
    private int _entries;
    private int _entriesInFile;

    /// <summary>Starts on a file. The stream stays the caller's to dispose.</summary>
    public OfxReader(Stream stream, StatementLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _limits = limits ?? StatementLimits.Default;
        _tags = new OfxTags(stream, _limits);
    }

    /// <inheritdoc/>
    public string Format => "ofx";

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

        while (!_isEnded)
        {
            if (!_tags.Next())
                throw _tags.Refuse(StatementRefusals.NotWellFormed, "the file breaks off: OFX is not closed.");
            switch (_tags.Name)
            {
                case "STMTRS" or "CCSTMTRS":
                    return _statement = ReadHeader();
                case "TRNUID":
                    MessageId ??= _tags.Text;
                    break;
                case "MESSAGE":
                    _message = _tags.Text ?? _message;
                    break;
                case "STMTTRN" when !_isInvestment:
                    throw _tags.Refuse(StatementRefusals.ElementMisplaced, "a transaction stands outside a statement.");
                case "INVSTMTRS":
                    // Its bank transactions are those of an investment account.
                    _isInvestment = true;
                    break;
                case "/OFX":
                    _isEnded = true;
                    break;
            }
        }

        return _statements > 0
            ? null
            : throw _tags.Refuse(StatementRefusals.NoStatement, _message is null
                ? "there is no bank or card statement in the file."
                : $"there is no bank or card statement in the file; the bank says: {_message}");
    }

    /// <inheritdoc/>
    public StatementEntry? NextEntry()
    {
        while (_isOpen)
        {
            if (_isOnEntry)
            {
                _isOnEntry = false;
                return ReadTransaction();
            }

            Advance();
            switch (_tags.Name)
            {
                case "STMTTRN":
                    _isOnEntry = true;
                    break;
                case "LEDGERBAL":
                    _statement = Statement with { Closing = ReadBalance() };
                    break;
                case "/STMTRS" or "/CCSTMTRS":
                    _isOpen = false;
                    break;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Advance()
    {
        if (!_tags.Next())
            throw _tags.Refuse(StatementRefusals.NotWellFormed, "the file breaks off within a statement.");
    }

    private BankStatement ReadHeader()
    {
        if (++_statements > _limits.MaxStatements)
        {
            throw _tags.Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxStatements} statements in the file.");
        }

        (_entries, _isOpen, _isOnEntry) = (0, true, false);
        var line = _tags.Line;
        string? account = null, bank = null, currency = null;
        DateOnly? from = null, to = null;
        StatementBalance? closing = null;
        while (_isOpen && !_isOnEntry)
        {
            Advance();
            switch (_tags.Name)
            {
                case "CURDEF":
                    currency = _tags.Text;
                    _currency = Currency.TryOf(currency, out var known) ? known : throw _tags.Refuse(
                        StatementRefusals.CurrencyUnknown, $"'{currency}' is not an ISO 4217 currency.");
                    break;
                case "ACCTID": account ??= _tags.Text; break;
                case "BANKID": bank ??= _tags.Text; break;
                case "DTSTART": from = Day(); break;
                case "DTEND": to = Day(); break;
                case "LEDGERBAL": closing = currency is null ? throw Missing("CURDEF") : ReadBalance(); break;
                case "STMTTRN": _isOnEntry = true; break;
                case "/STMTRS" or "/CCSTMTRS": _isOpen = false; break;
            }
        }

        if (currency is null)
            throw Missing("the currency (CURDEF)");
        return new BankStatement
        {
            Ordinal = _statements,
            Line = line,
            Kind = StatementKind.Statement,
            StatementId = string.Create(CultureInfo.InvariantCulture, $"{from:yyyyMMdd}-{to:yyyyMMdd}"),
            IsIdUnique = false,
            AccountIdentification = account?.Replace(" ", "", StringComparison.Ordinal)
                ?? throw Missing("the account (ACCTID)"),
            AccountCurrency = _currency,
            BankBic = bank,
            From = from,
            To = to,
            Closing = closing,
        };
    }

    /// <summary>A balance that the bank leaves empty is none.</summary>
    private StatementBalance? ReadBalance()
    {
        var line = _tags.Line;
        Money? amount = null;
        DateOnly? day = null;
        do
        {
            Advance();
            if (_tags.Name == "BALAMT" && _tags.Text is not null)
                amount = Amount(_currency);
            else if (_tags.Name == "DTASOF")
                day = Day();
        }
        while (_tags.Name is not ("/LEDGERBAL" or "/STMTRS" or "/CCSTMTRS"));
        if (_tags.Name != "/LEDGERBAL")
            _isOpen = false;
        return amount is { } known && day is { } asOf ? new StatementBalance(known, asOf, line) : null;
    }

    private StatementEntry ReadTransaction()
    {
        if (++_entriesInFile > _limits.MaxEntries)
        {
            throw _tags.Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxEntries} transactions in the file.");
        }

        var line = _tags.Line;
        Money? amount = null;
        DateOnly? posted = null;
        string? type = null, id = null, name = null, memo = null, check = null, reference = null;
        while (true)
        {
            Advance();
            switch (_tags.Name)
            {
                case "TRNTYPE": type = _tags.Text; break;
                case "DTPOSTED": posted = Day(); break;
                case "TRNAMT": amount = Amount(_currency); break;
                case "FITID": id = _tags.Text; break;
                case "NAME" or "PAYEE": name ??= _tags.Text; break;
                case "MEMO": memo ??= _tags.Text; break;
                case "CHECKNUM": check = _tags.Text is "0" ? null : _tags.Text; break;
                case "REFNUM": reference = _tags.Text; break;
                case "STMTTRN" or "/BANKTRANLIST" or "/STMTRS":
                    throw _tags.Refuse(StatementRefusals.NotWellFormed, "a transaction is not closed.");
                case "/STMTTRN":
                    return Entry(line, amount ?? throw Missing("the transaction's TRNAMT"),
                        posted ?? throw Missing("the transaction's DTPOSTED"),
                        new Words(type, id, name, memo, check, reference));
            }
        }
    }

    private StatementEntry Entry(int line, Money amount, DateOnly posted, Words words)
    {
        var movement = amount.IsNegative ? Movement.Debit : Movement.Credit;
        var party = words.Name is null
            ? TransactionParty.Unknown
            : new TransactionParty(words.Name, null, null, null);
        return new StatementEntry
        {
            Ordinal = ++_entries,
            Line = line,
            Amount = amount.IsNegative ? -amount : amount,
            Movement = movement,
            Status = words.Type == "HOLD" ? EntryStatus.Pending : EntryStatus.Booked,
            BookingDate = posted,
            ValueDate = posted,
            BankReference = words.Id,
            TransactionCode = words.Type is null
                ? null
                : new BankTransactionCode(null, null, null, words.Type, "OFX"),
            Details =
            [
                new TransactionDetails
                {
                    Ordinal = 1,
                    Line = line,
                    BankReference = words.Id,
                    EndToEndId = words.Reference,
                    CheckNumber = words.Check,
                    Debtor = movement == Movement.Credit ? party : TransactionParty.Unknown,
                    Creditor = movement == Movement.Debit ? party : TransactionParty.Unknown,
                    UnstructuredRemittance = words.Memo is null ? [] : [words.Memo],
                },
            ],
        };
    }

    /// <summary>
    /// The calendar day of <c>20130525225731.258[-4:EDT]</c>, as the bank writes it; null where there is none.
    /// </summary>
    private DateOnly? Day()
    {
        if (_tags.Text is not { } text)
            return null;
        return text.Length >= 8 && FieldText.TryLongDay(text.AsSpan(0, 8), out var day)
            ? day
            : throw _tags.Refuse(StatementRefusals.ValueUnreadable,
                $"'{RecordReader.Excerpt(text)}' is not a day.");
    }

    /// <summary>A signed number; some banks write a comma for the point.</summary>
    private Money Amount(Currency currency)
    {
        var text = (_tags.Text ?? "").AsSpan();
        var isNegative = text is ['-', ..];
        var digits = text is ['-' or '+', ..] ? text[1..] : text;
        if (!FieldText.TryNumber(digits, digits.Contains(',') ? ',' : '.', out var number))
        {
            throw _tags.Refuse(StatementRefusals.AmountUnreadable,
                $"'{RecordReader.Excerpt(text)}' is not an amount.");
        }

        return Money.TryOf(isNegative ? -number : number, currency, out var money)
            ? money
            : throw _tags.Refuse(StatementRefusals.AmountOverPrecise,
                $"'{RecordReader.Excerpt(text)}' is not an amount of {currency}.");
    }

    private StatementRefused Missing(string what) =>
        _tags.Refuse(StatementRefusals.ElementMissing, $"{what} is missing.");

    private sealed record Words(
        string? Type, string? Id, string? Name, string? Memo, string? Check, string? Reference);
}
