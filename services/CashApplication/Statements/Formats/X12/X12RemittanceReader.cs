using OrderToCash.CashApplication.Remittances;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats.X12;

/// <summary>
/// Reads X12 820 payment orders with remittance advice: one advice per transaction set. It books nothing; it says what
/// money that came, or will come, is for. The first thing wrong ends it with <see cref="StatementRefused"/>.
/// </summary>
public sealed class X12RemittanceReader
{
    private readonly X12Segments _segments;
    private readonly StatementLimits _limits;
    private int _advices;

    /// <summary>Starts on a file. The stream stays the caller's to dispose.</summary>
    public X12RemittanceReader(Stream stream, StatementLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _limits = limits ?? StatementLimits.Default;
        _segments = new X12Segments(stream, _limits);
    }

    /// <summary>Sender and control number of the interchange.</summary>
    public string? MessageId => _segments.MessageId;

    /// <summary>The whole file.</summary>
    public static IReadOnlyList<RemittanceAdvice> Read(Stream stream, StatementLimits? limits = null)
    {
        var reader = new X12RemittanceReader(stream, limits);
        var advices = new List<RemittanceAdvice>();
        while (reader.Next() is { } advice)
            advices.Add(advice);
        return advices;
    }

    /// <summary>The next advice, or null at the end of the file, when its envelopes have been checked.</summary>
    public RemittanceAdvice? Next()
    {
        if (!_segments.Next())
        {
            return _advices > 0
                ? null
                : throw _segments.Refuse(StatementRefusals.NoStatement, "there is no transaction set in the file.");
        }

        if (!_segments.Id.SequenceEqual("ST") || _segments.TransactionSet != "820")
        {
            throw _segments.Refuse(StatementRefusals.UnsupportedStatementType,
                $"transaction set {_segments.TransactionSet} is not remittance advice (820).");
        }

        if (++_advices > _limits.MaxStatements)
        {
            throw _segments.Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxStatements} transaction sets in the file.");
        }

        return ReadAdvice();
    }

    private RemittanceAdvice ReadAdvice()
    {
        var advice = new RemittanceAdvice
        {
            Format = "x12.820",
            Ordinal = _advices,
            Line = _segments.Line,
            Amount = default,
        };
        var currency = Currency.Of("USD");
        decimal? amount = null;
        var lines = new List<RemittanceLine>();
        var adjustments = new List<RemittanceAdjustment>();
        var isLine = false;
        while (_segments.Next())
        {
            switch (_segments.Id)
            {
                case "ST":
                    _segments.Repeat();
                    return Complete();
                case "BPR":
                    amount = _segments.Number(2);
                    advice = WithPayment(advice);
                    break;
                case "TRN":
                    advice = advice with { PaymentReference = _segments.Text(2) };
                    break;
                case "CUR" when _segments.Text(2) is { } code:
                    currency = Currency.TryOf(code, out var known) ? known : throw _segments.Refuse(
                        StatementRefusals.CurrencyUnknown, $"'{code}' is not an ISO 4217 currency.");
                    break;
                case "N1":
                    advice = WithParty(advice);
                    break;
                case "ENT":
                    isLine = false;
                    break;
                case "RMR":
                    isLine = true;
                    Bounded(lines.Count);
                    lines.Add(ReadLine(currency));
                    break;
                case "ADX" when _segments.Number(1) is { } difference:
                    var adjustment = new RemittanceAdjustment(
                        Of(difference, currency), _segments.Text(2), _segments.Text(4));
                    if (isLine)
                        lines[^1] = lines[^1] with { Adjustments = [.. lines[^1].Adjustments, adjustment] };
                    else
                        adjustments.Add(adjustment);
                    Bounded(adjustments.Count + (isLine ? lines[^1].Adjustments.Count : 0));
                    break;
                case "REF" when isLine:
                    lines[^1] = WithNote(lines[^1]);
                    break;
            }
        }

        return Complete();

        RemittanceAdvice Complete() => advice with
        {
            Amount = Of(amount ?? throw _segments.Refuse(
                StatementRefusals.ElementMissing, "the amount of the payment (BPR02) is missing."), currency),
            Lines = lines,
            Adjustments = adjustments,
        };
    }

    private RemittanceAdvice WithPayment(RemittanceAdvice advice) => advice with
    {
        Method = _segments.Element(4) switch
        {
            "ACH" => "ach",
            "CHK" => "check",
            "FWT" or "SWT" => "wire",
            _ => null,
        },
        PaymentDate = _segments.Day(16),
        Payer = advice.Payer with
        {
            Account = _segments.Text(9),
            Bank = _segments.Text(9) is null ? null : _segments.Text(7),
            Identification = advice.Payer.Identification ?? _segments.Text(10),
        },
        Payee = advice.Payee with { Account = _segments.Text(15) },
    };

    private RemittanceAdvice WithParty(RemittanceAdvice advice) => _segments.Element(1) switch
    {
        "PR" => advice with
        {
            Payer = advice.Payer with
            {
                Name = _segments.Text(2),
                Identification = _segments.Text(4) ?? advice.Payer.Identification,
            },
        },
        "PE" => advice with
        {
            Payee = advice.Payee with { Name = _segments.Text(2), Identification = _segments.Text(4) },
        },
        _ => advice,
    };

    private RemittanceLine ReadLine(Currency currency) => new(
        _segments.Text(2) ?? "", _segments.Text(1), Amount(4, currency), Amount(5, currency), Amount(6, currency),
        Amount(8, currency) is { } difference
            ? [new RemittanceAdjustment(difference, _segments.Text(7), null)]
            : []);

    /// <summary>Further references of a document are kept as words.</summary>
    private RemittanceLine WithNote(RemittanceLine line)
    {
        var words = string.Join(
            ' ', new[] { _segments.Text(1), _segments.Text(2), _segments.Text(3) }.OfType<string>());
        var note = line.Note is null ? words : $"{line.Note}; {words}";
        return note.Length > _limits.MaxTextLength
            ? throw _segments.Refuse(StatementRefusals.LimitExceeded, "there are too many references to a document.")
            : line with { Note = note };
    }

    private Money? Amount(int position, Currency currency) =>
        _segments.Number(position) is { } amount ? Of(amount, currency) : null;

    private Money Of(decimal amount, Currency currency) => Money.TryOf(amount, currency, out var money)
        ? money
        : throw _segments.Refuse(StatementRefusals.AmountOverPrecise, $"'{amount}' is not an amount of {currency}.");

    private void Bounded(int count)
    {
        if (count > _limits.MaxDetailsPerEntry)
        {
            throw _segments.Refuse(StatementRefusals.LimitExceeded,
                $"there are more than {_limits.MaxDetailsPerEntry} documents in one advice.");
        }
    }
}
