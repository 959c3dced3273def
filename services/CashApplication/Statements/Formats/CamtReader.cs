using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats;

/// <summary>
/// Reads ISO 20022 bank-to-customer messages: camt.053 (statement), camt.052 (report) and camt.054 (notification) of
/// every version, also without a namespace.
/// </summary>
public sealed partial class CamtReader : IStatementReader
{
    private const string Iso20022 = "urn:iso:std:iso:20022:tech:xsd:";
    private const int MessageDepth = 1;
    private const int StatementDepth = 2;

    private readonly XmlCursor _xml;
    private readonly StatementLimits _limits;
    private BankStatement? _statement;
    private DateOnly? _messageCreatedOn;
    private State _state;
    private int _statements;
    private int _entriesInFile;
    private int _entries;

    private CamtReader(XmlCursor xml, StatementLimits limits)
    {
        _xml = xml;
        _limits = limits;
        (Kind, Format) = ReadStart();
    }

    private enum State
    {
        BetweenStatements,
        BeforeEntry,
        OnEntry,
        AtEnd,
    }

    /// <inheritdoc/>
    public string Format { get; }

    /// <inheritdoc/>
    public BankStatement Statement => _statement
        ?? throw new InvalidOperationException("No statement has been asked for.");

    /// <summary>What the message is for.</summary>
    public StatementKind Kind { get; }

    /// <summary>The bank's identification of the message; known from the first statement on.</summary>
    public string? MessageId { get; private set; }

    /// <summary>
    /// Starts on a file; throws <see cref="StatementRefused"/> when it is none of the messages.
    /// The stream stays the caller's to dispose.
    /// </summary>
    public static CamtReader Open(Stream stream, StatementLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        limits ??= StatementLimits.Default;
        var xml = new XmlCursor(stream, limits);
        try
        {
            return new CamtReader(xml, limits);
        }
        catch
        {
            xml.Dispose();
            throw;
        }
    }

    /// <summary>The whole file; throws <see cref="StatementRefused"/> for the first thing wrong in it.</summary>
    public static BankStatementFile Read(Stream stream, StatementLimits? limits = null)
    {
        using var reader = Open(stream, limits);
        return reader.ReadAll();
    }

    /// <inheritdoc/>
    public BankStatement? NextStatement()
    {
        while (NextEntry() is not null)
        {
        }

        while (_state == State.BetweenStatements && _xml.NextChild(MessageDepth))
        {
            if (_xml.Name == "GrpHdr")
                ReadGroupHeader();
            else if (_xml.Name == StatementElement(Kind))
                return _statement = ReadStatement();
        }

        if (_state == State.BetweenStatements)
            ReadEnd();
        return null;
    }

    /// <inheritdoc/>
    public StatementEntry? NextEntry()
    {
        while (_state == State.OnEntry || (_state == State.BeforeEntry && _xml.NextChild(StatementDepth)))
        {
            _state = State.BeforeEntry;
            if (_xml.Name == "Ntry")
                return ReadEntry();
            if (_xml.Name is "Id" or "Acct" or "Bal" or "TxsSummry")
                throw _xml.Refuse(StatementRefusals.ElementMisplaced, $"{_xml.Name} stands behind an entry.");
        }

        if (_state == State.BeforeEntry)
            _state = State.BetweenStatements;
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _xml.Dispose();

    private static string StatementElement(StatementKind kind) => kind switch
    {
        StatementKind.Statement => "Stmt",
        StatementKind.InterimReport => "Rpt",
        _ => "Ntfctn",
    };

    /// <summary>Document and message element; the namespace, where there is one, must agree with the message.</summary>
    private (StatementKind Kind, string Format) ReadStart()
    {
        _xml.Start();
        var isDocument = _xml.Name == "Document";
        if (!isDocument || !_xml.NextChild(0))
        {
            throw _xml.Refuse(isDocument ? StatementRefusals.NoStatement : StatementRefusals.UnsupportedStatementType,
                isDocument ? "the document has no message in it." : $"{_xml.Name} is not an ISO 20022 document.");
        }

        (StatementKind Kind, string Message)? known = _xml.Name switch
        {
            // Version 1 carries its version in the element's name.
            "BkToCstmrStmt" or "BkToCstmrStmtV01" => (StatementKind.Statement, "camt.053"),
            "BkToCstmrAcctRpt" or "BkToCstmrAcctRptV01" => (StatementKind.InterimReport, "camt.052"),
            "BkToCstmrDbtCdtNtfctn" or "BkToCstmrDbtCdtNtfctnV01" => (StatementKind.Notification, "camt.054"),
            _ => null,
        };
        var format = _xml.Namespace.StartsWith(Iso20022, StringComparison.Ordinal)
            ? _xml.Namespace[Iso20022.Length..]
            : _xml.Namespace;
        if (known is not { } message || (format.Length > 0 && !IsVersionOf(message.Message, format)))
        {
            throw _xml.Refuse(StatementRefusals.UnsupportedStatementType,
                $"{_xml.Name} of '{format}' is not a camt.052, camt.053 or camt.054 message.");
        }

        return (message.Kind, format.Length > 0 ? format : message.Message);
    }

    /// <summary>True for <c>camt.053.001.08</c>, where message is <c>camt.053</c>.</summary>
    private static bool IsVersionOf(string message, string format) =>
        format.Length == message.Length + ".001.08".Length
        && format.StartsWith(message, StringComparison.Ordinal)
        && format.AsSpan(message.Length) is ['.', '0', '0', '1', '.', >= '0' and <= '9', >= '0' and <= '9'];

    private void ReadEnd()
    {
        if (_xml.NextChild(0))
            throw _xml.Refuse(StatementRefusals.ElementMisplaced, "there is a second message in the document.");
        _xml.ReadToEnd();
        _state = State.AtEnd;
        if (_statements == 0)
            throw _xml.Refuse(StatementRefusals.NoStatement, $"the message has no {StatementElement(Kind)}.");
    }

    private void ReadGroupHeader()
    {
        for (var header = _xml.Depth; _xml.NextChild(header);)
        {
            if (_xml.Name == "MsgId")
                MessageId = _xml.Text();
            else if (_xml.Name == "CreDtTm")
                _messageCreatedOn = _xml.Date();
        }
    }

    /// <summary>Everything of a statement up to its first entry.</summary>
    private BankStatement ReadStatement()
    {
        if (++_statements > _limits.MaxStatements)
            throw _xml.TooMany($"{_limits.MaxStatements} statements in the file");
        _xml.Number(_statements);
        _entries = 0;
        _state = State.BetweenStatements;
        var line = _xml.Line;
        string? id = null, electronicNumber = null, legalNumber = null;
        DateOnly? createdOn = null;
        (DateOnly? From, DateOnly? To) period = default;
        Account? account = null;
        var balances = new Balances();
        StatementSummary? summary = null;
        while (_xml.NextChild(StatementDepth))
        {
            switch (_xml.Name)
            {
                case "Id": _xml.OnlyOnce(id is not null); id = _xml.Text(); break;
                case "ElctrncSeqNb": electronicNumber = _xml.Text(); break;
                case "LglSeqNb": legalNumber = _xml.Text(); break;
                case "CreDtTm": createdOn = _xml.Date(); break;
                case "FrToDt": period = ReadPeriod(); break;
                case "Acct": _xml.OnlyOnce(account is not null); account = ReadAccount(); break;
                case "Bal": ReadBalance(balances); break;
                case "TxsSummry": summary = ReadSummary(); break;
                case "Ntry": _state = State.OnEntry; break;
            }

            if (_state == State.OnEntry)
                break;
        }

        var (opening, closing) = balances.OpeningAndClosing();
        return new BankStatement
        {
            Ordinal = _statements,
            Line = line,
            Kind = Kind,
            StatementId = id ?? throw _xml.Missing("the statement's Id"),
            SequenceNumber = electronicNumber ?? legalNumber,
            CreatedOn = createdOn ?? _messageCreatedOn,
            From = period.From,
            To = period.To,
            AccountIdentification = account?.Identification ?? throw _xml.Missing("the account's Id"),
            AccountCurrency = account.Currency ?? opening?.Amount.Currency ?? closing?.Amount.Currency,
            BankBic = account.BankBic,
            Opening = opening,
            Closing = closing,
            Summary = summary,
        };
    }

    private (DateOnly? From, DateOnly? To) ReadPeriod()
    {
        (DateOnly? From, DateOnly? To) period = default;
        for (var element = _xml.Depth; _xml.NextChild(element);)
        {
            if (_xml.Name is "FrDtTm" or "FrDt")
                period.From = _xml.Date();
            else if (_xml.Name is "ToDtTm" or "ToDt")
                period.To = _xml.Date();
        }

        return period;
    }

    private Account ReadAccount()
    {
        string? identification = null, bic = null;
        Currency? currency = null;
        for (var account = _xml.Depth; _xml.NextChild(account);)
        {
            switch (_xml.Name)
            {
                case "Id": identification = ReadAccountIdentification(); break;
                case "Ccy": currency = _xml.Currency(); break;
                case "Svcr": bic = ReadBic(); break;
            }
        }

        return new Account(identification, currency, bic);
    }

    /// <summary>IBAN, or whatever other number the account has.</summary>
    private string? ReadAccountIdentification()
    {
        string? found = null;
        for (var element = _xml.Depth; _xml.NextChild(element);)
        {
            if (_xml.Name is "IBAN" or "BBAN" or "UPIC")
                found = _xml.CompactText();
            else if (_xml.Name is "Othr" or "PrtryAcct")
                found ??= ReadChild("Id");
        }

        return found;
    }

    private string? ReadBic()
    {
        string? bic = null;
        for (var agent = _xml.Depth; _xml.NextChild(agent);)
        {
            if (_xml.Name is not ("FinInstnId" or "CmbndId"))
                continue;
            for (var institution = _xml.Depth; _xml.NextChild(institution);)
            {
                if (_xml.Name is "BICFI" or "BIC")
                    bic = _xml.CompactText();
            }
        }

        return bic;
    }

    /// <summary>The date of a choice between date and date with time.</summary>
    private DateOnly? ReadDate()
    {
        DateOnly? date = null;
        for (var choice = _xml.Depth; _xml.NextChild(choice);)
        {
            if (_xml.Name is "Dt" or "DtTm")
                date = _xml.Date();
        }

        return date;
    }

    private Movement ReadMovement() => _xml.Code() switch
    {
        "CRDT" => Movement.Credit,
        "DBIT" => Movement.Debit,
        _ => throw _xml.Unreadable("CRDT or DBIT"),
    };

    /// <summary>The code of <c>Tp/CdOrPrtry</c>, the listed one before the proprietary one.</summary>
    private string? ReadCodeOrProprietary()
    {
        string? code = null;
        for (var type = _xml.Depth; _xml.NextChild(type);)
        {
            if (_xml.Name is "Cd" or "Prtry")
                code ??= _xml.Text();
            else if (_xml.Name == "CdOrPrtry")
                code ??= ReadCodeOrProprietary();
        }

        return code;
    }

    private string? ReadChild(string name)
    {
        string? text = null;
        for (var parent = _xml.Depth; _xml.NextChild(parent);)
        {
            if (_xml.Name == name)
                text = _xml.CompactText();
        }

        return text;
    }

    private sealed record Account(string? Identification, Currency? Currency, string? BankBic);
}
