using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>A receipt as lists and reports read it.</summary>
public sealed record ReceiptRow(
    Guid Id, string Number, string LegalEntity, string Method, string? BankAccount, DateOnly ValueDate,
    DateOnly PostingDate, Guid? ImportId, string? PayerName, string? PayerAccount, string? Reference, Guid? CustomerId,
    string? IdentifiedBy, string Currency, decimal Amount, decimal Unapplied, decimal Pending, decimal Applied,
    decimal Reversed, string Status, long Version);

/// <summary>Keeps <c>receipts</c>, <c>promised</c> and <c>payer_accounts</c>.</summary>
public sealed class ReceiptProjection : Projection
{
    /// <summary>
    /// A confirmed match, or a person who says whose money it is, teaches whose account it came from.
    /// </summary>
    private const string Learn =
        "insert into payer_accounts (legal_entity, account, customer_id) " +
        "select r.legal_entity, r.payer_account, s.customer from unnest($1, $2) as s (id, customer) " +
        "join receipts r on r.id = s.id where r.payer_account is not null on conflict do nothing";

    public ReceiptProjection()
        : base("receipts", "receipts", "promised", "payer_accounts")
    {
        On<ReceiptRecorded>(
            "insert into receipts (id, number, legal_entity, method, bank_account, booking_date, value_date, " +
            "posting_date, import_id, payer_name, payer_account, reference, identified_by, customer_id, currency, " +
            "amount, unapplied, pending, applied, reversed, status, version) select * from unnest($1, $2, $3, $4, " +
            "$5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Number)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Method)
                .Column(e => e.Data.BankAccount)
                .Column(e => e.Data.Source?.BookingDate ?? e.Data.PostingDate)
                .Column(e => e.Data.ValueDate)
                .Column(e => e.Data.PostingDate)
                .Column(e => e.Data.Source?.ImportId)
                .Column(e => e.Data.Payer.Name)
                .Column(e => e.Data.Payer.Account)
                .Column(e => e.Data.Remittance.Count == 0 ? null : string.Join(' ', e.Data.Remittance))
                .Column(e => e.Data.IdentifiedBy)
                .Column(e => e.Data.Balance.CustomerId)
                .Column(e => e.Data.Balance.Amount.Currency.Code)
                .Column(e => e.Data.Balance.Amount.Amount)
                .Column(e => e.Data.Balance.Unapplied.Amount)
                .Column(e => e.Data.Balance.Pending.Amount)
                .Column(e => e.Data.Balance.Applied.Amount)
                .Column(e => e.Data.Balance.Reversed.Amount)
                .Column(e => e.Data.Balance.Status.Kebab())
                .Column(e => e.Version));
        Moves<ReceiptIdentified>(e => e.Balance);
        Moves<AllocationRequested>(e => e.Balance);
        Moves<AllocationConfirmed>(e => e.Balance);
        Moves<AllocationRejected>(e => e.Balance);
        Moves<AllocationReversalRequested>(e => e.Balance);
        Moves<AllocationReversed>(e => e.Balance);
        Moves<ReceiptReversed>(e => e.Balance);
        On<AllocationRequested>(
            "insert into promised (allocation_id, receipt_id, invoice_id, installment, amount) " +
            "select * from unnest($1, $2, $3, $4, $5)",
            rows => rows
                .Column(e => e.Data.AllocationId)
                .Column(e => e.StreamId)
                .Column(e => e.Data.InvoiceId)
                .Column(e => e.Data.Installment)
                .Column(e => e.Data.Amount.Amount));
        On<AllocationConfirmed>(
            "delete from promised where allocation_id = any($1)", rows => rows.Column(e => e.Data.AllocationId));
        On<AllocationRejected>(
            "delete from promised where allocation_id = any($1)", rows => rows.Column(e => e.Data.AllocationId));
        On<AllocationConfirmed>(Learn, rows =>
            rows.Column(e => e.StreamId).Column(e => e.Data.Balance.CustomerId!.Value));
        On<ReceiptIdentified>(
            "update receipts r set identified_by = s.teller from unnest($1, $2) as s (id, teller) where r.id = s.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.IdentifiedBy));
        On<ReceiptIdentified>(Learn, rows => rows.Column(e => e.StreamId).Column(e => e.Data.CustomerId));
    }

    private void Moves<TEvent>(Func<TEvent, ReceiptBalance> balance) => On<TEvent>(
        "update receipts r set customer_id = s.customer, unapplied = s.unapplied, pending = s.pending, " +
        "applied = s.applied, reversed = s.reversed, status = s.status, version = s.version from unnest($1, $2, $3, " +
        "$4, $5, $6, $7, $8) as s (id, customer, unapplied, pending, applied, reversed, status, version) " +
        "where r.id = s.id",
        rows => rows
            .Column(e => e.StreamId)
            .Column(e => balance(e.Data).CustomerId)
            .Column(e => balance(e.Data).Unapplied.Amount)
            .Column(e => balance(e.Data).Pending.Amount)
            .Column(e => balance(e.Data).Applied.Amount)
            .Column(e => balance(e.Data).Reversed.Amount)
            .Column(e => balance(e.Data).Status.Kebab())
            .Column(e => e.Version));
}
