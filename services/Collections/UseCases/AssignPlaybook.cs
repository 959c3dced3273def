using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>The playbook of its own that a customer has.</summary>
/// <param name="Playbook">Its code; <c>none</c> where no notice goes to it by itself; null where it goes by the rules
/// of the legal entity's policy, also because the last day is over.</param>
/// <param name="Until">The last day, in the legal entity's calendar; null where it has no end.</param>
/// <param name="Reason">Why it was given; null without one.</param>
public sealed record CustomerPlaybookView(
    Guid CustomerId, string LegalEntity, string? Playbook, DateOnly? Until, string? Reason, long Version);

/// <summary>
/// Gives a customer a playbook of its own, whatever the rules say, or takes it out of dunning by playbook. One that was
/// merged is given none any more; what it was given before is taken back, since its <c>none</c> holds for the surviving
/// one too. In turn with who makes contact: what was prepared and goes out after <c>none</c> was given is withdrawn.
/// </summary>
public static class AssignPlaybook
{
    /// <summary>What the customer goes by.</summary>
    /// <param name="Playbook">Code of a playbook that there is, or <c>none</c>; null for that of the rules.</param>
    /// <param name="Reason">Why; kept in the history.</param>
    /// <param name="Until">The last day, in the legal entity's calendar, today or later; without it until it is given
    /// another. <c>none</c> has one, at most five years ahead.</param>
    public sealed record Request(string? Playbook, string Reason, DateOnly? Until = null);

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
        Guid customerId, Request request, HttpCommand command, ContactBook contacts, PlaybookBook playbooks)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        if (await contacts.FindAsync(customerId, command.Cancellation) is not { } customer)
            return await command.RefuseAsync(Refusal.NotFound("customer", customerId));
        if (command.Caller.Deny(customer.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        if (customer.IsMerged && request.Playbook is not null)
            return await command.RefuseAsync(CollectionAccountRefusals.Merged(customer.Company[0]));
        if (request.Playbook is { } code and not CustomerPlaybooks.None
            && await playbooks.FindAsync(code, command.Cancellation) is null)
            return await command.RefuseAsync(PlaybookRefusals.Unknown(code));
        var assigned = new PlaybookAssigned(
            customerId, customer.LegalEntity, request.Playbook, request.Reason, request.Until);
        var today = command.Clock.Today(customer.EntityZone);
        return await command.DecideAsync(
            CollectionAccountStream.Type, CollectionAccountStream.Id(customerId),
            account => CollectionAccountDecider.Assign(account, assigned, today),
            decided => Reply.Ok(
                View(customerId, customer.LegalEntity, decided.State, decided.Version, today), decided.Version),
            request.Reason,
            with: (batch, _) => batch.Lock(Locks.Contact.TakeAll(customer.Company))
                .Row(ReviewQueue.Request(command.Clock.GetUtcNow(), customerId)));
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
        return Reply.Ok(View(customerId, customer.LegalEntity, account, version, customer.Today), version);
    }

    private static CustomerPlaybookView View(
        Guid customerId, string legalEntity, CollectionAccount account, long version, DateOnly today) =>
        account.Playbook is { } given && given.On(today) is { } code
            ? new(customerId, legalEntity, code, given.Until, account.PlaybookReason, version)
            : new(customerId, legalEntity, null, null, null, version);
}
