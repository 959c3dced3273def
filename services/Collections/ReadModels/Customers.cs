using Npgsql;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.ReadModels;

/// <summary>A customer as the replica has it.</summary>
/// <param name="Today">The day it is at its legal entity.</param>
public sealed record CustomerRow(
    Guid Id, string Number, string Name, string LegalEntity, string Currency, string? Country, string TimeZone,
    DateOnly Today);

/// <summary>Finds customers of the replica.</summary>
public sealed class Customers(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Select =
        "select c.id, c.number, c.name, c.legal_entity, c.currency, c.country, coalesce(e.time_zone, 'UTC') " +
        "from customers c left join legal_entities e on e.code = c.legal_entity where c.id = any($1)";

    /// <summary>The customer, or null when Invoicing has not told of it.</summary>
    public async Task<CustomerRow?> FindAsync(Guid id, CancellationToken cancellation) =>
        (await FindAsync([id], cancellation)).SingleOrDefault();

    /// <summary>Those of them that Invoicing has told of.</summary>
    public async Task<IReadOnlyList<CustomerRow>> FindAsync(Guid[] ids, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Select);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = ids });
        return await command.ReadAsync(
            row => new CustomerRow(
                row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.Text(5),
                row.GetString(6), clock.Today(row.GetString(6))),
            cancellation);
    }
}
