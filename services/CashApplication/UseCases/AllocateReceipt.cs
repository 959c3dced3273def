using System.Globalization;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>So much of a receipt for an installment.</summary>
public sealed record AllocationRequest(Guid InvoiceId, Money Amount, int Installment = 1, Money? Discount = null);

/// <summary>What a person applies a receipt to.</summary>
public sealed record AllocateReceiptRequest(IReadOnlyList<AllocationRequest> Allocations);

/// <summary><c>POST /v1/receipts/{id}/allocations</c>: what a person wants applied; Invoicing answers later.</summary>
public static class AllocateReceipt
{
    private const int MaxAllocations = 500;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/allocations", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>(StatusCodes.Status202Accepted)
        .WithTags("Receipts")
        .WithSummary("Applies a receipt to open items");

    private static Task<IResult> Handle(Guid id, AllocateReceiptRequest request, HttpCommand command) =>
        command.CommitAsync(async cancellation =>
        {
            var (receipt, version) = await command.Store.LoadAsync(ReceiptStream.Type, id, cancellation);
            if (!receipt.Exists)
                return ReceiptRefusals.NotFound(id);
            if (command.Caller.Deny(receipt.LegalEntity) is { } denied)
                return denied;
            if (command.ExpectedVersion is { } expected && expected != version)
                return Plan.WrongVersion(version);
            if (request.Allocations.Count is 0 or > MaxAllocations)
                return ReceiptRefusals.NothingToApply;
            var items = await command.Store.Database.OpenItemsAsync(
                request.Allocations.Select(allocation => allocation.InvoiceId), cancellation);
            var checkedItems = new List<OpenItemRow>(request.Allocations.Count);
            if (Check(receipt, request.Allocations, items, checkedItems) is { } refusal)
                return refusal;
            var entity = await command.Store.Database.LegalEntityAsync(receipt.LegalEntity, cancellation);
            AllocationOrder[] orders =
            [
                .. request.Allocations.Zip(checkedItems, (wanted, item) => new AllocationOrder(
                    Ids.Next(command.Clock), item.InvoiceId, item.InvoiceNumber, item.Installment,
                    wanted.Amount, "manual", 1m,
                    [$"Applied by {command.Caller.Subject}."])),
            ];
            var decision = ReceiptDecider.Request(
                receipt, id, checkedItems[0].CustomerId, orders, command.Clock.Today(entity!.TimeZone));
            if (decision.Refusal is { } no)
                return no;
            var after = decision.Events.Aggregate(receipt, Receipt.Evolve);
            var batch = new WriteBatch(command.Metadata())
                .GuardPromises(orders.Select(order => (order.InvoiceId, order.Installment, order.Amount.Amount)))
                .Append(ReceiptStream.Type, id, version, decision.Events);
            return Plan.Write(batch, Reply.Accepted($"/v1/receipts/{id}",
                ReceiptView.Of(id, after, version + decision.Events.Count, []), version + decision.Events.Count));
        });

    /// <summary>
    /// Holds the wishes against what is known of the items; fills in the items in the order of the wishes.
    /// </summary>
    private static Refusal? Check(
        Receipt receipt, IReadOnlyList<AllocationRequest> wanted, IReadOnlyList<OpenItemRow> items,
        List<OpenItemRow> found)
    {
        var currency = receipt.Balance.Amount.Currency;
        var customer = receipt.Balance.CustomerId;
        for (var index = 0; index < wanted.Count; index++)
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"/allocations/{index}");
            var wish = wanted[index];
            if (items.FirstOrDefault(i =>
                i.InvoiceId == wish.InvoiceId && i.Installment == wish.Installment) is not { } item)
                return ReceiptRefusals.UnknownItem(wish.InvoiceId, wish.Installment, field);
            customer ??= item.CustomerId;
            var refusal = item switch
            {
                _ when found.Contains(item) =>
                    ReceiptRefusals.SameItemTwice(item.InvoiceNumber, item.Installment, field),
                _ when item.LegalEntity != receipt.LegalEntity =>
                    ReceiptRefusals.OtherLegalEntity(item.InvoiceNumber, item.LegalEntity, field),
                _ when item.Currency != currency.Code || wish.Amount.Currency != currency =>
                    ReceiptRefusals.OtherCurrency(item.InvoiceNumber, Currency.Of(item.Currency), field),
                _ when item.CustomerId != customer => ReceiptRefusals.OtherCustomer(item.InvoiceNumber, field),
                _ when !wish.Amount.IsPositive => ReceiptRefusals.AmountNotPositive($"{field}/amount"),
                _ when wish.Discount is { IsZero: false } => ReceiptRefusals.DiscountNotGranted($"{field}/discount"),
                _ when wish.Amount.Amount > item.Balance - item.Promised => ReceiptRefusals.ExceedsOpenItem(
                    item.InvoiceNumber, item.Installment,
                    Money.Of(Math.Max(0, item.Balance - item.Promised), currency), $"{field}/amount"),
                _ => null,
            };
            if (refusal is not null)
                return refusal;
            found.Add(item);
        }

        return null;
    }
}
