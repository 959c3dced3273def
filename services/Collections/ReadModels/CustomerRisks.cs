using Npgsql;
using OrderToCash.Collections.Portfolio;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Reads how much risk Credit sees in customers, by itself or beside what else is read of them.</summary>
internal static class CustomerRisks
{
    /// <summary>Three columns, of <c>customer_risks u</c>.</summary>
    public const string Columns = "u.risk_class, u.score, u.assessed_at";

    private const string Select = $"select {Columns} from customer_risks u where u.customer_id = $1";

    /// <summary>From the first of the columns on; null where Credit knows too little, or has said nothing.</summary>
    public static CustomerRisk? Read(NpgsqlDataReader row, int ordinal) =>
        row.IsDBNull(ordinal) && row.IsDBNull(ordinal + 1)
            ? null
            : new CustomerRisk(
                row.Text(ordinal), row.Optional<int>(ordinal + 1), row.GetFieldValue<DateTimeOffset>(ordinal + 2));

    /// <summary>Of one customer; null where Credit knows too little, or has said nothing.</summary>
    public static async Task<CustomerRisk?> FindAsync(
        NpgsqlDataSource database, Guid customerId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Select);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        return (await command.ReadAsync(row => Read(row, 0), cancellation)).SingleOrDefault();
    }
}
