using System.Text.Json;
using Npgsql;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A run in the list of runs.</summary>
/// <param name="ByClock">The legal entity's schedule started it, and no person.</param>
public sealed record DunningRunRow(
    Guid Id, string LegalEntity, DateOnly Date, string Playbook, long PlaybookVersion, DateTimeOffset At, string By,
    int Notices, bool ByClock);

/// <summary>Shows the runs that were carried out and where their notices are by now.</summary>
public static class GetDunningRun
{
    private static readonly SortOrder<DunningRunRow> Order = new SortOrder<DunningRunRow>(
            "r.id", row => row.Id, standard: "-date")
        .By("date", "r.date", row => row.Date)
        .By("at", "r.at", row => row.At);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/collections/dunning-runs/{id:guid}", Get)
            .RequireScope(Scopes.CollectionsRead)
            .Produces<DunningRunView>()
            .WithSummary("A dunning run");
        routes.MapGet("/v1/collections/dunning-runs", List)
            .RequireScope(Scopes.CollectionsRead)
            .Produces<Page<DunningRunRow>>()
            .WithSummary("Dunning runs");
    }

    private static async Task<IResult> Get(Guid id, NpgsqlDataSource database, HttpContext http)
    {
        await using var command = database.CreateCommand(
            "select legal_entity, date, playbook, playbook_version, notices::text, by_clock from dunning_runs " +
            "where id = $1");
        command.Parameters.AddWithValue(id);
        var run = (await command.ReadAsync(
            row => new DunningRunDone(id, row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetString(2),
                row.GetInt64(3),
                JsonSerializer.Deserialize<IReadOnlyList<RunNotice>>(row.GetString(4), Json.Stored)!,
                row.GetBoolean(5)),
            http.RequestAborted)).SingleOrDefault();
        if (run is null)
            return Problems.From(Refusal.NotFound("dunning run", id));
        if (Caller.Of(http).Deny(run.LegalEntity) is { } denied)
            return Problems.From(denied);
        var status = await StatusAsync(database, run.Notices, http.RequestAborted);
        return Results.Json(
            new DunningRunView(id, run.LegalEntity, run.Date, run.Playbook, run.PlaybookVersion,
                [.. run.Notices.Select(notice => RunNoticeView.Of(
                    notice, notice.NoticeId is { } noticeId ? status.GetValueOrDefault(noticeId) : null))],
                run.ByClock),
            Json.Wire);
    }

    private static async Task<Dictionary<Guid, NoticeStatus>> StatusAsync(
        NpgsqlDataSource database, IEnumerable<RunNotice> notices, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select id, status from notices where id = any($1)");
        command.Parameters.AddWithValue(notices.Select(notice => notice.NoticeId).OfType<Guid>().ToArray());
        var rows = await command.ReadAsync(
            row => (Id: row.GetGuid(0), Status: Enum.Parse<NoticeStatus>(row.GetString(1), ignoreCase: true)),
            cancellation);
        return rows.ToDictionary(row => row.Id, row => row.Status);
    }

    private static Task<IResult> List(
        string? legalEntity, ListQuery query, NpgsqlDataSource database, HttpContext http) =>
        database.ListAsync(
            http, query, Order, legalEntity,
            "select r.id, r.legal_entity, r.date, r.playbook, r.playbook_version, r.at, r.by, " +
            "jsonb_array_length(r.notices), r.by_clock " +
            "from dunning_runs r where (@entities::text[] is null or r.legal_entity = any(@entities))",
            _ => { },
            row => new DunningRunRow(row.GetGuid(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetString(3),
                row.GetInt64(4), row.GetFieldValue<DateTimeOffset>(5), row.GetString(6), row.GetInt32(7),
                row.GetBoolean(8)));
}
