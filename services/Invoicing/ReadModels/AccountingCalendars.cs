using System.Collections.Frozen;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Which days of each legal entity still take postings.</summary>
public sealed class AccountingCalendarsProjection : Projection
{
    private const string Upsert =
        "insert into accounting_calendars as c (legal_entity, closed_through, soft_closed_through, adjusting_roles, " +
        "version) ";

    public AccountingCalendarsProjection()
        : base("accounting_calendars", "accounting_calendars")
    {
        On<PeriodSoftClosed>(
            Upsert +
            "select e.entity, null, e.day, array(select jsonb_array_elements_text(e.roles)), e.version " +
            "from unnest($1, $2, $3, $4) as e (entity, day, roles, version) on conflict (legal_entity) do update set " +
            "soft_closed_through = excluded.soft_closed_through, adjusting_roles = excluded.adjusting_roles, " +
            "version = excluded.version",
            rows => rows
                .Column(e => e.Data.LegalEntity)
                .Column(e => Period.Parse(e.Data.Period).LastDay)
                .JsonColumn(e => System.Text.Json.JsonSerializer.Serialize(e.Data.AdjustingRoles))
                .Column(e => e.Version));
        On<PeriodClosed>(
            Upsert +
            "select e.entity, e.day, null, '{}', e.version from unnest($1, $2, $3) as e (entity, day, version) " +
            "on conflict (legal_entity) do update set closed_through = excluded.closed_through, " +
            "version = excluded.version",
            rows => rows
                .Column(e => e.Data.LegalEntity)
                .Column(e => Period.Parse(e.Data.Period).LastDay)
                .Column(e => e.Version));
        On<PeriodReopened>(
            "update accounting_calendars set " +
            "closed_through = case when closed_through > e.day then e.day else closed_through end, " +
            "soft_closed_through = case when soft_closed_through > e.day then e.day else soft_closed_through end, " +
            "version = e.version " +
            "from unnest($1, $2, $3) as e (entity, day, version) where legal_entity = e.entity",
            rows => rows
                .Column(e => e.Data.LegalEntity)
                .Column(e => Period.Parse(e.Data.Period).FirstDay.AddDays(-1))
                .Column(e => e.Version));
    }

    /// <summary>
    /// No event is posted into a closed period, whichever way it comes: checked in the transaction of its append.
    /// </summary>
    public static NpgsqlBatchCommand? CheckPostingDays(IReadOnlyList<StoredEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var days = events.Select(Posting.Of).OfType<Posting>()
            .Select(posting => (posting.LegalEntity, posting.Entry.PostingDate, posting.Entry.Adjusting))
            .Distinct().OrderBy(day => day.LegalEntity, StringComparer.Ordinal).ToList();
        return days.Count == 0 ? null : PostingDays.Command("select check_posting_days($1, $2, $3)", days);
    }

    private static readonly SqlRows<(string LegalEntity, DateOnly Day, bool Adjusting)> PostingDays =
        new SqlRows<(string LegalEntity, DateOnly Day, bool Adjusting)>()
            .Column(day => day.LegalEntity)
            .Column(day => day.Day)
            .Column(day => day.Adjusting);
}

/// <summary>
/// The accounting calendars as this process knows them, to decide on. Never trusted alone: a write into a closed period
/// is turned away, and whoever decided refreshes and decides anew.
/// </summary>
public sealed class AccountingCalendars(EventStore store, TimeProvider clock)
{
    private const string Select =
        "select e.code, e.base_currency, c.closed_through, c.soft_closed_through, c.adjusting_roles " +
        "from legal_entities e left join accounting_calendars c on c.legal_entity = e.code";

    private FrozenDictionary<string, (string BaseCurrency, AccountingCalendar Calendar)> _known =
        FrozenDictionary<string, (string BaseCurrency, AccountingCalendar Calendar)>.Empty;

    private long? _readAt;

    /// <summary>The calendar of a legal entity; an open one where nothing was ever closed.</summary>
    public AccountingCalendar Of(string legalEntity) =>
        _known.TryGetValue(legalEntity, out var known) ? known.Calendar : AccountingCalendar.Initial;

    /// <summary>False when the books of the legal entity are known to be in this currency.</summary>
    public bool MayBeForeign(string legalEntity, string currency) =>
        !_known.TryGetValue(legalEntity, out var known) || known.BaseCurrency != currency;

    /// <summary>The currency of a legal entity's books, or null where the entity is not known.</summary>
    public Currency? BaseCurrencyOf(string legalEntity) =>
        _known.TryGetValue(legalEntity, out var known) ? Currency.Of(known.BaseCurrency) : null;

    /// <summary>What a posting of this legal entity must know, as of now.</summary>
    public PostingContext Context(string legalEntity) => new(clock.GetUtcNow(), Of(legalEntity));

    /// <summary>The same for a person, who may have chosen the day.</summary>
    public PostingContext Context(string legalEntity, Caller caller, DateOnly? wanted = null)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return new PostingContext(clock.GetUtcNow(), Of(legalEntity).For(caller.Roles), wanted);
    }

    /// <summary>Reads them anew, where they were not read within the last <paramref name="age"/>.</summary>
    public async Task RefreshAsync(TimeSpan age, CancellationToken cancellation)
    {
        if (_readAt is not { } readAt || clock.GetElapsedTime(readAt) > age)
            await RefreshAsync(cancellation);
    }

    /// <summary>Reads them anew; there are as many as legal entities.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        var readAt = clock.GetTimestamp();
        await using var command = store.Database.CreateCommand(Select);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var read = new Dictionary<string, (string, AccountingCalendar)>();
        while (await reader.ReadAsync(cancellation))
            read[reader.GetString(0)] = (reader.GetString(1), Read(reader, 2));
        _known = read.ToFrozenDictionary();
        _readAt = readAt;
    }

    /// <summary>The calendar in three columns of a row, beginning with this one.</summary>
    internal static AccountingCalendar Read(NpgsqlDataReader reader, int first) => new()
    {
        ClosedThrough = reader.IsDBNull(first) ? null : reader.GetFieldValue<DateOnly>(first),
        SoftClosedThrough = reader.IsDBNull(first + 1) ? null : reader.GetFieldValue<DateOnly>(first + 1),
        AdjustingRoles = reader.IsDBNull(first + 2) ? [] : [.. reader.GetFieldValue<string[]>(first + 2)],
    };
}
