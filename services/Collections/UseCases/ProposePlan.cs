using OrderToCash.Approvals;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.Plans;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>
/// Works out a payment plan. Where the matrix of the legal entity asks for it, and where it is a long one by the
/// policy, it waits for approval; then, and at once
/// where nobody must approve, it is put into force.
/// </summary>
public static class ProposePlan
{
    /// <summary>A plan: its installments one by one, or a number of equal ones.</summary>
    /// <param name="CustomerId">Who pays.</param>
    /// <param name="Installments">By due date; they sum to what the items have to collect, exactly.</param>
    /// <param name="Equal">So many equal ones instead.</param>
    /// <param name="InvoiceIds">For what; without them for all that is past due.</param>
    /// <param name="Note">In words.</param>
    public sealed record Request(
        Guid CustomerId, IReadOnlyList<Installment>? Installments = null, EqualInstallments? Equal = null,
        IReadOnlyList<Guid>? InvoiceIds = null, string? Note = null);

    /// <summary>What is to be paid on a day.</summary>
    public sealed record Installment(DateOnly DueDate, Money Amount);

    /// <summary>Equal installments.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="FirstDueDate">When the first is due.</param>
    /// <param name="Every"><c>month</c> or <c>week</c>.</param>
    /// <param name="Currency">Of the items; the customer's without it.</param>
    public sealed record EqualInstallments(
        int Count, DateOnly FirstDueDate, PlanRhythm Every = PlanRhythm.Month, string? Currency = null);

    /// <summary>What waits for approval: the plan's identifier.</summary>
    public sealed record Wish(Guid PlanId);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/collections/payment-plans", Handle)
        .RequireScope(Scopes.CollectionsWrite)
        .Produces<PlanView>(StatusCodes.Status201Created)
        .Produces<PlanView>(StatusCodes.Status202Accepted)
        .WithSummary("Work out a payment plan");

    private static async Task<IResult> Handle(
        Request request, HttpCommand command, Customers customers, OpenItems items, PolicyBook policies,
        ApprovalGate gate)
    {
        if (new Validation()
            .Optional("/note", request.Note, max: 4000)
            .Check(request.InvoiceIds is null or { Count: > 0 and <= 500 }, "/invoiceIds", "names 1 to 500 invoices")
            .Check(request.Installments is null != request.Equal is null, "/installments", "or equal, one of them")
            .Check(request.Installments is null or { Count: > 0 and <= 120 }, "/installments", "has 1 to 120")
            .Check(request.Equal is null or { Count: > 0 and <= 120 }, "/equal/count", "is 1 to 120")
            .Problem is { } problem)
            return problem;
        var (id, requestId) = (Ids.Next(command.Clock), Ids.Next(command.Clock));
        return await command.CommitAsync(
            async cancellation =>
            {
                if (await customers.FindAsync(request.CustomerId, cancellation) is not { } customer)
                    return CustomerRefusals.Unknown(request.CustomerId);
                if (command.Caller.Deny(customer.LegalEntity) is { } denied)
                    return denied;
                var policy = await policies.InForceAsync(customer.LegalEntity, cancellation);
                var open = await items.OfAsync(customer.Id, cancellation);
                if (request.InvoiceIds?.FirstOrDefault(invoice => open.All(item => item.InvoiceId != invoice))
                    is { } unknown && unknown != default)
                    return PlanRefusals.UnknownItem(unknown);
                var (plan, refusal) = PlanDecider.Draft(
                    Worked(request, customer, open), policy.Plans, customer.Today);
                if (plan is null)
                    return refusal!;
                var days = plan.Installments[^1].DueDate.DayNumber - customer.Today.DayNumber;
                var wish = new ApprovalWish<Wish>(
                    ApprovalKinds.PaymentPlan, customer.LegalEntity, plan.Amount,
                    $"Payment plan of {plan.Amount} in {plan.Installments.Count} for {customer.Name}",
                    new Wish(id), request.Note);
                return await gate.PassAsync(
                    command, wish, AtOnce(id, requestId, plan, command),
                    (batch, approval) => Waiting(id, plan with { ApprovalId = approval.Id }, batch),
                    always: policy.Plans.ApproveFrom?.Is(plan.Installments.Count, days) == true);
            },
            _ => PlanRefusals.AlreadyPlanned());
    }

    /// <summary>The plan is approved: it is put into force, unless what it covers has changed since.</summary>
    internal static async Task<Plan> CarryOutAsync(Wish wish, ApprovalGrant grant, CancellationToken cancellation)
    {
        var store = grant.Command.Store;
        var (plan, version) = await store.LoadAsync(PaymentPlanStream.Type, wish.PlanId, cancellation);
        if (plan.Plan is not { } proposed)
            return Refusal.NotFound("payment plan", wish.PlanId);
        var open = await grant.Services.GetRequiredService<OpenItems>().OfAsync(proposed.CustomerId, cancellation);
        if (!proposed.Items.All(item => open.Any(now => now.InvoiceId == item.InvoiceId
            && now.Installment == item.Installment && now.Collectible == item.Covered)))
            return PlanRefusals.Outdated();
        var decision = PlanDecider.Activate(plan, Ids.Next(grant.Command.Clock));
        if (decision.Refusal is { } refusal)
            return refusal;
        var batch = new WriteBatch(grant.Metadata)
            .Lock(Locks.Invoice.TakeAll(proposed.Items.Select(item => item.InvoiceId)))
            .Append(PaymentPlanStream.Type, wish.PlanId, version, decision.Events)
            .Row(ReviewQueue.Request(grant.Command.Clock.GetUtcNow(), proposed.CustomerId));
        return Plan.Write(batch, Reply.Ok(wish));
    }

    /// <summary>It is not approved.</summary>
    internal static async Task EndAsync(Wish wish, ApprovalEnd end, WriteBatch batch, CancellationToken cancellation)
    {
        var store = end.Services.GetRequiredService<EventSourcing.EventStore>();
        var (plan, version) = await store.LoadAsync(PaymentPlanStream.Type, wish.PlanId, cancellation);
        batch.Append(
            PaymentPlanStream.Type, wish.PlanId, version,
            PlanDecider.Reject(plan, Kebab.Of(end.Status)).Events);
    }

    private static Plan AtOnce(Guid id, Guid requestId, PlanProposed plan, HttpCommand command)
    {
        object[] events = [plan, new PlanActivated(plan, requestId)];
        var state = events.Aggregate(PaymentPlan.Initial, PaymentPlan.Evolve);
        return Plan.Write(
            new WriteBatch(command.Metadata(plan.Note))
                .Lock(Locks.Invoice.TakeAll(plan.Items.Select(item => item.InvoiceId)))
                .Append(PaymentPlanStream.Type, id, 0, events)
                .Row(ReviewQueue.Request(command.Clock.GetUtcNow(), plan.CustomerId)),
            Reply.Created($"/v1/collections/payment-plans/{id}", PlanView.Of(id, state, 2), 2));
    }

    private static Reply Waiting(Guid id, PlanProposed plan, WriteBatch batch)
    {
        batch.Append(PaymentPlanStream.Type, id, 0, [plan]);
        var state = PaymentPlan.Evolve(PaymentPlan.Initial, plan);
        return Reply.Accepted($"/v1/collections/payment-plans/{id}", PlanView.Of(id, state, 1), 1);
    }

    private static PlanWish Worked(Request request, CustomerRow customer, IReadOnlyList<ItemFacts> open)
    {
        var currency = Currency.Of(
            request.Installments?[0].Amount.Currency.Code ?? request.Equal?.Currency ?? customer.Currency);
        var items = open
            .Where(item => item.Collectible.IsPositive && (request.InvoiceIds is { } ids
                ? ids.Contains(item.InvoiceId)
                : item.DueDate < customer.Today && item.Balance.Currency == currency))
            .Select(item => new PlannableItem(
                item.InvoiceId, item.Installment, item.InvoiceNumber, item.DueDate, item.Collectible, item.Version))
            .ToList();
        var sum = Money.Sum(
            items.Select(item => item.Collectible).Where(amount => amount.Currency == currency), currency);
        IReadOnlyList<PlanInstallment> installments = request.Equal is { } equal
            ? sum.IsPositive
                ? PlanDecider.Equal(sum, equal.Count, equal.FirstDueDate, equal.Every == PlanRhythm.Week)
                : []
            : request.Installments!
                .Select((due, index) => new PlanInstallment(index + 1, due.DueDate, due.Amount)).ToList();
        return new PlanWish(customer.LegalEntity, customer.Id, items, installments, request.Note);
    }
}

/// <summary>How often an installment is due.</summary>
public enum PlanRhythm
{
    /// <summary>On the same day of every month.</summary>
    Month,

    /// <summary>Every seven days.</summary>
    Week,
}
