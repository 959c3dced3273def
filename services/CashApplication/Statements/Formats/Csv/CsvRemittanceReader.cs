using OrderToCash.CashApplication.Remittances;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats.Csv;

/// <summary>
/// Reads remittance advices from a CSV by a mapping: a row is a document that is paid, and rows of one payment
/// reference that follow on one another are one advice. A row without a document is an adjustment of none, or tells
/// nothing: a sum, say.
/// </summary>
public static class CsvRemittanceReader
{
    /// <summary>The whole file; throws <see cref="StatementRefused"/> for the first thing wrong in it.</summary>
    public static IReadOnlyList<RemittanceAdvice> Read(
        Stream stream, CsvMapping mapping, StatementLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(mapping);
        var bounds = limits ?? StatementLimits.Default;
        using var rows = new CsvRows(stream, mapping, bounds);
        var advices = new List<RemittanceAdvice>();
        Draft? draft = null;
        while (rows.Next())
        {
            var reference = rows.Columns[mapping.PaymentReference];
            if (draft is null || reference != draft.Reference)
            {
                if (draft is not null)
                    advices.Add(draft.Complete());
                if (advices.Count >= bounds.MaxStatements)
                {
                    throw rows.Refuse(StatementRefusals.LimitExceeded, "row",
                        $"there are more than {bounds.MaxStatements} advices in the file.");
                }

                draft = new Draft(rows, mapping, reference, advices.Count + 1);
            }

            draft.Add(bounds);
        }

        advices.Add((draft ?? throw rows.Refuse(
            StatementRefusals.NoStatement, "row", "there is no row in the file.")).Complete());
        return advices;
    }

    /// <summary>An advice, row by row.</summary>
    private sealed class Draft
    {
        private readonly CsvRows _rows;
        private readonly CsvMapping _mapping;
        private readonly Currency _currency;
        private readonly Money? _stated;
        private readonly RemittanceAdvice _advice;
        private readonly List<RemittanceLine> _lines = [];
        private readonly List<RemittanceAdjustment> _adjustments = [];

        public Draft(CsvRows rows, CsvMapping mapping, string? reference, int ordinal)
        {
            (_rows, _mapping, Reference) = (rows, mapping, reference);
            _currency = rows.Currency();
            _stated = rows.AmountIn(mapping.PaymentAmount, _currency);
            var account = rows.Columns[mapping.PartyAccount]?.Replace(" ", "", StringComparison.Ordinal);
            _advice = new RemittanceAdvice
            {
                Format = "csv",
                Ordinal = ordinal,
                Line = rows.Line,
                PaymentReference = reference,
                Amount = Money.Zero(_currency),
                PaymentDate = rows.Day(mapping.ValueDate) ?? rows.Day(mapping.BookingDate),
                Payer = new RemittanceParty(rows.Columns[mapping.PartyName], rows.Columns[mapping.Account], account),
            };
        }

        public string? Reference { get; }

        public void Add(StatementLimits limits)
        {
            if (_lines.Count + _adjustments.Count >= limits.MaxDetailsPerEntry)
            {
                throw _rows.Refuse(StatementRefusals.LimitExceeded, "row",
                    $"there are more than {limits.MaxDetailsPerEntry} documents in one advice.");
            }

            if (_rows.Currency() != _currency)
            {
                throw _rows.Refuse(StatementRefusals.CurrencyDiffers, _mapping.Currency ?? "currency",
                    $"the advice is in {_currency}.");
            }

            if (_rows.AmountIn(_mapping.PaymentAmount, _currency) is { } stated && stated != _stated)
            {
                throw _rows.Refuse(StatementRefusals.SummaryDiffers, _mapping.PaymentAmount!,
                    $"the payment was {_stated} before and is {stated} now.");
            }

            var paid = _rows.AmountIn(_mapping.Amount, _currency);
            var adjusted = _rows.AmountIn(_mapping.Adjustment, _currency);
            var reason = _rows.Columns[_mapping.AdjustmentReason];
            if (_rows.Columns[_mapping.DocumentNumber] is not { } number)
            {
                if (adjusted is { } difference)
                    _adjustments.Add(new RemittanceAdjustment(difference, reason, null));
                return;
            }

            string[] words = [.. _mapping.Text.Select(column => _rows.Columns[column]).OfType<string>()];
            _lines.Add(new RemittanceLine(
                number, null, paid, _rows.AmountIn(_mapping.Gross, _currency),
                _rows.AmountIn(_mapping.Discount, _currency),
                adjusted is { } less ? [new RemittanceAdjustment(less, reason, null)] : [],
                words.Length == 0 ? null : string.Join(' ', words)));
        }

        /// <summary>What is paid in all is stated, or what its rows come to.</summary>
        public RemittanceAdvice Complete()
        {
            var advice = _advice with { Lines = _lines, Adjustments = _adjustments };
            return advice with
            {
                Amount = _stated ?? advice.Explained
                    + Money.Sum(_adjustments.Select(adjustment => adjustment.Amount), _currency),
            };
        }
    }
}
