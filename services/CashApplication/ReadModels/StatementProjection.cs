using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>
/// Keeps <c>statement_imports</c>, <c>statements</c>, <c>statement_lines</c>, <c>returned_payments</c>
/// (debits: what banks take back), <c>returned_credits</c> (payments of ours that come back) and
/// <c>ordered_payments</c> (debits that may be payments of ours).
/// </summary>
public sealed class StatementProjection : Projection
{
    private const string Import =
        "insert into statement_imports (id, status, format, sha256, size, received_at, received_by, code, line, " +
        "element, detail, waits_for, waits_opening, waits_closing) " +
        "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) " +
        "on conflict (id) do update set status = excluded.status, format = excluded.format, code = excluded.code, " +
        "line = excluded.line, element = excluded.element, detail = excluded.detail, waits_for = excluded.waits_for, " +
        "waits_opening = excluded.waits_opening, waits_closing = excluded.waits_closing";

    private const string Statement =
        "insert into statements (import_id, ordinal, bank_account, account_identification, statement_id, number, " +
        "content_hash, currency, opening, closing, from_day, to_day, entries, credits, debits, repeated, kind) " +
        "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";

    private const string Line =
        "insert into statement_lines (import_id, statement, entry, bank_account, fingerprint, line_key, " +
        "booking_date, value_date, currency, amount, class, text, receipt_ids, changed_account) " +
        "select a, b, c, coalesce(d, s.bank_account), e, f, g, h, i, j, k, l, m::uuid[], n " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) " +
        "as x (a, b, c, d, e, f, g, h, i, j, k, l, m, n) " +
        "left join statements s on s.import_id = a and s.ordinal = b";

    private const string Returned =
        "(import_id, statement, entry, detail, bank_account, booking_date, currency, " +
        "amount, reason, code, refs, account, check_number, text, own_reference) " +
        "select a, b, c, d, s.bank_account, e, f, g, h, i, j, k, l, m, n " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) " +
        "as x (a, b, c, d, e, f, g, h, i, j, k, l, m, n) " +
        "join statements s on s.import_id = a and s.ordinal = b";

    private const string Ordered =
        "insert into ordered_payments (import_id, statement, entry, detail, bank_account, booking_date, currency, " +
        "amount, names) select a, b, c, d, s.bank_account, e, f, g, h::uuid[] " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8) as x (a, b, c, d, e, f, g, h) " +
        "join statements s on s.import_id = a and s.ordinal = b";

    private const string Same =
        "where p.import_id = s.import_id and p.statement = s.statement and p.entry = s.entry and p.detail = s.detail";

    private const char ReferenceSeparator = '\n';

    public StatementProjection()
        : base("statements", "statement_imports", "statements", "statement_lines", "returned_payments",
            "returned_credits", "ordered_payments")
    {
        On<StatementFileRefused>(Import, rows => rows
            .Column(e => e.StreamId)
            .Column(e => e.Data.WaitsFor is null ? "refused" : "waiting")
            .Column(_ => (string?)null)
            .Column(e => e.Data.Sha256)
            .Column(e => e.Data.Size)
            .Column(e => e.At)
            .Column(e => e.Event.Metadata.By)
            .Column(e => (string?)e.Data.Code)
            .Column(e => (int?)e.Data.Line)
            .Column(e => e.Data.Element)
            .Column(e => (string?)e.Data.Detail)
            .Column(e => e.Data.WaitsFor?.BankAccount)
            .Column(e => e.Data.WaitsFor?.Opening.Amount)
            .Column(e => e.Data.WaitsFor?.Closing.Amount));
        On<StatementFileImported>(Import, rows => rows
            .Column(e => e.StreamId)
            .Column(e => e.Data.Reading is null ? "imported" : "booking")
            .Column(e => (string?)e.Data.Format)
            .Column(e => e.Data.Sha256)
            .Column(e => e.Data.Size)
            .Column(e => e.At)
            .Column(e => e.Event.Metadata.By)
            .Column(_ => (string?)null)
            .Column(_ => (int?)null)
            .Column(_ => (string?)null)
            .Column(_ => (string?)null)
            .Column(_ => (string?)null)
            .Column(_ => (decimal?)null)
            .Column(_ => (decimal?)null));
        On<StatementEffectsHeld>(
            $"update statement_imports set effects = '{StatementEffects.Held}' where id = any($1)",
            rows => rows.Column(e => e.StreamId));
        On<StatementEffectsArmed>(
            $"update statement_imports set effects = '{StatementEffects.Armed}' where id = any($1)",
            rows => rows.Column(e => e.StreamId));
        OnEach<StatementFileImported, Numbered>(e => Statements(e), Statement, Columns);
        OnEach<StatementFileImported, LineOf>(
            e => Statements(e).SelectMany(s => s.Value.Lines.Select(line =>
                new LineOf(s.ImportId, s.Ordinal, s.Value.BankAccount, line))),
            Line, Columns);
        OnEach<StatementLinesBooked, LineOf>(e => Lines(e), Line, Columns);
        OnEach<StatementLinesBooked, ReturnOf>(
            e => Returns(e, areCredits: false), $"insert into returned_payments {Returned}", Columns);
        OnEach<StatementLinesBooked, ReturnOf>(
            e => Returns(e, areCredits: true), $"insert into returned_credits {Returned}", Columns);
        OnEach<StatementLinesBooked, OrderOf>(Orders, Ordered, Columns);
        OnEach<StatementLinesBooked, Guid>(
            e => e.Data.IsLast ? [e.StreamId] : [],
            "update statement_imports set status = 'imported' where id = any($1)", rows => rows.Column(id => id));
        WhatReturnedPaymentsAre();
    }

    private void WhatReturnedPaymentsAre()
    {
        On<ReturnedPaymentFound>(
            "update returned_payments p set receipt_id = s.receipt, found_by = s.found_by, is_part = s.part, " +
            "reversal_id = s.reversal from unnest($1, $2, $3, $4, $5, $6, $7, $8) " +
            "as s (import_id, statement, entry, detail, receipt, found_by, part, reversal) " + Same,
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Statement)
                .Column(e => e.Data.Entry)
                .Column(e => e.Data.Detail)
                .Column(e => e.Data.ReceiptId)
                .Column(e => e.Data.FoundBy)
                .Column(e => e.Data.IsPart)
                .Column(e => e.Data.ReversalId));
        On<ReturnedPaymentFound>(
            "update returned_credits p set receipt_id = s.receipt, found_by = s.found_by, refund_id = s.refund " +
            "from unnest($1, $2, $3, $4, $5, $6, $7) " +
            "as s (import_id, statement, entry, detail, receipt, found_by, refund) " + Same,
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Statement)
                .Column(e => e.Data.Entry)
                .Column(e => e.Data.Detail)
                .Column(e => e.Data.RefundId is null ? e.Data.ReceiptId : null)
                .Column(e => e.Data.FoundBy)
                .Column(e => e.Data.RefundId));
        Closes("returned_credits");
        Closes("returned_payments");
        On<ReturnedPaymentReviewed>(
            "update returned_payments p set reviewed = s.note " +
            "from unnest($1, $2, $3, $4, $5) as s (import_id, statement, entry, detail, note) " + Same,
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Statement)
                .Column(e => e.Data.Entry)
                .Column(e => e.Data.Detail)
                .Column(e => e.Data.Note));
    }

    /// <summary>A returned payment is either a debit or a credit: it is in one of the tables.</summary>
    private void Closes(string table) => On<ReturnedPaymentClosed>(
        $"update {table} p set closed = s.reason, found_by = 'person' " +
        "from unnest($1, $2, $3, $4, $5) as s (import_id, statement, entry, detail, reason) " + Same,
        rows => rows
            .Column(e => e.StreamId)
            .Column(e => e.Data.Statement)
            .Column(e => e.Data.Entry)
            .Column(e => e.Data.Detail)
            .Column(e => e.Data.Reason));

    private static void Columns(EventSourcing.SqlRows<Numbered> rows) => rows
        .Column(s => s.ImportId)
        .Column(s => s.Ordinal)
        .Column(s => s.Value.BankAccount)
        .Column(s => s.Value.AccountIdentification)
        .Column(s => s.Value.StatementId)
        .Column(s => s.Value.Number)
        .Column(s => s.Value.ContentHash)
        .Column(s => s.Value.Currency)
        .Column(s => s.Value.Opening?.Amount)
        .Column(s => s.Value.Closing?.Amount)
        .Column(s => s.Value.From)
        .Column(s => s.Value.To)
        .Column(s => s.Value.Entries ?? s.Value.Lines.Count)
        .Column(s => s.Value.Credits.Amount)
        .Column(s => s.Value.Debits.Amount)
        .Column(s => s.Value.IsRepeated)
        .Column(s => s.Value.Kind.Kebab());

    private static void Columns(EventSourcing.SqlRows<LineOf> rows) => rows
        .Column(l => l.ImportId)
        .Column(l => l.Statement)
        .Column(l => l.Line.Entry)
        .Column(l => l.BankAccount)
        .Column(l => l.Line.Key.Split('#')[0])
        .Column(l => l.Line.Key)
        .Column(l => l.Line.BookingDate)
        .Column(l => l.Line.ValueDate)
        .Column(l => l.Line.Amount.Currency.Code)
        .Column(l => l.Line.Amount.Amount)
        .Column(l => l.Line.Class.Kebab())
        .Column(l => l.Line.Text)

        // unnest would flatten an array of arrays; each travels as PostgreSQL's own text form of it.
        .Column(l => $"{{{string.Join(',', l.Line.ReceiptIds)}}}")
        .Column(l => l.Line.ChangedAccount);

    private static void Columns(EventSourcing.SqlRows<ReturnOf> rows) => rows
        .Column(r => r.Of.ImportId)
        .Column(r => r.Of.Statement)
        .Column(r => r.Of.Line.Entry)
        .Column(r => r.Returned.Detail)
        .Column(r => r.Of.Line.BookingDate)
        .Column(r => r.Returned.Amount.Currency.Code)
        .Column(r => r.Returned.Amount.Amount)
        .Column(r => r.Returned.Reason)
        .Column(r => r.Returned.Code)
        .Column(r => string.Join(ReferenceSeparator, References(r.Returned).Distinct(StringComparer.Ordinal)))
        .Column(r => r.Returned.Account)
        .Column(r => r.Returned.CheckNumber)
        .Column(r => r.Of.Line.Text)
        .Column(r => r.Returned.OwnReference);

    private static void Columns(EventSourcing.SqlRows<OrderOf> rows) => rows
        .Column(o => o.Of.ImportId)
        .Column(o => o.Of.Statement)
        .Column(o => o.Of.Line.Entry)
        .Column(o => o.Payment.Detail)
        .Column(o => o.Of.Line.BookingDate)
        .Column(o => o.Payment.Amount.Currency.Code)
        .Column(o => o.Payment.Amount.Amount)
        .Column(o => $"{{{string.Join(',', o.Payment.Names)}}}");

    /// <summary>
    /// A reference of few digits may be the number of a check, for banks have no field for it everywhere.
    /// </summary>
    private static IEnumerable<string> References(ReturnedPayment returned) => returned.References
        .Concat(returned.References.Append(returned.CheckNumber)
            .OfType<string>()
            .Where(number => number.Length <= 12 && number.All(char.IsAsciiDigit))
            .Select(ReceiptReferenceProjection.OfCheck));

    private static IEnumerable<Numbered> Statements(Recorded<StatementFileImported> e) =>
        e.Data.Statements.Select((statement, index) => new Numbered(e.StreamId, index + 1, statement));

    private static IEnumerable<LineOf> Lines(Recorded<StatementLinesBooked> e) => e.Data.Statements.SelectMany(
        statement => statement.Lines.Select(line => new LineOf(e.StreamId, statement.Statement, null, line)));

    private static IEnumerable<ReturnOf> Returns(Recorded<StatementLinesBooked> e, bool areCredits) => Lines(e)
        .Where(line => line.Line.Amount.IsPositive == areCredits)
        .SelectMany(line => (line.Line.Returns ?? []).Select(returned => new ReturnOf(line, returned)));

    private static IEnumerable<OrderOf> Orders(Recorded<StatementLinesBooked> e) => Lines(e)
        .SelectMany(line => (line.Line.Orders ?? []).Select(payment => new OrderOf(line, payment)));

    private sealed record Numbered(Guid ImportId, int Ordinal, BookedStatement Value);

    private sealed record LineOf(Guid ImportId, int Statement, string? BankAccount, StatementLine Line);

    private sealed record OrderOf(LineOf Of, OrderedPayment Payment);

    private sealed record ReturnOf(LineOf Of, ReturnedPayment Returned);
}
