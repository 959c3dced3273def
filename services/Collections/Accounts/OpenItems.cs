using Npgsql;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.ReadModels;

namespace OrderToCash.Collections.Accounts;

/// <summary>Reads what is known about the open items of a customer.</summary>
public sealed class OpenItems(NpgsqlDataSource database)
{
    private const string OfCustomer =
        $"select {ItemFactsSql.Columns} from open_items i {ItemFactsSql.Joins} " +
        "where i.customer_id = $1 and i.balance > 0 order by i.due_date, i.invoice_number, i.installment";

    /// <summary>The customer's items with a balance, oldest first.</summary>
    public async Task<IReadOnlyList<ItemFacts>> OfAsync(Guid customerId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(OfCustomer);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        return await command.ReadAsync(ItemFactsSql.Read, cancellation);
    }
}
