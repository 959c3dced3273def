using Npgsql;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A playbook in a list.</summary>
/// <param name="Steps">How many it has.</param>
/// <param name="DefinedAt">When it was changed last.</param>
/// <param name="DefinedBy">By whom.</param>
public sealed record PlaybookRow(
    string Code, string Name, int Steps, long Version, DateTimeOffset DefinedAt, string DefinedBy);

/// <summary>
/// Lists playbooks: all there are, which every legal entity shares, or those that customers of one go by: the usual
/// one, those of its policy's rules, and those that persons gave.
/// </summary>
public static class GetPlaybooks
{
    /// <summary>A version before the meaning of <c>none</c> let a playbook be called so; it is nobody's.</summary>
    private const string Select =
        $"""
        select p.code, p.name, p.steps, p.version, p.defined_at, p.defined_by from playbooks p
        where p.code <> '{CustomerPlaybooks.None}' and (@ruled::text[] is null or p.code = any(@ruled) or exists (
            select 1 from collectors k join customers c on c.id = k.customer_id
            where k.playbook = p.code and (k.playbook_until is null or k.playbook_until >= @today)
            and (@entities::text[] is null or c.legal_entity = any(@entities))))
        """;

    private static readonly SortOrder<PlaybookRow> Order = new SortOrder<PlaybookRow>(
            "p.code", row => row.Code)
        .By("name", "p.name", row => row.Name)
        .By("definedAt", "p.defined_at", row => row.DefinedAt);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/collections/playbooks", Handle)
        .RequireScope(Scopes.CollectionsRead)
        .Produces<Page<PlaybookRow>>()
        .WithSummary("Dunning playbooks, of all or those that a legal entity goes by");

    private static async Task<IResult> Handle(
        string? legalEntity, ListQuery query, LegalEntities entities, PolicyBook policies, NpgsqlDataSource database,
        TimeProvider clock, HttpContext http)
    {
        var (ruled, today) = ((string[]?)null, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
        if (legalEntity is not null)
        {
            if (Caller.Of(http).Deny(legalEntity) is { } denied)
                return Problems.From(denied);
            if (await entities.FindAsync(legalEntity, http.RequestAborted) is not { } entity)
                return Problems.From(Refusal.NotFound("legal entity", legalEntity));
            var policy = await policies.InForceAsync(legalEntity, http.RequestAborted);
            ruled = [policy.UsualPlaybook(), .. (policy.Playbooks ?? []).Select(rule => rule.Playbook)];
            today = clock.Today(entity.TimeZone);
        }

        return await database.ListAsync(
            http, query, Order, legalEntity, Select,
            command =>
            {
                command.AddOptional("ruled", ruled);
                command.Parameters.Add(new NpgsqlParameter<DateOnly>("today", today));
            },
            row => new PlaybookRow(
                row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetInt64(3),
                row.GetFieldValue<DateTimeOffset>(4), row.GetString(5)));
    }
}
