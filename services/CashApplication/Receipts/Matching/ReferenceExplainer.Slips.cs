namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>Numbers that are written in part, or with slips.</summary>
internal sealed partial class ReferenceExplainer
{
    /// <summary>Items of these customers whose numbers are written in part, or with one slip that the policy lets
    /// pass.</summary>
    private Candidate[] HintedOf(IEnumerable<Guid> customers) =>
        [.. named.Hinted(Pool(customers)).Where(item => named.ScoreOf(item) >= settings.Policy.LeastNumberScore)];

    /// <summary>
    /// One item of a likely payer of just this amount whose number is written with two slips. Applied without a person
    /// only where it is certain who paid, no other of the payer's items has nearly the number that is written, and both
    /// slips are in its serial number: the numbers of other companies differ before it, and are not known here.
    /// </summary>
    private Draft? TwoSlips()
    {
        if (payment.Remittance.Count == 0)
            return null;
        foreach (var candidate in payer.Candidates.Take(3))
        {
            var rules = settings.RuleSetOf(candidate.CustomerId, facts);
            var amounts = new AmountFit(payment.Amount, payment.ValueDate, rules, settings.Policy, payment.Charges);
            Candidate[] pool = [.. Pool([candidate.CustomerId])];
            var found = pool.Where(item =>
                    ReferenceKeys.Score(item.InvoiceNumber, slips: 2) >= settings.Policy.LeastNumberScore)
                .Select(item => (Item: item, Fit: amounts.Exactly([item])))
                .Where(pair => pair.Fit is not null && named.HasTwoSlips(pair.Item))
                .Select(pair => ((Candidate, Fit)?)(pair.Item, pair.Fit!))
                .FirstOrDefault();
            if (found is not (var item, var fit))
                continue;
            return new Draft(MatchRules.InvoiceNumber, fit, rules)
                .Supported(
                    Evidence.PartOfNumber, ReferenceKeys.Score(item.InvoiceNumber, slips: 2),
                    "The payer writes its number with two slips.")
                .Noted(NotMeant())
                .Supported(fit.Evidence, fit.Words)
                .Supported(candidate)
                .Doubted(
                    pool.Any(other => other.InvoiceId != item.InvoiceId && named.IsWithinTwoSlips(other)), 0.85m,
                    "Another item has nearly the number that is written.")
                .Doubted(
                    !named.HasTwoSlipsInSerial(item), 0.85m,
                    "What is written may be a number of another company or year.")
                .Doubted(!IsCertainlyOf(candidate.CustomerId), 0.85m, "Who paid is not certain.");
        }

        return null;
    }

    private bool IsCertainlyOf(Guid customerId) =>
        payer.Settle([]) is { CustomerId: { } settled, IsContradicted: false } && settled == customerId;
}
