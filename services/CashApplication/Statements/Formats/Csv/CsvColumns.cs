using CsvHelper;

namespace OrderToCash.CashApplication.Statements.Formats.Csv;

/// <summary>The fields of the present row by the names that a mapping gives their columns.</summary>
internal sealed class CsvColumns
{
    private readonly Dictionary<string, int> _positions = new(StringComparer.OrdinalIgnoreCase);
    private readonly CsvMapping _mapping;
    private readonly CsvReader _rows;

    public CsvColumns(CsvMapping mapping, CsvReader rows, string[]? headings)
    {
        (_mapping, _rows) = (mapping, rows);
        for (var at = 0; at < headings?.Length; at++)
            _positions.TryAdd(headings[at].Trim(), at);
        if (headings is not null && Missing(mapping) is { } missing)
        {
            throw new StatementRefused(new StatementRefusal(StatementRefusals.ElementMissing, mapping.SkipLines + 1,
                "headings", $"there is no column '{missing}'."));
        }
    }

    /// <summary>
    /// The field of a column, without blanks around it; null where it is empty or the column is none.
    /// </summary>
    public string? this[string? column]
    {
        get
        {
            if (column is null || PositionOf(column) is not { } at || at >= _rows.FieldCount)
                return null;
            var text = _rows.GetString(at).Trim();
            return text.Length == 0 || text.Contains('\0', StringComparison.Ordinal) ? null : text;
        }
    }

    /// <summary>True for a row that has neither a day nor an amount; of an advice, no document either.</summary>
    public bool IsLayout => this[_mapping.Amount] is null && (_mapping.IsRemittance
        ? this[_mapping.DocumentNumber] is null && this[_mapping.Adjustment] is null
        : this[_mapping.BookingDate] is null && this[_mapping.ValueDate] is null && this[_mapping.Credit] is null
            && this[_mapping.Debit] is null);

    private int? PositionOf(string column) =>
        _positions.TryGetValue(column, out var at) ? at : CsvMapping.PositionOf(column);

    /// <summary>The first column that money cannot be read without and that is not there.</summary>
    private string? Missing(CsvMapping mapping) => new[]
        {
            mapping.Amount, mapping.Credit, mapping.Debit, mapping.BookingDate, mapping.ValueDate, mapping.Currency,
            mapping.Account, mapping.Side, mapping.Balance,
        }
        .Concat(mapping.IsRemittance
            ?
            [
                mapping.DocumentNumber, mapping.PaymentReference, mapping.PaymentAmount, mapping.Gross,
                mapping.Discount, mapping.Adjustment,
            ]
            : Array.Empty<string?>())
        .OfType<string>().FirstOrDefault(column => PositionOf(column) is null);
}
