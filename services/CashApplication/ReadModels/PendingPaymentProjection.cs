using System.Text.Json;
using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>Keeps <c>pending_payments</c>.</summary>
public sealed class PendingPaymentProjection : Projection
{
    public PendingPaymentProjection()
        : base("pending_payments", "pending_payments")
    {
        On<PendingPaymentRecorded>(
            "insert into pending_payments (id, legal_entity, customer_id, method, stage, status, currency, amount, " +
            "since, expected_on, expires_on, payer_name, payer_account, payer_key, reference, refs, bank_account, " +
            "check_number, processor_reference, import_id, items, recorded_at, version, payer_bank) " +
            "select a, b, c, d, e, 'pending', f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w from unnest($1, " +
            "$2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23) " +
            "as x (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.CustomerId)
                .Column(e => e.Data.Method)
                .Column(e => e.Data.Stage)
                .Column(e => e.Data.Amount.Currency.Code)
                .Column(e => e.Data.Amount.Amount)
                .Column(e => e.Data.Since)
                .Column(e => e.Data.ExpectedOn)
                .Column(e => e.Data.ExpiresOn)
                .Column(e => e.Data.Payer.Name)
                .Column(e => e.Data.Payer.Account)
                .Column(e => PartyName.TellingKey(e.Data.Payer.Name))
                .Column(e => e.Data.Remittance.Count == 0 ? null : string.Join(' ', e.Data.Remittance))
                .Column(e => e.Data.Source?.References is { Count: > 0 } refs ? string.Join('\n', refs) : null)
                .Column(e => e.Data.BankAccount)
                .Column(e => e.Data.CheckNumber)
                .Column(e => e.Data.ProcessorReference)
                .Column(e => e.Data.Source?.ImportId)
                .JsonColumn(e => JsonSerializer.Serialize(e.Data.Items, Json.Stored))
                .Column(e => e.At)
                .Column(e => e.Version)
                .Column(e => e.Data.Payer.Bank));
        On<PendingPaymentAnswered>(
            "update pending_payments p set stage = s.stage, answered = true, version = s.version " +
            "from unnest($1, $2, $3) as s (id, stage, version) where p.id = s.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.Stage).Column(e => e.Version));
        On<PendingPaymentEnded>(
            "update pending_payments p set status = s.outcome, receipt_id = s.receipt, reason = s.reason, " +
            "version = s.version from unnest($1, $2, $3, $4, $5) as s (id, outcome, receipt, reason, version) " +
            "where p.id = s.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.Outcome).Column(e => e.Data.ReceiptId)
                .Column(e => e.Data.Reason).Column(e => e.Version));
    }
}
