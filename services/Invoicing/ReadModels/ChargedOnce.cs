using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.FinanceCharges;
using OrderToCash.Invoicing.Periods;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>
/// Late fees and fixed sums by law that installments have given, with the month: an installment gives each once,
/// however often it becomes overdue because its due date is moved. Written with the debit memo, so that of two months
/// which are billed at the same time one has it; removed with its void.
/// </summary>
public static class ChargedOnce
{
    /// <summary>The constraint that turns the second debit memo away.</summary>
    public const string Key = "charged_once_pkey";

    private const string Insert =
        "insert into charged_once (invoice_id, installment, kind, period) select * from unnest($1, $2, $3, $4)";

    private const string Others =
        "select invoice_id, installment, kind from charged_once where invoice_id = any($1) and period <> $2";

    private const string Delete =
        "delete from charged_once c using unnest($1, $2, $3, $4) as v (invoice_id, installment, kind, period) " +
        "where c.invoice_id = v.invoice_id and c.installment = v.installment and c.kind = v.kind " +
        "and c.period = v.period";

    private const string Months = "select distinct period from charged_once where invoice_id = any($1)";

    /// <summary>Whether a charge is given once; interest is given month by month.</summary>
    public static bool IsOnce(ChargeKind kind) => kind is ChargeKind.LateFee or ChargeKind.StatutorySum;

    /// <summary>
    /// Whether the void of a debit memo gives it back. What was partly held back stays given: a further debit memo of
    /// the month may bill the rest.
    /// </summary>
    public static bool IsGivenBack(ChargedItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.HeldBack is null;
    }

    /// <summary>Adds to the write of a debit memo what of it is given once.</summary>
    public static void Keep(WriteBatch batch, IEnumerable<ChargedItem> items, Period month)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Add(batch, Insert, [.. items.Where(item => IsOnce(item.Kind))], month);
    }

    /// <summary>Adds to the void of the debit memo that wrote them what it gives back.</summary>
    public static void GiveBack(WriteBatch batch, IEnumerable<ChargedItem> items, Period month)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Add(batch, Delete, [.. items.Where(item => IsOnce(item.Kind) && IsGivenBack(item))], month);
    }

    /// <summary>The months that have something of these invoices.</summary>
    public static async Task<IReadOnlyList<Period>> MonthsAsync(
        NpgsqlDataSource database, IEnumerable<Guid> invoices, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var command = database.CreateCommand(Months);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. invoices.Distinct()] });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var months = new List<Period>();
        while (await reader.ReadAsync(cancellation))
            months.Add(Period.Parse(reader.GetString(0)));
        return months;
    }

    /// <summary>What these invoices have given in other months.</summary>
    public static async Task<HashSet<(Guid InvoiceId, int Installment, ChargeKind Kind)>> InOtherMonthsAsync(
        NpgsqlConnection connection, IEnumerable<Guid> invoices, Period month, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await using var command = new NpgsqlCommand(Others, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. invoices.Distinct()] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = $"{month}" });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var given = new HashSet<(Guid InvoiceId, int Installment, ChargeKind Kind)>();
        while (await reader.ReadAsync(cancellation))
            given.Add((reader.GetGuid(0), reader.GetInt32(1), Enum.Parse<ChargeKind>(reader.GetString(2))));
        return given;
    }

    private static void Add(WriteBatch batch, string sql, IReadOnlyList<ChargedItem> items, Period month)
    {
        if (items.Count == 0)
            return;
        batch.Row(new SqlRows<ChargedItem>()
            .Column(item => item.InvoiceId)
            .Column(item => item.Installment)
            .Column(item => item.Kind.ToString())
            .Column(_ => $"{month}")
            .Command(sql, items));
    }
}
