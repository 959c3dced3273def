using Npgsql;

namespace OrderToCash.Collections.ReadModels;

/// <summary>A customer as the replica has it.</summary>
public sealed record CustomerRow(Guid Id, string Number, string Name, string LegalEntity);

/// <summary>Finds customers of the replica.</summary>
public sealed class Customers(NpgsqlDataSource database)
{
    /// <summary>The customer, or null when Invoicing has not told of it.</summary>
    public async Task<CustomerRow?> FindAsync(Guid id, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "select id, number, name, legal_entity from customers where id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        var rows = await command.ReadAsync(
            row => new CustomerRow(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3)), cancellation);
        return rows.SingleOrDefault();
    }
}
