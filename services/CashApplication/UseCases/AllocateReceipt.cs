using System.Globalization;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A part of an item that the payer keeps back.</summary>
/// <param name="ReasonCode">One of ours; without one, what the customer's reason means by the policy.</param>
public sealed record DeductionRequest(Money Amount, string? ReasonCode = null, string? CustomerReason = null);

/// <summary>So much of a receipt for an installment.</summary>
/// <param name="Discount">Cash discount beside it.</param>
/// <param name="Difference">Small difference given up beside it, within the policy's tolerance.</param>
/// <param name="Deduction">What the payer keeps back with a reason; opens a dispute.</param>
public sealed record AllocationRequest(
    Guid InvoiceId, Money Amount, int Installment = 1, Money? Discount = null, Money? Difference = null,
    DeductionRequest? Deduction = null);

/// <summary>What a person applies a receipt to; all of it is one decision.</summary>
/// <param name="Reason">Why, where the person says so: kept with the allocations, and shown. Up to 500
/// characters.</param>
public sealed record AllocateReceiptRequest(IReadOnlyList<AllocationRequest> Allocations, string? Reason = null);

/// <summary>
/// <c>POST /v1/receipts/{id}/allocations</c>: what a person wants applied, to items of one customer or of a whole
/// group; Invoicing answers later.
/// </summary>
public static class AllocateReceipt
{
    /// <summary>As many as the largest group payments have lines.</summary>
    private const int MaxAllocations = 20_000;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/allocations", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>(StatusCodes.Status202Accepted)
        .WithTags("Receipts")
        .WithSummary("Applies a receipt to open items");

    private static async Task<IResult> Handle(
        Guid id, AllocateReceiptRequest request, HttpCommand command, ReceiptMatching matching)
    {
        if (new Validation().Optional("/reason", request.Reason, max: PersonsReason.MaxLength).Problem is { } problem)
            return problem;
        return await command.CommitAsync(async cancellation =>
        {
            var (receipt, version) = await command.Store.LoadAsync(ReceiptStream.Type, id, cancellation);
            if (!receipt.Exists)
                return ReceiptRefusals.NotFound(id);
            if (command.Caller.Deny(receipt.LegalEntity) is { } denied)
                return denied;
            command.Expect(version);
            if (request.Allocations.Count is 0 or > MaxAllocations)
                return ReceiptRefusals.NothingToApply;
            var wishes = await AllocationWishes.ReadAsync(
                command.Store.Database, receipt, request.Allocations,
                await matching.SettingsAsync(receipt.LegalEntity, cancellation), cancellation);
            var (asked, refusal) = wishes.Check(() => Ids.Next(command.Clock));
            if (refusal is not null)
                return refusal;
            var decision = new AllocationDecision(Ids.Next(command.Clock), "manual", 1m,
                [PersonsReason.Of("Applied", command.Caller.Subject, request.Reason)], IsAutomatic: false, asked);
            var write = await command.ApplyAsync(
                matching, id, receipt, version, wishes.Owner, decision, cancellation, request.Reason);
            return write.ToPlan(id);
        });
    }
}

/// <summary>What a person wants applied, held against what is known of the items.</summary>
internal sealed class AllocationWishes
{
    private readonly Receipt _receipt;
    private readonly IReadOnlyList<AllocationRequest> _wanted;
    private readonly Dictionary<(Guid, int), OpenItemRow> _items;
    private readonly MatchFacts _customers;
    private readonly MatchSettings _settings;
    private readonly Dictionary<Guid, bool> _mayPay = [];

    private AllocationWishes(
        Receipt receipt, IReadOnlyList<AllocationRequest> wanted, Dictionary<(Guid, int), OpenItemRow> items,
        MatchFacts customers, MatchSettings settings)
    {
        (_receipt, _wanted, _items, _customers, _settings) = (receipt, wanted, items, customers, settings);
        Owner = receipt.Balance.CustomerId ?? OwnerOf(items.Values);
    }

    /// <summary>Whose money it is, or becomes: the customer, or the head of the group whose items are paid.</summary>
    public Guid Owner { get; }

    public static async Task<AllocationWishes> ReadAsync(
        Npgsql.NpgsqlDataSource database, Receipt receipt, IReadOnlyList<AllocationRequest> wanted,
        MatchSettings settings, CancellationToken cancellation)
    {
        var rows = await database.OpenItemsAsync(
            wanted.Select(wish => wish.InvoiceId).Distinct(), cancellation);
        var customers = await MatchFactsReader.CustomersAsync(
            database, rows.Select(row => row.CustomerId).Append(receipt.Balance.CustomerId ?? Guid.Empty),
            cancellation);
        return new AllocationWishes(
            receipt, wanted, rows.ToDictionary(row => (row.InvoiceId, row.Installment)), customers, settings);
    }

    /// <summary>The allocations to ask for, in the order of the wishes, or the first reason why not.</summary>
    public (IReadOnlyList<RequestedAllocation> Asked, Refusal? Refusal) Check(Func<Guid> nextId)
    {
        var asked = new List<RequestedAllocation>(_wanted.Count);
        var seen = new HashSet<(Guid, int)>();
        for (var index = 0; index < _wanted.Count; index++)
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"/allocations/{index}");
            var wish = _wanted[index];
            if (!_items.TryGetValue((wish.InvoiceId, wish.Installment), out var item))
                return ([], ReceiptRefusals.UnknownItem(wish.InvoiceId, wish.Installment, field));
            if (!seen.Add((wish.InvoiceId, wish.Installment)))
                return ([], ReceiptRefusals.SameItemTwice(item.InvoiceNumber, item.Installment, field));
            if ((Foreign(wish, item, field) ?? TooMuch(wish, item, field)) is { } refusal)
                return ([], refusal);
            var (deduction, unknown) = DeductionOf(wish, item, field);
            if (unknown is not null)
                return ([], unknown);
            asked.Add(new RequestedAllocation(
                nextId(), item.InvoiceId, item.InvoiceNumber, item.Installment, item.CustomerId, wish.Amount,
                Positive(wish.Discount), Positive(wish.Difference), deduction));
        }

        return (asked, null);
    }

    private Refusal? Foreign(AllocationRequest wish, OpenItemRow item, string field)
    {
        var currency = _receipt.Balance.Amount.Currency;
        Money?[] amounts = [wish.Amount, wish.Discount, wish.Difference, wish.Deduction?.Amount];
        return item switch
        {
            _ when item.LegalEntity != _receipt.LegalEntity =>
                ReceiptRefusals.OtherLegalEntity(item.InvoiceNumber, item.LegalEntity, field),
            _ when item.Currency != currency.Code
                || amounts.OfType<Money>().Any(amount => amount.Currency != currency) =>
                ReceiptRefusals.OtherCurrency(item.InvoiceNumber, Currency.Of(item.Currency), field),
            _ when !MayPay(item.CustomerId) => ReceiptRefusals.OtherCustomer(item.InvoiceNumber, field),
            _ => null,
        };
    }

    private Refusal? TooMuch(AllocationRequest wish, OpenItemRow item, string field)
    {
        var available = Money.Of(item.Available, wish.Amount.Currency);
        var settled = wish.Amount + (wish.Discount ?? Money.Zero(available.Currency))
            + (wish.Difference ?? Money.Zero(available.Currency));
        return wish switch
        {
            { Amount.IsPositive: false } => ReceiptRefusals.AmountNotPositive($"{field}/amount"),
            { Discount.IsNegative: true } => ReceiptRefusals.AmountNotPositive($"{field}/discount"),
            { Difference.IsNegative: true } => ReceiptRefusals.AmountNotPositive($"{field}/difference"),
            { Deduction.Amount.IsPositive: false } => ReceiptRefusals.AmountNotPositive($"{field}/deduction"),
            { Discount.IsPositive: true } when item.Discount is null =>
                ReceiptRefusals.DiscountNotGranted($"{field}/discount"),
            { Discount: { IsPositive: true } discount } when
                discount > item.Discount!.DeductibleOn(settled, _receipt.ValueDate) =>
                ReceiptRefusals.DiscountNotEarned(discount, item.InvoiceNumber, $"{field}/discount"),
            { Difference: { IsPositive: true } difference } when
                !_settings.Policy.GivesUp(ExceptionKind.Under, difference, available) =>
                ReceiptRefusals.ExceedsTolerance(difference, $"{field}/difference"),
            { Difference.IsPositive: true } when settled < available =>
                ReceiptRefusals.DifferenceLeavesOpen($"{field}/difference"),
            _ when settled > available => Exceeds(settled, $"{field}/amount"),
            { Deduction.Amount: var kept } when settled + kept > available =>
                Exceeds(settled + kept, $"{field}/deduction"),
            _ => null,
        };

        Refusal Exceeds(Money asked, string at) => asked.Amount > item.Balance
            ? ReceiptRefusals.ExceedsOpenItem(item.InvoiceNumber, item.Installment, available, at)
            : ReceiptRefusals.OpenItemPromised(item.InvoiceNumber, item.Installment, available, at);
    }

    private (Deduction? Deduction, Refusal? Refusal) DeductionOf(
        AllocationRequest wish, OpenItemRow item, string field)
    {
        if (wish.Deduction is not { } kept)
            return (null, null);
        var code = kept.ReasonCode ?? DeductionReasons.CodeOf(
            kept.CustomerReason, _settings.Policy, _customers.Customer(item.CustomerId));
        return code is not null && DeductionReasons.Codes.Contains(code)
            ? (new Deduction(kept.Amount, code, kept.CustomerReason), null)
            : (null, ReceiptRefusals.UnknownDeductionReason(code ?? kept.CustomerReason ?? "", $"{field}/deduction"));
    }

    private bool MayPay(Guid debtor)
    {
        if (!_mayPay.TryGetValue(debtor, out var may))
        {
            _mayPay[debtor] = may = _customers.MayPay(Owner, debtor)
                || (_receipt.Balance.Shares ?? []).Any(share => share.CustomerId == debtor);
        }

        return may;
    }

    private Guid OwnerOf(IReadOnlyCollection<OpenItemRow> items)
    {
        Guid[] debtors = [.. items.Select(item => item.CustomerId).Distinct().Order()];
        if (debtors.Length <= 1)
            return debtors.FirstOrDefault();
        var group = _customers.GroupOf(debtors[0]);
        return _customers.Customer(group).Number.Length > 0 ? group : debtors[0];
    }

    private static Money? Positive(Money? money) => money is { IsPositive: true } ? money : null;
}
