using Npgsql;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Reading lists.</summary>
internal static class Query
{
    /// <summary>
    /// Restricts a statement to the legal entities the caller may see, or to the one they want
    /// (<see cref="Caller.EntityFilter"/>).
    /// </summary>
    public static void AddEntities(this NpgsqlCommand command, Caller caller, string? legalEntity)
    {
        var seen = caller.EntityFilter(legalEntity);
        command.AddOptional("entities", legalEntity is null ? seen : [legalEntity]);
    }

    /// <summary>A filter that is off when it is null.</summary>
    public static void AddOptional<T>(this NpgsqlCommand command, string name, T? value) =>
        command.Parameters.Add(new NpgsqlParameter<T?>(name, value));

    /// <summary>
    /// What lists of customers' matters ask for: those the caller may see, of a customer and in a status where one is
    /// named (<see cref="AddCustomerAndStatus"/>).
    /// </summary>
    /// <param name="table">The name of the table in the statement.</param>
    public static string OfCustomerInStatus(string table) =>
        $"(@entities::text[] is null or {table}.legal_entity = any(@entities)) " +
        $"and (@customer is null or {table}.customer_id = @customer) " +
        $"and (@status is null or {table}.status = @status)";

    /// <summary>The filters of <see cref="OfCustomerInStatus"/>.</summary>
    public static void AddCustomerAndStatus<TStatus>(this NpgsqlCommand command, Guid? customerId, string? status)
        where TStatus : struct, Enum
    {
        command.AddOptional("customer", customerId);
        command.AddOptional("status", EnumFilter.Text<TStatus>("status", status));
    }

    /// <summary>
    /// Answers with a page of a list: <c>select … where …</c>, restricted with <c>@entities</c> and what
    /// <paramref name="filter"/> adds.
    /// </summary>
    public static async Task<IResult> ListAsync<TRow>(
        this NpgsqlDataSource database, HttpContext http, ListQuery query, SortOrder<TRow> order, string? legalEntity,
        string select, Action<NpgsqlCommand> filter, Func<NpgsqlDataReader, TRow> read)
    {
        var page = order.For(query);
        await using var command = database.CreateCommand(
            $"{select} and {page.Where} order by {page.OrderBy} limit {page.Limit}");
        command.AddEntities(Caller.Of(http), legalEntity);
        filter(command);
        page.AddTo(command);
        return Listing.Result(http, page.Page(await command.ReadAsync(read, http.RequestAborted)));
    }

    public static async Task<List<T>> ReadAsync<T>(
        this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(read(reader));
        return rows;
    }

    public static string? Text(this NpgsqlDataReader row, int ordinal) =>
        row.IsDBNull(ordinal) ? null : row.GetString(ordinal);

    public static T? Optional<T>(this NpgsqlDataReader row, int ordinal)
        where T : struct =>
        row.IsDBNull(ordinal) ? null : row.GetFieldValue<T>(ordinal);

    public static Money Money(this NpgsqlDataReader row, int amount, int currency) =>
        Kernel.Money.Of(row.GetDecimal(amount), row.GetString(currency));
}
