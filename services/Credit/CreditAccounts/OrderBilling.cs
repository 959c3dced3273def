using System.Collections.Immutable;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>What an invoice in another currency bills of its order, in that of the order.</summary>
/// <param name="Billed">In the order's currency.</param>
/// <param name="Rate">One unit of the invoice's currency in it: that of the day on which the invoice first billed the
/// order, whatever becomes of the invoice.</param>
public sealed record ConvertedBilling(Money Billed, decimal Rate);

/// <summary>
/// What an invoice bills of the order that it names: its amount, less what credit memos take back of it; of a deposit
/// no more than what no invoice was netted with, for that invoice bills the rest.
/// </summary>
public sealed record OrderBilling
{
    /// <summary>Nothing is known of the invoice.</summary>
    public static readonly OrderBilling None = new();

    /// <summary>The order; null while the invoice is not known, or where it names none.</summary>
    public string? OrderId { get; init; }

    /// <summary>Its amount in major units of its currency; 0 once it is void.</summary>
    public decimal Amount { get; init; }

    /// <summary>What each credit memo takes back, with the version of the credit memo behind it.</summary>
    public ImmutableDictionary<Guid, (long SourceVersion, decimal Amount)> Credits { get; init; } =
        ImmutableDictionary<Guid, (long SourceVersion, decimal Amount)>.Empty;

    /// <summary>Of a deposit what no invoice was netted with, with the version of the deposit behind it.</summary>
    public (long SourceVersion, decimal Amount)? Unused { get; init; }

    /// <summary>What of that counts in the order's currency, where that is another one and a rate was known.</summary>
    public ConvertedBilling? InOrder { get; init; }

    /// <summary>What it bills of the order now, in its own currency.</summary>
    public decimal Bills => OrderId is null ? 0 : Math.Max(
        0, Math.Min(Amount, Unused?.Amount ?? Amount) - Credits.Values.Sum(credit => credit.Amount));

    /// <summary>
    /// What it bills of an order in another currency, by the rate that it was first counted by, or that of the day;
    /// null without a rate, and where it comes to more than an amount can be.
    /// </summary>
    public ConvertedBilling? In(Currency order, Currency own, DecisionFacts? facts)
    {
        var rate = InOrder is { } known && known.Billed.Currency == order ? known.Rate
            : facts?.Rates.Between(own, order, facts.OldestRate);
        return rate is { } unit && (Bills == 0 || unit < (Money.Limit - 1) / Bills)
            ? new ConvertedBilling(Money.Round(Bills * unit, order), unit)
            : null;
    }

    /// <summary>With an installment that billed <paramref name="before"/> and bills <paramref name="after"/>.</summary>
    public OrderBilling Move(string orderId, Money before, Money after) =>
        this with { OrderId = orderId, Amount = Amount - before.Amount + after.Amount };

    /// <summary>With what a credit memo takes back.</summary>
    public OrderBilling With(InvoiceCreditNoted credit) => this with
    {
        Credits = Credits.SetItem(credit.CreditMemoId, (credit.SourceVersion, credit.Amount.Amount)),
    };

    /// <summary>With what is left of a deposit.</summary>
    public OrderBilling With(DepositUseNoted deposit) =>
        this with { Unused = (deposit.SourceVersion, deposit.Unused.Amount) };
}
