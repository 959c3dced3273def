using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>What earlier payments of the same session have taken: it is not there for the next.</summary>
internal sealed class Claims
{
    private readonly Dictionary<(Guid, int), Money> _settled = [];
    private readonly HashSet<Guid> _remittances = [];

    /// <summary>The item with what is still available of it.</summary>
    public Candidate Now(Candidate item) => _settled.TryGetValue(item.Id, out var settled)
        ? item with { Available = item.Available - settled }
        : item;

    /// <summary>True while no payment has followed the advice.</summary>
    public bool IsWaiting(Guid remittanceId) => !_remittances.Contains(remittanceId);

    /// <summary>Takes what an explanation uses.</summary>
    public void Take(Explanation explanation)
    {
        foreach (var line in explanation.Lines)
        {
            var item = (line.InvoiceId, line.Installment);
            _settled[item] = _settled.TryGetValue(item, out var settled) ? settled + line.Settled : line.Settled;
        }

        if (explanation.RemittanceId is { } remittance)
            _remittances.Add(remittance);
    }
}
