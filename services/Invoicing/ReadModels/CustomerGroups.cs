using Dapper;
using Npgsql;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Customers that are one: a survivor and the duplicates that were merged into it.</summary>
public static class CustomerGroups
{
    private const string Select =
        """
        with survivor as (
            select coalesce(merged_into, customer_id) as customer_id from customers where customer_id = @customerId)
        select customer_id from survivor
        union
        select c.customer_id from customers c join survivor s on c.merged_into = s.customer_id
        """;

    /// <summary>All that are one with a customer now, itself among them.</summary>
    public static async Task<IReadOnlySet<Guid>> OfAsync(
        NpgsqlDataSource database, Guid customerId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<Guid>(new CommandDefinition(
            Select, new { customerId }, cancellationToken: cancellation))).Append(customerId).ToHashSet();
    }
}
