using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>What earlier payments of the same session have taken: it is not there for the next.</summary>
internal sealed class Claims
{
    private readonly Dictionary<(Guid, int), Money> _settled = [];
    private readonly Dictionary<(Guid, int), List<(Money Discount, DateOnly ValueDate)>> _discounts = [];
    private readonly Dictionary<Guid, Money> _credited = [];
    private readonly HashSet<Guid> _remittances = [];

    /// <summary>The item with what is still available of it, and of its discount where that has a bound.</summary>
    public Candidate Now(Candidate item) => _settled.TryGetValue(item.Id, out var settled)
        ? item with { Available = Rest(item.Available, settled), Discount = Left(item), Net = null }
        : item;

    /// <summary>The credit memo with what is still available of it.</summary>
    public OpenCredit Now(OpenCredit credit) => _credited.TryGetValue(credit.CreditMemoId, out var taken)
        ? credit with { Available = Rest(credit.Available, taken) }
        : credit;

    /// <summary>True while no payment has followed the advice.</summary>
    public bool IsWaiting(Guid remittanceId) => !_remittances.Contains(remittanceId);

    /// <summary>Takes what an explanation of money of this day uses.</summary>
    public void Take(Explanation explanation, DateOnly valueDate)
    {
        foreach (var line in explanation.Lines)
        {
            var item = (line.InvoiceId, line.Installment);
            _settled[item] = _settled.TryGetValue(item, out var settled) ? settled + line.Settled : line.Settled;
            if (line is { Discount: { } discount, IsUnearned: false })
            {
                if (!_discounts.TryGetValue(item, out var taken))
                    _discounts[item] = taken = [];
                taken.Add((discount, valueDate));
            }

            foreach (var credit in line.Credits ?? [])
            {
                _credited[credit.CreditMemoId] = _credited.TryGetValue(credit.CreditMemoId, out var off)
                    ? off + credit.Amount
                    : credit.Amount;
            }
        }

        if (explanation.RemittanceId is { } remittance)
            _remittances.Add(remittance);
    }

    /// <summary>Others may have promised some of it since the payments before were explained.</summary>
    private static Money Rest(Money available, Money taken) =>
        available > taken ? available - taken : Money.Zero(available.Currency);

    private OfferedDiscount? Left(Candidate item) =>
        item.Discount is { } offered && _discounts.TryGetValue(item.Id, out var taken)
            ? offered.Less(Money.Sum(
                taken.Where(one => one.ValueDate > offered.Until).Select(one => one.Discount),
                item.Available.Currency))
            : item.Discount;
}
