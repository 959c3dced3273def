using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Why an allocation is taken back.</summary>
public sealed record ReverseAllocationRequest(string Reason);

/// <summary><c>POST /v1/receipts/{id}/allocations/{allocationId}/reverse</c>.</summary>
public static class ReverseAllocation
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/allocations/{allocationId:guid}/reverse", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>(StatusCodes.Status202Accepted)
        .WithTags("Receipts")
        .WithSummary("Takes a confirmed allocation back");

    private static Task<IResult> Handle(
        Guid id, Guid allocationId, ReverseAllocationRequest request, HttpCommand command) =>
        command.DecideAsync(
            ReceiptStream.Type, id,
            receipt => command.Guard(receipt) is { } denied
                ? denied
                : ReceiptDecider.ReverseAllocation(receipt, id, allocationId, request.Reason),
            decided => Reply.Accepted(
                $"/v1/receipts/{id}", ReceiptView.Of(id, decided.State, decided.Version, []), decided.Version),
            request.Reason);
}

/// <summary>Whose money it is.</summary>
public sealed record IdentifyReceiptRequest(Guid CustomerId);

/// <summary><c>POST /v1/receipts/{id}/customer</c>.</summary>
public static class IdentifyReceipt
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/customer", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>()
        .WithTags("Receipts")
        .WithSummary("Says whose money a receipt is");

    private static async Task<IResult> Handle(Guid id, IdentifyReceiptRequest request, HttpCommand command)
    {
        var (known, _) = await command.Store.LoadAsync(ReceiptStream.Type, id, command.Cancellation);
        if (!known.Exists)
            return await command.RefuseAsync(ReceiptRefusals.NotFound(id));
        if (command.Guard(known) is { } outsider)
            return await command.RefuseAsync(outsider);
        if (await command.Store.Database.CustomerAsync(request.CustomerId, command.Cancellation) is not { } customer)
            return await command.RefuseAsync(ReceiptRefusals.UnknownCustomer(request.CustomerId));
        if (customer.LegalEntity != known.LegalEntity)
            return await command.RefuseAsync(ReceiptRefusals.OtherEntitysCustomer(customer.Number, known.LegalEntity));
        var today = await command.TodayAsync(known.LegalEntity);
        return await command.DecideAsync(
            ReceiptStream.Type, id,
            receipt => command.Guard(receipt) is { } denied
                ? denied
                : ReceiptDecider.Identify(receipt, id, request.CustomerId, "person", today),
            decided => Reply.Ok(ReceiptView.Of(id, decided.State, decided.Version, []), decided.Version));
    }
}

/// <summary>Why the money is gone again, and the bank's code for it.</summary>
public sealed record ReverseReceiptRequest(string Reason, string? Code = null);

/// <summary><c>POST /v1/receipts/{id}/reverse</c>.</summary>
public static class ReverseReceipt
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/reverse", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>(StatusCodes.Status202Accepted)
        .WithTags("Receipts")
        .WithSummary("Voids a receipt: returned, charged back, or recorded in error");

    private static async Task<IResult> Handle(Guid id, ReverseReceiptRequest request, HttpCommand command)
    {
        if (new Validation().Required("/reason", request.Reason, max: 20)
            .Optional("/code", request.Code, max: 20).Problem
            is { } problem)
        {
            return problem;
        }

        var (known, _) = await command.Store.LoadAsync(ReceiptStream.Type, id, command.Cancellation);
        if (!known.Exists)
            return await command.RefuseAsync(ReceiptRefusals.NotFound(id));
        if (command.Guard(known) is { } outsider)
            return await command.RefuseAsync(outsider);
        var today = await command.TodayAsync(known.LegalEntity);
        return await command.DecideAsync(
            ReceiptStream.Type, id,
            receipt => command.Guard(receipt) is { } denied
                ? denied
                : ReceiptDecider.Reverse(receipt, id, request.Reason, request.Code, today),
            decided => Reply.Accepted(
                $"/v1/receipts/{id}", ReceiptView.Of(id, decided.State, decided.Version, []), decided.Version),
            request.Reason);
    }
}

/// <summary>What commands on receipts have in common.</summary>
internal static class ReceiptCommands
{
    /// <summary>
    /// Why the caller may not touch this receipt, or null; one that does not exist is the decider's to refuse.
    /// </summary>
    public static Refusal? Guard(this HttpCommand command, Receipt receipt) =>
        receipt.Exists ? command.Caller.Deny(receipt.LegalEntity) : null;

    /// <summary>Today where the legal entity is.</summary>
    public static async Task<DateOnly> TodayAsync(this HttpCommand command, string legalEntity)
    {
        var entity = await command.Store.Database.LegalEntityAsync(legalEntity, command.Cancellation);
        return command.Clock.Today(entity!.TimeZone);
    }
}
