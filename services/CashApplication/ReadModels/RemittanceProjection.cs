using System.Text.Json;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>Keeps <c>remittances</c>.</summary>
public sealed class RemittanceProjection : Projection
{
    public RemittanceProjection()
        : base("remittances", "remittances")
    {
        On<RemittanceReceived>(
            "insert into remittances (id, legal_entity, format, reference, reference_key, currency, amount, " +
            "payment_date, payer_name, payer_account, customer_id, lines, status, received_at, content_hash, advice, " +
            "version) select a, b, c, d, e, f, g, h, i, j, k, l, 'waiting', m, n, o, p from unnest($1, $2, $3, $4, " +
            "$5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) " +
            "as x (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Format)
                .Column(e => e.Data.PaymentReference)
                .Column(e => e.Data.PaymentReference is { } reference ? ReferenceKeys.Compact(reference) : null)
                .Column(e => e.Data.Amount.Currency.Code)
                .Column(e => e.Data.Amount.Amount)
                .Column(e => e.Data.PaymentDate)
                .Column(e => e.Data.Payer.Name)
                .Column(e => e.Data.Payer.Account)
                .Column(e => e.Data.CustomerId)
                .Column(e => e.Data.Lines.Count)
                .Column(e => e.At)
                .Column(e => e.Data.ContentHash)
                .JsonColumn(e => JsonSerializer.Serialize(e.Data, Json.Stored))
                .Column(e => e.Version));
        On<RemittanceMatched>(
            "update remittances r set status = 'matched', receipt_id = s.receipt, version = s.version " +
            "from unnest($1, $2, $3) as s (id, receipt, version) where r.id = s.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.ReceiptId).Column(e => e.Version));
        On<RemittanceReleased>(
            "update remittances r set status = 'waiting', receipt_id = null, version = s.version " +
            "from unnest($1, $2) as s (id, version) where r.id = s.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Version));
        On<RemittanceClosed>(
            "update remittances r set status = 'closed', version = s.version from unnest($1, $2) as s (id, version) " +
            "where r.id = s.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Version));
    }
}
