using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Approvals;

/// <summary>By what a caller decides today: their own roles, and what others have delegated to them.</summary>
public sealed class DelegatedAuthority(EventStore store, TimeProvider clock)
{
    /// <summary>The authority of a caller in a legal entity.</summary>
    public async Task<Authority> OfAsync(Caller caller, string legalEntity, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(caller);
        await using var command = store.Database.CreateCommand(
            "select delegated_by, roles from approval_delegations where delegated_to = $1 and legal_entity = $2 " +
            "and starts_at <= $3 and ends_at > $3 and not revoked order by starts_at, delegation_id");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.Subject });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var delegated = new List<DelegatedRoles>();
        while (await reader.ReadAsync(cancellation))
            delegated.Add(new DelegatedRoles(reader.GetString(0), reader.GetFieldValue<string[]>(1)));
        return new Authority(caller.Subject, caller.Roles, delegated);
    }
}
