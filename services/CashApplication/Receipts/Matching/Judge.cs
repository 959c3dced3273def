using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>What speaks against applying something without a person, and why money waits.</summary>
internal sealed class Judge
{
    private readonly Payment _payment;
    private readonly MatchFacts _facts;
    private readonly MatchSettings _settings;
    private readonly (Guid? CustomerId, string? By, bool IsContradicted) _known;
    private readonly Aside? _blocker;

    public Judge(
        Payment payment, MatchFacts facts, MatchSettings settings,
        (Guid? CustomerId, string? By, bool IsContradicted) known)
    {
        (_payment, _facts, _settings, _known) = (payment, facts, settings, known);
        _blocker = Blocked() ?? OtherEntity();
    }

    /// <summary>A draft as an explanation, with what speaks against it.</summary>
    public Explanation Explanation(Draft draft)
    {
        Guid[] debtors = [.. draft.Fit.Lines.Select(line => line.CustomerId).Distinct()];
        var owner = Owner(debtors);
        draft.Doubted(
            _known.IsContradicted || debtors.Any(debtor => !_facts.MayPay(owner, debtor)), 0.60m,
            "Something else points to another customer.");
        var rules = _settings.RuleSetOf(owner, _facts);
        var confidence = draft.Fit.IsForPerson
            ? Math.Min(draft.Confidence, _settings.Policy.MostForPerson)
            : draft.Confidence;
        return new Explanation(
            owner, draft.Rule, confidence, draft.Reasons, [.. draft.Fit.Lines.Select(WithDay)],
            Rest(draft.Fit, rules),
            _blocker ?? Held(debtors.Append(owner)) ?? Disputed(draft.Fit.Lines, rules), draft.RemittanceId,
            draft.IsForPerson,
            new Scoring(draft.Rules.Code, _settings.VersionOf(draft.Rules.Code), draft.Weights))
        {
            IsCoded = draft.Fit.IsCoded,
        };
    }

    /// <summary>
    /// Says of a cash discount that it came too late, where the rule set gives it all the same and no contract does.
    /// </summary>
    private MatchLine WithDay(MatchLine line) => line.Discount is { } taken
        && _facts.ItemOf(line.InvoiceId, line.Installment)?.Discount is { } offered
        && _payment.ValueDate > offered.Until
        && taken > offered.DeductibleOn(line.Settled, _payment.ValueDate)
            ? line with { IsUnearned = true }
            : line;

    /// <summary>Why something of the payment waits for a person, or null.</summary>
    public Aside? Aside(
        Explanation? chosen, IReadOnlyList<Explanation> suggestions, bool rivals, NamedItems named)
    {
        if (chosen is not null)
            return Left(chosen);
        var blocker = _blocker
            ?? suggestions.Select(one => one.Blocker).FirstOrDefault(blocked => blocked is not null)
            ?? (_known.CustomerId is { } known ? Held([known]) : null);
        if (blocker is not null)
            return blocker;

        if (_known.IsContradicted)
            return new Aside(AsideReasons.Contradiction, "What is known points to different customers.");
        if (rivals && suggestions[0].Confidence >= _settings.Policy.AutoApplyThreshold)
        {
            return new Aside(
                AsideReasons.Rivals, $"{suggestions.Count} explanations are nearly as good as each other.");
        }

        if (named.Open.Count == 0 && named.All.FirstOrDefault(IsLookedBackAt) is { } paid)
        {
            return new Aside(AsideReasons.AlreadyPaid, paid.Paid is { } by
                ? $"{paid.InvoiceNumber} is named; it was {by.Words}."
                : $"{paid.InvoiceNumber} is named, and nothing of it is open.");
        }

        if (suggestions is [var best, ..])
            return new Aside(AsideReasons.Suggested, string.Join(' ', best.Reasons));
        return _known.CustomerId is null
            ? new Aside(AsideReasons.Unidentified, "Nobody knows whose money this is.")
            : new Aside(AsideReasons.Unexplained, "The customer is known, what the money is for is not.");
    }

    /// <summary>
    /// False of what receipts paid longer ago than the policy looks back; when something else closed it is not known.
    /// </summary>
    private bool IsLookedBackAt(Candidate paid) =>
        _settings.Policy.ClosedLookBackDays is not { } days || paid.Paid is not { IsAll: true } by
        || by.On.AddDays(days) >= _payment.ValueDate;

    private Guid Owner(Guid[] debtors) => _known.CustomerId
        ?? (debtors.Length == 1 ? debtors[0]
            : debtors.Select(_facts.GroupOf).Distinct().ToArray() is [var group]
                && _facts.Customer(group).Number.Length > 0 ? group : debtors.Min());

    /// <summary>
    /// The policy's rules for payments too long say what becomes of a rest, and else the rule set; it is given up
    /// within the tolerance only, whatever the rule set says.
    /// </summary>
    private RestTreatment Rest(Fit fit, RuleSet rules)
    {
        var wanted = fit.Rest == RestTreatment.WriteOff ? RestTreatment.WriteOff : rules.Remainder;
        var rule = Over(fit.Lines);
        if (rule is not null && _settings.Policy.HasRulesFor(ExceptionKind.Over))
        {
            return (rule.IsForPerson, rule.Action) switch
            {
                (false, ExceptionAction.WriteOff) => RestTreatment.WriteOff,
                (false, ExceptionAction.OnAccount) => RestTreatment.OnAccount,
                _ => RestTreatment.Unapplied,
            };
        }

        return wanted != RestTreatment.WriteOff || rule is not null ? wanted : RestTreatment.Unapplied;
    }

    private ExceptionRule? Over(IReadOnlyList<MatchLine> lines)
    {
        var settled = Money.Sum(lines.Select(line => line.Amount), _payment.Amount.Currency);
        return _payment.Amount > settled
            ? _settings.Policy.ExceptionOf(ExceptionKind.Over, _payment.Amount - settled, settled)
            : null;
    }

    private Aside? Left(Explanation chosen)
    {
        var left = _payment.Amount
            - Money.Sum(chosen.Lines.Select(line => line.Amount), _payment.Amount.Currency);
        if (!left.IsPositive || chosen.Rest != RestTreatment.Unapplied)
            return null;
        return Over(chosen.Lines) switch
        {
            { Action: ExceptionAction.Refund } =>
                new Aside(AsideReasons.ToRefund, $"{left} are too much, and to be paid back by the policy."),
            { IsForPerson: true } =>
                new Aside(AsideReasons.Remainder, $"{left} are too much; the policy leaves that to a person."),
            _ => new Aside(AsideReasons.Remainder, $"{left} are left after what was named."),
        };
    }

    private Aside? Held(IEnumerable<Guid> customers) => customers.Select(_facts.Customer)
        .Where(customer => customer.Hold is not null)
        .Select(customer => new Aside(AsideReasons.OnHold, $"{customer.Name}: {customer.Hold}"))
        .FirstOrDefault();

    private Aside? Disputed(IReadOnlyList<MatchLine> lines, RuleSet rules) => rules.DisputedItems
        ? null
        : lines.Where(line => _facts.IsDisputed(line.InvoiceId, line.Installment))
            .Select(line => new Aside(AsideReasons.Disputed, $"{line.InvoiceNumber} is disputed."))
            .FirstOrDefault();

    private Aside? Blocked() => _payment.PayerName is { Length: > 0 } name
        ? (_settings.Policy.BlockedPayers ?? [])
            .Where(blocked => NameSimilarity.Of(blocked, name) >= NameSimilarity.Same)
            .Select(blocked => new Aside(AsideReasons.OnHold, $"Money of {blocked} is only applied by a person."))
            .FirstOrDefault()
        : null;

    /// <summary>A payer who names another of our companies may have sent the money to the wrong one.</summary>
    private Aside? OtherEntity()
    {
        if (_facts.OtherEntities.Count == 0 || _payment.Remittance.Count == 0)
            return null;
        var text = $" {PartyName.Key(string.Join(' ', _payment.Remittance))} ";
        return _facts.OtherEntities
            .Where(name => PartyName.Key(name) is { Length: >= 5 } key
                && text.Contains($" {key} ", StringComparison.Ordinal))
            .Select(name => new Aside(AsideReasons.OtherEntity, $"The payer names {name}, another of our companies."))
            .FirstOrDefault();
    }
}
