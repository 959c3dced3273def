using MassTransit;
using Npgsql;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Books what collection agencies earn (COL-20): a cost, and owed to the agency until whoever pays it clears that in
/// the general ledger. Collections tells all that a placement has earned so far, so an entry is what that differs from
/// what is in the books already, turned round where it is less; an older word after a newer one books nothing. It is of
/// the day at the legal entity of the word that it was heard by, or of the next open one, and is kept with the entries
/// that cash application posts: where a newer word is heard first, what the older one told of is of its day.
/// A placement stays on the accounts that it was booked on first, and in another currency than the books' it has one
/// rate, as a receipt has, so that what is taken back comes to nothing, but for cents of rounding.
/// </summary>
public sealed class AgencyCommissionsConsumer(Inbox inbox, EventSourcing.EventStore store, TimeProvider clock)
    : IConsumer<AgencyPlacementChanged>
{
    public const string Queue = "invoicing-agency-commissions";

    private const string Book =
        $"""
        with told as (
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as t (
                placement_id, entity, customer, agency, currency, commission, version, entry_id, day, at, costs, owed)),
        booked as (
            insert into agency_commissions as c (placement_id, legal_entity, currency, booked, change, version)
            select placement_id, entity, currency, commission, commission, version from told
            on conflict (placement_id) do update set booked = excluded.booked, change = excluded.booked - c.booked,
                version = excluded.version
            where excluded.version > c.version
            returning placement_id, change),
        entries as (
            insert into received_journal_entries (entry_id, legal_entity, posting_date, kind, source_id, source_number,
                customer_id, recorded_at, dated, value_date)
            select t.entry_id, t.entity, o.day, '{PostingKinds.AgencyCommission}', t.placement_id, t.agency,
                t.customer, recorded_from(t.at), nullif(t.day, o.day), t.day
            from told t join booked b on b.placement_id = t.placement_id
            cross join lateral open_posting_day(t.entity, t.day) as o (day)
            where b.change <> 0
            returning entry_id)
        insert into received_journal_lines (entry_id, line, account, role, currency, debit, credit)
        select t.entry_id, l.line, l.account, l.role, t.currency, greatest(l.amount, 0), greatest(-l.amount, 0)
        from told t join entries e on e.entry_id = t.entry_id join booked b on b.placement_id = t.placement_id
        cross join lateral (values (1, t.costs, '{AccountRoles.CollectionCosts}', b.change),
            (2, t.owed, '{AccountRoles.AgencyCommissions}', -b.change)) as n (line, account, role, amount)
        cross join lateral (select n.line, n.role, n.amount, coalesce((
            select p.account from received_journal_entries f
            join received_journal_lines p on p.entry_id = f.entry_id and p.role = n.role
            where f.source_id = t.placement_id and f.legal_entity = t.entity
                and f.kind = '{PostingKinds.AgencyCommission}'
            order by f.recorded_at, f.entry_id limit 1), n.account) as account) l
        """;

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<AgencyPlacementChanged> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var told = context.Message;
        var (entity, _) = await store.LoadAsync(
            LegalEntityStream.Type, LegalEntityStream.Id(told.LegalEntity), context.CancellationToken);
        if (entity.Definition is not { } books)
            throw new MessageRefusedException($"There is no legal entity {told.LegalEntity}.");
        var entryId = EntryId(told.PlacementId, context.StreamVersion());
        NpgsqlBatchCommand[] translation = told.Commission.Currency == books.BaseCurrency ? []
            : [RateTable.TranslateReceived(told.LegalEntity, Currency.Of(books.BaseCurrency), entryId)];
        await inbox.WriteAsync(
            context, RateTable.OfSource.Keys(told.PlacementId), [Entry(context, entryId, books), .. translation]);
    }

    private static Guid EntryId(Guid placementId, long version) =>
        Ids.From("agency-commission", placementId.ToString("D"), FormattableString.Invariant($"{version}"));

    private NpgsqlBatchCommand Entry(
        ConsumeContext<AgencyPlacementChanged> context, Guid entryId, LegalEntityDefined books)
    {
        var (version, day) = (context.StreamVersion(), context.HappenedAt().DateIn(books.TimeZone));
        return new SqlRows<AgencyPlacementChanged>()
            .Column(told => told.PlacementId)
            .Column(told => told.LegalEntity)
            .Column(told => told.CustomerId)
            .Column(told => told.Agency)
            .Column(told => told.Commission.Currency)
            .Column(told => told.Commission.ToMoney().Amount)
            .Column(_ => version)
            .Column(_ => entryId)
            .Column(_ => day)
            .Column(_ => clock.GetUtcNow())
            .Column(_ => books.Accounts.Other.CollectionCosts)
            .Column(_ => books.Accounts.Other.AgencyCommissions)
            .Command(Book, [context.Message]);
    }
}
