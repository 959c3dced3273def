using OrderToCash.Approvals;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Scoring;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>An account is to be held.</summary>
/// <param name="Code"><c>manual</c>, <c>legal</c>, <c>bankruptcy</c>, <c>fraud</c>, <c>sanctions</c> or
/// <c>ownership-change</c>; what the policy does with each differs.</param>
/// <param name="Reason">Why; kept with the hold, and shown to whoever's order waits.</param>
/// <param name="Until">Last day it holds; until it is let go when null.</param>
public sealed record PlaceHoldRequest(string Code, string Reason, DateOnly? Until = null);

/// <summary>
/// <c>POST /v1/credit/accounts/{customerId}/holds</c>: a person holds the account; <c>…/holds/{holdId}/release</c>
/// lets a hold go, one that a rule placed as well: the rule is quiet until a day, or until its cause has gone once.
/// </summary>
public static class PlaceHold
{
    /// <summary>A hold is to be let go.</summary>
    /// <param name="Reason">Why; kept with the event.</param>
    /// <param name="Until">Of a rule's hold: the last day on which the rule places no other, at most 366 days ahead.
    /// The policy's when null. Never of what a bureau found and declines orders.</param>
    public sealed record ReleaseRequest(string Reason, DateOnly? Until = null);

    /// <summary>What is carried out once it is approved; it only ever gains optional fields.</summary>
    /// <param name="CustomerId">The customer.</param>
    /// <param name="HoldId">The hold.</param>
    /// <param name="Until">Up to which day its rule is to be quiet; the policy's when null.</param>
    /// <param name="AsOf">Version of the account when it was asked for: a hold that was placed later is another one.
    /// Null where it was asked for before that was kept.</param>
    public sealed record ReleaseWish(Guid CustomerId, Guid HoldId, DateOnly? Until = null, long? AsOf = null);

    /// <summary>Lets the hold go that was approved, if it is still that one and those may approve it who did, by all
    /// that is at stake by now and the class of the day.</summary>
    public static async Task<Plan> CarryOutAsync(
        ReleaseWish wish, ApprovalGrant grant, CancellationToken cancellation)
    {
        var store = grant.Services.GetRequiredService<EventStore>();
        var (account, version) = await store.LoadAsync(CreditAccountStream.Type, wish.CustomerId, cancellation);
        var facts = (await grant.Services.GetRequiredService<DecisionBooks>().FactsAsync(cancellation))(account);
        if (account.Holds.GetValueOrDefault(wish.HoldId) is { } hold)
        {
            if (wish.AsOf is { } asOf && await HoldHistory.IsPlacedAfterAsync(
                store.Database, wish.CustomerId, wish.HoldId, asOf, cancellation))
                return CreditRefusals.HoldOutdated();
            var (stake, risk) = await AtStakeAsync(hold, account, facts, store, cancellation);
            if (!await grant.Services.GetRequiredService<ApprovalGate>().MayStillApproveAsync(
                grant.Requested, stake, risk, facts.Policy.Policy.Scorecard, cancellation))
                return CreditRefusals.HoldAboveApproval(stake, risk);
        }

        return Release(wish, account, version, grant.Metadata, facts, grant.ApprovalId);
    }

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/credit/accounts/{customerId}/holds", PlaceAsync)
            .RequireScope(Scopes.CreditWrite)
            .Produces<HoldPlaced>(StatusCodes.Status201Created)
            .WithSummary("Hold an account");
        routes.MapPost("/v1/credit/accounts/{customerId}/holds/{holdId}/release", ReleaseAsync)
            .RequireScope(Scopes.CreditWrite)
            .Produces<CreditAccountView>()
            .Produces<ApprovalView>(StatusCodes.Status202Accepted)
            .WithSummary("Let a hold go");
    }

    private static async Task<IResult> PlaceAsync(
        Guid customerId, PlaceHoldRequest request, HttpCommand command, DecisionBooks books)
    {
        if (new Validation()
            .Required("/reason", request.Reason, max: 500)
            .Check(HoldDecider.ByHand.Contains(request.Code), "/code",
                $"is none of {string.Join(", ", HoldDecider.ByHand)}").Problem is { } problem)
            return problem;
        var facts = await books.FactsAsync(command.Cancellation);
        var hold = new HoldPlaced(
            Ids.Next(command.Clock), request.Code, request.Reason.Trim(), ByRule: false, request.Until);
        return await command.DecideAsync(
            CreditAccountStream.Type, customerId,
            account => CreditAccountAccess.Deny(customerId, account, command.Caller)
                ?? HoldDecider.Place(account, hold, facts(account).Today),
            decided => Reply.Created($"/v1/credit/accounts/{customerId}", hold, decided.Version),
            reason: request.Reason);
    }

    private static async Task<IResult> ReleaseAsync(
        Guid customerId, Guid holdId, ReleaseRequest request, HttpCommand command, DecisionBooks books,
        ApprovalGate gate)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        return await command.CommitAsync(async cancellation =>
        {
            var (account, version) = await command.Store.LoadAsync(CreditAccountStream.Type, customerId, cancellation);
            if (CreditAccountAccess.Deny(customerId, account, command.Caller) is { } denied)
                return denied;
            command.Expect(version);
            var wish = new ReleaseWish(customerId, holdId, request.Until, version);
            var facts = (await books.FactsAsync(cancellation))(account);
            var plan = Release(wish, account, version, command.Metadata(request.Reason), facts);
            if (account.Holds.GetValueOrDefault(holdId) is not { } hold
                || HoldDecider.Release(account, holdId, request.Until, facts).IsRefused)
                return plan;
            var (stake, risk) = await AtStakeAsync(hold, account, facts, command.Store, cancellation);
            return await gate.PassAsync(
                command,
                new ApprovalWish<ReleaseWish>(
                    ApprovalKinds.HoldRelease, account.Opened!.LegalEntity, stake,
                    $"Hold {hold.Code} of {account.Customer?.Name ?? account.Opened.Name}: {hold.Detail}" +
                    (request.Until is { } until ? $" Quiet until {until:yyyy-MM-dd}." : ""), wish, request.Reason,
                    RiskClass: risk),
                plan);
        });
    }

    /// <summary>
    /// What counts of the account, in the base currency, or of the customer that it was merged into, for whom the hold
    /// stands, too, and the worse class of the two. Fraud and sanctions are no matter of what is owed yet: a hold that
    /// declines orders takes the highest band of the matrix, as an order does that a rule declines, and so does what
    /// nobody knows the worth of.
    /// </summary>
    private static async Task<(Money Stake, string? RiskClass)> AtStakeAsync(
        HoldPlaced hold, CreditAccount account, DecisionFacts facts, EventStore store, CancellationToken cancellation)
    {
        var survivor = account.Customer?.MergedInto is { } survivorId
            ? (await store.LoadAsync(CreditAccountStream.Type, survivorId, cancellation)).State
            : null;
        var risk = survivor?.Risk?.RiskClass is { } theirs
            && (account.Risk?.RiskClass is not { } own
                || Scorecard.IsWorse(facts.Policy.Policy.Scorecard, own, theirs))
            ? theirs
            : account.Risk?.RiskClass;
        if (facts.Policy.Policy.Holds.Declining.Contains(hold.Code))
            return (DecisionFacts.AboveAllBands(facts.Rates.Base), risk);
        var counted = Counted(account, facts);
        return (survivor?.Opened is null ? counted : Money.Max(counted, Counted(survivor, facts)), risk);
    }

    private static Money Counted(CreditAccount account, DecisionFacts facts) =>
        CreditPosition.Of(account, facts) is { Unknown.Count: 0 } known
            ? facts.InBase(known.Counted)
            : DecisionFacts.AboveAllBands(facts.Rates.Base);

    private static Plan Release(
        ReleaseWish wish, CreditAccount account, long version, EventMetadata metadata, DecisionFacts facts,
        Guid? approvalId = null)
    {
        var decision = HoldDecider.Release(account, wish.HoldId, wish.Until, facts, approvalId);
        if (decision.Refusal is { } refusal)
            return refusal;
        var events = decision.Events;
        var after = version + events.Count;
        return Plan.Write(
            new WriteBatch(metadata).Append(CreditAccountStream.Type, wish.CustomerId, version, events),
            Reply.Ok(
                CreditAccountView.Of(
                    wish.CustomerId, events.Aggregate(account, CreditAccount.Evolve), after, facts), after));
    }
}
