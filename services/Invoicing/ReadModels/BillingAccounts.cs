using Npgsql;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>
/// Customers with their legal entities, as issuing needs them: one query for one invoice or a thousand. Under the
/// identifier of a duplicate it gives the customer that is billed in its place.
/// </summary>
public static class BillingAccounts
{
    private const string Select =
        "select o.customer_id, c.currency, c.terms, e.tax_rounding, e.code, e.base_currency, e.time_zone, " +
        "e.receivables_account, e.unapplied_cash_account, e.tax_account, e.revenue_account, " +
        "e.other_accounts::text, e.calendar::text, c.discount_grace_days, " +
        "c.status, c.customer_id, a.closed_through, a.soft_closed_through, a.adjusting_roles, " +
        "c.clauses::text, e.application_rules::text " +
        "from customers o join customers c on c.customer_id = coalesce(o.merged_into, o.customer_id) " +
        "join legal_entities e on e.code = c.legal_entity " +
        "left join accounting_calendars a on a.legal_entity = e.code where o.customer_id = any($1)";

    /// <summary>
    /// The accounts that these wishes are billed to, in their order and currencies, with the rates of their dates, as
    /// the caller may use them; null where there is no such customer or no wish.
    /// </summary>
    public static Task<IReadOnlyList<BillingAccount?>> LoadAsync(
        HttpCommand command, IReadOnlyList<IssueInvoice?> wishes, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(command);
        return LoadAsync(command.Store.Database, command.Caller, wishes, now, command.Cancellation);
    }

    /// <summary>The same; without a caller as the service itself may use them, which adjusts nothing.</summary>
    public static async Task<IReadOnlyList<BillingAccount?>> LoadAsync(
        NpgsqlDataSource database, Caller? caller, IReadOnlyList<IssueInvoice?> wishes, DateTimeOffset now,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(wishes);
        var known = await LoadAsync(
            database, wishes.OfType<IssueInvoice>().Select(wish => wish.CustomerId), cancellation);
        var accounts = wishes.Select(wish =>
            wish is null || !known.TryGetValue(wish.CustomerId, out var account) ? null
            : (caller is null ? account : account.For(caller.Roles)).In(wish.Currency)).ToList();
        var foreign = accounts.Index().Where(one => one.Item?.IsForeign == true).Select(one => (
            one.Index, Key: (one.Item!.Books.LegalEntity, one.Item.Currency,
                InvoiceDraft.DateOf(wishes[one.Index]!, one.Item, now)))).ToList();
        var rates = await RateTable.FindAsync(
            database, [.. foreign.Select(one => one.Key).Distinct()], cancellation);
        foreach (var (index, key) in foreign)
            accounts[index] = accounts[index]! with { Rate = rates.GetValueOrDefault(key) };
        return accounts;
    }

    public static async Task<IReadOnlyDictionary<Guid, BillingAccount>> LoadAsync(
        NpgsqlDataSource database, IEnumerable<Guid> customerIds, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Select);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. customerIds.Distinct()] });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var accounts = new Dictionary<Guid, BillingAccount>();
        while (await reader.ReadAsync(cancellation))
        {
            var ledger = new LedgerAccounts(
                reader.GetString(7), reader.GetString(8), reader.GetString(9), reader.GetString(10),
                JsonPart.Read<OtherAccounts>(Text(11)));
            var books = new Books(reader.GetString(4), reader.GetString(5), reader.GetString(6), ledger);
            accounts[reader.GetGuid(0)] = new BillingAccount(
                reader.GetGuid(15), reader.GetString(1), reader.GetString(2),
                Enum.Parse<TaxRounding>(reader.GetString(3)), books,
                JsonPart.Read<WorkingCalendar>(Text(12)), reader.GetInt32(13),
                Enum.Parse<CustomerStatus>(reader.GetString(14)))
            {
                Periods = AccountingCalendars.Read(reader, 16),
                Discounts = JsonPart.Read<ContractClauses>(Text(19))?.Discounts,
                ApplicationRules = JsonPart.Read<ApplicationRules>(Text(20)),
            };
        }

        return accounts;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
