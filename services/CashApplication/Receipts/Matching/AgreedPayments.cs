using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>What a payment pays of something that was agreed.</summary>
/// <param name="Agreement">The promise or plan.</param>
/// <param name="Fit">Its items as far as the money goes.</param>
/// <param name="IsComplete">True where it pays a promise or at least one installment of a plan to the end.</param>
internal sealed record AgreedPayment(Agreement Agreement, Fit Fit, bool IsComplete = true)
{
    /// <summary>True where the draft pays the same.</summary>
    public bool IsPaidBy(Draft draft) => draft.Fit.Lines.Select(Part).ToHashSet().SetEquals(Fit.Lines.Select(Part));

    private static (Guid, int, Money) Part(MatchLine line) => (line.InvoiceId, line.Installment, line.Amount);
}

/// <summary>
/// What customers have agreed to pay. Installments of a plan come before the rules of any rule set: those that are just
/// the amount, or else, where the rules name nothing, those that are due, and the rules have the rest. A promise is one
/// more reason for what the rules find, and a suggestion where they find something else.
/// </summary>
internal sealed class AgreedPayments(Payment payment, MatchFacts facts, Claims claims)
{
    private readonly Currency _currency = payment.Amount.Currency;

    /// <summary>Those of which this is the next payment, or the next few at once.</summary>
    /// <param name="customers">Whose agreements.</param>
    /// <param name="pool">What may be paid.</param>
    public AgreedPayment[] Of(IEnumerable<Guid> customers, Candidate[] pool) =>
    [
        .. customers.SelectMany(facts.AgreementsOf).Select(agreement => Paid(agreement, pool))
            .OfType<AgreedPayment>(),
    ];

    /// <summary>The installments of the plan that this pays; null where there are none.</summary>
    public static Draft? Planned(AgreedPayment[] agreed, Candidate[] pool, AmountFit amounts, RuleSet rules)
    {
        if (Array.Find(agreed, one => one.Agreement.Kind == AgreementKind.Plan) is not { } plan)
            return null;
        var draft = new Draft(MatchRules.PlanInstallment, plan.Fit, rules)
            .Supported(Evidence.PlanInstallments, plan.Fit.Words);
        return draft
            .Doubted(
                pool.Any(item => !plan.Agreement.Items.Any(one => one.Id == item.Id)
                    && amounts.Exactly([item]) is not null),
                0.85m, "An item outside the plan has exactly this amount.")
            .Doubted(
                agreed.Any(other => other != plan && !other.IsPaidBy(draft)), 0.85m,
                "Something else that was agreed has exactly this amount.");
    }

    /// <summary>
    /// CASH-25: the installments that are due, in their order, as far as the money goes; what is due next where none is
    /// yet. Of several plans the first of which something is left; null where there is none, or nothing of its items
    /// is open.
    /// </summary>
    public AgreedPayment? Due(IEnumerable<Guid> customers, Candidate[] pool) =>
        customers.SelectMany(facts.AgreementsOf)
            .Where(one => one.Kind == AgreementKind.Plan && IsInCurrency(one))
            .Select(plan => DueOf(plan, pool)).FirstOrDefault(found => found is not null);

    private AgreedPayment? DueOf(Agreement plan, Candidate[] pool)
    {
        var left = plan.Left(Settled(plan)).ToList();
        var due = left.Where((step, index) => index == 0 || step.DueOn <= payment.ValueDate).ToList();
        if (due.Count == 0)
            return null;
        var amount = Money.Min(payment.Amount, Money.Sum(due.Select(step => step.Amount), _currency));
        var lines = Fill(plan, pool, amount);
        var paid = Money.Sum(lines.Select(line => line.Amount), _currency);
        return lines.Count == 0
            ? null
            : new AgreedPayment(
                plan,
                new Fit(
                    lines, Evidence.PartOfAmount,
                    $"{paid} of it are for the payment plan, due from {Day(due[0])} on.", false),
                IsComplete: paid >= due[0].Amount);
    }

    /// <summary>The drafts, those that pay a promise with that reason; and promises that none of them pays.</summary>
    public static IEnumerable<Draft> Promised(AgreedPayment[] agreed, IReadOnlyList<Draft> drafts, RuleSet rules)
    {
        foreach (var promise in agreed.Where(one => one.Agreement.Kind == AgreementKind.Promise))
        {
            Draft[] same = [.. drafts.Where(promise.IsPaidBy)];
            foreach (var draft in same)
                draft.Supported(Evidence.AlsoPromised, promise.Fit.Words);
            if (same.Length == 0)
            {
                yield return new Draft(MatchRules.Promise, promise.Fit, rules)
                    .Supported(Evidence.Promise, promise.Fit.Words);
            }
        }

        foreach (var draft in drafts)
            yield return draft;
    }

    private AgreedPayment? Paid(Agreement agreement, Candidate[] pool)
    {
        if (!IsInCurrency(agreement))
            return null;
        var paid = new List<AgreedStep>();
        var sum = Money.Zero(_currency);
        foreach (var step in agreement.Left(Settled(agreement)).TakeWhile(_ => sum < payment.Amount))
        {
            paid.Add(step);
            sum += step.Amount;
        }

        if (sum != payment.Amount)
            return null;
        var lines = Fill(agreement, pool, payment.Amount);
        return Money.Sum(lines.Select(line => line.Amount), _currency) == payment.Amount
            ? new AgreedPayment(agreement, new Fit(lines, Evidence.PartOfAmount, Words(agreement, paid), true))
            : null;
    }

    /// <summary>Items of the agreement as far as so much money goes, in the order of their due dates.</summary>
    private static List<MatchLine> Fill(Agreement agreement, Candidate[] pool, Money amount)
    {
        var lines = new List<MatchLine>();
        foreach (var item in pool.Where(item => agreement.Items.Any(one => one.Id == item.Id)))
        {
            var part = Money.Min(amount, item.Available);
            if (part.IsPositive)
                lines.Add(AmountFit.Line(item) with { Amount = part });
            amount -= part;
        }

        return lines;
    }

    private bool IsInCurrency(Agreement agreement) => agreement.Steps[0].Amount.Currency == _currency;

    private Money Settled(Agreement agreement) => Money.Sum(agreement.Items.Select(Settled), _currency);

    /// <summary>What is not known any more is paid.</summary>
    private Money Settled(AgreedItem item)
    {
        var open = facts.ItemOf(item.InvoiceId, item.Installment) is { } known
            ? claims.Now(known).Available
            : Money.Zero(item.Balance.Currency);
        return Money.Max(item.Balance - open, Money.Zero(item.Balance.Currency));
    }

    private static string Words(Agreement agreement, List<AgreedStep> paid) => agreement.Kind switch
    {
        AgreementKind.Promise => $"The customer promised this amount for {Day(paid[0])}.",
        _ when paid.Count > 1 =>
            $"The amount is {paid.Count} installments of the payment plan, due from {Day(paid[0])} to {Day(paid[^1])}.",
        _ => $"The amount is the installment of the payment plan that is due on {Day(paid[0])}.",
    };

    private static string Day(AgreedStep step) => step.DueOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
