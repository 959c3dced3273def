namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>
/// Tells the slip that is somebody else's number. Numbers of invoices follow one on the other: one wrong digit in the
/// number of one's own names another customer's. It is told by everything at once: somebody pays of whom it is certain
/// who it is, and who does not pay for the one who owes what is named; what is named is not what was paid, and the
/// payer gives no reason for that; and just one of the payer's own items is, and has that number but for a slip.
/// </summary>
internal static class Misnamed
{
    /// <summary>What is named by such a slip, or null.</summary>
    public static Candidate? Of(
        Payment payment, MatchFacts facts, MatchSettings settings, PayerEvidence payer, NamedItems named,
        Claims claims)
    {
        if (named is not { Naming: Naming.Number, All: [var told, ..] }
            || named.All.Any(item => item.InvoiceId != told.InvoiceId)
            || payer.Settle([]) is not { CustomerId: { } customer, IsContradicted: false }
            || facts.MayPay(customer, told.CustomerId)
            || named.Credits.Count > 0 || IsExplained(payment, facts, settings, told))
            return null;
        var rules = settings.RuleSetOf(customer, facts);
        var amounts = new AmountFit(payment.Amount, payment.ValueDate, rules, settings.Policy, payment.Charges);
        if (named.Open.Count > 0 && (amounts.Exactly(named.Open) ?? amounts.Nearly(named.Open)) is not null)
            return null;
        Candidate[] exact =
        [
            .. facts.GroupWith(customer).Concat(facts.Customer(customer).MayPayFor ?? []).Distinct()
                .SelectMany(facts.Of).Select(claims.Now)
                .Where(item => item.Available.IsPositive && amounts.Exactly([item]) is not null)
                .Take(2),
        ];
        return exact is [var own] && ReferenceKeys.IsNearly(
            own.InvoiceNumber, ReferenceKeys.PossibleSlips([ReferenceKeys.Compact(told.InvoiceNumber)]))
            ? told
            : null;
    }

    /// <summary>True where the text says why less was paid than is open of what it names.</summary>
    private static bool IsExplained(Payment payment, MatchFacts facts, MatchSettings settings, Candidate told)
    {
        var text = string.Join(' ', payment.Remittance);
        return DeductionReasons.SaysPart(text) || DeductionReasons.SaysTakenOff(text)
            || DeductionReasons.Told(text, settings.Policy, facts.Customer(told.CustomerId)) is { IsAmbiguous: false }
            || (told.Available > payment.Amount
                && AmountsInText.Read(text, payment.Amount.Currency).Contains(told.Available - payment.Amount));
    }
}
