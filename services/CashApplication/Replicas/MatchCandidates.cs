using Dapper;
using Npgsql;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Replicas;

/// <summary>Finds what could explain payments: one query for one payment or for a whole statement.</summary>
public static class MatchCandidates
{
    private const string Sql = """
        select i.invoice_id, i.installment, i.invoice_number, i.customer_id, c.name as customer_name, i.due_date,
        i.currency,
            greatest(0, i.balance - coalesce(p.amount, 0)) as available
        from (
            select * from open_items
            where legal_entity = @legalEntity and currency = @currency and balance > 0 and balance = any(@amounts)
            union
            select * from open_items where legal_entity = @legalEntity and compact_key = any(@keys)
            union
            select * from open_items where legal_entity = @legalEntity and loose_key = any(@keys)
        ) i
        left join customers c on c.id = i.customer_id
        left join lateral (
            select sum(amount) as amount from promised
            where invoice_id = i.invoice_id and installment = i.installment
        ) p on true;
        select id as customer_id, number, name from customers
        where legal_entity = @legalEntity and (compact_key = any(@keys) or loose_key = any(@keys));
        select account, customer_id from payer_accounts where legal_entity = @legalEntity and account = any(@accounts)
        """;

    /// <summary>Candidates for payments of one currency to one legal entity.</summary>
    public static async Task<Candidates> FindAsync(
        NpgsqlDataSource database, string legalEntity, IReadOnlyCollection<Payment> payments,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(payments);
        if (payments.Count == 0)
            return Candidates.None;
        var currency = payments.First().Amount.Currency;
        var parameters = new
        {
            legalEntity,
            currency = currency.Code,
            amounts = payments.Select(payment => payment.Amount.Amount).Distinct().ToArray(),
            keys = payments.SelectMany(payment => ReferenceKeys.Candidates(payment.Remittance)).Distinct().ToArray(),
            accounts = payments.Select(payment => payment.PayerAccount).OfType<string>().Distinct().ToArray(),
        };
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(Sql, parameters, cancellationToken: cancellation));
        var items = await results.ReadAsync<ItemRow>();
        var customers = await results.ReadAsync<CustomerRow>();
        var accounts = await results.ReadAsync<(string Account, Guid CustomerId)>();
        return new Candidates(
            [
                .. items.Where(item => item.Currency == currency.Code).Select(item => new Candidate(
                    item.InvoiceId, item.Installment, item.InvoiceNumber, item.CustomerId, item.CustomerName,
                    item.DueDate, Money.Of(item.Available, currency))),
            ],
            [.. customers.Select(customer =>
                new CustomerCandidate(customer.CustomerId, customer.Number, customer.Name))],
            accounts.ToLookup(pair => pair.Account, pair => pair.CustomerId));
    }

    private sealed class ItemRow
    {
        public Guid InvoiceId { get; init; }
        public int Installment { get; init; }
        public string InvoiceNumber { get; init; } = "";
        public Guid CustomerId { get; init; }
        public string? CustomerName { get; init; }
        public DateOnly DueDate { get; init; }
        public string Currency { get; init; } = "";
        public decimal Available { get; init; }
    }

    private sealed class CustomerRow
    {
        public Guid CustomerId { get; init; }
        public string Number { get; init; } = "";
        public string Name { get; init; } = "";
    }
}
