using Dapper;
using Microsoft.AspNetCore.WebUtilities;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>
/// Whose order an order id is. Ids are unique in a legal entity; where a caller sees several entities with the same id,
/// <c>?legalEntity=</c> tells them apart.
/// </summary>
public static class OrderCheckLookup
{
    private const string Find =
        "select a.legal_entity, o.customer_id from order_checks o " +
        "join credit_accounts a on a.customer_id = o.customer_id " +
        "where o.order_id = @orderId and (@legalEntity::text is null or a.legal_entity = @legalEntity) " +
        "and (@entities::text[] is null or a.legal_entity = any(@entities)) " +
        "order by o.status in ('cancelled', 'expired'), o.decided_at desc";

    /// <summary>Address of an order check.</summary>
    public static string Path(string orderId, CreditAccount account) => QueryHelpers.AddQueryString(
        $"/v1/credit/order-checks/{Uri.EscapeDataString(orderId)}", "legalEntity", account.Opened!.LegalEntity);

    /// <summary>The customer of an order that the caller may see, or why there is no single one.</summary>
    public static async Task<(Guid CustomerId, Refusal? Refusal)> FindAsync(
        EventStore store, Caller caller, string orderId, string? legalEntity, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var found = (await connection.QueryAsync<(string LegalEntity, Guid CustomerId)>(new CommandDefinition(
            Find,
            new
            {
                orderId,
                legalEntity,
                entities = caller.EntityFilter(),
            },
            cancellationToken: cancellation))).AsList();
        return found.DistinctBy(row => row.LegalEntity).Count() switch
        {
            0 => (default, CreditRefusals.NoOrder(orderId)),
            1 => (found[0].CustomerId, null),
            _ => (default, CreditRefusals.AmbiguousOrder(orderId)),
        };
    }
}
