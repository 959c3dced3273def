using System.Text.Json.Serialization;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>How a legal entity collects.</summary>
/// <param name="Version">0 while the standard policy holds.</param>
public sealed record PolicyView(
    string LegalEntity, PromisePolicy Promises, PlanPolicy Plans, DisputePolicy Disputes, EscalationPolicy Escalations,
    IReadOnlyDictionary<string, ContactRules> Contact, IReadOnlyList<OverdueStateRule> OverdueStates,
    DunningSchedule? Dunning, WorklistWeights Worklist, IReadOnlyList<PlaybookRule> Playbooks,
    PayerBenchmarks Payers, long Version, IReadOnlyList<Money>? CostPerContact = null)
{
    internal static PolicyView Of(CollectionPolicyDefined policy, long version) => new(
        policy.LegalEntity, policy.Promises, policy.Plans, policy.Disputes, policy.Escalations, policy.Contact,
        policy.OverdueStates, policy.Dunning, Weights(policy),
        policy.Playbooks ?? [], policy.Payers ?? StandardPolicy.Payers, version, policy.CostPerContact);

    private static WorklistWeights Weights(CollectionPolicyDefined policy)
    {
        var weights = policy.Worklist ?? StandardPolicy.Weights;
        return weights with { RiskClasses = weights.RiskClasses ?? StandardPolicy.RiskClasses };
    }
}

/// <summary>
/// Lays down and shows how a legal entity collects. Whoever collects does not also say how often and when: that takes
/// the right to run the system.
/// </summary>
public static class DefinePolicy
{
    /// <summary>
    /// The policy as it is to be; what is left out is as in the standard policy. See <see cref="WholeDocument"/>.
    /// </summary>
    /// <param name="Contact">By country (ISO 3166 alpha-2), <c>*</c> for all others.</param>
    /// <param name="RegulationF">Countries whose rules of contact are those of Regulation F.</param>
    /// <param name="Dunning">When dunning runs start by themselves; without it people start them.</param>
    /// <param name="Worklist">What counts how much on the worklist.</param>
    /// <param name="Playbooks">Which customers go by which playbook; the first rule that is for one counts.</param>
    /// <param name="Payers">From when on and from how much on customers pay late.</param>
    /// <param name="LegalEntity">As GET shows it: that of the address.</param>
    /// <param name="Version">As GET shows it; not looked at.</param>
    /// <param name="CostPerContact">What one contact costs, at most one price per currency; without it the cost to
    /// collect does not count in recommendations.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Request(
        PromisePolicy? Promises = null, PlanPolicy? Plans = null, DisputePolicy? Disputes = null,
        EscalationPolicy? Escalations = null, IReadOnlyDictionary<string, ContactRules>? Contact = null,
        IReadOnlyList<OverdueStateRule>? OverdueStates = null, IReadOnlyList<string>? RegulationF = null,
        DunningWish? Dunning = null, WorklistWeights? Worklist = null,
        IReadOnlyList<PlaybookRule>? Playbooks = null, PayerBenchmarks? Payers = null, string? LegalEntity = null,
        long? Version = null, IReadOnlyList<Money>? CostPerContact = null);

    /// <summary>A dunning run a day that the clock starts.</summary>
    /// <param name="At">Local time of the legal entity, such as <c>08:30:00</c>.</param>
    /// <param name="WorkingDaysOnly">Not on days on which nobody works there.</param>
    /// <param name="Playbook">Code of a playbook that there is.</param>
    /// <param name="Since">As GET shows it; not looked at: the first day is given.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record DunningWish(
        TimeOnly At, bool WorkingDaysOnly = true, string Playbook = PlaybookStream.Standard, DateOnly? Since = null)
    {
        internal DunningSchedule From(DateTime local) =>
            new(At, WorkingDaysOnly, Playbook, DunningSchedule.FirstDay(local, At));
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string path = "/v1/collections/policies/{legalEntity}";
        routes.MapPut(path, Handle)
            .RequireScope(Scopes.Admin)
            .Produces<PolicyView>()
            .WithSummary("Lay down how a legal entity collects");
        routes.MapGet(path, Get)
            .RequireScope(Scopes.CollectionsRead)
            .Produces<PolicyView>()
            .WithSummary("How a legal entity collects");
        HistoryEndpoint.Map(routes, $"{path}/history", CollectionPolicyStream.Type, Scopes.CollectionsRead,
            policy => policy.Definition?.LegalEntity,
            values => CollectionPolicyStream.Id(values["legalEntity"]?.ToString() ?? ""));
    }

    private static async Task<IResult> Handle(
        string legalEntity, Request request, HttpCommand command, LegalEntities entities, PlaybookBook playbooks)
    {
        if (command.Caller.Deny(legalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        if (WholeDocument.IsOfAnother("/legalEntity", request.LegalEntity, legalEntity) is { } other)
            return await command.RefuseAsync(other);
        if (await entities.FindAsync(legalEntity, command.Cancellation) is not { } entity)
            return await command.RefuseAsync(Refusal.NotFound("legal entity", legalEntity));
        if (await UnknownPlaybookAsync(request, playbooks, command.Cancellation) is { } unknown)
            return await command.RefuseAsync(unknown);
        var local = LocalTime.Of(command.Clock.GetUtcNow(), entity.TimeZone);
        var wish = Whole(legalEntity, request) with { Dunning = request.Dunning?.From(local) };
        var (now, soon) = (command.Clock.GetUtcNow(), DateOnly.FromDateTime(local));
        return await command.DecideAsync(
            CollectionPolicyStream.Type, CollectionPolicyStream.Id(legalEntity),
            policy => CollectionPolicyDecider.Define(policy, wish),
            decided => Reply.Ok(PolicyView.Of(decided.State.Definition!, decided.Version), decided.Version),
            with: (batch, _) =>
            {
                batch.Row(ReviewQueue.RequestListed(now, legalEntity));
                if (wish.Worklist?.PreDue is { } preDue)
                    batch.Row(ReviewQueue.RequestDue(now, legalEntity, soon, soon.AddDays(preDue.Days)));
            });
    }

    private static async Task<Refusal?> UnknownPlaybookAsync(
        Request request, PlaybookBook playbooks, CancellationToken cancellation)
    {
        var named = (request.Playbooks ?? [])
            .Select((rule, at) => (Code: rule.Playbook, At: $"/playbooks/{at}/playbook"))
            .Where(rule => rule.Code != CustomerPlaybooks.None);
        if (request.Dunning is { } dunning)
            named = named.Prepend((dunning.Playbook, "/dunning/playbook"));
        foreach (var (code, at) in named.DistinctBy(one => one.Code))
        {
            if (await playbooks.FindAsync(code, cancellation) is null)
                return PlaybookRefusals.Unknown(code, at);
        }

        return null;
    }

    private static CollectionPolicyDefined Whole(string legalEntity, Request request)
    {
        var standard = StandardPolicy.For(legalEntity);
        var contact = new Dictionary<string, ContactRules>(request.Contact ?? standard.Contact, StringComparer.Ordinal);
        foreach (var country in request.RegulationF ?? [])
            contact[country] = StandardPolicy.RegulationF;
        return new CollectionPolicyDefined(
            legalEntity, request.Promises ?? standard.Promises, request.Plans ?? standard.Plans,
            request.Disputes ?? standard.Disputes, request.Escalations ?? standard.Escalations, contact,
            request.OverdueStates ?? standard.OverdueStates, Worklist: request.Worklist ?? standard.Worklist,
            Playbooks: request.Playbooks is { Count: > 0 } rules ? rules : null,
            Payers: request.Payers ?? standard.Payers, CostPerContact: request.CostPerContact);
    }

    private static async Task<IResult> Get(
        string legalEntity, PolicyBook policies, EventSourcing.EventStore store, LegalEntities entities,
        HttpContext http)
    {
        if (Caller.Of(http).Deny(legalEntity) is { } denied)
            return Problems.From(denied);
        if (await entities.FindAsync(legalEntity, http.RequestAborted) is null)
            return Problems.From(Refusal.NotFound("legal entity", legalEntity));
        var (_, version) = await store.LoadAsync(
            CollectionPolicyStream.Type, CollectionPolicyStream.Id(legalEntity), http.RequestAborted);
        return Reply.Ok(
            PolicyView.Of(await policies.InForceAsync(legalEntity, http.RequestAborted), version), version);
    }
}
