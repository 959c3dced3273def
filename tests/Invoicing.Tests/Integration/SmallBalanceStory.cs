using OrderToCash.Invoicing.WriteOffs;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Integration;

/// <summary>A run that writes off small balances, and one that is not approved.</summary>
internal static class SmallBalanceStory
{
    private static readonly Guid InvoiceId = Ids.From("invoice", "7");

    public static IReadOnlyList<object> Events { get; } =
    [
        new WriteOffRunRequested(
            "US01", Some.Usd(5), Some.Today, "too small", "ana",
            [new SmallRest(InvoiceId, "INV-US01-2026-000007", 1, Some.Customer, Some.Usd(0.37m), 4)],
            Some.Usd(0.37m)),
        new WriteOffRunStarted("ana"),
        new WriteOffRunAdvanced([new RestOutcome(InvoiceId, 1)]),
        new WriteOffRunDropped("not now"),
    ];
}
