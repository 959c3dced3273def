using System.Collections.Immutable;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>What is paid back of an invoice, by way of the credit memos issued for it.</summary>
public sealed partial record Invoice
{
    /// <summary>Refunds that were not returned, with their amounts.</summary>
    public ImmutableDictionary<Guid, Money> Refunds { get; init; } = ImmutableDictionary<Guid, Money>.Empty;

    /// <summary>Refunds that wait for an approval, or to be paid, with the amounts that are kept for them.</summary>
    public ImmutableDictionary<Guid, Money> ReservedRefunds { get; init; } = ImmutableDictionary<Guid, Money>.Empty;

    /// <summary>
    /// What of its write-offs is a loss because it was paid back, and would be none had the bank sent that back before;
    /// null for nothing. What was lost before a refund is none of it.
    /// </summary>
    public Money? LostByRefunds { get; init; }

    /// <summary>
    /// What the customer has put into it: money that was paid and not taken back, without what was deducted, deposits
    /// that it is netted with, and credits of other documents.
    /// </summary>
    public Money PutIn => Money.Sum(
        Allocations.Values.Where(one => one.State == AllocationState.Applied).Select(one => one.Amount)
            .Concat(Deposits.Values.Select(one => one.Amount))
            .Concat(Credits.Values.Where(one => !CreditMemos.ContainsKey(one.CreditMemoId)).Select(one => one.Amount)),
        Currency);

    /// <summary>What was paid back by its credit memos.</summary>
    public Money Refunded => Money.Sum(Refunds.Values, Currency);

    /// <summary>
    /// What may be paid back yet: what was put in beyond what is owed after all credits, what is written off too, and
    /// is kept for no refund.
    /// </summary>
    public Money Refundable => RefundableBut(Money.Zero(Currency));

    /// <summary>The same where deposits that it is netted with lack so much of what it took of them.</summary>
    public Money RefundableBut(Money lacked) => Money.Max(
        Money.Zero(Currency),
        BeyondLosses - Money.Sum(ReservedRefunds.Values, Currency) - lacked);

    /// <summary>
    /// What is owed on it once all of its credits are applied to it, those that are left out or applied elsewhere too:
    /// no more of it can be a loss, or be let go. Below zero where more was put in than that.
    /// </summary>
    public Money OwedAfterCredits => -Beyond;

    /// <summary>
    /// What may be charged back yet: what is creditable, and of what is owed no more than was not put in beyond it, or
    /// a credit that was left out could be paid back while its amount is owed on the chargeback.
    /// </summary>
    public Money Chargeable => Money.Max(Money.Zero(Currency), Money.Min(Creditable, OwedAfterCredits));

    /// <summary>
    /// Refunds it is kept for that what was put in does not come to any more; those that were asked for first are
    /// served first.
    /// </summary>
    public IEnumerable<(Guid RefundId, Money Amount)> Uncovered => UncoveredBut(Money.Zero(Currency));

    /// <summary>The same where deposits that it is netted with lack so much of what it took of them.</summary>
    public IEnumerable<(Guid RefundId, Money Amount)> UncoveredBut(Money lacked)
    {
        var left = BeyondLosses - lacked;
        foreach (var (refundId, amount) in ReservedRefunds.OrderBy(one => one.Key))
        {
            if (amount > left)
                yield return (refundId, amount);
            else
                left -= amount;
        }
    }

    /// <summary>The same after so much more is written off; what is recovered may be of any of it.</summary>
    private Money LostByRefundsWith(Money change)
    {
        var none = Money.Zero(Currency);
        var without = Money.Max(none, OwedAfterCredits - Refunded);
        return (LostByRefunds ?? none) + Money.Max(none, change - without);
    }

    /// <summary>What was put in and not paid back, beyond what is owed after all credits.</summary>
    private Money Beyond => PutIn - Refunded - (Issued!.Total - Credited - GivenUp - ChargedBack);

    /// <summary>The same where what is written off is owed: who has not paid for all that it keeps gets nothing back.
    /// </summary>
    private Money BeyondLosses => Beyond - Money.Sum(WrittenOff.Values, Currency);

    /// <summary>
    /// What was paid back and is not covered any more, because a payment has bounced since, or what else was put in was
    /// taken off again.
    /// </summary>
    public Money RefundedInVain => RefundedInVainBut(Money.Zero(Currency));

    /// <summary>The same where deposits that it is netted with lack so much of what it took of them.</summary>
    public Money RefundedInVainBut(Money lacked) => Money.Max(Money.Zero(Currency), Refunded - PutIn + lacked);
}
