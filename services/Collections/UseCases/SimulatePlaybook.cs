using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>What a playbook and its change would have done over a time.</summary>
/// <param name="Current">The playbook as it is.</param>
/// <param name="Proposed">As it would be.</param>
/// <param name="Differing">Customers that would have got something else.</param>
/// <param name="Differences">The first 500 of them.</param>
/// <param name="Next">Where the simulation with the other customers begins (<c>after</c>), whose sums come to these;
/// null where there are none.</param>
public sealed record SimulationView(
    string LegalEntity, string Playbook, DateOnly From, DateOnly To, SimulatedSum Current, SimulatedSum Proposed,
    int Differing, IReadOnlyList<SimulatedDifference> Differences, Guid? Next = null);

/// <summary>What one playbook comes to.</summary>
/// <param name="Notices">All notices and steps that are no writing.</param>
/// <param name="Customers">Customers with any.</param>
/// <param name="BySteps">How many of each step.</param>
public sealed record SimulatedSum(int Notices, int Customers, IReadOnlyDictionary<string, int> BySteps);

/// <summary>A customer that would have got something else.</summary>
public sealed record SimulatedDifference(
    Guid CustomerId, string CustomerName, IReadOnlyList<SimulatedNotice> Current,
    IReadOnlyList<SimulatedNotice> Proposed);

/// <summary>
/// Plays a change of a playbook over a past time, last month without one, and shows who would have got something else:
/// of the customers that go by it, by the rules as they are, and where the legal entity has no rules of all. Writes and
/// sends nothing.
/// </summary>
public static class SimulatePlaybook
{
    private const int MostDays = 92;
    private const int MostShown = 500;

    /// <summary>What to play.</summary>
    /// <param name="LegalEntity">Whose receivables.</param>
    /// <param name="Playbook">The playbook as it would be.</param>
    /// <param name="From">First day; the first of last month without it.</param>
    /// <param name="To">Last day, before today; the last of that month without it.</param>
    /// <param name="After">A simulation is of 5,000 customers at most; this is the <c>next</c> of the one before.
    /// </param>
    public sealed record Request(
        string LegalEntity, DefinePlaybook.Request Playbook, DateOnly? From = null, DateOnly? To = null,
        Guid? After = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/collections/playbooks/{code}/simulations", Handle)
        .RequireScope(Scopes.CollectionsRead)
        .Produces<SimulationView>()
        .WithSummary("Play a change of a playbook over last month");

    private static async Task<IResult> Handle(
        string code, Request request, Caller caller, EventSourcing.EventStore store, LegalEntities entities,
        PolicyBook policies, SimulationReader reader, TimeProvider clock, CancellationToken cancellation)
    {
        if (caller.Deny(request.LegalEntity) is { } denied)
            return Problems.From(denied);
        if (await entities.FindAsync(request.LegalEntity, cancellation) is not { } entity)
            return Problems.From(DunningRefusals.UnknownLegalEntity(request.LegalEntity));
        var (playbook, _) = await store.LoadAsync(PlaybookStream.Type, PlaybookStream.Id(code), cancellation);
        if (playbook.Definition is not { } current)
            return Problems.From(Refusal.NotFound("playbook", code));
        var proposed = request.Playbook.As(code);
        if (PlaybookDecider.Define(Playbook.Initial, proposed).Refusal is { } refusal)
            return Problems.From(refusal with { Field = $"/playbook{refusal.Field}" });
        var today = clock.Today(entity.TimeZone);
        var from = request.From ?? new DateOnly(today.Year, today.Month, 1).AddMonths(-1);
        var to = request.To ?? new DateOnly(from.Year, from.Month, DateTime.DaysInMonth(from.Year, from.Month));
        if (from > to || to >= today || to.DayNumber - from.DayNumber >= MostDays)
            return Problems.Malformed("bad-range", "/from", $"A time has 1 to {MostDays} days, all of them past.");
        var (customers, items, next) = await reader.ReadAsync(
            entity, from, to, request.After ?? Guid.Empty, cancellation);
        var policy = await policies.InForceAsync(entity.Code, cancellation);
        var view = View(
            (entity.Code, code, from, to), customers,
            PlaybookSimulation.Run(from, to, Among(policy, current), customers, items),
            PlaybookSimulation.Run(from, to, Among(policy, proposed), customers, items));
        return Results.Json(view with { Next = next }, Json.Wire);
    }

    /// <summary>The playbook among those that customers go by.</summary>
    private static CustomerPlaybooks Among(CollectionPolicyDefined policy, PlaybookDefined playbook) =>
        CustomerPlaybooks.Only(playbook) with
        {
            Rules = policy.Playbooks ?? [],
            Usual = policy.Playbooks is { Count: > 0 } ? policy.UsualPlaybook() : playbook.Code,
        };

    private static SimulationView View(
        (string Entity, string Code, DateOnly From, DateOnly To) asked, IReadOnlyList<CustomerPast> customers,
        IReadOnlyList<SimulatedNotice> current, IReadOnlyList<SimulatedNotice> proposed)
    {
        var (now, then) = (current.ToLookup(one => one.CustomerId), proposed.ToLookup(one => one.CustomerId));
        var differing = customers.Select(customer => customer.Facts)
            .Where(customer => !now[customer.CustomerId].SequenceEqual(then[customer.CustomerId]))
            .ToList();
        return new SimulationView(
            asked.Entity, asked.Code, asked.From, asked.To, Sum(current), Sum(proposed), differing.Count,
            [
                .. differing.OrderBy(customer => customer.Name, StringComparer.Ordinal).Take(MostShown)
                    .Select(customer => new SimulatedDifference(
                        customer.CustomerId, customer.Name, [.. now[customer.CustomerId]],
                        [.. then[customer.CustomerId]])),
            ]);
    }

    private static SimulatedSum Sum(IReadOnlyList<SimulatedNotice> notices) => new(
        notices.Count, notices.Select(notice => notice.CustomerId).Distinct().Count(),
        notices.GroupBy(notice => notice.Step).ToDictionary(group => group.Key, group => group.Count()));
}
