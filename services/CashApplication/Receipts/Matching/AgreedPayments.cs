using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>A payment that is just what was agreed to be paid next.</summary>
/// <param name="Agreement">The promise or plan.</param>
/// <param name="Fit">Its items as far as the money goes.</param>
internal sealed record AgreedPayment(Agreement Agreement, Fit Fit)
{
    /// <summary>True where the draft pays the same.</summary>
    public bool IsPaidBy(Draft draft) => draft.Fit.Lines.Select(Part).ToHashSet().SetEquals(Fit.Lines.Select(Part));

    private static (Guid, int, Money) Part(MatchLine line) => (line.InvoiceId, line.Installment, line.Amount);
}

/// <summary>
/// What customers have agreed to pay. An installment of a plan comes before the rules of any rule set; a promise is one
/// more reason for what the rules find, and a suggestion where they find something else.
/// </summary>
internal sealed class AgreedPayments(Payment payment, MatchFacts facts, Claims claims)
{
    /// <summary>Those of which this is the next payment.</summary>
    /// <param name="customers">Whose agreements.</param>
    /// <param name="pool">What may be paid.</param>
    public AgreedPayment[] Of(IEnumerable<Guid> customers, Candidate[] pool) =>
    [
        .. customers.SelectMany(facts.AgreementsOf).Select(agreement => Paid(agreement, pool))
            .OfType<AgreedPayment>(),
    ];

    /// <summary>The installment of the plan that this pays; null where there is none.</summary>
    public static Draft? Planned(AgreedPayment[] agreed, Candidate[] pool, AmountFit amounts)
    {
        if (Array.Find(agreed, one => one.Agreement.Kind == AgreementKind.Plan) is not { } plan)
            return null;
        var draft = new Draft(MatchRules.PlanInstallment, plan.Fit).Supported(0.85m, plan.Fit.Words);
        return draft
            .Doubted(
                pool.Any(item => !plan.Agreement.Items.Any(one => one.Id == item.Id)
                    && amounts.Exactly([item]) is not null),
                0.85m, "An item outside the plan has exactly this amount.")
            .Doubted(
                agreed.Any(other => other != plan && !other.IsPaidBy(draft)), 0.85m,
                "Something else that was agreed has exactly this amount.");
    }

    /// <summary>The drafts, those that pay a promise with that reason; and promises that none of them pays.</summary>
    public static IEnumerable<Draft> Promised(AgreedPayment[] agreed, IReadOnlyList<Draft> drafts)
    {
        foreach (var promise in agreed.Where(one => one.Agreement.Kind == AgreementKind.Promise))
        {
            Draft[] same = [.. drafts.Where(promise.IsPaidBy)];
            foreach (var draft in same)
                draft.Supported(0.30m, promise.Fit.Words);
            if (same.Length == 0)
                yield return new Draft(MatchRules.Promise, promise.Fit).Supported(0.70m, promise.Fit.Words);
        }

        foreach (var draft in drafts)
            yield return draft;
    }

    private AgreedPayment? Paid(Agreement agreement, Candidate[] pool)
    {
        var currency = payment.Amount.Currency;
        if (agreement.Steps[0].Amount.Currency != currency)
            return null;
        var settled = Money.Sum(agreement.Items.Select(Settled), currency);
        if (agreement.Next(settled) is not { } step || step.Amount != payment.Amount)
            return null;
        var left = payment.Amount;
        var lines = new List<MatchLine>();
        foreach (var item in pool.Where(item => agreement.Items.Any(one => one.Id == item.Id)))
        {
            var part = Money.Min(left, item.Available);
            if (part.IsPositive)
                lines.Add(AmountFit.Line(item) with { Amount = part });
            left -= part;
        }

        return left.IsZero ? new AgreedPayment(agreement, new Fit(lines, 0.30m, Words(agreement, step), true)) : null;
    }

    /// <summary>What is not known any more is paid.</summary>
    private Money Settled(AgreedItem item)
    {
        var open = facts.ItemOf(item.InvoiceId, item.Installment) is { } known
            ? claims.Now(known).Available
            : Money.Zero(item.Balance.Currency);
        return Money.Max(item.Balance - open, Money.Zero(item.Balance.Currency));
    }

    private static string Words(Agreement agreement, AgreedStep step)
    {
        var day = step.DueOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return agreement.Kind == AgreementKind.Plan
            ? $"The amount is the installment of the payment plan that is due on {day}."
            : $"The customer promised this amount for {day}.";
    }
}
