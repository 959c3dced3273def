using Npgsql;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Accounts;

/// <summary>An open item and who owes it.</summary>
public sealed record OwedItem(Guid CustomerId, ItemFacts Item);

/// <summary>Reads what is known about the open items of a customer.</summary>
public sealed class OpenItems(NpgsqlDataSource database)
{
    private const string OfCustomer =
        $"select {ItemFactsSql.Columns} from open_items i {ItemFactsSql.Joins} " +
        "where i.customer_id = $1 and i.balance > 0 order by i.due_date, i.invoice_number, i.installment";

    private const string OfInvoice =
        $"select {ItemFactsSql.Columns}, i.customer_id from open_items i {ItemFactsSql.Joins} " +
        "where i.invoice_id = $1 and i.installment = $2 and i.balance > 0";

    private const string OfCustomers =
        $"select {ItemFactsSql.Columns}, i.customer_id from open_items i {ItemFactsSql.Joins} " +
        "where i.customer_id = any($1) and i.balance > 0 order by i.due_date, i.invoice_number, i.installment";

    private const string Less =
        $"select case when exists (select 1 from unnest($1, $2, $3) as k (invoice_id, installment, amount) " +
        $"join open_items i on i.invoice_id = k.invoice_id and i.installment = k.installment {ItemFactsSql.Joins} " +
        $"where {ItemFactsSql.Collectible} < k.amount) then otc_version_conflict() else 0 end";

    /// <summary>
    /// Turns a write away where less of an item may be collected by now than it was decided on, so that it is decided
    /// again. Under the locks of the invoices nothing changes after it.
    /// </summary>
    public static NpgsqlBatchCommand StillCollectible(
        IReadOnlyList<(Guid InvoiceId, int Installment, Money Amount)> items)
    {
        var command = new NpgsqlBatchCommand(Less);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. items.Select(item => item.InvoiceId)] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. items.Select(item => item.Installment)] });
        command.Parameters.Add(new NpgsqlParameter<decimal[]>
        {
            TypedValue = [.. items.Select(item => item.Amount.Amount)],
        });
        return command;
    }

    /// <summary>The items with a balance of many customers, oldest first.</summary>
    public async Task<ILookup<Guid, ItemFacts>> OfAsync(Guid[] customers, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(OfCustomers);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = customers });
        return (await command.ReadAsync(
            row => (Customer: row.GetGuid(ItemFactsSql.Count), Item: ItemFactsSql.Read(row)), cancellation))
            .ToLookup(row => row.Customer, row => row.Item);
    }

    /// <summary>
    /// The first of these invoices of which the customer owes nothing; null where it owes something of each, or none is
    /// named.
    /// </summary>
    public async Task<Guid?> NotOwedAsync(
        Guid customerId, IReadOnlyList<Guid>? invoices, CancellationToken cancellation)
    {
        if (invoices is null)
            return null;
        var owed = (await OfAsync(customerId, cancellation)).Select(item => item.InvoiceId).ToHashSet();
        return invoices.Where(invoice => !owed.Contains(invoice)).Cast<Guid?>().FirstOrDefault();
    }

    /// <summary>The customer's items with a balance, oldest first.</summary>
    public async Task<IReadOnlyList<ItemFacts>> OfAsync(Guid customerId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(OfCustomer);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        return await command.ReadAsync(ItemFactsSql.Read, cancellation);
    }

    /// <summary>An installment with a balance and who owes it; null when there is none.</summary>
    public async Task<OwedItem?> OfInvoiceAsync(Guid invoiceId, int installment, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(OfInvoice);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = invoiceId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = installment });
        return (await command.ReadAsync(
            row => new OwedItem(row.GetGuid(ItemFactsSql.Count), ItemFactsSql.Read(row)), cancellation))
            .SingleOrDefault();
    }
}
