using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// <c>POST /v1/receipts/{id}/match</c>: matches what is free once more, with the invoices, advices and payers that are
/// known by now, and applies what is certain.
/// </summary>
public static class MatchReceipt
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/match", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>(StatusCodes.Status202Accepted)
        .WithTags("Workbench")
        .WithSummary("Matches a receipt again");

    private static Task<IResult> Handle(Guid id, HttpCommand command, ReceiptMatcher matcher) =>
        command.CommitAsync(async cancellation =>
        {
            var (receipt, version) = await command.Store.LoadAsync(ReceiptStream.Type, id, cancellation);
            if (!receipt.Exists)
                return ReceiptRefusals.NotFound(id);
            if (command.Guard(receipt) is { } outsider)
                return outsider;
            command.Expect(version);
            var batch = new WriteBatch(command.Metadata());
            var after = await matcher.AddAsync(batch, id, receipt, version, cancellation);
            return Plan.Write(batch, Reply.Accepted(
                $"/v1/receipts/{id}", ReceiptView.Of(id, after.State, after.Version, []), after.Version));
        });
}
