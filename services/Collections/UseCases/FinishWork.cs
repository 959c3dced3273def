using Npgsql;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>
/// <c>POST /v1/collections/worklist/{customerId}/done</c>: all work due on a customer is done, as far as was known.
/// </summary>
public static class FinishWork
{
    private const string Fingerprint = "select fingerprint from worklist_customers where customer_id = $1";

    /// <summary>What was done.</summary>
    /// <param name="Note">In words.</param>
    /// <param name="Until">The day, in the legal entity's calendar, on which it is listed again though nothing has
    /// changed: within 90 days; without it once something changes.</param>
    public sealed record Request(string Note, DateOnly? Until = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/collections/worklist/{customerId:guid}/done", Handle)
        .RequireScope(Scopes.CollectionsWrite)
        .Produces<CollectionAccountView>()
        .WithSummary("Take a customer off the worklist until something about it changes, or a day comes");

    private static async Task<IResult> Handle(
        Guid customerId, Request request, HttpCommand command, Customers customers)
    {
        if (new Validation().Required("/note", request.Note, max: 1000).Problem is { } problem)
            return problem;
        if (await customers.FindAsync(customerId, command.Cancellation) is not { } customer)
            return await command.RefuseAsync(Refusal.NotFound("customer", customerId));
        if (command.Caller.Deny(customer.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        await using var reading = command.Store.Database.CreateCommand(Fingerprint);
        reading.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        if (await reading.ExecuteScalarAsync(command.Cancellation) is not string fingerprint)
            return await command.RefuseAsync(Refusal.State("no-work", "There is nothing to do about this customer."));
        var done = new WorkDone(customerId, customer.LegalEntity, fingerprint, request.Note, request.Until);
        return await command.DecideAsync(
            CollectionAccountStream.Type, CollectionAccountStream.Id(customerId),
            account => CollectionAccountDecider.Finish(account, done, customer.Today),
            decided => Reply.Ok(
                new CollectionAccountView(customerId, customer.LegalEntity, decided.State.Collector, decided.Version),
                decided.Version),
            request.Note);
    }
}
