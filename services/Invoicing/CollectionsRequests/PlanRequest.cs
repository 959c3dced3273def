using OrderToCash.Invoicing.Invoices;

namespace OrderToCash.Invoicing.CollectionsRequests;

/// <summary>
/// A payment plan at Collections asks for due dates to be moved, or for the first ones to be given back. Requests of
/// several plans about one item may be heard of in any order.
/// </summary>
/// <param name="PlanId">The plan.</param>
/// <param name="Sequence">Place of the request in the log of Collections. A plan takes an item only once it is seen
/// there that the one before it has ended, so the highest one has the last word.</param>
/// <param name="IsFirst">The plan has asked for nothing before.</param>
public sealed record PlanRequest(Guid PlanId, long Sequence, bool IsFirst)
{
    private const string Prefix = "payment-plan ";

    /// <summary>What the moves are noted as.</summary>
    public string Source => $"{Prefix}{PlanId}";

    /// <summary>
    /// Whether the due date of an installment is for this plan to move. It is not where a later plan has moved it, and
    /// not where a person has since the plan began; it gives back the first one only of what it has moved itself.
    /// </summary>
    /// <param name="invoice">The invoice.</param>
    /// <param name="installment">From 1.</param>
    /// <param name="givesBack">It asks for the first due date.</param>
    public bool MayMove(Invoice invoice, int installment, bool givesBack)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        if (Sequence < invoice.MovedAt.GetValueOrDefault(installment))
            return false;
        var last = invoice.MovedBy.GetValueOrDefault(installment);
        return last == Source || (!givesBack && (IsFirst || last is null || IsOfPlan(last)));
    }

    /// <summary>A person may call a move a payment plan, too, but not by the identifier of one.</summary>
    private static bool IsOfPlan(string source) =>
        source.StartsWith(Prefix, StringComparison.Ordinal) && Guid.TryParse(source.AsSpan(Prefix.Length), out _);
}
