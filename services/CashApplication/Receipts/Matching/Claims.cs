using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>What earlier payments of the same session have taken: it is not there for the next.</summary>
internal sealed class Claims
{
    private readonly Dictionary<(Guid, int), Money> _settled = [];
    private readonly Dictionary<Guid, Money> _credited = [];
    private readonly HashSet<Guid> _remittances = [];

    /// <summary>The item with what is still available of it.</summary>
    public Candidate Now(Candidate item) => _settled.TryGetValue(item.Id, out var settled)
        ? item with { Available = item.Available - settled }
        : item;

    /// <summary>The credit memo with what is still available of it.</summary>
    public OpenCredit Now(OpenCredit credit) => _credited.TryGetValue(credit.CreditMemoId, out var taken)
        ? credit with { Available = credit.Available - taken }
        : credit;

    /// <summary>True while no payment has followed the advice.</summary>
    public bool IsWaiting(Guid remittanceId) => !_remittances.Contains(remittanceId);

    /// <summary>Takes what an explanation uses.</summary>
    public void Take(Explanation explanation)
    {
        foreach (var line in explanation.Lines)
        {
            var item = (line.InvoiceId, line.Installment);
            _settled[item] = _settled.TryGetValue(item, out var settled) ? settled + line.Settled : line.Settled;
            foreach (var credit in line.Credits ?? [])
            {
                _credited[credit.CreditMemoId] = _credited.TryGetValue(credit.CreditMemoId, out var taken)
                    ? taken + credit.Amount
                    : credit.Amount;
            }
        }

        if (explanation.RemittanceId is { } remittance)
            _remittances.Add(remittance);
    }
}
