using System.Collections.Immutable;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>Part of a deposit that an invoice is netted with.</summary>
/// <param name="DepositDate">Tax point of its tax.</param>
public sealed record AppliedDeposit(
    Guid DepositId, string DepositNumber, DateOnly DepositDate, int Installment, Money Amount, Money Net, Money Tax,
    IReadOnlyList<TaxShare> Taxes);

/// <summary>What an invoice has taken of a deposit, and what of it is not tax.</summary>
public sealed record DepositUse(Guid InvoiceId, string InvoiceNumber, Money Amount, Money Net);

/// <summary>
/// What was billed ahead. A deposit is a document of its own, with its own date and tax; what is paid on it is netted
/// with invoices once, or credited, and never both.
/// </summary>
public sealed partial record Invoice
{
    /// <summary>Deposits it is netted with now, by application.</summary>
    public ImmutableSortedDictionary<Guid, AppliedDeposit> Deposits { get; init; } =
        ImmutableSortedDictionary<Guid, AppliedDeposit>.Empty;

    /// <summary>Of a deposit: what invoices have taken of it, by application.</summary>
    public ImmutableSortedDictionary<Guid, DepositUse> Uses { get; init; } =
        ImmutableSortedDictionary<Guid, DepositUse>.Empty;

    /// <summary>Of a deposit: what of the credit memos issued for it is not tax.</summary>
    public ImmutableDictionary<Guid, Money> CreditedNet { get; init; } = ImmutableDictionary<Guid, Money>.Empty;

    /// <summary>It bills ahead of the delivery.</summary>
    public bool IsDeposit => Issued?.Kind == DocumentKind.Deposit;

    /// <summary>Of a deposit: what invoices have taken of it.</summary>
    public Money Used => Money.Sum(Uses.Values.Select(use => use.Amount), Currency);

    /// <summary>
    /// What the customer has put into it: payments with all that they settled, and credits of other documents. Credit
    /// memos for itself are none of that.
    /// </summary>
    public Money Funded => Money.Sum(
        Allocations.Values.Where(one => one.State == AllocationState.Applied)
            .Select(one => Settlement.Of(one.Amount, one.Discount, one.Difference))
            .Concat(Credits.Values.Where(one => !CreditMemos.ContainsKey(one.CreditMemoId)).Select(one => one.Amount)),
        Currency);

    /// <summary>
    /// Of a deposit: what may be netted yet. Never what is not paid or was paid back, nor what was credited; nothing
    /// where a payment came back that was netted already.
    /// </summary>
    public Money Available => IsVoid ? Money.Zero(Currency) : Money.Max(
        Money.Zero(Currency), Money.Min(Funded - Refunded, Issued!.Total - Credited) - Used);

    /// <summary>Of a deposit: what was netted and is not there any more, because a payment came back.</summary>
    public Money Lacking => Money.Max(Money.Zero(Currency), Used - (Funded - Refunded));

    /// <summary>
    /// What a deposit that it is netted with lacks of what it took. Where others took of it, too, each of them bears
    /// all that it can: nobody says whose part it is.
    /// </summary>
    public Money LackedBy(Guid depositId, Invoice deposit) => Money.Min(deposit.Lacking, Money.Sum(
        Deposits.Values.Where(one => one.DepositId == depositId).Select(one => one.Amount), Currency));

    /// <summary>What of a deposit is neither netted nor credited: owed to the customer, without its tax.</summary>
    public Money NetLeft => Issued!.Net - Money.Sum(
        Uses.Values.Select(use => use.Net).Concat(CreditedNet.Values), Currency);

    /// <summary>The tax on <see cref="NetLeft"/>.</summary>
    public Money TaxLeft => Issued!.Total - Credited - Used - NetLeft;

    /// <summary>
    /// What of an amount of a deposit, at most <see cref="Creditable"/>, is net and what tax: in the proportion of what
    /// is left, so that the last part takes exactly that.
    /// </summary>
    public (Money Net, Money Tax) ShareOf(Money amount)
    {
        var shares = amount.Split(NetLeft.Amount, TaxLeft.Amount);
        return (shares[0], shares[1]);
    }

    /// <summary>What so much net of a deposit is in the books by its booked rate; null where no rate was.</summary>
    public Money? NetBaseOf(Money left) =>
        ForeignExchange.PartOf(BaseCredited(AccountRoles.CustomerDeposits), left, Issued!.Net);

    /// <summary>The same of its tax, where it has any.</summary>
    public Money? TaxBaseOf(Money left) =>
        ForeignExchange.PartOf(BaseCredited(AccountRoles.Tax), left, Issued!.Tax);

    private Money? BaseCredited(string role)
    {
        var amounts = Issued!.Entry.Lines.Where(line => line.Role == role).Select(line => line.BaseCredit)
            .OfType<Money>().ToList();
        return amounts.Count == 0 ? null : Money.Sum(amounts, amounts[0].Currency);
    }

    private static Invoice EvolveDeposits(Invoice invoice, object e) => e switch
    {
        DepositApplied applied => invoice.Settle(applied.Item.Installment, -applied.Amount) with
        {
            Deposits = invoice.Deposits.SetItem(
                applied.ApplicationId,
                new(
                    applied.DepositId, applied.DepositNumber, applied.DepositDate, applied.Item.Installment,
                    applied.Amount, applied.Net, applied.Tax, applied.Taxes)),
        },
        DepositUnapplied unapplied => invoice.Settle(unapplied.Item.Installment, unapplied.Amount) with
        {
            Deposits = invoice.Deposits.Remove(unapplied.ApplicationId),
        },
        DepositUsed used => invoice with
        {
            Uses = invoice.Uses.SetItem(
                used.ApplicationId, new(used.InvoiceId, used.InvoiceNumber, used.Amount, used.Net)),
        },
        DepositReleased released => invoice with { Uses = invoice.Uses.Remove(released.ApplicationId) },
        _ => EvolveChargebacks(invoice, e),
    };
}
