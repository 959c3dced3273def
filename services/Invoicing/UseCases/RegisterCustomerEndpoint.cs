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
    /// <summary>Each round follows a broken deadlock.</summary>
    private const int MaxRounds = 50;

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
        if (await MissingAsync(request, command.Store, command.Cancellation) is { } missing)
            return await command.RefuseAsync(missing);

        var fresh = keys.Fresh(request.Contacts?.Count ?? 0);
        var (contacts, misnamed) = ContactSealing.Seal([], request.Contacts ?? [], fresh);
        if (misnamed is not null)
            return await command.RefuseAsync(misnamed);

        var id = Ids.Next(command.Clock);
        var wish = request with { Contacts = contacts };
        for (var round = 0; round < MaxRounds; round++)
        {
            Reply reply = null!;
            var result = await numbers.CommitAsync(
                [NumberSeries.Customers(request.LegalEntity)],
                drawn =>
                {
                    var number = drawn.Next(NumberSeries.Customers(request.LegalEntity));
                    var decision = CustomerDecider.Register(Customer.Initial, wish, number);
                    var opened = decision.Events.Aggregate(Customer.Initial, Customer.Evolve).Now!;
                    var version = decision.Events.Count;
                    reply = Reply.Created(
                        $"/v1/customers/{id}", CustomerView.Of(id, opened, version), version);
                    var batch = new WriteBatch(command.Metadata()).Append(CustomerStream.Type, id, 0, decision.Events);
                    keys.Keep(batch, id, contacts, fresh);
                    return command.Key is { } key ? batch.Guard(key.Claim(reply)) : batch;
                },
                command.Cancellation);
            switch (result)
            {
                case { IsCommitted: true }:
                    return reply;
                case { Status: CommitStatus.KeyTaken }:
                    return await command.Key!.FindAsync(command.Store.Database, command.Cancellation)
                        ?? Problems.Unavailable();
                case { Status: CommitStatus.Duplicate, Constraint: CustomersProjection.ExternalIdKey }:
                    return await command.RefuseAsync(await ExistsAsync(request, command.Store, command.Cancellation));
                case { Status: CommitStatus.VersionConflict }:
                    break;
                default:
                    throw new InvalidOperationException(
                        $"A registration ended as {result.Status} {result.Constraint}.");
            }
        }

        throw new ContentionException("customer", id);
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
