using Dapper;
using Npgsql;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>
/// Mail addresses of customers that nothing is sent to, as Collections told: who has one does not want mail, or mail
/// does not arrive there. They are known by their fingerprints, so that who is erased is not named here.
/// </summary>
public sealed class ClosedAddresses
{
    private readonly HashSet<Guid> _fingerprints;

    private ClosedAddresses(HashSet<Guid> fingerprints) => _fingerprints = fingerprints;

    /// <summary>Those of these customers.</summary>
    public static async Task<ClosedAddresses> ReadAsync(
        NpgsqlDataSource database, Guid[] customers, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return new ClosedAddresses([.. await connection.QueryAsync<Guid>(new CommandDefinition(
            "select fingerprint from closed_addresses where customer_id = any(@customers) and (opted_out or failed)",
            new { customers }, cancellationToken: cancellation))]);
    }

    /// <summary>Whether nothing is sent to this address; false for none.</summary>
    public bool Contains(Guid customerId, string? address) =>
        address is not null && _fingerprints.Contains(Fingerprint(customerId, address));

    /// <summary>What an address of a customer is known by, whatever its capital letters.</summary>
    public static Guid Fingerprint(Guid customerId, string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Ids.From("mail-address", customerId.ToString("D"), address.Trim().ToLowerInvariant());
    }

    /// <summary>Forgets what was told of an address.</summary>
    public static NpgsqlBatchCommand Forget(Guid customerId, string address)
    {
        var command = new NpgsqlBatchCommand("delete from closed_addresses where fingerprint = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Fingerprint(customerId, address) });
        return command;
    }
}
