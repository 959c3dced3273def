using Dapper;
using Npgsql;
using OrderToCash.CashApplication.Receipts.Matching;

namespace OrderToCash.CashApplication.Replicas;

/// <summary>Tells of items of which nothing is available any more by which receipt they were paid.</summary>
internal static class PaidItems
{
    /// <summary>
    /// What is asked for and not answered yet counts. The newest receipt of each, whether there are others, and whether
    /// all of the item was paid: credit memos and write-offs close items, too.
    /// </summary>
    private const string LastReceipts = """
        select w.invoice_id, w.installment, p.value_date, p.number,
            exists (select from allocations a where a.invoice_id = w.invoice_id and a.installment = w.installment
                and a.status in ('pending', 'confirmed') and a.receipt_id <> p.id) as is_last_of_several,
            (select sum(a.settled + a.credited) from allocations a where a.invoice_id = w.invoice_id
                and a.installment = w.installment and a.status in ('pending', 'confirmed')) >= i.amount as is_all
        from unnest(@invoices, @installments) w (invoice_id, installment)
        join open_items i using (invoice_id, installment)
        cross join lateral (
            select r.id, r.value_date, r.number from allocations a join receipts r on r.id = a.receipt_id
            where a.invoice_id = w.invoice_id and a.installment = w.installment
                and a.status in ('pending', 'confirmed')
            order by r.value_date desc, r.number desc limit 1) p
        """;

    /// <summary>The items, those that are paid with their receipts.</summary>
    public static async Task<Candidate[]> ToldAsync(
        NpgsqlConnection connection, Candidate[] items, CancellationToken cancellation)
    {
        Candidate[] paid = [.. items.Where(item => !item.Available.IsPositive)];
        if (paid.Length == 0)
            return items;
        var parameters = new
        {
            invoices = paid.Select(item => item.InvoiceId).ToArray(),
            installments = paid.Select(item => item.Installment).ToArray(),
        };
        var receipts = (await connection
            .QueryAsync<(Guid InvoiceId, int Installment, DateOnly ValueDate, string Number, bool IsLastOfSeveral,
                bool IsAll)>(
                new CommandDefinition(LastReceipts, parameters, cancellationToken: cancellation)))
            .ToDictionary(
                row => (row.InvoiceId, row.Installment),
                row => new PaidBy(row.ValueDate, row.Number, row.IsLastOfSeveral, row.IsAll));
        return [.. items.Select(item => item with { Paid = receipts.GetValueOrDefault(item.Id) })];
    }
}
