using System.Text.Json;
using System.Text.RegularExpressions;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Policies;

/// <summary>What may be laid down as a policy.</summary>
public static partial class CollectionPolicyDecider
{
    private const int Many = 50;
    private const int MostRules = 200;

    /// <summary>
    /// Lays the policy down; saying the same again is nothing. A schedule of dunning runs that there was keeps its
    /// first day, so that no day is left out: with a time that has passed today's run starts now, unless there was
    /// one.
    /// </summary>
    public static Decision Define(CollectionPolicy policy, CollectionPolicyDefined wish)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(wish);
        if (policy.Definition?.Dunning is { Since: var since } && wish.Dunning is { } dunning)
            wish = wish with { Dunning = dunning with { Since = since } };
        var fault = CheckTerms(wish)
            ?? CheckDisputes(wish.Disputes)
            ?? wish.Contact.Select(rules => CheckContact(rules.Value, $"/contact/{rules.Key}", rules.Key))
                .FirstOrDefault(no => no is not null)
            ?? CheckStates(wish.OverdueStates)
            ?? CheckWeights(wish.Worklist ?? StandardPolicy.Weights)
            ?? CheckPlaybooks(wish.Playbooks ?? [])
            ?? CheckPayers(wish.Payers ?? StandardPolicy.Payers)
            ?? CheckCosts(wish.CostPerContact);
        if (fault is not null)
            return fault;
        return policy.Definition is { } now && Same(now, wish) ? Decision.Nothing : Decision.Of(wish);
    }

    private static Refusal? CheckTerms(CollectionPolicyDefined wish) => wish switch
    {
        { Promises.GraceDays: < 0 or > 30 } => Invalid("/promises/graceDays", "A grace is 0 to 30 days."),
        { Promises.TolerancePercent: < 0 or > 50 } =>
            Invalid("/promises/tolerancePercent", "A tolerance is 0 to 50 percent."),
        { Promises.LongestDays: < 1 or > 366 } => Invalid("/promises/longestDays", "A promise is for 1 to 366 days."),
        { Promises.LeastPercent: < 0 or > 100 } =>
            Invalid("/promises/leastPercent", "At least 0 to 100 percent are promised."),
        { Plans.GraceDays: < 0 or > 60 } => Invalid("/plans/graceDays", "A grace is 0 to 60 days."),
        { Plans.MostInstallments: < 1 or > 120 } =>
            Invalid("/plans/mostInstallments", "A plan has 1 to 120 installments."),
        { Plans.LongestDays: < 1 or > 1095 } => Invalid("/plans/longestDays", "A plan runs 1 to 1,095 days."),
        { Plans.ApproveFrom: { Installments: null, Days: null } } =>
            Invalid("/plans/approveFrom", "A long plan is long by its installments or its days."),
        { Plans.ApproveFrom.Installments: < 1 or > 120 } =>
            Invalid("/plans/approveFrom/installments", "A long plan has 1 to 120 installments or more."),
        { Plans.ApproveFrom.Days: < 1 or > 1095 } =>
            Invalid("/plans/approveFrom/days", "A long plan runs 1 to 1,095 days or longer."),
        { Escalations.AcknowledgeDays: < 1 or > 30 } =>
            Invalid("/escalations/acknowledgeDays", "An escalation is acknowledged within 1 to 30 days."),
        { Dunning: { At: var at } } when at > DunningSchedule.Latest =>
            Invalid("/dunning/at", $"Runs start at {DunningSchedule.Latest:HH:mm} at the latest."),
        { Contact.Count: 0 or > 250 } => Invalid("/contact", "Rules of contact are for 1 to 250 countries."),
        _ when !wish.Contact.ContainsKey(StandardPolicy.AnyCountry) =>
            Invalid("/contact", "Rules of contact need an entry * for all countries that are not named."),
        _ => null,
    };

    private static Refusal? CheckDisputes(DisputePolicy disputes) => disputes switch
    {
        _ when !disputes.Reasons.ContainsKey(StandardPolicy.OtherReason) =>
            Invalid("/disputes/reasons", "Reasons need an entry other for all that are not named."),
        { Reasons.Count: > Many } => Invalid("/disputes/reasons", $"At most {Many} reasons have a routing."),
        _ when disputes.Reasons.FirstOrDefault(reason =>
            !CodeFormat().IsMatch(reason.Key) || !CodeFormat().IsMatch(reason.Value.Team)
            || reason.Value.Days is < 1 or > 365) is { Key: { } code } =>
            Invalid($"/disputes/reasons/{code}", "A reason names a team and 1 to 365 days."),
        _ => CheckAmounts(disputes.AcceptedUpTo, "/disputes/acceptedUpTo"),
    };

    private static Refusal? CheckContact(ContactRules rules, string at, string country) => rules switch
    {
        _ when country != StandardPolicy.AnyCountry && !CountryFormat().IsMatch(country) =>
            Invalid(at, "A country is two capital letters of ISO 3166, or * for all others."),
        { Caps.Count: > Many } => Invalid($"{at}/caps", $"There are at most {Many} caps."),
        _ when rules.Caps.Any(cap => cap.Attempts is < 0 or > 1000 || cap.Days is < 1 or > 60) =>
            Invalid($"{at}/caps", "A cap is 0 to 1,000 attempts in 1 to 60 days."),
        { SilenceDays: < 0 or > 60 } => Invalid($"{at}/silenceDays", "Silence lasts 0 to 60 days."),
        { QuietHours.Count: > Many } => Invalid($"{at}/quietHours", $"There are at most {Many} entries."),
        _ when rules.QuietHours.Any(hours => hours.From >= hours.To || hours.DaysOff.Distinct().Count() > 6) =>
            Invalid($"{at}/quietHours", "Contact is possible from one hour to a later one, on some day of the week."),
        _ => null,
    };

    private static Refusal? CheckStates(IReadOnlyList<OverdueStateRule> states)
    {
        if (states.Count > Many || states.Select(state => state.Code).Distinct().Count() < states.Count)
            return Invalid("/overdueStates", $"There are at most {Many} states, each with a code of its own.");
        for (var index = 0; index < states.Count; index++)
        {
            var (state, at) = (states[index], $"/overdueStates/{index}");
            if (!CodeFormat().IsMatch(state.Code))
                return Invalid($"{at}/code", "A code is 1 to 50 small letters, digits and hyphens.");
            if (state.Items is < 1 || state.Days is < 0 or > 1095)
                return Invalid(at, "A state asks for at least one item and 0 to 1,095 days.");
            if (state is { Items: null, Days: null, Balances.Count: 0, WithHold: null })
                return Invalid(at, "A state without conditions would hold for every customer.");
            if (state.RetryDays.Count > Many || state.RetryDays.Any(day => day is < 0 or > 365))
                return Invalid($"{at}/retryDays", "Payment is tried again 0 to 365 days after the state was entered.");
            if (state.EscalateTo is { } target
                && (!Enum.IsDefined(target) || !state.Actions.Contains(OverdueAction.Escalate)))
                return Invalid($"{at}/escalateTo", "Only a state that escalates says to whom, and somebody there is.");
            if (CheckAmounts(state.Balances, $"{at}/balances") is { } fault)
                return fault;
        }

        return null;
    }

    private static Refusal? CheckWeights(WorklistWeights weights) => weights switch
    {
        _ when new[]
            {
                weights.Age, weights.BrokenPromise, weights.BreachedPlan, weights.OverdueDispute, weights.CreditHold,
            }.Any(weight => weight is < 0 or > 10) => Invalid("/worklist", "A weight is 0 to 10."),
        { OldestDays: < 1 or > 1095 } => Invalid("/worklist/oldestDays", "Age grows for 1 to 1,095 days."),
        { MostOfAKind: < 0 or > 20 } => Invalid("/worklist/mostOfAKind", "At most 0 to 20 of a kind count."),
        { RiskClasses.Count: > Many } => Invalid("/worklist/riskClasses", $"At most {Many} classes have a weight."),
        { RiskClasses: { } classes } when classes.FirstOrDefault(one =>
            one.Key.Length is 0 or > 20 || one.Value is < 0 or > 10) is { Key: { } code } =>
            Invalid($"/worklist/riskClasses/{code}", "A class has 1 to 20 characters and a weight of 0 to 10."),
        { PreDue: { } preDue } => CheckPreDue(preDue),
        _ => null,
    };

    private static Refusal? CheckPreDue(PreDuePolicy preDue) => preDue switch
    {
        { Days: < 0 or > 60 } =>
            Invalid("/worklist/preDue/days", "Items are listed 0 to 60 days before they are due."),
        { Amounts: not { Count: > 0 and <= Many } } =>
            Invalid("/worklist/preDue/amounts", $"1 to {Many} amounts say what is big, or preDue is left out."),
        _ => CheckAmounts(preDue.Amounts, "/worklist/preDue/amounts"),
    };

    private static Refusal? CheckPlaybooks(IReadOnlyList<PlaybookRule> rules)
    {
        if (rules.Count > MostRules)
            return Invalid("/playbooks", $"There are at most {MostRules} rules.");
        for (var index = 0; index < rules.Count; index++)
        {
            var (rule, at) = (rules[index], $"/playbooks/{index}");
            if (string.IsNullOrWhiteSpace(rule.Name) || rule.Name.Length > 100)
                return Invalid($"{at}/name", "A name has 1 to 100 characters.");
            if (!CodeFormat().IsMatch(rule.Playbook))
                return Invalid($"{at}/playbook", "A playbook's code is 1 to 50 small letters, digits and hyphens.");
            if (rule.Customers.Check($"{at}/customers", "invalid-policy") is { } fault)
                return fault;
        }

        return null;
    }

    private static Refusal? CheckPayers(PayerBenchmarks payers) => payers switch
    {
        { VeryLateDays: < 1 or > PaymentCurve.Last } =>
            Invalid("/payers/veryLateDays", $"Very late is 1 to {PaymentCurve.Last} days after the due date."),
        { LatePercent: <= 0 or > 100 } => Invalid("/payers/latePercent", "A benchmark is over 0 and at most 100."),
        { VeryLatePercent: <= 0 or > 100 } =>
            Invalid("/payers/veryLatePercent", "A benchmark is over 0 and at most 100."),
        _ => null,
    };

    private static Refusal? CheckCosts(IReadOnlyList<Money>? costs) => costs switch
    {
        null => null,
        { Count: 0 or > Many } =>
            Invalid("/costPerContact", $"There are 1 to {Many} prices of a contact, or they are left out."),
        _ => CheckAmounts(costs, "/costPerContact"),
    };

    private static Refusal? CheckAmounts(IReadOnlyList<Money> amounts, string at)
    {
        if (amounts.Any(amount => amount.IsNegative))
            return Invalid(at, "An amount is zero or more.");
        return amounts.Select(amount => amount.Currency).Distinct().Count() < amounts.Count
            ? Invalid(at, "There is at most one amount per currency.")
            : null;
    }

    private static Refusal Invalid(string field, string detail) => new("invalid-policy", detail, Field: field);

    /// <summary>Lists compare by reference, so two policies compare as they are stored.</summary>
    private static bool Same(CollectionPolicyDefined left, CollectionPolicyDefined right) =>
        JsonSerializer.Serialize(left, Json.Stored) == JsonSerializer.Serialize(right, Json.Stored);

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,49}$", RegexOptions.None, 1000)]
    private static partial Regex CodeFormat();

    [GeneratedRegex("^[A-Z]{2}$", RegexOptions.None, 1000)]
    private static partial Regex CountryFormat();
}
