using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>The playbook of its own that a customer has.</summary>
/// <param name="Playbook">Its code; <c>none</c> where no notice goes to it by itself; null where it goes by the rules
/// of the legal entity's policy.</param>
public sealed record CustomerPlaybookView(Guid CustomerId, string LegalEntity, string? Playbook, long Version);

/// <summary>
/// Gives a customer a playbook of its own, whatever the rules say, or takes it out of dunning by playbook.
/// </summary>
public static class AssignPlaybook
{
    /// <summary>Code of a playbook that there is, or <c>none</c>; null for that of the rules.</summary>
    public sealed record Request(string? Playbook);

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string path = "/v1/collections/customers/{customerId:guid}/playbook";
        routes.MapPut(path, Handle)
            .RequireScope(Scopes.CollectionsWrite)
            .Produces<CustomerPlaybookView>()
            .WithSummary("Give a customer a playbook of its own");
        routes.MapGet(path, Get)
            .RequireScope(Scopes.CollectionsRead)
            .Produces<CustomerPlaybookView>()
            .WithSummary("The playbook of its own that a customer has");
    }

    private static async Task<IResult> Handle(
        Guid customerId, Request request, HttpCommand command, Customers customers, PlaybookBook playbooks)
    {
        if (await customers.FindAsync(customerId, command.Cancellation) is not { } customer)
            return await command.RefuseAsync(Refusal.NotFound("customer", customerId));
        if (command.Caller.Deny(customer.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        if (request.Playbook is { } code and not CustomerPlaybooks.None
            && await playbooks.FindAsync(code, command.Cancellation) is null)
            return await command.RefuseAsync(PlaybookRefusals.Unknown(code));
        var assigned = new PlaybookAssigned(customerId, customer.LegalEntity, request.Playbook);
        return await command.DecideAsync(
            CollectionAccountStream.Type, CollectionAccountStream.Id(customerId),
            account => CollectionAccountDecider.Assign(account, assigned),
            decided => Reply.Ok(View(customer, decided.State, decided.Version), decided.Version),
            with: (batch, _) => batch.Row(ReviewQueue.Request(command.Clock.GetUtcNow(), customerId)));
    }

    private static async Task<IResult> Get(
        Guid customerId, Customers customers, EventSourcing.EventStore store, HttpContext http)
    {
        if (await customers.FindAsync(customerId, http.RequestAborted) is not { } customer)
            return Problems.From(Refusal.NotFound("customer", customerId));
        if (Caller.Of(http).Deny(customer.LegalEntity) is { } denied)
            return Problems.From(denied);
        var (account, version) = await store.LoadAsync(
            CollectionAccountStream.Type, CollectionAccountStream.Id(customerId), http.RequestAborted);
        return Reply.Ok(View(customer, account, version), version);
    }

    private static CustomerPlaybookView View(CustomerRow customer, CollectionAccount account, long version) =>
        new(customer.Id, customer.LegalEntity, account.Playbook, version);
}
