using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Credit.ReadModels;

/// <summary>Every installment as it is now, closed ones with the day they were closed.</summary>
public sealed class ReceivablesProjection : Projection
{
    private const string Upsert =
        "insert into credit_receivables (invoice_id, installment, customer_id, invoice_number, currency, amount, " +
        "balance, disputed, due_date, invoice_date, closed_on) " +
        "select invoice_id, installment, customer_id, invoice_number, currency, amount, balance, disputed, due_date, " +
        "invoice_date, case when balance = 0 then day end " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as e (invoice_id, installment, customer_id, " +
        "invoice_number, currency, amount, balance, disputed, due_date, invoice_date, day) " +
        "on conflict (invoice_id, installment) do update set amount = excluded.amount, " +
        "balance = excluded.balance, disputed = excluded.disputed, due_date = excluded.due_date, " +
        "closed_on = excluded.closed_on";

    public ReceivablesProjection()
        : base("credit_receivables", "credit_receivables")
    {
        On<ReceivableRecorded>(
            Upsert,
            rows => rows
                .Column(e => e.Data.InvoiceId)
                .Column(e => e.Data.Installment)
                .Column(e => e.StreamId)
                .Column(e => e.Data.InvoiceNumber)
                .Column(e => e.Data.Balance.Currency.Code)
                .Column(e => e.Data.Billed.Amount)
                .Column(e => e.Data.Balance.Amount)
                .Column(e => e.Data.Disputed?.Amount ?? 0)
                .Column(e => e.Data.DueDate)
                .Column(e => e.Data.InvoiceDate)
                .Column(e => e.Data.On));
    }
}
