using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Settles a customer's open items with its open credit memos.</summary>
public static class ApplyOpenCredits
{
    /// <summary>What was settled.</summary>
    /// <param name="Applied">Each part of an invoice with the credit memo that settled it.</param>
    public sealed record Response(IReadOnlyList<Application> Applied);

    public sealed record Application(
        Guid CreditMemoId, string CreditMemoNumber, Guid InvoiceId, string InvoiceNumber, int Installment,
        Money Amount);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/customers/{id:guid}/credit-memos/apply", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<Response>()
        .WithSummary("Apply a customer's open credit memos, oldest first");

    private static Task<IResult> HandleAsync(
        Guid id, HttpCommand command, AccountingCalendars calendars) => command.CommitAsync(async cancellation =>
    {
        var (customer, version) = await command.Store.LoadAsync(CustomerStream.Type, id, cancellation);
        if (customer.Now is not { } registration)
            return Refusal.NotFound("customer", id);
        if (command.Caller.Deny(registration.LegalEntity) is { } denied)
            return denied;
        command.Expect(version);
        await calendars.RefreshAsync(cancellation);
        var (batch, applied) = await new OpenCreditApplying(command.Store, command.Clock).PlanAsync(
            id, null, calendars.Context(registration.LegalEntity, command.Caller), command.Metadata(), cancellation);
        return Plan.Write(batch, Reply.Ok(new Response(applied)));
    });
}
