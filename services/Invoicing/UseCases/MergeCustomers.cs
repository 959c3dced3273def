using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Merges a duplicate into the customer that survives, and undoes that. No document is touched: the duplicate's stay
/// its own, new ones that name it are the survivor's.
/// </summary>
public static class MergeCustomers
{
    /// <summary>Which customer survives.</summary>
    /// <param name="SurvivorId">Of the same legal entity and currency.</param>
    /// <param name="Reason">Kept in the history.</param>
    public sealed record Request(Guid SurvivorId, string Reason);

    /// <summary>Why the merge is undone.</summary>
    /// <param name="Reason">Kept in the history.</param>
    public sealed record Undo(string Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/customers/{id:guid}/merge", MergeAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<CustomerView>().WithSummary("Merge a duplicate into another");
        routes.MapPost("/customers/{id:guid}/unmerge", UnmergeAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<CustomerView>().WithSummary("Undo a merge");
    }

    private static Task<IResult> MergeAsync(Guid id, Request request, HttpCommand command, ApprovalGate gate) =>
        command.CommitAsync(async cancellation =>
        {
            var (duplicate, version) = await command.Store.LoadAsync(CustomerStream.Type, id, cancellation);
            if (Check(id, duplicate, version, request.Reason, command) is { } no)
                return no;
            var survivor = await command.Store.LoadAsync(CustomerStream.Type, request.SurvivorId, cancellation);
            if (survivor.State.Now is null)
                return CustomerRefusals.NotFound(request.SurvivorId);
            var decision = AccountDecider.Merge(duplicate, request.SurvivorId, survivor.State);
            if (decision.Refusal is { } refusal)
                return refusal;

            // Who is merged is billed by the survivor's terms and discounts: not past those who approve other ones.
            if (decision.Events.Count > 0 && AccountDecider.ChangesTerms(duplicate, survivor.State)
                && await ChangeCustomerEndpoint.TermsNeedApprovalAsync(survivor.State.Now, command, gate))
                return CustomerRefusals.TermsNeedApproval();
            var batch = new WriteBatch(command.Metadata(request.Reason));
            if (decision.Events.Count > 0)
            {
                batch.Append(CustomerStream.Type, id, version, decision.Events).Append(
                    CustomerStream.Type, request.SurvivorId, survivor.Version,
                    [new DuplicateAbsorbed(id, duplicate.Now!.Number)]);
            }

            return Shown(id, batch, duplicate, version, decision.Events);
        });

    private static Task<IResult> UnmergeAsync(Guid id, Undo request, HttpCommand command) =>
        command.CommitAsync(async cancellation =>
        {
            var (customer, version) = await command.Store.LoadAsync(CustomerStream.Type, id, cancellation);
            if (Check(id, customer, version, request.Reason, command) is { } no)
                return no;
            var decision = AccountDecider.Unmerge(customer);
            if (decision.Refusal is { } refusal)
                return refusal;
            var survivorId = customer.Now!.MergedInto!.Value;
            var survivor = await command.Store.LoadAsync(CustomerStream.Type, survivorId, cancellation);
            var batch = new WriteBatch(command.Metadata(request.Reason))
                .Append(CustomerStream.Type, id, version, decision.Events)
                .Append(
                    CustomerStream.Type, survivorId, survivor.Version,
                    [new DuplicateReleased(id, customer.Now.Number)]);
            return Shown(id, batch, customer, version, decision.Events);
        });

    private static Refusal? Check(Guid id, Customer customer, long version, string reason, HttpCommand command)
    {
        if (customer.Now is null)
            return CustomerRefusals.NotFound(id);
        if (command.Caller.Deny(customer.Now.LegalEntity) is { } denied)
            return denied;
        command.Expect(version);
        return Refusal.Unexplained(reason);
    }

    private static Plan Shown(
        Guid id, WriteBatch batch, Customer customer, long version, IReadOnlyList<object> events)
    {
        var after = version + events.Count;
        var state = events.Aggregate(customer, Customer.Evolve);
        return Plan.Write(batch, Reply.Ok(CustomerView.Of(id, state.Now!, after), after));
    }
}
