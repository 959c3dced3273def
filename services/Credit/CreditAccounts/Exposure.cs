using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>What is at risk with a customer in one currency.</summary>
/// <param name="OpenReceivables">Balances of its open items.</param>
/// <param name="OpenOrders">Reservations: approved orders not yet invoiced.</param>
/// <param name="UnappliedCash">Its money that is not applied to anything yet. Money promised to an item counts for
/// neither side until Invoicing has applied it: for that moment the exposure is too high, never too low.</param>
/// <param name="Disputed">The disputed part of the open receivables; null for none.</param>
/// <param name="OpenCredits">Credit memos that may still be applied; null for none.</param>
/// <param name="UnbilledDeliveries">What is delivered of orders and not invoiced yet; null for nothing.</param>
public sealed record Exposure(
    Money OpenReceivables, Money OpenOrders, Money UnappliedCash,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Disputed = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? OpenCredits = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? UnbilledDeliveries = null)
{
    /// <summary>
    /// Receivables, deliveries and orders less unapplied cash; below zero when the customer has paid ahead.
    /// </summary>
    public Money Total =>
        OpenReceivables + (UnbilledDeliveries ?? Money.Zero(OpenOrders.Currency)) + OpenOrders - UnappliedCash;

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

    /// <summary>With an unbilled delivery that was <paramref name="before"/> and is <paramref name="after"/>.</summary>
    public Exposure MoveDelivery(Money before, Money after) =>
        this with { UnbilledDeliveries = Moved(UnbilledDeliveries, before, after) };

    /// <summary>
    /// With unapplied cash of a receipt that was <paramref name="before"/> and is <paramref name="after"/>.
    /// </summary>
    public Exposure MoveCash(Money before, Money after) => this with { UnappliedCash = UnappliedCash - before + after };

    /// <summary>With a disputed part that was <paramref name="before"/> and is <paramref name="after"/>.</summary>
    public Exposure MoveDisputed(Money before, Money after) => this with { Disputed = Moved(Disputed, before, after) };

    /// <summary>
    /// With a credit memo of which <paramref name="before"/> was open and <paramref name="after"/> is.
    /// </summary>
    public Exposure MoveCredit(Money before, Money after) =>
        this with { OpenCredits = Moved(OpenCredits, before, after) };

    private static Money? Moved(Money? now, Money before, Money after) =>
        (now ?? Money.Zero(after.Currency)) - before + after is { IsZero: false } moved ? moved : null;
}
