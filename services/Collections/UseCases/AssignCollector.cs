using OrderToCash.Collections.Portfolio;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>Who looks after a customer.</summary>
public sealed record CollectionAccountView(Guid CustomerId, string LegalEntity, string? Collector, long Version);

/// <summary>Gives a customer to a collector.</summary>
public static class AssignCollector
{
    /// <summary>Subject of the collector; null takes the customer away from whoever has it.</summary>
    public sealed record Request(string? Collector);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/v1/collections/customers/{customerId:guid}/collector", Handle)
        .RequireScope(Scopes.CollectionsWrite)
        .Produces<CollectionAccountView>()
        .WithSummary("Give a customer to a collector");

    private static async Task<IResult> Handle(Guid customerId, Request request, HttpCommand command,
        Customers customers)
    {
        if (new Validation().Optional("/collector", request.Collector).Problem is { } problem)
            return problem;
        if (await customers.FindAsync(customerId, command.Cancellation) is not { } customer)
            return await command.RefuseAsync(Refusal.NotFound("customer", customerId));
        if (command.Caller.Deny(customer.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        var assigned = new CollectorAssigned(customerId, customer.LegalEntity, request.Collector);
        return await command.DecideAsync(
            CollectionAccountStream.Type, CollectionAccountStream.Id(customerId),
            account => CollectionAccountDecider.Assign(account, assigned),
            decided => Reply.Ok(
                new CollectionAccountView(customerId, customer.LegalEntity, decided.State.Collector, decided.Version),
                decided.Version),
            with: (batch, _) => batch.Row(ReviewQueue.Request(command.Clock.GetUtcNow(), customerId)));
    }
}
