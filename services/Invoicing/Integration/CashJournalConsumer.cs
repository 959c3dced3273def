using MassTransit;
using Npgsql;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Keeps the entries that cash application posts beside our own, so that the journal shows every financial event. One
/// that comes for a period that is closed here goes to the next open day. Amounts in other currencies than the books'
/// are translated by the rate of their receipt: the daily one of the value date, as soon as there is one; but for lines
/// that tell their worth in the books, as we told it of what they answer to.
/// </summary>
public sealed class CashJournalConsumer(Inbox inbox, AccountingCalendars calendars, TimeProvider clock)
    : IConsumer<JournalEntryPosted>
{
    public const string Queue = "invoicing-cash-journal";

    private const string InsertEntry =
        "insert into received_journal_entries (entry_id, legal_entity, posting_date, kind, source_id, source_number, " +
        "customer_id, recorded_at, dated, value_date) " +
        "select e.id, e.entity, o.day, e.kind, e.source, e.number, e.customer, recorded_from(e.at), " +
        "nullif(e.day, o.day), e.value " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as e (id, entity, day, kind, source, number, customer, at, " +
        "value) " +
        "cross join lateral open_posting_day(e.entity, e.day) as o (day) on conflict do nothing";

    private const string InsertLines =
        "insert into received_journal_lines (entry_id, line, account, role, currency, debit, credit, base_debit, " +
        "base_credit) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing";

    public async Task Consume(ConsumeContext<JournalEntryPosted> context)
    {
        var entry = context.Message;
        if (entry.Lines.All(line => !calendars.MayBeForeign(entry.LegalEntity, line.Debit.Currency)))
        {
            await inbox.WriteAsync(context, Entry(entry), Lines(entry));
            return;
        }

        await calendars.RefreshAsync(context.CancellationToken);
        NpgsqlBatchCommand[] translation = calendars.BaseCurrencyOf(entry.LegalEntity) is { } books
            ? [RateTable.TranslateReceived(entry.LegalEntity, books, entry.EntryId)]
            : [];
        await inbox.WriteAsync(
            context, RateTable.OfSource.Keys(entry.SourceId), [Entry(entry), Lines(entry), .. translation]);
    }

    private NpgsqlBatchCommand Entry(JournalEntryPosted entry) => new SqlRows<JournalEntryPosted>()
        .Column(e => e.EntryId)
        .Column(e => e.LegalEntity)
        .Column(e => e.PostingDate)
        .Column(e => e.Kind)
        .Column(e => e.SourceId)
        .Column(e => e.SourceNumber)
        .Column(e => e.CustomerId)
        .Column(_ => clock.GetUtcNow())
        .Column(e => e.ValueDate)
        .Command(InsertEntry, [entry]);

    private static NpgsqlBatchCommand Lines(JournalEntryPosted entry) =>
        new SqlRows<(Contracts.JournalLine Data, int Number)>()
            .Column(_ => entry.EntryId)
            .Column(line => line.Number)
            .Column(line => line.Data.Account)
            .Column(line => line.Data.Role)
            .Column(line => line.Data.Debit.Currency)
            .Column(line => line.Data.Debit.Amount)
            .Column(line => line.Data.Credit.Amount)
            .Column(line => line.Data.BaseDebit?.Amount)
            .Column(line => line.Data.BaseCredit?.Amount)
            .Command(InsertLines, [.. entry.Lines.Select((line, index) => (line, index + 1))]);
}
