namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>Reasons for which payers keep something back, and the words they use for them.</summary>
public static class DeductionReasons
{
    /// <summary>Our codes; those of disputes.</summary>
    public static readonly IReadOnlyList<string> Codes =
        ["price", "quantity", "quality", "not-received", "duplicate", "tax", "terms", "other"];

    private static readonly DeductionReason[] Standard =
    [
        new("not received", "not-received"), new("non receipt", "not-received"), new("undelivered", "not-received"),
        new("short ship", "quantity"), new("shortship", "quantity"), new("shortage", "quantity"),
        new("short delivery", "quantity"), new("missing units", "quantity"),
        new("damage", "quality"), new("defect", "quality"), new("quality", "quality"), new("spoil", "quality"),
        new("pricing", "price"), new("price", "price"), new("overcharge", "price"),
        new("duplicate", "duplicate"), new("billed twice", "duplicate"),
        new("sales tax", "tax"), new("vat", "tax"), new("withholding", "tax"),
        new("discount", "terms"), new("early pay", "terms"), new("skonto", "terms"),
        new("freight", "other"), new("promo", "other"), new("allowance", "other"), new("rebate", "other"),
        new("return", "other"), new("chargeback", "other"), new("net settlement", "other"),
        new("deduction", "other"),
    ];

    /// <summary>
    /// The code that a payer's words or code mean, by the customer's profile first and then by the policy, or null.
    /// </summary>
    public static string? CodeOf(string? words, MatchPolicy policy, CustomerCandidate? customer = null)
    {
        if (string.IsNullOrWhiteSpace(words))
            return null;
        return (customer?.DeductionReasons ?? []).Concat(policy.DeductionReasons ?? []).Concat(Standard)
            .FirstOrDefault(reason => Names(words, reason.Words))?.ReasonCode;
    }

    /// <summary>
    /// A word counts where one begins with it: <c>damage</c> is in <c>damaged goods</c>, not in <c>undamaged</c>.
    /// </summary>
    private static bool Names(string text, string words)
    {
        for (var from = 0; ;)
        {
            var at = text.IndexOf(words, from, StringComparison.OrdinalIgnoreCase);
            if (at < 0)
                return false;
            if (at == 0 || !char.IsLetterOrDigit(text[at - 1]))
                return true;
            from = at + 1;
        }
    }
}
