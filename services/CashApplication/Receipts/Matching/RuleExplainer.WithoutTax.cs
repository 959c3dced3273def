namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>Amounts without tax.</summary>
internal sealed partial class RuleExplainer
{
    /// <summary>
    /// Where no rule explains the amount: what a likely payer owes that comes to it without its tax, item by item or
    /// all of it.
    /// </summary>
    private IEnumerable<Draft> WithoutTax()
    {
        foreach (var candidate in payer.Candidates.Take(MaxPayers))
        {
            var rules = settings.RuleSetOf(candidate.CustomerId, facts);
            var (pool, amounts) = (Pool([candidate.CustomerId], rules), Amounts(payment.Amount, rules));
            var told = DeductionReasons.CodeOf(
                string.Join(' ', payment.Remittance), settings.Policy, facts.Customer(candidate.CustomerId));
            Fit[] found =
            [
                .. pool.Where(item => item.Net == payment.Amount).Select(item => amounts.WithoutTax([item]))
                    .OfType<Fit>().Take(MaxByAmount),
            ];
            if (found.Length == 0 && amounts.WithoutTax(pool) is { } all)
                found = [all];
            foreach (var fit in found)
            {
                yield return Named(new Draft(MatchRules.WithoutTax, fit, rules)
                    .Supported(fit.Evidence, fit.Words)
                    .Supported(candidate)
                    .Doubted(told is not null, 0.60m, "The payer gives a reason for what is missing.")
                    .Doubted(found.Length > 1, 0.60m, $"{found.Length} items come to it without their tax."));
            }
        }
    }
}
