using Npgsql;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>What happened to items, and the items as they were after it.</summary>
/// <param name="Kind"><c>issued</c>, <c>chargeback-issued</c>, <c>voided</c>, <c>payment-applied</c>,
/// <c>payment-reversed</c>, or the kind of the <see cref="OpenItemsChanged"/>.</param>
/// <param name="PostingDate">Accounting date.</param>
/// <param name="Items">The items.</param>
/// <param name="GivenUp">What was written off of the one item that it is about; below zero for recovered. Null for
/// anything else.</param>
internal sealed record ItemChange(
    string Kind, DateOnly PostingDate, IReadOnlyList<OpenItem> Items, decimal? GivenUp = null)
{
    public const string Issued = "issued";

    /// <summary>Nothing is sold by it: it takes over what a payer kept back of an invoice.</summary>
    public const string ChargebackIssued = "chargeback-issued";
}

/// <summary>
/// Remembers every word about an item, for balances as of a day, and every settlement, for promises and payment
/// behaviour. The two messages of a settlement may come in any order: what was taken back stays taken back.
/// </summary>
internal static class ItemHistory
{
    private const string Insert =
        "insert into item_history (invoice_id, installment, version, legal_entity, customer_id, kind, posting_date, " +
        "due_date, currency, amount, balance, given_up) " +
        "select i.invoice_id, i.installment, $9, i.legal_entity, i.customer_id, " +
        "$10, $11, i.due_date, i.currency, i.amount, i.balance, $12 " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8) as i (invoice_id, installment, legal_entity, customer_id, " +
        "due_date, currency, amount, balance) on conflict do nothing";

    private const string Settle =
        "insert into settlements as s (id, invoice_id, installment, legal_entity, customer_id, kind, currency, " +
        "amount, value_date, due_date, version, reversed) " +
        "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, false) " +
        "on conflict (id) do update set value_date = excluded.value_date, version = excluded.version";

    private const string TakeBack =
        "insert into settlements as s (id, invoice_id, installment, legal_entity, customer_id, kind, currency, " +
        "amount, value_date, due_date, version, reversed) " +
        "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, true) on conflict (id) do update set reversed = true";

    private static readonly SqlRows<OpenItem> Columns = new SqlRows<OpenItem>()
        .Column(item => item.InvoiceId)
        .Column(item => item.Installment)
        .Column(item => item.LegalEntity)
        .Column(item => item.CustomerId)
        .Column(item => item.DueDate)
        .Column(item => item.Amount.ToMoney().Currency.Code)
        .Column(item => item.Amount.ToMoney().Amount)
        .Column(item => item.Balance.ToMoney().Amount);

    public static NpgsqlBatchCommand Changed(ItemChange change, long version)
    {
        var command = Columns.Command(Insert, change.Items);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = change.Kind });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = change.PostingDate });
        command.Parameters.Add(new NpgsqlParameter<decimal?> { TypedValue = change.GivenUp });
        return command;
    }

    public static NpgsqlBatchCommand Settled(
        Guid id, string kind, OpenItem item, MoneyAmount amount, DateOnly valueDate, long version) =>
        Settlement(Settle, id, kind, item, amount, valueDate, version);

    public static NpgsqlBatchCommand TakenBack(
        Guid id, string kind, OpenItem item, MoneyAmount amount, DateOnly postingDate) =>
        Settlement(TakeBack, id, kind, item, amount, postingDate, version: 0);

    private static NpgsqlBatchCommand Settlement(
        string sql, Guid id, string kind, OpenItem item, MoneyAmount amount, DateOnly date, long version)
    {
        var money = amount.ToMoney();
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.InvoiceId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = item.Installment });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = item.LegalEntity });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.CustomerId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = kind });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = money.Currency.Code });
        command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = money.Amount });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = date });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = item.OriginalDueDate ?? item.DueDate });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        return command;
    }
}
