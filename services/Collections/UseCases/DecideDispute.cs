using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Disputes;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>Looks into a dispute, changes what is said about it, and decides it.</summary>
public static class DecideDispute
{
    /// <summary>Who looks into it; without a name the caller.</summary>
    public sealed record Taking(string? Owner = null);

    /// <summary>What is to be different; what is left out stays.</summary>
    public sealed record Changing(
        string Reason, DisputeReason? ReasonCode = null, string? Team = null, string? Owner = null,
        DateOnly? DueOn = null, Money? Amount = null, string? RootCause = null);

    /// <summary>The customer is right.</summary>
    /// <param name="Reason">Why; kept in the history.</param>
    /// <param name="Amount">About how much; without it about all of it. The rest is payable again.</param>
    /// <param name="RootCause">What went wrong here.</param>
    public sealed record Acceptance(string Reason, Money? Amount = null, string? RootCause = null);

    /// <summary>The customer is wrong, or drops it.</summary>
    public sealed record Ending(string Reason, string? RootCause = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string path = "/v1/collections/disputes/{id:guid}";
        routes.MapPost($"{path}/investigate", Take)
            .RequireScope(Scopes.CollectionsWrite).Produces<DisputeView>().WithSummary("Look into a dispute");
        routes.MapPost($"{path}/change", Change)
            .RequireScope(Scopes.CollectionsWrite).Produces<DisputeView>()
            .WithSummary("Change reason, team, owner, day or amount of a dispute");
        routes.MapPost($"{path}/accept", Accept)
            .RequireScope(Scopes.CollectionsWrite).Produces<DisputeView>(StatusCodes.Status202Accepted)
            .WithSummary("Find the customer right, in full or in part; a credit memo is asked for");
        routes.MapPost($"{path}/reject", (Guid id, Ending request, HttpCommand command) => DecideAsync(
                id, request.Reason, command, dispute => DisputeDecider.Reject(dispute, request.RootCause)))
            .RequireScope(Scopes.CollectionsWrite).Produces<DisputeView>()
            .WithSummary("Find the customer wrong; the amount is payable again");
        routes.MapPost($"{path}/withdraw", (Guid id, Ending request, HttpCommand command) => DecideAsync(
                id, request.Reason, command, DisputeDecider.Withdraw))
            .RequireScope(Scopes.CollectionsWrite).Produces<DisputeView>()
            .WithSummary("Note that the customer drops a dispute");
    }

    private static Task<IResult> Take(Guid id, Taking request, HttpCommand command) =>
        new Validation().Optional("/owner", request.Owner).Problem is { } problem
            ? Task.FromResult<IResult>(problem)
            : DecideAsync(id, null, command, dispute =>
                DisputeDecider.Take(dispute, request.Owner ?? command.Caller.Subject));

    private static Task<IResult> Accept(Guid id, Acceptance request, HttpCommand command)
    {
        var requestId = Ids.Next(command.Clock);
        return DecideAsync(
            id, request.Reason, command,
            dispute => DisputeDecider.Accept(dispute, request.Amount, request.RootCause, requestId), accepted: true);
    }

    private static async Task<IResult> Change(
        Guid id, Changing request, HttpCommand command, Customers customers, OpenItems items)
    {
        if (new Validation()
            .Required("/reason", request.Reason, max: 500)
            .Check(request.Team is null or { Length: > 0 and <= 50 }, "/team", "has 1 to 50 characters")
            .Optional("/owner", request.Owner)
            .Optional("/rootCause", request.RootCause, max: 500)
            .Problem is { } problem)
            return problem;
        return await command.CommitAsync(async cancellation =>
        {
            var (dispute, version) = await command.Store.LoadAsync(DisputeStream.Type, id, cancellation);
            if (dispute.Case is not { Opened: { } opened } now)
                return Refusal.NotFound("dispute", id);
            if (command.Caller.Deny(opened.LegalEntity) is { } denied)
                return denied;
            command.Expect(version);
            var owed = await items.OfInvoiceAsync(opened.InvoiceId, opened.Installment, cancellation);
            var more = owed is null ? Money.Zero(now.Disputed.Currency) : owed.Item.Balance - owed.Item.Disputed;
            var customer = (await customers.FindAsync(opened.CustomerId, cancellation))!;
            var decision = DisputeDecider.Change(
                dispute,
                new DisputeChange(
                    request.ReasonCode, request.Team, request.Owner, request.DueOn, request.Amount, request.RootCause),
                Money.Max(more, Money.Zero(more.Currency)), customer.Today);
            if (decision.Refusal is { } refusal)
                return refusal;
            var after = decision.Events.Aggregate(dispute, Dispute.Evolve);
            var batch = new WriteBatch(command.Metadata(request.Reason))
                .Lock(Locks.Invoice.Take(opened.InvoiceId))
                .Append(DisputeStream.Type, id, version, decision.Events)
                .Row(ReviewQueue.Request(command.Clock.GetUtcNow(), customer.Id));
            if (after.Case!.Disputed > now.Disputed)
                batch.Row(OpenDispute.Check(opened.InvoiceId, opened.Installment));
            return Plan.Write(
                batch,
                Reply.Ok(DisputeView.Of(id, after, version + decision.Events.Count), version + decision.Events.Count));
        });
    }

    private static async Task<IResult> DecideAsync(
        Guid id, string? reason, HttpCommand command, Func<Dispute, Decision> decide, bool accepted = false)
    {
        if (new Validation().Check(reason is null or { Length: > 0 and <= 500 }, "/reason", "has 1 to 500 characters")
            .Problem is { } problem)
            return problem;
        return await command.DecideAsync(
            DisputeStream.Type, id,
            dispute => dispute.Case is not { } now ? Refusal.NotFound("dispute", id)
                : command.Caller.Deny(now.Opened.LegalEntity) is { } denied ? denied
                : decide(dispute),
            decided =>
            {
                var view = DisputeView.Of(id, decided.State, decided.Version);
                return accepted ? Reply.Accepted(null, view, decided.Version) : Reply.Ok(view, decided.Version);
            },
            reason,
            with: (batch, decided) => batch.Row(ReviewQueue.Request(
                command.Clock.GetUtcNow(), decided.State.Case!.Opened.CustomerId)));
    }
}
