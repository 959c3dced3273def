using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.PersonalData;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Opens a customer account under the next number of its legal entity.</summary>
public static class RegisterCustomerEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/customers", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<CustomerView>(StatusCodes.Status201Created)
        .WithSummary("Register a customer");

    private static async Task<IResult> HandleAsync(
        RegisterCustomer request, HttpCommand command, DocumentNumbers numbers, ContactKeys keys)
    {
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        if (CustomerDecider.Check(request) is { } refusal)
            return await command.RefuseAsync(refusal);
        var fresh = keys.Fresh(request.Contacts?.Count ?? 0);
        var (contacts, misnamed) = ContactSealing.Seal([], request.Contacts ?? [], fresh);
        var id = Ids.Next(command.Clock);
        var wish = request with { Contacts = contacts };
        var series = NumberSeries.Customers(request.LegalEntity);
        return await command.CommitAsync(
            numbers,
            async cancellation =>
                await MissingAsync(request, command.Store, cancellation) is { } missing ? missing
                : misnamed is not null ? misnamed
                : NumberedPlan.Write([series], drawn =>
                {
                    var decision = CustomerDecider.Register(Customer.Initial, wish, drawn.Next(series));
                    var opened = decision.Events.Aggregate(Customer.Initial, Customer.Evolve).Now!;
                    var version = decision.Events.Count;
                    var batch = new WriteBatch(command.Metadata()).Append(CustomerStream.Type, id, 0, decision.Events);
                    keys.Keep(batch, id, contacts, fresh);
                    return (
                        batch,
                        Reply.Created($"/v1/customers/{id}", CustomerView.Of(id, opened, version), version));
                }),
            async constraint => constraint == CustomersProjection.ExternalIdKey
                ? await ExistsAsync(request, command.Store, command.Cancellation)
                : null);
    }

    private static async Task<Refusal?> MissingAsync(
        RegisterCustomer request, EventStore store, CancellationToken cancellation)
    {
        var entity = await store.LoadAsync(
            LegalEntityStream.Type, LegalEntityStream.Id(request.LegalEntity), cancellation);
        if (!entity.Exists)
            return LegalEntityRefusals.Unknown(request.LegalEntity);
        if (request.ParentId is not { } parentId)
            return null;
        var parent = await store.LoadAsync(CustomerStream.Type, parentId, cancellation);
        return parent.State.Now is null ? CustomerRefusals.UnknownParent(parentId) : null;
    }

    private static async Task<Refusal> ExistsAsync(
        RegisterCustomer request, EventStore store, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var id = await connection.ExecuteScalarAsync<Guid>(new CommandDefinition(
            "select customer_id from customers where legal_entity = @LegalEntity and external_id = @ExternalId",
            request, cancellationToken: cancellation));
        return CustomerRefusals.Exists(request.ExternalId!, id);
    }
}
