using System.Collections.Immutable;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>What is paid back of an invoice, by way of the credit memos issued for it.</summary>
public sealed partial record Invoice
{
    /// <summary>Refunds that were not returned, with their amounts.</summary>
    public ImmutableDictionary<Guid, Money> Refunds { get; init; } = ImmutableDictionary<Guid, Money>.Empty;

    /// <summary>Money that was paid on it and not taken back, without what was deducted.</summary>
    public Money Paid => Money.Sum(
        Allocations.Values.Where(one => one.State == AllocationState.Applied).Select(one => one.Amount), Currency);

    /// <summary>What may be paid back yet: never more than was paid.</summary>
    public Money Refundable => Money.Max(Money.Zero(Currency), Paid - Money.Sum(Refunds.Values, Currency));
}
