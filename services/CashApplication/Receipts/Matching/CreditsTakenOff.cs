using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>Takes credit memos off the items that a payment is for.</summary>
internal static class CreditsTakenOff
{
    /// <summary>
    /// The lines with less money and the credit memos beside it: each credit memo on one item of its customer, the one
    /// that it credits or else the largest. Null where none of them bears one and still takes money: Invoicing is asked
    /// for both together, so something of both is needed.
    /// </summary>
    public static IReadOnlyList<MatchLine>? From(
        IEnumerable<MatchLine> lines, IEnumerable<(OpenCredit Credit, Money Amount)> takenOff)
    {
        MatchLine[] left = [.. lines];
        foreach (var (credit, amount) in takenOff.OrderByDescending(one => one.Amount.Amount)
            .ThenBy(one => one.Credit.Number, StringComparer.Ordinal))
        {
            var bearer = Enumerable.Range(0, left.Length)
                .Where(index => left[index].CustomerId == credit.CustomerId && left[index].Amount > amount)
                .OrderByDescending(index => left[index].InvoiceId == credit.InvoiceId)
                .ThenByDescending(index => left[index].Amount.Amount)
                .Select(index => (int?)index)
                .FirstOrDefault();
            if (bearer is not { } at)
                return null;
            left[at] = left[at] with
            {
                Amount = left[at].Amount - amount,
                Credits = [.. left[at].Credits ?? [], new CreditPart(credit.CreditMemoId, credit.Number, amount)],
            };
        }

        return left;
    }

    /// <summary>What people read of them.</summary>
    public static string Words(IEnumerable<OpenCredit> credits) => credits.Select(one => one.Number).ToArray() switch
    {
        [var only] => $"the credit memo {only}",
        { Length: <= 3 } few => $"the credit memos {string.Join(" and ", few)}",
        var many => $"the credit memos {string.Join(", ", many[..3])} and {many.Length - 3} more",
    };
}
