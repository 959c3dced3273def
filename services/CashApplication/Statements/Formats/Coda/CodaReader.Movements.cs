using System.Text;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats.Coda;

public sealed partial class CodaReader
{
    /// <summary>A movement with its further records, its details and the information behind them.</summary>
    private StatementEntry ReadMovement()
    {
        if (++_entriesInFile > _limits.MaxEntries)
        {
            throw Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxEntries} movements in the file.");
        }

        if (Statement.Closing is not null)
            throw Misplaced();
        var (line, sequence) = (_records.Line, Text(2, 4));
        var movement = SignIsDebit(31) ? Movement.Debit : Movement.Credit;
        var amount = Amount(32);
        var (valueDate, bookingDate) = (Day(47), Day(115));
        var code = Text(53, 8);
        var reference = TextOrNull(10, 21);
        if (movement == Movement.Credit)
            _credits += amount.Amount;
        else
            _debits += amount.Amount;
        var draft = new Draft(line, movement, amount, reference);
        draft.Communicate(Span(61, 1) is "1", Span(62, 53));
        var drafts = ReadDetails(sequence, draft);
        return new StatementEntry
        {
            Ordinal = ++_entries,
            Line = line,
            Amount = amount,
            Movement = movement,
            Status = EntryStatus.Booked,
            BookingDate = bookingDate,
            ValueDate = valueDate,
            BankReference = reference,
            TransactionCode = new BankTransactionCode(null, null, null, code, "CODA"),
            Details = Details(draft, drafts),
        };
    }

    /// <summary>The records that belong to the movement of this sequence number.</summary>
    private List<Draft> ReadDetails(string sequence, Draft movement)
    {
        var details = new List<Draft>();
        var current = movement;
        while (Next())
        {
            var isOfMovement = Type is '2' or '3' && Is(2, sequence);
            if (!isOfMovement || (Type == '2' && Article == '1' && Is(6, TopLevel)))
            {
                _recordsInStatement--;
                _records.Repeat();
                break;
            }

            switch (Type, Article)
            {
                case ('2', '1'):
                    if (details.Count == _limits.MaxDetailsPerEntry)
                        throw Refuse(StatementRefusals.LimitExceeded, "there are too many details to a movement.");
                    details.Add(current = new Draft(_records.Line,
                        SignIsDebit(31) ? Movement.Debit : Movement.Credit, Amount(32), TextOrNull(10, 21)));
                    current.Communicate(Span(61, 1) is "1", Span(62, 53));
                    break;
                case ('2', '2'):
                    current.GoOn(Span(10, 53));
                    current.CustomerReference ??= TextOrNull(63, 35);
                    current.Bic ??= TextOrNull(98, 11);
                    current.ReturnReason ??= IsReason(Span(113, 4)) ? Text(113, 4) : null;
                    break;
                case ('2', '3'):
                    current.Account ??= TextOrNull(10, 34)?.Replace(" ", "", StringComparison.Ordinal);
                    current.Name ??= TextOrNull(47, 35);
                    current.GoOn(Span(82, 43));
                    break;
                case ('3', '1'):
                    current.Inform(Span(39, 1) is "1", Span(40, 73), _limits.MaxRepeats);
                    break;
                case ('3', _):
                    current.Inform(false, Span(10, 105), _limits.MaxRepeats);
                    break;
                default:
                    throw Misplaced();
            }
        }

        return details;
    }

    /// <summary>
    /// The details are the payments only where they add up to the movement; others explain charges and rates, and are
    /// words of the movement.
    /// </summary>
    private static TransactionDetails[] Details(Draft movement, List<Draft> details)
    {
        var isTold = details.Count > 1
            && details.TrueForAll(detail => detail.Movement == movement.Movement && detail.Amount.IsPositive)
            && details.Sum(detail => detail.Amount.Amount) == movement.Amount.Amount;
        if (isTold)
            return [.. details.Select((detail, index) => detail.ToDetails(index + 1, []))];
        return [movement.ToDetails(1, details.SelectMany(detail => detail.Lines()))];
    }

    /// <summary>An ISO 20022 reason such as <c>AC04</c>; older files have something else there.</summary>
    private static bool IsReason(ReadOnlySpan<char> text) =>
        text.Length == 4 && char.IsAsciiLetterUpper(text[0]) && char.IsAsciiLetterUpper(text[1])
            && char.IsAsciiLetterOrDigit(text[2]) && char.IsAsciiLetterOrDigit(text[3]);

    /// <summary>A movement or detail while its records come in.</summary>
    private sealed class Draft(int line, Movement movement, Money amount, string? reference)
    {
        private readonly StringBuilder _communication = new();
        private readonly List<string> _information = [];
        private bool _isStructured;

        public Movement Movement => movement;

        public Money Amount => amount;

        public string? CustomerReference { get; set; }

        public string? Bic { get; set; }

        public string? Account { get; set; }

        public string? Name { get; set; }

        public string? ReturnReason { get; set; }

        public void Communicate(bool isStructured, ReadOnlySpan<char> text)
        {
            _isStructured = isStructured;
            _communication.Append(text);
        }

        public void GoOn(ReadOnlySpan<char> text) => _communication.Append(text);

        /// <summary>Information of type 001 names the other party.</summary>
        public void Inform(bool isStructured, ReadOnlySpan<char> text, int max)
        {
            if (isStructured && text.StartsWith("001"))
                Name ??= new string(text[3..].Trim());
            else if (text.Trim() is { Length: > 0 } line && _information.Count < max)
                _information.Add(new string(line));
        }

        public IEnumerable<string> Lines()
        {
            var text = _communication.ToString().Trim();
            return (text.Length == 0 ? [] : new[] { text }).Concat(_information);
        }

        public TransactionDetails ToDetails(int ordinal, IEnumerable<string> more)
        {
            var party = (Name ?? Account ?? Bic) is null
                ? TransactionParty.Unknown
                : new TransactionParty(Name, Account, Bic, null);
            var structured = Structured();
            return new TransactionDetails
            {
                Ordinal = ordinal,
                Line = line,
                Amount = amount,
                Movement = movement,
                BankReference = reference,
                EndToEndId = CustomerReference,
                Debtor = movement == Movement.Credit ? party : TransactionParty.Unknown,
                Creditor = movement == Movement.Debit ? party : TransactionParty.Unknown,
                StructuredRemittance = structured is null
                    ? []
                    : [new StructuredRemittance { CreditorReference = structured }],
                UnstructuredRemittance = [.. (structured is null ? Lines() : _information).Concat(more)],
                ReturnReason = ReturnReason,
            };
        }

        /// <summary>Types 101 and 102 are the twelve digits that Belgian invoices ask to be paid with.</summary>
        private PaymentReference? Structured()
        {
            const int typeLength = 3, digits = 12;
            if (!_isStructured)
                return null;
            var text = _communication.ToString();
            return text.Length >= typeLength + digits && text[..typeLength] is "101" or "102"
                ? PaymentReference.Of(text.Substring(typeLength, digits), "BBA", "BBA")
                : null;
        }
    }
}
