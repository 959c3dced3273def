using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Where the money of an allocation is to go instead, and why; all of it where no amount is named.</summary>
public sealed record MoveAllocationRequest(
    Guid InvoiceId, string Reason, int Installment = 1, Money? Amount = null);

/// <summary>
/// <c>POST /v1/receipts/{id}/allocations/{allocationId}/move</c>: one call takes a confirmed allocation back and, once
/// Invoicing has done so, asks for the other item.
/// </summary>
public static class MoveAllocation
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/allocations/{allocationId:guid}/move", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>(StatusCodes.Status202Accepted)
        .WithTags("Workbench")
        .WithSummary("Moves applied money to another item");

    private static async Task<IResult> Handle(
        Guid id, Guid allocationId, MoveAllocationRequest request, HttpCommand command, ReceiptMatching matching)
    {
        var (receipt, _) = await command.Store.LoadAsync(ReceiptStream.Type, id, command.Cancellation);
        if (!receipt.Exists)
            return await command.RefuseAsync(ReceiptRefusals.NotFound(id));
        if (command.Guard(receipt) is { } outsider)
            return await command.RefuseAsync(outsider);
        if (receipt.Find(allocationId) is not { } allocation)
            return await command.RefuseAsync(ReceiptRefusals.AllocationNotFound(allocationId));
        var amount = request.Amount ?? allocation.Amount;
        var wishes = await AllocationWishes.ReadAsync(
            command.Store.Database, receipt, [new AllocationRequest(request.InvoiceId, amount, request.Installment)],
            await matching.SettingsAsync(receipt.LegalEntity, command.Cancellation), command.Cancellation);
        var targetId = Ids.Next(command.Clock);
        var (asked, refusal) = wishes.Check(() => targetId);
        if (refusal is not null)
            return await command.RefuseAsync(refusal);
        var target = new MoveTarget(
            targetId, asked[0].InvoiceId, asked[0].InvoiceNumber, asked[0].Installment, asked[0].CustomerId, amount);
        return await command.OnReceiptAsync(
            id, now => ReceiptDecider.Move(now, id, allocationId, target, request.Reason), request.Reason,
            accepted: true);
    }
}
