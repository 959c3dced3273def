using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>What is at risk with a customer in one currency.</summary>
/// <param name="OpenReceivables">Balances of its open items.</param>
/// <param name="OpenOrders">Reservations: approved orders not yet invoiced.</param>
/// <param name="UnappliedCash">Its money that is not applied to anything yet. Money promised to an item counts for
/// neither side until Invoicing has applied it: for that moment the exposure is too high, never too low.</param>
public sealed record Exposure(Money OpenReceivables, Money OpenOrders, Money UnappliedCash)
{
    /// <summary>Receivables and orders less unapplied cash; below zero when the customer has paid ahead.</summary>
    public Money Total => OpenReceivables + OpenOrders - UnappliedCash;

    /// <summary>Nothing at risk.</summary>
    public static Exposure None(Currency currency)
    {
        var zero = Money.Zero(currency);
        return new Exposure(zero, zero, zero);
    }

    /// <summary>With a receivable that was <paramref name="before"/> and is <paramref name="after"/>.</summary>
    public Exposure MoveReceivable(Money before, Money after) =>
        this with { OpenReceivables = OpenReceivables - before + after };

    /// <summary>With a reservation that was <paramref name="before"/> and is <paramref name="after"/>.</summary>
    public Exposure MoveOrder(Money before, Money after) => this with { OpenOrders = OpenOrders - before + after };

    /// <summary>
    /// With unapplied cash of a receipt that was <paramref name="before"/> and is <paramref name="after"/>.
    /// </summary>
    public Exposure MoveCash(Money before, Money after) => this with { UnappliedCash = UnappliedCash - before + after };
}
