using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Suspends, reinstates and terminates service, as recommended and approved elsewhere.</summary>
public static class CustomerStanding
{
    /// <summary>Why.</summary>
    /// <param name="Reason">Kept in the history.</param>
    public sealed record Request(string Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "suspend", "Suspend service", AccountDecider.Suspend);
        Map(routes, "reinstate", "Let service go on", AccountDecider.Reinstate);
        Map(routes, "terminate", "End service", AccountDecider.Terminate);
    }

    private static void Map(
        IEndpointRouteBuilder routes, string verb, string summary, Func<Customer, Decision> decide) => routes
            .MapPost($"/customers/{{id:guid}}/{verb}", (Guid id, Request request, HttpCommand command) =>
                command.DecideAsync(
                    CustomerStream.Type,
                    id,
                    customer => customer.Now is null ? CustomerRefusals.NotFound(id)
                        : command.Caller.Deny(customer.Now.LegalEntity) is { } denied ? denied
                        : string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 500
                            ? InvoiceRefusals.NoReason()
                            : decide(customer),
                    decided => Reply.Ok(CustomerView.Of(id, decided.State.Now!, decided.Version), decided.Version),
                    reason: request.Reason))
            .RequireScope(Scopes.InvoicingWrite)
            .Produces<CustomerView>()
            .WithSummary(summary);
}
