using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>Keeps <c>statement_imports</c>, <c>statements</c> and <c>statement_lines</c>.</summary>
public sealed class StatementProjection : Projection
{
    private const string Import =
        "insert into statement_imports (id, status, format, sha256, size, received_at, received_by, code, line, " +
        "element, detail) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

    public StatementProjection()
        : base("statements", "statement_imports", "statements", "statement_lines")
    {
        On<StatementFileRefused>(Import, rows => rows
            .Column(e => e.StreamId)
            .Column(_ => "refused")
            .Column(_ => (string?)null)
            .Column(e => e.Data.Sha256)
            .Column(e => e.Data.Size)
            .Column(e => e.At)
            .Column(e => e.Event.Metadata.By)
            .Column(e => (string?)e.Data.Code)
            .Column(e => (int?)e.Data.Line)
            .Column(e => e.Data.Element)
            .Column(e => (string?)e.Data.Detail));
        On<StatementFileImported>(Import, rows => rows
            .Column(e => e.StreamId)
            .Column(_ => "imported")
            .Column(e => (string?)e.Data.Format)
            .Column(e => e.Data.Sha256)
            .Column(e => e.Data.Size)
            .Column(e => e.At)
            .Column(e => e.Event.Metadata.By)
            .Column(_ => (string?)null)
            .Column(_ => (int?)null)
            .Column(_ => (string?)null)
            .Column(_ => (string?)null));
        OnEach<StatementFileImported, Numbered<BookedStatement>>(
            e => Statements(e),
            "insert into statements (import_id, ordinal, bank_account, account_identification, statement_id, number, " +
            "content_hash, currency, opening, closing, from_day, to_day, entries, credits, debits, repeated) " +
            "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            rows => rows
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
                .Column(s => s.Value.Lines.Count)
                .Column(s => s.Value.Credits.Amount)
                .Column(s => s.Value.Debits.Amount)
                .Column(s => s.Value.IsRepeated));
        OnEach<StatementFileImported, LineOf>(
            e => Statements(e).SelectMany(s => s.Value.Lines.Select(line => new LineOf(s, line))),
            "insert into statement_lines (import_id, statement, entry, bank_account, fingerprint, line_key, " +
            "booking_date, value_date, currency, amount, class, text, receipt_ids) " +
            "select a, b, c, d, e, f, g, h, i, j, k, l, m::uuid[] " +
            "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) " +
            "as x (a, b, c, d, e, f, g, h, i, j, k, l, m)",
            rows => rows
                .Column(l => l.Of.ImportId)
                .Column(l => l.Of.Ordinal)
                .Column(l => l.Line.Entry)
                .Column(l => l.Of.Value.BankAccount)
                .Column(l => l.Line.Key.Split('#')[0])
                .Column(l => l.Line.Key)
                .Column(l => l.Line.BookingDate)
                .Column(l => l.Line.ValueDate)
                .Column(l => l.Line.Amount.Currency.Code)
                .Column(l => l.Line.Amount.Amount)
                .Column(l => l.Line.Class.Kebab())
                .Column(l => l.Line.Text)

                // unnest would flatten an array of arrays; each travels as PostgreSQL's own text form of it.
                .Column(l => $"{{{string.Join(',', l.Line.ReceiptIds)}}}"));
    }

    private static IEnumerable<Numbered<BookedStatement>> Statements(Recorded<StatementFileImported> e) =>
        e.Data.Statements.Select((statement, index) => new Numbered<BookedStatement>(e.StreamId, index + 1, statement));

    private sealed record Numbered<T>(Guid ImportId, int Ordinal, T Value);

    private sealed record LineOf(Numbered<BookedStatement> Of, StatementLine Line);
}
