using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>Holds something back from dunning, or a customer from any contact, and releases it.</summary>
public static class PlaceHold
{
    /// <summary>A hold.</summary>
    /// <param name="CustomerId">The customer.</param>
    /// <param name="Kind">What for.</param>
    /// <param name="Reason">Why; kept in the history.</param>
    /// <param name="InvoiceId">One invoice; without it the whole customer.</param>
    /// <param name="Installment">One installment of it.</param>
    /// <param name="Amount">Only so much of the installment.</param>
    /// <param name="Until">Last day, in the legal entity's calendar.</param>
    /// <param name="Releasers">Who may release it: subjects, and roles as <c>role:legal</c>. Without any, everybody who
    /// may write; a legal hold, cease and desist or bankruptcy then takes the right to run the system, which
    /// releases these in any case.</param>
    public sealed record Request(
        Guid CustomerId, HoldKind Kind, string Reason, Guid? InvoiceId = null, int? Installment = null,
        Money? Amount = null, DateOnly? Until = null, IReadOnlyList<string>? Releasers = null);

    /// <summary>Why it is released.</summary>
    public sealed record Release(string Reason);

    /// <summary>When it is to end instead, and why; null: when it is released.</summary>
    public sealed record Extension(DateOnly? Until, string Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/collections/holds", Handle)
            .RequireScope(Scopes.CollectionsWrite)
            .Produces<HoldView>(StatusCodes.Status201Created)
            .WithSummary("Hold something back from dunning");
        routes.MapPost("/v1/collections/holds/{id:guid}/release", ReleaseAsync)
            .RequireScope(Scopes.CollectionsWrite)
            .Produces<HoldView>()
            .WithSummary("Release a hold");
        routes.MapPost("/v1/collections/holds/{id:guid}/extend", ExtendAsync)
            .RequireScope(Scopes.CollectionsWrite)
            .Produces<HoldView>()
            .WithSummary("Let a hold end on another day");
    }

    private static async Task<IResult> Handle(
        Request request, HttpCommand command, Customers customers, OpenItems items)
    {
        var validation = new Validation()
            .Required("/reason", request.Reason, max: 500)
            .Check(request.Releasers is null or { Count: <= 20 }, "/releasers", "names at most 20");
        foreach (var releaser in request.Releasers ?? [])
        {
            validation.Required("/releasers", releaser).Check(
                releaser is null || !releaser.StartsWith(HoldReleaser.RolePrefix, StringComparison.Ordinal)
                || !string.IsNullOrWhiteSpace(releaser[HoldReleaser.RolePrefix.Length..]),
                "/releasers", "names a role after role:");
        }

        if (validation.Problem is { } problem)
            return problem;
        if (await customers.FindAsync(request.CustomerId, command.Cancellation) is not { } customer)
            return await command.RefuseAsync(CustomerRefusals.Unknown(request.CustomerId));
        if (command.Caller.Deny(customer.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        var held = (await items.OfAsync(customer.Id, command.Cancellation)).FirstOrDefault(item =>
            item.InvoiceId == request.InvoiceId
            && (request.Installment is null || item.Installment == request.Installment));
        if (request.InvoiceId is { } invoice && held is null)
            return await command.RefuseAsync(HoldRefusals.UnknownItem(invoice));
        var wish = new HoldPlaced(
            customer.LegalEntity, customer.Id, request.Kind, request.InvoiceId, request.Installment, request.Amount,
            request.Until, request.Releasers ?? [], request.Reason);
        var id = Ids.Next(command.Clock);
        return await command.DecideAsync(
            HoldStream.Type, id, hold => HoldDecider.Place(hold, wish, customer.Today, held?.Balance.Currency),
            decided => Reply.Created(
                $"/v1/collections/holds/{id}", HoldView.Of(id, decided.State, decided.Version), decided.Version),
            request.Reason, with: (batch, _) => Look(batch, command, customer.Id));
    }

    private static Task<IResult> ReleaseAsync(Guid id, Release request, HttpCommand command) =>
        ChangeAsync(id, request.Reason, command, HoldDecider.Release);

    private static async Task<IResult> ExtendAsync(
        Guid id, Extension request, HttpCommand command, Customers customers)
    {
        var (hold, _) = await command.Store.LoadAsync(HoldStream.Type, id, command.Cancellation);
        var customer = hold.Placed is { } placed
            ? await customers.FindAsync(placed.CustomerId, command.Cancellation)
            : null;
        var today = customer?.Today ?? DateOnly.FromDateTime(command.Clock.GetUtcNow().UtcDateTime);
        return await ChangeAsync(id, request.Reason, command, (now, by) =>
            HoldDecider.Extend(now, request.Until, by, today));
    }

    private static async Task<IResult> ChangeAsync(
        Guid id, string reason, HttpCommand command, Func<Hold, HoldReleaser, Decision> decide)
    {
        if (new Validation().Required("/reason", reason, max: 500).Problem is { } problem)
            return problem;
        var by = new HoldReleaser(
            command.Caller.Subject, command.Caller.Roles, command.Caller.Scopes.Contains(Scopes.Admin));
        return await command.DecideAsync(
            HoldStream.Type, id,
            hold => hold.Placed is not { } placed ? Refusal.NotFound("hold", id)
                : command.Caller.Deny(placed.LegalEntity) is { } denied ? denied
                : decide(hold, by),
            decided => Reply.Ok(HoldView.Of(id, decided.State, decided.Version), decided.Version), reason,
            with: (batch, decided) => Look(batch, command, decided.State.Placed!.CustomerId));
    }

    /// <summary>
    /// In turn with who makes contact: what is sent after the hold is placed knows of it. It holds for all that the
    /// customer was merged with, and so does its end.
    /// </summary>
    private static void Look(WriteBatch batch, HttpCommand command, Guid customerId) => batch
        .Lock(Locks.Contact.Take(customerId))
        .Row(ReviewQueue.RequestCompany(command.Clock.GetUtcNow(), customerId));
}
