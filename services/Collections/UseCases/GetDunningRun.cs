using System.Text.Json;
using Npgsql;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A run in the list of runs.</summary>
/// <param name="Notices">How many notices it decided on; while it runs so far.</param>
/// <param name="ByClock">The legal entity's schedule started it, and no person.</param>
/// <param name="Status">Where it is.</param>
public sealed record DunningRunRow(
    Guid Id, string LegalEntity, DateOnly Date, string Playbook, long PlaybookVersion, DateTimeOffset At, string By,
    int Notices, bool ByClock, DunningRunStatus Status);

/// <summary>Shows the runs that were carried out and where their notices are by now.</summary>
public static class GetDunningRun
{
    private const string Select =
        """
        select r.id, r.legal_entity, r.date, r.playbook, r.playbook_version, r.at, r.by,
            case when r.under_way then (select count(*)::int from dunning_run_notices d where d.run_id = r.id)
                else coalesce(r.notice_count, jsonb_array_length(r.notices)) end,
            r.by_clock, r.under_way, r.broken_off
        from dunning_runs r
        """;

    /// <summary>
    /// Runs that were made as a whole have their notices in their own row. A notice is written anew by a later run of
    /// its day: what became of its fee is shown with the run that named it.
    /// </summary>
    private const string Notices =
        """
        select d.number, d.decided::text, n.status, f.document_id, f.document_number, f.refusal
        from (
            select p.number, p.decided, p.notice_id from dunning_run_notices p where p.run_id = @run
            union all
            select w.number::int, w.decided, (w.decided ->> 'NoticeId')::uuid
            from dunning_runs r cross join lateral jsonb_array_elements(r.notices)
                with ordinality as w (decided, number)
            where r.id = @run) d
        left join notices n on n.id = d.notice_id
        left join reminder_fees f on f.notice_id = d.notice_id and d.decided ->> 'Fee' is not null
        """;

    private static readonly SortOrder<DunningRunRow> Order = new SortOrder<DunningRunRow>(
            "r.id", row => row.Id, standard: "-date")
        .By("date", "r.date", row => row.Date)
        .By("at", "r.at", row => row.At);

    private static readonly SortOrder<RunNoticeView> NoticeOrder = new("d.number", row => row.Number);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/collections/dunning-runs/{id:guid}", Get)
            .RequireScope(Scopes.CollectionsRead)
            .Produces<DunningRunView>()
            .WithSummary("A dunning run");
        routes.MapGet("/v1/collections/dunning-runs/{id:guid}/notices", ListNotices)
            .RequireScope(Scopes.CollectionsRead)
            .Produces<Page<RunNoticeView>>()
            .WithSummary("What a dunning run decided, and where its notices are by now");
        routes.MapGet("/v1/collections/dunning-runs", List)
            .RequireScope(Scopes.CollectionsRead)
            .Produces<Page<DunningRunRow>>()
            .WithSummary("Dunning runs");
    }

    private static async Task<IResult> Get(Guid id, NpgsqlDataSource database, HttpContext http)
    {
        var (run, refusal) = await FindAsync(id, database, http);
        if (run is null)
            return Problems.From(refusal!);
        await using var command = database.CreateCommand(
            $"{Notices} order by d.number limit {DunningRunView.Shown}");
        command.Parameters.AddWithValue("run", id);
        var notices = await command.ReadAsync(Notice, http.RequestAborted);
        return Results.Json(
            new DunningRunView(
                id, run.LegalEntity, run.Date, run.Playbook, run.PlaybookVersion, notices, run.ByClock, run.Notices,
                run.Status),
            Json.Wire);
    }

    private static async Task<IResult> ListNotices(
        Guid id, ListQuery query, NpgsqlDataSource database, HttpContext http)
    {
        var (run, refusal) = await FindAsync(id, database, http);
        if (run is null)
            return Problems.From(refusal!);
        var page = NoticeOrder.For(query);
        await using var command = database.CreateCommand(
            $"{Notices} where {page.Where} order by {page.OrderBy} limit {page.Limit}");
        command.Parameters.AddWithValue("run", id);
        page.AddTo(command);
        return Listing.Result(http, page.Page(await command.ReadAsync(Notice, http.RequestAborted)));
    }

    private static async Task<(DunningRunRow? Run, Refusal? Refusal)> FindAsync(
        Guid id, NpgsqlDataSource database, HttpContext http)
    {
        await using var command = database.CreateCommand($"{Select} where r.id = $1");
        command.Parameters.AddWithValue(id);
        if ((await command.ReadAsync(Row, http.RequestAborted)).SingleOrDefault() is not { } run)
            return (null, Refusal.NotFound("dunning run", id));
        return Caller.Of(http).Deny(run.LegalEntity) is { } denied ? (null, denied) : (run, null);
    }

    private static Task<IResult> List(
        string? legalEntity, ListQuery query, NpgsqlDataSource database, HttpContext http) =>
        database.ListAsync(
            http, query, Order, legalEntity,
            $"{Select} where (@entities::text[] is null or r.legal_entity = any(@entities))", _ => { }, Row);

    private static DunningRunRow Row(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetString(3), row.GetInt64(4),
        row.GetFieldValue<DateTimeOffset>(5), row.GetString(6), row.GetInt32(7), row.GetBoolean(8),
        row.GetBoolean(9) ? DunningRunStatus.Running
            : row.GetBoolean(10) ? DunningRunStatus.BrokenOff
            : DunningRunStatus.Finished);

    private static RunNoticeView Notice(NpgsqlDataReader row) => RunNoticeView.Of(
        row.GetInt32(0), JsonSerializer.Deserialize<RunNotice>(row.GetString(1), Json.Stored)!,
        row.Text(2) is { } status ? Kebab.Parse<NoticeStatus>(status) : null) with
    {
        FeeDocumentId = row.Optional<Guid>(3),
        FeeDocument = row.Text(4),
        FeeRefusal = row.Text(5),
    };
}
