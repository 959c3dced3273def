using OrderToCash.Approvals;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.TermsRequests;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>A request for terms as callers see it.</summary>
public sealed record TermsRequestView(
    Guid Id, TermsStatus Status, Guid CustomerId, string CustomerName, string LegalEntity, string AgreedTerms,
    string? RiskClass, TermsWish Wish, TermsCost Cost, string RequestedBy, TermsWish? CounterOffer,
    TermsCost? CounterOfferCost, bool OfferIsAccepted, TermsWish? Agreed, Guid? ApprovalId, Money? Billed, long Version)
{
    /// <summary>The view of a request.</summary>
    public static TermsRequestView Of(Guid id, TermsRequest request, long version)
    {
        var asked = request.Requested!;
        return new TermsRequestView(
            id, request.Status, asked.CustomerId, asked.CustomerName, asked.LegalEntity, asked.AgreedTerms,
            asked.RiskClass, asked.Wish, asked.Cost, asked.RequestedBy, request.Offer?.Offer, request.Offer?.Cost,
            request.OfferIsAccepted, request.Agreed, request.ApprovalId, asked.Billed, version);
    }
}

/// <summary>
/// <c>POST /v1/credit/terms-requests</c>: non-standard terms, or another way of billing, with what they cost. A
/// reviewer approves (within authority, else up the matrix), offers something else, or rejects; what is approved
/// reaches Invoicing.
/// </summary>
public static class RequestTerms
{
    private const string One = "/v1/credit/terms-requests/{id:guid}";

    /// <summary>What is asked for.</summary>
    /// <param name="CustomerId">For whom.</param>
    /// <param name="Terms">Payment terms; those it has where only billing is to change.</param>
    /// <param name="AnnualBilling">What is billed in a year under them.</param>
    /// <param name="Reason">Why; kept with the request.</param>
    /// <param name="BillingSchedule">Another way of billing, in words.</param>
    /// <param name="BillingPlan">The same as a plan, which Invoicing can set up; null for words alone.</param>
    public sealed record Request(
        Guid CustomerId, string Terms, Money AnnualBilling, string Reason, string? BillingSchedule = null,
        BillingPlan? BillingPlan = null);

    /// <summary>What is offered instead.</summary>
    public sealed record OfferRequest(
        string Terms, string Reason, string? BillingSchedule = null, BillingPlan? BillingPlan = null);

    /// <summary>What is carried out once it is approved; it only ever gains optional fields.</summary>
    /// <param name="RequestId">The request; empty where a case grants the terms.</param>
    /// <param name="Case">What the case grants; null for a request.</param>
    public sealed record Wish(Guid RequestId, LimitChange? Case = null);

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/credit/terms-requests", SubmitAsync)
            .RequireScope(Scopes.CreditWrite).Produces<TermsRequestView>(StatusCodes.Status201Created)
            .WithSummary("Ask for other payment terms or another way of billing");
        routes.MapPost($"{One}/approve", ApproveAsync)
            .RequireScope(Scopes.CreditWrite).Produces<TermsRequestView>()
            .Produces<TermsRequestView>(StatusCodes.Status202Accepted)
            .WithSummary("Agree to what is asked for, or to the accepted offer");
        routes.MapPost($"{One}/counter-offer", OfferAsync)
            .RequireScope(Scopes.CreditWrite).Produces<TermsRequestView>().WithSummary("Offer something else");
        routes.MapPost($"{One}/accept", (Guid id, HttpCommand command) => DecideAsync(
                command, id, null, TermsDecider.Accept))
            .RequireScope(Scopes.CreditWrite).Produces<TermsRequestView>().WithSummary("Accept the counter-offer");
        routes.MapPost($"{One}/reject", (Guid id, OrderReasonRequest request, HttpCommand command) =>
                WithReason(request, () => DecideAsync(
                    command, id, request.Reason, state => TermsDecider.Reject(state, command.Caller.Subject))))
            .RequireScope(Scopes.CreditWrite).Produces<TermsRequestView>().WithSummary("Do not agree");
        routes.MapPost($"{One}/withdraw", (Guid id, OrderReasonRequest request, HttpCommand command) =>
                WithReason(request, () => DecideAsync(command, id, request.Reason, TermsDecider.Withdraw)))
            .RequireScope(Scopes.CreditWrite).Produces<TermsRequestView>().WithSummary("Nobody asks any more");
    }

    /// <summary>
    /// Agrees to what was approved, if the customer still has the terms it had when it asked, and those may approve it
    /// who did: by its class, its billing and the policy of today.
    /// </summary>
    public static async Task<Plan> CarryOutAsync(Wish wish, ApprovalGrant grant, CancellationToken cancellation)
    {
        if (wish.Case is { } change)
            return await LimitChanges.CarryOutAsync(change, grant, cancellation);
        var store = grant.Services.GetRequiredService<EventStore>();
        var (request, version) = await store.LoadAsync(TermsStream.Type, wish.RequestId, cancellation);
        var decision = TermsDecider.Grant(request, grant.ApprovalId);
        if (decision.Refusal is { } refusal)
            return refusal;
        var now = await JudgeAsync(request, grant.Services, cancellation);
        if (now.Moved is { } moved)
            return moved;
        var required = await grant.Services.GetRequiredService<ApprovalGate>().RequiredAsync(
            grant.Requested.Kind, grant.Requested.LegalEntity, now.Band, new HashSet<string>(), cancellation,
            now.RiskClass);
        return required.IsMoreThan(grant.Requested)
            ? CreditRefusals.TermsAboveApproval(now.RiskClass, now.Billing)
            : Write(wish.RequestId, request, version, now.AccountVersion, decision, grant.Metadata);
    }

    /// <summary>What was not approved is the reviewer's again.</summary>
    public static async Task EndAsync(Wish wish, ApprovalEnd end, WriteBatch batch, CancellationToken cancellation)
    {
        if (wish.Case is { } change)
        {
            await LimitChanges.EndAsync(change, end, batch, cancellation);
            return;
        }

        var store = end.Services.GetRequiredService<EventStore>();
        var (request, version) = await store.LoadAsync(TermsStream.Type, wish.RequestId, cancellation);
        batch.Append(TermsStream.Type, wish.RequestId, version, TermsDecider.SendBack(
            request, end.ApprovalId, end.Status.ToString().ToLowerInvariant()).Events);
    }

    private static async Task<IResult> SubmitAsync(
        Request request, HttpCommand command, DecisionBooks books, FactsReader reader)
    {
        if (new Validation()
            .Required("/terms", request.Terms, max: 100)
            .Required("/reason", request.Reason, max: 500)
            .Optional("/billingSchedule", request.BillingSchedule, max: 1000)
            .Check(!request.AnnualBilling.IsNegative, "/annualBilling", "is below zero").Problem is { } problem)
            return problem;
        return await command.CommitAsync(async cancellation =>
        {
            var (account, _) = await command.Store.LoadAsync(
                CreditAccountStream.Type, request.CustomerId, cancellation);
            if (CreditAccountAccess.Deny(request.CustomerId, account, command.Caller) is { } denied)
                return denied;
            if (account.Customer is not { } customer)
                return CreditRefusals.NoAccount(request.CustomerId);
            var facts = (await books.FactsAsync(cancellation))(account);
            var wish = new TermsWish(
                request.Terms.Trim().ToUpperInvariant(), request.BillingSchedule, request.AnnualBilling,
                request.BillingPlan);
            var billing = TermsDecider.Larger(
                wish.AnnualBilling, await reader.AnnualBillingAsync(request.CustomerId, facts, cancellation), facts);
            var requested = new TermsRequested(
                request.CustomerId, account.Opened!.LegalEntity, customer.Name, customer.Terms,
                account.Risk?.RiskClass, wish,
                TermsDecider.CostOf(wish, billing, customer.Terms, account.Risk?.RiskClass, facts.Policy.Policy.Terms),
                command.Caller.Subject, billing == wish.AnnualBilling ? null : billing);
            var decision = TermsDecider.Request(TermsRequest.Initial, requested);
            if ((decision.Refusal ?? BillingPlan.CheckStart(wish.Plan, facts.Today)) is { } refusal)
                return refusal;
            var id = Ids.Next(command.Clock);
            return Plan.Write(
                new WriteBatch(command.Metadata(request.Reason)).Append(TermsStream.Type, id, 0, decision.Events),
                Reply.Created(
                    $"/v1/credit/terms-requests/{id}",
                    TermsRequestView.Of(id, decision.Events.Aggregate(TermsRequest.Initial, TermsRequest.Evolve), 1),
                    1));
        });
    }

    private static async Task<IResult> OfferAsync(
        Guid id, OfferRequest request, HttpCommand command, DecisionBooks books)
    {
        if (new Validation()
            .Required("/terms", request.Terms, max: 100)
            .Required("/reason", request.Reason, max: 500)
            .Optional("/billingSchedule", request.BillingSchedule, max: 1000).Problem is { } problem)
            return problem;
        var (known, _) = await command.Store.LoadAsync(TermsStream.Type, id, command.Cancellation);
        var facts = await books.FactsAsync(known.Requested?.LegalEntity ?? "", command.Cancellation);
        var policy = facts.Policy.Policy.Terms;
        return await DecideAsync(command, id, request.Reason, state =>
        {
            if (state.Requested is not { } asked)
                return Refusal.NotFound("request for terms", id);
            var offer = new TermsWish(
                request.Terms.Trim().ToUpperInvariant(), request.BillingSchedule, asked.Wish.AnnualBilling,
                request.BillingPlan);
            return BillingPlan.CheckStart(offer.Plan, facts.Today) ?? TermsDecider.Offer(state, new CounterOffered(
                offer, TermsDecider.CostOf(offer, asked.Billing, asked.AgreedTerms, asked.RiskClass, policy),
                command.Caller.Subject));
        });
    }

    private static Task<IResult> ApproveAsync(
        Guid id, OrderReasonRequest request, HttpCommand command, ApprovalGate gate, IServiceProvider services) =>
        WithReason(request, () => command.CommitAsync(async cancellation =>
        {
            var (state, version) = await command.Store.LoadAsync(TermsStream.Type, id, cancellation);
            if (Deny(id, state, command.Caller) is { } denied)
                return denied;
            command.Expect(version);
            var decision = TermsDecider.Approve(state, command.Caller.Subject);
            if (decision.Refusal is { } refusal)
                return refusal;
            var now = await JudgeAsync(state, services, cancellation);
            if (now.Moved is { } moved)
                return moved;
            var plan = Write(id, state, version, now.AccountVersion, decision, command.Metadata(request.Reason));
            return await gate.PassAsync(command, Asked(id, state, now, request.Reason), plan,
                (batch, view) =>
                {
                    var events = TermsDecider.SendUp(state, view.Id).Events;
                    batch.Append(TermsStream.Type, id, version, events);
                    var after = version + events.Count;
                    return Reply.Accepted(
                        $"/v1/approvals/{view.Id}",
                        TermsRequestView.Of(id, events.Aggregate(state, TermsRequest.Evolve), after), after);
                });
        }));

    /// <summary>What is on the table, judged by the customer as it is now and not as it was when it asked.</summary>
    private static async Task<Judgement> JudgeAsync(
        TermsRequest state, IServiceProvider services, CancellationToken cancellation)
    {
        var (asked, table) = (state.Requested!, state.OnTheTable);
        var facts = await services.GetRequiredService<DecisionBooks>().FactsAsync(asked.LegalEntity, cancellation);
        var (account, version) = await services.GetRequiredService<EventStore>().LoadAsync(
            CreditAccountStream.Type, asked.CustomerId, cancellation);
        var billing = TermsDecider.Larger(
            asked.Billing,
            await services.GetRequiredService<FactsReader>().AnnualBillingAsync(asked.CustomerId, facts, cancellation),
            facts);
        var (agreed, riskClass) = (account.Customer?.Terms ?? asked.AgreedTerms, account.Risk?.RiskClass);
        var cost = TermsDecider.CostOf(table, billing, agreed, riskClass, facts.Policy.Policy.Terms);
        return new Judgement(
            TermsDecider.Band(
                [asked.Wish.AnnualBilling, billing], facts, cost.IsWithinPolicy || table.Terms == agreed),
            billing, riskClass, version,
            agreed == asked.AgreedTerms ? null : CreditRefusals.TermsMoved(asked.AgreedTerms, agreed));
    }

    private static ApprovalWish<Wish> Asked(Guid id, TermsRequest state, Judgement now, string reason)
    {
        var (asked, table) = (state.Requested!, state.OnTheTable);
        var plan = table.Plan is { } agreed ? $" ({DecisionWords.Of(language: null).Plan(agreed)})" : "";
        return new ApprovalWish<Wish>(
            table.Terms == asked.AgreedTerms ? ApprovalKinds.BillingSchedule : ApprovalKinds.Terms, asked.LegalEntity,
            now.Band,
            $"{table.Terms}{(table.BillingSchedule is null ? "" : $", {table.BillingSchedule}{plan}")} instead of " +
            $"{asked.AgreedTerms} for {asked.CustomerName}", new Wish(id), reason, RiskClass: now.RiskClass);
    }

    private static Plan Write(
        Guid id, TermsRequest state, long version, long accountVersion, Decision decision, EventMetadata metadata)
    {
        var after = version + decision.Events.Count;
        var now = decision.Events.Aggregate(state, TermsRequest.Evolve);
        return Plan.Write(
            new WriteBatch(metadata)
                .Append(TermsStream.Type, id, version, decision.Events)
                .Append(CreditAccountStream.Type, state.Requested!.CustomerId, accountVersion, [
                    new TermsAgreed(id, now.Agreed!.Terms, now.Agreed.BillingSchedule, now.Agreed.Plan),
                ]),
            Reply.Ok(TermsRequestView.Of(id, now, after), after));
    }

    private static Refusal? Deny(Guid id, TermsRequest state, Caller caller) => state.Requested is { } asked
        ? caller.Deny(asked.LegalEntity)
        : Refusal.NotFound("request for terms", id);

    private static Task<IResult> DecideAsync(
        HttpCommand command, Guid id, string? reason, Func<TermsRequest, Decision> decide) => command.DecideAsync(
        TermsStream.Type, id,
        state => Deny(id, state, command.Caller) ?? decide(state),
        decided => Reply.Ok(TermsRequestView.Of(id, decided.State, decided.Version), decided.Version),
        reason: reason);

    private static Task<IResult> WithReason(OrderReasonRequest request, Func<Task<IResult>> decideAsync) =>
        new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem
            ? Task.FromResult<IResult>(problem)
            : decideAsync();

    /// <summary>A request by what is known now.</summary>
    /// <param name="Band">By which the approval matrix judges it.</param>
    /// <param name="Billing">What is billed in a year.</param>
    /// <param name="RiskClass">Class of the customer, or null.</param>
    /// <param name="AccountVersion">Version of the account that was looked at.</param>
    /// <param name="Moved">The refusal where the customer has other terms than when it asked; else null.</param>
    private sealed record Judgement(
        Money Band, Money Billing, string? RiskClass, long AccountVersion, Refusal? Moved);
}
