using OrderToCash.Collections.Plans;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>Ends a payment plan before it is paid.</summary>
public static class CancelPlan
{
    /// <summary>Why.</summary>
    public sealed record Request(string Reason);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/collections/payment-plans/{id:guid}/cancel", Handle)
        .RequireScope(Scopes.CollectionsWrite)
        .Produces<PlanView>()
        .WithSummary("End a payment plan");

    private static async Task<IResult> Handle(Guid id, Request request, HttpCommand command, PlanMoneyReader money)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        var requestId = Ids.Next(command.Clock);
        var account = (await money.ReadAsync([id], command.Cancellation)).GetValueOrDefault(id);
        return await command.DecideAsync(
            PaymentPlanStream.Type, id,
            plan => plan.Plan is not { } agreed ? Refusal.NotFound("payment plan", id)
                : command.Caller.Deny(agreed.LegalEntity) is { } denied ? denied
                : PlanDecider.Cancel(plan, requestId, account?.Elsewhere),
            decided => Reply.Ok(PlanView.Of(id, decided.State, decided.Version), decided.Version),
            request.Reason,
            with: (batch, decided) => batch.Row(ReviewQueue.RequestCompany(
                command.Clock.GetUtcNow(), decided.State.Plan!.CustomerId)));
    }
}
