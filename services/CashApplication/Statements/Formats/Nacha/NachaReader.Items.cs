using System.Text;
using OrderToCash.CashApplication.Statements.Formats.X12;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats.Nacha;

public sealed partial class NachaReader
{
    /// <summary>An entry with the addenda that belong to it.</summary>
    private NachaItem ReadItem(NachaBatch batch)
    {
        if (++_entriesInFile > _limits.MaxEntries)
        {
            throw Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxEntries} entries in the file.");
        }

        var line = _records.Line;
        var record = ReadEntry(batch);
        var addenda = new Addenda();
        while (Next())
        {
            if (Type != '7')
            {
                _records.Repeat();
                break;
            }

            _batchTotals = _batchTotals.PlusAddenda();
            ReadAddenda(ref addenda);
        }

        var comesBack = addenda.Reason is not null || record.Code % 5 == 1;
        var payer = comesBack
            ? new TransactionParty(record.Name, record.Account, null, null)
            : new TransactionParty(addenda.Originator ?? batch.Company, batch.CompanyId, null, null);
        var details = new TransactionDetails
        {
            Ordinal = 1,
            Line = line,
            EndToEndId = record.Identification,
            TransactionId = addenda.OriginalTrace,
            BankReference = record.Trace,
            CheckNumber = batch.Kind is "ARC" or "BOC" or "RCK" or "POP" or "XCK" ? record.Identification : null,
            Debtor = record.IsCredit || comesBack ? payer : TransactionParty.Unknown,
            Creditor = record.IsCredit || comesBack ? TransactionParty.Unknown : payer,
            StructuredRemittance = addenda.Documents ?? [],
            UnstructuredRemittance = addenda.Texts?.ToArray() ?? [],
            ReturnReason = addenda.Reason,
        };
        return new NachaItem(batch, comesBack ? batch.CompanyId : record.Account ?? "", record.Routing,
            Entry(line, batch, record, addenda, details));
    }

    private static StatementEntry Entry(
        int line, NachaBatch batch, in NachaRecord record, Addenda addenda, TransactionDetails details) => new()
        {
            Ordinal = 1,
            Line = line,
            Amount = record.Amount,
            Movement = record.IsCredit ? Movement.Credit : Movement.Debit,
            IsReversal = false,
            Status = addenda.Change is null ? EntryStatus.Booked : EntryStatus.Information,
            BookingDate = batch.Day,
            ValueDate = batch.Day,
            BankReference = record.Trace,
            TransactionCode = new BankTransactionCode(null, null, null, batch.Kind, "NACHA"),
            AdditionalInformation = addenda.Change ?? batch.Description,
            Details = [details],
        };

    private NachaRecord ReadEntry(NachaBatch batch)
    {
        if (!FieldText.TryCount(Span(1, 2), out var code) || code is < 20 or > 59)
            throw Refuse(StatementRefusals.ValueUnreadable, $"'{Text(1, 2)}' is no transaction code.");
        var routing = Text(3, 9);
        if (!IsRoutingNumber(routing))
        {
            throw Refuse(StatementRefusals.ValueUnreadable,
                $"'{routing}' is no routing number: it has nine digits, the last of which checks the others.");
        }

        if (!FieldText.TryMinorUnits(Span(29, 10), _currency, out var amount))
            throw Refuse(StatementRefusals.AmountUnreadable, $"'{Text(29, 10)}' is not an amount.");

        // From 5 on, the second digit means a debit to the account.
        var isCredit = code % 10 < 5;
        _batchTotals = _batchTotals.PlusEntry(routing, amount.Amount, isCredit);
        return batch.Kind switch
        {
            "IAT" => new NachaRecord(code, isCredit, amount, routing, TextOrNull(39, 35), null, null, Text(79, 15)),
            "CTX" => new NachaRecord(code, isCredit, amount, routing, TextOrNull(12, 17), TextOrNull(39, 15),
                TextOrNull(58, 16), Text(79, 15)),
            _ => new NachaRecord(code, isCredit, amount, routing, TextOrNull(12, 17), TextOrNull(39, 15),
                TextOrNull(54, 22), Text(79, 15)),
        };
    }

    private void ReadAddenda(ref Addenda addenda)
    {
        switch (Span(1, 2))
        {
            case "05":
                addenda.Add(Span(3, 80).TrimEnd(), _limits, this);
                break;
            case "98":
                var (change, corrected) = (Text(3, 3), Text(35, 29));
                addenda.OriginalTrace = TextOrNull(6, 15);
                addenda.Change = $"{change} {NachaCodes.ChangeOf(change)}: {corrected}";
                break;
            case "99":
                addenda.Reason = TextOrNull(3, 3)
                    ?? throw Refuse(StatementRefusals.ElementMissing, "a return has no reason code.");
                addenda.OriginalTrace = TextOrNull(6, 15);
                break;
            case "10":
                addenda.Originator = null;
                break;
            case "11":
                addenda.Originator = TextOrNull(3, 35);
                break;
            case "17":
                addenda.Add(Span(3, 80).TrimEnd(), _limits, this);
                break;
            case "02" or "12" or "13" or "14" or "15" or "16" or "18":
                break;
            default:
                throw Refuse(StatementRefusals.ValueUnreadable, $"'{Text(1, 2)}' is no kind of addenda.");
        }
    }

    /// <summary>Nine digits of which three times, seven times and once sum to a multiple of ten.</summary>
    private static bool IsRoutingNumber(string number)
    {
        const string weights = "371371371";
        return number.Length == weights.Length && number.All(char.IsAsciiDigit)
            && number.Zip(weights, (digit, weight) => (digit - '0') * (weight - '0')).Sum() % 10 == 0;
    }

    private struct Addenda
    {
        private StringBuilder? _text;

        public string? Reason;
        public string? Change;
        public string? OriginalTrace;
        public string? Originator;

        public List<string>? Texts { get; private set; }

        /// <summary>Payment information is one text over many addenda, often X12 (ASC X12 820, STP 820, RMR).</summary>
        public readonly IReadOnlyList<StructuredRemittance>? Documents =>
            _text is null ? null : X12Remittance.DocumentsIn(_text.ToString());

        public void Add(ReadOnlySpan<char> text, StatementLimits limits, NachaReader reader)
        {
            Texts ??= [];
            _text ??= new StringBuilder();
            if (Texts.Count == limits.MaxRepeats)
            {
                throw reader.Refuse(StatementRefusals.LimitExceeded,
                    $"there are more than {limits.MaxRepeats} addenda to the entry.");
            }

            Texts.Add(new string(text));
            _text.Append(text);
        }
    }

    private readonly record struct NachaRecord(
        int Code, bool IsCredit, Money Amount, string Routing, string? Account, string? Identification, string? Name,
        string Trace);
}

/// <summary>What the header of a batch says.</summary>
internal sealed record NachaBatch(
    string Company, string CompanyId, string Kind, string Description, DateOnly? Day, string Number);

/// <summary>An entry and the account it is of.</summary>
internal sealed record NachaItem(NachaBatch Batch, string Account, string Routing, StatementEntry Entry);
