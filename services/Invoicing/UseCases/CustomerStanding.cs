using OrderToCash.Approvals;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Suspends, reinstates and terminates service. Where the matrix asks for approvals of that, it is recommended at
/// Collections, which knows by what amount it is judged.
/// </summary>
public static class CustomerStanding
{
    /// <summary>Why.</summary>
    /// <param name="Reason">Kept in the history.</param>
    public sealed record Request(string Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "suspend", "Suspend service", AccountDecider.Suspend, ApprovalKinds.Suspension);
        Map(routes, "reinstate", "Let service go on", AccountDecider.Reinstate, null);
        Map(routes, "terminate", "End service", AccountDecider.Terminate, ApprovalKinds.Termination);
    }

    private static void Map(
        IEndpointRouteBuilder routes, string verb, string summary, Func<Customer, Decision> decide, string? kind) =>
        routes.MapPost(
                $"/customers/{{id:guid}}/{verb}",
                async (Guid id, Request request, HttpCommand command, ApprovalGate gate) =>
                {
                    var needed = kind is not null && await NeedsApprovalAsync(id, kind, command, gate);
                    return await command.DecideAsync(
                        CustomerStream.Type,
                        id,
                        customer => customer.Now is null ? CustomerRefusals.NotFound(id)
                            : command.Caller.Deny(customer.Now.LegalEntity) is { } denied ? denied
                            : Refusal.Unexplained(request.Reason) is { } unexplained ? unexplained
                            : needed ? CustomerRefusals.NeedsApproval(kind!)
                            : decide(customer),
                        decided => Reply.Ok(
                            CustomerView.Of(id, decided.State.Now!, decided.Version), decided.Version),
                        reason: request.Reason);
                })
            .RequireScope(Scopes.InvoicingWrite)
            .Produces<CustomerView>()
            .WithSummary(summary);

    /// <summary>What is past due is not known here, so it is judged by the highest band.</summary>
    private static async Task<bool> NeedsApprovalAsync(Guid id, string kind, HttpCommand command, ApprovalGate gate)
    {
        var (customer, _) = await command.Store.LoadAsync(CustomerStream.Type, id, command.Cancellation);
        if (customer.Now is not { } now)
            return false;
        var most = Money.Of(Money.Limit - 1, now.Currency);
        var required = await gate.RequiredAsync(
            kind, now.LegalEntity, most, command.Caller.Roles, command.Cancellation);
        return required.Approvals > 0;
    }
}
